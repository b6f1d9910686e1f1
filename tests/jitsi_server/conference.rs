//! What the focus does in one room.

use super::focus::{Asker, Desk, Input, answer, occupant};
use super::jingle::Features;
use super::sources::{Map, Sources};
use super::stanza::{self, CAPS, DISCO, FOCUS, JITMEET, attr, child, children, escape, resource};
use minidom::Element;
use std::collections::{HashMap, VecDeque};
use std::time::Instant;

mod invitation;
mod moderation;
mod session;

struct Session {
    sid: String,
    bridge_session: String,
    active: bool,
    /// What it was told of the others.
    told: Map,
}

struct Occupant {
    nick: String,
    /// The real one.
    jid: String,
    moderator: bool,
    features: Option<Features>,
    /// It is being invited, or not to be invited again.
    inviting: bool,
    session: Option<Session>,
    sources: Sources,
    restarts: VecDeque<Instant>,
}

pub(crate) struct Room {
    jid: String,
    /// The bridge's name of it.
    pub(crate) conference: String,
    /// The focus is inside.
    pub(crate) entered: bool,
    pub(crate) askers: Vec<Asker>,
    /// Everybody has left, and the focus too.
    pub(crate) over: bool,
    occupants: Vec<Occupant>,
    has_bridge: bool,
    /// What else the presence of the focus says.
    announced: Vec<String>,
    /// Who may unmute, by medium, while AV moderation is on.
    moderation: HashMap<String, Vec<String>>,
    /// Counts arrivals and departures.
    changes: u64,
}

impl Room {
    pub(crate) fn enter(jid: &str, desk: &mut Desk) -> Self {
        let room = Self {
            jid: jid.to_owned(),
            conference: desk.bridge.conference(),
            entered: false,
            askers: Vec::new(),
            over: false,
            occupants: Vec::new(),
            has_bridge: false,
            announced: Vec::new(),
            moderation: HashMap::new(),
            changes: 0,
        };
        room.show(true, desk);
        room
    }

    /// The presence of the focus.
    fn show(&self, joins: bool, desk: &mut Desk) {
        let (room, name) = (escape(&self.jid), escape(self.jid.split('@').next().unwrap_or_default()));
        let joins = if joins { "<x xmlns='http://jabber.org/protocol/muc'/>" } else { "" };
        let announced = self.announced.concat();
        let bridges = if self.has_bridge { "<property key='bridge-count' value='1'/>" } else { "" };
        desk.send(format!(
            "<presence xmlns='jabber:client' to='{room}/focus' id='BKK57-12'>{joins}<priority>0</priority>\
             <etherpad xmlns='http://jitsi.org/jitmeet/etherpad'>{name}</etherpad>\
             <versions xmlns='{JITMEET}'><component name='focus'>1.1.SNAPSHOT</component></versions>\
             <conference-properties xmlns='{FOCUS}'><property key='support-terminate-restart' value='true'/>{bridges}\
             </conference-properties>{announced}\
             <c xmlns='{CAPS}' node='http://jitsi.org/jicofo' ver='Lg0vhCNhxjoeKJi2/hukdsizNWA=' hash='sha-1'/></presence>"
        ));
    }

    /// Adds an element to the presence of the focus, in place of one of the same name.
    pub(crate) fn announce(&mut self, name: &str, element: String, desk: &mut Desk) {
        self.announced.retain(|other| !other.starts_with(&format!("<{name} ")));
        self.announced.push(element);
        self.show(false, desk);
    }

    fn find(&mut self, nick: &str) -> Option<&mut Occupant> {
        self.occupants.iter_mut().find(|occupant| occupant.nick == nick)
    }

    pub(crate) fn presence(&mut self, presence: &Element, kind: &str, desk: &mut Desk) {
        let nick = resource(attr(presence, "from")).to_owned();
        let (role, _, jid, codes) = occupant(presence);
        if nick == "focus" || codes.iter().any(|code| code == "110") {
            if kind.is_empty() && !self.entered {
                self.entered = true;
                for asker in std::mem::take(&mut self.askers) {
                    answer(desk, &self.jid, asker, true);
                }
            }
            return;
        }
        if kind == "unavailable" {
            return self.left(&nick, desk);
        }
        if !kind.is_empty() {
            return;
        }
        if let Some(occupant) = self.find(&nick) {
            occupant.moderator = role == "moderator";
            return;
        }
        let (inviting, moderator) = (false, role == "moderator");
        let (sources, restarts) = (Sources::default(), VecDeque::new());
        self.occupants.push(Occupant {
            nick: nick.clone(),
            jid,
            moderator,
            features: None,
            inviting,
            session: None,
            sources,
            restarts,
        });
        self.changes += 1;
        self.elect(desk);
        // Who has no capabilities is asked without a node.
        let caps = children(presence, "c").find(|c| c.has_ns(CAPS));
        let node = caps.map_or(String::new(), |c| format!(" node='{}#{}'", escape(attr(c, "node")), escape(attr(c, "ver"))));
        let id = desk.iq("get", &format!("{}/{nick}", self.jid), &format!("<query{node} xmlns='{DISCO}'/>"));
        desk.asked.insert(id, (self.jid.clone(), nick));
        self.consider(desk);
    }

    /// Somebody moderates.
    fn elect(&mut self, desk: &mut Desk) {
        if !desk.knobs().auto_owner || self.occupants.iter().any(|occupant| occupant.moderator) {
            return;
        }
        let accounts = desk.knobs().accounts;
        let may = |occupant: &&mut Occupant| !accounts || !stanza::bare(&occupant.jid).ends_with("@guest.meet.test");
        let Some(first) = self.occupants.iter_mut().find(may) else { return };
        first.moderator = true;
        let item = format!("<item affiliation='owner' jid='{}'/>", escape(stanza::bare(&first.jid)));
        let query = format!("<query xmlns='http://jabber.org/protocol/muc#admin'>{item}</query>");
        desk.iq("set", &self.jid, &query);
    }

    fn left(&mut self, nick: &str, desk: &mut Desk) {
        self.occupants.retain(|occupant| occupant.nick != nick);
        self.changes += 1;
        desk.bridge.expire(&self.conference, nick);
        self.sync(desk);
        match self.occupants.len() {
            0 => {
                self.over = true;
                desk.send(format!("<presence xmlns='jabber:client' type='unavailable' to='{}/focus'/>", escape(&self.jid)));
            }
            1 => {
                let (alone, inputs) = (desk.knobs().alone, desk.inputs.clone());
                let (room, since) = (self.jid.clone(), self.changes);
                tokio::spawn(async move {
                    tokio::time::sleep(alone).await;
                    let _ = inputs.send(Input::Alone { room, since });
                });
                self.elect(desk);
            }
            _ => self.elect(desk),
        }
    }

    /// The last one's session ends, if nobody has come since.
    pub(crate) fn alone(&mut self, since: u64, desk: &mut Desk) {
        if self.changes == since && self.occupants.len() < desk.knobs().minimum {
            for nick in self.nicks() {
                self.end(&nick, Some("<reason><expired/><text>Idle session timeout</text></reason>"), desk);
            }
        }
    }

    fn nicks(&self) -> Vec<String> {
        self.occupants.iter().map(|occupant| occupant.nick.clone()).collect()
    }

    /// What somebody's disco#info says; `None`: an error, which is taken for "nothing is missing".
    pub(crate) fn features(&mut self, nick: &str, query: Option<&Element>, desk: &mut Desk) {
        let mut features = query.map_or(Features::all(), Features::read);
        features.json &= desk.knobs().json_sources;
        if let Some(occupant) = self.find(nick) {
            occupant.features = Some(features);
        }
        self.consider(desk);
    }

    /// Invites whoever is to be invited.
    fn consider(&mut self, desk: &mut Desk) {
        if self.occupants.len() < desk.knobs().minimum {
            return;
        }
        for occupant in &mut self.occupants {
            if occupant.features.is_none() || occupant.session.is_some() || occupant.inviting {
                continue;
            }
            occupant.inviting = true;
            let (delay, inputs) = (desk.knobs().bridge_delay, desk.inputs.clone());
            let (room, nick) = (self.jid.clone(), occupant.nick.clone());
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                let _ = inputs.send(Input::Allocated { room, nick });
            });
        }
    }

    pub(crate) fn iq(&mut self, nick: &str, iq: &Element, desk: &mut Desk) {
        if let Some(jingle) = child(iq, "jingle") {
            self.jingle(nick, iq, jingle, desk);
        } else if let Some(mute) = child(iq, "mute") {
            self.mute(nick, iq, mute, desk);
        } else {
            desk.refuse(iq, "cancel", "feature-not-implemented", "unknown");
        }
    }
}

//! What the focus does in one room.

use super::bridge::Allocation;
use super::focus::{Asker, Desk, Input, Knobs, answer, occupant};
use super::jingle::{self, Features, Offer};
use super::sources::{self, Map, Source, Sources};
use super::stanza::{self, CAPS, DISCO, FOCUS, ICE, JINGLE, JITMEET, attr, child, children, escape, random_hex, resource};
use minidom::Element;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// More of one participant is refused.
const MAX_SOURCES: usize = 20;
/// Restarts that one participant may ask for in a minute, and how far apart.
const RESTARTS: usize = 5;
const RESTARTS_IN: Duration = Duration::from_secs(60);
const RESTARTS_APART: Duration = Duration::from_secs(5);

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
            changes: 0,
        };
        room.show(true, desk);
        room
    }

    /// The presence of the focus.
    fn show(&self, joins: bool, desk: &mut Desk) {
        let (room, name) = (escape(&self.jid), escape(self.jid.split('@').next().unwrap_or_default()));
        let joins = if joins { "<x xmlns='http://jabber.org/protocol/muc'/>" } else { "" };
        let bridges = if self.has_bridge { "<property key='bridge-count' value='1'/>" } else { "" };
        desk.send(format!(
            "<presence xmlns='jabber:client' to='{room}/focus' id='BKK57-12'>{joins}<priority>0</priority>\
             <etherpad xmlns='http://jitsi.org/jitmeet/etherpad'>{name}</etherpad>\
             <versions xmlns='{JITMEET}'><component name='focus'>1.1.SNAPSHOT</component></versions>\
             <conference-properties xmlns='{FOCUS}'><property key='support-terminate-restart' value='true'/>{bridges}\
             </conference-properties>\
             <c xmlns='{CAPS}' node='http://jitsi.org/jicofo' ver='Lg0vhCNhxjoeKJi2/hukdsizNWA=' hash='sha-1'/></presence>"
        ));
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
        if let Some(occupant) = self.find(nick) {
            occupant.features = Some(query.map_or(Features::all(), Features::read));
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

    /// The bridge is ready for somebody.
    pub(crate) fn allocated(&mut self, nick: &str, desk: &mut Desk) {
        if self.find(nick).is_some_and(|occupant| occupant.inviting) {
            self.invite(nick, desk);
        }
    }

    /// A session-initiate.
    pub(crate) fn invite(&mut self, nick: &str, desk: &mut Desk) {
        let (jid, conference) = (self.jid.clone(), self.conference.clone());
        let Some(features) = self.find(nick).and_then(|occupant| occupant.features) else { return };
        if !std::mem::replace(&mut self.has_bridge, true) {
            self.show(false, desk);
        }
        let allocation = desk.bridge.allocate(&conference, nick, features.rewriting);
        let told = if features.rewriting { Map::new() } else { self.others(nick, features) };
        let mut all = told.clone();
        all.insert("jvb".to_owned(), feedback_sources().told(features.audio, features.video));
        let Knobs { data_channel, start_muted, .. } = desk.knobs().clone();
        let (sid, bridge_session) = (random_hex(13), stanza::random_uuid());
        let channels = (!data_channel).then(|| desk.channels.clone());
        let offer = Offer {
            sid: &sid,
            bridge_session: &bridge_session,
            features,
            allocation: &allocation,
            channels: channels.as_deref(),
            sources: &all,
            start_muted,
        };
        desk.iq("set", &format!("{jid}/{nick}"), &offer.text());
        if let Some(occupant) = self.find(nick) {
            occupant.inviting = false;
            occupant.sources = Sources::default();
            occupant.session = Some(Session { sid, bridge_session, active: false, told });
        }
        self.sync(desk);
    }

    /// What the others send, as somebody with these features is told.
    fn others(&self, nick: &str, features: Features) -> Map {
        let others = self.occupants.iter().filter(|other| other.nick != nick);
        let told = others.map(|other| (other.nick.clone(), other.sources.told(features.audio, features.video)));
        told.filter(|(_, sources)| !sources.is_empty()).collect()
    }

    /// Tells everybody what has changed.
    fn sync(&mut self, desk: &mut Desk) {
        for nick in self.nicks() {
            let Some(features) = self.find(&nick).and_then(|occupant| occupant.features) else { continue };
            if features.rewriting {
                continue;
            }
            let wanted = self.others(&nick, features);
            let jid = format!("{}/{nick}", self.jid);
            let Some(session) = self.find(&nick).and_then(|o| o.session.as_mut()).filter(|session| session.active) else {
                continue;
            };
            let differs = |of: &Map, from: &Map| -> Map {
                let none = Sources::default();
                let less = of.iter().map(|(owner, all)| (owner.clone(), all.without(from.get(owner).unwrap_or(&none))));
                less.filter(|(_, sources)| !sources.is_empty()).collect()
            };
            for (action, map) in
                [("source-remove", differs(&session.told, &wanted)), ("source-add", differs(&wanted, &session.told))]
            {
                if !map.is_empty() {
                    let body = sources::body(&map, features.json);
                    desk.iq(
                        "set",
                        &jid,
                        &format!("<jingle xmlns='{JINGLE}' action='{action}' sid='{}'>{body}</jingle>", session.sid),
                    );
                }
            }
            session.told = wanted;
        }
    }

    /// Ends a session at the bridge and here, and says so to the client if there is a reason.
    fn end(&mut self, nick: &str, reason: Option<&str>, desk: &mut Desk) {
        let (jid, conference) = (format!("{}/{nick}", self.jid), self.conference.clone());
        let Some(occupant) = self.find(nick) else { return };
        (occupant.sources, occupant.inviting) = (Sources::default(), false);
        let Some(session) = occupant.session.take() else { return };
        if let Some(reason) = reason {
            let sid = session.sid;
            let jingle = format!("<jingle xmlns='{JINGLE}' action='session-terminate' sid='{sid}'>{reason}</jingle>");
            desk.iq("set", &jid, &jingle);
        }
        desk.bridge.expire(&conference, nick);
        self.sync(desk);
    }

    /// As jicofo does when a participant is to begin anew.
    pub(crate) fn terminate(&mut self, nick: &str, again: bool, desk: &mut Desk) {
        self.end(nick, Some("<reason><success/><text>moving</text></reason>"), desk);
        if again {
            self.consider(desk);
        } else if let Some(occupant) = self.find(nick) {
            occupant.inviting = true;
        }
    }

    /// As jicofo does when the bridge has failed: everybody is terminated, and invited again.
    pub(crate) fn reset(&mut self, desk: &mut Desk) {
        for nick in self.nicks() {
            self.end(&nick, Some("<reason><success/><text>moving</text></reason>"), desk);
        }
        desk.bridge.end(&self.conference);
        self.conference = desk.bridge.conference();
        self.consider(desk);
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

    /// Only moderators mute others; nobody unmutes others.
    fn mute(&mut self, nick: &str, iq: &Element, mute: &Element, desk: &mut Desk) {
        let (victim, muted) = (resource(attr(mute, "jid")).to_owned(), mute.text() == "true");
        let moderator = self.find(nick).is_some_and(|occupant| occupant.moderator);
        if victim != nick && (!moderator || !muted) {
            return desk.refuse(iq, "cancel", "not-allowed", "not allowed");
        }
        if self.find(&victim).is_none() {
            return desk.refuse(iq, "cancel", "internal-server-error", "there is no such participant");
        }
        if mute.has_ns("http://jitsi.org/jitmeet/audio") && desk.knobs().mute_at_bridge {
            desk.bridge.mute(&self.conference, &victim, muted);
        }
        desk.result(iq);
        if victim != nick {
            let (actor, kind) = (escape(attr(iq, "from")), mute.ns());
            let mute = format!("<mute actor='{actor}' xmlns='{kind}'>{muted}</mute>");
            desk.iq("set", &format!("{}/{victim}", self.jid), &mute);
        }
    }

    fn jingle(&mut self, nick: &str, iq: &Element, jingle: &Element, desk: &mut Desk) {
        let sid = attr(jingle, "sid").to_owned();
        let current = self.find(nick).and_then(|o| o.session.as_ref()).is_some_and(|session| session.sid == sid);
        if !current {
            return desk.refuse(iq, "cancel", "item-not-found", "jingle session no longer active");
        }
        match attr(jingle, "action") {
            "session-accept" => self.accept(nick, iq, jingle, desk),
            action @ ("source-add" | "source-remove") => {
                let more = Sources::read(jingle);
                let Some(occupant) = self.find(nick) else { return };
                match action {
                    "source-add" => occupant.sources.add(more),
                    _ => occupant.sources = occupant.sources.without(&more),
                }
                let audio = occupant.sources.audio();
                desk.result(iq);
                desk.bridge.set_sources(&self.conference, nick, &audio);
                self.sync(desk);
            }
            "session-info" => self.info(nick, iq, jingle, desk),
            "session-terminate" => self.terminated(nick, iq, jingle, desk),
            "transport-info" => {
                desk.result(iq);
                if jingle::breaks_the_bridge(jingle) {
                    return self.reset(desk);
                }
                if let Some(theirs) = jingle::transports(jingle).find_map(jingle::credentials) {
                    desk.bridge.ice_restarted(&self.conference, nick, theirs);
                }
            }
            _ => desk.refuse(iq, "cancel", "feature-not-implemented", "Unsupported 'action'"),
        }
    }

    fn accept(&mut self, nick: &str, iq: &Element, jingle: &Element, desk: &mut Desk) {
        let sources = Sources::read(jingle);
        let refused = {
            let mut knobs = desk.knobs();
            let refused = knobs.refuse_accepts > 0;
            knobs.refuse_accepts = knobs.refuse_accepts.saturating_sub(1);
            refused
        };
        let taken = |ssrc: u32| {
            let others = self.occupants.iter().filter(|other| other.nick != nick);
            others.flat_map(|other| &other.sources.sources).any(|source| source.ssrc == ssrc)
        };
        let wrong = if refused || sources.sources.len() > MAX_SOURCES || sources.groups.len() > MAX_SOURCES {
            Some("Source limit exceeded")
        } else if sources.sources.iter().any(|source| source.ssrc == 0 || taken(source.ssrc)) {
            Some("SSRC is already used")
        } else {
            None
        };
        if let Some(wrong) = wrong {
            self.end(nick, None, desk);
            if let Some(occupant) = self.find(nick) {
                occupant.inviting = true; // it is not invited again
            }
            return desk.refuse(iq, "modify", "bad-request", wrong);
        }
        desk.result(iq);
        if jingle::breaks_the_bridge(jingle) {
            return self.reset(desk);
        }
        let Some(answer) = jingle::answer(jingle) else { return self.reset(desk) };
        let audio = sources.audio();
        if let Some(occupant) = self.find(nick) {
            occupant.sources = sources;
            if let Some(session) = &mut occupant.session {
                session.active = true;
            }
        }
        desk.bridge.accept(&self.conference, nick, answer, &audio);
        self.sync(desk);
    }

    fn info(&mut self, nick: &str, iq: &Element, jingle: &Element, desk: &mut Desk) {
        let bridge_session = child(jingle, "bridge-session");
        if bridge_session.is_some_and(|session| attr(session, "ice-restart") == "true") {
            if !self.may_restart(nick) {
                return desk.refuse(iq, "wait", "resource-constraint", "rate-limited");
            }
            desk.result(iq);
            let Some(allocation) = desk.bridge.restart_ice(&self.conference, nick) else { return };
            return self.transport_info(nick, &allocation, desk);
        }
        desk.result(iq);
        let ours = self.find(nick).and_then(|o| o.session.as_ref()).map(|session| session.bridge_session.clone());
        let named = bridge_session.map(|session| attr(session, "id").to_owned());
        if child(jingle, "ice-state").is_some_and(|state| state.text() == "failed") && ours == named {
            self.terminate(nick, true, desk);
        }
    }

    fn transport_info(&mut self, nick: &str, allocation: &Allocation, desk: &mut Desk) {
        let jid = format!("{}/{nick}", self.jid);
        let Some(session) = self.find(nick).and_then(|occupant| occupant.session.as_ref()) else { return };
        let (sid, transport) = (&session.sid, jingle::transport(allocation, None, ""));
        debug_assert!(transport.contains(ICE));
        let content = format!("<content name='audio' creator='initiator'>{transport}</content>");
        desk.iq("set", &jid, &format!("<jingle xmlns='{JINGLE}' action='transport-info' sid='{sid}'>{content}</jingle>"));
    }

    fn terminated(&mut self, nick: &str, iq: &Element, jingle: &Element, desk: &mut Desk) {
        let restart = child(jingle, "bridge-session").is_some_and(|session| attr(session, "restart") == "true");
        let again = restart && self.may_restart(nick);
        self.end(nick, None, desk);
        if restart && !again {
            desk.refuse(iq, "wait", "resource-constraint", "rate-limited");
        } else {
            desk.result(iq);
        }
        match again {
            true => self.consider(desk),
            false => self.find(nick).map_or((), |occupant| occupant.inviting = true),
        }
    }

    fn may_restart(&mut self, nick: &str) -> bool {
        let Some(occupant) = self.find(nick) else { return false };
        let restarts = &mut occupant.restarts;
        restarts.retain(|at| at.elapsed() < RESTARTS_IN);
        let may = restarts.len() < RESTARTS && restarts.back().is_none_or(|last| last.elapsed() >= RESTARTS_APART);
        if may {
            restarts.push_back(Instant::now());
        }
        may
    }
}

/// The bridge's own sources, for feedback and padding.
fn feedback_sources() -> Sources {
    let source = |video: bool, name: &str, msid: &str| Source {
        ssrc: stanza::random_ssrc(),
        name: name.to_owned(),
        msid: msid.to_owned(),
        video,
        desktop: false,
    };
    let sources =
        vec![source(false, "jvb-a0", "mixedmslabel mixedlabelaudio0"), source(true, "jvb-v0", "mixedmslabel mixedlabelvideo0")];
    Sources { sources, groups: Vec::new() }
}

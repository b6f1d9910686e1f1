//! Offers, what is told of the others afterwards, and the end of sessions.

use super::super::focus::{Desk, Knobs};
use super::super::jingle::{Features, Offer};
use super::super::sources::{self, Map, Source, Sources};
use super::super::stanza::{self, JINGLE, random_hex};
use super::{Room, Session};

impl Room {
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
    pub(super) fn sync(&mut self, desk: &mut Desk) {
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
    pub(super) fn end(&mut self, nick: &str, reason: Option<&str>, desk: &mut Desk) {
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

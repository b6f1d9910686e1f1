//! What a participant says of its media session.

use super::super::bridge::Allocation;
use super::super::focus::Desk;
use super::super::jingle;
use super::super::sources::Sources;
use super::super::stanza::{JINGLE, attr, child};
use super::Room;
use minidom::Element;
use std::time::{Duration, Instant};

/// More of one participant is refused.
const MAX_SOURCES: usize = 20;
/// Restarts that one participant may ask for in a minute, and how far apart.
const RESTARTS: usize = 5;
const RESTARTS_IN: Duration = Duration::from_secs(60);
const RESTARTS_APART: Duration = Duration::from_secs(5);

impl Room {
    pub(super) fn jingle(&mut self, nick: &str, iq: &Element, jingle: &Element, desk: &mut Desk) {
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
        if !self.may_unmute(nick) {
            desk.bridge.mute(&self.conference, nick, true);
        }
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

//! From the server into the room: what it can do, the conference request, the room's presence, its password, its lobby.

use super::{Asked, Entered, Output, Session};
use crate::backend::BackendEvent;
use crate::backend::jitsi::muc::{Gone, Occupant, Presence, split};
use crate::backend::jitsi::stream::{Login, condition};
use crate::backend::jitsi::xml::{child, tag};
use crate::backend::jitsi::{focus_request, ns};
use crate::call::{LeaveReason, PeerId};
use crate::exit::{Exit, Failure};
use crate::net::turn;
use crate::text;
use minidom::Element;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long the room may take to show us in it.
const SHOWN: Duration = Duration::from_secs(15);
/// How long the focus may take to answer: it allocates nothing yet.
const FOCUS: Duration = Duration::from_secs(10);
/// How often a room that waits for its host is asked for.
const HOST: Duration = Duration::from_secs(5);
/// How often the conference is asked for when nobody is there who would make one.
const TRIES: u32 = 4;

/// Our own endpoint ids that are remembered.
const FORMER: usize = 64;

/// How far we are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not in any room.
    Outside,
    /// The conference is asked for, and asked for again at this time.
    Asking { tries: u32, at: Instant },
    /// The room has our presence.
    Entering { tries: u32, until: Instant },
    /// We wait in the lobby.
    Waiting,
    /// In.
    In,
}

impl Stage {
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Asking { at, .. } => Some(*at),
            Self::Entering { until, .. } => Some(*until),
            Self::Outside | Self::Waiting | Self::In => None,
        }
    }
}

impl Session {
    /// A new stream: into the room, or back into it under a new name.
    pub(super) fn enter(&mut self, now: Instant) {
        self.asked.clear();
        let endpoint = endpoint(self.stream.jid(), &self.settings.login);
        let before = std::mem::replace(&mut self.own.endpoint, endpoint);
        if self.former.len() < FORMER {
            self.former.insert(before);
        }
        self.former.remove(&self.own.endpoint);
        self.unseen.extend(std::mem::take(&mut self.occupants).into_keys());
        self.newcomers.clear();
        // What we are and may do is said anew.
        (self.moderator, self.rights, self.latest) = (false, None, None);
        self.refocus = None;
        self.leave_lobby();
        self.drop_media();
        let domain = self.settings.place.domain.clone();
        self.ask(Asked::Domain, "get", &domain, tag("query", ns::DISCO));
        self.ask(Asked::Services, "get", &domain, tag("services", ns::SERVICES));
        self.request(now, 0);
    }

    fn request(&mut self, now: Instant, tries: u32) {
        self.stage = Stage::Asking { tries, at: now + FOCUS };
        self.ask_for_conference(Asked::Conference);
    }

    fn ask_for_conference(&mut self, asked: Asked) {
        let place = self.settings.place.clone();
        match place.request {
            Some(_) => {
                let body = serde_json::json!({ "room": place.room }).to_string().into_bytes();
                self.out.push_back(Output::Ask(body));
            }
            None => self.ask(asked, "set", &place.focus, focus_request(&place.room)),
        }
    }

    pub(super) fn entry_tick(&mut self, now: Instant) {
        // A focus that was restarted knows nothing of the room until somebody asks.
        if self.stage == Stage::In && self.refocus.is_some_and(|at| now >= at) {
            self.refocus = Some(now + FOCUS);
            self.ask_for_conference(Asked::Refocus);
        }
        match self.stage {
            Stage::Asking { tries, at } if now >= at => match tries < TRIES {
                true => self.request(now, tries + 1),
                false => self.end(LeaveReason::Failed, no_focus("it does not answer")),
            },
            Stage::Entering { until, .. } if now >= until => {
                let text = "the room does not answer; try again later";
                self.end(LeaveReason::Failed, Failure::new(Exit::Unavailable, text));
            }
            _ => {}
        }
    }

    pub(super) fn answer(&mut self, now: Instant, asked: Asked, iq: &Element) {
        let ok = iq.attr("type") == Some("result");
        match asked {
            Asked::Domain => self.domain(iq),
            Asked::Services if !ok => {
                let domain = self.settings.place.domain.clone();
                self.ask(Asked::ServicesOld, "get", &domain, tag("services", ns::SERVICES_OLD));
            }
            Asked::Services | Asked::ServicesOld => self.services(iq),
            Asked::Conference => match child(iq, "conference").filter(|_| ok) {
                Some(c) => self.conference(now, c.attr("ready") == Some("true"), c.attr("focusjid")),
                None => self.no_conference(now, &condition(iq).unwrap_or_default()),
            },
            Asked::Refocus => {
                let named = child(iq, "conference").and_then(|c| c.attr("focusjid")).filter(|_| ok);
                self.focus = named.map(|jid| split(jid).0.to_owned()).or_else(|| self.focus.take());
            }
            Asked::Room => self.room_info(iq),
            Asked::Accept(session) if !ok => self.not_accepted(now, session, &condition(iq).unwrap_or_default()),
            Asked::Act(what) if !ok => {
                let why = condition(iq).unwrap_or_default();
                self.warn("not_done", format!("the server did not {what} ({why})"));
            }
            Asked::Restart if !ok => tracing::debug!("a new session is refused: {}", condition(iq).unwrap_or_default()),
            Asked::Accept(_) | Asked::Restart | Asked::Act(_) => {}
        }
    }

    /// What the server can do beyond rooms, by the identities that it has.
    fn domain(&mut self, iq: &Element) {
        let Some(query) = iq.get_child("query", ns::DISCO) else { return };
        for identity in query.children().filter(|c| c.name() == "identity" && c.attr("category") == Some("component")) {
            match identity.attr("type") {
                Some("lobbyrooms") => self.lobbies = true,
                Some("av_moderation") => self.av_moderation = identity.attr("name").map(str::to_owned),
                Some("end_conference") => self.ending = identity.attr("name").map(str::to_owned),
                _ => {}
            }
        }
    }

    fn services(&mut self, iq: &Element) {
        let Some(services) = iq.children().find(|c| c.name() == "services") else { return };
        let read = |s: &Element| {
            let kind = s.attr("type").filter(|t| matches!(*t, "turn" | "turns"))?;
            let host = s.attr("host")?;
            let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
            let port = s.attr("port").map(|p| format!(":{p}")).unwrap_or_default();
            let carrier = s.attr("transport").map(|t| format!("?transport={t}")).unwrap_or_default();
            let (name, password) = (s.attr("username").unwrap_or_default(), s.attr("password").unwrap_or_default());
            turn::Server::read(&format!("{kind}:{host}{port}{carrier}"), name, password)
        };
        self.relays = services.children().filter_map(read).take(turn::SERVERS).collect();
    }

    pub(super) fn conference_by_http(&mut self, now: Instant, answer: Result<Vec<u8>, Failure>) {
        if !matches!(self.stage, Stage::Asking { .. }) {
            return;
        }
        let value = answer.and_then(|body| {
            let bad = |_| Failure::new(Exit::Protocol, "the conference request was not answered in Jitsi's terms");
            serde_json::from_slice::<serde_json::Value>(&body).map_err(bad)
        });
        match value {
            Ok(value) => {
                let ready = value["ready"] == true || value["ready"] == "true";
                self.conference(now, ready, value["focusJid"].as_str());
            }
            Err(why) if why.exit == Exit::Denied => self.no_conference(now, "not-authorized"),
            Err(_) => self.no_conference(now, "service-unavailable"),
        }
    }

    fn conference(&mut self, now: Instant, ready: bool, focus: Option<&str>) {
        let Stage::Asking { tries, .. } = self.stage else { return };
        if !ready {
            if tries >= TRIES {
                return self.end(LeaveReason::Failed, no_focus("it is not ready"));
            }
            self.stage = Stage::Asking { tries, at: now + Duration::from_secs(1 << tries) };
            return;
        }
        self.focus = focus.map(|jid| split(jid).0.to_owned());
        self.out.push_back(Output::Waits(false));
        self.knock(now, tries);
    }

    fn no_conference(&mut self, now: Instant, condition: &str) {
        let Stage::Asking { tries, .. } = self.stage else { return };
        match condition {
            // The room begins when somebody with an account is there.
            "not-authorized" if self.settings.login == Login::Anonymous && !self.settings.token => {
                if self.me.is_none() {
                    self.out.push_back(Output::Waits(true));
                }
                self.stage = Stage::Asking { tries: 0, at: now + HOST };
            }
            "not-authorized" | "session-invalid" => {
                let text = "the server does not let this account hold a conference; check --user, the password or the token";
                self.end(LeaveReason::Failed, Failure::new(Exit::Denied, text));
            }
            "reservation-error" => {
                let text = "the room is not reserved now; ask who keeps the server's calendar";
                self.end(LeaveReason::Failed, Failure::new(Exit::Denied, text));
            }
            _ if tries < TRIES => self.stage = Stage::Asking { tries, at: now + Duration::from_secs(1 << tries) },
            other => self.end(LeaveReason::Failed, no_focus(&text::clean(other))),
        }
    }

    /// Enters the room, or tries to.
    fn knock(&mut self, now: Instant, tries: u32) {
        self.stage = Stage::Entering { tries, until: now + SHOWN };
        let password = self.settings.password.as_ref().map(|p| tag("password", ns::MUC).text(p));
        // Who comes back has read what was said before.
        let missed = self.lost_since.map_or(0, |since| now.saturating_duration_since(since).as_secs() + 1);
        let history = self.me.is_some().then(|| tag("history", ns::MUC).attr("seconds", missed));
        let x = tag("x", ns::MUC).with_all(password).with_all(history);
        let to = format!("{}/{}", self.settings.place.room, self.own.endpoint);
        self.stream.send(self.own.presence().attr("to", to).with(x));
    }

    /// We are in the room.
    pub(super) fn entered(&mut self) {
        self.stage = Stage::In;
        if self.me.is_none() {
            self.connected_again(); // of which nobody has heard
            let me = PeerId(self.own.endpoint.clone());
            self.me = Some(me.clone());
            let (av_moderation, ending) = (self.av_moderation.is_some(), self.ending.is_some());
            self.out.push_back(Output::Joined(Entered { me, lobbies: self.lobbies, av_moderation, ending }));
        }
        if let Some(lobby) = self.lobby.clone().filter(|_| std::mem::take(&mut self.in_lobby)) {
            let to = format!("{lobby}/{}", self.own.endpoint);
            self.stream.send(tag("presence", ns::CLIENT).attr("type", "unavailable").attr("to", to));
        }
        for gone in std::mem::take(&mut self.unseen) {
            if gone != "focus" && !self.occupants.contains_key(&gone) {
                self.event(BackendEvent::PeerLeft { id: PeerId(gone) });
            }
        }
        for nick in std::mem::take(&mut self.newcomers) {
            self.show(&nick, false, Occupant::default());
        }
        self.connected_again();
        self.ask_for_room();
    }

    pub(super) fn ask_for_room(&mut self) {
        let room = self.settings.place.room.clone();
        self.ask(Asked::Room, "get", &room, tag("query", ns::DISCO));
    }

    /// The room did not let us in.
    pub(super) fn refused(&mut self, now: Instant, condition: &str, lobby: Option<String>) {
        let Stage::Entering { tries, .. } = self.stage else { return };
        let failure = |exit, text: &str| Failure::new(exit, text);
        let why = match (condition, lobby) {
            ("registration-required", Some(lobby)) => return self.wait_in(lobby),
            ("registration-required", None) => failure(Exit::Denied, "the room is for its members only"),
            ("not-authorized", _) if self.settings.password.is_some() => {
                failure(Exit::Denied, "the room's password is another one; ask whoever invited you")
            }
            ("not-authorized", _) => {
                failure(Exit::Denied, "the room has a password; run conclave join where it can ask you, or give it with --pin-fd")
            }
            ("forbidden", _) => failure(Exit::Denied, "you were removed from this room for good"),
            ("service-unavailable", _) => failure(Exit::Unavailable, "the room is full; try again later"),
            // The focus has not made the room yet.
            ("not-allowed" | "item-not-found", _) if tries < TRIES => {
                self.stage = Stage::Asking { tries: tries + 1, at: now + Duration::from_secs(1) };
                return;
            }
            ("not-allowed" | "item-not-found", _) => {
                failure(Exit::Denied, "the server does not let us open this room; it may want a token or an account (--user)")
            }
            ("conflict", _) => failure(Exit::TempFail, "somebody has our id in this room already; join again"),
            (other, _) => {
                let text = format!("the room does not let us in ({other}); ask the server's administrator");
                Failure::new(Exit::Denied, text)
            }
        };
        self.end(LeaveReason::Failed, why);
    }

    fn wait_in(&mut self, lobby: String) {
        self.stage = Stage::Waiting;
        match self.me {
            None => self.out.push_back(Output::Waits(true)),
            Some(_) => self.warn("lobby", "you wait in the room's lobby until a moderator lets you back in"),
        }
        let to = format!("{lobby}/{}", self.own.endpoint);
        let nick = tag("nick", ns::NICK).text(&self.own.name);
        self.stream.send(tag("presence", ns::CLIENT).attr("to", to).with(tag("x", ns::MUC)).with(nick));
        (self.lobby, self.in_lobby) = (Some(lobby), true);
    }

    /// What happens in the lobby while we wait in it.
    pub(super) fn in_the_lobby(&mut self, now: Instant, presence: Presence) {
        let end = |s: &mut Self, reason, exit, text: String| s.end(reason, Failure::new(exit, text));
        match presence {
            Presence::Gone { own: true, why: Gone::Kicked { reason, .. }, .. } => {
                let reason = text::clean(&reason).chars().take(200).collect::<String>();
                let said = if reason.trim().is_empty() { String::new() } else { format!(": {reason}") };
                end(self, LeaveReason::Removed, Exit::Denied, format!("a moderator did not let you in{said}"));
            }
            // The lobby was opened: so is the room.
            Presence::Gone { own: true, why: Gone::Destroyed { instead: Some(_), .. }, .. } => self.let_in(now, None),
            Presence::Gone { own: true, why: Gone::Destroyed { instead: None, .. }, .. } => {
                end(self, LeaveReason::RoomEnded, Exit::RoomEnded, "the meeting has ended while you waited".into());
            }
            Presence::Gone { own: true, .. } => {
                end(self, LeaveReason::Failed, Exit::Unavailable, "the lobby was closed; try again".into());
            }
            Presence::Refused { condition, .. } => {
                end(
                    self,
                    LeaveReason::Failed,
                    Exit::Denied,
                    format!("the lobby does not take us ({condition}); try another --name"),
                );
            }
            _ => {}
        }
    }

    /// Somebody lets us in.
    pub(super) fn let_in(&mut self, now: Instant, password: Option<Zeroizing<String>>) {
        if self.stage == Stage::Waiting {
            if password.is_some() {
                self.settings.password = password;
            }
            self.out.push_back(Output::Waits(false));
            self.knock(now, 0);
        }
    }
}

fn no_focus(why: &str) -> Failure {
    let text =
        format!("the server has nobody who would hold the conference: its focus (jicofo) is not there or not ready ({why})");
    Failure::new(Exit::Unavailable, text)
}

/// Our id at the bridge and nickname in the room, as Jitsi's own client makes it: the server checks it against the address.
fn endpoint(jid: &str, login: &Login) -> String {
    match login {
        Login::Anonymous => jid.split('@').next().unwrap_or_default().to_lowercase().chars().take(8).collect(),
        Login::Plain { .. } => format!("{:08x}", crate::rtc::random_u32()),
    }
}

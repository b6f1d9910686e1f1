//! What happens in the room: people, messages, roles, recordings, the lobby's door.

use super::entry::Stage;
use super::{OCCUPANTS, SAID, Session};
use crate::backend::BackendEvent;
use crate::backend::jitsi::muc::{self, Gone, Kept, Occupant, Presence};
use crate::backend::jitsi::ns;
use crate::backend::jitsi::xml::{child, tag};
use crate::call::trust::Standing;
use crate::call::{LeaveReason, PeerId, PeerKind};
use crate::exit::{Exit, Failure};
use crate::protocol::room::{RoomRole, Rules, Scope, Verb};
use crate::text;
use minidom::Element;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// People who may wait in the lobby before more of them are passed over.
const KNOCKS: usize = 256;

/// How long a focus that went is given to come back by itself.
const REFOCUS: Duration = Duration::from_secs(2);

/// A message of one of the server's components.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    #[serde(rename = "type")]
    kind: Option<String>,
    media_type: Option<String>,
    enabled: Option<bool>,
    approved: Option<bool>,
    removed: Option<bool>,
}

impl Kept {
    /// The id and name under which it is shown among the people: it hears what they hear.
    fn shown(self) -> (PeerId, &'static str) {
        match self {
            Self::Recorded => (PeerId("jitsi:recording".into()), "Jitsi recording"),
            Self::Streamed => (PeerId("jitsi:stream".into()), "Jitsi live stream"),
            Self::Transcribed => (PeerId("jitsi:transcript".into()), "Jitsi transcription"),
        }
    }
}

impl Session {
    pub(super) fn presence(&mut self, now: Instant, presence: &Element) {
        let Some((room, presence)) = muc::read(presence) else { return };
        if room == self.settings.place.room {
            match presence {
                Presence::Here { nick, own: true, .. } if nick != self.own.endpoint => {} // of a stream that is gone
                Presence::Here { nick, own: true, occupant } => self.shown(now, &nick, &occupant),
                Presence::Here { nick, .. } if self.former.contains(&nick) => {} // we, before the connection was lost
                Presence::Here { nick, occupant, .. } => self.here(now, nick, *occupant),
                Presence::Gone { own: true, why, .. } => self.gone_ourselves(now, why),
                Presence::Gone { nick, .. } => self.gone(now, &nick),
                Presence::Refused { condition, lobby } => self.refused(now, &condition, lobby),
            }
        } else if Some(&room) == self.lobby.as_ref() {
            match self.stage {
                Stage::Waiting => self.in_the_lobby(now, presence),
                _ => self.at_the_door(presence),
            }
        }
    }

    /// Our own presence comes back: we are in, and this is our role.
    fn shown(&mut self, now: Instant, nick: &str, occupant: &Occupant) {
        if matches!(self.stage, Stage::Entering { .. }) {
            self.entered();
            self.media_expected(now);
        }
        if self.stage == Stage::In && (self.moderator != occupant.moderator || self.rights.is_none()) {
            self.moderator = occupant.moderator;
            let id = self.peer(nick);
            self.event(BackendEvent::RoomRole { id, role: role(self.moderator), by: None });
            self.rights();
            self.watch_lobby();
        }
    }

    /// What we may do.
    pub(super) fn rights(&mut self) {
        let (moderated, approved) = self.floor;
        let mut may = vec![Verb::Chat, Verb::RaiseHand];
        if !moderated || approved || self.moderator {
            may.push(Verb::Speak);
        }
        if self.moderator {
            may.extend([Verb::Mute, Verb::MuteAll, Verb::Kick, Verb::Promote]);
            may.extend(self.av_moderation.is_some().then_some(Verb::AskUnmute));
            may.extend(self.ending.is_some().then_some(Verb::EndForAll));
            if self.lobbies {
                may.extend([Verb::Lock, Verb::Admit, Verb::Deny]);
            }
        }
        if self.rights.as_ref() != Some(&may) {
            self.rights = Some(may.clone());
            self.event(BackendEvent::Rights(may));
        }
    }

    fn here(&mut self, now: Instant, nick: String, occupant: Occupant) {
        if nick == "focus" {
            self.refocus = None;
            self.focus_kept.clone_from(&occupant.kept);
            self.occupants.insert(nick, occupant);
            return self.announce_kept();
        }
        if self.occupants.len() >= OCCUPANTS && !self.occupants.contains_key(&nick) {
            return;
        }
        let before = self.occupants.insert(nick.clone(), occupant);
        // Who was here before the connection was lost is no newcomer.
        let known = before.is_some() || self.unseen.remove(&nick);
        // Who is new to us when we come back may be somebody who came back: their old self goes first.
        match !known && self.me.is_some() && self.stage != Stage::In {
            true => self.newcomers.push(nick),
            false => self.show(&nick, known, before.unwrap_or_default()),
        }
        self.announce_kept();
        self.media_expected(now);
    }

    /// Tells the caller of somebody, or of what is new about them.
    pub(super) fn show(&mut self, nick: &str, known: bool, was: Occupant) {
        let Some(occupant) = self.occupants.get(nick).cloned() else { return };
        let id = PeerId(nick.to_owned());
        let before_us = self.stage != Stage::In;
        if !known {
            let (kind, name) = (PeerKind::Member, occupant.name.clone());
            self.event(BackendEvent::PeerJoined { id: id.clone(), kind, name, before_us });
        }
        if !known || was != occupant || before_us {
            let (name, muted, hand) = (occupant.name.clone(), Some(occupant.muted), Some(occupant.hand));
            self.event(BackendEvent::PeerState { id: id.clone(), name, muted, hand });
        }
        if !known || was.moderator != occupant.moderator {
            self.event(BackendEvent::RoomRole { id, role: role(occupant.moderator), by: None });
        }
        if occupant.encrypts && self.warned_of.len() < OCCUPANTS && self.warned_of.insert(nick.to_owned()) {
            let name = occupant.name.as_deref().and_then(text::clean_name).unwrap_or_else(|| nick.to_owned());
            let text = format!(
                "{name} encrypts end to end by Jitsi's own means, which Conclave does not have: you will not hear {name}, and what \
                 you say is not encrypted so. Ask them to switch it off, or join by another client."
            );
            self.warn("jitsi_e2ee", text);
        }
    }

    fn gone(&mut self, now: Instant, nick: &str) {
        let Some(_) = self.occupants.remove(nick) else { return };
        if nick == "focus" {
            self.refocus = Some(now + REFOCUS);
            self.focus_kept.clear();
            return self.announce_kept();
        }
        self.warned_of.remove(nick);
        self.no_sources_of(nick);
        // Who was not introduced yet is not said to have left.
        match self.newcomers.iter().position(|n| n == nick) {
            Some(at) => drop(self.newcomers.remove(at)),
            None => self.event(BackendEvent::PeerLeft { id: PeerId(nick.to_owned()) }),
        }
        self.announce_kept();
    }

    fn gone_ourselves(&mut self, now: Instant, why: Gone) {
        let said = |reason: &str| {
            let reason: String = text::clean(reason).chars().take(200).collect();
            if reason.trim().is_empty() { String::new() } else { format!(": {reason}") }
        };
        let (reason, exit, text) = match why {
            Gone::Kicked { by, reason } => {
                let who = by.and_then(|by| self.occupants.get(&by)?.name.as_deref().and_then(text::clean_name));
                let who = who.unwrap_or_else(|| "a moderator".into());
                (LeaveReason::Removed, Exit::Removed, format!("{who} removed you from the room{}", said(&reason)))
            }
            Gone::Destroyed { reason, .. } => {
                (LeaveReason::RoomEnded, Exit::RoomEnded, format!("the meeting has ended for everybody{}", said(&reason)))
            }
            Gone::Closed => {
                (LeaveReason::Removed, Exit::Removed, "the room was closed to all who are not its members".to_owned())
            }
            Gone::Shutdown => return self.lost(now, Failure::new(Exit::TempFail, "the server is going down")),
            // We have left, or the room has lost us: then it is entered anew.
            Gone::Left if self.stage == Stage::In => return self.enter(now),
            Gone::Left => return,
        };
        self.stage = Stage::Outside;
        self.end(reason, Failure::new(exit, text));
    }

    /// What is kept of the meeting, as one of the people.
    fn announce_kept(&mut self) {
        let all = self.occupants.values().flat_map(|o| &o.kept).chain(&self.focus_kept);
        let now: BTreeSet<Kept> = all.map(|(_, how)| *how).collect();
        let before = std::mem::replace(&mut self.kept, now.clone());
        for kept in now.difference(&before) {
            let (id, name) = kept.shown();
            let before_us = self.stage != Stage::In;
            self.event(BackendEvent::PeerJoined { id: id.clone(), kind: PeerKind::Member, name: Some(name.into()), before_us });
            self.event(BackendEvent::RoomRole { id: id.clone(), role: RoomRole::Bot, by: None });
            self.event(BackendEvent::Recording { id, on: true });
        }
        for kept in before.difference(&now) {
            let (id, _) = kept.shown();
            self.event(BackendEvent::Recording { id: id.clone(), on: false });
            self.event(BackendEvent::PeerLeft { id });
        }
    }

    pub(super) fn message(&mut self, now: Instant, message: &Element) {
        let (room, nick) = muc::split(message.attr("from").unwrap_or_default());
        if message.attr("type") == Some("error") {
            return self.warn("chat_not_sent", "a message was not delivered: its receiver is gone, or the room does not take it");
        }
        let of_room = room == self.settings.place.room;
        if let Some(x) = message.get_child("x", ns::MUC_USER) {
            if x.children().any(|s| s.name() == "status" && s.attr("code") == Some("104")) && of_room {
                // What has changed is news, also to whom did not know yet how it was.
                self.password.get_or_insert(false);
                return self.ask_for_room();
            }
            if let Some(invite) = child(x, "invite")
                && of_room
                && invite.attr("from").is_some()
            {
                let password = child(x, "password").map(|p| Zeroizing::new(p.text())).filter(|p| !p.is_empty());
                return self.let_in(now, password);
            }
        }
        if let Some(json) = message.get_child("json-message", ns::JITMEET) {
            if self.av_moderation.as_deref() == Some(room) {
                self.component(&json.text());
            }
            return;
        }
        let Some(nick) = nick.filter(|nick| of_room && self.occupants.contains_key(*nick) && *nick != "focus") else { return };
        let (from, private) = (PeerId(nick.to_owned()), message.attr("type") == Some("chat"));
        if let Some(reactions) = message.get_child("reactions", ns::REACTIONS) {
            for reaction in reactions.children().filter(|r| r.name() == "reaction").take(8) {
                self.event(BackendEvent::Reaction { from: from.clone(), text: reaction.text() });
            }
            return;
        }
        if let Some(body) = child(message, "body").map(Element::text) {
            if let Some(id) = message.attr("id").filter(|id| !private && id.len() <= 256) {
                let key = format!("{nick}/{id}");
                if message.has_child("delay", ns::DELAY) && self.said.contains(&key) {
                    return;
                }
                self.said.push_back(key);
                self.said.drain(..self.said.len().saturating_sub(SAID));
                self.latest = Some(id.to_owned());
            }
            self.event(BackendEvent::Chat { from, private, text: body });
        }
    }

    /// Whether one needs leave to speak, and has it.
    fn component(&mut self, text: &str) {
        let Ok(Component { kind, media_type, enabled, approved, removed }) = serde_json::from_str(text) else { return };
        if kind.as_deref() != Some("av_moderation") || media_type.as_deref().is_some_and(|m| m != "audio") {
            return;
        }
        match (enabled, approved, removed) {
            (Some(on), ..) => {
                self.floor = (on, false);
                // Moderators may speak all the time, and know of it by this.
                let speak = if on { Scope::Moderators } else { Scope::Everyone };
                self.keep(Rules { speak, ..self.rules.clone() });
            }
            (None, Some(true), _) => {
                self.floor.1 = true;
                self.warn("may_speak", "a moderator lets you speak: open the microphone when you like");
            }
            (None, _, Some(true)) => self.floor.1 = false,
            _ => return,
        }
        self.rights();
    }

    /// How the room is kept, if that is news.
    fn keep(&mut self, rules: Rules) {
        if rules != self.rules {
            self.rules = rules.clone();
            self.event(BackendEvent::Rules { rules, by: None });
        }
    }

    /// The focus says that somebody closed our microphone. It cannot open it.
    pub(super) fn muted_by(&mut self, mute: &Element) {
        if mute.text().trim() != "true" {
            return;
        }
        let by = mute.attr("actor").and_then(|actor| muc::split(actor).1).map(|nick| self.peer(nick));
        self.silenced = true;
        self.event(BackendEvent::MutedByRoom { by });
    }

    pub(super) fn room_info(&mut self, iq: &Element) {
        let Some(query) = iq.get_child("query", ns::DISCO) else { return };
        let feature = |name: &str| query.children().any(|f| f.name() == "feature" && f.attr("var") == Some(name));
        let field = |name: &str| {
            let form = query.get_child("x", ns::DATA)?;
            let field = form.children().find(|f| f.attr("var") == Some(name))?;
            child(field, "value").map(Element::text).filter(|v| !v.is_empty())
        };
        let members_only = feature("muc_membersonly");
        let (mut rules, password) = (self.rules.clone(), feature("muc_passwordprotected"));
        (rules.waiting_room, rules.locked) = (members_only, members_only);
        self.keep(rules);
        // What holds when we come is no news: we were let in.
        let before = self.password.replace(password).unwrap_or(password);
        if password != before {
            let text = if password { "the room has a password now" } else { "the room has no password any more" };
            self.warn("room_password", text);
        }
        match field("muc#roominfo_lobbyroom").filter(|_| members_only) {
            Some(lobby) => {
                self.lobby = Some(lobby);
                self.watch_lobby();
            }
            None => self.leave_lobby(),
        }
    }

    /// A moderator sees who waits.
    fn watch_lobby(&mut self) {
        if let Some(lobby) = self.lobby.clone().filter(|_| self.moderator && !self.in_lobby && self.stage == Stage::In) {
            self.in_lobby = true;
            let to = format!("{lobby}/{}", self.own.endpoint);
            self.stream.send(tag("presence", ns::CLIENT).attr("to", to).with(tag("x", ns::MUC)));
        }
    }

    pub(super) fn leave_lobby(&mut self) {
        self.in_lobby = false;
        for (nick, _) in std::mem::take(&mut self.knocks) {
            self.event(BackendEvent::KnockGone { id: PeerId(nick) });
        }
    }

    /// Who waits, seen from inside.
    fn at_the_door(&mut self, presence: Presence) {
        match presence {
            Presence::Here { nick, own: false, occupant } => {
                let Some(jid) = occupant.jid else { return };
                // Moderators are in the lobby too, to see who waits.
                let inside = self.occupants.values().any(|o| o.jid.as_ref() == Some(&jid));
                let room = self.knocks.len() < KNOCKS || self.knocks.contains_key(&nick);
                if inside || occupant.moderator || !room {
                    return;
                }
                let name = occupant.name.unwrap_or_default();
                let id = PeerId(nick.clone());
                if self.knocks.insert(nick, (jid, name.clone())).is_none() {
                    self.event(BackendEvent::Knock { id: id.clone(), standing: Standing::Guest, key: String::new() });
                }
                self.event(BackendEvent::PeerState { id, name: Some(name), muted: None, hand: None });
            }
            Presence::Gone { own: true, .. } => self.leave_lobby(),
            Presence::Gone { nick, .. } if self.knocks.remove(&nick).is_some() => {
                self.event(BackendEvent::KnockGone { id: PeerId(nick) });
            }
            _ => {}
        }
    }
}

fn role(moderator: bool) -> RoomRole {
    if moderator { RoomRole::Moderator } else { RoomRole::Speaker }
}

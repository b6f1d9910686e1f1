//! Media is a lease of the control plane: who may have it, what it may do, and the members that are media alone.

use super::super::roles;
use super::super::room::{Occupant, Room};
use super::{Core, FLOOR_CAP, Known, Note, Now, Output};
use crate::protocol::control::{Departure, MemberId, RoomMode, Secret, ServerMessage};
use crate::protocol::room::{RoomRole, Rules, Verb};
use crate::server::media::token::{Grant, VideoGrant, sign};
use livekit_protocol::DisconnectReason;

pub use crate::server::media::signal::Permit;

/// How long a media token is good for, in seconds. It is needed to join media only, and works only while its session lives.
const MEDIA_TOKEN_SECONDS: i64 = 600;

impl Core {
    /// Whether media may begin: of a member while their control session lives (a lost one may still come back), of a stock
    /// client if the room takes them.
    pub fn admit(&self, room: &str, identity: &str, known: Option<&Known>) -> Result<(), String> {
        if self.closing {
            return Err("the server is shutting down; try again later".into());
        }
        let here = self.rooms.get(room);
        if identity.starts_with("m-") {
            return match here.and_then(|r| r.members.get(identity)) {
                Some(Occupant::Session(_)) => Ok(()),
                _ => Err("the control session of this media token has ended; join the room again".into()),
            };
        }
        let id = livekit_id(identity);
        let is_in = here.is_some_and(|r| r.members.contains_key(&id));
        if self.draining && !is_in {
            return Err("the server is shutting down; try again later".into());
        }
        if !valid_identity(identity) {
            return Err("the token's identity is empty, too long or has control characters; make another token".into());
        }
        let mode = here.map(|r| r.mode).or(known.map(|k| k.mode));
        let Some(mode) = mode else {
            return Err("no such room; create it with 'conclave rooms create NAME --mode open'".into());
        };
        if mode != RoomMode::Open {
            return Err("this room is end-to-end encrypted: only Conclave clients can join it; ask for an open room".into());
        }
        let barred = here.map(|r| &r.barred).or(known.map(|k| &k.kept.barred));
        if barred.is_some_and(|b| b.has(&id, None)) {
            return Err("a moderator banned this identity from the room".into());
        }
        if let Some(rules) = here.map(|r| &r.rules).or(known.map(|k| &k.kept.rules)).filter(|_| !is_in) {
            closed_to_stock(rules, here)?;
        }
        match here {
            None if self.rooms.len() >= self.limits.rooms => {
                Err("the server has no place for another room; try again later".into())
            }
            Some(r) if r.members.len() >= self.limits.members && !is_in => Err("the room is full; try again later".into()),
            _ => Ok(()),
        }
    }

    /// What somebody's media may do.
    pub fn permit(&self, room: &str, identity: &str, known: Option<&Known>) -> Permit {
        let member = if identity.starts_with("m-") { identity.to_owned() } else { livekit_id(identity) };
        match (self.rooms.get(room), known) {
            (Some(room), _) => permit(room.role(&member), &room.rules),
            (None, Some(known)) => permit(RoomRole::Guest, &known.kept.rules),
            (None, None) => Permit::default(),
        }
    }

    /// Has somebody's media do what they may now.
    pub(super) fn permit_one(&self, name: &str, member: &str, out: &mut Vec<Output>) {
        let identity = identity_of(member).to_owned();
        let permit = self.permit(name, &identity, None);
        out.push(Output::Permit { room: name.to_owned(), identity, permit });
    }

    pub(super) fn media_joined(
        &mut self,
        now: Now,
        name: String,
        identity: String,
        title: &str,
        known: Option<Known>,
        out: &mut Vec<Output>,
    ) {
        // Between its admission and now the lease may have ended.
        if self.admit(&name, &identity, known.as_ref()).is_err() {
            let reason = DisconnectReason::StateMismatch;
            return out.push(Output::RemoveMedia { room: name, identity, reason });
        }
        if identity.starts_with("m-") {
            return;
        }
        let known = known.unwrap_or_else(|| Known::new(RoomMode::Open, false));
        let new = || Room::new(known.mode, known.stored, known.kept, now.instant);
        let room = self.rooms.entry(name.clone()).or_insert_with(new);
        let id = livekit_id(&identity);
        if room.media_joined(&id, title)
            && let Some(occupant) = room.members.get(&id)
        {
            room.used = true;
            let joined = room.member(&id, occupant);
            out.push(Output::Note(Note::Joined { room: name.clone(), member: id.clone() }));
            self.tell_room(&name, &id, |event| ServerMessage::MemberJoined { event, member: joined.clone() }, out);
        }
    }

    pub(super) fn media_left(&mut self, now: Now, name: &str, identity: &str, out: &mut Vec<Output>) {
        let id = livekit_id(identity);
        // Loss of media alone removes no member: only a stock client's media is all there is of it.
        let Some(room) = self.rooms.get_mut(name).filter(|_| !identity.starts_with("m-")) else { return };
        if room.media_left(&id) {
            self.departed(now, name, &id, Departure::Left, out);
        }
    }

    /// In a strict room with more members than places nothing is forwarded from those who have none: a client that opens
    /// its microphone anyway finds it closed.
    pub(super) fn close_microphones(&self, name: &str, out: &mut Vec<Output>) {
        let crowded = |r: &&Room| r.mode == RoomMode::Strict && r.members.len() > usize::from(FLOOR_CAP);
        let Some(room) = self.rooms.get(name).filter(crowded) else { return };
        let without = room.members.keys().filter(|m| !room.floor.contains(*m));
        out.extend(without.map(|m| Output::CloseMicrophone { room: name.to_owned(), identity: m.clone() }));
    }

    pub(super) fn media_token(&self, now: Now, room: &str, identity: &str) -> Option<Secret> {
        let grant = Grant {
            iss: self.key.key.clone(),
            sub: identity.to_owned(),
            nbf: now.unix,
            exp: now.unix.saturating_add(MEDIA_TOKEN_SECONDS),
            video: VideoGrant { room_join: true, room: room.to_owned(), ..VideoGrant::default() },
            ..Grant::default()
        };
        sign(&self.key, &grant).ok().map(Secret)
    }
}

/// Why a room takes no stock client now, by its rules: such a client cannot be told to wait.
fn closed_to_stock(rules: &Rules, here: Option<&Room>) -> Result<(), String> {
    if rules.locked {
        return Err("the room is locked: nobody new is let in".into());
    }
    if rules.waiting_room {
        return Err("this room has a waiting room, which stock LiveKit clients cannot wait in; join with Conclave".into());
    }
    if rules.host_required && !here.is_some_and(Room::has_host) {
        return Err("the host is not here yet; try again later".into());
    }
    let members = here.map_or(0, |r| r.members.len());
    if rules.capacity.is_some_and(|most| members >= usize::try_from(most).unwrap_or(usize::MAX)) {
        return Err("the room is full; try again later".into());
    }
    Ok(())
}

fn permit(role: RoomRole, rules: &Rules) -> Permit {
    let may = |verb| roles::may(role, rules, verb).is_ok();
    Permit { speak: may(Verb::Speak), share: may(Verb::Share), chat: may(Verb::Chat) }
}

/// The member id of a stock client.
fn livekit_id(identity: &str) -> MemberId {
    format!("lk-{identity}")
}

/// The LiveKit identity of a member.
pub(super) fn identity_of(member: &str) -> &str {
    member.strip_prefix("lk-").unwrap_or(member)
}

/// Whether a stock client may be called this: it is shown to people and repeated in every message about it.
fn valid_identity(s: &str) -> bool {
    !s.is_empty() && s.len() <= 256 && crate::text::clean(s) == s
}

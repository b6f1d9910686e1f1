//! What end-to-end encrypted rooms need of the control plane: their delivery service, and the floor of strict ones.

use super::super::group::{Act, Event};
use super::super::roles;
use super::{Core, FLOOR_CAP, GROUP_UNIT, Now, Output};
use crate::protocol::control::{RoomMode, ServerMessage};
use crate::protocol::room::Verb;
use conclave_e2ee::delivery::To;
use conclave_e2ee::wire::{FromService, ToService};

impl Core {
    pub(super) fn group_now(&mut self, now: Now) -> conclave_e2ee::session::Now {
        let start = *self.start.get_or_insert(now.instant);
        let mono = now.instant.saturating_duration_since(start);
        conclave_e2ee::session::Now { mono, unix: u64::try_from(now.unix).unwrap_or(0) }
    }

    /// Passes something on to a room's delivery service, if it has one.
    pub(super) fn group(&mut self, now: Now, name: &str, event: Event, out: &mut Vec<Output>) {
        let at = self.group_now(now);
        let service = self.rooms.get_mut(name).and_then(|r| r.service.as_mut());
        let acts = service.map(|s| s.push(at, event)).unwrap_or_default();
        self.act(name, acts, out);
    }

    pub(super) fn act(&mut self, name: &str, acts: Vec<Act>, out: &mut Vec<Output>) {
        for act in acts {
            match act {
                Act::Keep { expect, snapshot } => out.push(Output::KeepGroup { room: name.to_owned(), expect, snapshot }),
                Act::Tell(to, message) => self.tell_group(name, to, &message, out),
            }
        }
    }

    pub(super) fn tell_group(&mut self, name: &str, to: To, message: &FromService, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get(name) else { return };
        let sessions = match to {
            To::All => room.sessions_but(""),
            To::One(member) => room.session(&member).into_iter().collect(),
            To::Members(members) => members.iter().filter_map(|m| room.session(m)).collect(),
        };
        self.tell(&sessions, |event| ServerMessage::Group { event, message: message.clone() }, out);
    }

    pub(super) fn group_message(
        &mut self,
        now: Now,
        id: &str,
        message: ToService,
        out: &mut Vec<Output>,
    ) -> Result<(), (&'static str, &'static str)> {
        let Some(session) = self.sessions.get_mut(id) else { return Ok(()) };
        #[allow(clippy::cast_precision_loss, reason = "a message is far below 2^52 bytes")]
        let cost = (1 + size(&message) / GROUP_UNIT) as f64;
        if !session.relay.take(now.instant, cost) {
            return Err(("too_fast", "too many messages about the group; wait a second"));
        }
        let (member, name) = (session.member.clone(), session.room.clone());
        if self.rooms.get(&name).is_none_or(|r| r.service.is_none()) {
            return Err(("malformed", "this room is open: there is no group in it"));
        }
        self.group(now, &name, Event::Said(member, message), out);
        Ok(())
    }

    /// Gives the floor as long as there is a place, in the order of asking; also takes it back.
    pub(super) fn floor(
        &mut self,
        now: Now,
        id: &str,
        open: bool,
        out: &mut Vec<Output>,
    ) -> Result<(), (&'static str, &'static str)> {
        let Some(session) = self.sessions.get_mut(id) else { return Ok(()) };
        if !session.relay.take(now.instant, 1.0) {
            return Err(("too_fast", "too many requests; wait a second"));
        }
        let (member, id) = (session.member.clone(), id.to_owned());
        let Some(room) = self.rooms.get_mut(&session.room) else { return Ok(()) };
        let cap = if room.mode == RoomMode::Strict { FLOOR_CAP } else { u16::try_from(self.limits.members).unwrap_or(u16::MAX) };
        let may = roles::may(room.role(&member), &room.rules, Verb::Speak).is_ok();
        let granted = open && may && (room.floor.contains(&member) || room.floor.len() < usize::from(cap));
        if granted {
            room.floor.insert(member);
        } else if room.floor.remove(&member) {
            let (room, identity) = (session.room.clone(), member);
            out.push(Output::CloseMicrophone { room, identity });
        }
        self.tell(&[id], |event| ServerMessage::Floor { event, granted, cap }, out);
        Ok(())
    }
}

/// Bytes that a message about the group makes work of.
fn size(message: &ToService) -> usize {
    match message {
        ToService::Found { group_info, tree, .. } => group_info.0.len() + tree.0.len(),
        ToService::Knock { key_package } => key_package.0.len(),
        ToService::Commit { commit, group_info, welcome, .. } => {
            commit.0.len() + group_info.0.len() + welcome.as_ref().map_or(0, |w| w.0.len())
        }
        ToService::Propose { proposal, .. } => proposal.0.len(),
        ToService::Deny { .. } | ToService::Unprocessable { .. } | ToService::Present => 0,
    }
}

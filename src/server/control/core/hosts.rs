//! Roles that change: by a moderator's order, and of the host, by their going and coming.

use super::super::roles;
use super::super::room::{Occupant, Seat};
use super::{Core, Note, Now, Output};
use crate::protocol::control::{MemberId, RESUME_SECONDS, ServerMessage};
use crate::protocol::room::{RoomRole, Verb};
use std::cmp::Reverse;
use std::time::Duration;

/// How long a host may be missing whom the server's end interrupted: so long everybody may come back.
const AWAY: Duration = Duration::from_secs(RESUME_SECONDS);

impl Core {
    /// Keeps what somebody is for their coming back after the server's end.
    pub(super) fn keep_seat(&mut self, name: &str, member: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get_mut(name) else { return };
        room.kept = true;
        let role = room.seats.get(member).map(|s| s.role);
        out.push(Output::KeepSeat { room: name.to_owned(), member: member.to_owned(), role });
    }

    /// Gives somebody another role, and tells everybody.
    pub(super) fn set_role(
        &mut self,
        now: Now,
        name: &str,
        member: &str,
        role: RoomRole,
        by: Option<&MemberId>,
        out: &mut Vec<Output>,
    ) {
        let Some(seat) = self.rooms.get_mut(name).and_then(|r| r.seats.get_mut(member)) else { return };
        let decided = roles::has(seat.role, Verb::Admit);
        seat.role = role;
        self.keep_seat(name, member, out);
        let (id, by) = (member.to_owned(), by.cloned());
        // Who reads of their role knows already what they may do.
        self.tell_rights(name, member, out);
        self.tell_room(name, "", |event| ServerMessage::Role { event, id: id.clone(), role, by: by.clone() }, out);
        self.permit_one(name, member, out);
        if !decided {
            self.tell_knocks_to(name, member, out);
        }
        if role >= RoomRole::Moderator {
            self.open_door(now, name, out);
        }
    }

    /// Tells somebody what they may do now.
    pub(super) fn tell_rights(&mut self, name: &str, member: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get(name) else { return };
        let may = roles::rights(room.role(member), &room.rules);
        let session: Vec<String> = room.session(member).into_iter().collect();
        self.tell(&session, |event| ServerMessage::Rights { event, may: may.clone() }, out);
    }

    /// Somebody came. A host by right takes their place back from whoever stood in for them, and the door may open.
    pub(super) fn host_came(&mut self, now: Now, name: &str, member: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get(name) else { return };
        if room.role(member) == RoomRole::Owner && room.seats.get(member).is_some_and(|s| s.before.is_none()) {
            let stand_ins: Vec<_> = room
                .seats
                .iter()
                .filter(|(id, _)| id.as_str() != member)
                .filter_map(|(id, seat)| Some((id.clone(), seat.before?)))
                .collect();
            for (id, before) in stand_ins {
                if let Some(seat) = self.rooms.get_mut(name).and_then(|r| r.seats.get_mut(&id)) {
                    seat.before = None;
                }
                self.set_role(now, name, &id, before, None, out);
            }
        }
        self.open_door(now, name, out);
    }

    /// Somebody left; if they were the host, another one is at once. (Whose connection was lost had time to come back.)
    pub(super) fn host_left(&mut self, now: Now, name: &str, member: &str, out: &mut Vec<Output>) {
        if self.rooms.get(name).is_some_and(|r| r.role(member) == RoomRole::Owner && !r.held) {
            self.settle_host(now, name, out);
        }
    }

    pub(super) fn hosts_tick(&mut self, now: Now, out: &mut Vec<Output>) {
        let away = |since| now.instant.saturating_duration_since(since) >= AWAY;
        let rooms: Vec<String> =
            self.rooms.iter().filter(|(_, r)| r.hosted && away(r.since)).map(|(name, _)| name.clone()).collect();
        rooms.iter().for_each(|name| self.settle_host(now, name, out));
    }

    /// In a room that had a host and has none, the one of the highest role is, and of those the one who has been here longest.
    fn settle_host(&mut self, now: Now, name: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get(name).filter(|r| r.hosted && !r.held) else { return };
        if room.seated().any(|(_, role)| role == RoomRole::Owner) {
            return;
        }
        // Where a host is required, not anybody may be it.
        let least = if room.rules.host_required { RoomRole::Moderator } else { RoomRole::Guest };
        let here = |id: &&MemberId| matches!(room.members.get(*id), Some(Occupant::Session(_)));
        let next = room.seats.keys().filter(here).filter_map(|id| Some((id, room.seats.get(id)?)));
        let next = next.filter(|(_, s)| s.role >= least).max_by_key(|(_, s)| (s.role, Reverse(s.order)));
        let Some((id, Seat { role, .. })) = next.map(|(id, s)| (id.clone(), *s)) else { return };
        if let Some(seat) = self.rooms.get_mut(name).and_then(|r| r.seats.get_mut(&id)) {
            seat.before = Some(role);
        }
        let room = name.to_owned();
        out.push(Output::Note(Note::Moderated { room, verb: "host", by: None, member: Some(id.clone()) }));
        self.set_role(now, name, &id, RoomRole::Owner, None, out);
    }
}

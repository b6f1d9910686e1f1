//! The door: who waits there, who hears of them, and how they get in.

use super::super::roles;
use super::super::room::{Room, Waiter};
use super::super::session::{ConnectionId, encode};
use super::{Core, Hello, Now, Output, error, refuse};
use crate::protocol::control::{ClientMessage, MAX_RELAY, MemberId, Refusal, RoomMode, SILENCE_SECONDS, ServerMessage};
use crate::protocol::room::Verb;
use std::time::Duration;

/// Who waits at one room's door, and at all of them.
const WAITING: usize = 64;
const LOBBY: usize = 1024;
/// How long somebody waits at most.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

impl Core {
    /// Somebody waits.
    pub(super) fn wait(&mut self, now: Now, hello: Hello, text: &str, out: &mut Vec<Output>) {
        let Hello { connection, member, room: name, login, role, waits, introduction, .. } = hello;
        if !waits {
            let text = "this room has a waiting room, and your client is too old to wait in it: update it";
            return refuse(connection, Refusal::Denied, text, out);
        }
        // Who knocks again has lost the first websocket.
        if let Some(old) = self.waiter(&name, &member).map(|w| w.connection) {
            self.leave_lobby(old, out);
            out.push(Output::Close(old));
        }
        let all = self.lobby.len();
        let Some(room) = self.rooms.get_mut(&name) else { return };
        if room.waiting.len() >= WAITING || all >= LOBBY {
            return refuse(connection, Refusal::Full, "too many people wait to be let in; try again later", out);
        }
        let readable = |s: &String| s.len() <= MAX_RELAY && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        let introduction = introduction.filter(readable);
        let waiter =
            Waiter { connection, member: member.clone(), login, role, introduction, since: now.instant, heard: now.instant };
        room.waiting.push(waiter.clone());
        self.lobby.insert(connection, name.clone());
        out.push(Output::Send(connection, encode(&ServerMessage::Waiting { text: text.to_owned() })));
        let deciders = self.deciders(&name);
        self.tell(&deciders, |event| knock(event, &waiter), out);
    }

    fn waiter(&self, room: &str, member: &str) -> Option<&Waiter> {
        self.rooms.get(room)?.waiting.iter().find(|w| w.member == member)
    }

    /// The sessions of those who may let people in.
    fn deciders(&self, name: &str) -> Vec<String> {
        let Some(room) = self.rooms.get(name) else { return Vec::new() };
        let may = room.seated().filter(|(_, role)| roles::has(*role, Verb::Admit));
        may.filter_map(|(member, _)| room.session(member)).collect()
    }

    /// Tells somebody who may decide of everybody who waits.
    pub(super) fn tell_knocks_to(&mut self, name: &str, member: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get(name) else { return };
        if !roles::has(room.role(member), Verb::Admit) {
            return;
        }
        let (session, waiting) = (room.session(member), room.waiting.clone());
        if let Some(session) = session {
            waiting.iter().for_each(|w| self.tell(std::slice::from_ref(&session), |event| knock(event, w), out));
        }
    }

    /// Somebody no longer waits.
    fn take_waiter(&mut self, name: &str, member: &str, out: &mut Vec<Output>) -> Option<Waiter> {
        let room = self.rooms.get_mut(name)?;
        let at = room.waiting.iter().position(|w| w.member == member)?;
        let waiter = room.waiting.remove(at);
        self.lobby.remove(&waiter.connection);
        let deciders = self.deciders(name);
        self.tell(&deciders, |event| ServerMessage::KnockGone { event, member: member.to_owned() }, out);
        Some(waiter)
    }

    /// A websocket at the door is gone.
    pub(super) fn leave_lobby(&mut self, connection: ConnectionId, out: &mut Vec<Output>) {
        let Some(name) = self.lobby.remove(&connection) else { return };
        let waits = |r: &Room| r.waiting.iter().find(|w| w.connection == connection).map(|w| w.member.clone());
        if let Some(member) = self.rooms.get(&name).and_then(waits) {
            self.take_waiter(&name, &member, out);
        }
        self.nobody_left(&name, out);
    }

    pub(super) fn nobody_left(&mut self, name: &str, out: &mut Vec<Output>) {
        if self.rooms.get(name).is_some_and(Room::is_over) {
            self.forget(name, out);
        }
    }

    /// A moderator lets somebody in.
    pub(super) fn let_in(&mut self, now: Now, name: &str, member: &str, out: &mut Vec<Output>) -> bool {
        let Some(waiter) = self.take_waiter(name, member, out) else { return false };
        let Some(room) = self.rooms.get(name) else { return false };
        let given = waiter.login.as_ref().and_then(|l| room.given.get(&l.account.id)).copied();
        let role = roles::of(waiter.login.as_ref(), given, waiter.role);
        let Waiter { connection, member, login, .. } = waiter;
        if self.members(name) >= self.limits.members {
            refuse(connection, Refusal::Full, "the room is full; try again later, or ask a member to leave", out);
            return true;
        }
        let hello = Hello { login, ..Hello::new(connection, &member, name, None) };
        self.enter(now, hello, role, out);
        // After the server's end they need not wait once more.
        self.keep_seat(name, &member, out);
        true
    }

    /// A moderator does not let somebody in.
    pub(super) fn turn_away(&mut self, name: &str, member: &str, out: &mut Vec<Output>) -> bool {
        let Some(waiter) = self.take_waiter(name, member, out) else { return false };
        if let Some(room) = self.rooms.get_mut(name) {
            room.barred.bar(waiter.member);
        }
        refuse(waiter.connection, Refusal::Denied, "you were not let in; ask whoever invited you", out);
        true
    }

    /// Nobody who waits gets in.
    pub(super) fn turn_away_all(&mut self, name: &str, code: Refusal, text: &str, out: &mut Vec<Output>) {
        let waiting = self.rooms.get_mut(name).map(|r| std::mem::take(&mut r.waiting)).unwrap_or_default();
        for waiter in waiting {
            self.lobby.remove(&waiter.connection);
            refuse(waiter.connection, code, text, out);
        }
    }

    /// The door is open to whom it was closed for: the host came, or the rules changed.
    pub(super) fn open_door(&mut self, now: Now, name: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get(name) else { return };
        let closed = room.rules.locked
            || (room.rules.waiting_room && room.mode == RoomMode::Open)
            || (room.rules.host_required && !room.has_host());
        if closed {
            return;
        }
        let waiting: Vec<MemberId> = room.waiting.iter().map(|w| w.member.clone()).collect();
        for member in waiting {
            self.let_in(now, name, &member, out);
        }
    }

    pub(super) fn waiter_says(
        &mut self,
        now: Now,
        connection: ConnectionId,
        message: Option<&ClientMessage>,
        out: &mut Vec<Output>,
    ) {
        let room = self.lobby.get(&connection).and_then(|name| self.rooms.get_mut(name));
        if let Some(waiter) = room.and_then(|r| r.waiting.iter_mut().find(|w| w.connection == connection)) {
            waiter.heard = now.instant;
        }
        match message {
            Some(ClientMessage::Ping) => out.push(Output::Send(connection, encode(&ServerMessage::Pong))),
            Some(ClientMessage::Leave) => {
                self.leave_lobby(connection, out);
                out.push(Output::Close(connection));
            }
            _ => error(connection, "not_allowed", "you are not in the room yet: somebody must let you in", out),
        }
    }

    /// Who was not heard of, or has waited too long, does not wait any more.
    pub(super) fn lobby_tick(&mut self, now: Now, out: &mut Vec<Output>) {
        let past = |since: std::time::Instant, limit| now.instant.saturating_duration_since(since) >= limit;
        let silence = Duration::from_secs(SILENCE_SECONDS);
        let all = self.rooms.values().flat_map(|r| &r.waiting);
        let over: Vec<_> = all
            .filter(|w| past(w.heard, silence) || past(w.since, PATIENCE))
            .map(|w| (w.connection, past(w.since, PATIENCE)))
            .collect();
        for (connection, patient) in over {
            self.leave_lobby(connection, out);
            match patient {
                true => refuse(connection, Refusal::Denied, "nobody let you in for half an hour; ask whoever invited you", out),
                false => out.push(Output::Close(connection)),
            }
        }
    }

    /// Who waits by the login of a device that was logged out waits no longer.
    pub(super) fn end_waiters_of(&mut self, device: &str, out: &mut Vec<Output>) {
        let its = |w: &&Waiter| w.login.as_ref().is_some_and(|l| l.device == device);
        let over: Vec<_> = self.rooms.values().flat_map(|r| &r.waiting).filter(its).map(|w| w.connection).collect();
        for connection in over {
            self.leave_lobby(connection, out);
            let text = "this device's login has ended; log in again with 'conclave login'";
            refuse(connection, Refusal::Denied, text, out);
        }
    }
}

fn knock(event: u64, waiter: &Waiter) -> ServerMessage {
    ServerMessage::Knock {
        event,
        member: waiter.member.clone(),
        introduction: waiter.introduction.clone(),
        account: waiter.login.as_ref().map(|l| l.account.name.clone()),
    }
}

//! The control plane's state machine: `(now, input) -> outputs`. Rooms, sessions, leases; no sockets, no store, no clock.

mod admission;
mod encrypted;
mod hosts;
mod lobby;
mod media;
mod moderation;
mod people;
mod relay;
mod rules;

pub use admission::Hello;
pub use media::Permit;

use self::media::identity_of;
use super::group::Event;
use super::room::{Barred, Kept, Room};
use super::session::{ConnectionId, Link, Session, encode};
use crate::protocol::control::{
    ClientMessage, Departure, MemberId, RESUME_SECONDS, Refusal, RoomMode, SILENCE_SECONDS, ServerMessage,
};
use crate::protocol::room::RoomRole;
use crate::server::media::token::ApiKey;
use conclave_e2ee::IssuerKey;
use conclave_e2ee::delivery::Snapshot;
use livekit_protocol::DisconnectReason;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Bytes of a message about the group that cost one unit: they come seldom and are large, a KeyPackage alone has 1 KiB.
const GROUP_UNIT: usize = 32 * 1024;
/// How many microphones may be open at once in a strict room.
pub const FLOOR_CAP: u16 = 12;

/// What one server or room takes.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Members of a room, stock clients included.
    pub members: usize,
    /// Rooms in which somebody is.
    pub rooms: usize,
    /// Relayed messages a second and member; a long one (per 4 KiB) counts more than once.
    pub relay_rate: f64,
    /// How many of them at once.
    pub relay_burst: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { members: 500, rooms: 1000, relay_rate: 20.0, relay_burst: 60.0 }
    }
}

/// The time, twice.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// For durations.
    pub instant: Instant,
    /// Seconds since the Unix epoch, for tokens.
    pub unix: i64,
}

/// What is known of a room that somebody wants to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// How it treats content.
    pub mode: RoomMode,
    /// It is in the store, and not only made by a development server.
    pub stored: bool,
    /// It lets in only who has an account or an invite.
    pub invite_only: bool,
    /// What else the store keeps of it.
    pub kept: Kept,
}

impl Known {
    /// A room of which only this is known.
    #[must_use]
    pub fn new(mode: RoomMode, stored: bool) -> Self {
        Self { mode, stored, invite_only: false, kept: Kept::default() }
    }
}

/// What happens to the control plane.
pub enum Input {
    /// A hello whose proof has been verified.
    Hello(Box<Hello>),
    /// Somebody wants their session back.
    Resume {
        /// Where.
        connection: ConnectionId,
        /// Session id.
        session: String,
        /// Its secret.
        secret: Zeroizing<String>,
        /// The last event they saw.
        last_event: u64,
    },
    /// A message of a session; `None` if it cannot be read.
    Message {
        /// Where.
        connection: ConnectionId,
        /// What.
        message: Option<ClientMessage>,
    },
    /// A websocket ended.
    Closed {
        /// Which.
        connection: ConnectionId,
    },
    /// Media of a participant began.
    MediaJoined {
        /// Where.
        room: String,
        /// LiveKit identity.
        identity: String,
        /// The name in its token, cleaned.
        name: String,
        /// What the store says of the room.
        known: Option<Known>,
    },
    /// Media of a participant ended.
    MediaLeft {
        /// Where.
        room: String,
        /// LiveKit identity.
        identity: String,
    },
    /// How the store says that a room in use is to be kept.
    Rules {
        /// Which.
        room: String,
        /// Rules, roles and bans.
        kept: Box<Kept>,
    },
    /// A room was deleted.
    EndRoom {
        /// Which.
        room: String,
    },
    /// A device was logged out.
    EndDevice {
        /// Its id.
        device: String,
    },
    /// What the store has of a room's group, after [`Output::LoadGroup`].
    GroupLoaded {
        /// Which.
        room: String,
        /// `None`: nothing.
        stored: Option<Snapshot>,
    },
    /// The answer to [`Output::KeepGroup`].
    GroupKept {
        /// Which.
        room: String,
        /// What is in the store instead, if somebody was faster.
        newer: Option<Snapshot>,
    },
    /// The server will end: nobody new is let in, and whoever is here stays.
    Drain,
    /// The server shuts down.
    Shutdown,
    /// Time passed.
    Tick,
}

/// What the control plane wants done, in this order.
#[derive(Debug)]
pub enum Output {
    /// Send a text frame.
    Send(ConnectionId, Arc<str>),
    /// Close a websocket after what was sent.
    Close(ConnectionId),
    /// End a participant's media.
    RemoveMedia {
        /// Where.
        room: String,
        /// LiveKit identity.
        identity: String,
        /// What its client is told.
        reason: DisconnectReason,
    },
    /// What somebody's media may do from now on.
    Permit {
        /// Where.
        room: String,
        /// LiveKit identity.
        identity: String,
        /// What.
        permit: Permit,
    },
    /// Keep what somebody is in a room, for their coming back after the server's end.
    KeepSeat {
        /// Where.
        room: String,
        /// Who.
        member: MemberId,
        /// What; `None`: nothing any more.
        role: Option<RoomRole>,
    },
    /// Forget what people are in a room: its meeting is over.
    ForgetSeats(String),
    /// Keep that somebody is banned from a stored room.
    KeepBan {
        /// Where.
        room: String,
        /// Who.
        banned: Barred,
    },
    /// Close microphones that are open without the floor, or by a moderator's order.
    CloseMicrophone {
        /// Where.
        room: String,
        /// LiveKit identity.
        identity: String,
    },
    /// End all media of a room.
    CloseRoom(String),
    /// Look a room's group up in the store. This and the next two are carried out in order, and answered.
    LoadGroup(String),
    /// Keep a room's group; see [`conclave_e2ee::delivery::Output::Keep`].
    KeepGroup {
        /// Which.
        room: String,
        /// What must be there now.
        expect: Option<(u64, Option<u64>)>,
        /// The new state.
        snapshot: Box<Snapshot>,
    },
    /// The room is deleted: so is what the store has of its group. Not answered.
    ForgetGroup(String),
    /// For the audit log and the metrics.
    Note(Note),
}

/// What is written down and counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Somebody is in a room.
    Joined {
        /// Where.
        room: String,
        /// Who.
        member: MemberId,
    },
    /// Somebody is no longer in a room.
    Left {
        /// Where.
        room: String,
        /// Who.
        member: MemberId,
        /// How.
        reason: Departure,
    },
    /// A hello or resume was refused.
    Refused(Refusal),
    /// Something was done for which a role is needed.
    Moderated {
        /// Where.
        room: String,
        /// What, in a word.
        verb: &'static str,
        /// By whom; `None`: by the server's rules.
        by: Option<MemberId>,
        /// On whom.
        member: Option<MemberId>,
    },
}

/// The state.
pub struct Core {
    key: ApiKey,
    /// The seed of the delivery service's key.
    delivery: Zeroizing<[u8; 32]>,
    /// The key that vouches for accounts.
    accounts: Option<IssuerKey>,
    /// Where the delivery services' clock begins.
    start: Option<Instant>,
    limits: Limits,
    rooms: HashMap<String, Room>,
    sessions: HashMap<String, Session>,
    connections: HashMap<ConnectionId, String>,
    /// Who waits to be let in, and into which room.
    lobby: HashMap<ConnectionId, String>,
    closing: bool,
    draining: bool,
}

impl Core {
    /// An empty control plane that signs media tokens with `key`, and as delivery service with the Ed25519 seed `delivery`.
    pub fn new(key: ApiKey, delivery: Zeroizing<[u8; 32]>, limits: Limits) -> Self {
        Self {
            key,
            delivery,
            accounts: None,
            start: None,
            limits,
            rooms: HashMap::new(),
            sessions: HashMap::new(),
            connections: HashMap::new(),
            lobby: HashMap::new(),
            closing: false,
            draining: false,
        }
    }

    /// Announces the key that vouches for accounts: founders put it into the room's state, where it is shown and opens nothing.
    pub fn with_accounts(self, key: IssuerKey) -> Self {
        Self { accounts: Some(key), ..self }
    }

    /// Takes one step.
    pub fn handle(&mut self, now: Now, input: Input) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Hello(hello) => self.hello(now, *hello, &mut out),
            Input::Resume { connection, session, secret, last_event } => {
                self.resume(now, connection, session, &secret, last_event, &mut out);
            }
            Input::Message { connection, message } => self.message(now, connection, message, &mut out),
            Input::Closed { connection } => {
                self.leave_lobby(connection, &mut out);
                if let Some(s) = self.connections.remove(&connection).and_then(|id| self.sessions.get_mut(&id)) {
                    s.link = Link::Lost(now.instant);
                }
            }
            Input::MediaJoined { room, identity, name, known } => self.media_joined(now, room, identity, &name, known, &mut out),
            Input::MediaLeft { room, identity } => self.media_left(now, &room, &identity, &mut out),
            Input::Rules { room, kept } => self.stored_rules(now, &room, *kept, &mut out),
            Input::EndRoom { room } => self.end_room(now, &room, &mut out),
            Input::EndDevice { device } => self.end_device(now, &device, &mut out),
            Input::GroupLoaded { room, stored } => {
                let (at, seed) = (self.group_now(now), self.delivery.clone());
                let service = self.rooms.get_mut(&room).and_then(|r| r.service.as_mut());
                let acts = service.map(|s| s.loaded(at, &room, &seed, stored)).unwrap_or_default();
                self.act(&room, acts, &mut out);
            }
            Input::GroupKept { room, newer } => {
                let at = self.group_now(now);
                let service = self.rooms.get_mut(&room).and_then(|r| r.service.as_mut());
                let acts = service.map(|s| s.kept(at, newer)).unwrap_or_default();
                self.act(&room, acts, &mut out);
            }
            Input::Drain => self.draining = true,
            Input::Shutdown => self.shutdown(&mut out),
            Input::Tick => self.tick(now, &mut out),
        }
        out
    }

    /// Rooms in use, and how many are in all of them.
    pub fn occupancy(&self) -> (usize, usize) {
        (self.rooms.len(), self.rooms.values().map(|r| r.members.len()).sum())
    }

    /// Whether nobody new is let in.
    pub fn draining(&self) -> bool {
        self.draining || self.closing
    }

    /// How many are in a room.
    pub fn members(&self, room: &str) -> usize {
        self.rooms.get(room).map_or(0, |r| r.members.len())
    }

    /// Whether somebody is in a room, or waits to be let in.
    pub fn in_use(&self, room: &str) -> bool {
        self.rooms.contains_key(room)
    }

    /// The rooms in use that are in the store too.
    pub fn stored_rooms(&self) -> Vec<String> {
        self.rooms.iter().filter(|(_, r)| r.stored).map(|(n, _)| n.clone()).collect()
    }

    /// The devices whose logins are in use.
    pub fn devices(&self) -> BTreeSet<String> {
        let waiting = self.rooms.values().flat_map(|r| &r.waiting).map(|w| &w.login);
        self.sessions.values().map(|s| &s.login).chain(waiting).flatten().map(|login| login.device.clone()).collect()
    }

    fn message(&mut self, now: Now, connection: ConnectionId, message: Option<ClientMessage>, out: &mut Vec<Output>) {
        if self.lobby.contains_key(&connection) {
            return self.waiter_says(now, connection, message.as_ref(), out);
        }
        let Some(id) = self.connections.get(&connection).cloned() else { return };
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.link = Link::Up(connection, now.instant);
        match message {
            Some(ClientMessage::Ping) => out.push(Output::Send(connection, encode(&ServerMessage::Pong))),
            Some(ClientMessage::Leave) => {
                let told = Some((Departure::Left, "you left the room"));
                self.end(now, &id, Departure::Left, told, DisconnectReason::ClientInitiated, out);
            }
            Some(ClientMessage::Relay { to, body }) => {
                if let Err((code, text)) = self.relay(now, &id, to, &body, out) {
                    error(connection, code, text, out);
                }
            }
            Some(ClientMessage::Group { message }) => {
                if let Err((code, text)) = self.group_message(now, &id, message, out) {
                    error(connection, code, text, out);
                }
            }
            Some(ClientMessage::Floor { open }) => {
                if let Err((code, text)) = self.floor(now, &id, open, out) {
                    error(connection, code, text, out);
                }
            }
            Some(ClientMessage::Moderate { act }) => {
                if let Err((code, text)) = self.moderate(now, &id, act, out) {
                    error(connection, code, text, out);
                }
            }
            Some(ClientMessage::MediaToken) => {
                if !session.relay.take(now.instant, 1.0) {
                    return error(connection, "too_fast", "too many requests; wait a second", out);
                }
                let (room, me) = (session.room.clone(), session.member.clone());
                if let (Some(token), Some(s)) = (self.media_token(now, &room, &me), self.sessions.get_mut(&id)) {
                    out.push(Output::Send(connection, s.event(|event| ServerMessage::MediaToken { event, token })));
                }
            }
            _ => {
                error(connection, "malformed", "this message makes no sense here; update the client", out);
            }
        }
    }

    fn end_room(&mut self, now: Now, name: &str, out: &mut Vec<Output>) {
        self.turn_away_all(name, Refusal::UnknownRoom, "the room has ended for everybody", out);
        let Some(room) = self.rooms.get_mut(name) else { return };
        // Nobody becomes host of what ends.
        room.hosted = false;
        for id in room.sessions_but("") {
            let told = Some((Departure::RoomEnded, "the room has ended for everybody"));
            self.end(now, &id, Departure::RoomEnded, told, DisconnectReason::RoomDeleted, out);
        }
        self.forget(name, out);
        out.extend([Output::CloseRoom(name.to_owned()), Output::ForgetGroup(name.to_owned())]);
    }

    /// The calls of a device that was logged out are over; its person is told why.
    fn end_device(&mut self, now: Now, device: &str, out: &mut Vec<Output>) {
        self.end_waiters_of(device, out);
        let its = |s: &Session| s.login.as_ref().is_some_and(|l| l.device == device);
        let sessions: Vec<String> = self.sessions.iter().filter(|(_, s)| its(s)).map(|(id, _)| id.clone()).collect();
        for id in sessions {
            let text = "this device's login has ended: its user or an administrator ended it; log in again with 'conclave login'";
            let told = Some((Departure::Removed, text));
            self.end(now, &id, Departure::Removed, told, DisconnectReason::ParticipantRemoved, out);
        }
    }

    fn shutdown(&mut self, out: &mut Vec<Output>) {
        self.closing = true;
        // Everybody hears of the shutdown, and not first of everybody else's leaving.
        for session in self.sessions.values_mut() {
            let text = "the server is shutting down; join again later".to_owned();
            let ended = session.event(|event| ServerMessage::Ended { event, reason: Departure::ServerShutdown, text });
            if let Some(c) = session.connection() {
                out.extend([Output::Send(c, ended), Output::Close(c)]);
            }
        }
        let rooms: Vec<String> = self.rooms.keys().cloned().collect();
        for name in rooms {
            self.turn_away_all(&name, Refusal::ShuttingDown, "the server is shutting down; try again in a minute", out);
        }
        self.sessions.clear();
        self.connections.clear();
        out.extend(self.rooms.drain().map(|(name, _)| Output::CloseRoom(name)));
    }

    fn tick(&mut self, now: Now, out: &mut Vec<Output>) {
        let mut over = Vec::new();
        for (id, session) in &mut self.sessions {
            match session.link {
                Link::Up(c, _) if session.silent_for(now.instant, Duration::from_secs(SILENCE_SECONDS)) => {
                    self.connections.remove(&c);
                    session.link = Link::Lost(now.instant);
                    out.push(Output::Close(c));
                }
                Link::Lost(_) if session.silent_for(now.instant, Duration::from_secs(RESUME_SECONDS)) => over.push(id.clone()),
                _ => {}
            }
        }
        for id in over {
            self.end(now, &id, Departure::Lost, None, DisconnectReason::ConnectionTimeout, out);
        }
        self.lobby_tick(now, out);
        self.hosts_tick(now, out);
        let groups: Vec<String> = self.rooms.iter().filter(|(_, r)| r.service.is_some()).map(|(n, _)| n.clone()).collect();
        for name in groups {
            self.group(now, &name, Event::Tick, out);
            self.close_microphones(&name, out);
        }
    }

    /// Ends a session and with it the lease of its media.
    fn end(
        &mut self,
        now: Now,
        id: &str,
        reason: Departure,
        told: Option<(Departure, &str)>,
        media: DisconnectReason,
        out: &mut Vec<Output>,
    ) {
        let Some(mut session) = self.sessions.remove(id) else { return };
        if let Some(c) = session.connection() {
            self.connections.remove(&c);
            if let Some((reason, text)) = told {
                let text = text.to_owned();
                out.push(Output::Send(c, session.event(|event| ServerMessage::Ended { event, reason, text })));
            }
            out.push(Output::Close(c));
        }
        out.push(Output::RemoveMedia { room: session.room.clone(), identity: session.member.clone(), reason: media });
        if let Some(room) = self.rooms.get_mut(&session.room) {
            room.members.remove(&session.member);
            room.floor.remove(&session.member);
        }
        self.hand(&session.room, &session.member, false, out);
        self.group(now, &session.room, Event::Gone(session.member.clone()), out);
        self.departed(now, &session.room, &session.member, reason, out);
    }

    /// Tells a room that a member is gone; a room without anybody is forgotten.
    fn departed(&mut self, now: Now, name: &str, id: &str, reason: Departure, out: &mut Vec<Output>) {
        out.push(Output::Note(Note::Left { room: name.to_owned(), member: id.to_owned(), reason }));
        self.tell_room(name, id, |event| ServerMessage::MemberLeft { event, id: id.to_owned(), reason }, out);
        if self.rooms.get(name).is_some_and(Room::is_over) {
            return self.forget(name, out);
        }
        self.host_left(now, name, id, out);
    }

    /// Nobody is in a room any more.
    fn forget(&mut self, name: &str, out: &mut Vec<Output>) {
        if self.rooms.remove(name).is_some_and(|room| room.kept && room.used) {
            out.push(Output::ForgetSeats(name.to_owned()));
        }
    }

    fn tell_room(&mut self, name: &str, not: &str, build: impl Fn(u64) -> ServerMessage, out: &mut Vec<Output>) {
        let recipients = self.rooms.get(name).map(|r| r.sessions_but(not)).unwrap_or_default();
        self.tell(&recipients, build, out);
    }

    fn tell(&mut self, sessions: &[String], build: impl Fn(u64) -> ServerMessage, out: &mut Vec<Output>) {
        for id in sessions {
            let Some(session) = self.sessions.get_mut(id) else { continue };
            let text = session.event(&build);
            if let Some(c) = session.connection() {
                out.push(Output::Send(c, text));
            }
        }
    }
}

fn refuse(connection: ConnectionId, code: Refusal, text: &str, out: &mut Vec<Output>) {
    out.push(Output::Note(Note::Refused(code)));
    out.push(Output::Send(connection, encode(&ServerMessage::Refused { code, text: text.to_owned() })));
    out.push(Output::Close(connection));
}

fn error(connection: ConnectionId, code: &str, text: &str, out: &mut Vec<Output>) {
    out.push(Output::Send(connection, encode(&ServerMessage::Error { code: code.to_owned(), text: text.to_owned() })));
}

#[cfg(test)]
mod tests;

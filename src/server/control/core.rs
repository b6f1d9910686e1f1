//! The control plane's state machine: `(now, input) -> outputs`. Rooms, sessions, leases; no sockets, no store, no clock.

mod encrypted;
mod people;

use super::group::Event;
use super::room::{Occupant, Room, member};
use super::session::{Bucket, ConnectionId, Link, Session, encode};
use crate::protocol::control::{
    ClientMessage, Departure, MAX_RELAY, Media, Member, MemberId, RESUME_SECONDS, Refusal, RoomMode, SILENCE_SECONDS, Secret,
    ServerMessage,
};
use crate::server::media::token::{ApiKey, Grant, VideoGrant, sign};
use crate::server::secret::{self, Hash};
use crate::server::store::devices::Login;
use conclave_e2ee::IssuerKey;
use conclave_e2ee::delivery::Snapshot;
use livekit_protocol::DisconnectReason;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long a media token is good for, in seconds. It is needed to join media only, and works only while its session lives.
pub const MEDIA_TOKEN_SECONDS: i64 = 600;
/// Bytes of relayed body that cost one unit of [`Limits::relay_rate`].
const RELAY_UNIT: usize = 4096;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// How it treats content.
    pub mode: RoomMode,
    /// It is in the store, and not only made by a development server.
    pub stored: bool,
}

/// What happens to the control plane.
pub enum Input {
    /// A hello whose proof has been verified.
    Hello {
        /// Where.
        connection: ConnectionId,
        /// Who.
        member: MemberId,
        /// The room's name.
        room: String,
        /// What the store says of the room.
        known: Option<Known>,
        /// Whose login they have shown.
        login: Option<Login>,
    },
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
    /// Close microphones that are open without the floor.
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
            Input::Hello { connection, member, room, known, login } => {
                self.hello(now, connection, member, room, known, login, &mut out);
            }
            Input::Resume { connection, session, secret, last_event } => {
                self.resume(now, connection, session, &secret, last_event, &mut out);
            }
            Input::Message { connection, message } => self.message(now, connection, message, &mut out),
            Input::Closed { connection } => {
                if let Some(s) = self.connections.remove(&connection).and_then(|id| self.sessions.get_mut(&id)) {
                    s.link = Link::Lost(now.instant);
                }
            }
            Input::MediaJoined { room, identity, name, known } => self.media_joined(room, identity, &name, known, &mut out),
            Input::MediaLeft { room, identity } => self.media_left(&room, &identity, &mut out),
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

    /// Whether media may begin: of a member while their control session lives (a lost one may still come back), of a stock
    /// client if the room takes them.
    pub fn admit(&self, room: &str, identity: &str, known: Option<Known>) -> Result<(), String> {
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
        if self.draining && here.is_none_or(|r| !r.members.contains_key(&livekit_id(identity))) {
            return Err("the server is shutting down; try again later".into());
        }
        if !valid_identity(identity) {
            return Err("the token's identity is empty, too long or has control characters; make another token".into());
        }
        let Some(known) = here.map(|r| Known { mode: r.mode, stored: r.stored }).or(known) else {
            return Err("no such room; create it with 'conclave rooms create NAME --mode open'".into());
        };
        if known.mode != RoomMode::Open {
            return Err("this room is end-to-end encrypted: only Conclave clients can join it; ask for an open room".into());
        }
        match here {
            None if self.rooms.len() >= self.limits.rooms => {
                Err("the server has no place for another room; try again later".into())
            }
            Some(r) if r.members.len() >= self.limits.members && !r.members.contains_key(&livekit_id(identity)) => {
                Err("the room is full; try again later".into())
            }
            _ => Ok(()),
        }
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

    /// The rooms in use that are in the store too.
    pub fn stored_rooms(&self) -> Vec<String> {
        self.rooms.iter().filter(|(_, r)| r.stored).map(|(n, _)| n.clone()).collect()
    }

    /// The devices whose logins are in use.
    pub fn devices(&self) -> BTreeSet<String> {
        self.sessions.values().filter_map(|s| Some(s.login.as_ref()?.device.clone())).collect()
    }

    #[allow(clippy::too_many_arguments, reason = "what an input has, taken apart")]
    fn hello(
        &mut self,
        now: Now,
        connection: ConnectionId,
        me: MemberId,
        name: String,
        known: Option<Known>,
        login: Option<Login>,
        out: &mut Vec<Output>,
    ) {
        let here = self.rooms.get(&name).is_some_and(|r| r.members.contains_key(&me));
        if self.closing || (self.draining && !here) {
            return refuse(connection, Refusal::ShuttingDown, "the server is shutting down; try again in a minute", out);
        }
        // Who comes a second time with the same key has lost the first session: it ends before the new one begins.
        if let Some(Occupant::Session(old)) = self.rooms.get(&name).and_then(|r| r.members.get(&me)) {
            let old = old.clone();
            let told = Some((Departure::Lost, "the same key joined this room again; this older session is over"));
            self.end(now, &old, Departure::Lost, told, DisconnectReason::DuplicateIdentity, out);
        }
        let Some(known) = self.rooms.get(&name).map(|r| Known { mode: r.mode, stored: r.stored }).or(known) else {
            let text = "this server has no room of that name; check the link, or ask its owner to create the room";
            return refuse(connection, Refusal::UnknownRoom, text, out);
        };
        if !self.rooms.contains_key(&name) && self.rooms.len() >= self.limits.rooms {
            return refuse(connection, Refusal::Full, "the server has no place for another room; try again later", out);
        }
        if self.members(&name) >= self.limits.members {
            return refuse(connection, Refusal::Full, "the room is full; try again later, or ask a member to leave", out);
        }
        let Some(token) = self.media_token(now, &name, &me) else {
            return refuse(connection, Refusal::Unknown, "the server cannot make a media token; ask its administrator", out);
        };
        let policy = self.policy(known.mode);
        let new = !self.rooms.contains_key(&name);
        let room = self.rooms.entry(name.clone()).or_insert_with(|| Room::new(known.mode, known.stored));
        let (id, secret) = (secret::id("s-"), secret::fresh());
        let welcome = ServerMessage::Welcome {
            event: 1,
            me: me.clone(),
            room: name.clone(),
            session: id.clone(),
            secret: Secret(secret.clone()),
            members: room.roster(),
            media: Media { url: None, token },
            policy,
        };
        out.push(Output::Send(connection, encode(&welcome)));
        room.members.insert(me.clone(), Occupant::Session(id.clone()));
        let relay = Bucket::new(now.instant, self.limits.relay_rate, self.limits.relay_burst);
        let mut session = Session::new(me.clone(), name.clone(), Hash::of(&secret), connection, now.instant, relay);
        session.login = login;
        self.sessions.insert(id.clone(), session);
        self.connections.insert(connection, id);
        out.push(Output::Note(Note::Joined { room: name.clone(), member: me.clone() }));
        let member = Member { id: me.clone(), livekit: None };
        self.tell_room(&name, &me, |event| ServerMessage::MemberJoined { event, member: member.clone() }, out);
        if known.mode != RoomMode::Open {
            if new {
                out.push(Output::LoadGroup(name.clone()));
            }
            self.group(now, &name, Event::Joined(me), out);
        }
    }

    fn resume(&mut self, now: Now, connection: ConnectionId, id: String, secret: &str, seen: u64, out: &mut Vec<Output>) {
        let gone = "this session is over or was away for too long; join the room again";
        let Some(session) = self.sessions.get_mut(&id).filter(|s| s.secret.matches(secret)) else {
            return refuse(connection, Refusal::SessionGone, gone, out);
        };
        let Some(missed) = session.after(seen) else {
            return refuse(connection, Refusal::SessionGone, gone, out);
        };
        out.push(Output::Send(connection, encode(&ServerMessage::Resumed)));
        out.extend(missed.map(|text| Output::Send(connection, text.clone())));
        // The old websocket may look alive to us for a while after its client has given it up.
        if let Some(old) = session.connection() {
            self.connections.remove(&old);
            out.push(Output::Close(old));
        }
        session.link = Link::Up(connection, now.instant);
        self.connections.insert(connection, id);
    }

    fn message(&mut self, now: Now, connection: ConnectionId, message: Option<ClientMessage>, out: &mut Vec<Output>) {
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

    fn relay(
        &mut self,
        now: Now,
        id: &str,
        to: Option<Vec<MemberId>>,
        body: &str,
        out: &mut Vec<Output>,
    ) -> Result<(), (&'static str, &'static str)> {
        let Some(session) = self.sessions.get_mut(id) else { return Ok(()) };
        #[allow(clippy::cast_precision_loss, reason = "a body is far below 2^52 bytes")]
        let cost = (1 + body.len() / RELAY_UNIT) as f64;
        if !session.relay.take(now.instant, cost) {
            return Err(("too_fast", "too many messages; wait a second and send it again"));
        }
        if body.len() > MAX_RELAY {
            return Err(("too_large", "the message is too long; send less at once"));
        }
        if body.is_empty() || !body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(("malformed", "the message's body is no base64url; update the client"));
        }
        let (from, name, private) = (session.member.clone(), session.room.clone(), to.is_some());
        let Some(room) = self.rooms.get(&name) else { return Ok(()) };
        let (recipients, complete) = match to {
            None => (room.sessions_but(&from), true),
            Some(named) if named.is_empty() || named.len() > self.limits.members => {
                return Err(("malformed", "the message names nobody, or too many; update the client"));
            }
            Some(named) => {
                let named: BTreeSet<_> = named.into_iter().collect();
                let found: Vec<String> = named
                    .iter()
                    .filter(|m| **m != from)
                    .filter_map(|m| match room.members.get(m) {
                        Some(Occupant::Session(s)) => Some(s.clone()),
                        _ => None,
                    })
                    .collect();
                let complete = found.len() == named.len();
                (found, complete)
            }
        };
        self.tell(&recipients, |event| ServerMessage::Relay { event, from: from.clone(), private, body: body.to_owned() }, out);
        if complete { Ok(()) } else { Err(("unknown_member", "somebody the message names cannot receive it or has left")) }
    }

    fn media_joined(&mut self, name: String, identity: String, title: &str, known: Option<Known>, out: &mut Vec<Output>) {
        // Between its admission and now the lease may have ended.
        if self.admit(&name, &identity, known).is_err() {
            let reason = DisconnectReason::StateMismatch;
            return out.push(Output::RemoveMedia { room: name, identity, reason });
        }
        if identity.starts_with("m-") {
            return;
        }
        let known = known.unwrap_or(Known { mode: RoomMode::Open, stored: false });
        let room = self.rooms.entry(name.clone()).or_insert_with(|| Room::new(known.mode, known.stored));
        let id = livekit_id(&identity);
        if room.media_joined(&id, title)
            && let Some(occupant) = room.members.get(&id)
        {
            let joined = member(&id, occupant);
            out.push(Output::Note(Note::Joined { room: name.clone(), member: id.clone() }));
            self.tell_room(&name, &id, |event| ServerMessage::MemberJoined { event, member: joined.clone() }, out);
        }
    }

    fn media_left(&mut self, name: &str, identity: &str, out: &mut Vec<Output>) {
        let id = livekit_id(identity);
        // Loss of media alone removes no member: only a stock client's media is all there is of it.
        let Some(room) = self.rooms.get_mut(name).filter(|_| !identity.starts_with("m-")) else { return };
        if room.media_left(&id) {
            self.departed(name, &id, Departure::Left, out);
        }
    }

    fn end_room(&mut self, now: Now, name: &str, out: &mut Vec<Output>) {
        let Some(room) = self.rooms.get(name) else { return };
        for id in room.sessions_but("") {
            let told = Some((Departure::RoomEnded, "the room has ended for everybody"));
            self.end(now, &id, Departure::RoomEnded, told, DisconnectReason::RoomDeleted, out);
        }
        self.rooms.remove(name);
        out.extend([Output::CloseRoom(name.to_owned()), Output::ForgetGroup(name.to_owned())]);
    }

    /// The calls of a device that was logged out are over; its person is told why.
    fn end_device(&mut self, now: Now, device: &str, out: &mut Vec<Output>) {
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
        let groups: Vec<String> = self.rooms.iter().filter(|(_, r)| r.service.is_some()).map(|(n, _)| n.clone()).collect();
        for name in groups {
            self.group(now, &name, Event::Tick, out);
            self.close_microphones(&name, out);
        }
    }

    /// In a strict room with more members than places nothing is forwarded from those who have none: a client that opens
    /// its microphone anyway finds it closed.
    fn close_microphones(&self, name: &str, out: &mut Vec<Output>) {
        let crowded = |r: &&Room| r.mode == RoomMode::Strict && r.members.len() > usize::from(FLOOR_CAP);
        let Some(room) = self.rooms.get(name).filter(crowded) else { return };
        let without = room.members.keys().filter(|m| !room.floor.contains(*m));
        out.extend(without.map(|m| Output::CloseMicrophone { room: name.to_owned(), identity: m.clone() }));
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
        self.group(now, &session.room, Event::Gone(session.member.clone()), out);
        self.departed(&session.room, &session.member, reason, out);
    }

    /// Tells a room that a member is gone; a room without members is forgotten.
    fn departed(&mut self, name: &str, id: &str, reason: Departure, out: &mut Vec<Output>) {
        out.push(Output::Note(Note::Left { room: name.to_owned(), member: id.to_owned(), reason }));
        self.tell_room(name, id, |event| ServerMessage::MemberLeft { event, id: id.to_owned(), reason }, out);
        if self.rooms.get(name).is_some_and(|r| r.members.is_empty()) {
            self.rooms.remove(name);
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

    fn media_token(&self, now: Now, room: &str, identity: &str) -> Option<Secret> {
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

/// The member id of a stock client.
fn livekit_id(identity: &str) -> MemberId {
    format!("lk-{identity}")
}

/// Whether a stock client may be called this: it is shown to people and repeated in every message about it.
fn valid_identity(s: &str) -> bool {
    !s.is_empty() && s.len() <= 256 && crate::text::clean(s) == s
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

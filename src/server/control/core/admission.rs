//! Coming in: who is let in at once, who waits, who is turned away, and who comes back to a session.

use super::super::group::Event;
use super::super::roles;
use super::super::room::{Occupant, Room};
use super::super::session::{Bucket, ConnectionId, Link, Session, encode};
use super::{Core, Known, Note, Now, Output, refuse};
use crate::protocol::control::{Departure, Media, Member, MemberId, Refusal, RoomMode, Secret, ServerMessage};
use crate::protocol::room::{RoomRole, Verb};
use crate::server::secret::{self, Hash};
use crate::server::store::devices::Login;
use livekit_protocol::DisconnectReason;

/// Somebody who wants to come in; they have shown that they hold their key.
#[derive(Debug, Clone)]
pub struct Hello {
    /// Where.
    pub connection: ConnectionId,
    /// Who.
    pub member: MemberId,
    /// The room's name.
    pub room: String,
    /// What the store says of the room.
    pub known: Option<Known>,
    /// Whose login they have shown.
    pub login: Option<Login>,
    /// The role that their invite gives.
    pub role: Option<RoomRole>,
    /// Their client can be told to wait.
    pub waits: bool,
    /// What moderators are shown while they wait, base64url.
    pub introduction: Option<String>,
}

impl Hello {
    /// A guest whose client cannot wait.
    #[must_use]
    pub fn new(connection: ConnectionId, member: &str, room: &str, known: Option<Known>) -> Self {
        let (member, room) = (member.to_owned(), room.to_owned());
        Self { connection, member, room, known, login: None, role: None, waits: false, introduction: None }
    }
}

/// What becomes of somebody who comes.
enum Entry {
    /// In, as this.
    In(RoomRole),
    /// A moderator or the host must come first.
    Wait(&'static str),
    Refused(Refusal, &'static str),
}

impl Core {
    pub(super) fn hello(&mut self, now: Now, hello: Hello, out: &mut Vec<Output>) {
        let (name, connection) = (hello.room.clone(), hello.connection);
        let here = self.rooms.get(&name).is_some_and(|r| r.members.contains_key(&hello.member));
        if self.closing || (self.draining && !here) {
            return refuse(connection, Refusal::ShuttingDown, "the server is shutting down; try again in a minute", out);
        }
        // Who comes a second time with the same key has lost the first session: it ends before the new one begins.
        if let Some(Occupant::Session(old)) = self.rooms.get(&name).and_then(|r| r.members.get(&hello.member)) {
            let old = old.clone();
            let told = Some((Departure::Lost, "the same key joined this room again; this older session is over"));
            // What they are is not given to others meanwhile, and not forgotten.
            self.hold(&name, true);
            self.end(now, &old, Departure::Lost, told, DisconnectReason::DuplicateIdentity, out);
            self.hold(&name, false);
        }
        let Some(known) = self.known(&name, hello.known.clone()) else {
            let text = "this server has no room of that name; check the link, or ask its owner to create the room";
            return refuse(connection, Refusal::UnknownRoom, text, out);
        };
        let new = !self.rooms.contains_key(&name);
        if new && self.rooms.len() >= self.limits.rooms {
            return refuse(connection, Refusal::Full, "the server has no place for another room; try again later", out);
        }
        if self.members(&name) >= self.limits.members {
            return refuse(connection, Refusal::Full, "the room is full; try again later, or ask a member to leave", out);
        }
        let (mode, stored) = (known.mode, known.stored);
        let room = self.rooms.entry(name.clone()).or_insert_with(|| Room::new(mode, stored, known.kept, now.instant));
        if new && mode != RoomMode::Open {
            out.push(Output::LoadGroup(name.clone()));
        }
        match entry(room, &hello) {
            Entry::In(role) => self.enter(now, hello, role, out),
            Entry::Wait(text) => self.wait(now, hello, text, out),
            Entry::Refused(code, text) => refuse(connection, code, text, out),
        }
        self.nobody_left(&name, out);
    }

    fn hold(&mut self, name: &str, on: bool) {
        if let Some(room) = self.rooms.get_mut(name) {
            room.held = on;
        }
    }

    /// What is known of a room: by its being in use, else by the store.
    pub(super) fn known(&self, name: &str, known: Option<Known>) -> Option<Known> {
        self.rooms.get(name).map(|r| Known::new(r.mode, r.stored)).or(known)
    }

    /// Somebody is in.
    pub(super) fn enter(&mut self, now: Now, hello: Hello, role: RoomRole, out: &mut Vec<Output>) {
        let Hello { connection, member: me, room: name, login, .. } = hello;
        let Some(token) = self.media_token(now, &name, &me) else {
            return refuse(connection, Refusal::Unknown, "the server cannot make a media token; ask its administrator", out);
        };
        let Some(room) = self.rooms.get_mut(&name) else { return };
        let members = room.roster();
        let known = room.seats.contains_key(&me);
        room.sit(&me, role);
        let role = room.role(&me);
        // A hand-over that was made in their absence stands until they are back.
        let first = role == RoomRole::Owner && !room.hosted;
        room.hosted |= role == RoomRole::Owner;
        room.used = true;
        let (may, mode, stored) = (roles::rights(role, &room.rules), room.mode, room.stored);
        let policy = self.policy(&name);
        let (id, secret) = (secret::id("s-"), secret::fresh());
        let welcome = ServerMessage::Welcome {
            event: 1,
            me: me.clone(),
            room: name.clone(),
            session: id.clone(),
            secret: Secret(secret.clone()),
            members,
            media: Media { url: None, token },
            policy,
            role: Some(role),
            may,
        };
        out.push(Output::Send(connection, encode(&welcome)));
        if let Some(room) = self.rooms.get_mut(&name) {
            room.members.insert(me.clone(), Occupant::Session(id.clone()));
        }
        let relay = Bucket::new(now.instant, self.limits.relay_rate, self.limits.relay_burst);
        let mut session = Session::new(me.clone(), name.clone(), Hash::of(&secret), connection, now.instant, relay);
        session.login = login;
        self.sessions.insert(id.clone(), session);
        self.connections.insert(connection, id);
        out.push(Output::Note(Note::Joined { room: name.clone(), member: me.clone() }));
        let member = Member { id: me.clone(), livekit: None, role: Some(role) };
        self.tell_room(&name, &me, |event| ServerMessage::MemberJoined { event, member: member.clone() }, out);
        if first && !stored && !known {
            self.keep_seat(&name, &me, out);
        }
        if mode != RoomMode::Open {
            self.group(now, &name, Event::Joined(me.clone()), out);
        }
        self.tell_hands_to(&name, &me, out);
        self.tell_knocks_to(&name, &me, out);
        self.host_came(now, &name, &me, out);
    }

    pub(super) fn resume(
        &mut self,
        now: Now,
        connection: ConnectionId,
        id: String,
        secret: &str,
        seen: u64,
        out: &mut Vec<Output>,
    ) {
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
}

/// The rules at the door.
fn entry(room: &Room, hello: &Hello) -> Entry {
    if room.barred.has(&hello.member, hello.login.as_ref()) {
        let text = "a moderator removed you from this room; ask them by another way if that was not meant";
        return Entry::Refused(Refusal::Denied, text);
    }
    let given = hello.login.as_ref().and_then(|l| room.given.get(&l.account.id)).copied();
    let seat = room.seats.get(&hello.member);
    // Whoever comes first into a room that nobody made is its host.
    let first = !room.stored && !room.hosted && room.seated().next().is_none();
    let role = match seat {
        Some(seat) => seat.role,
        None if first => RoomRole::Owner,
        None => roles::of(hello.login.as_ref(), given, hello.role),
    };
    let decides = roles::has(role, Verb::Admit);
    if let Some(most) = room.rules.capacity
        && room.members.len() >= usize::try_from(most).unwrap_or(usize::MAX)
        && !decides
    {
        return Entry::Refused(Refusal::Full, "the room is full; try again later, or ask a member to leave");
    }
    if seat.is_some() || decides {
        return Entry::In(role);
    }
    if room.rules.locked {
        return Entry::Refused(Refusal::Denied, "the room is locked: nobody new is let in; ask whoever invited you");
    }
    if room.rules.host_required && !room.has_host() {
        return Entry::Wait("the host is not here yet; you are let in when they come");
    }
    // In an encrypted room the group has a waiting room of its own, whose door its members' keys open.
    if room.rules.waiting_room && room.mode == RoomMode::Open && given.is_none() {
        return Entry::Wait("a moderator must let you in; they see that you wait");
    }
    Entry::In(role)
}

//! Who is in a room. Sans-IO; [`super::core`] does the talking.

use super::group::Service;
use super::session::ConnectionId;
use crate::protocol::control::{Member, MemberId, RoomMode};
use crate::protocol::room::{RoomRole, Rules};
use crate::server::store::devices::Login;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// How many people a room remembers, those who left included.
const MAX_SEATS: usize = 4096;
/// How many who were sent away a room remembers by their keys.
const MAX_BARRED: usize = 4096;

/// Why somebody is in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occupant {
    /// A member with a control session (its id).
    Session(String),
    /// A stock LiveKit client: media alone, shown to the others as a member.
    LiveKit {
        /// The name in its token.
        name: String,
        /// How many media sessions it has: a returning client's new one may begin before the old one ends.
        media: u32,
    },
}

/// What somebody is in a room. It outlives their session: who comes back with the same key is who they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Their role.
    pub role: RoomRole,
    /// Who came earlier has a lower number.
    pub order: u64,
    /// What they were before the host vanished and they became it.
    pub before: Option<RoomRole>,
}

/// Who may not come in any more.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Barred {
    /// Members by the hash of their key; of stock clients, `lk-` and their identity.
    pub members: BTreeSet<MemberId>,
    /// Accounts by id.
    pub accounts: BTreeSet<String>,
}

impl Barred {
    /// Whether this one is.
    #[must_use]
    pub fn has(&self, member: &str, login: Option<&Login>) -> bool {
        self.members.contains(member) || login.is_some_and(|l| self.accounts.contains(&l.account.id))
    }

    /// One more. When the list is full, the first by name makes room: keys are good for one call only.
    pub fn bar(&mut self, member: MemberId) {
        if self.members.len() >= MAX_BARRED {
            self.members.pop_first();
        }
        self.members.insert(member);
    }
}

/// What the store keeps of a room beside its mode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// How its owner wants it.
    pub rules: Rules,
    /// The roles that accounts have in it, by their ids.
    pub given: BTreeMap<String, RoomRole>,
    /// Who is banned.
    pub barred: Barred,
    /// Roles of a meeting that the server's end interrupted.
    pub seats: Vec<(MemberId, RoomRole)>,
}

/// Somebody at the door.
#[derive(Debug, Clone)]
pub struct Waiter {
    /// Where they wait.
    pub connection: ConnectionId,
    /// Who.
    pub member: MemberId,
    /// Whose login they have shown.
    pub login: Option<Login>,
    /// The role that their invite gives.
    pub role: Option<RoomRole>,
    /// What they say of themselves, for moderators.
    pub introduction: Option<String>,
    /// Since when.
    pub since: Instant,
    /// When they were last heard of.
    pub heard: Instant,
}

/// A room in which somebody is, or waits.
pub struct Room {
    /// How it treats content.
    pub mode: RoomMode,
    /// It is in the store (and ends when it is deleted there); else a development room.
    pub stored: bool,
    /// How it is kept now.
    pub rules: Rules,
    /// How the store says: what differs was changed during the meeting.
    pub base: Rules,
    /// The roles that accounts have in it.
    pub given: BTreeMap<String, RoomRole>,
    /// Who is in it.
    pub members: BTreeMap<MemberId, Occupant>,
    /// What they are, and what those were who left.
    pub seats: BTreeMap<MemberId, Seat>,
    /// Who waits, in the order in which they came.
    pub waiting: Vec<Waiter>,
    /// Who may not come in.
    pub barred: Barred,
    /// Whose hands are up, the first first.
    pub hands: Vec<MemberId>,
    /// It has had a host, who must be replaced when they vanish.
    pub hosted: bool,
    /// Something of its roles is in the store.
    pub kept: bool,
    /// Somebody was in it.
    pub used: bool,
    /// Somebody is about to come back at once: it is not over, and nobody becomes host.
    pub held: bool,
    /// Since when it is in use.
    pub since: Instant,
    /// Who may have an open microphone.
    pub floor: BTreeSet<MemberId>,
    /// The delivery service of its group; none in an open room.
    pub service: Option<Service>,
    arrivals: u64,
}

impl Room {
    /// An empty room.
    pub fn new(mode: RoomMode, stored: bool, of: Kept, now: Instant) -> Self {
        let service = (mode != RoomMode::Open).then(Service::default);
        let Kept { rules, given, barred, seats } = of;
        let mut room = Self {
            mode,
            stored,
            base: rules.clone(),
            rules,
            given,
            members: BTreeMap::new(),
            seats: BTreeMap::new(),
            waiting: Vec::new(),
            barred,
            hands: Vec::new(),
            hosted: seats.iter().any(|(_, role)| *role == RoomRole::Owner),
            kept: !seats.is_empty(),
            used: false,
            held: false,
            since: now,
            floor: BTreeSet::new(),
            service,
            arrivals: 0,
        };
        seats.into_iter().take(MAX_SEATS).for_each(|(member, role)| room.sit(&member, role));
        room
    }

    /// Somebody takes their seat; who had one keeps it.
    pub fn sit(&mut self, member: &str, role: RoomRole) {
        if self.seats.len() >= MAX_SEATS && !self.seats.contains_key(member) {
            let gone: Vec<_> = self.seats.keys().filter(|m| !self.members.contains_key(*m)).cloned().collect();
            for member in gone {
                self.seats.remove(&member);
            }
        }
        self.arrivals += 1;
        let order = self.arrivals;
        self.seats.entry(member.to_owned()).or_insert(Seat { role, order, before: None });
    }

    /// What somebody is; who has no seat is a guest.
    pub fn role(&self, member: &str) -> RoomRole {
        self.seats.get(member).map_or(RoomRole::Guest, |seat| seat.role)
    }

    /// Members with a control session, and their roles.
    pub fn seated(&self) -> impl Iterator<Item = (&MemberId, RoomRole)> {
        let sessions = self.members.iter().filter(|(_, o)| matches!(o, Occupant::Session(_)));
        sessions.map(move |(id, _)| (id, self.role(id)))
    }

    /// Whether an owner or moderator is here.
    pub fn has_host(&self) -> bool {
        self.seated().any(|(_, role)| role >= RoomRole::Moderator)
    }

    /// Nobody is here, and nobody waits.
    pub fn is_over(&self) -> bool {
        !self.held && self.members.is_empty() && self.waiting.is_empty()
    }

    /// A member's control session.
    pub fn session(&self, member: &str) -> Option<String> {
        match self.members.get(member) {
            Some(Occupant::Session(session)) => Some(session.clone()),
            _ => None,
        }
    }

    /// Everybody, as members see each other.
    pub fn roster(&self) -> Vec<Member> {
        self.members.iter().map(|(id, o)| self.member(id, o)).collect()
    }

    /// The control sessions of everybody but one.
    pub fn sessions_but(&self, not: &str) -> Vec<String> {
        self.members
            .iter()
            .filter(|(id, _)| id.as_str() != not)
            .filter_map(|(_, o)| match o {
                Occupant::Session(s) => Some(s.clone()),
                Occupant::LiveKit { .. } => None,
            })
            .collect()
    }

    /// A stock client's media begins; true if the client is new.
    pub fn media_joined(&mut self, id: &str, name: &str) -> bool {
        if let Some(Occupant::LiveKit { media, .. }) = self.members.get_mut(id) {
            *media += 1;
            return false;
        }
        self.members.insert(id.to_owned(), Occupant::LiveKit { name: name.to_owned(), media: 1 });
        self.sit(id, RoomRole::Guest);
        true
    }

    /// A stock client's media ends; true if it was the last of it and the client is gone.
    pub fn media_left(&mut self, id: &str) -> bool {
        let Some(Occupant::LiveKit { media, .. }) = self.members.get_mut(id) else { return false };
        *media = media.saturating_sub(1);
        let gone = *media == 0;
        if gone {
            self.members.remove(id);
        }
        gone
    }

    /// One occupant as members see them.
    pub fn member(&self, id: &str, occupant: &Occupant) -> Member {
        let livekit = match occupant {
            Occupant::Session(_) => None,
            Occupant::LiveKit { name, .. } => Some(name.clone()),
        };
        Member { id: id.to_owned(), livekit, role: Some(self.role(id)) }
    }
}

//! The delivery service of one room, without IO: takes what members send, runs the gate on the group's public state, and
//! says whom to tell. It holds no secret; everything it knows is in [`Snapshot`].
//!
//! It orders and never reads. A group lives as long as somebody has a control session; when nobody who is in the tree is
//! left, those who wait begin the next generation: first a device that was in, after [`GRACE`] anybody. Who is left alone in
//! a group may begin it anew.

mod accept;
mod limits;
#[cfg(test)]
mod tests;

use crate::public::PublicState;
use crate::session::Now;
use crate::wire::{Blob, FromService, ToService};
use crate::{MemberId, Refused};
use limits::Bucket;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use zeroize::Zeroizing;

/// How many commits are kept for members who come back.
pub const LOG: usize = 64;
/// How many knocks wait at most.
pub const KNOCKS: usize = 64;
/// How long devices that were in the group have the next generation to themselves.
pub const GRACE: Duration = Duration::from_secs(5);

/// What is kept in the store, whole, with every accepted message: public.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Snapshot {
    /// Generation: with the room and the epoch the unique key in the store.
    pub generation: u64,
    /// Epoch; `None`: the generation is vacant.
    pub epoch: Option<u64>,
    /// GroupInfo of the epoch.
    pub group_info: Blob,
    /// Ratchet tree of the epoch.
    pub tree: Blob,
    /// The last commits (epoch made in, maker, bytes), oldest first: for members who come back.
    pub commits: Vec<(u64, MemberId, Blob)>,
}

/// Whom to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// One member.
    One(MemberId),
    /// Those named, who all have a control session.
    Members(Vec<MemberId>),
    /// Everybody with a control session in this room, the sender too.
    All,
}

/// What the service wants done, in this order.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Tell.
    Tell(To, FromService),
    /// Keep this state if the stored (generation, epoch) is still `expect` (compare and swap). If it is not, somebody else's
    /// process was faster: call [`Delivery::replaced`] with what is there. Outputs after it wait for it.
    Keep {
        /// Generation and epoch that must be in the store now; `None`: nothing yet.
        expect: Option<(u64, Option<u64>)>,
        /// The new state.
        snapshot: Box<Snapshot>,
    },
}

/// One room's service.
pub struct Delivery {
    room: String,
    seed: Zeroizing<[u8; 32]>,
    key: [u8; 32],
    generation: u64,
    phase: Phase,
    /// What the store has.
    kept: Option<(u64, Option<u64>)>,
    /// Who has a control session.
    live: BTreeSet<MemberId>,
    /// Who waits to be let in, oldest first.
    knocks: VecDeque<(MemberId, Blob)>,
    /// How fast each member may speak, and the room's commits together.
    pace: BTreeMap<MemberId, Bucket>,
    commits: Bucket,
    /// Since when nobody with a control session is in the tree.
    orphaned: Option<Duration>,
}

enum Phase {
    Vacant(Vacant),
    Group(Box<Group>),
}

/// A generation that nobody has founded yet.
#[derive(Default)]
struct Vacant {
    reason: Option<String>,
    offender: Option<MemberId>,
    /// Until when the offender may not found it.
    barred: Duration,
    /// Who alone may found it, and until when.
    only: Option<(MemberId, Duration)>,
}

struct Group {
    public: PublicState,
    info: Blob,
    tree: Blob,
    log: VecDeque<(u64, MemberId, Blob)>,
    /// Who could not process the last commit.
    reporters: BTreeSet<MemberId>,
}

/// Why a message was not taken, and what its sender needs to know now.
struct No {
    code: &'static str,
    text: String,
    then: Option<FromService>,
}

impl No {
    fn new(code: &'static str, text: &str) -> Self {
        Self { code, text: text.to_owned(), then: None }
    }

    fn stale(then: Option<FromService>) -> Self {
        Self { then, ..Self::new("stale", "somebody was faster") }
    }
}

impl From<Refused> for No {
    fn from(refused: Refused) -> Self {
        let code = match refused {
            Refused::TooLarge(_) => "too_large",
            Refused::WrongEpoch { .. } => "stale",
            Refused::Invalid(_) | Refused::Policy { .. } => "refused",
        };
        Self { code, text: refused.to_string(), then: None }
    }
}

impl Group {
    fn says(&self) -> FromService {
        FromService::Group {
            generation: self.public.state().generation,
            epoch: self.public.epoch(),
            group_info: self.info.clone(),
            tree: self.tree.clone(),
        }
    }

    fn members(&self) -> BTreeSet<MemberId> {
        self.public.roster().into_iter().map(|entry| entry.member).collect()
    }
}

fn one(member: &str, message: FromService) -> Output {
    Output::Tell(To::One(member.to_owned()), message)
}

impl Delivery {
    /// A service for an empty room, or one that continues a stored group. `seed`: the 32-byte Ed25519 seed of the
    /// server's delivery key (it stands in the group as external sender and may propose removals). A stored group that
    /// cannot be continued (too old, damaged) gives way to the next generation.
    pub fn new(now: Now, room: &str, seed: &Zeroizing<[u8; 32]>, stored: Option<Snapshot>) -> Self {
        let mut delivery = Self {
            room: room.to_owned(),
            seed: seed.clone(),
            key: Self::key_of(seed),
            generation: 1,
            phase: Phase::Vacant(Vacant::default()),
            kept: None,
            live: BTreeSet::new(),
            knocks: VecDeque::new(),
            pace: BTreeMap::new(),
            commits: limits::commits(now.mono),
            orphaned: None,
        };
        if let Some(stored) = stored {
            delivery.restore(now, stored);
        }
        delivery
    }

    fn restore(&mut self, now: Now, stored: Snapshot) {
        self.kept = Some((stored.generation, stored.epoch));
        self.generation = stored.generation;
        self.phase = Phase::Vacant(Vacant::default());
        if stored.epoch.is_none() {
            return;
        }
        let read = PublicState::from_group(&stored.group_info.0, &stored.tree.0, &self.room, &self.key, now.unix);
        match read {
            Ok(public) => {
                let (info, tree) = (stored.group_info, stored.tree);
                let group = Group { public, info, tree, log: stored.commits.into(), reporters: BTreeSet::new() };
                self.phase = Phase::Group(Box::new(group));
            }
            Err(_) => self.generation = stored.generation.saturating_add(1),
        }
    }

    /// The public key of a service with this seed.
    pub fn key_of(seed: &Zeroizing<[u8; 32]>) -> [u8; 32] {
        ed25519_dalek::SigningKey::from_bytes(seed).verifying_key().to_bytes()
    }

    /// The delivery service's public key, for `welcome`: founders put it in the group as its only external sender.
    pub fn public_key(&self) -> [u8; 32] {
        self.key
    }

    /// A member has a control session now.
    pub fn joined(&mut self, now: Now, member: &str) -> Vec<Output> {
        self.live.insert(member.to_owned());
        let mut out = Vec::new();
        match &self.phase {
            Phase::Group(group) => {
                let inside = group.public.member(member).is_some();
                if inside {
                    let generation = self.generation;
                    out.extend(group.log.iter().map(|(epoch, by, commit)| {
                        let (epoch, by, commit) = (*epoch, by.clone(), commit.clone());
                        one(member, FromService::Commit { generation, epoch, commit, by })
                    }));
                }
                out.push(one(member, group.says()));
                if inside {
                    out.extend(self.waiting().map(|knock| one(member, knock)));
                }
            }
            Phase::Vacant(vacant) if vacant.only.is_none() => out.push(one(member, self.vacant(vacant))),
            Phase::Vacant(_) => {}
        }
        self.mind_orphan(now);
        out
    }

    /// A control session is over (left, lost for longer than the resume time, kicked): propose the leaf's removal, unless
    /// nobody is left; then the group ends, and whoever comes later begins the next generation (those who come back would take an
    /// older one for a trick).
    pub fn gone(&mut self, now: Now, member: &str) -> Vec<Output> {
        self.live.remove(member);
        self.pace.remove(member);
        let mut out = Vec::new();
        self.forget_knock(member, &mut out);
        if self.live.is_empty() && self.group().is_some() {
            self.next_generation(now, "everybody had gone", None, None, &mut out);
        }
        self.sweep(now, &mut out);
        if let Phase::Vacant(Vacant { only: Some((founder, until)), .. }) = &mut self.phase
            && founder == member
        {
            *until = Duration::ZERO;
        }
        self.mind_orphan(now);
        out
    }

    /// Time passed; to be called about twice a second.
    pub fn tick(&mut self, now: Now) -> Vec<Output> {
        let mut out = Vec::new();
        if self.live.is_empty() {
            return out;
        }
        if self.orphaned.is_some_and(|since| now.mono >= since.saturating_add(GRACE)) {
            let reason = "everybody who was in the group has gone";
            self.next_generation(now, reason, None, None, &mut out);
        }
        if let Phase::Vacant(vacant) = &mut self.phase
            && vacant.only.as_ref().is_some_and(|(_, until)| now.mono >= *until)
        {
            vacant.only = None;
            if let Phase::Vacant(vacant) = &self.phase {
                out.push(Output::Tell(To::All, self.vacant(vacant)));
            }
        }
        out
    }

    /// A message of a member.
    pub fn handle(&mut self, now: Now, from: &str, message: ToService) -> Vec<Output> {
        if !self.live.contains(from) {
            return Vec::new();
        }
        let mut out = Vec::new();
        let bucket = self.pace.entry(from.to_owned()).or_insert_with(|| limits::member(now.mono));
        let done = if bucket.take(now.mono, limits::cost(&message)) {
            self.take(now, from, message, &mut out)
        } else {
            Err(No::new("too_fast", "too many messages about the group: wait a second"))
        };
        if let Err(no) = done {
            out.push(one(from, FromService::NotTaken { code: no.code.into(), text: no.text }));
            out.extend(no.then.map(|then| one(from, then)));
        }
        self.mind_orphan(now);
        out
    }

    fn take(&mut self, now: Now, from: &str, message: ToService, out: &mut Vec<Output>) -> Result<(), No> {
        match message {
            ToService::Found { generation, group_info, tree } => self.found(now, from, generation, group_info, tree, out),
            ToService::Knock { key_package } => self.knock(now, from, key_package, out),
            ToService::Commit { generation, epoch, commit, group_info, welcome } => {
                self.current(from, generation, epoch)?;
                self.commit(now, from, commit, group_info, welcome, out)
            }
            ToService::Propose { generation, epoch, proposal } => {
                self.current(from, generation, epoch)?;
                self.propose(now, from, proposal, out)
            }
            ToService::Deny { member } => self.deny(from, &member, out),
            ToService::Unprocessable { generation, epoch } => {
                self.unprocessable(now, from, generation, epoch, out);
                Ok(())
            }
            ToService::Present => {
                out.extend(self.present(from).map(|message| one(from, message)));
                Ok(())
            }
        }
    }

    /// The store had something newer: what [`Output::Keep`] wanted did not happen.
    pub fn replaced(&mut self, now: Now, stored: Snapshot) -> Vec<Output> {
        self.restore(now, stored);
        self.mind_orphan(now);
        let message = match &self.phase {
            Phase::Group(group) => group.says(),
            Phase::Vacant(vacant) => self.vacant(vacant),
        };
        vec![Output::Tell(To::All, message)]
    }

    /// Whether somebody is in the group's tree.
    pub fn is_member(&self, member: &str) -> bool {
        self.group().is_some_and(|group| group.public.member(member).is_some())
    }

    /// The agreed state, as far as the service can see it (all of it): mode, locked, roles of members.
    pub fn state(&self) -> Option<&crate::RoomState> {
        self.group().map(|group| group.public.state())
    }

    /// The role of a member by the group's own state; `None` if it is not in the tree.
    pub fn role(&self, member: &str) -> Option<crate::Role> {
        self.group().and_then(|group| group.public.member(member)).map(|entry| entry.role)
    }

    fn group(&self) -> Option<&Group> {
        match &self.phase {
            Phase::Group(group) => Some(group),
            Phase::Vacant(_) => None,
        }
    }

    fn vacant(&self, vacant: &Vacant) -> FromService {
        let (reason, offender) = (vacant.reason.clone(), vacant.offender.clone());
        FromService::Vacant { generation: self.generation, reason, offender }
    }

    /// How things are, for one member.
    fn present(&self, member: &str) -> Option<FromService> {
        match &self.phase {
            Phase::Group(group) => Some(group.says()),
            Phase::Vacant(vacant) => {
                let open = vacant.only.as_ref().is_none_or(|(founder, _)| founder == member);
                open.then(|| self.vacant(vacant))
            }
        }
    }

    /// Refuses what was made in another epoch. Who is in the tree has the commit that won already; a joiner gets the group.
    fn current(&self, from: &str, generation: u64, epoch: u64) -> Result<(), No> {
        match &self.phase {
            Phase::Group(group) if (generation, epoch) == (self.generation, group.public.epoch()) => Ok(()),
            _ => Err(No::stale(self.present(from).filter(|_| !self.is_member(from)))),
        }
    }

    fn waiting(&self) -> impl Iterator<Item = FromService> {
        self.knocks
            .iter()
            .map(|(member, key_package)| FromService::Knock { member: member.clone(), key_package: key_package.clone() })
    }

    /// Tree members with a control session. Who knocks has the group's keys no more, also where its old leaf stands in the tree.
    fn present_members(&self) -> Vec<MemberId> {
        let Some(group) = self.group() else { return Vec::new() };
        let knocks = |member: &MemberId| self.knocks.iter().any(|(knocker, _)| knocker == member);
        group.members().into_iter().filter(|member| self.live.contains(member) && !knocks(member)).collect()
    }

    fn mind_orphan(&mut self, now: Now) {
        let orphaned = self.group().is_some() && self.present_members().is_empty();
        self.orphaned = orphaned.then(|| self.orphaned.unwrap_or(now.mono));
    }

    fn keep(&mut self) -> Output {
        let mut snapshot = Snapshot {
            generation: self.generation,
            epoch: None,
            group_info: Blob::default(),
            tree: Blob::default(),
            commits: Vec::new(),
        };
        if let Some(group) = self.group() {
            snapshot.epoch = Some(group.public.epoch());
            snapshot.group_info = group.info.clone();
            snapshot.tree = group.tree.clone();
            snapshot.commits = group.log.iter().cloned().collect();
        }
        let expect = self.kept.replace((snapshot.generation, snapshot.epoch));
        Output::Keep { expect, snapshot: Box::new(snapshot) }
    }
}

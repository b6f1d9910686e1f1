//! Whether the group that we came back into is the one that we were in.
//!
//! A server can make a member lose its group (a commit withheld or damaged) and offer it another: with the same public state,
//! with the leaves of the others, which are public too, and with a leaf of its own. What it cannot do is speak as one of the
//! others in there. So every member has a *stay*: 16 random bytes that it says in the group (tag [`HERE`]) when it comes and
//! whenever somebody comes. It keeps them as long as it knows itself among the people it was with, and draws new ones when it
//! does not.
//!
//! Who comes back into a group that others made says, shows, seals and opens nothing, until one of those whom it was with
//! says the stay that it is known by: then all is as before. After [`PROOF`] without that it is a first meeting, and the
//! user is told. A word of somebody whom the same server has put into the same forged group proves nothing: nobody there
//! speaks before it is sure itself, and who gave up has another stay.
//!
//! Who has the room's secret and is let in without it (its leaf stands in the tree, or the server did not take its join by
//! link) waits likewise, for somebody who shows to know the secret: else the server had only to refuse every join by link.

use super::alone::Alone;
use super::{BATCH, Event, Now, Output, Phase, Session};
use crate::identity::{framed, signed_by};
use crate::member::Member;
use crate::room::RoomState;
use crate::secret::RoomSecret;
use crate::{DeviceKey, Error, MemberId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long who comes back waits for somebody whom it was with.
pub const PROOF: Duration = Duration::from_secs(5);
/// How long the caller has to close the microphone before it gets the keys of a group that nobody has proven.
const CLOSE: Duration = Duration::from_millis(500);
/// What an application message with a stay begins with.
pub(super) const HERE: u8 = 3;
/// The most messages of others that wait for the proof.
const MAX_SAID: usize = 256;

pub(super) type Stay = [u8; 16];

const SECRET: &str = "conclave room secret is known here v1";

/// What coming back needs, by the same session or, after a control session that was lost, by the next one
/// ([`Session::memory`], [`super::Start::before`]).
#[derive(Clone)]
pub struct Memory {
    /// The state that we were in last.
    pub(super) state: RoomState,
    /// By what the others know us.
    pub(super) stay: Stay,
    /// Who else was there, or vanished from there and may come back, each with its stay if it has said it.
    pub(super) company: BTreeMap<DeviceKey, Option<Stay>>,
    /// Devices that were there when a code was checked.
    pub(super) verified: BTreeSet<DeviceKey>,
}

/// We are in a group that nobody has proven yet.
pub(super) struct Hold {
    until: Duration,
    /// The call was told that nobody has proven it.
    given_up: bool,
    /// What members said meanwhile.
    said: Vec<(MemberId, Vec<u8>)>,
}

/// How we came in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// We founded the group.
    Founded,
    /// By the room secret, without which nobody reads what we say in there.
    Linked,
    /// Somebody let us in.
    Welcomed,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memory(generation {}, {} others)", self.state.generation, self.company.len())
    }
}

impl Memory {
    /// The first group of this session.
    fn new(state: RoomState) -> Result<Self, Error> {
        let stay = *crate::secret::random()?;
        Ok(Self { state, stay, company: BTreeMap::new(), verified: BTreeSet::new() })
    }

    /// The group as it is now, which we know to be ours. Who left or was removed is no company any more; who vanished by the
    /// server's word still is.
    fn note(&mut self, me: &DeviceKey, member: &Member) {
        self.state = member.state().clone();
        let roster = member.roster();
        for entry in roster.iter().filter(|entry| entry.device != *me) {
            self.company.entry(entry.device).or_default();
        }
        let here: BTreeSet<DeviceKey> = roster.iter().map(|entry| entry.device).collect();
        self.company.retain(|device, _| here.contains(device) || self.state.may_return(device));
    }

    /// The state that we were in last.
    pub fn state(&self) -> &RoomState {
        &self.state
    }
}

impl Session {
    /// What coming back needs; `None` before we were in any group. To be given to the next session of this device
    /// ([`super::Start::before`]) when the control session is lost for good.
    pub fn memory(&self) -> Option<Memory> {
        let memory = self.memory.clone()?;
        Some(Memory { verified: self.codes.verified.clone(), ..memory })
    }

    /// Whether we are in a group that nobody has proven yet.
    pub(super) fn holds(&self) -> bool {
        self.hold.is_some()
    }

    /// We are in the tree: at home, or waiting for a proof.
    pub(super) fn came(&mut self, now: Now, way: Way) {
        // Also who was alone in it: nobody else could let somebody in there.
        let doubts = self.memory.is_some() || self.secret_of_group().is_some();
        self.proven = way != Way::Welcomed || !doubts;
        if !self.proven {
            self.hold = Some(Hold { until: now.mono + PROOF, given_up: false, said: Vec::new() });
            return;
        }
        self.settle_in(now, way == Way::Founded);
    }

    pub(super) fn hold_until(&self) -> Option<Duration> {
        self.hold.as_ref().map(|hold| hold.until)
    }

    /// Nobody has proven the group in time.
    pub(super) fn give_up_waiting(&mut self, now: Now) {
        let Some(hold) = self.hold.as_mut().filter(|hold| now.mono >= hold.until) else { return };
        if std::mem::replace(&mut hold.given_up, true) {
            return self.settle_in(now, false);
        }
        hold.until = now.mono + CLOSE;
        (self.memory, self.proven) = (None, false);
        self.codes.verified.clear();
        self.event(Event::Unproven);
    }

    /// The group is ours: the call is told, keys are given out, and we say that we are here.
    fn settle_in(&mut self, now: Now, founded: bool) {
        let said = self.hold.take().map(|hold| hold.said).unwrap_or_default();
        self.alone = Alone::default();
        self.mind_alone(now);
        self.look_at_credentials(now);
        let Phase::In(member) = &self.phase else { return };
        let (roster, state, epoch) = (member.roster(), member.state().clone(), member.epoch());
        if let Err(error) = self.remember() {
            return self.fatal(&error);
        }
        self.event(Event::In { roster, state: Box::new(state), epoch, founded });
        self.new_keys(now);
        self.judge_verified(None);
        self.say_here(now);
        for (from, content) in said {
            self.said(now, from, &content);
        }
    }

    /// Notes the group as the one that we are in.
    pub(super) fn remember(&mut self) -> Result<(), Error> {
        let Phase::In(member) = &self.phase else { return Ok(()) };
        if self.memory.is_none() {
            self.memory = Some(Memory::new(member.state().clone())?);
        }
        if let Some(memory) = &mut self.memory {
            memory.note(&self.me.device.public(), member);
        }
        Ok(())
    }

    /// Says by what we are known, at most once in [`BATCH`].
    pub(super) fn say_here(&mut self, now: Now) {
        let due = self.said_here.map_or(now.mono, |last| last + BATCH);
        if now.mono < due {
            self.here_at = Some(due);
            return;
        }
        self.here_at = None;
        // Who gave up waiting is no proof for others.
        let shown = self.secret_of_group().filter(|_| self.proven).map(|secret| secret.prove(&self.secret_message(&self.id)));
        let (Phase::In(member), Some(memory), false) = (&mut self.phase, &self.memory, self.leaving || self.hold.is_some())
        else {
            return;
        };
        if member.roster().len() < 2 {
            return;
        }
        // Not said is not lost: whoever needs it waits, and is told.
        if let Ok(body) = member.seal(&[&[HERE], memory.stay.as_slice(), &shown.unwrap_or_default()].concat()) {
            self.said_here = Some(now.mono);
            self.out.push_back(Output::Relay { to: None, body });
        }
    }

    pub(super) fn here_is_due(&mut self, now: Now) {
        if self.here_at.is_some_and(|at| now.mono >= at) {
            self.say_here(now);
        }
    }

    /// Somebody says something while we wait. `true`: it waits, too.
    pub(super) fn waits(&mut self, now: Now, from: &MemberId, content: &[u8]) -> bool {
        let Some(hold) = &mut self.hold else { return false };
        if hold.said.len() < MAX_SAID {
            hold.said.push((from.clone(), content.to_vec()));
        }
        let said = content.strip_prefix(&[HERE]).and_then(<[u8]>::split_first_chunk);
        if said.is_some_and(|(stay, shown)| self.is_known(from, stay) || self.shows_secret(from, shown)) {
            self.proven = true;
            self.settle_in(now, false);
        }
        true
    }

    fn is_known(&self, member: &MemberId, stay: &Stay) -> bool {
        let (Some(memory), Some(device)) = (&self.memory, self.device_of(member)) else { return false };
        memory.company.get(&device) == Some(&Some(*stay))
    }

    fn shows_secret(&self, member: &MemberId, shown: &[u8]) -> bool {
        self.secret_of_group().is_some_and(|secret| signed_by(&secret.proof_key(), &self.secret_message(member), shown))
    }

    /// Our room secret, if it is this group's.
    fn secret_of_group(&self) -> Option<&RoomSecret> {
        let Phase::In(member) = &self.phase else { return None };
        self.secret.as_ref().filter(|secret| member.state().secret == Some(secret.proof_key()))
    }

    /// What a member signs with the room secret: it is good from that member alone, whom MLS names.
    fn secret_message(&self, member: &MemberId) -> Vec<u8> {
        let Phase::In(group) = &self.phase else { return Vec::new() };
        framed(SECRET, &[group.group_id(), member.as_bytes()])
    }

    /// Somebody says by what they are known.
    pub(super) fn here(&mut self, from: &MemberId, said: &[u8]) {
        let (Some((stay, _)), Some(device)) = (said.split_first_chunk(), self.device_of(from)) else { return };
        if let Some(known) = self.memory.as_mut().and_then(|memory| memory.company.get_mut(&device)) {
            *known = Some(*stay);
        }
    }

    fn device_of(&self, member: &MemberId) -> Option<DeviceKey> {
        let Phase::In(group) = &self.phase else { return None };
        group.roster().into_iter().find(|entry| entry.member == *member).map(|entry| entry.device)
    }
}

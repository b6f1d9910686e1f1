//! Coming in: found, join by link, knock, come back.

use super::continuity::Way;
use super::introduction;
use super::{ANSWER, Event, Now, OFFENDER_WAIT, Phase, Session, TURN};
use crate::gate;
use crate::identity::Standing;
use crate::member::join::public_group;
use crate::member::{Entry, Expectation, Member, Processed, Waiting};
use crate::room::{Admission, RoomState};
use crate::wire::{Blob, ToService};
use crate::{Error, IssuerKey, MemberId, Refused};
use openmls_rust_crypto::OpenMlsRustCrypto;
use std::time::Duration;

/// How long we knock at most before we look again how the group stands.
const KNOCK_AGAIN: Duration = Duration::from_secs(60);
/// A knock that needs nobody's word is not called waiting before this time.
const QUICK: Duration = Duration::from_secs(3);

impl Session {
    /// Says again what may be lost with a connection, or asks what became of it.
    pub(super) fn connected(&mut self, now: Now) {
        match &mut self.phase {
            Phase::Founding { until, .. } | Phase::Linking { until, .. } => *until = now.mono,
            Phase::Knocking { again, .. } => *again = now.mono,
            Phase::Begin => self.ask_at = self.ask_at.map(|_| now.mono),
            Phase::Vacant { .. } | Phase::In(_) | Phase::Out => return,
        }
        self.tick(now);
    }

    pub(super) fn vacant(&mut self, now: Now, generation: u64, reason: Option<String>, offender: Option<&MemberId>) {
        if let Phase::Founding { generation: ours, group_info, tree, until, asked, .. } = &mut self.phase
            && (*ours, std::mem::take(asked)) == (generation, true)
        {
            // Ours was lost on its way. The very same again, so that it does not matter if it arrives after all.
            *until = now.mono + ANSWER;
            let message = ToService::Found { generation, group_info: Blob(group_info.clone()), tree: Blob(tree.clone()) };
            return self.tell(message);
        }
        let known = match &self.phase {
            Phase::In(member) => member.epoch().0,
            Phase::Founding { generation, .. } | Phase::Vacant { generation, .. } => *generation,
            _ => 0,
        };
        if generation <= known {
            return;
        }
        // Everybody may; the first wins. Whoever was first in the tree begins, so that the others need not.
        let rank = match &self.phase {
            Phase::In(_) => self.rank(),
            _ => 0,
        };
        let wait = if offender == Some(&self.id) { OFFENDER_WAIT } else { TURN * rank.min(10) };
        self.leave_group();
        if let Some(reason) = reason {
            self.event(Event::NewGeneration { alone: false, reason });
        }
        if self.memory.as_ref().is_some_and(|memory| generation <= memory.state.generation) {
            let text = "the server begins the group anew and forgets what was agreed";
            return self.fatal(&Error::Refused(Refused::Policy { code: "unexpected_group", text }));
        }
        if wait.is_zero() {
            self.found(now, generation);
        } else {
            self.phase = Phase::Vacant { generation, at: now.mono + wait };
        }
    }

    /// What a new group begins with: our own terms, or what was agreed in the generation before.
    pub(super) fn first_state(&self, generation: u64) -> RoomState {
        let mut state = match &self.memory {
            Some(memory) => memory.state.next_generation(memory.company.keys().copied()),
            None => {
                let mut state = RoomState::new(&self.start.room, self.me.device.public());
                let terms = &self.start;
                (state.mode, state.admission) = (terms.mode, terms.admission);
                (state.issuers, state.accounts) = (terms.issuers.clone(), terms.accounts);
                state.list = terms.list.clone();
                (state.no_recording, state.receipt) = (terms.no_recording, terms.receipt);
                if let Some(secret) = &self.secret {
                    (state.secret, state.passphrase) = (Some(secret.proof_key()), secret.is_passphrase());
                }
                state
            }
        };
        state.generation = generation;
        state
    }

    pub(super) fn found(&mut self, now: Now, generation: u64) {
        let state = self.first_state(generation);
        match Member::found(&self.me, state, self.service, now.unix) {
            Ok((member, group_info, tree)) => {
                self.tell(ToService::Found { generation, group_info: Blob(group_info.clone()), tree: Blob(tree.clone()) });
                let (member, until) = (Box::new(member), now.mono + ANSWER);
                self.phase = Phase::Founding { member, generation, group_info, tree, until, asked: false };
            }
            Err(error) => self.fatal(&error),
        }
    }

    fn expectation(&self) -> Expectation {
        Expectation {
            room: self.start.room.clone(),
            service: self.service,
            mode: Some(self.start.mode),
            before: self.memory.as_ref().map(|memory| memory.state.clone()),
        }
    }

    /// The service says how the group is: ours, if we founded it; else we find our way in.
    pub(super) fn group(&mut self, now: Now, at: (u64, u64), group_info: &[u8], tree: &[u8]) {
        if self.began_anew(now, group_info) {
            return;
        }
        match &self.phase {
            Phase::In(member) => {
                let here = member.epoch();
                if at.0 < here.0 || at.0 == here.0 && (at.1 <= here.1 || self.held) {
                    return;
                }
            }
            Phase::Founding { group_info: ours, .. } if ours == group_info => return self.founded(now),
            // Our commit is under way, and this is the group that it was made for.
            Phase::Linking { at: made_for, .. } if *made_for == at => return,
            // The knock stands, wherever the group has got to.
            Phase::Knocking { looking: false, generation, .. } if *generation == at.0 => return,
            Phase::Out => return,
            _ => {}
        }
        self.leave_group();
        let expect = self.expectation();
        let seen = public_group(&OpenMlsRustCrypto::default(), group_info, tree).map_err(Error::from).and_then(|group| {
            let whole = gate::whole(&group, &expect.room, &expect.service, now.unix)?;
            expect.check(&whole.state)?;
            let moderators = introduction::moderators(&group, &whole);
            Ok((whole, moderators))
        });
        let (whole, moderators) = match seen {
            Ok(seen) => seen,
            Err(error) => return self.fatal(&error),
        };
        let device = self.me.device.public();
        if whole.state.is_kicked(&device) {
            self.go_out();
            return self.event(Event::Out { kicked: true });
        }
        let in_tree = whole.roster.iter().any(|entry| entry.device == device);
        let knows = |secret: &crate::secret::RoomSecret| {
            whole.state.secret == Some(secret.proof_key()) && whole.state.admission == Admission::Link
        };
        if self.memory.is_none() && self.secret.as_ref().is_some_and(|secret| !knows(secret)) {
            let text = "the group is not the one of the link's secret: somebody may be in between; ask who made the link";
            return self.fatal(&crate::Refused::Policy { code: "unexpected_group", text }.into());
        }
        let by_link = self.secret.clone().filter(|secret| {
            let open = whole.state.admission == Admission::Link && whole.state.secret == Some(secret.proof_key());
            open && !in_tree && (!whole.state.locked || whole.state.may_return(&device))
        });
        if let Some(secret) = by_link {
            match Member::link(&self.me, now.unix, group_info, tree, &secret, &expect) {
                Ok((member, bundle)) => {
                    let commit = Blob(bundle.commit.clone());
                    let group_info = Blob(bundle.group_info);
                    self.tell(ToService::Commit { generation: at.0, epoch: at.1, commit, group_info, welcome: None });
                    let until = now.mono + ANSWER;
                    self.phase = Phase::Linking { member: Box::new(member), at, commit: bundle.commit, until };
                    return;
                }
                Err(error) => self.refused("link", format!("joining by link failed ({error}); asking to be let in instead")),
            }
        }
        let vouched =
            self.me.vouches.iter().any(|v| whole.state.issuers.contains(&v.issuer) && whole.state.is_listed(&v.subject));
        let quick = in_tree
            || whole.state.may_return(&device)
            || !whole.state.locked && (whole.state.admission == Admission::Auto || vouched);
        self.send_knock(now, at.0, quick);
        if !quick {
            self.introduce(moderators);
        }
    }

    fn founded(&mut self, now: Now) {
        let Phase::Founding { member, .. } = std::mem::replace(&mut self.phase, Phase::Begin) else { return };
        self.enter(now, member, Way::Founded);
    }

    pub(super) fn linked(&mut self, now: Now, commit: &[u8]) {
        let Phase::Linking { mut member, .. } = std::mem::replace(&mut self.phase, Phase::Begin) else { return };
        match member.process(now.unix, commit) {
            Ok(Processed::Change(_)) => self.enter(now, member, Way::Linked),
            _ => self.ask(now),
        }
    }

    /// Knocks with a fresh KeyPackage. `quick`: nobody has to decide.
    pub(super) fn send_knock(&mut self, now: Now, generation: u64, quick: bool) {
        match Waiting::knock(&self.me, &self.start.room, now.unix) {
            Ok((waiting, key_package)) => {
                self.tell(ToService::Knock { key_package: Blob(key_package) });
                let tell = quick.then_some(now.mono + QUICK);
                if !quick {
                    self.say_waiting();
                }
                let again = now.mono + if quick { 2 * ANSWER } else { KNOCK_AGAIN };
                self.phase = Phase::Knocking { waiting: Box::new(waiting), generation, again, looking: false, tell };
            }
            Err(error) => self.fatal(&error),
        }
    }

    pub(super) fn say_waiting(&mut self) {
        if !std::mem::replace(&mut self.told_waiting, true) {
            self.event(Event::Waiting);
        }
    }

    /// Nothing came of the knock so far: look how the group stands, and knock anew. What people decide may take long; they
    /// see the same knock.
    pub(super) fn again(&mut self, now: Now) {
        if let Phase::Knocking { again, looking, .. } = &mut self.phase {
            (*again, *looking) = (now.mono + ANSWER, true);
            self.tell(ToService::Present);
        }
    }

    pub(super) fn welcome(&mut self, now: Now, welcome: &[u8], tree: &[u8]) {
        if !matches!(self.phase, Phase::Knocking { .. }) {
            return; // We did not knock: an old one, told again.
        }
        let expect = self.expectation();
        let Phase::Knocking { waiting, generation, again, looking, tell } = std::mem::replace(&mut self.phase, Phase::Begin)
        else {
            return;
        };
        match waiting.welcome(&self.me, now.unix, welcome, tree, &expect) {
            Ok(member) => self.enter(now, Box::new(member), Way::Welcomed),
            Err((_, error @ Error::Refused(Refused::Policy { .. }))) => self.fatal(&error),
            Err((waiting, error)) => {
                self.refused("welcome", format!("what let us in could not be read ({error})"));
                self.phase = Phase::Knocking { waiting, generation, again: again.min(now.mono + ANSWER), looking, tell };
            }
        }
    }

    pub(super) fn enter(&mut self, now: Now, mut member: Box<Member>, way: Way) {
        member.set_revoked(self.revoked.clone());
        if let Some(secret) = self.secret.as_ref().filter(|secret| member.state().secret == Some(secret.proof_key()))
            && let Err(error) = member.know_secret(secret)
        {
            return self.fatal(&error);
        }
        let roster = member.roster();
        self.phase = Phase::In(member);
        self.held = false;
        (self.leaving, self.told_waiting, self.told_refused) = (false, false, false);
        for entry in &roster {
            self.forget_knock(&entry.member);
        }
        self.came(now, way);
    }

    /// Out of step: asks how the group stands, and comes back into it as the device that we are.
    pub(super) fn come_back(&mut self, now: Now) {
        self.leave_group();
        self.ask(now);
    }

    /// Asks how the group stands, until it is answered.
    pub(super) fn ask(&mut self, now: Now) {
        self.ask_at = Some(now.mono + ANSWER);
        self.tell(ToService::Present);
    }
}

/// Whether this client lets them in without being asked. Narrower than the gate, which all members must see alike: a vouch
/// counts here only if our own user trusts its issuer, too.
pub(super) fn needs_nobody(state: &RoomState, roster: &[Entry], trusted: &[IssuerKey], newcomer: &Entry) -> bool {
    let returns = state.may_return(&newcomer.device) || roster.iter().any(|entry| entry.device == newcomer.device);
    let listed = matches!(newcomer.standing_for(trusted), Standing::Vouched { subject } if state.is_listed(&subject));
    returns || !state.locked && (state.admission == Admission::Auto || listed)
}

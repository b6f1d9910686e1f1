//! What is taken, and what follows from it.

use super::{Delivery, GRACE, Group, KNOCKS, LOG, No, Output, Phase, To, Vacant, one};
use crate::public::PublicChange;
use crate::public::PublicState;
use crate::session::Now;
use crate::wire::{Blob, FromService, MAX_BYTES};
use crate::{MemberId, Role};
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// The largest tree of a founder, who is alone in it, in bytes.
const FOUNDING: usize = 16 * 1024;
/// The most bytes of commits that are kept.
const LOG_BYTES: usize = 1024 * 1024;
/// How long the offender leaves founding to the others.
const BARRED: Duration = Duration::from_secs(2);
/// What one new leaf adds to the tree besides itself, at most, in bytes.
const PATH: usize = 128;

impl Delivery {
    /// The first one wins; and who is left alone in a group may begin it anew.
    pub(super) fn found(
        &mut self,
        now: Now,
        from: &str,
        generation: u64,
        info: Blob,
        tree: Blob,
        out: &mut Vec<Output>,
    ) -> Result<(), No> {
        let stale = || No::stale(self.present(from));
        let agreed = match &self.phase {
            Phase::Vacant(vacant) => {
                if generation != self.generation || vacant.only.as_ref().is_some_and(|(founder, _)| founder != from) {
                    return Err(stale());
                }
                if vacant.offender.as_deref() == Some(from) && now.mono < vacant.barred {
                    return Err(No::new("refused", "whose commit nobody could read does not begin the next group"));
                }
                None
            }
            Phase::Group(group) => {
                let alone = matches!(group.public.roster().as_slice(), [only] if only.member == from);
                if !alone || generation != self.generation.saturating_add(1) {
                    return Err(stale());
                }
                Some(group.public.state().clone())
            }
        };
        if tree.0.len() > FOUNDING {
            return Err(No::new("too_large", "a founder's tree is small"));
        }
        let public = PublicState::from_group(&info.0, &tree.0, &self.room, &self.key, now.unix)?;
        public.check_founding(from, generation)?;
        let founder = public.member(from).map(|entry| entry.device);
        if let (Some(agreed), Some(founder)) = (agreed, founder)
            && !public.state().continues(&agreed, &founder)
        {
            return Err(No::new("refused", "who is left alone in a group begins it anew with all that was agreed in it"));
        }
        let group = Group { public, info, tree, log: VecDeque::new(), reporters: BTreeSet::new() };
        let says = group.says();
        self.phase = Phase::Group(Box::new(group));
        // Who waits to be let in knocks at the new one.
        self.generation = generation;
        self.knocks.clear();
        out.extend([self.keep(), Output::Tell(To::All, says)]);
        Ok(())
    }

    pub(super) fn knock(&mut self, now: Now, from: &str, key_package: Blob, out: &mut Vec<Output>) -> Result<(), No> {
        let Phase::Group(group) = &self.phase else { return Err(No::stale(self.present(from))) };
        let entry = group.public.knock(now.unix, &key_package.0)?;
        if entry.member != from {
            return Err(No::new("refused", "the KeyPackage is somebody else's"));
        }
        let members: Vec<_> = self.present_members().into_iter().filter(|member| member != from).collect();
        let was_in = group.public.state().may_return(&entry.device)
            || group.public.roster().iter().any(|other| other.device == entry.device);
        if members.is_empty() && was_in {
            // Nobody can let it in; it may begin again, before strangers may.
            let only = Some((from.to_owned(), now.mono.saturating_add(GRACE)));
            self.next_generation(now, "everybody else who was in the group has gone", None, only, out);
            return Ok(());
        }
        self.knocks.retain(|(member, _)| member != from);
        if self.knocks.len() >= KNOCKS {
            return Err(No::new("too_fast", "too many wait to be let in already: try again later"));
        }
        self.knocks.push_back((from.to_owned(), key_package.clone()));
        if !members.is_empty() {
            out.push(Output::Tell(To::Members(members), FromService::Knock { member: from.to_owned(), key_package }));
        }
        Ok(())
    }

    pub(super) fn deny(&mut self, from: &str, member: &str, out: &mut Vec<Output>) -> Result<(), No> {
        if self.role(from).is_none_or(|role| role < Role::Moderator) {
            return Err(No::new("refused", "only a moderator turns somebody away"));
        }
        if self.forget_knock(member, out) {
            out.push(one(member, FromService::Denied));
        }
        Ok(())
    }

    /// Whether there was one.
    pub(super) fn forget_knock(&mut self, member: &str, out: &mut Vec<Output>) -> bool {
        let before = self.knocks.len();
        self.knocks.retain(|(knocker, _)| knocker != member);
        let there = self.knocks.len() < before;
        let members = self.present_members();
        if there && !members.is_empty() {
            out.push(Output::Tell(To::Members(members), FromService::KnockGone { member: member.to_owned() }));
        }
        there
    }

    /// A SelfRemove of whoever sends it. One that waits already is enough.
    pub(super) fn propose(&mut self, now: Now, from: &str, proposal: Blob, out: &mut Vec<Output>) -> Result<(), No> {
        let Phase::Group(group) = &mut self.phase else { return Err(No::stale(None)) };
        let Some(leaf) = group.public.member(from).map(|entry| entry.leaf) else {
            return Err(No::new("refused", "who is not in the group proposes nothing"));
        };
        if group.public.proposed_removals().contains(&leaf) {
            return Ok(());
        }
        match group.public.process(now.unix, &proposal.0)? {
            PublicChange::Proposal(_) => self.tell_proposal(proposal, out),
            PublicChange::Commit(_) => return Err(No::new("refused", "a commit is no proposal")),
        }
        Ok(())
    }

    /// An authentic proposal waits in the public state now: members must know it too.
    fn tell_proposal(&self, proposal: Blob, out: &mut Vec<Output>) {
        let (Some(group), members) = (self.group(), self.present_members()) else { return };
        let (generation, epoch) = (self.generation, group.public.epoch());
        out.push(Output::Tell(To::Members(members), FromService::Proposal { generation, epoch, proposal }));
    }

    pub(super) fn commit(
        &mut self,
        now: Now,
        from: &str,
        commit: Blob,
        info: Blob,
        welcome: Option<Blob>,
        out: &mut Vec<Output>,
    ) -> Result<(), No> {
        if !self.commits.has(now.mono, 1.0) {
            return Err(No::new("too_fast", "this room changes too fast: wait a second"));
        }
        if [&commit, &info].into_iter().chain(&welcome).any(|blob| blob.0.len() > MAX_BYTES) {
            return Err(No::new("too_large", "the commit is too large"));
        }
        let Phase::Group(group) = &mut self.phase else { return Err(No::stale(None)) };
        let staged = match group.public.process(now.unix, &commit.0)? {
            PublicChange::Commit(staged) => staged,
            PublicChange::Proposal(_) => {
                self.tell_proposal(commit, out);
                return Ok(());
            }
        };
        if staged.by() != from {
            return Err(No::new("refused", "the commit is somebody else's"));
        }
        let linked = staged.verdict().by.is_none();
        let newcomers: Vec<MemberId> = staged.verdict().added.iter().map(|(entry, _)| entry.member.clone()).collect();
        if welcome.is_none() && !linked && !newcomers.is_empty() {
            return Err(No::new("refused", "the commit adds somebody without a Welcome"));
        }
        // The tree after it is not there to be measured yet; it grows by what the commit brings.
        if group.tree.0.len() + commit.0.len() + PATH * newcomers.len() > MAX_BYTES {
            return Err(No::new("too_large", "the group would become too large"));
        }
        let (epoch, before) = (staged.epoch(), group.members());
        let accepted = group.public.accept(*staged, &info.0);
        let done = accepted.and_then(|change| group.public.tree_bytes().map(|tree| (change, tree)));
        let (change, tree) = match done {
            Ok(done) => done,
            Err(refused) if group.public.epoch() == epoch => return Err(refused.into()),
            Err(_) => {
                let by = Some(from.to_owned());
                self.next_generation(now, "a commit left the group in disorder", by, None, out);
                return Ok(());
            }
        };
        self.commits.take(now.mono, 1.0);
        (group.info, group.tree) = (info, Blob(tree));
        group.reporters.clear();
        group.log.push_back((epoch, from.to_owned(), commit.clone()));
        while group.log.len() > LOG || group.log.iter().map(|(_, _, bytes)| bytes.0.len()).sum::<usize>() > LOG_BYTES {
            group.log.pop_front();
        }
        let (tree, generation) = (group.tree.clone(), self.generation);
        out.push(self.keep());
        let told = before.into_iter().chain(linked.then(|| from.to_owned())).filter(|member| self.live.contains(member));
        let told = To::Members(told.collect());
        out.push(Output::Tell(told, FromService::Commit { generation, epoch, commit, by: from.to_owned() }));
        let live: Vec<&MemberId> = newcomers.iter().filter(|member| self.live.contains(*member)).collect();
        if let Some(welcome) = welcome.filter(|_| !live.is_empty() && !linked) {
            let to = To::Members(live.into_iter().cloned().collect());
            out.push(Output::Tell(to, FromService::Welcome { generation, epoch: change.epoch, welcome, tree }));
        }
        for member in &newcomers {
            self.forget_knock(member, out);
        }
        if change.state_before.is_some() {
            self.recheck_knocks(now, out);
        }
        for member in newcomers.iter().filter(|member| self.live.contains(*member)) {
            out.extend(self.waiting().map(|knock| one(member, knock)));
        }
        self.sweep(now, out);
        Ok(())
    }

    /// After the state changed: who cannot be let in any more (kicked, locked) does not wait.
    fn recheck_knocks(&mut self, now: Now, out: &mut Vec<Output>) {
        let Some(group) = self.group() else { return };
        let check = |(member, knock): &(MemberId, Blob)| {
            group.public.knock(now.unix, &knock.0).err().map(|refused| (member.clone(), No::from(refused)))
        };
        let over: Vec<(MemberId, No)> = self.knocks.iter().filter_map(check).collect();
        for (member, no) in over {
            self.forget_knock(&member, out);
            out.push(one(&member, FromService::NotTaken { code: no.code.into(), text: no.text }));
        }
    }

    /// Proposes to remove whoever is in the tree and has no control session.
    pub(super) fn sweep(&mut self, now: Now, out: &mut Vec<Output>) {
        if self.present_members().is_empty() {
            return;
        }
        let Phase::Group(group) = &mut self.phase else { return };
        let proposed = group.public.proposed_removals();
        let vanished: Vec<u32> = group
            .public
            .roster()
            .iter()
            .filter(|entry| !self.live.contains(&entry.member) && !proposed.contains(&entry.leaf))
            .map(|entry| entry.leaf)
            .collect();
        let mut made = Vec::new();
        for leaf in vanished {
            let Ok(proposal) = group.public.propose_remove(leaf, &self.seed) else { continue };
            if let Ok(PublicChange::Proposal(_)) = group.public.process(now.unix, &proposal) {
                made.push(Blob(proposal));
            }
        }
        made.into_iter().for_each(|proposal| self.tell_proposal(proposal, out));
    }

    /// A new generation begins when at least half of the others who are there could not read the last commit.
    pub(super) fn unprocessable(&mut self, now: Now, from: &str, generation: u64, epoch: u64, out: &mut Vec<Output>) {
        let others = self.present_members();
        let current = self.generation;
        let Phase::Group(group) = &mut self.phase else { return };
        let Some((last, by)) = group.log.back().map(|(last, by, _)| (*last, by.clone())) else { return };
        if generation != current || epoch != last || from == by || group.public.member(from).is_none() {
            return;
        }
        group.reporters.insert(from.to_owned());
        let others = others.iter().filter(|member| **member != by);
        let (all, hit) = others.fold((0, 0), |(all, hit), m| (all + 1, hit + usize::from(group.reporters.contains(m))));
        if 2 * hit >= all {
            let reason = "a change of the group could not be read by its members";
            self.next_generation(now, reason, Some(by), None, out);
        }
    }

    pub(super) fn next_generation(
        &mut self,
        now: Now,
        reason: &str,
        offender: Option<MemberId>,
        only: Option<(MemberId, Duration)>,
        out: &mut Vec<Output>,
    ) {
        self.generation = self.generation.saturating_add(1);
        self.knocks.clear();
        self.orphaned = None;
        let to = only.as_ref().map_or(To::All, |(founder, _)| To::One(founder.clone()));
        let vacant = Vacant { reason: Some(reason.to_owned()), offender, barred: now.mono.saturating_add(BARRED), only };
        let says = self.vacant(&vacant);
        self.phase = Phase::Vacant(vacant);
        out.extend([self.keep(), Output::Tell(to, says)]);
    }
}

//! How a member's plan becomes one commit.

use super::join::{context, invalid};
use super::{Bundle, Entry, Gone, Member, Pending, Plan, library, store};
use crate::gate;
use crate::identity::{LENIENCY, Vouch};
use crate::room::RoomState;
use crate::{DeviceKey, Error, Refused, UnixSeconds};
use openmls::prelude::hash_ref::ProposalRef;
use openmls::prelude::{
    CommitMessageBundle, KeyPackage, LeafNodeIndex, LeafNodeParameters, OpenMlsProvider as _, Proposal, ProposalOrRefType,
    QueuedProposal, Sender,
};
use std::collections::{BTreeMap, BTreeSet};

/// A plan, worked out against the present tree.
struct Work {
    adds: Vec<KeyPackage>,
    /// Our own Remove proposals.
    removes: BTreeSet<u32>,
    /// Proposals of others that are swept in, by leaf.
    swept: BTreeMap<u32, ProposalRef>,
    state: RoomState,
    /// What our leaf says from now on, if not what it said.
    leaf: Option<LeafNodeParameters>,
}

impl Member {
    /// Makes a commit and keeps it pending. An earlier pending one is dropped. What we have no right to do comes back as
    /// [`Error::Refused`] with the gate's word, and nothing is pending then.
    pub fn commit(&mut self, now: UnixSeconds, plan: &Plan) -> Result<Bundle, Error> {
        self.active()?;
        self.clear_pending()?;
        let work = self.work_out(now, plan)?;
        let made = self.stage_waiting().and_then(|()| self.build(&work));
        self.unstage_waiting()?;
        let bundle = made?;

        let verdict = match self.group.pending_commit() {
            Some(staged) => gate::commit(&self.view(now), &Sender::Member(self.group.own_leaf_index()), &[], staged),
            None => return Err(Error::Library("the commit is not pending".into())),
        };
        match verdict {
            Ok(verdict) => self.pending = Some(Pending { commit: bundle.commit.clone(), verdict }),
            Err(refused) => {
                self.clear_pending()?;
                return Err(refused.into());
            }
        }
        Ok(bundle)
    }

    fn build(&mut self, work: &Work) -> Result<Bundle, Error> {
        let mut builder = self
            .group
            .commit_builder()
            .consume_proposal_store(true)
            .propose_adds(work.adds.iter().cloned())
            .propose_removals(work.removes.iter().map(|leaf| LeafNodeIndex::new(*leaf)));
        if let Some(leaf) = &work.leaf {
            builder = builder.leaf_node_parameters(leaf.clone());
        }
        if work.state != self.state {
            builder = builder.propose_group_context_extensions(context(&self.service, &work.state)?).map_err(library)?;
        }
        let chosen = |proposal: &QueuedProposal| {
            proposal.proposal_or_ref_type() == ProposalOrRefType::Proposal
                || work.swept.values().any(|swept| swept == proposal.proposal_reference_ref())
        };
        let bundle = builder
            .load_psks(self.store.storage())
            .map_err(library)?
            .create_group_info(true)
            .build(self.store.rand(), self.store.crypto(), &self.signer, chosen)
            .map_err(invalid)?
            .stage_commit(&self.store)
            .map_err(library)?;
        Bundle::from_openmls(bundle)
    }

    fn work_out(&self, now: UnixSeconds, plan: &Plan) -> Result<Work, Error> {
        let me = self.leaf();
        let mut adds = Vec::with_capacity(plan.add.len());
        let mut newcomers = Vec::with_capacity(plan.add.len());
        for bytes in &plan.add {
            let key_package = gate::leaf::parse(bytes)?;
            let newcomer = gate::leaf::read(key_package.leaf_node(), &self.state, now)?;
            if newcomer.credential.not_after <= now {
                // Within the leniency; but another member's clock may be ahead of ours.
                return Err(Refused::Policy { code: "expired", text: "this certificate is over" }.into());
            }
            adds.push(key_package);
            newcomers.push(newcomer);
        }

        let mut removes: BTreeSet<u32> = plan.remove.iter().copied().collect();
        let expired = |entry: &&Entry| entry.is_expired(now.saturating_sub(LENIENCY)) && entry.leaf != me;
        removes.extend(self.roster.iter().filter(expired).map(|entry| entry.leaf));
        let old = |entry: &&Entry| newcomers.iter().any(|newcomer| newcomer.device == entry.device);
        removes.extend(self.roster.iter().filter(old).map(|entry| entry.leaf));
        if removes.contains(&me) {
            return Err(Error::NotNow("nobody removes or replaces itself: another member does it"));
        }
        if removes.iter().any(|leaf| self.entry(*leaf).is_none()) {
            return Err(Error::NotNow("no such member"));
        }

        let swept = self.sweep(&removes)?;
        let targets: BTreeSet<DeviceKey> =
            plan.remove.iter().filter_map(|leaf| self.entry(*leaf)).map(|entry| entry.device).collect();
        let gone = self.gone(now, &removes, &swept, &targets, &newcomers, plan.kick);
        let mut present: BTreeSet<DeviceKey> = self.roster.iter().map(|entry| entry.device).collect();
        for (device, _) in &gone {
            present.remove(device);
        }
        present.extend(newcomers.iter().map(|newcomer| newcomer.device));
        let state = self.state_after(plan, &targets, &gone, &present)?;
        let leaf = plan.renew.as_ref().map(|vouches| self.renewed(now, vouches)).transpose()?;
        Ok(Work { adds, removes, swept: swept.into_iter().map(|(leaf, (by, _))| (leaf, by)).collect(), state, leaf })
    }

    fn renewed(&self, now: UnixSeconds, vouches: &[Vouch]) -> Result<LeafNodeParameters, Error> {
        let key = &self.signer.0;
        let credential = store::credential(&self.device, key, &self.state.room, now, vouches)?;
        Ok(LeafNodeParameters::builder().with_credential_with_key(credential).build())
    }

    /// Which waiting proposals to take: one for each leaf that we do not remove ourselves; their own word before the
    /// service's.
    fn sweep(&self, removes: &BTreeSet<u32>) -> Result<BTreeMap<u32, (ProposalRef, Gone)>, Error> {
        let me = self.leaf();
        let mut swept: BTreeMap<u32, (ProposalRef, Gone)> = BTreeMap::new();
        for waiting in &self.waiting {
            let (leaf, gone) = match (waiting.proposal(), waiting.sender()) {
                (Proposal::SelfRemove, Sender::Member(index)) => (index.u32(), Gone::Left),
                (Proposal::Remove(remove), _) => (remove.removed().u32(), Gone::Vanished),
                _ => continue,
            };
            if leaf == me && gone == Gone::Left {
                return Err(Error::NotNow("we are leaving: somebody else makes the commit"));
            }
            let better = swept.get(&leaf).is_none_or(|(_, known)| *known == Gone::Vanished && gone == Gone::Left);
            if leaf != me && !removes.contains(&leaf) && better {
                swept.insert(leaf, (waiting.proposal_reference_ref().clone(), gone));
            }
        }
        Ok(swept)
    }

    /// How each device goes, in the same words as the gate's.
    fn gone(
        &self,
        now: UnixSeconds,
        removes: &BTreeSet<u32>,
        swept: &BTreeMap<u32, (ProposalRef, Gone)>,
        targets: &BTreeSet<DeviceKey>,
        newcomers: &[Entry],
        kick: bool,
    ) -> Vec<(DeviceKey, Gone)> {
        let how = |entry: &Entry| {
            if let Some((_, gone)) = swept.get(&entry.leaf) {
                return Some(*gone);
            }
            if !removes.contains(&entry.leaf) {
                return None;
            }
            Some(if newcomers.iter().any(|newcomer| newcomer.device == entry.device) {
                Gone::Replaced
            } else if kick && targets.contains(&entry.device) {
                Gone::Kicked
            } else if entry.is_expired(now) {
                Gone::Vanished
            } else {
                Gone::Removed
            })
        };
        self.roster.iter().filter_map(|entry| how(entry).map(|gone| (entry.device, gone))).collect()
    }

    fn state_after(
        &self,
        plan: &Plan,
        targets: &BTreeSet<DeviceKey>,
        gone: &[(DeviceKey, Gone)],
        present: &BTreeSet<DeviceKey>,
    ) -> Result<RoomState, Error> {
        let mut state = self.state.clone();
        let mut lose: BTreeSet<DeviceKey> = plan.demote.iter().copied().collect();
        if plan.kick {
            state.kicked.extend(targets.iter().filter(|device| !self.state.is_kicked(device)));
            lose.extend(targets);
        }
        self.demote(&mut state, &lose);
        for device in &plan.promote {
            if !state.is_moderator(device) {
                state.grant(&self.device, *device);
            }
        }
        if let Some(locked) = plan.locked {
            state.locked = locked;
        }
        if let Some(frozen) = plan.frozen {
            state.frozen = frozen;
            state.locked |= frozen;
        }
        state.away = gate::expected_away(&self.state, &state.kicked, gone, present);
        state.check()?;
        Ok(state)
    }

    /// Takes rights away. Who has them by somebody who loses them keeps them by the creator's own word, if it is the creator
    /// who does this; else they go too.
    fn demote(&self, state: &mut RoomState, lose: &BTreeSet<DeviceKey>) {
        let mut lost = lose.clone();
        let creator = self.device.public() == state.creator;
        for grant in std::mem::take(&mut state.moderators) {
            if lost.contains(&grant.to) {
                continue;
            }
            if !lost.contains(&grant.by) {
                state.moderators.push(grant);
            } else if creator {
                state.grant(&self.device, grant.to);
            } else {
                lost.insert(grant.to);
            }
        }
    }
}

impl Bundle {
    pub(super) fn from_openmls(bundle: CommitMessageBundle) -> Result<Self, Error> {
        let (commit, welcome, group_info) = bundle.into_messages();
        let group_info = group_info.ok_or_else(|| Error::Library("a commit without GroupInfo".into()))?;
        Ok(Self {
            commit: commit.to_bytes().map_err(library)?,
            group_info: group_info.to_bytes().map_err(library)?,
            welcome: welcome.map(|welcome| welcome.to_bytes()).transpose().map_err(library)?,
        })
    }
}

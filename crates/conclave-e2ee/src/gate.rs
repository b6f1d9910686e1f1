//! The policy gate: who may change a group. Deterministic over (agreed state, tree, commit, time), so every member and the
//! delivery service come to the same word. Codes of what it refuses stand beside each rule, in [`Refused::Policy`].
//!
//! What may stand in a commit of a member:
//! - Add, proposed by its maker, of a device that [`admission`] lets in;
//! - Remove, proposed by the delivery service (somebody vanished: goes to `away`), or by the maker: a moderator (not of the
//!   creator; of a moderator the creator only), or anybody for the old leaf of a device that returns in the same commit and
//!   for a leaf whose certificate is over;
//! - SelfRemove of whoever wants to leave;
//! - a new credential in the maker's own leaf: the same device certifies the same leaf key for longer, and the same issuers
//!   vouch for the same names, or fewer of them (a call may last longer than a certificate);
//! - GroupContextExtensions, proposed by the maker, which changes nothing but the [`RoomState`], and that as [`RoomState`] says who
//!   may.
//!
//! In an external commit (join by link): exactly one ExternalInit and one PSK proposal with the room secret's id, and in the
//! authenticated data a proof that the joiner knows the secret. It removes nobody and changes nothing.
//!
//! A device is in the tree once at most. Everything else is refused.

pub mod leaf;
mod link;
mod transition;
mod whole;

pub use link::{PSK_ID, proof_message};
pub(crate) use transition::expected_away;
pub use whole::{Whole, fixed_extensions, group_id, own_group_id, whole};

use crate::identity::{Standing, Vouch};
use crate::member::{Change, Entry, Gone};
use crate::room::{Admission, EXTENSION, Role, RoomState};
use crate::wire::MAX_LEAVES;
use crate::{DeviceKey, Refused, UnixSeconds, member_id};
use openmls::prelude::{LeafNode, LeafNodeIndex, Proposal, ProposalType, PublicGroup, Sender, StagedCommit};
use std::collections::{BTreeMap, BTreeSet};

/// What the gate judges by: the group before the change.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The public group.
    pub group: &'a PublicGroup,
    /// The agreed state.
    pub state: &'a RoomState,
    /// The tree, verified.
    pub roster: &'a [Entry],
    /// Devices on revocation lists that this caller knows of.
    pub revoked: &'a BTreeSet<DeviceKey>,
    /// The time.
    pub now: UnixSeconds,
}

/// What a commit does that the gate passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The leaf that made it; `None`: a joiner by link.
    pub by: Option<u32>,
    /// Who comes (their leaf index is known after the merge only), and whether they return.
    pub added: Vec<(Entry, bool)>,
    /// Who goes, and how.
    pub removed: BTreeMap<u32, Gone>,
    /// The maker, with the new credential of its leaf.
    pub renewed: Option<Entry>,
    /// The state after it.
    pub state: RoomState,
}

pub(crate) fn refuse<T>(code: &'static str, text: &'static str) -> Result<T, Refused> {
    Err(Refused::Policy { code, text })
}

/// Whether somebody may be added by a member with the role `by`; `Ok(true)`: they return. `newcomer` is verified.
pub fn admission(
    state: &RoomState,
    roster: &[Entry],
    revoked: &BTreeSet<DeviceKey>,
    by: Role,
    newcomer: &Entry,
) -> Result<bool, Refused> {
    let returns = returns(state, roster, revoked, &newcomer.device)?;
    let listed = matches!(&newcomer.standing, Standing::Vouched { subject } if state.is_listed(subject));
    if returns || state.admission == Admission::Auto || by >= Role::Moderator || listed {
        return Ok(returns);
    }
    refuse("add_not_allowed", "only a moderator lets somebody in whom no administrator vouches for")
}

/// The rules for newcomers that no role and no secret helps against; `Ok(true)`: the device returns.
fn returns(state: &RoomState, roster: &[Entry], revoked: &BTreeSet<DeviceKey>, device: &DeviceKey) -> Result<bool, Refused> {
    if state.is_kicked(device) {
        return refuse("kicked", "this device was removed for good");
    }
    if revoked.contains(device) {
        return refuse("revoked", "an administrator revoked this device");
    }
    let returns = state.may_return(device) || roster.iter().any(|entry| entry.device == *device);
    if state.locked && !returns {
        return refuse("locked", "the room is locked");
    }
    Ok(returns)
}

/// Whether a proposal that came alone may wait for a commit.
pub fn proposal(view: &View<'_>, sender: &Sender, proposal: &Proposal) -> Result<(), Refused> {
    match (sender, proposal) {
        (Sender::External(_), Proposal::Remove(remove)) => entry(view.roster, remove.removed()).map(|_| ()),
        (Sender::External(_), Proposal::Add(_)) => refuse("server_add", "the server tried to add somebody"),
        (Sender::External(_), _) => refuse("server_proposal", "the server proposed what it has no right to"),
        (Sender::Member(_), Proposal::SelfRemove) => Ok(()),
        _ => refuse("proposal", "a proposal of this kind has no place in a room"),
    }
}

/// The gate: whether a commit that openmls found well formed and authentic may be merged.
pub fn commit(view: &View<'_>, sender: &Sender, aad: &[u8], staged: &StagedCommit) -> Result<Verdict, Refused> {
    let state = state_after(view, staged)?;
    match sender {
        Sender::Member(index) => {
            if !aad.is_empty() {
                return refuse("aad", "a commit carries data that nobody asked for");
            }
            member_commit(view, *index, staged, state)
        }
        Sender::NewMemberCommit => link::commit(view, aad, staged, state),
        _ => refuse("sender", "only members change the group"),
    }
}

/// The state in the group context after the commit; nothing else in the context's extensions may have changed.
fn state_after(view: &View<'_>, staged: &StagedCommit) -> Result<RoomState, Refused> {
    let (old, new) = (view.group.group_context().extensions(), staged.group_context().extensions());
    let rest = |extensions: &openmls::prelude::Extensions<openmls::prelude::GroupContext>| {
        let mut rest: Vec<_> = extensions.iter().filter(|e| u16::from(e.extension_type()) != EXTENSION).cloned().collect();
        rest.sort_by_key(|e| u16::from(e.extension_type()));
        rest
    };
    if rest(old) != rest(new) {
        return refuse("extensions", "a commit changes what nobody may change: external senders or other extensions");
    }
    match (old.unknown(EXTENSION), new.unknown(EXTENSION)) {
        (Some(old), Some(new)) if old == new => Ok(view.state.clone()),
        (_, Some(new)) => RoomState::decode(&new.0),
        (_, None) => refuse("extensions", "a commit takes the room's state away"),
    }
}

fn entry(roster: &[Entry], index: LeafNodeIndex) -> Result<&Entry, Refused> {
    roster.iter().find(|entry| entry.leaf == index.u32()).ok_or_else(|| Refused::Invalid("it names a leaf that is empty".into()))
}

fn member_commit(view: &View<'_>, index: LeafNodeIndex, staged: &StagedCommit, state: RoomState) -> Result<Verdict, Refused> {
    let maker = entry(view.roster, index)?;
    let renewed = match (staged.update_path_leaf_node(), view.group.leaf(index)) {
        (Some(new), Some(old)) => renewal(view, maker, old, new)?,
        _ => None,
    };
    for queued in staged.queued_proposals() {
        let by_maker = matches!(queued.sender(), Sender::Member(from) if *from == index);
        match (queued.proposal(), queued.sender()) {
            (Proposal::Add(_), Sender::External(_)) => return refuse("server_add", "the server tried to add somebody"),
            (Proposal::Add(_) | Proposal::GroupContextExtensions(_), _) if by_maker => {}
            (Proposal::Remove(_), Sender::External(_)) => {}
            (Proposal::Remove(_), _) if by_maker => {}
            (Proposal::SelfRemove, Sender::Member(_)) => {}
            (Proposal::Update(_), _) => return refuse("leaf_changed", "a member tries to change its leaf"),
            _ => return refuse("proposal", "a commit carries a proposal that has no place in it"),
        }
    }

    let added = added(view, maker, staged)?;
    let removed = removed(view, maker, staged, &state, &added)?;
    let present = present_after(view, &removed, &added)?;
    let gone: Vec<(DeviceKey, Gone)> =
        view.roster.iter().filter_map(|e| removed.get(&e.leaf).map(|gone| (e.device, *gone))).collect();
    transition::check(view.state, &state, maker.device, &gone, &present)?;
    Ok(Verdict { by: Some(index.u32()), added, removed, renewed, state })
}

/// An update path brings a new encryption key, and nothing else but what makes the same credential last longer.
fn renewal(view: &View<'_>, maker: &Entry, old: &LeafNode, new: &LeafNode) -> Result<Option<Entry>, Refused> {
    let changed = || refuse("leaf_changed", "a member tries to change its leaf");
    let same = old.signature_key() == new.signature_key()
        && old.capabilities() == new.capabilities()
        && old.extensions() == new.extensions();
    if !same {
        return changed();
    }
    if old.credential() == new.credential() {
        return Ok(None);
    }
    let mut renewed = leaf::read_existing(new, view.state, view.now)?;
    let (before, after) = (&maker.credential, &renewed.credential);
    let known = |vouch: &Vouch| before.vouches.iter().any(|old| (old.issuer, &old.subject) == (vouch.issuer, &vouch.subject));
    if after.device != before.device || after.not_after < before.not_after || !after.vouches.iter().all(known) {
        return changed();
    }
    after.verify(view.now, &view.state.room, new.signature_key().as_slice())?;
    renewed.leaf = maker.leaf;
    Ok(Some(renewed))
}

fn added(view: &View<'_>, maker: &Entry, staged: &StagedCommit) -> Result<Vec<(Entry, bool)>, Refused> {
    let role = view.state.role_of(&maker.device);
    staged
        .add_proposals()
        .map(|add| {
            let node = add.add_proposal().key_package().leaf_node();
            let newcomer = leaf::read(node, view.state, view.now)?;
            let returns = admission(view.state, view.roster, view.revoked, role, &newcomer)?;
            Ok((newcomer, returns))
        })
        .collect()
}

fn removed(
    view: &View<'_>,
    maker: &Entry,
    staged: &StagedCommit,
    state: &RoomState,
    added: &[(Entry, bool)],
) -> Result<BTreeMap<u32, Gone>, Refused> {
    let role = view.state.role_of(&maker.device);
    let mut removed = BTreeMap::new();
    for queued in staged.queued_proposals() {
        let (target, service) = match (queued.proposal(), queued.sender()) {
            (Proposal::Remove(remove), sender) => (entry(view.roster, remove.removed())?, matches!(sender, Sender::External(_))),
            (Proposal::SelfRemove, Sender::Member(index)) => {
                let left = entry(view.roster, *index)?;
                let gone = if state.is_kicked(&left.device) { Gone::Kicked } else { Gone::Left };
                removed.insert(left.leaf, gone);
                continue;
            }
            _ => continue,
        };
        let replacement = added.iter().find(|(newcomer, _)| newcomer.device == target.device);
        let gone = if let Some((newcomer, _)) = replacement {
            // An old KeyPackage of somebody, played again, must not put them out.
            if newcomer.credential.not_after < target.credential.not_after {
                return refuse("stale", "the leaf that shall be replaced is newer than the one that replaces it");
            }
            Gone::Replaced
        } else if state.is_kicked(&target.device) {
            Gone::Kicked
        } else if service || target.is_expired(view.now) {
            Gone::Vanished
        } else {
            Gone::Removed
        };
        if gone == Gone::Removed || gone == Gone::Kicked && !service {
            may_remove(view.state, role, target)?;
        }
        removed.insert(target.leaf, gone);
    }
    Ok(removed)
}

/// Whether a role is enough to remove (or kick) somebody.
fn may_remove(state: &RoomState, by: Role, target: &Entry) -> Result<(), Refused> {
    match (by, state.role_of(&target.device)) {
        (_, Role::Creator) => refuse("creator", "nobody removes the creator of a room"),
        (Role::Creator, _) | (Role::Moderator, Role::Member) => Ok(()),
        (Role::Moderator, Role::Moderator) => refuse("moderator", "only the creator removes a moderator"),
        (Role::Member, _) => refuse("remove_not_allowed", "only a moderator removes somebody"),
    }
}

/// Everybody in the tree after the commit; a device once at most, and not too many.
fn present_after(
    view: &View<'_>,
    removed: &BTreeMap<u32, Gone>,
    added: &[(Entry, bool)],
) -> Result<BTreeSet<DeviceKey>, Refused> {
    let stay = view.roster.iter().filter(|entry| !removed.contains_key(&entry.leaf));
    let mut present = BTreeSet::new();
    for entry in stay.chain(added.iter().map(|(entry, _)| entry)) {
        if !present.insert(entry.device) {
            return refuse("device_twice", "this device is in the group already");
        }
    }
    if present.len() > MAX_LEAVES {
        return Err(Refused::TooLarge("members"));
    }
    Ok(present)
}

/// Whether somebody's leaf supports what every leaf of a room must support.
pub(crate) fn supports(leaf: &LeafNode) -> bool {
    let capabilities = leaf.capabilities();
    let extensions: Vec<u16> = capabilities.extensions().iter().map(|e| u16::from(*e)).collect();
    capabilities.proposals().contains(&ProposalType::SelfRemove)
        && [EXTENSION, leaf::EXTENSION].iter().all(|needed| extensions.contains(needed))
}

impl Verdict {
    /// After the merge: the new roster, and what changed.
    pub(crate) fn settle(self, group: &PublicGroup, before: &[Entry], state_before: &RoomState) -> Option<(Vec<Entry>, Change)> {
        let mut roster = Vec::with_capacity(before.len() + self.added.len());
        let mut added = Vec::with_capacity(self.added.len());
        for member in group.members() {
            let leaf = member.index.u32();
            let id = member_id(&member.signature_key);
            let newcomer = self.added.iter().find(|(entry, _)| entry.member == id);
            let stays = before.iter().find(|entry| entry.leaf == leaf && entry.member == id);
            let renewed = self.renewed.as_ref().filter(|entry| entry.leaf == leaf && stays.is_some());
            let mut entry = newcomer.map(|(entry, _)| entry).or(renewed).or(stays)?.clone();
            entry.leaf = leaf;
            entry.role = self.state.role_of(&entry.device);
            if let Some((_, returns)) = newcomer {
                added.push((entry.clone(), *returns));
            }
            roster.push(entry);
        }
        let by = match self.by {
            Some(leaf) => before.iter().find(|entry| entry.leaf == leaf)?.clone(),
            None => added.first()?.0.clone(),
        };
        let gone = |entry: &Entry| self.removed.get(&entry.leaf).map(|gone| (entry.clone(), *gone));
        let change = Change {
            epoch: group.group_context().epoch().as_u64(),
            by,
            added,
            removed: before.iter().filter_map(gone).collect(),
            renewed: self.renewed.is_some(),
            state_before: (*state_before != self.state).then(|| state_before.clone()),
            we_are_out: false,
        };
        Some((roster, change))
    }
}

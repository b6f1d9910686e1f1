//! One leaf of one group: MLS operations with the gate in front of every merge.
//!
//! Commits are two-phase: [`Member::commit`] makes one and keeps it pending; when the delivery service broadcasts a commit
//! of the epoch, [`Member::process`] merges ours if the bytes are ours, and else drops the pending one and processes the
//! winner.

mod commit;
pub(crate) mod join;
pub(crate) mod store;

use crate::gate::{self, Verdict, View};
use crate::identity::{Credential, Device, Standing, Vouch};
use crate::private::PrivateKey;
use crate::room::{Role, RoomState};
use crate::wire::{MAX_BYTES, MAX_LEAVES};
use crate::{DeviceKey, Error, IssuerKey, MemberId, Refused, UnixSeconds, media, member_id, safety};
use openmls::prelude::{
    ContentType, LeafNodeIndex, MlsGroup, OpenMlsProvider as _, ProcessedMessageContent, Proposal, ProtocolMessage,
    QueuedProposal, Sender, StagedCommit,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use store::{LeafSigner, NewLeaf, PAST_EPOCHS, Store};
use zeroize::Zeroizing;

/// Who joins. The leaf key is made by the caller, who proved it to the control plane already (its member id is its hash).
pub struct Me {
    /// The device that certifies the leaf.
    pub device: std::sync::Arc<Device>,
    /// The Ed25519 leaf key of this session.
    pub leaf: ed25519_dalek::SigningKey,
    /// Vouches to show.
    pub vouches: Vec<Vouch>,
}

/// What a joiner insists on: a group that says less is refused before anything is sent to it.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// The room's name.
    pub room: String,
    /// The delivery service's key, from `welcome`: the only external sender.
    pub service: [u8; 32],
    /// At least this mode ([`crate::Mode::Strict`] unless link, flag or own record say otherwise).
    pub mode: Option<crate::Mode>,
    /// The state of the generation this device was in before: creator, issuers, kicked must not have been weakened.
    pub before: Option<RoomState>,
}

/// One line of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Leaf index.
    pub leaf: u32,
    /// Member id (hash of the leaf key).
    pub member: MemberId,
    /// The lasting identity.
    pub device: DeviceKey,
    /// How they are known, by the room's issuers (never `Pinned`: that is the client's memory).
    pub standing: Standing,
    /// What they may do.
    pub role: Role,
    /// When the standing was judged: vouches that were over then count for nobody.
    pub as_of: UnixSeconds,
    /// The whole credential.
    pub credential: Credential,
}

impl Entry {
    /// How they are known to a user who trusts these issuers: a room's own list of issuers is its founder's word, and counts
    /// for nothing by itself. Who trusts the key of the server's accounts takes its word for a vouch.
    pub fn standing_for(&self, trusted: &[IssuerKey]) -> Standing {
        match (&self.standing, self.vouched_by(trusted)) {
            (Standing::Vouched { .. } | Standing::Account { .. }, Some(subject)) => {
                Standing::Vouched { subject: subject.to_owned() }
            }
            (Standing::Vouched { .. }, None) => Standing::Guest,
            (other, _) => other.clone(),
        }
    }

    /// As whom one of these issuers vouches for the device.
    pub fn vouched_by(&self, trusted: &[IssuerKey]) -> Option<&str> {
        self.credential.vouched_by(self.as_of, trusted)
    }
}

/// What a commit shall do. Pending proposals (SelfRemove, the service's Remove) are always swept in.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// KeyPackages to add. One whose device is in the tree or away returns: its old leaf is removed in the same commit.
    pub add: Vec<Vec<u8>>,
    /// Leaves to remove (moderators).
    pub remove: Vec<u32>,
    /// Also refuse the devices of `remove` until the end.
    pub kick: bool,
    /// Grant moderator rights (a moderator's client signs).
    pub promote: Vec<DeviceKey>,
    /// Take them away (creator, or oneself).
    pub demote: Vec<DeviceKey>,
    /// Certify our leaf anew, with these vouches (of the same issuers, for the same names).
    pub renew: Option<Vec<Vouch>>,
    /// New values of what a moderator may switch; `None` = unchanged.
    pub locked: Option<bool>,
    /// See `locked`.
    pub frozen: Option<bool>,
}

/// What a commit sends to the delivery service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bundle {
    /// PublicMessage.
    pub commit: Vec<u8>,
    /// GroupInfo of the new epoch, without the tree.
    pub group_info: Vec<u8>,
    /// Welcome for those who were added, without the tree.
    pub welcome: Option<Vec<u8>>,
}

/// What changed by a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The new epoch.
    pub epoch: u64,
    /// Who made the commit (the joiner itself for a join by link).
    pub by: Entry,
    /// New leaves, and whether each returns (was in before).
    pub added: Vec<(Entry, bool)>,
    /// Leaves that are gone, with how.
    pub removed: Vec<(Entry, Gone)>,
    /// Its maker's credential is good for longer now.
    pub renewed: bool,
    /// The agreed state before, if it changed.
    pub state_before: Option<RoomState>,
    /// We are no longer in.
    pub we_are_out: bool,
}

/// How a leaf went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gone {
    /// They proposed it themselves.
    Left,
    /// The delivery service: they vanished.
    Vanished,
    /// A moderator.
    Removed,
    /// A moderator, for good.
    Kicked,
    /// Replaced by a new leaf of the same device in the same commit.
    Replaced,
}

/// What [`Member::process`] made of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Processed {
    /// A commit was merged.
    Change(Box<Change>),
    /// A proposal waits for the next commit.
    Proposal,
    /// An application message, decrypted and authenticated.
    Message {
        /// Sender's leaf.
        leaf: u32,
        /// Sender.
        member: MemberId,
        /// Content.
        content: Vec<u8>,
    },
}

/// A KeyPackage's private half: somebody who knocked.
pub struct Waiting {
    leaf: Box<NewLeaf>,
}

/// A member of a group.
pub struct Member {
    store: Store,
    signer: LeafSigner,
    private: PrivateKey,
    device: Arc<Device>,
    me: MemberId,
    group: MlsGroup,
    service: [u8; 32],
    state: RoomState,
    roster: Vec<Entry>,
    /// The rosters of past epochs: who sent what still arrives from them.
    past: VecDeque<(u64, Vec<Entry>)>,
    /// Proposals for the next commit. They stand in openmls' own store only while a commit is made or read: with proposals
    /// in it openmls seals no application message (RFC 9420, section 12.4, wants a commit first), and the server could
    /// silence everybody by proposing.
    waiting: Vec<QueuedProposal>,
    pending: Option<Pending>,
    /// Our join by link, until the service broadcasts it: the commit, and whether we returned.
    linked: Option<(Vec<u8>, bool)>,
    /// Our own SelfRemove proposal, which comes back to us like to everybody.
    leaving: Option<Vec<u8>>,
    revoked: BTreeSet<DeviceKey>,
    out: bool,
}

/// A commit of ours that the service has not taken yet.
struct Pending {
    commit: Vec<u8>,
    verdict: Verdict,
}

fn library(error: impl std::fmt::Debug) -> Error {
    Error::Library(format!("{error:?}"))
}

impl Member {
    /// Takes a PublicMessage (commit, proposal) or PrivateMessage (application) in. The gate runs before anything is merged;
    /// after an error everything is as it was, a pending commit of ours too.
    pub fn process(&mut self, now: UnixSeconds, message: &[u8]) -> Result<Processed, Error> {
        self.active()?;
        if let Some(change) = self.own(message)? {
            return Ok(Processed::Change(Box::new(change)));
        }
        if self.leaving.as_deref() == Some(message) {
            return Ok(Processed::Proposal);
        }
        let message: ProtocolMessage = join::message(message)?.try_into_protocol_message().map_err(join::invalid)?;
        if message.group_id() != self.group.group_id() {
            return Err(Refused::Invalid("it belongs to another group".into()).into());
        }
        let (theirs, ours) = (message.epoch().as_u64(), self.group.epoch().as_u64());
        if theirs > ours || theirs < ours && message.content_type() != ContentType::Application {
            return Err(Refused::WrongEpoch { their_generation: self.state.generation, theirs }.into());
        }
        if message.content_type() == ContentType::Commit {
            let staged = self.stage_waiting();
            let processed = staged.and_then(|()| self.handle(now, message));
            self.unstage_waiting()?;
            processed
        } else {
            self.handle(now, message)
        }
    }

    fn handle(&mut self, now: UnixSeconds, message: ProtocolMessage) -> Result<Processed, Error> {
        let processed = self.group.process_message(&self.store, message).map_err(refused)?;
        let (sender, epoch, aad) = (processed.sender().clone(), processed.epoch().as_u64(), processed.aad().to_vec());
        match processed.into_content() {
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                let verdict = gate::commit(&self.view(now), &sender, &aad, &staged)?;
                self.merge(*staged, verdict).map(|change| Processed::Change(Box::new(change)))
            }
            ProcessedMessageContent::ProposalMessage(proposal) => {
                gate::proposal(&self.view(now), &sender, proposal.proposal())?;
                self.wait(*proposal)?;
                Ok(Processed::Proposal)
            }
            ProcessedMessageContent::ApplicationMessage(content) => {
                let content = content.into_bytes();
                let Sender::Member(index) = sender else {
                    return Err(Refused::Invalid("a message from outside".into()).into());
                };
                let entry = self.author(index.u32(), epoch)?;
                Ok(Processed::Message { leaf: index.u32(), member: entry.member.clone(), content })
            }
            ProcessedMessageContent::OwnPrivateMessage => Err(Error::NotNow("it is our own message")),
            _ => Err(Refused::Policy { code: "proposal", text: "a message of this kind has no place in a room" }.into()),
        }
    }

    /// Who wrote a message in an epoch. Who is out is not heard any more, in no epoch.
    fn author(&self, leaf: u32, epoch: u64) -> Result<&Entry, Error> {
        let (_, now) = self.epoch();
        let then = if epoch == now {
            &self.roster
        } else {
            let past = self.past.iter().find(|(past, _)| *past == epoch);
            past.map(|(_, roster)| roster).ok_or_else(|| Refused::Invalid("a message from long ago".into()))?
        };
        let author = then.iter().find(|entry| entry.leaf == leaf);
        author
            .filter(|author| self.roster.iter().any(|entry| entry.member == author.member))
            .ok_or_else(|| Refused::Policy { code: "gone", text: "who is no longer in the group is not heard" }.into())
    }

    /// Our own commit or join by link, when the service broadcasts it.
    fn own(&mut self, message: &[u8]) -> Result<Option<Change>, Error> {
        if self.pending.as_ref().is_some_and(|pending| pending.commit == message) {
            let Some(pending) = self.pending.take() else { return Ok(None) };
            self.group.merge_pending_commit(&self.store).map_err(library)?;
            return self.settle(pending.verdict).map(Some);
        }
        if self.linked.as_ref().is_some_and(|(commit, _)| commit == message) {
            let Some((_, returned)) = self.linked.take() else { return Ok(None) };
            let (_, epoch) = self.epoch();
            let Some(me) = self.roster.iter().find(|entry| entry.member == self.me).cloned() else { return Ok(None) };
            let added = vec![(me.clone(), returned)];
            let removed = Vec::new();
            let change = Change { epoch, by: me, added, removed, renewed: false, state_before: None, we_are_out: false };
            return Ok(Some(change));
        }
        Ok(None)
    }

    fn merge(&mut self, staged: StagedCommit, verdict: Verdict) -> Result<Change, Error> {
        self.group.merge_staged_commit(&self.store, staged).map_err(library)?;
        self.pending = None;
        self.settle(verdict)
    }

    /// After a merge: the new roster and state.
    fn settle(&mut self, verdict: Verdict) -> Result<Change, Error> {
        self.linked = None;
        self.leaving = None;
        self.waiting.clear();
        let state = verdict.state.clone();
        let settled = verdict.settle(self.group.public_group(), &self.roster, &self.state);
        let (roster, mut change) = settled.ok_or_else(|| Error::Library("the tree is not what the commit said".into()))?;
        self.past.push_back((change.epoch.saturating_sub(1), std::mem::replace(&mut self.roster, roster)));
        if self.past.len() > PAST_EPOCHS {
            self.past.pop_front();
        }
        self.state = state;
        self.out = !self.group.is_active();
        change.we_are_out = self.out;
        if self.out {
            self.past.clear();
        }
        Ok(change)
    }

    fn wait(&mut self, proposal: QueuedProposal) -> Result<(), Refused> {
        let known = self.waiting.iter().any(|known| known.proposal_reference_ref() == proposal.proposal_reference_ref());
        if self.waiting.len() >= 2 * MAX_LEAVES {
            return Err(Refused::TooLarge("waiting proposals"));
        }
        if !known {
            self.waiting.push(proposal);
        }
        Ok(())
    }

    fn stage_waiting(&mut self) -> Result<(), Error> {
        for proposal in &self.waiting {
            self.group.store_pending_proposal(self.store.storage(), proposal.clone()).map_err(library)?;
        }
        Ok(())
    }

    fn unstage_waiting(&mut self) -> Result<(), Error> {
        self.group.clear_pending_proposals(self.store.storage()).map_err(library)
    }

    fn view(&self, now: UnixSeconds) -> View<'_> {
        View { group: self.group.public_group(), state: &self.state, roster: &self.roster, revoked: &self.revoked, now }
    }

    fn active(&self) -> Result<(), Error> {
        if self.out { Err(Error::NotNow("we are out of this group")) } else { Ok(()) }
    }

    /// Devices on revocation lists: the gate of this member lets none of them in.
    pub fn set_revoked(&mut self, revoked: BTreeSet<DeviceKey>) {
        self.revoked = revoked;
    }

    /// Drops the pending commit: it was not taken.
    pub fn clear_pending(&mut self) -> Result<(), Error> {
        self.pending = None;
        self.group.clear_pending_commit(self.store.storage()).map_err(library)
    }

    /// Whether a commit of ours waits for the service.
    pub fn has_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Leaves whose removal waits for a commit, each once.
    pub fn proposed_removals(&self) -> Vec<u32> {
        let leaf = |waiting: &QueuedProposal| match (waiting.proposal(), waiting.sender()) {
            (Proposal::Remove(remove), _) => Some(remove.removed().u32()),
            (Proposal::SelfRemove, Sender::Member(index)) => Some(index.u32()),
            _ => None,
        };
        self.waiting.iter().filter_map(leaf).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// A SelfRemove proposal, to be sent before leaving. A pending commit of ours is dropped: who leaves makes none.
    pub fn propose_leave(&mut self) -> Result<Vec<u8>, Error> {
        self.active()?;
        self.clear_pending()?;
        let proposal = self.group.leave_group_via_self_remove(&self.store, &self.signer).map_err(library)?;
        let own: Vec<QueuedProposal> = self.group.pending_proposals().cloned().collect();
        self.unstage_waiting()?;
        for proposal in own {
            self.wait(proposal)?;
        }
        let proposal = proposal.to_bytes().map_err(library)?;
        self.leaving = Some(proposal.clone());
        Ok(proposal)
    }

    /// Seals an application message for all members, padded to a multiple of 128 bytes.
    pub fn seal(&mut self, content: &[u8]) -> Result<Vec<u8>, Error> {
        self.active()?;
        if content.len() > MAX_BYTES / 2 {
            return Err(Refused::TooLarge("message").into());
        }
        let message = self.group.create_message(&self.store, &self.signer, content).map_err(library)?;
        message.to_bytes().map_err(library)
    }

    /// The roster: the tree, by leaf index.
    pub fn roster(&self) -> Vec<Entry> {
        self.roster.clone()
    }

    /// Time passes: who is known otherwise than before, because a vouch or a certificate is over.
    pub fn refresh(&mut self, now: UnixSeconds) -> Vec<Entry> {
        let mut changed = Vec::new();
        for entry in &mut self.roster {
            let standing = match entry.is_expired(now) {
                true => Standing::Guest,
                false => entry.credential.standing(now, &self.state),
            };
            // A vouch of an issuer that is not the room's may count for our user.
            let lapsed = |vouch: &Vouch| vouch.verify(entry.as_of) && !vouch.verify(now);
            let other = standing != entry.standing || entry.credential.vouches.iter().any(lapsed);
            (entry.standing, entry.as_of) = (standing, now);
            if other {
                changed.push(entry.clone());
            }
        }
        changed
    }

    /// Who is at a leaf.
    pub fn entry(&self, leaf: u32) -> Option<&Entry> {
        self.roster.iter().find(|entry| entry.leaf == leaf)
    }

    /// Our own leaf index.
    pub fn leaf(&self) -> u32 {
        self.group.own_leaf_index().u32()
    }

    /// The agreed state.
    pub fn state(&self) -> &RoomState {
        &self.state
    }

    /// What the next generation of this group begins with, if one must: everybody here may return to it.
    pub fn next_generation(&self) -> RoomState {
        self.state.next_generation(self.roster.iter().map(|entry| entry.device))
    }

    /// Generation and epoch.
    pub fn epoch(&self) -> (u64, u64) {
        (self.state.generation, self.group.epoch().as_u64())
    }

    pub(crate) fn group_id(&self) -> &[u8] {
        self.group.group_id().as_slice()
    }

    /// The present epoch's media keys.
    pub fn media_keys(&self) -> Result<media::EpochKeys, Error> {
        self.active()?;
        let base = self.group.export_secret(self.store.crypto(), "SFrame 1.0 Base Key", &[], 32).map_err(library)?;
        let leaves: BTreeMap<u32, MemberId> = self.roster.iter().map(|entry| (entry.leaf, entry.member.clone())).collect();
        Ok(media::EpochKeys { epoch: self.epoch(), base: Zeroizing::new(base), me: self.leaf(), leaves })
    }

    /// What the safety code of this epoch is computed from.
    pub fn safety_material(&self) -> safety::Material {
        safety::Material {
            epoch: self.epoch(),
            authenticator: self.group.epoch_authenticator().as_slice().to_vec(),
            roster: self.roster.iter().map(|entry| (entry.leaf, entry.device)).collect(),
        }
    }

    /// The X25519 key in somebody's leaf to which private messages are sealed ([`crate::private`]).
    pub fn private_key_of(&self, leaf: u32) -> Option<[u8; 32]> {
        self.group.public_group().leaf(LeafNodeIndex::new(leaf)).and_then(gate::leaf::private_key)
    }

    /// The private half of the key in our own leaf.
    pub fn private_key(&self) -> &PrivateKey {
        &self.private
    }

    /// Our own member id.
    pub fn id(&self) -> &MemberId {
        &self.me
    }
}

/// openmls' word about a message. A join by link that we cannot follow for lack of the secret has its own code.
fn refused<E: std::fmt::Debug>(error: openmls::prelude::ProcessMessageError<E>) -> Refused {
    let text = format!("{error:?}");
    if text.contains("PskError(KeyNotFound)") {
        return Refused::Policy { code: "secret_unknown", text: "somebody joined by link, and we do not know the room secret" };
    }
    Refused::Invalid(text)
}

impl Me {
    /// The member id of this session's leaf key.
    pub fn id(&self) -> MemberId {
        member_id(self.leaf.verifying_key().as_bytes())
    }
}

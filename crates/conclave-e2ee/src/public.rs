//! A group as its delivery service sees it: tree, state, proposals; no secret. It runs the same gate as the members, before
//! anything is kept or broadcast.

use crate::gate::{self, Verdict, View, Whole};
use crate::member::join::{group_info as read_group_info, message, public_group};
use crate::member::store::LeafSigner;
use crate::member::{Change, Entry};
use crate::room::RoomState;
use crate::wire::{MAX_BYTES, MAX_LEAVES};
use crate::{DeviceKey, Error, MemberId, Refused, UnixSeconds, member_id};
use openmls::ciphersuite::signable::Verifiable as _;
use openmls::ciphersuite::signature::OpenMlsSignaturePublicKey;
use openmls::prelude::{
    ContentType, ExtensionType, Extensions, ExternalProposal, GroupContext, LeafNodeIndex, OpenMlsProvider as _,
    ProcessedMessageContent, Proposal, ProtocolMessage, PublicGroup, QueuedProposal, Sender, SenderExtensionIndex,
    SignaturePublicKey, StagedCommit,
};
use openmls_rust_crypto::OpenMlsRustCrypto;
use std::collections::BTreeSet;
use tls_codec::{Deserialize as _, Serialize as _, VLBytes};

/// The public state of one group.
pub struct PublicState {
    provider: OpenMlsRustCrypto,
    group: PublicGroup,
    state: RoomState,
    roster: Vec<Entry>,
    proposals: Vec<(u32, bool)>,
    revoked: BTreeSet<DeviceKey>,
}

/// A commit that the gate passed and that is not merged yet.
pub struct Staged {
    commit: Box<StagedCommit>,
    verdict: Verdict,
    /// Whose signature the GroupInfo of the new epoch must carry: the commit's maker.
    signer: (u32, SignaturePublicKey),
    tag: Vec<u8>,
    /// The epoch that it was made in.
    epoch: u64,
}

/// What a message did, or would do.
pub enum PublicChange {
    /// A proposal waits for the next commit; whose leaf it removes.
    Proposal(u32),
    /// A commit: take it with [`PublicState::accept`].
    Commit(Box<Staged>),
}

impl PublicState {
    /// Reads GroupInfo (without a tree) and tree: of a group that is being founded, or of a stored one. `service`: our own
    /// key, which must be the only external sender.
    pub fn from_group(group_info: &[u8], tree: &[u8], room: &str, service: &[u8; 32], now: UnixSeconds) -> Result<Self, Refused> {
        let provider = OpenMlsRustCrypto::default();
        let group = public_group(&provider, group_info, tree)?;
        only_external_pub(&read_group_info(group_info)?)?;
        let Whole { state, roster } = gate::whole(&group, room, service, now)?;
        Ok(Self { provider, group, state, roster, proposals: Vec::new(), revoked: BTreeSet::new() })
    }

    /// Checks a founding, beyond what [`PublicState::from_group`] checks: epoch 0, and its maker alone in it.
    pub fn check_founding(&self, by: &str, generation: u64) -> Result<(), Refused> {
        let alone = matches!(self.roster.as_slice(), [only] if only.member == by);
        if self.epoch() != 0 || self.state.generation != generation || !alone {
            return gate::refuse("founding", "a group begins with its founder alone, in epoch 0 of the right generation");
        }
        Ok(())
    }

    /// Devices on revocation lists: let in by no commit.
    pub fn set_revoked(&mut self, revoked: BTreeSet<DeviceKey>) {
        self.revoked = revoked;
    }

    /// Checks a message of the group. A proposal is kept for the next commit; a commit is not merged before
    /// [`PublicState::accept`].
    pub fn process(&mut self, now: UnixSeconds, bytes: &[u8]) -> Result<PublicChange, Refused> {
        let parsed: ProtocolMessage = message(bytes)?.try_into_protocol_message().map_err(invalid)?;
        if parsed.group_id() != self.group.group_id() {
            return Err(Refused::Invalid("it belongs to another group".into()));
        }
        if parsed.epoch() != self.group.group_context().epoch() {
            let theirs = parsed.epoch().as_u64();
            return Err(Refused::WrongEpoch { their_generation: self.state.generation, theirs });
        }
        if parsed.content_type() == ContentType::Application {
            return Err(Refused::Invalid("an application message in the clear".into()));
        }
        let processed = self.group.process_message(self.provider.crypto(), parsed).map_err(invalid)?;
        let (sender, aad) = (processed.sender().clone(), processed.aad().to_vec());
        match processed.into_content() {
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                let verdict = gate::commit(&self.view(now), &sender, &aad, &staged)?;
                let signer = self.signer(&sender, &staged)?;
                let tag = confirmation_tag(bytes, &sender).ok_or_else(|| Refused::Invalid("confirmation tag".into()))?;
                Ok(PublicChange::Commit(Box::new(Staged { commit: staged, verdict, signer, tag, epoch: self.epoch() })))
            }
            ProcessedMessageContent::ProposalMessage(proposal) => {
                gate::proposal(&self.view(now), &sender, proposal.proposal())?;
                self.wait(*proposal).map(PublicChange::Proposal)
            }
            _ => gate::refuse("proposal", "a message of this kind has no place in a room"),
        }
    }

    fn wait(&mut self, proposal: QueuedProposal) -> Result<u32, Refused> {
        let (leaf, own) = match (proposal.proposal(), proposal.sender()) {
            (Proposal::Remove(remove), _) => (remove.removed().u32(), false),
            (Proposal::SelfRemove, Sender::Member(index)) => (index.u32(), true),
            _ => return gate::refuse("proposal", "a proposal of this kind has no place in a room"),
        };
        if self.proposals.len() >= 2 * MAX_LEAVES {
            return Err(Refused::TooLarge("waiting proposals"));
        }
        self.group.add_proposal(self.provider.storage(), proposal).map_err(invalid)?;
        self.proposals.push((leaf, own));
        Ok(leaf)
    }

    /// The leaf and key that sign the GroupInfo after a commit.
    fn signer(&self, sender: &Sender, staged: &StagedCommit) -> Result<(u32, SignaturePublicKey), Refused> {
        match sender {
            Sender::Member(index) => {
                let leaf = self.group.leaf(*index).ok_or_else(|| Refused::Invalid("an empty leaf".into()))?;
                Ok((index.u32(), leaf.signature_key().clone()))
            }
            _ => {
                let index = self.group.ext_commit_sender_index(staged).map_err(invalid)?;
                let leaf = staged.update_path_leaf_node().ok_or_else(|| Refused::Invalid("no leaf".into()))?;
                Ok((index.u32(), leaf.signature_key().clone()))
            }
        }
    }

    /// Merges a commit if the GroupInfo beside it is the one of its epoch; else nothing changes.
    pub fn accept(&mut self, staged: Staged, group_info: &[u8]) -> Result<Change, Refused> {
        if staged.epoch != self.epoch() {
            return Err(Refused::WrongEpoch { their_generation: self.state.generation, theirs: staged.epoch });
        }
        let context = staged.commit.group_context();
        check_group_info(group_info, context, &staged.tag, |leaf| (leaf == staged.signer.0).then(|| staged.signer.1.clone()))?;
        let state = staged.verdict.state.clone();
        self.group.merge_commit(self.provider.storage(), *staged.commit).map_err(invalid)?;
        self.proposals.clear();
        let settled = staged.verdict.settle(&self.group, &self.roster, &self.state);
        let (roster, change) = settled.ok_or_else(|| Refused::Invalid("the tree is not what the commit said".into()))?;
        self.roster = roster;
        self.state = state;
        Ok(change)
    }

    /// Whether a GroupInfo belongs to the present epoch: context (group id, epoch, tree hash, transcript), confirmation tag,
    /// signature of a member.
    pub fn check_group_info(&self, group_info: &[u8]) -> Result<(), Refused> {
        let tag = self.group.confirmation_tag().tls_serialize_detached().map_err(invalid)?;
        let key = |leaf| self.group.leaf(LeafNodeIndex::new(leaf)).map(|leaf| leaf.signature_key().clone());
        check_group_info(group_info, self.group.group_context(), &tag, key)
    }

    /// Proposes the removal of a leaf, as the external sender. `seed`: the 32-byte Ed25519 seed of the service's key. The
    /// result goes through [`PublicState::process`] and then to the members.
    pub fn propose_remove(&self, leaf: u32, seed: &zeroize::Zeroizing<[u8; 32]>) -> Result<Vec<u8>, Error> {
        let context = self.group.group_context();
        let signer = LeafSigner(ed25519_dalek::SigningKey::from_bytes(seed));
        let proposal = ExternalProposal::new_remove::<OpenMlsRustCrypto>(
            LeafNodeIndex::new(leaf),
            context.group_id().clone(),
            context.epoch(),
            &signer,
            SenderExtensionIndex::new(0),
        );
        let library = |text: String| Error::Library(text);
        proposal.map_err(|e| library(format!("{e:?}")))?.to_bytes().map_err(|e| library(format!("{e:?}")))
    }

    /// Reads a knock's KeyPackage: who it is. Refuses what no commit could let in.
    pub fn knock(&self, now: UnixSeconds, key_package: &[u8]) -> Result<Entry, Refused> {
        let entry = gate::leaf::knock(key_package, &self.state, now)?;
        // A moderator's is the widest right there is: what it cannot let in, nobody can.
        gate::admission(&self.state, &self.roster, &self.revoked, crate::Role::Creator, &entry)?;
        Ok(entry)
    }

    /// The tree of this epoch.
    pub fn tree_bytes(&self) -> Result<Vec<u8>, Refused> {
        self.group.export_ratchet_tree().tls_serialize_detached().map_err(invalid)
    }

    /// The epoch.
    pub fn epoch(&self) -> u64 {
        self.group.group_context().epoch().as_u64()
    }

    /// The tree's members, by leaf index.
    pub fn roster(&self) -> Vec<Entry> {
        self.roster.clone()
    }

    /// Who is in the tree under this member id.
    pub fn member(&self, id: &str) -> Option<&Entry> {
        self.roster.iter().find(|entry| entry.member == id)
    }

    /// The agreed state.
    pub fn state(&self) -> &RoomState {
        &self.state
    }

    /// Leaves whose removal waits for a commit, each once.
    pub fn proposed_removals(&self) -> Vec<u32> {
        self.proposals.iter().map(|(leaf, _)| *leaf).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn view(&self, now: UnixSeconds) -> View<'_> {
        View { group: &self.group, state: &self.state, roster: &self.roster, revoked: &self.revoked, now }
    }
}

impl Staged {
    /// The epoch that it was made in.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Who made it.
    pub fn by(&self) -> MemberId {
        member_id(self.signer.1.as_slice())
    }

    /// What it does.
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }
}

fn invalid(error: impl std::fmt::Debug) -> Refused {
    Refused::Invalid(format!("{error:?}"))
}

fn only_external_pub(info: &openmls::messages::group_info::VerifiableGroupInfo) -> Result<(), Refused> {
    let types: Vec<_> = info.extensions().iter().map(|extension| extension.extension_type()).collect();
    if types == [ExtensionType::ExternalPub] { Ok(()) } else { Err(Refused::Invalid("extensions of the GroupInfo".into())) }
}

/// A confirmation tag is a MAC of SHA-256: one byte of length and 32 bytes.
const TAG: usize = 33;

/// The confirmation tag at the end of a commit, encoded; for a member's, the membership tag stands after it. openmls has
/// parsed the message, and keeps the tag to itself.
fn confirmation_tag(commit: &[u8], sender: &Sender) -> Option<Vec<u8>> {
    let after = if matches!(sender, Sender::Member(_)) { TAG } else { 0 };
    let end = commit.len().checked_sub(after)?;
    let tag = commit.get(end.checked_sub(TAG)?..end)?;
    (tag.first() == Some(&32)).then(|| tag.to_vec())
}

/// Checks a GroupInfo against the context and tag that it must have; `key`: the signature key of whoever may have signed it.
fn check_group_info(
    bytes: &[u8],
    context: &GroupContext,
    tag: &[u8],
    key: impl Fn(u32) -> Option<SignaturePublicKey>,
) -> Result<(), Refused> {
    let wrong = || Refused::Policy { code: "group_info", text: "the GroupInfo does not belong to this epoch" };
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge("GroupInfo"));
    }
    let info = read_group_info(bytes)?;
    only_external_pub(&info)?;
    if info.group_context() != context {
        return Err(wrong());
    }
    let encoded = info.tls_serialize_detached().map_err(invalid)?;
    let (their_tag, signer) = tag_and_signer(&encoded).ok_or_else(wrong)?;
    let key = key(signer).ok_or_else(wrong)?;
    if their_tag != tag {
        return Err(wrong());
    }
    let key = OpenMlsSignaturePublicKey::from_signature_key(key, gate::leaf::SUITE.signature_algorithm());
    let provider = OpenMlsRustCrypto::default();
    let verified: Result<openmls::messages::group_info::GroupInfo, _> = info.verify(provider.crypto(), &key);
    verified.map(|_| ()).map_err(|_| wrong())
}

/// The encoded confirmation tag and the signer's leaf in an encoded GroupInfo (RFC 9420, section 12.4.3).
fn tag_and_signer(mut encoded: &[u8]) -> Option<(Vec<u8>, u32)> {
    let bytes = &mut encoded;
    GroupContext::tls_deserialize(bytes).ok()?;
    Extensions::<openmls::prelude::AnyObject>::tls_deserialize(bytes).ok()?;
    let tag = VLBytes::tls_deserialize(bytes).ok()?;
    let signer = u32::tls_deserialize(bytes).ok()?;
    Some((tag.tls_serialize_detached().ok()?, signer))
}

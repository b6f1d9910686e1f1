//! One leaf of one group: MLS operations with the gate in front of every merge.
//!
//! Commits are two-phase: [`Member::commit`] makes one and keeps it pending; when the delivery service broadcasts a commit
//! of the epoch, [`Member::process`] merges ours if the bytes are ours, and else drops the pending one and processes the
//! winner.

use crate::identity::{Credential, Device, Standing, Vouch};
use crate::room::{Role, RoomState};
use crate::secret::RoomSecret;
use crate::{DeviceKey, Error, MemberId, UnixSeconds, media, safety};

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
    /// The whole credential.
    pub credential: Credential,
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
pub struct Waiting {}

/// A member of a group.
pub struct Member {}

impl Waiting {
    /// Makes a KeyPackage to knock with.
    pub fn knock(_me: &Me, _room: &str, _now: UnixSeconds) -> Result<(Self, Vec<u8>), Error> {
        unimplemented!()
    }

    /// Joins by a Welcome and the tree beside it; the whole tree and state pass the gate's checks first.
    pub fn welcome(
        self,
        _me: &Me,
        _now: UnixSeconds,
        _welcome: &[u8],
        _tree: &[u8],
        _expect: &Expectation,
    ) -> Result<Member, (Box<Self>, Error)> {
        unimplemented!()
    }
}

impl Member {
    /// Founds a group with this state (`state.creator` is usually our device; in a new generation it is carried over).
    /// Returns GroupInfo and tree for [`crate::wire::ToService::Found`].
    pub fn found(_me: &Me, _state: RoomState, _now: UnixSeconds) -> Result<(Self, Vec<u8>, Vec<u8>), Error> {
        unimplemented!()
    }

    /// Joins by link: an external commit that carries the room secret as PSK and its proof.
    pub fn link(
        _me: &Me,
        _now: UnixSeconds,
        _group_info: &[u8],
        _tree: &[u8],
        _secret: &RoomSecret,
        _expect: &Expectation,
    ) -> Result<(Self, Bundle), Error> {
        unimplemented!()
    }

    /// Keeps the room secret: needed to process joins by link.
    pub fn know_secret(&mut self, _secret: &RoomSecret) -> Result<(), Error> {
        unimplemented!()
    }

    /// Takes a PublicMessage (commit, proposal) or PrivateMessage (application) in. The gate runs before anything is merged.
    pub fn process(&mut self, _now: UnixSeconds, _message: &[u8]) -> Result<Processed, Error> {
        unimplemented!()
    }

    /// Makes a commit and keeps it pending. An earlier pending one is dropped.
    pub fn commit(&mut self, _now: UnixSeconds, _plan: &Plan) -> Result<Bundle, Error> {
        unimplemented!()
    }

    /// Drops the pending commit: it was not taken.
    pub fn clear_pending(&mut self) -> Result<(), Error> {
        unimplemented!()
    }

    /// Whether a commit of ours waits for the service.
    pub fn has_pending(&self) -> bool {
        unimplemented!()
    }

    /// Whether proposals wait for a commit, and of which leaves.
    pub fn proposed_removals(&self) -> Vec<u32> {
        unimplemented!()
    }

    /// A SelfRemove proposal, to be sent before leaving.
    pub fn propose_leave(&mut self) -> Result<Vec<u8>, Error> {
        unimplemented!()
    }

    /// Seals an application message for all members, padded to a multiple of 128 bytes.
    pub fn seal(&mut self, _content: &[u8]) -> Result<Vec<u8>, Error> {
        unimplemented!()
    }

    /// The roster: the tree, by leaf index.
    pub fn roster(&self) -> Vec<Entry> {
        unimplemented!()
    }

    /// Our own leaf index.
    pub fn leaf(&self) -> u32 {
        unimplemented!()
    }

    /// The agreed state.
    pub fn state(&self) -> &RoomState {
        unimplemented!()
    }

    /// Generation and epoch.
    pub fn epoch(&self) -> (u64, u64) {
        unimplemented!()
    }

    /// The present epoch's media keys.
    pub fn media_keys(&self) -> Result<media::EpochKeys, Error> {
        unimplemented!()
    }

    /// What the safety code of this epoch is computed from.
    pub fn safety_material(&self) -> safety::Material {
        unimplemented!()
    }

    /// The X25519 key in somebody's leaf to which private messages are sealed ([`crate::private`]).
    pub fn private_key_of(&self, _leaf: u32) -> Option<[u8; 32]> {
        unimplemented!()
    }
}

//! The delivery service of one room, without IO: takes what members send, runs the gate on the group's public state, and
//! says whom to tell. It holds no secret; everything it knows is in [`Snapshot`].

use crate::wire::{FromService, ToService};
use crate::{MemberId, UnixSeconds};
use std::time::Duration;

/// What is kept in the store, whole, with every accepted message: public.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Snapshot {
    /// Generation: with the room and the epoch the unique key in the store.
    pub generation: u64,
    /// Epoch; `None`: the generation is vacant.
    pub epoch: Option<u64>,
    /// GroupInfo of the epoch.
    pub group_info: Vec<u8>,
    /// Ratchet tree of the epoch.
    pub tree: Vec<u8>,
    /// The last commits (epoch made in, maker, bytes), oldest first: for members who come back.
    pub commits: Vec<(u64, MemberId, Vec<u8>)>,
}

/// One room's service.
pub struct Delivery {}

/// Whom to tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// One member.
    One(MemberId),
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

impl Delivery {
    /// A service for an empty room, or one that continues a stored group. `signer_seed`: the 32-byte Ed25519 seed of the
    /// server's delivery key (it stands in the group as external sender and may propose removals).
    pub fn new(_room: &str, _signer_seed: &zeroize::Zeroizing<[u8; 32]>, _stored: Option<Snapshot>) -> Self {
        unimplemented!()
    }

    /// The delivery service's public key, for `welcome`: founders put it in the group as its only external sender.
    pub fn public_key(&self) -> [u8; 32] {
        unimplemented!()
    }

    /// A member has a control session now.
    pub fn joined(&mut self, _now: Duration, _member: &str) -> Vec<Output> {
        unimplemented!()
    }

    /// A control session is over (left, lost for longer than the resume time, kicked): propose the leaf's removal, unless
    /// nobody is left; then the group ends with the room.
    pub fn gone(&mut self, _now: Duration, _member: &str) -> Vec<Output> {
        unimplemented!()
    }

    /// A message of a member.
    pub fn handle(&mut self, _now: Duration, _unix: UnixSeconds, _from: &str, _message: ToService) -> Vec<Output> {
        unimplemented!()
    }

    /// The store had something newer: what [`Output::Keep`] wanted did not happen.
    pub fn replaced(&mut self, _now: Duration, _stored: Snapshot) -> Vec<Output> {
        unimplemented!()
    }

    /// Whether somebody is in the group's tree.
    pub fn is_member(&self, _member: &str) -> bool {
        unimplemented!()
    }

    /// The agreed state, as far as the service can see it (all of it): mode, locked, roles of members.
    pub fn state(&self) -> Option<&crate::RoomState> {
        unimplemented!()
    }

    /// The role of a member by the group's own state; `None` if it is not in the tree.
    pub fn role(&self, _member: &str) -> Option<crate::Role> {
        unimplemented!()
    }
}

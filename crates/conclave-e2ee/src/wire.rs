//! What clients and the delivery service say to each other. JSON inside the control websocket; bytes as base64url.
//!
//! The service orders: a `Commit` reaches all members (its maker too) in one order, and relayed application messages keep
//! their place in it. A maker whose commit lost sees another commit of the same epoch instead of its own.

use crate::MemberId;
use serde::{Deserialize, Serialize};

/// The largest commit, GroupInfo, tree, Welcome or KeyPackage, in bytes.
pub const MAX_BYTES: usize = 512 * 1024;
/// The most leaves of a group.
pub const MAX_LEAVES: usize = 500;

/// Bytes that travel as base64url without padding.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Blob(pub Vec<u8>);

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mls", rename_all = "snake_case")]
pub enum ToService {
    /// Found the group of a generation. The first one wins. Of the generation after the present one only who is alone in the
    /// group may, and with the same state.
    Found {
        /// Generation.
        generation: u64,
        /// GroupInfo of epoch 0 (without the tree).
        group_info: Blob,
        /// Ratchet tree.
        tree: Blob,
    },
    /// Ask to be let in (or back in). Stays until let in, denied or gone; a newer one replaces it.
    Knock {
        /// KeyPackage; its leaf key is the session's.
        key_package: Blob,
    },
    /// Change the group.
    Commit {
        /// Generation.
        generation: u64,
        /// The epoch it was made in.
        epoch: u64,
        /// PublicMessage.
        commit: Blob,
        /// GroupInfo of the new epoch, without the tree.
        group_info: Blob,
        /// Welcome for those who are added, without the tree.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        welcome: Option<Blob>,
    },
    /// Propose one's own removal (SelfRemove, PublicMessage): said before leaving.
    Propose {
        /// Generation.
        generation: u64,
        /// Epoch.
        epoch: u64,
        /// PublicMessage.
        proposal: Blob,
    },
    /// A moderator denies a knock: the service tells the knocker and forgets it.
    Deny {
        /// Whom.
        member: MemberId,
    },
    /// A commit could not be processed by this member. When it hit most members a new generation begins; otherwise the
    /// member knocks to come back.
    Unprocessable {
        /// Generation.
        generation: u64,
        /// The epoch that it was made in.
        epoch: u64,
    },
    /// Ask for [`FromService::Group`] again (a link joiner who lost a race).
    Present,
}

/// What the delivery service says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mls", rename_all = "snake_case")]
pub enum FromService {
    /// There is no group of this generation yet: found it. Sent on joining an empty room, and to all when a new generation
    /// begins (`reason` then).
    Vacant {
        /// Generation.
        generation: u64,
        /// Why a new one begins, in words; `None` for an empty room.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The member whose commit could not be processed, if that is why: does not found the next one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        offender: Option<MemberId>,
    },
    /// The group as it is: what a joiner needs to know whether to knock or to join by link.
    Group {
        /// Generation.
        generation: u64,
        /// Epoch.
        epoch: u64,
        /// GroupInfo, without the tree.
        group_info: Blob,
        /// Ratchet tree.
        tree: Blob,
    },
    /// Somebody asks to be let in.
    Knock {
        /// Who.
        member: MemberId,
        /// KeyPackage.
        key_package: Blob,
    },
    /// A knock was withdrawn, answered or denied.
    KnockGone {
        /// Whose.
        member: MemberId,
    },
    /// Your knock was denied.
    Denied,
    /// The group changes.
    Commit {
        /// Generation.
        generation: u64,
        /// The epoch it was made in.
        epoch: u64,
        /// PublicMessage.
        commit: Blob,
        /// Who made it.
        by: MemberId,
    },
    /// Somebody proposes: a member its own removal, or the service the removal of somebody who vanished.
    Proposal {
        /// Generation.
        generation: u64,
        /// Epoch.
        epoch: u64,
        /// PublicMessage.
        proposal: Blob,
    },
    /// You were added.
    Welcome {
        /// Generation.
        generation: u64,
        /// The new epoch.
        epoch: u64,
        /// Welcome.
        welcome: Blob,
        /// Ratchet tree of the new epoch.
        tree: Blob,
    },
    /// Your last message was not taken. `stale`: somebody was faster, retry after what follows; `refused`: the gate's word;
    /// `too_fast`, `too_large`, `unknown`.
    NotTaken {
        /// For programs.
        code: String,
        /// For people.
        text: String,
    },
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        s.serialize_str(&URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        if text.len() > MAX_BYTES * 4 / 3 + 4 {
            return Err(serde::de::Error::custom("too long"));
        }
        URL_SAFE_NO_PAD.decode(text.as_bytes()).map(Self).map_err(|_| serde::de::Error::custom("no base64url"))
    }
}

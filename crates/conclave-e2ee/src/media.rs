//! Media under SFrame (RFC 9605): one key per leaf and epoch from the MLS exporter (section 5.2), no trial decryption, a
//! replay window per key, and nothing played that was not opened.
//!
//! KID = (context << 15) | (leaf << 6) | (epoch mod 64); audio is context 1, so an audio KID always takes two bytes. The
//! counter starts at 2^16 in every epoch, so it always takes three: one packet size per constant-rate stream (22 bytes more
//! than the payload).

use crate::MemberId;
use std::collections::BTreeMap;
use std::time::Duration;
use zeroize::Zeroizing;

/// Bytes added to every frame: header 1 + 2 + 3, tag 16.
pub const OVERHEAD: usize = 22;
/// How long keys of past epochs still open frames.
pub const GRACE: Duration = Duration::from_secs(5);

/// What an epoch gives to media.
pub struct EpochKeys {
    /// Generation and epoch.
    pub epoch: (u64, u64),
    /// MLS exporter output, label "SFrame 1.0 Base Key", empty context (RFC 9605, section 5.2).
    pub base: Zeroizing<Vec<u8>>,
    /// Our own leaf.
    pub me: u32,
    /// Who is at which leaf.
    pub leaves: BTreeMap<u32, MemberId>,
}

/// What kind of media a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Microphone.
    Audio = 1,
    /// Camera.
    Video = 2,
    /// Screen.
    Screen = 3,
}

/// An opened frame's origin, proved by the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Leaf index.
    pub leaf: u32,
    /// Epoch bits as in the KID.
    pub kid: u64,
    /// Who it is.
    pub member: MemberId,
}

/// Why a frame was not opened. Counted; never played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// No SFrame: plain media in an encrypted room, or garbage.
    #[error("not encrypted")]
    Plain,
    /// A key that no member of a present epoch has.
    #[error("unknown key")]
    UnknownKey,
    /// Seen before, or too old.
    #[error("replayed")]
    Replayed,
    /// Damaged or forged.
    #[error("forged")]
    Forged,
}

/// The keys of the present and the last epochs. One per call; shared between sending and receiving.
#[derive(Default)]
pub struct KeyRing {}

impl KeyRing {
    /// A new epoch: sending goes over to it at once, older keys open frames for [`GRACE`] more. `now` is any monotonic time.
    pub fn advance(&mut self, _now: Duration, _keys: EpochKeys) {
        unimplemented!()
    }

    /// Forgets everything: we are out. Nothing is sealed or opened after it.
    pub fn clear(&mut self) {
        unimplemented!()
    }

    /// Seals one frame of ours. `None`: there is no key, so nothing may be sent.
    pub fn seal(&mut self, _kind: Kind, _frame: &[u8]) -> Option<Vec<u8>> {
        unimplemented!()
    }

    /// Opens a frame into `out` (cleared first).
    pub fn open(&mut self, _now: Duration, _kind: Kind, _frame: &[u8], _out: &mut Vec<u8>) -> Result<Origin, NotOpened> {
        unimplemented!()
    }
}

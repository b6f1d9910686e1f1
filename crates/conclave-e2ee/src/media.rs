//! Media under SFrame (RFC 9605): one key per leaf and epoch from the MLS exporter (section 5.2), no trial decryption, a
//! replay window per key, and nothing played that was not opened.
//!
//! KID = (context << 15) | (leaf << 6) | (epoch mod 64); audio is context 1, so an audio KID always takes two bytes. The
//! counter starts at 2^16 in every epoch, so it always takes three: one packet size per constant-rate stream (22 bytes more
//! than the payload).

use crate::MemberId;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use zeroize::Zeroizing;

// Public for the standard's test vectors (`tests/vectors.rs`), the fuzz targets and the bench; not a seam.
#[doc(hidden)]
pub mod frame;
use frame::{Header, OpenKey, SealKey, Window};

/// Bytes added to every audio frame: header 1 + 2 + 3, tag 16. Video and screen: one more, for their longer KID.
pub const OVERHEAD: usize = 22;
/// How long keys of past epochs still open frames.
pub const GRACE: Duration = Duration::from_secs(5);
/// The most past epochs whose keys are kept for [`GRACE`]; of more, the oldest go first.
pub const MAX_PAST: usize = 32;
/// The most frames sealed with one key (one kind in one epoch): 93 hours of 20 ms audio. It keeps the counter in three
/// bytes, and is a 256th of the 2^32 frames to which AES-GCM is usually held. After it nothing is sealed until the
/// next epoch; see [`KeyRing::wants_epoch`].
pub const MAX_FRAMES: u64 = END - FIRST;

/// Counters of every key: all take three bytes.
const FIRST: u64 = 1 << 16;
const END: u64 = 1 << 24;
/// The KID's fields: context above, leaf, epoch.
const LEAF_SHIFT: u32 = 6;
const CONTEXT_SHIFT: u32 = 15;
const LEAVES: u64 = 1 << (CONTEXT_SHIFT - LEAF_SHIFT);
const EPOCHS: u64 = 1 << LEAF_SHIFT;

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
    /// The key: kind, leaf and the epoch's low bits.
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
pub struct KeyRing {
    present: Option<Epoch>,
    /// Superseded epochs, oldest first, each with the time at which it goes. Not two of one KID residue, nor the present's.
    past: Vec<(Duration, Epoch)>,
    sender: Sender,
}

struct Epoch {
    id: (u64, u64),
    base: Zeroizing<Vec<u8>>,
    me: u32,
    leaves: BTreeMap<u32, Leaf>,
}

/// Somebody in an epoch, and the keys that open their frames, by kind: derived when the first frame comes.
struct Leaf {
    member: MemberId,
    keys: [Option<Box<Inbound>>; 3],
}

struct Inbound {
    key: OpenKey,
    window: Window,
}

/// Our sending keys. They outlive [`KeyRing::clear`], as far as counters go: no base key ever begins to count anew.
#[derive(Default)]
struct Sender {
    /// Fingerprint of the base key that the counters belong to.
    base: [u8; 32],
    keys: [Option<SealKey>; 3],
    sealed: [u64; 3],
}

impl Kind {
    fn slot(self) -> usize {
        self as usize - 1
    }
}

impl KeyRing {
    /// A new epoch: sending goes over to it at once, older keys open frames for [`GRACE`] more. `now` is any monotonic time.
    ///
    /// Whoever is no longer in the group is not heard from then on, not even with an older key. An epoch that is not newer
    /// than the present one is ignored, so a key never seals two frames with one counter.
    pub fn advance(&mut self, now: Duration, keys: EpochKeys) {
        if self.present.as_ref().is_some_and(|present| keys.epoch <= present.id) {
            return;
        }
        let leaves = keys.leaves.into_iter().filter(|(leaf, _)| u64::from(*leaf) < LEAVES);
        let leaves = leaves.map(|(leaf, member)| (leaf, Leaf { member, keys: Default::default() })).collect();
        let epoch = Epoch { id: keys.epoch, base: keys.base, me: keys.me, leaves };

        self.expire(now);
        self.past.extend(self.present.take().map(|old| (now + GRACE, old)));
        self.past.retain(|(_, old)| old.residue() != epoch.residue());
        let too_many = self.past.len().saturating_sub(MAX_PAST);
        self.past.drain(..too_many);
        let still_in: BTreeSet<&MemberId> = epoch.leaves.values().map(|leaf| &leaf.member).collect();
        for (_, old) in &mut self.past {
            old.leaves.retain(|_, leaf| still_in.contains(&leaf.member));
        }

        self.sender.keys = Default::default();
        let base: [u8; 32] = Sha256::digest(&*epoch.base).into();
        if self.sender.base != base {
            self.sender.base = base;
            self.sender.sealed = Default::default();
        }
        self.present = Some(epoch);
    }

    /// Forgets everything: we are out. Nothing is sealed or opened after it.
    pub fn clear(&mut self) {
        self.present = None;
        self.past.clear();
        self.sender.keys = Default::default();
    }

    /// The epoch that frames are sealed for.
    pub fn epoch(&self) -> Option<(u64, u64)> {
        self.present.as_ref().map(|present| present.id)
    }

    /// What the present epoch was given, once more: for tests that look for it where it must not be. Not a seam.
    #[doc(hidden)]
    pub fn exported(&self) -> Option<EpochKeys> {
        let Epoch { id, base, me, leaves } = self.present.as_ref()?;
        let leaves = leaves.iter().map(|(index, leaf)| (*index, leaf.member.clone())).collect();
        Some(EpochKeys { epoch: *id, base: base.clone(), me: *me, leaves })
    }

    /// Half of what a key may seal is used up: time for a commit.
    pub fn wants_epoch(&self) -> bool {
        self.present.is_some() && self.sender.sealed.iter().any(|sealed| *sealed >= MAX_FRAMES / 2)
    }

    /// Seals one frame of ours. `None`: there is no key, so nothing may be sent.
    pub fn seal(&mut self, kind: Kind, frame: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        self.seal_into(kind, frame, &mut out).then_some(out)
    }

    /// Appends one sealed frame of ours to `out`: no other allocation. `false`: there is no key, nothing was appended and
    /// nothing may be sent.
    #[must_use]
    pub fn seal_into(&mut self, kind: Kind, frame: &[u8], out: &mut Vec<u8>) -> bool {
        self.try_seal(kind, frame, out).is_some()
    }

    fn try_seal(&mut self, kind: Kind, frame: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let present = self.present.as_ref()?;
        let key = self.sender.keys.get_mut(kind.slot())?;
        let key = match key {
            Some(key) => key,
            None => key.insert(SealKey::derive(&present.base, present.kid(kind, present.me)?)?),
        };
        let sealed = self.sender.sealed.get_mut(kind.slot())?;
        if *sealed >= MAX_FRAMES {
            return None;
        }
        let ctr = FIRST + *sealed;
        *sealed += 1; // Before it is used, so that no failure uses it twice.
        key.seal(ctr, &[], frame, out)
    }

    /// Opens a frame into `out` (cleared first; empty unless opened). The key is chosen by the frame's KID alone and no
    /// second one is tried. A frame of our own that comes back is [`NotOpened::Replayed`].
    pub fn open(&mut self, now: Duration, kind: Kind, frame: &[u8], out: &mut Vec<u8>) -> Result<Origin, NotOpened> {
        out.clear();
        let header = header(frame).ok_or(NotOpened::Plain)?;
        if header.kid >> CONTEXT_SHIFT != kind as u64 {
            return Err(NotOpened::UnknownKey);
        }
        self.expire(now);
        let residue = header.kid % EPOCHS;
        let past = self.past.iter_mut().map(|(_, past)| past);
        let epoch = self.present.iter_mut().chain(past).find(|epoch| epoch.residue() == residue).ok_or(NotOpened::UnknownKey)?;
        let number = (header.kid >> LEAF_SHIFT & (LEAVES - 1)) as u32;
        if number == epoch.me {
            return Err(NotOpened::Replayed);
        }
        let leaf = epoch.leaves.get_mut(&number).ok_or(NotOpened::UnknownKey)?;
        let inbound = leaf.keys.get_mut(kind.slot()).ok_or(NotOpened::UnknownKey)?;
        let inbound = match inbound {
            Some(inbound) => inbound,
            None => {
                let key = OpenKey::derive(&epoch.base, header.kid).ok_or(NotOpened::UnknownKey)?;
                inbound.insert(Box::new(Inbound { key, window: Window::default() }))
            }
        };
        if !inbound.window.is_fresh(header.ctr) {
            return Err(NotOpened::Replayed);
        }
        inbound.key.open(&[], frame, out).ok_or(NotOpened::Forged)?;
        inbound.window.note(header.ctr);
        Ok(Origin { leaf: number, kid: header.kid, member: leaf.member.clone() })
    }

    /// How many epochs (1 to 31) a frame that was [`NotOpened::UnknownKey`] claims to be ahead of us: we may have missed a
    /// commit. A hint only, for nothing in it is authenticated.
    pub fn ahead(&self, frame: &[u8]) -> Option<u64> {
        let residue = header(frame)?.kid % EPOCHS;
        if self.past.iter().any(|(_, past)| past.residue() == residue) {
            return None;
        }
        let ahead = residue.wrapping_sub(self.present.as_ref()?.residue()) % EPOCHS;
        (1..EPOCHS / 2).contains(&ahead).then_some(ahead)
    }

    fn expire(&mut self, now: Duration) {
        self.past.retain(|(until, _)| now < *until);
    }
}

impl Epoch {
    /// The part of an epoch that a KID names.
    fn residue(&self) -> u64 {
        self.id.1 % EPOCHS
    }

    fn kid(&self, kind: Kind, leaf: u32) -> Option<u64> {
        let leaf = u64::from(leaf);
        (leaf < LEAVES).then(|| (kind as u64) << CONTEXT_SHIFT | leaf << LEAF_SHIFT | self.residue())
    }
}

/// The header of what could be a frame of ours: long enough, a KID of one of our kinds, a counter as we count.
fn header(frame: &[u8]) -> Option<Header> {
    let (header, length) = Header::read(frame)?;
    let kinds = Kind::Audio as u64..=Kind::Screen as u64;
    let plausible = frame.len() >= length + frame::TAG
        && kinds.contains(&(header.kid >> CONTEXT_SHIFT))
        && (FIRST..END).contains(&header.ctr);
    plausible.then_some(header)
}

#[cfg(test)]
mod tests;

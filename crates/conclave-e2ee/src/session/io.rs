//! What goes into a session and what comes out of it.

use super::Memory;
use crate::identity::{Standing, Vouch};
use crate::member::{Change, Entry, Me};
use crate::room::{Admission, Mode, RoomState};
use crate::secret::RoomSecret;
use crate::wire::{FromService, ToService};
use crate::{DeviceKey, IssuerKey, MemberId, UnixSeconds, media, safety};
use std::collections::BTreeSet;
use std::time::Duration;

/// The time, twice.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Monotonic, from any start.
    pub mono: Duration,
    /// Seconds since the Unix epoch.
    pub unix: UnixSeconds,
}

/// How a session begins.
pub struct Start {
    /// Who we are.
    pub me: Me,
    /// The room's name.
    pub room: String,
    /// The least mode that we accept.
    pub mode: Mode,
    /// What we found a group with, if we are first.
    pub admission: Admission,
    /// See [`RoomState::issuers`].
    pub issuers: Vec<IssuerKey>,
    /// See [`RoomState::accounts`].
    pub accounts: Option<IssuerKey>,
    /// See [`RoomState::list`].
    pub list: Vec<String>,
    /// See [`RoomState::no_recording`].
    pub no_recording: bool,
    /// See [`RoomState::receipt`].
    pub receipt: bool,
    /// The room secret, if the link or user gave one.
    pub secret: Option<RoomSecret>,
    /// What moderators, and nobody else, may read of us while we wait to be let in: a name, in the caller's own form. At most
    /// [`super::MAX_INTRODUCTION`] bytes; empty: nothing.
    pub introduction: Vec<u8>,
    /// The delivery service's key, from `welcome`.
    pub service: [u8; 32],
    /// The group this device was in a moment ago (a control session that was lost; [`Session::memory`] of the one before): it
    /// comes back without new admission, and what was verified stays so, once the group has proven to be the same.
    pub before: Option<Memory>,
    /// Devices that an issuer has revoked.
    pub revoked: BTreeSet<DeviceKey>,
}

/// What goes in.
pub enum Input {
    /// From the delivery service.
    Service(FromService),
    /// A relayed body (MLS PrivateMessage) from a member.
    Relay {
        /// Who sent it, by the server's word (checked against MLS).
        from: MemberId,
        /// The body.
        body: Vec<u8>,
    },
    /// Who has a control session now, by the server's word: whose turn it is to commit, and warnings.
    Present(std::collections::BTreeSet<MemberId>),
    /// The control session was away, or is another one: what we said last may be lost.
    Connected,
    /// The user wants something.
    Wish(Wish),
    /// Media has used up much of what the keys of this epoch may seal ([`media::KeyRing::wants_epoch`]).
    WantsEpoch((u64, u64)),
    /// Fresh vouches for our device, in the place of older ones of the same issuers for the same names.
    Vouches(Vec<Vouch>),
    /// [`Session::deadline`] has passed.
    Tick,
}

/// What a user can want. Who has no right to it gets [`Event::NotAllowed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Send content to all members, or to one privately.
    Message {
        /// Plain content.
        content: Vec<u8>,
        /// Only to them.
        to: Option<MemberId>,
    },
    /// Send content to all members if that is possible just now; nothing is said if it is not. For what is said again soon.
    Report(Vec<u8>),
    /// Let somebody in who knocks.
    Admit(MemberId),
    /// Do not.
    Deny(MemberId),
    /// Remove somebody for good.
    Kick(MemberId),
    /// Grant moderator rights.
    Promote(MemberId),
    /// Take them away.
    Demote(MemberId),
    /// Nobody new.
    Lock(bool),
    /// Pause everybody (moderators); others only stop sending themselves, which is the caller's business.
    Freeze(bool),
    /// Open the safety panel: proposes one epoch to everybody.
    Safety,
    /// The code of this epoch was compared and is right.
    Verified {
        /// Generation and epoch.
        epoch: (u64, u64),
    },
    /// Say goodbye: a SelfRemove proposal; the caller leaves after what comes out is sent.
    Leave,
}

/// What comes out.
pub enum Output {
    /// Send to the delivery service.
    Service(ToService),
    /// Relay a body to all, or to some.
    Relay {
        /// Recipients; `None` = everybody.
        to: Option<Vec<MemberId>>,
        /// PrivateMessage.
        body: Vec<u8>,
    },
    /// New media keys.
    Keys(media::EpochKeys),
    /// No keys any more: nothing may be sent or played.
    NoKeys,
    /// Tell the call.
    Event(Event),
}

/// What happens.
#[derive(Debug, PartialEq, Eq)]
pub enum Event {
    /// We wait to be let in.
    Waiting,
    /// We are in: the whole roster.
    In {
        /// The roster.
        roster: Vec<Entry>,
        /// The agreed state.
        state: Box<RoomState>,
        /// Generation and epoch.
        epoch: (u64, u64),
        /// We founded the group.
        founded: bool,
    },
    /// Denied by a moderator.
    Denied,
    /// Removed from the group; `kicked` = for good.
    Out {
        /// For good.
        kicked: bool,
    },
    /// The group changed.
    Changed {
        /// How.
        change: Box<Change>,
        /// The agreed state after it.
        state: Box<RoomState>,
    },
    /// Somebody asks to be let in, and we may decide.
    Knock {
        /// Who.
        member: MemberId,
        /// The device behind it.
        device: DeviceKey,
        /// How known to our own user.
        standing: Standing,
    },
    /// Who knocks says who they are; not checked by anybody, but said by the very leaf that knocks.
    Introduced {
        /// Whose.
        member: MemberId,
        /// What they say, in the caller's own form.
        content: Vec<u8>,
    },
    /// The knock is over.
    KnockGone {
        /// Whose.
        member: MemberId,
    },
    /// Content from a member, authenticated.
    Message {
        /// Who.
        from: MemberId,
        /// Only to us.
        private: bool,
        /// Plain content.
        content: Vec<u8>,
    },
    /// Somebody (perhaps we) opened the safety panel: compute the code of this material off the event loop and show it.
    Safety {
        /// What to compute it from.
        material: safety::Material,
        /// Who opened it.
        by: MemberId,
        /// Who came since that epoch.
        later: Vec<MemberId>,
    },
    /// Whether everybody in the group now was there when a code was checked, or is vouched for.
    Verified {
        /// They are.
        on: bool,
        /// Whose coming ended it, if it ended.
        because: Option<MemberId>,
    },
    /// What the delivery service or a member tried and the gate refused. Shown as a warning.
    Refused {
        /// For programs.
        code: String,
        /// One sentence.
        text: String,
    },
    /// A wish was not granted.
    NotAllowed {
        /// One sentence.
        text: String,
    },
    /// Others are in an epoch that the server keeps from us (`true`), or no longer (`false`).
    Behind(bool),
    /// Somebody is known otherwise than before, because a vouch or certificate is over.
    Standing(Box<Entry>),
    /// A vouch of ours is over soon: a fresh one is wanted ([`Input::Vouches`]).
    VouchEnds {
        /// As whom it knows us.
        subject: String,
        /// When it is over.
        not_after: UnixSeconds,
    },
    /// We came back, and in [`PROOF`] nobody whom we were with has shown to be in this group (or we have the room's secret, and
    /// nobody in there has shown to know it): it may be one that the server made. What follows is a first meeting: nothing is
    /// verified. The caller closes the microphone and says why; the keys come half a second later.
    Unproven,
    /// A new generation of the group begins, and why.
    NewGeneration {
        /// We began it because we were alone: nothing disturbed the one before.
        alone: bool,
        /// In words.
        reason: String,
    },
    /// The server's list of who is connected and the tree differ: who is in the tree and not connected, and who is connected
    /// and not in the tree. Empty = they agree again.
    Mismatch {
        /// In the tree only.
        not_connected: Vec<MemberId>,
        /// Connected only (and not knocking).
        not_in_group: Vec<MemberId>,
    },
    /// The group cannot be joined as expected (mode too weak, another creator, damaged): the caller leaves with this.
    Fatal {
        /// For programs: `downgrade`, `unexpected_group`, `refused`.
        code: &'static str,
        /// One sentence: what happened, what to do.
        text: String,
    },
}

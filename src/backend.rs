//! Where a call meets a conference system.
//!
//! A backend is one folder: it recognises its links, speaks its protocol in a sans-IO `session.rs`, and its own
//! file is the thin tokio shell that implements [`Backend`]. Encoded audio crosses this boundary as [`Frame`]s on
//! bounded per-source queues that bypass the engine, so encryption can sit between codec and transport for every
//! backend, and a jitter buffer has what it needs.

pub mod conclave;
pub mod jitsi;
pub mod link;
pub mod livekit;
pub mod mute_gate;
pub(crate) mod outbox;
pub(crate) mod outgoing;
pub(crate) mod socket;
pub(crate) mod transport;
pub mod web;

use crate::call::trust::{Role, Standing};
use crate::call::{LeaveReason, PeerId, PeerKind, Security, Stats};
use crate::exit::Failure;
use crate::protocol::control::Secret;
use crate::protocol::hearing::Report;
use crate::protocol::room::{Act, RoomRole, Rules, Verb};
use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, watch};

pub use link::{Link, classify};
pub use mute_gate::MuteGate;

/// How many frames wait between the transport and a jitter buffer, or between the encoder and the transport. A full
/// queue drops the newest frame: sound that waits is worse than sound that is missing.
pub const FRAME_QUEUE: usize = 64;
/// How many events or commands may wait at the boundary.
pub const EVENT_QUEUE: usize = 256;

/// A conference system.
#[async_trait::async_trait]
pub trait Backend: Send + Sync {
    /// Joins the room that the link names. Returns when the room has let us in (media may still be connecting);
    /// the caller bounds the wait. Dropping the [`Session`]'s command sender leaves.
    async fn join(&self, link: Link, who: Identity, context: Context) -> Result<Session, Failure>;
}

/// Who joins.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Display name, cleaned and not empty.
    pub name: String,
    /// The device and whom it trusts; without it a backend that encrypts end to end makes a device for this call only.
    pub keys: Arc<crate::trust::Keys>,
}

/// What the caller lets the backend use.
#[derive(Debug, Clone)]
pub struct Context {
    /// How connections are made and whom they trust.
    pub net: crate::net::Options,
    /// Which ways media may take.
    pub transport: crate::net::ladder::Transport,
    /// Announce the microphone as closed at first.
    pub muted: bool,
    /// Publish no microphone at all.
    pub listen_only: bool,
    /// Whether the user accepts a room without end-to-end encryption (`--allow-plain`).
    pub allow_plain: bool,
    /// How long a lost connection is tried again before the call ends, where the backend can join anew.
    pub patience: std::time::Duration,
    /// What the user expects of the room's encryption, and founds it with.
    pub secrecy: Secrecy,
    /// Where `xray` looks, if somebody does.
    pub xray: crate::call::xray::Tap,
    /// Says whether we are kept at the room's door while we join: then joining takes as long as somebody else likes.
    pub waits: watch::Sender<bool>,
}

/// What a user expects of a room's encryption: from the link, a flag or their own record of the room, never from the server.
#[derive(Debug, Clone, Default)]
pub struct Secrecy {
    /// The least mode; `None` = strict.
    pub mode: Option<crate::protocol::control::RoomMode>,
    /// How newcomers are let in, if we found the room: by default `auto` on development servers, `link` with a room secret,
    /// else `admit`.
    pub admission: Option<conclave_e2ee::Admission>,
    /// The room secret, from the link or given apart from it.
    pub secret: Option<conclave_e2ee::secret::RoomSecret>,
    /// Subjects whom any member's client may admit when an issuer vouches for them, if we found the room; `*` = all of them.
    pub list: Vec<String>,
    /// If we found the room: nobody may record.
    pub no_recording: bool,
    /// If we found the room: members sign a receipt.
    pub receipt: bool,
    /// Leave with exit code 80 unless everybody is vouched for (by an issuer, or verified).
    pub require_vouched: bool,
}

/// A joined room.
#[derive(Debug)]
pub struct Session {
    /// Our id.
    pub me: PeerId,
    /// The room's name, cleaned.
    pub room: String,
    /// What protects the content.
    pub security: Security,
    /// What happens. The channel closes after [`BackendEvent::Ended`].
    pub events: mpsc::Receiver<BackendEvent>,
    /// What we want.
    pub commands: mpsc::Sender<BackendCommand>,
    /// Audio frames.
    pub media: MediaPorts,
    /// What our own packets of sound must pass on their way out; the call closes it with the microphone.
    pub gate: MuteGate,
    /// Network figures, refreshed about every second; audio figures are the audio module's.
    pub stats: watch::Receiver<Stats>,
    /// What this room can do.
    pub capabilities: Capabilities,
    /// How our sound must be sent.
    pub sound: SoundPolicy,
    /// For the workspace's own tests.
    #[doc(hidden)]
    pub probe: Option<conclave::Probe>,
}

/// How a room wants sound to be sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SoundPolicy {
    /// Constant bit rate, one packet size, no discontinuous transmission: sizes tell nothing.
    pub constant_rate: bool,
}

/// What a room cannot do: command name (as in [`crate::call::table`]) and the reason, in words. Empty = everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Command name -> why not.
    pub unavailable: BTreeMap<String, String>,
    /// The server gives people roles, and does what moderators say.
    pub roles: bool,
    /// A room can be given a password in a call.
    pub passwords: bool,
}

/// What a backend reports.
#[derive(Debug, Clone, PartialEq)]
pub enum BackendEvent {
    /// A way through the network was tried.
    Transport {
        /// Its name: `udp`.
        rung: String,
        /// It works.
        ok: bool,
        /// Why not.
        error: Option<String>,
    },
    /// The connection is lost; attempt n follows in `next_ms`.
    Reconnecting {
        /// Counts from 1.
        attempt: u32,
        /// Milliseconds until then.
        next_ms: u64,
    },
    /// The connection is back.
    Reconnected,
    /// Somebody is in the room.
    PeerJoined {
        /// Who.
        id: PeerId,
        /// How.
        kind: PeerKind,
        /// Their name, if it is known already (not cleaned).
        name: Option<String>,
        /// They were here before us.
        before_us: bool,
    },
    /// What somebody says of themselves; `None` = unchanged.
    PeerState {
        /// Who.
        id: PeerId,
        /// Display name (not cleaned).
        name: Option<String>,
        /// Microphone closed.
        muted: Option<bool>,
        /// Hand up since (milliseconds since the Unix epoch), or down.
        hand: Option<Option<u64>>,
    },
    /// Somebody left.
    PeerLeft {
        /// Who.
        id: PeerId,
    },
    /// Chat from somebody else (not cleaned).
    Chat {
        /// Who wrote.
        from: PeerId,
        /// Only to us.
        private: bool,
        /// What.
        text: String,
    },
    /// We are in the room's waiting list: somebody must let us in.
    Waiting,
    /// We were let in, or are in at once: what is written and said reaches the others from now on.
    LetIn {
        /// We are the first: the room's creator.
        founded: bool,
        /// Our role.
        role: Role,
        /// Our device's fingerprint for people.
        key: String,
        /// The group's epoch.
        epoch: u64,
    },
    /// Somebody waits to be let in, and we may decide.
    Knock {
        /// Who.
        id: PeerId,
        /// How they are known.
        standing: Standing,
        /// Their device's fingerprint for people.
        key: String,
    },
    /// They no longer wait.
    KnockGone {
        /// Who.
        id: PeerId,
    },
    /// What is known of somebody (perhaps ourselves) by the group's keys.
    Trust {
        /// Who.
        id: PeerId,
        /// What they may do.
        role: Role,
        /// How they are known.
        standing: Standing,
        /// Their device's fingerprint for people.
        key: String,
        /// They were in the group when a code was checked, or came back since with the same device.
        verified: bool,
    },
    /// The group changed: one line for the record.
    Epoch(crate::call::trust::EpochNote),
    /// The room was locked or opened, frozen or released.
    Room {
        /// Nobody new.
        locked: bool,
        /// Everybody paused.
        frozen: bool,
        /// By whom, if known.
        by: Option<PeerId>,
        /// The room's key is a passphrase that people chose.
        passphrase: bool,
    },
    /// The safety code of an epoch.
    Safety(crate::call::trust::SafetyCode),
    /// Whether what was checked by a code still holds.
    Verified {
        /// It does.
        on: bool,
        /// Whose coming ended it.
        because: Option<PeerId>,
    },
    /// A reaction (not cleaned).
    Reaction {
        /// Whose.
        from: PeerId,
        /// What.
        text: String,
    },
    /// What the founder of an encrypted room decided for it; before [`BackendEvent::LetIn`].
    Policy(crate::call::trust::Policy),
    /// Everybody was told that we record: the first sample may be written.
    RecordingTold,
    /// The receipt that was asked for, or why there is none.
    Receipt(Result<ReceiptFile, String>),
    /// What this client alone can say of the meeting, right before [`BackendEvent::Ended`] where the room keeps receipts.
    LastReceipt(ReceiptFile),
    /// Somebody asked for a receipt, and we signed it or said why not.
    ReceiptAsked {
        /// Who.
        by: PeerId,
        /// Why we did not sign.
        refused: Option<String>,
    },
    /// Somebody begins or ends to keep what they hear.
    Recording {
        /// Who.
        id: PeerId,
        /// Begins.
        on: bool,
    },
    /// How somebody hears the speakers.
    Hearing {
        /// Who.
        from: PeerId,
        /// What they say of it.
        report: Report,
    },
    /// Somebody stopped or resumed sending.
    Frozen {
        /// Who.
        id: PeerId,
        /// Stopped.
        on: bool,
    },
    /// The room does not take our microphone now (floor full): it is closed again.
    FloorDenied {
        /// How many may be open at once.
        cap: u16,
    },
    /// Whose voice is the loudest, by the server's judgement (perhaps ours).
    DominantSpeaker {
        /// Whose.
        id: PeerId,
    },
    /// Somebody (perhaps ourselves) has this role in the room, by the server's word.
    RoomRole {
        /// Who.
        id: PeerId,
        /// Which.
        role: RoomRole,
        /// By whom it was changed; `None`: by the server, or it is not new.
        by: Option<PeerId>,
    },
    /// What we may do in the room, by the server's word.
    Rights(Vec<Verb>),
    /// How the room is kept.
    Rules {
        /// How.
        rules: Rules,
        /// By whom it was changed; `None`: from outside, or it is not new.
        by: Option<PeerId>,
    },
    /// Somebody (perhaps ourselves) did something for which a role is needed.
    Moderated {
        /// Who.
        by: PeerId,
        /// What.
        act: Act,
    },
    /// Whose hands are up by the server's word, the first first.
    Hands(Vec<PeerId>),
    /// Our media can be heard by another member: files that stand for a microphone begin to play now.
    MediaConnected,
    /// The room closed our microphone.
    MutedByRoom {
        /// By whom, if known.
        by: Option<PeerId>,
    },
    /// Something a user should know.
    Warning {
        /// Stable.
        code: String,
        /// One sentence.
        text: String,
    },
    /// It is over; nothing follows.
    Ended {
        /// Why.
        reason: LeaveReason,
        /// One sentence: what happened, what to do.
        failure: Failure,
    },
}

/// What a call asks of a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackendCommand {
    /// Announce the microphone as closed or open (and mute the published track).
    Muted(bool),
    /// Announce the hand: up since, or down.
    Hand(Option<u64>),
    /// Announce a new name.
    Name(String),
    /// Send chat.
    Say {
        /// What.
        text: String,
        /// To whom only.
        to: Option<PeerId>,
    },
    /// Let somebody in who waits.
    Admit(PeerId),
    /// Do not.
    Deny(PeerId),
    /// Remove somebody for good.
    Kick(PeerId),
    /// Make somebody a moderator.
    Promote(PeerId),
    /// No longer.
    Demote(PeerId),
    /// Nobody new, or again.
    Lock(bool),
    /// Have the server do something for which a role is needed.
    Moderate(Act),
    /// Give the room a password, or take it away.
    Password(Option<Secret>),
    /// Stop sending and tell everyone; from a moderator: lock the room and pause everybody. Or release.
    Freeze(bool),
    /// Show the safety code to everybody.
    Safety,
    /// The code of this generation and epoch was compared and is right.
    Verified {
        /// Generation.
        generation: u64,
        /// Epoch.
        epoch: u64,
    },
    /// Send a reaction.
    React(String),
    /// We begin or end to keep what we hear: everybody is told, newcomers too, and [`BackendEvent::RecordingTold`] says so.
    /// No sample is written before.
    Recording(bool),
    /// Tell the others how we hear them. Nothing happens where that is not possible, or not just now.
    Hearing(Report),
    /// Draft a receipt of the meeting and have it signed; [`BackendEvent::Receipt`] follows.
    Receipt,
    /// Something disturbed the encryption, found out by the call itself: for the receipt.
    Disturbed(String),
    /// Leave; [`BackendEvent::Ended`] follows.
    Leave,
}

/// A signed receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptFile {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many have signed, ourselves included.
    pub signatures: usize,
    /// Who did not answer.
    pub silent: Vec<PeerId>,
    /// Who did not sign, and why.
    pub refused: Vec<(PeerId, String)>,
}

/// One source of sound in a room, unique for the session's life (never reused for another speaker).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u64);

/// The key an encrypted frame was sealed with (SFrame KID).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub u64);

/// What stands between codec and transport in an encrypted room. Both directions are called for every frame, from different
/// tasks: quick, and never waiting.
pub trait Protection: Send + Sync {
    /// Seals one frame of our microphone. `None`: there is no key, so nothing may be sent.
    fn seal(&self, frame: &Bytes) -> Option<Bytes>;
    /// Opens one frame. What is not opened is counted and never played. The speaker is whom the key names, whatever the
    /// server says of the source.
    fn open(&self, frame: &Bytes) -> Result<Opened, Unopened>;
}

/// Why a frame was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unopened {
    /// Nobody in the group as we know it has this key: we may be a commit behind, or the sender is not in the group.
    NoKey,
    /// Plain, damaged, forged or repeated: no member's client sent this frame so.
    Foreign,
}

/// A frame that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// One Opus packet.
    pub payload: Bytes,
    /// Who sealed it.
    pub speaker: PeerId,
    /// With which key.
    pub key: KeyId,
}

/// One encoded audio frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// Where it comes from.
    pub source: SourceId,
    /// The key that opened it; in encrypted rooms this names the speaker.
    pub key_id: Option<KeyId>,
    /// RTP sequence number, extended to 64 bits so that it never wraps.
    pub sequence: u64,
    /// RTP timestamp at 48 kHz (wraps).
    pub timestamp: u32,
    /// When it arrived (for outgoing frames: when it was captured).
    pub arrived: Instant,
    /// There is a voice in it (outgoing frames only). Where levels are allowed, and nowhere else, the server learns it.
    pub voice: bool,
    /// One Opus packet.
    pub payload: Bytes,
}

/// The audio side of a session.
#[derive(Debug)]
pub struct MediaPorts {
    /// Encoded frames of our microphone; `try_send`, a full queue drops. `source` is ignored. Nothing is sent while muted.
    pub outgoing: mpsc::Sender<Frame>,
    /// Sources that come and go.
    pub sources: mpsc::Receiver<SourceChange>,
}

/// A source of sound appears or ends.
#[derive(Debug)]
pub enum SourceChange {
    /// Somebody's audio begins.
    Added {
        /// Its id.
        source: SourceId,
        /// Who speaks.
        peer: PeerId,
        /// Its frames, bounded by [`FRAME_QUEUE`].
        frames: mpsc::Receiver<Frame>,
    },
    /// It ended; its queue may still hold a few frames.
    Removed {
        /// Its id.
        source: SourceId,
    },
}

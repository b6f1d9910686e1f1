//! Where a call meets a conference system.
//!
//! A backend is one folder: it recognises its links, speaks its protocol in a sans-IO `session.rs`, and its own
//! file is the thin tokio shell that implements [`Backend`]. Encoded audio crosses this boundary as [`Frame`]s on
//! bounded per-source queues that bypass the engine, so encryption can sit between codec and transport for every
//! backend, and a jitter buffer has what it needs.

pub mod conclave;
pub mod link;
pub mod livekit;

use crate::call::{LeaveReason, PeerId, PeerKind, Security, Stats};
use crate::exit::Failure;
use bytes::Bytes;
use std::collections::BTreeMap;
use std::time::Instant;
use tokio::sync::{mpsc, watch};

pub use link::{Link, classify};

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
}

/// What the caller lets the backend use.
#[derive(Debug, Clone)]
pub struct Context {
    /// How connections are made and whom they trust.
    pub net: crate::net::Options,
    /// Announce the microphone as closed at first.
    pub muted: bool,
    /// Publish no microphone at all.
    pub listen_only: bool,
    /// Whether the user accepts a room without end-to-end encryption (`--allow-plain`).
    pub allow_plain: bool,
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
    /// Network figures, refreshed about every second; audio figures are the audio module's.
    pub stats: watch::Receiver<Stats>,
    /// What this room can do.
    pub capabilities: Capabilities,
}

/// What a room cannot do: command name (as in [`crate::call::table`]) and the reason, in words. Empty = everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Command name -> why not.
    pub unavailable: BTreeMap<String, String>,
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
    /// Leave; [`BackendEvent::Ended`] follows.
    Leave,
}

/// One source of sound in a room, unique for the session's life (never reused for another speaker).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u64);

/// The key an encrypted frame was sealed with (SFrame KID). Nothing is encrypted end to end yet, so it has no values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyId {}

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

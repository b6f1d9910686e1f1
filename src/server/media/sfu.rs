//! The forwarder: ICE-lite, DTLS, SRTP and the forwarding of audio, over one UDP port, and over TCP for those who cannot use it.
//!
//! The core is sans-IO and owned by one thread per core, each with its own socket on the same port (`SO_REUSEPORT`);
//! each room is pinned to one thread, and the others hand it datagrams. A packet is decrypted once and encrypted once
//! per listener; nothing is allocated per packet and every queue is bounded. A panic in a room ends that room only.
//!
//! [`Sfu`] is the handle: its methods never block; they are carried out in order per room.

mod batch;
pub(crate) mod core;
mod data;
pub(crate) mod demux;
mod dominant;
pub(crate) mod dtls;
mod handle;
pub(crate) mod ice;
#[cfg(test)]
mod lossy;
pub(crate) mod outbox;
mod peer;
mod relayed;
pub(crate) mod reports;
mod room;
mod selection;
mod sender_reports;
pub(crate) mod srtp;
mod streams;
mod tally;
#[cfg(test)]
#[cfg(feature = "client")]
mod tests;
mod track;
#[doc(hidden)]
pub mod virtual_time;
pub(crate) mod way;
mod worker;

pub use handle::Sfu;

use std::net::SocketAddr;

/// A participant's transport, unique for the server's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerKey(pub u64);

/// A published track, unique for the server's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackKey(pub u64);

impl TrackKey {
    /// Its number in its room: what a slot's packets bear as their CSRC.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0 as u32
    }
}

/// A room, unique for the server's life; decides the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoomKey(pub u64);

/// One side's ICE credentials. `Debug` shows no password.
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    /// User name fragment; ours are random and unique per server.
    pub ufrag: String,
    /// Password; ours are random.
    pub pwd: String,
}

impl std::fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IceCredentials({})", self.ufrag)
    }
}

/// How the forwarder is set up.
#[derive(Debug, Clone)]
pub struct SfuConfig {
    /// The UDP address to bind. Port 0: any.
    pub listen: SocketAddr,
    /// Threads; 0 = one per core.
    pub threads: usize,
}

/// What the client's SDP says of its transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerTransport {
    /// Our credentials for this peer (fresh per peer and per ICE restart).
    pub local: IceCredentials,
    /// Theirs.
    pub remote: IceCredentials,
    /// SHA-256 of their DTLS certificate; checked when the handshake is done.
    pub remote_fingerprint: [u8; 32],
}

/// How a client sends a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// `a=ssrc`, if declared; otherwise the track is found by `mid`.
    pub ssrc: Option<u32>,
    /// The m-section.
    pub mid: String,
    /// Payload type of Opus in this session.
    pub payload_type: u8,
    /// Header extension id of `urn:ietf:params:rtp-hdrext:sdes:mid`.
    pub mid_extension: Option<u8>,
    /// Header extension id of `urn:ietf:params:rtp-hdrext:ssrc-audio-level`.
    pub level_extension: Option<u8>,
    /// It sends packets again that we ask for (`a=rtcp-fb:… nack`).
    pub nack: bool,
}

/// How a track is sent to one listener.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// SSRC on this leg, as declared in the answer.
    pub ssrc: u32,
    /// Payload type of Opus in this session.
    pub payload_type: u8,
}

/// What the forwarder reports.
#[derive(Debug, Clone, PartialEq)]
pub enum SfuEvent {
    /// ICE and DTLS are up.
    Connected(PeerKey),
    /// Nothing was heard from the peer for a while (it may come back).
    Disconnected(PeerKey),
    /// The peer's transport cannot come back (DTLS failed or was closed by the client, silence for too long, an internal error).
    /// No media is forwarded to it any more; `Sfu::remove_peer` is still due.
    Failed(PeerKey, String),
    /// The first packet of a track arrived.
    Started(TrackKey),
    /// Who is heard in a track: linear level 0 to 1, and whether it counts as speech. Sent on change, at most every 100 ms.
    Level {
        /// Track.
        track: TrackKey,
        /// 0 to 1.
        level: f32,
        /// Speaks.
        active: bool,
    },
    /// Whose track has the floor now: the dominant speaker. It stays so in silence.
    Dominant(TrackKey),
    /// The first packet of a track was forwarded to somebody.
    Flowing(TrackKey),
    /// A data channel message from a peer.
    Data {
        /// From whom.
        from: PeerKey,
        /// `_reliable` or `_lossy`.
        label: String,
        /// Bytes.
        payload: bytes::Bytes,
    },
}

//! SDP (RFC 8866, JSEP RFC 9429), as far as a forwarder of Opus needs it: [`parse`] reads a client's offer, [`write`]
//! writes our answer. Both are pure. The input is outside data: its size, its number of sections and every value that is
//! echoed are checked.

mod answer;
mod offer;
#[cfg(test)]
mod tests;

pub use answer::{Candidate, Local, Plan, Sending, write};
pub use offer::parse;

use crate::server::media::sfu::{IceCredentials, Incoming};

/// The longest offer that is looked at, in bytes.
pub const MAX_OFFER: usize = 256 * 1024;
/// The most m-sections in an offer.
pub const MAX_SECTIONS: usize = 512;

const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
const LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/// Header extensions that are answered. The stream ids are of no use here, but a Chromium whose video sections were ever
/// answered without them cannot set an offer with simulcast any more: a camera would end the call.
pub const EXTENSIONS: [&str; 4] =
    [MID, LEVEL, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"];

/// Why an offer is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Over [`MAX_OFFER`] or [`MAX_SECTIONS`].
    #[error("the SDP offer is too long")]
    TooLong,
    /// Not SDP.
    #[error("the SDP offer cannot be read")]
    Malformed,
    /// No section could be carried: every one is rejected or outside of a BUNDLE group.
    #[error("the SDP offer has no bundled media section")]
    NoBundle,
    /// No ICE credentials.
    #[error("the SDP offer has no ICE credentials")]
    NoIce,
    /// No SHA-256 fingerprint.
    #[error("the SDP offer has no SHA-256 fingerprint")]
    NoFingerprint,
    /// `a=setup:passive`: the DTLS client must be the other side.
    #[error("the SDP offer asks us to open DTLS, which this server does not do")]
    Passive,
}

/// A client's offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Their ICE credentials, of the bundled transport.
    pub ice: IceCredentials,
    /// SHA-256 of their DTLS certificate.
    pub fingerprint: [u8; 32],
    /// In the order of the m-lines, which the answer must repeat.
    pub sections: Vec<Section>,
}

/// What a section carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Pictures: answered, never carried.
    Video,
    /// Data channels (SCTP).
    Application,
}

/// One m-section of an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it carries.
    pub kind: Kind,
    /// `a=mid`.
    pub mid: String,
    /// Transport protocol of the m-line: `UDP/TLS/RTP/SAVPF`.
    pub protocol: String,
    /// First format of the m-line, for an m-line that is rejected.
    pub format: String,
    /// Whether it can be carried: bundled, not rejected, and with a codec for media.
    pub usable: bool,
    /// The client wants to send (`sendonly`, `sendrecv`).
    pub sends: bool,
    /// The client wants to receive (`recvonly`, `sendrecv`).
    pub receives: bool,
    /// The codec to answer with: Opus for sound, the first real one for pictures.
    pub codec: Option<Codec>,
    /// Header extensions that we answer: id and URI, out of [`EXTENSIONS`].
    pub extensions: Vec<(u8, &'static str)>,
    /// First `a=ssrc`.
    pub ssrc: Option<u32>,
    /// Track id of `a=msid`: what `AddTrack.cid` says.
    pub track_id: Option<String>,
}

/// A codec of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codec {
    /// RTP payload type, as the client numbers it.
    pub payload_type: u8,
    /// `opus/48000/2`.
    pub name: String,
    /// `a=fmtp` parameters; empty if there are none.
    pub parameters: String,
    /// Lost packets are asked for again (`a=rtcp-fb:… nack`, RFC 4585 section 4.2).
    pub nack: bool,
}

impl Section {
    /// How the client sends sound here; `None` if it sends none that can be carried.
    pub fn incoming(&self) -> Option<Incoming> {
        let codec = self.codec.as_ref()?;
        (self.kind == Kind::Audio && self.usable && self.sends).then(|| Incoming {
            ssrc: self.ssrc,
            mid: self.mid.clone(),
            payload_type: codec.payload_type,
            mid_extension: self.extension(MID),
            level_extension: self.extension(LEVEL),
            nack: codec.nack,
        })
    }

    fn extension(&self, uri: &str) -> Option<u8> {
        self.extensions.iter().find(|(_, u)| *u == uri).map(|(id, _)| *id)
    }

    /// Payload type for sound to the client here; `None` if it takes none.
    pub fn outgoing(&self) -> Option<u8> {
        let codec = self.codec.as_ref()?;
        (self.kind == Kind::Audio && self.usable && self.receives).then_some(codec.payload_type)
    }
}

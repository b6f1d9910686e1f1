//! RTP in and out, without the crate's types.

use bytes::Bytes;
use std::sync::Arc;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

/// One RTP packet (RFC 3550, section 5.1), as far as audio needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp at 48 kHz.
    pub timestamp: u32,
    /// SSRC; ignored when sending.
    pub ssrc: u32,
    /// First CSRC: what a stream that carries different sources carries in this packet. Not sent.
    pub source: Option<u32>,
    /// First packet after silence.
    pub marker: bool,
    /// There is a voice in it. Only sent, and only where the level extension is negotiated.
    pub voice: bool,
    /// One Opus packet.
    pub payload: Bytes,
}

impl Packet {
    /// What came, if it is sound.
    pub(super) fn read(header: &rtc::rtp::Header, payload: &Bytes) -> Option<Self> {
        (header.payload_type == super::OPUS_PAYLOAD_TYPE && !payload.is_empty()).then(|| Self {
            sequence: header.sequence_number,
            timestamp: header.timestamp,
            ssrc: header.ssrc,
            source: header.csrc.first().copied(),
            marker: header.marker,
            voice: false,
            payload: payload.clone(),
        })
    }
}

/// A track that the other side sends.
pub struct RemoteTrack {
    track: Arc<dyn TrackRemote>,
    /// The track id of `a=msid`; at LiveKit the track's sid `TR_…`.
    pub id: String,
    /// The stream id of `a=msid`; at LiveKit `PA_…|TR_…`.
    pub stream: String,
}

impl std::fmt::Debug for RemoteTrack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RemoteTrack({} {})", self.stream, self.id)
    }
}

impl RemoteTrack {
    pub(super) fn new(track: Arc<dyn TrackRemote>, id: String, stream: String) -> Self {
        Self { track, id, stream }
    }

    /// The next packet with a payload; `None` once the peer connection is closed. A sender that leaves ends nothing here:
    /// only the signalling knows.
    pub async fn receive(&self) -> Option<Packet> {
        loop {
            if let TrackRemoteEvent::OnRtpPacket(p) = self.track.poll().await?
                && let Some(packet) = Packet::read(&p.header, &p.payload)
            {
                return Some(packet);
            }
        }
    }
}

/// Extends 16-bit sequence numbers to 64 bits that never wrap, and go on where they were when the sender begins anew
/// with another SSRC.
#[derive(Debug, Clone, Default)]
pub struct SequenceExtender {
    last: Option<(u32, u16, u64)>,
}

impl SequenceExtender {
    /// The extended number of a packet; late packets get their own, smaller number.
    pub fn extend(&mut self, ssrc: u32, sequence: u16) -> u64 {
        // Far from zero, so that packets before the first one have room.
        const START: u64 = 1 << 16;
        let extended = match self.last {
            None => START + u64::from(sequence),
            Some((s, _, newest)) if s != ssrc => newest + 1,
            Some((_, last, newest)) => {
                let step = sequence.wrapping_sub(last).cast_signed();
                let extended = newest.saturating_add_signed(i64::from(step));
                if step <= 0 {
                    return extended;
                }
                extended
            }
        };
        self.last = Some((ssrc, sequence, extended));
        extended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_never_wrap() {
        let mut x = SequenceExtender::default();
        let first = x.extend(1, 65_534);
        assert_eq!(x.extend(1, 65_535), first + 1);
        assert_eq!(x.extend(1, 1), first + 3);
        assert_eq!(x.extend(1, 0), first + 2, "late by one, across the wrap");
        assert_eq!(x.extend(1, 65_533), first - 1);
        assert_eq!(x.extend(1, 2), first + 4);
        assert_eq!(x.extend(2, 40_000), first + 5, "a new SSRC goes on from there");
        assert_eq!(x.extend(2, 40_001), first + 6);
    }

    #[test]
    fn a_million_packets_stay_in_order() {
        let mut x = SequenceExtender::default();
        let first = x.extend(7, 0);
        assert!((1..1_000_000u64).all(|i| x.extend(7, i as u16) == first + i));
    }
}

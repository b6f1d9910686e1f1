//! Numbers for our own RTP stream.

use crate::backend::Frame;
use crate::rtc::{Packet, random_u32};

/// A step of the timestamp above this (120 ms, the longest Opus packet) means that there was silence.
const SILENCE: u32 = 48 * 120;

/// Turns frames into packets of one RTP stream: random first sequence number and timestamp (RFC 3550, section 5.1), and a
/// marker on the first packet after silence (RFC 7587, section 4.2). The first number is below 2^15: otherwise a receiver
/// that misses the packets before the wrap could never tell the roll-over counter (RFC 3711, section 3.3.1).
#[derive(Debug)]
pub(crate) struct Outgoing {
    sequence: u16,
    offset: u32,
    last: Option<u32>,
}

impl Outgoing {
    pub(crate) fn new() -> Self {
        Self { sequence: random_u32() as u16 & 0x7FFF, offset: random_u32(), last: None }
    }

    /// The packet of a frame.
    pub(crate) fn packet(&mut self, frame: Frame) -> Packet {
        let silence = self.last.is_none_or(|last| frame.timestamp.wrapping_sub(last) > SILENCE);
        self.last = Some(frame.timestamp);
        self.sequence = self.sequence.wrapping_add(1);
        Packet {
            sequence: self.sequence,
            timestamp: self.offset.wrapping_add(frame.timestamp),
            ssrc: 0,
            source: None,
            marker: silence,
            voice: frame.voice,
            payload: frame.payload,
        }
    }

    /// Frames are not sent now: the next one begins after silence.
    pub(crate) fn silence(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::SourceId;
    use std::time::Instant;

    fn frame(timestamp: u32) -> Frame {
        let payload = bytes::Bytes::from_static(&[1]);
        Frame { source: SourceId(0), key_id: None, sequence: 0, timestamp, arrived: Instant::now(), voice: false, payload }
    }

    #[test]
    fn numbers_have_no_gap_and_silence_is_marked() {
        let mut o = Outgoing::new();
        let a = o.packet(frame(u32::MAX - 400));
        let b = o.packet(frame((u32::MAX - 400).wrapping_add(960)));
        assert_eq!((a.marker, b.marker), (true, false));
        assert_eq!(b.sequence, a.sequence.wrapping_add(1));
        assert_eq!(b.timestamp.wrapping_sub(a.timestamp), 960);
        assert!(o.packet(frame(48_000 * 3)).marker, "silence before it");
        o.silence();
        let d = o.packet(frame(48_000 * 3 + 960));
        assert!(d.marker, "the microphone was closed before it");
        assert_eq!(d.sequence, a.sequence.wrapping_add(3));
    }
}

//! What load speakers say: one sound, encoded once for all of them, with a stamp in each packet.
//!
//! The stamp (speaker, number, time of sending) lies in the padding of a valid Opus packet (RFC 6716 section 3.2.5), as an
//! extension that no decoder knows: whoever decodes hears the sound, and whoever counts needs no table of what was sent.

use crate::audio::codec::{Encoder, FRAME_SAMPLES};
use crate::audio::rate::{Rate, Settings};
use crate::exit::{Exit, Failure};
use crate::server::media::sfu::demux::read_u32;
use bytes::Bytes;
use std::time::Duration;

/// Length of what is said, in packets of 20 ms; then it begins anew.
const PACKETS: usize = 200;
/// Sound in one packet.
pub(super) const FRAME: Duration = Duration::from_millis(20);
/// Bits per second of the sound itself.
const BITRATE: u32 = 24_000;
/// The padding's first byte: an extension whose content goes to the packet's end.
const EXTENSION: u8 = 121 << 1;
const STAMP: usize = 1 + 4 + 4 + 4 + 8;

/// The sound.
pub(super) struct Speech {
    packets: Vec<Bytes>,
    /// Tells our stamps from those of another load test in the same room.
    run: u32,
}

/// What a packet says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Whose.
    pub(super) speaker: u32,
    /// Its number, from 0.
    pub(super) number: u32,
    /// When it was sent, in microseconds since the test began.
    pub(super) sent: u64,
}

impl Speech {
    /// Encodes it. `run`: random.
    pub(super) fn new(run: u32) -> Result<Self, Failure> {
        let mut encoder = Encoder::new()?;
        encoder.set(Settings { bitrate: BITRATE, ..Rate::default().settings() });
        let failed = || Failure::new(Exit::Internal, "the speech of a load test cannot be encoded; report this fault");
        let sound = voice();
        let packets = sound.chunks_exact(FRAME_SAMPLES).map(|frame| encoder.encode(frame).ok_or_else(failed));
        Ok(Self { packets: packets.collect::<Result<_, _>>()?, run })
    }

    /// Appends the payload of a packet.
    pub(super) fn write(&self, stamp: Stamp, out: &mut Vec<u8>) {
        let frame = self.packets.get(stamp.number as usize % self.packets.len().max(1)).map(AsRef::as_ref).unwrap_or_default();
        let Some((toc, frame)) = frame.split_first() else { return };
        // One frame (our encoder makes no others at 20 ms), constant rate, padding.
        out.extend([toc | 3, 0x41, STAMP as u8]);
        out.extend(frame);
        out.push(EXTENSION);
        for word in [self.run, stamp.speaker, stamp.number] {
            out.extend(word.to_be_bytes());
        }
        out.extend(stamp.sent.to_be_bytes());
    }

    /// Reads the stamp of a payload; `None` if it is not of this test.
    pub(super) fn read(&self, payload: &[u8]) -> Option<Stamp> {
        let (_, stamp) = payload.split_at_checked(payload.len().checked_sub(STAMP)?)?;
        if stamp.first() != Some(&EXTENSION) || read_u32(stamp, 1)? != self.run {
            return None;
        }
        let sent = u64::from_be_bytes(*stamp.get(13..)?.first_chunk()?);
        Some(Stamp { speaker: read_u32(stamp, 5)?, number: read_u32(stamp, 9)?, sent })
    }
}

/// A gliding vowel in syllables, four a second.
fn voice() -> Vec<f32> {
    let rate = crate::audio::SAMPLE_RATE as f32;
    let mut phase = 0.0f32;
    let sample = |n: usize| {
        let t = n as f32 / rate;
        phase = (phase + (130.0 + 30.0 * (t * 2.0).sin()) / rate).fract();
        let vowel: f32 =
            (1..12).map(|h| (phase * h as f32 * std::f32::consts::TAU).sin() / (1.0 + (h as f32 - 5.0).powi(2))).sum();
        0.25 * vowel * (t * 4.0 * std::f32::consts::PI).sin().abs()
    };
    (0..PACKETS * FRAME_SAMPLES).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::codec::{Decoder, duration};

    #[test]
    fn a_stamped_packet_is_the_same_sound() {
        let speech = Speech::new(7).unwrap();
        let (mut plain, mut stamped) = (Decoder::new().unwrap(), Decoder::new().unwrap());
        for number in 0..PACKETS as u32 + 1 {
            let stamp = Stamp { speaker: 3, number, sent: 1 << 40 };
            let mut payload = Vec::new();
            speech.write(stamp, &mut payload);
            assert_eq!((duration(&payload), speech.read(&payload)), (Some(FRAME_SAMPLES), Some(stamp)));
            let sound = plain.decode(&speech.packets[number as usize % PACKETS]).unwrap().to_vec();
            assert_eq!(stamped.decode(&payload).unwrap(), sound, "packet {number}");
            assert!(payload.len() < 200);
        }
    }

    #[test]
    fn other_packets_have_no_stamp() {
        let (ours, others) = (Speech::new(7).unwrap(), Speech::new(8).unwrap());
        let mut payload = Vec::new();
        others.write(Stamp { speaker: 0, number: 0, sent: 0 }, &mut payload);
        assert_eq!(ours.read(&payload), None);
        for cut in 0..payload.len() {
            assert_eq!(others.read(&payload[..cut]), None);
        }
    }
}

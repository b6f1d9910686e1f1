//! Opus (RFC 6716), 48 kHz mono. Errors never leave this module as panics: what cannot be decoded is concealed.

use crate::exit::{Exit, Failure};
use bytes::Bytes;
use opus::{Application, Bitrate, Channels};

/// Samples in one frame that we send: 20 ms.
pub const FRAME_SAMPLES: usize = 960;
/// The longest packet there is, in samples: 120 ms (RFC 6716, section 3.2.5).
pub const MAX_PACKET_SAMPLES: usize = 5760;
/// Bits per second of our own voice.
const BITRATE: i32 = 32_000;
/// The same at constant rate: what pauses waste is not there for speech, and the redundant copy always takes its share.
const CONSTANT_BITRATE: i32 = 44_000;
/// What the encoder assumes is lost, in percent: it decides how many bits the redundant copy of the last frame gets.
const EXPECTED_LOSS: i32 = 10;

/// Encodes our own voice.
#[derive(Debug)]
pub struct Encoder {
    opus: opus::Encoder,
    packet: [u8; 1276],
}

impl Encoder {
    /// VoIP profile with in-band redundancy and without discontinuous transmission: pauses then look like any other
    /// packet, to the network and to jitter buffers.
    pub fn new() -> Result<Self, Failure> {
        let open = || {
            let mut opus = opus::Encoder::new(super::SAMPLE_RATE, Channels::Mono, Application::Voip)?;
            opus.set_bitrate(Bitrate::Bits(BITRATE))?;
            opus.set_inband_fec(true)?;
            opus.set_packet_loss_perc(EXPECTED_LOSS)?;
            opus.set_dtx(false)?;
            Ok::<_, opus::Error>(opus)
        };
        let opus = open().map_err(|e| Failure::new(Exit::Internal, format!("The Opus encoder cannot be set up: {e}.")))?;
        Ok(Self { opus, packet: [0; 1276] })
    }

    /// One size for every packet (constant bit rate), or as many bytes as the sound needs. What is said cannot be guessed from
    /// sizes then.
    pub fn set_constant_rate(&mut self, on: bool) {
        // Opus takes either value at any time.
        let bits = Bitrate::Bits(if on { CONSTANT_BITRATE } else { BITRATE });
        if let Err(e) = self.opus.set_vbr(!on).and_then(|()| self.opus.set_bitrate(bits)) {
            tracing::error!("the bit rate cannot be made constant: {e}");
        }
    }

    /// Encodes 20 ms; `None` if Opus refuses.
    pub fn encode(&mut self, sound: &[f32; FRAME_SAMPLES]) -> Option<Bytes> {
        let n = self.opus.encode_float(sound, &mut self.packet).ok()?;
        self.packet.get(..n).map(Bytes::copy_from_slice)
    }
}

/// How long a packet sounds, in samples at 48 kHz, from its header alone; `None` if it is no Opus packet.
pub fn duration(packet: &[u8]) -> Option<usize> {
    // Opus rejects a bad frame count here; deeper damage shows when decoding.
    opus::packet::get_nb_samples(packet, super::SAMPLE_RATE).ok().filter(|n| (1..=MAX_PACKET_SAMPLES).contains(n))
}

/// Decodes one speaker.
#[derive(Debug)]
pub struct Decoder {
    opus: opus::Decoder,
    sound: Box<[f32; MAX_PACKET_SAMPLES]>,
}

impl Decoder {
    /// A fresh decoder; stereo packets are mixed down.
    pub fn new() -> Result<Self, Failure> {
        let opus = opus::Decoder::new(super::SAMPLE_RATE, Channels::Mono)
            .map_err(|e| Failure::new(Exit::Internal, format!("The Opus decoder cannot be set up: {e}.")))?;
        Ok(Self { opus, sound: Box::new([0.0; MAX_PACKET_SAMPLES]) })
    }

    /// Forgets the past: another stream follows.
    pub fn reset(&mut self) {
        let _ = self.opus.reset_state();
    }

    /// Decodes a packet; `None` if Opus cannot.
    pub fn decode(&mut self, packet: &[u8]) -> Option<&[f32]> {
        self.run(packet, MAX_PACKET_SAMPLES, false)
    }

    /// The `samples` before `packet`, from the redundant copy inside it (LBRR, RFC 6716 section 2.1.7); without one,
    /// Opus conceals.
    pub fn recover(&mut self, packet: &[u8], samples: usize) -> Option<&[f32]> {
        self.run(packet, samples, true)
    }

    /// Makes up `samples` of sound (a multiple of 2.5 ms) that continue what was heard.
    pub fn conceal(&mut self, samples: usize) -> Option<&[f32]> {
        self.run(&[], samples, false)
    }

    fn run(&mut self, packet: &[u8], samples: usize, recover: bool) -> Option<&[f32]> {
        let room = self.sound.get_mut(..samples)?;
        let n = self.opus.decode_float(packet, room, recover).ok()?;
        let sound = self.sound.get_mut(..n)?;
        for s in sound.iter_mut() {
            // Damaged packets may decode to anything; one NaN would silence a mixer for ever.
            *s = if s.is_finite() { s.clamp(-2.0, 2.0) } else { 0.0 };
        }
        Some(sound)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{correlation, packets, voice};
    use super::*;

    #[test]
    fn at_constant_rate_speech_and_silence_have_one_size() {
        let mut encoder = Encoder::new().unwrap();
        encoder.set_constant_rate(true);
        let mut sound = voice(2);
        sound.extend([0.0; FRAME_SAMPLES * 20]);
        let sizes: std::collections::BTreeSet<usize> =
            sound.as_chunks::<FRAME_SAMPLES>().0.iter().map(|frame| encoder.encode(frame).unwrap().len()).collect();
        assert_eq!(sizes.len(), 1, "{sizes:?}");
    }

    #[test]
    fn garbage_is_refused_or_decoded_but_never_panics() {
        let mut decoder = Decoder::new().unwrap();
        let mut seed = 1u64;
        for length in (0..1500).step_by(7) {
            let packet: Vec<u8> = (0..length)
                .map(|_| {
                    seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    (seed >> 56) as u8
                })
                .collect();
            let _ = duration(&packet);
            for sound in [decoder.decode(&packet).map(<[f32]>::to_vec), decoder.recover(&packet, 960).map(<[f32]>::to_vec)] {
                assert!(sound.is_none_or(|s| s.iter().all(|x| x.is_finite())));
            }
        }
    }

    #[test]
    fn a_lost_frame_comes_back_from_the_next_packet_better_than_made_up() {
        let sound = voice(3);
        let packets = packets(&sound);
        let (mut recovered, mut made_up, mut frames) = (0.0, 0.0, 0.0);
        for lost in (20..140).step_by(6) {
            let (mut whole, mut with, mut without) = (Decoder::new().unwrap(), Decoder::new().unwrap(), Decoder::new().unwrap());
            for p in &packets[..lost] {
                for d in [&mut whole, &mut with, &mut without] {
                    d.decode(p).unwrap();
                }
            }
            let truth = whole.decode(&packets[lost]).unwrap();
            if truth.iter().all(|s| s.abs() < 0.02) {
                continue;
            }
            frames += 1.0;
            recovered += correlation(truth, with.recover(&packets[lost + 1], FRAME_SAMPLES).unwrap(), 1);
            made_up += correlation(truth, without.conceal(FRAME_SAMPLES).unwrap(), 1);
        }
        println!("{frames} lost frames: recovered {:.3}, made up {:.3}", recovered / frames, made_up / frames);
        assert!(frames > 8.0 && recovered / frames > 0.8 && recovered > made_up);
    }
}

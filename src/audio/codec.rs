//! Opus (RFC 6716), 48 kHz mono. Errors never leave this module as panics: what cannot be decoded is concealed.

mod decoder;
mod dred;
mod encoder;

pub use decoder::Decoder;
#[cfg(test)]
pub(crate) use dred::encode_with_redundancy;
pub use encoder::Encoder;

/// Samples in one frame that we send: 20 ms.
pub const FRAME_SAMPLES: usize = 960;
/// The longest packet there is, in samples: 120 ms (RFC 6716, section 3.2.5).
pub const MAX_PACKET_SAMPLES: usize = 5760;

/// How long a packet sounds, in samples at 48 kHz, from its header alone; `None` if it is no Opus packet.
pub fn duration(packet: &[u8]) -> Option<usize> {
    // Opus rejects a bad frame count here, and sizes that do not add up; deeper damage shows when decoding.
    opus::packet::parse(packet).ok()?;
    opus::packet::get_nb_samples(packet, super::SAMPLE_RATE).ok().filter(|n| (1..=MAX_PACKET_SAMPLES).contains(n))
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

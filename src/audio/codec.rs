//! Opus (RFC 6716), 48 kHz mono. Errors never leave this module as panics: what cannot be decoded is concealed.

mod ctl;
mod decoder;
mod dred;
mod encoder;

pub use decoder::Decoder;
pub use encoder::Encoder;

/// Samples in one frame that we send by default: 20 ms.
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
    use super::super::rate::{FrameLength, Rate, Settings};
    use super::super::testing::{correlation, packets, voice};
    use super::*;

    #[test]
    fn a_lower_rate_makes_smaller_packets_and_deep_redundancy_larger_ones() {
        let sound = voice(3);
        let bytes = |settings: Settings| -> usize {
            let mut encoder = Encoder::new().unwrap();
            encoder.set(settings);
            sound.chunks_exact(settings.frame.samples()).map(|frame| encoder.encode(frame).unwrap().len()).sum()
        };
        let good = Rate::default().settings();
        let plain = bytes(good);
        let deep = bytes(Settings { bitrate: 44_000, expected_loss: 30, deep_ms: 480, ..good });
        let low = bytes(Settings { bitrate: 8_000, frame: FrameLength::Ms60, ..good });
        println!("{plain} bytes in 3 s, deep {deep}, low {low}");
        assert!(low * 8 / 3 < 10_000 && low * 2 < plain && plain < deep);
    }

    #[test]
    fn at_constant_rate_speech_and_silence_have_one_size() {
        let mut sound = voice(2);
        sound.extend([0.0; FRAME_SAMPLES * 21]);
        let good = Settings { constant: true, ..Rate::default().settings() };
        for (bitrate, frame, deep_ms) in [
            (44_000, FrameLength::Ms20, 0),
            (44_000, FrameLength::Ms20, 480),
            (34_000, FrameLength::Ms40, 0),
            (16_000, FrameLength::Ms60, 0),
            (9_600, FrameLength::Ms60, 0),
        ] {
            let mut encoder = Encoder::new().unwrap();
            encoder.set(Settings { bitrate, frame, deep_ms, expected_loss: 20, ..good });
            let sizes: std::collections::BTreeSet<usize> =
                sound.chunks_exact(frame.samples()).map(|frame| encoder.encode(frame).unwrap().len()).collect();
            let bytes = (bitrate * frame.ms() / 8000) as usize;
            assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [bytes], "{bitrate} {frame:?} {deep_ms}");
        }
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

//! What arrives from the network and what is heard of it: what the targets `payload` and `jitter` do, and a module of
//! `tests/fuzz_playout.rs`, which runs them on stable.

use conclave::audio::TICK_SAMPLES;
use conclave::audio::codec::{Decoder, MAX_PACKET_SAMPLES, duration};
use conclave::audio::jitter_buffer::{CEILING, JitterBuffer, Pulled};
use conclave::backend::{Frame, SourceId};
use std::time::{Duration, Instant};

fn frame(sequence: u64, timestamp: u32, arrived: Instant, payload: &[u8]) -> Frame {
    let payload = payload.to_vec().into();
    Frame { source: SourceId(1), key_id: None, sequence, timestamp, arrived, voice: false, payload }
}

fn listen(buffer: &mut JitterBuffer, now: Instant) -> Pulled {
    let mut out = [0.0; TICK_SAMPLES];
    let pulled = buffer.pull_10ms(now, &mut out);
    assert!(out.iter().all(|s| s.is_finite() && s.abs() <= 4.0), "no sound of this world");
    assert!(pulled != Pulled::Nothing || out.iter().all(|s| *s == 0.0), "sound where there is none");
    pulled
}

/// Any bytes as the payload of one packet: decoded in every way there is, and played with a gap before it.
pub fn payload(data: &[u8]) {
    let Ok(mut decoder) = Decoder::new() else { return };
    let length = duration(data);
    assert!(length.is_none_or(|n| (1..=MAX_PACKET_SAMPLES).contains(&n)));
    let _ = Decoder::has_copy(data);
    if let Some((from, to)) = decoder.reach(data) {
        assert!(from > to && from <= 10 * 48_000);
        for before in [from, from / 2, 960] {
            let _ = decoder.recover_deep(data, before as u64, before, 960).map(|s| assert_eq!(s.len(), 960));
        }
    }
    let _ = decoder.recover(data, 960).map(|s| assert_eq!(s.len(), 960));
    decoder.save();
    let heard = decoder.decode(data).map(<[f32]>::len);
    assert!(heard.is_none() || heard == length, "{heard:?} {length:?}");
    let _ = decoder.conceal(480);
    decoder.restore();

    let Ok(mut buffer) = JitterBuffer::new(CEILING) else { return };
    let mut now = Instant::now();
    for sequence in [0, 4, 5] {
        buffer.push(frame(sequence, sequence as u32 * 960, now, data));
        for _ in 0..8 {
            now += Duration::from_millis(10);
            let pulled = listen(&mut buffer, now);
            assert!(length.is_some() || pulled == Pulled::Nothing, "sound of what cannot be decoded");
        }
    }
}

/// Six bytes are a step: what, and with which numbers. A packet is the one that was chosen of `packets`, or the bytes
/// themselves.
pub fn jitter(data: &[u8], packets: &[Vec<u8>]) {
    let Ok(mut buffer) = JitterBuffer::new(CEILING) else { return };
    let (mut now, mut base) = (Instant::now(), (1u64 << 33, 0u32));
    for step in data.chunks_exact(6).take(2_000) {
        let (what, a, b) = (step[0], u16::from_le_bytes([step[1], step[2]]), u16::from_le_bytes([step[3], step[4]]));
        match what % 8 {
            0..=3 => {
                // Mostly in order: the numbers go on with each step.
                let payload = packets.get(usize::from(step[5])).map_or(step, Vec::as_slice);
                let skew = if what & 0x80 == 0 { 0 } else { u32::from(b) << (what & 15) };
                let sequence = base.0.wrapping_add(u64::from(a % 8));
                buffer.push(frame(sequence, base.1.wrapping_add(u32::from(a % 8) * 960).wrapping_add(skew), now, payload));
                base = (base.0.wrapping_add(1), base.1.wrapping_add(960));
            }
            4..=6 => {
                for _ in 0..=a % 4 {
                    now += Duration::from_millis(10);
                    listen(&mut buffer, now);
                }
            }
            _ => match b % 4 {
                0 => now += Duration::from_millis(u64::from(a)),
                1 => base.0 = base.0.wrapping_add(u64::from(a) << (step[5] % 48)),
                2 => base.1 = base.1.wrapping_add(u32::from(a) << (step[5] % 16)),
                _ => base = (u64::from(a), u32::from(a).wrapping_mul(0x9E37)),
            },
        }
    }
    for _ in 0..1_500 {
        now += Duration::from_millis(10);
        listen(&mut buffer, now);
    }
    assert!(buffer.is_idle(), "15 s after the last packet nothing is left");
}

/// Good packets for [`jitter`]: speech-like sound in frames of every length, and stereo.
#[allow(clippy::unwrap_used, reason = "a fuzz target without its packets is of no use")]
pub fn good() -> Vec<Vec<u8>> {
    let sound: Vec<f32> = (0..48_000).map(|i| 0.3 * (i as f32 * 0.02).sin() * (i as f32 * 0.0003).sin()).collect();
    let mut all = Vec::new();
    for (channels, length) in [(1, 960), (1, 480), (1, 1920), (1, 2880), (2, 960)] {
        let both: Vec<f32> = sound.iter().flat_map(|s| std::iter::repeat_n(*s, channels)).collect();
        let shape = if channels == 1 { opus::Channels::Mono } else { opus::Channels::Stereo };
        let mut encoder = opus::Encoder::new(48_000, shape, opus::Application::Voip).unwrap();
        encoder.set_inband_fec(true).unwrap();
        encoder.set_packet_loss_perc(20).unwrap();
        all.extend(both.chunks_exact(length * channels).map(|c| encoder.encode_vec_float(c, 4000).unwrap()));
    }
    all.truncate(250);
    all
}

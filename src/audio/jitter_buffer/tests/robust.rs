//! Whatever arrives, whenever: bounded, finite, and no panic.

use super::*;
use proptest::prelude::*;

/// What may happen to a jitter buffer.
#[derive(Debug, Clone)]
enum Step {
    /// A packet: which, how much its numbers are off, and what is done to its bytes.
    Push { sequence: u16, skew: i32, damage: Option<(u16, u8)>, length: Option<u16> },
    /// A packet of random bytes.
    Noise(Vec<u8>),
    /// Time passes, and so much is played.
    Pull { ticks: u8, jump_ms: u16 },
    /// The sender starts again with other numbers.
    Restart(u64, u32),
}

fn step() -> impl Strategy<Value = Step> {
    let push = (0u16..300, prop_oneof![4 => Just(0i32), 1 => any::<i32>()], proptest::option::weighted(0.2, any::<(u16, u8)>()))
        .prop_flat_map(|(sequence, skew, damage)| {
            proptest::option::weighted(0.1, any::<u16>()).prop_map(move |length| Step::Push { sequence, skew, damage, length })
        });
    prop_oneof![
        8 => push,
        1 => proptest::collection::vec(any::<u8>(), 0..200).prop_map(Step::Noise),
        6 => (0u8..8, prop_oneof![9 => Just(0u16), 1 => any::<u16>()]).prop_map(|(ticks, jump_ms)| Step::Pull { ticks, jump_ms }),
        1 => any::<(u64, u32)>().prop_map(|(a, b)| Step::Restart(a, b)),
    ]
}

/// Packets of 120 ms: others send them.
fn longest(sound: &[f32]) -> impl Iterator<Item = Bytes> {
    let mut opus = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
    sound.chunks_exact(5760).map(move |c| Bytes::from(opus.encode_vec_float(c, 4000).unwrap()))
}

fn corpus() -> Vec<Bytes> {
    let sound = voice(2);
    let mut all = encode(&sound, 960, 40_000, 500);
    for frame in [480, 1920, 2880] {
        all.extend(encode(&sound, frame, 24_000, 0));
    }
    all.extend(longest(&sound));
    let mut stereo = opus::Encoder::new(48_000, opus::Channels::Stereo, opus::Application::Audio).unwrap();
    let both: Vec<f32> = sound.iter().flat_map(|s| [*s, -*s * 0.5]).collect();
    all.extend(both.chunks_exact(1920).map(|c| Bytes::from(stereo.encode_vec_float(c, 4000).unwrap())));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_any_packets_is_survived(steps in proptest::collection::vec(step(), 1..120)) {
        let corpus = corpus();
        let mut now = Instant::now();
        let mut buffer = JitterBuffer::new(CEILING).unwrap();
        let (mut out, mut base) = ([0.0; TICK_SAMPLES], (1_000u64, 7u32));
        for step in steps {
            match step {
                Step::Push { sequence, skew, damage, length } => {
                    let mut payload = corpus[usize::from(sequence) % corpus.len()].to_vec();
                    if let Some((at, mask)) = damage {
                        let at = usize::from(at) % payload.len();
                        payload[at] ^= mask;
                    }
                    payload.resize(length.map_or(payload.len(), usize::from), 0x55);
                    let mut f = frame(now, 0, 0.0, &Bytes::from(payload));
                    f.sequence = base.0.wrapping_add(u64::from(sequence));
                    f.timestamp = base.1.wrapping_add(u32::from(sequence) * 960).wrapping_add(skew.cast_unsigned());
                    buffer.push(f);
                }
                Step::Noise(bytes) => buffer.push(frame(now, 1, 0.0, &Bytes::from(bytes))),
                Step::Pull { ticks, jump_ms } => {
                    now += Duration::from_millis(u64::from(jump_ms));
                    for _ in 0..ticks {
                        now += Duration::from_millis(10);
                        let pulled = buffer.pull_10ms(now, &mut out);
                        prop_assert!(out.iter().all(|s| s.is_finite() && s.abs() <= 3.0));
                        prop_assert!(pulled != Pulled::Nothing || out.iter().all(|s| *s == 0.0));
                    }
                }
                Step::Restart(sequence, timestamp) => base = (sequence, timestamp),
            }
            prop_assert!(buffer.packets.len() <= MAX_PACKETS && buffer.fifo.len() < 24_000);
            prop_assert!(buffer.depth_ms() < 20_000);
        }
        for _ in 0..1_500 {
            now += Duration::from_millis(10);
            buffer.pull_10ms(now, &mut out);
        }
        prop_assert!(buffer.is_idle(), "15 s after the last packet nothing is left");
        prop_assert!(out.iter().all(|s| *s == 0.0));
    }
}

#[test]
fn frame_sizes_and_channels_may_change_in_mid_stream() {
    let sound = voice(6);
    let start = Instant::now();
    let (mut frames, mut k, mut at) = (Vec::new(), 0usize, 0usize);
    for (part, length) in sound.chunks_exact(48_000).zip([960usize, 480, 2880, 5760, 1920, 960]) {
        let packets = if length == 5760 { longest(part).collect() } else { encode(part, length, 32_000, 0) };
        for packet in packets {
            at += length;
            let ms = at as f64 / 48.0;
            let mut f = frame(start, k, ms, &packet);
            f.timestamp = (at - length) as u32;
            frames.push((ms, f));
            k += 1;
        }
        at = at.div_ceil(48_000) * 48_000;
    }
    let (heard, buffer, _) = play(start, frames, 720);
    let c = by_seconds(&sound, &heard);
    println!("correlation {c:.3}, {:?}", buffer.counters());
    assert!(c > 0.8, "{c}");
    assert_eq!(buffer.counters().lost, 0);
}

mod drift;
mod loss;
mod robust;

use super::super::TICK_SAMPLES;
use super::super::codec::{Encoder, FRAME_SAMPLES};
use super::super::rate::{Rate, Settings};
use super::super::testing::{Random, align, packets, voice};
use super::*;
use crate::backend::SourceId;
use std::time::Instant;

fn frame(start: Instant, k: usize, at_ms: f64, payload: &Bytes) -> Frame {
    Frame {
        source: SourceId(1),
        key_id: None,
        sequence: 5_000 + k as u64,
        timestamp: 0xFFFF_F000u32.wrapping_add((k * FRAME_SAMPLES) as u32),
        arrived: start + Duration::from_secs_f64(at_ms / 1000.0),
        voice: false,
        payload: payload.clone(),
    }
}

/// Packets of so many samples, with so many milliseconds of deep redundancy.
fn encode(sound: &[f32], frame: usize, bitrate: u32, deep_ms: u32) -> Vec<Bytes> {
    let mut encoder = Encoder::new().unwrap();
    encoder.set(Settings { bitrate, expected_loss: 25, deep_ms, ..Rate::default().settings() });
    sound.chunks_exact(frame).map(|c| encoder.encode(c).unwrap()).collect()
}

/// What a network did to each packet: `None` = lost, else its transit time in ms.
fn run(sound: &[f32], mut net: impl FnMut(usize) -> Option<f64>) -> (Vec<f32>, JitterBuffer, Vec<Pulled>) {
    let start = Instant::now();
    let mut frames: Vec<(f64, Frame)> = packets(sound)
        .iter()
        .enumerate()
        .filter_map(|(k, p)| net(k).map(|ms| (ms + (k as f64 + 1.0) * 20.0, k, p)))
        .map(|(at, k, p)| (at, frame(start, k, at, p)))
        .collect();
    frames.sort_by(|a, b| a.0.total_cmp(&b.0));
    play(start, frames, sound.len() / 480 + 50)
}

fn play(start: Instant, frames: Vec<(f64, Frame)>, ticks: usize) -> (Vec<f32>, JitterBuffer, Vec<Pulled>) {
    let mut buffer = JitterBuffer::new(CEILING).unwrap();
    let (mut heard, mut pulled) = (Vec::new(), Vec::new());
    let mut frames = frames.into_iter().peekable();
    for tick in 0..ticks {
        let now = tick as f64 * 10.0;
        while let Some((_, frame)) = frames.next_if(|f| f.0 <= now) {
            buffer.push(frame);
        }
        let mut out = [0.0; TICK_SAMPLES];
        pulled.push(buffer.pull_10ms(start + Duration::from_secs_f64(now / 1000.0), &mut out));
        heard.extend_from_slice(&out);
        assert!(buffer.packets.len() <= MAX_PACKETS && buffer.fifo.len() < 12_000);
    }
    (heard, buffer, pulled)
}

/// Correlation where each second is aligned for itself: delay changes are allowed, damage is not.
fn by_seconds(sent: &[f32], heard: &[f32]) -> f64 {
    let seconds = sent.len() / 48_000;
    let sum: f64 = (1..seconds)
        .map(|s| {
            let (from, to) = (s * 48_000, (s + 1) * 48_000);
            align(&sent[from..to], &heard[from..heard.len().min(to + 15_000)], 14_400).1
        })
        .sum();
    sum / (seconds - 1) as f64
}

#[test]
fn a_clean_network_gives_the_sent_sound_after_at_most_70_ms() {
    let sound = voice(8);
    let (heard, buffer, pulled) = run(&sound, |_| Some(30.0));
    // A first pause may take back what was waited at the beginning.
    let (lag, c) = align(&sound[3 * 48_000..], &heard[3 * 48_000..], 9_600);
    println!("clean: mouth to buffer output {:.1} ms with 30 ms of network, correlation {c:.3}", lag as f64 / 48.0);
    assert!(c > 0.95, "correlation {c}");
    assert!(lag as f64 / 48.0 <= 70.0, "{} ms", lag as f64 / 48.0);
    let counters = buffer.counters();
    assert_eq!((counters.received, counters.lost, counters.late, counters.concealed), (400, 0, 0, 0));
    assert!(pulled.iter().filter(|p| **p == Pulled::Sound).count() >= 798);
}

#[test]
fn ten_percent_loss_with_jitter_is_concealed_and_stays_intelligible() {
    let sound = voice(10);
    let network = |seed| {
        let mut random = Random(seed);
        move |_| {
            let (lost, jitter) = (random.next() < 0.1, -15.0 * (1.0 - random.next()).ln());
            (!lost).then_some(30.0 + jitter)
        }
    };
    let (heard, buffer, _) = run(&sound, network(11));
    let (c, counters) = (by_seconds(&sound, &heard), buffer.counters());
    println!(
        "10 % loss, 15 ms jitter: {:.1} ms, correlation {c:.3}, {counters:?}",
        align(&sound, &heard, 14_400).0 as f64 / 48.0
    );
    assert!(c > 0.8, "correlation {c}");
    assert!((30..100).contains(&counters.lost), "{counters:?}");
    assert!(counters.recovered * 2 > counters.lost, "{counters:?}");
    assert!(counters.concealed < 48_000, "less than a second of ten made up: {counters:?}");

    let (again, ..) = run(&sound, network(11));
    assert!(heard == again, "the same seed gives the same samples");
    let (other, ..) = run(&sound, network(12));
    assert!(heard != other);
}

#[test]
fn a_spike_is_survived_and_the_delay_comes_back() {
    let sound = voice(12);
    let (heard, buffer, _) = run(&sound, |k| Some(if (100..110).contains(&k) { 30.0 + (110 - k) as f64 * 20.0 } else { 30.0 }));
    let (lag, c) = align(&sound[9 * 48_000..11 * 48_000], &heard[9 * 48_000..], 14_400);
    println!("after a 200 ms stall: {:.1} ms, correlation {c:.3}", lag as f64 / 48.0);
    assert!(c > 0.9 && lag as f64 / 48.0 <= 100.0, "{c} {lag}");
    assert_eq!(buffer.counters().lost, 0);
}

#[test]
fn duplicates_and_reordering_change_nothing() {
    let sound = voice(4);
    let start = Instant::now();
    let mut frames = Vec::new();
    for (k, p) in packets(&sound).iter().enumerate() {
        let at = (k as f64 + 1.0) * 20.0 + if k % 10 == 4 { 25.0 } else { 0.0 };
        frames.push((at, frame(start, k, at, p)));
        frames.push((at + 3.0, frame(start, k, at + 3.0, p)));
    }
    frames.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (heard, buffer, _) = play(start, frames, 450);
    assert!(by_seconds(&sound, &heard) > 0.93);
    let counters = buffer.counters();
    assert_eq!((counters.received, counters.refused), (200, 200));
    assert!(counters.lost <= 6 && counters.concealed < 48 * 60, "until the delay has grown: {counters:?}");
}

#[test]
fn who_joins_late_hears_at_once_and_a_restarted_stream_is_another_stream() {
    let sound = voice(4);
    let start = Instant::now();
    let packets = packets(&sound);
    let mut frames: Vec<(f64, Frame)> = Vec::new();
    for (k, p) in packets.iter().enumerate().skip(50) {
        let at = (k as f64 + 1.0) * 20.0;
        let mut f = frame(start, k, at, p);
        if k >= 125 {
            f.sequence = 7; // the sender restarted with other numbers
            f.sequence += k as u64;
            f.timestamp = f.timestamp.wrapping_add(1_000_000_000);
        }
        frames.push((at, f));
    }
    let (heard, buffer, pulled) = play(start, frames, 420);
    assert!(pulled.iter().position(|p| *p == Pulled::Sound).is_some_and(|t| t * 10 <= 1020 + 30));
    assert!(by_seconds(&sound[48_000..], &heard[48_000..]) > 0.8);
    assert_eq!(buffer.counters().lost, 0, "numbers of two streams do not make losses");
    assert_eq!(buffer.counters().received, 150);
}

#[test]
fn a_muted_sender_is_silence_not_endless_concealment() {
    let sound = voice(6);
    let start = Instant::now();
    let frames: Vec<(f64, Frame)> = packets(&sound)
        .iter()
        .enumerate()
        .filter(|(k, _)| !(100..200).contains(k))
        .map(|(k, p)| {
            let at = (k as f64 + 1.0) * 20.0;
            let mut f = frame(start, k, at, p);
            if k >= 200 {
                f.sequence -= 100; // sequence numbers go on, the timestamp tells the pause
            }
            (at, f)
        })
        .collect();
    let (heard, buffer, pulled) = play(start, frames, 640);
    let quiet = &heard[(2_000 + 200) * 48..3_990 * 48];
    assert!(quiet.iter().all(|s| s.abs() < 0.001), "no louder than the room 200 ms after the last packet");
    assert!(pulled.iter().filter(|p| **p == Pulled::Nothing).count() > 20, "in the end there is nothing");
    let (lag, c) = align(&sound[4 * 48_000..5 * 48_000], &heard[4 * 48_000..], 9_600);
    assert!(c > 0.9 && lag as f64 / 48.0 < 60.0, "heard again at once: {c} {lag}");
    let counters = buffer.counters();
    assert_eq!((counters.lost, counters.concealed), (0, 0), "a pause is no loss");
}

#[test]
fn a_sender_whose_timestamp_stands_still_while_muted_is_heard_again() {
    let sound = voice(4);
    let start = Instant::now();
    let frames: Vec<(f64, Frame)> = packets(&sound)
        .iter()
        .enumerate()
        .map(|(k, p)| {
            let at = (k as f64 + 1.0) * 20.0 + if k < 100 { 0.0 } else { 5_000.0 };
            (at, frame(start, k, at, p))
        })
        .collect();
    let (heard, buffer, _) = play(start, frames, 1_000);
    let (lag, c) = align(&sound[2 * 48_000..3 * 48_000], &heard[7 * 48_000..], 9_600);
    assert!(c > 0.9 && lag as f64 / 48.0 < 70.0, "{c} {lag}");
    assert_eq!(buffer.counters().lost, 0);
}

#[test]
fn packets_of_10_40_and_60_ms_play_through() {
    for length in [480, 1920, 2880] {
        let sound = voice(4);
        let mut opus = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
        let start = Instant::now();
        let frames: Vec<(f64, Frame)> = sound
            .chunks_exact(length)
            .enumerate()
            .map(|(k, c)| {
                let at = (k as f64 + 1.0) * length as f64 / 48.0;
                let payload = Bytes::from(opus.encode_vec_float(c, 4000).unwrap());
                let mut f = frame(start, k, at, &payload);
                f.timestamp = (k * length) as u32;
                (at, f)
            })
            .collect();
        let (heard, buffer, _) = play(start, frames, 450);
        let (lag, _) = align(&sound, &heard, 9_600);
        let c = by_seconds(&sound, &heard);
        println!("{} ms packets: {:.1} ms, correlation {c:.3}", length / 48, lag as f64 / 48.0);
        assert!(c > 0.9, "{length}: {c}");
        assert_eq!(buffer.counters().lost, 0);
        assert!(lag as f64 / 48.0 < length as f64 / 48.0 + 35.0);
    }
}

#[test]
fn garbage_never_panics_and_good_packets_are_still_heard() {
    let sound = voice(4);
    let start = Instant::now();
    let mut random = Random(99);
    let mut frames = Vec::new();
    for (k, p) in packets(&sound).iter().enumerate() {
        let at = (k as f64 + 1.0) * 20.0;
        frames.push((at, frame(start, k, at, p)));
        if k % 3 == 0 {
            let noise: Vec<u8> = (0..(random.next() * 300.0) as usize).map(|_| (random.next() * 256.0) as u8).collect();
            let mut f = frame(start, k, at, &Bytes::from(noise));
            f.sequence = f.sequence.wrapping_add((random.next() * 50.0) as u64);
            if random.next() < 0.05 {
                f.sequence = (random.next() * u64::MAX as f64) as u64;
                f.timestamp = (random.next() * f64::from(u32::MAX)) as u32;
            }
            frames.push((at + 1.0, f));
        }
    }
    frames.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (heard, ..) = play(start, frames, 450);
    assert!(heard.iter().all(|s| s.is_finite() && s.abs() <= 2.0));
    assert!(heard.iter().any(|s| s.abs() > 0.05));
}

#[test]
fn extreme_numbers_are_harmless() {
    let sound = voice(1);
    let start = Instant::now();
    let packets = packets(&sound);
    let mut buffer = JitterBuffer::new(CEILING).unwrap();
    let mut out = [0.0; TICK_SAMPLES];
    for (k, sequence) in [0, u64::MAX, u64::MAX - 1, 1, u64::MAX / 2, 0].into_iter().enumerate() {
        for timestamp in [0, u32::MAX, 0x8000_0000] {
            let mut f = frame(start, 0, 0.0, &packets[k]);
            (f.sequence, f.timestamp) = (sequence, timestamp);
            buffer.push(f);
            for t in 0..20 {
                buffer.pull_10ms(start + Duration::from_millis(t * 10), &mut out);
            }
        }
    }
}

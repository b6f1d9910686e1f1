//! What is missing and how it comes back.

use super::super::super::codec;
use super::*;

/// Packets with half a second of deep redundancy, of which some are lost.
fn deep(sound: &[f32], deep_ms: u32, mut lost: impl FnMut(usize) -> bool) -> (Vec<f32>, JitterBuffer) {
    let start = Instant::now();
    let frames: Vec<(f64, Frame)> = encode(sound, FRAME_SAMPLES, 40_000, deep_ms)
        .iter()
        .enumerate()
        .filter(|(k, _)| !lost(*k))
        .map(|(k, p)| {
            let at = (k as f64 + 1.0) * 20.0 + 30.0;
            (at, frame(start, k, at, p))
        })
        .collect();
    let (heard, buffer, _) = play(start, frames, sound.len() / 480 + 50);
    (heard, buffer)
}

#[test]
fn bursts_come_back_from_deep_redundancy() {
    let sound = voice(12);
    // Bursts of four packets; the second half of the call is compared, when the delay has adapted.
    let burst = |k: usize| k > 50 && k % 20 < 4;
    let (with, buffer) = deep(&sound, 500, burst);
    let counters = buffer.counters();
    let (without, plain) = deep(&sound, 0, burst);
    println!(
        "with {:.3} {counters:?}\nwithout {:.3} {:?}",
        by_seconds(&sound, &with),
        by_seconds(&sound, &without),
        plain.counters()
    );
    assert!(counters.recovered_deep as f64 > counters.lost as f64 * 0.5, "{counters:?}");
    assert!(counters.recovered > 0, "the one directly before comes from its copy: {counters:?}");
    assert!(counters.concealed * 2 < plain.counters().concealed, "{counters:?} {:?}", plain.counters());
    assert_eq!(plain.counters().recovered_deep, 0);
    assert!(buffer.wanted_ms() >= 40, "waiting for it pays: {} ms", buffer.wanted_ms());
}

#[test]
fn a_retransmission_that_comes_soon_is_waited_for_and_one_that_comes_late_is_not() {
    let sound = voice(12);
    for (round_trip, worthwhile) in [(40.0, true), (300.0, false)] {
        let mut random = Random(4);
        let (heard, buffer, _) = run(&sound, |_| Some(30.0 + if random.next() < 0.08 { round_trip + 20.0 } else { 0.0 }));
        let counters = buffer.counters();
        println!("{round_trip} ms: wanted {} ms, {counters:?}", buffer.wanted_ms());
        assert_eq!(counters.lost < 15, worthwhile, "{counters:?}");
        assert_eq!(counters.reordered > 30, worthwhile, "{counters:?}");
        assert_eq!(buffer.wanted_ms() >= 60, worthwhile, "{} ms", buffer.wanted_ms());
        assert!(by_seconds(&sound, &heard) > 0.85);
    }
}

#[test]
fn sound_that_was_only_late_is_heard_whole_and_nothing_clicks() {
    let sound = voice(10);
    // One packet in 25 is 25 ms late, too seldom to wait for it.
    let (heard, buffer, _) = run(&sound, |k| Some(if k % 25 == 10 { 55.0 } else { 30.0 }));
    let steepest = |s: &[f32]| s.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
    let c = by_seconds(&sound, &heard);
    println!("correlation {c:.3}, steepest {:.3} -> {:.3}, {:?}", steepest(&sound), steepest(&heard), buffer.counters());
    assert!(c > 0.9);
    assert!(steepest(&heard) < steepest(&sound) * 1.5);
}

#[test]
fn a_long_gap_sounds_like_the_room_and_garbage_is_silence() {
    let mut random = Random(8);
    let mut sound = voice(6);
    for s in &mut sound {
        *s = *s * 0.8 + (random.next() as f32 - 0.5) * 0.007; // noise at -54 dBFS
    }
    let (heard, ..) = run(&sound, |k| (!(180..220).contains(&k)).then_some(30.0));
    let db = |s: &[f32]| 10.0 * (s.iter().map(|x| x * x).sum::<f32>() / s.len() as f32).log10();
    let gap = db(&heard[(3_600 + 250) * 48..(3_600 + 700) * 48]);
    println!("in the gap {gap:.1} dBFS");
    assert!((-62.0..-48.0).contains(&gap), "{gap}");

    let start = Instant::now();
    let garbage: Vec<(f64, Frame)> = (0..200)
        .map(|k| {
            let at = (k as f64 + 1.0) * 20.0;
            let bytes: Vec<u8> = match k % 4 {
                0 => Vec::new(),
                1 => vec![0xFF; 1],
                2 => vec![0x03, 0x3F],
                _ => vec![0xFC; 65_536],
            };
            (at, frame(start, k, at, &Bytes::from(bytes)))
        })
        .collect();
    let (heard, buffer, _) = play(start, garbage, 450);
    assert!(heard.iter().all(|s| s.abs() < 0.001), "nothing above -60 dBFS");
    println!("{:?}", buffer.counters());
    assert_eq!(codec::duration(&[]), None);
}

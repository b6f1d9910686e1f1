//! A sender whose clock is not ours, and calls that last for days.

use super::*;

/// Packets of 60 ms, again and again: less work per second of a long call.
fn endless(sound: &[f32]) -> Vec<Bytes> {
    let mut opus = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
    sound.chunks_exact(2_880).map(|c| Bytes::from(opus.encode_vec_float(c, 4000).unwrap())).collect()
}

/// A call with a sender whose clock is off by so many millionths, over a network with 3 ms of jitter. Returns the age of
/// what was played (in ms, from the second minute on: least and most), what was stretched, and the counters.
fn call(ppm: f64, minutes: u64) -> (i64, i64, Counters) {
    let packets = endless(&voice(30));
    let (start, mut random) = (Instant::now(), Random(1));
    let mut buffer = JitterBuffer::new(CEILING).unwrap();
    let (mut k, mut out, mut least, mut most) = (0usize, [0.0; TICK_SAMPLES], i64::MAX, i64::MIN);
    let arrival = |k: usize, jitter: f64| (k as f64 + 1.0) * 60.0 * (1.0 + ppm / 1e6) + 40.0 + 3.0 * jitter;
    let mut next = arrival(0, random.next());
    for tick in 0..minutes * 6_000 {
        let now = tick as f64 * 10.0;
        while next <= now {
            let mut f = frame(start, 0, next, &packets[k % packets.len()]);
            f.sequence = 10 + k as u64;
            f.timestamp = (k * 2_880) as u32;
            buffer.push(f);
            k += 1;
            next = arrival(k, random.next());
        }
        let at = start + Duration::from_secs_f64(now / 1000.0);
        buffer.pull_10ms(at, &mut out);
        if tick > 6_000 {
            let age = buffer.delay.age(at, buffer.position - buffer.fifo.len() as i64) / ms(1);
            (least, most) = (least.min(age), most.max(age));
        }
    }
    (least, most, buffer.counters())
}

#[test]
fn an_hour_with_another_clock_stays_in_time_and_loses_nothing() {
    for (ppm, minutes) in [(-1000.0, 10), (200.0, 60)] {
        let (least, most, counters) = call(ppm, minutes);
        println!("{ppm} ppm: age {least} to {most} ms, {counters:?}");
        let expected = ppm.abs() * minutes as f64 * 0.06 * 48.0;
        assert!(least >= -25 && most <= 60, "{ppm}: the delay stays where it is: {least} {most}");
        assert!(counters.lost == 0 && counters.late == 0, "{counters:?}");
        assert!(counters.concealed < 48 * 2_000, "nearly all by stretching: {counters:?}");
        let net = counters.lengthened as f64 + counters.concealed as f64 - counters.shortened as f64;
        assert!((net.abs() - expected).abs() < expected * 0.2 + 48.0 * 100.0, "{ppm}: {net} for {expected}");
    }
}

#[test]
fn timestamps_wrap_and_nobody_notices() {
    // 2^32 samples are 24.8 h: just before the first and the second wrap of a 48 h call, and sequence numbers as high.
    let sound = voice(4);
    let start = Instant::now();
    for wrap in [1u64, 2] {
        let first = wrap * (1 << 32) - 96_000;
        let frames = packets(&sound)
            .iter()
            .enumerate()
            .map(|(k, p)| {
                let at = (k as f64 + 1.0) * 20.0;
                let mut f = frame(start, k, at, p);
                f.sequence = first / 960 + k as u64;
                f.timestamp = (first + k as u64 * 960) as u32;
                (at, f)
            })
            .collect();
        let (heard, buffer, _) = play(start, frames, 450);
        assert!(by_seconds(&sound, &heard) > 0.95);
        assert_eq!((buffer.counters().lost, buffer.counters().concealed), (0, 0));
    }
}

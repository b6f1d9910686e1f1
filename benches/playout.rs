//! The jitter buffer alone, on five networks in virtual time: delay from the mouth to its output, and scores. The same
//! scenarios as those of the prototype that decided for a jitter buffer of our own (its figures are printed beside ours):
//! 30 s of speech, Opus at 24 kbit/s with redundant copies, 20 ms packets, 30 ms of base delay, exponential jitter.
//!
//! `cargo bench --bench playout`; the figures are the same in every run of the same code, but for the CPU. 56.5 ms is the
//! least there is: 20 of packet, 6.5 of Opus, 30 of network. `cargo bench --bench playout -- ten` plays ten speakers at once
//! instead and tells what that costs; for `perf record`, with `CARGO_PROFILE_BENCH_DEBUG=line-tables-only` and
//! `CARGO_PROFILE_BENCH_STRIP=none`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

use conclave::audio::TICK_SAMPLES;
use conclave::audio::codec::FRAME_SAMPLES;
use conclave::audio::jitter_buffer::{CEILING, JitterBuffer};
use conclave::audio::mixer::Mixer;
use conclave::backend::{Frame, SourceId};
use conclave_lab::network::Random;
use conclave_lab::score::{self, Job};
use conclave_lab::speech;
use std::time::{Duration, Instant};

/// Name; loss, mean jitter in ms, and whether everything stands still for 200 ms once; what the prototype had.
const NETWORKS: [(&str, f64, f64, bool, &str); 5] = [
    ("clean", 0.0, 0.0, false, "66 / 66, 3.82, 3.28"),
    ("jitter 15 ms", 0.0, 15.0, false, "116 / 116, 3.50, 3.21"),
    ("loss 10 %", 0.1, 0.0, false, "86 / 96, 2.82, 3.18"),
    ("loss 10 %, jitter 15 ms", 0.1, 15.0, false, "116 / 126, 2.80, 3.02"),
    ("loss 5 %, jitter 20 ms, 200 ms stall", 0.05, 20.0, true, "136 / 178, 2.95, 3.20"),
];

/// Speakers at once, and for how long.
const CROWD: usize = 10;
const CROWD_SECONDS: usize = 60;

fn main() {
    if std::env::args().any(|a| a == "ten") {
        return ten();
    }
    let passage = speech::passage(0, 0.3, 30.0).expect("espeak-ng is installed");
    let said = speech::read(&passage.path);
    let dir = tempfile::tempdir().unwrap();
    let (mut jobs, mut lines) = (Vec::new(), Vec::new());
    for (n, (name, loss, jitter, stall, before)) in NETWORKS.into_iter().enumerate() {
        let (heard, cpu) = play(&said, loss, jitter, stall);
        let recording = dir.path().join(format!("{n}.wav"));
        speech::write(&recording, &heard);
        let mut delays = delays(&said, &heard);
        delays.sort_by(f64::total_cmp);
        let at = |share: f64| delays[((delays.len() - 1) as f64 * share) as usize];
        lines.push((name, at(0.5), at(0.9), cpu, before));
        let (text, sentences) = (passage.text.clone(), passage.sentences.clone());
        let metrics = vec!["pesq", "plcmos", "words"];
        jobs.push(Job { reference: passage.path.clone(), recording, metrics, text, sentences, far: None });
    }
    let scores = score::scores(&jobs).expect("tests/setup.sh bench-audio was run");
    println!(
        "| network | delay p50 / p90 ms | PESQ-WB | PLCMOS | words % | CPU % of a core | prototype: delay, PESQ-WB, PLCMOS |"
    );
    println!("|---|---|---|---|---|---|---|");
    for ((name, p50, p90, cpu, before), s) in lines.into_iter().zip(scores) {
        let of = |k: &str| s.get(k).copied().unwrap_or(f64::NAN);
        let (pesq, plcmos, words) = (of("pesq"), of("plcmos"), of("words") * 100.0);
        println!("| {name} | {p50:.0} / {p90:.0} | {pesq:.2} | {plcmos:.2} | {words:.0} | {cpu:.2} | {before} |");
    }
}

fn packets(said: &[f32], bits: i32) -> Vec<Vec<u8>> {
    let mut opus = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
    opus.set_bitrate(opus::Bitrate::Bits(bits)).unwrap();
    opus.set_inband_fec(true).unwrap();
    opus.set_packet_loss_perc(10).unwrap();
    said.chunks_exact(FRAME_SAMPLES).map(|c| opus.encode_vec_float(c, 1500).unwrap()).collect()
}

/// Ten speakers who hardly pause, on a good network, at the rate that it gets: each has a jitter buffer, and they are mixed.
fn ten() {
    let (mut random, start) = (Random::new(1), Instant::now());
    let mut speakers: Vec<_> = (0..CROWD)
        .map(|n| {
            let said = speech::read(&speech::passage(n, 0.1, 30.0).expect("espeak-ng is installed").path);
            let said: Vec<f32> = said.into_iter().cycle().take(CROWD_SECONDS * 48_000).collect();
            let frames = deliver(packets(&said, 48_000), 0.0, 1.0, false, &mut random, start);
            (frames.into_iter().peekable(), JitterBuffer::new(CEILING).unwrap())
        })
        .collect();
    let (mut mixer, before) = (Mixer::default(), cpu());
    for tick in 0..CROWD_SECONDS * 100 {
        let (now, mut sum) = (tick as f64 * 10.0, [0.0; TICK_SAMPLES]);
        for (frames, buffer) in &mut speakers {
            while let Some((_, frame)) = frames.next_if(|f| f.0 <= now) {
                buffer.push(frame);
            }
            let mut out = [0.0; TICK_SAMPLES];
            buffer.pull_10ms(start + Duration::from_secs_f64(now / 1000.0), &mut out);
            Mixer::add(&mut sum, &out, 1.0);
        }
        mixer.limit(&mut sum);
        std::hint::black_box(sum);
    }
    let used = (cpu() - before) / CROWD_SECONDS as f64;
    let each = used * 1e6 / (100 * CROWD) as f64;
    println!("{CROWD} speakers: {:.2} % of a core, {each:.1} µs per speaker and 10 ms", used * 100.0);
}

/// What a network gives of these packets, in the order of arrival, which is also in ms.
fn deliver(packets: Vec<Vec<u8>>, loss: f64, jitter: f64, stall: bool, random: &mut Random, start: Instant) -> Vec<(f64, Frame)> {
    let mut frames: Vec<(f64, Frame)> = Vec::new();
    for (k, payload) in packets.into_iter().enumerate() {
        let (lost, late) = (random.next() < loss, -jitter * (1.0 - random.next()).ln());
        let mut at = (k as f64 + 1.0) * 20.0 + 30.0 + late;
        if stall && (500..510).contains(&k) {
            at = at.max(511.0 * 20.0 + 30.0);
        }
        let (sequence, timestamp, arrived) = (k as u64, (k * FRAME_SAMPLES) as u32, start + Duration::from_secs_f64(at / 1000.0));
        let frame =
            Frame { source: SourceId(1), key_id: None, sequence, timestamp, arrived, voice: false, payload: payload.into() };
        if !lost {
            frames.push((at, frame));
        }
    }
    frames.sort_by(|a, b| a.0.total_cmp(&b.0));
    frames
}

/// What is heard, and how much of a core it took.
fn play(said: &[f32], loss: f64, jitter: f64, stall: bool) -> (Vec<f32>, f64) {
    let (mut random, start) = (Random::new(1), Instant::now());
    let mut frames = deliver(packets(said, 24_000), loss, jitter, stall, &mut random, start).into_iter().peekable();
    let mut buffer = JitterBuffer::new(CEILING).unwrap();
    let (mut heard, before) = (Vec::new(), cpu());
    for tick in 0..said.len() / TICK_SAMPLES + 60 {
        let now = tick as f64 * 10.0;
        while let Some((_, frame)) = frames.next_if(|f| f.0 <= now) {
            buffer.push(frame);
        }
        let mut out = [0.0; TICK_SAMPLES];
        buffer.pull_10ms(start + Duration::from_secs_f64(now / 1000.0), &mut out);
        heard.extend_from_slice(&out);
    }
    (heard, (cpu() - before) / (said.len() as f64 / 48_000.0) * 100.0)
}

/// Where each second that is no pause is heard, in ms behind the mouth.
fn delays(said: &[f32], heard: &[f32]) -> Vec<f64> {
    let seconds = (1..said.len() / 48_000 - 1).map(|s| s * 48_000);
    seconds
        .filter(|from| speech::level(&said[*from..from + 48_000]) > -40.0)
        .map(|from| {
            let to = (from + 48_000 + 28_800).min(heard.len());
            speech::find(&said[from..from + 48_000], &heard[from..to]).0 as f64 / 48.0
        })
        .collect()
}

/// CPU of this thread so far, in seconds.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

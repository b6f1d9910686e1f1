//! What is done to our own voice before it is sent, judged by scores that nobody here invented: AECMOS for echo, DNSMOS for
//! noise; and what it costs. In virtual time; the same bytes at every run. `cargo bench --bench processing`, after
//! `tests/setup.sh` has made the scoring environment.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

use conclave::audio::TICK_SAMPLES;
use conclave::audio::codec::Encoder;
use conclave::audio::processing::{Devices, Processing};
use conclave::audio::rate::{FrameLength, Rate, Settings};
use conclave::call::processing::{EchoCancel, Noise, Wish};
use conclave_lab::speech::{self, RATE, level};
use std::path::PathBuf;
use std::process::Command;

/// Seconds of each clip.
const SECONDS: usize = 16;
/// The microphone's own noise, in dBFS.
const FLOOR: f64 = -66.0;

fn main() {
    let Some(bench) = Bench::new() else { return };
    // `cargo bench --bench processing -- noise`: that part alone.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|w| w == part);
    if wants("echo") {
        bench.echo();
    }
    if wants("noise") {
        bench.noise();
    }
    if wants("cost") {
        bench.cost();
    }
}

/// Seeded random numbers in -1..1.
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as f32 / (1u64 << 30) as f32 - 1.0
    }
}

struct Bench {
    python: Option<PathBuf>,
    dir: tempfile::TempDir,
    /// Two people, and others who babble.
    far: Vec<f32>,
    near: Vec<f32>,
    babble: Vec<f32>,
}

fn speaker(voice: &str, texts: &[&str], pause: f32) -> Option<Vec<f32>> {
    let mut sound = Vec::new();
    for text in texts.iter().cycle() {
        sound.extend(speech::read(&speech::sentence(text, voice)?));
        sound.extend(vec![0.0; (pause * RATE as f32) as usize]);
        if sound.len() >= SECONDS * RATE {
            break;
        }
    }
    sound.truncate(SECONDS * RATE);
    let gain = 10f32.powf((-26.0 - level(&sound) as f32) / 20.0);
    sound.iter_mut().for_each(|s| *s *= gain);
    Some(sound)
}

impl Bench {
    fn new() -> Option<Self> {
        let texts = [
            "The agenda for this morning has four points, and the first of them is the budget for next year.",
            "Please look at the second page, where the figures of the last three months are shown.",
            "We heard yesterday that the bridge will be closed until the end of the week.",
            "A large size in stockings is hard to sell, and the birch canoe slid on the smooth planks.",
        ];
        let others = [
            "I would rather meet on Thursday afternoon, if that suits everybody in the room.",
            "Glue the sheet to the dark blue background, and then wait until it is dry.",
            "Four hours of steady work faced us, and nobody had thought of bringing water.",
        ];
        let (Some(far), Some(near)) = (speaker("en+m3", &texts, 0.4), speaker("en+f3", &others, 0.5)) else {
            eprintln!("SKIPPED: espeak-ng is not installed");
            return None;
        };
        let mut babble = vec![0.0; SECONDS * RATE];
        for (k, voice) in ["en+m1", "en+f2", "en+m5", "de+f4", "fr+m2", "en+f5"].iter().enumerate() {
            let part = speaker(voice, if k % 2 == 0 { &texts } else { &others }, 0.05)?;
            add(&mut babble, &part, 1.0, k * RATE / 3);
        }
        let python = conclave_lab::root().join("target/lab/score/bin/python");
        if !python.is_file() {
            eprintln!("no scores: {} is missing (tests/setup.sh)", python.display());
        }
        let python = Some(python).filter(|p| p.is_file());
        Some(Self { python, dir: tempfile::tempdir().unwrap(), far, near, babble })
    }

    /// Runs the scorer over `[kind, files...]` lines; its figures line by line.
    fn score(&self, jobs: &[Vec<String>]) -> Vec<Vec<f64>> {
        let Some(python) = &self.python else { return jobs.iter().map(|_| vec![f64::NAN; 3]).collect() };
        let list = self.dir.path().join("jobs");
        std::fs::write(&list, jobs.iter().map(|j| j.join("\t")).collect::<Vec<_>>().join("\n")).unwrap();
        let script = conclave_lab::root().join("tests/score_processing.py");
        let out = Command::new(python).arg(script).arg(&list).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let text = String::from_utf8(out.stdout).unwrap();
        text.lines().map(|l| l.split('\t').map(|f| f.parse().unwrap()).collect()).collect()
    }

    fn write(&self, name: &str, sound: &[f32]) -> String {
        let path = self.dir.path().join(format!("{name}.wav"));
        speech::write(&path, sound);
        path.to_str().unwrap().to_owned()
    }

    fn echo(&self) {
        println!("Echo: AECMOS (16 kHz model), 1 to 5; {SECONDS} s with convergence; echo 12 dB below the near voice and");
        println!("(loud) as loud as it. dB: far voice alone, from the third second on.\n");
        println!("{:34} {:>8} {:>16} {:>16} {:>16} {:>8}", "", "dB", "far: echo", "both: echo", "both: voice", "near");
        let mut rows = Vec::new();
        let mut jobs = Vec::new();
        let mut variants = Vec::new();
        // Nothing is heard sooner than a tick after it was handed to the ring.
        for delay in [20, 40, 120, 250] {
            variants.push((format!("{delay} ms"), Way { delay, ..Way::default() }));
        }
        variants.push(("40 ms, loud".into(), Way { delay: 40, gain: 0.7, ..Way::default() }));
        variants.push(("40 ms, loudspeaker distorts".into(), Way { delay: 40, gain: 0.4, distorts: true, ..Way::default() }));
        variants.push(("40 ms, clocks 100 ppm apart".into(), Way { delay: 40, drift: 100e-6, ..Way::default() }));
        for (name, way) in variants {
            let echo = way.apply(&self.far);
            let alone = noisy(&echo, FLOOR, 1);
            let both = noisy(&sum(&echo, &self.near), FLOOR, 2);
            let near = noisy(&self.near, FLOOR, 3);
            let silence = vec![0.0; self.far.len()];
            for (what, wish) in [("as it is", off()), ("processed", Wish::default())] {
                let id = format!("{}-{what}", rows.len());
                let (a, b, n) = (run(&self.far, &alone, wish), run(&self.far, &both, wish), run(&silence, &near, wish));
                let files = |kind: &str, far: &[f32], mic: &[f32], out: &[f32]| {
                    let file = |part: &str, sound: &[f32]| self.write(&format!("{id}-{kind}-{part}"), sound);
                    vec![kind.to_owned(), file("far", far), file("mic", mic), file("out", out)]
                };
                jobs.push(files("st", &self.far, &alone, &a));
                jobs.push(files("dt", &self.far, &both, &b));
                jobs.push(files("nst", &silence, &near, &n));
                let tail = 3 * RATE..;
                rows.push((format!("{name}, {what}"), level(&alone[tail.clone()]) - level(&a[tail])));
            }
        }
        let scores = self.score(&jobs);
        for ((name, decibels), s) in rows.iter().zip(scores.chunks(3)) {
            let (far, both, near) = (s[0][0], (s[1][0], s[1][1]), s[2][1]);
            println!("{name:34} {decibels:8.1} {far:16.2} {:16.2} {:16.2} {near:8.2}", both.0, both.1);
        }
    }

    fn noise(&self) {
        println!("\nNoise: DNSMOS, 1 to 5 (voice, background, overall); the first 3 s are not scored.\n");
        println!("{:34} {:>8} {:>12} {:>8}", "", "voice", "background", "overall");
        let (mut rows, mut jobs) = (Vec::new(), Vec::new());
        let mut random = Random(3);
        let (mut low, mut slow) = (0.0, 0.0);
        let fan: Vec<f32> = (0..self.near.len())
            .map(|_| {
                let white = random.next();
                (low, slow) = (0.85 * low + white, 0.995 * slow + white);
                low + 0.3 * slow
            })
            .collect();
        for (name, noise) in [("fan", &fan), ("babble", &self.babble)] {
            for snr in [15.0, 5.0] {
                let gain = 10f64.powf((level(&self.near) - snr - level(noise)) / 20.0) as f32;
                let mut mic = self.near.clone();
                add(&mut mic, noise, gain, 0);
                for (what, wish) in [
                    ("as it is", off()),
                    ("on", Wish { noise: Some(Noise::On), ..off() }),
                    ("strong", Wish { noise: Some(Noise::Strong), ..off() }),
                    ("on, with echo and gain", Wish::default()),
                ] {
                    let out = run(&vec![0.0; mic.len()], &mic, wish);
                    let file = self.write(&format!("{name}-{snr}-{what}"), &out[3 * RATE..]);
                    jobs.push(vec!["noise".to_owned(), file]);
                    rows.push(format!("{name} {snr} dB, {what}"));
                }
            }
        }
        for (name, s) in rows.iter().zip(self.score(&jobs)) {
            println!("{name:34} {:8.2} {:12.2} {:8.2}", s[0], s[1], s[2]);
        }
    }

    fn cost(&self) {
        println!("\nCost, and delay:\n");
        let mic = noisy(&sum(&Way { delay: 40, ..Way::default() }.apply(&self.far), &self.near), FLOOR, 4);
        for (what, wish) in [
            ("nothing but looking for a voice", off()),
            ("noise", Wish { noise: Some(Noise::On), ..off() }),
            ("gain", Wish { gain: Some(true), ..off() }),
            ("echo", Wish { echo: Some(EchoCancel::On), ..off() }),
            ("all", Wish::default()),
        ] {
            let micros = cpu(|| drop(run(&self.far, &mic, wish)));
            let tick = micros / (mic.len() / TICK_SAMPLES) as f64;
            let silence = vec![0.0; self.near.len()];
            let out = run(&silence, &self.near, wish);
            let part = &self.near[2 * RATE..4 * RATE];
            let (lag, alike) = speech::find(part, &out[2 * RATE..5 * RATE]);
            println!(
                "{what:34} {tick:6.0} us per 10 ms = {:.2} % of a core; {:.1} ms late ({alike:.2})",
                tick / 100.0,
                lag as f64 / 48.0
            );
        }
        let good = Rate::default().settings();
        for (what, settings) in [
            ("Opus 20 ms", good),
            ("the same, much is lost", Settings { bitrate: 44_000, expected_loss: 30, deep_ms: 320, ..good }),
            ("Opus 60 ms, 8 kbit/s", Settings { bitrate: 8_000, frame: FrameLength::Ms60, ..good }),
        ] {
            let mut bytes = 0;
            let micros = cpu(|| {
                let mut encoder = Encoder::new().unwrap();
                encoder.set(settings);
                bytes = self.near.chunks_exact(settings.frame.samples()).filter_map(|f| encoder.encode(f)).map(|p| p.len()).sum();
            });
            let tick = micros / (self.near.len() / TICK_SAMPLES) as f64;
            let kbit = bytes as f64 * 8.0 / 1000.0 / SECONDS as f64;
            println!("{what:34} {tick:6.0} us per 10 ms = {:.2} % of a core; {kbit:.1} kbit/s", tick / 100.0);
        }
    }
}

/// From the loudspeaker to the microphone.
#[derive(Clone, Copy)]
struct Way {
    delay: usize,
    gain: f32,
    distorts: bool,
    drift: f64,
}

impl Default for Way {
    fn default() -> Self {
        Self { delay: 0, gain: 0.25, distorts: false, drift: 0.0 }
    }
}

impl Way {
    fn apply(self, far: &[f32]) -> Vec<f32> {
        let played: Vec<f32> = if self.distorts { far.iter().map(|s| (s * 6.0).tanh() / 6.0).collect() } else { far.to_vec() };
        // A direct way and 200 ms of reflections that grow dense and die away.
        let mut random = Random(17);
        let mut taps = vec![(0usize, 1.0f32)];
        let mut at = 96.0;
        while at < 9_600.0 {
            let decay = (-at / 2_400.0f32).exp();
            taps.push((at as usize, 0.5 * decay * random.next()));
            at += 24.0 + 40.0 * (random.next() + 1.0) * decay;
        }
        let mut out = vec![0.0; far.len()];
        for (tap, gain) in taps {
            add(&mut out, &played, gain, tap + self.delay * 48);
        }
        let gain = self.gain * 10f32.powf(((level(far) - level(&out)) / 20.0) as f32);
        out.iter_mut().for_each(|s| *s *= gain);
        if self.drift == 0.0 {
            return out;
        }
        // The microphone's clock is faster.
        (0..out.len())
            .map(|i| {
                let x = i as f64 * (1.0 - self.drift);
                let (k, f) = (x as usize, x.fract() as f32);
                out[k] * (1.0 - f) + out.get(k + 1).copied().unwrap_or(0.0) * f
            })
            .collect()
    }
}

/// Microseconds of this thread on a processor; the least of three runs.
fn cpu(mut work: impl FnMut()) -> f64 {
    let now = || -> f64 {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1000.0
    };
    let mut run = || {
        let begin = now();
        work();
        now() - begin
    };
    run().min(run()).min(run())
}

fn add(to: &mut [f32], sound: &[f32], gain: f32, at: usize) {
    for (o, s) in to.iter_mut().skip(at).zip(sound) {
        *o += gain * s;
    }
}

fn sum(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

fn noisy(sound: &[f32], dbfs: f64, seed: u64) -> Vec<f32> {
    let mut random = Random(seed);
    let gain = 10f64.powf(dbfs / 20.0) as f32 * 3f32.sqrt();
    sound.iter().map(|s| s + gain * random.next()).collect()
}

fn off() -> Wish {
    Wish { echo: Some(EchoCancel::Off), noise: Some(Noise::Off), gain: Some(false) }
}

fn run(far: &[f32], mic: &[f32], wish: Wish) -> Vec<f32> {
    let mut p = Processing::default();
    p.wish(wish);
    p.set_devices(Devices { microphone: true, headset: false });
    let mut out = Vec::with_capacity(mic.len());
    for (far, mic) in far.as_chunks::<TICK_SAMPLES>().0.iter().zip(mic.as_chunks::<TICK_SAMPLES>().0) {
        out.extend_from_slice(p.captured(mic).0);
        p.played(far);
    }
    out
}

//! What encryption costs: `cargo bench -p conclave-e2ee`. Tables of medians in Markdown, no judgement.

#[path = "e2ee/group.rs"]
mod group;

use conclave_e2ee::media::frame::OpenKey;
use conclave_e2ee::media::{EpochKeys, KeyRing, Kind};
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::{DeviceKey, private, safety};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// 20 ms of Opus at 32 kbit/s.
const FRAME: usize = 80;

fn main() {
    println!("| frames, codes, secrets | |\n|---|---:|");
    frames();
    group::table();
}

fn frames() {
    let mut alice = ring(0);
    let mut bob = ring(1);
    let frame = [7; FRAME];
    let mut sealed = Vec::new();
    row("seal an 80-byte frame", 200, 1000, &mut || {
        sealed.clear();
        black_box(alice.seal_into(Kind::Audio, &frame, &mut sealed));
    });
    line("bytes added to it", &format!("{}", sealed.len() - FRAME));

    // Opening needs frames that were not opened before, made outside of the measured time.
    let mut out = Vec::new();
    let mut times = Vec::new();
    for _ in 0..200 {
        let frames: Vec<_> = (0..1000).filter_map(|_| alice.seal(Kind::Audio, &frame)).collect();
        let start = Instant::now();
        for frame in &frames {
            if bob.open(Duration::ZERO, Kind::Audio, frame, &mut out).is_err() {
                println!("a frame was not opened");
            }
        }
        times.push(start.elapsed() / 1000);
    }
    line("open it", &show(median(times)));
    row("refuse a replayed one", 200, 1000, &mut || {
        black_box(bob.open(Duration::ZERO, Kind::Audio, &sealed, &mut out).is_err());
    });
    row("refuse a plain one", 200, 1000, &mut || {
        black_box(bob.open(Duration::ZERO, Kind::Audio, &frame, &mut out).is_err());
    });
    row("derive a key (first frame of somebody in an epoch)", 50, 100, &mut || {
        black_box(OpenKey::derive(&[7; 32], 0x8000));
    });

    let roster = (0..10).map(|leaf| (leaf, DeviceKey([leaf as u8; 32]))).collect();
    let material = safety::Material { epoch: (1, 1), authenticator: vec![1; 32], roster };
    row("safety code", 5, 1, &mut || drop(black_box(material.code())));
    row("passphrase", 5, 1, &mut || {
        drop(black_box(RoomSecret::from_passphrase("six short words are just enough", "room")));
    });
    if let Ok(words) = RoomSecret::generate().map(|secret| secret.to_words().unwrap_or_default()) {
        row("read sixteen words", 20, 10, &mut || drop(black_box(RoomSecret::from_words(&words))));
    }
    if let Ok((key, public)) = private::PrivateKey::generate() {
        let sealed = private::seal(&public, b"", b"hello").unwrap_or_default();
        row("seal a private message", 20, 20, &mut || drop(black_box(private::seal(&public, b"", b"hello"))));
        row("open it (each member tries)", 20, 20, &mut || drop(black_box(private::open(&key, b"", &sealed))));
    }
}

fn ring(me: u32) -> KeyRing {
    let mut ring = KeyRing::default();
    let leaves = (0..10).map(|leaf| (leaf, format!("m-{leaf}"))).collect();
    ring.advance(Duration::ZERO, EpochKeys { epoch: (1, 1), base: vec![7; 32].into(), me, leaves });
    ring
}

/// The median over `rounds` of the mean of `times` runs.
fn row(what: &str, rounds: usize, times: u32, run: &mut dyn FnMut()) {
    let round = |_| {
        let start = Instant::now();
        (0..times).for_each(|_| run());
        start.elapsed() / times
    };
    line(what, &show(median((0..rounds).map(round).collect())));
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn show(time: Duration) -> String {
    match time.as_nanos() {
        ns @ 0..10_000 => format!("{ns} ns"),
        ns @ 10_000..10_000_000 => format!("{:.1} us", ns as f64 / 1e3),
        ns => format!("{:.1} ms", ns as f64 / 1e6),
    }
}

fn line(what: &str, value: &str) {
    println!("| {what} | {value} |");
}

//! What each way through a network costs: real processes in two network namespaces, 30 ms ± 5 ms of wire each way, and a firewall
//! that leaves one way open (needs root, or user namespaces). Columns: seconds from the start of the program until somebody else hears it;
//! the way there and back; what the listener's buffer adds; what of the sound was made up because it came too late or never; and how many
//! packets came more than 60 and 120 ms later than the fastest. `(1)` is one connection of the tunnel instead of two. Run with
//! `make bench-networks`, or some ways of it with `cargo bench --bench networks -- tls squid`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

use conclave::backend::SourceChange;
use conclave::backend::livekit::media::{self, MediaConfig};
use conclave::net::{self, Options, Target};
use conclave_lab::conclave::{run, text};
use conclave_lab::network::{Conditions, Loss, Phase};
use conclave_lab::office::Office;
use conclave_lab::proxy::{self, Kind};
use conclave_lab::wire::{RIGHT, Rules};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
/// How long each cell is listened to.
const CELL: Duration = Duration::from_secs(20);
/// Loss each way.
const LOSSES: [f64; 3] = [0.0, 0.02, 0.05];

/// A way, and how it comes about.
struct Way {
    name: &'static str,
    rules: Rules,
    options: &'static [&'static str],
    proxy: Option<Kind>,
}

const WAYS: [Way; 9] = [
    Way { name: "udp", rules: Rules::Open, options: &[], proxy: None },
    Way { name: "tcp", rules: Rules::NoUdp, options: &[], proxy: None },
    Way { name: "tls", rules: Rules::OnlyTls, options: &[], proxy: None },
    Way { name: "tls (1)", rules: Rules::OnlyTls, options: &["--transport", "tls/1"], proxy: None },
    Way { name: "wss", rules: Rules::OnlyTls, options: &["--transport", "wss"], proxy: None },
    Way { name: "tinyproxy + tls", rules: Rules::Open, options: &[], proxy: Some(Kind::Tinyproxy) },
    Way { name: "tinyproxy + tls (1)", rules: Rules::Open, options: &["--transport", "tls/1"], proxy: Some(Kind::Tinyproxy) },
    Way { name: "squid + tls", rules: Rules::Open, options: &[], proxy: Some(Kind::SquidBasic) },
    Way { name: "squid + tls (1)", rules: Rules::Open, options: &["--transport", "tls/1"], proxy: Some(Kind::SquidBasic) },
];

/// The value at a share of all values.
fn at(share: f64, mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len() as f64 - 1.0) * share).round() as usize).copied().unwrap_or(f64::NAN)
}

fn figures(events: &[Value], name: &str) -> Vec<f64> {
    events.iter().filter(|e| e["event"] == "stats").filter_map(|e| e[name].as_f64()).collect()
}

/// Who listens to packets: when each came, and of when it is, in samples.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Vec<(Instant, u32)>>>);

impl Ear {
    /// In the same room, beside the server.
    fn open(office: &Office) -> Self {
        let ear = Self::default();
        let data = text(office.server.data.path());
        let (code, token, err) = run(BIN, &["token", "board", "--identity", "ear", "--name", "Ear", "--data", data], "");
        assert_eq!(code, 0, "{err}");
        let (host, port) = office.server.authority().rsplit_once(':').map(|(h, p)| (h.to_owned(), p.parse().unwrap())).unwrap();
        let fingerprint = office.server.hello["fingerprint"].as_str().map(|f| net::Fingerprint::parse(f).unwrap());
        let config = MediaConfig {
            target: Target { host, port, tls: true },
            net: Options::pinned(fingerprint),
            token: token.trim().to_owned().into(),
            publish: false,
            muted: true,
            ask_for_token: false,
            levels: false,
            ours: false,
            transport: Default::default(),
            protection: None,
        };
        let (right, heard) = (office.wire.right.clone(), ear.clone());
        std::thread::spawn(move || right.within(|| heard.listen(config)));
        ear
    }

    fn listen(&self, config: MediaConfig) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (mut client, _) = media::join(config).await.expect("it is let in");
            while let Some(change) = client.ports.sources.recv().await {
                let SourceChange::Added { mut frames, .. } = change else { continue };
                let heard = self.clone();
                tokio::spawn(async move {
                    while let Some(frame) = frames.recv().await {
                        heard.0.lock().unwrap().push((frame.arrived, frame.timestamp));
                    }
                });
            }
        });
    }

    /// Of the packets since the last time: how many there are, and which shares came more than 60 and 120 ms later than the fastest.
    fn take(&self) -> (usize, f64, f64) {
        let heard = std::mem::take(&mut *self.0.lock().unwrap());
        let Some(&(first, zero)) = heard.first() else { return (0, f64::NAN, f64::NAN) };
        let transit = |&(at, timestamp): &(Instant, u32)| {
            at.duration_since(first).as_secs_f64() - f64::from(timestamp.wrapping_sub(zero) as i32) / 48_000.0
        };
        let transits: Vec<f64> = heard.iter().map(transit).collect();
        let fastest = transits.iter().copied().fold(f64::INFINITY, f64::min);
        let late = |by: f64| transits.iter().filter(|t| **t > fastest + by).count() as f64 / transits.len() as f64;
        (transits.len(), late(0.06), late(0.12))
    }
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let mut office = Office::open(BIN).unwrap_or_else(|why| panic!("no office: {why}"));
    let ear = Ear::open(&office);
    println!(
        "{:<19} {:>5} {:>8} {:>15} {:>15} {:>8} {:>18}",
        "way", "loss", "first s", "rtt p50/p95 ms", "buffer p50/p95", "made up", "late by 60 / 120"
    );
    for way in WAYS.iter().filter(|way| wanted.is_empty() || wanted.iter().any(|w| way.name.contains(w.as_str()))) {
        for loss in LOSSES {
            cell(&mut office, &ear, way, loss);
        }
    }
}

fn cell(office: &mut Office, ear: &Ear, way: &Way, loss: f64) {
    let proxy = way.proxy.map(|kind| {
        let started = office.wire.right.within(|| proxy::start_at(kind, RIGHT)).expect("a thread");
        started.unwrap_or_else(|why| panic!("{kind:?}: {why}"))
    });
    let port = proxy.as_ref().map(|p| p.authority.parse::<SocketAddr>().expect("an address").port());
    office.wire.firewall(port.map_or(way.rules, Rules::OnlyPort));
    let (delay, variation) = (Duration::from_millis(30), Duration::from_millis(5));
    let conditions = Conditions { delay, variation, loss: Loss::random(loss), ..Conditions::default() };
    office.wire.impair(&[Phase { from: Duration::ZERO, conditions }], 7);
    let began = Instant::now();
    let more = [way.options, &["--stats", "250ms"]].concat();
    let mut ana = match &proxy {
        Some(proxy) => office.join_by(proxy, &more),
        None => office.join(&more),
    };
    let me = ana.event("joined")["me"].clone();
    office.ben.wait_for("her sound", |e| e["event"] == "hearing" && e["id"] == me);
    let first = began.elapsed().as_secs_f64();
    let (hers, his) = (ana.events.len(), office.ben.events.len());
    let _before = ear.take();
    let until = Instant::now() + CELL;
    while Instant::now() < until {
        office.ben.wait_for_next("figures", |e| e["event"] == "stats");
    }
    let (packets, late, very_late) = ear.take();
    assert!(packets > 500, "{packets} packets in {CELL:?}");
    // A goodbye that is lost would be noticed half a minute later.
    office.wire.clear();
    ana.send(r#"{"cmd":"leave"}"#);
    let (code, events, stderr) = ana.finish();
    assert_eq!(code, 0, "{stderr}");
    office.ben.wait_for_next("her end", |e| e["event"] == "peer_left" && e["id"] == me);
    let his = office.ben.events.get(his..).unwrap_or_default();
    let round_trip = figures(events.get(hers..).unwrap_or_default(), "rtt_ms");
    let buffer = figures(his, "buffer_ms");
    let (made_up, played) = (figures(his, "concealed_ms"), figures(his, "played_ms"));
    let grown = |v: &[f64]| v.last().unwrap_or(&0.0) - v.first().unwrap_or(&0.0);
    println!(
        "{:<19} {:>3} % {:>8.2} {:>7.0} / {:<5.0} {:>7.0} / {:<5.0} {:>6.1} % {:>7.1} / {:.1} %",
        way.name,
        loss * 100.0,
        first,
        at(0.5, round_trip.clone()),
        at(0.95, round_trip),
        at(0.5, buffer.clone()),
        at(0.95, buffer),
        100.0 * grown(&made_up) / grown(&played).max(1.0),
        100.0 * late,
        100.0 * very_late
    );
}

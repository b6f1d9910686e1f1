//! Our server and livekit-server 1.13.5 under the same load in one run, as ratios. Run with `make bench`.
//!
//! 1. Time from process start to the first decoded sound of a speaker who is already there.
//! 2. CPU of the server process per forwarded packet, 1 speaker x 50 listeners.
//! 3. Memory and CPU of one terminal client in a call of 10.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

use bytes::Bytes;
use conclave::backend::livekit::media::{self, MediaClient, MediaConfig};
use conclave::backend::{Frame, SourceChange, SourceId};
use conclave::net::{self, Target};
use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::livekit_server;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval};
use zeroize::Zeroizing;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const LISTENERS: usize = 50;
const WINDOW: Duration = Duration::from_secs(10);
const RUNS: usize = 9;

/// Makes an access token for a room and an identity.
type Token = Box<dyn Fn(&str, &str) -> String + Sync>;

/// One of the two servers.
struct Peer {
    name: &'static str,
    authority: String,
    pid: u32,
    token: Token,
}

impl Peer {
    fn target(&self) -> Target {
        let (host, port) = self.authority.rsplit_once(':').unwrap();
        Target { host: host.into(), port: port.parse().unwrap(), tls: false }
    }

    async fn join(&self, room: &str, identity: &str, publish: bool) -> MediaClient {
        let config = MediaConfig {
            target: self.target(),
            net: net::Options::default(),
            token: Zeroizing::new((self.token)(room, identity)),
            publish,
            muted: false,
            ask_for_token: false,
            levels: true,
            protection: None,
        };
        media::join(config).await.unwrap().0
    }
}

fn main() {
    let ours = Server::dev(BIN);
    let theirs = livekit_server::start().unwrap_or_else(|why| panic!("livekit-server is missing: {why}"));
    let data = text(ours.data.path()).to_owned();
    let peers = [
        Peer {
            name: "conclave",
            authority: ours.authority(),
            pid: ours.pid(),
            token: Box::new(move |room, identity| {
                let (code, token, err) = run(BIN, &["token", room, "--identity", identity, "--data", &data], "");
                assert_eq!(code, 0, "{err}");
                token.trim().to_owned()
            }),
        },
        Peer {
            name: "livekit-server",
            authority: format!("127.0.0.1:{}", theirs.port),
            pid: theirs.pid(),
            token: Box::new(move |room, identity| theirs.token(room, identity, identity)),
        },
    ];
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        first_sound(&peers).await;
        forwarding(&peers).await;
        call_of_ten(&peers[0]).await;
    });
}

/// Opus frames of a tone, 20 ms each.
fn tone() -> Vec<Bytes> {
    let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
    encoder.set_bitrate(opus::Bitrate::Bits(32_000)).unwrap();
    (0..50)
        .map(|f| {
            let pcm: Vec<f32> =
                (0..960).map(|i| ((f * 960 + i) as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.3).collect();
            Bytes::from(encoder.encode_vec_float(&pcm, 400).unwrap())
        })
        .collect()
}

/// Speaks a tone for as long as the task lives.
fn speak(client: MediaClient) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let MediaClient { mut events, commands: _commands, mut ports, .. } = client;
        let frames = tone();
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut n = 0u64;
        loop {
            tokio::select! {
                _ = ticks.tick() => {
                    let frame = Frame {
                        source: SourceId(0),
                        key_id: None,
                        sequence: n,
                        timestamp: (n * 960) as u32,
                        arrived: Instant::now(),
                        voice: true,
                        payload: frames[n as usize % frames.len()].clone(),
                    };
                    n += 1;
                    let _ = ports.outgoing.try_send(frame);
                }
                Some(_) = events.recv() => {}
                Some(_) = ports.sources.recv() => {}
            }
        }
    })
}

/// Counts what arrives for as long as the task lives.
fn listen(client: MediaClient, received: Arc<AtomicU64>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let MediaClient { mut events, commands: _commands, mut ports, .. } = client;
        loop {
            tokio::select! {
                Some(change) = ports.sources.recv() => {
                    if let SourceChange::Added { mut frames, .. } = change {
                        let received = received.clone();
                        tokio::spawn(async move { while frames.recv().await.is_some() { received.fetch_add(1, Relaxed); } });
                    }
                }
                Some(_) = events.recv() => {}
            }
        }
    })
}

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}

async fn first_sound(peers: &[Peer; 2]) {
    let mut speakers = vec![];
    for p in peers {
        speakers.push(speak(p.join("first", "speaker", true).await));
    }
    let mut times = [vec![], vec![]];
    for n in 0..RUNS {
        for (p, times) in peers.iter().zip(&mut times) {
            let mut command = Command::new(BIN);
            command
                .args(["join", &format!("ws://{}", p.authority), "--json", "--name", "L", "--audio", "null", "--listen-only"])
                .env("CONCLAVE_TOKEN", (p.token)("first", &format!("l{n}")));
            let started = Instant::now();
            times.push(
                tokio::task::spawn_blocking(move || {
                    let mut client = Client::spawn(command);
                    client.event("hearing");
                    started.elapsed().as_secs_f64() * 1000.0
                })
                .await
                .unwrap(),
            );
        }
    }
    speakers.iter().for_each(tokio::task::JoinHandle::abort);
    let [a, b] = times.map(median);
    println!(
        "time to first decoded sound: {} {a:.0} ms, {} {b:.0} ms, ratio {:.2} (median of {RUNS})",
        peers[0].name,
        peers[1].name,
        a / b
    );
}

/// CPU seconds, user and system, of a process so far.
fn cpu(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after = stat.rsplit_once(')').unwrap().1;
    let field = |n: usize| after.split_whitespace().nth(n).unwrap().parse::<f64>().unwrap();
    (field(11) + field(12)) / 100.0
}

fn memory_mb(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|l| l.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

async fn forwarding(peers: &[Peer; 2]) {
    let mut costs = vec![];
    for p in peers {
        let idle_memory = memory_mb(p.pid);
        let speaker = speak(p.join("forward", "speaker", true).await);
        let received = Arc::new(AtomicU64::new(0));
        let mut listeners = vec![];
        for n in 0..LISTENERS {
            listeners.push(listen(p.join("forward", &format!("listener{n}"), false).await, received.clone()));
        }
        // All of them hear before the clock starts.
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let before = received.load(Relaxed);
            tokio::time::sleep(Duration::from_secs(1)).await;
            if received.load(Relaxed) - before >= LISTENERS as u64 * 48 {
                break;
            }
            assert!(Instant::now() < deadline, "{}: not everybody hears", p.name);
        }
        let (cpu_before, packets_before, started) = (cpu(p.pid), received.load(Relaxed), Instant::now());
        tokio::time::sleep(WINDOW).await;
        let packets = received.load(Relaxed) - packets_before;
        let seconds = started.elapsed().as_secs_f64();
        let us = (cpu(p.pid) - cpu_before) * 1e6 / packets as f64;
        let memory = (memory_mb(p.pid) - idle_memory) * 1024.0 / LISTENERS as f64;
        println!(
            "forwarding 1 x {LISTENERS}: {} {us:.1} us of CPU per packet, {:.0} packets/s, {memory:.0} KiB more per listener",
            p.name,
            packets as f64 / seconds
        );
        costs.push(us);
        speaker.abort();
        listeners.iter().for_each(tokio::task::JoinHandle::abort);
    }
    println!("forwarding 1 x {LISTENERS}: ratio {:.2}", costs[0] / costs[1]);
}

async fn call_of_ten(p: &Peer) {
    let mut others = vec![];
    for n in 0..9 {
        others.push(speak(p.join("ten", &format!("speaker{n}"), true).await));
    }
    let mut command = Command::new(BIN);
    command.args(["join", &format!("http://{}/ten", p.authority), "--json", "--name", "Tenth", "--audio", "null"]);
    let mut client = Client::spawn(command);
    let client = tokio::task::spawn_blocking(move || {
        for _ in 0..9 {
            client.wait_for_next("nine speakers", |e| e["event"] == "hearing");
        }
        client
    })
    .await
    .unwrap();
    let before = cpu(client.pid());
    tokio::time::sleep(WINDOW).await;
    let percent = (cpu(client.pid()) - before) / WINDOW.as_secs_f64() * 100.0;
    println!(
        "a client in a call of 10, nine speaking: {:.1} MB resident, {percent:.1} % of a core (aim: under 40 MB)",
        memory_mb(client.pid())
    );
    others.iter().for_each(tokio::task::JoinHandle::abort);
}

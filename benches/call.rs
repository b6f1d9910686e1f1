//! Our server and livekit-server 1.13.5 under the same load in one run, as ratios. Run with `make bench`.
//!
//! 1. Time from process start to the first decoded sound of a speaker who is already there.
//! 2. CPU of the server process per forwarded packet, 1 speaker x 50 listeners.
//! 3. Memory and CPU of one terminal client in a call of 10.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

#[path = "support/crowd.rs"]
mod crowd;

use conclave::backend::livekit::media::MediaClient;
use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::livekit_server;
use conclave_lab::process::{cpu, resident_mb};
use crowd::{listen, speak};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

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
    async fn join(&self, room: &str, identity: &str, publish: bool) -> MediaClient {
        crowd::join(&self.authority, (self.token)(room, identity), publish).await
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

async fn forwarding(peers: &[Peer; 2]) {
    let mut costs = vec![];
    for p in peers {
        let idle_memory = resident_mb(p.pid);
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
        let memory = (resident_mb(p.pid) - idle_memory) * 1024.0 / LISTENERS as f64;
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
        resident_mb(client.pid())
    );
    others.iter().for_each(tokio::task::JoinHandle::abort);
}

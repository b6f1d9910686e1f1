//! What encryption costs a whole call, on real processes over loopback: `make bench`.
//!
//! 1. From somebody's leaving to everybody hearing the next sound under a key that the leaver never had.
//! 2. CPU of a terminal client in a call of 10 with and without end-to-end encryption, side by side, as a ratio.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

use bytes::Bytes;
use conclave::backend::{
    BackendCommand, BackendEvent, Context, Frame, Identity, KeyId, Link, Secrecy, Session, SourceChange, SourceId, classify,
};
use conclave::protocol::control::RoomMode;
use conclave_lab::conclave::{Client, PATIENCE, Server};
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
/// The group after the last of them has left.
const MEMBERS: usize = 50;
const LEAVES: usize = 9;
/// One window of the comparison, and how many pairs there are.
const WINDOW: Duration = Duration::from_secs(10);
const PAIRS: usize = 6;
/// 20 ms of Opus at 32 kbit/s.
const FRAME: usize = 80;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        new_key_after_a_leave().await;
        with_and_without().await;
    });
}

/// Joins as the client's library does, and is in.
async fn join(server: &Server, room: &str, name: &str, mode: RoomMode, speaks: bool) -> Session {
    let link = Link::parse(&server.room(room)).unwrap();
    let context = Context {
        net: Default::default(),
        transport: Default::default(),
        muted: !speaks,
        listen_only: !speaks,
        allow_plain: mode == RoomMode::Open,
        patience: PATIENCE,
        secrecy: Secrecy { mode: Some(mode), ..Default::default() },
        xray: Default::default(),
        waits: Default::default(),
    };
    let who = Identity { name: name.into(), keys: conclave::trust::Keys::ephemeral().unwrap().into() };
    let mut session = timeout(PATIENCE, classify(&link).join(link, who, context)).await.unwrap().unwrap();
    if mode != RoomMode::Open {
        let let_in = async { while !matches!(session.events.recv().await.unwrap(), BackendEvent::LetIn { .. }) {} };
        timeout(PATIENCE, let_in).await.expect("let in");
    }
    session
}

/// Sends a frame every 20 ms for as long as the task lives.
async fn speak(mut session: Session) {
    // A frame that a decoder takes, for those clients that decode.
    let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
    encoder.set_bitrate(opus::Bitrate::Bits(FRAME as i32 * 400)).unwrap();
    encoder.set_vbr(false).unwrap();
    let tone: Vec<f32> = (0..960).map(|i| (i as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.3).collect();
    let payload = Bytes::from(encoder.encode_vec_float(&tone, 400).unwrap());
    let mut ticks = interval(Duration::from_millis(20));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut n = 0_u64;
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                let (timestamp, arrived, payload) = ((n * 960) as u32, Instant::now(), payload.clone());
                let frame = Frame { source: SourceId(0), key_id: None, sequence: n, timestamp, arrived, voice: true, payload };
                let _ = session.media.outgoing.try_send(frame);
                n += 1;
            }
            Some(_) = session.events.recv() => {}
            Some(_) = session.media.sources.recv() => {}
        }
    }
}

/// What a listener heard last: under which key, and when that key was first heard.
type Heard = Option<(KeyId, Instant)>;

/// Follows the keys of the one speaker until the far end goes.
async fn listen(mut session: Session, heard: watch::Sender<Heard>, mut leave: mpsc::Receiver<()>) {
    let mut frames = None;
    let next = async |frames: &mut Option<mpsc::Receiver<Frame>>| match frames {
        Some(f) => f.recv().await,
        None => std::future::pending().await,
    };
    loop {
        tokio::select! {
            Some(change) = session.media.sources.recv() => {
                if let SourceChange::Added { frames: new, .. } = change {
                    frames = Some(new);
                }
            }
            Some(frame) = next(&mut frames) => {
                let key = frame.key_id.expect("a sealed frame");
                heard.send_if_modified(|h| {
                    let new = h.is_none_or(|(before, _)| before != key);
                    if new {
                        *h = Some((key, Instant::now()));
                    }
                    new
                });
            }
            Some(_) = session.events.recv() => {}
            left = leave.recv() => match left {
                Some(()) => session.commands.send(BackendCommand::Leave).await.unwrap(),
                None => return,
            }
        }
    }
}

async fn new_key_after_a_leave() {
    let server = Server::dev(BIN);
    let mut tasks = JoinSet::new();
    tasks.spawn(speak(join(&server, "rekey", "speaker", RoomMode::Strict, true).await));
    let mut listeners = Vec::new();
    for n in 0..MEMBERS + LEAVES - 1 {
        let session = join(&server, "rekey", &format!("listener {n}"), RoomMode::Strict, false).await;
        let ((heard, hears), (leave, left)) = (watch::channel(None), mpsc::channel(1));
        tasks.spawn(listen(session, heard, left));
        listeners.push((hears, leave));
    }
    // Everybody hears under one key before the first one leaves.
    let settled = async |listeners: &mut Vec<(watch::Receiver<Heard>, mpsc::Sender<()>)>| loop {
        let keys: Vec<_> = listeners.iter().map(|(h, _)| h.borrow().map(|(key, _)| key)).collect();
        if keys.iter().all(|k| k.is_some() && *k == keys[0]) {
            sleep(Duration::from_secs(1)).await;
            let after: Vec<_> = listeners.iter().map(|(h, _)| h.borrow().map(|(key, _)| key)).collect();
            if after == keys {
                return keys[0].unwrap();
            }
        }
        sleep(Duration::from_millis(100)).await;
    };
    let mut times = Vec::new();
    for _ in 0..LEAVES {
        let old = timeout(2 * PATIENCE, settled(&mut listeners)).await.expect("one key for all");
        let (_, leave) = listeners.pop().unwrap();
        let began = Instant::now();
        leave.send(()).await.unwrap();
        let mut last = began;
        for (hears, _) in &mut listeners {
            let new =
                timeout(PATIENCE, hears.wait_for(|h| h.is_some_and(|(key, _)| key != old))).await.expect("a new key").unwrap();
            last = last.max(new.unwrap().1);
        }
        times.push((last - began).as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "from a leave to the new key heard by all {MEMBERS}: median {:.0} ms, worst {:.0} ms of {LEAVES} (aim: 300 ms)",
        times[LEAVES / 2],
        times[LEAVES - 1]
    );
}

/// CPU seconds of a process so far, of all its threads, to the nanosecond.
fn cpu(pid: u32) -> f64 {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let one = |task: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        stat.split(' ').next().and_then(|n| n.parse::<f64>().ok()).unwrap_or_default()
    };
    tasks.flatten().map(one).sum::<f64>() / 1e9
}

/// Two clients, each among nine who speak, in an encrypted and in an open room of one server, at the same time.
async fn with_and_without() {
    let server = Server::dev(BIN);
    let mut tasks = JoinSet::new();
    let mut clients = Vec::new();
    // `balanced` is encrypted and sends as an open room does: the difference is the encryption's.
    for (room, mode) in [("sealed", RoomMode::Balanced), ("plain", RoomMode::Open)] {
        for n in 0..9 {
            tasks.spawn(speak(join(&server, room, &format!("speaker {n}"), mode, true).await));
        }
        let mut command = Command::new(BIN);
        command.args(["join", &server.room(room), "--json", "--name", "Tenth", "--audio", "null", "--unmuted"]);
        command.args(if mode == RoomMode::Open {
            ["--mode", "open", "--allow-plain"].as_slice()
        } else {
            &["--mode", "balanced"]
        });
        let client = tokio::task::spawn_blocking(move || {
            let mut client = Client::spawn(command);
            for _ in 0..9 {
                client.wait_for_next("nine speakers", |e| e["event"] == "hearing");
            }
            client
        });
        clients.push(client.await.unwrap());
    }
    let mut ratios = Vec::new();
    let mut cores = [0.0, 0.0];
    for _ in 0..PAIRS {
        let before: Vec<f64> = clients.iter().map(|c| cpu(c.pid())).collect();
        sleep(WINDOW).await;
        let used: Vec<f64> = clients.iter().zip(before).map(|(c, before)| cpu(c.pid()) - before).collect();
        ratios.push(used[0] / used[1]);
        cores = [cores[0] + used[0], cores[1] + used[1]];
    }
    ratios.sort_by(f64::total_cmp);
    let percent = cores.map(|c| c / (PAIRS as f64 * WINDOW.as_secs_f64()) * 100.0);
    println!(
        "a client in a call of 10, nine speaking: {:.2} % of a core encrypted, {:.2} % open, \
         ratio {:.3} (median of {PAIRS} pairs, {:.3} to {:.3}; aim: 1.05)",
        percent[0],
        percent[1],
        (ratios[PAIRS / 2 - 1] + ratios[PAIRS / 2]) / 2.0,
        ratios[0],
        ratios[PAIRS - 1]
    );
}

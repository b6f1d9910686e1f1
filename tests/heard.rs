//! Who hears us: real clients at a real server, one of which loses what comes to it between the network and its jitter buffer.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave::audio::{self, Control, DeviceSpec, Setup};
use conclave::backend::{Link, MediaPorts, SourceChange, classify};
use conclave::call::engine::{CallOptions, PATIENCE};
use conclave::call::{Engine, Handle};
use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::hostile::{Direction, Hostile};
use conclave_lab::speech;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// Percent of the frames that Josefa loses; they are chosen by a seeded generator.
type Loss = Arc<AtomicU64>;

/// A whole client in this process whose frames get lost on their way from the network to the jitter buffer.
fn josefa(runtime: &Runtime, link: &str, loss: &Loss) -> Handle {
    let setup = Setup::new(DeviceSpec::Null, false);
    let mut sound = audio::start(setup).unwrap();
    let (control, mut wishes) = mpsc::channel(256);
    let real = std::mem::replace(&mut sound.control, control);
    let options = CallOptions {
        name: "Josefa".into(),
        open: false,
        listen_only: false,
        allow_plain: true,
        patience: PATIENCE,
        net: conclave::net::Options::default(),
        transport: Default::default(),
        keys: conclave::trust::Keys::ephemeral().unwrap().into(),
        secrecy: Default::default(),
        recordings: conclave::call::engine::Recordings::Anywhere,
        receipt: None,
        duration: None,
        stats: None,
    };
    let link = Link::parse(link).unwrap();
    let (engine, handle) = Engine::new(options, sound);
    let loss = loss.clone();
    runtime.spawn(async move {
        while let Some(wish) = wishes.recv().await {
            let wish = match wish {
                Control::Attach(ports) => Control::Attach(lossy(ports, &loss)),
                other => other,
            };
            if real.send(wish).await.is_err() {
                break;
            }
        }
    });
    runtime.spawn(engine.run(classify(&link), link.clone()));
    handle
}

fn lossy(mut ports: MediaPorts, loss: &Loss) -> MediaPorts {
    let (tx, sources) = mpsc::channel(16);
    let mut from = std::mem::replace(&mut ports.sources, sources);
    let loss = loss.clone();
    tokio::spawn(async move {
        while let Some(change) = from.recv().await {
            let change = match change {
                SourceChange::Added { source, peer, frames: mut whole } => {
                    let (some, frames) = mpsc::channel(conclave::backend::FRAME_QUEUE);
                    let loss = loss.clone();
                    tokio::spawn(async move {
                        let mut random = 1u64;
                        while let Some(frame) = whole.recv().await {
                            random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                            if (random >> 33) % 100 >= loss.load(Relaxed) {
                                let _ = some.try_send(frame);
                            }
                        }
                    });
                    SourceChange::Added { source, peer, frames }
                }
                removed => removed,
            };
            if tx.send(change).await.is_err() {
                break;
            }
        }
    });
    ports
}

fn heard_by(e: &Value, by: u64, of: u64) -> bool {
    e["event"] == "heard_by" && e["by"] == by && e["of"] == of
}

fn in_trouble<'a>(e: &'a Value, id: &str) -> Option<&'a str> {
    let all = e["trouble"].as_array()?;
    all.iter().find(|t| t[0] == id).and_then(|t| t[1].as_str())
}

#[test]
fn the_speaker_is_told_who_does_not_hear_him_and_when_it_is_over() {
    let runtime = Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(120.0));
    let server = Server::dev(BIN);
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &format!("file:{},", text(&tone)), "--stats", "1s"]);
    ana.event("let_in");
    let mut ben = Client::join(BIN, &server.room("r"), "Ben", &["--audio", "null"]);
    ben.event("let_in");
    let loss = Loss::default();
    let handle = josefa(&runtime, &server.room("r"), &loss);
    ana.wait_for("two who hear her", |e| heard_by(e, 2, 2));
    let id = handle.state().me.unwrap().0;

    let begun = Instant::now();
    loss.store(60, Relaxed);
    let told = ana.wait_for_next("trouble", |e| in_trouble(e, &id) == Some("breaking_up"));
    eprintln!("60 % lost: told after {:?}: {}", begun.elapsed(), told["text"]);
    assert_eq!((&told["by"], &told["of"]), (&1.into(), &2.into()), "{told}");
    assert_eq!(told["text"], "heard by 1 of 2; Josefa: breaking up");

    let begun = Instant::now();
    loss.store(100, Relaxed);
    let told = ana.wait_for_next("silence", |e| in_trouble(e, &id) == Some("not_heard"));
    eprintln!("100 % lost: told after {:?}: {}", begun.elapsed(), told["text"]);

    let begun = Instant::now();
    loss.store(0, Relaxed);
    ana.wait_for_next("healing", |e| heard_by(e, 2, 2));
    eprintln!("healed: told after {:?}", begun.elapsed());

    // Somebody who falls silent altogether, without a word of farewell.
    let begun = Instant::now();
    handle.send(conclave::call::Command::Leave);
    let told = ana.wait_for_next("leave", |e| e["event"] == "heard_by" && e["of"] == 1);
    eprintln!("left: told after {:?}: {}", begun.elapsed(), told["text"]);

    // She closes the microphone: nothing more is said of it, and nobody is in trouble.
    ana.send(r#"{"cmd":"mute","on":true}"#);
    let told = ana.wait_for_next("nothing to say", |e| e["event"] == "heard_by" && e["of"] == 0);
    assert_eq!((&told["text"], told["trouble"].as_array().map(Vec::len)), (&"".into(), Some(0)));
    let stats = ana.events.iter().rev().find(|e| e["event"] == "stats").unwrap();
    assert!(stats["kbps_up"].is_number() && stats["quality"]["word"].is_string(), "{stats}");
}

/// Lengths of what one connection relays, and when it did.
fn relayed(hostile: &Hostile, connection: usize) -> Vec<usize> {
    let seen = hostile.seen();
    let own = seen.iter().filter(|s| s.connection == connection && s.direction == Direction::ToServer);
    own.filter(|s| s.message["type"] == "relay").map(|s| s.message["body"].as_str().unwrap().len()).collect()
}

#[test]
fn the_server_sees_reports_of_one_size_at_one_pace_whoever_speaks() {
    let server = Server::dev(BIN);
    let hostile = Hostile::watching(&server.authority());
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(60.0));
    let mut clients = Vec::new();
    for name in ["Ana", "Ben"] {
        let sound = format!("file:{},", text(&tone));
        let mut client = Client::join(BIN, &hostile.room("r"), name, &["--audio", &sound, "--muted"]);
        client.event("let_in");
        let me = client.events.iter().find(|e| e["event"] == "joined").unwrap()["me"].as_str().unwrap().to_owned();
        clients.push((client, hostile.connection_of(&me)));
    }
    let (speaker, listener) = (clients[0].1, clients[1].1);
    clients[0].0.wait_for("Ben", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ben");
    let more = |of: usize, n: usize| {
        let deadline = Instant::now() + conclave_lab::conclave::PATIENCE;
        let before = relayed(&hostile, of).len();
        while relayed(&hostile, of).len() < before + n {
            assert!(Instant::now() < deadline, "no more reports");
            std::thread::sleep(Duration::from_millis(50));
        }
        relayed(&hostile, of)[before..].to_vec()
    };
    let mut sizes: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    // What was announced at the beginning has its own sizes.
    more(listener, 3);
    sizes.entry("in silence").or_default().extend(more(listener, 4));
    clients[0].0.send(r#"{"cmd":"mute","on":false}"#);
    clients[1].0.wait_for("Ana's voice", |e| e["event"] == "hearing");
    sizes.entry("while Ana speaks").or_default().extend(more(listener, 4));
    clients[0].0.send(r#"{"id":7,"cmd":"stats"}"#);
    clients[0].0.wait_for("figures", |e| e["event"] == "reply" && e["id"] == 7);
    sizes.entry("of Ana herself").or_default().extend(more(speaker, 4));
    let all: BTreeSet<usize> = sizes.values().flatten().copied().collect();
    assert_eq!(all.len(), 1, "{sizes:?}");
    eprintln!("a report has {} characters of base64url", all.first().unwrap());
}

//! `conclave ctl` with a real call. A peer of another user cannot be played here: the directory (0700), the socket (0600)
//! and the check of the peer stand against one.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn ctl(runtime: &Path, args: &[&str]) -> (i32, String, String) {
    let out = Command::new(BIN).arg("ctl").args(args).env("XDG_RUNTIME_DIR", runtime).output().unwrap();
    let s = |b: Vec<u8>| String::from_utf8(b).unwrap();
    (out.status.code().unwrap(), s(out.stdout), s(out.stderr))
}

fn join(runtime: &Path, link: &str, name: &str, more: &[&str]) -> Client {
    let mut command = Command::new(BIN);
    command.args(["join", link, "--json", "--name", name, "--audio", "null"]).args(more).env("XDG_RUNTIME_DIR", runtime);
    Client::spawn(command)
}

#[test]
fn a_running_call_is_asked_told_and_left_from_another_process() {
    let runtime = tempfile::tempdir().unwrap();
    let (code, _, err) = ctl(runtime.path(), &["state"]);
    assert_eq!(code, 69);
    assert!(err.contains("no call runs here"), "{err}");
    let server = Server::dev(BIN);
    let mut ana = join(runtime.path(), &server.room("r"), "Ana", &["--sandbox", "strict"]);
    ana.event("joined");
    let directory = runtime.path().join("conclave");
    let socket = directory.join(format!("{}.sock", ana.pid()));
    assert_eq!(std::fs::metadata(&directory).unwrap().mode() & 0o777, 0o700);
    assert_eq!(std::fs::metadata(&socket).unwrap().mode() & 0o777, 0o600);
    let (code, out, err) = ctl(runtime.path(), &["state", "--json"]);
    assert_eq!(code, 0, "{err}");
    let reply: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((reply["data"]["phase"].as_str(), reply["data"]["name"].as_str()), (Some("joined"), Some("Ana")));
    let (code, out, _) = ctl(runtime.path(), &["mute", "off"]);
    assert_eq!((code, out.as_str()), (0, "Your microphone is open.\n"));
    ana.wait_for("open microphone", |e| e["event"] == "muted" && e["on"] == false);
    // The grammar is that of /commands, its errors too.
    let (code, _, err) = ctl(runtime.path(), &["mtue"]);
    assert_eq!(code, 2);
    assert!(err.contains("/mute"), "{err}");
    let two = runtime.path().to_owned();
    let mut ben = join(&two, &server.room("r"), "Ben", &[]);
    ben.event("joined");
    let (code, _, err) = ctl(runtime.path(), &["status"]);
    assert_eq!(code, 2);
    assert!(err.contains(&ana.pid().to_string()) && err.contains("--pid"), "{err}");
    let pid = ana.pid().to_string();
    ben.wait_for("Ana", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ana");
    let (code, _, err) = ctl(runtime.path(), &["--pid", &pid, "say", "hello", "from", "outside"]);
    assert_eq!(code, 0, "{err}");
    ben.wait_for("chat", |e| e["event"] == "chat" && e["text"] == "hello from outside");
    // Another's answers never came to the front end, and guests who go end nothing.
    assert!(!ana.events.iter().any(|e| e["event"] == "reply"), "{:#?}", ana.events);
    let (code, out, err) = ctl(runtime.path(), &["--pid", &pid, "leave"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, events, _) = ana.finish();
    assert_eq!((code, events.last().unwrap()["reason"].as_str()), (0, Some("left")));
    assert!(!socket.exists(), "{}", text(&socket));
}

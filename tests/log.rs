//! The client's log: what happened is in it, and nobody's name, text, link, secret or address, whatever goes wrong.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const NAME: &str = "Zephaniah";
const SAID: &str = "quince marmalade";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.Y2FuYXJ5.Y2FuYXJ5";
const PASSPHRASE: &str = "yellow canary in a coal mine";
const ROOM: &str = "canaryroom";

fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(BIN);
    for unset in ["XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS"] {
        command.env_remove(unset);
    }
    command.args(args).env("HOME", home);
    command
}

/// All files under a directory.
fn files(under: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(under).into_iter().flatten().map(|e| e.unwrap().path());
    entries.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

fn logs(home: &Path) -> Vec<PathBuf> {
    files(&home.join(".local/state/conclave/log")).into_iter().filter(|p| p.extension().is_some_and(|e| e == "log")).collect()
}

#[test]
fn no_canary_is_in_the_log() {
    let server = Server::dev(BIN);
    let home = tempfile::tempdir().unwrap();
    let (_, link, _) = run(BIN, &["secret", "new", &server.room(ROOM)], "");
    let key = link.trim().rsplit("k=").next().unwrap();
    let join = |name: &str| {
        let args = ["join", "-", "--json", "--name", name, "--audio", "null", "--log-level", "debug", "--stats", "100ms"];
        let mut command = command(home.path(), &args);
        command.args(["--identity", "ephemeral", "--sandbox", "strict"]);
        let mut client = Client::spawn(command);
        client.send(link.trim());
        client
    };
    let mut ana = join(NAME);
    ana.event("let_in");
    let mut ben = join("Bartholomew");
    ana.wait_for("Ben", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Bartholomew");
    ana.send(&format!(r#"{{"cmd":"say","text":"{SAID}"}}"#));
    ben.wait_for("chat", |e| e["event"] == "chat");
    ana.send(&format!(r#"{{"cmd":"device","kind":"input","name":"{SAID}"}}"#));
    ana.wait_for("figures", |e| e["event"] == "stats");
    for client in [&mut ana, &mut ben] {
        client.send(r#"{"cmd":"leave"}"#);
        client.event("left");
    }
    drop((ana.finish(), ben.finish()));
    // What fails: another way of failing each.
    let fd = home.path().join("passphrase");
    std::fs::write(&fd, PASSPHRASE).unwrap();
    let script = format!(
        r#""$C" join wss://127.0.0.1:9 --line --name {NAME} --audio null --reconnect 0s
        "$C" join https://127.0.0.1:9/{ROOM} --line --name {NAME} --audio null --reconnect 0s --keyring vault --passphrase-fd 3 3<{0}
        "$C" join https://{ROOM}.invalid/{ROOM} --line --name {NAME} --audio null --reconnect 0s
        exit 0"#,
        text(&fd)
    );
    let mut bash = Command::new("bash");
    bash.args(["-c", &script])
        .env("C", BIN)
        .env("HOME", home.path())
        .env("CONCLAVE_TOKEN", TOKEN)
        .env("CONCLAVE_LOG_LEVEL", "debug");
    for unset in ["XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS"] {
        bash.env_remove(unset);
    }
    assert!(bash.stdin(std::process::Stdio::null()).output().unwrap().status.success());
    let logs = logs(home.path());
    let all: String = logs.iter().map(|p| std::fs::read_to_string(p).unwrap()).collect();
    for canary in
        [NAME, "Bartholomew", SAID, TOKEN, "Y2FuYXJ5", PASSPHRASE, "canary", key, "127.0.0.1", "invalid", text(home.path())]
    {
        assert!(!all.contains(canary), "{canary}: {all}");
    }
    for there in
        ["the call begins; room ", " joined: end-to-end encrypted", " somebody came", ", round trip ", " left: left, exit code 0"]
    {
        assert!(all.contains(there), "{there}: {all}");
    }
    let hash = |line: &str| line.rsplit(' ').next().unwrap().to_owned();
    let rooms: Vec<String> = all.lines().filter(|l| l.contains("the call begins; room ")).map(hash).collect();
    assert!(rooms.len() >= 3 && rooms[0] == rooms[1] && rooms[0] != rooms[2], "one hash for a room: {rooms:?}");
    for file in logs {
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_log_that_cannot_be_written_is_one_warning_and_the_call_goes_on() {
    let server = Server::dev(BIN);
    let link = server.room("board");
    let call = ["--json", "--name", "Ana", "--audio", "null", "--duration", "300ms", "--identity", "ephemeral"];
    let warned = |home: &Path, more: &[&str]| {
        let out = command(home, &[&["join", &link], &call[..], more].concat()).output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        assert_eq!(out.status.code(), Some(0), "{text}");
        text.lines().filter(|l| l.contains(r#""event":"warning""#) && l.contains(r#""code":"log""#)).count()
    };
    let home = tempfile::tempdir().unwrap();
    assert_eq!(warned(home.path(), &["--log-file", "/dev/full"]), 1);
    assert_eq!(warned(home.path(), &["--log-file", "/proc/nowhere/log"]), 1);
    // A file where the directory should be.
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".local/state")).unwrap();
    std::fs::write(home.path().join(".local/state/conclave"), "").unwrap();
    assert_eq!(warned(home.path(), &[]), 1);
    // Named, turned off, and as usual.
    let home = tempfile::tempdir().unwrap();
    let named = home.path().join("my.log");
    assert_eq!(warned(home.path(), &["--log-file", text(&named), "--sandbox", "strict"]), 0);
    assert!(std::fs::read_to_string(&named).unwrap().contains(" left: duration, exit code 0"));
    // What is said counts more than what is configured.
    let configured = home.path().join("configured.log");
    let mut quiet = command(home.path(), &[&["join", &link], &call[..], &["--log-file", text(&configured)]].concat());
    assert!(quiet.env("CONCLAVE_LOG_FILE", "false").output().unwrap().status.success() && configured.exists());
    // A call that never begins says why, without its name.
    let mut refused =
        command(home.path(), &["join", &link, "--line", "--name", NAME, "--audio", SAID, "--log-file", text(&named)]);
    assert_eq!(refused.output().unwrap().status.code(), Some(2));
    assert!(std::fs::read_to_string(&named).unwrap().contains(" ERROR the call did not begin: usage"));
    assert_eq!(warned(home.path(), &["--no-log"]), 0);
    assert!(logs(home.path()).is_empty());
    assert_eq!(warned(home.path(), &[]), 0);
    assert_eq!(logs(home.path()).len(), 1);
}

//! Calls that go on without a window: `join --detach`, `conclave attach`, terminals that are killed.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::terminal::{Spawn, Terminal};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// What runs in a directory of its own, and ends with it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(BIN);
        command.args(args).env("XDG_RUNTIME_DIR", self.0.path());
        command
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let out = self.command(args).output().unwrap();
        let s = |b: Vec<u8>| String::from_utf8(b).unwrap();
        (out.status.code().unwrap(), s(out.stdout), s(out.stderr))
    }

    fn terminal(&self, args: &[&str]) -> Terminal {
        let env = [("XDG_RUNTIME_DIR", text(self.0.path()))];
        Spawn { program: Path::new(BIN), args, env: &env, size: (80, 24), releases: false }.start()
    }

    fn leave(&self) {
        // A call that is left already is what is wanted.
        let _ = self.run(&["ctl", "leave"]);
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.leave();
    }
}

#[test]
fn a_call_outlives_the_terminal_that_it_was_begun_in_and_the_windows_that_show_it() {
    let server = Server::dev(BIN);
    let link = server.room("board");
    let mut ben = Client::join(BIN, &link, "Ben", &["--audio", "null"]);
    ben.event("let_in");
    let home = Home::new();
    let mut begun = home.terminal(&["join", &link, "--name", "Mere", "--audio", "null", "--sandbox", "strict", "--detach"]);
    assert_eq!(begun.exit_code(), 0, "{}", begun.output());
    let said = begun.output();
    let session = said.lines().find_map(|l| l.trim().parse::<u32>().ok()).unwrap_or_else(|| panic!("{said}")).to_string();
    assert!(said.contains(&format!("conclave attach {session} shows the call")), "{said}");
    drop(begun);
    let mere = ben.wait_for("Mere", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Mere")["peer"]["id"].clone();
    let status = std::fs::read_to_string(format!("/proc/{session}/status")).unwrap();
    assert!(status.lines().any(|l| l == "Seccomp:\t2"), "the process in the background is confined: {status}");
    let stat = std::fs::read_to_string(format!("/proc/{session}/stat")).unwrap();
    let after = stat.rsplit(") ").next().unwrap().split(' ').collect::<Vec<_>>();
    assert_eq!((after[3], after[4]), (session.as_str(), "0"), "a session of its own, and no terminal: {stat}");

    let mut line = home.terminal(&["attach", &session, "--line"]);
    line.wait_for("You are in board as Mere.");
    line.wait_for("2 people: Ben and you.");
    line.send("/unmute\r");
    ben.wait_for("an open microphone", |e| e["event"] == "muted" && e["id"] == mere && e["on"] == false);
    line.send("kia ora\r");
    ben.wait_for("chat", |e| e["event"] == "chat" && e["text"] == "kia ora");
    // The terminal dies: the microphone is closed, and the call goes on.
    line.signal("KILL");
    line.exit_code();
    drop(line);
    ben.wait_for_next("a closed microphone", |e| e["event"] == "muted" && e["id"] == mere && e["on"] == true);

    let mut screen = home.terminal(&["attach"]);
    screen.wait_for("board @ 127.0.0.1");
    screen.wait_for("MIC closed");
    screen.wait_for("Ben");
    ben.send(r#"{"cmd":"say","text":"still here?"}"#);
    screen.wait_for("still here?");
    screen.send("\x1bOQ");
    ben.wait_for_next("an open microphone", |e| e["event"] == "muted" && e["id"] == mere && e["on"] == false);
    screen.send(":detach\r");
    assert_eq!(screen.exit_code(), 0);
    screen.assert_restored();
    assert!(screen.output().contains("The call goes on, and conclave attach shows it again"), "{}", screen.output());
    ben.wait_for_next("a closed microphone", |e| e["event"] == "muted" && e["id"] == mere && e["on"] == true);

    let mut json = Client::spawn(home.command(&["attach", &session, "--json"]));
    let snapshot = json.event("snapshot");
    assert_eq!((&snapshot["state"]["muted"], &snapshot["state"]["chat"][0]["text"]), (&true.into(), &"kia ora".into()));
    json.send(r#"{"id":1,"cmd":"leave"}"#);
    let (code, events, _) = json.finish();
    assert_eq!((code, events.last().unwrap()["reason"].as_str()), (0, Some("left")));
    ben.wait_for("Mere gone", |e| e["event"] == "peer_left" && e["id"] == mere);
    let (code, _, said) = home.run(&["attach"]);
    assert_eq!(code, 69, "{said}");
    assert!(said.contains("no call runs here"), "{said}");
}

#[test]
fn attaching_is_quick_and_two_windows_show_one_call() {
    let server = Server::dev(BIN);
    let home = Home::new();
    let (code, session, said) = home.run(&["join", &server.room("r"), "--name", "Mere", "--audio", "null", "--detach"]);
    assert_eq!(code, 0, "{said}");
    let session = session.trim().to_owned();
    let mut quickest = Duration::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        let mut json = Client::spawn(home.command(&["attach", "--json"]));
        json.event("snapshot");
        quickest = quickest.min(begun.elapsed());
    }
    println!("attached within {} ms", quickest.as_millis());
    let (mut one, mut two) = (home.terminal(&["attach", &session, "--line"]), home.terminal(&["attach", &session, "--line"]));
    two.wait_for("Type to chat");
    one.wait_for("Type to chat");
    one.send("/unmute\r");
    two.wait_for("Your microphone is open.");
    one.send("/detach\r");
    assert_eq!(one.exit_code(), 0);
    two.send("/mute off\r/who\r");
    two.wait_for("Mere (you): microphone open");
    let output = two.output();
    let since = output.rsplit("Your microphone is open.").next().unwrap();
    assert!(!since.contains("microphone is closed"), "the other window sees it: {output}");
    // A terminal that goes leaves its call as it is.
    two.signal("HUP");
    assert_eq!(two.exit_code(), 143);
    assert!(two.output().contains("The call goes on"), "{}", two.output());
    let (code, state, err) = home.run(&["ctl", "status"]);
    assert!(code == 0 && state.contains("microphone closed"), "{state}{err}");
    let last = home.terminal(&["attach", "--line"]);
    last.wait_for("Type to chat");
    last.send("/leave\r");
    last.wait_for("You left the call.");
}

#[test]
fn what_cannot_be_joined_is_said_where_it_was_asked_for() {
    let home = Home::new();
    let (code, out, err) = home.run(&["join", "http://127.0.0.1:9/r", "--audio", "null", "--detach", "--reconnect", "0s"]);
    assert_eq!((code, out.as_str()), (69, ""), "{err}");
    assert!(err.contains("nothing listens at 127.0.0.1:9") && err.lines().count() == 1, "{err}");
    let (code, out, err) = home.run(&["join", "http://127.0.0.1:9/r", "--audio", "file:/no/such.wav,", "--detach"]);
    assert_eq!((code, out.as_str()), (66, ""), "{err}");
    assert!(err.contains("/no/such.wav"), "{err}");
}

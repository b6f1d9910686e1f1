//! The TUI and line mode in real terminals, in a call through a real server.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::terminal::{Spawn, Terminal};
use std::io::BufRead;
use std::path::Path;
use std::process::{Child, Command, Stdio};

const CONCLAVE: &str = env!("CARGO_BIN_EXE_conclave");

struct Server {
    child: Child,
    url: String,
    _data: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut command = Command::new(CONCLAVE);
        command.args(["serve", "--dev", "--listen", "127.0.0.1:0", "--json", "--data"]).arg(data.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let listening: serde_json::Value = serde_json::from_str(&line).unwrap();
        let url = format!("{}/board", listening["url"].as_str().unwrap());
        Self { child, url, _data: data }
    }

    fn join(&self, name: &str, more: &[&str], size: (u16, u16)) -> Terminal {
        let args = [&["join", &self.url, "--name", name, "--audio", "null"], more].concat();
        Spawn { program: Path::new(CONCLAVE), args: &args, env: &[], size, releases: false }.start()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn two_terminals_see_each_other_chat_mute_and_leave() {
    let server = Server::start();
    let mut tui = server.join("Wiremu", &[], (80, 24));
    tui.wait_for("board @ 127.0.0.1");
    tui.wait_for("end-to-end encrypted");
    let mut line = server.join("Ana", &["--line"], (80, 24));
    line.wait_for("You are in: end-to-end encrypted.");
    tui.wait_for("Ana joined. 2 people.");
    tui.send("\x1bOQ");
    tui.wait_for("MIC OPEN");
    line.wait_for("Wiremu opened their microphone.");
    tui.send("m");
    line.wait_for("Wiremu closed their microphone.");
    tui.send("/kia ora\r");
    line.wait_for("Wiremu: kia ora");
    line.send("//mute off\r");
    tui.wait_for("Ana: /mute off");
    line.send("/safety\r");
    line.wait_for("Safety code of epoch 1");
    tui.wait_for("Safety code of epoch 1");
    tui.resize(40, 12);
    tui.wait_for("? help m mute");
    line.signal("TERM");
    assert_eq!(line.exit_code(), 143);
    assert!(!line.raw().contains(&0x1b), "{:?}", line.output());
    tui.wait_for("Ana left. 1 person.");
    tui.send("q");
    assert_eq!(tui.exit_code(), 0);
    tui.assert_restored();
    for terminal in [&mut tui, &mut line] {
        let told = terminal.output();
        assert!(told.contains("End-to-end encrypted, unbroken") && told.contains("2 people were there:"), "{told}");
    }
}

#[test]
fn sigterm_gives_the_terminal_back() {
    let server = Server::start();
    let mut tui = server.join("Wiremu", &[], (80, 24));
    tui.wait_for("board @ 127.0.0.1");
    tui.signal("TERM");
    assert_eq!(tui.exit_code(), 143);
    tui.assert_restored();
}

#[test]
fn an_open_room_is_joined_by_a_typed_yes_and_says_what_it_is() {
    let server = Server::start();
    let mut no = server.join("Ana", &["--mode", "open"], (80, 24));
    no.wait_for("not end-to-end encrypted: whoever runs the server can hear");
    no.send("y\r");
    assert_eq!(no.exit_code(), 80);
    let mut yes = server.join("Ana", &["--mode", "open"], (80, 24));
    yes.wait_for("Type yes to join all the same");
    yes.send("yes\r");
    yes.wait_for("board @ 127.0.0.1");
    assert!(yes.wait_for("not end-to-end encrypted").contains("MIC closed"));
    yes.send("q");
    assert_eq!(yes.exit_code(), 0);
}

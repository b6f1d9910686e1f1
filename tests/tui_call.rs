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
        self.join_with("null", name, more, size)
    }

    fn join_with(&self, audio: &str, name: &str, more: &[&str], size: (u16, u16)) -> Terminal {
        let args = [&["join", &self.url, "--name", name, "--audio", audio], more].concat();
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
    tui.wait_for("<Ana> /mute off");
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

/// A sentence, again and again for a minute: somebody who talks.
fn speech(dir: &Path) -> String {
    let mut one = hound::WavReader::open(concat!(env!("CARGO_MANIFEST_DIR"), "/src/cli/demo/ana.wav")).unwrap();
    let samples: Vec<i16> = one.samples().map(Result::unwrap).collect();
    let path = dir.join("talks.wav");
    let mut long = hound::WavWriter::create(&path, one.spec()).unwrap();
    let count = 60 * one.spec().sample_rate as usize;
    samples.iter().cycle().take(count).for_each(|s| long.write_sample(*s).unwrap());
    long.finalize().unwrap();
    format!("file:{},", path.to_str().unwrap())
}

/// Two people, two keyboards, and nothing else.
#[test]
fn a_whole_meeting_by_keyboard_only() {
    let (server, dir) = (Server::start(), tempfile::tempdir().unwrap());
    let sound = speech(dir.path());
    let mut host = server.join("Wiremu", &["--admission", "admit"], (160, 40));
    host.wait_for("You founded this room");

    // Joining: knocking is told once, by name, and a key lets in who is selected in the list.
    let mut ana = server.join_with(&sound, "Ana", &["--muted"], (160, 40));
    ana.wait_for("You wait to be let in.");
    host.wait_for("WAITING 1");
    assert_eq!(host.wait_for("asks to be let in").matches("/admit").count(), 1, "{}", host.screen());
    host.send("j");
    host.wait_until("the cursor on who waits", |s| s.cursor_position() == (5, 1));
    host.send("a");
    ana.wait_for("You are in: end-to-end encrypted");
    host.wait_for("PEOPLE 2");

    // Talking and being muted.
    ana.send("\x1bOQ");
    host.wait_for("Ana opened their microphone.");
    host.wait_for(" >   Ana");
    ana.send("m");
    host.wait_for("Ana closed their microphone.");

    // Writing to all, and to one alone.
    host.send("/kia ora\r");
    ana.wait_for("<Wiremu> kia ora");
    host.send("k");
    host.wait_until("the cursor on Ana", |s| s.cursor_position() == (3, 1));
    host.send("w");
    host.wait_for("to Ana>");
    host.send("just you\r");
    ana.wait_for("<Wiremu to you alone> just you");
    host.wait_for("<Wiremu to Ana alone> just you");

    // A hand, and what can be done about a person: asked for before it is done.
    ana.send("r");
    host.wait_for("Ana raised a hand.");
    host.send("\x1bOA");
    // Rows that moved by themselves are not acted on for a second (`tui::keys::ALONE`): this is the user's pause, not a wait for ours.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    host.send("\r");
    host.wait_for("volume PERCENT");
    host.send("promote\r");
    host.wait_for("? Make Ana a moderator");
    host.send("y");
    ana.wait_for("You are now a moderator.");

    // A whole command that is typed is meant.
    host.send(":lock\r");
    ana.wait_for("the room is locked");

    // The safety code, which both compare.
    ana.send("s");
    ana.wait_for("SAFETY CODE OF EPOCH");
    host.wait_for("Safety code of epoch");
    host.send("s");
    host.wait_for("SAFETY CODE OF EPOCH");
    let digits = |screen: String| screen.lines().find(|l| l.trim().starts_with("or ")).map(str::trim).map(str::to_owned);
    assert!(digits(ana.screen()).is_some_and(|d| Some(&d) == digits(host.screen()).as_ref()), "{}", host.screen());
    for terminal in [&ana, &host] {
        terminal.send("v");
        terminal.wait_for("Verified:");
    }

    // Leaving: the host has made somebody else a moderator, and is not asked.
    host.send("q");
    assert_eq!(host.exit_code(), 0);
    ana.wait_for("Wiremu left. 1 person.");
    ana.send("q");
    assert_eq!(ana.exit_code(), 0);
    host.assert_restored();
    ana.assert_restored();
}

/// The room's link goes to the clipboard without the secret, by a key.
#[test]
fn the_link_is_copied_by_a_key_and_a_theme_is_chosen_by_a_flag() {
    let server = Server::start();
    let mut tui = server.join("Wiremu", &["--theme", "high-contrast", "--mouse", "--title"], (80, 24));
    tui.wait_for("board @ 127.0.0.1");
    tui.send("y");
    tui.wait_for("The link was given to the clipboard");
    // OSC 52 in base64 of `http`, the colours of the theme, and the title of the window.
    for sequence in ["\x1b]52;c;aHR0c", "48;5;0m", "\x1b]2;board - conclave\x07"] {
        tui.wait_for_output(sequence);
    }
    // A click on ourselves, far from any key.
    tui.send("\x1b[<0;5;4M\x1b[<0;5;4m");
    tui.send("q");
    assert_eq!(tui.exit_code(), 0);
    tui.assert_restored();
    assert!(tui.output().contains("\x1b[23;2t"), "the old title is brought back");
}

/// Before the call nothing is joined until Enter says so.
#[test]
fn a_look_before_joining_joins_by_enter_and_goes_away_by_escape() {
    let server = Server::start();
    let mut no = server.join("Ana", &["--check"], (80, 24));
    no.wait_for("BEFORE YOU JOIN");
    no.wait_for("There is no device to try");
    no.send("\x1b");
    assert_eq!(no.exit_code(), 0);
    no.assert_restored();
    let mut yes = server.join("Wiremu", &["--check"], (40, 12));
    yes.wait_for("You are Wiremu.");
    yes.send("\r");
    // Alone: whoever looked and went away never joined.
    yes.wait_for("Your microphone is closed.");
    yes.resize(80, 24);
    yes.wait_for("PEOPLE 1");
    yes.send("\x1bOP");
    yes.wait_for("KEYS");
    yes.send("\x03");
    assert_eq!(yes.exit_code(), 0);
    yes.assert_restored();
}

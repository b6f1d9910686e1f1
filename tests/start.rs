//! `conclave` without a command: the rooms where one was, on a full screen and in lines.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave::backend::Link;
use conclave::history::{History, Room, Secret};
use conclave_lab::conclave::{Server, run, text};
use conclave_lab::terminal::{Spawn, Terminal};
use std::path::Path;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

struct Home(tempfile::TempDir);

impl Home {
    /// Somebody who was in some rooms, the last one first.
    fn new(rooms: &[(&str, Secret)]) -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir_all(home.0.path().join("conclave")).unwrap();
        std::fs::write(home.0.path().join("conclave/front-end"), "tui\n").unwrap();
        for (n, (link, secret)) in rooms.iter().rev().enumerate() {
            let link = Link::parse(link).unwrap();
            home.history().note(Room::of(&link, &link.room, "Ana", *secret, n as i64)).unwrap();
        }
        home
    }

    fn history(&self) -> History {
        History::at(self.0.path().join("conclave/history"))
    }

    fn terminal(&self, args: &[&str], term: &str) -> Terminal {
        let home = text(self.0.path());
        // No devices, no keyring, no configuration of whoever runs the test.
        let env = [
            ("XDG_STATE_HOME", home),
            ("XDG_CONFIG_HOME", home),
            ("XDG_DATA_HOME", home),
            ("CONCLAVE_AUDIO_DEVICES", "null"),
            ("CONCLAVE_KEYRING", "none"),
            ("TERM", term),
        ];
        Spawn { program: Path::new(BIN), args, env: &env, size: (100, 30), releases: false }.start()
    }
}

const NOBODY: &str = "https://127.0.0.1:9/nobody";

#[test]
fn a_room_is_chosen_looked_at_and_joined() {
    let server = Server::dev(BIN);
    let (board, hall) = (server.room("board"), server.room("hall"));
    let home = Home::new(&[(NOBODY, Secret::None), (&hall, Secret::None), (&board, Secret::None)]);
    let mut t = home.terminal(&[], "xterm-256color");
    // The words come before the cursor, which is where the eye of a screen reader is.
    let screen = t.wait_until("the rooms, and the cursor on the first", |screen| {
        screen.contents().contains("ROOMS") && !screen.hide_cursor() && screen.cursor_position() == (1, 1)
    });
    assert!(screen.contains("> nobody") && screen.contains("hall") && screen.contains("as Ana, once on"), "{screen}");
    t.send("\x1b[3~");
    t.wait_for("nobody is taken from the list.");
    t.send("\x1b[B");
    t.wait_until("the second room, and the cursor there", |screen| {
        screen.contents().contains("> board") && !screen.hide_cursor() && screen.cursor_position() == (2, 1)
    });
    t.send("\r");
    let check = t.wait_for("BEFORE YOU JOIN");
    assert!(check.contains("You are Ana.") && check.contains("/board"), "the name of the last time: {check}");
    t.send("\r");
    t.wait_for("You are in");
    t.send("\x03");
    assert_eq!(t.exit_code(), 0);
    t.assert_restored();
    let rooms = home.history().read().rooms;
    let seen: Vec<_> = rooms.iter().map(|r| (r.room.as_str(), r.times)).collect();
    assert_eq!(seen, [("board", 2), ("hall", 1)]);
}

#[test]
fn a_link_is_pasted_where_its_secret_is_not_seen() {
    let server = Server::dev(BIN);
    let (_, link, _) = run(BIN, &["secret", "new", &server.room("board")], "");
    let key = link.trim().rsplit("k=").next().unwrap().to_owned();
    let home = Home::new(&[(&server.room("board"), Secret::Given)]);
    let mut t = home.terminal(&[], "xterm-256color");
    t.wait_for("> board");
    t.send("\r");
    t.wait_for("paste the whole link");
    t.paste(link.trim());
    t.wait_for("#***");
    t.send("\r");
    t.wait_for("The link carries the room's secret");
    t.send("\r");
    t.wait_for("You are in");
    t.send("\x03");
    assert_eq!(t.exit_code(), 0);
    assert!(!t.output().contains(&key), "the secret was shown");
}

#[test]
fn the_same_in_lines_and_nothing_where_there_is_nobody() {
    let server = Server::dev(BIN);
    let home = Home::new(&[(NOBODY, Secret::None), (&server.room("board"), Secret::Given)]);
    let mut t = home.terminal(&[], "dumb");
    t.wait_for("1. nobody at 127.0.0.1:9, as Ana, once on");
    t.wait_for("Number of a room, or a link, or Enter to go away:");
    t.send("7\r");
    t.wait_for("There is no room 7.");
    t.send("2\r");
    t.wait_for("Link, or Enter to join without it:");
    let (_, link, _) = run(BIN, &["secret", "new", &server.room("board")], "");
    t.send(&format!("{}\r", link.trim()));
    t.wait_for("You are in: end-to-end encrypted.");
    t.send("\x04");
    assert_eq!(t.exit_code(), 0);
    let key = link.trim().rsplit("k=").next().unwrap();
    assert!(!t.output().contains(key) && !t.output().contains('\x1b'), "{:?}", t.output());

    let none = Home::new(&[]);
    let mut t = none.terminal(&["--line"], "xterm");
    t.wait_for("You were in no room yet.");
    t.wait_for("conclave demo");
    t.send("\r");
    assert_eq!(t.exit_code(), 0);
    // Whoever turned it off sees nothing of what was noted before.
    std::fs::write(home.0.path().join("conclave/config.toml"), "history.rooms = false\n").unwrap();
    let mut t = home.terminal(&[], "xterm-256color");
    let screen = t.wait_for("No history of rooms is kept here.");
    assert!(!screen.contains("nobody"), "{screen}");
    t.send("q");
    assert_eq!(t.exit_code(), 0);
    // Nobody there, or nobody to be asked: the help, as ever.
    let (code, out, err) = run(BIN, &[], "");
    assert!(code == 2 && out.is_empty() && err.contains("Usage: conclave"), "{code} {out} {err}");
    let mut t = home.terminal(&["--no-input"], "xterm-256color");
    assert_eq!(t.exit_code(), 2);
    assert!(t.output().contains("Usage: conclave"), "{}", t.output());
    let (code, _, err) = run(BIN, &["--line", "devices"], "");
    assert!(code == 2 && err.contains("--line stands behind the command"), "{code} {err}");
}

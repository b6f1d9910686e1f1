//! Line mode in a real terminal: whole lines, no escape sequence, and the first question ever.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::terminal::{Spawn, Terminal};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn start(args: &[&str], state: &Path) -> Terminal {
    let env = [("XDG_STATE_HOME", text(state))];
    Spawn { program: Path::new(BIN), args, env: &env, size: (200, 60), releases: false }.start()
}

#[test]
fn a_half_typed_line_is_never_split_and_goes_to_whom_the_prompt_names() {
    let server = Server::dev(BIN);
    let link = server.room("board");
    let state = tempfile::tempdir().unwrap();
    let mut line = start(&["join", &link, "--name", "Mere", "--audio", "null", "--line"], state.path());
    line.wait_for("You are in: end-to-end encrypted.");
    let mut ana = Client::join(BIN, &link, "Ana", &["--audio", "null"]);
    let mut ben = Client::join(BIN, &link, "Ben", &["--audio", "null"]);
    ana.event("let_in");
    ben.event("let_in");
    for (member, name) in [(&mut ana, "Mere"), (&mut ben, "Ana")] {
        member.wait_for(name, |e| e["event"] == "peer_joined" && e["peer"]["name"] == name);
    }
    line.wait_for("Ben joined.");
    line.send("/to ana\r");
    line.wait_for("What you write goes to Ana alone, until /to all.");
    line.send("for yo");
    line.wait_for("to Ana> for yo");
    ana.send(r#"{"cmd":"hand","up":true}"#);
    ben.wait_for("a hand", |e| e["event"] == "hand" && e["on"] == true);
    // Ben knows already. Here it is told after some seconds of silence, and the line begins anew.
    line.wait_for("Ana raised a hand.\nto Ana> for yo");
    line.send("u only\r");
    let private = ana.wait_for("a private message", |e| e["event"] == "chat");
    assert_eq!((private["text"].as_str(), private["to"].is_string()), (Some("for you only"), true));
    line.send("/mtue\r");
    line.wait_for("There is no command /mtue. Did you mean /mute?");
    line.send("/to all\r/status\r");
    let status = line.wait_for("In board with 3 people, microphone closed");
    assert!(status.contains("end-to-end encrypted"), "{status}");
    line.send("hello\x1b[D\x7fo, all\r");
    ben.wait_for("the public message", |e| e["event"] == "chat" && e["text"] == "hello, all");
    assert_eq!(ben.events.iter().filter(|e| e["event"] == "chat").count(), 1, "{:#?}", ben.events);
    line.send("\x04");
    assert_eq!(line.exit_code(), 0);
    line.assert_restored();
    let output = line.output();
    assert!(!output.contains('\x1b'), "{output:?}");
    assert!(output.replace('\r', "").contains("to all> hello\u{8} \u{8}o, all\n"), "{output:?}");
}

#[test]
fn the_first_full_screen_ever_is_offered_as_lines_once_and_the_answer_is_remembered() {
    let server = Server::dev(BIN);
    let link = server.room("board");
    let args = ["join", &link, "--name", "Mere", "--audio", "null"];
    let state = tempfile::tempdir().unwrap();
    let question = "Type l and Enter for line mode";
    let mut first = start(&args, state.path());
    first.wait_for(question);
    assert!(!first.output().contains('\x1b'), "a plain line");
    first.send("l\r");
    first.wait_for("Type to chat; /help lists the commands");
    first.send("/leave\r");
    assert_eq!(first.exit_code(), 0);
    let file = state.path().join("conclave/front-end");
    assert_eq!(
        (std::fs::read_to_string(&file).unwrap().trim(), std::fs::metadata(&file).unwrap().mode() & 0o777),
        ("line", 0o600)
    );
    let mut again = start(&args, state.path());
    again.wait_for("Type to chat; /help lists the commands");
    assert!(!again.output().contains(question));
    again.send("/leave\r");
    assert_eq!(again.exit_code(), 0);
    let mut screen = start(&[&args[..], &["--tui"]].concat(), state.path());
    screen.wait_for("board @ 127.0.0.1");
    screen.send("q");
    assert_eq!(screen.exit_code(), 0);
    // Nobody who may not be asked is.
    let other = tempfile::tempdir().unwrap();
    let mut silent = start(&[&args[..], &["--no-input"]].concat(), other.path());
    silent.wait_for("board @ 127.0.0.1");
    assert!(!silent.output().contains(question) && !other.path().join("conclave/front-end").exists());
    silent.send("q");
    assert_eq!(silent.exit_code(), 0);
}

#[test]
fn a_whole_meeting_is_held_in_lines_and_every_event_is_told_once() {
    let server = Server::start(BIN, &[]);
    let created = run(BIN, &["rooms", "create", "board", "--data", text(server.data.path())], "");
    assert_eq!(created.0, 0, "{}", created.2);
    let link = server.room("board");
    let state = tempfile::tempdir().unwrap();
    let join = |name: &str| {
        start(&["join", &link, "--name", name, "--audio", "null", "--line", "--identity", "ephemeral"], state.path())
    };
    let mut ana = join("Ana");
    ana.wait_for("You founded this room: you decide who comes in.");
    let mut ben = join("Ben");
    ben.wait_for("You wait to be let in.");
    ana.wait_for("asks to be let in: /admit Ben or /deny Ben.");
    ana.send("/admit\r");
    ben.wait_for("You are in: end-to-end encrypted.");
    ana.wait_for("Ben joined. 2 people.");
    for (says, hears) in [
        ("/talk start", "Ben opened their microphone."),
        ("/talk stop", "Ben closed their microphone."),
        ("kia ora", "Ben: kia ora"),
        ("/msg ana only you", "Ben to you alone: only you"),
        ("/hand", "Ben raised a hand."),
    ] {
        ben.send(&format!("{says}\r"));
        ana.wait_for(hears);
    }
    ana.send("/leave\r");
    ana.wait_for("You are the only moderator. Leave all the same? Type /leave again to leave.");
    ana.send("/promote ben\r");
    ben.wait_for("You are now a moderator.");
    ben.send("/lock\r");
    ana.wait_for("Ben: the room is locked; nobody new is let in.");
    ana.send("/safety\r");
    ben.wait_for("Read it aloud: all must have the same.");
    ben.send("/verify\r");
    ben.wait_for("Verified: the safety code was compared");
    ana.send("/leave\r");
    assert_eq!(ana.exit_code(), 0);
    ben.wait_for("Ana left. 1 person.");
    ben.send("/leave\r");
    assert_eq!(ben.exit_code(), 0);
    for once in
        ["Ben joined.", "Ben opened their microphone.", "Ben: kia ora", "only you", "Ben raised a hand.", "room is locked"]
    {
        assert_eq!(ana.output().matches(once).count(), 1, "{once}: {}", ana.output());
    }
    for terminal in [&ana, &ben] {
        assert!(!terminal.output().contains('\x1b'), "{:?}", terminal.output());
        terminal.assert_restored();
    }
}

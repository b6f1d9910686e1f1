//! `conclave tutor`: a whole lesson in lines, and one on the full screen, each by keyboard in a real terminal.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::run;
use conclave_lab::terminal::{Spawn, Terminal};
use std::path::Path;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn start(args: &[&str]) -> Terminal {
    Spawn { program: Path::new(BIN), args, env: &[], size: (160, 40), releases: false }.start()
}

#[test]
fn a_whole_lesson_in_lines() {
    let mut line = start(&["tutor", "--line", "--audio", "null"]);
    line.wait_for_output("1 of 15: Your microphone is closed.");
    for (first, typed, then) in [
        ("", "/unmute", "Ana: Good morning! Your microphone is open"),
        ("2 of 15", "/mute", "Ben: Now nobody hears you."),
        ("3 of 15", "what now?", "Your hand is down. Type: /hand up - or write: skip"),
        ("", "/hand up", "Ana: Ben first, then you."),
        ("4 of 15", "/hand down", ""),
        ("5 of 15", "kia ora", "Ben: Hello! I read you."),
        ("6 of 15", "/msg Ana kia ora", "Ana to you alone: Thank you. Only you read this."),
        ("7 of 15", "/react ok", "Ana: Thank you!"),
        ("asks to be let in: /admit Mere", "/admit Mere", "Mere: Thank you for letting me in."),
        ("asks to be let in: /admit Rex", "/deny Rex", "Ben: Good. Who is not expected stays out."),
        ("10 of 15", "/safety", "Tutor: The words that I see: "),
        ("11 of 15", "/verify", "Ana: The same words here."),
        ("12 of 15", "/volume Ana 50", ""),
        ("13 of 15", "/hush Ana", ""),
        ("14 of 15", "/kick Ben", "Ana: Quiet at last."),
        ("15 of 15", "/leave", "You did all 15 things: opened your microphone, "),
    ] {
        line.wait_for_output(first);
        line.send(&format!("{typed}\r"));
        line.wait_for_output(then);
    }
    assert_eq!(line.exit_code(), 0);
    line.assert_restored();
    assert!(!line.output().contains('\x1b') && !line.output().contains("Passed over"), "{}", line.output());
}

#[test]
fn a_whole_lesson_by_keyboard_on_the_full_screen() {
    let mut tui = start(&["tutor", "--audio", "null"]);
    tui.wait_for("1 of 15");
    // A colon is a key only where nobody has just typed; Ctrl-P always is.
    assert!(tui.screen().contains("Keys: Space, F2. Or press : and type: unmute"), "{}", tui.screen());
    for (keys, then) in [
        ("\x1bOQ", "2 of 15"),
        ("m", "3 of 15"),
        ("r", "4 of 15"),
        ("r", "5 of 15"),
        ("/kia ora\r", "6 of 15"),
        ("\x10msg Ana kia ora\r", "7 of 15"),
        ("\x10react ok\r", "WAITING 1"),
        ("\x10admit Mere\r", "9 of 15"),
        ("", "WAITING 1"),
        ("\x10deny Rex\r", "10 of 15"),
        ("s", "SAFETY CODE OF EPOCH"),
        ("v", "12 of 15"),
        ("\x10volume Ana 50\r", "13 of 15"),
        ("\x10hush Ana\r", "14 of 15"),
        ("\x10kick Ben\r", "15 of 15"),
    ] {
        tui.send(keys);
        tui.wait_for(then);
    }
    tui.send("q");
    assert_eq!(tui.exit_code(), 0);
    tui.assert_restored();
    assert!(tui.output().contains("You did all 15 things"), "{}", tui.output());
}

#[test]
fn a_lesson_without_a_person_says_that_it_needs_one() {
    for args in [&["tutor"][..], &["tutor", "--no-input"]] {
        let (code, out, err) = run(BIN, args, "");
        assert!(code == 77 && out.is_empty() && err.contains("needs a person at a terminal"), "{code} {out}{err}");
    }
    let mut terminal = start(&["tutor", "--no-input"]);
    assert_eq!(terminal.exit_code(), 77);
}

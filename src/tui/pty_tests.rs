//! The TUI in a real terminal: this test binary starts itself again in a pty, where [`app`] shows a scripted call.

use crate::call::chat::ChatLine;
use crate::call::{Command, Event, LeaveReason};
use crate::front_end::Ended;
use crate::front_end::fake::{self, id, joined, left, peer};
use conclave_lab::terminal::{Spawn, Terminal};
use std::time::{Duration, Instant};

const SCRIPT: &str = "CONCLAVE_TEST_TUI";

/// Not a test of its own: the program that the others start.
#[test]
fn app() {
    let Some(script) = std::env::var_os(SCRIPT) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let ended = runtime.block_on(async {
        let (handle, mut fake) = fake::call();
        let options = super::Options {
            log: std::env::var_os("CONCLAVE_TEST_LOG").map(Into::into),
            ..super::Options::new("localhost", None)
        };
        let line = script == "line";
        let front_end = tokio::spawn(async move {
            if line {
                Ok(crate::line::run(handle, crate::line::Options::default()).await)
            } else {
                super::run(handle, options).await
            }
        });
        fake.emit(joined("board"));
        fake.emit(Event::PeerJoined { peer: peer("a", "Ana\x1b[2J"), before_us: true });
        tokio::spawn(async move {
            let mut chats = 0;
            while let Some(request) = fake.requests.recv().await {
                eprintln!("ALSA lib: noise that must not reach the screen");
                match request.command {
                    Command::Mute { on } => fake.emit(Event::Muted { id: id("me"), on: on.unwrap_or(true), by: None }),
                    Command::Talk { down } => fake.emit(Event::Muted { id: id("me"), on: down == Some(false), by: None }),
                    Command::Say { text, .. } => {
                        chats += 1;
                        let at = "2026-11-23T10:03:00.000Z".into();
                        fake.emit(Event::Chat(ChatLine { id: chats, from: id("me"), name: "Me".into(), to: None, text, at }));
                    }
                    Command::Hand { .. } if script == "panic" => {
                        let _ = std::thread::spawn(|| panic!("the sound thread fell over")).join();
                    }
                    Command::Leave if script == "silent" => {}
                    Command::Leave if script == "removed" => {
                        fake.emit(Event::Left { reason: LeaveReason::Removed, code: 81, text: "Ana removed you\x1b[31m".into() })
                    }
                    Command::Leave => fake.emit(left()),
                    _ => {}
                }
            }
        });
        front_end.await.unwrap().unwrap()
    });
    drop(runtime);
    std::process::exit(match ended {
        Ended::Left { code } => code.into(),
        Ended::Fault => 70,
        Ended::Abandoned => 0,
        Ended::Gone => 1,
    });
}

fn spawn(script: &str, size: (u16, u16), releases: bool, env: &[(&str, &str)]) -> Terminal {
    let program = std::env::current_exe().unwrap();
    let env: Vec<_> = [(SCRIPT, script), ("RUST_BACKTRACE", "0")].iter().chain(env).copied().collect();
    let args = ["--exact", "tui::pty_tests::app", "--nocapture", "--test-threads=1", "--color=never"];
    Spawn { program: &program, args: &args, env: &env, size, releases }.start()
}

fn start(script: &str, size: (u16, u16), releases: bool, env: &[(&str, &str)]) -> Terminal {
    let terminal = spawn(script, size, releases, env);
    terminal.wait_for("transport encryption only");
    terminal.wait_for("Ana[2J is here");
    terminal
}

/// Longer than any two keys of a sentence are apart.
fn pause() {
    std::thread::sleep(super::keys::ALONE + Duration::from_millis(50));
}

#[test]
fn a_call_from_the_first_key_to_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let mut t = start("call", (80, 24), false, &[("CONCLAVE_TEST_LOG", log.to_str().unwrap())]);
    t.wait_for("MIC closed");
    t.wait_until("the cursor on the first person", |s| s.cursor_position() == (3, 1) && !s.hide_cursor());
    t.send("j");
    t.wait_until("the cursor on the second person", |s| s.cursor_position() == (4, 1));
    pause();
    t.send(" ");
    t.wait_for("MIC OPEN");
    t.send("m");
    t.wait_for("MIC closed");
    t.send("/hello everybody\r");
    t.wait_for("<Me> hello everybody");
    t.paste("mute off\n/mute off\nq");
    t.wait_for("> mute off /mute off q");
    t.send("\x1b");
    pause();
    t.send("\x0c");
    t.resize(40, 12);
    t.wait_until("one column", |s| s.contents().lines().count() <= 12 && s.contents().contains("? help m mute"));
    t.resize(10, 3);
    t.wait_for("need 20x5");
    t.resize(80, 24);
    t.wait_for("PEOPLE 2");
    t.send("q");
    assert_eq!(t.exit_code(), 0);
    t.assert_restored();
    assert!(t.screen().contains("You left the call."), "{}", t.screen());
    assert!(!t.output().contains("ALSA"), "noise on the screen");
    assert!(std::fs::read_to_string(log).unwrap().contains("ALSA"), "noise in the log");
}

#[test]
fn space_is_held_to_talk_where_releases_are_reported() {
    let mut t = start("call", (80, 24), true, &[]);
    t.wait_for("Space hold to talk");
    t.send("\x1b[32;1:1u");
    t.wait_for("MIC OPEN");
    t.send("\x1b[32;1:2u\x1b[32;1:3u");
    t.wait_for("MIC closed");
    t.send("\x03");
    assert_eq!(t.exit_code(), 0);
    t.assert_restored();
}

#[test]
fn a_panic_anywhere_gives_the_terminal_back_and_is_told() {
    let mut t = start("panic", (80, 24), true, &[]);
    t.wait_for("Space hold to talk");
    t.send("r");
    assert_eq!(t.exit_code(), 70);
    t.assert_restored();
    assert!(t.screen().contains("the sound thread fell over"), "{}", t.screen());
}

#[test]
fn a_server_that_does_not_answer_holds_nobody() {
    let mut t = start("silent", (80, 24), false, &[]);
    let start = Instant::now();
    t.send("\x03");
    assert_eq!(t.exit_code(), 0);
    assert!(start.elapsed() < Duration::from_secs(10));
    t.assert_restored();
    assert!(t.screen().contains("did not answer in time"));
}

#[test]
fn why_it_ended_is_one_plain_line() {
    let mut t = start("removed", (40, 12), false, &[("NO_COLOR", "1")]);
    t.send("q");
    assert_eq!(t.exit_code(), 81);
    assert!(t.screen().contains("Ana removed you[31m."), "{}", t.screen());
}

#[test]
fn nothing_is_written_while_nothing_happens() {
    let t = start("call", (80, 24), false, &[]);
    t.send("\t");
    t.wait_for("[CHAT AND EVENTS]");
    t.wait_until("the cursor", |s| !s.hide_cursor());
    let still = Instant::now();
    let mut before = t.raw().len();
    // What the last key caused may take a moment to arrive; then two whole seconds pass without a byte.
    while still.elapsed() < Duration::from_millis(500) {
        before = t.raw().len();
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(t.raw().len(), before);
}

#[test]
fn line_mode_in_a_terminal_writes_no_escape_and_ends_with_its_input() {
    let mut t = spawn("line", (80, 24), false, &[]);
    t.wait_for("it is not end-to-end encrypted.");
    t.send("kia ora\r/mtue\r/unmute\r");
    t.wait_for("Me: kia ora");
    t.wait_for("Did you mean /mute?");
    t.wait_for("Your microphone is open.");
    t.send("\x04");
    assert_eq!(t.exit_code(), 0);
    assert!(t.screen().contains("You left the call."), "{}", t.screen());
    assert!(!t.raw().contains(&0x1b), "{:?}", t.output());
    t.assert_restored();
}

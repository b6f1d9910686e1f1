//! `conclave demo` without a terminal: a whole call on this machine, and proof that both synthetic people were heard.

use conclave_lab::conclave::{run, text};
use conclave_lab::terminal::Spawn;

#[test]
fn both_synthetic_people_are_heard() {
    let dir = tempfile::tempdir().unwrap();
    let recording = dir.path().join("heard.wav");
    let (code, out, err) = run(env!("CARGO_BIN_EXE_conclave"), &["demo", "--out", text(&recording)], "");
    assert_eq!(code, 0, "{out}{err}");
    let (events, summary) = out.trim_end().rsplit_once('\n').unwrap();
    for line in events.lines() {
        serde_json::from_str::<conclave::call::Envelope>(line).unwrap();
    }
    for words in ["demo: heard", "Ana", "Ben", text(&recording)] {
        assert!(summary.contains(words), "{summary}");
    }
    assert!(hound::WavReader::open(&recording).unwrap().duration() > 9 * 48_000);
}

#[test]
fn who_asks_for_lines_gets_lines() {
    let home = tempfile::tempdir().unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_conclave"));
    let env = [("XDG_STATE_HOME", text(home.path())), ("CONCLAVE_AUDIO_DEVICES", "null"), ("CONCLAVE_KEYRING", "none")];
    let mut t = Spawn { program, args: &["demo"], env: &env, size: (100, 30), releases: false }.start();
    t.wait_for("Type l and Enter for line mode");
    t.send("l\r");
    t.wait_for("Ana");
    assert!(!t.output().contains("{\"v\":1"), "{}", t.output());
    t.send("/leave\r/leave\r");
    assert_eq!(t.exit_code(), 0, "{}", t.output());
}

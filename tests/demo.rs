//! `conclave demo` without a terminal: a whole call on this machine, and proof that both synthetic people were heard.

use conclave_lab::conclave::{run, text};

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

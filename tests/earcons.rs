//! Tones: heard here, and by nobody else.
#![cfg(all(feature = "client", feature = "server"))]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::speech;
use std::path::Path;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// How strong one frequency is in the loudest 20 ms of a recording (Goertzel), as an amplitude.
fn strongest(file: &Path, hertz: f32) -> f32 {
    let samples = speech::read(file);
    let window = |w: &[f32]| {
        let (sin, cos) = w.iter().enumerate().fold((0.0, 0.0), |(sin, cos), (i, s)| {
            let phase = i as f32 * hertz * std::f32::consts::TAU / 48_000.0;
            (sin + s * phase.sin(), cos + s * phase.cos())
        });
        2.0 * f32::hypot(sin, cos) / w.len() as f32
    };
    samples.chunks_exact(960).map(window).fold(0.0, f32::max)
}

#[test]
fn a_tone_is_in_the_local_output_and_absent_at_the_other_end() {
    let server = Server::dev(BIN);
    let link = server.room("r");
    let dir = tempfile::tempdir().unwrap();
    let (quiet, at_ana, at_ben) = (dir.path().join("quiet.wav"), dir.path().join("ana.wav"), dir.path().join("ben.wav"));
    // Ana's microphone is open and hears nothing, so that whatever comes out of her client would be in Ben's recording.
    speech::write(&quiet, &vec![0.0; 48_000 * 60]);
    let sound = format!("file:{},{}", text(&quiet), text(&at_ana));
    let mut ana =
        Client::join(BIN, &link, "Ana", &["--audio", &sound, "--earcons", "hand,join", "--play-at", "join", "--stats", "1s"]);
    ana.event("let_in");
    let mut ben = Client::join(BIN, &link, "Ben", &["--audio", &format!("file:,{}", text(&at_ben))]);
    ana.wait_for("Ben", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ben");
    ben.event("let_in");
    ben.wait_for("the way to the server", |e| e["event"] == "transport" && e["ok"] == true);
    for id in 1..=2 {
        ben.send(r#"{"cmd":"hand","up":true}"#);
        ana.wait_for_next("a hand", |e| e["event"] == "hand" && e["on"] == true);
        ben.send(&format!(r#"{{"id":{id},"cmd":"hand","up":false}}"#));
        ana.wait_for_next("a hand", |e| e["event"] == "hand" && e["on"] == false);
        // Off is off: the second hand is silent, and so would be what is measured, if the first one were.
        ana.send(r#"{"id":9,"cmd":"earcons","kind":"hand","on":false}"#);
        ana.wait_for_next("the answer", |e| e["event"] == "reply" && e["id"] == 9 && e["ok"] == true);
    }
    // Figures come once a second: whatever was being played is over, here and there.
    for _ in 0..2 {
        ana.wait_for_next("figures", |e| e["event"] == "stats");
    }
    ana.send(r#"{"cmd":"leave"}"#);
    assert_eq!(ana.finish().0, 0);
    ben.send(r#"{"cmd":"leave"}"#);
    assert_eq!(ben.finish().0, 0);
    let (here, there) = (strongest(&at_ana, 1568.0), strongest(&at_ben, 1568.0));
    assert!(here > 0.07, "the hand's tone is heard: {here}");
    assert!(there < 0.001, "and not at the other end: {there}");
    assert!(strongest(&at_ana, 1175.0) > 0.05, "joining has its own");
    assert!(strongest(&at_ben, 1175.0) < 0.001);
}

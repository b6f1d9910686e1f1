//! Recordings that begin during a call, by real clients at a real server.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, PATIENCE, Server, run, text};
use conclave_lab::{skip, speech};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// Waits until a file that is being written is a WAV file of so many samples: what a killed process would leave.
fn grows(path: &Path, samples: u32) {
    let deadline = Instant::now() + PATIENCE;
    while hound::WavReader::open(path).unwrap().duration() < samples {
        assert!(Instant::now() < deadline, "nothing is recorded");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// How alike the middle of a recording and some of what was said are.
fn alike(recording: &Path, said: &[f32]) -> f64 {
    let kept = speech::read(recording);
    speech::find(&kept[kept.len() / 2 - 12_000..kept.len() / 2 + 12_000], said).1
}

fn says(client: &mut Client, line: &str, id: u64, ok: bool) -> String {
    client.send(line);
    let reply = client.wait_for("reply", |e| e["event"] == "reply" && e["id"] == id);
    assert_eq!(reply["ok"], ok, "{reply}");
    reply["error"].as_str().unwrap_or_default().to_owned()
}

fn has_landlock() -> bool {
    let data = tempfile::tempdir().unwrap();
    let options = ["serve", "--dev", "--sandbox", "strict", "--listen", "192.0.2.1:1", "--data", text(data.path())];
    !run(BIN, &options, "").2.contains("Landlock")
}

#[test]
fn a_late_recording_under_strict_is_announced_to_all_and_to_newcomers_and_keeps_what_is_said() {
    let landlock = has_landlock();
    if !landlock {
        skip("Landlock", "this kernel has none: the recording is tried without");
    }
    let (dir, runtime) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (place, tone) = (dir.path().join("kept"), dir.path().join("tone.wav"));
    std::fs::create_dir(&place).unwrap();
    let chirp = speech::chirp(40.0);
    speech::write(&tone, &chirp);
    let server = Server::dev(BIN);
    let join = |name: &str, options: &[&str]| {
        let mut command = Command::new(BIN);
        command.args(["join", &server.room("r"), "--json", "--name", name]).args(options);
        command.env("XDG_RUNTIME_DIR", runtime.path()).current_dir(dir.path());
        Client::spawn(command)
    };
    let level = if landlock { "strict" } else { "auto" };
    let mut ana = join("Ana", &["--audio", &format!("file:{},", text(&tone))]);
    let ana_id = ana.event("joined")["me"].clone();
    let mut ben = join("Ben", &["--audio", "null", "--sandbox", level, "--recordings", text(&place)]);
    let ben_id = ben.event("joined")["me"].clone();
    ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == ana_id);

    if landlock {
        let elsewhere = format!(r#"{{"id":1,"cmd":"record","file":"{}"}}"#, text(&dir.path().join("x.wav")));
        let why = says(&mut ben, &elsewhere, 1, false);
        assert!(why.contains("ermission denied") && why.contains("--recordings") && why.contains(text(&place)), "{why}");
    }
    says(&mut ben, r#"{"id":2,"cmd":"record","file":"late.wav"}"#, 2, true);
    ana.wait_for("announcement", |e| e["event"] == "recording" && e["id"] == ben_id && e["on"] == true);
    let late = place.join("late.wav");
    let mut cleo = join("Cleo", &["--audio", "null"]);
    cleo.wait_for("announcement to a newcomer", |e| e["event"] == "recording" && e["id"] == ben_id && e["on"] == true);
    let why = says(&mut ben, r#"{"id":3,"cmd":"record","file":"two.wav"}"#, 3, false);
    assert!(why.contains("record already"), "{why}");
    grows(&late, 96_000);

    // From another process, and one's own voice is in it.
    let own = dir.path().join("own.wav");
    let ctl = |words: &[&str]| {
        let pid = ana.pid().to_string();
        let mut command = Command::new(BIN);
        command.args(["ctl", "--pid", &pid, "record"]).args(words).env("XDG_RUNTIME_DIR", runtime.path());
        command.current_dir(dir.path()).output().unwrap()
    };
    let done = ctl(&["own.wav"]);
    assert!(done.status.success(), "{done:?}");
    ben.wait_for("announcement", |e| e["event"] == "recording" && e["id"] == ana_id && e["on"] == true);
    grows(&own, 96_000);
    assert!(ctl(&["off"]).status.success());
    ben.wait_for("end", |e| e["event"] == "recording" && e["id"] == ana_id && e["on"] == false);
    let again = ctl(&["own.wav"]);
    assert!(String::from_utf8(again.stderr).unwrap().contains("--overwrite"));
    assert!(alike(&own, &chirp) > 0.99, "{}", alike(&own, &chirp));

    says(&mut ben, r#"{"id":4,"cmd":"record"}"#, 4, true);
    ana.wait_for("end", |e| e["event"] == "recording" && e["id"] == ben_id && e["on"] == false);
    assert!(alike(&late, &chirp) > 0.8, "{}", alike(&late, &chirp));
    for file in [&late, &own] {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    ben.send(r#"{"cmd":"leave"}"#);
    let (code, events, err) = ben.finish();
    assert_eq!((code, err.as_str()), (0, ""), "{events:#?}");
    let summary = events.iter().find(|e| e["event"] == "summary").unwrap();
    let kept: Vec<_> = summary["recordings"].as_array().unwrap().iter().map(|r| (&r["name"], r["to"].is_string())).collect();
    assert_eq!(kept, [(&"Ben".into(), true), (&"Ana".into(), true)], "{summary:#}");
}

#[test]
fn a_room_that_forbids_recording_is_not_recorded_and_says_so_at_joining() {
    let server = Server::dev(BIN);
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.wav");
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", "null", "--no-recording"]);
    ana.event("let_in");
    let mut ben = Client::join(BIN, &server.room("r"), "Ben", &["--audio", "null", "--recordings", text(dir.path())]);
    let policy = ben.event("policy");
    assert_eq!((&policy["no_recording"], &policy["receipt"]), (&true.into(), &false.into()));
    ben.event("let_in");
    let why = says(&mut ben, r#"{"id":1,"cmd":"record","file":"x.wav"}"#, 1, false);
    assert!(why.contains("nobody may record in this room"), "{why}");
    assert!(!dir.path().join("x.wav").exists());
    let (code, events, _) = Client::join(BIN, &server.room("r"), "Cleo", &["--audio", &format!("file:,{}", text(&out))]).finish();
    let said = events.last().unwrap()["text"].as_str().unwrap().to_owned();
    assert_eq!(code, 80, "{said}");
    assert!(said.contains("nobody may record in this room"), "{said}");
    assert_eq!(hound::WavReader::open(&out).unwrap().duration(), 0, "not a sample");
    ana.wait_for("Cleo's leave", |e| e["event"] == "peer_left");
    assert!(!ana.events.iter().any(|e| e["event"] == "recording"));
}

#[test]
fn a_directory_for_recordings_that_is_none_is_said_before_the_call() {
    let (code, _, err) = run(BIN, &["join", "http://127.0.0.1:1/r", "--line", "--recordings", "/no/such/place"], "");
    assert_eq!(code, 73, "{err}");
    assert!(err.contains("/no/such/place") && err.contains("--recordings"), "{err}");
}

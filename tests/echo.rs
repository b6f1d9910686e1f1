//! `conclave echo`: the voice goes through a real server to somebody who says it again, and how long that took is told.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Server, run, text};
use conclave_lab::{skip, speech};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn voice(dir: &std::path::Path) -> Option<std::path::PathBuf> {
    let sentence = speech::sentence("The committee meets at nine on Monday, and the door will be locked.", "en-us")?;
    let path = dir.join("voice.wav");
    let once = speech::read(&sentence);
    speech::write(&path, &[once.clone(), vec![0.0; speech::RATE / 2], once].concat());
    Some(path)
}

/// What went wrong. A kernel without the sandbox is no fault of the echo.
fn complaints(err: &str) -> Vec<&str> {
    err.lines().filter(|line| !line.starts_with("the sandbox is not complete")).collect()
}

#[test]
fn the_voice_comes_back_and_the_delay_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let Some(said) = voice(dir.path()) else { return skip("speech", "espeak-ng is not installed") };
    let heard = dir.path().join("heard.wav");
    let audio = format!("file:{},{}", text(&said), text(&heard));
    let (code, out, err) = run(BIN, &["echo", "--audio", &audio, "--seconds", "18"], "");
    println!("{out}{err}");
    assert_eq!((code, complaints(&err)), (0, vec![]), "{out}");
    assert!(out.contains("The echo is there. Speak"), "{out}");
    let told = out.lines().find(|l| l.starts_with("Your voice came back after ")).unwrap_or_else(|| panic!("{out}"));
    assert!(told.contains(" ms ") && told.contains(" through udp: "), "{told}");
    assert!(out.lines().last().unwrap().starts_with("In all, "), "{out}");
    // The first half of what was said: the end of it may still be on its way when the time is over.
    let (said, heard) = (speech::read(&said), speech::read(&heard));
    let alike = speech::heard(&said[..said.len() / 2], &heard);
    println!("the recording has the voice: {alike:.2}");
    assert!(alike > 0.5, "the recording has the voice: {alike}");
}

#[test]
fn a_server_of_ones_choice_carries_it_and_scripts_get_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let Some(said) = voice(dir.path()) else { return skip("speech", "espeak-ng is not installed") };
    let server = Server::dev(BIN);
    let audio = format!("file:{},", text(&said));
    let args = ["echo", &server.url(), "--audio", &audio, "--seconds", "14", "--json", "--identity", "ephemeral"];
    let (code, out, err) = run(BIN, &args, "");
    assert_eq!((code, complaints(&err)), (0, vec![]), "{out}");
    let lines: Vec<serde_json::Value> = out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let summary = lines.last().unwrap();
    println!("{summary}");
    assert_eq!((summary["event"].as_str(), summary["through"].as_str()), (Some("echo_summary"), Some("udp")));
    assert!(summary["measurements"].as_u64().unwrap() >= 2 && summary["delay_ms"].as_f64().unwrap() > 20.0, "{summary}");
    assert!(lines[..lines.len() - 1].iter().all(|l| l["event"] == "echo" && l["delay_ms"].is_number()));
}

#[test]
fn silence_is_said_to_be_silence_and_a_server_that_is_not_there_ends_it_as_joining_does() {
    let (code, out, err) = run(BIN, &["echo", "--audio", "null", "--seconds", "3"], "");
    assert_eq!((code, complaints(&err)), (0, vec![]), "{out}");
    assert!(out.contains("Nothing was said, so nothing came back"), "{out}");
    let (code, _, err) = run(BIN, &["echo", "http://127.0.0.1:9", "--audio", "null", "--identity", "ephemeral"], "");
    assert_eq!(code, 69, "{err}");
    let (code, _, err) = run(BIN, &["echo", "--audio", "pipe"], "");
    assert!(code == 2 && err.contains("standard output"), "{err}");
}

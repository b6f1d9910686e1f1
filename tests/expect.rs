//! Tests by conditions: `--expect`, `--leave-when`, `--junit`, in JSON, in lines and on a full screen.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::terminal::Spawn;
use std::path::Path;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

#[test]
fn what_is_met_is_zero_and_what_is_not_is_83_and_named_in_the_junit_file() {
    let server = Server::dev(BIN);
    let dir = tempfile::tempdir().unwrap();
    let (met, unmet) = (dir.path().join("met.xml"), dir.path().join("unmet.xml"));
    let link = server.room("r");
    let expect = ["--expect", "peer_joined who=Ben within=60s", "--expect", "chat who=Ben text=\"kia ora\""];
    let leave = ["--leave-when", "empty", "--audio", "null"];
    let ana = Client::join(BIN, &link, "Ana", &[&expect[..], &leave, &["--junit", text(&met)]].concat());
    let waits =
        ["--expect", "chat who=Nobody within=4s", "--expect", "let_in", "--expect", "recording within=10m", "--audio", "null"];
    let cleo = Client::join(BIN, &link, "Cleo", &[&waits[..], &["--junit", text(&unmet)]].concat());
    let mut ben = Client::join(BIN, &link, "Ben", &["--audio", "null"]);
    for name in ["Ana", "Cleo"] {
        ben.wait_for(name, |e| e["event"] == "peer_joined" && e["peer"]["name"] == name);
    }
    ben.wait_for("being let in", |e| e["event"] == "let_in");
    ben.send(r#"{"id":1,"cmd":"say","text":"kia ora"}"#);
    ben.wait_for("the answer", |e| e["event"] == "reply" && e["ok"] == true);
    let (code, events, stderr) = cleo.finish();
    let left = events.last().unwrap();
    assert_eq!((code, left["code"].as_u64(), left["reason"].as_str()), (83, Some(83), Some("condition")), "{stderr}");
    assert_eq!(left["text"], "Expected, and it did not come: chat who=Nobody within=4s.");
    let xml = std::fs::read_to_string(&unmet).unwrap();
    assert!(xml.contains("tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"1\""), "{xml}");
    ben.wait_for("Cleo gone", |e| e["event"] == "peer_left" && e["name"] == "Cleo");
    ben.send(r#"{"cmd":"leave"}"#);
    assert_eq!(ben.finish().0, 0);
    let (code, events, stderr) = ana.finish();
    assert_eq!(code, 0, "{stderr}{events:#?}");
    assert_eq!(events.last().unwrap()["text"], "Everybody else has left.");
    let xml = std::fs::read_to_string(&met).unwrap();
    assert!(xml.contains("tests=\"3\" failures=\"0\" errors=\"0\" skipped=\"0\"") && xml.contains("kia ora"), "{xml}");
}

#[test]
fn lines_and_the_full_screen_end_by_the_same_conditions() {
    let server = Server::dev(BIN);
    let link = server.room("r");
    let common = ["join", &link, "--audio", "null", "--expect", "raised who=Ana"];
    let (code, _, stderr) = run(BIN, &common, "");
    assert_eq!(code, 2, "a mistyped event: {stderr}");
    assert!(stderr.contains("there is no event \"raised\"") && stderr.contains("hand"), "{stderr}");
    let args = ["join", &link, "--name", "Ana", "--audio", "null", "--expect", "hand who=Ana"];
    let start = |more: &[&str]| {
        let args = [&args[..], more].concat();
        Spawn { program: Path::new(BIN), args: &args, env: &[], size: (80, 24), releases: false }.start()
    };
    let mut line = start(&["--line", "--leave-when", "reaction text=done"]);
    line.wait_for("You are in: end-to-end encrypted.");
    line.send("/react done\r");
    assert_eq!(line.exit_code(), 83);
    assert!(
        line.output().contains("It happened: reaction text=done. Expected, and it did not come: hand who=Ana."),
        "{}",
        line.output()
    );
    let mut tui = start(&["--tui", "--leave-when", "reaction text=done"]);
    tui.wait_for("end-to-end encrypted");
    tui.send("r");
    tui.wait_for("Your hand is up.");
    tui.send(":react done\r");
    assert_eq!(tui.exit_code(), 0);
    tui.assert_restored();
}

#[test]
fn the_junit_file_says_why_a_call_could_not_be_joined() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("result.xml");
    let args = ["join", "http://127.0.0.1:9/r", "--audio", "null", "--json", "--expect", "joined", "--junit", text(&file)];
    let (code, _, stderr) = run(BIN, &args, "");
    assert_eq!(code, 69, "{stderr}");
    let xml = std::fs::read_to_string(&file).unwrap();
    assert!(xml.contains("tests=\"2\" failures=\"2\""), "{xml}");
    let nowhere = dir.path().join("no/such/place.xml");
    let (code, _, stderr) = run(BIN, &["join", "http://127.0.0.1:9/r", "--junit", text(&nowhere), "--no-input"], "");
    assert_eq!(code, 73, "{stderr}");
}

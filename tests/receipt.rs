//! Receipts by real clients at a real server: who was there signs what all of them saw.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn join(server: &Server, name: &str, options: &[&str]) -> Client {
    let mut client = Client::join(BIN, &server.room("r"), name, &[&["--audio", "null"], options].concat());
    client.event("let_in");
    client
}

fn knows(client: &mut Client, name: &str) {
    let named = |e: &Value| (e["event"] == "peer_joined" || e["event"] == "peer_updated") && e["peer"]["name"] == name;
    client.wait_for(name, named);
}

fn verify(file: &Path) -> (i32, String, String) {
    run(BIN, &["receipt", "verify", text(file)], "")
}

#[test]
fn two_members_sign_what_both_saw_and_a_changed_byte_is_refused_and_located() {
    let (server, dir) = (Server::dev(BIN), tempfile::tempdir().unwrap());
    let (now, end) = (dir.path().join("now.json"), dir.path().join("end.json"));
    let mut ana = join(&server, "Ana", &["--ask-receipts", "--receipt", text(&end)]);
    let mut cleo = join(&server, "Cleo", &[]);
    knows(&mut ana, "Cleo");
    cleo.send(r#"{"cmd":"leave"}"#);
    cleo.finish();
    ana.wait_for("Cleo's leave", |e| e["event"] == "peer_left");
    let mut ben = join(&server, "Ben", &["--recordings", text(dir.path())]);
    assert_eq!(ben.event("policy")["receipt"], true, "everybody is told at joining");
    knows(&mut ana, "Ben");
    knows(&mut ben, "Ana");
    ben.send(&format!(r#"{{"id":1,"cmd":"receipt","file":"{}"}}"#, text(&now)));
    let written = ben.wait_for("receipt", |e| e["event"] == "receipt");
    assert_eq!((written["signatures"].as_u64(), written["unsigned"].as_array().unwrap().len()), (Some(2), 0), "{written}");
    ben.wait_for("reply", |e| e["event"] == "reply" && e["id"] == 1 && e["ok"] == true);
    ana.wait_for("signing", |e| e["event"] == "receipt_asked" && e["refused"].is_null());
    let (code, out, err) = verify(&now);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("Signed by: ") && out.contains("unbroken") && out.contains("vouched for by nobody"), "{out}");

    // Who leaves with --receipt gets one that those who are still there have signed.
    ana.send(r#"{"cmd":"leave"}"#);
    let (code, events, _) = ana.finish();
    assert_eq!(code, 0, "{events:#?}");
    assert!(events.iter().any(|e| e["event"] == "receipt" && e["signatures"] == 2), "{events:#?}");
    assert_eq!(std::fs::metadata(&end).unwrap().permissions().mode() & 0o777, 0o600);
    let (code, out, err) = verify(&end);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("Had left before: Cleo"), "{out}");

    let good = std::fs::read_to_string(&end).unwrap();
    let forge = |from: &str, to: &str| {
        let forged = dir.path().join("forged.json");
        assert!(good.contains(from), "{from} in {good}");
        std::fs::write(&forged, good.replacen(from, to, 1)).unwrap();
        verify(&forged)
    };
    let (code, _, err) = forge("\"Cleo\"", "\"Cleopatra\"");
    assert_eq!(code, 65);
    assert!(err.contains("changed after it was signed: person") && err.contains("Cleopatra"), "{err}");
    let (code, _, err) = forge("\"signature\": \"", "\"signature\": \"A");
    assert_eq!(code, 65);
    assert!(err.contains("Ana"), "whose signature it was: {err}");
    let (code, _, err) = forge("\"version\": 1", "\"version\": 1, \"note\": 2");
    assert_eq!(code, 65, "{err}");
    let (code, out, _) = run(BIN, &["receipt", "show", text(&end)], "");
    assert!(code == 0 && out.contains("Meeting r,") && out.contains("were not checked"), "{out}");
}

#[test]
fn who_is_alone_at_the_end_signs_alone_and_who_was_cut_off_is_said() {
    let (server, dir) = (Server::dev(BIN), tempfile::tempdir().unwrap());
    let (kicked, alone) = (dir.path().join("kicked.json"), dir.path().join("alone.json"));
    let mut ana = join(&server, "Ana", &["--ask-receipts", "--receipt", text(&alone)]);
    let mut ben = join(&server, "Ben", &["--receipt", text(&kicked)]);
    knows(&mut ana, "Ben");
    knows(&mut ben, "Ana");
    let id = ben.event("joined")["me"].as_str().unwrap().to_owned();
    ana.send(&format!(r#"{{"cmd":"kick","peer":"{id}"}}"#));
    let (code, events, _) = ben.finish();
    assert_eq!(code, 81, "{events:#?}");
    let (code, _, err) = verify(&kicked);
    assert_eq!(code, 80, "{err}");
    assert!(err.contains("genuine, but was not signed by Ana"), "{err}");
    ana.wait_for("Ben's end", |e| e["event"] == "peer_left");
    ana.send(r#"{"cmd":"leave"}"#);
    ana.finish();
    let (code, out, err) = verify(&alone);
    assert_eq!(code, 0, "{out}{err}");
    assert!(out.contains("Had left before: Ben"), "{out}");
}

#[test]
fn a_room_without_receipts_gives_none_and_says_so() {
    let (server, dir) = (Server::dev(BIN), tempfile::tempdir().unwrap());
    let file = dir.path().join("none.json");
    let mut ana = join(&server, "Ana", &["--receipt", text(&file)]);
    ana.send(r#"{"id":1,"cmd":"receipt","file":"x.json"}"#);
    let reply = ana.wait_for("reply", |e| e["event"] == "reply" && e["id"] == 1);
    assert!(reply["error"].as_str().unwrap().contains("--ask-receipts"), "{reply}");
    ana.send(r#"{"cmd":"leave"}"#);
    let (code, events, _) = ana.finish();
    assert_eq!(code, 73, "{events:#?}");
    assert!(events.iter().any(|e| e["event"] == "warning" && e["code"] == "no_receipt"));
    assert!(!file.exists());
    std::fs::write(&file, "mine").unwrap();
    let (code, _, err) = run(BIN, &["join", &server.room("r"), "--line", "--receipt", text(&file)], "");
    assert!(code == 73 && err.contains("is there already"), "{err}");
    assert_eq!(verify(&file).0, 65);
    assert_eq!(verify(&dir.path().join("nothing")).0, 66);
}

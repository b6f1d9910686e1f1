//! Whole calls over a bad network: processes in two network namespaces, and a wire between them that loses packets.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::wire::{LEFT, RIGHT, Wire};
use conclave_lab::{profiles, skip, speech};
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

#[test]
fn what_is_said_through_twenty_percent_loss_is_understood() {
    let wire = match Wire::start() {
        Ok(wire) => wire,
        Err(why) => return skip("a wire between network namespaces", &why),
    };
    let Some(said) = speech::sentence("The ferry to the southern island leaves at noon, and not before.", "en-us") else {
        return skip("speech", "espeak-ng is not installed");
    };
    let dir = tempfile::tempdir().unwrap();
    let heard = dir.path().join("heard.wav");
    let server = Server::start_by(wire.right.command(BIN), &[], &format!("{RIGHT}:0"));
    let (code, _, err) = run(BIN, &["rooms", "create", "board", "--mode", "open", "--data", text(server.data.path())], "");
    assert_eq!(code, 0, "{err}");
    let join = |mut command: Command, name: &str, audio: &str| {
        command.args(["join", &server.room("board"), "--json", "--name", name, "--audio", audio, "--duration", "30s"]);
        command.args(["--mode", "open", "--allow-plain"]);
        Client::spawn(command)
    };
    let mut ear = join(wire.right.command(BIN), "Ear", &format!("file:,{}", text(&heard)));
    ear.event("joined");
    // The loss is there from the first packet on, and meets signalling and media alike: a join takes up to ten seconds, for TCP
    // waits longer with each try.
    let loss = profiles::named("loss_20").unwrap().phases[0].conditions;
    wire.impair(&[loss.into()], 7);
    let mouth = join(wire.left.command(BIN), "Mouth", &format!("file:{},", text(&said)));
    ear.wait_for("the mouth", |e| e["event"] == "hearing");
    let (code, events, stderr) = ear.finish();
    assert_eq!(code, 0, "{stderr}{events:#?}");
    drop(mouth);
    let tally = wire.tally();
    assert!(tally.iter().all(|t| t.lost > 0), "{tally:?}");
    let share = speech::heard(&speech::read(&said), &speech::read(&heard));
    eprintln!("heard {share:.2} of it; the wire: {tally:?}");
    assert!(share > 0.6, "heard {share:.2}");
}

#[test]
fn a_call_follows_its_client_into_another_network() {
    let wire = match Wire::start() {
        Ok(wire) => wire,
        Err(why) => return skip("a wire between network namespaces", &why),
    };
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(60.0));
    let server = Server::start_by(wire.right.command(BIN), &[], &format!("{RIGHT}:0"));
    let (code, _, err) = run(BIN, &["rooms", "create", "board", "--mode", "open", "--data", text(server.data.path())], "");
    assert_eq!(code, 0, "{err}");
    let join = |mut command: Command, name: &str, audio: &str| {
        command.args(["join", &server.room("board"), "--json", "--name", name, "--audio", audio]);
        command.args(["--mode", "open", "--allow-plain"]);
        Client::spawn(command)
    };
    let mut ana = join(wire.left.command(BIN), "Ana", &format!("file:{},", text(&tone)));
    let mut ben = join(wire.right.command(BIN), "Ben", "null");
    let me = ana.event("joined")["me"].clone();
    let heard = |e: &serde_json::Value| e["event"] == "hearing" && e["id"] == me;
    ben.wait_for("sound of Ana", heard);
    ana.send(r#"{"cmd":"hand","up":true}"#);
    ben.wait_for("her hand", |e| e["event"] == "hand" && e["on"] == true);

    // Out of one network and into another, as a laptop goes: nothing tells the sockets.
    wire.left.ip(&format!("addr del {LEFT} peer {RIGHT} dev eth0")).unwrap();
    wire.left.ip(&format!("addr add 10.71.0.3 peer {RIGHT} dev eth0")).unwrap();
    wire.left.ip("route replace default dev eth0").unwrap();
    ana.event("reconnected");
    let silence = ben.events.len();
    ben.send(r#"{"cmd":"say","text":"still there?"}"#);
    ana.wait_for("chat", |e| e["event"] == "chat" && e["text"] == "still there?");
    ana.send(r#"{"cmd":"say","text":"yes"}"#);
    ben.wait_for("chat", |e| e["event"] == "chat" && e["text"] == "yes");
    ben.wait_for_next("sound of Ana again", |e| e["event"] == "speaking" && e["id"] == me && e["on"] == true);
    assert!(!ben.events.iter().any(|e| e["event"] == "peer_left"), "{:#?}", &ben.events[silence..]);
    ben.send(r#"{"cmd":"state"}"#);
    let state = ben.wait_for_next("state", |e| e["event"] == "reply" && e["data"]["peers"].is_array());
    assert!(state["data"]["peers"][0]["hand"].is_u64(), "{state}");
}

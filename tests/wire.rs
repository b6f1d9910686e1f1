//! Whole calls over a bad network: processes in two network namespaces, and a wire between them that loses packets.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::wire::{RIGHT, Wire};
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

//! Whoever has read enough (`| head -1`) ends a command quietly: no complaint, no report of a fault.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let home = tempfile::tempdir().unwrap();
    for line in [
        "--help",
        "man",
        "json-schema",
        "completions zsh",
        "devices",
        "whoami",
        "doctor --audio null",
        "doctor --audio null --json",
    ] {
        let mut command = Command::new(BIN);
        command
            .args(line.split(' '))
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("CONCLAVE_KEYRING", "none");
        command.env_remove("XDG_STATE_HOME").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let out = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.code() == Some(0) && said.is_empty(), "{line}: {:?} {said}", out.status);
    }
    let reports = home.path().join(".local/state/conclave/crashes");
    assert_eq!(std::fs::read_dir(reports).into_iter().flatten().count(), 0);
}

/// `conclave join … | head`, in the middle of the call: with the next event, nobody listens any more.
#[test]
fn a_reader_that_goes_away_during_a_call_ends_it_quietly() {
    let server = Server::dev(BIN);
    for (room, mode, told) in [("one", "--json", r#""event":"let_in""#), ("two", "--line", "You are in")] {
        let home = tempfile::tempdir().unwrap();
        let mut command = Command::new(BIN);
        command.args(["join", &server.room(room), mode, "--name", "Ana", "--audio", "null", "--identity", "ephemeral"]);
        command.env("HOME", home.path()).env("XDG_RUNTIME_DIR", home.path()).env_remove("XDG_STATE_HOME");
        // Standard input stays open: that it ends is another reason to leave.
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        assert!(lines.any(|line| line.contains(told)), "{mode}");
        drop(lines);
        let _ben = Client::join(BIN, &server.room(room), "Ben", &["--audio", "null"]);
        let stdin = child.stdin.take();
        let out = child.wait_with_output().unwrap();
        drop(stdin);
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.code() == Some(0) && said.is_empty(), "{mode}: {:?} {said}", out.status);
        assert!(!home.path().join(".local/state/conclave/crashes").read_dir().is_ok_and(|mut d| d.next().is_some()));
    }
}

//! Whoever has read enough (`| head -1`) ends a command quietly: no complaint, no report of a fault.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Stdio};

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
        let mut command = Command::new(env!("CARGO_BIN_EXE_conclave"));
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

//! A link survives unquoted in every shell that is here (PowerShell is in no Debian package; its rules are kept by hand: none
//! of `&`, `;`, `,`, `@`, `$`, `(`, `{`, quotes, backtick, and no `#` at the beginning of a word).

use conclave_lab::{has, skip};
use std::process::Command;

#[test]
fn links_can_be_pasted_unquoted() {
    let fingerprint = "aZ0-_".repeat(8) + "bcA";
    let plain = format!("https://meet.example.org:8443/board_weekly-2#fp={fingerprint}.k={fingerprint}");
    assert!(plain.chars().all(|c| c.is_ascii_alphanumeric() || ":/.#=-_".contains(c)), "{plain}");
    // A home of its own: shells read and write there.
    let home = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        if !has(shell) {
            skip(shell, "not installed");
            continue;
        }
        // As typed: an interactive shell treats '#' and '=' more specially than a script's.
        let out =
            Command::new(shell).args(["-i", "-c", &format!("printf %s {plain}")]).env("HOME", home.path()).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&out.stdout), plain, "{shell}: {}", String::from_utf8_lossy(&out.stderr));
    }
    // The server prints and the client reads the same.
    assert!(conclave::backend::Link::parse(&plain).is_ok());
}

//! Test support only: real servers and proxies, hostile ones and hostile members, a private PulseAudio, a pty, speech. Never part of the product.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test harness fails by panicking")]

#[cfg(target_os = "linux")]
#[cfg(target_os = "linux")]
pub mod cable;
pub mod chromium;
pub mod conclave;
pub mod coturn;
pub mod ghost;
pub mod hostile;
pub mod interceptor;
pub mod livekit_server;
#[cfg(target_os = "linux")]
pub mod names;
pub mod network;
#[cfg(target_os = "linux")]
pub mod office;
pub mod process;
pub mod profiles;
pub mod prosody;
pub mod proxy;
pub mod pulse;
pub mod puppet;
pub mod relay;
pub mod schema;
pub mod score;
pub mod speech;
pub mod stage;
pub mod terminal;
#[cfg(target_os = "linux")]
pub mod wire;

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Says that a test's real part is missing, in one line. `make test` sets `CONCLAVE_TEST_ALL=1`, and then it is a failure.
/// Use it as `let Some(x) = start() else { return skip("PulseAudio", "pulseaudio is not installed") };`.
pub fn skip(what: &str, why: &str) {
    assert!(std::env::var_os("CONCLAVE_TEST_ALL").is_none(), "{what} is missing: {why}");
    eprintln!("SKIPPED {what}: {why}");
}

/// Whether a program is on the PATH.
pub fn has(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|p| std::env::split_paths(&p).any(|d| d.join(program).is_file()))
}

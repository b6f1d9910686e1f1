//! Ctrl-Z (SIGTSTP): the microphone is closed, the others are told, the device is given back, and only then does the
//! process stand still. Whoever brings it back finds the microphone closed, and is told so.
//!
//! SIGSTOP gives no time for that; what it leaves behind is found when the process goes on (SIGCONT, and the audio thread's
//! clock: [`crate::audio::standstill`]).

use crate::call::Handle;
use crate::call::engine::Interruption;
use crate::front_end::keyboard;
use nix::sys::signal::{Signal, kill, raise};
use nix::unistd::{Pid, getppid, getsid};
use std::time::Duration;

/// How long closing may take; a call that does not answer is stopped all the same.
const CLOSING: Duration = Duration::from_millis(500);
/// How long the announcement gets to leave: a stopped process sends nothing.
const ANNOUNCING: Duration = Duration::from_millis(100);

/// Whether somebody could bring a stopped process back: a shell of our session. Without one, stopping would be for ever.
pub fn can_come_back() -> bool {
    getsid(Some(getppid())).is_ok_and(|parent| getsid(None) == Ok(parent))
}

/// What the key does where the terminal does not do it: stops everything that was started together with us. We are told by
/// the signal, as the others are.
pub fn as_the_terminal_does() {
    let _ = kill(Pid::from_raw(0), Signal::SIGTSTP);
}

/// Stops this process; returns when it goes on.
pub async fn stop(handle: &Handle) {
    let _ = tokio::time::timeout(CLOSING, handle.interrupt(Interruption::Stops)).await;
    tokio::time::sleep(ANNOUNCING).await;
    keyboard::give_back();
    // SIGSTOP, because SIGTSTP is ours now.
    let _ = raise(Signal::SIGSTOP);
    let _ = keyboard::again();
}

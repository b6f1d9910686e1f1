//! Where processes are not stopped from the keyboard.

use crate::call::Handle;

/// Nobody could.
pub fn can_come_back() -> bool {
    false
}

/// Does nothing.
pub fn as_the_terminal_does() {}

/// Does nothing.
pub async fn stop(_: &Handle) {}

//! The terminal's keyboard, key by key and without its own echo, for line mode: who echoes the keys knows what is half typed.
//! Signals (Ctrl-C, Ctrl-Z) stay the terminal's.

use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};
use nix::unistd::{getpgrp, tcgetpgrp};
use std::io;
use std::sync::{Mutex, PoisonError};

/// How the terminal was before; only while it is ours.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// Gives the terminal back when dropped.
#[derive(Debug)]
pub struct Keyboard(());

impl Drop for Keyboard {
    fn drop(&mut self) {
        give_back();
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Keyboard {
    /// Takes the terminal at standard input.
    ///
    /// # Errors
    /// The system's reason; the terminal is as it was.
    pub fn take() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        let taken = Self(());
        again()?;
        Ok(taken)
    }
}

/// Makes the terminal what it was before, if it is ours: the process stops or ends.
pub fn give_back() {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = before.as_ref() {
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
    }
}

/// Takes it again after [`give_back`], if it was ours and we are in the foreground (in the background, asking would stop us).
///
/// # Errors
/// The system's reason.
pub fn again() -> io::Result<()> {
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(before) = before.as_ref().filter(|_| tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())) else {
        return Ok(());
    };
    let mut ours = before.clone();
    ours.local_flags.remove(LocalFlags::ICANON | LocalFlags::ECHO | LocalFlags::ECHONL);
    for (index, value) in [(SpecialCharacterIndices::VMIN, 1), (SpecialCharacterIndices::VTIME, 0)] {
        if let Some(place) = ours.control_chars.get_mut(index as usize) {
            *place = value;
        }
    }
    tcsetattr(io::stdin(), SetArg::TCSANOW, &ours)?;
    Ok(())
}

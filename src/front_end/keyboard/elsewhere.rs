//! Line mode's keyboard where a terminal gives whole lines only: what is half typed may be torn by what is told.

use std::io;

/// There is none.
#[derive(Debug)]
pub struct Keyboard(());

impl Keyboard {
    /// Says that there is none.
    ///
    /// # Errors
    /// Always.
    pub fn take() -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "keys are not read one by one here"))
    }
}

/// Nothing was taken.
pub fn give_back() {}

/// Nothing was taken.
///
/// # Errors
/// None.
pub fn again() -> io::Result<()> {
    Ok(())
}

//! Standard error where it cannot be sent elsewhere: nobody is silenced.

use std::io::{self, Write};
use std::path::Path;

/// Standard error while a screen is drawn: as ever.
#[derive(Debug)]
pub(crate) struct Redirected(());

impl Redirected {
    /// Leaves it as it is.
    pub(crate) fn to(_: Option<&Path>) -> io::Result<Self> {
        Ok(Self(()))
    }

    /// Leaves it as it is.
    pub(crate) fn again(&self) {}

    /// Leaves it as it is.
    pub(crate) fn restore(&self) {}
}

/// A library that prints to standard error is in use, and is heard.
#[derive(Debug)]
pub struct Silenced(());

impl Silenced {
    /// Begins.
    pub fn begin() -> Self {
        Self(())
    }
}

/// Standard error for what we have to say.
#[derive(Debug, Clone, Copy)]
pub struct Ours;

impl Write for Ours {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stderr().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

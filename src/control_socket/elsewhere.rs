//! Where there are no sockets in directories, a call has none.

use crate::call::Handle;
use std::convert::Infallible;
use std::io;
use std::path::PathBuf;

/// There is none.
#[derive(Debug)]
pub struct Socket(Infallible);

impl Socket {
    /// Says that there is none.
    ///
    /// # Errors
    /// Always.
    pub fn bind() -> io::Result<Self> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "this system has no such sockets"))
    }

    /// Its directory.
    pub fn directory(&self) -> PathBuf {
        match self.0 {}
    }

    /// Serves guests.
    ///
    /// # Errors
    /// None: it is never there.
    pub async fn serve(self, _: Handle, _: bool) -> io::Result<()> {
        match self.0 {}
    }
}

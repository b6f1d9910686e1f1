//! Standard error while the screen is ours: libraries (ALSA and JACK print some sixty lines) would write over it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

/// Standard error goes elsewhere until [`Redirected::restore`].
#[derive(Debug)]
pub(crate) struct Redirected {
    original: OwnedFd,
    target: File,
}

impl Redirected {
    /// Sends standard error to a file (appended to, readable by its owner only), or to nowhere.
    pub(crate) fn to(log: Option<&Path>) -> io::Result<Self> {
        let target = match log {
            Some(path) => open_private(path)?,
            None => File::options().write(true).open("/dev/null")?,
        };
        let original = io::stderr().as_fd().try_clone_to_owned()?;
        nix::unistd::dup2_stderr(&target)?;
        Ok(Self { original, target })
    }

    /// Sends it there again after [`Redirected::restore`].
    pub(crate) fn again(&self) {
        let _ = nix::unistd::dup2_stderr(&self.target);
    }

    /// Brings it back. May be called more than once.
    pub(crate) fn restore(&self) {
        let _ = nix::unistd::dup2_stderr(&self.original);
    }
}

fn open_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

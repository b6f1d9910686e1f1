//! What operating systems do differently, in one place. Unix is where Conclave runs and is tested; `elsewhere` is what Windows
//! offers instead, where that is something, and says no where it is nothing.

#[cfg(not(unix))]
mod elsewhere;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use elsewhere as system;
#[cfg(unix)]
use unix as system;

#[cfg(feature = "client")]
pub use system::{access, awake, is_fifo, make_private, same_file, signals, user};

#[cfg(any(feature = "client", feature = "server"))]
pub use system::send_buffer;

use std::fs::{DirBuilder, OpenOptions};

/// What is made is its user's alone: mode 0600 for a file and 0700 for a directory. Where there are no modes, it is in the
/// user's profile, which the system keeps from others.
pub trait Private {
    /// From now on.
    fn private(&mut self) -> &mut Self;
}

impl Private for OpenOptions {
    fn private(&mut self) -> &mut Self {
        system::private_file(self)
    }
}

impl Private for DirBuilder {
    fn private(&mut self) -> &mut Self {
        system::private_directory(self)
    }
}

/// What opening a file must not lead to.
#[cfg(feature = "client")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unless {
    /// It is a link, which could lead anywhere: an error then.
    Link,
    /// It is a pipe, whose other end would be waited for: opened without waiting.
    Wait,
    /// Either.
    LinkOrWait,
}

/// Caution when a file is opened.
#[cfg(feature = "client")]
pub trait Wary {
    /// From now on; the last word counts.
    fn unless(&mut self, what: Unless) -> &mut Self;
}

#[cfg(feature = "client")]
impl Wary for OpenOptions {
    fn unless(&mut self, what: Unless) -> &mut Self {
        system::wary(self, what)
    }
}

/// Whose a file is, and who may do what with it.
#[cfg(feature = "client")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The number of the user that it belongs to; 0 is root.
    pub owner: u32,
    /// Permission bits (0o777).
    pub mode: u32,
}

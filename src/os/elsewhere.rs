//! Windows: compiled and checked, not run by us. What has no counterpart is left out, and says so.

use std::fs::{DirBuilder, OpenOptions};

pub(super) fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

pub(super) fn private_directory(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder
}

/// What the kernel may hold of what is to be sent, in bytes. Here it holds what it likes.
#[cfg(any(feature = "client", feature = "server"))]
pub fn send_buffer(_: &tokio::net::TcpStream, _: usize) {}

#[cfg(feature = "client")]
mod client {
    use crate::os::{Access, Unless};
    use std::fs::{Metadata, OpenOptions};
    use std::io;
    use std::path::Path;
    use std::sync::LazyLock;
    use std::time::{Duration, Instant};

    /// Links can be made by administrators only, and named pipes are no files.
    pub(in crate::os) fn wary(options: &mut OpenOptions, _: Unless) -> &mut OpenOptions {
        options
    }

    /// Whose a file is; `None`: files say nothing about that.
    pub fn access(_: &Metadata) -> Option<Access> {
        None
    }

    /// Our user's number; there are none.
    pub fn user() -> u32 {
        0
    }

    /// A file that is there becomes its user's alone: it is in the user's profile already.
    ///
    /// # Errors
    /// None.
    pub fn make_private(_: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Whether it is a named pipe.
    pub fn is_fifo(_: &Metadata) -> bool {
        false
    }

    /// Whether two paths lead to one file that is there.
    pub fn same_file(a: &Path, b: &Path) -> bool {
        let which = |path: &Path| path.canonicalize().ok();
        which(a).is_some_and(|a| which(b) == Some(a))
    }

    /// Time since the process asked first. Sleep is included as the system's own clock has it.
    pub fn awake() -> Duration {
        static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
        FIRST.elapsed()
    }

    /// What the system says to a process.
    pub mod signals {
        use crate::exit::Exit;
        use std::io;
        use tokio::signal::windows::{CtrlBreak, CtrlC, CtrlClose, ctrl_break, ctrl_c, ctrl_close};

        /// Who ends us: Ctrl-C, Ctrl-Break, and the window's being closed.
        #[derive(Debug)]
        pub struct Ends {
            c: CtrlC,
            stop: CtrlBreak,
            close: CtrlClose,
        }

        impl Ends {
            /// From now on they do nothing by themselves.
            ///
            /// # Errors
            /// The system's reason.
            pub fn new() -> io::Result<Self> {
                Ok(Self { c: ctrl_c()?, stop: ctrl_break()?, close: ctrl_close()? })
            }

            /// Waits for the next one: how the process is to end, and its name.
            pub async fn next(&mut self) -> (Exit, &'static str) {
                tokio::select! {
                    _ = self.c.recv() => (Exit::Interrupted, "Ctrl-C"),
                    _ = self.stop.recv() => (Exit::Terminated, "Ctrl-Break"),
                    _ = self.close.recv() => (Exit::Terminated, "the closed window"),
                }
            }

            /// Waits for Ctrl-C.
            pub async fn interrupted(&mut self) {
                if self.c.recv().await.is_none() {
                    std::future::pending().await
                }
            }
        }

        /// Processes are not stopped here.
        #[derive(Debug)]
        pub struct Stops;

        impl Stops {
            /// Being asked to stop.
            pub fn stop() -> Self {
                Self
            }

            /// Having been stopped.
            pub fn goes_on() -> Self {
                Self
            }

            /// Waits for ever.
            pub async fn next(&mut self) {
                std::future::pending().await
            }
        }
    }
}

#[cfg(feature = "client")]
pub(super) use client::wary;
#[cfg(feature = "client")]
pub use client::{access, awake, is_fifo, make_private, same_file, signals, user};

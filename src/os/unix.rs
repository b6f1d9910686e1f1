//! Unix.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};

pub(super) fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    options.mode(0o600)
}

pub(super) fn private_directory(builder: &mut DirBuilder) -> &mut DirBuilder {
    builder.mode(0o700)
}

/// What the kernel may hold of what is to be sent, in bytes; where it does not want to, it holds what it likes.
#[cfg(any(feature = "client", feature = "server"))]
pub fn send_buffer(of: &tokio::net::TcpStream, bytes: usize) {
    use nix::sys::socket::{setsockopt, sockopt::SndBuf};
    let _ = setsockopt(of, SndBuf, &bytes);
}

#[cfg(feature = "client")]
mod client {
    use crate::os::{Access, Unless};
    use nix::libc::{O_NOFOLLOW, O_NONBLOCK};
    use nix::time::{ClockId, clock_gettime};
    use std::fs::{Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;
    use std::time::Duration;

    pub(in crate::os) fn wary(options: &mut OpenOptions, what: Unless) -> &mut OpenOptions {
        options.custom_flags(match what {
            Unless::Link => O_NOFOLLOW,
            Unless::Wait => O_NONBLOCK,
            Unless::LinkOrWait => O_NOFOLLOW | O_NONBLOCK,
        })
    }

    /// Whose a file is; `None` where files say nothing about that.
    pub fn access(of: &Metadata) -> Option<Access> {
        Some(Access { owner: of.uid(), mode: of.mode() & 0o777 })
    }

    /// Our user's number.
    pub fn user() -> u32 {
        nix::unistd::geteuid().as_raw()
    }

    /// A file that is there becomes its user's alone.
    ///
    /// # Errors
    /// The system's reason.
    pub fn make_private(path: &Path) -> io::Result<()> {
        std::fs::set_permissions(path, Permissions::from_mode(0o600))
    }

    /// Whether it is a named pipe.
    pub fn is_fifo(of: &Metadata) -> bool {
        of.file_type().is_fifo()
    }

    /// Whether two paths lead to one file that is there.
    pub fn same_file(a: &Path, b: &Path) -> bool {
        let which = |path| std::fs::metadata(path).map(|m| (m.dev(), m.ino())).ok();
        which(a).is_some_and(|a| which(b) == Some(a))
    }

    /// Time since the machine was started, sleep included where the system has such a clock.
    pub fn awake() -> Duration {
        #[cfg(target_os = "linux")]
        const CLOCK: ClockId = ClockId::CLOCK_BOOTTIME;
        #[cfg(not(target_os = "linux"))]
        const CLOCK: ClockId = ClockId::CLOCK_MONOTONIC;
        // The clock is there on every system that this runs on; without it nothing is noticed.
        clock_gettime(CLOCK).map_or(Duration::ZERO, Duration::from)
    }

    /// What the system says to a process.
    pub mod signals {
        use crate::exit::Exit;
        use std::io;
        use tokio::signal::unix::{Signal, SignalKind, signal};

        /// Who ends us: Ctrl-C, SIGTERM and SIGHUP.
        #[derive(Debug)]
        pub struct Ends {
            int: Signal,
            term: Signal,
            hup: Signal,
        }

        impl Ends {
            /// From now on they do nothing by themselves.
            ///
            /// # Errors
            /// The system's reason.
            pub fn new() -> io::Result<Self> {
                let (int, term, hup) = (SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup());
                Ok(Self { int: signal(int)?, term: signal(term)?, hup: signal(hup)? })
            }

            /// Waits for the next one: how the process is to end, and the signal's name.
            pub async fn next(&mut self) -> (Exit, &'static str) {
                tokio::select! {
                    _ = self.int.recv() => (Exit::Interrupted, "Ctrl-C"),
                    _ = self.term.recv() => (Exit::Terminated, "SIGTERM"),
                    _ = self.hup.recv() => (Exit::Terminated, "SIGHUP"),
                }
            }

            /// Waits for Ctrl-C.
            pub async fn interrupted(&mut self) {
                if self.int.recv().await.is_none() {
                    std::future::pending().await
                }
            }
        }

        /// Ctrl-Z, and coming back.
        #[derive(Debug)]
        pub struct Stops(Option<Signal>);

        impl Stops {
            fn of(number: i32) -> Self {
                Self(signal(SignalKind::from_raw(number)).ok())
            }

            /// Being asked to stop (SIGTSTP); it does nothing by itself from now on.
            pub fn stop() -> Self {
                Self::of(nix::libc::SIGTSTP)
            }

            /// Having been stopped (SIGCONT).
            pub fn goes_on() -> Self {
                Self::of(nix::libc::SIGCONT)
            }

            /// Waits for the next one; for ever where the system says nothing.
            pub async fn next(&mut self) {
                let came = match &mut self.0 {
                    Some(signal) => signal.recv().await,
                    None => None,
                };
                if came.is_none() {
                    std::future::pending().await
                }
            }
        }
    }
}

#[cfg(feature = "client")]
pub(super) use client::wary;
#[cfg(feature = "client")]
pub use client::{access, awake, is_fifo, make_private, same_file, signals, user};

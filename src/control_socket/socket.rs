//! The socket itself: whose it is, and who is let in.

use super::guest::{self, Counts, guest};
use crate::call::Handle;
use crate::os::user;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many may be attached at once; more are turned away.
const GUESTS: usize = 8;
/// How many answers a guest may wait for.
pub(super) const PENDING: usize = 64;
/// How long a guest may leave the socket full.
pub(super) const WRITE_LIMIT: Duration = Duration::from_secs(10);

/// The directory of the sockets: `$XDG_RUNTIME_DIR/conclave`, else `/tmp/conclave-UID`.
pub fn directory() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|d| d.is_absolute() && d.is_dir());
    match runtime {
        Some(dir) => dir.join("conclave"),
        None => PathBuf::from(format!("/tmp/conclave-{}", user())),
    }
}

/// The socket of a process.
pub fn path(directory: &Path, pid: u32) -> PathBuf {
    directory.join(format!("{pid}.sock"))
}

/// Whether a directory is one, ours, and closed to everybody else. A link that somebody put there is none.
pub fn is_ours(directory: &Path) -> bool {
    let ours = |m: std::fs::Metadata| m.is_dir() && m.uid() == user() && m.mode() & 0o077 == 0;
    std::fs::symlink_metadata(directory).is_ok_and(ours)
}

/// A socket that listens; dropping it removes it.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Socket {
    /// Listens. The directory is made if it is not there.
    ///
    /// # Errors
    /// The directory is not ours alone, or the system's reason.
    pub fn bind() -> io::Result<Self> {
        let directory = directory();
        match std::fs::DirBuilder::new().mode(0o700).create(&directory) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
            _ => {}
        }
        if !is_ours(&directory) {
            return Err(io::Error::other(format!("{} is not yours alone", directory.display())));
        }
        let path = path(&directory, std::process::id());
        // Of an earlier process of this number: we are the only one that has it.
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path)?;
        let socket = Self { listener, path };
        std::fs::set_permissions(&socket.path, std::fs::Permissions::from_mode(0o600))?;
        socket.listener.set_nonblocking(true)?;
        Ok(socket)
    }

    /// Its directory: what the sandbox must leave writable, so that the socket can be removed.
    pub fn directory(&self) -> PathBuf {
        self.path.parent().map(Path::to_owned).unwrap_or_default()
    }

    /// Serves guests of a call until it is dropped. `window`: the call has a front end of its own in this process.
    ///
    /// # Errors
    /// The socket cannot be waited for.
    pub async fn serve(self, handle: Handle, window: bool) -> io::Result<()> {
        let listener = tokio::net::UnixListener::from_std(self.listener.try_clone()?)?;
        let (places, counts) = (Arc::new(Semaphore::new(GUESTS)), Arc::new(Counts::new(window)));
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Too many open files: the next one may go.
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            let ours = stream.peer_cred().is_ok_and(|peer| peer.uid() == user());
            if !ours {
                continue;
            }
            let place = places.clone().try_acquire_owned();
            let blocking = stream.into_std().and_then(|s| {
                s.set_nonblocking(false)?;
                s.set_write_timeout(Some(WRITE_LIMIT))?;
                Ok((s.try_clone()?, s.try_clone()?, s))
            });
            let Ok(place) = place else {
                // A new socket takes one line at once.
                if let Ok((mut output, _, _)) = blocking {
                    let _ = output.write_all(guest::full().as_bytes());
                }
                continue;
            };
            if let Ok((input, output, stream)) = blocking {
                let (handle, counts) = (handle.clone(), counts.clone());
                tokio::spawn(async move {
                    guest(handle, input, output, &counts).await;
                    // The reading thread ends with it.
                    let _ = stream.shutdown(std::net::Shutdown::Both);
                    drop(place);
                });
            }
        }
    }
}

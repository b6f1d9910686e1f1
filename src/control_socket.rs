//! The control socket of a running call: `conclave/PID.sock` in the runtime directory, for `conclave ctl` and scripts of
//! the same user. It speaks the lines of the JSON front end ([`crate::json`]); unlike a front end, who attaches here is a
//! guest: their going ends nothing, and answers go to whoever asked.

use crate::call::{Command, Event, Handle};
use crate::front_end::LEAVE_LIMIT;
use crate::front_end::stdio::{self, Output};
use crate::json::{Stream, command};
use std::collections::HashMap;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;

/// How many may be attached at once; more are turned away.
const GUESTS: usize = 8;
/// How many answers a guest may wait for.
const PENDING: usize = 64;
/// How long a guest may leave the socket full.
const WRITE_LIMIT: Duration = Duration::from_secs(10);

/// The directory of the sockets: `$XDG_RUNTIME_DIR/conclave`, else `/tmp/conclave-UID`.
pub fn directory() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|d| d.is_absolute() && d.is_dir());
    match runtime {
        Some(dir) => dir.join("conclave"),
        None => PathBuf::from(format!("/tmp/conclave-{}", uid())),
    }
}

/// The socket of a process.
pub fn path(directory: &Path, pid: u32) -> PathBuf {
    directory.join(format!("{pid}.sock"))
}

/// Whether a directory is one, ours, and closed to everybody else. A link that somebody put there is none.
pub fn is_ours(directory: &Path) -> bool {
    let ours = |m: std::fs::Metadata| m.is_dir() && m.uid() == uid() && m.mode() & 0o077 == 0;
    std::fs::symlink_metadata(directory).is_ok_and(ours)
}

fn uid() -> u32 {
    nix::unistd::geteuid().as_raw()
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

    /// Serves guests of a call until it is dropped.
    ///
    /// # Errors
    /// The socket cannot be waited for.
    pub async fn serve(self, handle: Handle) -> io::Result<()> {
        let listener = tokio::net::UnixListener::from_std(self.listener.try_clone()?)?;
        let (places, lookers) = (Arc::new(Semaphore::new(GUESTS)), Arc::new(AtomicUsize::new(0)));
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // Too many open files: the next one may go.
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            let ours = stream.peer_cred().is_ok_and(|peer| peer.uid() == uid());
            let place = places.clone().try_acquire_owned();
            let (true, Ok(place)) = (ours, place) else { continue };
            let blocking = stream.into_std().and_then(|s| {
                s.set_nonblocking(false)?;
                s.set_write_timeout(Some(WRITE_LIMIT))?;
                Ok((s.try_clone()?, s.try_clone()?, s))
            });
            if let Ok((input, output, stream)) = blocking {
                let (handle, lookers) = (handle.clone(), lookers.clone());
                tokio::spawn(async move {
                    guest(handle, input, output, &lookers).await;
                    // The reading thread ends with it.
                    let _ = stream.shutdown(std::net::Shutdown::Both);
                    drop(place);
                });
            }
        }
    }
}

/// One guest, until they go or the call ends.
async fn guest(handle: Handle, input: UnixStream, output: UnixStream, lookers: &AtomicUsize) {
    let (_, mut events) = handle.watch();
    let mut commands = stdio::lines(input);
    let output = Output::new(output);
    let mut stream = Stream::default();
    // Their numbers, by ours.
    let mut pending: HashMap<u64, Option<u64>> = HashMap::new();
    let mut looks = false;
    loop {
        let line = tokio::select! {
            event = events.recv() => match event {
                Ok(mut envelope) => {
                    match &mut envelope.event {
                        Event::Reply { id, ok, .. } => match id.and_then(|id| pending.remove(&id)) {
                            Some(theirs) if theirs.is_some() || !*ok => *id = theirs,
                            _ => continue, // an answer for somebody else, or one that was not asked for
                        },
                        Event::Xray(_) if !looks => continue,
                        _ => {}
                    }
                    let over = matches!(envelope.event, Event::Left { .. });
                    let line = stream.number(envelope);
                    if over {
                        let _ = tokio::time::timeout(LEAVE_LIMIT, output.line(line)).await;
                        output.finish(LEAVE_LIMIT).await;
                        return;
                    }
                    line
                }
                Err(RecvError::Lagged(n)) => {
                    let text = format!("{n} events were lost because they were not read in time; ask for the state");
                    stream.own(Event::Warning { code: "events_lost".into(), text })
                }
                Err(RecvError::Closed) => break,
            },
            input = commands.recv() => match input.as_ref().map(command) {
                None => break,
                Some(Ok(None)) => continue,
                Some(Ok(Some(mut request))) => {
                    let theirs = request.id;
                    if pending.len() >= PENDING {
                        stream.refusal(theirs, "too many commands wait; try again")
                    } else {
                        // Numbers of our own, so that nobody else takes the answer for theirs.
                        let id = next_id();
                        request.id = Some(id);
                        if let Command::Xray { on } = request.command {
                            let before = if on == looks { 0 } else { shift(lookers, on) };
                            looks = on;
                            if !on && before > 1 {
                                // Somebody else still looks.
                                request.command = Command::Xray { on: true };
                            }
                        }
                        pending.insert(id, theirs);
                        if handle.send(request) {
                            continue;
                        }
                        pending.remove(&id);
                        stream.refusal(theirs, "too many commands wait; try again")
                    }
                }
                Some(Err((id, error))) => stream.refusal(id, &error),
            },
            () = output.gone() => break,
        };
        if tokio::time::timeout(WRITE_LIMIT, output.line(line)).await.is_err() {
            break;
        }
    }
    if looks && shift(lookers, false) == 1 {
        handle.send(Command::Xray { on: false });
    }
}

/// Counts one more or one less; the number before.
fn shift(lookers: &AtomicUsize, on: bool) -> usize {
    if on { lookers.fetch_add(1, Ordering::SeqCst) } else { lookers.fetch_sub(1, Ordering::SeqCst) }
}

/// Numbers of requests that scripts do not use: 2^62 and up.
fn next_id() -> u64 {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    FIRST_GUEST_ID + NEXT.fetch_add(1, Ordering::Relaxed) as u64
}

/// Answers from this number on are for guests; front ends pass over them.
pub const FIRST_GUEST_ID: u64 = 1 << 62;

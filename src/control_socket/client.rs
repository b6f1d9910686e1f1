//! The other end of the control socket: finding a running call, and being a front end of it ([`attach`]).

use super::{directory, is_ours, path};
use crate::call::engine::{Wishes, timestamp};
use crate::call::{Command, Envelope, Event, Handle, LeaveReason, Request};
use crate::exit::{Exit, Failure};
use std::future::Future;
use std::io::ErrorKind;
use std::os::unix::net::UnixStream;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

/// How long the call's process may take for its first line, and to take one of ours.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest line of it that is read; a snapshot has the whole chat in it.
const MAX_LINE: u64 = 16 << 20;
/// The number of our request to close the microphone.
const CLOSING: u64 = u64::MAX >> 2;

/// What the last event of a window says.
const GOES_ON: &str = "The call goes on, and conclave attach shows it again; without a window its microphone is closed.";

/// Connects to the socket of one call; the number of its process. Sockets that nobody listens at are removed.
///
/// # Errors
/// There is none (69), or several and none was named (2).
pub fn connect(pid: Option<u32>) -> Result<(u32, UnixStream), Failure> {
    let directory = directory();
    let none = || Failure::new(Exit::Unavailable, "no call runs here; begin one with: conclave join");
    if !is_ours(&directory) {
        return Err(none());
    }
    if let Some(pid) = pid {
        let no_call = |_| Failure::new(Exit::Unavailable, format!("process {pid} is no call of yours"));
        return UnixStream::connect(path(&directory, pid)).map(|stream| (pid, stream)).map_err(no_call);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.file_name().and_then(|n| n.to_str());
        let Some(pid) = name.and_then(|n| n.strip_suffix(".sock")).and_then(|n| n.parse().ok()) else { continue };
        match UnixStream::connect(&path) {
            Ok(stream) => found.push((pid, stream)),
            Err(e) if e.kind() == ErrorKind::ConnectionRefused => drop(std::fs::remove_file(&path)),
            Err(_) => {}
        }
    }
    match found.len() {
        0 | 1 => found.pop().ok_or_else(none),
        _ => {
            let pids: Vec<String> = found.into_iter().map(|(pid, _)| pid.to_string()).collect();
            let text = format!("several calls run; say which one with --pid (conclave attach N): {}", pids.join(", "));
            Err(Failure::new(Exit::Usage, text))
        }
    }
}

/// A call of another process as a front end knows it, and what keeps the two together: it must be run, and ends when the call is
/// over or the front end goes. `window`: when this was the last one, the microphone is closed.
///
/// # Errors
/// The call does not answer as this version knows.
pub async fn attach(stream: UnixStream, window: bool) -> Result<(Handle, impl Future<Output = ()>), Failure> {
    let failed = |e: std::io::Error| Failure::new(Exit::Unavailable, format!("the call does not answer ({e})"));
    stream.set_nonblocking(true).map_err(failed)?;
    let (read, mut write) = tokio::net::UnixStream::from_std(stream).map_err(failed)?.into_split();
    let mut lines = Lines { read: BufReader::new(read), partial: Vec::new() };
    let first = timeout(PATIENCE, lines.next()).await.map_err(|e| failed(e.into()))?;
    let state = match first.map(|envelope| envelope.event) {
        Some(Event::Snapshot { state }) => *state,
        Some(Event::Error { text, .. }) => return Err(Failure::new(Exit::Unavailable, crate::text::clean(&text))),
        Some(_) => return Err(Failure::new(Exit::Protocol, "the call answers in a way that this version does not know")),
        None => return Err(Failure::new(Exit::Unavailable, "the call is over")),
    };
    if window {
        send(&mut write, Command::Attach.into()).await.map_err(failed)?;
    }
    let (handle, wishes) = Handle::elsewhere(state);
    Ok((handle.clone(), relay(handle, wishes, lines, write)))
}

/// Carries events here and wishes there.
async fn relay(handle: Handle, mut wishes: Wishes, mut lines: Lines, mut write: OwnedWriteHalf) {
    let leave = |reason, code: Exit, text: &str| Event::Left { reason, code: code as u8, text: text.into() };
    let mut closing = None;
    loop {
        let request = tokio::select! {
            line = lines.next() => match line {
                Some(Envelope { event: Event::Reply { id: Some(CLOSING), .. }, .. }) => {
                    drop(closing.take());
                    continue;
                }
                Some(envelope) => {
                    let over = matches!(envelope.event, Event::Left { .. });
                    handle.happen(envelope.t, envelope.event);
                    if over {
                        return;
                    }
                    continue;
                }
                None => {
                    let gone = leave(LeaveReason::Failed, Exit::Unavailable, "The process of this call is gone.");
                    return handle.happen(timestamp(), gone);
                }
            },
            Some(request) = wishes.requests.recv() => match request.command {
                Command::Detach => {
                    return handle.happen(timestamp(), leave(LeaveReason::Detached, Exit::Ok, GOES_ON));
                }
                _ => request,
            },
            Some(outcome) = wishes.ends.recv() => match outcome.exit {
                // Ctrl-C leaves, as it does everywhere.
                Exit::Interrupted => Command::Leave.into(),
                // The terminal is gone, or this process is told to go; the call is not.
                exit => return handle.happen(timestamp(), leave(LeaveReason::Detached, exit, GOES_ON)),
            },
            Some((_, done)) = wishes.interruptions.recv() => {
                // Dropped when the answer comes, or we go; that is the answer.
                closing = Some(done);
                Request { id: Some(CLOSING), command: Command::Mute { on: Some(true) } }
            }
        };
        if send(&mut write, request).await.is_err() {
            let gone = leave(LeaveReason::Failed, Exit::Unavailable, "The process of this call does not answer.");
            return handle.happen(timestamp(), gone);
        }
    }
}

async fn send(write: &mut OwnedWriteHalf, request: Request) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(&request)?;
    line.push(b'\n');
    timeout(PATIENCE, write.write_all(&line)).await?
}

/// The lines of the call.
struct Lines {
    read: BufReader<OwnedReadHalf>,
    partial: Vec<u8>,
}

impl Lines {
    /// The next one; `None` at the end, and where there is none that this version knows. May be dropped and called again.
    async fn next(&mut self) -> Option<Envelope> {
        let left = MAX_LINE.saturating_sub(self.partial.len() as u64);
        (&mut self.read).take(left).read_until(b'\n', &mut self.partial).await.ok()?;
        let line = std::mem::take(&mut self.partial);
        serde_json::from_slice(line.strip_suffix(b"\n")?).ok()
    }
}

//! The client's log: what happened in a call, for whoever has to find out why it went wrong. It stays on this machine.
//!
//! What may stand in it is decided by type ([`Line`]): words of this program, numbers, and what is [`Redacted`]. Names, texts, links,
//! secrets and addresses fit in no other way, and a room is a hash. Of the program's own traces ([`trace`]) it takes the place and
//! the numbers; what was put together while the program ran is left out. The last lines are in memory too, for reports of faults.

mod call;
mod file;
mod line;
mod trace;

pub use call::follow;
pub use file::{Opened, Options};
pub use line::{Code, Level, Line, Name, Private, Redacted, Room, Salt};

use std::collections::VecDeque;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Lines in memory.
const KEPT: usize = 200;
/// How long the end of a call waits for its last lines to be written.
const LAST: Duration = Duration::from_secs(1);

static LOG: OnceLock<Log> = OnceLock::new();

struct Log {
    level: Level,
    recent: Mutex<VecDeque<String>>,
    to: OnceLock<SyncSender<Message>>,
}

/// What the thread that writes is told.
enum Message {
    Line(String),
    /// Everything before it is written when this answers.
    Flush(SyncSender<()>),
}

/// From now on lines of this level are taken, and kept in memory. Whoever comes second changes nothing.
fn begin(level: Level) {
    let log = || Log { level, recent: Mutex::default(), to: OnceLock::new() };
    LOG.get_or_init(log);
    trace::install(level);
}

/// Takes a line, on any thread, and never waits for a disk. Nothing happens before a log has begun.
pub fn write(line: &Line) {
    let Some(log) = LOG.get().filter(|log| line.level() <= log.level) else { return };
    let text = line.stamped();
    {
        let mut recent = log.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= KEPT {
            recent.pop_front();
        }
        recent.push_back(text.clone());
    }
    if let Some(to) = log.to.get() {
        // A disk that stands still costs lines and nothing else.
        let _ = to.try_send(Message::Line(text));
    }
}

/// The last lines, for a report of a fault: none if the fault happened while one was being added.
pub fn recent() -> Vec<String> {
    LOG.get().and_then(|log| log.recent.try_lock().ok().map(|recent| recent.iter().cloned().collect())).unwrap_or_default()
}

/// Waits until what was taken so far is written, for a second at most.
pub fn flush() {
    let (done, written) = sync_channel(1);
    if LOG.get().and_then(|log| log.to.get()).is_some_and(|to| to.try_send(Message::Flush(done)).is_ok()) {
        let _ = written.recv_timeout(LAST);
    }
}

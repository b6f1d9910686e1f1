//! The audit log: what happened to the server, its accounts, rooms and memberships, in a file that cannot be changed unnoticed.
//!
//! [`chain`] is the format and its check, [`file`](self::file) the file, and here are the vocabulary ([`Event`]) and the one thread
//! that writes. Events are taken without waiting: a disk that is full or slow ends no call; what had to be left out is counted and
//! said in the log itself once it can be written again.
//!
//! **Durability**: the writer takes what waits, writes it at once and calls `fdatasync` before anything of it is announced to
//! clients. A power cut can lose the last moments, never the middle.

pub mod chain;
pub mod file;

use self::chain::{Hash, Link};
use self::file::Log;
use crate::exit::{Exit, Failure};
use crate::protocol::control::Departure;
use crate::server::store::DataDir;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The file's name in a data directory.
pub const FILE: &str = "audit.jsonl";
/// Events that wait for the writer at most.
const QUEUE: usize = 4096;
/// Events written at once at most.
const BATCH: usize = 512;
/// How long the writer waits before it tries a disk again that did not take something.
const RETRY: Duration = Duration::from_secs(1);

/// What is written down. Ids only: no names of people, and addresses only where the administrator asked for them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A log begins.
    LogStarted {
        /// Random, so that no two logs begin alike.
        id: String,
    },
    /// The last line was incomplete (a power cut) and was taken away.
    LineTorn {
        /// How much of it there was.
        bytes: u64,
    },
    /// Events came faster than they could be written, or the disk took none.
    EventsLost {
        /// How many.
        count: u64,
    },
    /// The server serves.
    ServerStarted {
        /// Its version.
        version: &'static str,
    },
    /// The server lets nobody in any more.
    ServerDraining {
        /// For how long at most.
        seconds: u64,
    },
    /// The server ends.
    ServerStopped,
    /// The configuration was read again.
    ConfigReloaded,
    /// Another certificate is served.
    CertificateChanged {
        /// Its key's fingerprint.
        fingerprint: String,
    },
    /// The spare key became the server's key.
    CertificateRotated {
        /// The key's fingerprint.
        fingerprint: String,
    },
    /// A copy of everything was made.
    BackupMade,
    /// Somebody logged in.
    LoggedIn {
        /// The account's id.
        account: String,
        /// From where.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<IpAddr>,
    },
    /// Somebody was not let in: a wrong name, password, code or token.
    LoginRefused {
        /// Why, in a word.
        reason: &'static str,
        /// From where.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<IpAddr>,
    },
    /// A login ended by its user's wish.
    LoggedOut {
        /// The account's id.
        account: String,
    },
    /// Something was done to an account.
    Account {
        /// What: `added`, `claimed`, `password`, `disabled`, `removed`…
        act: &'static str,
        /// The account's id, or its name where only that is known to whoever did it.
        account: String,
        /// Who did it: an account's id; absent = the command line on the server.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Something was done to a room.
    Room {
        /// What: `created`, `deleted`…
        act: &'static str,
        /// The room's name.
        room: String,
        /// Who did it: an account's id; absent = the command line on the server.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Something was done to an invite, or by one.
    Invite {
        /// What: `created`, `revoked`, `used`, `locked` (too many wrong PINs).
        act: &'static str,
        /// Its id.
        invite: String,
        /// The room's name.
        room: String,
        /// Who did it: an account's id; absent = the command line on the server, or whoever used it.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Who came in by it.
        #[serde(skip_serializing_if = "Option::is_none")]
        member: Option<String>,
    },
    /// Somebody showed an invite and was not let in.
    InviteRefused {
        /// Why, in a word: `unknown`, `other_room`, `expired`, `used_up`, `revoked`, `locked`, `pin`.
        reason: &'static str,
        /// Its id, if there is such an invite.
        #[serde(skip_serializing_if = "Option::is_none")]
        invite: Option<String>,
        /// From where.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<IpAddr>,
    },
    /// Somebody is in a room.
    Joined {
        /// The room's name.
        room: String,
        /// Their id, good for this meeting.
        member: String,
    },
    /// Somebody is no longer in a room.
    Left {
        /// The room's name.
        room: String,
        /// Their id.
        member: String,
        /// How.
        reason: Departure,
    },
    /// Something was done in a room for which a role is needed.
    Moderated {
        /// The room's name.
        room: String,
        /// What: `admit`, `kick`, `promote`, `lock`…; `host`: the host was gone, and `member` is it now.
        verb: &'static str,
        /// Who did it; absent = the server, by the room's rules.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// To whom.
        #[serde(skip_serializing_if = "Option::is_none")]
        member: Option<String>,
    },
}

/// A member's id as the log writes it: a stock client's is its token's identity, which may be a name, so only a hash of it.
#[must_use]
pub fn member(id: &str) -> String {
    match id.strip_prefix("lk-") {
        Some(identity) => {
            let hash = Sha256::digest(identity.as_bytes());
            format!("lk-{}", hash.iter().take(8).map(|b| format!("{b:02x}")).collect::<String>())
        }
        None => id.to_owned(),
    }
}

enum Message {
    Event(jiff::Timestamp, Event),
    /// Whatever waits is written; then the sender is dropped.
    Flush(SyncSender<()>),
}

/// How it goes, for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Health {
    /// Entries in the log.
    pub entries: u64,
    /// Events that were left out since the start.
    pub lost: u64,
    /// Writes that failed since the start.
    pub failures: u64,
    /// The last write worked.
    pub writable: bool,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    /// What is safely on disk.
    written: RwLock<Link>,
    /// Where entries begin, see [`Log::index`].
    index: RwLock<Vec<u64>>,
    lost: AtomicU64,
    failures: AtomicU64,
    broken: AtomicBool,
    addresses: AtomicBool,
}

/// The log of a running server. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Audit {
    queue: SyncSender<Message>,
    shared: Arc<Shared>,
}

impl Audit {
    /// Opens the log of a data directory, checks all of it and starts the writer. [`Exit::Config`] if it has been changed.
    pub fn start(data: &DataDir, addresses: bool) -> Result<Self, Failure> {
        let path = data.path().join(FILE);
        let log = Log::open(&path)?;
        let shared = Arc::new(Shared {
            path,
            written: RwLock::new(log.link()),
            index: RwLock::new(log.index().to_vec()),
            lost: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            addresses: AtomicBool::new(addresses),
        });
        let (queue, waiting) = sync_channel(QUEUE);
        let theirs = shared.clone();
        // It ends with the last handle.
        std::thread::Builder::new()
            .name("audit".into())
            .spawn(move || write(log, &waiting, &theirs))
            .map_err(|e| Failure::new(Exit::Internal, format!("the audit log's thread cannot be started ({e})")))?;
        Ok(Self { queue, shared })
    }

    /// Writes something down, soon. Never waits.
    pub fn note(&self, event: Event) {
        if self.queue.try_send(Message::Event(jiff::Timestamp::now(), event)).is_err() {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// An address as the log may have it.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> Option<IpAddr> {
        self.shared.addresses.load(Ordering::Relaxed).then(|| address.to_canonical())
    }

    /// Whether addresses are written down from now on.
    pub fn set_addresses(&self, on: bool) {
        self.shared.addresses.store(on, Ordering::Relaxed);
    }

    /// The newest entry that is safely on disk.
    #[must_use]
    pub fn head(&self) -> Link {
        *self.shared.written.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hash of entry `n`, counted from 1; `None` if there is no such entry. Reads the file: not on a thread that carries calls.
    #[must_use]
    pub fn at(&self, n: u64) -> Option<Hash> {
        if n == 0 || n > self.head().count {
            return None;
        }
        let from = file::slot(n);
        let offset = *self.shared.index.read().unwrap_or_else(PoisonError::into_inner).get(from)?;
        file::nth(&self.shared.path, offset, n - file::first_of(from))
    }

    /// How it goes.
    #[must_use]
    pub fn health(&self) -> Health {
        Health {
            entries: self.head().count,
            lost: self.shared.lost.load(Ordering::Relaxed),
            failures: self.shared.failures.load(Ordering::Relaxed),
            writable: !self.shared.broken.load(Ordering::Relaxed),
        }
    }

    /// Waits until what was noted so far is written, or has been tried.
    pub fn flush(&self) {
        let (done, written) = sync_channel(1);
        if self.queue.send(Message::Flush(done)).is_ok() {
            let _ = written.recv_timeout(2 * RETRY);
        }
    }

    /// Writes the last word.
    pub fn stop(self) {
        self.note(Event::ServerStopped);
        self.flush();
    }
}

/// Adds one entry to the log of a data directory, beside a running server or without one.
pub fn note(data: &Path, event: Event) -> Result<(), Failure> {
    let mut log = Log::open(&data.join(FILE))?;
    log.append(&[(jiff::Timestamp::now(), event)]).map_err(|e| file::cannot("write", &data.join(FILE), &e))
}

fn write(mut log: Log, queue: &Receiver<Message>, shared: &Shared) {
    let mut batch: Vec<(jiff::Timestamp, Event)> = Vec::new();
    let mut flushed: Vec<SyncSender<()>> = Vec::new();
    let mut said = 0;
    loop {
        // With something left over from a disk that was full, the next try comes by itself.
        let first =
            if batch.is_empty() { queue.recv().map_err(|_| RecvTimeoutError::Disconnected) } else { queue.recv_timeout(RETRY) };
        let ended = matches!(first, Err(RecvTimeoutError::Disconnected));
        let room = BATCH.saturating_sub(batch.len());
        for message in first.into_iter().chain(std::iter::from_fn(|| queue.try_recv().ok()).take(room)) {
            match message {
                Message::Event(at, event) if batch.len() < BATCH => batch.push((at, event)),
                Message::Event(..) => {
                    shared.lost.fetch_add(1, Ordering::Relaxed);
                }
                Message::Flush(done) => flushed.push(done),
            }
        }
        let lost = shared.lost.load(Ordering::Relaxed);
        let gap = (lost > said).then(|| (jiff::Timestamp::now(), Event::EventsLost { count: lost - said }));
        let entries: Vec<_> = batch.iter().cloned().chain(gap).collect();
        if !entries.is_empty() {
            match log.append(&entries) {
                Ok(()) => {
                    batch.clear();
                    said = lost;
                    *shared.written.write().unwrap_or_else(PoisonError::into_inner) = log.link();
                    let mut index = shared.index.write().unwrap_or_else(PoisonError::into_inner);
                    let known = index.len();
                    index.extend(log.index().iter().skip(known));
                    if shared.broken.swap(false, Ordering::Relaxed) {
                        tracing::warn!("the audit log is written again");
                    }
                }
                Err(e) => {
                    shared.failures.fetch_add(1, Ordering::Relaxed);
                    if !shared.broken.swap(true, Ordering::Relaxed) {
                        tracing::error!(
                            "the audit log cannot be written ({e}): calls go on, and what happens meanwhile is written later or counted; make room on the disk, or see 'conclave serve audit verify'"
                        );
                    }
                }
            }
        }
        flushed.clear();
        if ended {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> (tempfile::TempDir, DataDir) {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        (dir, data)
    }

    fn room(n: usize) -> Event {
        Event::Room { act: "created", room: format!("r{n}"), by: None }
    }

    #[test]
    fn a_running_server_and_a_command_beside_it_write_one_chain() {
        let (dir, data) = data();
        let audit = Audit::start(&data, false).unwrap();
        (0..200).for_each(|n| audit.note(room(n)));
        audit.flush();
        note(dir.path(), Event::BackupMade).unwrap();
        audit.note(Event::LoggedIn { account: "a-1".into(), address: audit.address([192, 0, 2, 1].into()) });
        audit.flush();
        let head = audit.head();
        assert_eq!(head.count, 1 + 200 + 1 + 1, "log_started comes first");
        let found = chain::verify(&dir.path().join(FILE)).unwrap();
        assert_eq!(found.link, head);
        for n in [1, 2, 63, 64, 65, 128, 129, 203] {
            assert_eq!(audit.at(n), found.at(n), "{n}");
        }
        assert_eq!((audit.at(0), audit.at(204)), (None, None));
        let text = std::fs::read_to_string(dir.path().join(FILE)).unwrap();
        assert!(text.contains("\"account\":\"a-1\"") && !text.contains("192.0.2.1"), "{text}");
        assert_eq!(audit.health(), Health { entries: 203, lost: 0, failures: 0, writable: true });
        audit.stop();
        let again = Audit::start(&data, true).unwrap();
        assert_eq!(again.at(203), found.at(203));
        assert!(again.head().count == 204 && again.address([192, 0, 2, 1].into()).is_some());
    }

    #[test]
    fn a_log_that_somebody_changed_stops_the_next_start_and_names_the_line() {
        let (dir, data) = data();
        let audit = Audit::start(&data, false).unwrap();
        (0..5).for_each(|n| audit.note(room(n)));
        audit.stop();
        let path = dir.path().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\"r2\"", "\"rX\"")).unwrap();
        let e = Audit::start(&data, false).unwrap_err();
        assert!(e.exit == Exit::Config && e.text.contains("line 4"), "{e}");
    }

    /// A log that cannot be written, as with a full disk: it was swapped for one that does not continue ours.
    #[test]
    fn a_log_that_cannot_be_written_ends_nothing_and_is_said_later() {
        let (dir, data) = data();
        let path = dir.path().join(FILE);
        let audit = Audit::start(&data, false).unwrap();
        audit.note(room(1));
        audit.flush();
        let good = std::fs::read(&path).unwrap();
        std::fs::write(&path, "").unwrap();
        audit.note(room(2));
        audit.flush();
        let health = audit.health();
        assert!(!health.writable && health.failures > 0 && audit.head().count == 2, "{health:?}");
        (0..2 * QUEUE).for_each(|n| audit.note(room(n)));
        assert!(audit.health().lost > 0);
        std::fs::write(&path, good).unwrap();
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        while !audit.health().writable && std::time::Instant::now() < deadline {
            audit.flush();
        }
        audit.flush();
        chain::verify(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("\"events_lost\"") && text.contains("\"r2\""));
    }

    #[test]
    fn stock_clients_are_written_down_without_their_names() {
        assert_eq!(member("m-abc"), "m-abc");
        let written = member("lk-Ana Ngata");
        assert!(written.len() == 3 + 16 && !written.contains("Ana"), "{written}");
    }
}

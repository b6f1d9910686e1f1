//! The file: for its owner alone, opened to append, locked while somebody writes. A running server and commands beside it
//! write one chain: whoever writes first reads what the other has added.

use super::Event;
use super::chain::{self, Hash, Link};
use crate::exit::{Exit, Failure};
use crate::server::secret;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The place of every so many entries is remembered, so that one entry is found by reading few lines.
const STEP: u64 = 64;

/// The place in the index that leads to entry `n`.
pub(super) fn slot(n: u64) -> usize {
    usize::try_from(n.saturating_sub(1) / STEP).unwrap_or(usize::MAX)
}

/// The entry at a place of the index.
pub(super) fn first_of(slot: usize) -> u64 {
    slot as u64 * STEP + 1
}

/// The hash at the end of the line that is `skip` lines after an offset.
pub(super) fn nth(path: &Path, offset: u64, skip: u64) -> Option<Hash> {
    let mut file = File::open(path).ok()?;
    file.seek(SeekFrom::Start(offset)).ok()?;
    let mut lines = BufReader::new(file).take((skip + 1).checked_mul(chain::MAX_LINE)?);
    let mut line = String::new();
    for _ in 0..=skip {
        line.clear();
        lines.read_line(&mut line).ok()?;
    }
    let hash = line.trim_end().strip_suffix("\"}")?;
    hash.get(hash.len().checked_sub(64)?..)?.parse().ok()
}

pub(super) fn cannot(what: &str, path: &Path, e: &io::Error) -> Failure {
    let text = format!("cannot {what} the audit log {} ({e}); check the disk and whom it belongs to", path.display());
    Failure::new(Exit::CantCreate, text)
}

/// A log that is open for writing.
#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: File,
    link: Link,
    /// Bytes of the chain up to `link`.
    length: u64,
    index: Vec<u64>,
}

/// The file is locked while it lives.
struct Locked<'a>(&'a File);

impl<'a> Locked<'a> {
    fn new(file: &'a File) -> io::Result<Self> {
        file.lock().map(|()| Self(file))
    }
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl Log {
    /// Opens a log, makes it if there is none, and checks all of it. What a power cut left of a last line is taken away, and that
    /// is written down. [`Exit::Config`] if it was changed, with what to do.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path);
        let file = file.map_err(|e| cannot("open", path, &e))?;
        let mut log = Self { path: path.to_owned(), file, link: Link::default(), length: 0, index: Vec::new() };
        let torn = {
            let handle = log.file.try_clone().map_err(|e| cannot("open", path, &e))?;
            let _locked = Locked::new(&handle).map_err(|e| cannot("lock", path, &e))?;
            let torn = log.catch_up().map_err(|f| match f.exit {
                Exit::Data => {
                    let text = format!("{}; to go on with a new log, move this one away (clients will notice)", f.text);
                    Failure::new(Exit::Config, text)
                }
                _ => f,
            })?;
            if torn > 0 {
                log.file.set_len(log.length).map_err(|e| cannot("repair", path, &e))?;
            }
            torn
        };
        let mut first = Vec::new();
        if log.link.count == 0 {
            first.push((jiff::Timestamp::now(), Event::LogStarted { id: secret::id("l-") }));
        }
        if torn > 0 {
            first.push((jiff::Timestamp::now(), Event::LineTorn { bytes: torn }));
        }
        log.append(&first).map_err(|e| cannot("write", path, &e))?;
        Ok(log)
    }

    /// Where the chain stands.
    pub fn link(&self) -> Link {
        self.link
    }

    /// Where every 64th entry begins, from the first on.
    pub fn index(&self) -> &[u64] {
        &self.index
    }

    /// Reads what others have written since; bytes of an incomplete last line.
    fn catch_up(&mut self) -> Result<u64, Failure> {
        let (mut link, mut length) = (self.link, self.length);
        let index = &mut self.index;
        let torn = chain::walk(&self.path, self.length, |line, at| {
            link = link.follow(line)?;
            length = at + line.len() as u64 + 1;
            if (link.count - 1).is_multiple_of(STEP) {
                index.push(at);
            }
            Ok(())
        });
        (self.link, self.length) = (link, length);
        torn
    }

    /// Appends entries and waits until they are on disk. If that fails, nothing of them is in the log.
    pub fn append(&mut self, entries: &[(jiff::Timestamp, Event)]) -> io::Result<()> {
        let Ok(handle) = self.file.try_clone() else { return Err(io::Error::other("no file descriptor is left")) };
        let _locked = Locked::new(&handle)?;
        // By its name: whoever moved the file away does not get our entries.
        let there = std::fs::metadata(&self.path)?;
        if there.ino() != handle.metadata()?.ino() {
            return Err(io::Error::other("another file is in its place"));
        }
        if there.len() < self.length {
            return Err(io::Error::other("its end was cut off"));
        }
        if there.len() > self.length {
            let torn = self.catch_up().map_err(|f| io::Error::other(f.text))?;
            if torn > 0 {
                self.file.set_len(self.length)?;
            }
        }
        let (mut link, mut text, mut starts) = (self.link, String::new(), Vec::new());
        for (at, event) in entries {
            let Some((line, next)) = link.extend(*at, event) else { continue };
            if link.count.is_multiple_of(STEP) {
                starts.push(self.length + text.len() as u64);
            }
            text.push_str(&line);
            link = next;
        }
        if text.is_empty() {
            return Ok(());
        }
        if let Err(e) = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data()) {
            let _ = self.file.set_len(self.length);
            return Err(e);
        }
        (self.link, self.length) = (link, self.length + text.len() as u64);
        self.index.extend(starts);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_power_cut_left_of_a_line_is_taken_away_and_said() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        drop(Log::open(&path).unwrap());
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}{{\"n\":2,\"at\"")).unwrap();
        let log = Log::open(&path).unwrap();
        assert_eq!(log.link().count, 2);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(&whole) && text.contains("\"event\":\"line_torn\",\"bytes\":11"), "{text}");
        chain::verify(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }

    #[test]
    fn a_log_that_was_cut_or_exchanged_takes_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit.jsonl");
        let mut log = Log::open(&path).unwrap();
        let one = [(jiff::Timestamp::now(), Event::BackupMade)];
        log.append(&one).unwrap();
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(100).unwrap();
        assert!(log.append(&one).unwrap_err().to_string().contains("cut off"));
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "").unwrap();
        assert!(log.append(&one).unwrap_err().to_string().contains("another file"));
    }
}

//! Where lines go: one file a day, or more where there is much to say, of which the newest are kept; or a file that the user named.

use super::line::{Level, Line, Salt};
use super::{LOG, Message};
use crate::exit::Failure;
use crate::os::{Private as _, Unless, Wary as _};
use crate::{places, private_file};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use tokio::sync::mpsc;

/// When the next file of a day begins, in bytes; and when one that was named is full enough.
const LARGE: u64 = 1024 * 1024;
const LARGEST: u64 = 16 * 1024 * 1024;
/// Lines that wait for the disk.
const QUEUE: usize = 1024;

/// What is wanted.
#[derive(Debug, Clone)]
pub struct Options {
    /// Into files at all; else the last lines are in memory only.
    pub write: bool,
    /// In place of the user's directory for logs.
    pub file: Option<PathBuf>,
    /// The least that matters.
    pub level: Level,
    /// Files that are kept.
    pub keep: u16,
}

/// A log whose place is sure. Nothing runs yet.
pub struct Opened {
    place: Option<Place>,
    /// Of this installation; of this process where there is no directory.
    pub salt: Salt,
}

struct Place {
    /// A directory of ours, or the file that was named.
    path: PathBuf,
    ours: bool,
    keep: u16,
    now: File,
    day: String,
}

/// This user's logs.
fn directory() -> io::Result<PathBuf> {
    Ok(places::state().map_err(io::Error::other)?.join("log"))
}

fn salt(directory: &Path) -> io::Result<Salt> {
    let _lock = private_file::lock(directory)?;
    let path = directory.join("salt");
    if let Some(salt) = private_file::read(&path, 32).ok().flatten().and_then(|bytes| bytes.try_into().ok()) {
        return Ok(Salt(salt));
    }
    let salt = fresh();
    private_file::replace(&path, &salt.0)?;
    Ok(salt)
}

fn fresh() -> Salt {
    let mut salt = [0; 32];
    // Without chance there are no hashes that could be tried either: they differ by process then.
    if getrandom::fill(&mut salt).is_err() {
        salt[..4].copy_from_slice(&std::process::id().to_le_bytes());
    }
    Salt(salt)
}

impl Options {
    /// Finds the place and begins to take lines. Why there is no file, if there is none: a sentence, and the log is in memory only.
    pub fn open(&self) -> (Opened, Option<String>) {
        super::begin(self.level);
        if !self.write {
            return (Opened { place: None, salt: fresh() }, None);
        }
        let place = match &self.file {
            Some(named) => Place::at(named.clone(), false, self.keep),
            None => directory().and_then(|at| private_file::directory(&at).and_then(|()| Place::at(at, true, self.keep))),
        };
        let salt = directory().and_then(|at| salt(&at)).unwrap_or_else(|_| fresh());
        match place {
            Ok(place) => (Opened { place: Some(place), salt }, None),
            Err(e) => {
                let file = self.file.clone().or(directory().ok()).unwrap_or_default();
                (
                    Opened { place: None, salt },
                    Some(format!("this call is not logged: {} cannot be written ({e})", file.display())),
                )
            }
        }
    }
}

impl Opened {
    /// What must be writable in a sandbox.
    pub fn path(&self) -> Option<PathBuf> {
        self.place.as_ref().map(|place| place.path.clone())
    }

    /// Says that the call never began, and why.
    pub fn failed(&mut self, why: &Failure) {
        let line = Line::new(Level::Error, "the call did not begin: ").redacted(why.clone());
        super::write(&line);
        // Nobody can be told that nobody can be told.
        let _ = self.place.as_mut().map(|place| place.write(&line.stamped()));
    }

    /// Begins to write, on a thread of its own. What goes wrong later is said once.
    pub fn run(self) -> (Salt, mpsc::Receiver<String>) {
        let (complain, complaints) = mpsc::channel(1);
        if let (Some(place), Some(log)) = (self.place, LOG.get()) {
            let (to, lines) = sync_channel(QUEUE);
            let thread = std::thread::Builder::new().name("log".into()).spawn(move || write(place, &lines, &complain));
            if thread.is_ok() {
                let _ = log.to.set(to);
            }
        }
        (self.salt, complaints)
    }
}

fn write(mut place: Place, lines: &Receiver<Message>, complain: &mpsc::Sender<String>) {
    let mut works = true;
    while let Ok(message) = lines.recv() {
        match message {
            Message::Line(line) if works => {
                if let Err(e) = place.write(&line) {
                    works = false;
                    let _ = complain.try_send(format!("the call is not logged any more ({e})"));
                }
            }
            Message::Line(_) => {}
            Message::Flush(done) => drop(done.try_send(())),
        }
    }
}

fn today() -> String {
    jiff::Timestamp::now().strftime("%Y%m%d").to_string()
}

fn append(path: &Path) -> io::Result<File> {
    // A link could lead anywhere, and opening a pipe would wait.
    OpenOptions::new().create(true).append(true).private().unless(Unless::LinkOrWait).open(path)
}

impl Place {
    /// Opens it and shows by writing that it can be written.
    fn at(path: PathBuf, ours: bool, keep: u16) -> io::Result<Self> {
        let day = today();
        let now = if ours { newest(&path, &day, keep)? } else { append(&path)? };
        let mut place = Self { path, ours, keep, now, day };
        let begins = Line::new(Level::Info, "conclave ").and(crate::protocol::VERSION).and(" ").and(std::env::consts::OS);
        place.write(&begins.and(" ").and(std::env::consts::ARCH).stamped())?;
        Ok(place)
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        // Other processes write there too.
        let size = self.now.metadata()?.len();
        if self.ours && (size >= LARGE || self.day != today()) {
            self.day = today();
            self.now = newest(&self.path, &self.day, self.keep)?;
        }
        if !self.ours && size >= LARGEST {
            return Err(io::Error::new(ErrorKind::FileTooLarge, "the file is large enough"));
        }
        // One write, so that the lines of two processes stay whole.
        self.now.write_all(line.as_bytes())
    }
}

/// The file of a day that has room, in a directory of ours; the oldest files go.
fn newest(directory: &Path, day: &str, keep: u16) -> io::Result<File> {
    let mut logs: Vec<PathBuf> =
        fs::read_dir(directory)?.filter_map(|entry| Some(entry.ok()?.path())).filter(|p| is_log(p)).collect();
    logs.sort();
    let of_day = |path: &&PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&format!("conclave-{day}-")));
    let path = match logs.iter().rfind(of_day) {
        Some(last) if fs::metadata(last).is_ok_and(|m| m.len() < LARGE) => last.clone(),
        Some(last) => name(directory, day, number(last).saturating_add(1)),
        None => name(directory, day, 1),
    };
    if !logs.contains(&path) {
        logs.push(path.clone());
    }
    let over = logs.len().saturating_sub(usize::from(keep.max(1)));
    logs.iter().take(over).filter(|old| **old != path).for_each(|old| drop(fs::remove_file(old)));
    append(&path)
}

/// Names sort by time.
fn name(directory: &Path, day: &str, n: u32) -> PathBuf {
    directory.join(format!("conclave-{day}-{n:05}.log"))
}

fn number(path: &Path) -> u32 {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    stem.rsplit('-').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn is_log(path: &Path) -> bool {
    path.file_name().is_some_and(|name| {
        let name = name.to_string_lossy();
        name.starts_with("conclave-") && name.ends_with(".log")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn files_are_the_users_alone_and_the_oldest_go() {
        let dir = tempfile::tempdir().unwrap();
        for day in 10..20 {
            fs::write(name(dir.path(), &format!("202001{day}"), 1), "old").unwrap();
        }
        fs::write(dir.path().join("salt"), "mine").unwrap();
        let mut place = Place::at(dir.path().to_owned(), true, 3).unwrap();
        let logs = || {
            let mut logs: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).filter(|p| is_log(p)).collect();
            logs.sort();
            logs
        };
        assert_eq!(logs().len(), 3);
        let first = name(dir.path(), &today(), 1);
        assert_eq!(logs().last(), Some(&first));
        assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o600);
        let line = "x".repeat(4000) + "\n";
        let mut other = Place::at(dir.path().to_owned(), true, 3).unwrap();
        for _ in 0..800 {
            place.write(&line).unwrap();
            other.write(&line).unwrap();
        }
        assert_eq!(logs().len(), 3);
        assert!(logs().iter().all(|p| fs::metadata(p).unwrap().len() <= LARGE + 8002), "two processes share a file");
        assert!(logs().last().unwrap().to_string_lossy().ends_with("-00007.log"), "{:?}", logs());
        assert!(dir.path().join("salt").exists(), "what is no log of ours stays");
        let salted = salt(dir.path()).unwrap();
        assert_ne!(salted.0, [0; 32]);
        assert_eq!(salt(dir.path()).unwrap().0, salted.0);
    }

    #[test]
    fn a_full_disk_is_complained_of_once() {
        let (to, lines) = sync_channel(8);
        let (complain, mut complaints) = mpsc::channel(1);
        let now = append(Path::new("/dev/full")).unwrap();
        let place = Place { path: "/dev/full".into(), ours: false, keep: 1, now, day: today() };
        (0..3).for_each(|_| to.send(Message::Line("x\n".into())).unwrap());
        let (done, written) = sync_channel(1);
        to.send(Message::Flush(done)).unwrap();
        drop(to);
        write(place, &lines, &complain);
        written.recv().unwrap();
        assert!(complaints.try_recv().unwrap().contains("not logged any more"));
        assert!(complaints.try_recv().is_err());
        assert!(Place::at("/dev/full".into(), false, 1).is_err(), "said before the call if it is so already");
    }
}

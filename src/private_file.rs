//! Small files that are their user's alone: mode 0600 in a directory of mode 0700, written as a whole or not at all, by one
//! process at a time.

use crate::os::{Private as _, Unless, Wary as _};
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long other processes of this user are waited for: each holds a lock for moments.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(10);

/// While it lives, no other process of ours changes the files of a directory.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Makes a directory for its user alone, with those above it.
///
/// # Errors
/// It cannot be made.
pub fn directory(at: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).private().create(at)
}

/// Locks a directory, which is made if it is not there.
///
/// # Errors
/// It cannot be made or locked; [`ErrorKind::TimedOut`] if another process holds it for long.
pub fn lock(at: &Path) -> io::Result<Lock> {
    directory(at)?;
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).private().unless(Unless::Link);
    let file = options.open(at.join("lock"))?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(LOOK),
            Err(TryLockError::WouldBlock) => return Err(io::Error::new(ErrorKind::TimedOut, "another process holds it")),
            Err(TryLockError::Error(e)) => return Err(e),
        }
    }
}

/// All of a file; `None` if there is none. What is larger than `most` bytes, a link, or no plain file is an error.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    // A link could lead anywhere, and opening a pipe would wait.
    let file = match OpenOptions::new().read(true).unless(Unless::LinkOrWait).open(path) {
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        other => other?,
    };
    let about = file.metadata()?;
    if !about.is_file() || about.len() > most {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is no plain file of ours"));
    }
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Puts a file in the place of the one that was there. The caller holds the [`Lock`].
///
/// # Errors
/// It cannot be written; the old one is there as before.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("new");
    // A process that was ended may have left one.
    let _ = fs::remove_file(&new);
    let written = OpenOptions::new()
        .create_new(true)
        .write(true)
        .private()
        .open(&new)
        .and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()))
        .and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_file_is_its_users_alone_and_whole() {
        let dir = tempfile::tempdir().unwrap();
        let at = dir.path().join("a/b");
        let file = at.join("f.json");
        assert!(read(&file, 10).unwrap().is_none());
        let _lock = lock(&at).unwrap();
        replace(&file, b"one").unwrap();
        replace(&file, b"two").unwrap();
        assert_eq!(read(&file, 10).unwrap().unwrap(), b"two");
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file), mode(&at.join("lock")), mode(&at)), (0o600, 0o600, 0o700));
        assert!(read(&file, 2).is_err(), "too large");
        assert!(read(&at, 100).is_err(), "a directory");
        let link = at.join("link");
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(read(&link, 100).is_err(), "a link");
        // What a killed process left, or somebody put there, is not written through.
        std::os::unix::fs::symlink(&file, file.with_extension("new")).unwrap();
        replace(&file, b"three").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"three");
    }
}

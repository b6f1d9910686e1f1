//! Who may read and change our own files.

use super::{Check, Finding, Private, Text};
use crate::config::places;
use crate::exit::Exit;
use crate::os;
use std::path::{Path, PathBuf};

/// Files that are looked at in each directory.
const MOST: usize = 1000;

/// One file or directory.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    path: PathBuf,
    directory: bool,
    /// Permission bits.
    mode: u32,
    owner: u32,
}

/// Looks at the directories of this program.
pub fn files() -> Finding {
    let seen: Vec<Seen> = directories().iter().flat_map(|place| look(place)).collect();
    judge(&seen, os::user())
}

/// Configuration and vault, what is remembered of people and servers, reports of faults, and the sockets of running calls.
fn directories() -> Vec<PathBuf> {
    let config = places::user().ok().and_then(|file| file.parent().map(Path::to_owned));
    let trust = places::data().ok().map(|data| data.join("trust"));
    let state = places::state().ok().map(|state| [state.join("history"), state.join("log")]);
    let mut places: Vec<PathBuf> = config.into_iter().chain(trust).chain(state.into_iter().flatten()).collect();
    places.extend(crate::crash::directory());
    #[cfg(unix)]
    places.push(crate::control_socket::directory());
    places
}

/// A directory and the files in it. What is not there, or may not be looked at, is left out.
fn look(place: &Path) -> Vec<Seen> {
    let inside = std::fs::read_dir(place).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).take(MOST);
    let see = |path: PathBuf| {
        let found = std::fs::symlink_metadata(&path).ok().filter(|m| !m.is_symlink())?;
        let os::Access { owner, mode } = os::access(&found)?;
        Some(Seen { path, directory: found.is_dir(), mode, owner })
    };
    std::iter::once(place.to_owned()).chain(inside).filter_map(see).collect()
}

fn judge(seen: &[Seen], us: u32) -> Finding {
    let named = |words, s: &Seen| Text::of("").private(Private::Path, &s.path.display().to_string()).and(words);
    if let Some(foreign) = seen.iter().find(|s| s.owner != us && s.owner != 0) {
        let advice =
            Text::of("move it away, and find out how it came there: what others can write, this program must not believe");
        return Finding::fail(Check::Files, Exit::Config, named(" belongs to somebody else", foreign), advice);
    }
    if let Some(writable) = seen.iter().find(|s| s.mode & 0o022 != 0) {
        let advice = Text::of("take the right away: chmod go-w ").private(Private::Path, &writable.path.display().to_string());
        return Finding::fail(
            Check::Files,
            Exit::Config,
            named(" can be changed by other users of this machine", writable),
            advice,
        );
    }
    if let Some(readable) = seen.iter().find(|s| s.mode & 0o044 != 0) {
        let advice = Text::of("take the right away: chmod go= ").private(Private::Path, &readable.path.display().to_string());
        return Finding::warn(Check::Files, named(" can be read by other users of this machine", readable), advice);
    }
    match seen.iter().filter(|s| !s.directory).count() {
        0 => Finding::pass(Check::Files, Text::of("nothing is kept in files yet")),
        n => Finding::pass(
            Check::Files,
            Text::number(Text::default(), n as i64).and(" files of yours, which nobody else can read"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn what_others_can_read_or_write_is_named_with_the_command_that_ends_it() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("conclave");
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join("vault.age"), "x").unwrap();
        let chmod = |name: &str, mode| {
            std::fs::set_permissions(place.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
        };
        let us = nix::unistd::geteuid().as_raw();
        chmod("", 0o700);
        chmod("vault.age", 0o600);
        assert_eq!(judge(&look(&place), us).status(), Status::Pass);
        chmod("", 0o755);
        let found = judge(&look(&place), us);
        assert_eq!(found.status(), Status::Warn);
        assert_eq!(
            found.advice().unwrap().shown(),
            format!("take the right away: chmod go= {}/", place.display()).trim_end_matches('/')
        );
        assert_eq!(found.advice().unwrap().redacted(), "take the right away: chmod go= <path>");
        chmod("", 0o700);
        chmod("vault.age", 0o620);
        let found = judge(&look(&place), us);
        assert!(found.status() == Status::Fail && found.text().shown().contains("vault.age"), "{found:?}");
        chmod("vault.age", 0o600);
        assert_eq!(judge(&look(&place), us.wrapping_add(7)).status(), if us == 0 { Status::Pass } else { Status::Fail });
        assert_eq!(judge(&look(&dir.path().join("nothing")), us).status(), Status::Pass);
    }
}

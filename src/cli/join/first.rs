//! The first full screen ever: whoever cannot use one is asked before it comes, once, in one plain line.

use crate::cli::prompt;
use crate::config::places;
use crate::exit::Failure;
use crate::i18n::tr;
use crate::os::Private as _;
use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where the answer is: in the state directory of the user.
fn file() -> Option<PathBuf> {
    Some(places::state().ok()?.join("front-end"))
}

/// Whether lines are wanted where nothing on the command line says so. Asks once; an answer that cannot be kept is asked for again.
pub(super) fn wants_lines() -> Result<bool, Failure> {
    let file = file();
    if let Some(kept) = file.as_deref().and_then(kept) {
        return Ok(kept);
    }
    let lines = prompt::ask(&format!("{} ", tr!("first-question")))?.to_lowercase().starts_with('l');
    if let Some(file) = file {
        let _ = keep(&file, lines);
    }
    Ok(lines)
}

fn kept(file: &Path) -> Option<bool> {
    match std::fs::read_to_string(file).ok()?.trim() {
        "line" => Some(true),
        "tui" => Some(false),
        _ => None,
    }
}

fn keep(file: &Path, lines: bool) -> std::io::Result<()> {
    if let Some(directory) = file.parent() {
        DirBuilder::new().recursive(true).private().create(directory)?;
    }
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).private().open(file)?;
    file.write_all(if lines { b"line\n" } else { b"tui\n" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::MetadataExt as _;

    #[test]
    fn an_answer_is_kept_for_its_owner_only_and_nonsense_is_no_answer() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("state/conclave/front-end");
        assert_eq!(kept(&file), None);
        for lines in [true, false] {
            keep(&file, lines).unwrap();
            assert_eq!(kept(&file), Some(lines));
        }
        assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        std::fs::write(&file, [0xff, 0, b'l']).unwrap();
        assert_eq!(kept(&file), None);
    }
}

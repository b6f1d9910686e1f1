//! What must be nowhere, and the search for it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::{BTreeSet, HashMap};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes that must match in a row to count as found.
const WINDOW: usize = 16;

/// Plain content and secrets of a call, each by a word for what it is.
pub(crate) struct Needles {
    windows: HashMap<[u8; WINDOW], &'static str>,
    /// First three bytes of the windows, so that most places are passed over quickly.
    first: Vec<bool>,
}

/// What was found.
pub(crate) type Found = BTreeSet<&'static str>;

fn prefix(b: &[u8]) -> usize {
    usize::from(b[0]) << 16 | usize::from(b[1]) << 8 | usize::from(b[2])
}

impl Needles {
    pub(crate) fn new() -> Self {
        Self { windows: HashMap::new(), first: vec![false; 1 << 24] }
    }

    /// Adds something in all its windows: as it is, and as it would stand anywhere in base64url.
    pub(crate) fn add(&mut self, what: &'static str, piece: &[u8]) {
        assert!(piece.len() >= WINDOW, "{what} is too short to be looked for");
        self.windows_of(what, piece);
        for shift in 0..3 {
            // Only whole groups of three: what follows is not known.
            let whole = &piece[shift..];
            self.windows_of(what, URL_SAFE_NO_PAD.encode(&whole[..whole.len() / 3 * 3]).as_bytes());
        }
    }

    fn windows_of(&mut self, what: &'static str, piece: &[u8]) {
        for window in piece.windows(WINDOW).map(|w| <[u8; WINDOW]>::try_from(w).unwrap()) {
            self.first[prefix(&window)] = true;
            self.windows.insert(window, what);
        }
    }

    pub(crate) fn in_bytes(&self, bytes: &[u8]) -> Found {
        let hit = |w: &[u8]| self.first[prefix(w)].then(|| self.windows.get(w).copied()).flatten();
        bytes.windows(WINDOW).filter_map(hit).collect()
    }

    /// Every writable page of a process.
    pub(crate) fn in_memory(&self, pid: u32) -> Found {
        let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap();
        let mut memory = std::fs::File::open(format!("/proc/{pid}/mem")).expect("the tests run as root");
        let (mut read, mut found) = (0, Found::new());
        for line in maps.lines().filter(|l| l.split(' ').nth(1).is_some_and(|p| p.starts_with("rw"))) {
            let (from, to) = line.split(' ').next().and_then(|r| r.split_once('-')).unwrap();
            let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
            let mut bytes = vec![0; usize::try_from(to - from).unwrap().min(256 << 20)];
            if memory.seek(SeekFrom::Start(from)).is_ok() && memory.read_exact(&mut bytes).is_ok() {
                read += bytes.len();
                found.extend(self.in_bytes(&bytes));
            }
        }
        assert!(read > 1 << 20, "the server's memory could not be read");
        found
    }

    pub(crate) fn in_files(&self, dir: &Path) -> Found {
        let mut found = Found::new();
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            let more =
                if path.is_dir() { self.in_files(&path) } else { self.in_bytes(&std::fs::read(&path).unwrap_or_default()) };
            found.extend(more);
        }
        found
    }
}

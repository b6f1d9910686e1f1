//! The format: JSON lines, each of which holds its number and the hash of the one before, and ends with its own hash.
//!
//! ```text
//! {"n":2,"at":"2026-11-26T08:00:00Z","event":"room","act":"created","room":"board","prev":"<hash of line 1>","hash":"<64 hex digits>"}
//! ```
//! A line's hash is SHA-256 over its bytes before `,"hash":`; as these end with the hash of the line before, one hash stands for
//! everything up to it. `sed 's/,"hash":.*//' | tr -d '\n' | sha256sum` of one line checks it without us.

use crate::exit::{Exit, Failure};
pub use crate::protocol::audit::{Hash, Link};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

/// The longest line, in bytes.
pub const MAX_LINE: u64 = 16 * 1024;
/// What stands between a line's text and its hash.
const MARK: &str = ",\"hash\":\"";
/// Length of what ends a line: the mark, 64 digits, a quote and a brace.
const TAIL: usize = MARK.len() + 64 + 2;

#[derive(Deserialize)]
struct Numbers {
    n: u64,
    prev: Hash,
}

#[derive(Serialize)]
struct Body<'a, E> {
    n: u64,
    at: String,
    #[serde(flatten)]
    event: &'a E,
    prev: Hash,
}

impl Link {
    /// The next line (with its newline), and the chain after it. `None` if it would be too long or cannot be written as JSON.
    pub fn extend(&self, at: jiff::Timestamp, event: &impl Serialize) -> Option<(String, Self)> {
        let n = self.count + 1;
        let mut line = serde_json::to_string(&Body { n, at: at.to_string(), event, prev: self.head }).ok()?;
        line.pop();
        let head = Hash(Sha256::digest(line.as_bytes()).into());
        line.push_str(MARK);
        line.push_str(&head.to_string());
        line.push_str("\"}\n");
        (line.len() as u64 <= MAX_LINE).then_some((line, Self { count: n, head }))
    }

    /// The chain after this line (without its newline), or why it does not follow.
    pub fn follow(&self, line: &str) -> Result<Self, &'static str> {
        let text = line.len().checked_sub(TAIL).and_then(|at| line.split_at_checked(at));
        let (text, tail) = text.ok_or("it is too short")?;
        let hash = tail.strip_prefix(MARK).and_then(|t| t.strip_suffix("\"}"));
        let hash: Hash = hash.and_then(|h| h.parse().ok()).ok_or("it does not end with its hash")?;
        if hash.0 != <[u8; 32]>::from(Sha256::digest(text.as_bytes())) {
            return Err("its text does not belong to its hash");
        }
        let numbers: Numbers = serde_json::from_str(line).map_err(|_| "it is no entry")?;
        if numbers.prev != self.head {
            return Err("it does not follow the line before: lines were removed, added or exchanged");
        }
        if Some(numbers.n) != self.count.checked_add(1) {
            return Err("its number is not the next one");
        }
        Ok(Self { count: numbers.n, head: hash })
    }
}

/// What a check of a whole file found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// Where the chain ends.
    pub link: Link,
    /// All hashes, from entry 1.
    hashes: Vec<Hash>,
    /// Bytes of the whole lines.
    pub length: u64,
    /// Bytes of an incomplete line at the end (a power cut, or somebody is writing it).
    pub torn: u64,
}

impl Found {
    /// The hash of entry `n`.
    pub fn at(&self, n: u64) -> Option<Hash> {
        self.hashes.get(usize::try_from(n.checked_sub(1)?).ok()?).copied()
    }

    /// Which entry has this hash.
    pub fn find(&self, hash: Hash) -> Option<u64> {
        self.hashes.iter().position(|h| *h == hash).map(|at| at as u64 + 1)
    }
}

/// Checks a whole file. [`Exit::Data`] with the first line that is wrong, [`Exit::NoInput`] if it cannot be read.
pub fn verify(path: &Path) -> Result<Found, Failure> {
    let mut found = Found::default();
    let torn = walk(path, 0, |line, at| {
        found.link = found.link.follow(line)?;
        found.length = at + line.len() as u64 + 1;
        found.hashes.push(found.link.head);
        Ok(())
    })?;
    found.torn = torn;
    Ok(found)
}

/// Goes through the complete lines of a file from an offset on: each one and where it begins. Bytes of an incomplete last line.
pub(super) fn walk(path: &Path, from: u64, mut each: impl FnMut(&str, u64) -> Result<(), &'static str>) -> Result<u64, Failure> {
    let failed = |e: std::io::Error| {
        let text = format!("the audit log {} cannot be read ({e}); say where it is", path.display());
        Failure::new(Exit::NoInput, text)
    };
    let mut file = File::open(path).map_err(failed)?;
    std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(from)).map_err(failed)?;
    let mut lines = BufReader::new(file);
    let (mut at, mut number, mut line) = (from, 0u64, Vec::new());
    loop {
        line.clear();
        let read = lines.by_ref().take(MAX_LINE + 1).read_until(b'\n', &mut line).map_err(failed)? as u64;
        number += 1;
        let complete = line.pop_if(|b| *b == b'\n').is_some();
        let wrong = match std::str::from_utf8(&line) {
            _ if !complete && read <= MAX_LINE => return Ok(read),
            Ok(text) if complete => each(text, at).err(),
            _ => Some("it is no text, or too long"),
        };
        if let Some(why) = wrong {
            let text = format!(
                "the audit log {} has been changed at line {number}: {why}; keep it, compare it with a copy, and ask who had access",
                path.display()
            );
            return Err(Failure::new(Exit::Data, text));
        }
        at += read;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Event;
    use super::*;

    fn lines(n: u64) -> (Vec<String>, Vec<Link>) {
        let (mut lines, mut links) = (vec![], vec![Link::default()]);
        for _ in 0..n {
            let event = Event::Room { act: "created", room: "böard".into(), by: None };
            let (line, next) = links.last().unwrap().extend(jiff::Timestamp::UNIX_EPOCH, &event).unwrap();
            lines.push(line);
            links.push(next);
        }
        (lines, links)
    }

    fn check(lines: &[String]) -> Result<Found, Failure> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), lines.concat()).unwrap();
        verify(file.path())
    }

    #[test]
    fn every_change_breaks_the_chain_at_its_line() {
        let (good, links) = lines(6);
        let found = check(&good).unwrap();
        assert_eq!((found.link, found.at(3), found.find(links[4].head)), (links[6], Some(links[3].head), Some(4)));
        assert_eq!(found.find(Hash([7; 32])), None);
        let at = |change: &dyn Fn(&mut Vec<String>)| {
            let mut l = good.clone();
            change(&mut l);
            let e = check(&l).unwrap_err();
            assert_eq!(e.exit, Exit::Data);
            let number = e.text.split("line ").nth(1).unwrap();
            number.split(':').next().unwrap().parse::<usize>().unwrap()
        };
        assert_eq!(at(&|l| l[2] = l[2].replace("böard", "bored")), 3);
        assert_eq!(at(&|l| drop(l.remove(3))), 4);
        assert_eq!(at(&|l| l.swap(1, 2)), 2);
        assert_eq!(at(&|l| l.insert(1, l[1].clone())), 3);
        assert_eq!(at(&|l| l[4] = "{}\n".into()), 5);
        assert_eq!(at(&|l| l[4] = l[4].replace("\"n\":5", "\"n\":6")), 5);
        assert_eq!(at(&|l| l[0].insert(0, ' ')), 1);
        assert_eq!(at(&|l| l[5].insert_str(0, &" ".repeat(20_000))), 6);
        // A line that was cut off at its end only, and whole lines that are gone there, need a remembered head.
        let mut torn = good.clone();
        torn[5].truncate(40);
        let found = check(&torn).unwrap();
        assert_eq!((found.link, found.torn), (links[5], 40));
    }

    #[test]
    fn a_line_can_be_checked_without_us() {
        let (lines, links) = lines(1);
        let text = lines[0].split(",\"hash\":").next().unwrap();
        assert_eq!(Hash(Sha256::digest(text.as_bytes()).into()), links[1].head);
        assert_eq!(links[1].head.to_string().parse(), Ok(links[1].head));
        assert!("x".repeat(64).parse::<Hash>().is_err() && "ä".repeat(32).parse::<Hash>().is_err());
    }
}

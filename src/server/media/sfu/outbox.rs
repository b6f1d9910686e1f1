//! Datagrams on their way out, collected for one system call.

use super::way::Way;
use crate::server::metrics::Media;

/// A reused arena of datagrams.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    /// Destination and end of each datagram in `bytes`.
    ends: Vec<(Way, usize)>,
    /// What its thread has done so far.
    pub(crate) tally: Media,
}

/// A place to go back to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    bytes: usize,
    datagrams: usize,
}

impl Outbox {
    /// Appends a datagram that `write` puts at the end of the buffer; nothing is sent if it says `false`.
    pub(crate) fn write(&mut self, to: impl Into<Way>, write: impl FnOnce(&mut Vec<u8>, usize) -> bool) -> bool {
        let start = self.bytes.len();
        if write(&mut self.bytes, start) && self.bytes.len() > start {
            self.ends.push((to.into(), self.bytes.len()));
            return true;
        }
        self.bytes.truncate(start);
        false
    }

    /// Appends a datagram.
    pub(crate) fn push(&mut self, to: impl Into<Way>, datagram: &[u8]) {
        self.write(to, |bytes, _| {
            bytes.extend_from_slice(datagram);
            true
        });
    }

    /// Where the outbox stands.
    pub(crate) fn mark(&self) -> Mark {
        Mark { bytes: self.bytes.len(), datagrams: self.ends.len() }
    }

    /// Takes back everything since `mark`.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.bytes.truncate(mark.bytes);
        self.ends.truncate(mark.datagrams);
    }

    /// Bytes of the newest datagram.
    pub(crate) fn newest(&self) -> usize {
        let mut ends = self.ends.iter().rev().map(|(_, end)| *end);
        ends.next().unwrap_or(0) - ends.next().unwrap_or(0)
    }

    /// How many datagrams wait.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The datagrams, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Way, &[u8])> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        self.ends.iter().zip(starts).filter_map(|((to, end), start)| Some((*to, self.bytes.get(start..*end)?)))
    }

    /// Forgets all, keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}

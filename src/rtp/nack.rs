//! Which packets of one stream to ask for again, and when (generic NACK, RFC 4585 section 6.2.1).
//!
//! A gap is noticed with the first packet after it. A packet that was only overtaken gets a little time to come; then it is
//! asked for, and once more whenever an answer is overdue, as long as the answer would come in time to be played. Where many
//! packets are lost, requests are too: there each is sent twice.

use super::round_trip::{Asking, RoundTrip};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The least time that an overtaken packet gets.
const TOLERANCE: Duration = Duration::from_millis(3);
/// The most, where packets are seen to overtake each other.
const MAX_TOLERANCE: Duration = Duration::from_millis(30);
/// A packet that is this late is not asked for: on ways that need longer, redundancy is there sooner.
const LATEST: Duration = Duration::from_millis(300);
/// The least time between two requests for a packet.
const LEAST_INTERVAL: Duration = Duration::from_millis(12);
/// How often a packet is asked for, copies of requests not counted.
const MAX_ASKS: u8 = 10;
/// Above this share of losses, requests are sent twice …
const LOSSY: f32 = 0.03;
/// … this long apart, so that one burst of losses does not take both.
const COPY_AFTER: Duration = Duration::from_millis(5);
/// Requests that are due so soon go along with one that is due now.
const TOGETHER: Duration = Duration::from_millis(2);
/// A packet further back is refused by a receiver's SRTP (the replay window of RFC 3711 section 3.3.2 is 64 in most of them).
const REACH: u64 = 63;
/// How long it is remembered that a packet is missing, to count it if it comes at last.
const MEMORY: Duration = Duration::from_secs(1);
/// The most packets that are remembered as missing.
const MAX_MISSING: usize = 128;
/// A step further than this, forwards or backwards, is not loss but another numbering (RFC 3550, appendix A.1).
const RESTART: u64 = 3000;
/// Requests that may be made after a packet that came; a quarter of it where the path is not known to be free …
const CREDIT: u32 = 8;
const SPARING: u32 = 16;
/// … and the most that is saved up.
const MAX_CREDIT: u32 = 25 * CREDIT;

/// What a packet was to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Newer than all before.
    Newest,
    /// It had been overtaken; nobody had asked for it.
    Overtaken,
    /// It was asked for, this long ago for the first time; `true` if only once, so that it is the answer.
    Recovered(Duration, bool),
    /// It comes when it was no longer hoped for, this long after the first request.
    TooLate(Option<Duration>),
    /// A copy, or from before the beginning.
    Known,
}

/// Counts of one stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Packets that came, copies not counted.
    pub received: u64,
    /// Packets that never came (known a second later).
    pub lost: u64,
    /// Packets that were asked for.
    pub asked: u64,
    /// Of those, the ones that came in time.
    pub recovered: u64,
}

#[derive(Debug, Clone, Copy)]
struct Missing {
    index: u64,
    noticed: Instant,
    /// When to ask next; `None` = never again.
    due: Option<Instant>,
    /// First request.
    first: Option<Instant>,
    asks: u8,
    /// What is due is a copy of the last request; the next real one.
    copy: Option<Instant>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Requests {
    highest: Option<u64>,
    /// Ordered by index.
    missing: VecDeque<Missing>,
    /// Share of packets that did not come at the first attempt, lately.
    loss: f32,
    /// Beyond [`TOLERANCE`].
    tolerance: Duration,
    credit: u32,
    tally: Tally,
}

impl Requests {
    /// The index of a packet whose 16-bit sequence number alone is known: the one nearest to the highest.
    pub fn index(&self, sequence: u16) -> u64 {
        let Some(highest) = self.highest else { return (1 << 16) + u64::from(sequence) };
        let ahead = sequence.wrapping_sub(highest as u16).cast_signed();
        highest.checked_add_signed(i64::from(ahead)).unwrap_or((1 << 16) + u64::from(sequence))
    }

    /// A packet came; `index` is its extended sequence number.
    pub fn received(&mut self, now: Instant, index: u64) -> Arrival {
        self.forget(now);
        let Some(highest) = self.highest else {
            self.highest = Some(index);
            self.tally.received += 1;
            return Arrival::Newest;
        };
        if index.abs_diff(highest) > RESTART {
            // It begins anew. Nothing of what was missing will come any more.
            self.tally.lost += self.missing.drain(..).count() as u64;
            self.highest = Some(index);
            self.tally.received += 1;
            return Arrival::Newest;
        }
        if index <= highest {
            return self.late(now, index);
        }
        self.gap(now, highest + 1, index);
        self.highest = Some(index);
        self.tally.received += 1;
        self.loss -= self.loss / 64.0;
        self.tolerance -= self.tolerance / 512;
        self.credit = (self.credit + CREDIT).min(MAX_CREDIT);
        Arrival::Newest
    }

    fn gap(&mut self, now: Instant, from: u64, to: u64) {
        let reachable = from.max(to.saturating_sub(REACH));
        self.tally.lost += reachable - from;
        let due = Some(now + TOLERANCE + self.tolerance);
        for index in reachable..to {
            self.loss += (1.0 - self.loss) / 64.0;
            self.missing.push_back(Missing { index, noticed: now, due, first: None, asks: 0, copy: None });
        }
        while self.missing.len() > MAX_MISSING {
            self.missing.pop_front();
            self.tally.lost += 1;
        }
    }

    fn late(&mut self, now: Instant, index: u64) -> Arrival {
        let Some(missing) = self.missing.binary_search_by_key(&index, |m| m.index).ok().and_then(|at| self.missing.remove(at))
        else {
            return Arrival::Known;
        };
        self.tally.received += 1;
        let lateness = now.saturating_duration_since(missing.noticed);
        let Some(first) = missing.first else {
            if lateness > LATEST {
                return Arrival::TooLate(None); // nobody asked because it made no sense
            }
            self.overtaken(lateness);
            return Arrival::Overtaken;
        };
        let passed = now.saturating_duration_since(first);
        if lateness > LATEST {
            return Arrival::TooLate(Some(passed));
        }
        self.tally.recovered += 1;
        Arrival::Recovered(passed, missing.asks == 1)
    }

    /// A packet came so late without having been asked for: the next ones get this time too.
    pub fn overtaken(&mut self, lateness: Duration) {
        let wanted = (lateness + lateness / 4).saturating_sub(TOLERANCE).min(MAX_TOLERANCE);
        self.tolerance = self.tolerance.max(wanted);
    }

    /// When [`Requests::poll`] has something to say.
    pub fn due(&self) -> Option<Instant> {
        self.missing.iter().filter_map(|m| m.due).min()
    }

    /// The packets to ask for now. Nothing is asked for where the path does not allow it.
    pub fn poll(&mut self, now: Instant, path: &RoundTrip, mut ask: impl FnMut(u64)) {
        self.forget(now);
        if self.due().is_none_or(|due| due > now) {
            return;
        }
        let price = match path.asking(now) {
            Asking::Freely => 1,
            Asking::Sparingly => SPARING,
            Asking::No => u32::MAX,
        };
        let interval = path.interval().max(LEAST_INTERVAL);
        let twice = self.loss > LOSSY;
        for m in &mut self.missing {
            if m.due.is_none_or(|due| due > now + TOGETHER) {
                continue;
            }
            if let Some(next) = m.copy.take() {
                m.due = Some(next);
                ask(m.index);
                continue;
            }
            if now + path.answer() > m.noticed + LATEST || m.asks >= MAX_ASKS {
                m.due = None;
                continue;
            }
            let next = now + interval;
            let Some(left) = self.credit.checked_sub(price) else {
                m.due = Some(next); // better times may come
                continue;
            };
            self.credit = left;
            self.tally.asked += u64::from(m.asks == 0);
            m.first = m.first.or(Some(now));
            m.asks += 1;
            (m.due, m.copy) = if twice { (Some(now + COPY_AFTER), Some(next)) } else { (Some(next), None) };
            ask(m.index);
        }
    }

    /// What is missing will not be sent (the sender is muted, say): nothing is asked for.
    pub fn clear(&mut self) {
        self.missing.clear();
    }

    /// Counts so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn forget(&mut self, now: Instant) {
        let reach = self.highest.unwrap_or(0).saturating_sub(REACH);
        while let Some(m) = self.missing.front_mut() {
            if now.saturating_duration_since(m.noticed) <= MEMORY {
                // SRTP would refuse it.
                self.missing.iter_mut().take_while(|m| m.index < reach).for_each(|m| m.due = None);
                return;
            }
            self.missing.pop_front();
            self.tally.lost += 1;
        }
    }
}

/// Makes sequence numbers, in order, pairs of a generic NACK: the first, and a bit for each of the 16 after it.
#[derive(Debug, Default)]
pub struct Pairs(Option<(u16, u16)>);

impl Pairs {
    /// Adds a number; a pair that is complete.
    pub fn add(&mut self, sequence: u16) -> Option<(u16, u16)> {
        let Some((first, bits)) = self.0 else {
            self.0 = Some((sequence, 0));
            return None;
        };
        match sequence.wrapping_sub(first) {
            0 => None,
            n @ 1..=16 => {
                self.0 = Some((first, bits | 1 << (n - 1)));
                None
            }
            _ => self.0.replace((sequence, 0)),
        }
    }

    /// The last pair.
    pub fn end(self) -> Option<(u16, u16)> {
        self.0
    }
}

#[cfg(test)]
mod tests;

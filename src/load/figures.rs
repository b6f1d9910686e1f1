//! Counting: histograms of times, and what one listener hears of one speaker.

use super::speech::Stamp;
use crate::server::media::sfu::srtp::Window;

/// Steps per power of two: a quantile is at most 1.6 % too high.
const STEPS: u64 = 64;

/// How many took how long, in microseconds. Fixed memory, whatever comes.
#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Vec<u64>,
    count: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; Self::bucket(u64::MAX) + 1], count: 0, max: 0 }
    }
}

impl Histogram {
    fn bucket(micros: u64) -> usize {
        let octave = (micros / STEPS).checked_ilog2().map_or(0, |o| u64::from(o) + 1).min(32);
        let step = if octave == 0 { micros } else { (micros >> (octave - 1)).min(2 * STEPS - 1) - STEPS };
        (octave * STEPS + step) as usize
    }

    /// The lower end of a bucket's successor: nothing in the bucket is longer.
    fn upper(bucket: usize) -> u64 {
        let (octave, step) = (bucket as u64 / STEPS, bucket as u64 % STEPS);
        if octave == 0 { step } else { ((STEPS + step + 1) << (octave - 1)) - 1 }
    }

    /// Counts one.
    pub fn add(&mut self, micros: u64) {
        if let Some(count) = self.counts.get_mut(Self::bucket(micros)) {
            *count += 1;
        }
        self.count += 1;
        self.max = self.max.max(micros);
    }

    /// Counts all of another one.
    pub fn merge(&mut self, other: &Self) {
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, b)| *a += b);
        self.count += other.count;
        self.max = self.max.max(other.max);
    }

    /// The time within which this share of all lies, in milliseconds; `None` if there are none.
    pub fn quantile_ms(&self, share: f64) -> Option<f64> {
        let wanted = ((self.count as f64 * share).ceil() as u64).max(1);
        let mut below = 0;
        let bucket = self.counts.iter().position(|count| {
            below += count;
            below >= wanted
        })?;
        Some(Self::upper(bucket).min(self.max) as f64 / 1000.0)
    }

    /// The longest, in milliseconds.
    pub fn max_ms(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max as f64 / 1000.0)
    }
}

/// What one listener heard of one speaker, from the first packet that came.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    pub(super) speaker: u32,
    first: u32,
    pub(super) highest: u32,
    window: Window,
    pub(super) received: u64,
    pub(super) duplicates: u64,
}

impl Heard {
    pub(super) fn new(first: Stamp) -> Self {
        let (speaker, number) = (first.speaker, first.number);
        Self { speaker, first: number, highest: number, ..Self::default() }
    }

    /// Counts a packet.
    pub(super) fn count(&mut self, number: u32) {
        let index = u64::from(number);
        if !self.window.fresh(index) {
            self.duplicates += 1;
            return;
        }
        self.window.accept(index);
        self.received += 1;
        // One that was overtaken by the first one.
        self.first = self.first.min(number);
        self.highest = self.highest.max(number);
    }

    /// Packets that did not come, up to the latest that did.
    pub(super) fn lost(&self) -> u64 {
        (u64::from(self.highest - self.first) + 1).saturating_sub(self.received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_close_from_above() {
        let mut h = Histogram::default();
        assert_eq!((h.quantile_ms(0.5), h.max_ms()), (None, None));
        (1..=100_000).for_each(|n| h.add(n));
        for (share, exact) in [(0.01, 1.0), (0.5, 50.0), (0.99, 99.0), (1.0, 100.0)] {
            let found = h.quantile_ms(share).unwrap();
            assert!(found >= exact && found <= exact * 1.017, "{share}: {found} for {exact}");
        }
        let mut other = Histogram::default();
        other.add(u64::MAX);
        other.add(0);
        h.merge(&other);
        assert_eq!(h.count, 100_002);
        assert_eq!(h.quantile_ms(0.0), Some(0.0));
        assert!(h.max_ms().unwrap() > 1e9);
    }

    #[test]
    fn loss_repeats_and_order_are_told_apart() {
        let stamp = |number| Stamp { speaker: 1, number, sent: 0 };
        let mut heard = Heard::new(stamp(1000));
        for number in [1000, 1001, 1003, 1002, 1002, 1006, 999] {
            heard.count(number);
        }
        assert_eq!((heard.received, heard.duplicates, heard.lost(), heard.highest), (6, 1, 2, 1006));
    }
}

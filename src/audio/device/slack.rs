//! How much sound is kept ready for somebody who takes it at their own pace: as little as goes well.

use std::time::{Duration, Instant};

/// A stream that has just begun runs empty some times, until the device has settled.
const SETTLING: Duration = Duration::from_secs(3);
/// A piece larger than this (20 ms) is not believed while a device settles.
const SETTLING_PIECE: usize = 960;
/// Running empty several times within this is one hiccup.
const HICCUP: Duration = Duration::from_millis(200);
/// A hiccup so soon after another one says that this machine is busy: then it grows by twice as much each time, up to four
/// steps.
const BUSY: Duration = Duration::from_secs(5);
/// After so long without a hiccup less is kept; each try that went wrong doubles it, up to the second.
const CALM: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(320));

/// A size that grows by a step when it was too small, and shrinks by one after calm.
#[derive(Debug)]
pub struct Slack {
    size: usize,
    /// In how large pieces it is taken.
    piece: usize,
    range: std::ops::RangeInclusive<usize>,
    step: usize,
    begun: Instant,
    changed: Instant,
    /// The last change was a try with less.
    trying: bool,
    /// Steps to grow by.
    steps: usize,
    calm: Duration,
}

impl Slack {
    /// Begins with the least.
    pub fn new(range: std::ops::RangeInclusive<usize>, step: usize, now: Instant) -> Self {
        Self { size: *range.start(), piece: 0, range, step, begun: now, changed: now, trying: false, steps: 0, calm: CALM.0 }
    }

    /// How much to keep now.
    pub fn size(&self) -> usize {
        self.size.max(self.piece)
    }

    /// It is taken in pieces of this size: less than that is no use. While a device settles it takes whatever it likes, and
    /// that is no measure.
    pub fn taken_in(&mut self, piece: usize, now: Instant) {
        let settles = now.saturating_duration_since(self.begun) < SETTLING;
        self.piece = if settles { piece.min(SETTLING_PIECE) } else { piece };
    }

    /// It ran empty; whether more is kept from now on.
    pub fn empty(&mut self, now: Instant) -> bool {
        let since = |then| now.saturating_duration_since(then);
        let again = since(self.changed) < HICCUP && !self.trying;
        if since(self.begun) < SETTLING || again || self.size >= *self.range.end() {
            return false;
        }
        self.calm = if self.trying { (self.calm * 2).min(CALM.1) } else { self.calm };
        let busy = since(self.changed) < BUSY && !self.trying;
        self.steps = if busy { (2 * self.steps).clamp(1, 4) } else { 1 };
        self.size = (self.size + self.steps * self.step).min(*self.range.end());
        (self.changed, self.trying) = (now, false);
        true
    }

    /// Whether less is kept from now on: it went well for long.
    pub fn calm(&mut self, now: Instant) -> bool {
        if self.size <= *self.range.start() || now.saturating_duration_since(self.changed) < self.calm {
            return false;
        }
        self.size = self.size.saturating_sub(self.step).max(*self.range.start());
        (self.changed, self.trying) = (now, true);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_once_per_hiccup_and_shrinks_after_calm_that_grows_with_each_failure() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut slack = Slack::new(240..=1_920, 240, start);
        assert!(!slack.empty(at(1_000)), "it settles");
        assert!(slack.empty(at(4_000)) && !slack.empty(at(4_100)) && slack.empty(at(4_300)));
        assert_eq!(slack.size(), 960, "twice as much the second time");
        assert!(!slack.calm(at(14_000)) && slack.calm(at(14_400)));
        assert!(slack.empty(at(14_410)), "a try that went wrong is taken back at once");
        assert!(!slack.calm(at(25_000)) && slack.calm(at(34_500)), "and not repeated as soon");
        assert!((0..10).map(|k| slack.empty(at(40_000 + 1_000 * k))).filter(|grew| *grew).count() == 3, "at most its range");
        assert_eq!(slack.size(), 1_920);
        slack.taken_in(2_400, at(500_000));
        assert_eq!(slack.size(), 2_400, "never less than is taken at once");
        slack.taken_in(240, at(500_000));
        assert_eq!(slack.size(), 1_920, "nor more for it than as long as that lasts");
        let mut new = Slack::new(240..=960, 240, start);
        new.taken_in(5_040, at(100));
        assert_eq!(new.size(), 960, "a device that settles takes what it likes");
    }
}

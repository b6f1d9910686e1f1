//! How much sound is kept ready for somebody who takes it at their own pace: as little as goes well.

use std::time::{Duration, Instant};

/// A stream that has just begun runs empty some times, until the device has settled.
const SETTLING: Duration = Duration::from_secs(3);
/// Running empty several times within this is one hiccup.
const HICCUP: Duration = Duration::from_millis(200);
/// After so long without a hiccup less is kept; each try that went wrong doubles it, up to the second.
const CALM: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(320));

/// A size that grows by a step when it was too small, and shrinks by one after calm.
#[derive(Debug)]
pub struct Slack {
    size: usize,
    range: std::ops::RangeInclusive<usize>,
    step: usize,
    begun: Instant,
    changed: Instant,
    /// The last change was a try with less.
    trying: bool,
    calm: Duration,
}

impl Slack {
    /// Begins with the least.
    pub fn new(range: std::ops::RangeInclusive<usize>, step: usize, now: Instant) -> Self {
        Self { size: *range.start(), range, step, begun: now, changed: now, trying: false, calm: CALM.0 }
    }

    /// How much to keep now.
    pub fn size(&self) -> usize {
        self.size
    }

    /// It is taken in pieces of this size: less than that is no use.
    pub fn taken_in(&mut self, piece: usize) {
        let least = piece.clamp(*self.range.start(), (*self.range.end()).max(piece));
        self.size = self.size.max(least);
        self.range = least..=(*self.range.end()).max(least);
    }

    /// It ran empty; whether more is kept from now on.
    pub fn empty(&mut self, now: Instant) -> bool {
        let since = |then| now.saturating_duration_since(then);
        let again = since(self.changed) < HICCUP && !self.trying;
        if since(self.begun) < SETTLING || again || self.size >= *self.range.end() {
            return false;
        }
        self.calm = if self.trying { (self.calm * 2).min(CALM.1) } else { self.calm };
        self.size = (self.size + self.step).min(*self.range.end());
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
        let mut slack = Slack::new(240..=960, 240, start);
        assert!(!slack.empty(at(1_000)), "it settles");
        assert!(slack.empty(at(4_000)) && !slack.empty(at(4_100)) && slack.empty(at(4_300)));
        assert_eq!(slack.size(), 720);
        assert!(!slack.calm(at(14_000)) && slack.calm(at(14_400)));
        assert!(slack.empty(at(14_410)), "a try that went wrong is taken back at once");
        assert!(!slack.calm(at(25_000)) && slack.calm(at(34_500)), "and not repeated as soon");
        assert!((0..10).map(|k| slack.empty(at(40_000 + 1_000 * k))).filter(|grew| *grew).count() == 2, "at most its range");
        assert_eq!(slack.size(), 960);
        slack.taken_in(1_920);
        assert_eq!(slack.size(), 1_920);
        assert!(!slack.calm(at(500_000)), "never less than is taken at once");
    }
}

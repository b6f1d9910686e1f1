//! The round trip of a path, from samples, and what it says about asking again.

use std::time::{Duration, Instant};

/// Above this no answer comes in time for a conversation.
const LONGEST: Duration = Duration::from_millis(150);
/// A round trip that is this much above its minimum … means that something queues up on the way, and what is lost there is
/// lost because too much is sent.
const QUEUE: Duration = Duration::from_millis(50);
/// … and above that, by this factor: long paths vary more.
const QUEUE_FACTOR: u32 = 2;
/// How long the minimum is remembered, at least; at most twice as long.
const MEMORY: Duration = Duration::from_secs(30);
/// After this the estimate says nothing any more.
const STALE: Duration = Duration::from_secs(10);
/// What is assumed as long as nothing is known: a packet is asked for once, so that its coming shows the round trip.
const UNKNOWN: Duration = Duration::from_millis(250);
/// After so many packets that came after more than one request, and none that came after one, it is time to wait longer
/// between requests: perhaps the round trip has grown, and each answers the request before.
const UNCLEAR: u8 = 4;
/// The most that is waited for that reason.
const MAX_VARIATION: Duration = Duration::from_millis(60);
/// Time for the other side to see the request and for the clocks' grain.
const SLACK: Duration = Duration::from_millis(10);
/// A sample above this is no round trip.
const ABSURD: Duration = Duration::from_secs(10);

/// What may be asked for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// As much as is needed.
    Freely,
    /// A little: the path is unknown, or begins to fill up.
    Sparingly,
    /// Nothing: it would come too late, or make things worse.
    No,
}

/// Smoothed round trip, its variation, and its recent minimum (after RFC 6298).
#[derive(Debug, Clone, Default)]
pub struct RoundTrip {
    smoothed: Option<Duration>,
    variation: Duration,
    /// The least since `since`, and that of the time before.
    least: Option<Duration>,
    before: Option<Duration>,
    since: Option<Instant>,
    last: Option<Instant>,
    unclear: u8,
}

impl RoundTrip {
    /// Takes a sample.
    pub fn measured(&mut self, now: Instant, sample: Duration) {
        if sample > ABSURD {
            return;
        }
        let smoothed = match self.smoothed.filter(|_| !self.stale(now)) {
            Some(s) => {
                self.variation = (self.variation * 3 + s.abs_diff(sample)) / 4;
                (s * 3 + sample) / 4
            }
            None => {
                self.variation = sample / 4;
                sample
            }
        };
        (self.smoothed, self.last, self.unclear) = (Some(smoothed), Some(now), 0);
        if self.since.is_none_or(|since| now.saturating_duration_since(since) >= MEMORY) {
            (self.before, self.least, self.since) = (self.least, None, Some(now));
        }
        // The smoothed value: one sample that was too short (a packet that had only been overtaken) proves nothing.
        self.least = Some(self.least.map_or(smoothed, |l| l.min(smoothed)));
    }

    /// A packet came after several requests: nobody knows which of them it answers (Karn's problem).
    pub fn unclear(&mut self) {
        self.unclear += 1;
        if self.unclear >= UNCLEAR {
            self.unclear = 0;
            self.variation = (2 * self.variation + SLACK / 2).min(MAX_VARIATION);
        }
    }

    /// The smoothed value; `None` as long as nothing is known.
    pub fn smoothed(&self) -> Option<Duration> {
        self.smoothed
    }

    /// The recent minimum.
    pub fn minimum(&self) -> Option<Duration> {
        [self.least, self.before].into_iter().flatten().min()
    }

    fn stale(&self, now: Instant) -> bool {
        self.last.is_none_or(|last| now.saturating_duration_since(last) > STALE)
    }

    /// How long after a request to ask once more.
    pub fn interval(&self) -> Duration {
        self.smoothed.map_or(UNKNOWN, |s| s + SLACK.max(2 * self.variation))
    }

    /// When an answer to a request made now is expected.
    pub fn answer(&self) -> Duration {
        self.smoothed.unwrap_or(Duration::ZERO)
    }

    /// What may be asked for.
    pub fn asking(&self, now: Instant) -> Asking {
        let (Some(smoothed), Some(minimum)) = (self.smoothed.filter(|_| !self.stale(now)), self.minimum()) else {
            return Asking::Sparingly;
        };
        let room = (QUEUE_FACTOR * minimum).max(minimum + QUEUE);
        if smoothed > LONGEST || smoothed > room {
            Asking::No
        } else if smoothed > minimum + (room - minimum) / 2 {
            Asking::Sparingly
        } else {
            Asking::Freely
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn a_path_that_is_long_or_fills_up_is_not_asked() {
        let start = Instant::now();
        let mut path = RoundTrip::default();
        assert_eq!((path.asking(start), path.interval()), (Asking::Sparingly, UNKNOWN));
        for n in 0..10 {
            path.measured(start + ms(n * 100), ms(40));
        }
        assert_eq!(path.asking(start + ms(1000)), Asking::Freely);
        assert!((ms(50)..ms(60)).contains(&path.interval()), "{:?}", path.interval());
        // A queue of 100 ms, as a bottleneck of a few packets has it.
        let mut said = Vec::new();
        for n in 10..20 {
            path.measured(start + ms(n * 100), ms(140));
            said.push(path.asking(start + ms(n * 100)));
        }
        said.dedup();
        assert_eq!(said, [Asking::Freely, Asking::Sparingly, Asking::No], "one sample says little");
        for n in 20..30 {
            path.measured(start + ms(n * 100), ms(40));
        }
        assert_eq!(path.asking(start + ms(3000)), Asking::Freely, "the queue is gone");
        let mut path = RoundTrip::default();
        path.measured(start, ms(200));
        assert_eq!(path.asking(start), Asking::No, "too far away");
        assert_eq!(path.asking(start + STALE + ms(1)), Asking::Sparingly, "who knows");
    }

    #[test]
    fn a_round_trip_that_grew_is_found_although_requests_overlap() {
        let start = Instant::now();
        let mut path = RoundTrip::default();
        (0..20).for_each(|_| path.measured(start, ms(20)));
        let asked_twice = (1..100u64).find(|_| {
            let twice = path.interval() < ms(80);
            if twice {
                path.unclear()
            } else {
                path.measured(start, ms(80))
            }
            path.smoothed().is_some_and(|s| s > ms(70))
        });
        assert!(asked_twice.is_some(), "{path:?}");
    }

    #[test]
    fn a_minimum_is_forgotten_and_nonsense_is_no_sample() {
        let start = Instant::now();
        let mut path = RoundTrip::default();
        path.measured(start, ms(10));
        path.measured(start, Duration::from_secs(4000));
        assert_eq!(path.smoothed(), Some(ms(10)));
        for second in 1..200 {
            path.measured(start + ms(second * 1000), ms(120));
        }
        assert!(path.minimum().is_some_and(|m| m > ms(119)), "we have moved to another network");
        assert_eq!(path.asking(start + ms(200_000)), Asking::Freely);
    }
}

//! When a certificate is asked for: at two thirds of its life, and after a failure later and later. Sans-IO; times are in seconds
//! since the Unix epoch.

/// The first pause after a failure. Public directories count five failures an hour.
const FIRST_PAUSE: i64 = 120;
/// The longest.
const LONGEST_PAUSE: i64 = 12 * 3600;

/// When to ask, of one server.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// From 0 to 1: so that not all servers ask at once.
    share: f64,
    failures: u32,
    not_before: i64,
}

impl Schedule {
    /// `share` is random, from 0 to 1.
    pub fn new(share: f64) -> Self {
        Self { share: share.clamp(0.0, 1.0), failures: 0, not_before: i64::MIN }
    }

    /// When to ask, having a certificate that is good between two times, or none.
    pub fn next(&self, have: Option<(i64, i64)>, now: i64) -> i64 {
        let due = have.map_or(now, |(begins, ends)| {
            let life = ends.saturating_sub(begins).max(0);
            // A twentieth of its life later at most.
            begins.saturating_add(life / 3 * 2).saturating_add(self.part(life / 20))
        });
        due.max(self.not_before)
    }

    /// It failed.
    pub fn failed(&mut self, now: i64) {
        let pause = FIRST_PAUSE.saturating_mul(1 << self.failures.min(16)).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        self.not_before = now.saturating_add(pause).saturating_add(self.part(pause / 4));
    }

    /// It worked.
    pub fn worked(&mut self) {
        (self.failures, self.not_before) = (0, i64::MIN);
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a share of some days")]
    fn part(&self, of: i64) -> i64 {
        (of as f64 * self.share) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn a_certificate_is_renewed_at_two_thirds_of_its_life_and_not_by_everybody_at_once() {
        assert_eq!(Schedule::new(0.0).next(None, 5), 5, "who has none asks at once");
        assert_eq!(Schedule::new(0.0).next(Some((0, 90 * DAY)), 5), 60 * DAY);
        assert_eq!(Schedule::new(1.0).next(Some((0, 90 * DAY)), 5), 60 * DAY + 90 * DAY / 20);
        assert!(Schedule::new(0.5).next(Some((0, 90 * DAY)), 80 * DAY) < 80 * DAY, "late is at once");
        assert_eq!(Schedule::new(7.0).next(Some((9, 3)), 0), 9);
        Schedule::new(7.0).next(Some((i64::MIN, i64::MAX)), 0);
    }

    #[test]
    fn failures_make_it_slower_and_success_ends_that() {
        let mut s = Schedule::new(0.0);
        let mut now = 0;
        let mut pauses = Vec::new();
        for _ in 0..12 {
            s.failed(now);
            pauses.push(s.next(None, now) - now);
            now += pauses[pauses.len() - 1];
        }
        assert_eq!(pauses[..4], [120, 240, 480, 960]);
        assert_eq!(pauses[11], LONGEST_PAUSE);
        assert!(
            pauses
                .iter()
                .scan(0, |at, p| {
                    *at += p;
                    Some(*at)
                })
                .filter(|at| *at < 3600)
                .count()
                < 5,
            "five an hour are too many"
        );
        let have = Some((now - 70 * DAY, now + 20 * DAY));
        assert_eq!(s.next(have, now), now, "one that is due waits for the pause and no longer");
        s.worked();
        assert_eq!(s.next(None, 7), 7);
    }
}

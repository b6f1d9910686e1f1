//! Notices that this process did not run: it was stopped (SIGSTOP), or the machine slept. Sound that is captured after such
//! a pause comes from a room that nobody expects to be heard in.

use std::time::Duration;

/// A pause longer than this is no hiccup of a busy machine: the audio thread looks every 10 ms.
pub const LIMIT: Duration = Duration::from_secs(2);

/// The detector.
#[derive(Debug, Default)]
pub struct Standstill {
    last: Option<Duration>,
}

impl Standstill {
    /// Looks at a clock that goes on while the machine sleeps; how long nothing ran, if that was too long.
    pub fn look(&mut self, now: Duration) -> Option<Duration> {
        let gap = now.saturating_sub(self.last.replace(now)?);
        (gap > LIMIT).then_some(gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hiccups_are_none_and_a_night_is_told_once() {
        let (mut s, ms) = (Standstill::default(), Duration::from_millis);
        assert_eq!([0, 10, 20, 2_020, 2_030].map(|t| s.look(ms(t))), [None; 5]);
        let night = ms(8 * 3_600_000);
        assert_eq!(s.look(night), Some(night - ms(2_030)));
        assert_eq!(s.look(night + ms(10)), None);
        assert_eq!(s.look(ms(0)), None, "a clock that goes back");
        assert!(crate::os::awake() <= crate::os::awake());
    }
}

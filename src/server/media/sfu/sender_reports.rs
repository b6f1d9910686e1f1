//! What listeners are told of the streams we send: sender reports (RFC 3550 section 6.4.1).
//!
//! A report says which RTP timestamp belongs to which moment; a listener lays a speaker's streams side by side with it, and its
//! answer gives us the round trip. The moment is time since the listener joined: the RFC allows it, and nothing is told
//! of anybody's clock. Which timestamp belongs to it only the speaker knows. So a stream is reported on once the speaker has
//! reported, and all of a speaker's streams are placed by one difference of clocks, so that they stay together.

use super::reports;
use std::time::{Duration, Instant};

/// A stream is reported on this often, if anything was sent on it.
const EVERY: Duration = Duration::from_secs(5);
/// A speaker's clock that moved by more than this was set anew.
const SET_ANEW: i64 = 1_000_000;
/// Share of a growing difference that is followed, per report: clocks drift, and one slow report is no drift.
const FOLLOW: i64 = 8;
/// An answer that took longer than this is not one.
const ABSURD: Duration = Duration::from_secs(30);

/// How a speaker's clock goes beside ours.
#[derive(Debug, Default)]
pub(crate) struct RemoteClock {
    /// Ours less theirs in microseconds, with the delay of the fastest report.
    difference: Option<i64>,
}

impl RemoteClock {
    /// When a report that comes now was made; `epoch` is the zero of our clock.
    pub(crate) fn made(&mut self, ntp: u64, epoch: Instant, now: Instant) -> Instant {
        if ntp == 0 {
            return now; // a sender without a clock (RFC 3550 section 6.4.1)
        }
        let theirs = ((ntp >> 32) * 1_000_000 + (((ntp & 0xFFFF_FFFF) * 1_000_000) >> 32)) as i64;
        let ours = i64::try_from(now.saturating_duration_since(epoch).as_micros()).unwrap_or(i64::MAX);
        let found = ours.saturating_sub(theirs);
        let difference = match self.difference {
            Some(known) if found > known && found - known < SET_ANEW => known + (found - known) / FOLLOW,
            _ => found,
        };
        self.difference = Some(difference);
        let made = u64::try_from(theirs.saturating_add(difference)).unwrap_or(0);
        (epoch + Duration::from_micros(made)).min(now)
    }
}

/// A moment of a speaker's stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Anchor {
    pub(crate) ssrc: u32,
    pub(crate) timestamp: u32,
    pub(crate) at: Instant,
}

impl Anchor {
    /// The timestamp of this moment.
    pub(crate) fn timestamp_at(&self, now: Instant) -> u32 {
        let passed = now.saturating_duration_since(self.at).as_micros() * u128::from(reports::CLOCK) / 1_000_000;
        self.timestamp.wrapping_add(passed as u32)
    }
}

/// What was sent on a stream.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    packets: u32,
    octets: u32,
    /// Packets as they were told last, and when.
    told: Option<(u32, Instant)>,
}

impl Sent {
    /// A packet with a payload of so many bytes went out.
    pub(crate) fn count(&mut self, octets: usize) {
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(octets as u32);
    }

    /// Whether there is something to report.
    pub(crate) fn due(&self, now: Instant) -> bool {
        let (packets, waited) = self.told.map_or((0, true), |(n, at)| (n, now.saturating_duration_since(at) >= EVERY));
        waited && packets != self.packets
    }

    /// Appends the report on this stream; `timestamp` is that of now.
    pub(crate) fn write(&mut self, ssrc: u32, timestamp: u32, clock: u64, now: Instant, out: &mut Vec<u8>) {
        self.told = Some((self.packets, now));
        out.extend_from_slice(&[0x80, reports::SENDER_REPORT, 0, 6]);
        out.extend_from_slice(&ssrc.to_be_bytes());
        out.extend_from_slice(&clock.to_be_bytes());
        for word in [timestamp, self.packets, self.octets] {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

/// NTP time as we tell it: since the listener joined, and never 0.
pub(crate) fn clock(joined: Instant, now: Instant) -> u64 {
    let passed = now.saturating_duration_since(joined) + Duration::from_secs(1);
    ((passed.as_secs() & 0xFFFF_FFFF) << 32) | ((u64::from(passed.subsec_nanos()) << 32) / 1_000_000_000)
}

/// The round trip that a report block shows: since our report `last`, without the time `delay` that the listener kept it, both
/// in 1/65536 s. `None`: it has heard no report, or says what cannot be.
pub(crate) fn round_trip(joined: Instant, last: u32, delay: u32, now: Instant) -> Option<Duration> {
    let passed = ((clock(joined, now) >> 16) as u32).wrapping_sub(last).wrapping_sub(delay);
    // Their clock may be a little fast.
    let units = if passed >> 31 == 1 && passed.wrapping_neg() < 66 { 0 } else { passed };
    let found = Duration::from_micros(u64::from(units) * 1_000_000 / 65_536);
    (last != 0 && found < ABSURD).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIX: u64 = 3_900_000_000 << 32;

    fn ntp(ms: u64) -> u64 {
        UNIX + ((ms / 1000) << 32) + ((ms % 1000) << 32) / 1000
    }

    #[test]
    fn reports_that_were_delayed_do_not_move_a_speakers_clock() {
        let epoch = Instant::now();
        let at = |ms| epoch + Duration::from_millis(ms);
        let mut clock = RemoteClock::default();
        let off = |made: Instant, ms: u64| made.max(at(ms)).duration_since(made.min(at(ms)));
        assert_eq!(clock.made(ntp(1000), epoch, at(2020)), at(2020), "20 ms on the way");
        for (n, delay) in [300, 20, 80, 45, 20, 500, 25].into_iter().enumerate() {
            let sent = 2000 + n as u64 * 1000;
            let made = clock.made(ntp(sent), epoch, at(sent + 1000 + delay));
            assert!(off(made, sent + 1020) <= Duration::from_millis(100), "{n}");
        }
        // Its clock is set by an hour.
        let made = clock.made(ntp(3_600_000), epoch, at(20_000));
        assert_eq!(off(made, 20_000), Duration::ZERO);
        assert_eq!(clock.made(0, epoch, at(21_000)), at(21_000), "no clock at all");
    }

    #[test]
    fn the_round_trip_is_what_passed_without_what_the_listener_kept() {
        let joined = Instant::now();
        let at = |ms| joined + Duration::from_millis(ms);
        let last = (clock(joined, at(70_000)) >> 16) as u32;
        let found = round_trip(joined, last, 65_536 / 2, at(70_580)).unwrap();
        assert!((found.as_secs_f64() - 0.08).abs() < 0.001, "{found:?}");
        assert_eq!(round_trip(joined, 0, 0, at(70_580)), None, "it has heard no report");
        assert_eq!(round_trip(joined, last, 65_536, at(70_580)), None, "it kept it for longer than there was");
        assert_eq!(round_trip(joined, last, 65_536 / 2, at(70_500)).map(|d| d.as_millis()), Some(0));
    }
}

//! How well one source is heard: figures of the last second, for statistics and for what the speaker is told.

use super::jitter_buffer::Counters;
use super::{SAMPLE_RATE, TICK_SAMPLES};
use crate::call::PeerId;
use std::time::{Duration, Instant};

/// A difference of transit times beyond this is a new stream or a suspended machine and no jitter.
const JUMP: Duration = Duration::from_secs(2);

/// What was heard of one participant since the last report, about a second ago.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Whom.
    pub peer: PeerId,
    /// Sound played, made-up sound included, in milliseconds.
    pub played_ms: u32,
    /// Of it, made up.
    pub concealed_ms: u32,
    /// Frames that came.
    pub received: u32,
    /// Frames that never came, or too late.
    pub lost: u32,
    /// Of those, frames whose sound came back from what later ones carried.
    pub recovered: u32,
    /// Interarrival jitter (RFC 3550, section 6.4.1), in milliseconds.
    pub jitter_ms: f32,
    /// Depth of the jitter buffer, in milliseconds.
    pub buffer_ms: u32,
}

/// Interarrival jitter as in RFC 3550, section 6.4.1 and appendix A.8.
#[derive(Debug, Default)]
struct Jitter {
    /// Arrival and RTP timestamp of the frame before.
    last: Option<(Instant, u32)>,
    seconds: f64,
}

impl Jitter {
    fn arrived(&mut self, at: Instant, timestamp: u32) {
        if let Some((before, stamp)) = self.last.replace((at, timestamp)) {
            let wall = at.saturating_duration_since(before).as_secs_f64() - before.saturating_duration_since(at).as_secs_f64();
            let media = f64::from(timestamp.wrapping_sub(stamp).cast_signed()) / f64::from(SAMPLE_RATE);
            let difference = (wall - media).abs();
            if difference <= JUMP.as_secs_f64() {
                self.seconds += (difference - self.seconds) / 16.0;
            }
        }
    }
}

/// Keeps the books of one source.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    jitter: Jitter,
    before: Counters,
    ticks: u32,
}

impl Hearing {
    /// A frame came.
    pub(super) fn arrived(&mut self, at: Instant, timestamp: u32) {
        self.jitter.arrived(at, timestamp);
    }

    /// 10 ms were taken, and there was something to play.
    pub(super) fn played(&mut self) {
        self.ticks += 1;
    }

    /// What is to be told, if anything happened since the last time.
    pub(super) fn report(&mut self, peer: &PeerId, now: Counters, buffer_ms: u32) -> Option<Heard> {
        let ticks = std::mem::take(&mut self.ticks);
        let before = std::mem::replace(&mut self.before, now);
        let since = |now: u64, before: u64| u32::try_from(now.saturating_sub(before)).unwrap_or(u32::MAX);
        let (received, lost) = (since(now.received, before.received), since(now.lost, before.lost));
        if ticks == 0 && received == 0 && lost == 0 {
            return None;
        }
        let per_ms = SAMPLE_RATE / 1000;
        Some(Heard {
            peer: peer.clone(),
            played_ms: ticks.saturating_mul(TICK_SAMPLES as u32 / per_ms),
            concealed_ms: since(now.concealed, before.concealed) / per_ms,
            received,
            lost,
            recovered: since(now.recovered, before.recovered),
            jitter_ms: (self.jitter.seconds * 1000.0) as f32,
            buffer_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_that_of_rfc_3550() {
        let start = Instant::now();
        let run = |late: fn(u64) -> u64, from: u32| {
            let mut jitter = Jitter::default();
            for n in 0..400u64 {
                jitter.arrived(start + Duration::from_millis(20 * n + late(n)), from.wrapping_add(960 * n as u32));
            }
            jitter.seconds * 1000.0
        };
        assert!(run(|_| 0, 0) < 1e-9);
        assert!(run(|_| 70, u32::MAX - 9600) < 1e-9, "a constant delay is no jitter, also where timestamps wrap");
        // Each frame 10 ms later or earlier than the one before: the mean difference is 10 ms.
        let alternating = run(|n| 10 * (n % 2), 0);
        assert!((alternating - 10.0).abs() < 0.01, "{alternating}");
        let mut jitter = Jitter::default();
        jitter.arrived(start, 0);
        jitter.arrived(start + Duration::from_millis(20), 1_000_000_000);
        assert!(jitter.seconds.abs() < 1e-9, "a jump of the stream is none either");
    }

    #[test]
    fn a_report_tells_the_last_second_only_and_silence_tells_nothing() {
        let peer = PeerId("a".into());
        let mut hearing = Hearing::default();
        assert_eq!(hearing.report(&peer, Counters::default(), 0), None);
        (0..100).for_each(|_| hearing.played());
        let one = Counters { received: 45, lost: 5, recovered: 3, concealed: 1920, ..Counters::default() };
        let heard = hearing.report(&peer, one, 60).unwrap();
        assert_eq!((heard.played_ms, heard.concealed_ms, heard.received), (1000, 40, 45));
        assert_eq!((heard.lost, heard.recovered, heard.buffer_ms), (5, 3, 60));
        assert_eq!(hearing.report(&peer, one, 60), None);
        let two = Counters { received: 95, ..one };
        let heard = hearing.report(&peer, two, 60).unwrap();
        assert_eq!((heard.received, heard.lost, heard.concealed_ms), (50, 0, 0));
    }
}

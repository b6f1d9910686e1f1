//! Which packets have arrived, and their place in time.

use super::delay::samples_between;
use crate::audio::SAMPLE_RATE;
use crate::backend::Frame;
use std::time::Instant;

/// A sequence number that is further away than this belongs to another stream.
const SEQUENCE_JUMP: u64 = 1000;
/// So does a timestamp that is further away from the wall clock than this, in samples (2 s).
const TIME_JUMP: i64 = 2 * SAMPLE_RATE as i64;

/// The newest packet by sequence number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Newest {
    pub(super) sequence: u64,
    timestamp: u32,
    time: i64,
    /// Media time at which its sound ends.
    pub(super) end: i64,
    arrived: Instant,
    /// Bit n: `sequence - n` has arrived.
    seen: u128,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    pub(super) newest: Option<Newest>,
}

impl Arrivals {
    /// Whether a frame cannot belong to the stream that arrived so far.
    pub(super) fn is_another_stream(&self, frame: &Frame) -> bool {
        let Some(n) = self.newest else { return false };
        let media = i64::from(frame.timestamp.wrapping_sub(n.timestamp).cast_signed());
        let wall = samples_between(n.arrived, frame.arrived);
        frame.sequence.abs_diff(n.sequence) > SEQUENCE_JUMP || (media - wall).abs() > TIME_JUMP
    }

    /// Media time of a frame: timestamps that do not wrap.
    pub(super) fn time(&self, frame: &Frame) -> i64 {
        self.newest.map_or(0, |n| n.time + i64::from(frame.timestamp.wrapping_sub(n.timestamp).cast_signed()))
    }

    /// Remembers an arrival; `false` if this sequence number had arrived already, or is too old to tell.
    pub(super) fn note(&mut self, frame: &Frame, time: i64, duration: i64) -> bool {
        let seen = match self.newest {
            Some(ref mut n) if frame.sequence <= n.sequence => {
                let bit = 1u128.checked_shl((n.sequence - frame.sequence) as u32).unwrap_or(0);
                let fresh = bit != 0 && n.seen & bit == 0;
                n.seen |= bit;
                return fresh;
            }
            Some(n) => n.seen.checked_shl((frame.sequence - n.sequence) as u32).unwrap_or(0) | 1,
            None => 1,
        };
        let (sequence, timestamp, arrived) = (frame.sequence, frame.timestamp, frame.arrived);
        self.newest = Some(Newest { sequence, timestamp, time, end: time + duration, arrived, seen });
        true
    }
}

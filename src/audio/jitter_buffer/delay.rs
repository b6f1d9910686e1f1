//! How long to wait for packets: the spread of their transit times.
//!
//! The relative transit time of a packet is its arrival minus its media time; clocks of sender and receiver differ, so
//! only differences mean something. The wanted delay is the 97 % quantile of the last 100, over the fastest of them,
//! plus 10 ms: measured against other rules in `facts/audio.md`.

use crate::audio::SAMPLE_RATE;
use std::time::{Duration, Instant};

/// Packets remembered: 2 s of 20 ms packets.
const WINDOW: usize = 100;
/// Share of packets that shall arrive in time.
const QUANTILE: f64 = 0.97;
/// Added to the quantile, in samples (10 ms): sound is taken in steps of 10 ms.
const MARGIN: i64 = SAMPLE_RATE as i64 / 100;

/// From `a` to `b` in samples; negative if `b` is earlier.
pub(super) fn samples_between(a: Instant, b: Instant) -> i64 {
    let samples = |d: Duration| (d.as_secs_f64() * f64::from(SAMPLE_RATE)) as i64;
    match b.checked_duration_since(a) {
        Some(later) => samples(later),
        None => -samples(a.saturating_duration_since(b)),
    }
}

#[derive(Debug)]
pub(super) struct Delay {
    ceiling: i64,
    epoch: Option<Instant>,
    transit: [i64; WINDOW],
    len: usize,
    at: usize,
    fastest: i64,
    wanted: i64,
}

impl Delay {
    pub(super) fn new(ceiling: Duration) -> Self {
        let ceiling = (ceiling.as_secs_f64() * f64::from(SAMPLE_RATE)) as i64;
        Self { ceiling, epoch: None, transit: [0; WINDOW], len: 0, at: 0, fastest: 0, wanted: MARGIN }
    }

    /// Forgets all packets.
    pub(super) fn clear(&mut self) {
        (self.len, self.at, self.fastest, self.wanted) = (0, 0, 0, MARGIN);
    }

    /// Takes a packet's arrival and media time; returns when it would have arrived at the best transit time.
    pub(super) fn arrival(&mut self, arrived: Instant, time: i64) -> Instant {
        let epoch = *self.epoch.get_or_insert(arrived);
        let transit = samples_between(epoch, arrived) - time;
        if let Some(slot) = self.transit.get_mut(self.at) {
            *slot = transit;
        }
        self.at = (self.at + 1) % WINDOW;
        self.len = (self.len + 1).min(WINDOW);

        let mut sorted = self.transit;
        if let Some(window) = sorted.get_mut(..self.len) {
            window.sort_unstable();
            let quantile = ((self.len - 1) as f64 * QUANTILE) as usize;
            self.fastest = window.first().copied().unwrap_or(transit);
            let spread = window.get(quantile).copied().unwrap_or(transit) - self.fastest;
            self.wanted = (spread + MARGIN).min(self.ceiling);
        }
        // Never long before the real arrival: a wild packet must not turn time back.
        let ahead = (transit - self.fastest).clamp(0, self.ceiling);
        arrived.checked_sub(duration(ahead)).unwrap_or(arrived)
    }

    /// How long a packet waits that took the best transit time.
    pub(super) fn wanted(&self) -> Duration {
        duration(self.wanted)
    }

    pub(super) fn wanted_samples(&self) -> i64 {
        self.wanted
    }
}

fn duration(samples: i64) -> Duration {
    Duration::from_micros(samples.max(0) as u64 * 1_000_000 / u64::from(SAMPLE_RATE))
}

//! The audio thread's end of a microphone: 10 ms at a time, whatever the sizes of the callbacks, and never far behind.

use super::Health;
use crate::audio::TICK_SAMPLES;
use rtrb::Consumer;
use std::sync::Arc;

/// More captured sound than this is not waited for (100 ms), unless the device gives more than that at once.
const MAX_BACKLOG: usize = 4_800;
/// How often the backlog is judged, in ticks: once a second.
const JUDGE_EVERY: usize = 100;
/// What should be left when 10 ms were taken, in samples: at first 2.5 ms, at most 20 ms.
const MARGIN: std::ops::RangeInclusive<usize> = 120..=960;
/// The backlog may be larger than the margin by this: 2.5 ms.
const TOLERANCE: usize = 120;
/// Judgements without a lack after which the margin is made smaller.
const CALM: u32 = 20;
/// Samples in which the sound before a cut turns into the sound after it: 5 ms.
const FADE: usize = 240;

/// See the module.
#[derive(Debug)]
pub struct Rechunk {
    ring: Consumer<f32>,
    health: Arc<Health>,
    /// The smallest backlog lately: what was never needed.
    least: usize,
    ticks: u32,
    /// What should be left after a tick.
    margin: usize,
    /// Something was missing lately.
    lacked: bool,
    calm: u32,
    /// Samples to be left out at the next tick.
    cut: usize,
}

impl Rechunk {
    pub(super) fn new(ring: Consumer<f32>, health: Arc<Health>) -> Self {
        Self { ring, health, least: usize::MAX, ticks: 0, margin: *MARGIN.start(), lacked: false, calm: 0, cut: 0 }
    }

    /// Takes 10 ms; `false` if they are not there yet.
    pub fn read(&mut self, out: &mut [f32; TICK_SAMPLES]) -> bool {
        let stored = self.ring.slots();
        if stored > MAX_BACKLOG.max(2 * self.health.usual()) {
            self.discard(stored - 2 * TICK_SAMPLES);
        }
        let stored = self.ring.slots();
        let got = stored >= TICK_SAMPLES;
        if got {
            let cut = std::mem::take(&mut self.cut).min(stored - TICK_SAMPLES);
            self.take(out, cut);
            self.least = self.least.min(self.ring.slots());
        } else {
            self.lacked |= self.health.callbacks() > 0;
            self.least = 0;
        }
        self.ticks += 1;
        // Between two giant callbacks the backlog is large by nature.
        if self.ticks as usize >= JUDGE_EVERY.max(2 * self.health.usual() / TICK_SAMPLES) {
            self.judge();
        }
        got
    }

    /// The microphone's clock is faster than the loudspeaker's, or there was a hiccup: be less late. A margin that was too
    /// small is made larger.
    fn judge(&mut self) {
        if self.lacked {
            (self.margin, self.calm) = ((2 * self.margin).min(*MARGIN.end()), 0);
        } else {
            self.calm += 1;
            if self.calm >= CALM {
                (self.margin, self.calm) = ((self.margin / 2).max(*MARGIN.start()), 0);
            }
            let beyond = self.least.saturating_sub(self.margin);
            if beyond > TOLERANCE {
                self.cut = beyond.min(TICK_SAMPLES);
            }
        }
        (self.least, self.ticks, self.lacked) = (usize::MAX, 0, false);
    }

    /// Takes 10 ms and leaves so much out, without a click.
    fn take(&mut self, out: &mut [f32; TICK_SAMPLES], cut: usize) {
        out.fill_with(|| self.ring.pop().unwrap_or(0.0));
        if cut == 0 {
            return;
        }
        let mut sound = [0.0; 2 * TICK_SAMPLES];
        let (before, after) = sound.split_at_mut(TICK_SAMPLES);
        before.copy_from_slice(out);
        after.iter_mut().take(cut).for_each(|s| *s = self.ring.pop().unwrap_or(0.0));
        let later = sound.iter().skip(cut);
        for (i, (o, later)) in out.iter_mut().zip(later).enumerate() {
            let weight = (i as f32 / FADE as f32).min(1.0);
            *o = *o * (1.0 - weight) + later * weight;
        }
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.discard(self.ring.slots());
        (self.least, self.ticks, self.cut) = (usize::MAX, 0, 0);
    }

    fn discard(&mut self, samples: usize) {
        for _ in 0..samples {
            let _ = self.ring.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::CaptureRing;
    use super::*;

    /// A tone, whose steps from sample to sample are small.
    fn give(next: &mut f32, n: usize, callback: &mut CaptureRing) {
        callback.write((0..n).map(|_| {
            *next += 1.0;
            (*next * 0.02).sin() * 0.5
        }));
    }

    #[test]
    fn any_callback_sizes_become_10_ms_and_nothing_is_lost() {
        let (mut callback, mut thread) = CaptureRing::new(Arc::default());
        let mut out = [0.0; TICK_SAMPLES];
        let counts = |from: usize, n: usize| (from..from + n).map(|i| i as f32 / 48_000.0);
        callback.write(counts(0, 24));
        assert!(!thread.read(&mut out));
        callback.write(counts(24, 700));
        assert!(thread.read(&mut out) && out[0] == 0.0 && out[479] == 479.0 / 48_000.0);
        callback.write(counts(724, 236));
        assert!(thread.read(&mut out) && out[0] == 480.0 / 48_000.0 && out[479] == 959.0 / 48_000.0);
        assert!(!thread.read(&mut out));
    }

    #[test]
    fn a_backlog_that_is_not_needed_goes_without_a_click() {
        let (mut callback, mut thread) = CaptureRing::new(Arc::default());
        let (mut next, mut out, mut last) = (0.0, [0.0; TICK_SAMPLES], None::<f32>);
        give(&mut next, 4 * TICK_SAMPLES, &mut callback);
        for _ in 0..600 {
            assert!(thread.read(&mut out));
            for s in out {
                assert!(last.is_none_or(|l| (l - s).abs() < 0.03), "a click: {last:?} {s}");
                last = Some(s);
            }
            give(&mut next, TICK_SAMPLES, &mut callback);
        }
        let left = thread.ring.slots() - TICK_SAMPLES;
        assert!(left <= MARGIN.start() + TOLERANCE, "{left} samples wait for nothing");
    }

    #[test]
    fn a_microphone_that_stutters_gets_a_larger_margin_and_no_more_lacks() {
        let (mut callback, mut thread) = CaptureRing::new(Arc::default());
        let (mut next, mut out, mut lacks) = (0.0, [0.0; TICK_SAMPLES], Vec::new());
        // Each second a callback comes 10 ms late.
        for tick in 0..3_000 {
            match tick % 100 {
                50 => {}
                51 => give(&mut next, 2 * TICK_SAMPLES, &mut callback),
                _ => give(&mut next, TICK_SAMPLES, &mut callback),
            }
            if !thread.read(&mut out) {
                lacks.push(tick);
            }
        }
        assert!((1..8).contains(&lacks.len()), "{lacks:?}");
    }

    #[test]
    fn a_backlog_of_seconds_is_dropped_and_giant_callbacks_are_played_whole() {
        let (mut callback, mut thread) = CaptureRing::new(Arc::default());
        let (mut next, mut out) = (0.0, [0.0; TICK_SAMPLES]);
        for _ in 0..20 {
            give(&mut next, TICK_SAMPLES, &mut callback);
        }
        assert!(thread.read(&mut out));
        assert!(thread.ring.slots() <= 2 * TICK_SAMPLES);

        let (mut callback, mut thread) = CaptureRing::sized(Arc::default(), 384_000);
        let mut played = 0;
        for tick in 0..1_000 {
            if tick % 200 == 0 {
                give(&mut next, 96_000, &mut callback);
            }
            played += usize::from(thread.read(&mut out)) * TICK_SAMPLES;
        }
        assert!(played >= 4 * 96_000, "all but the first, which may have been a hiccup: {played}");
    }
}

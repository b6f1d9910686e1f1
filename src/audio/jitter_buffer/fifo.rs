//! Decoded sound on its way out, with the little of the past that stretching needs, and where each sample came from.

use super::stretch::{self, FADE, LAG_MAX};
use crate::audio::TICK_SAMPLES;
use crate::audio::codec::MAX_PACKET_SAMPLES;
use std::collections::VecDeque;

/// How much of what was played is kept.
const PAST: usize = 2 * LAG_MAX;
/// Into a sound that does not continue the one before: 5 ms.
const JOIN: usize = TICK_SAMPLES / 2;

/// See the module.
#[derive(Debug)]
pub(super) struct Fifo {
    /// `PAST` samples that were played, then what waits.
    sound: Vec<f32>,
    /// How many samples of `sound` were played.
    played: usize,
    /// Runs of samples of one origin: how many, and whether they were decoded.
    runs: VecDeque<(usize, bool)>,
    scratch: Vec<f32>,
}

impl Default for Fifo {
    fn default() -> Self {
        let mut sound = Vec::with_capacity(PAST + 3 * MAX_PACKET_SAMPLES);
        sound.resize(PAST, 0.0);
        Self { sound, played: PAST, runs: VecDeque::new(), scratch: Vec::new() }
    }
}

impl Fifo {
    /// Samples that wait.
    pub(super) fn len(&self) -> usize {
        self.sound.len() - self.played
    }

    /// Forgets what waits, not what was heard.
    pub(super) fn clear(&mut self) {
        self.sound.truncate(self.played);
        self.runs.clear();
    }

    fn past(&self) -> &[f32] {
        self.sound.get(..self.played).unwrap_or(&[])
    }

    fn future(&self) -> &[f32] {
        self.sound.get(self.played..).unwrap_or(&[])
    }

    /// Adds sound at the end; `decoded` or made up.
    pub(super) fn append(&mut self, sound: &[f32], decoded: bool) {
        self.sound.extend_from_slice(sound);
        self.run(sound.len(), decoded);
    }

    fn run(&mut self, samples: usize, decoded: bool) {
        match self.runs.back_mut() {
            Some((n, same)) if *same == decoded => *n += samples,
            _ => self.runs.push_back((samples, decoded)),
        }
    }

    /// Adds decoded `sound` after something made up, of which `bridge` is the continuation: where both resemble each
    /// other most, one is cross-faded into the other. Returns how many samples the bridge added.
    pub(super) fn join(&mut self, bridge: &[f32], sound: &[f32]) -> usize {
        let n = JOIN.min(sound.len()).min(bridge.len());
        let (Some(head), Some(tail)) = (sound.get(..n), sound.get(n..)) else { return 0 };
        let start = (0..=bridge.len() - n)
            .step_by(2)
            .map(|at| (at, stretch::correlation(head, bridge.get(at..at + n).unwrap_or(&[]))))
            // The first of equals: a bridge of silence adds nothing.
            .fold((0, f32::MIN), |best, this| if this.1 > best.1 + 1e-3 { this } else { best });
        self.append(bridge.get(..start.0).unwrap_or(&[]), false);
        let mut faded = std::mem::take(&mut self.scratch);
        faded.clear();
        stretch::cross_fade(bridge.get(start.0..).unwrap_or(&[]).get(..n).unwrap_or(&[]), head, start.1, &mut faded);
        self.append(&faded, true);
        self.scratch = faded;
        self.append(tail, true);
        start.0
    }

    /// Takes 10 ms out; `true` if any of it was decoded. The caller has seen to it that they are there.
    pub(super) fn take(&mut self, out: &mut [f32; TICK_SAMPLES]) -> bool {
        let waiting = self.future();
        let n = waiting.len().min(TICK_SAMPLES);
        for (i, o) in out.iter_mut().enumerate() {
            *o = waiting.get(i).copied().unwrap_or(0.0);
        }
        self.played += n;
        if self.played > PAST + 2 * MAX_PACKET_SAMPLES || self.played == self.sound.len() {
            self.sound.drain(..self.played - PAST);
            self.played = PAST;
        }
        self.forget(n)
    }

    /// What is heard instead while nothing waits: it becomes the past.
    pub(super) fn heard(&mut self, sound: &[f32]) {
        if self.len() == 0 {
            self.sound.extend_from_slice(sound);
            self.sound.drain(..self.sound.len() - PAST);
            self.played = PAST;
        }
    }

    fn forget(&mut self, mut samples: usize) -> bool {
        let mut any = false;
        while samples > 0
            && let Some((n, decoded)) = self.runs.front_mut()
        {
            any |= *decoded;
            let taken = samples.min(*n);
            *n -= taken;
            samples -= taken;
            if *n == 0 {
                self.runs.pop_front();
            }
        }
        any
    }

    /// Mean square of the next 10 ms.
    pub(super) fn energy(&self) -> f32 {
        let next = self.future();
        let next = next.get(..TICK_SAMPLES.min(next.len())).unwrap_or(&[]);
        next.iter().map(|s| s * s).sum::<f32>() / next.len().max(1) as f32
    }

    /// Whether the next `samples` are there and each 10 ms of them is quieter than `level`.
    pub(super) fn is_below(&self, level: f32, samples: usize) -> bool {
        let next = self.future().get(..samples);
        next.is_some_and(|next| {
            next.chunks(TICK_SAMPLES).all(|c| c.iter().map(|s| s * s).sum::<f32>() < level * TICK_SAMPLES as f32)
        })
    }

    /// Removes `samples`, whatever they are, if a tick more than that waits; returns how many.
    pub(super) fn cut(&mut self, samples: usize) -> usize {
        if samples == 0 || self.len() < samples + TICK_SAMPLES {
            return 0;
        }
        self.remove(samples, 0.0);
        samples
    }

    /// Removes at most `longest` samples where the sound resembles itself by at least `alike`; returns how many.
    pub(super) fn shorten(&mut self, longest: usize, alike: f32) -> usize {
        let Some(m) = stretch::match_ahead(self.future(), longest).filter(|m| m.alike >= alike) else { return 0 };
        self.remove(m.lag, m.alike);
        m.lag
    }

    fn remove(&mut self, samples: usize, alike: f32) {
        let mut faded = std::mem::take(&mut self.scratch);
        faded.clear();
        let future = self.future();
        stretch::cross_fade(future.get(..FADE).unwrap_or(&[]), future.get(samples..).unwrap_or(&[]), alike, &mut faded);
        let from = self.played;
        self.sound.drain(from..from + samples);
        if let Some(place) = self.sound.get_mut(from..from + faded.len()) {
            place.copy_from_slice(&faded);
        }
        self.scratch = faded;
        self.forget(samples);
    }

    /// Adds at most `longest` samples where the sound resembles the past by at least `alike`; returns how many.
    pub(super) fn lengthen(&mut self, longest: usize, alike: f32) -> usize {
        let Some(m) = stretch::match_behind(self.past(), self.future(), longest).filter(|m| m.alike >= alike) else { return 0 };
        self.repeat(m.lag, m.alike);
        m.lag
    }

    /// Repeats the last `samples`, whatever they are, if a tick waits; returns how many were added.
    pub(super) fn insert(&mut self, samples: usize) -> usize {
        if samples == 0 || samples > PAST || self.len() < FADE {
            return 0;
        }
        self.repeat(samples, 0.0);
        samples
    }

    fn repeat(&mut self, samples: usize, alike: f32) {
        let mut longer = std::mem::take(&mut self.scratch);
        longer.clear();
        let from = self.played;
        let back = self.sound.get(from - samples..).unwrap_or(&[]);
        stretch::cross_fade(self.future().get(..FADE).unwrap_or(&[]), back, alike, &mut longer);
        longer.extend_from_slice(back.get(FADE..).unwrap_or(&[]));
        self.sound.truncate(from);
        self.sound.extend_from_slice(&longer);
        self.scratch = longer;
        match self.runs.front_mut() {
            Some((n, _)) => *n += samples,
            None => self.runs.push_back((samples, true)),
        }
    }
}

//! How loud the own microphone is: written by the audio thread every 10 ms, read by whoever asks. Nothing is kept but two
//! numbers, and nothing is emitted: a front end that shows no meter costs nothing.

use super::TICK_SAMPLES;
use super::loudness::Loudness;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// What digital silence is called, in dBFS.
pub const FLOOR: f32 = -100.0;
/// Ticks whose energy is averaged: 400 ms, the window of momentary loudness (EBU Tech 3341).
const WINDOW: usize = 40;
/// How long the loudest of those windows counts, in ticks: 3 s, so that a question between two words is answered.
const REMEMBER: u32 = 300;
/// How fast the meter falls, in dB per tick: 20 dB/s, slow enough to be read (IEC 60268-10 has 13 to 24).
const FALL: f32 = 0.2;

/// A level as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// The loudest 400 ms of the last 3 s, in dBFS (RMS), from [`FLOOR`] to 0.
    pub loudness: f32,
    /// What a meter shows now: the highest sample, falling at 20 dB/s, in dBFS.
    pub peak: f32,
}

impl Level {
    /// Nothing at all.
    pub const SILENT: Self = Self { loudness: FLOOR, peak: FLOOR };

    /// In one word.
    pub fn words(self) -> &'static str {
        Loudness::of(self.loudness).word()
    }
}

/// Where the audio thread leaves the present level.
#[derive(Debug, Clone)]
pub struct Meter(Arc<[AtomicU32; 2]>);

impl Default for Meter {
    fn default() -> Self {
        Self(Arc::new([FLOOR, FLOOR].map(|level| AtomicU32::new(level.to_bits()))))
    }
}

impl Meter {
    /// The level now.
    pub fn level(&self) -> Level {
        let [loudness, peak] = &*self.0;
        Level { loudness: f32::from_bits(loudness.load(Relaxed)), peak: f32::from_bits(peak.load(Relaxed)) }
    }

    fn set(&self, level: Level) {
        let [loudness, peak] = &*self.0;
        loudness.store(level.loudness.to_bits(), Relaxed);
        peak.store(level.peak.to_bits(), Relaxed);
    }
}

/// Measures; the audio thread's end.
#[derive(Debug)]
pub struct Measure {
    meter: Meter,
    energies: VecDeque<f32>,
    loudest: f32,
    /// Ticks since it was so loud.
    age: u32,
    peak: f32,
}

impl Measure {
    /// Writes to a meter.
    pub fn new(meter: Meter) -> Self {
        Self { meter, energies: VecDeque::with_capacity(WINDOW), loudest: FLOOR, age: 0, peak: FLOOR }
    }

    /// Takes 10 ms, or that the microphone gave nothing.
    pub fn tick(&mut self, captured: Option<&[f32; TICK_SAMPLES]>) {
        let (mut energy, mut peak) = (0.0, 0.0f32);
        for s in captured.into_iter().flatten().filter(|s| s.is_finite()) {
            energy += s * s;
            peak = peak.max(s.abs());
        }
        if self.energies.len() == WINDOW {
            self.energies.pop_front();
        }
        self.energies.push_back(energy / TICK_SAMPLES as f32);
        // Over the whole window, also while it fills: one knock is no speech.
        let now = dbfs((self.energies.iter().sum::<f32>() / WINDOW as f32).sqrt());
        self.age += 1;
        if now >= self.loudest || self.age > REMEMBER {
            (self.loudest, self.age) = (now, 0);
        }
        self.peak = dbfs(peak).max(self.peak - FALL);
        self.meter.set(Level { loudness: self.loudest, peak: self.peak });
    }
}

/// An amplitude in dB below full scale.
pub fn dbfs(amplitude: f32) -> f32 {
    (20.0 * amplitude.log10()).clamp(FLOOR, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(measure: &mut Measure, ticks: usize, amplitude: f32) -> Level {
        for _ in 0..ticks {
            measure.tick(Some(&[amplitude; TICK_SAMPLES]));
        }
        measure.meter.level()
    }

    #[test]
    fn speech_is_remembered_for_three_seconds_and_the_meter_falls() {
        let mut m = Measure::new(Meter::default());
        assert_eq!((run(&mut m, 10, 0.0), m.meter.level().words()), (Level::SILENT, "silent"));
        let level = run(&mut m, 40, 0.05);
        assert!((level.loudness + 26.0).abs() < 0.1 && level.words() == "good", "{level:?}");
        assert!((level.peak + 26.0).abs() < 0.1, "{level:?}");
        let pause = run(&mut m, 200, 0.0);
        assert_eq!(pause.words(), "good", "a pause between sentences");
        assert!((pause.peak + 66.0).abs() < 0.5, "{pause:?}");
        assert_eq!(run(&mut m, 200, 0.0).words(), "silent");
    }

    #[test]
    fn words_say_what_to_do_about_it() {
        let of = |amplitude| run(&mut Measure::new(Meter::default()), 40, amplitude).words();
        assert_eq!([0.9, 0.1, 0.008, 0.0005, 0.0].map(of), ["loud", "good", "quiet", "silent", "silent"]);
    }

    #[test]
    fn what_a_broken_device_gives_is_no_level() {
        let mut m = Measure::new(Meter::default());
        m.tick(Some(&[f32::NAN; TICK_SAMPLES]));
        m.tick(Some(&[f32::INFINITY; TICK_SAMPLES]));
        m.tick(Some(&[1e30; TICK_SAMPLES]));
        let level = m.meter.level();
        assert!(level.loudness <= 0.0 && level.peak <= 0.0, "{level:?}");
        m.tick(None);
        assert!(m.meter.level().peak < 0.0);
    }
}

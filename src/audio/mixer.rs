//! Adds many speakers up and keeps the sum from clipping.

use super::TICK_SAMPLES;
use opus::{Channels, SoftClip};

/// Peaks stay below this; one speaker who is quieter than it passes untouched.
const CEILING: f32 = 0.95;
/// How fast the gain comes back, per tick of 10 ms: 6 dB in about half a second.
const RELEASE: f32 = 1.014;

/// The sum of one tick, and the limiter behind it.
#[derive(Debug)]
pub struct Mixer {
    gain: f32,
    clip: SoftClip,
}

impl Default for Mixer {
    fn default() -> Self {
        Self { gain: 1.0, clip: SoftClip::new(Channels::Mono) }
    }
}

impl Mixer {
    /// Adds one speaker to the sum; `volume` 1 = as sent.
    pub fn add(sum: &mut [f32; TICK_SAMPLES], sound: &[f32; TICK_SAMPLES], volume: f32) {
        for (s, x) in sum.iter_mut().zip(sound) {
            *s += x * volume;
        }
    }

    /// Brings the sum below full scale: the gain ramps within this tick, and the few samples that stand out before the
    /// ramp is through are bent softly.
    pub fn limit(&mut self, sum: &mut [f32; TICK_SAMPLES]) {
        let peak = sum.iter().fold(0.0f32, |p, s| p.max(s.abs()));
        let wanted = if peak > CEILING { CEILING / peak } else { 1.0 };
        let (from, to) = (self.gain, wanted.min(self.gain * RELEASE));
        self.gain = to;
        if from < 1.0 || to < 1.0 {
            // Down within 1 ms, up over the whole tick.
            let ramp = if to < from { 48.0 } else { TICK_SAMPLES as f32 };
            for (i, s) in sum.iter_mut().enumerate() {
                *s *= from + (to - from) * ((i + 1) as f32 / ramp).min(1.0);
            }
            self.clip.apply(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32, hertz: f32, tick: usize) -> [f32; TICK_SAMPLES] {
        std::array::from_fn(|i| amplitude * ((tick * TICK_SAMPLES + i) as f32 * hertz * std::f32::consts::TAU / 48_000.0).sin())
    }

    #[test]
    fn one_speaker_passes_untouched() {
        let mut mixer = Mixer::default();
        for tick in 0..50 {
            let sound = tone(0.9, 300.0, tick);
            let mut sum = [0.0; TICK_SAMPLES];
            Mixer::add(&mut sum, &sound, 1.0);
            mixer.limit(&mut sum);
            assert_eq!(sum, sound);
        }
    }

    #[test]
    fn thirty_loud_speakers_never_exceed_full_scale_and_the_gain_recovers() {
        let mut mixer = Mixer::default();
        for tick in 0..100 {
            let mut sum = [0.0; TICK_SAMPLES];
            for k in 0..30 {
                Mixer::add(&mut sum, &tone(0.8, 150.0 + 37.0 * k as f32, tick), 1.0);
            }
            mixer.limit(&mut sum);
            assert!(sum.iter().all(|s| s.abs() <= 1.0), "tick {tick}");
        }
        let mut quiet = tone(0.5, 300.0, 0);
        for tick in 0..300 {
            quiet = tone(0.5, 300.0, tick);
            mixer.limit(&mut quiet);
        }
        assert_eq!(quiet, tone(0.5, 300.0, 299));
    }
}

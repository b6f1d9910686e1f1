//! Whether there is a voice in the sound: a small neural network (earshot) that wants 16 kHz.

use crate::audio::TICK_SAMPLES;
use earshot::Detector;

/// Samples at 48 kHz for each one at 16 kHz.
const RATIO: usize = 3;
/// Length of the low-pass filter before every third sample is taken: 2 ms on either side.
const TAPS: usize = 97;
/// Where it begins to cut, as a share of 48 kHz: 7 kHz, so that above 8 kHz nothing folds back.
const CUT: f32 = 7_000.0 / 48_000.0;
/// Samples that the network takes at once: 16 ms at 16 kHz.
const FRAME: usize = 256;
/// Above this it is a voice.
const VOICE: f32 = 0.5;

/// See the module.
pub(super) struct Voice {
    detector: Box<Detector>,
    filter: [f32; TAPS],
    /// The end of the last tick, then the present one.
    history: [f32; TAPS - 1 + TICK_SAMPLES],
    frame: [f32; FRAME],
    filled: usize,
    heard: bool,
}

impl std::fmt::Debug for Voice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Voice").field("heard", &self.heard).finish_non_exhaustive()
    }
}

impl Default for Voice {
    fn default() -> Self {
        Self {
            detector: Box::default(),
            filter: low_pass(),
            history: [0.0; TAPS - 1 + TICK_SAMPLES],
            frame: [0.0; FRAME],
            filled: 0,
            heard: false,
        }
    }
}

impl Voice {
    /// Takes 10 ms; the verdict is renewed every 16.
    pub(super) fn hear(&mut self, sound: &[f32; TICK_SAMPLES]) -> bool {
        self.history.copy_within(TICK_SAMPLES.., 0);
        if let Some(end) = self.history.last_chunk_mut() {
            *end = *sound;
        }
        for window in self.history.windows(TAPS).step_by(RATIO) {
            let sample: f32 = window.iter().zip(&self.filter).map(|(s, f)| s * f).sum();
            if let Some(place) = self.frame.get_mut(self.filled) {
                *place = sample.clamp(-1.0, 1.0);
            }
            self.filled += 1;
            if self.filled == FRAME {
                self.filled = 0;
                self.heard = self.detector.predict_f32(&self.frame) > VOICE;
            }
        }
        self.heard
    }
}

/// A windowed sinc (Blackman) with a gain of one.
fn low_pass() -> [f32; TAPS] {
    let middle = (TAPS - 1) as f32 / 2.0;
    let mut taps: [f32; TAPS] = std::array::from_fn(|i| {
        let x = (i as f32 - middle) * 2.0 * CUT;
        let sinc = if x == 0.0 { 1.0 } else { (std::f32::consts::PI * x).sin() / (std::f32::consts::PI * x) };
        let w = std::f32::consts::TAU * i as f32 / (TAPS - 1) as f32;
        sinc * (0.42 - 0.5 * w.cos() + 0.08 * (2.0 * w).cos())
    });
    let sum: f32 = taps.iter().sum();
    taps.iter_mut().for_each(|t| *t /= sum);
    taps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_16_khz_cannot_hold_does_not_fold_back() {
        let taps = low_pass();
        let gain = |hertz: f32| {
            let (mut re, mut im) = (0.0f32, 0.0f32);
            for (i, t) in taps.iter().enumerate() {
                let w = std::f32::consts::TAU * hertz / 48_000.0 * i as f32;
                (re, im) = (re + t * w.cos(), im + t * w.sin());
            }
            20.0 * re.hypot(im).log10()
        };
        assert!(gain(100.0).abs() < 0.1 && gain(5_500.0).abs() < 0.5, "{} {}", gain(100.0), gain(5_500.0));
        assert!((8_500..24_000).step_by(100).all(|f| gain(f as f32) < -50.0), "{}", gain(8_500.0));
    }
}

//! Brings a voice to a usual level. Behind an echo canceller it waits until that has found the echo: what is left of it at
//! first would be taken for a quiet voice and made loud.

use crate::audio::{SAMPLE_RATE, TICK_SAMPLES};
use sonora::config::{AdaptiveDigital, Config, GainController2, MaxProcessingRate, Pipeline};
use sonora::{AudioProcessing, StreamConfig};

/// The gain at the beginning, in dB: none, or the first second would be a burst of noise.
const INITIAL_DB: f32 = 0.0;
/// The most gain there is, in dB: a voice at -50 dBFS is heard, the next room is not.
const MOST_DB: f32 = 30.0;
/// What is played louder than this (mean square; -50 dBFS) may echo ...
const PLAYED: f32 = 1e-5;
/// ... so many ticks later (500 ms).
const ECHO_TICKS: u32 = 50;
/// Meanwhile, what is quieter than this behind the canceller (mean square; -45 dBFS) is not taken for a near voice.
const NEAR: f32 = 3e-5;
/// Ticks of played sound until the canceller has found its echo: 3 s.
const CONVERGED: u32 = 300;

/// See the module.
#[derive(Debug)]
pub(super) struct Gain {
    apm: Box<AudioProcessing>,
    /// Ticks in which something was played.
    played: u32,
    /// Ticks in which it may still echo.
    echo: u32,
    /// The factor of the last tick.
    factor: f32,
}

impl Default for Gain {
    fn default() -> Self {
        let adaptive = AdaptiveDigital { initial_gain_db: INITIAL_DB, max_gain_db: MOST_DB, ..AdaptiveDigital::default() };
        let config = Config {
            // No resampling: nothing but a factor and a limiter.
            pipeline: Pipeline { maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz, ..Pipeline::default() },
            gain_controller2: Some(GainController2 { adaptive_digital: Some(adaptive), ..GainController2::default() }),
            ..Config::default()
        };
        let stream = StreamConfig::new(SAMPLE_RATE, 1);
        let apm = AudioProcessing::builder().config(config).capture_config(stream).render_config(stream).build();
        Self { apm: Box::new(apm), played: 0, echo: 0, factor: 1.0 }
    }
}

impl Gain {
    /// What was handed to the loudspeaker.
    pub(super) fn played(&mut self, sound: &[f32; TICK_SAMPLES]) {
        if energy(sound) > PLAYED {
            self.played = self.played.saturating_add(1);
            self.echo = ECHO_TICKS;
        } else {
            self.echo = self.echo.saturating_sub(1);
        }
    }

    /// Takes 10 ms behind the echo canceller.
    pub(super) fn apply(&mut self, sound: &mut [f32; TICK_SAMPLES]) {
        if self.echo > 0 && (self.played < CONVERGED || energy(sound) < NEAR) {
            // As it was: nothing is learnt from what may be echo.
            for s in sound.iter_mut() {
                *s = (*s * self.factor).clamp(-1.0, 1.0);
            }
            return;
        }
        let mut out = [0.0; TICK_SAMPLES];
        if let Err(e) = self.apm.process_capture_f32(&[sound], &mut [&mut out]) {
            tracing::debug!("the level cannot be adapted: {e}");
            return;
        }
        let before = energy(sound);
        if before > 1e-9 {
            self.factor = (energy(&out) / before).sqrt().clamp(0.1, 32.0);
        }
        *sound = out;
    }
}

fn energy(sound: &[f32; TICK_SAMPLES]) -> f32 {
    sound.iter().map(|s| s * s).sum::<f32>() / TICK_SAMPLES as f32
}

//! How loud a microphone is, as a number and as a word that says what to do.

use super::TICK_SAMPLES;

/// At or above this a sample counts as cut off.
const FULL: f32 = 0.985;
/// This share of samples cut off is heard as distortion.
const CLIPPING: f32 = 0.001;

/// A level in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Loudness {
    /// Nothing but the noise of the electronics, or nothing at all.
    Silent,
    /// Heard with effort.
    Quiet,
    /// As it should be.
    Good,
    /// Near the limit.
    Loud,
    /// Beyond it: distorted.
    Clipping,
}

impl Loudness {
    /// Of a level in dB below full scale.
    pub fn of(dbfs: f32) -> Self {
        match dbfs {
            ..-60.0 => Self::Silent,
            ..-38.0 => Self::Quiet,
            ..-9.0 => Self::Good,
            _ => Self::Loud,
        }
    }

    /// In one word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Quiet => "quiet",
            Self::Good => "good",
            Self::Loud => "loud",
            Self::Clipping => "clipping",
        }
    }

    /// What is said to the user.
    pub fn words(self) -> &'static str {
        match self {
            Self::Silent => "silent: is the microphone muted or unplugged?",
            Self::Quiet => "quiet: speak closer to it, or turn it up",
            Self::Good => "good",
            Self::Loud => "loud: turn it down a little",
            Self::Clipping => "clipping: turn it down, it is distorted",
        }
    }
}

/// How loud a recorded voice is.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct VoiceLevel {
    /// Of the louder fifth of all 10 ms pieces, so that pauses do not count: dB below full scale.
    pub dbfs: f32,
    /// The loudest sample.
    pub peak_dbfs: f32,
    /// In one word.
    pub level: Loudness,
}

fn decibels(amplitude: f32) -> f32 {
    (20.0 * amplitude.max(1e-5).log10()).max(-100.0)
}

impl VoiceLevel {
    /// Of a piece of sound; `None` if there was none.
    pub fn of(sound: &[f32]) -> Option<Self> {
        let mut energies: Vec<f32> =
            sound.chunks(TICK_SAMPLES).map(|c| c.iter().map(|s| s * s).sum::<f32>() / c.len() as f32).collect();
        energies.sort_by(|a, b| b.total_cmp(a));
        let loud = energies.get(..energies.len().div_ceil(5))?;
        if loud.is_empty() {
            return None;
        }
        let dbfs = decibels((loud.iter().sum::<f32>() / loud.len() as f32).sqrt());
        let peak_dbfs = decibels(sound.iter().fold(0.0f32, |p, s| p.max(s.abs())));
        let cut = sound.iter().filter(|s| s.abs() >= FULL).count() as f32 / sound.len() as f32;
        let level = if cut >= CLIPPING { Loudness::Clipping } else { Loudness::of(dbfs) };
        Some(Self { dbfs, peak_dbfs, level })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_has_its_word_and_pauses_do_not_count() {
        let tone = |amplitude: f32, n: usize| (0..n).map(move |i| ((i as f32 * 0.05).sin() * amplitude).clamp(-1.0, 1.0));
        for (amplitude, dbfs, level) in [
            (0.0, -100.0, Loudness::Silent),
            (0.0005, -69.0, Loudness::Silent),
            (0.005, -49.0, Loudness::Quiet),
            (0.1, -23.0, Loudness::Good),
            (0.6, -7.4, Loudness::Loud),
            (2.0, -1.0, Loudness::Clipping),
        ] {
            let sound: Vec<f32> = tone(amplitude, 48_000).chain(std::iter::repeat_n(0.0, 96_000)).collect();
            let heard = VoiceLevel::of(&sound).unwrap();
            assert_eq!(heard.level, level, "{amplitude}: {heard:?}");
            assert!((heard.dbfs - dbfs).abs() < 1.0, "{amplitude}: {heard:?}");
        }
        assert_eq!(VoiceLevel::of(&[]), None);
    }
}

//! What is heard where somebody does not speak: how loud their room is, what it sounds like, and noise that resembles it.

use crate::audio::TICK_SAMPLES;

/// Order of the filter that gives the noise its colour.
const ORDER: usize = 16;
/// A level is believed to be the background if it stays within this factor (6 dB) of the quietest.
const NEAR: f32 = 4.0;
/// How fast the quietest level is forgotten, per 10 ms: a little over 1 dB in a second.
const RISE: f32 = 1.003;
/// Louder than this (-45 dBFS, mean square) is no background that we would imitate.
const LOUDEST: f32 = 3e-5;
/// Quieter than this (-90 dBFS) is nothing.
const INAUDIBLE: f32 = 1e-9;
/// 10 ms quieter than this (-60 dBFS) are a pause in any case.
const SILENCE: f32 = 1e-6;
/// Its sound is looked at so often once it is known, in frames: it costs more than anything else here.
const EVERY: u32 = 8;
/// Frames that are enough to know its sound (100 ms).
const ENOUGH: u32 = 10;

/// See the module.
#[derive(Debug)]
pub(super) struct Background {
    floor: f32,
    /// Autocorrelation of 10 ms of it, on average.
    alike: [f32; ORDER + 1],
    frames: u32,
    heard: u32,
    filter: [f32; ORDER],
    memory: [f32; ORDER],
    level: f32,
    random: u32,
}

impl Default for Background {
    fn default() -> Self {
        Self {
            floor: LOUDEST,
            alike: [0.0; ORDER + 1],
            frames: 0,
            heard: 0,
            filter: [0.0; ORDER],
            memory: [0.0; ORDER],
            level: 0.0,
            random: 1,
        }
    }
}

impl Background {
    /// Listens to 10 ms that were decoded.
    pub(super) fn hear(&mut self, sound: &[f32; TICK_SAMPLES]) {
        let energy = sound.iter().map(|s| s * s).sum::<f32>() / TICK_SAMPLES as f32;
        self.floor =
            if energy < self.floor { energy + (self.floor - energy) * 0.7 } else { (self.floor * RISE + 1e-12).min(LOUDEST) };
        if energy > self.floor * NEAR {
            return;
        }
        let [power, ..] = self.alike;
        if energy * NEAR < power {
            // What was taken for the room was not.
            self.frames = 0;
        }
        self.heard = self.heard.wrapping_add(1);
        if self.frames >= ENOUGH && !self.heard.is_multiple_of(EVERY) {
            return;
        }
        let weight = if self.frames < ENOUGH { 1.0 / (self.frames + 1) as f32 } else { 0.2 };
        self.frames = (self.frames + 1).min(ENOUGH);
        for (lag, alike) in self.alike.iter_mut().enumerate() {
            let r = sound.iter().zip(sound.iter().skip(lag)).map(|(a, b)| a * b).sum::<f32>() / TICK_SAMPLES as f32;
            *alike += (r - *alike) * weight;
        }
    }

    /// Mean square below which 10 ms count as a pause.
    pub(super) fn pause(&self) -> f32 {
        SILENCE.max(self.floor * NEAR)
    }

    /// Gets noise ready that resembles what was heard in pauses; silence if there were too few.
    pub(super) fn prepare(&mut self) {
        self.level = 0.0;
        let [power, ..] = self.alike;
        if self.frames < ENOUGH || !(INAUDIBLE..=LOUDEST * NEAR).contains(&power) {
            return;
        }
        // Levinson and Durbin, with a little white noise so that it is stable.
        let (mut filter, mut error) = ([0.0f32; ORDER], power * 1.001);
        for i in 0..ORDER {
            let known: f32 = filter.iter().zip(self.alike.iter().take(i + 1).skip(1).rev()).take(i).map(|(f, r)| f * r).sum();
            let k = (self.alike.get(i + 1).copied().unwrap_or(0.0) - known) / error;
            if !(-1.0..=1.0).contains(&k) {
                break;
            }
            let before = filter;
            for (j, f) in filter.iter_mut().enumerate().take(i) {
                *f -= k * before.get(i - 1 - j).copied().unwrap_or(0.0);
            }
            if let Some(f) = filter.get_mut(i) {
                *f = k;
            }
            error *= 1.0 - k * k;
        }
        (self.filter, self.level) = (filter, error.max(0.0).sqrt());
    }

    /// One sample of that noise.
    pub(super) fn sample(&mut self) -> f32 {
        if self.level == 0.0 {
            return 0.0;
        }
        self.random = self.random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Even between plus and minus the square root of three: power one.
        let white = (self.random >> 8) as f32 / (1 << 23) as f32 - 1.0;
        let from_past: f32 = self.filter.iter().zip(&self.memory).map(|(f, m)| f * m).sum();
        let sample = (white * 1.732 * self.level + from_past).clamp(-0.1, 0.1);
        self.memory.rotate_right(1);
        let [newest, ..] = &mut self.memory;
        *newest = sample;
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Random;
    use super::*;

    fn energy(sound: &[f32]) -> f32 {
        sound.iter().map(|s| s * s).sum::<f32>() / sound.len() as f32
    }

    /// How much of the energy lies in differences of neighbours: low for dull sounds, 2 for white noise.
    fn brightness(sound: &[f32]) -> f32 {
        sound.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum::<f32>() / sound.len() as f32 / energy(sound)
    }

    #[test]
    fn the_noise_is_as_loud_and_as_dull_as_the_room_and_speech_is_not_imitated() {
        let (mut random, mut dull) = (Random(1), 0.0f32);
        let mut room: Vec<f32> = (0..96_000)
            .map(|_| {
                dull = 0.9 * dull + (random.next() as f32 - 0.5) * 0.004;
                dull
            })
            .collect();
        let (level, colour) = (energy(&room), brightness(&room));
        for (i, s) in room.iter_mut().enumerate() {
            if i / 24_000 % 2 == 1 {
                *s += 0.3 * (i as f32 * 0.03).sin(); // somebody speaks
            }
        }
        let mut background = Background::default();
        room.as_chunks::<TICK_SAMPLES>().0.iter().for_each(|c| background.hear(c));
        background.prepare();
        let noise: Vec<f32> = (0..48_000).map(|_| background.sample()).collect();
        let db = 10.0 * (energy(&noise) / level).log10();
        assert!(db.abs() < 3.0, "{db} dB");
        assert!((brightness(&noise) / colour).ln().abs() < 0.5, "{} {colour}", brightness(&noise));
        assert!(background.pause() > level && background.pause() < level * 20.0);
    }

    #[test]
    fn a_silent_room_stays_silent_and_a_loud_one_is_not_made_up() {
        let mut background = Background::default();
        background.prepare();
        assert_eq!(background.sample(), 0.0, "nothing was heard yet");
        (0..100).for_each(|_| background.hear(&[0.0; TICK_SAMPLES]));
        background.prepare();
        assert_eq!(background.sample(), 0.0);
        let mut background = Background::default();
        let music: [f32; TICK_SAMPLES] = std::array::from_fn(|i| 0.5 * (i as f32 * 0.1).sin());
        (0..3_000).for_each(|_| background.hear(&music));
        background.prepare();
        assert_eq!(background.sample(), 0.0);
    }
}

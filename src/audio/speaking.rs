//! Who speaks: the level of 10 ms frames against a floor that follows the background, with hysteresis.

use super::TICK_SAMPLES;

/// Quieter than this is never speech, in dBFS.
const QUIETEST: f32 = -50.0;
/// Speech stands out of the background by this much, in dB.
const ABOVE_FLOOR: f32 = 9.0;
/// The background is never taken to be louder than this, in dBFS: a long vowel must not become background.
const LOUDEST_FLOOR: f32 = -38.0;
/// How fast the floor rises, in dB per 10 ms.
const FLOOR_RISE: f32 = 0.05;
/// Ticks of speech before somebody counts as speaking: 40 ms.
const ON_AFTER: u32 = 4;
/// Ticks without speech before they no longer do: 350 ms, so that words do not flicker.
const OFF_AFTER: u32 = 35;
/// Ticks since the last sound of speech before [`Speaking::voice`] ends: 500 ms, so that pauses between words stay ours.
const VOICE_OFF_AFTER: u32 = 50;

/// The detector of one speaker.
#[derive(Debug)]
pub struct Speaking {
    floor: f32,
    on: bool,
    /// Ticks in a row that contradict `on`.
    against: u32,
    /// Ticks that the voice flag still holds.
    voice: u32,
}

impl Default for Speaking {
    fn default() -> Self {
        Self { floor: -60.0, on: false, against: 0, voice: 0 }
    }
}

impl Speaking {
    /// Takes 10 ms; `Some(on)` if that changes the verdict.
    pub fn hear(&mut self, sound: &[f32; TICK_SAMPLES]) -> Option<bool> {
        self.hear_voice(sound, None)
    }

    /// The same, where it was looked for a voice in it: a keyboard is louder than the background too, and stays silent.
    pub fn hear_voice(&mut self, sound: &[f32; TICK_SAMPLES], voice: Option<bool>) -> Option<bool> {
        let energy = sound.iter().map(|s| s * s).sum::<f32>() / TICK_SAMPLES as f32;
        let level = 10.0 * (energy + 1e-10).log10();
        let loud = match voice {
            Some(voice) => voice && level > QUIETEST,
            None => level > QUIETEST.max(self.floor + ABOVE_FLOOR),
        };
        self.floor = level.min(self.floor + FLOOR_RISE).clamp(-90.0, LOUDEST_FLOOR);
        self.decide(loud)
    }

    /// Takes 10 ms in which there was nothing at all.
    pub fn silence(&mut self) -> Option<bool> {
        self.decide(false)
    }

    /// Ends at once, when the microphone is closed or the source goes.
    pub fn stop(&mut self) -> Option<bool> {
        (self.against, self.voice) = (0, 0);
        std::mem::take(&mut self.on).then_some(false)
    }

    /// Whether there is a voice: coarser than the verdict, and all that a server may learn where it sees levels.
    pub fn voice(&self) -> bool {
        self.voice > 0
    }

    fn decide(&mut self, loud: bool) -> Option<bool> {
        let change = self.change(loud);
        self.voice = if loud && self.on { VOICE_OFF_AFTER } else { self.voice.saturating_sub(1) };
        change
    }

    fn change(&mut self, loud: bool) -> Option<bool> {
        if loud == self.on {
            self.against = 0;
            return None;
        }
        self.against += 1;
        if self.against < if loud { ON_AFTER } else { OFF_AFTER } {
            return None;
        }
        self.against = 0;
        self.on = loud;
        Some(loud)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_after_40_ms_bridges_pauses_and_stops_after_350_ms() {
        let (loud, quiet) = ([0.1; TICK_SAMPLES], [0.0; TICK_SAMPLES]);
        let mut speaking = Speaking::default();
        assert_eq!((0..3).find_map(|_| speaking.hear(&loud)), None);
        assert_eq!(speaking.hear(&loud), Some(true));
        assert_eq!((0..30).find_map(|_| speaking.hear(&quiet)), None);
        assert_eq!(speaking.hear(&loud), None);
        assert_eq!((0..34).find_map(|_| speaking.hear(&quiet)), None);
        assert_eq!(speaking.hear(&quiet), Some(false));
        assert_eq!(speaking.stop(), None);
    }

    #[test]
    fn the_voice_flag_starts_with_speech_and_holds_for_500_ms() {
        let (loud, quiet) = ([0.1; TICK_SAMPLES], [0.0; TICK_SAMPLES]);
        let mut speaking = Speaking::default();
        let mut voice = |sound: &[f32; TICK_SAMPLES], ticks: usize| -> Vec<bool> {
            let mut hear = || {
                speaking.hear(sound);
                speaking.voice()
            };
            (0..ticks).map(|_| hear()).collect()
        };
        assert_eq!(voice(&loud, 4), [false, false, false, true]);
        assert_eq!(voice(&quiet, 49), [true; 49], "a pause between words");
        assert_eq!(voice(&loud, 3), [false; 3], "a click is no voice");
        assert_eq!(voice(&loud, 1), [true]);
        assert_eq!(voice(&quiet, 20), [true; 20]);
        assert_eq!(voice(&loud, 1), [true], "the next word");
        assert_eq!(voice(&quiet, 50), [[true; 49].as_slice(), &[false]].concat());
        voice(&loud, 10);
        speaking.stop();
        assert!(!speaking.voice(), "a closed microphone ends it at once");
    }

    #[test]
    fn a_steady_hiss_is_background_and_a_voice_above_it_is_not() {
        let mut seed = 7u32;
        let mut noise = |amplitude: f32| -> [f32; TICK_SAMPLES] {
            std::array::from_fn(|_| {
                seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                amplitude * (seed as f32 / u32::MAX as f32 * 2.0 - 1.0)
            })
        };
        let mut speaking = Speaking::default();
        for _ in 0..2000 {
            speaking.hear(&noise(0.01)); // about -45 dBFS
        }
        assert!(!speaking.on);
        assert!((0..10).any(|_| speaking.hear(&noise(0.2)) == Some(true)));
    }
}

//! What a user should know of their own microphone: that they speak while it is closed, that it gives nothing, that it is
//! too loud. A detector without devices, threads or clocks: 10 ms of sound in, a [`Warning`] out, seldom.
//!
//! What a closed microphone captures is looked at here and thrown away.

use super::TICK_SAMPLES;
use super::speaking::Speaking;

/// Ticks in a second.
const SECOND: u32 = 100;
/// Speech while closed, within [`TALKING_WITHIN`], before it is said: 700 ms. A cough and a key are shorter.
const TALKING: u32 = 70;
/// The leaky bucket's time: what was said longer ago counts no more, in ticks.
const TALKING_WITHIN: u32 = 3 * SECOND;
/// The energy of a tick that may be speech: -50 dBFS. Keys keep the detector of speakers awake, and are short.
const LOUD: f32 = 1e-5;
/// How long after something was played what is captured may be its echo, in ticks: 500 ms.
const ECHO: u32 = 50;
/// Louder than this (-50 dBFS) is played so that a microphone could hear it.
const PLAYED: f32 = 0.003;
/// Nothing louder than this (-96 dBFS, the last bit of 16) is digital silence: every real microphone hisses more.
const SILENT: f32 = 1.0 / 65_536.0;
/// Silence since the microphone was opened before it is said.
const SILENT_FROM_THE_BEGINNING: u32 = 5 * SECOND;
/// The same when there was sound before: headsets that gate their microphone give silence between two sentences.
const SILENT_LATER: u32 = 30 * SECOND;
/// A sample from here on is clipped or nearly so.
const FULL_SCALE: f32 = 0.99;
/// So many of them make a clipped tick.
const CLIPPED_SAMPLES: usize = 3;
/// So many clipped ticks in a second are said: a clap has fewer.
const CLIPPED_TICKS: u32 = 10;
/// The same is not said again for so long, in ticks.
const AGAIN: u32 = 60 * SECOND;

/// What is wrong with the own microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Somebody speaks into a closed microphone.
    TalkingWhileMuted,
    /// It is open and gives digital silence, or nothing.
    Silent,
    /// It is open and too loud.
    Clipping,
}

impl Warning {
    /// Stable, for scripts.
    pub fn code(self) -> &'static str {
        match self {
            Self::TalkingWhileMuted => "talking_while_muted",
            Self::Silent => "microphone_silent",
            Self::Clipping => "microphone_clipping",
        }
    }

    /// What happens and what to do, as one sentence.
    pub fn text(self) -> &'static str {
        match self {
            Self::TalkingWhileMuted => "you speak, but your microphone is closed and nobody hears you; /unmute opens it",
            Self::Silent => {
                "your microphone is open and gives no sound at all: look whether it is muted by a switch of its own or in the \
                 system's settings, or choose another one (/devices)"
            }
            Self::Clipping => {
                "your microphone is too loud and sounds distorted: turn it down in the system's settings, or speak from farther away"
            }
        }
    }
}

/// The detector.
#[derive(Debug)]
pub struct Watch {
    /// A device that a person speaks into; files, pipes and nothing have no faults of this kind.
    live: bool,
    open: bool,
    speech: Speaking,
    speaking: bool,
    /// Speech while closed; it leaks.
    talked: u32,
    leak: u32,
    /// Ticks since something was played.
    since_played: u32,
    silent: u32,
    /// There was sound since it was opened.
    sounded: bool,
    second: u32,
    clipped: u32,
    /// Ticks until each may be said again.
    wait: [u32; 3],
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            live: false,
            open: false,
            speech: Speaking::default(),
            speaking: false,
            talked: 0,
            leak: 0,
            since_played: ECHO,
            silent: 0,
            sounded: false,
            second: 0,
            clipped: 0,
            wait: [0; 3],
        }
    }
}

impl Watch {
    /// Whether the microphone is an open device now. A device that was opened anew has everything before it.
    pub fn set_live(&mut self, live: bool) {
        if live != self.live {
            self.live = live;
            self.begin();
        }
    }

    fn begin(&mut self) {
        (self.talked, self.leak, self.silent, self.second, self.clipped) = (0, 0, 0, 0, 0);
        (self.speaking, self.sounded, self.speech) = (false, false, Speaking::default());
    }

    /// Takes 10 ms of the microphone (`None`: it gave nothing) and what is played meanwhile.
    pub fn tick(&mut self, open: bool, captured: Option<&[f32; TICK_SAMPLES]>, played: &[f32; TICK_SAMPLES]) -> Option<Warning> {
        for wait in &mut self.wait {
            *wait = wait.saturating_sub(1);
        }
        self.since_played = if played.iter().any(|s| s.abs() > PLAYED) { 0 } else { self.since_played.saturating_add(1) };
        if open != self.open {
            self.open = open;
            self.begin();
        }
        if !self.live {
            return None;
        }
        let warning = if open { self.open(captured) } else { self.closed(captured?) }?;
        let wait = self.wait.get_mut(warning as usize).filter(|wait| **wait == 0)?;
        *wait = AGAIN;
        Some(warning)
    }

    fn closed(&mut self, captured: &[f32; TICK_SAMPLES]) -> Option<Warning> {
        if let Some(on) = self.speech.hear(captured) {
            self.speaking = on;
        }
        self.leak += 1;
        if self.leak >= TALKING_WITHIN / TALKING {
            (self.leak, self.talked) = (0, self.talked.saturating_sub(1));
        }
        let loud = captured.iter().map(|s| s * s).sum::<f32>() > LOUD * TICK_SAMPLES as f32;
        // What comes out of the loudspeaker is no speech of ours, and who speaks into a conversation waits for a pause.
        if loud && self.speaking && self.since_played >= ECHO {
            self.talked += 1;
        }
        if self.talked < TALKING {
            return None;
        }
        self.talked = 0;
        Some(Warning::TalkingWhileMuted)
    }

    fn open(&mut self, captured: Option<&[f32; TICK_SAMPLES]>) -> Option<Warning> {
        let sound = captured.is_some_and(|c| c.iter().any(|s| s.abs() > SILENT));
        self.silent = if sound { 0 } else { self.silent + 1 };
        self.sounded |= sound;
        self.second += 1;
        let clipped = captured.map_or(0, |c| c.iter().filter(|s| s.abs() >= FULL_SCALE).count());
        self.clipped += u32::from(clipped >= CLIPPED_SAMPLES);
        if self.second == SECOND {
            let clipped = std::mem::take(&mut self.clipped);
            self.second = 0;
            if clipped >= CLIPPED_TICKS {
                return Some(Warning::Clipping);
            }
        }
        // Once, and not again until there was sound or it was opened anew.
        let limit = if self.sounded { SILENT_LATER } else { SILENT_FROM_THE_BEGINNING };
        (self.silent == limit).then_some(Warning::Silent)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::voice;
    use super::*;

    const NOTHING: [f32; TICK_SAMPLES] = [0.0; TICK_SAMPLES];

    fn live() -> Watch {
        let mut watch = Watch::default();
        watch.set_live(true);
        watch
    }

    /// Runs through a sound; at which tick what was said.
    fn hear(watch: &mut Watch, open: bool, sound: &[f32], played: &[f32; TICK_SAMPLES]) -> Vec<(usize, Warning)> {
        let ticks = sound.chunks_exact(TICK_SAMPLES).map(|c| c.try_into().unwrap()).enumerate();
        ticks.filter_map(|(k, c)| Some((k, watch.tick(open, Some(c), played)?))).collect()
    }

    fn hiss(seconds: usize) -> Vec<f32> {
        let mut seed = 7u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            0.002 * (seed as f32 / u32::MAX as f32 * 2.0 - 1.0)
        };
        (0..seconds * 48_000).map(|_| next()).collect()
    }

    #[test]
    fn who_speaks_while_muted_is_told_once_a_minute() {
        let mut watch = live();
        assert_eq!(hear(&mut watch, false, &hiss(30), &NOTHING), []);
        let told = hear(&mut watch, false, &voice(10), &NOTHING);
        assert!(matches!(told[..], [(60..300, Warning::TalkingWhileMuted)]), "{told:?}");
        let sound: Vec<f32> = std::iter::repeat_with(|| voice(10)).take(13).flatten().collect();
        assert_eq!(hear(&mut watch, false, &sound, &NOTHING).len(), 2, "in 130 s");
        assert_eq!(hear(&mut live(), true, &voice(10), &NOTHING), [], "it is open");
    }

    #[test]
    fn keys_coughs_and_the_loudspeakers_echo_are_no_speech() {
        let mut watch = live();
        let mut keys = hiss(60);
        // A key every 200 ms, 10 ms long; a cough of 300 ms every 5 s.
        for (at, s) in keys.iter_mut().enumerate() {
            if at % 9_600 < 480 || at % 240_000 < 14_400 {
                *s *= 100.0;
            }
        }
        assert_eq!(hear(&mut watch, false, &keys, &NOTHING), []);
        assert_eq!(hear(&mut live(), false, &voice(10), &[0.1; TICK_SAMPLES]), []);
    }

    #[test]
    fn silence_is_told_after_five_seconds_and_later_only_after_thirty() {
        let mut watch = live();
        assert_eq!(hear(&mut watch, true, &[0.0; 48_000 * 20], &NOTHING), [(499, Warning::Silent)]);
        assert_eq!(hear(&mut watch, true, &hiss(60), &NOTHING), []);
        assert_eq!(hear(&mut watch, true, &[0.0; 48_000 * 40], &NOTHING), [(2999, Warning::Silent)]);
        // Nothing at all is the same as silence; a device that is gone, a file or a pipe is something else.
        let mut watch = live();
        let told: Vec<_> = (0..600).filter_map(|_| watch.tick(true, None, &NOTHING)).collect();
        assert_eq!(told, [Warning::Silent]);
        let mut file = Watch::default();
        assert_eq!(hear(&mut file, true, &[0.0; 48_000 * 20], &NOTHING), []);
        assert_eq!(hear(&mut live(), false, &[0.0; 48_000 * 20], &NOTHING), [], "a closed one may be silent");
    }

    #[test]
    fn clipping_is_told_and_a_clap_is_not() {
        let loud: Vec<f32> = voice(5).iter().map(|s| (s * 20.0).clamp(-1.0, 1.0)).collect();
        let told = hear(&mut live(), true, &loud, &NOTHING);
        assert!(matches!(told[..], [(_, Warning::Clipping)]), "{told:?}");
        let mut clap = hiss(2);
        clap[30_000..32_000].fill(1.0);
        assert_eq!(hear(&mut live(), true, &clap, &NOTHING), []);
        assert_eq!(
            hear(&mut live(), false, &loud, &NOTHING),
            [(hear(&mut live(), false, &voice(5), &NOTHING)[0].0, Warning::TalkingWhileMuted)]
        );
    }
}

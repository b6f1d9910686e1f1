//! Mouth and ear on one clock: a sound server whose `mic` and `spk` are the two channels of one null sink. What is played
//! into `mic` is what the source `talk` delivers; what clients play to `spk` is recorded beside it, sample by sample, so the
//! delay between the two is exact. `aside` and `quiet` are a loudspeaker that nobody hears and a microphone with silence.

use crate::pulse::{self, Pulse, Recording};
use crate::speech::{self, RATE};
use std::path::Path;
use std::process::Child;

/// See the module. Remapped sources stand for microphones because browsers offer no monitors.
const DEVICES: &str = "\
    load-module module-null-sink sink_name=stage rate=48000 channels=2 channel_map=front-left,front-right \
    sink_properties=device.description=stage\n\
    load-module module-remap-sink sink_name=mic master=stage channels=1 channel_map=mono master_channel_map=front-left \
    remix=no sink_properties=device.description=mic\n\
    load-module module-remap-sink sink_name=spk master=stage channels=1 channel_map=mono master_channel_map=front-right \
    remix=no sink_properties=device.description=spk\n\
    load-module module-remap-source source_name=talk master=stage.monitor channels=1 channel_map=mono \
    master_channel_map=front-left remix=no source_properties=device.description=talk\n\
    load-module module-null-sink sink_name=aside rate=48000 channels=2 sink_properties=device.description=aside\n\
    load-module module-remap-source source_name=quiet master=aside.monitor source_properties=device.description=quiet\n\
    set-default-sink aside\nset-default-source quiet\n";

/// What the recorder asks of the server: long, so that the device keeps the pace that the clients set.
const RECORDER_MS: u32 = 200;
/// Sound is compared in pieces of this length.
const PIECE: usize = RATE / 2;
/// A piece begins this long after the one before.
const STEP: usize = RATE / 4;
/// The longest delay that is looked for.
const LONGEST: usize = 3 * RATE / 2;
/// Pieces below this level say nothing.
const SILENCE: f64 = -45.0;
/// Pieces that are less alike than this are not the same sound.
const ALIKE: f64 = 0.6;

/// A running sound server with the devices of this module.
pub struct Stage {
    /// The server.
    pub pulse: Pulse,
}

impl Stage {
    /// Starts it; `None` if PulseAudio is not installed.
    pub fn start() -> Option<Self> {
        pulse::start_with(DEVICES).map(|pulse| Self { pulse })
    }

    /// Says a WAV file into the microphone.
    pub fn say(&self, wav: &Path) -> Child {
        self.pulse.play(wav, "mic")
    }

    /// Records mouth and ear.
    pub fn record(&self) -> Take {
        let recording = self.pulse.record_channels("stage.monitor", 2, RECORDER_MS);
        recording.wait();
        Take(recording)
    }
}

/// A recording of mouth and ear in the making.
pub struct Take(Recording);

impl Take {
    /// Ends it: what was said, and what was heard.
    pub fn stop(self) -> (Vec<f32>, Vec<f32>) {
        let both = self.0.stop();
        let channel = |n: usize| both.iter().skip(n).step_by(2).copied().collect();
        (channel(0), channel(1))
    }
}

/// How long sound takes from mouth to ear, in milliseconds, for each half second of speech that is recognisable in what was
/// heard.
pub fn delays(mouth: &[f32], ear: &[f32]) -> Vec<f64> {
    let pieces = (0..mouth.len().saturating_sub(PIECE)).step_by(STEP).map(|at| (at, &mouth[at..at + PIECE]));
    pieces
        .filter(|(_, piece)| speech::level(piece) > SILENCE)
        .filter_map(|(at, piece)| {
            let heard = ear.get(at..ear.len().min(at + LONGEST + PIECE))?;
            let (offset, alike) = speech::find(piece, heard);
            (alike > ALIKE).then_some(offset as f64 * 1000.0 / RATE as f64)
        })
        .collect()
}

/// The value below which a share (0 to 1) of the values lies; `None` without values.
pub fn quantile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(((sorted.len().max(1) - 1) as f64 * share).round() as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_of_speech_is_found() {
        let Some(said) = speech::sentence("The quick brown fox jumps over the lazy dog.", "en") else {
            return crate::skip("speech", "espeak-ng is not installed");
        };
        let said = speech::read(&said);
        let heard = |ms: usize| [vec![0.0; ms * 48], said.clone()].concat();
        for ms in [0, 137, 900] {
            let found = delays(&said, &heard(ms));
            assert!(found.len() > 4 && found.iter().all(|d| (d - ms as f64).abs() < 1.0), "{ms}: {found:?}");
        }
        assert!(delays(&said, &vec![0.0; said.len()]).is_empty());
        assert_eq!((quantile(&[3.0, 1.0, 2.0], 0.5), quantile(&[], 0.5)), (Some(2.0), None));
    }

    #[test]
    fn mouth_and_ear_share_a_clock() {
        let Some(stage) = Stage::start() else { return crate::skip("PulseAudio", "pulseaudio is not installed") };
        let Some(said) = speech::sentence("Nobody moves before the clock strikes twelve.", "en") else {
            return crate::skip("speech", "espeak-ng is not installed");
        };
        let take = stage.record();
        // An ear that hears what is said at the same time.
        let mut ear = stage.pulse.play(&said, "spk");
        assert!(stage.say(&said).wait().unwrap().success() && ear.wait().unwrap().success());
        let (mouth, ear) = take.stop();
        assert!(speech::heard(&speech::read(&said), &mouth) > 0.9 && speech::heard(&speech::read(&said), &ear) > 0.9);
    }
}

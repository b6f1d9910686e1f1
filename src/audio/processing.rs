//! What is done to the microphone's sound before it is encoded, 10 ms at a time: the echo of the loudspeaker and rumble
//! taken out, noise lowered, the level brought to a usual one, and a voice told from other sounds.
//!
//! ```text
//! microphone -> echo canceller, high-pass, noise suppression -> gain -> encoder
//! loudspeaker -^ (exactly what its ring was given)        \-> voice or not
//! ```
//! Echo cancellation finds the delay between loudspeaker and microphone by itself. With a headset there is no echo, and a
//! canceller would only cost voice; files, pipes and monitors of a sound system carry what somebody made and get none of
//! all this, unless it is asked for.

mod gain;
mod headset;
#[cfg(test)]
mod tests;
mod voice;

use super::TICK_SAMPLES;
use crate::call::processing::{EchoCancel, Noise, Processing as Active, Wish};
use gain::Gain;
use sonora::config::{Config, EchoCanceller, HighPassFilter, NoiseSuppression, NoiseSuppressionLevel};
use sonora::{AudioProcessing, StreamConfig};
use voice::Voice;

pub use headset::is_headset;

/// Ticks without sound from the microphone (100 ms) from which on the loudspeaker's is not followed either: the canceller
/// would lose its place, and what it has learnt of the room.
const LATE: u32 = 10;

/// What the devices are, as far as processing cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Devices {
    /// The microphone is one: not a file, a pipe, or a sound system's monitor.
    pub microphone: bool,
    /// What is played does not reach it.
    pub headset: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Processing {
    wish: Wish,
    devices: Devices,
    active: Active,
    /// Echo, rumble and noise; `None`: none of it.
    front: Option<Box<AudioProcessing>>,
    gain: Option<Gain>,
    voice: Option<Voice>,
    /// Ticks since the microphone gave something.
    missing: u32,
    sound: [f32; TICK_SAMPLES],
}

impl Default for Processing {
    fn default() -> Self {
        Self {
            wish: Wish::default(),
            devices: Devices::default(),
            active: Active::NOTHING,
            front: None,
            gain: None,
            voice: None,
            missing: LATE,
            sound: [0.0; TICK_SAMPLES],
        }
    }
}

impl Processing {
    /// What a user wants; it holds whatever devices come.
    pub fn wish(&mut self, wish: Wish) {
        self.wish = self.wish.then(wish);
        self.choose();
    }

    /// Other devices are in use.
    pub fn set_devices(&mut self, devices: Devices) {
        self.devices = devices;
        self.choose();
    }

    /// What is done now.
    pub fn active(&self) -> Active {
        self.active
    }

    /// What was handed to the loudspeaker.
    pub fn played(&mut self, sound: &[f32; TICK_SAMPLES]) {
        if self.missing >= LATE {
            return;
        }
        if let Some(front) = self.front.as_mut().filter(|_| self.active.echo) {
            let mut unused = [0.0; TICK_SAMPLES];
            if let Err(e) = front.process_render_f32(&[sound], &mut [&mut unused]) {
                tracing::debug!("the echo canceller refuses what is played: {e}");
            }
            if let Some(gain) = &mut self.gain {
                gain.played(sound);
            }
        }
    }

    /// The microphone gave nothing in this tick.
    pub fn nothing_captured(&mut self) {
        self.missing = self.missing.saturating_add(1);
    }

    /// Takes what the microphone gave; gives what is to be sent, and whether it is a voice, where that is looked for.
    pub fn captured(&mut self, captured: &[f32; TICK_SAMPLES]) -> (&[f32; TICK_SAMPLES], Option<bool>) {
        self.missing = 0;
        self.sound = *captured;
        if captured.iter().any(|s| !s.is_finite()) {
            // A broken driver: one such number would silence filters for ever.
            self.sound.fill(0.0);
        }
        if let Some(front) = &mut self.front {
            let mut out = [0.0; TICK_SAMPLES];
            match front.process_capture_f32(&[&self.sound], &mut [&mut out]) {
                Ok(()) => self.sound = out,
                Err(e) => tracing::debug!("the sound cannot be processed: {e}"),
            }
        }
        let voice = self.voice.as_mut().map(|v| v.hear(&self.sound));
        if let Some(gain) = &mut self.gain {
            gain.apply(&mut self.sound);
        }
        (&self.sound, voice)
    }

    fn choose(&mut self) {
        let (wish, real) = (self.wish, self.devices.microphone);
        let echo = match wish.echo {
            Some(EchoCancel::On) => true,
            Some(EchoCancel::Off) => false,
            Some(EchoCancel::Auto) | None => real && !self.devices.headset,
        };
        let noise = wish.noise.unwrap_or(if real { Noise::On } else { Noise::Off });
        let active = Active { echo, noise, gain: wish.gain.unwrap_or(real) };
        // The level alone decides about made sound: tones are heard as well as voices.
        if real != self.voice.is_some() {
            self.voice = real.then(Voice::default);
        }
        if active == self.active {
            return;
        }
        if active.gain != self.active.gain {
            self.gain = active.gain.then(Gain::default);
        }
        self.active = active;
        let Some(config) = config(active) else {
            self.front = None;
            return;
        };
        match &mut self.front {
            // What the canceller has learnt stays when noise suppression changes.
            Some(front) => front.apply_config(config),
            None => {
                let stream = StreamConfig::new(super::SAMPLE_RATE, 1);
                let builder = AudioProcessing::builder().config(config).capture_config(stream).render_config(stream);
                self.front = Some(Box::new(builder.build()));
            }
        }
    }
}

fn config(active: Active) -> Option<Config> {
    // A fan, 5 dB below the voice, DNSMOS: moderate makes the background 1.2 better and the voice 0.1 worse, high 1.5 and
    // 0.3, very high 1.7 and 0.4.
    let level = match active.noise {
        Noise::On => Some(NoiseSuppressionLevel::Moderate),
        Noise::Strong => Some(NoiseSuppressionLevel::VeryHigh),
        Noise::Off => None,
    };
    (active.echo || level.is_some()).then(|| Config {
        echo_canceller: active.echo.then(EchoCanceller::default),
        high_pass_filter: Some(HighPassFilter::default()),
        noise_suppression: level.map(|level| NoiseSuppression { level, ..Default::default() }),
        ..Config::default()
    })
}

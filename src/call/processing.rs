//! What is done to our own voice before it is sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether what the loudspeaker plays is taken out of the microphone's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum EchoCancel {
    /// With loudspeakers, and not with a headset.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// How much of the noise around the speaker is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// Most of it.
    #[default]
    On,
    /// More, and some of the voice with it.
    Strong,
    /// Nothing.
    Off,
}

/// What is wanted; what is absent stays as it is, at first as the devices suggest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// Echo cancellation.
    pub echo: Option<EchoCancel>,
    /// Noise suppression.
    pub noise: Option<Noise>,
    /// Automatic gain.
    pub gain: Option<bool>,
}

impl Wish {
    /// Nothing in particular.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// With what another one wants, where it wants something.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self { echo: later.echo.or(self.echo), noise: later.noise.or(self.noise), gain: later.gain.or(self.gain) }
    }
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Processing {
    /// Echo cancellation.
    pub echo: bool,
    /// Noise suppression.
    pub noise: Noise,
    /// Automatic gain.
    pub gain: bool,
}

impl Processing {
    /// Nothing: the sound is sent as it comes.
    pub const NOTHING: Self = Self { echo: false, noise: Noise::Off, gain: false };

    /// In words: `echo cancellation on, noise suppression strong, automatic gain off`.
    pub fn words(&self) -> String {
        let switch = |on| if on { "on" } else { "off" };
        let noise = match self.noise {
            Noise::On => "on",
            Noise::Strong => "strong",
            Noise::Off => "off",
        };
        format!("echo cancellation {}, noise suppression {noise}, automatic gain {}", switch(self.echo), switch(self.gain))
    }
}

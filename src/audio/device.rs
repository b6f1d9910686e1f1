//! Devices: the thin shells at both ends of the sound.

use std::path::PathBuf;

/// Which devices a call uses (`--audio`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceSpec {
    /// PulseAudio or PipeWire if one answers, else ALSA, else nothing (listening to nothing, with a warning).
    #[default]
    Auto,
    /// PulseAudio or PipeWire; names as `conclave devices` lists them, `None` = the default.
    Pulse {
        /// Microphone.
        input: Option<String>,
        /// Loudspeaker.
        output: Option<String>,
    },
    /// ALSA or JACK through cpal.
    Cpal {
        /// `alsa` or `jack`.
        host: String,
        /// Microphone.
        input: Option<String>,
        /// Loudspeaker.
        output: Option<String>,
    },
    /// Silence in, nothing out, timed by the clock.
    Null,
    /// Raw s16le mono 48 kHz through pipes; `None` = standard input and output.
    Pipe {
        /// FIFO or file to read, or standard input.
        input: Option<PathBuf>,
        /// FIFO or file to write, or standard output.
        output: Option<PathBuf>,
    },
    /// WAV files; either side may be absent.
    File {
        /// Played once in real time, then silence.
        input: Option<PathBuf>,
        /// Receives exactly what would be heard, 48 kHz mono 16 bit.
        output: Option<PathBuf>,
    },
}

/// Stand-in until the audio branch merges.
pub fn list() -> Vec<String> {
    vec![]
}
impl DeviceSpec {
    /// x
    pub fn parse(_: &str) -> Result<Self, crate::exit::Failure> {
        Ok(Self::Null)
    }
}

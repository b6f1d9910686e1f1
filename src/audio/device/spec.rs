//! `--audio`: which devices a call uses.

use crate::exit::{Exit, Failure};
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
    /// The system's own sound, or JACK, through cpal.
    Cpal {
        /// `alsa`, `jack`, `wasapi` or `coreaudio`.
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

/// What `--audio` takes, in one line.
const FORMS: &str = "auto, pulse[:SOURCE,SINK], alsa[:IN,OUT], jack[:IN,OUT], null, file:IN.wav,OUT.wav or pipe[:IN,OUT]";

impl DeviceSpec {
    /// Reads `auto|pulse[:SOURCE,SINK]|alsa[:IN,OUT]|jack[:IN,OUT]|null|pipe[:IN,OUT]|file:IN,OUT`. Either side may be
    /// empty (`file:,OUT.wav`). Fails as a usage error (2).
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let usage = |why: String| Failure::new(Exit::Usage, format!("{why}; --audio takes {FORMS}."));
        let (kind, rest) = text.split_once(':').map_or((text, None), |(k, r)| (k, Some(r)));
        // The first comma divides: ALSA's own names contain commas and go right of it, or come alone.
        let (input, output) = match rest {
            None => (None, None),
            Some("") => return Err(usage(format!("\"{text}\" names no device after the colon"))),
            Some(rest) => {
                let (i, o) = rest.split_once(',').unwrap_or((rest, ""));
                (Some(i).filter(|s| !s.is_empty()), Some(o).filter(|s| !s.is_empty()))
            }
        };
        let names = || (input.map(str::to_string), output.map(str::to_string));
        let paths = || (input.map(PathBuf::from), output.map(PathBuf::from));
        match kind {
            "auto" | "null" if rest.is_some() => Err(usage(format!("\"{kind}\" takes no device names"))),
            "auto" => Ok(Self::Auto),
            "null" => Ok(Self::Null),
            "pulse" => {
                let (input, output) = names();
                Ok(Self::Pulse { input, output })
            }
            "alsa" | "jack" | "wasapi" | "coreaudio" => {
                #[cfg(feature = "audio-cpal")]
                let built = super::cpal::Cpal::named(kind).is_some();
                #[cfg(not(feature = "audio-cpal"))]
                let built = false;
                if !built {
                    return Err(usage(format!("this conclave was built without {}", kind.to_uppercase())));
                }
                let (input, output) = names();
                Ok(Self::Cpal { host: kind.to_string(), input, output })
            }
            "pipe" => {
                let (input, output) = paths();
                Ok(Self::Pipe { input, output })
            }
            "file" if input.is_none() && output.is_none() => Err(usage("\"file\" needs a file to play or one to write".into())),
            "file" => {
                let (input, output) = paths();
                if input == output {
                    return Err(usage("the same file cannot be played and written".into()));
                }
                Ok(Self::File { input, output })
            }
            _ => Err(usage(format!("\"{}\" is no kind of audio device", kind.escape_debug()))),
        }
    }
}

impl std::str::FromStr for DeviceSpec {
    type Err = Failure;

    fn from_str(s: &str) -> Result<Self, Failure> {
        Self::parse(s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_read() {
        let some = |s: &str| Some(s.to_string());
        let path = |s: &str| Some(PathBuf::from(s));
        for (text, want) in [
            ("auto", DeviceSpec::Auto),
            ("null", DeviceSpec::Null),
            ("pulse", DeviceSpec::Pulse { input: None, output: None }),
            ("pulse:mic", DeviceSpec::Pulse { input: some("mic"), output: None }),
            ("pulse:,spk", DeviceSpec::Pulse { input: None, output: some("spk") }),
            ("pulse:mic.monitor,spk", DeviceSpec::Pulse { input: some("mic.monitor"), output: some("spk") }),
            ("pipe", DeviceSpec::Pipe { input: None, output: None }),
            ("file:a.wav,b.wav", DeviceSpec::File { input: path("a.wav"), output: path("b.wav") }),
            ("file:,b.wav", DeviceSpec::File { input: None, output: path("b.wav") }),
            ("file:a.wav", DeviceSpec::File { input: path("a.wav"), output: None }),
        ] {
            assert_eq!(DeviceSpec::parse(text).unwrap(), want, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_what_is_right() {
        for text in ["", "pulse:", "null:x", "auto:y", "file", "file:,", "file:a,a", "wasapi", "\u{1b}[2J"] {
            let failure = DeviceSpec::parse(text).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(failure.text.contains("--audio takes auto, pulse"), "{text}: {}", failure.text);
            assert!(!failure.text.contains('\u{1b}'));
        }
    }
}

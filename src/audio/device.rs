//! Devices: the thin shells at both ends of the sound.
//!
//! A sound system is a [`Host`]. What it opens calls back from a thread of its own, and the callback does three things
//! only: move samples through a lock-free ring, count, wake the audio thread. [`supervisor`] watches what was opened and
//! opens it again when it is lost. Files, pipes and nothing at all are paced by the audio thread's own timer.

pub mod bench;
pub mod changes;
pub mod convert;
#[cfg(feature = "audio-cpal")]
pub mod cpal;
pub mod file;
pub mod pipe;
#[cfg(unix)]
pub mod pulse;
mod rechunk;
pub mod remote;
mod ring;
pub mod slack;
mod spec;
pub mod supervisor;

use crate::call::DeviceKind;
use crate::exit::{Exit, Failure};
use serde::Serialize;
use std::sync::Arc;

pub use rechunk::Rechunk;
pub use ring::{CaptureRing, Health, PlayRing};
pub use spec::DeviceSpec;

/// One microphone or loudspeaker, as `conclave devices` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeviceInfo {
    /// The sound system: `pulse`, `alsa`, `jack`.
    pub host: &'static str,
    /// Which end.
    pub kind: DeviceKind,
    /// The name to choose it by.
    pub name: String,
    /// The name that people read.
    pub description: String,
    /// It is used when none is named.
    pub default: bool,
}

/// Why a device did not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The sound system has no device of that name.
    #[error("there is no such device")]
    Unknown,
    /// The sound system, or the device, does not work now; why, in words.
    #[error("{0}")]
    Unavailable(String),
}

/// An open stream; dropping it closes it.
pub struct Stream {
    /// The device's name.
    pub name: String,
    keep: Box<dyn Send>,
}

impl Stream {
    /// A stream that is open as long as `keep` lives.
    pub fn new(name: String, keep: impl Send + 'static) -> Self {
        Self { name, keep: Box::new(keep) }
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let _ = &self.keep;
        f.debug_struct("Stream").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A sound system. `None` as device is its default one. Opening may take seconds; it never happens on the audio thread.
pub trait Host: Send + Sync + std::fmt::Debug {
    /// `pulse`, `alsa`, `jack`.
    fn name(&self) -> &'static str;
    /// Its devices.
    fn list(&self) -> Result<Vec<DeviceInfo>, OpenError>;
    /// Opens a microphone that writes into `ring`.
    fn open_input(&self, device: Option<&str>, ring: CaptureRing) -> Result<Stream, OpenError>;
    /// Opens a loudspeaker that reads from `ring`.
    fn open_output(&self, device: Option<&str>, ring: PlayRing) -> Result<Stream, OpenError>;
}

/// The sound systems that `--audio auto` tries, in this order.
pub fn auto_hosts() -> Vec<Arc<dyn Host>> {
    #[allow(unused_mut, reason = "without cpal there is one")]
    let mut hosts: Vec<Arc<dyn Host>> = pulse_host().into_iter().collect();
    #[cfg(feature = "audio-cpal")]
    hosts.extend(cpal::Cpal::auto().map(|host| Arc::new(host) as Arc<dyn Host>));
    hosts
}

/// Sound systems to try, and the names of the microphone and the loudspeaker.
pub type Wanted = (Vec<Arc<dyn Host>>, Option<String>, Option<String>);

/// The devices of a description, to be tried.
///
/// # Errors
/// There is none in it, or this build has no such sound system.
pub fn wanted(spec: &DeviceSpec) -> Result<Wanted, Failure> {
    match spec {
        DeviceSpec::Auto => Ok((auto_hosts(), None, None)),
        DeviceSpec::Pulse { input, output } => Ok((vec![pulse_host()?], input.clone(), output.clone())),
        DeviceSpec::Cpal { host, input, output } => Ok((vec![cpal_host(host)?], input.clone(), output.clone())),
        DeviceSpec::Null | DeviceSpec::Pipe { .. } | DeviceSpec::File { .. } => {
            Err(Failure::new(Exit::Usage, "there is no device to test: give auto, pulse, alsa or jack with --audio"))
        }
    }
}

/// PulseAudio and PipeWire, where there are such.
#[allow(clippy::unnecessary_wraps, reason = "not on every system")]
pub(crate) fn pulse_host() -> Result<Arc<dyn Host>, Failure> {
    #[cfg(unix)]
    return Ok(Arc::new(pulse::Pulse));
    #[cfg(not(unix))]
    return Err(Failure::new(Exit::Usage, "PulseAudio is not spoken on this system; use --audio auto"));
}

/// The system's own sound, or JACK, as far as this build has them.
#[cfg(feature = "audio-cpal")]
pub(crate) fn cpal_host(name: &str) -> Result<Arc<dyn Host>, Failure> {
    cpal::Cpal::named(name)
        .map(|h| Arc::new(h) as Arc<dyn Host>)
        .ok_or_else(|| Failure::new(Exit::Usage, format!("This conclave was built without {name}.")))
}

/// See above.
#[cfg(not(feature = "audio-cpal"))]
pub(crate) fn cpal_host(name: &str) -> Result<Arc<dyn Host>, Failure> {
    Err(Failure::new(Exit::Usage, format!("This conclave was built without {name}.")))
}

/// All microphones and loudspeakers that can be found now.
pub fn list() -> Vec<DeviceInfo> {
    auto_hosts().iter().filter_map(|h| h.list().inspect_err(|e| tracing::debug!(host = h.name(), "{e}")).ok()).flatten().collect()
}

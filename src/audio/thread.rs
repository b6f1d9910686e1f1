//! The audio thread.

use crate::exit::{Exit, Failure};

/// Opens the devices and starts the audio thread. Fails with one sentence for an unknown device (66), a file that cannot
/// be read or is no WAV file (65, 66), or an output that cannot be written (73).
pub fn start(_setup: super::Setup) -> Result<super::Audio, Failure> {
    Err(Failure::new(Exit::Internal, "to come"))
}

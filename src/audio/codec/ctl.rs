//! libopus's encoder, called directly: the `opus` crate keeps its own one to itself, and has no word for deep redundancy
//! (DRED). The only unsafe code of the sending side; everything above it is safe.
#![allow(unsafe_code, reason = "libopus is C; each call says why it holds")]

use opusic_sys as sys;
use std::ptr::NonNull;

/// What can be set; the value's meaning is libopus's (opus_defines.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// Bits per second.
    Bitrate(i32),
    /// As many bytes as the sound needs, or one size.
    Variable(bool),
    /// A redundant copy of the last frame (LBRR).
    RedundantCopy(bool),
    /// Lost packets, in percent.
    ExpectedLoss(i32),
    /// Nothing is sent in pauses.
    Discontinuous(bool),
    /// 0 to 10.
    Complexity(i32),
    /// It is a voice.
    Voice,
    /// How far back deep redundancy reaches, in units of 10 ms, at most 104; 0 = none.
    DeepRedundancy(i32),
}

impl Setting {
    fn request(self) -> (i32, i32) {
        match self {
            Self::Bitrate(n) => (sys::OPUS_SET_BITRATE_REQUEST, n),
            Self::Variable(on) => (sys::OPUS_SET_VBR_REQUEST, on.into()),
            Self::RedundantCopy(on) => (sys::OPUS_SET_INBAND_FEC_REQUEST, on.into()),
            Self::ExpectedLoss(n) => (sys::OPUS_SET_PACKET_LOSS_PERC_REQUEST, n),
            Self::Discontinuous(on) => (sys::OPUS_SET_DTX_REQUEST, on.into()),
            Self::Complexity(n) => (sys::OPUS_SET_COMPLEXITY_REQUEST, n),
            Self::Voice => (sys::OPUS_SET_SIGNAL_REQUEST, sys::OPUS_SIGNAL_VOICE),
            Self::DeepRedundancy(n) => (sys::OPUS_SET_DRED_DURATION_REQUEST, n),
        }
    }
}

/// A libopus encoder for 48 kHz mono speech.
#[derive(Debug)]
pub(super) struct Opus {
    state: NonNull<sys::OpusEncoder>,
}

// SAFETY: the state is memory of its own that nothing else points to and no thread-local data belongs to; libopus only
// forbids two calls at once, and every call below takes `&mut self`.
unsafe impl Send for Opus {}

impl Opus {
    /// The VoIP profile; libopus's error code if there is no memory.
    pub(super) fn new() -> Result<Self, i32> {
        let mut error = sys::OPUS_OK;
        // SAFETY: plain values, and a pointer to a local that outlives the call.
        let state = unsafe { sys::opus_encoder_create(48_000, 1, sys::OPUS_APPLICATION_VOIP, &raw mut error) };
        match NonNull::new(state) {
            Some(state) if error == sys::OPUS_OK => Ok(Self { state }),
            Some(state) => {
                drop(Self { state });
                Err(error)
            }
            None => Err(error),
        }
    }

    /// Changes one setting; libopus's error code if it refuses the value. It takes any of them at any time.
    pub(super) fn set(&mut self, setting: Setting) -> Result<(), i32> {
        let (request, value) = setting.request();
        // SAFETY: the state is alive; every request above is one that takes a single opus_int32 by value (opus_defines.h).
        match unsafe { sys::opus_encoder_ctl(self.state.as_ptr(), request, value) } {
            sys::OPUS_OK => Ok(()),
            error => Err(error),
        }
    }

    /// Encodes one frame of 2.5 to 60 ms; how many bytes of `packet` it fills, `None` if Opus refuses (another length).
    pub(super) fn encode(&mut self, sound: &[f32], packet: &mut [u8]) -> Option<usize> {
        let samples = i32::try_from(sound.len()).ok()?;
        let room = i32::try_from(packet.len()).ok()?;
        // SAFETY: the state is alive and mono, so libopus reads `samples` floats, which are there (it refuses lengths that
        // are no frame before it reads), and writes at most `room` bytes, which are there and ours alone.
        let n = unsafe { sys::opus_encode_float(self.state.as_ptr(), sound.as_ptr(), samples, packet.as_mut_ptr(), room) };
        usize::try_from(n).ok().filter(|n| *n <= packet.len())
    }
}

impl Drop for Opus {
    fn drop(&mut self) {
        // SAFETY: it came from opus_encoder_create and is given back once.
        unsafe { sys::opus_encoder_destroy(self.state.as_ptr()) }
    }
}

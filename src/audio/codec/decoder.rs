//! Opus packets back into sound: what was lost comes from redundant copies, or is made up.

use super::MAX_PACKET_SAMPLES;
use crate::audio::SAMPLE_RATE;
use crate::exit::{Exit, Failure};
use opus::Channels;

/// Decodes one speaker.
#[derive(Debug)]
pub struct Decoder {
    opus: opus::Decoder,
    sound: Box<[f32; MAX_PACKET_SAMPLES]>,
}

impl Decoder {
    /// A fresh decoder; stereo packets are mixed down.
    pub fn new() -> Result<Self, Failure> {
        let opus = opus::Decoder::new(SAMPLE_RATE, Channels::Mono)
            .map_err(|e| Failure::new(Exit::Internal, format!("The Opus decoder cannot be set up: {e}.")))?;
        Ok(Self { opus, sound: Box::new([0.0; MAX_PACKET_SAMPLES]) })
    }

    /// Forgets the past: another stream follows.
    pub fn reset(&mut self) {
        let _ = self.opus.reset_state();
    }

    /// Decodes a packet; `None` if Opus cannot.
    pub fn decode(&mut self, packet: &[u8]) -> Option<&[f32]> {
        self.run(packet, MAX_PACKET_SAMPLES, false)
    }

    /// The `samples` before `packet`, from the redundant copy inside it (LBRR, RFC 6716 section 2.1.7); without one,
    /// Opus conceals.
    pub fn recover(&mut self, packet: &[u8], samples: usize) -> Option<&[f32]> {
        self.run(packet, samples, true)
    }

    /// Makes up `samples` of sound (a multiple of 2.5 ms) that continue what was heard.
    pub fn conceal(&mut self, samples: usize) -> Option<&[f32]> {
        self.run(&[], samples, false)
    }

    fn run(&mut self, packet: &[u8], samples: usize, recover: bool) -> Option<&[f32]> {
        let room = self.sound.get_mut(..samples)?;
        let n = self.opus.decode_float(packet, room, recover).ok()?;
        let sound = self.sound.get_mut(..n)?;
        for s in sound.iter_mut() {
            // Damaged packets may decode to anything; one NaN would silence a mixer for ever.
            *s = if s.is_finite() { s.clamp(-2.0, 2.0) } else { 0.0 };
        }
        Some(sound)
    }
}

//! Our own voice into Opus packets.

use super::FRAME_SAMPLES;
use crate::audio::SAMPLE_RATE;
use crate::exit::{Exit, Failure};
use bytes::Bytes;
use opus::{Application, Bitrate, Channels};

/// Bits per second of our own voice.
const BITRATE: i32 = 32_000;
/// The same at constant rate: what pauses waste is not there for speech, and the redundant copy always takes its share.
const CONSTANT_BITRATE: i32 = 44_000;
/// What the encoder assumes is lost, in percent: it decides how many bits the redundant copy of the last frame gets.
const EXPECTED_LOSS: i32 = 10;

/// Encodes our own voice.
#[derive(Debug)]
pub struct Encoder {
    opus: opus::Encoder,
    packet: [u8; 1276],
}

impl Encoder {
    /// VoIP profile with in-band redundancy and without discontinuous transmission: pauses then look like any other
    /// packet, to the network and to jitter buffers.
    pub fn new() -> Result<Self, Failure> {
        let open = || {
            let mut opus = opus::Encoder::new(SAMPLE_RATE, Channels::Mono, Application::Voip)?;
            opus.set_bitrate(Bitrate::Bits(BITRATE))?;
            opus.set_inband_fec(true)?;
            opus.set_packet_loss_perc(EXPECTED_LOSS)?;
            opus.set_dtx(false)?;
            Ok::<_, opus::Error>(opus)
        };
        let opus = open().map_err(|e| Failure::new(Exit::Internal, format!("The Opus encoder cannot be set up: {e}.")))?;
        Ok(Self { opus, packet: [0; 1276] })
    }

    /// One size for every packet (constant bit rate), or as many bytes as the sound needs. What is said cannot be guessed from
    /// sizes then.
    pub fn set_constant_rate(&mut self, on: bool) {
        // Opus takes either value at any time.
        let bits = Bitrate::Bits(if on { CONSTANT_BITRATE } else { BITRATE });
        if let Err(e) = self.opus.set_vbr(!on).and_then(|()| self.opus.set_bitrate(bits)) {
            tracing::error!("the bit rate cannot be made constant: {e}");
        }
    }

    /// Share of packets that are lost on the way, 0 to 1: how many bits the redundant copy of the last frame gets.
    pub fn set_expected_loss(&mut self, share: f32) {
        let percent = ((share * 100.0) as i32).clamp(EXPECTED_LOSS, 100);
        if let Err(e) = self.opus.set_packet_loss_perc(percent) {
            tracing::error!("the expected loss cannot be set: {e}");
        }
    }

    /// Encodes 20 ms; `None` if Opus refuses.
    pub fn encode(&mut self, sound: &[f32; FRAME_SAMPLES]) -> Option<Bytes> {
        let n = self.opus.encode_float(sound, &mut self.packet).ok()?;
        self.packet.get(..n).map(Bytes::copy_from_slice)
    }
}

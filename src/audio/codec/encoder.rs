//! Our own voice into Opus packets.

use super::ctl::{Opus, Setting};
use crate::audio::rate::{Rate, Settings};
use crate::exit::{Exit, Failure};
use bytes::Bytes;

/// How hard libopus thinks, 0 to 10. 9 costs 1 % of a core; 10 is no better for speech.
const COMPLEXITY: i32 = 9;
/// The longest packet Opus makes of one frame (RFC 6716, section 3.2.1), of which 60 ms hold up to three.
const MAX_PACKET: usize = 1276;

/// Encodes our own voice.
#[derive(Debug)]
pub struct Encoder {
    opus: Opus,
    settings: Option<Settings>,
    packet: [u8; MAX_PACKET],
}

impl Encoder {
    /// VoIP profile with in-band redundancy and without discontinuous transmission: pauses then look like any other
    /// packet, to the network and to jitter buffers.
    pub fn new() -> Result<Self, Failure> {
        let open = || {
            let mut opus = Opus::new()?;
            opus.set(Setting::Complexity(COMPLEXITY))?;
            opus.set(Setting::Voice)?;
            opus.set(Setting::RedundantCopy(true))?;
            opus.set(Setting::Discontinuous(false))?;
            Ok::<_, i32>(opus)
        };
        let opus =
            open().map_err(|e| Failure::new(Exit::Internal, format!("The Opus encoder cannot be set up (Opus error {e}).")))?;
        let mut encoder = Self { opus, settings: None, packet: [0; MAX_PACKET] };
        encoder.set(Rate::default().settings());
        Ok(encoder)
    }

    /// Sets bit rate and redundancy; holds from the next frame on. The length of frames is that of what is encoded.
    pub fn set(&mut self, settings: Settings) {
        if self.settings == Some(settings) {
            return;
        }
        self.settings = Some(settings);
        let all = [
            Setting::Variable(!settings.constant),
            Setting::Bitrate(settings.bitrate as i32),
            Setting::ExpectedLoss(settings.expected_loss.min(100) as i32),
            Setting::DeepRedundancy((settings.deep_ms / 10).min(104) as i32),
        ];
        for setting in all {
            if let Err(e) = self.opus.set(setting) {
                tracing::error!("the encoder refuses {setting:?}: error {e}");
            }
        }
    }

    /// Encodes 10, 20, 40 or 60 ms; `None` if Opus refuses.
    pub fn encode(&mut self, sound: &[f32]) -> Option<Bytes> {
        let n = self.opus.encode(sound, &mut self.packet)?;
        self.packet.get(..n).map(Bytes::copy_from_slice)
    }
}

//! Our own voice on its way out: 10 ms of microphone in, Opus frames out.

use super::codec::{Encoder, FRAME_SAMPLES};
use super::speaking::Speaking;
use super::{Path, TICK_SAMPLES};
use crate::backend::{Frame, SourceId};
use crate::exit::Failure;
use std::time::Instant;

/// Ticks without sound that are no pause: a device may give two at once afterwards.
const LATE_TICKS: u32 = 10;

/// The microphone's side of a call.
#[derive(Debug)]
pub struct Capture {
    encoder: Encoder,
    open: bool,
    sound: [f32; FRAME_SAMPLES],
    filled: usize,
    /// When the first sample of the frame in the making was captured, and its RTP timestamp.
    begun: Option<(Instant, u32)>,
    sequence: u64,
    timestamp: u32,
    /// Ticks since the last sound, and whether the microphone was closed in between.
    missing: u32,
    paused: bool,
    speaking: Speaking,
}

impl Capture {
    /// A closed or an open microphone.
    pub fn new(open: bool) -> Result<Self, Failure> {
        Ok(Self {
            encoder: Encoder::new()?,
            open,
            sound: [0.0; FRAME_SAMPLES],
            filled: 0,
            begun: None,
            sequence: 0,
            timestamp: 0,
            missing: 0,
            paused: true,
            speaking: Speaking::default(),
        })
    }

    /// Opens or closes the microphone; `Some(false)` if we no longer speak because of it. What was not sent yet is
    /// dropped: nothing said before the opening, or after the closing, leaves.
    pub fn set_open(&mut self, open: bool) -> Option<bool> {
        if open == self.open {
            return None;
        }
        self.open = open;
        self.paused = true;
        (self.filled, self.begun) = (0, None);
        if open { None } else { self.speaking.stop() }
    }

    /// Every packet has one size from now on, or as many bytes as it needs.
    pub fn set_constant_rate(&mut self, on: bool) {
        self.encoder.set_constant_rate(on);
    }

    /// What is known of the way to the listeners.
    pub fn set_path(&mut self, path: Path) {
        self.encoder.set_expected_loss(path.loss);
    }

    /// Whether the microphone is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Takes 10 ms (or that nothing was captured); gives a frame each 20 ms while open, and whether we began or stopped
    /// speaking.
    pub fn tick(&mut self, now: Instant, captured: Option<&[f32; TICK_SAMPLES]>) -> (Option<Frame>, Option<bool>) {
        let (true, Some(captured)) = (self.open, captured) else {
            self.missing += 1;
            return (None, self.speaking.silence());
        };
        // A closed or lost microphone: the timestamp has gone on with the clock, and receivers see a pause and not a
        // jump of the network. A device that gives its sound a little late has lost nothing.
        let missing = std::mem::take(&mut self.missing);
        if missing > LATE_TICKS || self.filled == 0 && self.paused {
            self.timestamp = self.timestamp.wrapping_add(missing.wrapping_mul(TICK_SAMPLES as u32));
            (self.filled, self.begun) = (0, None);
        }
        self.paused = false;
        let timestamp = self.timestamp;
        self.timestamp = timestamp.wrapping_add(TICK_SAMPLES as u32);
        let speaking = self.speaking.hear(captured);
        let (arrived, begun) = *self.begun.get_or_insert((now, timestamp));
        if let Some(room) = self.sound.get_mut(self.filled..self.filled + TICK_SAMPLES) {
            room.copy_from_slice(captured);
        }
        self.filled += TICK_SAMPLES;
        if self.filled < FRAME_SAMPLES {
            return (None, speaking);
        }
        (self.filled, self.begun) = (0, None);
        let voice = self.speaking.voice();
        let frame = self.encoder.encode(&self.sound).map(|payload| {
            self.sequence += 1;
            Frame { source: SourceId(0), key_id: None, sequence: self.sequence, timestamp: begun, arrived, voice, payload }
        });
        (frame, speaking)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::voice;
    use super::*;

    #[test]
    fn a_closed_microphone_sends_nothing_and_the_timestamp_tells_the_pause() {
        let sound = voice(1);
        let mut capture = Capture::new(true).unwrap();
        let now = Instant::now();
        let mut frames = Vec::new();
        for (k, chunk) in sound.chunks_exact(TICK_SAMPLES).enumerate() {
            match k {
                21 => assert_eq!(capture.set_open(false), Some(false), "closing ends speaking"),
                61 => assert_eq!(capture.set_open(true), None),
                _ => {}
            }
            let (frame, _) = capture.tick(now, Some(chunk.try_into().unwrap()));
            assert!(frame.is_none() || !(21..61).contains(&k));
            frames.extend(frame);
        }
        assert_eq!(frames.len(), 10 + 19);
        assert!(frames.windows(2).all(|w| w[1].sequence == w[0].sequence + 1));
        let steps: Vec<u32> = frames.windows(2).map(|w| w[1].timestamp - w[0].timestamp).collect();
        assert_eq!(steps.iter().filter(|s| **s != 960).collect::<Vec<_>>(), [&(480 * 43)]);
    }
}

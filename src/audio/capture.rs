//! Our own voice on its way out: 10 ms of microphone in, Opus frames out.

use super::codec::Encoder;
use super::processing::{Devices, Processing};
use super::rate::Rate;
use super::speaking::Speaking;
use super::{FrameLength, Path, TICK_SAMPLES};
use crate::backend::{Frame, SourceId};
use crate::call::processing::{Processing as Processed, Wish};
use crate::exit::Failure;
use std::time::{Duration, Instant};

/// The longest frame that we send.
const MAX_FRAME: usize = 2_880;
/// Ticks without sound that are no pause: a device may give two at once afterwards.
const LATE_TICKS: u32 = 10;

/// The microphone's side of a call.
#[derive(Debug)]
pub struct Capture {
    processing: Processing,
    /// What was done to the sound when that was last told.
    told: Processed,
    /// The last tick was heard, and is the last 10 ms of `sound`.
    heard: bool,
    encoder: Encoder,
    rate: Rate,
    /// What reports of the way are timed by.
    ticks: u32,
    open: bool,
    sound: [f32; MAX_FRAME],
    filled: usize,
    /// How long the frame in the making shall be.
    frame: FrameLength,
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
            processing: Processing::default(),
            told: Processed::NOTHING,
            heard: false,
            encoder: Encoder::new()?,
            rate: Rate::default(),
            ticks: 0,
            open,
            sound: [0.0; MAX_FRAME],
            filled: 0,
            frame: FrameLength::Ms20,
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
        self.rate.set_constant(on);
    }

    /// How much sound is in one packet while the way is good.
    pub fn set_frame(&mut self, frame: FrameLength) {
        self.rate.set_shortest(frame);
    }

    /// What is known of the way to the listeners: rate, frame length and redundancy follow it.
    pub fn set_path(&mut self, path: Path) {
        self.rate.report(Duration::from_millis(10) * self.ticks, path);
    }

    /// What shall be done to the sound before it is sent.
    pub fn wish(&mut self, wish: Wish) {
        self.processing.wish(wish);
    }

    /// Other devices are in use.
    pub fn set_devices(&mut self, devices: Devices) {
        self.processing.set_devices(devices);
    }

    /// What was handed to the loudspeaker: the microphone may hear it.
    pub fn played(&mut self, sound: &[f32; TICK_SAMPLES]) {
        self.processing.played(sound);
    }

    /// What is done to the sound, if that has changed.
    pub fn processing_changed(&mut self) -> Option<Processed> {
        let now = self.processing.active();
        (std::mem::replace(&mut self.told, now) != now).then_some(now)
    }

    /// What we said in the last tick, as it is sent.
    pub fn said(&self) -> Option<&[f32; TICK_SAMPLES]> {
        let end = if self.filled == 0 { self.frame.samples() } else { self.filled };
        self.sound.get(..end).filter(|_| self.heard)?.last_chunk()
    }

    /// Whether the microphone is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Takes 10 ms (or that nothing was captured); gives a frame each 20 ms (or what the way
    /// demands) while open, and whether we began or stopped speaking.
    pub fn tick(&mut self, now: Instant, captured: Option<&[f32; TICK_SAMPLES]>) -> (Option<Frame>, Option<bool>) {
        self.ticks = self.ticks.saturating_add(1);
        self.heard = self.open && captured.is_some();
        let (true, Some(captured)) = (self.open, captured) else {
            self.missing += 1;
            self.processing.nothing_captured();
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
        let (captured, voice) = self.processing.captured(captured);
        let speaking = self.speaking.hear_voice(captured, voice);
        if self.filled == 0 {
            // Between frames only: a change never cuts into one.
            let settings = self.rate.settings();
            self.frame = settings.frame;
            self.encoder.set(settings);
        }
        let (arrived, begun) = *self.begun.get_or_insert((now, timestamp));
        if let Some(room) = self.sound.get_mut(self.filled..self.filled + TICK_SAMPLES) {
            room.copy_from_slice(captured);
        }
        self.filled += TICK_SAMPLES;
        let whole = self.frame.samples();
        if self.filled < whole {
            return (None, speaking);
        }
        (self.filled, self.begun) = (0, None);
        let voice = self.speaking.voice();
        let sound = self.sound.get(..whole).unwrap_or(&[]);
        let frame = self.encoder.encode(sound).map(|payload| {
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
    fn timestamps_and_sequence_go_on_when_frames_become_longer_and_shorter() {
        let sound = voice(1);
        let mut capture = Capture::new(true).unwrap();
        let now = Instant::now();
        let (mut frames, mut loss) = (Vec::new(), 0.6);
        for (k, chunk) in sound.chunks_exact(TICK_SAMPLES).cycle().take(6000).enumerate() {
            if k % 100 == 99 {
                // A link that drops most, and then nothing any more.
                loss = if k < 500 { loss } else { 0.0 };
                capture.set_path(Path { loss, ..Path::default() });
            }
            frames.extend(capture.tick(now, Some(chunk.try_into().unwrap())).0);
        }
        let mut lengths: Vec<u32> = Vec::new();
        for w in frames.windows(2) {
            assert_eq!(w[1].sequence, w[0].sequence + 1);
            let length = super::super::codec::duration(&w[0].payload).unwrap() as u32;
            assert_eq!(w[1].timestamp.wrapping_sub(w[0].timestamp), length);
            if lengths.last() != Some(&length) {
                lengths.push(length);
            }
        }
        assert!(lengths.contains(&2880) && lengths.first() == Some(&960) && lengths.last() == Some(&960), "{lengths:?}");
    }

    #[test]
    fn frames_of_10_ms_go_out_each_tick_until_the_way_is_bad() {
        let sound = voice(1);
        let mut capture = Capture::new(true).unwrap();
        capture.set_frame(FrameLength::Ms10);
        let now = Instant::now();
        let tick = |capture: &mut Capture, k: usize| {
            let chunk = sound.chunks_exact(TICK_SAMPLES).nth(k % 50).unwrap();
            capture.tick(now, Some(chunk.try_into().unwrap())).0.map(|f| super::super::codec::duration(&f.payload))
        };
        assert!((0..100).all(|k| tick(&mut capture, k) == Some(Some(TICK_SAMPLES))));
        let mut longest = None;
        for _ in 0..10 {
            capture.set_path(Path { loss: 0.6, ..Path::default() });
            longest = longest.max((0..100).filter_map(|k| tick(&mut capture, k)).max().flatten());
        }
        assert!(longest > Some(2 * TICK_SAMPLES), "a narrow link is looked for as ever: {longest:?}");
    }

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

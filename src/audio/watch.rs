//! Watches what is said beside what is heard, in step: so the way from the one to the other can be measured.

use super::{SAMPLE_RATE, TICK_SAMPLES, delay};
use rtrb::{Consumer, Producer};

/// Seconds that wait to be looked at, at most.
const RING_SECONDS: usize = 2;
/// Seconds that are remembered.
const SECONDS: usize = 6;
/// The piece of what was said that is looked for: 500 ms.
const PIECE: usize = 24_000;
/// It must be as loud as this (-46 dBFS).
const AUDIBLE: f32 = 0.005;
/// A sound that takes longer than this (and the wait that is known) is not found.
const LONGEST: usize = SAMPLE_RATE as usize;
/// As alike as this it is what was said. Coding, loss and processing take their share.
const FOUND: f32 = 0.4;

/// The audio thread's end.
#[derive(Debug)]
pub struct Watch {
    ring: Producer<(f32, f32)>,
}

/// The other end.
#[derive(Debug)]
pub struct Watcher {
    ring: Consumer<(f32, f32)>,
    said: Vec<f32>,
    heard: Vec<f32>,
    /// Something loud enough was said, ever.
    spoken: bool,
}

/// Both ends.
pub fn pair() -> (Watch, Watcher) {
    let (producer, ring) = rtrb::RingBuffer::new(RING_SECONDS * SAMPLE_RATE as usize);
    (Watch { ring: producer }, Watcher { ring, said: Vec::new(), heard: Vec::new(), spoken: false })
}

impl Watch {
    /// Takes 10 ms of each; dropped if nobody looks.
    pub(super) fn write(&mut self, said: &[f32; TICK_SAMPLES], heard: &[f32; TICK_SAMPLES]) {
        if self.ring.slots() >= TICK_SAMPLES {
            for pair in said.iter().zip(heard) {
                let _ = self.ring.push((*pair.0, *pair.1));
            }
        }
    }
}

impl Watcher {
    /// Takes in what happened since. Call it every second or more often.
    pub fn look(&mut self) {
        while let Ok((said, heard)) = self.ring.pop() {
            self.said.push(said);
            self.heard.push(heard);
        }
        let over = self.said.len().saturating_sub(SECONDS * SAMPLE_RATE as usize);
        self.said.drain(..over);
        self.heard.drain(..over);
    }

    /// Whether anything was said at all.
    pub fn spoken(&self) -> bool {
        self.spoken
    }

    /// Looks for the latest piece of speech that should have come back by now, not earlier than after `wait` milliseconds:
    /// how many more than that it took, in milliseconds.
    pub fn measure(&mut self, wait: u32) -> Option<f32> {
        let wait = wait as usize * SAMPLE_RATE as usize / 1000;
        let latest = self.heard.len().checked_sub(wait + LONGEST + PIECE)?;
        // The latest first; half a second further back while there was silence.
        let from = (0..=latest).rev().step_by(SAMPLE_RATE as usize / 2).find(|from| {
            self.said
                .get(*from..from + PIECE)
                .is_some_and(|s| s.iter().map(|s| s * s).sum::<f32>() / PIECE as f32 > AUDIBLE * AUDIBLE)
        })?;
        self.spoken = true;
        let said = self.said.get(from..from + PIECE)?;
        let heard = self.heard.get(from + wait..from + wait + LONGEST + PIECE)?;
        let (at, alike) = delay::find(said, heard)?;
        tracing::debug!(at, alike, "the voice was looked for");
        (alike >= FOUND).then(|| at as f32 * 1000.0 / SAMPLE_RATE as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::voice;
    use super::*;

    #[test]
    fn the_way_is_measured_without_the_wait() {
        let said = voice(5);
        let lag = (1_000 + 87) * 48;
        let (mut watch, mut watcher) = pair();
        for (k, chunk) in said.chunks_exact(TICK_SAMPLES).enumerate() {
            let heard = std::array::from_fn(|i| (k * TICK_SAMPLES + i).checked_sub(lag).map_or(0.0, |j| said[j] * 0.5));
            watch.write(chunk.try_into().unwrap(), &heard);
            watcher.look();
        }
        let ms = watcher.measure(1_000).unwrap();
        assert!((ms - 87.0).abs() < 0.1, "{ms}");
        assert!(watcher.spoken());
    }

    #[test]
    fn silence_measures_nothing_and_says_so() {
        let (mut watch, mut watcher) = pair();
        for _ in 0..500 {
            watch.write(&[0.0; TICK_SAMPLES], &[0.0; TICK_SAMPLES]);
            watcher.look();
        }
        assert_eq!(watcher.measure(1_000), None);
        assert!(!watcher.spoken());
    }
}

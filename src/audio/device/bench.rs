//! Tries a microphone and a loudspeaker without a call: plays, records, and measures how long the way through both is.

use super::supervisor::{End, Side};
use super::{Host, OpenError, Rechunk};
use crate::audio::{SAMPLE_RATE, TICK_SAMPLES, delay};
use rtrb::Producer;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often is looked after the rings.
const NAP: Duration = Duration::from_millis(2);
/// Sound that waits for the loudspeaker at most, in samples: 20 ms.
const AHEAD: usize = 2 * TICK_SAMPLES;
/// How long devices take until sound flows, at most: PulseAudio's null sink first plays what it has rendered ahead.
const SETTLING: Duration = Duration::from_secs(4);
/// A sound that comes back later than this is none of ours.
const LONGEST_WAY: Duration = Duration::from_millis(800);
/// As alike as this it is the marker.
const FOUND: f32 = 0.3;

/// A microphone and a loudspeaker that are tried.
#[derive(Debug)]
pub struct Bench {
    /// Why there is none, otherwise.
    pub microphone: Result<End<Rechunk>, OpenError>,
    /// Why there is none, otherwise.
    pub loudspeaker: Result<End<Producer<f32>>, OpenError>,
}

fn flows<S: Side>(end: &Result<End<S>, OpenError>) -> bool {
    end.as_ref().is_ok_and(|e| e.health().is_some_and(|h| h.callbacks() > 3))
}

impl Bench {
    /// Opens both, as named.
    pub fn open(hosts: &[Arc<dyn Host>], input: Option<String>, output: Option<String>) -> Self {
        Self { microphone: End::open(hosts.to_vec(), input), loudspeaker: End::open(hosts.to_vec(), output) }
    }

    /// Waits until sound flows, but not for ever: (microphone, loudspeaker).
    pub fn settle(&mut self) -> (bool, bool) {
        let deadline = Instant::now() + SETTLING;
        while Instant::now() < deadline
            && !((self.microphone.is_err() || flows(&self.microphone)) && (self.loudspeaker.is_err() || flows(&self.loudspeaker)))
        {
            self.pass(&mut std::iter::empty(), &mut Vec::new());
            std::thread::sleep(NAP);
        }
        (flows(&self.microphone), flows(&self.loudspeaker))
    }

    /// Plays (silence afterwards) and records for so long.
    pub fn run(&mut self, play: &[f32], time: Duration) -> Vec<f32> {
        let mut heard = Vec::new();
        // What was captured before is over.
        self.pass(&mut std::iter::empty(), &mut heard);
        heard.clear();
        let (mut sound, end) = (play.iter().copied(), Instant::now() + time);
        while Instant::now() < end {
            self.pass(&mut sound, &mut heard);
            std::thread::sleep(NAP);
        }
        heard
    }

    /// Plays a marker and listens for it: milliseconds from our hands back into them, if the microphone hears the loudspeaker.
    pub fn way(&mut self) -> Option<f32> {
        let marker = delay::chirp();
        // Some time before it, so that both rings are in their stride.
        let before = SAMPLE_RATE as usize / 5;
        let mut play = vec![0.0; before];
        play.extend_from_slice(&marker);
        let heard = self.run(&play, Duration::from_millis(350) + LONGEST_WAY);
        let (at, alike) = delay::find(&marker, heard.get(before..)?)?;
        (alike > FOUND).then(|| at as f32 * 1000.0 / SAMPLE_RATE as f32)
    }

    fn pass(&mut self, sound: &mut dyn Iterator<Item = f32>, heard: &mut Vec<f32>) {
        if let Ok(end) = &mut self.loudspeaker
            && let Some(stored) = end.stored()
            && let Some(ring) = end.ring()
        {
            for _ in stored..AHEAD {
                let _ = ring.push(sound.next().unwrap_or(0.0));
            }
        }
        if let Some(ring) = self.microphone.as_mut().ok().and_then(End::ring) {
            let mut out = [0.0; TICK_SAMPLES];
            while ring.read(&mut out) {
                heard.extend_from_slice(&out);
            }
        }
    }
}

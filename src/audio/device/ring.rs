//! Between a device's callback and the audio thread: rings that neither lock nor allocate.

use crate::audio::TICK_SAMPLES;
use rtrb::{Consumer, Producer};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::thread::Thread;

/// Samples in a ring: 200 ms.
const RING: usize = 9_600;
/// More captured sound than this is not waited for (100 ms).
const MAX_BACKLOG: usize = 4_800;
/// How often the backlog is judged, in ticks.
const JUDGE_EVERY: u32 = 100;

/// How a stream is. Callbacks write it, the supervisor reads it.
#[derive(Debug, Default)]
pub struct Health {
    dead: AtomicBool,
    callbacks: AtomicU64,
    underruns: AtomicU64,
    thread: OnceLock<Thread>,
}

impl Health {
    /// The stream is broken. Only a flag: ALSA reports an unplugged device thousands of times in 10 ms.
    pub fn fail(&self) {
        self.dead.store(true, Relaxed);
    }

    /// Whether it is broken.
    pub fn is_dead(&self) -> bool {
        self.dead.load(Relaxed)
    }

    /// How often the device called back.
    pub fn callbacks(&self) -> u64 {
        self.callbacks.load(Relaxed)
    }

    /// How often it found too little to play.
    pub fn underruns(&self) -> u64 {
        self.underruns.load(Relaxed)
    }

    /// Whom callbacks wake.
    pub fn wakes(&self, thread: Thread) {
        let _ = self.thread.set(thread);
    }

    fn called(&self) {
        self.callbacks.fetch_add(1, Relaxed);
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }
}

/// The callback's end of a microphone.
#[derive(Debug)]
pub struct CaptureRing {
    ring: Producer<f32>,
    health: Arc<Health>,
}

impl CaptureRing {
    /// A ring: the callback's end and the audio thread's end.
    pub fn new(health: Arc<Health>) -> (Self, Rechunk) {
        let (ring, consumer) = rtrb::RingBuffer::new(RING);
        (Self { ring, health }, Rechunk { ring: consumer, least: usize::MAX, ticks: 0 })
    }

    /// The callback's whole work: mono samples in; what does not fit is dropped.
    pub fn write(&mut self, samples: impl Iterator<Item = f32>) {
        for s in samples {
            let _ = self.ring.push(s);
        }
        self.health.called();
    }

    /// How the stream is.
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }

    /// How many samples fit in now.
    pub fn room(&self) -> usize {
        self.ring.slots()
    }

    /// Whether nobody reads it any more.
    pub fn is_abandoned(&self) -> bool {
        self.ring.is_abandoned()
    }
}

/// The audio thread's end of a microphone: 10 ms at a time, whatever the sizes of the callbacks, and never far behind.
#[derive(Debug)]
pub struct Rechunk {
    ring: Consumer<f32>,
    /// The smallest backlog lately: what was never needed.
    least: usize,
    ticks: u32,
}

impl Rechunk {
    /// Takes 10 ms; `false` if they are not there yet.
    pub fn read(&mut self, out: &mut [f32; TICK_SAMPLES]) -> bool {
        let stored = self.ring.slots();
        if stored > MAX_BACKLOG {
            self.discard(stored - 2 * TICK_SAMPLES);
        }
        let got = stored >= TICK_SAMPLES;
        if got {
            out.fill_with(|| self.ring.pop().unwrap_or(0.0));
        }
        self.least = self.least.min(self.ring.slots());
        self.ticks += 1;
        if self.ticks >= JUDGE_EVERY {
            // The microphone's clock is faster than the loudspeaker's, or there was a hiccup: be 10 ms less late.
            if self.least >= TICK_SAMPLES {
                self.discard(TICK_SAMPLES);
            }
            (self.least, self.ticks) = (usize::MAX, 0);
        }
        got
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        self.discard(self.ring.slots());
        (self.least, self.ticks) = (usize::MAX, 0);
    }

    fn discard(&mut self, samples: usize) {
        for _ in 0..samples {
            let _ = self.ring.pop();
        }
    }
}

/// The callback's end of a loudspeaker.
#[derive(Debug)]
pub struct PlayRing {
    ring: Consumer<f32>,
    health: Arc<Health>,
    started: bool,
}

impl PlayRing {
    /// A ring: the callback's end and the audio thread's end.
    pub fn new(health: Arc<Health>) -> (Self, Producer<f32>) {
        let (producer, ring) = rtrb::RingBuffer::new(RING);
        (Self { ring, health, started: false }, producer)
    }

    /// The callback's whole work: `n` mono samples out, silence where there are none.
    pub fn read(&mut self, n: usize, mut give: impl FnMut(usize, f32)) {
        let stored = self.ring.slots();
        if self.started && stored < n {
            self.health.underruns.fetch_add(1, Relaxed);
        }
        self.started |= stored > 0;
        for i in 0..n {
            give(i, self.ring.pop().unwrap_or(0.0));
        }
        self.health.called();
    }

    /// How the stream is.
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }
}

/// How much a play ring holds, in samples.
pub(super) fn stored(ring: &Producer<f32>) -> usize {
    RING - ring.slots()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_callback_sizes_become_10_ms_and_a_backlog_is_shortened() {
        let (mut callback, mut thread) = CaptureRing::new(Arc::default());
        let mut out = [0.0; TICK_SAMPLES];
        let mut next = 0.0;
        let mut give = |n: usize, callback: &mut CaptureRing| {
            callback.write((0..n).map(|_| {
                next += 1.0;
                next
            }));
        };
        give(24, &mut callback);
        assert!(!thread.read(&mut out));
        give(700, &mut callback);
        assert!(thread.read(&mut out) && out[0] == 1.0 && out[479] == 480.0);
        give(236 + 4 * 480, &mut callback);
        for _ in 0..220 {
            assert!(thread.read(&mut out));
            give(480, &mut callback);
        }
        assert_eq!(thread.ring.slots(), 4 * 480, "10 ms of 50 were dropped once a second had shown them needless");
        give(5_000, &mut callback);
        assert!(thread.read(&mut out));
        assert!(thread.ring.slots() <= 2 * 480);
    }

    #[test]
    fn an_empty_ring_plays_silence_and_counts() {
        let (mut callback, mut thread) = PlayRing::new(Arc::default());
        let mut got = Vec::new();
        callback.read(10, |_, s| got.push(s));
        assert_eq!(callback.health.underruns(), 0, "nothing was expected yet");
        thread.push(0.5).unwrap();
        callback.read(2, |_, s| got.push(s));
        callback.read(2, |_, s| got.push(s));
        assert_eq!((got[10], got[11], callback.health.underruns(), callback.health.callbacks()), (0.5, 0.0, 1, 3));
    }
}

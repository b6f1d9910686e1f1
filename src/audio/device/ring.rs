//! Between a device's callback and the audio thread: rings that neither lock nor allocate.

use super::rechunk::Rechunk;
use rtrb::{Consumer, Producer};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::Thread;

/// Samples in a ring: 200 ms.
pub(super) const RING: usize = 9_600;
/// Samples in a ring for the strangest device: 8 s.
const MAX_RING: usize = 384_000;

/// A habit of a device is forgotten by this part at each callback.
const FORGET: usize = 32;

/// How a stream is. Callbacks write it, the supervisor and the audio thread read it.
#[derive(Debug, Default)]
pub struct Health {
    dead: AtomicBool,
    callbacks: AtomicU64,
    underruns: AtomicU64,
    /// Samples in the callback before.
    before: AtomicUsize,
    /// Samples in the larger callbacks, as they usually are.
    usual: AtomicUsize,
    /// A loudspeaker wakes the audio thread when it leaves fewer samples than this.
    low: AtomicUsize,
    /// The sound system has put the stream on another device; see `moved`.
    has_moved: AtomicBool,
    moved: Mutex<Option<String>>,
    thread: OnceLock<Thread>,
}

impl Health {
    /// The stream is broken. Only a flag: ALSA reports an unplugged device thousands of times in 10 ms.
    pub fn fail(&self) {
        if !self.dead.swap(true, Relaxed) {
            self.wake();
        }
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

    /// How many samples the device usually gives or takes at once. One large callback is a hiccup, two are a habit, which is
    /// forgotten when it ends.
    pub fn usual(&self) -> usize {
        self.usual.load(Relaxed)
    }

    /// How large the ring of such a device has to be; `None` if it is large enough.
    pub fn wants_ring(&self, ring: usize) -> Option<usize> {
        let usual = self.usual();
        (2 * usual > ring && ring < MAX_RING).then(|| (4 * usual).clamp(RING, MAX_RING))
    }

    /// The sound system has put the stream on another device. Rare: this one may lock.
    pub fn moved_to(&self, name: String) {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner) = Some(name);
        self.has_moved.store(true, Relaxed);
        self.wake();
    }

    /// Where it was put, once.
    pub fn moved(&self) -> Option<String> {
        if !self.has_moved.swap(false, Relaxed) {
            return None;
        }
        self.moved.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whom callbacks wake.
    pub fn wakes(&self, thread: Thread) {
        let _ = self.thread.set(thread);
    }

    /// A loudspeaker wakes when it leaves fewer samples than this.
    pub fn wakes_below(&self, samples: usize) {
        self.low.store(samples, Relaxed);
    }

    fn wake(&self) {
        if let Some(thread) = self.thread.get() {
            thread.unpark();
        }
    }

    fn called(&self, samples: usize) {
        self.callbacks.fetch_add(1, Relaxed);
        let before = self.before.swap(samples, Relaxed);
        let usual = self.usual();
        self.usual.store(before.min(samples).max(usual - usual.div_ceil(FORGET)), Relaxed);
    }
}

/// What is no number is silence, and nothing is louder than full scale: a driver's garbage must reach neither a filter
/// nor an ear.
pub(super) fn sane(sample: f32) -> f32 {
    if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }
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
        Self::sized(health, RING)
    }

    /// A ring of so many samples.
    pub fn sized(health: Arc<Health>, samples: usize) -> (Self, Rechunk) {
        let (ring, consumer) = rtrb::RingBuffer::new(samples);
        let rechunk = Rechunk::new(consumer, health.clone());
        (Self { ring, health }, rechunk)
    }

    /// The callback's whole work: mono samples in; what does not fit is dropped. Nobody is woken: the loudspeaker or a
    /// timer sets the pace.
    pub fn write(&mut self, samples: impl Iterator<Item = f32>) {
        let n = self.put(samples);
        self.called(n);
    }

    /// A part of a callback's samples; how many there were.
    pub(super) fn put(&mut self, samples: impl Iterator<Item = f32>) -> usize {
        let mut n = 0;
        for s in samples {
            let _ = self.ring.push(sane(s));
            n += 1;
        }
        n
    }

    /// The callback is over; it had so many samples.
    pub(super) fn called(&mut self, samples: usize) {
        self.health.called(samples);
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
        Self::sized(health, RING)
    }

    /// A ring of so many samples.
    pub fn sized(health: Arc<Health>, samples: usize) -> (Self, Producer<f32>) {
        let (producer, ring) = rtrb::RingBuffer::new(samples);
        (Self { ring, health, started: false }, producer)
    }

    /// The callback's whole work: `n` mono samples out, silence where there are none.
    pub fn read(&mut self, n: usize, give: impl FnMut(usize, f32)) {
        self.take(n, give);
        self.called(n);
    }

    /// A part of what a callback wants.
    pub(super) fn take(&mut self, n: usize, mut give: impl FnMut(usize, f32)) {
        let stored = self.ring.slots();
        if self.started && stored < n {
            self.health.underruns.fetch_add(1, Relaxed);
        }
        self.started |= stored > 0;
        for i in 0..n {
            give(i, sane(self.ring.pop().unwrap_or(0.0)));
        }
    }

    /// The callback is over; it wanted so many samples.
    pub(super) fn called(&mut self, samples: usize) {
        self.health.called(samples);
        if self.ring.slots() < self.health.low.load(Relaxed) {
            self.health.wake();
        }
    }

    /// How the stream is.
    pub fn health(&self) -> &Arc<Health> {
        &self.health
    }
}

/// How much a play ring holds, in samples.
pub(super) fn stored(ring: &Producer<f32>) -> usize {
    ring.buffer().capacity() - ring.slots()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn garbage_of_a_driver_is_silence_and_full_scale_at_most() {
        let (mut callback, mut thread) = CaptureRing::new(Arc::default());
        let garbage = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e30, -7.0, 0.25];
        callback.write(garbage.iter().copied().cycle().take(480));
        let mut out = [9.0; crate::audio::TICK_SAMPLES];
        assert!(thread.read(&mut out));
        assert_eq!(out[..6], [0.0, 0.0, 0.0, 1.0, -1.0, 0.25]);
    }

    #[test]
    fn the_ring_of_a_device_with_giant_callbacks_has_to_be_larger_but_bounded() {
        let health = Arc::<Health>::default();
        let (mut callback, _thread) = CaptureRing::new(health.clone());
        let mut give = |n: usize| callback.write((0..n).map(|_| 0.0));
        [480, 480, 96_000, 480, 480].into_iter().for_each(&mut give);
        assert_eq!((health.wants_ring(RING), health.usual()), (None, 480), "one hiccup");
        [96_000, 96_000].into_iter().for_each(&mut give);
        assert_eq!(health.wants_ring(RING), Some(384_000));
        assert_eq!(health.wants_ring(384_000), None);
        [2_000_000, 2_000_000].into_iter().for_each(&mut give);
        assert_eq!(health.wants_ring(384_000), None, "there is an end to it");
        (0..500).for_each(|_| give(480));
        assert_eq!(health.usual(), 480, "forgotten");
    }
}

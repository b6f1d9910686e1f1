//! Say again: the last seconds of what was heard, kept in memory and played once more on request.
//!
//! In memory only: there is no file, and the samples are wiped when the call ends, when the room turns out to forbid it, and
//! as newer ones take their place. While the past is played, the present goes on softly under it, and is kept as it
//! would have been heard: what is played again is never kept again.

use super::mixer::Mixer;
use super::{SAMPLE_RATE, TICK_SAMPLES};
use zeroize::{Zeroize as _, Zeroizing};

/// How much is kept, in seconds.
pub const SECONDS: u16 = 15;
const CAPACITY: usize = SECONDS as usize * SAMPLE_RATE as usize;
/// How loud the present is meanwhile: -12 dB.
const DUCKED: f32 = 0.25;
/// Gains move from 0 to 1 within so many samples (10 ms), so that nothing clicks.
const RAMP: f32 = 480.0;

/// See the module.
#[derive(Debug)]
pub(super) struct Again {
    /// A ring of what was heard; `None`: it may not be kept. Allocated at the first sound.
    ring: Option<Zeroizing<Vec<i16>>>,
    /// Where the next sample goes, and how many there are.
    at: usize,
    filled: usize,
    playing: Option<Playing>,
    /// How loud the past is just now, 0 to 1; it fades before it goes.
    gain: f32,
    limiter: Mixer,
    live: Option<[f32; TICK_SAMPLES]>,
}

#[derive(Debug, Clone, Copy)]
struct Playing {
    /// Index in the ring of the next sample.
    next: usize,
    left: usize,
}

impl Default for Again {
    fn default() -> Self {
        Self {
            ring: Some(Zeroizing::default()),
            at: 0,
            filled: 0,
            playing: None,
            gain: 0.0,
            limiter: Mixer::default(),
            live: None,
        }
    }
}

impl Again {
    /// Whether anything may be kept; `true` if something that was being played ended by it.
    pub(super) fn keep(&mut self, on: bool) -> bool {
        match (&mut self.ring, on) {
            (ring @ Some(_), false) => *ring = None,
            (ring @ None, true) => *ring = Some(Zeroizing::default()),
            _ => return false,
        }
        (self.at, self.filled, self.live, self.gain) = (0, 0, None, 0.0);
        self.playing.take().is_some()
    }

    /// Begins with what was heard so many seconds ago: how much will be played, in milliseconds (0: there is nothing). `None`:
    /// it was playing, and stops; [`Self::tick`] tells when it has faded out.
    pub(super) fn toggle(&mut self, seconds: u16) -> Option<u32> {
        if let Some(playing) = &mut self.playing {
            playing.left = playing.left.min(RAMP as usize);
            return None;
        }
        let left = (usize::from(seconds) * SAMPLE_RATE as usize).min(self.filled);
        if left > 0 {
            self.playing = Some(Playing { next: (self.at + CAPACITY - left) % CAPACITY, left });
        }
        Some((left / (SAMPLE_RATE as usize / 1000)) as u32)
    }

    /// What is heard live in this tick, if something else is played too.
    pub(super) fn live(&self) -> Option<&[f32; TICK_SAMPLES]> {
        self.live.as_ref()
    }

    /// 10 ms: keeps what is heard, and mixes the past in. `Some(0)`: it is over.
    pub(super) fn tick(&mut self, out: &mut [f32; TICK_SAMPLES]) -> Option<u32> {
        let ring = self.ring.as_mut()?;
        if ring.is_empty() {
            // A buffer of its own size from the start: growing would leave copies behind.
            if out.iter().all(|s| *s == 0.0) {
                return None;
            }
            **ring = vec![0; CAPACITY];
        }
        let now = *out;
        let mut over = None;
        self.live = (self.playing.is_some() || self.gain > 0.0).then_some(now);
        if self.live.is_some() {
            for s in out.iter_mut() {
                let past = match &mut self.playing {
                    Some(p) if p.left > 0 => {
                        let past = f32::from(ring.get(p.next).copied().unwrap_or(0)) / f32::from(i16::MAX);
                        (p.next, p.left) = ((p.next + 1) % CAPACITY, p.left - 1);
                        // It fades out before its end, not after it.
                        let end = (p.left as f32 / RAMP).min(1.0);
                        self.gain = (self.gain + 1.0 / RAMP).min(end);
                        past
                    }
                    _ => {
                        self.gain = (self.gain - 1.0 / RAMP).max(0.0);
                        0.0
                    }
                };
                *s = *s * (1.0 - self.gain * (1.0 - DUCKED)) + past * self.gain;
            }
            self.limiter.limit(out);
            if self.playing.is_some_and(|p| p.left == 0) {
                self.playing = None;
                over = Some(0);
            }
        }
        for s in now {
            if let Some(place) = ring.get_mut(self.at) {
                *place = (s.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
            }
            self.at = (self.at + 1) % CAPACITY;
        }
        self.filled = (self.filled + TICK_SAMPLES).min(CAPACITY);
        over
    }
}

impl Drop for Again {
    fn drop(&mut self) {
        if let Some(live) = &mut self.live {
            live.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{correlation, voice};
    use super::*;

    /// Runs through sounds; gives what is heard and what happened at which tick.
    fn run(again: &mut Again, sound: &[f32]) -> (Vec<f32>, Vec<usize>) {
        let (mut heard, mut over) = (Vec::new(), Vec::new());
        for (n, chunk) in sound.chunks_exact(TICK_SAMPLES).enumerate() {
            let mut out: [f32; TICK_SAMPLES] = chunk.try_into().unwrap();
            if again.tick(&mut out).is_some() {
                over.push(n);
            }
            heard.extend(out);
        }
        (heard, over)
    }

    #[test]
    fn the_last_seconds_are_heard_once_more_while_the_present_is_soft_and_kept_as_it_was() {
        let sound = voice(20);
        let silence = vec![0.0; 4 * 48_000];
        let mut again = Again::default();
        let (heard, _) = run(&mut again, &sound);
        assert_eq!(heard, sound, "nothing is changed until it is asked for");
        assert_eq!(again.toggle(3), Some(3000));
        let (replayed, over) = run(&mut again, &silence);
        assert_eq!(over, [299]);
        let likeness = correlation(&replayed[..3 * 48_000], &sound[17 * 48_000..], 1);
        assert!(likeness > 0.999, "{likeness}");
        assert!(replayed[3 * 48_000..].iter().all(|s| *s == 0.0));
        // What is in the ring now ends with the silence, and not with what was played again.
        assert_eq!(again.toggle(4), Some(4000));
        let (silent, _) = run(&mut again, &silence);
        assert!(silent.iter().all(|s| *s == 0.0));

        let (tone, mut again) = (vec![0.1f32; 48_000], Again::default());
        run(&mut again, &sound[..48_000]);
        again.toggle(1);
        let (mixed, _) = run(&mut again, &tone);
        let mean = mixed[4_800..43_200].iter().sum::<f32>() / 38_400.0;
        assert!((mean - 0.025).abs() < 0.01, "the present is 12 dB down: {mean}");
        assert_eq!(again.live().unwrap()[0], 0.1, "what is recorded is the present alone");
        let last = mixed.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
        let before = sound[..48_000].windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
        assert!(last <= before + 0.01, "no clicks: {last} after {before}");
    }

    #[test]
    fn fifteen_seconds_are_kept_and_the_whole_of_them_can_be_played() {
        let sound = voice(40);
        let mut again = Again::default();
        run(&mut again, &sound);
        assert_eq!(again.toggle(u16::MAX), Some(15_000));
        // The present overwrites what was just played, never what is still to come.
        let (replayed, over) = run(&mut again, &vec![0.0; 15 * 48_000]);
        assert_eq!(over, [1499]);
        assert!(correlation(&replayed, &sound[25 * 48_000..], 1) > 0.999);
    }

    #[test]
    fn a_second_press_stops_it_and_nothing_heard_is_nothing_to_play() {
        let mut again = Again::default();
        assert_eq!(again.toggle(15), Some(0));
        run(&mut again, &vec![0.0; 48_000]);
        assert_eq!(again.toggle(15), Some(0), "silence before the first sound takes no memory");
        assert!(again.ring.as_ref().unwrap().is_empty());
        run(&mut again, &voice(2));
        assert_eq!(again.toggle(15), Some(2000));
        run(&mut again, &vec![0.0; 24_000]);
        assert_eq!(again.toggle(15), None);
        let (after, over) = run(&mut again, &vec![0.0; 48_000]);
        assert!(after[TICK_SAMPLES..].iter().all(|s| *s == 0.0) && over == [0], "it has faded out within 10 ms: {over:?}");
    }

    #[test]
    fn where_it_is_forbidden_nothing_is_kept() {
        let mut again = Again::default();
        run(&mut again, &voice(2));
        again.toggle(1);
        assert!(again.keep(false), "what was being played ends");
        assert!(again.ring.is_none());
        let sound = voice(1);
        assert_eq!(run(&mut again, &sound).0, sound);
        assert_eq!(again.toggle(15), Some(0));
        assert!(!again.keep(true));
        assert_eq!(again.toggle(15), Some(0));
        run(&mut again, &sound);
        assert_eq!(again.toggle(15), Some(1000));
    }
}

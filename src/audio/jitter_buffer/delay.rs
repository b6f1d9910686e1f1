//! How long to wait for packets.
//!
//! The *transit* of a packet is its arrival minus its media time. The clocks of sender and receiver differ and drift, so
//! only differences mean something: what counts is how much slower than the fastest of its neighbourhood (the *base*) a
//! packet was. From the last seconds of these figures, old ones weighing less, [`Delay`] chooses the wait that costs
//! least: a millisecond of delay against the share of packets that would miss their turn. So a little jitter is waited
//! out, a lone spike is not, and a long tail only as far as it pays. A lost packet counts too, at the moment when it could
//! be played after all: when its retransmission or the redundant copy in a later packet was there.

use crate::audio::SAMPLE_RATE;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What one percent of sound that comes too late is worth, in milliseconds of delay. By scores in the eight networks of
/// `tests/audio_profiles.rs`: 8 costs 0.5 PESQ under loss, 40 half as much delay again for little.
const WORTH: f32 = 20.0;
/// Added to what the network needs: sound is taken every 10 ms, and never exactly then.
const MARGIN: i64 = ms(5);
/// Packets per block; a block is what ages and what has a fastest packet.
const BLOCK: usize = 25;
/// Entries per block, lost packets included.
const ENTRIES: usize = 3 * BLOCK;
/// Blocks remembered (12 s of 20 ms packets).
const BLOCKS: usize = 24;
/// What a block weighs beside the one after it: half after 3.3 s of 20 ms packets.
const FORGET: f32 = 0.9;
/// The base is the fastest packet of so many blocks (3 s of 20 ms packets).
const NEIGHBOURS: usize = 6;
/// Weight of the evidence below which a share is not believed.
const EVIDENCE: f32 = 40.0;
/// Width of a class of delays, and how many there are.
const CLASS: i64 = ms(2);
const CLASSES: usize = 512;
/// Packets that come at once after a stall are one event: each but the first weighs this.
const BURST: f32 = 0.3;
/// They come within this.
const AT_ONCE: i64 = ms(3);
/// The wanted delay shrinks by at most this part of the time that passes: 20 ms in a second.
const DECAY: i64 = 50;
/// Before anything is known.
const INITIAL: i64 = ms(10);
/// A base that is off by this, for so many packets in a row, is another clock or another way.
const STEP: i64 = ms(250);
const STEP_PACKETS: u32 = 10;

const fn ms(n: i64) -> i64 {
    n * (SAMPLE_RATE as i64 / 1000)
}

/// From `a` to `b` in samples; negative if `b` is earlier.
pub(super) fn samples_between(a: Instant, b: Instant) -> i64 {
    let samples =
        |d: Duration| (d.as_nanos().min(u128::from(u64::MAX)) as u64 / 1000 * u64::from(SAMPLE_RATE) / 1_000_000) as i64;
    match b.checked_duration_since(a) {
        Some(later) => samples(later),
        None => -samples(a.saturating_duration_since(b)),
    }
}

#[derive(Debug)]
struct Block {
    fastest: i64,
    packets: usize,
    /// How many of [`Delay::entries`] are its.
    entries: usize,
}

#[derive(Debug)]
pub(super) struct Delay {
    ceiling: i64,
    epoch: Option<Instant>,
    blocks: VecDeque<Block>,
    /// Transit, from `origin` on, and weight, block after block. All of them are read with each packet of each speaker, and
    /// they have left the cache by then: in one piece the processor fetches them ahead.
    entries: VecDeque<(i32, f32)>,
    origin: i64,
    base: i64,
    wanted: i64,
    /// When the last packet came, and its media time.
    last: Option<(i64, i64)>,
    /// Packets in a row that were slower than the base by `STEP`, and the fastest of them.
    slow: (u32, i64),
}

impl Delay {
    pub(super) fn new(ceiling: Duration) -> Self {
        let ceiling = ceiling.as_millis().min(10_000) as i64 * ms(1);
        Self {
            ceiling,
            epoch: None,
            blocks: VecDeque::with_capacity(BLOCKS + 1),
            entries: VecDeque::new(),
            origin: 0,
            base: 0,
            wanted: INITIAL.min(ceiling),
            last: None,
            slow: (0, i64::MAX),
        }
    }

    /// Forgets all packets.
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
        (self.last, self.slow) = (None, (0, i64::MAX));
        self.wanted = INITIAL.min(self.ceiling);
    }

    /// How long ago the sound of media time `time` would have arrived on the fastest way, in samples.
    pub(super) fn age(&self, now: Instant, time: i64) -> i64 {
        self.epoch.map_or(0, |epoch| samples_between(epoch, now) - self.base - time)
    }

    /// How old sound is when it is played, in samples.
    pub(super) fn wanted(&self) -> i64 {
        self.wanted
    }

    /// Takes a packet's arrival and media time.
    pub(super) fn arrival(&mut self, arrived: Instant, time: i64) {
        let arrived = samples_between(*self.epoch.get_or_insert(arrived), arrived);
        let transit = arrived - time;
        self.follow_steps(transit);
        let burst = self.last.is_some_and(|(at, _)| arrived - at < AT_ONCE) && transit - self.base > self.wanted;
        let media = self.last.map_or(0, |(_, before)| (time - before).clamp(0, ms(120)));
        self.last = Some((arrived, self.last.map_or(time, |(_, before)| before.max(time))));
        self.enter(transit, if burst { BURST } else { 1.0 });
        if let Some(block) = self.blocks.back_mut() {
            block.packets += 1;
            block.fastest = block.fastest.min(transit);
        }
        self.base = self.fastest(self.blocks.len().saturating_sub(NEIGHBOURS), self.blocks.len()).unwrap_or(transit);
        let best = (self.best() + MARGIN).min(self.ceiling);
        self.wanted = best.max(self.wanted - media / DECAY);
    }

    /// A packet that did not come could be played from `arrived` on, because of what a later one holds.
    pub(super) fn recoverable(&mut self, arrived: Instant, time: i64, weight: f32) {
        if let Some(epoch) = self.epoch {
            self.enter(samples_between(epoch, arrived) - time, weight);
        }
    }

    fn enter(&mut self, transit: i64, weight: f32) {
        if self.blocks.is_empty() {
            self.entries.clear();
            self.origin = transit;
        }
        if self.blocks.back().is_none_or(|b| b.packets >= BLOCK) {
            if self.blocks.len() >= BLOCKS
                && let Some(old) = self.blocks.pop_front()
            {
                self.entries.drain(..old.entries);
            }
            self.blocks.push_back(Block { fastest: i64::MAX, packets: 0, entries: 0 });
        }
        if let Some(block) = self.blocks.back_mut()
            && block.entries < ENTRIES
        {
            block.entries += 1;
            let offset = (transit - self.origin).clamp(i32::MIN.into(), i32::MAX.into());
            self.entries.push_back((offset as i32, weight));
        }
    }

    /// A way that is much longer or shorter than before, or a sender whose clock jumped: the past says nothing about it.
    fn follow_steps(&mut self, transit: i64) {
        if self.blocks.is_empty() {
            return;
        }
        if transit < self.base - STEP {
            self.blocks.clear();
        } else if transit > self.base + STEP {
            self.slow = (self.slow.0 + 1, self.slow.1.min(transit));
            if self.slow.0 >= STEP_PACKETS {
                self.base = self.slow.1;
                self.blocks.clear();
                self.slow = (0, i64::MAX);
            }
        } else {
            self.slow = (0, i64::MAX);
        }
    }

    /// The fastest packet of some blocks.
    fn fastest(&self, from: usize, to: usize) -> Option<i64> {
        self.blocks.range(from..to.min(self.blocks.len())).map(|b| b.fastest).filter(|f| *f != i64::MAX).min()
    }

    /// The wait that costs least.
    fn best(&self) -> i64 {
        // Weight and slowest packet of each class.
        let mut classes = [(0.0f32, 0i64); CLASSES];
        // How many classes are in use: on most networks a few.
        let (mut used, mut end) = (0, self.entries.len());
        let (mut total, mut age, count) = (0.0f32, 1.0f32, self.blocks.len());
        for (k, block) in self.blocks.iter().enumerate().rev() {
            // A block is compared with those before it and with those after it, and the slower of both is its base: else
            // a change of the way would look like jitter.
            let before = self.fastest((k + 1).saturating_sub(NEIGHBOURS), k + 1);
            let after = if k + NEIGHBOURS <= count { self.fastest(k, k + NEIGHBOURS) } else { None };
            let entries = end - block.entries..end;
            end = entries.start;
            let Some(base) = before.max(after) else { continue };
            for &(offset, weight) in self.entries.range(entries) {
                let slower = (self.origin + i64::from(offset) - base).max(0);
                let index = (((slower + CLASS - 1) / CLASS) as usize).min(CLASSES - 1);
                used = used.max(index + 1);
                if let Some(class) = classes.get_mut(index) {
                    class.0 += weight * age;
                    class.1 = class.1.max(slower);
                }
                total += weight * age;
            }
            age *= FORGET;
        }
        let price = WORTH * 100.0 * ms(1) as f32 / total.max(EVIDENCE);
        let (mut later, mut best) = (total, (f32::MAX, 0));
        for &(weight, slowest) in classes.iter().take(used) {
            later -= weight;
            let cost = slowest as f32 + price * later.max(0.0);
            if weight > 0.0 && cost < best.0 {
                best = (cost, slowest);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::Random;
    use super::*;

    /// What is wanted in ms after each packet of 20 ms, given their transits in ms.
    fn wanted(transits: impl IntoIterator<Item = f64>) -> Vec<i64> {
        let (mut delay, start) = (Delay::new(Duration::from_millis(400)), Instant::now() + Duration::from_secs(10));
        let arrive = |(k, transit): (usize, f64)| {
            delay.arrival(start + Duration::from_secs_f64((k as f64 * 20.0 + 1000.0 + transit) / 1000.0), k as i64 * ms(20));
            // Beyond the margin.
            (delay.wanted() - MARGIN) / ms(1)
        };
        transits.into_iter().enumerate().map(arrive).collect()
    }

    #[test]
    fn a_steady_network_needs_no_wait_and_jitter_needs_about_its_tail() {
        assert_eq!(wanted((0..200).map(|_| 30.0)).last(), Some(&0));
        let mut random = Random(1);
        let jitter = wanted((0..1000).map(|_| 30.0 - 15.0 * (1.0 - random.next()).ln()));
        let late = jitter[500..].iter().filter(|w| !(35..100).contains(*w)).count();
        assert_eq!(late, 0, "exponential, 15 ms on average: {:?}", &jitter[500..]);
    }

    #[test]
    fn growth_is_fast_and_decay_is_slow() {
        let mut random = Random(2);
        let path = (0..1500).map(|k| 30.0 + if (500..700).contains(&k) { 60.0 * random.next() } else { 0.0 });
        let wanted = wanted(path);
        assert!(wanted[499] == 0 && wanted[530] > 25, "{} {}", wanted[499], wanted[530]);
        assert!(wanted[750] > 30, "a second later it is remembered: {}", wanted[750]);
        assert!(wanted[1499] < 10, "16 s later it is forgotten: {}", wanted[1499]);
    }

    #[test]
    fn one_stall_is_no_reason_to_wait_but_stalls_again_and_again_are() {
        let stall = |k: usize| if (500..510).contains(&k) { (510 - k) as f64 * 20.0 } else { 0.0 };
        let once = wanted((0..1000).map(stall));
        assert!(once.iter().skip(510).all(|w| *w < 60), "{:?}", once.iter().max());
        let often = wanted((0..1000).map(|k| if k % 10 < 4 { (4 - k % 10) as f64 * 20.0 } else { 0.0 }));
        assert!((60..=80).contains(often.last().unwrap()), "{often:?}");
    }

    #[test]
    fn a_longer_or_shorter_way_and_a_drifting_clock_are_no_jitter() {
        let step = wanted((0..2000).map(|k| if (600..1200).contains(&k) { 110.0 } else { 30.0 }));
        for at in [590, 1190, 1990] {
            assert!(step[at] < 12, "{at}: {}", step[at]);
        }
        for ppm in [-1000.0, -200.0, 200.0, 1000.0] {
            let drift = wanted((0..3000).map(|k| 500.0 + f64::from(k) * 20.0 * ppm / 1e6));
            assert!(drift[2999] <= 4, "{ppm} ppm: {}", drift[2999]);
        }
        let jump = wanted((0..700).map(|k| if k < 300 { 0.0 } else { 1_500.0 }));
        assert!(jump[699] < 20, "{}", jump[699]);
    }

    #[test]
    fn nothing_exceeds_the_ceiling_or_turns_negative() {
        let mut random = Random(3);
        for w in wanted((0..3000).map(|_| random.next() * 3_000.0)) {
            assert!((-10..=390).contains(&w));
        }
    }
}

//! A seeded network: what happens to each packet on its way, on times that are handed in.
//!
//! [`Impairment`] decides the fate of one packet after the other, in the order of Linux's netem: duplication, loss,
//! queue limit, delay with variation or reordering, rate. It knows no clock and holds no packet, so it serves virtual time
//! and a real wire alike. [`Link`] holds the packets too: a link in virtual time.
//!
//! ```
//! use conclave_lab::network::{Conditions, Link, Loss, Phase};
//! use std::time::{Duration, Instant};
//! let start = Instant::now(); // any instant; nothing here reads the clock
//! let conditions = Conditions { delay: Duration::from_millis(100), loss: Loss::random(0.05), ..Conditions::default() };
//! let mut link = Link::new(&[Phase::from(conditions)], 1, start);
//! link.send(start, 120, "a packet");
//! assert_eq!(link.deadline(), Some(start + Duration::from_millis(100)));
//! assert_eq!(link.poll(start), None);
//! assert_eq!(link.poll(start + Duration::from_millis(100)), Some((start + Duration::from_millis(100), "a packet")));
//! ```

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// Bytes that an SRTP packet (AEAD_AES_128_GCM) is longer than its payload, on IPv4: IP 20, UDP 8, RTP 12, tag 16.
pub const OVERHEAD: usize = 56;

/// Which packets are lost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Loss {
    /// None.
    #[default]
    None,
    /// Each with the same probability (Bernoulli).
    Random {
        /// 0 to 1.
        share: f64,
        /// How much the fate of a packet is that of the one before it, 0 to 1.
        correlation: f64,
    },
    /// The simple Gilbert model: all packets of a bad time are lost, none of a good one. The mean loss is p/(p+r), the mean
    /// burst 1/r packets.
    Gilbert {
        /// Probability that a good time ends with a packet.
        p: f64,
        /// Probability that a bad time ends with a packet.
        r: f64,
    },
    /// Evenly spread: the same packets for every sender and seed.
    Deterministic {
        /// 0 to 1.
        share: f64,
    },
}

impl Loss {
    /// Independent losses.
    pub const fn random(share: f64) -> Self {
        Self::Random { share, correlation: 0.0 }
    }
}

/// How the variation of the delay is distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Distribution {
    /// Evenly between minus and plus the variation.
    #[default]
    Uniform,
    /// The variation is the standard deviation; at most four of them.
    Normal,
    /// A long tail, as netem's table has it: from -2/3 to +4 times the variation, mean 0.
    Pareto,
}

/// Something that happens to a packet with a probability.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Chance {
    /// 0 to 1.
    pub share: f64,
    /// With that of the packet before, 0 to 1.
    pub correlation: f64,
}

/// The state of a network; the default one is perfect.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Conditions {
    /// One-way delay.
    pub delay: Duration,
    /// Variation of the delay. Packets overtake each other because of it, unless there is a rate.
    pub variation: Duration,
    /// Correlation of a packet's variation with the one before.
    pub variation_correlation: f64,
    /// See there.
    pub distribution: Distribution,
    /// See there.
    pub loss: Loss,
    /// Packets that arrive twice.
    pub duplicate: Chance,
    /// Packets that are not delayed at all and so overtake.
    pub reorder: Chance,
    /// Thousand bits per second, IP headers included; `None` = any.
    pub rate: Option<u32>,
    /// Packets that may be under way (delayed or waiting for the rate); one more is dropped. `None` = any.
    pub queue: Option<usize>,
}

/// Conditions from a time on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Phase {
    /// Since the start.
    pub from: Duration,
    /// What holds from then on.
    pub conditions: Conditions,
}

impl From<Conditions> for Phase {
    /// From the start.
    fn from(conditions: Conditions) -> Self {
        Self { from: Duration::ZERO, conditions }
    }
}

/// When copies of a packet arrive; both `None` = it is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fate {
    /// The packet.
    pub first: Option<Instant>,
    /// Its duplicate.
    pub second: Option<Instant>,
}

impl Fate {
    /// The arrivals, none to two.
    pub fn arrivals(self) -> impl Iterator<Item = Instant> {
        self.first.into_iter().chain(self.second)
    }
}

/// Counts of what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Packets handed in, and their bytes.
    pub packets: u64,
    /// See there.
    pub bytes: u64,
    /// Lost on the way.
    pub lost: u64,
    /// Dropped because the queue was full.
    pub overflowed: u64,
    /// Arrived twice.
    pub duplicated: u64,
}

/// Decides what happens to packets. Deterministic: the same phases, seed, times and sizes give the same fates.
#[derive(Debug, Clone)]
pub struct Impairment {
    phases: Vec<Phase>,
    start: Instant,
    random: Random,
    loss: Repeated,
    duplicate: Repeated,
    reorder: Repeated,
    variation: Gaussian,
    /// Gilbert's bad time.
    bad: bool,
    /// What deterministic loss still owes.
    owed: f64,
    /// When the packets under way will arrive.
    under_way: BinaryHeap<Reverse<Instant>>,
    /// The latest of them: where the rate goes on.
    last: Option<Instant>,
    tally: Tally,
}

impl Impairment {
    /// `start` is where the phases count from; before the first phase the network is perfect.
    pub fn new(phases: &[Phase], seed: u64, start: Instant) -> Self {
        Self {
            phases: phases.to_vec(),
            start,
            random: Random::new(seed),
            loss: Repeated::default(),
            duplicate: Repeated::default(),
            reorder: Repeated::default(),
            variation: Gaussian::default(),
            bad: false,
            owed: 0.0,
            under_way: BinaryHeap::new(),
            last: None,
            tally: Tally::default(),
        }
    }

    /// What holds at a time.
    pub fn conditions(&self, now: Instant) -> Conditions {
        let passed = now.saturating_duration_since(self.start);
        self.phases.iter().rev().find(|p| p.from <= passed).map_or_else(Conditions::default, |p| p.conditions)
    }

    /// What has happened so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// A packet of `bytes` (with its IP header) enters; times never go back.
    pub fn packet(&mut self, now: Instant, bytes: usize) -> Fate {
        let c = self.conditions(now);
        self.tally.packets += 1;
        self.tally.bytes += bytes as u64;
        while self.under_way.peek().is_some_and(|Reverse(at)| *at <= now) {
            self.under_way.pop();
        }
        // In netem's order: a duplicate is made before the loss, and then one of the two is lost.
        let twice = self.duplicate.happens(c.duplicate, &mut self.random);
        let copies = usize::from(twice) + 1 - usize::from(self.is_lost(c.loss));
        self.tally.duplicated += u64::from(twice);
        self.tally.lost += u64::from(copies < usize::from(twice) + 1);
        let mut fate = Fate::default();
        if copies > 0 {
            fate.first = self.deliver(&c, now, bytes);
        }
        if copies > 1 {
            fate.second = self.deliver(&c, now, bytes);
        }
        fate
    }

    fn is_lost(&mut self, loss: Loss) -> bool {
        match loss {
            Loss::None => false,
            Loss::Random { share, correlation } => self.loss.happens(Chance { share, correlation }, &mut self.random),
            Loss::Gilbert { p, r } => {
                let change = self.random.next() < if self.bad { r } else { p };
                self.bad ^= change;
                self.bad
            }
            Loss::Deterministic { share } => {
                self.owed += share;
                let lost = self.owed >= 1.0 - 1e-9;
                self.owed -= f64::from(u8::from(lost));
                lost
            }
        }
    }

    /// When one copy arrives; `None` if the queue is full.
    fn deliver(&mut self, c: &Conditions, now: Instant, bytes: usize) -> Option<Instant> {
        if c.queue.is_some_and(|queue| self.under_way.len() >= queue) {
            self.tally.overflowed += 1;
            return None;
        }
        let at = if self.reorder.happens(c.reorder, &mut self.random) {
            now
        } else {
            let mut at = now + self.delay(c);
            if let Some(kbit) = c.rate {
                // The packet follows the last one, and what it waits for that counts as delay already.
                let last = self.last.filter(|last| *last > now).unwrap_or(now);
                let on_the_wire = Duration::from_secs_f64(bytes as f64 * 8.0 / (f64::from(kbit.max(1)) * 1000.0));
                at = at.max(last) + on_the_wire;
            }
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
            at
        };
        self.under_way.push(Reverse(at));
        Some(at)
    }

    fn delay(&mut self, c: &Conditions) -> Duration {
        if c.variation.is_zero() {
            return c.delay;
        }
        let g = self.variation.next(c.variation_correlation, &mut self.random);
        let times = match c.distribution {
            Distribution::Uniform => 2.0 * below(g) - 1.0,
            Distribution::Normal => g.clamp(-4.0, 4.0),
            // iproute2's netem/pareto.c: shape 3, mean 0, cut off at 4.
            Distribution::Pareto => (4.0 / 3.0 * ((1.0 - below(g)).max(1e-9).powf(-1.0 / 3.0) - 1.5)).min(4.0),
        };
        Duration::from_secs_f64((c.delay.as_secs_f64() + times * c.variation.as_secs_f64()).max(0.0))
    }
}

/// A one-way link in virtual time: packets go in, and come out when their time has come.
#[derive(Debug)]
pub struct Link<T> {
    impairment: Impairment,
    /// By arrival, then in the order they were sent.
    under_way: BinaryHeap<Reverse<(Instant, u64, Boxed<T>)>>,
    sent: u64,
}

/// What is carried has no order of its own.
#[derive(Debug)]
struct Boxed<T>(T);
impl<T> PartialEq for Boxed<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl<T> Eq for Boxed<T> {}
impl<T> PartialOrd for Boxed<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Boxed<T> {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl<T: Clone> Link<T> {
    /// See [`Impairment::new`].
    pub fn new(phases: &[Phase], seed: u64, start: Instant) -> Self {
        Self { impairment: Impairment::new(phases, seed, start), under_way: BinaryHeap::new(), sent: 0 }
    }

    /// A packet of `bytes` (with its IP header) enters.
    pub fn send(&mut self, now: Instant, bytes: usize, packet: T) {
        for at in self.impairment.packet(now, bytes).arrivals() {
            self.sent += 1;
            self.under_way.push(Reverse((at, self.sent, Boxed(packet.clone()))));
        }
    }

    /// When the next packet arrives.
    pub fn deadline(&self) -> Option<Instant> {
        self.under_way.peek().map(|Reverse((at, _, _))| *at)
    }

    /// The next packet that has arrived by `now`, and when it did.
    pub fn poll(&mut self, now: Instant) -> Option<(Instant, T)> {
        if self.deadline()? > now {
            return None;
        }
        self.under_way.pop().map(|Reverse((at, _, Boxed(packet)))| (at, packet))
    }

    /// What has happened so far.
    pub fn tally(&self) -> Tally {
        self.impairment.tally()
    }
}

/// Seeded random numbers (SplitMix64): the same on every machine.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// Any seed is good.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In 0..1.
    #[allow(clippy::should_implement_trait, reason = "endless and never none")]
    pub fn next(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Correlated events: with the correlation's probability the draw of the packet before counts again, so that the share
/// stays what it is. (netem filters the draws, and its shares drift.)
#[derive(Debug, Clone, Copy, Default)]
struct Repeated(Option<f64>);

impl Repeated {
    fn happens(&mut self, chance: Chance, random: &mut Random) -> bool {
        if chance.share <= 0.0 {
            return false;
        }
        let again = chance.correlation > 0.0 && random.next() < chance.correlation;
        let draw = self.0.filter(|_| again).unwrap_or_else(|| random.next());
        self.0 = Some(draw);
        draw < chance.share
    }
}

/// A standard normal variable with a memory: the correlation of neighbours is exact and the distribution stays.
#[derive(Debug, Clone, Copy, Default)]
struct Gaussian(f64);

impl Gaussian {
    fn next(&mut self, correlation: f64, random: &mut Random) -> f64 {
        // Box and Muller.
        let radius = (-2.0 * (1.0 - random.next()).ln()).sqrt();
        let fresh = radius * (std::f64::consts::TAU * random.next()).cos();
        self.0 = correlation * self.0 + (1.0 - correlation * correlation).max(0.0).sqrt() * fresh;
        self.0
    }
}

/// The share of a standard normal variable below `g` (Abramowitz and Stegun 26.2.17).
fn below(g: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * g.abs());
    let poly = t * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let above = (-g * g / 2.0).exp() / std::f64::consts::TAU.sqrt() * poly;
    if g >= 0.0 { 1.0 - above } else { above }
}

#[cfg(test)]
mod tests;

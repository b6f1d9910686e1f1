//! What a sender may send again: each packet a few times, and over all never more than it sends anyway.

use std::time::{Duration, Instant};

/// How often one packet is sent again.
const TIMES: u8 = 6;
/// A request that comes so soon after the last answer is a copy of the request that was answered.
const COPY: Duration = Duration::from_millis(8);
/// How old a packet may be: nobody waits longer for it.
const OLDEST: Duration = Duration::from_secs(1);
/// Packets of a stream that are remembered: 1.3 s of 20 ms frames.
pub const HISTORY: usize = 64;
/// Above this share of packets that are asked for, each is sent twice.
const LOSSY: f32 = 0.1;
/// Packets that may be sent again at once, after a time without losses: 0.5 s of one stream.
const BURST: u32 = 25;

/// How many packets may be sent again on a path: one for each that is sent for the first time, and a few at the start.
///
/// That looks like much, but at 50 % of loss a packet must be sent again once on average to arrive. That the path is not
/// full is what the receiver sees to, who knows the round trip ([`super::RoundTrip::asking`]).
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    left: u32,
    /// Share of packets that had to be sent again, lately.
    share: f32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: BURST, share: 0.0 }
    }
}

impl Budget {
    /// A packet was sent for the first time.
    pub fn earn(&mut self) {
        self.left = (self.left + 1).min(BURST);
        self.share -= self.share / 64.0;
    }

    fn spend(&mut self) -> bool {
        let left = self.left.checked_sub(1);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether there is nothing left.
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }
}

#[derive(Debug, Clone, Copy)]
struct Answered {
    sequence: u16,
    times: u8,
    at: Instant,
}

/// What was sent again of one stream.
#[derive(Debug, Default)]
pub struct Again(Option<Box<[Option<Answered>; HISTORY]>>);

impl Again {
    /// How often a packet may be sent again now: not at all, once, or twice. That much of the budget is spent.
    pub fn permit(&mut self, now: Instant, sequence: u16, budget: &mut Budget) -> u8 {
        let all = self.0.get_or_insert_with(|| Box::new([None; HISTORY]));
        let Some(slot) = all.get_mut(usize::from(sequence) % HISTORY) else { return 0 };
        // After a while the number stands for another packet.
        let before = slot.filter(|a| a.sequence == sequence && now.saturating_duration_since(a.at) <= 2 * OLDEST);
        if before.is_some_and(|a| a.times >= TIMES || now.saturating_duration_since(a.at) < COPY) || !budget.spend() {
            return 0;
        }
        *slot = Some(Answered { sequence, times: before.map_or(1, |a| a.times + 1), at: now });
        if before.is_none() {
            budget.share += (1.0 - budget.share) / 64.0;
        }
        // Asked for again, or one of many: the next answer may be lost too, and there is no time for many more.
        let twice = (before.is_some() || budget.share > LOSSY) && budget.left > BURST / 2 && budget.spend();
        if twice { 2 } else { 1 }
    }
}

/// The packets that were sent last, for a sender that has no other memory of them.
#[derive(Debug)]
pub struct Sent<P> {
    packets: Vec<Option<(u16, Instant, P)>>,
    again: Again,
}

impl<P: Clone> Default for Sent<P> {
    fn default() -> Self {
        Self { packets: vec![None; HISTORY], again: Again::default() }
    }
}

impl<P: Clone> Sent<P> {
    /// Keeps a packet that is sent for the first time.
    pub fn keep(&mut self, now: Instant, sequence: u16, packet: P) {
        if let Some(slot) = self.packets.get_mut(usize::from(sequence) % HISTORY) {
            *slot = Some((sequence, now, packet));
        }
    }

    /// The packet that is asked for, and how often it may be sent again.
    pub fn recall(&mut self, now: Instant, sequence: u16, budget: &mut Budget) -> Option<(&P, u8)> {
        let slot = self.packets.get(usize::from(sequence) % HISTORY)?.as_ref();
        let (_, _, packet) = slot.filter(|(s, at, _)| *s == sequence && now.saturating_duration_since(*at) <= OLDEST)?;
        let times = self.again.permit(now, sequence, budget);
        (times > 0).then_some((packet, times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[test]
    fn what_was_sent_lately_is_sent_again_a_few_times() {
        let start = Instant::now();
        let (mut sent, mut budget) = (Sent::default(), Budget::default());
        for n in 65_500u16..65_535 {
            sent.keep(start, n, n);
        }
        let mut recall =
            |at: u64, sequence: u16, budget: &mut Budget| sent.recall(start + ms(at), sequence, budget).map(|r| *r.0);
        assert_eq!(recall(0, 65_510, &mut budget), Some(65_510));
        assert_eq!(recall(3, 65_510, &mut budget), None, "a copy of the same request");
        assert_eq!(recall(0, 65_499, &mut budget), None, "never sent");
        assert_eq!(recall(0, 65_535, &mut budget), None, "not sent yet");
        let times = (1..99).filter(|n| recall(n * 10, 65_510, &mut budget).is_some()).count();
        assert_eq!(times, usize::from(TIMES) - 1);
        assert_eq!(recall(1001, 65_520, &mut budget), None, "too old");
        // The same numbers again, 65 536 packets later.
        sent.keep(start + ms(9000), 65_510, 7);
        assert_eq!(sent.recall(start + ms(9000), 65_510, &mut budget).map(|r| *r.0), Some(7));
    }

    #[test]
    fn never_more_than_is_sent_anyway() {
        let start = Instant::now();
        let (mut sent, mut budget) = (Sent::default(), Budget::default());
        let mut again = 0;
        for n in 0..5000u16 {
            let now = start + ms(u64::from(n) * 20);
            sent.keep(now, n, ());
            budget.earn();
            // Somebody asks for everything, all the time.
            for sequence in n.saturating_sub(70)..n + 2 {
                again += sent.recall(now, sequence, &mut budget).map_or(0, |r| u32::from(r.1));
            }
        }
        assert!(again <= 5000 + BURST, "{again}");
    }

    #[test]
    fn a_packet_goes_twice_where_many_are_lost_or_when_it_is_asked_for_again() {
        let start = Instant::now();
        let (mut again, mut budget) = (Again::default(), Budget::default());
        let mut times = Vec::new();
        for n in 0..100u16 {
            budget.earn();
            if n % 4 == 0 {
                times.push(again.permit(start, n, &mut budget));
            }
        }
        assert_eq!((times.first(), times.last()), (Some(&1), Some(&2)));
        let mut budget = Budget::default();
        assert_eq!(again.permit(start, 1000, &mut budget), 1);
        assert_eq!(again.permit(start + ms(50), 1000, &mut budget), 2);
    }
}

use super::super::again::{Budget, Sent};
use super::*;
use conclave_lab::network::{Conditions, Link, Loss, Phase};

const FRAME: Duration = Duration::from_millis(20);

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// A path whose round trip is known.
fn path(now: Instant, rtt: u64) -> RoundTrip {
    let mut path = RoundTrip::default();
    (0..20).for_each(|_| path.measured(now, ms(rtt)));
    path
}

/// Everything that is asked for until `until`, and when.
fn asked(requests: &mut Requests, path: &RoundTrip, start: Instant, until: Duration) -> Vec<(u64, u64)> {
    let mut all = Vec::new();
    while let Some(due) = requests.due().filter(|due| *due <= start + until) {
        requests.poll(due, path, |index| all.push(((due - start).as_millis() as u64, index)));
    }
    all
}

#[test]
fn a_gap_is_asked_for_until_an_answer_would_be_too_late() {
    let start = Instant::now();
    let mut requests = Requests::default();
    for n in [10, 11, 13] {
        assert_eq!(requests.received(start, n), Arrival::Newest);
    }
    let path = path(start, 40);
    assert_eq!(asked(&mut requests, &path, start, ms(1000)), [3, 53, 103, 153, 203, 253].map(|at| (at, 12)));
    assert_eq!(requests.received(start + ms(193), 12), Arrival::Recovered(ms(190), false));
    assert_eq!(requests.received(start + ms(194), 12), Arrival::Known);
    assert_eq!(requests.tally(), Tally { received: 4, lost: 0, asked: 1, recovered: 1 });
    assert_eq!(requests.received(start + ms(200), 15), Arrival::Newest);
    assert_eq!(requests.received(start + ms(501), 14), Arrival::TooLate(None));
    requests.received(start + ms(501), 17);
    requests.received(start + ms(1502), 18);
    assert_eq!(requests.tally().lost, 1);
    assert_eq!(requests.received(start + ms(1503), 16), Arrival::Known);
}

#[test]
fn what_was_only_overtaken_is_not_asked_for_and_gets_time_from_then_on() {
    let start = Instant::now();
    let (mut requests, path) = (Requests::default(), path(start, 40));
    requests.received(start, 1);
    requests.received(start, 3);
    assert_eq!(requests.received(start + ms(2), 2), Arrival::Overtaken);
    assert_eq!(requests.due(), None);
    requests.overtaken(ms(12));
    requests.received(start, 5);
    let first = asked(&mut requests, &path, start, ms(30)).first().copied();
    assert!(first.is_some_and(|(at, index)| (13..=16).contains(&at) && index == 4), "{first:?}");
}

#[test]
fn nothing_is_asked_for_on_a_long_path_or_a_full_one() {
    let start = Instant::now();
    let mut requests = Requests::default();
    for n in [1, 3, 5] {
        requests.received(start, n);
    }
    assert_eq!(asked(&mut requests.clone_for_test(), &path(start, 160), start, ms(1000)), []);
    let mut full = path(start, 20);
    (0..20).for_each(|_| full.measured(start, ms(120)));
    assert_eq!(asked(&mut requests, &full, start, ms(1000)), []);
}

#[test]
fn requests_go_twice_where_much_is_lost() {
    let start = Instant::now();
    let mut requests = Requests::default();
    for n in (0..200).filter(|n| n % 4 != 1) {
        requests.received(start, n);
    }
    let path = path(start, 60);
    let times: Vec<u64> =
        asked(&mut requests, &path, start, ms(100)).into_iter().filter(|(_, n)| *n == 197).map(|(at, _)| at).collect();
    assert_eq!(times, [3, 8, 73, 78]);
}

#[test]
fn sequence_numbers_wrap_and_begin_anew() {
    let start = Instant::now();
    let mut requests = Requests::default();
    let mut asked = Vec::new();
    let path = path(start, 10);
    for n in 0..200_000u64 {
        let (now, sequence) = (start + FRAME * n as u32, n as u16);
        if !n.is_multiple_of(1000) {
            let index = requests.index(sequence);
            assert_eq!(requests.received(now, index), Arrival::Newest, "{n}");
        }
        requests.poll(now + ms(4), &path, |index| asked.push(index as u16));
    }
    let expected: Vec<u16> = (1..200u64).map(|n| (n * 1000) as u16).collect();
    asked.dedup();
    assert_eq!(asked, expected);
    // The sender begins anew somewhere else: no request for thousands of packets.
    let now = start + FRAME * 200_000;
    let index = requests.index(40_000);
    assert_eq!(requests.received(now, index), Arrival::Newest);
    let lost = requests.tally().lost;
    assert_eq!(requests.received(now, index + 1), Arrival::Newest);
    requests.poll(now + ms(100), &path, |_| panic!("nothing is missing"));
    assert_eq!(requests.tally().lost, lost, "another numbering is not loss");
}

#[test]
fn two_days_leave_nothing_behind() {
    let start = Instant::now();
    let (mut requests, mut random) = (Requests::default(), Random(5));
    let path = path(start, 30);
    let mut missing = 0u64;
    for n in 0..48 * 3600 * 1000 / 60u64 {
        let now = start + ms(n * 60);
        if n > 0 && random.next() % 100 == 0 {
            missing += 1;
            continue;
        }
        let index = requests.index(n as u16);
        requests.received(now, index);
        requests.poll(now, &path, |_| {});
        assert!(requests.missing.len() < 20);
    }
    let tally = requests.tally();
    assert!(tally.lost <= missing && tally.lost + 3 > missing, "{tally:?} {missing}");
    assert_eq!(tally.received + missing, 48 * 3600 * 1000 / 60);
}

#[test]
fn garbage_costs_little_and_asks_for_little() {
    for seed in 0..20 {
        let (mut requests, mut random) = (Requests::default(), Random(seed));
        let start = Instant::now();
        let path = path(start, 20);
        let mut asked = 0u64;
        for n in 0..20_000u64 {
            let now = start + ms(n);
            let index = match random.next() % 4 {
                0 => random.next(),
                1 => u64::MAX - random.next() % 3,
                2 => requests.index(random.next() as u16),
                _ => requests.index(0).saturating_add(random.next() % 200),
            };
            requests.received(now, index);
            requests.poll(now, &path, |_| asked += 1);
            assert!(requests.missing.len() <= MAX_MISSING);
        }
        assert!(asked <= 20_000 * u64::from(CREDIT) * 2, "{asked}");
    }
}

#[test]
fn pairs_hold_each_number_once() {
    let of = |numbers: &[u16]| {
        let mut pairs = Pairs::default();
        let mut all: Vec<_> = numbers.iter().filter_map(|n| pairs.add(*n)).collect();
        all.extend(pairs.end());
        all
    };
    assert_eq!(of(&[]), []);
    assert_eq!(of(&[65_530, 65_535, 10, 11]), [(65_530, 1 << 4 | 1 << 15), (11, 0)]);
    assert_eq!(of(&[7, 7, 8]), [(7, 1)]);
}

/// Splitmix64.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

impl Requests {
    fn clone_for_test(&self) -> Self {
        Self { missing: self.missing.clone(), ..*self }
    }
}

/// What one hop makes of a lossy link.
#[derive(Debug)]
struct Outcome {
    /// Share that did not come within 120 ms of when it would have come at best.
    residual: f64,
    /// Packets sent again, as a share of all.
    again: f64,
}

/// Sends `packets` over a link with a loss and a round trip, both ways alike.
fn hop(loss: Loss, rtt: u64, packets: u64, seed: u64) -> Outcome {
    let start = Instant::now();
    let conditions = Conditions { delay: ms(rtt) / 2, loss, ..Conditions::default() };
    let (mut there, mut back) =
        (Link::new(&[Phase::from(conditions)], seed, start), Link::new(&[Phase::from(conditions)], seed + 1000, start));
    let (mut sent, mut budget, mut requests) = (Sent::default(), Budget::default(), Requests::default());
    let mut path = path(start, rtt);
    let mut arrived = vec![None; packets as usize];
    let (mut again, mut next) = (0u64, 0u64);
    loop {
        let due = (next < packets).then(|| start + FRAME * next as u32);
        let Some(now) = [due, there.deadline(), back.deadline(), requests.due()].into_iter().flatten().min() else { break };
        if due == Some(now) {
            sent.keep(now, next as u16, next);
            budget.earn();
            path.measured(now, ms(rtt));
            there.send(now, 120, next);
            next += 1;
        }
        while let Some((at, packet)) = there.poll(now) {
            requests.received(at, packet);
            let slot: &mut Option<Instant> = &mut arrived[packet as usize];
            *slot = slot.or(Some(at));
        }
        let mut asking = Vec::new();
        requests.poll(now, &path, |index| asking.push(index as u16));
        if !asking.is_empty() {
            back.send(now, 80, asking);
        }
        while let Some((at, asked)) = back.poll(now) {
            for sequence in asked {
                let Some((packet, times)) = sent.recall(at, sequence, &mut budget) else { continue };
                for _ in 0..times {
                    again += 1;
                    there.send(at, 120, *packet);
                }
            }
        }
    }
    let late = |(n, at): &(usize, &Option<Instant>)| at.is_none_or(|at| at > start + FRAME * *n as u32 + ms(rtt) / 2 + ms(120));
    let missing = arrived.iter().enumerate().filter(late).count();
    Outcome { residual: missing as f64 / packets as f64, again: again as f64 / packets as f64 }
}

#[test]
fn nearly_everything_comes_in_time_on_a_short_path() {
    for (share, rtt, residual, again) in [
        (0.05, 20, 0.001, 0.07),
        (0.10, 40, 0.003, 0.20),
        (0.20, 1, 0.001, 0.45),
        (0.20, 20, 0.002, 0.45),
        (0.20, 40, 0.010, 0.45),
        (0.30, 20, 0.012, 0.70),
        (0.50, 1, 0.12, 1.01),
        (0.50, 20, 0.25, 1.01),
    ] {
        let outcome = hop(Loss::random(share), rtt, 20_000, 7);
        assert!(outcome.residual < residual, "{share} {rtt}: {outcome:?}");
        assert!(outcome.again < again, "{share} {rtt}: {outcome:?}");
    }
}

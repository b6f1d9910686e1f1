use super::*;

const N: usize = 40_000;
const EVERY: Duration = Duration::from_millis(20);
const BYTES: usize = 136;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Delays of `n` packets 20 ms apart; `None` = lost.
fn delays(conditions: Conditions, seed: u64, n: usize) -> Vec<Option<f64>> {
    let start = Instant::now();
    let mut impairment = Impairment::new(&[conditions.into()], seed, start);
    (0..n as u32)
        .map(|k| {
            let now = start + EVERY * k;
            impairment.packet(now, BYTES).first.map(|at| (at - now).as_secs_f64() * 1000.0)
        })
        .collect()
}

fn lost(conditions: Conditions) -> Vec<bool> {
    delays(conditions, 5, N).iter().map(Option::is_none).collect()
}

fn share(lost: &[bool]) -> f64 {
    lost.iter().filter(|l| **l).count() as f64 / lost.len() as f64
}

fn bursts(lost: &[bool]) -> f64 {
    let begins = lost.windows(2).filter(|w| !w[0] && w[1]).count();
    lost.iter().filter(|l| **l).count() as f64 / begins.max(1) as f64
}

/// Pearson's correlation of neighbours.
fn neighbours(x: &[f64]) -> f64 {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let variance: f64 = x.iter().map(|x| (x - mean).powi(2)).sum();
    x.windows(2).map(|w| (w[0] - mean) * (w[1] - mean)).sum::<f64>() / variance
}

fn near(value: f64, wanted: f64, tolerance: f64) {
    assert!((value - wanted).abs() <= tolerance, "{value:.4} is not within {tolerance} of {wanted}");
}

#[test]
fn a_perfect_network_delivers_at_once_and_in_order() {
    assert!(delays(Conditions::default(), 1, 100).iter().all(|d| *d == Some(0.0)));
}

#[test]
fn random_loss_has_its_share_and_its_correlation() {
    for p in [0.05, 0.2, 0.5] {
        let lost = lost(Conditions { loss: Loss::random(p), ..Default::default() });
        near(share(&lost), p, 0.01);
        near(bursts(&lost), 1.0 / (1.0 - p), 0.05);
    }
    let lost = lost(Conditions { loss: Loss::Random { share: 0.2, correlation: 0.5 }, ..Default::default() });
    near(share(&lost), 0.2, 0.01);
    let numbers: Vec<f64> = lost.iter().map(|l| f64::from(u8::from(*l))).collect();
    near(neighbours(&numbers), 0.5, 0.03);
}

#[test]
fn gilbert_loss_has_its_share_and_its_bursts() {
    for (p, r) in [(0.03, 0.25), (0.11, 0.25), (0.35, 0.35), (0.3, 0.3)] {
        let lost = lost(Conditions { loss: Loss::Gilbert { p, r }, ..Default::default() });
        near(share(&lost), p / (p + r), 0.02);
        near(bursts(&lost), 1.0 / r, 0.12);
    }
}

#[test]
fn deterministic_loss_is_even_and_the_same_for_every_seed() {
    let conditions = Conditions { loss: Loss::Deterministic { share: 0.3 }, ..Default::default() };
    let lost = lost(conditions);
    for ten in lost.chunks_exact(10) {
        assert_eq!(ten.iter().filter(|l| **l).count(), 3, "{ten:?}");
    }
    assert_eq!(delays(conditions, 1, 100), delays(conditions, 2, 100));
}

#[test]
fn variation_has_its_distribution_and_its_correlation() {
    for (distribution, correlation, deviation, least, most) in [
        (Distribution::Uniform, 0.0, 25.0 / 3f64.sqrt(), 75.0, 125.0),
        (Distribution::Uniform, 0.5, 25.0 / 3f64.sqrt(), 75.0, 125.0),
        (Distribution::Normal, 0.0, 25.0, 0.0, 200.0),
        (Distribution::Pareto, 0.0, 20.5, 100.0 - 25.0 * 2.0 / 3.0, 200.0),
        (Distribution::Pareto, 0.5, 20.5, 100.0 - 25.0 * 2.0 / 3.0, 200.0),
    ] {
        let conditions = Conditions {
            delay: ms(100),
            variation: ms(25),
            variation_correlation: correlation,
            distribution,
            ..Default::default()
        };
        let all: Vec<f64> = delays(conditions, 9, N).into_iter().flatten().collect();
        let mean = all.iter().sum::<f64>() / N as f64;
        near(mean, 100.0, 1.0);
        near((all.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / N as f64).sqrt(), deviation, 1.0);
        assert!(all.iter().all(|d| *d >= least - 0.01 && *d <= most + 0.01), "{distribution:?}");
        near(neighbours(&all), correlation, 0.1);
        if distribution == Distribution::Pareto {
            let late = all.iter().filter(|d| **d > 150.0).count() as f64 / N as f64;
            near(late, (1.0f64 / 3.0).powi(3), 0.01); // twice the variation: u^(-1/3) > 3
        }
    }
}

#[test]
fn packets_are_duplicated_and_reordered_as_often_as_asked() {
    let start = Instant::now();
    let conditions = Conditions {
        delay: ms(250),
        duplicate: Chance { share: 0.02, correlation: 0.0 },
        reorder: Chance { share: 0.05, correlation: 0.5 },
        ..Default::default()
    };
    let mut impairment = Impairment::new(&[conditions.into()], 3, start);
    let (mut twice, mut at_once) = (0, Vec::new());
    for k in 0..N as u32 {
        let now = start + EVERY * k;
        let fate = impairment.packet(now, BYTES);
        twice += usize::from(fate.second.is_some());
        at_once.push(f64::from(u8::from(fate.first == Some(now))));
    }
    near(twice as f64 / N as f64, 0.02, 0.004);
    near(at_once.iter().sum::<f64>() / N as f64, 0.05, 0.01);
    near(neighbours(&at_once), 0.5, 0.1);
    assert_eq!(impairment.tally().duplicated as usize, twice);
}

#[test]
fn a_rate_passes_what_it_can_and_the_queue_bounds_the_delay() {
    let start = Instant::now();
    // 136 bytes each 20 ms = 54.4 kbit/s into 25.
    let conditions = Conditions { rate: Some(25), queue: Some(4), ..Default::default() };
    let mut link = Link::new(&[conditions.into()], 3, start);
    for k in 0..3000u32 {
        link.send(start + EVERY * k, BYTES, k);
    }
    let end = start + EVERY * 3000;
    let (mut arrived, mut worst, mut last) = (0u32, Duration::ZERO, None);
    while let Some((at, k)) = link.poll(end) {
        assert!(last.is_none_or(|l| l < k), "a rate keeps the order");
        (arrived, last) = (arrived + 1, Some(k));
        worst = worst.max(at - (start + EVERY * k));
    }
    near(f64::from(arrived) * BYTES as f64 * 8.0 / 60.0, 25_000.0, 500.0);
    let one = BYTES as f64 * 8.0 / 25.0;
    near(worst.as_secs_f64() * 1000.0, 4.0 * one, one);
    assert_eq!(link.tally().overflowed + u64::from(arrived), 3000 - link.under_way.len() as u64);
    // What fits is not touched.
    let conditions = Conditions { rate: Some(300), queue: Some(4), ..Default::default() };
    assert!(delays(conditions, 1, 1000).iter().all(|d| d.is_some_and(|d| (d - BYTES as f64 * 8.0 / 300.0).abs() < 0.01)));
}

#[test]
fn a_rate_counts_the_wait_as_delay() {
    let conditions = Conditions { delay: ms(250), rate: Some(300), queue: Some(30), ..Default::default() };
    let all = delays(conditions, 1, 1000);
    assert!(all.iter().all(|d| d.is_some_and(|d| (250.0..260.0).contains(&d))), "{:?}", &all[..20]);
}

#[test]
fn phases_begin_at_their_time() {
    let start = Instant::now();
    let phase = |from, delay| Phase { from: ms(from), conditions: Conditions { delay: ms(delay), ..Default::default() } };
    let mut impairment = Impairment::new(&[phase(2000, 50), phase(10_000, 100), phase(20_000, 0)], 1, start);
    let mut delay = |at| impairment.packet(start + ms(at), BYTES).first.map(|a| a - (start + ms(at)));
    for (at, wanted) in [(0, 0), (1999, 0), (2000, 50), (9999, 50), (10_000, 100), (20_000, 0), (90_000, 0)] {
        assert_eq!(delay(at), Some(ms(wanted)), "at {at} ms");
    }
}

#[test]
fn the_same_seed_gives_the_same_arrivals_and_another_one_others() {
    let conditions = Conditions {
        delay: ms(250),
        variation: ms(100),
        distribution: Distribution::Pareto,
        loss: Loss::Gilbert { p: 0.03, r: 0.25 },
        duplicate: Chance { share: 0.02, correlation: 0.0 },
        reorder: Chance { share: 0.05, correlation: 0.5 },
        ..Default::default()
    };
    let arrivals = |seed| {
        let start = Instant::now();
        let mut link = Link::new(&[conditions.into()], seed, start);
        for k in 0..1000u32 {
            link.send(start + EVERY * k, BYTES, k);
        }
        let mut out = Vec::new();
        let mut latest = start;
        while let Some((at, k)) = link.poll(start + ms(60_000)) {
            assert!(at >= latest, "arrivals come in order of time");
            latest = at;
            out.push((at - start, k));
        }
        assert_eq!(link.deadline(), None);
        out
    };
    assert_eq!(arrivals(1), arrivals(1));
    assert_ne!(arrivals(1), arrivals(2));
}

//! The network profiles of Signal's call simulator (ringrtc 2.70.0, `call_sim`) as data: 13 in the baseline set, 20 with
//! bursts of loss, and the evenly lossy ones as a function. A call lasts [`CALL`]; the impairment begins after [`CALM`].

use crate::network::{Chance, Conditions, Distribution, Loss, Phase};
use std::time::Duration;

/// How long a call lasts.
pub const CALL: Duration = Duration::from_secs(30);
/// How long the network is perfect at first.
pub const CALM: Duration = Duration::from_secs(2);

/// One network.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Stable; `bursty_30_long` is 30 % of loss in long bursts.
    pub name: String,
    /// What happens from when on.
    pub phases: Vec<Phase>,
}

/// The bursts of the second set: name, and r of the simple Gilbert model in percent.
const BURSTS: [(&str, f64); 4] = [("short", 65.0), ("medium", 50.0), ("long", 35.0), ("very_long", 30.0)];

const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn profile(name: impl Into<String>, conditions: Conditions) -> Profile {
    Profile { name: name.into(), phases: vec![Phase { from: CALM, conditions }] }
}

/// The 13 of the baseline set.
pub fn baseline() -> Vec<Profile> {
    let perfect = Conditions::default();
    let moderate =
        Conditions { delay: ms(100), variation: ms(25), distribution: Distribution::Pareto, loss: Loss::random(0.05), ..perfect };
    let international = Conditions {
        delay: ms(250),
        variation: ms(100),
        distribution: Distribution::Pareto,
        loss: Loss::Gilbert { p: 0.03, r: 0.25 },
        duplicate: Chance { share: 0.02, correlation: 0.0 },
        reorder: Chance { share: 0.05, correlation: 0.5 },
        rate: Some(300),
        queue: Some(30),
        ..perfect
    };
    let calm = Conditions { delay: ms(50), variation: ms(10), variation_correlation: 0.5, ..perfect };
    let spike = Conditions { delay: ms(100), variation: ms(20), loss: Loss::Gilbert { p: 0.11, r: 0.25 }, ..calm };
    let spiky = [(CALM, calm), (ms(10_000), spike), (ms(20_000), calm)];
    let mut all = vec![
        profile("default", perfect),
        profile("moderate", moderate),
        profile("international", international),
        Profile { name: "spiky".into(), phases: spiky.map(|(from, conditions)| Phase { from, conditions }).into() },
    ];
    for rate in [300u32, 100, 50, 25] {
        let queue = Some((rate as usize * 100 / 12_000).max(4));
        all.push(profile(format!("limited_{rate}"), Conditions { rate: Some(rate), queue, ..perfect }));
    }
    for percent in [10u8, 20, 30, 40, 50] {
        let loss = Loss::random(f64::from(percent) / 100.0);
        all.push(profile(format!("loss_{percent}"), Conditions { loss, ..perfect }));
    }
    all
}

/// The 20 of the bursty set.
pub fn bursty() -> Vec<Profile> {
    let mut all = Vec::new();
    for percent in [10.0, 20.0, 30.0, 40.0, 50.0] {
        for (name, r) in BURSTS {
            let p = percent * r / (100.0 - percent);
            let loss = Loss::Gilbert { p: p / 100.0, r: r / 100.0 };
            all.push(profile(format!("bursty_{percent}_{name}"), Conditions { loss, ..Conditions::default() }));
        }
    }
    all
}

/// Both sets, 33 profiles.
pub fn all() -> Vec<Profile> {
    baseline().into_iter().chain(bursty()).collect()
}

/// The third set: evenly spread loss, 0 to 50 percent (`even_30`).
pub fn even(percent: u8) -> Profile {
    let loss = Loss::Deterministic { share: f64::from(percent) / 100.0 };
    profile(format!("even_{percent}"), Conditions { loss, ..Conditions::default() })
}

/// Finds a profile by its name, of all three sets.
pub fn named(name: &str) -> Option<Profile> {
    let evenly = name.strip_prefix("even_").and_then(|n| n.parse().ok()).filter(|n| *n <= 50);
    evenly.map(even).or_else(|| all().into_iter().find(|p| p.name == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_33_profiles_and_each_is_found_by_its_name() {
        let all = all();
        assert_eq!((baseline().len(), bursty().len(), all.len()), (13, 20, 33));
        for p in &all {
            assert_eq!(named(&p.name).as_ref(), Some(p));
            assert!(p.phases.first().is_some_and(|f| f.from == CALM), "{}: the first 2 s are perfect", p.name);
        }
        for name in ["bursty_30_long", "bursty_50_very_long", "limited_25", "even_0", "even_50"] {
            assert!(named(name).is_some(), "{name}");
        }
        assert!(named("even_51").is_none() && named("nothing").is_none());
    }

    #[test]
    fn bursts_have_the_loss_they_are_named_for() {
        for (profile, percent) in bursty().iter().zip([10.0, 20.0, 30.0, 40.0, 50.0].iter().flat_map(|p| [p; 4])) {
            let Loss::Gilbert { p, r } = profile.phases[0].conditions.loss else { panic!("{}", profile.name) };
            assert!((p / (p + r) - percent / 100.0).abs() < 1e-9 && p <= 1.0, "{}: {p} {r}", profile.name);
        }
    }
}

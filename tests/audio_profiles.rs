//! Networks that real people have, in virtual time: what is still heard, how late, and how much of it is made up.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "virtual/call.rs"]
mod call;

use call::{Outcome, Plan, delay};
use conclave_lab::profiles::{self, CALM};
use conclave_lab::score::{self, Job};
use conclave_lab::{skip, speech};

/// What a profile must leave.
struct Bound {
    profile: &'static str,
    /// Seconds of the call that are held: some profiles change late.
    seconds: f64,
    /// Least PESQ-WB against the original.
    pesq: f64,
    /// Least share of the parts of speech that are recognised by their waveform.
    heard: f64,
    /// Longest delays from mouth to ear without devices, in milliseconds of virtual time.
    p50: f64,
    p95: f64,
    /// Most of the call that may be made up, in percent.
    concealed: f64,
}

/// Delays contain 26.5 ms of frame and codec, and what the profile adds; the aim is 150 ms from mouth to ear where the network
/// takes less than 100 (ITU-T G.114).
const BOUNDS: [Bound; 8] = [
    Bound { profile: "default", seconds: 12.0, pesq: 3.3, heard: 0.9, p50: 60.0, p95: 65.0, concealed: 0.2 },
    Bound { profile: "moderate", seconds: 20.0, pesq: 2.3, heard: 0.7, p50: 310.0, p95: 360.0, concealed: 2.0 },
    Bound { profile: "spiky", seconds: 30.0, pesq: 1.7, heard: 0.65, p50: 320.0, p95: 500.0, concealed: 4.5 },
    Bound { profile: "international", seconds: 30.0, pesq: 1.1, heard: 0.45, p50: 750.0, p95: 900.0, concealed: 18.0 },
    Bound { profile: "limited_100", seconds: 12.0, pesq: 3.0, heard: 0.8, p50: 75.0, p95: 85.0, concealed: 0.5 },
    Bound { profile: "loss_20", seconds: 20.0, pesq: 2.6, heard: 0.85, p50: 115.0, p95: 130.0, concealed: 1.5 },
    Bound { profile: "loss_50", seconds: 20.0, pesq: 1.9, heard: 0.75, p50: 200.0, p95: 250.0, concealed: 6.0 },
    Bound { profile: "bursty_30_long", seconds: 20.0, pesq: 1.8, heard: 0.75, p50: 200.0, p95: 225.0, concealed: 3.5 },
];

/// Half of it silence.
fn said(seconds: f64) -> Option<speech::Passage> {
    speech::passage(0, 0.5, seconds)
}

fn hold(plan: &Plan) -> (Outcome, Vec<(f64, f64)>) {
    let outcome = call::run(plan);
    let delays = delay::delays(&plan.speech[0], &outcome.heard[0]);
    (outcome, delays)
}

#[test]
fn words_come_through_the_networks_that_people_have() {
    let dir = tempfile::tempdir().unwrap();
    let (mut jobs, mut calls) = (Vec::new(), Vec::new());
    for bound in &BOUNDS {
        let Some(passage) = said(bound.seconds) else { return skip("speech", "espeak-ng is not installed") };
        let sound = speech::read(&passage.path);
        let phases = profiles::named(bound.profile).unwrap().phases;
        let (outcome, delays) = hold(&Plan::new(sound.clone(), &phases, 7));
        let recording = dir.path().join(format!("{}.wav", bound.profile));
        speech::write(&recording, &outcome.heard[0].sound);
        jobs.push(Job { reference: passage.path, recording, metrics: vec!["pesq"], ..Job::default() });
        calls.push((outcome, delays, delay::parts(&sound)));
    }
    let Some(scores) = score::scores(&jobs) else { return skip("scores", "run tests/setup.sh test") };
    let mut bad = Vec::new();
    for ((bound, (outcome, delays, parts)), scores) in BOUNDS.iter().zip(&calls).zip(&scores) {
        let at = |share| delay::quantile(delays, CALM.as_secs_f64(), share);
        let (p50, p95, pesq) = (at(0.5), at(0.95), scores["pesq"]);
        let heard = delays.len() as f64 / (*parts).max(1) as f64;
        let concealed = outcome.heard[0].concealed() * 100.0;
        let line = format!(
            "{:15} PESQ-WB {pesq:.2}, {:.0} % of the words heard, mouth to ear {p50:.0} / {p95:.0} ms, {concealed:.1} % made up, {:.1} kbit/s",
            bound.profile,
            heard * 100.0,
            outcome.kbit()
        );
        println!("{line}");
        let good =
            pesq >= bound.pesq && heard >= bound.heard && p50 <= bound.p50 && p95 <= bound.p95 && concealed <= bound.concealed;
        if !good {
            bad.push(line);
        }
    }
    assert!(bad.is_empty(), "worse than allowed:\n{}", bad.join("\n"));
}

#[test]
fn the_same_seed_sounds_the_same_and_another_one_does_not() {
    let Some(passage) = said(6.0) else { return skip("speech", "espeak-ng is not installed") };
    let sound = speech::read(&passage.path);
    let phases = profiles::named("bursty_30_long").unwrap().phases;
    let heard = |seed| call::run(&Plan::new(sound.clone(), &phases, seed)).heard.remove(0).sound;
    let first = heard(1);
    assert_eq!(first.iter().zip(&heard(1)).position(|(a, b)| a != b), None);
    assert_ne!(first, heard(2));
}

#[test]
fn the_speaker_is_told_of_the_loss_and_of_the_round_trip() {
    let Some(passage) = said(8.0) else { return skip("speech", "espeak-ng is not installed") };
    let sound = speech::read(&passage.path);
    for (uplink, downlink) in [("loss_30", "default"), ("default", "loss_30")] {
        let [uplink, downlink] = [uplink, downlink].map(|n| profiles::named(n).unwrap().phases);
        // What is sent again is not lost: without that, the whole loss is told.
        let outcome = call::run(&Plan { downlink, never_again: true, ..Plan::new(sound.clone(), &uplink, 3) });
        let told: Vec<f32> = outcome.paths.iter().map(|p| p.loss).collect();
        assert_eq!(told.first(), Some(&0.0), "the first 2 s are perfect");
        let late = &told[3..told.len().saturating_sub(1)];
        let mean = late.iter().sum::<f32>() / late.len() as f32;
        assert!((0.15..0.5).contains(&mean), "{told:?}");
    }
    let outcome = call::run(&Plan::new(sound, &profiles::named("moderate").unwrap().phases, 3));
    let rtt = outcome.paths.last().and_then(|p| p.rtt_ms).unwrap();
    assert!((75.0..210.0).contains(&rtt), "{rtt} ms");
}

#[test]
fn an_impaired_downlink_is_one_listeners_own() {
    let Some(passage) = said(8.0) else { return skip("speech", "espeak-ng is not installed") };
    let sound = speech::read(&passage.path);
    let downlink = profiles::named("loss_50").unwrap().phases;
    let plan = Plan { downlink, listeners: 2, never_again: true, ..Plan::new(sound, &[], 3) };
    let outcome = call::run(&plan);
    let [a, b] = &outcome.heard[..] else { panic!("two listeners") };
    assert_ne!(a.sound, b.sound, "each has losses of their own");
    for heard in [a, b] {
        assert!(heard.figures.lost > 40, "{:?}", heard.figures);
    }
}

#[test]
fn many_speak_at_once_and_all_are_heard() {
    for (speakers, seconds) in [(10, 8.0), (30, 4.0)] {
        let Some(passages) = (0..speakers).map(|n| speech::passage(n % 10, 0.5, seconds)).collect::<Option<Vec<_>>>() else {
            return skip("speech", "espeak-ng is not installed");
        };
        let speech: Vec<Vec<f32>> = passages.iter().map(|p| speech::read(&p.path)).collect();
        let expected: u64 = speech.iter().map(|s| s.len() as u64 / 960).sum();
        let one = speech::level(&speech[0]);
        let outcome =
            call::run(&Plan { speech, listeners: 1, uplink: profiles::named("loss_10").unwrap().phases, ..Plan::default() });
        let heard = &outcome.heard[0];
        println!("{speakers}: {:?}", heard.figures);
        assert!(heard.figures.received >= expected * 95 / 100, "{:?} of {expected}", heard.figures);
        assert!(heard.figures.lost <= expected * 3 / 100, "most of what is lost comes again: {:?}", heard.figures);
        assert!(speech::level(&heard.sound) > one, "many are louder than one");
        assert!(heard.sound.iter().all(|s| s.abs() <= 1.0));
    }
}

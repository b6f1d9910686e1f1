//! Our sound through the 33 network profiles in virtual time: scores, delay, concealment, bit rate; and what it costs.
//!
//! `make bench-audio`, or `cargo bench --bench audio -- [PROFILE ...]`. `CONCLAVE_TRIALS` (3) voices speak through each profile,
//! each with its own seed; scores are medians of them, words are those of the English ones, delays are over all of them. The
//! figures are the same in every run of the same code, but for the CPU.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

#[path = "../tests/virtual/call.rs"]
mod call;

use call::{Outcome, Plan, delay};
use conclave_lab::profiles::{self, CALM, Profile};
use conclave_lab::score::{self, Job, Scores};
use conclave_lab::speech::{self, Passage};

/// Length of a call, in seconds, as in the profiles.
const SECONDS: f64 = 30.0;
/// Sets for which speech is denser, too: 35 % and 10 % of silence.
const DENSE: [&str; 4] = ["default", "moderate", "loss_30", "bursty_30_long"];

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let trials = std::env::var("CONCLAVE_TRIALS").ok().and_then(|t| t.parse().ok()).unwrap_or(3);
    let chosen: Vec<Profile> = match wanted.is_empty() {
        true => profiles::all(),
        false => wanted.iter().map(|n| profiles::named(n).unwrap_or_else(|| panic!("there is no profile {n}"))).collect(),
    };
    let plain = |p: &Profile| Row { title: p.name.clone(), profile: p.clone(), silence: 0.5, constant_rate: false };
    table("Half of it silence", chosen.iter().map(plain).collect(), trials);
    if wanted.is_empty() {
        let dense = DENSE.iter().flat_map(|name| {
            [0.35, 0.1].map(|silence| {
                let title = format!("{name}, {:.0} % silence", silence * 100.0);
                Row { title, silence, ..plain(&profiles::named(name).unwrap()) }
            })
        });
        table("Denser speech", dense.collect(), trials);
        table("Evenly spread loss", [0, 10, 20, 30, 40, 50].map(|p| plain(&profiles::even(p))).into(), trials);
        let strict = ["default", "loss_20"].map(|name| {
            let title = format!("{name}, constant rate");
            Row { title, constant_rate: true, ..plain(&profiles::named(name).unwrap()) }
        });
        table("As in strict rooms", strict.into(), trials);
        cost();
    }
}

/// A line of a table.
#[derive(Clone)]
struct Row {
    title: String,
    profile: Profile,
    silence: f64,
    constant_rate: bool,
}

/// One call of a row.
struct Trial {
    row: usize,
    passage: Passage,
    outcome: Outcome,
    delays: Vec<(f64, f64)>,
}

fn table(title: &str, rows: Vec<Row>, trials: usize) {
    let dir = tempfile::tempdir().unwrap();
    let (mut all, mut jobs) = (Vec::new(), Vec::new());
    for trial in 0..trials {
        for (n, row) in rows.iter().enumerate() {
            let passage = speech::passage(trial, row.silence, SECONDS).expect("espeak-ng is installed");
            let said = speech::read(&passage.path);
            let mut plan = Plan::new(said.clone(), &row.profile.phases, 1 + trial as u64);
            plan.constant_rate = row.constant_rate;
            let mut outcome = call::run(&plan);
            let delays = delay::delays(&said, &outcome.heard[0]);
            let recording = dir.path().join(format!("{trial}-{n}.wav"));
            speech::write(&recording, &std::mem::take(&mut outcome.heard[0].sound));
            let mut metrics = vec!["visqol", "pesq", "plcmos"];
            if passage.language == "en" {
                metrics.push("words");
            }
            let (text, sentences) = (passage.text.clone(), passage.sentences.clone());
            jobs.push(Job { reference: passage.path.clone(), recording, metrics, text, sentences, far: None });
            all.push(Trial { row: n, passage, outcome, delays });
        }
    }
    let scores = score::scores(&jobs).expect("tests/setup.sh bench-audio was run");
    println!("\n{title}; {trials} x {SECONDS} s per line: {}\n", voices(&all));
    println!("| network | ViSQOL | PESQ-WB | PLCMOS | words % | mouth to ear p50 / p95 ms | concealed % | kbit/s |");
    println!("|---|---|---|---|---|---|---|---|");
    for (n, row) in rows.iter().enumerate() {
        let of: Vec<(&Trial, &Scores)> = all.iter().zip(&scores).filter(|(t, _)| t.row == n).collect();
        let score = |name: &str| median(of.iter().filter_map(|(_, s)| s.get(name).copied()).collect());
        let mean = |f: &dyn Fn(&Trial) -> f64| of.iter().map(|(t, _)| f(t)).sum::<f64>() / of.len() as f64;
        let delays: Vec<(f64, f64)> = of.iter().flat_map(|(t, _)| t.delays.iter().copied()).collect();
        let at = |share| delay::quantile(&delays, CALM.as_secs_f64(), share);
        let concealed = mean(&|t| t.outcome.heard[0].figures.concealed_ms as f64 / (t.outcome.length.as_secs_f64() * 10.0));
        println!(
            "| {} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} / {:.0} | {concealed:.1} | {:.1} |",
            row.title,
            score("visqol"),
            score("pesq"),
            score("plcmos"),
            score("words") * 100.0,
            at(0.5),
            at(0.95),
            mean(&|t| t.outcome.kbit()),
        );
    }
}

/// Who spoke.
fn voices(all: &[Trial]) -> String {
    let mut names: Vec<&str> = all.iter().map(|t| t.passage.name.split(',').next().unwrap_or_default()).collect();
    names.dedup();
    names.join(", ")
}

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v.get(v.len() / 2).copied().unwrap_or(f64::NAN)
}

/// CPU of this thread so far, in seconds: a call in virtual time has one.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}

/// What sending and listening cost, everybody speaking at once without a pause, in a perfect network and at 20 % of loss.
fn cost() {
    println!("\nCPU, percent of a core: sound only, without network and encryption between members\n");
    println!("| network | speaking | hearing 1 | hearing 10 | hearing 30 |");
    println!("|---|---|---|---|---|");
    for name in ["default", "loss_20"] {
        let uplink = profiles::named(name).unwrap().phases;
        let spend = |speakers: usize, listeners: u16| {
            let voice = |n: usize| speech::read(&speech::passage(n % 2, 0.1, SECONDS).expect("espeak-ng is installed").path);
            let speech = (0..speakers).map(voice).collect();
            let plan = Plan { speech, listeners, uplink: uplink.clone(), seed: 1, ..Plan::default() };
            let before = cpu();
            let outcome = call::run(&plan);
            (cpu() - before) / outcome.length.as_secs_f64() * 100.0
        };
        let alone = |n: usize| median((0..3).map(|_| spend(n, 0)).collect());
        let hearing = |n: usize| median((0..3).map(|_| spend(n, 1)).collect()) - alone(n);
        println!("| {name} | {:.2} | {:.2} | {:.2} | {:.2} |", alone(1), hearing(1), hearing(10), hearing(30));
    }
}

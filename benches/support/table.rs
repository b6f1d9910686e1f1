//! Scores of live calls, and the table.

use super::live::{Route, Trial, Who};
use conclave_lab::score::{self, Job};
use conclave_lab::stage;

/// Asks the scorers, all at once: they take long to start. What was said is what the microphone took.
pub(crate) fn score(trials: &mut [Trial]) {
    let job = |t: &Trial| {
        let words = (t.passage.language == "en").then_some("words");
        Job {
            reference: t.sound.0.clone(),
            recording: t.sound.1.clone(),
            metrics: ["visqol", "pesq", "plcmos"].into_iter().chain(words).collect(),
            text: t.passage.text.clone(),
            sentences: t.passage.sentences.clone(),
            far: None,
        }
    };
    match score::scores(&trials.iter().map(job).collect::<Vec<_>>()) {
        Some(scores) => trials.iter_mut().zip(scores).for_each(|(trial, scores)| trial.scores = scores),
        None => println!("without scores: run tests/setup.sh bench-audio"),
    }
}

/// One column: its title, how many digits, and where its value is.
type Column = (&'static str, usize, fn(&Trial) -> Option<f64>);

fn scored(trial: &Trial, name: &str) -> Option<f64> {
    trial.scores.get(name).copied()
}

const COLUMNS: [Column; 7] = [
    ("ViSQOL", 2, |t| scored(t, "visqol")),
    ("PESQ-WB", 2, |t| scored(t, "pesq")),
    ("PLCMOS", 2, |t| scored(t, "plcmos")),
    ("words %", 0, |t| scored(t, "words").map(|w| w * 100.0)),
    ("mouth-ear ms", 0, |t| t.delay_ms),
    ("CPU %", 1, |t| Some(t.cpu_percent)),
    ("PSS MB", 0, |t| Some(t.memory_mb)),
];

/// Medians, ours and Chromium's side by side with the difference; others in rows of their own.
pub(crate) fn print(trials: &[Trial], routes: &[Route], who: &[Who]) {
    let median = |who: Who, route: &str, column: &Column| {
        let values: Vec<f64> = trials.iter().filter(|t| t.who == who && t.path == route).filter_map(column.2).collect();
        stage::quantile(&values, 0.5)
    };
    println!("\nEach cell: ours, Chromium's, the difference. Medians.");
    print!("{:<22}", "network");
    COLUMNS.iter().for_each(|(title, ..)| print!("| {title:^21} "));
    println!();
    for route in routes {
        for &row in who.iter().filter(|w| **w != Who::Chromium || !who.contains(&Who::Ours)) {
            let name = if row == Who::Strict { format!("{} (strict)", route.name()) } else { route.name().to_owned() };
            print!("{name:<22}");
            for column in &COLUMNS {
                let digits = column.1;
                let text = |v: Option<f64>| v.map_or("-".into(), |v| format!("{v:.digits$}"));
                let (own, peer) = (median(row, route.name(), column), median(Who::Chromium, route.name(), column));
                let difference = own.zip(peer).map_or(String::new(), |(a, b)| format!("{:+.digits$}", a - b));
                print!("| {:>6} {:>6} {difference:>7} ", text(own), text(peer));
            }
            println!();
        }
    }
}

//! Scores that nobody here invented, in the virtual environments that `tests/setup.sh` makes: PESQ wide band for tests; for
//! benches also ViSQOL, PLCMOS, DNSMOS, AECMOS and recognised words. `tests/scores.py` says what each is.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How well a recording carries a sentence.
#[derive(Debug, Clone, Copy)]
pub struct Score {
    /// PESQ wide band, 1 to 4.64.
    pub pesq: f64,
    /// Where the sentence begins in the recording.
    pub lag_ms: f64,
    /// Waveform correlation there.
    pub correlation: f64,
    /// The best correlation of a sentence that must not be there; 0 if none was given.
    pub other: f64,
}

/// Scores a recording; `None` if the virtual environment is missing.
pub fn score(reference: &Path, recording: &Path, other: Option<&Path>) -> Option<Score> {
    let root = crate::root();
    let python = root.join("target/lab/venv/bin/python");
    if !python.is_file() {
        return None;
    }
    let out = Command::new(python)
        .arg(root.join("tests/score.py"))
        .args([Some(reference), Some(recording), other].into_iter().flatten())
        .output()
        .expect("python starts");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let v: serde_json::Value = serde_json::from_slice(&out.stdout).expect("score.py prints JSON");
    let f = |k: &str| v[k].as_f64().unwrap_or(0.0);
    Some(Score { pesq: f("pesq"), lag_ms: f("lag_ms"), correlation: f("correlation"), other: f("other") })
}

/// What is to be scored.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// What was said (for `aecmos`: what the microphone took).
    pub reference: PathBuf,
    /// What was heard (for `aecmos`: what was sent).
    pub recording: PathBuf,
    /// `visqol`, `pesq`, `plcmos`, `dnsmos`, `words`, `aecmos`.
    pub metrics: Vec<&'static str>,
    /// The words of the reference, and all sentences that they may come from; for `words`.
    pub text: String,
    /// See there.
    pub sentences: Vec<String>,
    /// What the loudspeaker plays; for `aecmos`.
    pub far: Option<PathBuf>,
}

/// Scores by their names: `visqol`, `pesq`, `plcmos`, `sig`, `bak`, `ovr`, `words`, `words_clean`, `echo`, `deg`, and
/// `lag_ms`, `correlation`.
pub type Scores = BTreeMap<String, f64>;

/// Scores many recordings, in a process per core: starting one costs seconds. `None` if the virtual environment is missing;
/// tests have one with `pesq` only.
pub fn scores(jobs: &[Job]) -> Option<Vec<Scores>> {
    let root = crate::root();
    let pesq_only = jobs.iter().all(|j| j.metrics == ["pesq"]);
    let environments = ["target/lab/score/bin/python", "target/lab/venv/bin/python"];
    let python = environments.iter().skip(usize::from(pesq_only)).map(|e| root.join(e)).find(|p| p.is_file())?;
    if !pesq_only && python.ends_with(environments[1]) {
        return None;
    }
    let processes = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len()).max(1);
    // One after the other: neighbours have the same reference, whose words are recognised once.
    let share = jobs.len().div_ceil(processes).max(1);
    let running: Vec<_> = jobs
        .chunks(share)
        .map(|jobs| {
            let mut input = tempfile::tempfile().expect("a file");
            for job in jobs {
                writeln!(input, "{}", json(job)).expect("room on the disk");
            }
            use std::io::Seek;
            input.rewind().expect("a file");
            let mut command = Command::new(&python);
            // One core each: the libraries would take all of them, and be slower.
            let one = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"].map(|k| (k, "1"));
            command.arg(root.join("tests/scores.py")).stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).envs(one);
            let child = command.spawn().expect("python starts");
            std::thread::spawn(move || child.wait_with_output().expect("python ends"))
        })
        .collect();
    let mut all = Vec::new();
    for process in running {
        let out = process.join().expect("a thread");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        for line in String::from_utf8_lossy(&out.stdout).lines() {
            let v: serde_json::Value = serde_json::from_str(line).expect("scores.py prints JSON");
            assert!(v.get("error").is_none(), "{}: {v}", all.len());
            all.push(v.as_object().into_iter().flatten().filter_map(|(k, v)| Some((k.clone(), v.as_f64()?))).collect());
        }
    }
    assert_eq!(all.len(), jobs.len(), "scores.py answers each job");
    Some(all)
}

fn json(job: &Job) -> serde_json::Value {
    serde_json::json!({
        "reference": job.reference, "recording": job.recording, "metrics": job.metrics,
        "text": job.text, "sentences": job.sentences, "far": job.far,
    })
}

//! Scores that nobody here invented: PESQ wide band, in the virtual environment that `tests/setup.sh` makes.

use std::path::Path;
use std::process::Command;

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

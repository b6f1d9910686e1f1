//! From mouth to ear: where each part of a speech is heard.

use super::Heard;
use conclave_lab::speech;

/// Samples per second that are looked at; words are told apart below 4 kHz.
const RATE: usize = 8_000;
/// Length of a part, and how far apart they are.
const PART: usize = RATE * 3 / 10;
const STEP: usize = RATE / 4;
/// The longest delay that is looked for.
const LONGEST: usize = RATE * 3 / 2;
/// How far from the delay of the part before it is looked first.
const NEAR: usize = RATE / 20;
/// A part is no pause above this level, in dBFS.
const LOUD: f64 = -40.0;
/// A part that is less alike was not heard.
const ALIKE: f64 = 0.7;

/// Seconds into the speech, and the delay of what was said there, in milliseconds; parts that are silent, or that were not
/// heard, are missing. Without devices: from the sample at the microphone to the sample at the loudspeaker.
pub(crate) fn delays(said: &[f32], heard: &Heard) -> Vec<(f64, f64)> {
    let (said, sound) = (slower(said), slower(&heard.sound));
    let begins = heard.begins.as_secs_f64() * 1000.0;
    let mut out = Vec::new();
    let mut last: Option<usize> = None;
    for at in spoken(&said) {
        let part = &said[at..at + PART];
        let around = |from: usize, to: usize| {
            let from = (at + from).min(sound.len());
            let (lag, alike) = speech::find(part, sound.get(from..(at + to + PART).min(sound.len())).unwrap_or_default());
            (from + lag, alike)
        };
        let near = last.map(|l| around(l.saturating_sub(NEAR), l + NEAR)).filter(|n| n.1 > 0.9);
        let (place, alike) = near.unwrap_or_else(|| around(0, LONGEST));
        if alike >= ALIKE && place >= at {
            last = Some(place - at);
            out.push((at as f64 / RATE as f64, (place - at) as f64 * 1000.0 / RATE as f64 + begins));
        }
    }
    out
}

/// How many parts of a speech [`delays`] looks for.
pub(crate) fn parts(said: &[f32]) -> usize {
    spoken(&slower(said)).count()
}

/// Where the parts are that are no pause.
fn spoken(said: &[f32]) -> impl Iterator<Item = usize> {
    (0..said.len().saturating_sub(PART))
        .step_by(STEP)
        .filter(|at| said.get(*at..at + PART).is_some_and(|p| speech::level(p) > LOUD))
}

/// The `share` quantile of the delays from `from` seconds on.
pub(crate) fn quantile(delays: &[(f64, f64)], from: f64, share: f64) -> f64 {
    let mut all: Vec<f64> = delays.iter().filter(|d| d.0 >= from).map(|d| d.1).collect();
    all.sort_by(f64::total_cmp);
    all.get((all.len().saturating_sub(1) as f64 * share).round() as usize).copied().unwrap_or(f64::NAN)
}

/// 48 kHz to 8 kHz, by the mean of six.
fn slower(sound: &[f32]) -> Vec<f32> {
    sound.chunks(48_000 / RATE).map(|c| c.iter().sum::<f32>() / c.len() as f32).collect()
}

//! Time-stretching: a piece of sound becomes longer or shorter by a few milliseconds, and keeps its pitch.
//!
//! Voices repeat themselves from one pitch period to the next. Where a stretch of sound is most like the one `lag`
//! samples before it, jumping by `lag` is hardly heard: the sound is cross-faded into itself shifted by that much
//! (waveform similarity, as in WSOLA and in the *accelerate* and *preemptive expand* of WebRTC's NetEq; the code is
//! ours). Pure functions on slices; who calls them decides when.

/// The shortest shift: 4 ms, so that few cuts do much. High voices shift by several periods.
const LAG_MIN: usize = 192;
/// The longest one: 15 ms, a period of 66 Hz.
pub(super) const LAG_MAX: usize = 720;
/// How much is compared, and cross-faded: 10 ms.
pub(super) const FADE: usize = 480;
/// The search looks at every fourth sample first.
const COARSE: usize = 4;

/// A shift at which the sound resembles itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    /// By how many samples.
    pub(super) lag: usize,
    /// Normalised correlation, -1 to 1.
    pub(super) alike: f32,
}

/// Normalised correlation of two sounds of one length; two silent ones are alike.
pub(super) fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (mut ab, mut aa, mut bb) = (0.0f32, 0.0f32, 0.0f32);
    for (x, y) in a.iter().zip(b) {
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa < 1e-9 && bb < 1e-9 { 1.0 } else { ab / (aa * bb).sqrt().max(1e-9) }
}

/// Sums of four samples: enough for finding a pitch.
fn coarse(sound: &[f32]) -> Vec<f32> {
    sound.chunks_exact(COARSE).map(|c| c.iter().sum()).collect()
}

/// The shift of at most `longest` at which `sound[..FADE]` is most like what follows it (`sound` needs `FADE + longest`
/// samples).
fn search(first: &[f32], at: impl Fn(usize) -> Option<usize>, sound: &[f32], longest: usize) -> Option<Match> {
    let longest = longest.min(LAG_MAX);
    if longest < LAG_MIN || first.len() < FADE {
        return None;
    }
    let (few, all) = (coarse(first.get(..FADE)?), coarse(sound));
    let rough = (LAG_MIN..=longest)
        .step_by(COARSE)
        .filter_map(|lag| {
            let from = at(lag)? / COARSE;
            Some((lag, correlation(&few, all.get(from..from + few.len())?)))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))?;
    let (low, high) = (rough.0.saturating_sub(COARSE).max(LAG_MIN), (rough.0 + COARSE).min(longest));
    (low..=high)
        .filter_map(|lag| {
            let from = at(lag)?;
            Some(Match { lag, alike: correlation(first.get(..FADE)?, sound.get(from..from + FADE)?) })
        })
        .max_by(|a, b| a.alike.total_cmp(&b.alike))
}

/// Where to jump forward from the beginning of `future`, at most by `longest`.
pub(super) fn match_ahead(future: &[f32], longest: usize) -> Option<Match> {
    search(future, Some, future, longest.min(future.len().checked_sub(FADE)?))
}

/// Where to jump back from the beginning of `future` into `past`, which ends there, at most by `longest`.
pub(super) fn match_behind(past: &[f32], future: &[f32], longest: usize) -> Option<Match> {
    let future = future.get(..FADE)?;
    let mut both = Vec::with_capacity(past.len() + FADE);
    both.extend_from_slice(past);
    both.extend_from_slice(future);
    search(future, |lag| past.len().checked_sub(lag), &both, longest.min(past.len()))
}

/// Cross-fades `from` into `to` over the shorter of both, appending to `out`. `alike` is how they correlate: sounds that
/// do not resemble each other lose level in the middle of a plain cross-fade.
pub(super) fn cross_fade(from: &[f32], to: &[f32], alike: f32, out: &mut Vec<f32>) {
    let n = from.len().min(to.len());
    let alike = alike.clamp(0.0, 1.0);
    out.extend(from.iter().zip(to).enumerate().map(|(i, (a, b))| {
        let x = (i as f32 + 0.5) / n as f32;
        let w = 0.5 - 0.5 * (std::f32::consts::PI * x).cos();
        let level = ((1.0 - w).powi(2) + w * w + 2.0 * w * (1.0 - w) * alike).sqrt();
        (a * (1.0 - w) + b * w) / level.max(0.5)
    }));
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{Random, voice};
    use super::*;

    /// Shortens or lengthens a sound all the way, once every 60 ms, where it resembles itself; returns it and how often.
    fn all_along(sound: &[f32], shorter: bool, at_least: f32) -> (Vec<f32>, Vec<usize>) {
        let (mut out, mut rest, mut cuts) = (sound[..1440].to_vec(), &sound[1440..], Vec::new());
        while rest.len() > 2880 {
            if shorter {
                if let Some(m) = match_ahead(&rest[..1440], LAG_MAX).filter(|m| m.alike >= at_least) {
                    cuts.push(out.len());
                    cross_fade(&rest[..FADE], &rest[m.lag..], m.alike, &mut out);
                    rest = &rest[m.lag + FADE..];
                }
            } else if let Some(m) = match_behind(&out[out.len() - 1440..], rest, LAG_MAX).filter(|m| m.alike >= at_least) {
                cuts.push(out.len());
                let past = out[out.len() - m.lag..].to_vec();
                let back: Vec<f32> = past.iter().chain(rest).copied().take(FADE + m.lag).collect();
                cross_fade(&rest[..FADE], &back[..FADE], m.alike, &mut out);
                out.extend_from_slice(&back[FADE..]);
                rest = &rest[FADE..];
            }
            out.extend_from_slice(&rest[..2880.min(rest.len())]);
            rest = &rest[2880.min(rest.len())..];
        }
        out.extend_from_slice(rest);
        (out, cuts)
    }

    fn steepest(sound: &[f32]) -> f32 {
        sound.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max)
    }

    fn energy(sound: &[f32]) -> f32 {
        sound.iter().map(|s| s * s).sum::<f32>() / sound.len().max(1) as f32
    }

    /// Zero crossings per second that go up: the pitch of a tone.
    fn pitch(sound: &[f32]) -> f32 {
        sound.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count() as f32 * 48_000.0 / sound.len() as f32
    }

    #[test]
    fn speech_becomes_shorter_and_longer_without_clicks_or_jumps_of_level() {
        let sound = voice(10);
        for shorter in [true, false] {
            let (out, cuts) = all_along(&sound, shorter, 0.9);
            let change = out.len() as f32 / sound.len() as f32;
            println!("{} cuts, length x {change:.3}, steepest {:.3} -> {:.3}", cuts.len(), steepest(&sound), steepest(&out));
            assert!(cuts.len() > 60, "voices resemble themselves");
            assert!(if shorter { change < 0.93 } else { change > 1.07 }, "{change}");
            assert!(steepest(&out) <= steepest(&sound) * 1.05, "a click");
            for at in cuts {
                let (before, cut, after) =
                    (energy(&out[at - 480..at]), energy(&out[at..at + 480]), energy(&out[at + 480..at + 960]));
                assert!(cut <= before.max(after) * 3.0 + 1e-6, "louder than its surroundings: {before} {cut} {after}");
                assert!(cut >= before.min(after) * 0.3 - 1e-6, "a hole: {before} {cut} {after}");
            }
        }
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_its_level() {
        for hertz in [90.0f32, 170.0, 440.0, 1_000.0] {
            let tone: Vec<f32> = (0..96_000).map(|i| 0.3 * (i as f32 / 48_000.0 * hertz * std::f32::consts::TAU).sin()).collect();
            for shorter in [true, false] {
                let (out, cuts) = all_along(&tone, shorter, 0.9);
                assert!(cuts.len() > 20);
                assert!((pitch(&out) / hertz - 1.0).abs() < 0.01, "{hertz} became {}", pitch(&out));
                assert!(steepest(&out) < steepest(&tone) * 1.02);
                assert!((energy(&out) / energy(&tone) - 1.0).abs() < 0.03);
            }
        }
    }

    #[test]
    fn noise_and_chords_keep_level_and_do_not_click_even_when_forced() {
        let mut random = Random(5);
        let noise: Vec<f32> = (0..96_000).map(|_| (random.next() as f32 - 0.5) * 0.2).collect();
        let chord: Vec<f32> = (0..96_000)
            .map(|i| [220.0f32, 277.2, 329.6].map(|f| 0.1 * (i as f32 / 48_000.0 * f * std::f32::consts::TAU).sin()).iter().sum())
            .collect();
        for sound in [noise, chord] {
            for shorter in [true, false] {
                let (out, cuts) = all_along(&sound, shorter, -1.0);
                assert!(cuts.len() > 20);
                assert!(steepest(&out) < steepest(&sound) * 1.3, "{} {}", steepest(&out), steepest(&sound));
                assert!((energy(&out) / energy(&sound) - 1.0).abs() < 0.1, "{} {}", energy(&out), energy(&sound));
            }
        }
    }

    #[test]
    fn too_little_sound_is_left_alone() {
        assert_eq!(match_ahead(&[0.1; FADE + LAG_MIN - 1], LAG_MAX), None);
        assert_eq!(match_behind(&[0.1; LAG_MIN - 1], &[0.1; FADE], LAG_MAX), None);
        assert_eq!(match_behind(&[0.1; LAG_MAX], &[0.1; FADE - 1], LAG_MAX), None);
        assert!(match_ahead(&[0.0; FADE + LAG_MIN], LAG_MAX).is_some(), "silence is like itself");
        cross_fade(&[], &[], 1.0, &mut Vec::new());
    }
}

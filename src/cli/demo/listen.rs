//! Whether a known sentence is in a recording: by its loudness over time first, then by its waveform.

/// Samples per second here: enough for speech, and a ninth of the work of 48 kHz.
pub(super) const RATE: usize = 16_000;
/// Samples in one step of the loudness curve (10 ms).
const STEP: usize = RATE / 100;
/// A waveform correlation above this is the sentence: noise, silence and other sentences stay below 0.2.
pub(super) const HEARD: f32 = 0.5;

/// 48 kHz to [`RATE`], good enough to compare.
pub(super) fn thin(samples: &[f32]) -> Vec<f32> {
    samples.chunks_exact(3).map(|c| (c[0] + c[1] + c[2]) / 3.0).collect()
}

/// How alike the sentence and the best place in the recording are, 0 to 1, and where that is in seconds.
pub(super) fn find(sentence: &[f32], recording: &[f32]) -> (f32, f32) {
    if sentence.len() < STEP || recording.len() < sentence.len() {
        return (0.0, 0.0);
    }
    let (needle, hay) = (loudness(sentence), loudness(recording));
    let coarse = (0..=hay.len() - needle.len())
        .map(|i| (alike(&needle, &hay[i..i + needle.len()]), i))
        .fold((0.0, 0), |best, x| if x.0 > best.0 { x } else { best })
        .1
        * STEP;
    let last = recording.len() - sentence.len();
    (coarse.saturating_sub(3 * STEP)..=(coarse + 3 * STEP).min(last))
        .map(|i| (alike(sentence, &recording[i..i + sentence.len()]), i as f32 / RATE as f32))
        .fold((0.0, 0.0), |best, x| if x.0 > best.0 { x } else { best })
}

fn loudness(x: &[f32]) -> Vec<f32> {
    x.chunks_exact(STEP).map(|c| (c.iter().map(|s| s * s).sum::<f32>() / STEP as f32).sqrt()).collect()
}

/// Normalised correlation; 0 if one of the two is silent.
fn alike(a: &[f32], b: &[f32]) -> f32 {
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa > 1e-6 && bb > 1e-6 { ab / (aa * bb).sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bursts of a tone whose pitch and lengths depend on the seed: as different as two sentences are.
    fn sentence(seed: usize) -> Vec<f32> {
        (0..2 * RATE)
            .map(|i| {
                let burst = (i / 800 * (seed + 3)) % 7 < 4;
                let hz = 200.0 + 50.0 * (((i / 1600) * (seed + 1)) % 5) as f32;
                if burst { (i as f32 * hz * std::f32::consts::TAU / RATE as f32).sin() * 0.5 } else { 0.0 }
            })
            .collect()
    }

    #[test]
    fn a_sentence_is_found_where_it_is_and_only_if_it_is_there() {
        let (a, b) = (sentence(1), sentence(2));
        let mut recording = vec![0.0; RATE];
        recording.extend(a.iter().enumerate().map(|(i, s)| s * 0.3 + ((i * 7919) % 13) as f32 * 0.001));
        recording.extend(vec![0.0; RATE]);
        let (like, at) = find(&a, &recording);
        assert!(like > 0.95 && (at - 1.0).abs() < 0.01, "{like} at {at}");
        assert!(find(&b, &recording).0 < 0.3);
        assert_eq!(find(&a, &vec![0.0; 4 * RATE]).0, 0.0);
        assert_eq!(find(&a, &[]).0, 0.0);
    }
}

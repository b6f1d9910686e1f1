//! Sounds and measures for the tests of this module.

use super::codec::{Encoder, FRAME_SAMPLES};
use bytes::Bytes;

/// Seeded random numbers.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next one, in 0..1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as f64 / (1u64 << 31) as f64
    }
}

/// Syllables of a gliding voice with pauses between words, so that no two stretches are alike.
pub(crate) fn voice(seconds: usize) -> Vec<f32> {
    let mut random = Random(3);
    let mut phase = 0.0f64;
    let mut out = Vec::new();
    while out.len() < seconds * 48_000 {
        let (pitch, glide) = (110.0 + 80.0 * random.next(), 40.0 * random.next() - 20.0);
        let (formant, length) = (400.0 + 900.0 * random.next(), 4_800 + (9_600.0 * random.next()) as usize);
        for i in 0..length {
            let x = i as f64 / length as f64;
            let f = pitch + glide * x;
            phase += f / 48_000.0;
            let mut s = 0.0;
            for h in 1..12 {
                let weight = 1.0 / (1.0 + ((f * f64::from(h) - formant) / 250.0).powi(2)) + 0.15 / f64::from(h);
                s += weight * (phase * f64::from(h) * std::f64::consts::TAU).sin();
            }
            out.push((0.12 * s * (x * std::f64::consts::PI).sin()) as f32);
        }
        if random.next() < 0.3 {
            out.extend(std::iter::repeat_n(0.0, 9_600));
        }
    }
    out.truncate(seconds * 48_000);
    out
}

/// Encodes; packet `k` holds the sound that ends at `(k + 1) * 20 ms`.
pub(crate) fn packets(sound: &[f32]) -> Vec<Bytes> {
    let mut encoder = Encoder::new().unwrap();
    sound.chunks_exact(FRAME_SAMPLES).map(|c| encoder.encode(c).unwrap()).collect()
}

/// How alike two sounds are, -1 to 1; `step` 1 looks at each sample.
pub(crate) fn correlation(a: &[f32], b: &[f32], step: usize) -> f64 {
    let (mut ab, mut aa, mut bb) = (0.0f64, 0.0f64, 0.0f64);
    for (x, y) in a.iter().zip(b).step_by(step) {
        ab += f64::from(x * y);
        aa += f64::from(x * x);
        bb += f64::from(y * y);
    }
    ab / (aa * bb).sqrt().max(1e-9)
}

/// The best lag of `heard` behind `sent` in samples up to `limit`, and the correlation there.
pub(crate) fn align(sent: &[f32], heard: &[f32], limit: usize) -> (usize, f64) {
    let best = |lags: &mut dyn Iterator<Item = usize>, step| {
        lags.map(|l| (l, correlation(&heard[l..], sent, step))).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
    };
    let (near, _) = best(&mut (0..limit).step_by(8), 41);
    let (lag, _) = best(&mut (near.saturating_sub(8)..near + 8), 7);
    (lag, correlation(&heard[lag..], sent, 1))
}

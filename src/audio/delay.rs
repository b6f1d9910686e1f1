//! How long a known sound takes to come back: finds what was said in what was heard.

/// The coarse search is at 8 kHz: this many samples become one.
const THIN: usize = 6;
/// Samples that are looked at in the coarse search.
const PROBES: usize = 400;

/// A marker to be played and found again: a soft rising tone of 150 ms, from 300 to 3000 Hz at -20 dBFS, faded at both ends.
pub fn chirp() -> Vec<f32> {
    let n = 7_200usize;
    let mut phase = 0.0f32;
    (0..n)
        .map(|i| {
            let x = i as f32 / n as f32;
            phase = (phase + (300.0 + 2_700.0 * x) / super::SAMPLE_RATE as f32).fract();
            let fade = (20.0 * x).min(20.0 * (1.0 - x)).min(1.0);
            0.14 * fade * (phase * std::f32::consts::TAU).sin()
        })
        .collect()
}

/// Where in `heard` the sound `said` lies, and how alike both are there, -1 to 1. `None` if one of the two is silent or too
/// short.
pub fn find(said: &[f32], heard: &[f32]) -> Option<(usize, f32)> {
    let last = heard.len().checked_sub(said.len())?;
    let (few_said, few_heard) = (thin(said), thin(heard));
    // They lie irregularly: a regular sound looked at in regular steps is like itself elsewhere.
    let step = (few_said.len() / PROBES).max(1);
    let mut seed = 1u32;
    let probes: Vec<(usize, f32)> = (0..few_said.len() / step)
        .filter_map(|k| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let i = k * step + (seed >> 8) as usize % step;
            Some((i, *few_said.get(i)?))
        })
        .collect();
    let coarse = |offset: usize| {
        let pairs = probes.iter().filter_map(|(i, a)| Some((*a, *few_heard.get(offset + i)?)));
        alike(pairs)
    };
    let offsets = 0..=last / THIN;
    let (near, _) = offsets.filter_map(|o| Some((o, coarse(o)?))).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let near = near * THIN;
    (near.saturating_sub(THIN)..=(near + THIN).min(last))
        .filter_map(|o| Some((o, alike(said.iter().copied().zip(heard.get(o..)?.iter().copied()))?)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

fn thin(sound: &[f32]) -> Vec<f32> {
    sound.chunks_exact(THIN).map(|c| c.iter().sum::<f32>() / THIN as f32).collect()
}

fn alike(pairs: impl Iterator<Item = (f32, f32)>) -> Option<f32> {
    let (mut ab, mut aa, mut bb) = (0.0f32, 0.0f32, 0.0f32);
    for (a, b) in pairs {
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    (aa > 1e-7 && bb > 1e-7).then(|| ab / (aa * bb).sqrt())
}

#[cfg(test)]
mod tests {
    use super::super::testing::voice;
    use super::*;

    #[test]
    fn a_sound_is_found_to_the_sample_and_nothing_in_silence() {
        let voice = voice(3);
        let said = &voice[20_000..68_000];
        let mut heard = vec![0.0; 12_345];
        heard.extend(said.iter().enumerate().map(|(i, s)| s * 0.3 + ((i * 7_919) % 13) as f32 * 0.0005));
        heard.extend(vec![0.0; 9_000]);
        let (at, alike) = find(said, &heard).unwrap();
        assert!(at == 12_345 && alike > 0.9, "{alike} at {at}");
        assert!(find(&voice[100_000..140_000], &heard).unwrap().1 < 0.4, "another sound is not taken for it");
        assert_eq!(find(said, &vec![0.0; 60_000]), None);
        assert_eq!(find(said, &[0.1; 10]), None);
        assert!(chirp().iter().all(|s| s.abs() < 0.15));
    }
}

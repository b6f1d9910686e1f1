//! Spoken sentences and passages as WAV files, and measures that tell which of them a recording contains.

mod passage;

pub use passage::{Passage, SENTENCES, VOICES, passage};

use std::path::{Path, PathBuf};
use std::process::Command;

/// Samples per second of everything here.
pub const RATE: usize = 48_000;

/// A sentence spoken by espeak-ng, as a 48 kHz mono 16-bit WAV file; made once per machine. `None` without espeak-ng.
pub fn sentence(text: &str, voice: &str) -> Option<PathBuf> {
    if !crate::has("espeak-ng") {
        return None;
    }
    let dir = std::env::temp_dir().join("conclave-speech");
    std::fs::create_dir_all(&dir).ok()?;
    let name: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(60).collect();
    let path = dir.join(format!("{voice}-{name}-{}.wav", text.len()));
    if path.exists() {
        return Some(path);
    }
    // Several tests may make it at once: each its own file, renamed into place.
    let raw = tempfile::NamedTempFile::new_in(&dir).ok()?;
    let done = Command::new("espeak-ng").args(["-v", voice, "-s", "150", "-w"]).arg(raw.path()).arg(text).status().ok()?;
    if !done.success() {
        return None;
    }
    let whole = tempfile::NamedTempFile::new_in(&dir).ok()?;
    write(whole.path(), &read_any(raw.path()));
    whole.persist(&path).ok()?;
    Some(path)
}

/// Reads a WAV file as 48 kHz mono; other rates are interpolated.
fn read_any(path: &Path) -> Vec<f32> {
    let mut wav = hound::WavReader::open(path).expect("a WAV file");
    let spec = wav.spec();
    let samples: Vec<f32> = wav.samples::<i16>().map(|s| f32::from(s.expect("a sample")) / 32_768.0).collect();
    let mono: Vec<f32> = samples.chunks(spec.channels.into()).map(|c| c.iter().sum::<f32>() / f32::from(spec.channels)).collect();
    let step = f64::from(spec.sample_rate) / RATE as f64;
    if step >= 1.0 {
        return mono;
    }
    // A windowed sinc: what linear interpolation mirrors above 11 kHz would be scored as part of the voice.
    const WIDTH: isize = 16;
    (0..(mono.len() as f64 / step) as usize)
        .map(|i| {
            let x = i as f64 * step;
            let (k, f) = (x as isize, x.fract());
            let near = (1 - WIDTH..=WIDTH).filter_map(|n| {
                let (d, s) = (n as f64 - f, mono.get(usize::try_from(k + n).ok()?)?);
                let sinc = if d == 0.0 { 1.0 } else { (std::f64::consts::PI * d).sin() / (std::f64::consts::PI * d) };
                Some(f64::from(*s) * sinc * 0.5 * (1.0 + (std::f64::consts::PI * d / WIDTH as f64).cos()))
            });
            near.sum::<f64>() as f32
        })
        .collect()
}

/// Reads a 48 kHz mono 16-bit WAV file.
pub fn read(path: &Path) -> Vec<f32> {
    let wav = hound::WavReader::open(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let spec = wav.spec();
    assert_eq!((spec.sample_rate as usize, spec.channels, spec.bits_per_sample), (RATE, 1, 16), "{}", path.display());
    wav.into_samples::<i16>().map(|s| f32::from(s.expect("a whole file")) / 32_768.0).collect()
}

/// Writes a 48 kHz mono 16-bit WAV file.
pub fn write(path: &Path, sound: &[f32]) {
    let spec =
        hound::WavSpec { channels: 1, sample_rate: RATE as u32, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = hound::WavWriter::create(path, spec).expect("a file");
    for s in sound {
        wav.write_sample((s.clamp(-1.0, 1.0) * 32_767.0) as i16).expect("room on the disk");
    }
    wav.finalize().expect("a whole file");
}

/// A rising tone from 200 to 3000 Hz: unmistakable, and its place in time is exact.
pub fn chirp(seconds: f32) -> Vec<f32> {
    let n = (seconds * RATE as f32) as usize;
    let mut phase = 0.0f32;
    (0..n)
        .map(|i| {
            let hertz = 200.0 + 2_800.0 * i as f32 / n as f32;
            phase = (phase + hertz / RATE as f32).fract();
            0.5 * (phase * std::f32::consts::TAU).sin()
        })
        .collect()
}

/// How alike two sounds are sample by sample, -1 to 1; `step` 1 looks at each sample.
pub fn correlation(a: &[f32], b: &[f32], step: usize) -> f64 {
    let (mut ab, mut aa, mut bb) = (0.0f64, 0.0f64, 0.0f64);
    for (x, y) in a.iter().zip(b).step_by(step) {
        ab += f64::from(x * y);
        aa += f64::from(x * x);
        bb += f64::from(y * y);
    }
    if aa * bb == 0.0 { 0.0 } else { ab / (aa * bb).sqrt() }
}

/// Where `part` sounds in `whole` and how alike it is there: (offset in samples, correlation).
pub fn find(part: &[f32], whole: &[f32]) -> (usize, f64) {
    // Some 600 samples are enough to find the place, and cheap enough for debug builds. They lie irregularly: a chirp
    // looked at in regular steps is like itself elsewhere. Steps of 3 samples do not jump over a peak below 4 kHz.
    let stride = (part.len() / 600).max(1);
    let mut seed = 1u32;
    let probes: Vec<(usize, f32)> = (0..part.len() / stride)
        .map(|k| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let i = k * stride + (seed >> 8) as usize % stride;
            (i, part[i])
        })
        .collect();
    let alike = |offset: usize| {
        let (mut ab, mut aa, mut bb) = (0.0f32, 0.0f32, 0.0f32);
        for &(i, y) in &probes {
            let Some(&x) = whole.get(offset + i) else { break };
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        if aa * bb == 0.0 { 0.0 } else { ab / (aa * bb).sqrt() }
    };
    let last = whole.len().saturating_sub(part.len() / 2).max(1);
    let near = (0..last).step_by(3).map(|o| (o, alike(o))).max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |b| b.0);
    (near.saturating_sub(4)..near + 5)
        .map(|o| (o, correlation(whole.get(o..).unwrap_or(&[]), part, 1)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((0, 0.0))
}

/// How much of a sound is heard in a recording, 0 to 1: its half seconds are looked for one by one near where the whole
/// one lies, so that changes of delay on the way do not matter; those that are silent do not count.
pub fn heard(sent: &[f32], recording: &[f32]) -> f64 {
    let half = RATE / 2;
    let (at, _) = find(&sent[..sent.len().min(4 * half)], recording);
    let parts: Vec<(usize, &[f32])> = sent.chunks_exact(half).enumerate().filter(|(_, p)| level(p) > -45.0).collect();
    let sum: f64 = parts
        .iter()
        .map(|(k, part)| {
            let from = (at + k * half).saturating_sub(RATE / 5).min(recording.len());
            let to = (at + (k + 1) * half + RATE / 5).min(recording.len());
            find(part, &recording[from..to]).1.max(0.0)
        })
        .sum();
    sum / parts.len().max(1) as f64
}

/// Mean level in dBFS; digital silence is -100.
pub fn level(sound: &[f32]) -> f64 {
    let energy = sound.iter().map(|s| f64::from(s * s)).sum::<f64>() / sound.len().max(1) as f64;
    10.0 * energy.max(1e-10).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_tells_which_sentence_it_contains() {
        let a = sentence("The quick brown fox jumps over the lazy dog.", "en");
        let b = sentence("She sells sea shells by the sea shore, every day.", "en+f3");
        let (Some(a), Some(b)) = (a, b) else { return crate::skip("speech", "espeak-ng is not installed") };
        let (a, b) = (read(&a), read(&b));
        let mut recording = vec![0.0; 30_000];
        recording.extend_from_slice(&a);
        recording.extend(vec![0.0; 30_000]);
        assert!(find(&a, &recording).0.abs_diff(30_000) < 2);
        let (yes, no) = (heard(&a, &recording), heard(&b, &recording));
        println!("contained {yes:.3}, not contained {no:.3}");
        assert!(yes > 0.99 && no < 0.5);
    }
}

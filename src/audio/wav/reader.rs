//! Any WAV file as 48 kHz mono, a tick at a time and in constant memory.

use crate::audio::{SAMPLE_RATE, TICK_SAMPLES};
use crate::exit::{Exit, Failure};
use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction};
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Path;

/// Sample rates that a microphone or an editor might have used.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;

enum Samples<R> {
    Int { samples: hound::WavIntoSamples<R, i32>, scale: f32 },
    Float(hound::WavIntoSamples<R, f32>),
}

impl<R: Read> Samples<R> {
    fn next(&mut self) -> Option<f32> {
        match self {
            // An unreadable sample ends the file; its length was checked before.
            Samples::Int { samples, scale } => samples.next()?.ok().map(|s| s as f32 * *scale),
            Samples::Float(samples) => samples.next()?.ok().map(|s| if s.is_finite() { s.clamp(-1.0, 1.0) } else { 0.0 }),
        }
    }
}

struct Convert {
    resampler: Async<f32>,
    input: Vec<f32>,
    /// Converted and not given yet.
    ready: VecDeque<f32>,
    /// Frames of the resampler's own delay that are still to be thrown away.
    delay: usize,
}

/// A WAV file that is being played.
pub struct WavReader<R = BufReader<File>> {
    samples: Samples<R>,
    channels: u16,
    convert: Option<Convert>,
    /// Samples at 48 kHz that are left to give.
    left: u64,
}

impl<R> std::fmt::Debug for WavReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WavReader").field("channels", &self.channels).field("left", &self.left).finish_non_exhaustive()
    }
}

impl WavReader {
    /// Opens and checks a file: 66 if it is not there, 65 if it is no WAV file, empty or shorter than its header says.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let bad = |what: String| Failure::new(Exit::Data, what);
        let unreadable =
            |e: io::Error| Failure::new(Exit::NoInput, format!("The sound file {name} cannot be read: {}.", reason(&e)));
        // Before it is opened: opening a FIFO waits for somebody to write.
        if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
            return Err(bad(format!("{name} is not a regular file; raw sound from a pipe is --audio pipe:{name},OUT.")));
        }
        let file = File::open(path).map_err(unreadable)?;
        let meta = file.metadata().map_err(unreadable)?;
        Self::new(BufReader::new(file), meta.len(), &name.to_string())
    }
}

impl<R: Read + Seek> WavReader<R> {
    /// Checks what a reader has in it, which is so many bytes; 65 if it is no WAV file, empty or shorter than its header
    /// says. `name` is what users call it.
    pub fn new(file: R, bytes: u64, name: &str) -> Result<Self, Failure> {
        let bad = |what: String| Failure::new(Exit::Data, what);
        if bytes == 0 {
            return Err(bad(format!("The sound file {name} is empty (0 bytes); give a WAV file.")));
        }
        let wav = |e: hound::Error| match e {
            hound::Error::IoError(_) => {
                bad(format!("The sound file {name} is truncated: it ends inside its header; make it anew."))
            }
            hound::Error::Unsupported => {
                bad(format!("The WAV file {name} is in a format that is not supported; use 16-bit PCM."))
            }
            e => bad(format!("The sound file {name} is not a WAV file ({e}); convert it to WAV first.")),
        };
        let header = hound::WavReader::new(file).map_err(wav)?;
        let (spec, count) = (header.spec(), header.len());
        let mut rest = header.into_inner();
        let begin = rest.stream_position().map_err(|e| bad(format!("The sound file {name} cannot be read: {}.", reason(&e))))?;
        let promised = u64::from(count) * u64::from(spec.bits_per_sample.div_ceil(8));
        let there = bytes.saturating_sub(begin);
        if there < promised {
            return Err(bad(format!(
                "The WAV file {name} is truncated: its header promises {promised} bytes of sound and {there} are there; make it anew."
            )));
        }
        if spec.channels == 0 || !RATES.contains(&spec.sample_rate) {
            return Err(bad(format!(
                "The WAV file {name} has {} channels at {} Hz, which cannot be played; convert it to 48000 Hz mono.",
                spec.channels, spec.sample_rate
            )));
        }
        rest.rewind().map_err(|e| bad(format!("The sound file {name} cannot be read: {}.", reason(&e))))?;
        let reader = hound::WavReader::new(rest).map_err(wav)?;
        let samples = match spec.sample_format {
            hound::SampleFormat::Float => Samples::Float(reader.into_samples()),
            hound::SampleFormat::Int => {
                let scale = 1.0 / (1u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
                Samples::Int { samples: reader.into_samples(), scale }
            }
        };
        let frames = u64::from(count / u32::from(spec.channels));
        let convert = if spec.sample_rate == SAMPLE_RATE { None } else { Some(Convert::new(spec.sample_rate, name)?) };
        let left = (frames * u64::from(SAMPLE_RATE)).div_ceil(u64::from(spec.sample_rate));
        Ok(Self { samples, channels: spec.channels, convert, left })
    }

    /// Gives the next 10 ms, filled up with silence; `false` once the file has ended.
    pub fn read(&mut self, out: &mut [f32; TICK_SAMPLES]) -> bool {
        out.fill(0.0);
        if self.left == 0 {
            return false;
        }
        match self.convert.take() {
            None => out.fill_with(|| self.frame()),
            Some(mut convert) => {
                while convert.ready.len() < TICK_SAMPLES {
                    self.resample(&mut convert);
                }
                for (o, s) in out.iter_mut().zip(convert.ready.drain(..TICK_SAMPLES)) {
                    *o = s;
                }
                self.convert = Some(convert);
            }
        }
        // Full scale is the end, also for what the resampler overshoots.
        out.iter_mut().for_each(|s| *s = s.clamp(-1.0, 1.0));
        if let Some(beyond) = usize::try_from(self.left).ok().and_then(|left| out.get_mut(left..)) {
            beyond.fill(0.0);
        }
        self.left = self.left.saturating_sub(TICK_SAMPLES as u64);
        true
    }

    /// The next frame mixed down to mono; zero after the end.
    fn frame(&mut self) -> f32 {
        let mut sum = 0.0;
        for _ in 0..self.channels {
            sum += self.samples.next().unwrap_or(0.0);
        }
        sum / f32::from(self.channels)
    }

    fn resample(&mut self, convert: &mut Convert) {
        let n = convert.resampler.input_frames_next();
        convert.input.clear();
        for _ in 0..n {
            let s = self.frame();
            convert.input.push(s);
        }
        let input = InterleavedSlice::new(&convert.input, 1, n);
        let mut sound = [0.0; TICK_SAMPLES];
        let output = InterleavedSlice::new_mut(&mut sound, 1, TICK_SAMPLES);
        if let (Ok(input), Ok(mut output)) = (input, output) {
            // Sizes are what the resampler asked for; an error leaves silence.
            let _ = convert.resampler.process_into_buffer(&input, &mut output, None);
        }
        let skip = convert.delay.min(TICK_SAMPLES);
        convert.delay -= skip;
        convert.ready.extend(sound.iter().skip(skip));
    }
}

impl Convert {
    fn new(rate: u32, name: &str) -> Result<Self, Failure> {
        let parameters = SincInterpolationParameters {
            sinc_len: 128,
            f_cutoff: None,
            interpolation: SincInterpolationType::Cubic,
            oversampling_factor: 128,
            window: WindowFunction::BlackmanHarris2,
        };
        let ratio = f64::from(SAMPLE_RATE) / f64::from(rate);
        let resampler = Async::new_sinc(ratio, 1.0, &parameters, TICK_SAMPLES, 1, FixedAsync::Output)
            .map_err(|e| Failure::new(Exit::Data, format!("The WAV file {name} at {rate} Hz cannot be converted: {e}.")))?;
        let delay = resampler.output_delay();
        Ok(Self {
            input: Vec::with_capacity(resampler.input_frames_max()),
            ready: VecDeque::with_capacity(2 * TICK_SAMPLES),
            resampler,
            delay,
        })
    }
}

/// The system's word for it, without the number.
pub(crate) fn reason(e: &std::io::Error) -> String {
    let text = e.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{align, voice};
    use super::*;
    use hound::{SampleFormat, WavSpec};

    fn read(path: &Path) -> Vec<f32> {
        let mut wav = WavReader::open(path).unwrap();
        let (mut all, mut out) = (Vec::new(), [0.0; TICK_SAMPLES]);
        while wav.read(&mut out) {
            all.extend_from_slice(&out);
        }
        all
    }

    #[test]
    fn every_format_becomes_48_khz_mono() {
        let dir = tempfile::tempdir().unwrap();
        let sound = voice(2);
        for (rate, channels, bits, format) in [
            (48_000, 1, 16, SampleFormat::Int),
            (44_100, 2, 24, SampleFormat::Int),
            (16_000, 1, 8, SampleFormat::Int),
            (8_000, 1, 16, SampleFormat::Int),
            (96_000, 6, 32, SampleFormat::Int),
            (22_050, 1, 32, SampleFormat::Float),
            (192_000, 1, 16, SampleFormat::Int),
            (48_000, 8, 24, SampleFormat::Int),
            (44_100, 8, 32, SampleFormat::Float),
            (11_025, 2, 8, SampleFormat::Int),
        ] {
            let path = dir.path().join(format!("{rate}-{channels}-{bits}.wav"));
            let spec = WavSpec { channels, sample_rate: rate, bits_per_sample: bits, sample_format: format };
            let mut wav = hound::WavWriter::create(&path, spec).unwrap();
            let frames = 2 * rate as usize;
            for i in 0..frames {
                // Linear interpolation of the 48 kHz voice is good enough as a source.
                let x = i as f64 * 48_000.0 / f64::from(rate);
                let (k, f) = (x as usize, x.fract() as f32);
                let s = sound[k] * (1.0 - f) + sound.get(k + 1).unwrap_or(&0.0) * f;
                for _ in 0..channels {
                    match format {
                        SampleFormat::Float => wav.write_sample(s).unwrap(),
                        SampleFormat::Int => wav.write_sample((s * ((1u64 << (bits - 1)) - 1) as f32) as i32).unwrap(),
                    }
                }
            }
            wav.finalize().unwrap();
            let heard = read(&path);
            let (lag, c) = align(&sound, &heard, 960);
            assert!(heard.len().abs_diff(96_000) <= 480, "{rate}: {}", heard.len());
            assert!(c > 0.97 && lag <= 12, "{rate} Hz: correlation {c} at {lag}");
        }
    }

    #[test]
    fn what_is_no_whole_wav_file_is_refused_in_one_sentence() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.wav");
        let spec = WavSpec { channels: 1, sample_rate: 48_000, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut wav = hound::WavWriter::create(&path, spec).unwrap();
        (0..4800).for_each(|i| wav.write_sample(i as i16).unwrap());
        wav.finalize().unwrap();
        let whole = std::fs::read(&path).unwrap();
        for (bytes, exit, word) in [
            (&whole[..0], Exit::Data, "empty"),
            (&whole[..20], Exit::Data, "truncated"),
            (&whole[..5000], Exit::Data, "truncated"),
            (&b"ID3 this is some other kind of file, longer than a header of a WAV file is"[..], Exit::Data, "not a WAV"),
        ] {
            std::fs::write(&path, bytes).unwrap();
            let failure = WavReader::open(&path).unwrap_err();
            assert_eq!(failure.exit, exit);
            assert!(failure.text.contains(word) && failure.text.contains("x.wav"), "{}", failure.text);
        }
        let missing = WavReader::open(&dir.path().join("none.wav")).unwrap_err();
        assert_eq!(missing.exit, Exit::NoInput);
        assert_eq!(WavReader::open(dir.path()).unwrap_err().exit, Exit::Data);
    }

    #[test]
    fn damaged_headers_never_panic() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.wav");
        let spec = WavSpec { channels: 2, sample_rate: 44_100, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut wav = hound::WavWriter::create(&path, spec).unwrap();
        (0..2000).for_each(|i| wav.write_sample(i as i16).unwrap());
        wav.finalize().unwrap();
        let whole = std::fs::read(&path).unwrap();
        for at in 0..44 {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                std::fs::write(&path, &bytes).unwrap();
                if let Ok(mut wav) = WavReader::open(&path) {
                    let mut out = [0.0; TICK_SAMPLES];
                    for _ in 0..20 {
                        wav.read(&mut out);
                    }
                }
            }
        }
    }
}

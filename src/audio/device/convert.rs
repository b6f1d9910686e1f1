//! At the boundary to a sound system that does not convert by itself: any rate and any number of channels on its side, 48 kHz
//! mono on ours. Nothing here allocates once it is made: the device's callback runs it.

use super::ring::sane;
use super::{CaptureRing, Health, OpenError, PlayRing};
use crate::audio::SAMPLE_RATE;
use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Async, FixedAsync, Resampler, SincInterpolationParameters, SincInterpolationType, WindowFunction};
use std::sync::Arc;

/// Rates of devices that can be used.
pub const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// Channels beyond this are a mixing desk: use PulseAudio.
pub const MAX_CHANNELS: u16 = 32;
/// How many times a second the resampler works: each 2.5 ms. More often costs more, seldom costs delay.
const STEPS: u32 = 400;

/// What is needed from one rate to the other; none if they are the same.
struct Resample {
    resampler: Async<f32>,
    input: Vec<f32>,
    output: Vec<f32>,
    /// Samples of the resampler's own run-up that are still to be thrown away.
    skip: usize,
}

impl Resample {
    fn new(from: u32, to: u32, fixed: FixedAsync) -> Result<Option<Self>, OpenError> {
        // The fixed side is the device's.
        let device = if fixed == FixedAsync::Input { from } else { to };
        if !RATES.contains(&device) {
            return Err(OpenError::Unavailable(format!("its sample rate, {device} Hz, is of no use")));
        }
        if from == to {
            return Ok(None);
        }
        let parameters = SincInterpolationParameters {
            sinc_len: 64,
            f_cutoff: None,
            interpolation: SincInterpolationType::Linear,
            oversampling_factor: 128,
            window: WindowFunction::BlackmanHarris2,
        };
        let chunk = device / STEPS;
        let failed = |e| OpenError::Unavailable(format!("{from} Hz cannot be converted to {to} Hz ({e})"));
        let resampler =
            Async::new_sinc(f64::from(to) / f64::from(from), 1.0, &parameters, chunk as usize, 1, fixed).map_err(failed)?;
        let skip = resampler.output_delay();
        let input = Vec::with_capacity(resampler.input_frames_max());
        Ok(Some(Self { output: vec![0.0; resampler.output_frames_max()], input, skip, resampler }))
    }

    /// Converts what is in `input`, which is as much as the resampler asked for; what came of it.
    fn run(&mut self) -> &[f32] {
        let (n, most) = (self.input.len(), self.output.len());
        let input = InterleavedSlice::new(&self.input, 1, n);
        let output = InterleavedSlice::new_mut(&mut self.output, 1, most);
        let made = match (input, output) {
            (Ok(input), Ok(mut output)) => {
                // Sizes are what the resampler asked for; an error leaves silence.
                self.resampler.process_into_buffer(&input, &mut output, None).map_or(0, |(_, made)| made)
            }
            _ => 0,
        };
        self.input.clear();
        let skip = self.skip.min(made);
        self.skip -= skip;
        self.output.get(skip..made).unwrap_or_default()
    }
}

/// A microphone's callback writes here, as the device gives it.
pub struct FromDevice {
    ring: CaptureRing,
    rate: u32,
    channels: usize,
    resample: Option<Resample>,
}

impl std::fmt::Debug for FromDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FromDevice").field("channels", &self.channels).finish_non_exhaustive()
    }
}

impl FromDevice {
    /// For a device of this rate and so many channels.
    pub fn new(ring: CaptureRing, rate: u32, channels: u16) -> Result<Self, OpenError> {
        let resample = Resample::new(rate, SAMPLE_RATE, FixedAsync::Input)?;
        Ok(Self { ring, rate, channels: usize::from(channels.clamp(1, MAX_CHANNELS)), resample })
    }

    /// How the stream is.
    pub fn health(&self) -> &Arc<Health> {
        self.ring.health()
    }

    /// The callback's whole work: interleaved samples in. All channels count the same: a headset's microphone is on one of
    /// two, or on both.
    pub fn write(&mut self, samples: impl ExactSizeIterator<Item = f32>) {
        let channels = self.channels;
        let frames = samples.len() / channels;
        let mut samples = samples;
        let mut frame = || (0..channels).map(|_| samples.next().map_or(0.0, sane)).sum::<f32>() / channels as f32;
        let Some(resample) = &mut self.resample else {
            return self.ring.write((0..frames).map(|_| frame()));
        };
        let mut left = frames;
        while left > 0 {
            let wanted = resample.resampler.input_frames_next();
            let n = wanted.saturating_sub(resample.input.len()).min(left);
            resample.input.extend((0..n).map(|_| frame()));
            left -= n;
            if resample.input.len() >= wanted {
                self.ring.put(resample.run().iter().copied());
            } else if n == 0 {
                return;
            }
        }
        self.ring.called((frames as u64 * u64::from(SAMPLE_RATE) / u64::from(self.rate)) as usize);
    }
}

/// A loudspeaker's callback reads here, as the device wants it.
pub struct ToDevice {
    ring: PlayRing,
    rate: u32,
    channels: usize,
    resample: Option<Resample>,
    /// Converted and not given yet, latest first.
    ready: Vec<f32>,
}

impl std::fmt::Debug for ToDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ToDevice").field("channels", &self.channels).finish_non_exhaustive()
    }
}

impl ToDevice {
    /// For a device of this rate and so many channels.
    pub fn new(ring: PlayRing, rate: u32, channels: u16) -> Result<Self, OpenError> {
        let resample = Resample::new(SAMPLE_RATE, rate, FixedAsync::Output)?;
        let ready = Vec::with_capacity(resample.as_ref().map_or(0, |r| r.output.len()));
        Ok(Self { ring, rate, channels: usize::from(channels.clamp(1, MAX_CHANNELS)), resample, ready })
    }

    /// How the stream is.
    pub fn health(&self) -> &Arc<Health> {
        self.ring.health()
    }

    /// The callback's whole work: gives so many interleaved samples with their places, the same sound on every channel.
    pub fn read(&mut self, samples: usize, mut give: impl FnMut(usize, f32)) {
        let (channels, frames) = (self.channels, samples / self.channels);
        let mut give = |frame: usize, s: f32| (0..channels).for_each(|c| give(frame * channels + c, s));
        let Some(resample) = &mut self.resample else { return self.ring.read(frames, give) };
        for frame in 0..frames {
            if self.ready.is_empty() {
                let input = &mut resample.input;
                self.ring.take(resample.resampler.input_frames_next(), |_, s| input.push(s));
                self.ready.extend(resample.run().iter().rev());
            }
            // Empty still: the run-up.
            give(frame, self.ready.pop().unwrap_or(0.0));
        }
        self.ring.called((frames as u64 * u64::from(SAMPLE_RATE) / u64::from(self.rate)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CaptureRing, PlayRing};
    use super::*;
    use crate::audio::TICK_SAMPLES;

    /// A device's tone, in its own rate and on all its channels.
    fn tone(rate: u32, channels: u16, from: usize, frames: usize) -> Vec<f32> {
        let frame = |i: usize| (i as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin() * 0.5;
        (from..from + frames).flat_map(|i| std::iter::repeat_n(frame(i), channels.into())).collect()
    }

    /// Periods of a tone, in hertz: rising zero crossings per second.
    fn pitch(sound: &[f32], rate: u32) -> f64 {
        let crossings: Vec<usize> = (1..sound.len()).filter(|i| sound[i - 1] < 0.0 && sound[*i] >= 0.0).collect();
        let (Some(first), Some(last)) = (crossings.first(), crossings.last()) else { return 0.0 };
        (crossings.len() - 1) as f64 * f64::from(rate) / (last - first) as f64
    }

    fn level(sound: &[f32]) -> f32 {
        (sound.iter().map(|s| s * s).sum::<f32>() / sound.len() as f32).sqrt()
    }

    const RATES: [u32; 10] = [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];

    #[test]
    fn any_rate_and_number_of_channels_of_a_microphone_is_heard_at_its_pitch() {
        for rate in RATES {
            for (channels, callback) in [(1, 24), (2, 480), (6, 1_000), (8, 96_000)] {
                let (ring, mut thread) = CaptureRing::sized(Arc::default(), 384_000);
                let mut device = FromDevice::new(ring, rate, channels).unwrap();
                let (mut at, mut heard, mut out) = (0, Vec::new(), [0.0; TICK_SAMPLES]);
                // Two seconds at once are the most; the first of such callbacks counts as a hiccup.
                let callback = callback.min(2 * rate as usize);
                while at < rate as usize + 3 * callback {
                    device.write(tone(rate, channels, at, callback).into_iter());
                    at += callback;
                    while thread.read(&mut out) {
                        heard.extend_from_slice(&out);
                    }
                }
                let middle = &heard[heard.len() - 38_400..];
                let what = format!("{rate} Hz, {channels} channels, {callback} frames");
                assert!((pitch(middle, 48_000) - 440.0).abs() < 1.0, "{what}: {} Hz", pitch(middle, 48_000));
                assert!((level(middle) - 0.354).abs() < 0.02, "{what}: {}", level(middle));
            }
        }
    }

    #[test]
    fn any_rate_and_number_of_channels_of_a_loudspeaker_is_heard_at_its_pitch() {
        for rate in RATES {
            for (channels, callback) in [(1u16, 24), (2, 480), (6, 1_000), (8, 4_000)] {
                let (ring, mut thread) = PlayRing::sized(Arc::default(), 384_000);
                let mut device = ToDevice::new(ring, rate, channels).unwrap();
                tone(48_000, 1, 0, 96_000).into_iter().for_each(|s| thread.push(s).unwrap());
                let mut heard = Vec::new();
                while heard.len() < rate as usize {
                    let mut filled = vec![None; callback * usize::from(channels)];
                    device.read(filled.len(), |i, s| filled[i] = Some(s));
                    let frames: Vec<&[Option<f32>]> = filled.chunks(channels.into()).collect();
                    assert!(frames.iter().all(|f| f.iter().all(|s| s.is_some() && *s == f[0])), "every sample, all alike");
                    heard.extend(frames.iter().map(|f| f[0].unwrap()));
                }
                let middle = &heard[rate as usize / 10..rate as usize * 9 / 10];
                assert!((pitch(middle, rate) - 440.0).abs() < 1.0, "{rate} Hz, {channels}: {} Hz", pitch(middle, rate));
                assert!((level(middle) - 0.354).abs() < 0.02, "{rate} Hz, {channels}: {}", level(middle));
            }
        }
    }

    #[test]
    fn garbage_reaches_neither_the_filter_nor_the_ring() {
        let (ring, mut thread) = CaptureRing::new(Arc::default());
        let mut device = FromDevice::new(ring, 44_100, 2).unwrap();
        device.write([f32::NAN, f32::INFINITY, -1e30, f32::NEG_INFINITY].repeat(200).into_iter());
        for at in 0..20 {
            device.write(tone(44_100, 2, at * 441, 441).into_iter());
        }
        let (mut out, mut heard) = ([0.0; TICK_SAMPLES], Vec::new());
        while thread.read(&mut out) {
            heard.extend_from_slice(&out);
        }
        assert!(heard.iter().all(|s| s.is_finite() && s.abs() <= 1.0));
        assert!((level(&heard[heard.len() - 960..]) - 0.354).abs() < 0.02, "the tone after it is whole");
    }

    #[test]
    fn a_device_of_no_use_is_refused_in_words() {
        for rate in [0, 1, 4_000, 384_000, u32::MAX] {
            let (ring, _thread) = CaptureRing::new(Arc::default());
            assert!(FromDevice::new(ring, rate, 2).unwrap_err().to_string().contains("of no use"), "{rate}");
        }
    }
}

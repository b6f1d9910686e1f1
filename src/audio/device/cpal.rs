//! ALSA, and JACK where it was built in, through cpal.

use super::{CaptureRing, DeviceInfo, Health, Host, OpenError, PlayRing, Stream};
use crate::audio::{SAMPLE_RATE, TICK_SAMPLES};
use crate::call::DeviceKind;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, Error, ErrorKind, FromSample, HostId, Sample, SampleFormat, SizedSample, StreamConfig,
    SupportedStreamConfigRange,
};
use std::sync::Arc;
use std::time::Duration;

/// How long a device may take to open.
const DEADLINE: Duration = Duration::from_secs(2);
/// Channels beyond this are a mixing desk: use PulseAudio.
const MAX_CHANNELS: u16 = 32;

/// A sound system that cpal reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cpal {
    /// ALSA.
    Alsa,
    /// JACK.
    #[cfg(feature = "audio-jack")]
    Jack,
}

/// Whether the kernel has a sound card (`/dev/snd/pcm*`).
pub fn has_sound_card() -> bool {
    let entries = std::fs::read_dir("/dev/snd").into_iter().flatten().flatten();
    entries.into_iter().any(|e| e.file_name().to_string_lossy().starts_with("pcm"))
}

impl Cpal {
    /// `alsa` or `jack`; `None` if this build has none.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "alsa" => Some(Self::Alsa),
            #[cfg(feature = "audio-jack")]
            "jack" => Some(Self::Jack),
            _ => None,
        }
    }

    fn host(self) -> Result<cpal::Host, OpenError> {
        let id = match self {
            Self::Alsa => HostId::Alsa,
            #[cfg(feature = "audio-jack")]
            Self::Jack => HostId::Jack,
        };
        cpal::host_from_id(id).map_err(explain)
    }

    fn device(self, name: Option<&str>, input: bool) -> Result<Device, OpenError> {
        let host = self.host()?;
        match name {
            Some(name) => host.devices().map_err(explain)?.find(|d| d.id().is_ok_and(|i| i.id() == name)),
            None if input => host.default_input_device(),
            None => host.default_output_device(),
        }
        .ok_or(OpenError::Unknown)
    }
}

fn explain(e: Error) -> OpenError {
    OpenError::Unavailable(match e.kind() {
        ErrorKind::DeviceBusy => "another program uses it".into(),
        ErrorKind::DeviceNotAvailable => "it is not connected".into(),
        ErrorKind::HostUnavailable => "the sound system does not run".into(),
        ErrorKind::PermissionDenied => "permission was refused (the group audio may be missing)".into(),
        _ => e.to_string(),
    })
}

/// Only a flag: ALSA calls this thousands of times in 10 ms when a device is unplugged, until the stream is dropped.
fn on_error(health: Arc<Health>) -> impl FnMut(Error) + Send + 'static {
    move |e| {
        if !matches!(e.kind(), ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied) {
            health.fail();
        }
    }
}

/// 48 kHz in the fewest channels, in a format we convert from. Periods of 20 ms: ALSA gives up on streams that run empty,
/// and 10 ms were not enough on a busy machine; never the default buffer size, which may be seconds.
fn choose(configs: impl Iterator<Item = SupportedStreamConfigRange>) -> Result<(StreamConfig, SampleFormat), OpenError> {
    let rank = |f: SampleFormat| match f {
        SampleFormat::F32 => Some(0),
        SampleFormat::I16 => Some(1),
        SampleFormat::I32 => Some(2),
        _ => None,
    };
    let fits = |c: &SupportedStreamConfigRange| {
        (c.min_sample_rate()..=c.max_sample_rate()).contains(&SAMPLE_RATE) && (1..=MAX_CHANNELS).contains(&c.channels())
    };
    let best = configs.filter(fits).filter_map(|c| Some((c.channels(), rank(c.sample_format())?, c))).min_by_key(|c| (c.0, c.1));
    let (channels, _, c) = best.ok_or_else(|| OpenError::Unavailable("it cannot do 48 kHz".into()))?;
    let buffer_size = BufferSize::Fixed(2 * TICK_SAMPLES as u32);
    Ok((StreamConfig { channels, sample_rate: SAMPLE_RATE, buffer_size }, c.sample_format()))
}

fn name(device: &Device) -> String {
    device.id().map_or_else(|_| "default".into(), |i| i.id().to_string())
}

fn input<T: SizedSample>(device: &Device, config: StreamConfig, mut ring: CaptureRing) -> Result<cpal::Stream, Error>
where
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels);
    let error = on_error(ring.health().clone());
    let data = move |data: &[T], _: &cpal::InputCallbackInfo| {
        ring.write(data.chunks_exact(channels).map(|c| c.iter().map(|s| f32::from_sample(*s)).sum::<f32>() / channels as f32));
    };
    device.build_input_stream(config, data, error, Some(DEADLINE))
}

fn output<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    mut ring: PlayRing,
) -> Result<cpal::Stream, Error> {
    let channels = usize::from(config.channels);
    let error = on_error(ring.health().clone());
    let data = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
        let mut frames = data.chunks_exact_mut(channels);
        ring.read(frames.len(), |_, s| {
            if let Some(frame) = frames.next() {
                frame.fill(T::from_sample(s));
            }
        });
    };
    device.build_output_stream(config, data, error, Some(DEADLINE))
}

impl Host for Cpal {
    fn name(&self) -> &'static str {
        match self {
            Self::Alsa => "alsa",
            #[cfg(feature = "audio-jack")]
            Self::Jack => "jack",
        }
    }

    fn list(&self) -> Result<Vec<DeviceInfo>, OpenError> {
        let host = self.host()?;
        let default = |d: Option<Device>| d.map(|d| name(&d));
        let (mic, ear) = (default(host.default_input_device()), default(host.default_output_device()));
        let mut all = Vec::new();
        for device in host.devices().map_err(explain)? {
            let id = name(&device);
            let description = device.description().map_or_else(|_| id.clone(), |d| d.name().to_string());
            for (kind, has, default) in [
                (DeviceKind::Input, device.supports_input(), mic.as_ref() == Some(&id)),
                (DeviceKind::Output, device.supports_output(), ear.as_ref() == Some(&id)),
            ] {
                if has {
                    let (name, description) = (id.clone(), description.clone());
                    all.push(DeviceInfo { host: Host::name(self), kind, name, description, default });
                }
            }
        }
        Ok(all)
    }

    fn open_input(&self, device: Option<&str>, ring: CaptureRing) -> Result<Stream, OpenError> {
        let device = self.device(device, true)?;
        let (config, format) = choose(device.supported_input_configs().map_err(explain)?)?;
        let stream = match format {
            SampleFormat::I16 => input::<i16>(&device, config, ring),
            SampleFormat::I32 => input::<i32>(&device, config, ring),
            _ => input::<f32>(&device, config, ring),
        }
        .map_err(explain)?;
        stream.play().map_err(explain)?;
        Ok(Stream::new(name(&device), stream))
    }

    fn open_output(&self, device: Option<&str>, ring: PlayRing) -> Result<Stream, OpenError> {
        let device = self.device(device, false)?;
        let (config, format) = choose(device.supported_output_configs().map_err(explain)?)?;
        let stream = match format {
            SampleFormat::I16 => output::<i16>(&device, config, ring),
            SampleFormat::I32 => output::<i32>(&device, config, ring),
            _ => output::<f32>(&device, config, ring),
        }
        .map_err(explain)?;
        stream.play().map_err(explain)?;
        Ok(Stream::new(name(&device), stream))
    }
}

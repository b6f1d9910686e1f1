//! The system's own sound (ALSA on Linux), and JACK where it was built in, through cpal.

use super::convert::{FromDevice, MAX_CHANNELS, RATES, ToDevice};
use super::{CaptureRing, DeviceInfo, Health, Host, OpenError, PlayRing, Stream};
use crate::audio::SAMPLE_RATE;
use crate::call::DeviceKind;
use crate::stderr::Silenced;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, Error, ErrorKind, FromSample, HostId, Sample, SampleFormat, SizedSample, StreamConfig,
    SupportedStreamConfigRange,
};
use std::sync::Arc;
use std::time::Duration;

/// How long a device may take to open.
const DEADLINE: Duration = Duration::from_secs(2);

/// A sound system that cpal reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cpal {
    /// ALSA.
    #[cfg(target_os = "linux")]
    Alsa,
    /// WASAPI.
    #[cfg(windows)]
    Wasapi,
    /// Core Audio.
    #[cfg(target_os = "macos")]
    CoreAudio,
    /// JACK.
    #[cfg(feature = "audio-jack")]
    Jack,
}

/// Whether the kernel has a sound card (`/dev/snd/pcm*`).
#[cfg(target_os = "linux")]
fn has_sound_card() -> bool {
    let entries = std::fs::read_dir("/dev/snd").into_iter().flatten().flatten();
    entries.into_iter().any(|e| e.file_name().to_string_lossy().starts_with("pcm"))
}

impl Cpal {
    /// The system's own, where it can be of use.
    pub fn auto() -> Option<Self> {
        // Without a card ALSA can only fail, and it prints to standard error while doing so.
        #[cfg(target_os = "linux")]
        return has_sound_card().then_some(Self::Alsa);
        #[cfg(windows)]
        return Some(Self::Wasapi);
        #[cfg(target_os = "macos")]
        return Some(Self::CoreAudio);
        #[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
        return None;
    }

    /// By its name; `None` if this build has none.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            #[cfg(target_os = "linux")]
            "alsa" => Some(Self::Alsa),
            #[cfg(windows)]
            "wasapi" => Some(Self::Wasapi),
            #[cfg(target_os = "macos")]
            "coreaudio" => Some(Self::CoreAudio),
            #[cfg(feature = "audio-jack")]
            "jack" => Some(Self::Jack),
            _ => None,
        }
    }

    fn host(self) -> Result<cpal::Host, OpenError> {
        let id = match self {
            #[cfg(target_os = "linux")]
            Self::Alsa => HostId::Alsa,
            #[cfg(windows)]
            Self::Wasapi => HostId::Wasapi,
            #[cfg(target_os = "macos")]
            Self::CoreAudio => HostId::CoreAudio,
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

/// 48 kHz if the device can, else the next higher rate, else its highest; the fewest channels, in a format we convert from.
/// Periods of 20 ms: ALSA gives up on streams that run empty, and 10 ms were not enough on a busy machine; never the default
/// buffer size, which may be seconds.
fn choose(configs: impl Iterator<Item = SupportedStreamConfigRange>) -> Result<(StreamConfig, SampleFormat), OpenError> {
    let rank = |f: SampleFormat| match f {
        SampleFormat::F32 => Some(0),
        SampleFormat::I16 => Some(1),
        SampleFormat::I32 => Some(2),
        _ => None,
    };
    let rate = |c: &SupportedStreamConfigRange| {
        let (low, high) = (c.min_sample_rate().max(*RATES.start()), c.max_sample_rate().min(*RATES.end()));
        (low <= high).then(|| SAMPLE_RATE.clamp(low, high))
    };
    let rated = configs.filter(|c| (1..=MAX_CHANNELS).contains(&c.channels())).filter_map(|c| {
        let rate = rate(&c)?;
        // Below 48 kHz something is lost: the closer the better, and after all that are above.
        let loss = if rate >= SAMPLE_RATE { rate - SAMPLE_RATE } else { *RATES.end() - rate };
        Some((loss, c.channels(), rank(c.sample_format())?, rate, c.sample_format()))
    });
    let best = rated.min_by_key(|c| (c.0, c.1, c.2));
    let (_, channels, _, sample_rate, format) =
        best.ok_or_else(|| OpenError::Unavailable("it has no format that can be used".into()))?;
    let buffer_size = BufferSize::Fixed(sample_rate / 50);
    Ok((StreamConfig { channels, sample_rate, buffer_size }, format))
}

fn name(device: &Device) -> String {
    device.id().map_or_else(|_| "default".into(), |i| i.id().to_string())
}

fn failed(e: OpenError) -> Error {
    Error::with_message(ErrorKind::UnsupportedConfig, e.to_string())
}

fn input<T: SizedSample>(device: &Device, config: StreamConfig, ring: CaptureRing) -> Result<cpal::Stream, Error>
where
    f32: FromSample<T>,
{
    let mut from = FromDevice::new(ring, config.sample_rate, config.channels).map_err(failed)?;
    let error = on_error(from.health().clone());
    let data = move |data: &[T], _: &cpal::InputCallbackInfo| from.write(data.iter().map(|s| f32::from_sample(*s)));
    device.build_input_stream(config, data, error, Some(DEADLINE))
}

fn output<T: SizedSample + FromSample<f32>>(
    device: &Device,
    config: StreamConfig,
    ring: PlayRing,
) -> Result<cpal::Stream, Error> {
    let mut to = ToDevice::new(ring, config.sample_rate, config.channels).map_err(failed)?;
    let error = on_error(to.health().clone());
    let data = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
        to.read(data.len(), |i, s| {
            if let Some(sample) = data.get_mut(i) {
                *sample = T::from_sample(s);
            }
        });
    };
    device.build_output_stream(config, data, error, Some(DEADLINE))
}

impl Host for Cpal {
    fn name(&self) -> &'static str {
        match self {
            #[cfg(target_os = "linux")]
            Self::Alsa => "alsa",
            #[cfg(windows)]
            Self::Wasapi => "wasapi",
            #[cfg(target_os = "macos")]
            Self::CoreAudio => "coreaudio",
            #[cfg(feature = "audio-jack")]
            Self::Jack => "jack",
        }
    }

    fn list(&self) -> Result<Vec<DeviceInfo>, OpenError> {
        let _silenced = Silenced::begin();
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
        let silenced = Silenced::begin();
        let device = self.device(device, true)?;
        let (config, format) = choose(device.supported_input_configs().map_err(explain)?)?;
        let stream = match format {
            SampleFormat::I16 => input::<i16>(&device, config, ring),
            SampleFormat::I32 => input::<i32>(&device, config, ring),
            _ => input::<f32>(&device, config, ring),
        }
        .map_err(explain)?;
        stream.play().map_err(explain)?;
        // It prints while it plays, too; and when it is closed, so that the stream goes first.
        Ok(Stream::new(name(&device), (stream, silenced)))
    }

    fn open_output(&self, device: Option<&str>, ring: PlayRing) -> Result<Stream, OpenError> {
        let silenced = Silenced::begin();
        let device = self.device(device, false)?;
        let (config, format) = choose(device.supported_output_configs().map_err(explain)?)?;
        let stream = match format {
            SampleFormat::I16 => output::<i16>(&device, config, ring),
            SampleFormat::I32 => output::<i32>(&device, config, ring),
            _ => output::<f32>(&device, config, ring),
        }
        .map_err(explain)?;
        stream.play().map_err(explain)?;
        // It prints while it plays, too; and when it is closed, so that the stream goes first.
        Ok(Stream::new(name(&device), (stream, silenced)))
    }
}

//! A microphone or a loudspeaker on the sound server: one connection and one thread each, which waits for the server,
//! moves samples and hears what the server says of the stream.

use super::super::slack::Slack;
use super::super::{CaptureRing, Health, OpenError, PlayRing, Stream};
use super::connection::{COMMANDS, Connection};
use super::text;
use crate::audio::SAMPLE_RATE;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    ChannelMap, ChannelVolume, Command, CreatePlaybackStreamReply, CreateRecordStreamReply, PlaybackStreamParams,
    RecordStreamParams, SampleFormat, SampleSpec, SetPlaybackStreamBufferAttrParams,
};
use std::ffi::CString;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

const SPEC: SampleSpec = SampleSpec { format: SampleFormat::Float32Le, channels: 1, sample_rate: SAMPLE_RATE };
/// Bytes of a sample.
const SAMPLE: u32 = 4;
/// Bytes of one millisecond.
const MILLISECOND: u32 = SAMPLE * SAMPLE_RATE / 1000;
/// How much sound the microphone gives at once, and the loudspeaker asks for at once: shorter costs wake-ups in us and in
/// the server, longer costs delay.
const PERIOD: u32 = 5 * MILLISECOND;
/// How much the server keeps for the loudspeaker, itself included: at first, and at most. A third of the first is the
/// device's own buffer.
const TARGET: std::ops::RangeInclusive<usize> = 15 * MILLISECOND as usize..=60 * MILLISECOND as usize;

/// Held by a stream's owner. Shutting the socket down wakes the thread, which ends.
struct Owner(UnixStream);

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// Held by the thread: however it ends, the supervisor hears of it.
struct Alive(Arc<Health>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fail();
    }
}

fn begin(
    name: String,
    connection: Connection,
    alive: Alive,
    run: impl FnOnce(Connection) -> io::Result<()> + Send + 'static,
) -> Result<Stream, OpenError> {
    let owner = Owner(connection.stream()?);
    let run = move || {
        let _alive = alive;
        // How it ended is of no interest: it is over.
        let _ = run(connection);
    };
    let failed = |_| OpenError::Unavailable("there can be no more threads".into());
    thread::Builder::new().name("pulse".into()).spawn(run).map_err(failed)?;
    Ok(Stream::new(name, owner))
}

/// What the server says that ends a stream or sends it elsewhere. `false`: the stream is over.
fn heed(command: &Command, health: &Health) -> bool {
    match command {
        Command::PlaybackStreamKilled(_) | Command::RecordStreamKilled(_) => return false,
        Command::PlaybackStreamMoved(to) => health.moved_to(text(&to.device_name)),
        Command::RecordStreamMoved(to) => health.moved_to(text(&to.device_name)),
        _ => {}
    }
    true
}

/// Opens a microphone.
pub(super) fn record(mut server: Connection, device: CString, mut ring: CaptureRing) -> Result<Stream, OpenError> {
    let params = RecordStreamParams {
        sample_spec: SPEC,
        channel_map: ChannelMap::mono(),
        source_name: Some(device),
        buffer_attr: BufferAttr { max_length: u32::MAX, fragment_size: PERIOD, ..BufferAttr::default() },
        flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
        ..RecordStreamParams::default()
    };
    let stream: CreateRecordStreamReply = server.ask(&Command::CreateRecordStream(params))?;
    let name = stream.sink_name.as_deref().map_or_else(|| "default".into(), text);
    let health = ring.health().clone();
    begin(name, server, Alive(health.clone()), move |mut server| {
        let version = server.version();
        loop {
            while let Some(mut message) = server.next_message()? {
                if message.channel == stream.channel {
                    ring.write(message.body.chunks_exact(SAMPLE as usize).map(|b| match b {
                        [a, b, c, d] => f32::from_le_bytes([*a, *b, *c, *d]),
                        _ => 0.0,
                    }));
                } else if message.channel == COMMANDS
                    && let Ok((_, command)) = Command::read_tag_prefixed(&mut message.body, version)
                    && !heed(&command, &health)
                {
                    return Ok(());
                }
            }
            server.receive()?;
        }
    })
}

/// How much the server should keep for us, and how.
fn attributes(target: usize) -> BufferAttr {
    BufferAttr {
        max_length: u32::MAX,
        target_length: target as u32,
        // The stream starts at once and goes on through underruns.
        pre_buffering: 0,
        minimum_request_length: PERIOD,
        ..BufferAttr::default()
    }
}

/// Opens a loudspeaker.
pub(super) fn play(mut server: Connection, device: CString, mut ring: PlayRing) -> Result<Stream, OpenError> {
    let mut reserve = Slack::new(TARGET, PERIOD as usize, Instant::now());
    let params = PlaybackStreamParams {
        sample_spec: SPEC,
        channel_map: ChannelMap::mono(),
        sink_name: Some(device),
        buffer_attr: attributes(reserve.size()),
        flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
        cvolume: Some(ChannelVolume::norm(1)),
        ..PlaybackStreamParams::default()
    };
    let stream: CreatePlaybackStreamReply = server.ask(&Command::CreatePlaybackStream(params))?;
    let name = stream.sink_name.as_deref().map_or_else(|| "default".into(), text);
    let health = ring.health().clone();
    begin(name, server, Alive(health.clone()), move |mut server| {
        let version = server.version();
        let mut wanted = stream.requested_bytes;
        loop {
            let mut adapt = false;
            let now = Instant::now();
            while let Some(mut message) = server.next_message()? {
                if message.channel != COMMANDS {
                    continue;
                }
                match Command::read_tag_prefixed(&mut message.body, version) {
                    Ok((_, Command::Request(request))) if request.channel == stream.channel => {
                        wanted = wanted.saturating_add(request.length);
                    }
                    Ok((_, Command::Underflow(_))) => adapt |= reserve.empty(now),
                    Ok((_, command)) if !heed(&command, &health) => return Ok(()),
                    _ => {}
                }
            }
            let length = wanted - wanted % SAMPLE;
            if length > 0 {
                wanted -= length;
                server.send_sound(stream.channel, length as usize, |bytes| {
                    let mut samples = bytes.chunks_exact_mut(SAMPLE as usize);
                    ring.read((length / SAMPLE) as usize, |_, s| {
                        if let Some(b) = samples.next() {
                            b.copy_from_slice(&s.to_le_bytes());
                        }
                    });
                })?;
            }
            if adapt || reserve.calm(now) {
                let buffer_attr = attributes(reserve.size());
                tracing::debug!(bytes = reserve.size(), "the sound server keeps another reserve");
                server.send(&Command::SetPlaybackStreamBufferAttr(SetPlaybackStreamBufferAttrParams {
                    index: stream.channel,
                    buffer_attr,
                    adjust_latency: true,
                    early_requests: false,
                }))?;
            }
            server.receive()?;
        }
    })
}

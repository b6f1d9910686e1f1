//! PulseAudio, and PipeWire through its PulseAudio server, over the native protocol: no library is linked.

use super::{CaptureRing, DeviceInfo, Health, Host, OpenError, PlayRing, Stream};
use crate::audio::{SAMPLE_RATE, TICK_SAMPLES};
use crate::call::DeviceKind;
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{
    ChannelMap, DEFAULT_SINK, DEFAULT_SOURCE, PlaybackStreamParams, PulseError, RecordStreamParams, SampleFormat, SampleSpec,
};
use pulseaudio::{AsPlaybackSource, Client, ClientError};
use std::ffi::{CStr, CString};
use std::os::unix::net::UnixStream;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// A server that does not answer for so long is none.
const DEADLINE: Duration = Duration::from_secs(2);
/// Bytes of one tick: 480 samples of 32-bit float.
const TICK_BYTES: u32 = 4 * TICK_SAMPLES as u32;
const SPEC: SampleSpec = SampleSpec { format: SampleFormat::Float32Le, channels: 1, sample_rate: SAMPLE_RATE };

/// The server that the environment names (`PULSE_SERVER`, `XDG_RUNTIME_DIR`).
#[derive(Debug, Clone, Copy)]
pub struct Pulse;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a reply of the server, but not for ever.
fn wait<T>(reply: impl Future<Output = Result<T, ClientError>>) -> Result<T, OpenError> {
    let deadline = Instant::now() + DEADLINE;
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut reply = pin!(reply);
    loop {
        if let Poll::Ready(reply) = reply.as_mut().poll(&mut context) {
            return reply.map_err(explain);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(OpenError::Unavailable("PulseAudio does not answer".into()));
        }
        thread::park_timeout(left);
    }
}

fn explain(e: ClientError) -> OpenError {
    match e {
        ClientError::ServerError(PulseError::NoEntity) => OpenError::Unknown,
        ClientError::ServerUnavailable => OpenError::Unavailable("no PulseAudio or PipeWire is running".into()),
        e => OpenError::Unavailable(format!("PulseAudio refuses ({e})")),
    }
}

/// A connection that ends when dropped. The crate's own thread notices that nobody is left only when the server says
/// something, so the last thing we do is to ask.
struct Connection(Client);

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = pin!(self.0.server_info()).poll(&mut Context::from_waker(Waker::noop()));
    }
}

impl std::ops::Deref for Connection {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.0
    }
}

fn connect() -> Result<Connection, OpenError> {
    let path = pulseaudio::socket_path_from_env().ok_or(ClientError::ServerUnavailable).map_err(explain)?;
    let cookie = pulseaudio::cookie_path_from_env().and_then(|p| std::fs::read(p).ok());
    let connect = || {
        let socket = UnixStream::connect(path)?;
        // The handshake blocks; afterwards the client sets the socket to non-blocking.
        socket.set_read_timeout(Some(DEADLINE))?;
        socket.set_write_timeout(Some(DEADLINE))?;
        Client::new_unix(c"Conclave", socket, cookie)
    };
    connect().map(Connection).map_err(|e| match e {
        ClientError::Io(_) => explain(ClientError::ServerUnavailable),
        e => explain(e),
    })
}

fn text(name: &CStr) -> String {
    name.to_string_lossy().into_owned()
}

fn c_name(device: Option<&str>, default: &CStr) -> Result<CString, OpenError> {
    device.map_or_else(|| Ok(default.to_owned()), |d| CString::new(d).map_err(|_| OpenError::Unknown))
}

/// Held by the callbacks. The client drops those when the server goes away, and this is how we hear of it.
struct Alive(Arc<Health>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fail();
    }
}

impl Host for Pulse {
    fn name(&self) -> &'static str {
        "pulse"
    }

    fn list(&self) -> Result<Vec<DeviceInfo>, OpenError> {
        let client = connect()?;
        let server = wait(client.server_info())?;
        let describe = |d: &Option<CString>, name: &CStr| d.as_deref().map_or_else(|| text(name), text);
        let mut all = Vec::new();
        for s in wait(client.list_sources())? {
            all.push(DeviceInfo {
                host: "pulse",
                kind: DeviceKind::Input,
                description: describe(&s.description, &s.name),
                default: server.default_source_name.as_ref() == Some(&s.name),
                name: text(&s.name),
            });
        }
        for s in wait(client.list_sinks())? {
            all.push(DeviceInfo {
                host: "pulse",
                kind: DeviceKind::Output,
                description: describe(&s.description, &s.name),
                default: server.default_sink_name.as_ref() == Some(&s.name),
                name: text(&s.name),
            });
        }
        Ok(all)
    }

    fn open_input(&self, device: Option<&str>, mut ring: CaptureRing) -> Result<Stream, OpenError> {
        let client = connect()?;
        let params = RecordStreamParams {
            sample_spec: SPEC,
            channel_map: ChannelMap::mono(),
            source_name: Some(c_name(device, DEFAULT_SOURCE)?),
            buffer_attr: BufferAttr { max_length: u32::MAX, fragment_size: TICK_BYTES, ..BufferAttr::default() },
            flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
            ..RecordStreamParams::default()
        };
        let alive = Alive(ring.health().clone());
        let stream = wait(client.create_record_stream(params, move |bytes: &[u8]| {
            let _ = &alive;
            ring.write(bytes.chunks_exact(4).map(|b| match b {
                [a, b, c, d] => f32::from_le_bytes([*a, *b, *c, *d]),
                _ => 0.0,
            }));
        }))?;
        let name = wait(client.source_info(stream.sink())).map_or_else(|_| "default".to_string(), |s| text(&s.name));
        Ok(Stream::new(name, (stream, client)))
    }

    fn open_output(&self, device: Option<&str>, mut ring: PlayRing) -> Result<Stream, OpenError> {
        let client = connect()?;
        let params = PlaybackStreamParams {
            sample_spec: SPEC,
            channel_map: ChannelMap::mono(),
            sink_name: Some(c_name(device, DEFAULT_SINK)?),
            // No pre-buffering: the stream starts at once and goes on through underruns.
            buffer_attr: BufferAttr {
                max_length: u32::MAX,
                target_length: 2 * TICK_BYTES,
                pre_buffering: 0,
                minimum_request_length: TICK_BYTES,
                ..BufferAttr::default()
            },
            flags: StreamFlags { adjust_latency: true, ..StreamFlags::default() },
            cvolume: Some(pulseaudio::protocol::ChannelVolume::norm(1)),
            ..PlaybackStreamParams::default()
        };
        let alive = Alive(ring.health().clone());
        let source = move |bytes: &mut [u8]| {
            let _ = &alive;
            let n = bytes.len() / 4;
            let mut samples = bytes.chunks_exact_mut(4);
            ring.read(n, |_, s| {
                if let Some(b) = samples.next() {
                    b.copy_from_slice(&s.to_le_bytes());
                }
            });
            // All of it, always: zero would mean the end.
            bytes.len()
        };
        let stream = wait(client.create_playback_stream(params, source.as_playback_source()))?;
        let name = wait(client.sink_info(stream.sink())).map_or_else(|_| "default".to_string(), |s| text(&s.name));
        Ok(Stream::new(name, (stream, client)))
    }
}

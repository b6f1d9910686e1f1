//! Participants without sound devices, many in one process: those who speak a tone, and those who count what they get.

use bytes::Bytes;
use conclave::backend::livekit::media::{self, MediaClient, MediaConfig};
use conclave::backend::{Frame, SourceChange, SourceId};
use conclave::net::{self, Target};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval};
use zeroize::Zeroizing;

/// Joins `authority` (`host:port`, plain HTTP) with an access token.
pub(crate) async fn join(authority: &str, token: String, publish: bool) -> MediaClient {
    let (host, port) = authority.rsplit_once(':').unwrap();
    let config = MediaConfig {
        target: Target { host: host.into(), port: port.parse().unwrap(), tls: false },
        net: net::Options::default(),
        token: Zeroizing::new(token),
        publish,
        muted: false,
        ask_for_token: false,
        levels: true,
        ours: false,
        transport: Default::default(),
        protection: None,
    };
    media::join(config).await.unwrap().0
}

/// Opus frames of a tone, 20 ms each.
fn tone() -> Vec<Bytes> {
    let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip).unwrap();
    encoder.set_bitrate(opus::Bitrate::Bits(32_000)).unwrap();
    (0..50)
        .map(|f| {
            let pcm: Vec<f32> =
                (0..960).map(|i| ((f * 960 + i) as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.3).collect();
            Bytes::from(encoder.encode_vec_float(&pcm, 400).unwrap())
        })
        .collect()
}

/// Speaks a tone for as long as the task lives.
pub(crate) fn speak(client: MediaClient) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let MediaClient { mut events, commands: _commands, mut ports, stats: _, gate: _gate } = client;
        let frames = tone();
        let mut ticks = interval(Duration::from_millis(20));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut n = 0u64;
        loop {
            tokio::select! {
                _ = ticks.tick() => {
                    let frame = Frame {
                        source: SourceId(0),
                        key_id: None,
                        sequence: n,
                        timestamp: (n * 960) as u32,
                        arrived: Instant::now(),
                        voice: true,
                        payload: frames[n as usize % frames.len()].clone(),
                    };
                    n += 1;
                    let _ = ports.outgoing.try_send(frame);
                }
                Some(_) = events.recv() => {}
                Some(_) = ports.sources.recv() => {}
            }
        }
    })
}

/// Counts what arrives for as long as the task lives.
#[allow(dead_code, reason = "not every benchmark counts")]
pub(crate) fn listen(client: MediaClient, received: Arc<AtomicU64>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let MediaClient { mut events, commands: _commands, mut ports, stats: _, gate: _gate } = client;
        loop {
            tokio::select! {
                Some(change) = ports.sources.recv() => {
                    if let SourceChange::Added { mut frames, .. } = change {
                        let received = received.clone();
                        tokio::spawn(async move { while frames.recv().await.is_some() { received.fetch_add(1, Relaxed); } });
                    }
                }
                Some(_) = events.recv() => {}
            }
        }
    })
}

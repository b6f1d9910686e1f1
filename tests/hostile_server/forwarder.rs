//! A hostile forwarder of media: our own media plane, to which the hostile server sends everybody alone (`media.url` of
//! `welcome`), and between those rooms a hand that takes every frame and gives out what it likes, under whatever name.

use bytes::Bytes;
use conclave::backend::livekit::media::{self, MediaClient, MediaConfig as Join};
use conclave::backend::{Frame, Link, SourceChange, SourceId};
use conclave::server::media::token::{self, ApiKey, Grant, VideoGrant};
use conclave::server::media::{Authority, Denied, MediaConfig, MediaPlane};
use conclave_lab::hostile::{Direction, Hostile, Verdict};
use serde_json::json;
use std::sync::Arc;
use std::time::Instant;
use zeroize::Zeroizing;

/// Whoever has a token may be here, under any name.
struct Anybody;

#[async_trait::async_trait]
impl Authority for Anybody {
    async fn admit(&self, _: &Grant) -> Result<(), Denied> {
        Ok(())
    }
    async fn create_room(&self, _: &str) -> Result<(), Denied> {
        Ok(())
    }
    fn end_room(&self, _: &str) {}
    fn joined(&self, _: &str, _: &str, _: &str) {}
    fn left(&self, _: &str, _: &str) {}
}

pub(crate) struct Forwarder {
    plane: Arc<MediaPlane>,
    url: String,
    key: ApiKey,
}

fn token(key: &ApiKey, room: &str, identity: &str) -> String {
    let now = i64::try_from(crate::room::now()).unwrap();
    let grant = Grant {
        iss: key.key.clone(),
        sub: identity.into(),
        name: identity.into(),
        nbf: now,
        exp: now + 600,
        video: VideoGrant { room_join: true, room: room.into(), ..Default::default() },
        ..Default::default()
    };
    token::sign(key, &grant).unwrap().to_string()
}

impl Forwarder {
    /// Starts it, and has the hostile control plane send everybody here. To be called in a tokio runtime.
    pub(crate) async fn start(hostile: &Hostile) -> Self {
        let key = ApiKey { key: "hostile".into(), secret: Zeroizing::new("0123456789abcdef".repeat(2)) };
        let udp = "127.0.0.1:0".parse().unwrap();
        let config = MediaConfig {
            udp,
            tcp: None,
            advertise: Vec::new(),
            key: key.clone(),
            max_participants: 20,
            tls: false,
            turn: Default::default(),
            webhooks: Vec::new(),
        };
        let plane = MediaPlane::start(config, Arc::new(Anybody)).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = plane.router();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let (to, signs) = (url.clone(), key.clone());
        hostile.rule(move |direction, message, _| {
            if direction == Direction::ToClient && message["type"] == "welcome" {
                let me = message["me"].as_str().unwrap().to_owned();
                message["media"] = json!({"url": to, "token": token(&signs, &me, &me)});
            }
            Verdict::Pass
        });
        Self { plane, url, key }
    }

    /// A hand in the room where a member is alone, under somebody's name.
    pub(crate) async fn hand(&self, room_of: &str, name: &str) -> Hand {
        let config = Join {
            target: Link::parse(&self.url).unwrap().target(),
            net: Default::default(),
            token: Zeroizing::new(token(&self.key, room_of, name)),
            publish: true,
            muted: false,
            ask_for_token: false,
            levels: false,
            ours: false,
            transport: Default::default(),
            protection: None,
        };
        let (client, _) = media::join(config).await.unwrap();
        Hand { client, sent: 0 }
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.plane.shutdown();
    }
}

/// Takes frames from a member and gives frames to it.
pub(crate) struct Hand {
    client: MediaClient,
    sent: u64,
}

impl Hand {
    /// Takes every frame of the member from now on.
    pub(crate) fn takes(&mut self) -> tokio::sync::mpsc::UnboundedReceiver<Bytes> {
        let (to, from) = tokio::sync::mpsc::unbounded_channel();
        let (_, nothing) = tokio::sync::mpsc::channel(1);
        let mut sources = std::mem::replace(&mut self.client.ports.sources, nothing);
        tokio::spawn(async move {
            while let Some(change) = sources.recv().await {
                let SourceChange::Added { mut frames, .. } = change else { continue };
                let to = to.clone();
                tokio::spawn(async move {
                    while let Some(frame) = frames.recv().await {
                        let _ = to.send(frame.payload);
                    }
                });
            }
        });
        from
    }

    /// Gives it one frame.
    pub(crate) async fn gives(&mut self, payload: Bytes) {
        let (k, arrived) = (self.sent, Instant::now());
        self.sent += 1;
        let frame =
            Frame { source: SourceId(0), key_id: None, sequence: k, timestamp: k as u32 * 960, arrived, voice: true, payload };
        self.client.ports.outgoing.send(frame).await.unwrap();
    }
}

//! Calls by the client library, where a test must know every frame that goes in and comes out.

use bytes::Bytes;
use conclave::backend::{
    BackendCommand, BackendEvent, Context, Frame, Identity, Link, Secrecy, Session, SourceChange, SourceId, classify,
};
use conclave::call::xray::{Item, Tap};
use conclave::call::{PeerId, Security};
use conclave::protocol::control::RoomMode;
use conclave_e2ee::secret::RoomSecret;
use conclave_lab::conclave::PATIENCE;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// Bytes of a payload.
pub(crate) const FRAME: usize = 80;

/// Opus packets are noise to everybody but a decoder; so are these, and they are all different.
pub(crate) fn payloads(seed: u64, count: usize) -> Vec<Bytes> {
    let mut x = 0x9e37_79b9_7f4a_7c15_u64 ^ seed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mut byte = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        (x >> 32) as u8
    };
    (0..count).map(|_| (0..FRAME).map(|_| byte()).collect()).collect()
}

/// Somebody in a call.
pub(crate) struct Member {
    pub(crate) session: Session,
    /// What the server has of this call, as it crosses the line.
    pub(crate) tap: Tap,
    /// The device key's seed.
    pub(crate) seed: Vec<u8>,
    /// Names of people who came.
    names: BTreeSet<String>,
    sent: u64,
}

fn name_in(e: &BackendEvent) -> Option<&str> {
    match e {
        BackendEvent::PeerJoined { name, .. } | BackendEvent::PeerState { name, .. } => name.as_deref(),
        _ => None,
    }
}

impl Member {
    pub(crate) async fn join(link: &str, name: &str, mode: RoomMode, secret: Option<&RoomSecret>) -> Self {
        let link = Link::parse(link).unwrap();
        let tap = Tap::default();
        let context = Context {
            net: link.trust(None),
            transport: Default::default(),
            muted: false,
            listen_only: false,
            allow_plain: mode == RoomMode::Open,
            patience: PATIENCE,
            secrecy: Secrecy { mode: Some(mode), secret: secret.cloned(), ..Default::default() },
            xray: tap.clone(),
            waits: Default::default(),
        };
        let keys = conclave::trust::Keys::ephemeral().unwrap();
        let seed = keys.device.seed().to_vec();
        let who = Identity { name: name.into(), keys: keys.into() };
        let session = timeout(PATIENCE, classify(&link).join(link, who, context)).await.expect("joining ends").expect("joined");
        let mut member = Self { session, tap, seed, names: BTreeSet::new(), sent: 0 };
        if mode != RoomMode::Open {
            assert_eq!(member.session.security, Security::EndToEnd);
            member.event("being let in", |e| matches!(e, BackendEvent::LetIn { .. })).await;
        }
        member
    }

    pub(crate) fn id(&self) -> PeerId {
        self.session.me.clone()
    }

    /// Waits for the next event of this kind.
    pub(crate) async fn event(&mut self, what: &str, mut is: impl FnMut(&BackendEvent) -> bool) -> BackendEvent {
        let wait = async {
            while let Some(e) = self.session.events.recv().await {
                self.names.extend(name_in(&e).map(str::to_owned));
                if is(&e) {
                    return e;
                }
                assert!(!matches!(e, BackendEvent::Ended { .. }), "{what}: {e:?}");
            }
            panic!("the call ended while waiting for {what}");
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("no {what}"))
    }

    /// Waits until somebody is here under this name.
    pub(crate) async fn knows(&mut self, name: &str) {
        if !self.names.contains(name) {
            self.event(name, |e| name_in(e) == Some(name)).await;
        }
    }

    pub(crate) async fn command(&self, command: BackendCommand) {
        self.session.commands.send(command).await.unwrap();
    }

    /// Says frames, one every 20 ms.
    pub(crate) async fn speak(&mut self, payloads: &[Bytes]) {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        for payload in payloads {
            tick.tick().await;
            let (k, arrived, payload) = (self.sent, Instant::now(), payload.clone());
            self.sent += 1;
            let frame = Frame {
                source: SourceId(0),
                key_id: None,
                sequence: k,
                timestamp: k as u32 * 960,
                arrived,
                voice: true,
                payload,
            };
            self.session.media.outgoing.send(frame).await.expect("the call goes on");
        }
    }

    /// Keeps what the server gives to this call, from now on.
    pub(crate) fn watch(&self) -> Arc<Mutex<Vec<Item>>> {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (mut look, kept) = (self.tap.look(), seen.clone());
        tokio::spawn(async move {
            while let Ok(item) = look.recv().await {
                kept.lock().unwrap().push(item);
            }
        });
        seen
    }

    /// Gives every frame that comes from now on: who says it, by the key, and what.
    pub(crate) fn listen(&mut self) -> tokio::sync::mpsc::UnboundedReceiver<(PeerId, Frame)> {
        let (heard, hears) = tokio::sync::mpsc::unbounded_channel();
        let (_, nothing) = tokio::sync::mpsc::channel(1);
        let mut sources = std::mem::replace(&mut self.session.media.sources, nothing);
        tokio::spawn(async move {
            while let Some(change) = sources.recv().await {
                let SourceChange::Added { peer, mut frames, .. } = change else { continue };
                let heard = heard.clone();
                tokio::spawn(async move {
                    while let Some(frame) = frames.recv().await {
                        if heard.send((peer.clone(), frame)).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        hears
    }
}

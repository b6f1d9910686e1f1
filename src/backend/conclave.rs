//! Our own server: a control websocket of ours, and LiveKit-protocol media beside it as its lease.
//!
//! [`session`] is the state machine; this file is its tokio shell: dial, `hello`, then one task that moves messages
//! between the socket, the state machine, the media client and the call.

mod session;

use super::livekit::media::{self, MediaClient, MediaConfig};
use super::{
    Backend, BackendCommand, BackendEvent, Capabilities, Context, EVENT_QUEUE, Identity, Link, MediaPorts, Session, SourceChange,
};
use crate::call::{PeerId, Security};
use crate::exit::{Exit, Failure};
use crate::net::{self, Target, http, websocket};
use crate::protocol::control::{self, ClientMessage, HELLO_CONTEXT, MAX_MESSAGE, ServerMessage};
use crate::protocol::well_known::{self, WellKnown};
use crate::protocol::{PROTOCOL_MAX, VERSION};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{SinkExt, StreamExt};
use ring::signature::{Ed25519KeyPair, KeyPair};
use session::{Input, Output, Welcome};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use zeroize::Zeroizing;

/// How long the server may take for one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The backend.
#[derive(Debug)]
pub struct Conclave;

/// Reads `/.well-known/conclave`: what the server is, and whether this client and it can talk.
pub async fn well_known(target: &Target, net: &net::Options) -> Result<WellKnown, Failure> {
    let not_ours = |why: &str| {
        Failure::new(Exit::Protocol, format!("{} is not a Conclave server ({why}); check the link", target.authority()))
    };
    let answer = http::request(target, net, hyper::Method::GET, well_known::PATH, None, None, well_known::MAX_BYTES).await?;
    if !answer.status.is_success() {
        return Err(not_ours(&format!("it answers HTTP {} where a Conclave server says what it is", answer.status.as_u16())));
    }
    let known: WellKnown = serde_json::from_slice(&answer.body).map_err(|_| not_ours("it says something else of itself"))?;
    if known.product != "conclave" {
        return Err(not_ours("it says that it is something else"));
    }
    known.agree(VERSION).map_err(|text| Failure::new(Exit::Protocol, text))?;
    Ok(known)
}

#[async_trait::async_trait]
impl Backend for Conclave {
    async fn join(&self, link: Link, who: Identity, context: Context) -> Result<Session, Failure> {
        if link.room.is_empty() {
            return Err(Failure::new(Exit::Data, "the link names a server but no room; add the room's name: https://host/room"));
        }
        let target = link.target();
        well_known(&target, &context.net).await?;
        let mut socket = websocket::connect(&target, &context.net, control::PATH, None, MAX_MESSAGE).await?;
        let ServerMessage::Challenge { nonce } = receive(&mut socket).await? else { return Err(confused()) };
        send(&mut socket, &hello(&link.room, &nonce)?).await?;
        let welcome = receive(&mut socket).await?;
        let (me, room, welcome, media) = match welcome {
            ServerMessage::Welcome { event, me, room, session, secret, members, media, policy: _ } => {
                (PeerId(me), room, Welcome { session, secret: secret.0, members, event }, media)
            }
            ServerMessage::Refused { code, text } => return Err(session::refused(code, &text)),
            _ => return Err(confused()),
        };
        let (media_target, media_net) = match &media.url {
            None => (target.clone(), context.net.clone()),
            Some(url) => (Link::parse(url)?.target(), net::Options::default()),
        };
        let config = MediaConfig {
            target: media_target,
            net: media_net,
            token: media.token.0,
            publish: !context.listen_only,
            muted: context.muted,
            ask_for_token: true,
        };
        let (media, _) = media::join(config).await?;
        let MediaClient { events: media_events, commands: media_commands, ports, stats } = media;
        let security = if target.tls { Security::TransportOnly } else { Security::PlainSignalling };
        let (events_tx, events) = mpsc::channel(EVENT_QUEUE);
        let (commands, commands_rx) = mpsc::channel(EVENT_QUEUE);
        let shell = Shell {
            target,
            net: context.net,
            session: session::Session::new(Instant::now(), welcome, who.name, context.muted),
            socket: Some(socket),
            events: events_tx,
            media: media_commands,
        };
        tokio::spawn(shell.run(commands_rx, media_events));
        let media = MediaPorts { outgoing: ports.outgoing, sources: by_member(ports.sources) };
        Ok(Session {
            me,
            room,
            security,
            events,
            commands,
            media,
            stats,
            capabilities: Capabilities::default(),
            sound: super::SoundPolicy::default(),
        })
    }
}

/// A fresh leaf key proves itself by signing the challenge; its hash is our member id.
fn hello(room: &str, nonce: &str) -> Result<ClientMessage, Failure> {
    let internal = || Failure::new(Exit::Internal, "no session key could be made");
    let rng = ring::rand::SystemRandom::new();
    let pkcs8 = Zeroizing::new(Ed25519KeyPair::generate_pkcs8(&rng).map_err(|_| internal())?.as_ref().to_vec());
    let key = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| internal())?;
    let nonce = URL_SAFE_NO_PAD.decode(nonce).map_err(|_| confused())?;
    let proof = key.sign(&[HELLO_CONTEXT, &nonce, room.as_bytes()].concat());
    Ok(ClientMessage::Hello {
        protocol: PROTOCOL_MAX,
        client: format!("conclave {VERSION}"),
        room: room.to_owned(),
        leaf_key: URL_SAFE_NO_PAD.encode(key.public_key().as_ref()),
        proof: URL_SAFE_NO_PAD.encode(proof.as_ref()),
        credential: None,
        mode: None,
    })
}

fn confused() -> Failure {
    Failure::new(Exit::Protocol, "the server says something that this client does not understand; update the older of the two")
}

async fn send(socket: &mut websocket::Socket, m: &ClientMessage) -> Result<(), Failure> {
    let lost = || Failure::new(Exit::Unavailable, "the server closed the connection while we were joining; try again");
    let text = serde_json::to_string(m).map_err(|_| confused())?;
    match tokio::time::timeout(ANSWER_TIMEOUT, socket.send(Message::text(text))).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(lost()),
    }
}

async fn receive(socket: &mut websocket::Socket) -> Result<ServerMessage, Failure> {
    let answer = tokio::time::timeout(ANSWER_TIMEOUT, next(socket)).await;
    match answer {
        Err(_) => Err(Failure::new(Exit::Unavailable, "the server does not answer; try again later")),
        Ok(None) => Err(Failure::new(Exit::Unavailable, "the server closed the connection while we were joining; try again")),
        Ok(Some(m)) => m.ok_or_else(confused),
    }
}

/// The next message; `None` when the socket has ended, `Some(None)` for one that cannot be read.
async fn next(socket: &mut websocket::Socket) -> Option<Option<ServerMessage>> {
    loop {
        match socket.next().await? {
            Ok(Message::Text(t)) => return Some(serde_json::from_str(&t).ok()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Media identities become member ids on their way to the sound.
fn by_member(mut sources: mpsc::Receiver<SourceChange>) -> mpsc::Receiver<SourceChange> {
    let (tx, rx) = mpsc::channel(EVENT_QUEUE);
    tokio::spawn(async move {
        while let Some(change) = sources.recv().await {
            let change = match change {
                SourceChange::Added { source, peer, frames } => {
                    SourceChange::Added { source, peer: session::member_of(peer), frames }
                }
                removed @ SourceChange::Removed { .. } => removed,
            };
            if tx.send(change).await.is_err() {
                break;
            }
        }
    });
    rx
}

struct Shell {
    target: Target,
    net: net::Options,
    session: session::Session,
    socket: Option<websocket::Socket>,
    events: mpsc::Sender<BackendEvent>,
    media: mpsc::Sender<media::MediaCommand>,
}

impl Shell {
    async fn run(mut self, mut commands: mpsc::Receiver<BackendCommand>, mut media: mpsc::Receiver<media::MediaEvent>) {
        let (dialled_tx, mut dialled) = mpsc::channel::<(u32, Option<websocket::Socket>)>(4);
        let mut generation = 0;
        let mut media_open = true;
        loop {
            if !self.drain(&mut generation, &dialled_tx).await || self.session.ended() {
                break;
            }
            let deadline = tokio::time::Instant::from_std(self.session.deadline());
            let input = tokio::select! {
                m = from(&mut self.socket) => match m {
                    Some(Some(m)) => Input::Message(generation, m),
                    Some(None) => continue, // newer than this client: ignored
                    None => { self.socket = None; Input::Lost(generation) }
                },
                Some((g, socket)) = dialled.recv() => match socket {
                    Some(s) if g == generation => { self.socket = Some(s); Input::Opened(g) }
                    Some(_) => continue,
                    None => Input::Lost(g),
                },
                c = commands.recv() => Input::Command(c.unwrap_or(BackendCommand::Leave)),
                e = media.recv(), if media_open => match e {
                    Some(e) => Input::Media(e),
                    None => { media_open = false; continue }
                },
                () = tokio::time::sleep_until(deadline) => Input::Tick,
            };
            self.session.handle(Instant::now(), input);
        }
        // The media client says goodbye on its own; wait for it, so that the process does not end in the middle.
        let goodbye = async { while media.recv().await.is_some() {} };
        let _ = tokio::time::timeout(Duration::from_secs(1), goodbye).await;
        if let Some(mut s) = self.socket.take() {
            let _ = tokio::time::timeout(Duration::from_millis(500), s.close(None)).await;
        }
    }

    /// Does what the state machine wants; `false` when the call is no longer listening.
    async fn drain(&mut self, generation: &mut u32, dialled: &mpsc::Sender<(u32, Option<websocket::Socket>)>) -> bool {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Event(e) => {
                    if self.events.send(e).await.is_err() {
                        return false;
                    }
                }
                // A media client that has ended needs no wishes.
                Output::Media(c) => drop(self.media.try_send(c)),
                Output::Send(m) => {
                    let Some(socket) = self.socket.as_mut() else { continue };
                    if send(socket, &m).await.is_err() {
                        self.socket = None;
                        self.session.handle(Instant::now(), Input::Lost(*generation));
                    }
                }
                Output::Redial { generation: g, after } => {
                    *generation = g;
                    self.socket = None;
                    let (target, net, dialled) = (self.target.clone(), self.net.clone(), dialled.clone());
                    tokio::spawn(async move {
                        tokio::time::sleep(after).await;
                        let socket = websocket::connect(&target, &net, control::PATH, None, MAX_MESSAGE).await.ok();
                        let _ = dialled.send((g, socket)).await;
                    });
                }
            }
        }
        true
    }
}

/// The next message of the socket, or nothing while there is none.
async fn from(socket: &mut Option<websocket::Socket>) -> Option<Option<ServerMessage>> {
    match socket {
        Some(s) => next(s).await,
        None => std::future::pending().await,
    }
}

//! LiveKit protocol v1: a room of any LiveKit server, joined with an access token.
//!
//! [`protocol`] is the wire, [`session`] the sans-IO state machine, [`media`] the tokio shell that both this backend and
//! our own server's are built on, [`data`] chat in data packets.

pub mod data;
pub mod media;
pub mod protocol;
pub mod session;

use super::{BackendCommand, BackendEvent, Capabilities, Context, Identity, Link, Session};
use crate::call::{LeaveReason, PeerKind, Security};
use crate::exit::{Exit, Failure};
use media::{JoinedInfo, MediaClient, MediaCommand, MediaConfig, MediaEvent};
use tokio::sync::mpsc;

/// The backend.
#[derive(Debug)]
pub struct LiveKit;

#[async_trait::async_trait]
impl super::Backend for LiveKit {
    async fn join(&self, link: Link, who: Identity, context: Context) -> Result<Session, Failure> {
        let target = link.target();
        let net = link.connects(context.net);
        let Some(token) = link.token else {
            return Err(Failure::new(
                Exit::Denied,
                "a LiveKit room needs an access token; pass it with --token-file or on standard input",
            ));
        };
        let config = MediaConfig {
            target,
            net,
            token,
            publish: !context.listen_only,
            muted: context.muted,
            ask_for_token: false,
            levels: true,
            ours: false,
            transport: context.transport,
            protection: None,
        };
        let (client, info) = media::join(config).await?;
        let MediaClient { events: media_events, commands: media_commands, ports, gate, stats } = client;
        // The token's name is another one than ours perhaps; ours counts if the server lets us say it.
        if info.can_update_own_metadata {
            let _ = media_commands.try_send(MediaCommand::Name(who.name));
        }
        let (events, events_rx) = mpsc::channel(super::EVENT_QUEUE);
        let (commands, commands_rx) = mpsc::channel(super::EVENT_QUEUE);
        let session = Session {
            me: info.identity.clone(),
            room: crate::text::clean_name(&info.room).unwrap_or_else(|| "?".into()),
            security: if link.tls { Security::TransportOnly } else { Security::PlainSignalling },
            events: events_rx,
            commands,
            media: ports,
            gate,
            stats,
            capabilities: capabilities(&info),
            sound: super::SoundPolicy::default(),
            probe: None,
        };
        tokio::spawn(relay_events(media_events, events));
        tokio::spawn(relay_commands(commands_rx, media_commands));
        Ok(session)
    }
}

/// What the token does not allow.
fn capabilities(info: &JoinedInfo) -> Capabilities {
    let mut c = Capabilities::default();
    let mut refuse = |allowed: bool, names: &[&str], why: &str| {
        if !allowed {
            c.unavailable.extend(names.iter().map(|n| ((*n).to_owned(), why.to_owned())));
        }
    };
    refuse(false, &["record"], "in a LiveKit room Conclave cannot tell the others");
    refuse(info.can_publish, &["mute", "talk"], "your token does not let you speak");
    refuse(info.can_publish_data, &["say"], "your token does not let you chat");
    refuse(info.can_update_own_metadata, &["hand", "name"], "your token does not let you change your name or attributes");
    c
}

fn backend_event(e: MediaEvent) -> Option<BackendEvent> {
    Some(match e {
        MediaEvent::Transport { rung, ok, error } => BackendEvent::Transport { rung, ok, error },
        MediaEvent::ParticipantJoined { id, name, before_us } => {
            let name = (!name.is_empty()).then_some(name);
            BackendEvent::PeerJoined { id, kind: PeerKind::Member, name, before_us }
        }
        MediaEvent::ParticipantState { id, name, muted, hand } => BackendEvent::PeerState { id, name, muted, hand },
        MediaEvent::ParticipantLeft { id } => BackendEvent::PeerLeft { id },
        MediaEvent::Chat { from, private, text } => BackendEvent::Chat { from, private, text },
        MediaEvent::Heard => BackendEvent::MediaConnected,
        MediaEvent::ServerMuted => BackendEvent::MutedByRoom { by: None },
        MediaEvent::Reconnecting { attempt, next_ms } => BackendEvent::Reconnecting { attempt, next_ms },
        MediaEvent::Reconnected => BackendEvent::Reconnected,
        // The token is the server's to renew here.
        MediaEvent::NeedToken => return None,
        MediaEvent::Warning { code, text } => BackendEvent::Warning { code, text },
        MediaEvent::Ended { reason, failure } => BackendEvent::Ended { reason, failure },
    })
}

async fn relay_events(mut from: mpsc::Receiver<MediaEvent>, to: mpsc::Sender<BackendEvent>) {
    while let Some(e) = from.recv().await {
        let Some(e) = backend_event(e) else { continue };
        let last = matches!(e, BackendEvent::Ended { .. });
        if to.send(e).await.is_err() || last {
            return;
        }
    }
    let failure = Failure::new(Exit::Internal, "the media task ended without saying why; report this fault");
    let _ = to.send(BackendEvent::Ended { reason: LeaveReason::Failed, failure }).await;
}

async fn relay_commands(mut from: mpsc::Receiver<BackendCommand>, to: mpsc::Sender<MediaCommand>) {
    while let Some(c) = from.recv().await {
        let c = match c {
            BackendCommand::Muted(m) => MediaCommand::Muted(m),
            BackendCommand::Hand(h) => MediaCommand::Hand(h),
            BackendCommand::Name(n) => MediaCommand::Name(n),
            BackendCommand::Say { text, to } => MediaCommand::Say { text, to },
            BackendCommand::Leave => MediaCommand::Leave,
            // The session's capabilities say that these are not possible here.
            _ => continue,
        };
        if to.send(c).await.is_err() {
            return;
        }
    }
}

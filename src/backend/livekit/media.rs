//! Joins a LiveKit media plane and keeps it joined. Used by the LiveKit backend and by our own server's.
//!
//! [`join`] returns once the server has let us in. From then on one task owns the websocket, the peer connection and the
//! state machine ([`super::session`]); the caller reads [`MediaClient::events`] and writes [`MediaClient::commands`], and
//! sound goes through [`MediaClient::ports`] beside them.

mod reader;
mod shell;
pub(crate) mod socket;

use crate::backend::{MediaPorts, MuteGate, Protection};
use crate::call::{LeaveReason, PeerId, Stats};
use crate::exit::{Exit, Failure};
use crate::net;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use zeroize::Zeroizing;

/// What [`join`] needs to know. `Debug` shows no token.
#[derive(Clone)]
pub struct MediaConfig {
    /// The LiveKit server.
    pub target: net::Target,
    /// How connections are made and whom they trust.
    pub net: net::Options,
    /// The access token: it names the room and our identity. Sent in the `Authorization` header only.
    pub token: Zeroizing<String>,
    /// Publish a microphone.
    pub publish: bool,
    /// Announce it as closed at first.
    pub muted: bool,
    /// Who renews the token. `true`: a full rejoin (and a resume that is refused) asks for a fresh one with
    /// [`MediaEvent::NeedToken`] and waits for [`MediaCommand::Token`]; once joined, media is a lease that ends with
    /// [`MediaCommand::Leave`] alone. `false`: the token that the server pushed last, and the end is the server's or the
    /// reconnect limit's.
    pub ask_for_token: bool,
    /// The server may know whether there is a voice in what we send (RFC 6464). `false`: the extension is neither offered nor sent.
    pub levels: bool,
    /// The server is ours: it may send its speakers in slots ([`crate::protocol::slots`]), and its port takes tunnels.
    pub ours: bool,
    /// Which ways media may take.
    pub transport: net::ladder::Transport,
    /// What stands between codec and transport: every frame is sealed and opened, and nothing else is sent or played.
    /// [`crate::backend::SourceChange::Added`] then names whom the key names.
    pub protection: Option<Arc<dyn Protection>>,
}

impl std::fmt::Debug for MediaConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MediaConfig({}, publish {}, muted {})", self.target.authority(), self.publish, self.muted)
    }
}

/// A joined media plane. Dropping `commands` (or sending [`MediaCommand::Leave`]) leaves.
#[derive(Debug)]
pub struct MediaClient {
    /// What happens. Closes after [`MediaEvent::Ended`].
    pub events: mpsc::Receiver<MediaEvent>,
    /// What we want.
    pub commands: mpsc::Sender<MediaCommand>,
    /// Audio frames, as [`crate::backend::Session::media`] wants them. `PeerId` = participant identity.
    pub ports: MediaPorts,
    /// What every packet of our sound passes where it leaves.
    pub gate: MuteGate,
    /// RTT and packets of the transport, about every second.
    pub stats: watch::Receiver<Stats>,
}

/// What the server said when it let us in. Those who were there before us follow as the first events
/// ([`MediaEvent::ParticipantJoined`] with `before_us`, each followed by its [`MediaEvent::ParticipantState`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinedInfo {
    /// Our identity.
    pub identity: PeerId,
    /// The room's name (not cleaned).
    pub room: String,
    /// The token lets us publish a microphone.
    pub can_publish: bool,
    /// The token lets us send data (chat).
    pub can_publish_data: bool,
    /// The token lets us change our name and attributes (hand).
    pub can_update_own_metadata: bool,
}

/// What happens on the media plane.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaEvent {
    /// A way through the network was tried: media is connected, or it is not and cannot be.
    Transport {
        /// Its name ([`net::ladder::Rung::name`]).
        rung: String,
        /// It works.
        ok: bool,
        /// Why not.
        error: Option<String>,
    },
    /// Somebody is in the LiveKit room.
    ParticipantJoined {
        /// Who: the participant identity.
        id: PeerId,
        /// Display name from their token or metadata update (not cleaned); may be empty.
        name: String,
        /// They were here before us.
        before_us: bool,
    },
    /// What changed about somebody; `None` = unchanged.
    ParticipantState {
        /// Who.
        id: PeerId,
        /// Display name (not cleaned).
        name: Option<String>,
        /// Microphone closed (the track is muted, or there is none).
        muted: Option<bool>,
        /// Hand up since (attribute `conclave.hand`, milliseconds since the Unix epoch), or down.
        hand: Option<Option<u64>>,
    },
    /// Somebody left the LiveKit room.
    ParticipantLeft {
        /// Who.
        id: PeerId,
    },
    /// Chat by a LiveKit data packet (not cleaned).
    Chat {
        /// Who wrote.
        from: PeerId,
        /// Only to us.
        private: bool,
        /// What.
        text: String,
    },
    /// Our own track flows to another member. Once per call.
    Heard,
    /// The server muted our microphone; the track is muted, and stays so until [`MediaCommand::Muted`]`(false)`.
    ServerMuted,
    /// Signalling (and perhaps media) is lost; attempt n follows in `next_ms`.
    Reconnecting {
        /// Counts from 1.
        attempt: u32,
        /// Milliseconds until then.
        next_ms: u64,
    },
    /// The connection is back.
    Reconnected,
    /// A full rejoin needs a fresh token ([`MediaConfig::ask_for_token`]): answer with [`MediaCommand::Token`].
    NeedToken,
    /// Something a user should know.
    Warning {
        /// Stable.
        code: String,
        /// One sentence.
        text: String,
    },
    /// It is over; nothing follows.
    Ended {
        /// Why.
        reason: LeaveReason,
        /// One sentence and the exit code.
        failure: Failure,
    },
}

/// What the caller wants of the media plane.
#[derive(Clone, PartialEq, Eq)]
pub enum MediaCommand {
    /// Close or open the microphone: the track is muted for everybody, and nothing is sent while it is closed.
    Muted(bool),
    /// Change our display name (only if [`JoinedInfo::can_update_own_metadata`]).
    Name(String),
    /// Raise the hand (milliseconds since the Unix epoch) or lower it (only if [`JoinedInfo::can_update_own_metadata`]).
    Hand(Option<u64>),
    /// Send chat to all, or to one (only if [`JoinedInfo::can_publish_data`]).
    Say {
        /// What.
        text: String,
        /// To whom only.
        to: Option<PeerId>,
    },
    /// A fresh token, used from the next connection on; also the answer to [`MediaEvent::NeedToken`].
    Token(Zeroizing<String>),
    /// The old lease is over, and this is the token of a new one: join anew with it, at once.
    Rejoin(Zeroizing<String>),
    /// Leave; [`MediaEvent::Ended`] follows.
    Leave,
}

impl std::fmt::Debug for MediaCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Muted(m) => write!(f, "Muted({m})"),
            Self::Name(n) => write!(f, "Name({n:?})"),
            Self::Hand(h) => write!(f, "Hand({h:?})"),
            Self::Say { to, .. } => write!(f, "Say(to {to:?})"),
            Self::Token(_) => f.write_str("Token"),
            Self::Rejoin(_) => f.write_str("Rejoin"),
            Self::Leave => f.write_str("Leave"),
        }
    }
}

/// Joins. Returns when the server has let us in; media is still connecting then. Every step (name, dial, join answer) has
/// its deadline; dropping the future leaves.
pub async fn join(config: MediaConfig) -> Result<(MediaClient, JoinedInfo), Failure> {
    let (client, joined) = shell::start(config);
    let gone = || Failure::new(Exit::Internal, "the media task ended without saying why; report this fault");
    let info = joined.await.map_err(|_| gone())??;
    Ok((client, info))
}

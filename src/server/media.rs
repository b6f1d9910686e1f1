//! The media plane: LiveKit protocol v1 on `/rtc/v1`, forwarding Opus over one UDP port, or over the server's TCP port.
//!
//! [`signal`] is the sans-IO signalling state machine, [`websocket`] its shell, [`sdp`] reads offers and writes answers,
//! [`sfu`] forwards. The control plane decides who may be here ([`Authority`]) and has [`MediaPlane`] to carry it out.

mod room_service;
pub mod sdp;
pub mod sfu;
pub mod signal;
#[cfg(test)]
mod tests;
pub mod token;
pub mod turn;
pub mod websocket;

use crate::exit::{Exit, Failure};
use crate::net::frames;
use crate::server::edge::addresses::reachable;
use crate::server::edge::{self, Caller};
use crate::server::webhook::{self, Webhooks};
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use axum::routing::get;
use livekit_protocol as lk;
use sdp::Candidate;
use signal::{Input, Limits};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use websocket::{Plane, Rooms};

/// What the control plane decides for the media plane, and what it hears from it.
#[async_trait::async_trait]
pub trait Authority: Send + Sync + 'static {
    /// Whether a token, whose signature and time are already verified, may join its room now. A member's token (identity
    /// `m-…`) only while its control session lives; a stock client's only into an open room (of a `--dev` server, or one that exists).
    async fn admit(&self, who: &token::Grant) -> Result<(), Denied>;
    /// What the media of somebody who was admitted may do beside listening; asked when it begins.
    fn permit(&self, room: &str, identity: &str) -> signal::Permit {
        let _ = (room, identity);
        signal::Permit::default()
    }
    /// An open room is wanted by the server's administrator, through RoomService; one that exists is there already.
    async fn create_room(&self, room: &str) -> Result<(), Denied>;
    /// A room is to end for everybody in it, by order of the server's administrator.
    fn end_room(&self, room: &str);
    /// Media of a participant was joined (signalling is up, it is in the LiveKit roster).
    fn joined(&self, room: &str, identity: &str, name: &str);
    /// Media of a participant ended.
    fn left(&self, room: &str, identity: &str);
}

/// Why a media join was refused, for HTTP 401/403 and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied(pub String);

/// A shared [`Authority`].
pub type SharedAuthority = Arc<dyn Authority>;

/// Events of the forwarder that may wait.
const SFU_QUEUE: usize = 4096;

/// How the media plane is set up.
#[derive(Debug, Clone)]
pub struct MediaConfig {
    /// The UDP address of all media. Port 0: any.
    pub udp: SocketAddr,
    /// Where TCP listens for all, media of those without UDP included ([`MediaPlane::serve_stream`]); `None`: it is not offered.
    pub tcp: Option<SocketAddr>,
    /// The addresses that clients are told. Empty: the bound one, or all of this machine's if that is unspecified.
    pub advertise: Vec<IpAddr>,
    /// What tokens are signed with.
    pub key: token::ApiKey,
    /// The most participants of a room.
    pub max_participants: usize,
    /// TLS is spoken over TCP.
    pub tls: bool,
    /// Which TURN servers participants are told of.
    pub turn: turn::Config,
    /// Who is told what happens.
    pub webhooks: Vec<webhook::Address>,
}

/// The media plane, running.
pub struct MediaPlane {
    plane: Plane,
    rooms: Arc<Rooms>,
    sfu: sfu::Sfu,
}

impl MediaPlane {
    /// Binds the UDP port and starts the forwarder. To be called in a tokio runtime.
    pub fn start(config: MediaConfig, authority: SharedAuthority) -> Result<Arc<Self>, Failure> {
        let (events, reports) = mpsc::channel(SFU_QUEUE);
        let sfu = sfu::Sfu::start(sfu::SfuConfig { listen: config.udp, threads: 0 }, events)
            .map_err(|e| Failure::new(Exit::Config, format!("cannot open UDP {} for media: {e}", config.udp)))?;
        let candidates = candidates(sfu.local_addr(), config.tcp, &config.advertise);
        let embedded = config.turn.embedded.then(|| {
            let udp = candidates.iter().filter_map(|c| if let Candidate::Udp(at) = c { Some(*at) } else { None }).collect();
            turn::Embedded { secret: turn::Secret::fresh(), udp, tcp: config.tcp.map(|at| (at.port(), config.tls)) }
        });
        if let Some(turn::Embedded { secret, udp, .. }) = embedded.clone() {
            sfu.relay(turn::Turn::new(secret, udp));
        }
        let turn = Arc::new(turn::Servers { embedded, external: config.turn.external });
        let limits = Limits { participants: config.max_participants, ..Default::default() };
        let webhooks = Webhooks::start(config.webhooks, &config.key);
        let rooms = Rooms::new(Arc::new(sfu.clone()), authority.clone(), limits, candidates, config.key.clone(), webhooks);
        tokio::spawn(rooms.clone().dispatch(reports));
        let plane = Plane { key: config.key, authority, rooms: rooms.clone(), refusals: Arc::default(), turn };
        Ok(Arc::new(Self { plane, rooms, sfu }))
    }

    /// The HTTP routes of the media plane. Request lines are long (2 to 4 KB) and may hold a token: do not log queries.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        let tunnel = axum::Router::new().route(frames::WEBSOCKET, get(tunnel)).with_state(self.sfu.clone());
        websocket::router(self.plane.clone()).merge(room_service::router(self.plane.clone())).merge(tunnel)
    }

    /// What the forwarder has done so far.
    pub fn tally(&self) -> super::metrics::Media {
        self.sfu.tally()
    }

    /// How many joins were refused so far, and why.
    pub(crate) fn refusals(&self) -> [(&'static str, u64); 4] {
        self.plane.refusals.read()
    }

    /// The UDP address of all media.
    pub fn udp_address(&self) -> SocketAddr {
        self.sfu.local_addr()
    }

    /// Carries media over a connection that begins with a framed STUN request or a tunnel's hello.
    ///
    /// # Errors
    /// The connection broke, or what came is not framed as it must be.
    pub async fn serve_stream(&self, stream: impl AsyncRead + AsyncWrite, from: SocketAddr) -> std::io::Result<()> {
        self.sfu.serve_stream(stream, from).await
    }

    /// Serves TURN over a connection.
    ///
    /// # Errors
    /// The connection broke, or what came is no TURN.
    pub async fn serve_turn(&self, stream: impl AsyncRead + AsyncWrite, from: SocketAddr) -> std::io::Result<()> {
        self.sfu.serve_turn(stream, from).await
    }

    /// How many allocations the TURN server has.
    pub(crate) fn allocations(&self) -> usize {
        self.sfu.turn().map_or(0, turn::Turn::allocations)
    }

    /// Ends somebody's media: their client is told why, and the others that they left.
    pub fn remove(&self, room: &str, identity: &str, reason: lk::DisconnectReason) {
        self.post(room, Input::Remove { identity: identity.to_string(), reason });
    }

    /// Ends everybody's media in a room.
    pub fn close_room(&self, room: &str) {
        self.post(room, Input::Close(lk::DisconnectReason::RoomDeleted));
    }

    /// Closes somebody's microphone. `false` does not open it: only they can.
    pub fn set_muted(&self, room: &str, identity: &str, muted: bool) {
        self.post(room, Input::Mute { identity: identity.to_string(), track: None, muted });
    }

    /// Has somebody's media do this and nothing else from now on.
    pub fn permit(&self, room: &str, identity: &str, permit: signal::Permit) {
        self.post(room, Input::Permit { identity: identity.to_string(), permit });
    }

    /// Tells everybody that the server ends, lets nobody in any more and stops forwarding.
    pub fn shutdown(&self) {
        self.rooms.close();
        self.sfu.shutdown();
    }

    fn post(&self, room: &str, input: Input) {
        if let Some(room) = self.rooms.find(room) {
            self.rooms.post(room, input);
        }
    }
}

/// Media over a websocket, for those whose network lets nothing else through.
async fn tunnel(State(sfu): State<sfu::Sfu>, Extension(Caller(from)): Extension<Caller>, upgrade: WebSocketUpgrade) -> Response {
    edge::websocket(upgrade, frames::DATAGRAM).on_upgrade(move |socket| async move {
        if let Err(e) = sfu.serve_socket(socket, SocketAddr::new(from, 0)).await {
            tracing::debug!(address = edge::shown(from), "media over a websocket ended: {e}");
        }
    })
}

/// Addresses that are told of UDP.
const MAX_UDP: usize = 16;
/// Addresses that are told of TCP: browsers connect to all of them, at once and for as long as a call lasts.
const MAX_TCP: usize = 4;

/// Where clients are told to send media, best first.
fn candidates(bound: SocketAddr, tcp: Option<SocketAddr>, advertise: &[IpAddr]) -> Vec<Candidate> {
    let addresses = if advertise.is_empty() { reachable(bound) } else { advertise.to_vec() };
    let at = |port: u16, most: usize| addresses.iter().take(most).map(move |a| SocketAddr::new(*a, port));
    let tcp = tcp.into_iter().flat_map(|tcp| at(tcp.port(), MAX_TCP).map(Candidate::Tcp));
    at(bound.port(), MAX_UDP).map(Candidate::Udp).chain(tcp).collect()
}

impl signal::Forwarder for sfu::Sfu {
    fn fingerprint(&self) -> String {
        self.fingerprint().to_string()
    }
    fn fresh_credentials(&self) -> sfu::IceCredentials {
        self.fresh_credentials()
    }
    fn add_peer(&self, room: sfu::RoomKey, peer: sfu::PeerKey, transport: sfu::PeerTransport) {
        self.add_peer(room, peer, transport);
    }
    fn restart_ice(&self, peer: sfu::PeerKey, local: sfu::IceCredentials, remote: sfu::IceCredentials) {
        self.restart_ice(peer, local, remote);
    }
    fn publish(&self, peer: sfu::PeerKey, track: sfu::TrackKey, incoming: sfu::Incoming) {
        self.publish(peer, track, incoming);
    }
    fn unpublish(&self, track: sfu::TrackKey) {
        self.unpublish(track);
    }
    fn mute(&self, track: sfu::TrackKey, muted: bool) {
        self.mute(track, muted);
    }
    fn subscribe(&self, listener: sfu::PeerKey, track: sfu::TrackKey, outgoing: sfu::Outgoing) {
        self.subscribe(listener, track, outgoing);
    }
    fn unsubscribe(&self, listener: sfu::PeerKey, track: sfu::TrackKey) {
        self.unsubscribe(listener, track);
    }
    fn slots(&self, listener: sfu::PeerKey, slots: Vec<sfu::Outgoing>) {
        self.slots(listener, slots);
    }
    fn decline(&self, listener: sfu::PeerKey, track: sfu::TrackKey, declined: bool) {
        self.decline(listener, track, declined);
    }
    fn send_data(&self, to: sfu::PeerKey, label: &str, payload: bytes::Bytes) {
        self.send_data(to, label, payload);
    }
    fn remove_peer(&self, peer: sfu::PeerKey) {
        self.remove_peer(peer);
    }
}

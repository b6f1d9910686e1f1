//! The media plane: LiveKit protocol v1 on `/rtc/v1`, forwarding Opus over one UDP port.
//!
//! [`signal`] is the sans-IO signalling state machine, [`websocket`] its shell, [`sdp`] reads offers and writes answers,
//! [`sfu`] forwards. The control plane decides who may be here ([`Authority`]).

pub mod sdp;
pub mod sfu;
pub mod signal;
pub mod token;
pub mod websocket;

use std::sync::Arc;

/// What the control plane decides for the media plane, and what it hears from it.
#[async_trait::async_trait]
pub trait Authority: Send + Sync + 'static {
    /// Whether a token, whose signature and time are already verified, may join its room now. A member's token (identity
    /// `m-…`) only while its control session lives; a stock client's only into an open room (of a `--dev` server, or one that exists).
    async fn admit(&self, who: &token::Grant) -> Result<(), Denied>;
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

/// How the media plane is set up.
#[derive(Debug, Clone)]
pub struct MediaConfig {
    /// The UDP address to bind.
    pub udp: std::net::SocketAddr,
    /// Addresses to offer to clients.
    pub advertise: Vec<std::net::IpAddr>,
    /// Signs and verifies access tokens.
    pub key: token::ApiKey,
    /// Participants of a room.
    pub max_participants: usize,
}

/// The media plane: a stand-in that does nothing, until the real one is merged.
#[allow(missing_docs, clippy::unused_self)]
pub struct MediaPlane(std::net::SocketAddr);

#[allow(missing_docs, unused_variables, clippy::unused_self, clippy::needless_pass_by_value)]
impl MediaPlane {
    pub fn start(config: MediaConfig, authority: SharedAuthority) -> Result<Arc<Self>, crate::exit::Failure> {
        Ok(Arc::new(Self(config.udp)))
    }
    pub fn router(self: &Arc<Self>) -> axum::Router {
        axum::Router::new()
    }
    pub fn udp_address(&self) -> std::net::SocketAddr {
        self.0
    }
    pub fn remove(&self, room: &str, identity: &str, reason: livekit_protocol::DisconnectReason) {}
    pub fn close_room(&self, room: &str) {}
    pub fn set_muted(&self, room: &str, identity: &str, muted: bool) {}
    pub fn shutdown(&self) {}
}

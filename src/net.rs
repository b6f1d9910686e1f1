//! How bytes leave the machine. [`dial`] opens every socket of the client, so that the ladder of rungs (ICE-TCP,
//! TURN, tunnels, proxies) can slip underneath without any backend knowing.

pub mod dial;
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) mod dtls_gate;
pub mod fingerprint;
#[cfg(any(feature = "client", feature = "server"))]
pub mod http;
#[cfg(any(feature = "client", feature = "server"))]
pub mod tls;
#[cfg(feature = "client")]
pub mod websocket;

pub use fingerprint::Fingerprint;

use std::time::Duration;

/// How long one connection attempt (name, TCP, TLS, HTTP answer) may take.
pub const DIAL_TIMEOUT: Duration = Duration::from_secs(10);

/// How connections are made and whom they trust.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Exactly this server key and no other. `None`: the system's certificate authorities.
    pub fingerprint: Option<Fingerprint>,
}

/// Where a connection goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Host name or address (IPv6 without brackets).
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether TLS is spoken.
    pub tls: bool,
}

impl Target {
    /// `host:port`, with brackets around an IPv6 address.
    pub fn authority(&self) -> String {
        if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }
}

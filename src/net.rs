//! How bytes leave the machine. [`dial`] opens every connection of the client, through a [`proxy`] where one is configured. Media takes
//! the best way that the network lets through: [`ladder`] decides, [`path`] has the sockets, and neither the WebRTC stack nor any
//! backend knows.

#[cfg(any(feature = "client", feature = "server"))]
pub mod authorities;
pub mod dial;
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) mod dtls_gate;
#[cfg(feature = "client")]
mod duplicates;
#[cfg(any(feature = "client", feature = "server"))]
pub mod endpoint;
pub mod fingerprint;
#[cfg(any(feature = "client", feature = "server"))]
pub mod frames;
#[cfg(any(feature = "client", feature = "server"))]
pub mod http;
#[cfg(feature = "client")]
pub mod interception;
#[cfg(feature = "client")]
pub mod ladder;
#[cfg(any(feature = "client", feature = "server"))]
mod nat64;
#[cfg(feature = "client")]
pub mod path;
pub mod proxy;
#[cfg(any(feature = "client", feature = "server"))]
mod race;
#[cfg(feature = "client")]
pub mod rules;
#[cfg(any(feature = "client", feature = "server"))]
pub(crate) mod stun;
pub mod tls;
#[cfg(feature = "client")]
pub mod turn;
#[cfg(feature = "client")]
pub mod websocket;

#[cfg(any(feature = "client", feature = "server"))]
pub use endpoint::Endpoint;
pub use fingerprint::Fingerprint;

use rustls::pki_types::CertificateDer;
use std::sync::Arc;
use std::time::Duration;

/// How long one connection attempt (name, TCP, TLS, HTTP answer) may take.
pub const DIAL_TIMEOUT: Duration = Duration::from_secs(10);

/// How connections are made and whom they trust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Exactly this server key, or one of `successors`. `None`: the system's certificate authorities.
    pub fingerprint: Option<Fingerprint>,
    /// Keys that the server said would follow, where `fingerprint` names one.
    pub successors: Vec<Fingerprint>,
    /// Certificate authorities beside the system's, where no key is named.
    pub authorities: Option<Arc<Vec<CertificateDer<'static>>>>,
    /// Through which proxies.
    pub proxies: proxy::Proxies,
}

impl Options {
    /// Only one server key, if one is named.
    #[must_use]
    pub fn pinned(fingerprint: Option<Fingerprint>) -> Self {
        Self { fingerprint, ..Self::default() }
    }

    /// Whether this is one of the keys that are named.
    #[must_use]
    pub fn names(&self, key: Fingerprint) -> bool {
        self.fingerprint.iter().chain(&self.successors).any(|k| *k == key)
    }
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

/// Whether a host is this machine.
pub fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The host of an address, IPv6 without brackets; `None`: it has none.
pub fn host_of(url: &url::Url) -> Option<String> {
    url.host_str().filter(|host| !host.is_empty()).map(|host| host.trim_matches(['[', ']']).to_owned())
}

impl Target {
    /// Where a web address leads (`https`, `wss`: TLS; `http`, `ws`: none), and the path with its query. Whether it may be without TLS
    /// is for the caller to judge.
    pub fn of_address(address: &str) -> Option<(Self, String)> {
        let url = url::Url::parse(address).ok()?;
        let tls = match url.scheme() {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return None,
        };
        let target = Self { host: host_of(&url)?, port: url.port_or_known_default()?, tls };
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        Some((target, path))
    }

    /// `host:port`, with brackets around an IPv6 address.
    pub fn authority(&self) -> String {
        if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }
}

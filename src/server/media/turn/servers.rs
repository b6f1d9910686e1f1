//! What participants are told of TURN (LiveKit's `ice_servers`): where our own server and an external one are, and credentials.

use super::credentials::Secret;
use crate::server::settings;
use crate::server::store::data_dir::read_text;
use livekit_protocol as lk;
use std::net::SocketAddr;

/// A TURN server of the administrator's, coturn with `use-auth-secret` for example.
#[derive(Debug, Clone)]
pub struct External {
    /// `turn:` and `turns:` addresses (RFC 7065).
    pub urls: Vec<String>,
    /// What it shares with us.
    pub secret: Secret,
}

/// Which TURN servers there are.
#[derive(Debug, Clone)]
pub struct Config {
    /// Our own one serves.
    pub embedded: bool,
    /// One beside it, or instead.
    pub external: Option<External>,
}

impl Config {
    /// What the configuration file says. The error is a sentence about the file.
    pub fn of(settings: &settings::Turn) -> Result<Self, String> {
        let embedded = settings.embedded.unwrap_or(true);
        let urls = settings.urls.clone().unwrap_or_default();
        let external = match (urls.is_empty(), settings.secret_file.as_deref()) {
            (true, None) => None,
            (true, Some(_)) => return Err("[turn] urls is missing: which servers is secret_file for?".into()),
            (false, None) => return Err("[turn] secret_file is missing: clients need credentials for urls".into()),
            (false, Some(file)) => {
                let text = read_text(file).map(zeroize::Zeroizing::new);
                let secret = text.map_err(|e| format!("[turn] secret_file {} cannot be read ({e})", file.display()))?;
                if secret.trim().is_empty() {
                    return Err(format!("[turn] secret_file {} is empty", file.display()));
                }
                let scheme =
                    |url: &str| url.strip_prefix("turn:").or(url.strip_prefix("turns:")).is_some_and(|rest| !rest.is_empty());
                if let Some(odd) = urls.iter().find(|url| !scheme(url)) {
                    return Err(format!("[turn] urls has {odd:?}; write turn:HOST:PORT or turns:HOST:PORT?transport=tcp"));
                }
                Some(External { urls, secret: Secret::shared(secret.trim()) })
            }
        };
        Ok(Self { embedded, external })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self { embedded: true, external: None }
    }
}

/// Our own server, as clients reach it.
#[derive(Debug, Clone)]
pub(crate) struct Embedded {
    pub(crate) secret: Secret,
    /// Where media goes by UDP, the best address first.
    pub(crate) udp: Vec<SocketAddr>,
    /// The port of TCP, and whether TLS is spoken there.
    pub(crate) tcp: Option<(u16, bool)>,
}

/// Makes `ice_servers`.
#[derive(Debug, Clone, Default)]
pub struct Servers {
    pub(crate) embedded: Option<Embedded>,
    pub(crate) external: Option<External>,
}

impl Servers {
    /// What a participant is told who came to us under this name (the request's `Host`).
    pub(crate) fn of(&self, host: Option<&str>, identity: &str) -> Vec<lk::IceServer> {
        let ours = self.embedded.as_ref().map(|e| (e.urls(host), &e.secret));
        let external = self.external.as_ref().map(|e| (e.urls.clone(), &e.secret));
        let told = ours.into_iter().chain(external).filter(|(urls, _)| !urls.is_empty());
        told.map(|(urls, secret)| {
            let (username, credential) = secret.credentials(identity, super::unix());
            lk::IceServer { urls, username, credential: credential.to_string() }
        })
        .collect()
    }
}

impl Embedded {
    fn urls(&self, host: Option<&str>) -> Vec<String> {
        let first = self.udp.first().map(|a| SocketAddr::new(a.ip(), 0).to_string().trim_end_matches(":0").to_owned());
        let Some(host) = host.and_then(name).or(first) else { return Vec::new() };
        let udp = self.udp.first().map(|a| format!("turn:{host}:{}?transport=udp", a.port()));
        let tcp = self.tcp.map(|(port, _)| format!("turn:{host}:{port}?transport=tcp"));
        let tls = self.tcp.filter(|(_, tls)| *tls).map(|(port, _)| format!("turns:{host}:{port}?transport=tcp"));
        [udp, tcp, tls].into_iter().flatten().collect()
    }
}

/// The name in a `Host` header, without the port: nothing but what a name or an address can have.
fn name(host: &str) -> Option<String> {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let name = if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host };
    let inner = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
    let good = match inner {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !name.is_empty() && name.len() <= 253 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
        }
    };
    good.then(|| name.to_owned())
}

//! Every socket of the client is opened here.

use super::proxy::{Proxy, tunnel};
use super::{DIAL_TIMEOUT, Options, Target, nat64, race};
use crate::exit::{Exit, Failure};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Addresses of nobody (RFC 5737, RFC 3849), on the way to most of the world.
const NOBODY: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), 9),
];

/// The addresses of a host, in the system's order.
pub async fn addresses(of: &Target) -> Result<Vec<SocketAddr>, Failure> {
    let unresolved = |why: String| {
        Failure::new(Exit::NoHost, format!("the name {} cannot be resolved ({why}); check the link and the network", of.host))
    };
    let lookup = timeout(DIAL_TIMEOUT, tokio::net::lookup_host((of.host.as_str(), of.port)));
    let found = lookup.await.map_err(|_| unresolved("no name server answers".into()))?;
    let found: Vec<SocketAddr> = found.map_err(|e| unresolved(why_unresolved(&e.to_string())))?.collect();
    // What blocks names answers so, and a connection there would lead to this machine itself.
    if !found.is_empty() && found.iter().all(|a| a.ip().is_unspecified()) && of.host.parse::<IpAddr>().is_err() {
        let text = format!(
            "the name {} is blocked: whoever resolves names for this machine answers that it is nowhere ({}); ask IT to allow it",
            of.host,
            found.first().map_or_else(String::new, |a| a.ip().to_string())
        );
        return Err(Failure::new(Exit::NoHost, text));
    }
    // An address in the link, where IPv4 leads nowhere.
    if let (Ok(IpAddr::V4(_)), Some(first)) = (of.host.parse(), found.first())
        && let Some(other) = nat64::instead_of(*first).await
    {
        return Ok(vec![other]);
    }
    Ok(found)
}

/// What the system's words for a name that it did not find mean (glibc's and musl's).
fn why_unresolved(words: &str) -> String {
    let says = |part: &str| words.contains(part);
    if says("Temporary failure") || says("Try again") {
        "no name server answers, or it cannot find out".into()
    } else if says("not known") || says("does not resolve") {
        "there is no such name".into()
    } else if says("No address") || says("no address") {
        "it is nobody's address".into()
    } else {
        words.to_owned()
    }
}

/// Opens a TCP connection: through the proxy that serves the target, if one does; else directly.
pub async fn tcp(to: &Target, options: &Options) -> Result<TcpStream, Failure> {
    match options.proxies.serving(to)? {
        Some(proxy) => tcp_by(&proxy, to).await,
        None => tcp_direct(to).await,
    }
}

/// Of how many servers it is remembered which of their addresses answers.
const ANSWERED: usize = 32;

static LATEST: Mutex<Vec<(String, SocketAddr)>> = Mutex::new(Vec::new());

/// One of a server's addresses has answered: media goes there too, and not to one that is only named.
fn answered(to: &Target, address: SocketAddr) {
    let (mut latest, server) = (LATEST.lock().unwrap_or_else(PoisonError::into_inner), to.authority());
    latest.retain(|(known, _)| *known != server);
    if latest.len() >= ANSWERED {
        latest.remove(0);
    }
    latest.push((server, address));
}

fn latest(of: &Target) -> Option<SocketAddr> {
    let (latest, server) = (LATEST.lock().unwrap_or_else(PoisonError::into_inner), of.authority());
    latest.iter().find(|(known, _)| *known == server).map(|(_, address)| *address)
}

/// Opens a tunnel through a proxy, which resolves the name itself. The stream is the target's from its first byte on.
pub async fn tcp_by(proxy: &Proxy, to: &Target) -> Result<TcpStream, Failure> {
    tunnel::open(proxy, to).await.map_err(|refusal| refusal.explain(proxy, to))
}

/// Resolves a name and opens a TCP connection to the first of its addresses that answers, whatever proxy is configured.
pub async fn tcp_direct(to: &Target) -> Result<TcpStream, Failure> {
    let attempt = async {
        let stream = race::first(addresses(to).await?, TcpStream::connect).await.map_err(|e| refused(to, e))?;
        if let Ok(address) = stream.peer_addr() {
            answered(to, address);
        }
        // A control message must not wait for the next one.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    };
    timeout(DIAL_TIMEOUT, attempt).await.unwrap_or_else(|_| {
        Err(Failure::new(
            Exit::Unavailable,
            format!("{} does not answer; check the address and port, and whether a firewall is in between", to.authority()),
        ))
    })
}

/// Opens a TCP connection to the first of these addresses that answers, whatever proxy is configured.
#[cfg(feature = "client")]
pub async fn tcp_any(of: Vec<SocketAddr>) -> Result<TcpStream, Failure> {
    let unreached = |why: &str| Failure::new(Exit::Unavailable, format!("none of its addresses takes a connection ({why})"));
    let attempt = timeout(DIAL_TIMEOUT, race::first(of, TcpStream::connect)).await;
    let stream = attempt.map_err(|_| unreached("no answer"))?;
    let stream = stream.map_err(|e| unreached(&e.map(|e| e.to_string()).unwrap_or_default()))?;
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

fn refused(to: &Target, e: Option<io::Error>) -> Failure {
    let text = match e {
        None => format!("the name {} has no address; check the link", to.host),
        Some(e) if e.kind() == io::ErrorKind::ConnectionRefused => {
            format!("nothing listens at {}; check the port, and whether the server is running", to.authority())
        }
        Some(e) => format!("{} cannot be reached ({e}); check the network", to.authority()),
    };
    Failure::new(Exit::Unavailable, text)
}

/// The local address from which a host is reached, so that media uses one interface and offers no others. No packet is sent.
pub fn local_address_towards(remote: SocketAddr) -> io::Result<IpAddr> {
    let any: IpAddr = if remote.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let s = std::net::UdpSocket::bind((any, 0))?;
    s.connect(remote)?;
    Ok(s.local_addr()?.ip())
}

/// This machine's address towards most of the world, by which one network is told from another. No packet is sent.
pub fn network() -> Option<IpAddr> {
    NOBODY.into_iter().find_map(|remote| local_address_towards(remote).ok())
}

/// How a server is reached from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// An address of the server.
    pub remote: SocketAddr,
    /// The address of this machine.
    pub local: IpAddr,
}

impl Way {
    /// Of a connection; `None` if it has ended.
    pub fn of(stream: &TcpStream) -> Option<Self> {
        Some(Self { remote: stream.peer_addr().ok()?, local: stream.local_addr().ok()?.ip() })
    }

    /// Whether this machine has lost the address and another one leads there now (another network was joined): nothing comes
    /// this way any more, and nobody would say so. Without any way there is nothing to change to.
    pub fn has_moved(&self) -> bool {
        let gone = std::net::UdpSocket::bind((self.local, 0)).is_err_and(|e| e.kind() == io::ErrorKind::AddrNotAvailable);
        gone && local_address_towards(self.remote).is_ok_and(|now| now != self.local)
    }
}

/// The way that media to a server should take: by the address from which its name is reached. One interface only, so
/// that no other network that this machine is in is told to the server. Where a proxy serves the server, its name is not asked for
/// here, and the way is the one that leads to most of the world.
pub async fn media_way(to: &Target, options: &Options) -> Result<Way, Failure> {
    let by_proxy = options.proxies.serving(to)?;
    let mut remotes = match &by_proxy {
        Some(_) => NOBODY.to_vec(),
        None => addresses(to).await?,
    };
    let answers = latest(to);
    remotes.sort_by_key(|remote| Some(*remote) != answers);
    if let Some(proxy) = by_proxy {
        remotes.extend(addresses(proxy.target()).await?);
    }
    let mut last = None;
    for remote in remotes {
        match local_address_towards(remote) {
            Ok(local) => return Ok(Way { remote, local }),
            Err(e) => last = Some(e),
        }
    }
    Err(refused(to, last))
}

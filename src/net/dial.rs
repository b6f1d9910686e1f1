//! Every socket of the client is opened here.

use super::{DIAL_TIMEOUT, Target};
use crate::exit::{Exit, Failure};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Resolves a name and opens a TCP connection, trying every address.
pub async fn tcp(to: &Target) -> Result<TcpStream, Failure> {
    let attempt = async {
        let addrs: Vec<SocketAddr> = tokio::net::lookup_host((to.host.as_str(), to.port))
            .await
            .map_err(|e| {
                Failure::new(
                    Exit::NoHost,
                    format!("the name {} cannot be resolved ({e}); check the link and the network", to.host),
                )
            })?
            .collect();
        let mut last = None;
        for addr in addrs {
            match TcpStream::connect(addr).await {
                Ok(s) => {
                    // A control message must not wait for the next one.
                    let _ = s.set_nodelay(true);
                    return Ok(s);
                }
                Err(e) => last = Some(e),
            }
        }
        Err(refused(to, last))
    };
    timeout(DIAL_TIMEOUT, attempt).await.unwrap_or_else(|_| {
        Err(Failure::new(
            Exit::Unavailable,
            format!("{} does not answer; check the address and port, and whether a firewall is in between", to.authority()),
        ))
    })
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

/// The local address that media to a server should use: the one from which its name is reached. One interface only, so
/// that no other network that this machine is in is told to the server.
pub async fn media_address(to: &Target) -> Result<IpAddr, Failure> {
    let lookup = tokio::net::lookup_host((to.host.as_str(), to.port));
    let unresolved = |why: String| {
        Failure::new(Exit::NoHost, format!("the name {} cannot be resolved ({why}); check the link and the network", to.host))
    };
    let addrs = timeout(DIAL_TIMEOUT, lookup)
        .await
        .map_err(|_| unresolved("no answer".into()))?
        .map_err(|e| unresolved(e.to_string()))?;
    let mut last = None;
    for addr in addrs {
        match local_address_towards(addr) {
            Ok(local) => return Ok(local),
            Err(e) => last = Some(e),
        }
    }
    Err(refused(to, last))
}

/// Every UDP socket of a media transport passes through here before a packet is sent: a rung that tunnels media takes
/// the bound socket and gives back its own end of the tunnel. Plain UDP, the first rung, uses the socket as it is.
pub fn media_socket(bound: std::net::UdpSocket) -> io::Result<std::net::UdpSocket> {
    bound.set_nonblocking(true)?;
    Ok(bound)
}

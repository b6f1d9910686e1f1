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

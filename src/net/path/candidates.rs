//! Where a server says that it is: its ICE candidates, and its relays. A hostile server may say anything.

use crate::net::turn::is_for_media;
use std::net::{IpAddr, SocketAddr};

/// A candidate of use to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Candidate {
    /// By UDP.
    Udp(SocketAddr),
    /// It takes connections (RFC 6544).
    Passive(SocketAddr),
}

impl Candidate {
    /// Reads what follows `candidate:` (RFC 8839 section 5.1; RFC 6544 section 4.5). `None`: it is of no use, or no address of a server.
    pub(super) fn read(candidate: &str, local: IpAddr) -> Option<Self> {
        let words: Vec<&str> = candidate.split_ascii_whitespace().take(32).collect();
        let [_, "1", protocol, _, ip, port, extensions @ ..] = &words[..] else { return None };
        let address = SocketAddr::new(ip.parse().ok()?, port.parse().ok()?);
        let is = |name: &str, value: &str| extensions.chunks(2).any(|pair| pair == [name, value]);
        if !may_be_a_server(address, local) {
            return None;
        }
        match protocol.to_ascii_lowercase().as_str() {
            "udp" => Some(Self::Udp(address)),
            "tcp" if is("tcptype", "passive") && is_for_media(address.port()) => Some(Self::Passive(address)),
            _ => None,
        }
    }
}

/// Whether a server can be there: one on this machine only if it was reached on this machine.
pub(super) fn may_be_a_server(address: SocketAddr, local: IpAddr) -> bool {
    let ip = address.ip().to_canonical();
    let nobody = match ip {
        IpAddr::V4(ip) => ip.is_broadcast(),
        IpAddr::V6(_) => false,
    };
    let here = ip.is_loopback() && !local.to_canonical().is_loopback();
    address.port() != 0 && !nobody && !here && !ip.is_unspecified() && !ip.is_multicast()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_read_and_what_is_no_server_is_not_asked() {
        let read = |candidate: &str| Candidate::read(candidate, [10, 0, 0, 1].into());
        let at = |s: &str| s.parse().unwrap();
        assert_eq!(read("1 1 UDP 1 192.0.2.1 7882 typ host"), Some(Candidate::Udp(at("192.0.2.1:7882"))));
        assert_eq!(
            read("1 1 tcp 1 192.0.2.1 7881 typ host tcptype passive generation 0"),
            Some(Candidate::Passive(at("192.0.2.1:7881")))
        );
        assert_eq!(
            read("1 1 udp 1 2001:db8::1 443 typ srflx raddr 10.0.0.1 rport 9"),
            Some(Candidate::Udp(at("[2001:db8::1]:443")))
        );
        for odd in [
            "",
            "1 1 udp",
            "1 2 udp 1 192.0.2.1 7882 typ host",
            "1 1 udp 1 nonsense 5 typ host",
            "1 1 udp 1 192.0.2.1 99999 typ host",
            "1 1 udp 1 192.0.2.1 0 typ host",
            "1 1 udp 1 127.0.0.1 5000 typ host",
            "1 1 udp 1 ::ffff:127.0.0.1 5000 typ host",
            "1 1 udp 1 0.0.0.0 5000 typ host",
            "1 1 udp 1 224.0.0.1 5000 typ host",
            "1 1 tcp 1 192.0.2.1 25 typ host tcptype passive",
            "1 1 tcp 1 192.0.2.1 9 typ host tcptype active",
            "1 1 tcp 1 192.0.2.1 7881 typ host",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert!(Candidate::read("1 1 udp 1 127.0.0.1 5000 typ host", [127, 0, 0, 1].into()).is_some(), "we are there too");
    }
}

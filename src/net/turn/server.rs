//! TURN servers as a conference names them (`ice_servers`; RFC 7065), and what of it we take: a hostile server may name anything.

use crate::net::Target;
use std::net::IpAddr;
use zeroize::Zeroizing;

/// Servers that are taken of one list.
pub const SERVERS: usize = 8;
/// The longest name and password, in bytes (RFC 8489 section 14.3 has 508).
const LONGEST: usize = 512;

/// How a TURN server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
    /// A stream inside TLS.
    Tls,
}

/// What a TURN server wants to hear before it relays. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who.
    pub name: String,
    /// Their password.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// A TURN server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it is.
    pub at: Target,
    /// How it is spoken to.
    pub carrier: Carrier,
    /// With what.
    pub credentials: Credentials,
}

/// Whether media may ask for a connection to a port because a server of a conference says so. As browsers have it: no service that
/// takes what is said to it for commands listens there.
pub fn is_for_media(port: u16) -> bool {
    matches!(port, 53 | 80 | 443 | 1024..)
}

impl Server {
    /// Reads `turn:HOST[:PORT][?transport=udp|tcp]` or `turns:HOST[:PORT][?transport=tcp]`. `None`: it is something else (STUN, TURN
    /// over DTLS), or nothing that may be asked for.
    pub fn read(url: &str, name: &str, password: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "turn" => false,
            "turns" => true,
            _ => return None,
        };
        let carrier = match (tls, query) {
            (false, None | Some("transport=udp")) => Carrier::Udp,
            (false, Some("transport=tcp")) => Carrier::Tcp,
            (true, None | Some("transport=tcp")) => Carrier::Tls,
            _ => return None,
        };
        let (host, port) = match place.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']')?;
                host.parse::<std::net::Ipv6Addr>().ok()?;
                (host, port.strip_prefix(':'))
            }
            None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
        };
        let port = match port {
            Some(port) => port.parse().ok()?,
            None => {
                if tls {
                    5349
                } else {
                    3478
                }
            }
        };
        let named = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let good = !host.is_empty() && host.len() <= 253 && (host.chars().all(named) || host.parse::<IpAddr>().is_ok());
        if !good || !is_for_media(port) || name.len() > LONGEST || password.len() > LONGEST {
            return None;
        }
        let at = Target { host: host.to_ascii_lowercase(), port, tls };
        let credentials = Credentials { name: name.to_owned(), password: Zeroizing::new(password.to_owned()) };
        Some(Self { at, carrier, credentials })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_browsers_read_them_and_nothing_else_is_asked_for() {
        let read = |url: &str| Server::read(url, "ana", "hunter2").map(|s| (s.at.authority(), s.carrier));
        for (url, at, carrier) in [
            ("turn:turn.example.org", "turn.example.org:3478", Carrier::Udp),
            ("turn:192.0.2.1:443?transport=udp", "192.0.2.1:443", Carrier::Udp),
            ("TURN:[2001:db8::1]:3479?transport=tcp", "[2001:db8::1]:3479", Carrier::Tcp),
            ("turns:Turn.Example.Org", "turn.example.org:5349", Carrier::Tls),
            ("turns:turn.example.org:443?transport=tcp", "turn.example.org:443", Carrier::Tls),
        ] {
            assert_eq!(read(url), Some((at.to_owned(), carrier)), "{url}");
        }
        for url in [
            "stun:stun.example.org:3478",
            "turns:h?transport=udp",
            "turn:mail.intern:25?transport=tcp",
            "turn:h:0",
            "turn:h:99999",
            "turn:",
            "turn:a b",
            "turn:h/x",
            "turn:h:443?transport=sctp",
            "turn:[::1",
            "turn:user@h",
            "turn",
        ] {
            assert_eq!(read(url), None, "{url}");
        }
        assert!(Server::read("turn:h", &"x".repeat(513), "").is_none());
        let debug = format!("{:?}", Server::read("turn:h", "ana", "hunter2"));
        assert!(!debug.contains("hunter2") && !debug.contains("ana"), "{debug}");
    }
}

//! What a TCP connection speaks, by its first bytes.

use crate::net::frames::TUNNEL;
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// A TLS ClientHello (RFC 8446 section 5.1).
    Tls,
    /// An HTTP request.
    Http,
    /// STUN as such: TURN over TCP (RFC 8656).
    Turn,
    /// Datagrams behind their lengths (RFC 4571), the first of them STUN (ICE-TCP) or the [`hello`] of our tunnel.
    ///
    /// [`hello`]: crate::net::frames::hello
    Framed,
    /// Nothing we know.
    Unknown,
}

/// STUN's magic cookie (RFC 8489 section 5).
const MAGIC: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
/// How many bytes decide at the latest.
const ENOUGH: usize = 10;

/// What these first bytes begin, or `None` while they are too few.
pub fn sniff(bytes: &[u8]) -> Option<Protocol> {
    match *bytes.first()? {
        0x16 => Some(Protocol::Tls),
        b'A'..=b'Z' => Some(Protocol::Http),
        // A STUN request begins with 00 or 01; framed, with the high byte of a length below 1500.
        0x00..=0x05 if bytes.get(2..ENOUGH).is_some_and(|b| TUNNEL.starts_with(b)) => Some(Protocol::Framed),
        0x00..=0x05 => match (bytes.get(4..8), bytes.get(6..10)) {
            (Some(m), _) if m == MAGIC => Some(Protocol::Turn),
            (_, Some(m)) if m == MAGIC => Some(Protocol::Framed),
            (_, Some(_)) => Some(Protocol::Unknown),
            _ => None,
        },
        _ => Some(Protocol::Unknown),
    }
}

/// Looks at a connection's first bytes and leaves them where they are. The caller bounds the wait.
pub async fn peek(tcp: &TcpStream) -> io::Result<Protocol> {
    let mut bytes = [0; ENOUGH];
    loop {
        let n = tcp.peek(&mut bytes).await?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(p) = bytes.get(..n).and_then(sniff) {
            return Ok(p);
        }
        // Readiness does not change while bytes lie unread, so more of them have to be asked for.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_decide() {
        let stun = [0x00, 0x01, 0, 8, 0x21, 0x12, 0xA4, 0x42, 0, 0];
        let framed = [0x00, 0x60, 0x00, 0x01, 0, 8, 0x21, 0x12, 0xA4, 0x42];
        assert_eq!(sniff(&[0x16, 3, 1]), Some(Protocol::Tls));
        assert_eq!(sniff(b"G"), Some(Protocol::Http));
        assert_eq!(sniff(&stun), Some(Protocol::Turn));
        assert_eq!(sniff(&framed), Some(Protocol::Framed));
        let hello = [&[0, 32], &crate::net::frames::hello(&[7; 16])[..]].concat();
        assert_eq!(sniff(&hello), Some(Protocol::Framed));
        assert_eq!(sniff(&hello[..9]), None);
        assert_eq!(sniff(&stun[..4]), None);
        assert_eq!(sniff(&framed[..9]), None);
        assert_eq!(sniff(&[0; 10]), Some(Protocol::Unknown));
        assert_eq!(sniff(b"\xff"), Some(Protocol::Unknown));
        assert_eq!(sniff(b""), None);
    }
}

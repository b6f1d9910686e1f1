//! A connection that counts against the limits for as long as it lives, whatever it is upgraded to.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// Connections at once.
const MAX_CONNECTIONS: usize = 8192;
/// Connections at once from one address: a whole office may be behind it, with two connections for each member.
const MAX_PER_ADDRESS: usize = 1024;

/// Counts connections.
#[derive(Debug)]
pub struct Admission {
    most: usize,
    most_per_address: usize,
    counts: Mutex<(usize, HashMap<IpAddr, usize>)>,
}

impl Default for Admission {
    fn default() -> Self {
        Self::new(MAX_CONNECTIONS, MAX_PER_ADDRESS)
    }
}

/// One counted connection; dropping it makes room.
#[derive(Debug)]
pub struct Ticket {
    admission: Arc<Admission>,
    address: IpAddr,
}

impl Admission {
    /// For so many at once, of whom so many from one address.
    pub fn new(most: usize, most_per_address: usize) -> Self {
        Self { most, most_per_address, counts: Mutex::default() }
    }

    /// Takes one more connection from an address, or not.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Ticket> {
        let address = subscriber(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, by_address) = &mut *counts;
        if *all >= self.most || by_address.get(&address).is_some_and(|n| *n >= self.most_per_address) {
            return None;
        }
        *all += 1;
        *by_address.entry(address).or_default() += 1;
        Some(Ticket { admission: self.clone(), address })
    }
}

/// Whose address it is: an IPv6 subscriber has a whole /64 (RFC 6177 section 2).
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(a) => Ipv6Addr::from_bits(a.to_bits() & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut counts = self.admission.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, by_address) = &mut *counts;
        *all = all.saturating_sub(1);
        if let Some(n) = by_address.get_mut(&self.address) {
            *n = n.saturating_sub(1);
            if *n == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}

/// With TLS or without.
#[derive(Debug)]
pub enum Io {
    /// Without.
    Plain(TcpStream),
    /// With.
    Tls(Box<TlsStream<TcpStream>>),
}

/// A counted connection.
#[derive(Debug)]
pub struct Stream {
    io: Io,
    /// A byte that was read to see what is spoken.
    first: Option<u8>,
    _ticket: Ticket,
}

impl Stream {
    /// Binds a connection and its place together.
    pub fn new(io: Io, ticket: Ticket) -> Self {
        Self { io, first: None, _ticket: ticket }
    }

    /// Puts back the first byte.
    #[must_use]
    pub fn beginning_with(self, first: Option<u8>) -> Self {
        Self { first, ..self }
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if buf.remaining() > 0
            && let Some(first) = self.first.take()
        {
            buf.put_slice(&[first]);
            return Poll::Ready(Ok(()));
        }
        match &mut self.io {
            Io::Plain(s) => Pin::new(s).poll_read(cx, buf),
            Io::Tls(s) => Pin::new(s).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.io {
            Io::Plain(s) => Pin::new(s).poll_write(cx, buf),
            Io::Tls(s) => Pin::new(s).poll_write(cx, buf),
        }
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(s) => Pin::new(s).poll_flush(cx),
            Io::Tls(s) => Pin::new(s).poll_flush(cx),
        }
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(s) => Pin::new(s).poll_shutdown(cx),
            Io::Tls(s) => Pin::new(s).poll_shutdown(cx),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_every_place() {
        let admission = Arc::new(Admission::default());
        let (a, b) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let mut tickets: Vec<_> = (0..MAX_PER_ADDRESS).map(|_| admission.admit(a).unwrap()).collect();
        assert!(admission.admit(a).is_none());
        assert!(admission.admit(b).is_some());
        let networks = ["2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"].map(|a| subscriber(a.parse().unwrap()));
        assert!(networks[0] == networks[1] && networks[1] != networks[2]);
        assert_eq!(subscriber("::ffff:192.0.2.1".parse().unwrap()), a);
        tickets.pop();
        assert!(admission.admit(a).is_some());
    }
}

//! A connection that counts against the limits for as long as it lives, whatever it is upgraded to.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
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
#[derive(Debug, Default)]
pub struct Admission {
    counts: Mutex<(usize, HashMap<IpAddr, usize>)>,
}

/// One counted connection; dropping it makes room.
#[derive(Debug)]
pub struct Ticket {
    admission: Arc<Admission>,
    address: IpAddr,
}

impl Admission {
    /// Takes one more connection from an address, or not.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Ticket> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, by_address) = &mut *counts;
        if *all >= MAX_CONNECTIONS || by_address.get(&address).is_some_and(|n| *n >= MAX_PER_ADDRESS) {
            return None;
        }
        *all += 1;
        *by_address.entry(address).or_default() += 1;
        Some(Ticket { admission: self.clone(), address })
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
    _ticket: Ticket,
}

impl Stream {
    /// Binds a connection and its place together.
    pub fn new(io: Io, ticket: Ticket) -> Self {
        Self { io, _ticket: ticket }
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
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
        tickets.pop();
        assert!(admission.admit(a).is_some());
    }
}

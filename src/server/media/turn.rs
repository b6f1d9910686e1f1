//! The embedded TURN server (RFC 8656), which reaches our own media and nothing else.
//!
//! It has no sockets. An allocation is an address that only we know: what a client sends through it goes into the forwarder as a
//! datagram from there ([`Way::Relayed`]), and what the forwarder answers goes back to the client. So there is nothing that could be
//! reached through it, whatever a client asks for; asking for another peer is refused besides (403).
//!
//! [`relay`] is sans-IO: messages and the time come in, answers and datagrams come out. It serves clients by UDP (the forwarder's
//! threads) and over TCP and TLS (`sfu/relayed.rs`). [`servers`] makes the credentials, and says where clients find it.
//!
//! `turn-server-proto` was looked at: it keeps a list of users instead of checking time-limited names, bounds neither allocations nor
//! answers to strangers, has no say in who is a peer, and is made for sockets that we do not have. What is left of it is the
//! message format, which our client has too ([`crate::net::stun::message`]).

mod allocation;
mod credentials;
pub(crate) mod relay;
mod servers;
#[cfg(test)]
#[cfg(feature = "client")]
mod tests;

pub use credentials::Secret;
pub(crate) use servers::Embedded;
pub use servers::{Config, External, Servers};

use self::relay::{Relay, Taken};
use crate::server::media::sfu::way::Way;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The relay as the forwarder's threads and the connections share it.
#[derive(Debug)]
pub(crate) struct Turn(Mutex<Relay>);

impl Turn {
    /// One that relays to these addresses of ours.
    pub(crate) fn new(secret: Secret, media: Vec<SocketAddr>) -> Self {
        Self(Mutex::new(Relay::new(secret, media, Instant::now(), unix())))
    }

    fn relay(&self) -> MutexGuard<'_, Relay> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// See [`Relay::take`].
    pub(crate) fn take<'a>(&self, now: Instant, from: Way, message: &'a [u8]) -> Taken<'a> {
        self.relay().take(now, from, message)
    }

    /// See [`Relay::wrap`].
    pub(crate) fn wrap(&self, now: Instant, number: u64, datagram: &[u8], out: &mut Vec<u8>) -> Option<Way> {
        self.relay().wrap(now, number, datagram, out)
    }

    /// Whether a client has an allocation.
    pub(crate) fn serves(&self, client: Way) -> bool {
        self.relay().serves(Instant::now(), client)
    }

    /// A client's connection has ended.
    pub(crate) fn end(&self, client: Way) {
        self.relay().end(client);
    }

    /// How many allocations there are.
    pub(crate) fn allocations(&self) -> usize {
        self.relay().allocations(Instant::now())
    }
}

/// The relay without threads, sockets and clocks: for the fuzz target.
#[doc(hidden)]
#[derive(Debug)]
pub struct ByHand(Relay);

impl ByHand {
    /// One that relays to this address of ours.
    pub fn new(media: SocketAddr, now: Instant) -> Self {
        Self(Relay::new(Secret::fresh(), vec![media], now, unix()))
    }

    /// Takes a datagram; what is answered, and whether something went to our media.
    pub fn take(&mut self, now: Instant, from: SocketAddr, message: &[u8]) -> (Option<Vec<u8>>, bool) {
        match self.0.take(now, Way::Udp(from), message) {
            Taken::Answer(answer) => (Some(answer), false),
            Taken::Relay(..) => (None, true),
            Taken::Nothing => (None, false),
        }
    }

    /// How many allocations there are.
    pub fn allocations(&mut self, now: Instant) -> usize {
        self.0.allocations(now)
    }
}

/// Seconds since the Unix epoch.
fn unix() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

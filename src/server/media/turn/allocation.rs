//! What one client has: a relayed address, and whom it may send to.

use crate::server::media::sfu::way::Way;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// How long a permission and a channel last (RFC 8656 sections 9 and 12).
const PERMISSION: Duration = Duration::from_secs(300);
const CHANNEL: Duration = Duration::from_secs(600);
/// Peers of one allocation, and permissions: our own addresses are fewer.
const PEERS: usize = 32;

/// An address of ours that a client talks to.
#[derive(Debug)]
pub(super) struct Peer {
    /// Of the way from it into the forwarder.
    pub(super) number: u64,
    pub(super) address: SocketAddr,
    channel: Option<(u16, Instant)>,
}

/// An allocation.
#[derive(Debug)]
pub(super) struct Allocation {
    pub(super) user: Vec<u8>,
    /// Of the request that made it, which may come again.
    pub(super) transaction: [u8; 12],
    pub(super) relayed: SocketAddr,
    pub(super) until: Instant,
    pub(super) peers: Vec<Peer>,
    permissions: Vec<(IpAddr, Instant)>,
}

impl Allocation {
    pub(super) fn new(user: Vec<u8>, transaction: [u8; 12], relayed: SocketAddr, until: Instant) -> Self {
        Self { user, transaction, relayed, until, peers: Vec::new(), permissions: Vec::new() }
    }

    /// The client may send to an address and hear from it; `false`: it has too many already.
    pub(super) fn permit(&mut self, now: Instant, ip: IpAddr) -> bool {
        self.permissions.retain(|(p, until)| *p != ip && *until > now);
        let room = self.permissions.len() < PEERS;
        if room {
            self.permissions.push((ip, now + PERMISSION));
        }
        room
    }

    pub(super) fn permits(&self, now: Instant, ip: IpAddr) -> bool {
        self.permissions.iter().any(|(p, until)| *p == ip && *until > now)
    }

    /// Binds a channel; `false`: it is another peer's, or the peer has another (RFC 8656 section 12.2).
    pub(super) fn bind(&mut self, now: Instant, number: u16, address: SocketAddr, fresh: impl FnOnce() -> u64) -> bool {
        let clashes = |p: &Peer| p.channel.is_some_and(|(n, until)| until > now && (n == number) != (p.address == address));
        if self.peers.iter().any(clashes) || self.peer(address, fresh).is_none() || !self.permit(now, address.ip()) {
            return false;
        }
        let peer = self.peers.iter_mut().find(|p| p.address == address);
        peer.map(|p| p.channel = Some((number, now + CHANNEL))).is_some()
    }

    /// The peer at an address; `None`: there are too many.
    pub(super) fn peer(&mut self, address: SocketAddr, fresh: impl FnOnce() -> u64) -> Option<&Peer> {
        if let Some(at) = self.peers.iter().position(|p| p.address == address) {
            return self.peers.get(at);
        }
        if self.peers.len() >= PEERS {
            return None;
        }
        self.peers.push(Peer { number: fresh(), address, channel: None });
        self.peers.last()
    }

    /// The peer of a channel.
    pub(super) fn of_channel(&self, now: Instant, number: u16) -> Option<&Peer> {
        self.peers.iter().find(|p| p.channel(now) == Some(number))
    }

    /// The way into the forwarder that a peer's datagrams take.
    pub(super) fn way(&self, peer: &Peer) -> Way {
        Way::Relayed(peer.number, self.relayed)
    }
}

impl Peer {
    /// Its channel.
    pub(super) fn channel(&self, now: Instant) -> Option<u16> {
        self.channel.filter(|(_, until)| *until > now).map(|(number, _)| number)
    }
}

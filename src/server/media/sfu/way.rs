//! Ways to a client.

use std::net::SocketAddr;

/// Where a datagram came from, and where its answer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Way {
    /// By UDP.
    Udp(SocketAddr),
    /// Over a TCP connection (ICE-TCP), from this address. Connections are numbered for the server's life, so none is
    /// mistaken for an earlier one from the same address.
    Tcp(u64, SocketAddr),
    /// Through our own TURN server ([`crate::server::media::turn`]), from this relayed address. Numbered in the same manner.
    Relayed(u64, SocketAddr),
}

impl Way {
    /// The client's address, as its STUN answers say.
    pub(crate) fn address(self) -> SocketAddr {
        match self {
            Self::Udp(address) | Self::Tcp(_, address) | Self::Relayed(_, address) => address,
        }
    }

    /// The address, if datagrams go there by UDP.
    pub(crate) fn udp(self) -> Option<SocketAddr> {
        match self {
            Self::Udp(address) => Some(address),
            Self::Tcp(..) | Self::Relayed(..) => None,
        }
    }
}

impl From<SocketAddr> for Way {
    fn from(address: SocketAddr) -> Self {
        Self::Udp(address)
    }
}

#[cfg(test)]
impl PartialEq<SocketAddr> for Way {
    fn eq(&self, other: &SocketAddr) -> bool {
        *self == Self::Udp(*other)
    }
}

//! Datagrams from and to the kernel, many with one system call where the system can (`recvmmsg`, `sendmmsg`).

use super::outbox::Outbox;
use super::streams::Streams;
use super::way::Way;
pub(crate) use crate::net::frames::DATAGRAM; // longer ones are cut and fail to authenticate
use crate::server::media::turn::Turn;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// Datagrams taken from the kernel at once: a raised value costs memory, a lowered one system calls under load.
const TAKEN: usize = 32;
/// Datagrams given to the kernel at once.
const GIVEN: usize = 64;

/// The sender of a datagram whose sender the kernel does not say.
const NOBODY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// What [`Receive::fill`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// Everything that was there.
    All,
    /// There may be more.
    More,
}

/// Datagrams as they came; memory is taken once.
pub(crate) struct Receive {
    buffers: Box<[[u8; DATAGRAM]; TAKEN]>,
    /// Whence and how long, of the first buffers.
    came: [(SocketAddr, usize); TAKEN],
    count: usize,
    next: usize,
    #[cfg(target_os = "linux")]
    headers: nix::sys::socket::MultiHeaders<nix::sys::socket::SockaddrStorage>,
}

impl Receive {
    pub(crate) fn new() -> Self {
        Self {
            buffers: Box::new([[0; DATAGRAM]; TAKEN]),
            came: [(NOBODY, 0); TAKEN],
            count: 0,
            next: 0,
            #[cfg(target_os = "linux")]
            headers: nix::sys::socket::MultiHeaders::preallocate(TAKEN, None),
        }
    }

    /// The next datagram of those that [`Receive::fill`] has taken.
    pub(crate) fn next(&mut self) -> Option<(SocketAddr, &mut [u8])> {
        if self.next >= self.count {
            return None;
        }
        let (from, length) = *self.came.get(self.next)?;
        let datagram = self.buffers.get_mut(self.next)?.get_mut(..length)?;
        self.next += 1;
        Some((from, datagram))
    }

    /// Takes what waits, without waiting for more. An error is that of an earlier datagram (ICMP): there may be more.
    #[cfg(target_os = "linux")]
    pub(crate) fn fill(&mut self, socket: &UdpSocket) -> Came {
        use nix::sys::socket::{MsgFlags, recvmmsg};
        use std::io::IoSliceMut;
        use std::os::fd::AsRawFd as _;
        (self.count, self.next) = (0, 0);
        let mut slices = self.buffers.each_mut().map(|buffer| [IoSliceMut::new(buffer)]);
        let taken = recvmmsg(socket.as_raw_fd(), &mut self.headers, slices.iter_mut(), MsgFlags::MSG_DONTWAIT, None);
        let messages = match taken {
            Ok(messages) => messages,
            Err(nix::errno::Errno::EAGAIN) => return Came::All,
            Err(_) => return Came::More,
        };
        for (message, came) in messages.zip(&mut self.came) {
            *came = (message.address.as_ref().and_then(address).unwrap_or(NOBODY), message.bytes);
            self.count += 1;
        }
        if self.count == TAKEN { Came::More } else { Came::All }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn fill(&mut self, socket: &UdpSocket) -> Came {
        (self.count, self.next) = (0, 0);
        for (buffer, came) in self.buffers.iter_mut().zip(&mut self.came) {
            match socket.recv_from(buffer) {
                Ok((length, from)) => *came = (from, length),
                Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => return Came::All,
                Err(_) => return Came::More,
            }
            self.count += 1;
        }
        Came::More
    }
}

#[cfg(target_os = "linux")]
fn address(of: &nix::sys::socket::SockaddrStorage) -> Option<SocketAddr> {
    let four = of.as_sockaddr_in().map(|a| SocketAddr::V4((*a).into()));
    four.or_else(|| of.as_sockaddr_in6().map(|a| SocketAddr::V6((*a).into())))
}

/// Hands datagrams to the kernel, those of ICE-TCP to their connections, and those that are relayed to their TURN clients.
pub(crate) struct Transmit {
    streams: Arc<Streams>,
    turn: Arc<OnceLock<Turn>>,
    /// What goes through our TURN server, wrapped.
    wrapped: Vec<u8>,
    #[cfg(target_os = "linux")]
    headers: nix::sys::socket::MultiHeaders<nix::sys::socket::SockaddrStorage>,
}

impl Transmit {
    /// Sends everything once there is enough of it.
    pub(crate) fn flush_if_full(&mut self, socket: &UdpSocket, out: &mut Outbox) {
        if out.len() >= GIVEN {
            self.flush(socket, out);
        }
    }

    /// Sends everything. What there is no room for is dropped: late audio is worse than lost audio.
    pub(crate) fn flush(&mut self, socket: &UdpSocket, out: &mut Outbox) {
        for (to, datagram) in out.iter() {
            match to {
                Way::Udp(_) => {}
                Way::Tcp(number, _) => drop(self.streams.put(number, datagram)),
                Way::Relayed(number, _) => {
                    let client = self.turn.get().and_then(|t| t.wrap(Instant::now(), number, datagram, &mut self.wrapped));
                    match client {
                        Some(Way::Udp(client)) => drop(socket.send_to(&self.wrapped, client)), // no room: dropped
                        Some(Way::Tcp(number, _)) => drop(self.streams.put(number, &self.wrapped)),
                        Some(Way::Relayed(..)) | None => {}
                    }
                }
            }
        }
        self.send(socket, out);
        out.clear();
    }
}

#[cfg(target_os = "linux")]
impl Transmit {
    pub(crate) fn new(streams: Arc<Streams>, turn: Arc<OnceLock<Turn>>) -> Self {
        Self { streams, turn, wrapped: Vec::new(), headers: nix::sys::socket::MultiHeaders::preallocate(GIVEN, None) }
    }

    fn send(&mut self, socket: &UdpSocket, out: &Outbox) {
        use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrStorage, sendmmsg};
        use std::io::IoSlice;
        use std::os::fd::AsRawFd as _;
        const NO_CONTROL: [ControlMessage<'_>; 0] = [];
        let mut datagrams = out.iter().filter_map(|(to, bytes)| Some((to.udp()?, bytes)));
        loop {
            let mut slices = [[IoSlice::new(&[])]; GIVEN];
            let mut addresses = [None::<SockaddrStorage>; GIVEN];
            let mut count = 0;
            for ((slice, address), (to, bytes)) in slices.iter_mut().zip(&mut addresses).zip(datagrams.by_ref()) {
                *slice = [IoSlice::new(bytes)];
                *address = Some(to.into());
                count += 1;
            }
            let mut from = 0;
            while from < count {
                let (Some(slices), Some(addresses)) = (slices.get(from..count), addresses.get(from..count)) else { break };
                let flags = MsgFlags::MSG_DONTWAIT;
                let sent =
                    sendmmsg(socket.as_raw_fd(), &mut self.headers, slices, addresses, NO_CONTROL, flags).map(|r| r.count());
                match sent {
                    Ok(sent) => from += sent.max(1),
                    Err(nix::errno::Errno::EAGAIN) => break,
                    Err(_) => from += 1, // this one cannot be sent: the next may
                }
            }
            if count < GIVEN {
                break;
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Transmit {
    pub(crate) fn new(streams: Arc<Streams>, turn: Arc<OnceLock<Turn>>) -> Self {
        Self { streams, turn, wrapped: Vec::new() }
    }

    fn send(&mut self, socket: &UdpSocket, out: &Outbox) {
        for (to, datagram) in out.iter() {
            if let Some(to) = to.udp() {
                let _ = socket.send_to(datagram, to); // no room: dropped
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_both_families_comes_whole_in_order_and_with_its_senders() {
        for listen in ["127.0.0.1:0", "[::1]:0", "[::]:0"] {
            let Ok(socket) = UdpSocket::bind(listen) else { continue };
            socket.set_nonblocking(true).unwrap();
            let at = socket.local_addr().unwrap();
            let hosts: &[&str] = match listen {
                "[::]:0" => &["::1", "127.0.0.1"],
                "[::1]:0" => &["::1"],
                _ => &["127.0.0.1"],
            };
            let host = |n: usize| hosts[n % hosts.len()].parse::<std::net::IpAddr>().unwrap();
            let mut out = Outbox::default();
            let mut receive = Receive::new();
            assert_eq!(receive.fill(&socket), Came::All);
            let senders: Vec<UdpSocket> = (0..4).filter_map(|n| UdpSocket::bind((host(n), 0)).ok()).collect();
            // Sent one by one, so that each has come before the next is sent.
            let sent: Vec<(SocketAddr, Vec<u8>)> = (0..60usize)
                .map(|n| {
                    let sender = &senders[n % senders.len()];
                    let from = sender.local_addr().unwrap();
                    let bytes = vec![n as u8; n % 7 * 300 + 1];
                    sender.send_to(&bytes, (from.ip(), at.port())).unwrap();
                    (from, bytes)
                })
                .collect();
            let mut came = Vec::new();
            for round in 0.. {
                assert!(round < 1000, "only {} of {} came", came.len(), sent.len());
                let more = receive.fill(&socket);
                while let Some((from, datagram)) = receive.next() {
                    out.push(from, datagram);
                    came.push((SocketAddr::new(from.ip().to_canonical(), from.port()), datagram.to_vec()));
                }
                if more == Came::All && came.len() == sent.len() {
                    break;
                }
            }
            assert!(came == sent, "{listen}");
            // And back, in batches.
            Transmit::new(Arc::default(), Arc::default()).flush(&socket, &mut out);
            let mut buffer = [0; DATAGRAM];
            for (n, (_, bytes)) in sent.iter().enumerate() {
                let sender = &senders[n % senders.len()];
                sender.set_read_timeout(Some(std::time::Duration::from_secs(5))).unwrap();
                let length = sender.recv(&mut buffer).unwrap();
                assert!(buffer[..length] == bytes[..], "{listen}: answer {n}");
            }
        }
    }
}

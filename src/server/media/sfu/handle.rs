//! The handle of the forwarder, its sockets and its threads.

use super::core::{Command, Core, Routes};
use super::dtls::Identity;
use super::streams::Streams;
use super::tally::Published;
use super::way::Way;
use super::worker::{self, Ends, Mailbox};
use super::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, SfuConfig, SfuEvent, TrackKey};
use crate::server::media::turn::Turn;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use nix::sys::socket::{setsockopt, sockopt};
use std::collections::HashMap;
use std::io::{Error, Result};
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::mpsc;

/// Room in the kernel for bursts; as much of it as the system grants.
const SOCKET_BUFFER: usize = 4 << 20;

/// Stack of a thread: `rtc-dtls` recurses over the fragments of a handshake message (see [`crate::net::dtls_gate`]).
const STACK: usize = 8 << 20;

/// Which thread holds a peer or a track.
#[derive(Debug, Default)]
struct Directory {
    peers: HashMap<PeerKey, usize>,
    tracks: HashMap<TrackKey, (PeerKey, usize)>,
}

struct Shared {
    local: SocketAddr,
    identity: Identity,
    threads: Vec<Mailbox>,
    directory: Mutex<Directory>,
    stop: Arc<AtomicBool>,
    serial: AtomicU64,
    tallies: Vec<Arc<Published>>,
    routes: Arc<Routes>,
    streams: Arc<Streams>,
    turn: Arc<OnceLock<Turn>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.threads.iter().for_each(Mailbox::wake);
    }
}

/// Handle of the forwarder. Methods never block; what they ask is carried out in order per room. When the last handle is
/// dropped, the forwarder ends.
#[derive(Clone)]
pub struct Sfu(Arc<Shared>);

impl std::fmt::Debug for Sfu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sfu").field("local", &self.0.local).field("threads", &self.0.threads.len()).finish()
    }
}

impl Sfu {
    /// Binds the UDP port, makes the DTLS certificate and starts the threads.
    ///
    /// Events go to `events` and are never waited for: while it is full they queue up to a bound, levels only the latest.
    ///
    /// # Errors
    /// The port cannot be bound, a thread not started, or there is no randomness for a certificate.
    pub fn start(config: SfuConfig, events: mpsc::Sender<SfuEvent>) -> Result<Self> {
        let count = match config.threads {
            _ if cfg!(not(target_os = "linux")) => 1, // elsewhere SO_REUSEPORT does not spread datagrams
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        let identity = Identity::generate().map_err(Error::other)?;
        let first = bind(config.listen, count > 1)?;
        let local = first.local_addr()?;
        let mut sockets = vec![first];
        for _ in 1..count {
            sockets.push(bind(local, true)?);
        }
        let (mut threads, mut inboxes) = (Vec::new(), Vec::new());
        for _ in 0..count {
            let (mailbox, inbox) = worker::mailbox()?;
            threads.push(mailbox);
            inboxes.push(inbox);
        }
        let stop = Arc::new(AtomicBool::new(false));
        let routes = Arc::new(Routes::default());
        let (directory, serial) = (Mutex::default(), AtomicU64::new(0));
        let tallies: Vec<Arc<Published>> = threads.iter().map(|_| Arc::default()).collect();
        // From here on, an error drops the handle and so ends the threads that run already.
        let (streams, tallies_of) = (Arc::<Streams>::default(), tallies.clone());
        let turn = Arc::<OnceLock<Turn>>::default();
        let shared = Shared {
            local,
            identity,
            threads,
            directory,
            stop,
            serial,
            tallies,
            routes: routes.clone(),
            streams: streams.clone(),
            turn: turn.clone(),
        };
        let sfu = Self(Arc::new(shared));
        for (thread, ((socket, inbox), tally)) in sockets.into_iter().zip(inboxes).zip(tallies_of).enumerate() {
            let core = Core::new(sfu.0.identity.clone(), routes.clone(), thread);
            let (others, sender, stop) = (sfu.0.threads.clone(), events.clone(), sfu.0.stop.clone());
            let ends = Ends { inbox, others, sender, stop, tally, streams: streams.clone(), turn: turn.clone() };
            std::thread::Builder::new()
                .name(format!("media-{thread}"))
                .stack_size(STACK)
                .spawn(move || worker::run(core, socket, ends))?;
        }
        Ok(sfu)
    }

    /// What all threads have done so far.
    #[must_use]
    pub fn tally(&self) -> crate::server::metrics::Media {
        Published::sum(self.0.tallies.iter().map(Arc::as_ref))
    }

    /// The bound UDP address.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.0.local
    }

    /// SHA-256 of our DTLS certificate, as `AB:CD:…` for `a=fingerprint:sha-256`.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        self.0.identity.fingerprint()
    }

    /// A user name fragment that no other peer of this forwarder has, and a password of 144 random bits (RFC 8445 section 5.3).
    #[must_use]
    pub fn fresh_credentials(&self) -> IceCredentials {
        let mut random = [0u8; 24];
        // Without randomness nothing here is safe, and the certificate could not have been made.
        while getrandom::fill(&mut random).is_err() {
            std::thread::yield_now();
        }
        let (name, password) = random.split_at(6);
        // Unique by its count, unguessable by its password. Base64's letters are exactly the ice-chars.
        let serial = self.0.serial.fetch_add(1, Ordering::Relaxed);
        let mut unique = name.to_vec();
        unique.extend(serial.to_be_bytes().into_iter().skip_while(|b| *b == 0));
        IceCredentials { ufrag: STANDARD_NO_PAD.encode(unique), pwd: STANDARD_NO_PAD.encode(password) }
    }

    /// Adds a peer: its connectivity checks and its DTLS handshake are answered from now on.
    pub fn add_peer(&self, room: RoomKey, peer: PeerKey, transport: PeerTransport) {
        // Rooms are numbered one after another, so the remainder spreads them evenly.
        let thread = (room.0 % self.0.threads.len().max(1) as u64) as usize;
        self.directory().peers.insert(peer, thread);
        self.send(thread, Command::AddPeer { room, peer, transport });
    }

    /// Gives a peer new ICE credentials; its DTLS and SRTP sessions go on. The old ones hold until the client nominates a new pair.
    pub fn restart_ice(&self, peer: PeerKey, local: IceCredentials, remote: IceCredentials) {
        self.to_peer(peer, Command::RestartIce { peer, local, remote });
    }

    /// Announces how a peer sends a track. Idempotent; may be called again with another SSRC or MID.
    pub fn publish(&self, peer: PeerKey, track: TrackKey, incoming: Incoming) {
        let thread = self.directory().peers.get(&peer).copied();
        let Some(thread) = thread else { return };
        self.directory().tracks.insert(track, (peer, thread));
        self.send(thread, Command::Publish { peer, track, incoming });
    }

    /// Forgets a track and all its subscriptions.
    pub fn unpublish(&self, track: TrackKey) {
        let removed = self.directory().tracks.remove(&track);
        if let Some((_, thread)) = removed {
            self.send(thread, Command::Unpublish { track });
        }
    }

    /// Server-side mute: packets of the track are dropped.
    pub fn mute(&self, track: TrackKey, muted: bool) {
        let found = self.directory().tracks.get(&track).copied();
        if let Some((_, thread)) = found {
            self.send(thread, Command::Mute { track, muted });
        }
    }

    /// Forwards a track of the same room to a listener. A listener's earlier leg of this track, or with this SSRC, ends.
    pub fn subscribe(&self, listener: PeerKey, track: TrackKey, outgoing: Outgoing) {
        self.to_peer(listener, Command::Subscribe { listener, track, outgoing });
    }

    /// Ends a listener's leg.
    pub fn unsubscribe(&self, listener: PeerKey, track: TrackKey) {
        self.to_peer(listener, Command::Unsubscribe { listener, track });
    }

    /// A listener gets the room's speakers in these slots ([`crate::protocol::slots`]); empty: in none any more.
    pub fn slots(&self, listener: PeerKey, slots: Vec<Outgoing>) {
        self.to_peer(listener, Command::Slots { listener, slots });
    }

    /// A listener wants to hear a track in no slot, or in any again.
    pub fn decline(&self, listener: PeerKey, track: TrackKey, declined: bool) {
        self.to_peer(listener, Command::Decline { listener, track, declined });
    }

    /// Sends a message on the data channel that the client opened under `label`. Dropped if there is none, or if too much waits.
    pub fn send_data(&self, to: PeerKey, label: &str, payload: bytes::Bytes) {
        self.to_peer(to, Command::SendData { to, label: label.to_owned(), payload });
    }

    /// Removes a peer, its tracks and its legs, and closes its DTLS association.
    pub fn remove_peer(&self, peer: PeerKey) {
        let mut directory = self.directory();
        let removed = directory.peers.remove(&peer);
        directory.tracks.retain(|_, (publisher, _)| *publisher != peer);
        drop(directory);
        if let Some(thread) = removed {
            self.send(thread, Command::RemovePeer { peer });
        }
    }

    /// Says goodbye to all peers and ends the threads.
    pub fn shutdown(&self) {
        self.0.stop.store(true, Ordering::Release);
        self.0.threads.iter().for_each(Mailbox::wake);
    }

    /// Installs SRTP keys (AEAD_AES_128_GCM, 56 bytes as exported from DTLS) and an address without ICE and DTLS. For
    /// measurements of the forwarding path; not part of the interface.
    #[doc(hidden)]
    pub fn install_keys(&self, peer: PeerKey, address: SocketAddr, material: &[u8]) {
        self.to_peer(peer, Command::InstallKeys { peer, address, material: zeroize::Zeroizing::new(material.to_vec()) });
    }

    #[cfg(test)]
    pub(crate) fn panic_in_room_of(&self, peer: PeerKey) {
        self.to_peer(peer, Command::Panic { peer });
    }

    /// Serves TURN from now on, on the same port.
    pub(crate) fn relay(&self, turn: Turn) {
        let _ = self.0.turn.set(turn); // it is set once
    }

    pub(crate) fn turn(&self) -> Option<&Turn> {
        self.0.turn.get()
    }

    pub(super) fn streams(&self) -> &Streams {
        &self.0.streams
    }

    /// The thread that a datagram belongs to.
    pub(super) fn thread_of(&self, datagram: &[u8], from: Way) -> Option<usize> {
        self.0.routes.thread_of(datagram, from)
    }

    /// Gives a thread a datagram that came by other means than its socket.
    pub(super) fn hand_over(&self, thread: usize, from: Way, datagram: &[u8]) {
        if let Some(mailbox) = self.0.threads.get(thread) {
            mailbox.hand_over(from, datagram);
        }
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.0.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn to_peer(&self, peer: PeerKey, command: Command) {
        let thread = self.directory().peers.get(&peer).copied();
        if let Some(thread) = thread {
            self.send(thread, command);
        }
    }

    pub(super) fn send(&self, thread: usize, command: Command) {
        let data = matches!(command, Command::SendData { .. });
        let lost = self.0.threads.get(thread).is_some_and(|t| !t.send(command)) && !self.0.stop.load(Ordering::Acquire);
        if lost && data {
            tracing::debug!(thread, "the forwarder does not keep up; a data message is dropped");
        } else if lost {
            tracing::error!(thread, "the forwarder does not keep up; a command is lost");
        }
    }
}

/// A non-blocking UDP socket; `shared`: several may have the port.
fn bind(address: SocketAddr, shared: bool) -> Result<UdpSocket> {
    let socket = open(address, shared)?;
    // Best effort: the system's limit may be lower.
    let _ = setsockopt(&socket, sockopt::RcvBuf, &SOCKET_BUFFER);
    let _ = setsockopt(&socket, sockopt::SndBuf, &SOCKET_BUFFER);
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Linux spreads datagrams over the sockets that share a port. An address that stands for all of IPv6 stands for all of IPv4
/// too, whatever the system's default is.
#[cfg(target_os = "linux")]
fn open(address: SocketAddr, shared: bool) -> Result<UdpSocket> {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, bind, socket};
    use std::os::fd::{AsRawFd as _, OwnedFd};
    let family = if address.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let fd: OwnedFd = socket(family, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    setsockopt(&fd, sockopt::ReusePort, &shared)?;
    if address.is_ipv6() && address.ip().is_unspecified() {
        setsockopt(&fd, sockopt::Ipv6V6Only, &false)?;
    }
    bind(fd.as_raw_fd(), &SockaddrStorage::from(address))?;
    Ok(UdpSocket::from(fd))
}

#[cfg(not(target_os = "linux"))]
fn open(address: SocketAddr, _: bool) -> Result<UdpSocket> {
    UdpSocket::bind(address) // one thread
}

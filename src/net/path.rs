//! The way of media through the network: a [`Ladder`] with sockets and connections.
//!
//! Above it stands one UDP socket as any WebRTC stack wants it ([`crate::rtc`]), with one address of the server that never changes
//! ([`Path::server`]); below it are the server's real addresses ([`Path::describe`] takes them out of its description) and
//! connections of our tunnel, two of them where a rung is in use. The stack's datagrams are sent where the ladder says, and nothing waits:
//! what there is no room for is dropped.

mod lanes;
mod probe;

pub use probe::probe;

use super::duplicates::Duplicates;
use super::frames::{Backlog, Token};
use super::ladder::{Ladder, Rung};
use super::{Options, Target, stun};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::AbortHandle;

/// Datagrams that came by a connection and wait for the stack.
const INCOMING: usize = 256;
/// Addresses of the server that are tried by UDP.
const ADDRESSES: usize = 16;
/// The server is not told more often that media goes over another rung.
const TELL: Duration = Duration::from_millis(200);

/// What a path is made for.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server's one public port.
    pub target: Target,
    /// How connections to it are made.
    pub net: Options,
    /// The rungs that may be used.
    pub rungs: Vec<Rung>,
    /// The one that was best the last time, on this network.
    pub first: Option<Rung>,
    /// The address of this machine that media uses.
    pub local: IpAddr,
}

/// One peer connection's way. Dropping it closes its connections.
#[derive(Debug)]
pub struct Path {
    shared: Arc<Shared>,
    incoming: Mutex<mpsc::Receiver<Vec<u8>>>,
    used: watch::Receiver<Option<Rung>>,
    driver: AbortHandle,
}

impl Drop for Path {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

#[derive(Debug)]
struct Shared {
    config: Config,
    token: Token,
    state: Mutex<State>,
    /// The driver has something to look at.
    wake: Notify,
    incoming: mpsc::Sender<Vec<u8>>,
}

#[derive(Debug)]
struct State {
    ladder: Ladder,
    /// The socket that the stack uses: a handle of ours.
    udp: Option<UdpSocket>,
    /// The server's addresses, and the one that has answered.
    addresses: Vec<SocketAddr>,
    answered: Option<SocketAddr>,
    /// The connections that are open.
    open: Vec<(Rung, u64, Arc<Backlog>)>,
    duplicates: Duplicates,
    /// The stack's latest nominating check: whom it names, and the check.
    nomination: Option<(Vec<u8>, Vec<u8>)>,
    told: Option<Instant>,
}

impl Path {
    /// A path; its connections are made when the stack asks for the server.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new(config: Config) -> io::Result<Self> {
        let mut token = Token::default();
        getrandom::fill(&mut token).map_err(|e| io::Error::other(e.to_string()))?;
        let (incoming_tx, incoming) = mpsc::channel(INCOMING);
        let (used_tx, used) = watch::channel(None);
        let ladder = Ladder::new(Instant::now(), &config.rungs, config.first);
        let state = State {
            ladder,
            udp: None,
            addresses: Vec::new(),
            answered: None,
            open: Vec::new(),
            duplicates: Duplicates::default(),
            nomination: None,
            told: None,
        };
        let shared = Shared { config, token, state: Mutex::new(state), wake: Notify::new(), incoming: incoming_tx };
        let shared = Arc::new(shared);
        let driver = tokio::spawn(lanes::drive(shared.clone(), used_tx)).abort_handle();
        Ok(Self { shared, incoming: Mutex::new(incoming), used, driver })
    }

    /// The address that the server has for the stack: one that leads nowhere (RFC 5737, RFC 6666), of the family that is used.
    pub fn server(&self) -> SocketAddr {
        match self.shared.config.local {
            IpAddr::V4(_) => SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 9)),
            IpAddr::V6(_) => SocketAddr::from((Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 1), 9)),
        }
    }

    /// The address of this machine that the stack binds its socket to.
    pub fn local(&self) -> IpAddr {
        self.shared.config.local
    }

    /// The rung in use, and its changes.
    pub fn used(&self) -> watch::Receiver<Option<Rung>> {
        self.used.clone()
    }

    /// Takes the server's candidates out of its description (RFC 8839 section 5.1), and puts the one in that stands for all of them.
    pub fn describe(&self, sdp: &str) -> String {
        let mut described = String::with_capacity(sdp.len());
        let mut stands = false;
        for line in sdp.split_inclusive('\n') {
            let Some(candidate) = line.trim_end().strip_prefix("a=candidate:") else {
                described.push_str(line);
                continue;
            };
            self.learn(candidate);
            if !std::mem::replace(&mut stands, true) {
                let to = self.server();
                described.push_str(&format!("a=candidate:1 1 udp 2130706431 {} {} typ host\r\n", to.ip(), to.port()));
            }
        }
        described
    }

    /// Takes note of a candidate of the server (what follows `candidate:`, RFC 8839 section 5.1).
    pub fn learn(&self, candidate: &str) {
        let mut words = candidate.split_ascii_whitespace().skip(1);
        let component_and_protocol = (words.next(), words.next().map(str::to_ascii_lowercase));
        let address =
            words.nth(1).zip(words.next()).and_then(|(ip, port)| Some(SocketAddr::new(ip.parse().ok()?, port.parse().ok()?)));
        let (Some(address), (Some("1"), Some(protocol))) = (address, component_and_protocol) else { return };
        let state = &mut *self.shared.state();
        let usable = protocol == "udp" && address.is_ipv4() == self.shared.config.local.is_ipv4();
        if usable && state.addresses.len() < ADDRESSES && !state.addresses.contains(&address) {
            state.addresses.push(address);
        }
    }

    /// Takes a handle of the socket that the stack uses from now on.
    ///
    /// # Errors
    /// The system has no more handles.
    pub fn bound(&self, socket: &UdpSocket) -> io::Result<()> {
        let socket = socket.try_clone()?;
        socket.set_nonblocking(true)?;
        self.shared.state().udp = Some(socket);
        Ok(())
    }

    /// Sends a datagram of the stack's to the server. The address to which the stack's own socket is to send it, if it goes by UDP
    /// alone.
    pub fn send(&self, datagram: &[u8]) -> Option<SocketAddr> {
        self.shared.state().send(Instant::now(), datagram)
    }

    /// Whether the stack is to have a datagram that came by UDP.
    pub fn receive(&self, from: SocketAddr, datagram: &[u8]) -> bool {
        self.shared.receive(Rung::Udp, Some(from), datagram)
    }

    /// The next datagram that came by other means than UDP.
    pub fn poll_receive(&self, cx: &mut Context<'_>) -> Poll<Option<Vec<u8>>> {
        self.incoming.lock().unwrap_or_else(PoisonError::into_inner).poll_recv(cx)
    }
}

/// Whether a datagram is RTP: not RTCP (RFC 5761 section 4), and no other protocol (RFC 7983).
pub(crate) fn is_rtp(datagram: &[u8]) -> bool {
    matches!(datagram, [128..=191, kind, ..] if !(192..=223).contains(kind))
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a datagram that came over a rung; whether the stack is to have it.
    fn receive(&self, rung: Rung, from: Option<SocketAddr>, datagram: &[u8]) -> bool {
        let (now, state) = (Instant::now(), &mut *self.state());
        if from.is_some_and(|from| !state.addresses.contains(&from)) {
            return false;
        }
        let answers = stun::read(datagram) == Some(stun::Message::Answer);
        let before = state.ladder.used();
        if answers && from.is_some() && (before != Some(Rung::Udp) || state.answered.is_none() || state.ladder.is_searching()) {
            state.answered = from;
        }
        if state.ladder.heard(now, rung, answers) {
            state.tell(now);
        }
        if state.ladder.used() != before {
            self.wake.notify_one();
        }
        !(is_rtp(datagram) && state.duplicates.seen(datagram))
    }
}

impl State {
    fn send(&mut self, now: Instant, datagram: &[u8]) -> Option<SocketAddr> {
        let Some(stun::Message::Check { username, nominates }) = stun::read(datagram) else {
            return match self.ladder.used()? {
                Rung::Udp => self.answered,
                rung => {
                    self.put(rung, datagram);
                    None
                }
            };
        };
        if nominates {
            self.nomination = Some((username.to_vec(), datagram.to_vec()));
        } else if self.nomination.as_ref().is_some_and(|(name, _)| name != username) {
            self.nomination = None; // an ICE restart: the server knows its names no longer
        }
        let searching = self.ladder.is_searching();
        for rung in self.ladder.check(now, nominates).collect::<Vec<_>>() {
            // Where UDP is tried, any of the server's addresses may be the one that answers.
            let tried = !nominates && (searching || self.ladder.used() != Some(Rung::Udp));
            if rung == Rung::Udp && tried {
                self.addresses.iter().for_each(|to| self.by_udp(Some(*to), datagram));
            } else {
                self.over(rung, datagram);
            }
        }
        None
    }

    /// Sends over a rung that has answered.
    fn over(&self, rung: Rung, datagram: &[u8]) {
        match rung {
            Rung::Udp => self.by_udp(self.answered, datagram),
            rung => self.put(rung, datagram),
        }
    }

    /// Sends beside the stack. What the system does not take now is dropped.
    fn by_udp(&self, to: Option<SocketAddr>, datagram: &[u8]) {
        if let (Some(udp), Some(to)) = (&self.udp, to) {
            let _ = udp.send_to(datagram, to);
        }
    }

    /// Sends over the connections of a rung: sound over all of them, everything else over the first that takes it.
    fn put(&self, rung: Rung, datagram: &[u8]) {
        let mut lanes = self.open.iter().filter(|(r, ..)| *r == rung);
        if is_rtp(datagram) {
            lanes.map(|(.., lane)| lane.put(datagram)).for_each(drop);
        } else {
            let _taken = lanes.any(|(.., lane)| lane.put(datagram));
        }
    }

    /// Tells the server that media goes over the rung in use, by the stack's own nominating check: the server sends where it comes from.
    fn tell(&mut self, now: Instant) {
        if self.told.is_some_and(|t| now < t + TELL) {
            return;
        }
        if let (Some((_, check)), Some(rung)) = (&self.nomination, self.ladder.used()) {
            self.over(rung, check);
            self.told = Some(now);
        }
    }
}

#[cfg(test)]
mod tests;

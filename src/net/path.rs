//! The way of media through the network: a [`Ladder`] with sockets and connections.
//!
//! Above it stands one UDP socket as any WebRTC stack wants it ([`crate::rtc`]), with one address of the server that never changes
//! ([`Path::server`]); below it are the server's real addresses ([`Path::describe`] takes them out of its description) and
//! connections of our tunnel, two of them where a rung is in use; towards a server that is not ours, connections to the addresses that it
//! names, and relays ([`Path::relays`]). The stack's datagrams are sent where the ladder says, and nothing waits: what there is no room for
//! is dropped. A server that checks for itself gets its answers the way that it asked.

mod candidates;
mod lanes;
mod probe;
mod relay;

pub use probe::probe;

use super::duplicates::Duplicates;
use super::frames::{Backlog, Token};
use super::ladder::{Ladder, Rung, Transport};
use super::turn::{self, Carrier};
use super::{Options, Target, stun};
use candidates::Candidate;
use std::collections::VecDeque;
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
/// Checks of the server's whose answers find their way back.
const ASKED: usize = 64;
/// The server is not told more often that media goes over another rung.
const TELL: Duration = Duration::from_millis(200);

/// What a path is made for.
#[derive(Debug, Clone)]
pub struct Config {
    /// The server's one public port.
    pub target: Target,
    /// How connections to it are made.
    pub net: Options,
    /// The server is ours: its port takes our tunnel. What another has beside UDP, it names in its description.
    pub ours: bool,
    /// What may be used, and what was best the last time, on this network.
    pub transport: Transport,
    /// The address of this machine that media uses.
    pub local: IpAddr,
}

/// One peer connection's way. Dropping it closes its connections.
#[derive(Debug)]
pub struct Path {
    shared: Arc<Shared>,
    incoming: Mutex<mpsc::Receiver<Vec<u8>>>,
    used: watch::Receiver<Option<Rung>>,
    lost: watch::Receiver<u32>,
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
    /// The server's addresses by UDP, and the one that has answered.
    addresses: Vec<SocketAddr>,
    answered: Option<SocketAddr>,
    /// Those of either family, to which relays may lead.
    peers: Vec<SocketAddr>,
    /// Those where it takes connections.
    passive: Vec<SocketAddr>,
    /// Who relays to it.
    relays: Vec<turn::Server>,
    /// The server's latest checks: by which transaction, and from where.
    asked: VecDeque<([u8; 12], Rung, Option<SocketAddr>)>,
    /// The connections that are open.
    open: Vec<(Rung, u64, Arc<Backlog>)>,
    duplicates: Duplicates,
    /// The stack's latest nominating check: whom it names, and the check.
    nomination: Option<(Vec<u8>, Vec<u8>)>,
    told: Option<Instant>,
}

impl Config {
    /// The rungs that are there from the start. None may mean that the server has yet to name them.
    ///
    /// # Errors
    /// A proxy is meant that cannot be used.
    fn rungs(&self) -> io::Result<Vec<Rung>> {
        if !self.ours {
            return Ok([Rung::Udp].into_iter().filter(|rung| self.transport.allows(*rung)).collect());
        }
        Ok(self.transport.rungs(self.target.tls, self.is_proxied(&self.target)?))
    }

    fn is_proxied(&self, to: &Target) -> io::Result<bool> {
        self.net.proxies.serving(to).map(|proxy| proxy.is_some()).map_err(|failure| io::Error::other(failure.text))
    }

    /// The rung by which a relay is reached; `None`: by none. A name that a proxy serves is not resolved here.
    fn rung_of(&self, relay: &turn::Server) -> Option<Rung> {
        let proxied = self.is_proxied(&relay.at).ok()?;
        let rung = match (relay.carrier, proxied) {
            (Carrier::Udp, false) => Rung::Turn,
            (Carrier::Udp, true) => relay.at.host.parse::<IpAddr>().ok().map(|_| Rung::Turn)?,
            (Carrier::Tcp, false) => Rung::TurnTcp,
            (Carrier::Tcp, true) => Rung::ProxyTurnTcp,
            (Carrier::Tls, false) => Rung::TurnTls,
            (Carrier::Tls, true) => Rung::ProxyTurnTls,
        };
        // The relay in a server of ours serves browsers: our tunnel goes wherever it goes, twice, and without a relay in between.
        let own = self.ours && relay.at.host == self.target.host && self.transport.only != Some(Rung::Turn);
        (self.transport.allows(rung) && !own).then_some(rung)
    }
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
        let (lost_tx, lost) = watch::channel(0);
        let rungs = config.rungs()?;
        let ladder = Ladder::new(Instant::now(), &rungs, config.transport.first);
        let state = State {
            ladder,
            udp: None,
            addresses: Vec::new(),
            answered: None,
            peers: Vec::new(),
            passive: Vec::new(),
            relays: Vec::new(),
            asked: VecDeque::new(),
            open: Vec::new(),
            duplicates: Duplicates::default(),
            nomination: None,
            told: None,
        };
        let shared = Shared { config, token, state: Mutex::new(state), wake: Notify::new(), incoming: incoming_tx };
        let shared = Arc::new(shared);
        let driver = tokio::spawn(lanes::drive(shared.clone(), used_tx, lost_tx)).abort_handle();
        Ok(Self { shared, incoming: Mutex::new(incoming), used, lost, driver })
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

    /// The candidate that stands for all of the server's (RFC 8839 section 5.1): the stack has it from the first description on, whether
    /// the server names its own in there, or later (RFC 8838).
    pub fn candidate(&self) -> String {
        let to = self.server();
        format!("candidate:1 1 udp 2130706431 {} {} typ host", to.ip(), to.port())
    }

    /// Takes the server's candidates out of its description.
    pub fn describe(&self, sdp: &str) -> String {
        let mut described = String::with_capacity(sdp.len());
        for line in sdp.split_inclusive('\n') {
            match line.trim_end().strip_prefix("a=candidate:") {
                Some(candidate) => self.learn(candidate),
                None => described.push_str(line),
            }
        }
        described
    }

    /// Takes note of a candidate of the server (what follows `candidate:`, RFC 8839 section 5.1).
    pub fn learn(&self, candidate: &str) {
        let config = &self.shared.config;
        let state = &mut *self.shared.state();
        let note = |list: &mut Vec<SocketAddr>, address| {
            if list.len() < ADDRESSES && !list.contains(&address) {
                list.push(address);
            }
        };
        match Candidate::read(candidate, config.local) {
            Some(Candidate::Udp(address)) => {
                note(&mut state.peers, address);
                if address.is_ipv4() == config.local.is_ipv4() {
                    note(&mut state.addresses, address);
                }
            }
            // Ours takes connections at its one port, and is asked there.
            Some(Candidate::Passive(address)) if !config.ours => {
                let by_proxy = config.is_proxied(&target_of(address));
                let rung = if by_proxy.unwrap_or_default() { Rung::ProxyTcp } else { Rung::Tcp };
                let reached = rung == Rung::ProxyTcp || address.is_ipv4() == config.local.is_ipv4();
                if reached && config.transport.allows(rung) {
                    note(&mut state.passive, address);
                    state.ladder.add(Instant::now(), rung);
                    self.shared.wake.notify_one();
                }
            }
            _ => {}
        }
    }

    /// Takes note of who relays to the server (instead of who was named before).
    pub fn relays(&self, mut servers: Vec<turn::Server>) {
        servers.truncate(turn::SERVERS);
        let state = &mut *self.shared.state();
        for rung in servers.iter().filter_map(|server| self.shared.config.rung_of(server)) {
            state.ladder.add(Instant::now(), rung);
        }
        state.relays = servers;
        self.shared.wake.notify_one();
    }

    /// Whether the server has named no way that may be used.
    pub fn leads_nowhere(&self) -> bool {
        self.shared.state().ladder.is_empty()
    }

    /// How often the way in use was lost so far, and its changes: another one is being looked for.
    pub fn lost(&self) -> watch::Receiver<u32> {
        self.lost.clone()
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

fn target_of(address: SocketAddr) -> Target {
    Target { host: address.ip().to_string(), port: address.port(), tls: false }
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
        let message = stun::read(datagram);
        let answers = message == Some(stun::Message::Answer);
        let before = state.ladder.used();
        if answers && from.is_some() && (before != Some(Rung::Udp) || state.answered.is_none() || state.ladder.is_searching()) {
            state.answered = from;
        }
        if state.ladder.heard(now, rung, answers) {
            state.tell(now);
        }
        if let (Some(stun::Message::Check { nominates, .. }), Some(transaction)) = (message, stun::transaction(datagram)) {
            state.asked.truncate(ASKED - 1);
            state.asked.push_front((transaction, rung, from));
            if nominates {
                state.answered = from.or(state.answered);
                state.ladder.nominated(now, rung);
            }
        }
        if state.ladder.used() != before {
            self.wake.notify_one();
        }
        !(is_rtp(datagram) && state.duplicates.seen(datagram))
    }
}

impl State {
    fn send(&mut self, now: Instant, datagram: &[u8]) -> Option<SocketAddr> {
        let message = stun::read(datagram);
        if message == Some(stun::Message::Answer) {
            self.reply(datagram);
            return None;
        }
        let Some(stun::Message::Check { username, nominates }) = message else {
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

    /// Answers a check of the server's the way that it came: another would be no answer to it.
    fn reply(&self, answer: &[u8]) {
        let transaction = stun::transaction(answer);
        match self.asked.iter().find(|(t, ..)| Some(*t) == transaction) {
            Some((_, Rung::Udp, from)) => self.by_udp(*from, answer),
            Some((_, rung, _)) => self.put(*rung, answer),
            None => {}
        }
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

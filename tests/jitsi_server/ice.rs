//! The bridge's one UDP port: a full ICE agent, controlling, as the videobridge has it, in front of our forwarder, which is
//! ICE-lite. Each endpoint has a socket of its own towards the forwarder; through it go the DTLS and SRTP of the pair that the
//! client and this agent have chosen.

use conclave::server::media::sfu::IceCredentials;
use rtc_dtls::crypto_provider::{RTCCryptoProvider, default_provider};
use rtc_stun::attributes::{
    ATTR_ERROR_CODE, ATTR_ICE_CONTROLLING, ATTR_PRIORITY, ATTR_USE_CANDIDATE, ATTR_USERNAME, AttrType, RawAttribute,
};
use rtc_stun::fingerprint::FINGERPRINT;
use rtc_stun::integrity::MessageIntegrity;
use rtc_stun::message::{BINDING_ERROR, BINDING_REQUEST, BINDING_SUCCESS, Message, MessageType, Setter, TransactionId};
use rtc_stun::xoraddr::XorMappedAddress;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Checks are sent again this often until they are answered.
const TICK: Duration = Duration::from_millis(50);
/// How often a check is sent, at most.
const TRIES: u32 = 200;
/// How often the forwarder is told that an endpoint is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(1);
/// An endpoint of which nothing has been heard for so long has gone.
const GONE: Duration = Duration::from_secs(10);

/// One connection of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Leg(pub(crate) u64);

/// What ends as the forwarder's peer.
#[derive(Clone)]
pub(crate) struct Inner {
    pub(crate) forwarder: IceCredentials,
    pub(crate) ours: IceCredentials,
}

struct State {
    ours: IceCredentials,
    theirs: Option<IceCredentials>,
    /// Where checks came from, and our own check towards there.
    checks: HashMap<SocketAddr, Check>,
    selected: Option<SocketAddr>,
    heard: Instant,
    inner: Option<Inner>,
    registered: Option<Instant>,
    upstream: Arc<UdpSocket>,
    reader: JoinHandle<()>,
}

struct Check {
    transaction: TransactionId,
    tries: u32,
    answered: bool,
}

#[derive(Default)]
struct Legs {
    legs: HashMap<Leg, State>,
    addresses: HashMap<SocketAddr, Leg>,
}

struct Shared {
    socket: UdpSocket,
    forwarder: SocketAddr,
    provider: Arc<dyn RTCCryptoProvider>,
    legs: Mutex<Legs>,
    deaf: AtomicBool,
}

/// The agent.
#[derive(Clone)]
pub(crate) struct Front(Arc<Shared>);

impl Front {
    /// Binds a port of this address. To be called in a runtime.
    pub(crate) async fn start(ip: IpAddr, forwarder: SocketAddr) -> Self {
        let socket = UdpSocket::bind((ip, 0)).await.unwrap();
        let provider = default_provider().unwrap();
        let front = Self(Arc::new(Shared { socket, forwarder, provider, legs: Mutex::default(), deaf: AtomicBool::new(false) }));
        let (here, shared) = (front.clone(), front.0.clone());
        tokio::spawn(async move { here.receive().await });
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(TICK);
            loop {
                tick.tick().await;
                shared.tick();
            }
        });
        front
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.0.socket.local_addr().unwrap()
    }

    /// A bridge that nobody can reach.
    pub(crate) fn set_deaf(&self, deaf: bool) {
        self.0.deaf.store(deaf, Ordering::Release);
    }

    /// A leg, and its credentials for the offer. To be called in a runtime.
    pub(crate) fn open(&self, leg: Leg, ours: IceCredentials) {
        let upstream = std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        upstream.connect(self.0.forwarder).unwrap();
        upstream.set_nonblocking(true).unwrap();
        let upstream = Arc::new(UdpSocket::from_std(upstream).unwrap());
        let (shared, from) = (self.0.clone(), upstream.clone());
        let reader = tokio::spawn(async move { shared.pass_back(leg, &from).await });
        let state = State {
            ours,
            theirs: None,
            checks: HashMap::new(),
            selected: None,
            heard: Instant::now(),
            inner: None,
            registered: None,
            upstream,
            reader,
        };
        self.0.lock().legs.insert(leg, state);
    }

    /// The client's credentials, of its answer.
    pub(crate) fn accept(&self, leg: Leg, theirs: IceCredentials, inner: Inner) {
        if let Some(state) = self.0.lock().legs.get_mut(&leg) {
            (state.theirs, state.inner) = (Some(theirs), Some(inner));
        }
    }

    /// An ICE restart, by the bridge: its new credentials. What was selected serves on.
    pub(crate) fn restart(&self, leg: Leg, ours: IceCredentials) {
        if let Some(state) = self.0.lock().legs.get_mut(&leg) {
            (state.ours, state.theirs) = (ours, None);
            state.checks.clear();
        }
    }

    /// The client's new credentials.
    pub(crate) fn restarted(&self, leg: Leg, theirs: IceCredentials) {
        if let Some(state) = self.0.lock().legs.get_mut(&leg) {
            state.theirs = Some(theirs);
        }
    }

    pub(crate) fn close(&self, leg: Leg) {
        let mut legs = self.0.lock();
        legs.addresses.retain(|_, of| *of != leg);
        if let Some(state) = legs.legs.remove(&leg) {
            state.reader.abort();
        }
    }

    async fn receive(self) {
        let mut buffer = vec![0; 2048];
        loop {
            let Ok((length, from)) = self.0.socket.recv_from(&mut buffer).await else { continue };
            let datagram = &buffer[..length];
            if self.0.deaf.load(Ordering::Acquire) || datagram.is_empty() {
                continue;
            }
            if datagram[0] < 4 {
                self.0.stun(datagram, from);
                continue;
            }
            let mut legs = self.0.lock();
            let leg = legs.addresses.get(&from).copied();
            if let Some(state) = leg.and_then(|leg| legs.legs.get_mut(&leg)) {
                state.heard = Instant::now();
                let _ = state.upstream.try_send(datagram);
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Legs> {
        self.legs.lock().unwrap()
    }

    fn message(&self, kind: MessageType, id: TransactionId, pwd: &str, more: Vec<Box<dyn Setter>>) -> Vec<u8> {
        let mut message = Message::new();
        let integrity = MessageIntegrity::new_short_term_integrity_with_provider(pwd.to_owned(), self.provider.crypto());
        let mut setters: Vec<Box<dyn Setter + '_>> = vec![Box::new(id), Box::new(kind)];
        for setter in more {
            setters.push(setter);
        }
        setters.push(Box::new(integrity));
        setters.push(Box::new(FINGERPRINT));
        message.build(&setters).unwrap();
        message.raw
    }

    /// A check that nominates.
    fn check(&self, from: &IceCredentials, to: &IceCredentials, id: TransactionId) -> Vec<u8> {
        let raw = |typ: AttrType, value: Vec<u8>| -> Box<dyn Setter> {
            Box::new(RawAttribute { typ, length: value.len() as u16, value })
        };
        let more = vec![
            raw(ATTR_USERNAME, format!("{}:{}", to.ufrag, from.ufrag).into_bytes()),
            raw(ATTR_PRIORITY, 0x6E00_1EFF_u32.to_be_bytes().to_vec()),
            raw(ATTR_ICE_CONTROLLING, u64::MAX.to_be_bytes().to_vec()),
            raw(ATTR_USE_CANDIDATE, Vec::new()),
        ];
        self.message(BINDING_REQUEST, id, &to.pwd, more)
    }

    fn stun(&self, datagram: &[u8], from: SocketAddr) {
        let mut message = Message::new();
        if message.unmarshal_binary(datagram).is_err() {
            return;
        }
        let mut legs = self.lock();
        let Legs { legs, addresses } = &mut *legs;
        if message.typ == BINDING_SUCCESS {
            let answers = |state: &State| state.checks.get(&from).is_some_and(|c| c.transaction == message.transaction_id);
            let Some((leg, state)) = legs.iter_mut().find(|(_, state)| answers(state)) else { return };
            state.checks.entry(from).and_modify(|check| check.answered = true);
            state.selected = Some(from);
            addresses.insert(from, *leg);
            return;
        }
        let username = message.get(ATTR_USERNAME).unwrap_or_default();
        let username = String::from_utf8_lossy(&username).into_owned();
        let ufrag = username.split(':').next().unwrap_or_default();
        let Some((leg, state)) = legs.iter_mut().find(|(_, state)| state.ours.ufrag == ufrag) else { return };
        let pwd = state.ours.pwd.clone();
        if message.typ != BINDING_REQUEST
            || MessageIntegrity::check(&mut message, pwd.as_bytes(), self.provider.crypto()).is_err()
        {
            return;
        }
        let id = message.transaction_id;
        if message.contains(ATTR_ICE_CONTROLLING) {
            // 487: the bridge is controlling (RFC 8445 section 7.3.1.1).
            let code: Box<dyn Setter> =
                Box::new(RawAttribute { typ: ATTR_ERROR_CODE, length: 17, value: b"\0\0\x04\x57Role Conflict".to_vec() });
            let _ = self.socket.try_send_to(&self.message(BINDING_ERROR, id, &pwd, vec![code]), from);
            return;
        }
        state.heard = Instant::now();
        addresses.insert(from, *leg);
        state.checks.entry(from).or_insert_with(|| Check { transaction: fresh(), tries: 0, answered: false });
        let mapped = XorMappedAddress { ip: from.ip(), port: from.port() };
        let _ = self.socket.try_send_to(&self.message(BINDING_SUCCESS, id, &pwd, vec![Box::new(mapped)]), from);
    }

    fn tick(&self) {
        let mut legs = self.lock();
        let deaf = self.deaf.load(Ordering::Acquire);
        for state in legs.legs.values_mut() {
            if let Some(theirs) = state.theirs.as_ref().filter(|_| !deaf) {
                for (to, check) in state.checks.iter_mut().filter(|(_, check)| !check.answered && check.tries < TRIES) {
                    check.tries += 1;
                    let _ = self.socket.try_send_to(&self.check(&state.ours, theirs, check.transaction), *to);
                }
            }
            let Some(inner) = &state.inner else { continue };
            if state.heard.elapsed() < GONE && state.registered.is_none_or(|at| at.elapsed() > KEEP_ALIVE) {
                let _ = state.upstream.try_send(&self.check(&inner.ours, &inner.forwarder, fresh()));
            }
        }
    }

    /// What the forwarder sends to an endpoint.
    async fn pass_back(&self, leg: Leg, upstream: &UdpSocket) {
        let mut buffer = vec![0; 2048];
        loop {
            let Ok(length) = upstream.recv(&mut buffer).await else { continue };
            let datagram = &buffer[..length];
            let selected = {
                let mut legs = self.lock();
                let Some(state) = legs.legs.get_mut(&leg) else { return };
                if datagram.first().is_none_or(|first| *first < 4) {
                    state.registered = Some(Instant::now());
                    continue;
                }
                state.selected
            };
            if let Some(to) = selected.filter(|_| !self.deaf.load(Ordering::Acquire)) {
                let _ = self.socket.try_send_to(datagram, to);
            }
        }
    }
}

fn fresh() -> TransactionId {
    let mut id = [0; 12];
    getrandom::fill(&mut id).unwrap();
    TransactionId(id)
}

//! The TURN server as a sans-IO state machine (RFC 8656). See [`super`] for what is special about it.

use super::allocation::Allocation;
use super::credentials::{REALM, Secret};
use crate::net::stun::message::{
    ALLOCATE, CHANNEL_BIND, CHANNEL_NUMBER, DATA, DATA_INDICATION, ERROR, ERROR_CODE, LIFETIME, MESSAGE_INTEGRITY, Message,
    NONCE, REALM as REALM_ATTRIBUTE, REFRESH, REQUESTED_ADDRESS_FAMILY, REQUESTED_TRANSPORT, SUCCESS, USERNAME, Writer,
    XOR_PEER_ADDRESS, XOR_RELAYED_ADDRESS,
};
use crate::net::stun::{MAGIC, XOR_MAPPED_ADDRESS};
use crate::server::edge::stream::subscriber;
use crate::server::media::sfu::way::Way;
use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

const BINDING: u16 = 0x0001;
const CREATE_PERMISSION: u16 = 0x0008;
const SEND_INDICATION: u16 = 0x0016;
const UNKNOWN_ATTRIBUTES: u16 = 0x000A;
const EVEN_PORT: u16 = 0x0018;
/// Nothing of ours is cut into fragments: there are no packets behind the relay.
const DONT_FRAGMENT: u16 = 0x001A;
/// What a request may bear that must be understood (RFC 8489 section 14: below 0x8000).
const UNDERSTOOD: [u16; 12] = [
    USERNAME,
    MESSAGE_INTEGRITY,
    REALM_ATTRIBUTE,
    NONCE,
    LIFETIME,
    REQUESTED_TRANSPORT,
    REQUESTED_ADDRESS_FAMILY,
    XOR_PEER_ADDRESS,
    CHANNEL_NUMBER,
    DATA,
    EVEN_PORT,
    DONT_FRAGMENT,
];

/// Allocations in all; a client has one for each of its networks and each way to us.
pub(super) const MOST: usize = 8192;
/// Of one address: a whole office may be behind it.
pub(super) const MOST_PER_ADDRESS: usize = 2048;
/// Of one name.
pub(super) const MOST_PER_USER: usize = 32;
/// How long an allocation lasts, in seconds: what is asked for, within these.
const LIFETIMES: (u32, u32) = (600, 3600);
/// Answers by UDP to requests without a proof, in a second: to one address, and in all. They are longer than what they answer.
pub(super) const STRANGERS: (u32, u32) = (64, 2048);
/// Relayed addresses have these ports; they are names only.
const PORTS: std::ops::RangeInclusive<u16> = 49152..=65535;
/// How often what has ended is looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// What a message was.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Taken<'a> {
    /// Nothing that has an effect.
    Nothing,
    /// A request, and its answer to the client.
    Answer(Vec<u8>),
    /// A datagram for the forwarder.
    Relay(Way, &'a [u8]),
}

/// Why a request is refused (RFC 8489 section 14.8, RFC 8656 section 19).
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    /// The number, and its words.
    Because(u16, &'static str),
    /// 420.
    Unknown(Vec<u16>),
}

use Refusal::Because;
const BAD_REQUEST: Refusal = Because(400, "Bad Request");
const MISMATCH: Refusal = Because(437, "Allocation Mismatch");
const FORBIDDEN: Refusal = Because(403, "Forbidden");
const QUOTA: Refusal = Because(486, "Allocation Quota Reached");

/// Whether a datagram by UDP is for the TURN server: ChannelData, or a method of TURN's. Channels are those of RFC 5766, as
/// coturn's client has them; RFC 8656 leaves the upper ones to others, of whom nobody is on this port.
pub(crate) fn is_turn(datagram: &[u8]) -> bool {
    match datagram {
        [0x40..=0x7F, ..] => true,
        [0x00, 0x03 | 0x04 | 0x08 | 0x09 | 0x16, _, _, magic @ ..] => magic.starts_with(&MAGIC),
        _ => false,
    }
}

/// The server.
#[derive(Debug)]
pub(crate) struct Relay {
    secret: Secret,
    /// The only addresses that can be sent to.
    media: Vec<SocketAddr>,
    /// The same moment on both clocks.
    began: (Instant, u64),
    allocations: HashMap<Way, Allocation>,
    /// Whose ways these are, and from which of our addresses.
    ways: HashMap<u64, (Way, SocketAddr)>,
    ports: HashSet<u16>,
    last_port: u16,
    last_way: u64,
    swept: Instant,
    strangers: (Instant, u32, HashMap<IpAddr, u32>),
}

impl Relay {
    /// One that relays to these addresses of ours. `unix`: seconds since the Unix epoch.
    pub(crate) fn new(secret: Secret, media: Vec<SocketAddr>, now: Instant, unix: u64) -> Self {
        Self {
            secret,
            media,
            began: (now, unix),
            allocations: HashMap::new(),
            ways: HashMap::new(),
            ports: HashSet::new(),
            last_port: *PORTS.end(),
            last_way: 0,
            swept: now,
            strangers: (now, 0, HashMap::new()),
        }
    }

    /// How many allocations there are.
    pub(crate) fn allocations(&mut self, now: Instant) -> usize {
        self.sweep(now);
        self.allocations.len()
    }

    /// Whether a client has an allocation.
    pub(crate) fn serves(&self, now: Instant, client: Way) -> bool {
        self.allocations.get(&client).is_some_and(|a| a.until > now)
    }

    /// Takes a message of a client's.
    pub(crate) fn take<'a>(&mut self, now: Instant, from: Way, message: &'a [u8]) -> Taken<'a> {
        if now.saturating_duration_since(self.swept) >= SWEEP {
            self.sweep(now);
        }
        if let Some(&[c1 @ 0x40..=0x7F, c2, l1, l2]) = message.first_chunk() {
            let data = message.get(4..).and_then(|m| m.get(..usize::from(u16::from_be_bytes([l1, l2]))));
            let allocation = self.allocations.get(&from).filter(|a| a.until > now);
            let peer = allocation.and_then(|a| Some((a, a.of_channel(now, u16::from_be_bytes([c1, c2]))?)));
            let Some(((allocation, peer), data)) = peer.zip(data) else { return Taken::Nothing };
            // Everybody may send to our media, so a channel is permission enough.
            return Taken::Relay(allocation.way(peer), data);
        }
        let Some(request) = Message::read(message) else { return Taken::Nothing };
        match request.kind {
            SEND_INDICATION => self.send(now, from, request).unwrap_or(Taken::Nothing),
            // Over a connection nobody else is answered than who asks.
            BINDING if from.udp().is_none() => {
                let mapped = Writer::new(BINDING | SUCCESS, &request.transaction);
                Taken::Answer(mapped.address(XOR_MAPPED_ADDRESS, from.address(), &request.transaction).finish(None))
            }
            ALLOCATE | REFRESH | CREATE_PERMISSION | CHANNEL_BIND => self.request(now, from, request),
            _ => Taken::Nothing,
        }
    }

    /// Puts a datagram of the forwarder's into what its client understands, and says where the client is; `None`: nobody wants it.
    pub(crate) fn wrap(&self, now: Instant, number: u64, datagram: &[u8], out: &mut Vec<u8>) -> Option<Way> {
        let (client, address) = *self.ways.get(&number)?;
        let allocation = self.allocations.get(&client).filter(|a| a.until > now)?;
        let length = u16::try_from(datagram.len()).ok()?;
        out.clear();
        let peer = allocation.peers.iter().find(|p| p.number == number)?;
        if let Some(channel) = peer.channel(now) {
            out.extend(channel.to_be_bytes());
            out.extend(length.to_be_bytes());
            out.extend(datagram);
            if client.udp().is_none() {
                out.resize(out.len().next_multiple_of(4), 0);
            }
        } else if allocation.permits(now, address.ip()) {
            let mut transaction = [0; 12];
            transaction.iter_mut().zip(number.to_be_bytes()).for_each(|(t, n)| *t = n);
            let indication = Writer::new(DATA_INDICATION, &transaction).address(XOR_PEER_ADDRESS, address, &transaction);
            out.extend(indication.attribute(DATA, datagram).finish(None));
        } else {
            return None;
        }
        Some(client)
    }

    /// A client's connection has ended, and its allocation with it.
    pub(crate) fn end(&mut self, client: Way) {
        if let Some(allocation) = self.allocations.remove(&client) {
            self.ports.remove(&allocation.relayed.port());
            for peer in &allocation.peers {
                self.ways.remove(&peer.number);
            }
        }
    }

    fn sweep(&mut self, now: Instant) {
        self.swept = now;
        let ended: Vec<Way> = self.allocations.iter().filter(|(_, a)| a.until <= now).map(|(way, _)| *way).collect();
        ended.into_iter().for_each(|way| self.end(way));
    }

    fn unix(&self, now: Instant) -> u64 {
        self.began.1 + now.saturating_duration_since(self.began.0).as_secs()
    }

    /// Whether a client may send to an address: to our media, and on this machine itself also by its inner addresses.
    fn is_ours(&self, from: Way, peer: SocketAddr) -> bool {
        let inner = peer.ip().is_loopback() && from.address().ip().to_canonical().is_loopback();
        self.media.contains(&peer) || (inner && self.media.iter().any(|m| m.port() == peer.port()))
    }

    fn send<'a>(&mut self, now: Instant, from: Way, message: Message<'a>) -> Option<Taken<'a>> {
        let (peer, data) = (message.address(XOR_PEER_ADDRESS)?, message.attribute(DATA)?);
        if !self.is_ours(from, peer) {
            return None;
        }
        let allocation = self.allocations.get_mut(&from).filter(|a| a.until > now && a.permits(now, peer.ip()))?;
        let relayed = allocation.relayed;
        let number = allocation.peer(peer, || next(&mut self.last_way))?.number;
        self.ways.insert(number, (from, peer));
        Some(Taken::Relay(Way::Relayed(number, relayed), data))
    }

    fn request(&mut self, now: Instant, from: Way, request: Message<'_>) -> Taken<'static> {
        let (name, key) = match self.authenticate(now, from, request) {
            Ok(known) => known,
            Err(refusal) if from.udp().is_none() || self.may_answer_stranger(now, from) => {
                let again = matches!(refusal, Because(401 | 438, _));
                let mut answer = refused(request, &refusal);
                if again {
                    let nonce = self.secret.nonce(from.address(), self.unix(now));
                    answer = answer.attribute(REALM_ATTRIBUTE, REALM.as_bytes()).attribute(NONCE, nonce.as_bytes());
                }
                return Taken::Answer(answer.finish(None));
            }
            Err(_) => return Taken::Nothing,
        };
        let unknown: Vec<u16> =
            request.attributes().map(|(_, k, _)| k).filter(|k| *k < 0x8000 && !UNDERSTOOD.contains(k)).collect();
        let answer = match request.kind {
            _ if !unknown.is_empty() => Err(Refusal::Unknown(unknown)),
            ALLOCATE => self.allocate(now, from, request, name),
            REFRESH => self.refresh(now, from, request, name),
            CREATE_PERMISSION => self.permit(now, from, request, name),
            _ => self.bind(now, from, request, name),
        };
        Taken::Answer(answer.unwrap_or_else(|refusal| refused(request, &refusal)).finish(Some(&*key)))
    }

    /// Who asks (RFC 8489 section 9.2.4): their name and their key.
    fn authenticate<'a>(
        &self,
        now: Instant,
        from: Way,
        request: Message<'a>,
    ) -> Result<(&'a [u8], Zeroizing<[u8; 16]>), Refusal> {
        const UNAUTHENTICATED: Refusal = Because(401, "Unauthorized");
        request.attribute(MESSAGE_INTEGRITY).ok_or(UNAUTHENTICATED)?;
        let name = request.attribute(USERNAME).ok_or(BAD_REQUEST)?;
        request.attribute(REALM_ATTRIBUTE).ok_or(BAD_REQUEST)?;
        let (nonce, unix) = (request.attribute(NONCE).ok_or(BAD_REQUEST)?, self.unix(now));
        if !self.secret.is_fresh(nonce, from.address(), unix) {
            return Err(Because(438, "Stale Nonce"));
        }
        let (key, ends) = self.secret.key(name).ok_or(UNAUTHENTICATED)?;
        // What was begun in time goes on: a meeting may last longer than its credentials.
        let good = ends > unix || self.allocations.get(&from).is_some_and(|a| a.user == name);
        if good && request.is_authentic(&*key) { Ok((name, key)) } else { Err(UNAUTHENTICATED) }
    }

    /// Whether somebody without a proof is answered: senders of datagrams can be forged.
    fn may_answer_stranger(&mut self, now: Instant, from: Way) -> bool {
        let (since, all, by_address) = &mut self.strangers;
        if now.saturating_duration_since(*since) >= Duration::from_secs(1) {
            (*since, *all) = (now, 0);
            by_address.clear();
        }
        if *all >= STRANGERS.1 {
            return false;
        }
        let count = by_address.entry(subscriber(from.address().ip())).or_default();
        *count += 1;
        let answered = *count <= STRANGERS.0;
        *all += u32::from(answered || *count == STRANGERS.0 + 1);
        answered
    }

    fn allocate(&mut self, now: Instant, from: Way, request: Message<'_>, name: &[u8]) -> Result<Writer, Refusal> {
        match self.allocations.get(&from).filter(|a| a.until > now) {
            Some(a) if a.transaction == request.transaction && a.user == name => return Ok(allocated(request, from, a, now)),
            Some(_) => return Err(MISMATCH),
            None => self.end(from),
        }
        match request.attribute(REQUESTED_TRANSPORT) {
            Some([17, ..]) => {}
            Some(_) => return Err(Because(442, "Unsupported Transport Protocol")),
            None => return Err(BAD_REQUEST),
        }
        let of = |four: bool| self.media.iter().map(|m| m.ip()).find(|ip| ip.is_ipv4() == four);
        let ip = match request.attribute(REQUESTED_ADDRESS_FAMILY) {
            Some([1, ..]) => of(true),
            Some([2, ..]) => of(false),
            Some(_) => None,
            None => of(true).or(of(false)),
        };
        let ip = ip.ok_or(Because(440, "Address Family not Supported"))?;
        self.sweep(now);
        let address = subscriber(from.address().ip());
        let of_address = self.allocations.keys().filter(|way| subscriber(way.address().ip()) == address).count();
        let of_user = self.allocations.values().filter(|a| who(&a.user) == who(name)).count();
        if self.allocations.len() >= MOST || of_address >= MOST_PER_ADDRESS || of_user >= MOST_PER_USER {
            return Err(QUOTA);
        }
        let even = match request.attribute(EVEN_PORT) {
            Some([0x80..=0xFF, ..]) => return Err(Because(508, "Insufficient Capacity")), // no next port is kept for anybody
            other => other.is_some(),
        };
        let relayed = SocketAddr::new(ip, self.fresh_port(even));
        let until = now + lifetime(request).max(Duration::from_secs(LIFETIMES.0.into()));
        let allocation = Allocation::new(name.to_vec(), request.transaction, relayed, until);
        let answer = allocated(request, from, &allocation, now);
        self.allocations.insert(from, allocation);
        Ok(answer)
    }

    /// There are twice as many ports as allocations, so an even one is always left.
    fn fresh_port(&mut self, even: bool) -> u16 {
        loop {
            self.last_port = if self.last_port >= *PORTS.end() { *PORTS.start() } else { self.last_port + 1 };
            if (!even || self.last_port.is_multiple_of(2)) && self.ports.insert(self.last_port) {
                return self.last_port;
            }
        }
    }

    fn of(&mut self, now: Instant, from: Way, name: &[u8]) -> Result<&mut Allocation, Refusal> {
        let allocation = self.allocations.get_mut(&from).filter(|a| a.until > now).ok_or(MISMATCH)?;
        if allocation.user == name { Ok(allocation) } else { Err(Because(441, "Wrong Credentials")) }
    }

    fn refresh(&mut self, now: Instant, from: Way, request: Message<'_>, name: &[u8]) -> Result<Writer, Refusal> {
        let lasts = lifetime(request);
        self.of(now, from, name)?.until = now + lasts;
        if lasts.is_zero() {
            self.end(from);
        }
        Ok(Writer::new(REFRESH | SUCCESS, &request.transaction).attribute(LIFETIME, &(lasts.as_secs() as u32).to_be_bytes()))
    }

    fn permit(&mut self, now: Instant, from: Way, request: Message<'_>, name: &[u8]) -> Result<Writer, Refusal> {
        self.of(now, from, name)?;
        let peers = request.addresses(XOR_PEER_ADDRESS).ok_or(BAD_REQUEST)?;
        if peers.is_empty() {
            return Err(BAD_REQUEST);
        }
        // A permission is for an address with all its ports (RFC 8656 section 9.1); data goes to our media's alone.
        let port = self.media.first().map_or(0, SocketAddr::port);
        let ours =
            |p: &SocketAddr| self.media.iter().any(|m| m.ip() == p.ip()) || self.is_ours(from, SocketAddr::new(p.ip(), port));
        if !peers.iter().all(ours) {
            return Err(FORBIDDEN);
        }
        let allocation = self.of(now, from, name)?;
        if !peers.iter().all(|p| allocation.permit(now, p.ip())) {
            return Err(Because(508, "Insufficient Capacity"));
        }
        Ok(Writer::new(CREATE_PERMISSION | SUCCESS, &request.transaction))
    }

    fn bind(&mut self, now: Instant, from: Way, request: Message<'_>, name: &[u8]) -> Result<Writer, Refusal> {
        self.of(now, from, name)?;
        let peer = request.address(XOR_PEER_ADDRESS).ok_or(BAD_REQUEST)?;
        let Some(&[c1 @ 0x40..=0x7F, c2]) = request.attribute(CHANNEL_NUMBER).and_then(|c| c.first_chunk()) else {
            return Err(BAD_REQUEST);
        };
        if !self.is_ours(from, peer) {
            return Err(FORBIDDEN);
        }
        let mut last = self.last_way;
        let allocation = self.of(now, from, name)?;
        if !allocation.bind(now, u16::from_be_bytes([c1, c2]), peer, || next(&mut last)) {
            return Err(BAD_REQUEST);
        }
        let number = allocation.peer(peer, || 0).map(|p| p.number);
        self.last_way = last;
        self.ways.extend(number.map(|n| (n, (from, peer))));
        Ok(Writer::new(CHANNEL_BIND | SUCCESS, &request.transaction))
    }
}

/// Whose a name is: they get another with each join, which begins with its end.
fn who(name: &[u8]) -> Option<&[u8]> {
    name.splitn(2, |b| *b == b':').nth(1)
}

fn next(last: &mut u64) -> u64 {
    *last += 1;
    *last
}

/// The lifetime that is asked for, within bounds; zero is zero.
fn lifetime(request: Message<'_>) -> Duration {
    let asked = request.attribute(LIFETIME).and_then(|l| l.first_chunk()).map_or(LIFETIMES.0, |l| u32::from_be_bytes(*l));
    Duration::from_secs(if asked == 0 { 0 } else { asked.clamp(LIFETIMES.0, LIFETIMES.1) }.into())
}

fn allocated(request: Message<'_>, from: Way, allocation: &Allocation, now: Instant) -> Writer {
    let lasts = allocation.until.saturating_duration_since(now).as_secs() as u32;
    Writer::new(ALLOCATE | SUCCESS, &request.transaction)
        .address(XOR_RELAYED_ADDRESS, allocation.relayed, &request.transaction)
        .address(XOR_MAPPED_ADDRESS, from.address(), &request.transaction)
        .attribute(LIFETIME, &lasts.to_be_bytes())
}

fn refused(request: Message<'_>, refusal: &Refusal) -> Writer {
    let (number, words) = match refusal {
        Because(number, words) => (*number, *words),
        Refusal::Unknown(_) => (420, "Unknown Attribute"),
    };
    let code = [&[0, 0, (number / 100) as u8, (number % 100) as u8], words.as_bytes()].concat();
    let answer = Writer::new(request.kind | ERROR, &request.transaction).attribute(ERROR_CODE, &code);
    match refusal {
        Because(..) => answer,
        Refusal::Unknown(which) => {
            let which: Vec<u8> = which.iter().take(16).flat_map(|k| k.to_be_bytes()).collect();
            answer.attribute(UNKNOWN_ATTRIBUTES, &which)
        }
    }
}

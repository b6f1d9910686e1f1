//! A TURN client (RFC 8656, with the long-term credentials of RFC 8489): a server relays datagrams for us, where it is reached and the
//! meeting's server is not.
//!
//! Sans-IO: messages and the time come in, messages and a deadline come out. [`Client`] asks for one address, lets exactly the
//! addresses of the meeting's server send to it, each by a channel of its own (RFC 8656 section 12), and keeps all of that alive.
//! Over a stream [`Framer`] cuts what comes into messages.
//!
//! `rtc-turn`, which the WebRTC crate brings along, ends an allocation at a nonce that has become stale while it is made, repeats what it
//! says over streams, and believes answers without a proof; `turn-client-proto` is ten times as long, as it makes connections
//! for the server too. We need a tenth of both, and none of it may panic.

mod framer;
mod server;

pub use framer::Framer;
pub use server::{Carrier, Credentials, SERVERS, Server, is_for_media};

use crate::net::stun::message::{
    ALLOCATE, CHANNEL_BIND, CHANNEL_NUMBER, DATA, DATA_INDICATION, ERROR, LIFETIME, Message, NONCE, REALM, REFRESH,
    REQUESTED_ADDRESS_FAMILY, REQUESTED_TRANSPORT, SUCCESS, Transaction, USERNAME, Writer, XOR_PEER_ADDRESS, XOR_RELAYED_ADDRESS,
};
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// Addresses that may send to us.
pub const PEERS: usize = 16;
/// The first channel (RFC 8656 section 12).
const FIRST_CHANNEL: u16 = 0x4000;
/// When a datagram that was not answered is sent again; doubled each time (RFC 8489 section 6.2.1).
const AGAIN: Duration = Duration::from_millis(500);
/// How often it is sent in all: the last answer is waited for eight seconds.
const TRIES: u32 = 5;
/// How long an answer over a stream may take.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often the server may find the nonce of one request stale.
const STALE_AT_MOST: u32 = 4;
/// A permission lasts five minutes, a channel ten (RFC 8656 sections 9 and 12).
const REBIND: Duration = Duration::from_secs(240);
/// How long an allocation lasts if the server does not say (RFC 8656 section 3.2).
const LIFETIME_DEFAULT: u32 = 600;
/// The longest realm or nonce, in bytes (RFC 8489 sections 14.9 and 14.10).
const LONGEST: usize = 763;
/// UDP, as REQUESTED-TRANSPORT has it.
const UDP: u8 = 17;

/// Why a server does not relay for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It does not accept the credentials that the conference gave us.
    Credentials,
    /// It has sent this error (RFC 8489 section 14.8).
    Error(u16),
    /// It says nothing.
    Silence,
    /// It says what makes no sense.
    Nonsense,
    /// It relays to none of the addresses of the meeting's server.
    Peers,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Credentials => f.write_str("it does not accept the name and password that the conference gave"),
            Self::Error(486) => f.write_str("it relays nothing more for this name (error 486)"),
            Self::Error(code) => write!(f, "it refuses with error {code}"),
            Self::Silence => f.write_str("it does not answer"),
            Self::Nonsense => f.write_str("what it says makes no sense"),
            Self::Peers => f.write_str("it does not relay to the conference's server"),
        }
    }
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub enum Came<'a> {
    /// A datagram of one of the addresses that may send to us.
    Data(SocketAddr, &'a [u8]),
    /// Nothing for anybody else.
    Nothing,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Allocate,
    Refresh,
    /// The peer at this place.
    Bind(usize),
}

struct Request {
    what: What,
    transaction: Transaction,
    bytes: Vec<u8>,
    tries: u32,
    next: Instant,
    /// How often its nonce was found stale.
    stale: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    /// Asked for, or to be asked for.
    Wanted,
    /// Until then it need not be asked for again.
    Bound(Instant),
    Refused,
}

/// What the server said that requests are to be proved with.
struct Realm {
    realm: Vec<u8>,
    nonce: Vec<u8>,
    key: Zeroizing<[u8; 16]>,
}

/// One allocation at one server. `Debug` shows nothing secret.
pub struct Client {
    credentials: Credentials,
    /// The way to it loses nothing.
    reliable: bool,
    /// The address that is asked for is one of IPv6.
    ipv6: bool,
    seed: Zeroizing<[u8; 32]>,
    count: u64,
    realm: Option<Realm>,
    relayed: Option<SocketAddr>,
    refresh: Instant,
    /// Each with its channel, [`FIRST_CHANNEL`] and on.
    peers: Vec<(SocketAddr, Channel)>,
    requests: Vec<Request>,
    refused: Option<Refusal>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "turn::Client(relayed: {:?}, peers: {:?}, refused: {:?})", self.relayed, self.peers, self.refused)
    }
}

impl Client {
    /// A client that asks for an address at once. `reliable`: messages travel on a stream; `seed`: random bytes.
    pub fn new(now: Instant, credentials: Credentials, reliable: bool, ipv6: bool, seed: [u8; 32]) -> Self {
        let mut client = Self {
            credentials,
            reliable,
            ipv6,
            seed: Zeroizing::new(seed),
            count: 0,
            realm: None,
            relayed: None,
            refresh: now,
            peers: Vec::new(),
            requests: Vec::new(),
            refused: None,
        };
        client.ask(now, What::Allocate, 0);
        client
    }

    /// Lets an address send to us: one of the meeting's server, and nobody's else. Without effect for one of the other family.
    pub fn permit(&mut self, now: Instant, peer: SocketAddr) {
        if peer.is_ipv6() != self.ipv6 || self.peers.len() >= PEERS || self.peers.iter().any(|(p, _)| *p == peer) {
            return;
        }
        self.peers.push((peer, Channel::Wanted));
        if self.relayed.is_some() {
            self.ask(now, What::Bind(self.peers.len() - 1), 0);
        }
    }

    /// Why there is no relay, or no longer one.
    pub fn refused(&self) -> Option<Refusal> {
        self.refused
    }

    /// The address at the server that others see, once there is one.
    pub fn relayed(&self) -> Option<SocketAddr> {
        self.relayed
    }

    /// The addresses that can be sent to.
    pub fn bound(&self) -> impl Iterator<Item = SocketAddr> + '_ {
        self.peers.iter().filter(|(_, c)| matches!(c, Channel::Bound(_))).map(|(p, _)| *p)
    }

    /// A datagram for one of [`Client::bound`], as the server wants it (RFC 8656 section 12.4).
    pub fn wrap(&self, to: SocketAddr, datagram: &[u8]) -> Option<Vec<u8>> {
        let n = self.peers.iter().position(|(p, c)| *p == to && matches!(c, Channel::Bound(_)))?;
        let length = u16::try_from(datagram.len()).ok()?;
        let mut out = Vec::with_capacity(datagram.len() + 8);
        out.extend((FIRST_CHANNEL + n as u16).to_be_bytes());
        out.extend(length.to_be_bytes());
        out.extend(datagram);
        if self.reliable {
            out.resize(out.len().next_multiple_of(4), 0);
        }
        Some(out)
    }

    /// The next message for the server; ask until there is none.
    pub fn poll(&mut self, now: Instant) -> Option<Vec<u8>> {
        if self.refused.is_some() {
            return None;
        }
        if self.relayed.is_some() {
            if now >= self.refresh && !self.requests.iter().any(|r| r.what == What::Refresh) {
                self.ask(now, What::Refresh, 0);
            }
            for n in 0..self.peers.len() {
                let due = matches!(self.peers.get(n), Some((_, Channel::Bound(until))) if now >= *until);
                if due && !self.requests.iter().any(|r| r.what == What::Bind(n)) {
                    self.ask(now, What::Bind(n), 0);
                }
            }
        }
        let due = self.requests.iter_mut().find(|r| now >= r.next)?;
        if due.tries >= if self.reliable { 1 } else { TRIES } {
            self.refused = Some(Refusal::Silence);
            return None;
        }
        due.tries += 1;
        due.next = now + if self.reliable { PATIENCE } else { AGAIN * 2u32.saturating_pow(due.tries - 1) };
        Some(due.bytes.clone())
    }

    /// When [`Client::poll`] has something to do next.
    pub fn deadline(&self) -> Option<Instant> {
        if self.refused.is_some() {
            return None;
        }
        let refresh = self.relayed.filter(|_| !self.requests.iter().any(|r| r.what == What::Refresh)).map(|_| self.refresh);
        let rebind = self.peers.iter().enumerate().filter_map(|(n, (_, channel))| match channel {
            Channel::Bound(until) if !self.requests.iter().any(|r| r.what == What::Bind(n)) => Some(*until),
            _ => None,
        });
        self.requests.iter().map(|r| r.next).chain(refresh).chain(rebind).min()
    }

    /// The message that gives the address back; no answer is waited for.
    pub fn release(&mut self) -> Option<Vec<u8>> {
        self.relayed?;
        let transaction = self.transaction();
        Some(self.signed(Writer::new(REFRESH, &transaction).attribute(LIFETIME, &0u32.to_be_bytes())))
    }

    /// Takes what the server sent: one message, as it came by UDP or out of a [`Framer`].
    pub fn handle<'a>(&mut self, now: Instant, bytes: &'a [u8]) -> Came<'a> {
        if let Some(([c1, c2, l1, l2], rest)) = bytes.split_first_chunk()
            && c1 >> 6 == 1
        {
            let place = u16::from_be_bytes([*c1, *c2]).checked_sub(FIRST_CHANNEL).map(usize::from);
            let data = rest.get(..usize::from(u16::from_be_bytes([*l1, *l2])));
            return match (place.and_then(|n| self.peers.get(n)), data) {
                (Some((peer, _)), Some(data)) => Came::Data(*peer, data),
                _ => Came::Nothing,
            };
        }
        let Some(message) = Message::read(bytes) else { return Came::Nothing };
        if message.kind == DATA_INDICATION {
            let peer = message.address(XOR_PEER_ADDRESS).filter(|from| self.peers.iter().any(|(p, _)| p == from));
            return match (peer, message.attribute(DATA)) {
                (Some(peer), Some(data)) => Came::Data(peer, data),
                _ => Came::Nothing,
            };
        }
        self.answer(now, message);
        Came::Nothing
    }

    /// The answer to a request; everything else is of no consequence.
    fn answer(&mut self, now: Instant, message: Message<'_>) {
        let Some(n) = self.requests.iter().position(|r| r.transaction == message.transaction) else { return };
        let Some((what, stale)) = self.requests.get(n).map(|r| (r.what, r.stale)) else { return };
        let kind = message.kind.wrapping_sub(what.kind());
        if kind == SUCCESS {
            // Without a proof it may be anybody's.
            if self.realm.as_ref().is_some_and(|realm| !message.is_authentic(&realm.key[..])) {
                return;
            }
            self.requests.swap_remove(n);
            self.done(now, what, message);
        } else if kind == ERROR {
            self.requests.swap_remove(n);
            self.failed(now, what, stale, message);
        }
    }

    fn done(&mut self, now: Instant, what: What, message: Message<'_>) {
        match what {
            What::Allocate | What::Refresh => {
                let lifetime = message.attribute(LIFETIME).and_then(|v| Some(u32::from_be_bytes(*v.first_chunk()?)));
                let lifetime = lifetime.unwrap_or(LIFETIME_DEFAULT).clamp(20, 3600);
                self.refresh = now + Duration::from_secs(u64::from(lifetime.saturating_sub(60).max(lifetime / 2)));
                if what == What::Refresh {
                    return;
                }
                let Some(relayed) = message.address(XOR_RELAYED_ADDRESS) else {
                    self.refused = Some(Refusal::Nonsense);
                    return;
                };
                self.relayed = Some(relayed);
                for peer in 0..self.peers.len() {
                    self.ask(now, What::Bind(peer), 0);
                }
            }
            What::Bind(peer) => {
                if let Some((_, channel)) = self.peers.get_mut(peer) {
                    *channel = Channel::Bound(now + REBIND);
                }
            }
        }
    }

    fn failed(&mut self, now: Instant, what: What, stale: u32, message: Message<'_>) {
        let said = |kind| message.attribute(kind).filter(|v| v.len() <= LONGEST).map(<[u8]>::to_vec);
        match (message.error(), said(REALM), said(NONCE)) {
            // Who are you? Asked once; and again with a nonce that has become stale.
            (Some(401), Some(realm), Some(nonce)) if self.realm.is_none() => {
                let key = self.key(&realm);
                self.realm = Some(Realm { realm, nonce, key });
                self.ask(now, what, 0);
            }
            (Some(438), _, Some(nonce)) if self.realm.is_some() && stale < STALE_AT_MOST => {
                if let Some(realm) = &mut self.realm {
                    realm.nonce = nonce;
                }
                self.ask(now, what, stale + 1);
            }
            (Some(401), ..) => self.refused = Some(Refusal::Credentials),
            (Some(code), ..) => match what {
                What::Bind(peer) => {
                    if let Some((_, channel)) = self.peers.get_mut(peer) {
                        *channel = Channel::Refused;
                    }
                    if self.peers.iter().all(|(_, c)| *c == Channel::Refused) {
                        self.refused = Some(Refusal::Peers);
                    }
                }
                _ => self.refused = Some(Refusal::Error(code)),
            },
            (None, ..) => self.refused = Some(Refusal::Nonsense),
        }
    }

    /// The key of long-term credentials (RFC 8489 section 9.2.2).
    fn key(&self, realm: &[u8]) -> Zeroizing<[u8; 16]> {
        let Credentials { name, password } = &self.credentials;
        let sum = Md5::new().chain_update(name).chain_update(":").chain_update(realm).chain_update(":");
        Zeroizing::new(sum.chain_update(password.as_bytes()).finalize().into())
    }

    /// A number that nobody guesses.
    fn transaction(&mut self) -> Transaction {
        self.count += 1;
        let mut transaction = [0; 12];
        if let Ok(mac) = <Hmac<Sha1> as Mac>::new_from_slice(&self.seed[..]) {
            let sum = mac.chain_update(self.count.to_be_bytes()).finalize().into_bytes();
            transaction.iter_mut().zip(sum).for_each(|(t, s)| *t = s);
        }
        transaction
    }

    fn ask(&mut self, now: Instant, what: What, stale: u32) {
        let transaction = self.transaction();
        let message = Writer::new(what.kind(), &transaction);
        let message = match what {
            What::Allocate => {
                let message = message.attribute(REQUESTED_TRANSPORT, &[UDP, 0, 0, 0]);
                // Without the word it is IPv4, for servers that know no other (RFC 8656 section 7.1).
                if self.ipv6 { message.attribute(REQUESTED_ADDRESS_FAMILY, &[2, 0, 0, 0]) } else { message }
            }
            What::Refresh => message,
            What::Bind(n) => {
                let Some((peer, _)) = self.peers.get(n) else { return };
                let [c1, c2] = (FIRST_CHANNEL + n as u16).to_be_bytes();
                message.attribute(CHANNEL_NUMBER, &[c1, c2, 0, 0]).address(XOR_PEER_ADDRESS, *peer, &transaction)
            }
        };
        let bytes = self.signed(message);
        self.requests.push(Request { what, transaction, bytes, tries: 0, next: now, stale });
    }

    /// Ends a message, with who we are once the server has asked.
    fn signed(&self, message: Writer) -> Vec<u8> {
        let Some(Realm { realm, nonce, key }) = &self.realm else { return message.finish(None) };
        let message = message.attribute(USERNAME, self.credentials.name.as_bytes());
        message.attribute(REALM, realm).attribute(NONCE, nonce).finish(Some(&key[..]))
    }
}

impl What {
    /// The type of its request.
    fn kind(self) -> u16 {
        match self {
            Self::Allocate => ALLOCATE,
            Self::Refresh => REFRESH,
            Self::Bind(_) => CHANNEL_BIND,
        }
    }
}

#[cfg(test)]
mod tests;

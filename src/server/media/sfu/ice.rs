//! The ICE-lite agent (RFC 8445 section 2.5): it answers the client's connectivity checks and never sends its own.
//!
//! A check counts only when user name, MESSAGE-INTEGRITY and FINGERPRINT hold; everything else is dropped without an answer (but for
//! [`stun::reply`], which is shorter than what it answers), so the port serves nobody to flood somebody else. The client checks, nominates and keeps consent fresh (RFC 7675) by going on asking.

use super::IceCredentials;
use super::demux::{read_u16, read_u32};
use super::way::Way;
use crate::net::stun;
use ring::hmac;
use rtc_dtls::crypto_provider::constant_time_eq;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const MAGIC: u32 = 0x2112_A442;
const HEADER: usize = 20;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const USERNAME: u16 = 0x0006;
const MESSAGE_INTEGRITY: u16 = 0x0008;
const USE_CANDIDATE: u16 = 0x0025;
#[cfg(any(test, feature = "client"))]
const PRIORITY: u16 = 0x0024;
#[cfg(any(test, feature = "client"))]
const ICE_CONTROLLING: u16 = 0x802A;
const FINGERPRINT: u16 = 0x8028;
/// Addresses a peer may be heard from; the oldest goes.
const MAX_ADDRESSES: usize = 16;

/// A Binding request whose form and FINGERPRINT are right. Its sender is not authenticated yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    message: &'a [u8],
    /// `USERNAME`: receiver's ufrag, colon, sender's ufrag.
    username: &'a str,
    nominates: bool,
    integrity_at: usize,
}

impl<'a> Request<'a> {
    /// Parses a Binding request; `None` for any other message and for malformed ones.
    pub(crate) fn parse(message: &'a [u8]) -> Option<Self> {
        if read_u16(message, 0)? != BINDING_REQUEST || read_u32(message, 4)? != MAGIC {
            return None;
        }
        if usize::from(read_u16(message, 2)?) + HEADER != message.len() {
            return None;
        }
        let (mut username, mut nominates, mut integrity_at, mut fingerprint) = (None, false, None, false);
        let mut at = HEADER;
        while at < message.len() && !fingerprint {
            let (kind, length) = (read_u16(message, at)?, usize::from(read_u16(message, at + 2)?));
            let value = message.get(at + 4..at + 4 + length)?;
            match (kind, integrity_at) {
                (FINGERPRINT, _) => {
                    // It must be the last attribute, and covers everything before it (RFC 8489 section 14.7).
                    let sum = stun::sum(message.get(..at)?);
                    if at + 8 != message.len() || read_u32(value, 0) != Some(sum) {
                        return None;
                    }
                    fingerprint = true;
                }
                (USERNAME, None) => username = Some(std::str::from_utf8(value).ok()?),
                (USE_CANDIDATE, None) => nominates = true,
                (MESSAGE_INTEGRITY, None) if length == 20 => integrity_at = Some(at),
                _ => {} // what follows MESSAGE-INTEGRITY is not protected by it: ignored
            }
            at += 4 + length.next_multiple_of(4);
        }
        if !fingerprint {
            return None;
        }
        Some(Self { message, username: username?, nominates, integrity_at: integrity_at? })
    }

    /// Our own user name fragment: who is asked.
    pub(crate) fn ufrag(&self) -> &'a str {
        self.username.split_once(':').map_or(self.username, |(ours, _)| ours)
    }

    /// Whether the sender knows our password, and names us both.
    pub(crate) fn authentic(&self, ours: &IceCredentials, theirs: &IceCredentials) -> bool {
        let named = self.username.split_once(':').is_some_and(|(to, from)| to == ours.ufrag && from == theirs.ufrag);
        let (Some(covered), Some(mac)) =
            (self.message.get(..self.integrity_at), self.message.get(self.integrity_at + 4..self.integrity_at + 24))
        else {
            return false;
        };
        named && constant_time_eq(integrity(&ours.pwd, covered).as_ref(), mac)
    }
}

/// HMAC-SHA1 over the message so far, its length field reckoned to the end of MESSAGE-INTEGRITY (RFC 8489 section 14.5).
fn integrity(pwd: &str, covered: &[u8]) -> hmac::Tag {
    let mut signing = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, pwd.as_bytes()));
    signing.update(covered.get(..2).unwrap_or_default());
    signing.update(&((covered.len().saturating_sub(HEADER) + 24) as u16).to_be_bytes());
    signing.update(covered.get(4..).unwrap_or_default());
    signing.sign()
}

/// Appends a Binding success response to `out`.
pub(crate) fn respond(request: &[u8], pwd: &str, from: SocketAddr, out: &mut Vec<u8>) {
    let start = out.len();
    let transaction = request.get(8..HEADER).unwrap_or_default();
    out.extend(BINDING_SUCCESS.to_be_bytes());
    out.extend([0, 0]);
    out.extend(MAGIC.to_be_bytes());
    out.extend(transaction);
    stun::mapped_address(from, transaction, out);
    sign(pwd, start, out);
}

/// Appends a check, a Binding request of a controlling agent, to `out`.
#[cfg(any(test, feature = "client"))]
pub(crate) fn ask(
    to: &IceCredentials,
    from: &IceCredentials,
    (transaction, tie_breaker): ([u8; 12], u64),
    nominate: bool,
    out: &mut Vec<u8>,
) {
    let start = out.len();
    out.extend(BINDING_REQUEST.to_be_bytes());
    out.extend([0, 0]);
    out.extend(MAGIC.to_be_bytes());
    out.extend(transaction);
    let name = format!("{}:{}", to.ufrag, from.ufrag);
    out.extend(USERNAME.to_be_bytes());
    out.extend((name.len() as u16).to_be_bytes());
    out.extend(name.as_bytes());
    out.resize(start + (out.len() - start).next_multiple_of(4), 0);
    out.extend(PRIORITY.to_be_bytes());
    out.extend(4u16.to_be_bytes());
    out.extend((110u32 << 24 | 65_535 << 8 | 255).to_be_bytes()); // peer-reflexive, RFC 8445 section 5.1.2.1
    out.extend(ICE_CONTROLLING.to_be_bytes());
    out.extend(8u16.to_be_bytes());
    out.extend(tie_breaker.to_be_bytes());
    if nominate {
        out.extend(USE_CANDIDATE.to_be_bytes());
        out.extend([0, 0]);
    }
    sign(&to.pwd, start, out);
}

/// The transaction of a Binding success response that holds: its sender knows the password.
#[cfg(any(test, feature = "client"))]
pub(crate) fn answered(message: &[u8], pwd: &str) -> Option<[u8; 12]> {
    if read_u16(message, 0)? != BINDING_SUCCESS || read_u32(message, 4)? != MAGIC {
        return None;
    }
    let mut at = HEADER;
    loop {
        let (kind, length) = (read_u16(message, at)?, usize::from(read_u16(message, at + 2)?));
        if kind == MESSAGE_INTEGRITY {
            let right = constant_time_eq(integrity(pwd, message.get(..at)?).as_ref(), message.get(at + 4..at + 24)?);
            return right.then(|| message.get(8..).and_then(|m| m.first_chunk().copied())).flatten();
        }
        at += 4 + length.next_multiple_of(4);
    }
}

/// Ends the message that begins at `start` with MESSAGE-INTEGRITY and FINGERPRINT, and writes its length.
fn sign(pwd: &str, start: usize, out: &mut Vec<u8>) {
    let mac = integrity(pwd, out.get(start..).unwrap_or_default());
    out.extend(MESSAGE_INTEGRITY.to_be_bytes());
    out.extend(20u16.to_be_bytes());
    out.extend(mac.as_ref());
    stun::fingerprint(start, out);
}

/// Both sides' credentials of one ICE generation.
#[derive(Debug, Clone)]
struct Generation {
    ours: IceCredentials,
    theirs: IceCredentials,
}

/// Without a check from the selected address for so long, while another is alive, the client has moved without saying so (a
/// NAT forgot it). Consent is asked for every 5 s on average (RFC 7675 section 5.1).
const MOVED_AFTER: Duration = Duration::from_secs(8);

/// What an authentic check changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    /// An address that must no longer lead to this peer.
    pub(crate) forgotten: Option<Way>,
    /// The sender's address was not known before.
    pub(crate) learned: bool,
    /// The user name fragment that an ICE restart has replaced for good.
    pub(crate) retired: Option<String>,
}

/// One peer's agent.
#[derive(Debug)]
pub(crate) struct Agent {
    current: Generation,
    /// Before an ICE restart; it stays valid until the client nominates a pair of the new generation (RFC 8445 section 9).
    previous: Option<Generation>,
    /// Addresses that authentic checks came from, oldest first.
    addresses: Vec<Way>,
    selected: Option<Way>,
    /// The last check from there.
    selected_at: Option<Instant>,
}

impl Agent {
    pub(crate) fn new(ours: IceCredentials, theirs: IceCredentials) -> Self {
        Self { current: Generation { ours, theirs }, previous: None, addresses: Vec::new(), selected: None, selected_at: None }
    }

    /// Starts a new generation. Returns a user name fragment that is no longer ours.
    pub(crate) fn restart(&mut self, ours: IceCredentials, theirs: IceCredentials) -> Option<String> {
        let old = std::mem::replace(&mut self.current, Generation { ours, theirs });
        self.previous.replace(old).map(|g| g.ours.ufrag)
    }

    /// Where media goes: the nominated address, or the first one that passed a check.
    pub(crate) fn selected(&self) -> Option<Way> {
        self.selected.or(self.addresses.first().copied())
    }

    /// Our user name fragments, now and before a restart.
    pub(crate) fn ufrags(&self) -> impl Iterator<Item = &str> {
        [Some(&self.current), self.previous.as_ref()].into_iter().flatten().map(|g| g.ours.ufrag.as_str())
    }

    /// All addresses that lead to this peer.
    pub(crate) fn addresses(&self) -> &[Way] {
        &self.addresses
    }

    /// The address now leads to another peer.
    pub(crate) fn forget(&mut self, address: Way) {
        self.addresses.retain(|a| *a != address);
        self.selected = self.selected.filter(|a| *a != address);
    }

    /// Takes an address as checked and nominated.
    pub(crate) fn install(&mut self, address: Way) {
        self.addresses.push(address);
        self.selected = Some(address);
    }

    /// Answers an authentic check by appending the response to `out`; `None`, and no answer, otherwise.
    pub(crate) fn check(&mut self, request: &Request<'_>, from: Way, now: Instant, out: &mut Vec<u8>) -> Option<Checked> {
        let current = request.authentic(&self.current.ours, &self.current.theirs);
        let generation =
            if current { &self.current } else { self.previous.as_ref().filter(|g| request.authentic(&g.ours, &g.theirs))? };
        respond(request.message, &generation.ours.pwd, from.address(), out);
        let mut checked = Checked { forgotten: None, learned: !self.addresses.contains(&from), retired: None };
        if checked.learned {
            if self.addresses.len() >= MAX_ADDRESSES {
                // Never the one in use.
                let oldest = self.addresses.iter().position(|a| Some(*a) != self.selected).unwrap_or(0);
                checked.forgotten = Some(self.addresses.remove(oldest));
            }
            self.addresses.push(from);
        }
        let lost = self.selected_at.is_some_and(|at| now.saturating_duration_since(at) >= MOVED_AFTER);
        if request.nominates || (lost && self.selected.is_some()) {
            self.selected = Some(from);
        }
        if self.selected == Some(from) {
            self.selected_at = Some(now);
        }
        if request.nominates && current {
            checked.retired = self.previous.take().map(|g| g.ours.ufrag); // until then, the old pair serves
        }
        Some(checked)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn credentials(name: &str) -> IceCredentials {
        IceCredentials { ufrag: name.to_owned(), pwd: format!("{name}-password-of-22-characters") }
    }

    /// A Binding request as a full agent sends it.
    pub(crate) fn request(ours: &IceCredentials, theirs: &IceCredentials, nominate: bool) -> Vec<u8> {
        let mut message = Vec::new();
        super::ask(ours, theirs, ([7; 12], 1), nominate, &mut message);
        message
    }

    fn way(address: &str) -> Way {
        Way::Udp(address.parse().unwrap())
    }

    fn ask(agent: &mut Agent, message: &[u8], from: &str) -> Option<(Checked, Vec<u8>)> {
        ask_at(agent, message, from, Instant::now())
    }

    fn ask_at(agent: &mut Agent, message: &[u8], from: &str, at: Instant) -> Option<(Checked, Vec<u8>)> {
        let mut out = Vec::new();
        let checked = agent.check(&Request::parse(message)?, way(from), at, &mut out);
        assert_eq!(checked.is_some(), !out.is_empty());
        Some((checked?, out))
    }

    #[test]
    fn only_authentic_checks_are_answered() {
        let (us, them, other) = (credentials("us"), credentials("them"), credentials("other"));
        let wrong_password = IceCredentials { pwd: "guess".into(), ..us.clone() };
        let good = request(&us, &them, true);
        for (what, message, answered) in [
            ("right", good.clone(), true),
            ("wrong password", request(&wrong_password, &them, true), false),
            ("asks for another", request(&other, &them, true), false),
            ("comes from another", request(&us, &other, true), false),
            ("cut short", good[..good.len() - 8].to_vec(), false),
            ("empty", Vec::new(), false),
        ] {
            let mut agent = Agent::new(us.clone(), them.clone());
            assert_eq!(ask(&mut agent, &message, "192.0.2.1:5").is_some(), answered, "{what}");
            assert_eq!(agent.selected().is_some(), answered, "{what}");
        }
        for at in 0..good.len() {
            let mut flipped = good.clone();
            flipped[at] ^= 0x10;
            assert!(ask(&mut Agent::new(us.clone(), them.clone()), &flipped, "192.0.2.1:5").is_none(), "byte {at}");
        }
    }

    #[test]
    fn the_response_is_what_another_stack_expects() {
        let (us, them) = (credentials("us"), credentials("them"));
        for from in ["192.0.2.1:3478", "[2001:db8::7]:9", "[::ffff:192.0.2.1]:3478"] {
            let mut agent = Agent::new(us.clone(), them.clone());
            let (_, response) = ask(&mut agent, &request(&us, &them, false), from).unwrap();
            use rtc_stun::{fingerprint, integrity, message, xoraddr};
            let mut m = message::Message::new();
            m.unmarshal_binary(&response).unwrap();
            assert_eq!(m.typ, message::BINDING_SUCCESS);
            fingerprint::FINGERPRINT.check(&m).unwrap();
            let mut mapped = xoraddr::XorMappedAddress::default();
            use message::Getter as _;
            mapped.get_from(&m).unwrap();
            let from: SocketAddr = from.parse().unwrap();
            assert_eq!((mapped.ip, mapped.port), (from.ip().to_canonical(), from.port()));
            let provider = rtc_dtls::crypto_provider::default_provider().unwrap();
            integrity::MessageIntegrity::check(&mut m, us.pwd.as_bytes(), provider.crypto()).unwrap();
        }
    }

    #[test]
    fn nomination_selects_and_a_restart_keeps_the_old_pair_until_then() {
        let (us, them) = (credentials("us"), credentials("them"));
        let (us2, them2) = (credentials("us2"), credentials("them2"));
        let mut agent = Agent::new(us.clone(), them.clone());
        let selected = |agent: &Agent| agent.selected().map(|way| way.address().to_string());
        ask(&mut agent, &request(&us, &them, false), "192.0.2.1:1").unwrap();
        ask(&mut agent, &request(&us, &them, true), "192.0.2.1:2").unwrap();
        assert_eq!(selected(&agent).as_deref(), Some("192.0.2.1:2"));
        assert_eq!(agent.restart(us2.clone(), them2.clone()), None);
        ask(&mut agent, &request(&us2, &them2, false), "192.0.2.9:9").unwrap();
        ask(&mut agent, &request(&us, &them, true), "192.0.2.1:2").unwrap();
        assert_eq!(selected(&agent).as_deref(), Some("192.0.2.1:2"), "the old pair still serves");
        let (checked, _) = ask(&mut agent, &request(&us2, &them2, true), "192.0.2.9:9").unwrap();
        assert_eq!(checked.retired.as_deref(), Some("us"));
        assert_eq!(selected(&agent).as_deref(), Some("192.0.2.9:9"));
        assert!(ask(&mut agent, &request(&us, &them, true), "192.0.2.1:2").is_none(), "the old generation is over");
    }

    #[test]
    fn a_client_whose_address_changed_unsaid_is_followed() {
        let (us, them) = (credentials("us"), credentials("them"));
        let mut agent = Agent::new(us.clone(), them.clone());
        let (nominate, ask) = (request(&us, &them, true), request(&us, &them, false));
        let start = Instant::now();
        for (seconds, message, from, selected) in [
            (0, &nominate, "192.0.2.1:1", "192.0.2.1:1"),
            (5, &ask, "192.0.2.1:1", "192.0.2.1:1"),
            (7, &ask, "192.0.2.1:2", "192.0.2.1:1"), // a check on another path
            (13, &ask, "192.0.2.1:2", "192.0.2.1:2"),
        ] {
            ask_at(&mut agent, message, from, start + Duration::from_secs(seconds)).unwrap();
            assert_eq!(agent.selected(), Some(way(selected)), "after {seconds} s");
        }
    }

    #[test]
    fn addresses_are_bounded_and_the_selected_one_stays() {
        let (us, them) = (credentials("us"), credentials("them"));
        let mut agent = Agent::new(us.clone(), them.clone());
        ask(&mut agent, &request(&us, &them, true), "192.0.2.1:1").unwrap();
        for port in 2..100 {
            ask(&mut agent, &request(&us, &them, false), &format!("192.0.2.1:{port}")).unwrap();
        }
        assert_eq!(agent.addresses().len(), MAX_ADDRESSES);
        assert!(agent.addresses().contains(&way("192.0.2.1:1")));
    }
}

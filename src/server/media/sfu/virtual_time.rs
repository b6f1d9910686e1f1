//! The forwarder without threads, sockets and clocks: for calls in virtual time. Keys are installed, everything else is what
//! the product runs: SRTP and its replay protection, numbering of legs, repeats, receiver reports.

use super::core::{Command, Core};
use super::demux::{Kind, RtpHeader, classify};
use super::dtls::Identity;
use super::outbox::Outbox;
use super::srtp::{Inbound, Outbound, Profile};
use super::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, SfuEvent, TrackKey};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

/// Payload type of Opus on all legs.
const OPUS: u8 = 111;
const ROOM: RoomKey = RoomKey(1);

/// One room. Peers are numbered by the caller, and each may publish one track.
pub struct Forwarder {
    core: Core,
    identity: Identity,
    out: Outbox,
    events: Vec<SfuEvent>,
}

/// The client's end of a peer's SRTP session.
pub struct ClientSession {
    outbound: Outbound,
    inbound: Inbound,
}

impl std::fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Forwarder")
    }
}

impl std::fmt::Debug for ClientSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientSession")
    }
}

impl Forwarder {
    /// An empty room.
    ///
    /// # Errors
    /// There is no randomness for a certificate.
    pub fn new() -> Result<Self, String> {
        let identity = Identity::generate()?;
        let core = Core::new(identity.clone(), Arc::default(), 0);
        Ok(Self { core, identity, out: Outbox::default(), events: Vec::new() })
    }

    /// Adds a peer and gives its end of the session.
    ///
    /// # Errors
    /// The ciphers cannot be set up.
    pub fn join(&mut self, now: Instant, peer: u16) -> Result<ClientSession, String> {
        let key = PeerKey(u64::from(peer));
        let credentials = |side| IceCredentials { ufrag: format!("{side}{peer}"), pwd: "-".to_owned() };
        let transport = PeerTransport { local: credentials("us"), remote: credentials("them"), remote_fingerprint: [0; 32] };
        self.command(now, Command::AddPeer { room: ROOM, peer: key, transport });
        // Both directions of a peer have the same master key, and no two peers have.
        let secret = peer.to_be_bytes().repeat(8);
        let material = zeroize::Zeroizing::new(peer.to_be_bytes().repeat(28));
        self.command(now, Command::InstallKeys { peer: key, address: address(peer), material });
        let crypto = self.identity.crypto.crypto();
        let salt = secret.get(..12).unwrap_or_default();
        let failed = |_| "SRTP cannot be set up".to_owned();
        let outbound = Outbound::new(Profile::Gcm, crypto, &secret, salt).map_err(failed)?;
        let inbound = Inbound::new(Profile::Gcm, crypto, &secret, salt).map_err(failed)?;
        Ok(ClientSession { outbound, inbound })
    }

    /// A peer sends its track with this SSRC from now on.
    pub fn publish(&mut self, now: Instant, peer: u16, ssrc: u32) {
        let incoming = Incoming {
            ssrc: Some(ssrc),
            mid: "0".to_owned(),
            payload_type: OPUS,
            mid_extension: None,
            level_extension: None,
            nack: true,
        };
        let publish = Command::Publish { peer: PeerKey(u64::from(peer)), track: track(peer), incoming };
        self.command(now, publish);
    }

    /// A peer's track goes to a listener with this SSRC from now on.
    pub fn subscribe(&mut self, now: Instant, listener: u16, speaker: u16, ssrc: u32) {
        let outgoing = Outgoing { ssrc, payload_type: OPUS };
        let subscribe = Command::Subscribe { listener: PeerKey(u64::from(listener)), track: track(speaker), outgoing };
        self.command(now, subscribe);
    }

    /// A datagram of a peer arrives; it is decrypted in place.
    pub fn datagram(&mut self, now: Instant, from: u16, datagram: &mut [u8]) {
        self.core.datagram(now, address(from), datagram, &mut self.out, &mut self.events);
        self.events.clear();
    }

    /// A connectivity check of a peer arrives; its answer is the caller's.
    pub fn check(&mut self, now: Instant, from: u16) {
        self.core.check(now, PeerKey(u64::from(from)), &mut self.out, &mut self.events);
        self.events.clear();
    }

    /// Runs the timers; each 50 ms in the product.
    pub fn tick(&mut self, now: Instant) {
        self.core.tick(now, &mut self.out, &mut self.events);
        self.events.clear();
    }

    /// When [`Forwarder::ask`] has something to do.
    pub fn ask_due(&self) -> Option<Instant> {
        self.core.ask_due()
    }

    /// Asks speakers for the packets that did not come.
    pub fn ask(&mut self, now: Instant) {
        self.core.ask(now, &mut self.out, &mut self.events);
        self.events.clear();
    }

    /// Hands out what is to be sent, and to whom.
    pub fn transmit(&mut self, mut each: impl FnMut(u16, &[u8])) {
        self.out.iter().for_each(|(to, datagram)| each(to.address().port(), datagram));
        self.out.clear();
    }

    fn command(&mut self, now: Instant, command: Command) {
        self.core.command(now, command, &mut self.out, &mut self.events);
    }
}

impl ClientSession {
    /// Encrypts an RTP packet with a header of 12 bytes; `index` is its extended sequence number. `false`: it cannot be.
    pub fn protect(&mut self, index: u64, packet: &mut Vec<u8>) -> bool {
        RtpHeader::parse(packet).is_some_and(|h| self.outbound.protect(h.ssrc, index, packet, 0).is_ok())
    }

    /// Encrypts a compound RTCP packet.
    pub fn protect_rtcp(&mut self, packet: &mut Vec<u8>) -> bool {
        self.outbound.protect_rtcp(packet, 0).is_ok()
    }

    /// Decrypts an RTP or RTCP packet; `false` if it is foreign, or came before.
    pub fn unprotect(&mut self, datagram: &mut Vec<u8>) -> bool {
        let length = match classify(datagram) {
            Some(Kind::Rtp) => RtpHeader::parse(datagram).and_then(|h| self.inbound.unprotect(&h, datagram).ok()).map(|d| d.1),
            Some(Kind::Rtcp) => self.inbound.unprotect_rtcp(datagram).ok(),
            _ => None,
        };
        length.is_some_and(|n| {
            datagram.truncate(n);
            true
        })
    }
}

fn track(peer: u16) -> TrackKey {
    TrackKey(u64::from(peer))
}

/// Where a peer is: its number is the port.
fn address(peer: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, peer))
}

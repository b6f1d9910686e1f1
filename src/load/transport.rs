//! The media transport of one load participant: ICE, DTLS and SRTP, the client's side. Sans-IO.
//!
//! It stands on the forwarder's own SRTP and DTLS ([`crate::server::media::sfu`]), which cost a few hundred nanoseconds a
//! packet; the product's client has a whole peer connection of the `webrtc` crate instead, and tens of microseconds.

use super::ice::Agent;
use super::sdp;
use crate::rtc::TransportState;
use crate::server::media::sfu::demux::{Kind, RtpHeader, classify};
use crate::server::media::sfu::dtls::{Dtls, DtlsEvent, Identity};
use crate::server::media::sfu::outbox::Outbox;
use crate::server::media::sfu::srtp::{Inbound, Outbound, SrtpError};
use std::net::SocketAddr;
use std::time::Instant;

/// What a datagram brought.
pub(super) enum Received {
    /// Nothing that concerns others.
    Nothing,
    /// The transport changed.
    State(TransportState),
    /// A packet of sound, decrypted in place: its header, its extended sequence number, its length.
    Sound(RtpHeader, u64, usize),
    /// A packet of sound that came before.
    Again,
}

/// One transport.
pub(super) struct Transport {
    identity: Identity,
    pub(super) ice: Agent,
    dtls: Option<Dtls>,
    fingerprint: Option<[u8; 32]>,
    srtp: Option<(Inbound, Outbound)>,
    state: TransportState,
}

impl Transport {
    pub(super) fn new(identity: Identity) -> Self {
        let state = TransportState::Connecting;
        Self { identity, ice: Agent::new(), dtls: None, fingerprint: None, srtp: None, state }
    }

    /// SHA-256 of our certificate.
    pub(super) fn fingerprint(&self) -> &str {
        self.identity.fingerprint()
    }

    /// A new ICE generation; DTLS and SRTP go on (RFC 8842 section 4).
    pub(super) fn restart(&mut self) {
        self.ice = Agent::new();
    }

    /// The server's answer.
    pub(super) fn answered(&mut self, now: Instant, answer: sdp::Answer) {
        self.fingerprint.get_or_insert(answer.fingerprint);
        // Its ClientHello may come before our check is answered.
        if answer.active && self.dtls.is_none() {
            self.dtls = Dtls::new(&self.identity, answer.fingerprint).inspect_err(|why| tracing::debug!("DTLS: {why}")).ok();
        }
        self.ice.remote(now, answer.ice, &answer.candidates);
    }

    /// When [`Transport::tick`] is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let dtls = self.dtls.as_ref().and_then(Dtls::deadline);
        [self.ice.deadline(), dtls].into_iter().flatten().min()
    }

    /// Runs the timers.
    pub(super) fn tick(&mut self, now: Instant, out: &mut Outbox) -> Option<TransportState> {
        self.ice.tick(now, out);
        let mut events = Vec::new();
        if let Some(dtls) = &mut self.dtls {
            dtls.tick(now, &mut events);
        }
        self.flush(out);
        let lost = self.state == TransportState::Connected && self.ice.lost(now);
        self.took(events).or_else(|| lost.then(|| self.turn(TransportState::Disconnected)).flatten())
    }

    /// Takes a datagram; sound is decrypted in place.
    pub(super) fn datagram(&mut self, now: Instant, from: SocketAddr, datagram: &mut [u8], out: &mut Outbox) -> Received {
        match classify(datagram) {
            Some(Kind::Rtp) => {
                let (Some(header), Some((inbound, _))) = (RtpHeader::parse(datagram), &mut self.srtp) else {
                    return Received::Nothing;
                };
                match inbound.unprotect(&header, datagram) {
                    Ok((index, length)) => Received::Sound(header, index, length),
                    Err(SrtpError::Replayed) => Received::Again,
                    Err(_) => Received::Nothing,
                }
            }
            Some(Kind::Stun) => {
                let changed = self.ice.stun(now, from, datagram, out).then(|| self.paired(now)).flatten();
                self.flush(out);
                changed.map_or(Received::Nothing, Received::State)
            }
            Some(Kind::Dtls) => {
                let mut events = Vec::new();
                if let Some(dtls) = &mut self.dtls {
                    dtls.read(now, datagram, &mut events);
                }
                self.flush(out);
                self.took(events).map_or(Received::Nothing, Received::State)
            }
            Some(Kind::Rtcp) | None => Received::Nothing,
        }
    }

    /// The way to the server works.
    fn paired(&mut self, now: Instant) -> Option<TransportState> {
        if self.srtp.is_some() {
            return self.turn(TransportState::Connected);
        }
        if self.dtls.is_none() {
            match Dtls::connect(&self.identity, self.fingerprint?, now) {
                Ok(dtls) => self.dtls = Some(dtls),
                Err(why) => {
                    tracing::debug!("DTLS: {why}");
                    return self.turn(TransportState::Failed);
                }
            }
        }
        None
    }

    fn took(&mut self, events: Vec<DtlsEvent>) -> Option<TransportState> {
        let mut changed = None;
        for event in events {
            match event {
                DtlsEvent::Established(keys) => {
                    self.srtp = Some(*keys);
                    changed = self.turn(TransportState::Connected);
                }
                DtlsEvent::Ended(why) => {
                    tracing::debug!("DTLS: {why}");
                    changed = self.turn(TransportState::Failed);
                }
                DtlsEvent::Data(_) => {}
            }
        }
        changed
    }

    fn turn(&mut self, state: TransportState) -> Option<TransportState> {
        let before = std::mem::replace(&mut self.state, state);
        (before != state).then_some(state)
    }

    fn flush(&mut self, out: &mut Outbox) {
        if let (Some(dtls), Some(to)) = (&mut self.dtls, self.ice.pair()) {
            while let Some(datagram) = dtls.poll_transmit() {
                out.push(to, &datagram);
            }
        }
    }

    /// Sends a packet of sound that `write` puts at the end of the buffer, headers of 12 bytes included. `index`: its
    /// extended sequence number, never used twice.
    pub(super) fn send(&mut self, ssrc: u32, index: u64, out: &mut Outbox, write: impl FnOnce(&mut Vec<u8>)) -> bool {
        let (Some((_, outbound)), Some(to)) = (&mut self.srtp, self.ice.pair()) else { return false };
        out.write(to, |bytes, start| {
            write(bytes);
            outbound.protect(ssrc, index, bytes, start).is_ok()
        })
    }

    /// Sends a report that `write` puts at the end of the buffer; nothing if it says `false`.
    pub(super) fn report(&mut self, out: &mut Outbox, write: impl FnOnce(&mut Vec<u8>) -> bool) {
        let (Some((_, outbound)), Some(to)) = (&mut self.srtp, self.ice.pair()) else { return };
        out.write(to, |bytes, start| write(bytes) && outbound.protect_rtcp(bytes, start).is_ok());
    }

    /// Says goodbye.
    pub(super) fn close(&mut self, now: Instant, out: &mut Outbox) {
        if let Some(dtls) = &mut self.dtls {
            dtls.close(now);
        }
        self.flush(out);
        self.state = TransportState::Closed;
    }
}

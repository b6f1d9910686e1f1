//! One room: its peers, its tracks, and the forwarding between them. Sans-IO.

use super::data::Received;
use super::demux::RtpHeader;
use super::dominant::Dominant;
use super::dtls::{DtlsEvent, Identity};
use super::ice::{Checked, Request};
use super::outbox::Outbox;
use super::peer::{Liveness, Passing, Peer, Publication};
use super::selection::{PLACES, Selection};
use super::srtp::{Inbound, Outbound};
use super::track::{Leg, Stream, Track};
use super::way::Way;
use super::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, SfuEvent, TrackKey};
use crate::rtp::Requests;
use crate::server::metrics::Dropped;
use bytes::Bytes;
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Silence after which a peer counts as gone for now.
const DISCONNECTED_AFTER: Duration = Duration::from_secs(5);
/// Silence, or a handshake without an end, after which a peer has failed.
const FAILED_AFTER: Duration = Duration::from_secs(30);
/// SSRCs that we remember towards one peer.
const MAX_STREAMS: usize = 1024;

/// What a step of the core reads and writes.
pub(crate) struct Step<'a> {
    pub(crate) now: Instant,
    pub(crate) out: &'a mut Outbox,
    pub(crate) events: &'a mut Vec<SfuEvent>,
}

/// One room.
#[derive(Default)]
pub(crate) struct Room {
    peers: HashMap<PeerKey, Peer>,
    tracks: HashMap<TrackKey, Track>,
    /// Who is forwarded, of those who tell their levels.
    selection: Selection,
    /// Whose turn it is, of the same.
    dominant: Dominant,
    /// Whose slots carry the holders of the places.
    slotted: Vec<PeerKey>,
    /// When a client is to be asked for what is missing.
    ask_due: Option<Instant>,
}

impl Room {
    pub(crate) fn add_peer(&mut self, key: PeerKey, transport: PeerTransport, identity: &Identity, step: &mut Step<'_>) {
        let peer = match Peer::new(transport, identity, step.now) {
            Ok(peer) => peer,
            Err(reason) => return step.events.push(SfuEvent::Failed(key, reason)),
        };
        self.peers.insert(key, peer);
    }

    /// Installs SRTP keys without a handshake: for measurements.
    pub(crate) fn install_keys(&mut self, key: PeerKey, address: Way, session: (Inbound, Outbound)) {
        if let Some(peer) = self.peers.get_mut(&key) {
            (peer.inbound, peer.outbound) = (Some(session.0), Some(session.1));
            peer.liveness = Liveness::Connected;
            peer.heard += Duration::from_secs(24 * 3600); // such peers need not say that they live
            peer.ice.install(address);
        }
    }

    /// A peer whose checks are not modelled lives: for measurements.
    pub(crate) fn check(&mut self, key: PeerKey, step: &mut Step<'_>) {
        if let Some(peer) = self.peers.get_mut(&key) {
            Self::heard(key, peer, step);
        }
    }

    pub(crate) fn restart_ice(&mut self, key: PeerKey, ours: IceCredentials, theirs: IceCredentials) -> Option<String> {
        self.peers.get_mut(&key)?.ice.restart(ours, theirs)
    }

    pub(crate) fn forget_address(&mut self, key: PeerKey, address: Way) {
        if let Some(peer) = self.peers.get_mut(&key) {
            peer.ice.forget(address);
        }
    }

    /// The way there and back, as a peer's reports show it.
    #[cfg(test)]
    pub(crate) fn round_trip(&self, key: PeerKey) -> Option<Duration> {
        self.peers.get(&key)?.path.smoothed()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    pub(crate) fn peer_keys(&self) -> impl Iterator<Item = PeerKey> {
        self.peers.keys().copied()
    }

    pub(crate) fn track_keys(&self) -> impl Iterator<Item = TrackKey> {
        self.tracks.keys().copied()
    }

    /// User name fragments and addresses that lead to a peer.
    pub(crate) fn ways_to(&self, key: PeerKey) -> (Vec<String>, Vec<Way>) {
        self.peers
            .get(&key)
            .map_or_else(Default::default, |peer| (peer.ice.ufrags().map(str::to_owned).collect(), peer.ice.addresses().to_vec()))
    }

    pub(crate) fn publish(&mut self, key: PeerKey, track: TrackKey, incoming: Incoming) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        match peer.publications.iter_mut().find(|p| p.track == track) {
            Some(publication) if publication.incoming == incoming => {}
            Some(publication) => *publication = Publication::new(track, incoming),
            None => peer.publications.push(Publication::new(track, incoming)),
        }
        self.tracks.entry(track).or_insert_with(|| Track::new(key)).republished();
    }

    pub(crate) fn unpublish(&mut self, track: TrackKey, step: &mut Step<'_>) {
        let Some(mut gone) = self.tracks.remove(&track) else { return };
        self.selection.forget(track);
        self.dominant.forget(track);
        for peer in self.peers.values_mut() {
            peer.declined.remove(&track);
        }
        if let Some(peer) = self.peers.get_mut(&gone.publisher) {
            peer.publications.retain(|p| p.track != track);
        }
        if let Some(change) = gone.loudness.silence() {
            step.events.push(SfuEvent::Level { track, level: change.level, active: change.active });
        }
    }

    pub(crate) fn mute(&mut self, key: TrackKey, muted: bool, step: &mut Step<'_>) {
        let Some(track) = self.tracks.get_mut(&key) else { return };
        track.muted = muted;
        if muted {
            self.selection.forget(key);
            self.dominant.forget(key);
        }
        if let Some(peer) = self.peers.get_mut(&track.publisher) {
            let requests = peer.publications.iter_mut().filter(|p| p.track == key).filter_map(|p| p.requests.as_mut());
            requests.for_each(Requests::clear);
        }
        if muted && let Some(change) = track.loudness.silence() {
            step.events.push(SfuEvent::Level { track: key, level: change.level, active: change.active });
        }
    }

    /// The stream of a new leg; `None` if there are too many.
    fn leg(&mut self, listener: PeerKey, outgoing: &Outgoing, now: Instant) -> Option<Leg> {
        let peer = self.peers.get_mut(&listener)?;
        let ssrc = outgoing.ssrc;
        if peer.streams.len() >= MAX_STREAMS {
            // Long calls come here. SSRCs are random and not taken twice: one on which nothing is sent any more may be forgotten.
            let legs = self.tracks.values().flat_map(|t| &t.legs).filter(|l| l.listener == listener).chain(&peer.slots);
            let used: HashSet<u32> = legs.map(|l| l.ssrc).chain([ssrc]).collect();
            peer.streams.retain(|s| used.contains(&s.ssrc));
        }
        match peer.streams.binary_search_by_key(&ssrc, |s| s.ssrc) {
            Ok(at) => peer.streams.get_mut(at)?.restart(),
            Err(_) if peer.streams.len() >= MAX_STREAMS => {
                tracing::warn!(peer = listener.0, "too many streams towards one peer");
                return None;
            }
            Err(at) => {
                let mut first = [0; 2];
                // Without randomness numbering starts at 0, which is as safe with these ciphers.
                let _ = getrandom::fill(&mut first);
                peer.streams.insert(at, Stream::new(ssrc, u16::from_be_bytes(first), now));
            }
        }
        Some(Leg { listener, ssrc, payload_type: outgoing.payload_type & 0x7F })
    }

    pub(crate) fn subscribe(&mut self, listener: PeerKey, key: TrackKey, outgoing: &Outgoing, now: Instant) {
        let Some(leg) = self.leg(listener, outgoing, now) else { return };
        for (other, track) in &mut self.tracks {
            // One leg per track and listener, and one track per SSRC.
            track.legs.retain(|l| l.listener != listener || (l.ssrc != leg.ssrc && *other != key));
        }
        if let Some(track) = self.tracks.get_mut(&key) {
            track.legs.push(leg);
        }
    }

    /// From now on a listener gets the holders of the places in these slots.
    pub(crate) fn slots(&mut self, listener: PeerKey, slots: &[Outgoing], now: Instant) {
        let slots: Vec<Leg> = slots.iter().take(PLACES).filter_map(|slot| self.leg(listener, slot, now)).collect();
        self.slotted.retain(|l| *l != listener);
        let Some(peer) = self.peers.get_mut(&listener) else { return };
        if !slots.is_empty() {
            self.slotted.push(listener);
        }
        peer.slots = slots;
    }

    /// A listener wants to hear a track in no slot, or in any again.
    pub(crate) fn decline(&mut self, listener: PeerKey, track: TrackKey, declined: bool) {
        let Some(peer) = self.peers.get_mut(&listener).filter(|_| self.tracks.contains_key(&track)) else { return };
        if declined {
            peer.declined.insert(track);
        } else {
            peer.declined.remove(&track);
        }
        // What was left out is no gap.
        peer.streams.iter_mut().for_each(Stream::restart);
    }

    pub(crate) fn unsubscribe(&mut self, listener: PeerKey, track: TrackKey) {
        if let Some(track) = self.tracks.get_mut(&track) {
            track.legs.retain(|l| l.listener != listener);
        }
    }

    pub(crate) fn remove_peer(&mut self, key: PeerKey, step: &mut Step<'_>) {
        let Some(mut peer) = self.peers.remove(&key) else { return };
        self.slotted.retain(|l| *l != key);
        peer.dtls.close(step.now);
        peer.flush(peer.ice.selected(), step);
        for publication in &peer.publications {
            self.unpublish(publication.track, step);
        }
        for track in self.tracks.values_mut() {
            track.legs.retain(|l| l.listener != key);
        }
    }

    /// Answers a connectivity check.
    pub(crate) fn stun(&mut self, key: PeerKey, request: &Request<'_>, from: Way, step: &mut Step<'_>) -> Option<Checked> {
        let peer = self.peers.get_mut(&key)?;
        let (mut checked, now) = (None, step.now);
        step.out.write(from, |out, _| {
            checked = peer.ice.check(request, from, now, out);
            checked.is_some()
        });
        if checked.is_some() {
            Self::heard(key, peer, step);
        }
        checked
    }

    fn heard(key: PeerKey, peer: &mut Peer, step: &mut Step<'_>) {
        peer.heard = step.now;
        if peer.liveness == Liveness::Disconnected {
            peer.liveness = Liveness::Connected;
            step.events.push(SfuEvent::Connected(key));
        }
    }

    pub(crate) fn dtls(&mut self, key: PeerKey, datagram: &[u8], from: Way, step: &mut Step<'_>) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let mut events = Vec::new();
        peer.dtls.read(step.now, datagram, &mut events);
        let to = if peer.dtls.established() { peer.ice.selected() } else { Some(from) };
        Self::dtls_events(key, peer, events, step);
        peer.flush(to, step);
    }

    fn dtls_events(key: PeerKey, peer: &mut Peer, events: Vec<DtlsEvent>, step: &mut Step<'_>) {
        for event in events {
            match event {
                DtlsEvent::Established(session) => {
                    (peer.inbound, peer.outbound) = (Some(session.0), Some(session.1));
                    peer.liveness = Liveness::Connected;
                    peer.heard = step.now;
                    step.events.push(SfuEvent::Connected(key));
                }
                DtlsEvent::Data(packet) => {
                    let mut received = Vec::new();
                    peer.data.read(step.now, packet.freeze(), &mut received);
                    Self::received(key, received, step);
                }
                DtlsEvent::Ended(reason) if peer.liveness != Liveness::Failed => {
                    peer.liveness = Liveness::Failed;
                    step.events.push(SfuEvent::Failed(key, reason));
                }
                DtlsEvent::Ended(_) => {}
            }
        }
    }

    fn received(key: PeerKey, messages: Vec<Received>, step: &mut Step<'_>) {
        let from = |(label, payload)| SfuEvent::Data { from: key, label, payload };
        step.events.extend(messages.into_iter().map(from));
    }

    /// Decrypts an RTP packet once and encrypts it once per listener.
    pub(crate) fn rtp(&mut self, key: PeerKey, packet: &mut [u8], step: &mut Step<'_>) -> Result<(), Dropped> {
        let header = RtpHeader::parse(packet).ok_or(Dropped::Malformed)?;
        let Some(peer) = self.peers.get_mut(&key) else { return Ok(()) };
        let Some(inbound) = peer.inbound.as_mut() else { return Err(Dropped::Unannounced) };
        let (index, length) = inbound.unprotect(&header, packet)?;
        let packet = packet.get(..length).ok_or(Dropped::Malformed)?;
        step.out.tally.received_packets += 1;
        step.out.tally.received_bytes += length as u64;
        Self::heard(key, peer, step);
        let publication = Peer::publication(&mut peer.publications, &header, packet).ok_or(Dropped::Unannounced)?;
        step.out.tally.missing_packets += publication.count(&header, index, &mut peer.path, step.now);
        let (key, level_extension) = (publication.track, publication.incoming.level_extension);
        let Some(track) = self.tracks.get_mut(&key) else { return Ok(()) };
        if track.muted {
            track.skipped();
            // What was said while muted is not wanted later either.
            publication.requests.iter_mut().for_each(Requests::clear);
            return Ok(());
        }
        let due = publication.requests.as_ref().and_then(Requests::due);
        self.ask_due = [self.ask_due, due].into_iter().flatten().min();
        // An empty packet (padding) says nothing.
        let Some(payload) = header.payload(packet).filter(|p| !p.is_empty()) else { return Ok(()) };
        let level = level_extension.and_then(|id| header.extension(packet, id)?.first().copied());
        if let Some(change) = level.and_then(|byte| track.loudness.hear(byte, step.now)) {
            step.events.push(SfuEvent::Level { track: key, level: change.level, active: change.active });
        }
        if let Some(byte) = level {
            self.dominant.hear(key, byte, step.now);
        }
        let place = self.selection.hear(key, level, self.dominant.speaker(), step.now);
        if level.is_some() && place.is_none() {
            track.skipped();
            publication.requests.iter_mut().for_each(Requests::clear);
            return Ok(());
        }
        let Some(generation) = track.numbering(header.ssrc) else { return Ok(()) };
        track.remember(generation, index, header.timestamp, header.marker, payload);
        if !std::mem::replace(&mut track.started, true) {
            step.events.push(SfuEvent::Started(key));
        }
        let passing = Passing { origin: (key, generation), index, timestamp: header.timestamp, marker: header.marker, payload };
        let mut sent = false;
        for leg in &track.legs {
            let Some(listener) = self.peers.get_mut(&leg.listener) else { continue };
            sent |= listener.forward(*leg, false, &passing, step.now, step.out);
        }
        if let Some(place) = place {
            for listener in self.slotted.iter().filter(|l| **l != track.publisher) {
                let Some(listener) = self.peers.get_mut(listener).filter(|l| !l.declined.contains(&key)) else { continue };
                let Some(slot) = listener.slots.get(place).copied() else { continue };
                sent |= listener.forward(slot, true, &passing, step.now, step.out);
            }
        }
        if sent && !std::mem::replace(&mut track.flowing, true) {
            step.events.push(SfuEvent::Flowing(key));
        }
        Ok(())
    }

    /// Reads a client's reports; sends again what it misses.
    pub(crate) fn rtcp(&mut self, key: PeerKey, packet: &mut [u8], step: &mut Step<'_>) -> Result<(), Dropped> {
        let Some(peer) = self.peers.get_mut(&key) else { return Ok(()) };
        let Some(inbound) = peer.inbound.as_mut() else { return Err(Dropped::Unannounced) };
        let length = inbound.unprotect_rtcp(packet)?;
        Self::heard(key, peer, step);
        peer.reported(key, packet.get(..length).ok_or(Dropped::Malformed)?, &mut self.tracks, step);
        Ok(())
    }

    /// When [`Room::ask`] has something to do.
    pub(crate) fn ask_due(&self) -> Option<Instant> {
        self.ask_due
    }

    /// Asks clients for the packets that did not come.
    pub(crate) fn ask(&mut self, step: &mut Step<'_>) {
        self.ask_due = self.peers.values_mut().filter_map(|peer| peer.ask(step.now, step.out)).min();
    }

    /// Sends a data channel message.
    pub(crate) fn send_data(&mut self, to: PeerKey, label: &str, payload: &Bytes, step: &mut Step<'_>) {
        let Some(peer) = self.peers.get_mut(&to) else { return };
        if !peer.data.send(step.now, label, payload) {
            tracing::debug!(peer = to.0, label, "a data message is dropped");
        }
        peer.flush(peer.ice.selected(), step);
    }

    /// Runs the timers.
    pub(crate) fn tick(&mut self, step: &mut Step<'_>) {
        for (key, peer) in &mut self.peers {
            let mut events = Vec::new();
            peer.dtls.tick(step.now, &mut events);
            Self::dtls_events(*key, peer, events, step);
            let mut received = Vec::new();
            peer.data.tick(step.now, &mut received);
            Self::received(*key, received, step);
            peer.report(&self.tracks, step.now, step.out);
            peer.flush(peer.ice.selected(), step);
            let silence = step.now.saturating_duration_since(peer.heard);
            match peer.liveness {
                Liveness::Connected if silence >= DISCONNECTED_AFTER => {
                    peer.liveness = Liveness::Disconnected;
                    step.events.push(SfuEvent::Disconnected(*key));
                }
                Liveness::Disconnected if silence >= FAILED_AFTER => {
                    peer.liveness = Liveness::Failed;
                    step.events.push(SfuEvent::Failed(*key, format!("nothing heard for {} s", FAILED_AFTER.as_secs())));
                }
                Liveness::Connecting if step.now.saturating_duration_since(peer.added) >= FAILED_AFTER => {
                    peer.liveness = Liveness::Failed;
                    step.events.push(SfuEvent::Failed(*key, format!("no media path within {} s", FAILED_AFTER.as_secs())));
                }
                _ => {}
            }
        }
        for (key, track) in &mut self.tracks {
            if let Some(change) = track.loudness.tick(step.now) {
                step.events.push(SfuEvent::Level { track: *key, level: change.level, active: change.active });
            }
        }
        step.events.extend(self.dominant.decide(step.now).map(SfuEvent::Dominant));
    }
}

//! One participant in a room: its transport, what it publishes, and the streams towards it.

use super::data::DataChannels;
use super::demux::RtpHeader;
use super::dtls::{Dtls, Identity};
use super::ice::Agent;
use super::outbox::Outbox;
use super::reports::{self, Reception, Report};
use super::room::Step;
use super::sender_reports::{self, Anchor, RemoteClock};
use super::srtp::{Inbound, Outbound};
use super::track::{Leg, Placed, Stream, Track};
use super::way::Way;
use super::{Incoming, PeerKey, PeerTransport, TrackKey};
use crate::rtp::{Arrival, Budget, Requests, RoundTrip};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

/// Interval of reports.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// Where a compound packet is full, in bytes: it must fit into a datagram on any path.
const MAX_REPORT: usize = 1100;

/// Whether a peer can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Liveness {
    Connecting,
    Connected,
    Disconnected,
    Failed,
}

/// A track that a peer publishes.
#[derive(Debug)]
pub(super) struct Publication {
    pub(super) track: TrackKey,
    pub(super) incoming: Incoming,
    /// The SSRC it was found to use.
    pub(super) ssrc: Option<u32>,
    pub(super) reception: Option<Reception>,
    /// What of it is missing, of a client that sends again what we ask for.
    pub(super) requests: Option<Requests>,
}

impl Publication {
    pub(super) fn new(track: TrackKey, incoming: Incoming) -> Self {
        let requests = incoming.nack.then(Requests::default);
        Self { track, ssrc: incoming.ssrc, incoming, reception: None, requests }
    }

    /// Counts a packet; how many before it have not come. If it answers a request, the path learns of it.
    pub(super) fn count(&mut self, header: &RtpHeader, index: u64, path: &mut RoundTrip, now: Instant) -> u64 {
        if self.reception.as_ref().is_none_or(|r| r.ssrc() != header.ssrc) {
            self.reception = Some(Reception::new(header.ssrc, index, header.timestamp, now));
            self.requests = self.incoming.nack.then(Requests::default);
        }
        let missing = self.reception.as_mut().map_or(0, |r| r.count(index, header.timestamp, now));
        let Some(requests) = &mut self.requests else { return missing };
        match requests.received(now, index) {
            Arrival::Recovered(passed, true) => {
                if path.minimum().is_some_and(|least| passed < least / 2) {
                    requests.overtaken(passed); // it was on its way when we asked
                }
                path.measured(now, passed);
            }
            Arrival::Recovered(_, false) => path.unclear(),
            Arrival::TooLate(Some(passed)) => path.measured(now, passed),
            _ => {}
        }
        missing
    }
}

/// A packet of a track on its way to its listeners.
pub(super) struct Passing<'a> {
    /// Track, and generation of its numbering.
    pub(super) origin: (TrackKey, u64),
    /// In the publisher's numbering.
    pub(super) index: u64,
    pub(super) timestamp: u32,
    pub(super) marker: bool,
    pub(super) payload: &'a [u8],
}

/// A participant.
pub(super) struct Peer {
    pub(super) ice: Agent,
    pub(super) dtls: Dtls,
    pub(super) inbound: Option<Inbound>,
    pub(super) outbound: Option<Outbound>,
    pub(super) data: DataChannels,
    pub(super) liveness: Liveness,
    pub(super) added: Instant,
    pub(super) heard: Instant,
    pub(super) publications: Vec<Publication>,
    /// Ordered by SSRC.
    pub(super) streams: Vec<Stream>,
    /// Its slots ([`crate::protocol::slots`]), each for the holder of a place.
    pub(super) slots: Vec<Leg>,
    /// What it does not want to hear in a slot.
    pub(super) declined: HashSet<TrackKey>,
    /// What may be sent again to it.
    pub(super) budget: Budget,
    /// The way there and back, by how soon it answers requests and reports.
    pub(super) path: RoundTrip,
    /// Its clock beside ours, by its reports.
    pub(super) clock: RemoteClock,
    report_due: Instant,
}

impl Peer {
    pub(super) fn new(transport: PeerTransport, identity: &Identity, now: Instant) -> Result<Self, String> {
        Ok(Self {
            dtls: Dtls::new(identity, transport.remote_fingerprint)?,
            ice: Agent::new(transport.local, transport.remote),
            inbound: None,
            outbound: None,
            data: DataChannels::new(),
            liveness: Liveness::Connecting,
            added: now,
            heard: now,
            publications: Vec::new(),
            streams: Vec::new(),
            slots: Vec::new(),
            declined: HashSet::new(),
            budget: Budget::default(),
            path: RoundTrip::default(),
            clock: RemoteClock::default(),
            report_due: now + REPORT_EVERY,
        })
    }

    /// Finds the publication of a decrypted packet: by SSRC, else by MID, else the only one there is.
    pub(super) fn publication<'a>(all: &'a mut [Publication], header: &RtpHeader, packet: &[u8]) -> Option<&'a mut Publication> {
        let known = all.iter().position(|p| p.ssrc == Some(header.ssrc));
        let at = known.or_else(|| {
            let named = all.iter().position(|p| {
                let mid = p.incoming.mid_extension.and_then(|id| header.extension(packet, id));
                mid.is_some_and(|mid| mid == p.incoming.mid.as_bytes())
            });
            named.or_else(|| (all.len() == 1 && all.iter().all(|p| p.ssrc.is_none())).then_some(0))
        })?;
        let publication = all.get_mut(at).filter(|p| p.incoming.payload_type == header.payload_type)?;
        publication.ssrc = Some(header.ssrc);
        Some(publication)
    }

    /// Sends a packet on a leg, if it can be sent to now; whether it was. `slot`: the leg carries different tracks.
    pub(super) fn forward(&mut self, leg: Leg, slot: bool, packet: &Passing<'_>, now: Instant, out: &mut Outbox) -> bool {
        let (Some(to), Some(outbound), Liveness::Connected) = (self.ice.selected(), self.outbound.as_mut(), self.liveness) else {
            return false;
        };
        let Ok(at) = self.streams.binary_search_by_key(&leg.ssrc, |s| s.ssrc) else { return false };
        let Some(stream) = self.streams.get_mut(at) else { return false };
        let Some((index, timestamp)) = stream.place(packet.origin, packet.index, packet.timestamp, now) else { return false };
        let source = slot.then_some(packet.origin.0.number());
        let placed = Placed { index, timestamp, marker: packet.marker, source, payload: packet.payload };
        let sent = out.write(to, |out, start| leg.write(outbound, placed, out, start));
        self.budget.earn();
        if sent {
            stream.sent.count(packet.payload.len());
            out.tally.forwarded_packets += 1;
            out.tally.forwarded_bytes += out.newest() as u64;
        }
        sent
    }

    /// Sends a packet of a leg once more: the same bytes.
    pub(super) fn send_again(
        &mut self,
        key: PeerKey,
        tracks: &HashMap<TrackKey, Track>,
        ssrc: u32,
        sequence: u16,
        now: Instant,
        out: &mut Outbox,
    ) -> Option<()> {
        let at = self.streams.binary_search_by_key(&ssrc, |s| s.ssrc).ok()?;
        let stream = self.streams.get_mut(at)?;
        let (of, generation, index, placed, offset) = stream.recall(sequence)?;
        let track = tracks.get(&of)?;
        let packet = track.recall(generation, index)?; // not one that we miss ourselves
        let slot = self.slots.iter().find(|l| l.ssrc == ssrc);
        let leg = slot.or_else(|| track.legs.iter().find(|l| l.listener == key && l.ssrc == ssrc))?;
        let source = slot.map(|_| of.number());
        let (to, outbound) = (self.ice.selected()?, self.outbound.as_mut()?);
        let times = stream.again.permit(now, sequence, &mut self.budget);
        let timestamp = packet.timestamp.wrapping_add(offset);
        let packet = Placed { index: placed, timestamp, marker: packet.marker, source, payload: &packet.payload };
        for _ in 0..times {
            if out.write(to, |out, start| leg.write(outbound, packet, out, start)) {
                stream.sent.count(packet.payload.len());
                out.tally.resent_packets += 1;
            }
        }
        Some(())
    }

    /// Asks the client for what is due; when something is due next.
    pub(super) fn ask(&mut self, now: Instant, out: &mut Outbox) -> Option<Instant> {
        let (publications, path) = (&mut self.publications, &self.path);
        if let (Some(to), Some(outbound), Liveness::Connected) = (self.ice.selected(), self.outbound.as_mut(), self.liveness) {
            let streams = publications.iter_mut().filter_map(|p| p.ssrc.zip(p.requests.as_mut()));
            out.write(to, |out, start| reports::ask(streams, path, out, now) && outbound.protect_rtcp(out, start).is_ok());
        } else {
            publications.iter_mut().filter_map(|p| p.requests.as_mut()).for_each(Requests::clear);
        }
        publications.iter().filter_map(|p| p.requests.as_ref()?.due()).min()
    }

    /// Reads a decrypted compound packet of the client.
    pub(super) fn reported(&mut self, key: PeerKey, compound: &[u8], tracks: &mut HashMap<TrackKey, Track>, step: &mut Step<'_>) {
        let now = step.now;
        reports::parse(compound, |report| match report {
            Report::Sender { ssrc, ntp, timestamp } => {
                let reported = self
                    .publications
                    .iter_mut()
                    .find_map(|p| Some((p.track, p.reception.as_mut()?)).filter(|(_, r)| r.ssrc() == ssrc));
                let Some((track, reception)) = reported else { return };
                reception.heard_sender_report((ntp >> 16) as u32, now);
                let at = self.clock.made(ntp, self.added, now);
                if let Some(track) = tracks.get_mut(&track) {
                    track.anchor = Some(Anchor { ssrc, timestamp, at });
                }
            }
            Report::Received { ssrc, last, delay } => {
                let ours = self.streams.binary_search_by_key(&ssrc, |s| s.ssrc).is_ok();
                if let Some(passed) = sender_reports::round_trip(self.added, last, delay, now).filter(|_| ours) {
                    self.path.measured(now, passed);
                }
            }
            Report::Missing { ssrc, first, following } => {
                step.out.tally.requested_packets += 1 + u64::from(following.count_ones());
                let others = (1..=16u16).filter(|n| following >> (n - 1) & 1 == 1).map(|n| first.wrapping_add(n));
                for sequence in std::iter::once(first).chain(others) {
                    if self.budget.is_empty() {
                        return; // one packet can ask for thousands
                    }
                    self.send_again(key, tracks, ssrc, sequence, now, step.out);
                }
            }
        });
    }

    /// Reports on what came from the client and on what was sent to it, if it is time.
    pub(super) fn report(&mut self, tracks: &HashMap<TrackKey, Track>, now: Instant, out: &mut Outbox) {
        if self.liveness != Liveness::Connected || now < self.report_due {
            return;
        }
        self.report_due = now + REPORT_EVERY;
        let (Some(to), Some(outbound)) = (self.ice.selected(), self.outbound.as_mut()) else { return };
        let receptions = self.publications.iter_mut().filter_map(|p| p.reception.as_mut());
        let (streams, clock) = (&mut self.streams, sender_reports::clock(self.added, now));
        out.write(to, |out, start| {
            // A compound packet begins with a receiver report, even if there is nothing in it.
            let mut said = reports::write(receptions, out, now);
            for stream in streams.iter_mut().filter(|s| s.sent.due(now)) {
                if out.len() - start > MAX_REPORT {
                    break; // the others next time
                }
                let Some(timestamp) = stream.timestamp_at(tracks, now) else { continue };
                stream.sent.write(stream.ssrc, timestamp, clock, now, out);
                said = true;
            }
            said && outbound.protect_rtcp(out, start).is_ok()
        });
    }

    /// Sends what SCTP and DTLS have queued.
    pub(super) fn flush(&mut self, to: Option<Way>, step: &mut Step<'_>) {
        while let Some(packets) = self.data.poll_transmit(step.now) {
            packets.iter().for_each(|packet| self.dtls.write(step.now, packet));
        }
        while let Some(datagram) = self.dtls.poll_transmit() {
            if let Some(to) = to {
                step.out.push(to, &datagram);
            }
        }
    }
}

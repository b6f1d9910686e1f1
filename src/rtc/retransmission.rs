//! Lost packets in the crate's chain of interceptors: what does not come is asked for again, what the other side misses of
//! ours is sent again, and what it reports of our streams is read. The decisions are [`crate::rtp`]'s.
//!
//! Not the crate's own pair: its generator asks every 100 ms, whatever the round trip is, and without end; its responder
//! sends whatever is asked for.

use crate::rtp::again::Sent;
use crate::rtp::{Arrival, Budget, Requests, RoundTrip, nack};
use rtc::interceptor::{Attribute, AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{NackPair, TransportLayerNack};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Opus' RTP clock.
const CLOCK: f64 = 48_000.0;
/// Streams that are watched; a call has one per speaker.
const MAX_STREAMS: usize = 512;
/// A report of the other side older than this says nothing about now.
const REPORT_AGE: Duration = Duration::from_secs(10);
/// Sender reports that a receiver report may refer to.
const REPORTS: usize = 3;
/// The most pairs of one NACK that the crate writes.
const MAX_PAIRS: usize = 128;

/// Counts and measurements.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Figures {
    pub(super) packets_received: u64,
    pub(super) bytes_received: u64,
    pub(super) packets_lost: u64,
    pub(super) asked: u64,
    pub(super) recovered: u64,
    /// The worst of the streams.
    pub(super) jitter: Option<Duration>,
    pub(super) packets_sent: u64,
    pub(super) bytes_sent: u64,
    pub(super) resent: u64,
    /// Round trip, from reports and from STUN.
    pub(super) rtt: Option<Duration>,
    /// When the latest RTP or RTCP packet came.
    pub(super) heard: Option<Instant>,
    uplink: Option<(Instant, f32, Duration)>,
}

impl Figures {
    /// Loss (0 to 1) and jitter of what we send, by the latest report.
    pub(super) fn uplink(&self, now: Instant) -> Option<(f32, Duration)> {
        let (at, loss, jitter) = self.uplink?;
        (now.saturating_duration_since(at) <= REPORT_AGE).then_some((loss, jitter))
    }
}

/// What the interceptor and the peer connection's owner share.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    figures: Figures,
    /// A round-trip time of STUN that was not looked at yet, and the last one: the crate repeats it until the next check.
    fresh: Option<Duration>,
    last: Option<Duration>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a round-trip time of STUN in, and takes the figures.
    pub(super) fn exchange(&self, stun: Option<Duration>) -> Figures {
        let mut shared = self.lock();
        if stun.is_some() && stun != shared.last {
            (shared.fresh, shared.last) = (stun, stun);
        }
        shared.figures
    }
}

/// A stream that we receive.
#[derive(Default)]
struct Remote {
    requests: Requests,
    /// Both sides have agreed on NACK.
    asks: bool,
    /// Where timestamps and the clock were, and the jitter in seconds (RFC 3550, appendix A.8).
    transit: Option<(Instant, u32)>,
    jitter: f64,
}

impl Remote {
    fn count_jitter(&mut self, now: Instant, timestamp: u32) {
        if let Some((at, before)) = self.transit.replace((now, timestamp)) {
            let passed = now.saturating_duration_since(at).as_secs_f64();
            let moved = passed - f64::from(timestamp.wrapping_sub(before).cast_signed()) / CLOCK;
            // A pause of the speaker is none.
            if moved.abs() < 1.0 {
                self.jitter += (moved.abs() - self.jitter) / 16.0;
            }
        }
    }
}

/// A stream that we send.
#[derive(Default)]
struct Local {
    sent: Option<Sent<rtc::rtp::Packet>>,
    /// The middle 32 bits of the NTP times of our latest reports, and when they went.
    reports: VecDeque<(u32, Instant)>,
}

/// See the module.
pub(super) struct Retransmission {
    /// Our SSRC in reports.
    reporter: u32,
    remote: HashMap<u32, Remote>,
    local: HashMap<u32, Local>,
    path: RoundTrip,
    budget: Budget,
    shared: Shared,
    /// Who gets all sound as it comes, and before the crate asks whose it is; then the crate gets none.
    packets: Option<mpsc::Sender<super::Packet>>,
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

fn agreed(info: &StreamInfo) -> bool {
    info.rtcp_feedback.iter().any(|f| f.typ == "nack" && f.parameter.is_empty())
}

fn outgoing(now: Instant, message: AttributedPacket) -> TaggedPacket {
    TaggedPacket { now, transport: Default::default(), message }
}

impl Retransmission {
    pub(super) fn new(reporter: u32, shared: Shared, packets: Option<mpsc::Sender<super::Packet>>) -> Self {
        Self {
            reporter,
            remote: HashMap::new(),
            local: HashMap::new(),
            path: RoundTrip::default(),
            budget: Budget::default(),
            shared,
            packets,
            reads: VecDeque::new(),
            writes: VecDeque::new(),
        }
    }

    fn received(&mut self, now: Instant, header: &rtc::rtp::Header, bytes: usize) {
        let Some(remote) = self.remote.get_mut(&header.ssrc) else { return };
        let before = remote.requests.tally();
        let index = remote.requests.index(header.sequence_number);
        if remote.requests.received(now, index) == Arrival::Newest {
            remote.count_jitter(now, header.timestamp);
        }
        let after = remote.requests.tally();
        let jitter = self.remote.values().map(|r| r.jitter).fold(0.0, f64::max);
        let figures = &mut self.shared.lock().figures;
        figures.packets_received += after.received - before.received;
        figures.bytes_received += bytes as u64;
        figures.packets_lost += after.lost - before.lost;
        figures.recovered += after.recovered - before.recovered;
        figures.jitter = Duration::try_from_secs_f64(jitter).ok();
    }

    fn read_control(&mut self, now: Instant, packets: &[Box<dyn rtcp::Packet>]) {
        for packet in packets {
            let packet = packet.as_any();
            if let Some(nack) = packet.downcast_ref::<TransportLayerNack>() {
                self.answer(now, nack);
            } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
                report.reports.iter().for_each(|r| self.reported(now, r));
            } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
                report.reports.iter().for_each(|r| self.reported(now, r));
            }
        }
    }

    /// Sends again what the other side misses, as it was sent: anything else would be another packet under the same number.
    fn answer(&mut self, now: Instant, nack: &TransportLayerNack) {
        let Some(sent) = self.local.get_mut(&nack.media_ssrc).and_then(|l| l.sent.as_mut()) else { return };
        let mut again = 0;
        for sequence in nack.nacks.iter().flat_map(|pair| *pair) {
            if self.budget.is_empty() {
                break; // one packet can ask for thousands
            }
            let Some((packet, times)) = sent.recall(now, sequence, &mut self.budget) else { continue };
            for _ in 0..times {
                let message = AttributedPacket::new(Packet::Rtp(packet.clone())).with(Attribute::Retransmission);
                self.writes.push_back(outgoing(now, message));
                again += 1;
            }
        }
        self.shared.lock().figures.resent += again;
    }

    fn reported(&mut self, now: Instant, report: &ReceptionReport) {
        let Some(local) = self.local.get(&report.ssrc) else { return };
        if let Some((_, sent)) = local.reports.iter().find(|(ntp, _)| *ntp == report.last_sender_report && *ntp != 0) {
            let held = Duration::from_secs_f64(f64::from(report.delay) / 65_536.0);
            if let Some(rtt) = now.saturating_duration_since(*sent).checked_sub(held) {
                self.path.measured(now, rtt);
            }
        }
        let jitter = Duration::from_secs_f64(f64::from(report.jitter) / CLOCK);
        let figures = &mut self.shared.lock().figures;
        figures.uplink = Some((now, f32::from(report.fraction_lost) / 256.0, jitter));
        figures.rtt = self.path.smoothed();
    }

    /// Asks for what is due.
    fn ask(&mut self, now: Instant) {
        let mut compound: Vec<Box<dyn rtcp::Packet>> = Vec::new();
        let mut asked = 0;
        for (ssrc, remote) in self.remote.iter_mut().filter(|(_, r)| r.asks) {
            let before = remote.requests.tally();
            let (mut pairs, mut nacks) = (nack::Pairs::default(), Vec::new());
            remote.requests.poll(now, &self.path, |index| nacks.extend(pairs.add(index as u16)));
            nacks.extend(pairs.end());
            nacks.truncate(MAX_PAIRS);
            let nacks: Vec<_> = nacks.into_iter().map(|(packet_id, lost_packets)| NackPair { packet_id, lost_packets }).collect();
            if !nacks.is_empty() {
                compound.push(Box::new(TransportLayerNack { sender_ssrc: self.reporter, media_ssrc: *ssrc, nacks }));
            }
            asked += remote.requests.tally().asked - before.asked;
        }
        if compound.is_empty() {
            return;
        }
        // A compound packet begins with a report (RFC 3550, section 6.1), even if there is nothing in it.
        compound.insert(0, Box::new(ReceiverReport { ssrc: self.reporter, ..Default::default() }));
        self.writes.push_back(outgoing(now, AttributedPacket::new(Packet::Rtcp(compound))));
        self.shared.lock().figures.asked += asked;
    }

    /// Takes a round-trip time that the owner has left.
    fn take_stun(&mut self, now: Instant) {
        let mut shared = self.shared.lock();
        if let Some(rtt) = shared.fresh.take() {
            self.path.measured(now, rtt);
            shared.figures.rtt = self.path.smoothed();
        }
    }

    fn written(&mut self, now: Instant, packet: &Packet) {
        match packet {
            Packet::Rtp(packet) => {
                let Some(local) = self.local.get_mut(&packet.header.ssrc) else { return };
                if let Some(sent) = &mut local.sent {
                    sent.keep(now, packet.header.sequence_number, packet.clone());
                }
                self.budget.earn();
                let figures = &mut self.shared.lock().figures;
                figures.packets_sent += 1;
                figures.bytes_sent += packet.payload.len() as u64;
            }
            Packet::Rtcp(packets) => {
                for report in packets.iter().filter_map(|p| p.as_any().downcast_ref::<SenderReport>()) {
                    let Some(local) = self.local.get_mut(&report.ssrc) else { continue };
                    local.reports.truncate(REPORTS - 1);
                    local.reports.push_front(((report.ntp_time >> 16) as u32, now));
                }
            }
            #[allow(unreachable_patterns, reason = "the crate may get further kinds")]
            _ => {}
        }
    }
}

impl rtc::sansio::Protocol<TaggedPacket, TaggedPacket, ()> for Retransmission {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = rtc::shared::error::Error;
    type Time = Instant;

    fn handle_read(&mut self, message: TaggedPacket) -> Result<(), Self::Error> {
        self.shared.lock().figures.heard = Some(message.now);
        match &message.message.packet {
            Packet::Rtp(p) => {
                self.take_stun(message.now);
                if let Some(packets) = &self.packets {
                    if self.remote.len() < MAX_STREAMS {
                        self.remote.entry(p.header.ssrc).or_default();
                    }
                    let _ = super::Packet::read(&p.header, &p.payload).map(|p| packets.try_send(p));
                }
                self.received(message.now, &p.header, p.payload.len());
                if self.packets.is_some() {
                    return Ok(());
                }
            }
            Packet::Rtcp(packets) => self.read_control(message.now, packets),
            #[allow(unreachable_patterns, reason = "the crate may get further kinds")]
            _ => {}
        }
        self.reads.push_back(message);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, message: TaggedPacket) -> Result<(), Self::Error> {
        self.written(message.now, &message.message.packet);
        self.writes.push_back(message);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Self::Error> {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.take_stun(now);
            self.ask(now);
        }
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.remote.values().filter(|r| r.asks).filter_map(|r| r.requests.due()).min()
    }
}

impl Interceptor for Retransmission {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        let local = self.local.entry(info.ssrc).or_default();
        match agreed(info) {
            true => drop(local.sent.get_or_insert_default()),
            false => local.sent = None,
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        self.local.remove(&info.ssrc);
    }

    // The crate binds a stream anew after each answer; what is known of it stays.
    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        if self.remote.len() < MAX_STREAMS || self.remote.contains_key(&info.ssrc) {
            self.remote.entry(info.ssrc).or_default().asks = agreed(info);
        }
    }

    fn unbind_remote_stream(&mut self, info: &StreamInfo) {
        self.remote.remove(&info.ssrc);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc::interceptor::RTCPFeedback;
    use rtc::sansio::Protocol as _;

    fn stream(ssrc: u32, nack: bool) -> StreamInfo {
        let feedback = RTCPFeedback { typ: "nack".into(), parameter: String::new() };
        StreamInfo { ssrc, rtcp_feedback: if nack { vec![feedback] } else { vec![] }, ..Default::default() }
    }

    fn rtp(ssrc: u32, sequence_number: u16) -> Packet {
        let header = rtc::rtp::Header { version: 2, ssrc, sequence_number, ..Default::default() };
        Packet::Rtp(rtc::rtp::Packet { header, payload: bytes::Bytes::from_static(&[1; 60]) })
    }

    /// One that sends SSRC 1 and hears SSRC 2, with 100 packets sent.
    fn sending(start: Instant, nack: bool) -> (Retransmission, Shared) {
        let shared = Shared::default();
        let mut r = Retransmission::new(9, shared.clone(), None);
        r.bind_local_stream(&stream(1, nack));
        r.bind_remote_stream(&stream(2, nack));
        for n in 0..100 {
            r.handle_write(outgoing(start, AttributedPacket::new(rtp(1, n)))).unwrap();
        }
        assert_eq!(std::iter::from_fn(|| r.poll_write()).count(), 100);
        (r, shared)
    }

    fn ask(r: &mut Retransmission, now: Instant, media_ssrc: u32, packet_id: u16) -> usize {
        let nacks = vec![NackPair { packet_id, lost_packets: 0xFFFF }; 100];
        let nack = TransportLayerNack { sender_ssrc: 5, media_ssrc, nacks };
        r.handle_read(outgoing(now, AttributedPacket::new(Packet::Rtcp(vec![Box::new(nack)])))).unwrap();
        std::iter::from_fn(|| r.poll_write()).count()
    }

    #[test]
    fn requests_are_answered_but_not_without_end() {
        let start = Instant::now();
        let (mut r, shared) = sending(start, true);
        assert_eq!(ask(&mut r, start, 1, 100), 0, "not sent yet");
        assert_eq!(ask(&mut r, start, 3, 50), 0, "not our stream");
        let all: usize = (0..1000).map(|n| ask(&mut r, start + Duration::from_millis(n), 1, 60)).sum();
        assert!((17..=25).contains(&all), "{all}");
        assert_eq!(shared.exchange(None).resent, all as u64);
        let (mut r, _) = sending(start, false);
        assert_eq!(ask(&mut r, start, 1, 60), 0, "not agreed on");
    }

    #[test]
    fn what_is_missing_is_asked_for_where_it_was_agreed_on() {
        for nack in [true, false] {
            let start = Instant::now();
            let (mut r, shared) = sending(start, nack);
            shared.exchange(Some(Duration::from_millis(20)));
            for n in [7, 8, 10, 13] {
                r.handle_read(outgoing(start, AttributedPacket::new(rtp(2, n)))).unwrap();
            }
            let due = r.poll_timeout();
            assert_eq!(due.is_some(), nack);
            let Some(due) = due else { continue };
            r.handle_timeout(due).unwrap();
            let Some(Packet::Rtcp(compound)) = r.poll_write().map(|m| m.message.packet) else { panic!("nothing is asked for") };
            let nack = compound.last().and_then(|p| p.as_any().downcast_ref::<TransportLayerNack>()).unwrap();
            assert_eq!((nack.media_ssrc, &nack.nacks[..]), (2, &[NackPair { packet_id: 9, lost_packets: 0b110 }][..]));
            r.handle_read(outgoing(due, AttributedPacket::new(rtp(2, 9)))).unwrap();
            let figures = shared.exchange(None);
            assert_eq!((figures.packets_received, figures.asked, figures.recovered), (5, 3, 1));
        }
    }

    #[test]
    fn a_report_tells_loss_jitter_and_the_round_trip() {
        let start = Instant::now();
        let (mut r, shared) = sending(start, true);
        let sent = SenderReport { ssrc: 1, ntp_time: 0x1111_2222_3333_4444, ..Default::default() };
        r.handle_write(outgoing(start, AttributedPacket::new(Packet::Rtcp(vec![Box::new(sent)])))).unwrap();
        let block = ReceptionReport {
            ssrc: 1,
            fraction_lost: 64,
            jitter: 480,
            last_sender_report: 0x2222_3333,
            delay: 65_536 / 4,
            ..Default::default()
        };
        let report = ReceiverReport { ssrc: 4, reports: vec![block], ..Default::default() };
        let now = start + Duration::from_millis(300);
        r.handle_read(outgoing(now, AttributedPacket::new(Packet::Rtcp(vec![Box::new(report)])))).unwrap();
        let figures = shared.exchange(None);
        assert_eq!(figures.uplink(now), Some((0.25, Duration::from_millis(10))));
        assert_eq!(figures.rtt, Some(Duration::from_millis(50)));
        assert_eq!(figures.uplink(now + REPORT_AGE * 2), None);
    }
}

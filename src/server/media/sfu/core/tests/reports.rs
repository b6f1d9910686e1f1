//! What listeners are told of streams, and what they tell.

use super::*;
use crate::server::media::sfu::srtp::Inbound;
use rtc_rtcp::packet::Packet;
use rtc_rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc_rtcp::receiver_report::ReceiverReport;
use rtc_rtcp::reception_report::ReceptionReport;
use rtc_rtcp::sender_report::SenderReport;
use rtc_rtcp::source_description::SourceDescription;
use rtc_rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc_rtcp::transport_feedbacks::transport_layer_nack::{NackPair, TransportLayerNack};
use std::time::Duration;

const FRAME: Duration = Duration::from_millis(20);

struct Call {
    core: Core,
    out: Outbox,
    events: Vec<SfuEvent>,
    says: Outbound,
    /// The listener's ends.
    hears: Inbound,
    tells: Outbound,
    start: Instant,
    said: u16,
}

impl Call {
    fn new() -> Self {
        let (core, out, events, says) = room_of_two();
        let crypto = core.identity.crypto.clone();
        let hears = Inbound::new(Profile::Gcm, crypto.crypto(), &[2; 16], &[2; 12]).unwrap();
        let tells = Outbound::new(Profile::Gcm, crypto.crypto(), &[2; 16], &[2; 12]).unwrap();
        Self { core, out, events, says, hears, tells, start: Instant::now(), said: 0 }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    /// The speaker's stream from one moment to another; the sender reports that reach the listener, and when.
    fn pass(&mut self, from: u64, to: u64) -> Vec<(Instant, SenderReport)> {
        let mut reports = Vec::new();
        for ms in (from..to).step_by(FRAME.as_millis() as usize) {
            let now = self.at(ms);
            self.said += 1;
            self.core.datagram(now, address(1), &mut say(&mut self.says, self.said), &mut self.out, &mut self.events);
            self.core.tick(now, &mut self.out, &mut self.events);
            for (to, datagram) in self.out.iter() {
                let mut datagram = datagram.to_vec();
                if to != address(2) || classify(&datagram) != Some(Kind::Rtcp) {
                    continue;
                }
                let length = self.hears.unprotect_rtcp(&mut datagram).unwrap();
                let packets = rtc_rtcp::packet::unmarshal(&mut &datagram[..length]).unwrap();
                assert!(packets[0].as_any().is::<ReceiverReport>(), "a compound packet begins with a report");
                reports
                    .extend(packets.iter().filter_map(|p| p.as_any().downcast_ref::<SenderReport>()).map(|r| (now, r.clone())));
            }
            self.out.clear();
        }
        reports
    }

    fn rtcp(session: &mut Outbound, packets: &[Box<dyn Packet>]) -> Vec<u8> {
        let mut compound: Vec<u8> = packets.iter().flat_map(|p| p.marshal().unwrap().to_vec()).collect();
        session.protect_rtcp(&mut compound, 0).unwrap();
        compound
    }

    /// The speaker reports: this timestamp belongs to this moment of its own clock.
    fn reports(&mut self, ms: u64, seconds: u64, rtp_time: u32) {
        let report = SenderReport { ssrc: 7, ntp_time: seconds << 32, rtp_time, ..Default::default() };
        let mut packet = Self::rtcp(&mut self.says, &[Box::new(report)]);
        let now = self.at(ms);
        self.core.datagram(now, address(1), &mut packet, &mut self.out, &mut self.events);
    }

    fn tell(&mut self, ms: u64, packets: &[Box<dyn Packet>]) {
        let mut packet = Self::rtcp(&mut self.tells, packets);
        let now = self.at(ms);
        self.core.datagram(now, address(2), &mut packet, &mut self.out, &mut self.events);
    }
}

#[test]
fn a_listener_can_lay_streams_side_by_side_and_measure_the_way() {
    let mut call = Call::new();
    assert_eq!(call.pass(0, 3000).len(), 0, "nothing is made up before the speaker has reported");
    // Packet n has timestamp 960 n and is sent at 20 (n - 1) ms; the speaker's clock is anything.
    call.reports(3000, 4_000_000_000, 960 + 3000 * 48);
    let reports = call.pass(3000, 14_000);
    assert!((2..=4).contains(&reports.len()), "{}", reports.len());
    let first_sent = 960; // the listener's first packet
    for (at, report) in &reports {
        let passed = (*at - call.start).as_millis() as i64;
        assert_eq!(report.ssrc, 9);
        let off = i64::from(report.rtp_time) - (first_sent + passed * 48);
        assert!(off.abs() <= 48, "{off} ticks of 1/48000 s at {passed} ms");
        assert!((i64::from(report.packet_count) - passed / 20).abs() <= 1 && report.octet_count == report.packet_count * 80);
    }
    let clock = |report: &SenderReport| report.ntp_time as f64 / f64::from(u32::MAX);
    let (a, b) = (&reports[0], &reports[1]);
    assert!((clock(&b.1) - clock(&a.1) - (b.0 - a.0).as_secs_f64()).abs() < 0.001, "its clock goes as ours");
    // The listener answers 250 ms after it had the last report, and the way there and back takes 60 ms.
    let (at, last) = reports.last().unwrap();
    let came = (*at - call.start).as_millis() as u64 + 250 + 60;
    let block =
        ReceptionReport { ssrc: 9, last_sender_report: (last.ntp_time >> 16) as u32, delay: 65_536 / 4, ..Default::default() };
    assert_eq!(call.core.round_trip(PeerKey(2)), None);
    call.tell(came, &[Box::new(ReceiverReport { ssrc: 5, reports: vec![block], ..Default::default() })]);
    let measured = call.core.round_trip(PeerKey(2)).unwrap();
    assert!((measured.as_secs_f64() - 0.06).abs() < 0.001, "{measured:?}");
}

#[test]
fn a_silent_or_muted_stream_is_not_reported_on() {
    let mut call = Call::new();
    call.reports(0, 7, 0);
    call.pass(0, 100);
    call.reports(100, 8, 100 * 48);
    assert!(!call.pass(100, 1200).is_empty());
    let mute = Command::Mute { track: TrackKey(1), muted: true };
    call.core.command(call.start, mute, &mut call.out, &mut call.events);
    assert!(call.pass(1200, 20_000).is_empty());
}

#[test]
fn of_all_that_a_listener_tells_what_is_missing_is_answered_and_nothing_else_does_harm() {
    let mut call = Call::new();
    call.pass(0, 200);
    let now = call.at(200);
    call.core.datagram(now, address(1), &mut say(&mut call.says, 11), &mut call.out, &mut call.events);
    let sent = call.out.iter().next().map(|(_, d)| d.to_vec()).unwrap();
    call.out.clear();
    let missing = RtpHeader::parse(&sent).unwrap().sequence;
    let nacks = vec![NackPair { packet_id: missing, lost_packets: 0 }];
    call.tell(
        250,
        &[
            Box::new(ReceiverReport {
                ssrc: 5,
                reports: vec![ReceptionReport { ssrc: 9, ..Default::default() }],
                ..Default::default()
            }),
            Box::new(SourceDescription::default()),
            Box::new(PictureLossIndication { sender_ssrc: 5, media_ssrc: 9 }),
            Box::new(TransportLayerCc { sender_ssrc: 5, media_ssrc: 9, ..Default::default() }),
            Box::new(TransportLayerNack { sender_ssrc: 5, media_ssrc: 9, nacks }),
        ],
    );
    assert_eq!(call.out.iter().map(|(to, d)| (to, d.to_vec())).collect::<Vec<_>>(), [(Way::Udp(address(2)), sent)]);
    assert_eq!(call.core.round_trip(PeerKey(2)), None, "it has heard no sender report");
}

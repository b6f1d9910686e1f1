//! RTCP (RFC 3550, RFC 4585): what clients report, and the receiver reports we send them.

use super::demux::{read_u16, read_u32};
use crate::rtp::{Requests, RoundTrip, nack};
use std::time::Instant;

pub(crate) const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const TRANSPORT_FEEDBACK: u8 = 205;
const GENERIC_NACK: u8 = 1;
/// Our SSRC as the sender of reports: we are a receiver only.
const REPORTER: u32 = 1;
/// Opus' RTP clock.
pub(crate) const CLOCK: u64 = 48_000;
/// Longest compound packet of ours: the most report blocks one packet can count.
const MAX_BLOCKS: usize = 31;

/// What a client's compound packet says that matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    /// It sends this SSRC; the RTP timestamp at this NTP time.
    Sender { ssrc: u32, ntp: u64, timestamp: u32 },
    /// It receives this SSRC of ours: our last sender report on it (the middle 32 bits of its NTP time, 0: none), and for how long
    /// the client has had it, in 1/65536 s.
    Received { ssrc: u32, last: u32, delay: u32 },
    /// It misses these packets of an SSRC of ours: the first, and a bit for each of the 16 after it (RFC 4585 section 6.2.1).
    Missing { ssrc: u32, first: u16, following: u16 },
}

/// Reads a decrypted compound packet; stops at the first malformed part.
pub(crate) fn parse(mut compound: &[u8], mut each: impl FnMut(Report)) {
    while let (Some(&[first, kind]), Some(words)) = (compound.first_chunk(), read_u16(compound, 2)) {
        let Some((packet, rest)) = compound.split_at_checked(4 + 4 * usize::from(words)) else { return };
        compound = rest;
        if first >> 6 != 2 {
            return;
        }
        match (kind, first & 0x1F) {
            (SENDER_REPORT | RECEIVER_REPORT, blocks) => {
                let word = |at| read_u32(packet, at);
                if kind == SENDER_REPORT
                    && let (Some(ssrc), Some(high), Some(low), Some(timestamp)) = (word(4), word(8), word(12), word(16))
                {
                    each(Report::Sender { ssrc, ntp: u64::from(high) << 32 | u64::from(low), timestamp });
                }
                let first = if kind == SENDER_REPORT { 28 } else { 8 };
                for at in (0..usize::from(blocks)).map(|n| first + 24 * n) {
                    let (Some(ssrc), Some(last), Some(delay)) = (word(at), word(at + 16), word(at + 20)) else { break };
                    each(Report::Received { ssrc, last, delay });
                }
            }
            (TRANSPORT_FEEDBACK, GENERIC_NACK) => {
                let Some(ssrc) = read_u32(packet, 8) else { continue };
                let mut at = 12;
                while let (Some(first), Some(following)) = (read_u16(packet, at), read_u16(packet, at + 2)) {
                    each(Report::Missing { ssrc, first, following });
                    at += 4;
                }
            }
            _ => {}
        }
    }
}

/// Reception of one SSRC (RFC 3550 sections 6.4.1, A.3 and A.8).
#[derive(Debug)]
pub(crate) struct Reception {
    ssrc: u32,
    base: u64,
    highest: u64,
    received: u64,
    expected_before: u64,
    received_before: u64,
    /// Where timestamps and the clock were, to tell their drift apart.
    start: Instant,
    transit: i64,
    /// Sixteenths of a timestamp unit, as in appendix A.8.
    jitter: u64,
    sender_report: Option<(u32, Instant)>,
}

impl Reception {
    /// Begins with the first packet.
    pub(crate) fn new(ssrc: u32, index: u64, timestamp: u32, now: Instant) -> Self {
        Self {
            ssrc,
            base: index,
            highest: index,
            received: 0,
            expected_before: 0,
            received_before: 0,
            start: now,
            transit: -i64::from(timestamp),
            jitter: 0,
            sender_report: None,
        }
    }

    pub(crate) fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Interarrival jitter in milliseconds.
    #[cfg(feature = "client")]
    pub(crate) fn jitter_ms(&self) -> f64 {
        (self.jitter >> 4) as f64 * 1000.0 / CLOCK as f64
    }

    /// Counts a packet by its extended sequence number. One that was sent again counts as received like any other, but says
    /// nothing about jitter. How many packets before it have not come.
    pub(crate) fn count(&mut self, index: u64, timestamp: u32, now: Instant) -> u64 {
        self.received += 1;
        self.base = self.base.min(index);
        if index < self.highest {
            return 0;
        }
        let missing = (index - self.highest).saturating_sub(1);
        self.highest = index;
        let arrival = (now.saturating_duration_since(self.start).as_micros() as u64 * CLOCK / 1_000_000) as i64;
        let transit = arrival - i64::from(timestamp);
        let moved = u64::from((transit.wrapping_sub(self.transit) as i32).unsigned_abs()); // timestamps wrap at 32 bits
        self.transit = transit;
        self.jitter = (self.jitter + moved).saturating_sub((self.jitter + 8) >> 4);
        missing
    }

    /// Remembers when the sender spoke of itself, for its measurement of the round trip.
    pub(crate) fn heard_sender_report(&mut self, ntp: u32, now: Instant) {
        self.sender_report = Some((ntp, now));
    }

    /// Appends a report block; its interval begins anew.
    fn write(&mut self, out: &mut Vec<u8>, now: Instant) {
        let expected = self.highest - self.base + 1;
        let lost = (expected as i64 - self.received as i64).clamp(-0x80_0000, 0x7F_FFFF) as i32;
        let expected_now = expected.saturating_sub(self.expected_before);
        let lost_now = expected_now.saturating_sub(self.received - self.received_before);
        let fraction = (lost_now << 8).checked_div(expected_now).unwrap_or(0).min(255);
        (self.expected_before, self.received_before) = (expected, self.received);
        let (last, delay) = self.sender_report.map_or((0, 0), |(ntp, at)| {
            let delay = now.saturating_duration_since(at).as_micros() as u64 * 65_536 / 1_000_000;
            (ntp, u32::try_from(delay).unwrap_or(u32::MAX))
        });
        for word in [self.ssrc, (fraction as u32) << 24 | (lost as u32 & 0x00FF_FFFF), self.highest as u32] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        for word in [(self.jitter >> 4) as u32, last, delay] {
            out.extend_from_slice(&word.to_be_bytes());
        }
    }
}

/// Appends a receiver report about all `receptions`; `false` if there is nothing to report.
pub(crate) fn write<'a>(receptions: impl Iterator<Item = &'a mut Reception>, out: &mut Vec<u8>, now: Instant) -> bool {
    let start = out.len();
    out.extend_from_slice(&[0x80, RECEIVER_REPORT, 0, 1]);
    out.extend_from_slice(&REPORTER.to_be_bytes());
    let mut blocks = 0;
    for reception in receptions.take(MAX_BLOCKS) {
        reception.write(out, now);
        blocks += 1;
    }
    if let Some(&mut [ref mut first, _, ref mut high, ref mut low]) = out.get_mut(start..).and_then(|o| o.first_chunk_mut()) {
        *first |= blocks;
        [*high, *low] = (1 + 6 * u16::from(blocks)).to_be_bytes();
    }
    blocks > 0
}

/// Appends requests (generic NACK) for what is due of the streams; `false` if nothing is. A compound packet begins with a
/// report (RFC 3550 section 6.1), even if there is nothing in it.
pub(crate) fn ask<'a>(
    streams: impl Iterator<Item = (u32, &'a mut Requests)>,
    path: &RoundTrip,
    out: &mut Vec<u8>,
    now: Instant,
) -> bool {
    out.extend_from_slice(&[0x80, RECEIVER_REPORT, 0, 1]);
    out.extend_from_slice(&REPORTER.to_be_bytes());
    let before = out.len();
    for (ssrc, requests) in streams {
        let start = out.len();
        out.extend_from_slice(&[0x80 | GENERIC_NACK, TRANSPORT_FEEDBACK, 0, 2]);
        out.extend_from_slice(&REPORTER.to_be_bytes());
        out.extend_from_slice(&ssrc.to_be_bytes());
        let mut pairs = nack::Pairs::default();
        let mut write = |(first, following): (u16, u16)| {
            out.extend_from_slice(&first.to_be_bytes());
            out.extend_from_slice(&following.to_be_bytes());
        };
        requests.poll(now, path, |index| pairs.add(index as u16).into_iter().for_each(&mut write));
        pairs.end().into_iter().for_each(&mut write);
        let words = (out.len() - start) / 4 - 1;
        if words == 2 {
            out.truncate(start);
        } else if let Some(&mut [_, _, ref mut high, ref mut low]) = out.get_mut(start..).and_then(|o| o.first_chunk_mut()) {
            [*high, *low] = (words as u16).to_be_bytes(); // at most 128 pairs
        }
    }
    out.len() > before
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc_rtcp::receiver_report::ReceiverReport;
    use rtc_shared::marshal::{Marshal as _, Unmarshal as _};
    use std::time::Duration;

    #[test]
    fn what_another_stack_writes_is_read() {
        use rtc_rtcp::reception_report::ReceptionReport;
        use rtc_rtcp::sender_report::SenderReport;
        use rtc_rtcp::transport_feedbacks::transport_layer_nack::{NackPair, TransportLayerNack};
        let block = ReceptionReport { ssrc: 9, last_sender_report: 0xAABB_CCDD, delay: 7, ..Default::default() };
        let sr =
            SenderReport { ssrc: 7, ntp_time: 0x1111_2222_3333_4444, rtp_time: 99, reports: vec![block], ..Default::default() };
        let pair = NackPair { packet_id: 100, lost_packets: 5 };
        let nack =
            TransportLayerNack { sender_ssrc: 1, media_ssrc: 9, nacks: vec![pair, NackPair { packet_id: 200, lost_packets: 0 }] };
        let mut compound = sr.marshal().unwrap().to_vec();
        compound.extend(nack.marshal().unwrap());
        let mut reports = Vec::new();
        parse(&compound, |r| reports.push(r));
        let expected = [
            Report::Sender { ssrc: 7, ntp: 0x1111_2222_3333_4444, timestamp: 99 },
            Report::Received { ssrc: 9, last: 0xAABB_CCDD, delay: 7 },
            Report::Missing { ssrc: 9, first: 100, following: 5 },
            Report::Missing { ssrc: 9, first: 200, following: 0 },
        ];
        assert_eq!(reports, expected);
        for cut in 0..compound.len() {
            parse(&compound[..cut], |r| assert!(expected.contains(&r)));
        }
    }

    #[test]
    fn loss_jitter_and_delay_are_reported_as_another_stack_reads_them() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut reception = Reception::new(7, 65_530, 0, start);
        for n in (0..20u32).filter(|n| n % 4 != 3) {
            reception.count(65_530 + u64::from(n), n * 960, at(u64::from(n) * 20));
        }
        reception.heard_sender_report(0xAABB_CCDD, at(400));
        let mut out = vec![0xFF];
        assert!(write([&mut reception].into_iter(), &mut out, at(900)));
        let report = ReceiverReport::unmarshal(&mut &out[1..]).unwrap();
        let block = &report.reports[0];
        assert_eq!((block.ssrc, block.last_sequence_number), (7, 65_548));
        assert_eq!((block.total_lost, block.fraction_lost), (4, (4 * 256 / 19) as u8));
        assert_eq!((block.jitter, block.last_sender_report, block.delay), (0, 0xAABB_CCDD, 32_768));
        reception.count(65_549, 20 * 960, at(920));
        let mut out = Vec::new();
        write([&mut reception].into_iter(), &mut out, at(1000));
        let block = ReceiverReport::unmarshal(&mut &out[..]).unwrap().reports[0].clone();
        assert_eq!((block.total_lost, block.fraction_lost), (4, 0), "the interval began anew");
        assert!(block.jitter > 0);
        assert!(!write(std::iter::empty(), &mut out, start));
    }
}

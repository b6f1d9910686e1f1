//! The few bytes of RTP and RTCP (RFC 3550) that a client writes and reads.

use conclave::audio::Path;
use conclave::rtp::nack;
use std::time::{Duration, Instant};

/// Length of a datagram on the wire: with UDP and IPv4 header.
pub(super) fn on_the_wire(datagram: &[u8]) -> usize {
    datagram.len() + 28
}

/// An RTP packet.
pub(super) fn rtp(sequence: u16, timestamp: u32, ssrc: u32, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x80, 111];
    packet.extend(sequence.to_be_bytes());
    packet.extend(timestamp.to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend_from_slice(payload);
    packet
}

/// Sequence number, timestamp, SSRC and payload.
pub(super) fn read_rtp(packet: &[u8]) -> Option<(u16, u32, u32, &[u8])> {
    let sequence = u16::from_be_bytes(*packet.get(2..)?.first_chunk()?);
    Some((sequence, word(packet, 4)?, word(packet, 8)?, packet.get(12..)?))
}

/// Whether it is RTCP (RFC 5761).
pub(super) fn is_rtcp(packet: &[u8]) -> bool {
    packet.get(1).is_some_and(|second| (192..=223).contains(second))
}

/// A sender report; its NTP time counts from `start`.
pub(super) fn sender_report(ssrc: u32, now: Instant, start: Instant) -> Vec<u8> {
    let mut packet = vec![0x80, 200, 0, 6];
    packet.extend(ssrc.to_be_bytes());
    packet.extend((u64::from(middle(now, start)) << 16).to_be_bytes());
    packet.extend([0; 12]);
    packet
}

/// The middle 32 bits of the NTP time: 1/65536 s.
fn middle(now: Instant, start: Instant) -> u32 {
    // One second more, so that it is never 0 (no report yet).
    ((now - start + Duration::from_secs(1)).as_secs_f64() * 65_536.0) as u32
}

/// Loss (0 to 1) and round trip by the block about `ssrc` of a receiver report.
pub(super) fn read_receiver_report(packet: &[u8], ssrc: u32, now: Instant, start: Instant) -> Option<Path> {
    let &[first, 201, ..] = packet else { return None };
    let at = (0..usize::from(first & 0x1F)).map(|n| 8 + 24 * n).find(|at| word(packet, *at) == Some(ssrc))?;
    let loss = f32::from(*packet.get(at + 4)?) / 256.0;
    let jitter_ms = Some(word(packet, at + 12)? as f32 / 48.0);
    let (last, delay) = (word(packet, at + 16)?, word(packet, at + 20)?);
    let rtt_ms = (last != 0).then(|| middle(now, start).wrapping_sub(last).wrapping_sub(delay) as f32 * 1000.0 / 65_536.0);
    Some(Path { loss, rtt_ms, jitter_ms })
}

/// Requests for packets of `ssrc` (generic NACK, RFC 4585), behind an empty receiver report.
pub(super) fn nack(ssrc: u32, wanted: &[u16]) -> Vec<u8> {
    let mut pairs = nack::Pairs::default();
    let mut all: Vec<_> = wanted.iter().filter_map(|s| pairs.add(*s)).collect();
    all.extend(pairs.end());
    let mut packet = vec![0x80, 201, 0, 1, 0, 0, 0, 2, 0x81, 205, 0, 2 + all.len() as u8, 0, 0, 0, 2];
    packet.extend(ssrc.to_be_bytes());
    for (first, following) in all {
        packet.extend(first.to_be_bytes());
        packet.extend(following.to_be_bytes());
    }
    packet
}

/// The packets of `ssrc` that a compound packet asks for.
pub(super) fn read_nack(mut compound: &[u8], ssrc: u32) -> Vec<u16> {
    let mut wanted = Vec::new();
    while let Some(&[first, kind, high, low]) = compound.first_chunk() {
        let length = 4 + 4 * usize::from(u16::from_be_bytes([high, low]));
        let Some((packet, rest)) = compound.split_at_checked(length) else { break };
        compound = rest;
        if (kind, first & 0x1F) != (205, 1) || word(packet, 8) != Some(ssrc) {
            continue;
        }
        for pair in packet.get(12..).unwrap_or_default().chunks_exact(4) {
            let (first, following) = (u16::from_be_bytes([pair[0], pair[1]]), u16::from_be_bytes([pair[2], pair[3]]));
            wanted.push(first);
            wanted.extend((1..=16).filter(|n| following >> (n - 1) & 1 == 1).map(|n| first.wrapping_add(n)));
        }
    }
    wanted
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

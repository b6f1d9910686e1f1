//! Forwarding a packet takes no memory from the allocator: one decryption, an encryption per listener, repeats and reports.

#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "forward_allocations/counting.rs"]
mod counting;

use conclave::server::media::sfu::virtual_time::{ClientSession, Forwarder};
use counting::allocations;
use std::time::{Duration, Instant};

const LISTENERS: u16 = 20;
const SSRC: u32 = 7;
const FRAME: Duration = Duration::from_millis(20);

fn packet(session: &mut ClientSession, n: u64) -> Vec<u8> {
    let mut packet = vec![0x80, 111];
    packet.extend((n as u16).to_be_bytes());
    packet.extend((n as u32 * 960).to_be_bytes());
    packet.extend(SSRC.to_be_bytes());
    packet.extend([5; 80]);
    assert!(session.protect(n, &mut packet));
    packet
}

/// A generic NACK (RFC 4585) for one packet of the stream towards a listener, behind an empty report.
fn request(session: &mut ClientSession, ssrc: u32, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 201, 0, 1, 0, 0, 0, 5, 0x81, 205, 0, 3, 0, 0, 0, 5];
    packet.extend(ssrc.to_be_bytes());
    packet.extend(sequence.to_be_bytes());
    packet.extend([0, 0]);
    assert!(session.protect_rtcp(&mut packet));
    packet
}

/// A sender report of the speaker.
fn report(session: &mut ClientSession, n: u64) -> Vec<u8> {
    let mut packet = vec![0x80, 200, 0, 6];
    packet.extend(SSRC.to_be_bytes());
    packet.extend((n << 32).to_be_bytes());
    packet.extend((n as u32 * 48_000).to_be_bytes());
    packet.extend([0; 8]);
    assert!(session.protect_rtcp(&mut packet));
    packet
}

#[test]
fn nothing_is_allocated_per_packet() {
    let start = Instant::now();
    let mut forwarder = Forwarder::new().unwrap();
    let mut sessions: Vec<ClientSession> = (0..=LISTENERS).map(|n| forwarder.join(start, n).unwrap()).collect();
    forwarder.publish(start, 0, SSRC);
    for listener in 1..=LISTENERS {
        forwarder.subscribe(start, listener, 0, 100 + u32::from(listener));
    }
    let (mut forwarded, mut newest) = (0, 0);
    let mut transmit = |forwarder: &mut Forwarder| {
        forwarder.transmit(|to, datagram| {
            if datagram.len() > 90 {
                forwarded += 1;
            }
            if to == 1 && datagram.len() > 90 {
                newest = u16::from_be_bytes([datagram[2], datagram[3]]);
            }
        });
        (forwarded, newest)
    };
    let mut counted = 0;
    for n in 0..3000u64 {
        let now = start + FRAME * n as u32;
        // Every tenth is lost, so that it is asked for; and a listener asks for what it misses.
        let mut datagrams = Vec::new();
        if n % 10 != 3 {
            datagrams.push((0, packet(&mut sessions[0], n)));
        }
        if n % 50 == 49 {
            datagrams.push((0, report(&mut sessions[0], n / 50)));
            let (_, newest) = transmit(&mut forwarder);
            datagrams.push((1, request(&mut sessions[1], 101, newest)));
        }
        let before = allocations();
        for (from, datagram) in &mut datagrams {
            forwarder.datagram(now, *from, datagram);
        }
        transmit(&mut forwarder);
        // Buffers grow to their size in the first seconds; the history of a track is the longest of them.
        if n >= 1000 {
            counted += allocations() - before;
        }
        if forwarder.ask_due().is_some_and(|due| due <= now) {
            forwarder.ask(now);
        }
        forwarder.tick(now);
    }
    let (forwarded, _) = transmit(&mut forwarder);
    assert!(forwarded > 2600 * u64::from(LISTENERS), "{forwarded}");
    assert_eq!(counted, 0, "allocations in 2000 packets for {LISTENERS} listeners");
}

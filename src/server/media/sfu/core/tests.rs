//! One thread's core, with keys installed.

mod hostile;
mod moving;
mod reports;
mod slots;

use super::super::demux::RtpHeader;
use super::super::ice::tests::{credentials, request};
use super::super::srtp::{Outbound, Profile};
use super::*;

/// A core with a speaker (peer 1, track 1) and a listener (peer 2), keys installed, and the speaker's own SRTP context.
pub(crate) fn room_of_two() -> (Core, Outbox, Vec<SfuEvent>, Outbound) {
    let identity = Identity::generate().unwrap();
    let crypto = identity.crypto.clone();
    let mut core = Core::new(identity, Arc::default(), 0);
    let (mut out, mut events, now) = (Outbox::default(), Vec::new(), Instant::now());
    let room = RoomKey(1);
    for n in 1..=2u64 {
        let (local, remote) = (credentials(&format!("us{n}")), credentials(&format!("them{n}")));
        let transport = PeerTransport { local, remote, remote_fingerprint: [0; 32] };
        core.command(now, Command::AddPeer { room, peer: PeerKey(n), transport }, &mut out, &mut events);
        let material = zeroize::Zeroizing::new(vec![n as u8; 56]);
        let install = Command::InstallKeys { peer: PeerKey(n), address: address(n), material };
        core.command(now, install, &mut out, &mut events);
    }
    let incoming =
        Incoming { ssrc: Some(7), mid: "0".into(), payload_type: 111, mid_extension: None, level_extension: Some(1), nack: true };
    core.command(now, Command::Publish { peer: PeerKey(1), track: TrackKey(1), incoming }, &mut out, &mut events);
    let outgoing = Outgoing { ssrc: 9, payload_type: 96 };
    let subscribe = Command::Subscribe { listener: PeerKey(2), track: TrackKey(1), outgoing };
    core.command(now, subscribe, &mut out, &mut events);
    let speaker = Outbound::new(Profile::Gcm, crypto.crypto(), &[1; 16], &[1; 12]).unwrap();
    (core, out, events, speaker)
}

pub(crate) fn address(n: u64) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 1000 + n as u16))
}

fn say(speaker: &mut Outbound, sequence: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 111];
    packet.extend(sequence.to_be_bytes());
    packet.extend((u32::from(sequence) * 960).to_be_bytes());
    packet.extend(7u32.to_be_bytes());
    packet.extend([5; 80]);
    speaker.protect(7, u64::from(sequence), &mut packet, 0).unwrap();
    packet
}

#[test]
fn a_leg_has_its_own_ssrc_and_payload_type_and_no_extensions() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let taken = core.datagram(Instant::now(), address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
    assert_eq!(taken, Taken::Here);
    let sent: Vec<_> = out.iter().collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, address(2));
    let header = RtpHeader::parse(sent[0].1).unwrap();
    assert_eq!((header.ssrc, header.payload_type, header.length), (9, 96, 12));
    assert_eq!(events, [SfuEvent::Started(TrackKey(1)), SfuEvent::Flowing(TrackKey(1))]);
}

#[test]
fn a_missed_packet_is_sent_again_bit_for_bit_but_not_without_end() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let now = Instant::now();
    for sequence in 1..=10 {
        core.datagram(now, address(1), &mut say(&mut speaker, sequence), &mut out, &mut events);
    }
    let sent: Vec<Vec<u8>> = out.iter().map(|(_, d)| d.to_vec()).collect();
    let mut listener = Outbound::new(Profile::Gcm, core.identity.crypto.crypto(), &[2; 16], &[2; 12]).unwrap();
    let mut ask = |first: u16, following: u16| {
        let mut nack = vec![0x81, 205, 0, 3, 0, 0, 0, 5, 0, 0, 0, 9];
        nack.extend(first.to_be_bytes());
        nack.extend(following.to_be_bytes());
        listener.protect_rtcp(&mut nack, 0).unwrap();
        nack
    };
    let number = |packet: &[u8]| RtpHeader::parse(packet).unwrap().sequence;
    out.clear();
    core.datagram(now, address(2), &mut ask(number(&sent[3]), 0b101), &mut out, &mut events);
    let again: Vec<Vec<u8>> = out.iter().map(|(_, d)| d.to_vec()).collect();
    assert_eq!(again, [sent[3].clone(), sent[4].clone(), sent[6].clone()]);
    out.clear();
    for _ in 0..100 {
        core.datagram(now, address(2), &mut ask(number(&sent[0]), 0xFFFF), &mut out, &mut events);
    }
    assert!(out.len() <= 25, "{} packets for one listener", out.len());
    out.clear();
    for first in (0..=u16::MAX).step_by(17).filter(|first| number(&sent[9]).wrapping_sub(*first) > 100) {
        core.datagram(now, address(2), &mut ask(first, 0xFFFF), &mut out, &mut events);
    }
    assert_eq!(out.len(), 0, "what was never sent, or will be sent one day");
}

#[test]
fn a_listener_hears_new_tracks_after_any_number_of_subscriptions() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let now = Instant::now();
    for ssrc in 10..5000 {
        let outgoing = Outgoing { ssrc, payload_type: 96 };
        let subscribe = Command::Subscribe { listener: PeerKey(2), track: TrackKey(1), outgoing };
        core.command(now, subscribe, &mut out, &mut events);
    }
    out.clear();
    core.datagram(now, address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
    assert_eq!(out.iter().map(|(_, d)| RtpHeader::parse(d).unwrap().ssrc).collect::<Vec<_>>(), [4999]);
}

#[test]
fn garbage_from_a_peers_own_address_changes_nothing() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    for mut datagram in garbage(11).take(60_000) {
        core.datagram(Instant::now(), address(1), &mut datagram, &mut out, &mut events);
    }
    assert!(core.rooms.contains_key(&RoomKey(1)), "the room panicked");
    out.clear();
    core.datagram(Instant::now(), address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
    assert_eq!(out.len(), 1, "{events:?}");
}

#[test]
fn silence_is_told_and_so_is_a_return() {
    use std::time::Duration;
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let start = Instant::now();
    let at = |seconds| start + Duration::from_secs(seconds);
    let mut report = vec![0x80, 201, 0, 1, 0, 0, 0, 5];
    let mut listener = Outbound::new(Profile::Gcm, core.identity.crypto.crypto(), &[2; 16], &[2; 12]).unwrap();
    listener.protect_rtcp(&mut report, 0).unwrap();
    core.datagram(start, address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
    core.datagram(start, address(2), &mut report, &mut out, &mut events);
    (out, events) = Default::default();
    core.tick(at(4), &mut out, &mut events);
    assert_eq!(events, []);
    core.tick(at(6), &mut out, &mut events);
    assert!(events.contains(&SfuEvent::Disconnected(PeerKey(1))) && events.len() == 2, "{events:?}");
    events.clear();
    out.clear();
    core.datagram(at(7), address(1), &mut say(&mut speaker, 2), &mut out, &mut events);
    assert_eq!(events.first(), Some(&SfuEvent::Connected(PeerKey(1))));
    assert_eq!(out.len(), 0, "nothing is sent to a listener that is gone");
    events.clear();
    core.tick(at(31), &mut out, &mut events);
    assert!(
        matches!(
            &events[..],
            [SfuEvent::Disconnected(PeerKey(1)), SfuEvent::Failed(PeerKey(2), _)]
                | [SfuEvent::Failed(PeerKey(2), _), SfuEvent::Disconnected(PeerKey(1))]
        ),
        "{events:?}"
    );
}

#[test]
fn a_removed_peer_leaves_no_way_to_it() {
    let (mut core, mut out, mut events, _) = room_of_two();
    let now = Instant::now();
    let mut check = request(&credentials("us1"), &credentials("them1"), true);
    let moved = SocketAddr::from(([192, 0, 2, 7], 7));
    assert_eq!(core.datagram(now, moved, &mut check, &mut out, &mut events), Taken::Here);
    assert_eq!(out.iter().map(|(to, _)| to).collect::<Vec<_>>(), [moved]);
    for n in 1..=2 {
        core.command(now, Command::RemovePeer { peer: PeerKey(n) }, &mut out, &mut events);
    }
    assert!(core.rooms.is_empty() && core.peers.is_empty() && core.tracks.is_empty());
    assert!(core.ufrags.is_empty() && core.addresses.is_empty());
    assert!(core.routes.ufrags.read().unwrap().is_empty() && core.routes.addresses.read().unwrap().is_empty());
    assert_eq!(core.datagram(now, moved, &mut check, &mut out, &mut events), Taken::Nobody);
}

#[test]
fn another_threads_datagrams_are_handed_over() {
    let (mut first, mut out, mut events, mut speaker) = room_of_two();
    let mut second = Core::new(Identity::generate().unwrap(), first.routes.clone(), 1);
    let now = Instant::now();
    let mut check = request(&credentials("us1"), &credentials("them1"), true);
    assert_eq!(second.datagram(now, address(1), &mut check, &mut out, &mut events), Taken::Elsewhere(0));
    assert_eq!(first.datagram(now, address(1), &mut check, &mut out, &mut events), Taken::Here);
    let mut packet = say(&mut speaker, 1);
    assert_eq!(second.datagram(now, address(1), &mut packet, &mut out, &mut events), Taken::Elsewhere(0));
    assert_eq!(second.datagram(now, address(5), &mut packet, &mut out, &mut events), Taken::Nobody);
}

/// Seeded datagrams that look like STUN, DTLS, RTP, RTCP or nothing.
pub(crate) fn garbage(seed: u64) -> impl Iterator<Item = Vec<u8>> {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    std::iter::repeat_with(move || {
        let length = next() as usize % 400;
        let mut datagram: Vec<u8> = (0..length).map(|_| next() as u8).collect();
        let head: &[u8] = match next() % 6 {
            0 => &[0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42],
            1 => &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0],
            2 => &[23, 254, 253, 0, 1],
            3 => &[0x90, 111],
            4 => &[0x81, 200],
            _ => &[],
        };
        for (byte, fixed) in datagram.iter_mut().zip(head) {
            *byte = *fixed;
        }
        if head.first() == Some(&0) && datagram.len() >= 20 && next() % 2 == 0 {
            let length = (datagram.len() - 20) as u16; // a length that is right gets further
            datagram[2..4].copy_from_slice(&length.to_be_bytes());
        }
        datagram
    })
}

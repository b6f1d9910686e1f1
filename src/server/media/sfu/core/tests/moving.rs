//! Clients whose address changes, and clients that come over TCP.

use super::*;

fn v6(port: u16) -> SocketAddr {
    SocketAddr::from((std::net::Ipv6Addr::from_bits(0x2001_0DB8 << 96 | 7), port))
}

/// An authentic check of a peer, from somewhere.
fn check(core: &mut Core, out: &mut Outbox, events: &mut Vec<SfuEvent>, n: u64, from: Way, nominate: bool) {
    let mut message = request(&credentials(&format!("us{n}")), &credentials(&format!("them{n}")), nominate);
    assert_eq!(core.datagram(Instant::now(), from, &mut message, out, events), Taken::Here);
    assert_eq!(out.iter().map(|(to, _)| to).collect::<Vec<_>>(), [from], "the check is answered where it came from");
    out.clear();
}

#[test]
fn media_follows_a_client_to_another_address_of_either_family() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let now = Instant::now();
    let mut numbers = Vec::new();
    let mut hear = |core: &mut Core, out: &mut Outbox, from: SocketAddr, packet: &mut [u8]| {
        let taken = core.datagram(now, from, packet, out, &mut Vec::new());
        let sent: Vec<(Way, u16)> = out.iter().map(|(to, d)| (to, RtpHeader::parse(d).unwrap().sequence)).collect();
        numbers.extend(sent.iter().map(|(_, n)| *n));
        out.clear();
        (taken, sent.first().map(|(to, _)| *to))
    };
    assert_eq!(hear(&mut core, &mut out, address(1), &mut say(&mut speaker, 1)).1, Some(address(2).into()));
    // The listener has another address: its next check says so.
    check(&mut core, &mut out, &mut events, 2, v6(9).into(), true);
    assert_eq!(hear(&mut core, &mut out, address(1), &mut say(&mut speaker, 2)).1, Some(v6(9).into()));
    // So does the speaker. Until its check nobody knows it; then it is heard from there, under the keys it has.
    let early = say(&mut speaker, 3);
    assert_eq!(hear(&mut core, &mut out, v6(8), &mut early.clone()), (Taken::Nobody, None));
    check(&mut core, &mut out, &mut events, 1, v6(8).into(), true);
    assert_eq!(hear(&mut core, &mut out, v6(8), &mut early.clone()), (Taken::Here, Some(v6(9).into())));
    assert_eq!(hear(&mut core, &mut out, v6(8), &mut say(&mut speaker, 4)).1, Some(v6(9).into()));
    assert!(!events.iter().any(|e| matches!(e, SfuEvent::Disconnected(_) | SfuEvent::Failed(..))), "{events:?}");
    // What was sent before the move and is late still counts.
    assert_eq!(hear(&mut core, &mut out, address(1), &mut say(&mut speaker, 5)).1, Some(v6(9).into()));
    assert!(numbers.len() == 5 && numbers.windows(2).all(|w| w[1] == w[0].wrapping_add(1)), "{numbers:?}");
}

#[test]
fn media_goes_over_a_connection_while_it_lasts_and_then_by_udp_again() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let now = Instant::now();
    let mut next = 0;
    let mut hear = |core: &mut Core, out: &mut Outbox| {
        next += 1;
        core.datagram(now, address(1), &mut say(&mut speaker, next), out, &mut Vec::new());
        let to: Vec<Way> = out.iter().map(|(to, _)| to).collect();
        out.clear();
        to
    };
    // Two connections from one address, as behind a proxy: they are not taken for one another, nor for UDP.
    let (first, second) = (Way::Tcp(1, address(2)), Way::Tcp(2, address(2)));
    check(&mut core, &mut out, &mut events, 2, first, true);
    assert_eq!(hear(&mut core, &mut out), [first]);
    check(&mut core, &mut out, &mut events, 1, second, false);
    assert_eq!(hear(&mut core, &mut out), [first]);
    let mut report = vec![0x80, 201, 0, 1, 0, 0, 0, 5];
    let mut listener = Outbound::new(Profile::Gcm, core.identity.crypto.crypto(), &[2; 16], &[2; 12]).unwrap();
    listener.protect_rtcp(&mut report, 0).unwrap();
    assert_eq!(core.datagram(now, Way::Tcp(3, address(2)), &mut report.clone(), &mut out, &mut events), Taken::Nobody);
    assert_eq!(core.datagram(now, first, &mut report, &mut out, &mut events), Taken::Here);
    core.command(now, Command::Gone { way: first }, &mut out, &mut events);
    assert_eq!(hear(&mut core, &mut out), [address(2)]);
    assert_eq!(core.datagram(now, first, &mut [0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7], &mut out, &mut events), Taken::Nobody);
}

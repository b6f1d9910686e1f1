//! What strangers and broken clients send is counted and dropped, and a call goes on as if there were nothing.

use super::*;
use crate::server::metrics::Media;

/// What was dropped, by reason.
fn counts(of: &Media) -> [u64; 5] {
    [Dropped::Stranger, Dropped::Forged, Dropped::Replayed, Dropped::Malformed, Dropped::Unannounced].map(|why| of.dropped(why))
}

#[test]
fn each_kind_of_bad_datagram_is_counted_and_none_is_answered() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let now = Instant::now();
    let stranger = SocketAddr::from(([198, 51, 100, 7], 9));
    let good = say(&mut speaker, 1);
    core.datagram(now, address(1), &mut good.clone(), &mut out, &mut events);
    out.clear();
    let guess = IceCredentials { pwd: "a password that was guessed".into(), ..credentials("us1") };
    let spoofed = request(&guess, &credentials("them1"), true);
    let unknown = request(&credentials("nobody"), &credentials("them1"), true);
    let mut cut = request(&credentials("us1"), &credentials("them1"), true);
    cut.truncate(cut.len() - 4);
    let mut flipped = say(&mut speaker, 2);
    flipped[40] ^= 1;
    let mut other = vec![0x80, 111, 0, 1, 0, 0, 0, 0, 0, 0, 0, 99];
    other.extend([5; 80]);
    speaker.protect(99, 1, &mut other, 0).unwrap();
    let mut report = vec![0x80, 201, 0, 1, 0, 0, 0, 5];
    speaker.protect_rtcp(&mut report, 0).unwrap();
    let mut forged_report = report.clone();
    forged_report[9] ^= 1;
    for (what, from, datagram, reason) in [
        ("a check with a guessed password", stranger, spoofed, Dropped::Forged),
        ("a check for nobody", stranger, unknown, Dropped::Stranger),
        ("a check cut short", stranger, cut, Dropped::Malformed),
        ("somebody's packet from elsewhere", stranger, good.clone(), Dropped::Stranger),
        ("somebody's packet once more", address(1), good, Dropped::Replayed),
        ("a packet that was changed", address(1), flipped, Dropped::Forged),
        ("half a header", address(1), vec![0x80, 111, 0], Dropped::Malformed),
        ("a stream that was not announced", address(1), other, Dropped::Unannounced),
        ("a report that was changed", address(1), forged_report, Dropped::Forged),
        ("no protocol at all", stranger, vec![0xFF; 50], Dropped::Malformed),
        ("nothing", stranger, Vec::new(), Dropped::Malformed),
    ] {
        let before = out.tally.dropped(reason);
        let all: u64 = counts(&out.tally).iter().sum();
        core.datagram(now, from, &mut datagram.clone(), &mut out, &mut events);
        assert_eq!(out.len(), 0, "{what} is answered");
        let after: u64 = counts(&out.tally).iter().sum();
        assert_eq!((out.tally.dropped(reason) - before, after - all), (1, 1), "{what}: {:?}", counts(&out.tally));
    }
    // A report that came is no harm when it comes again.
    core.datagram(now, address(1), &mut report.clone(), &mut out, &mut events);
    core.datagram(now, address(1), &mut report, &mut out, &mut events);
    assert_eq!(out.tally.dropped(Dropped::Replayed), 2);
}

#[test]
fn a_flood_of_them_costs_a_call_no_packet_and_no_memory() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let now = Instant::now();
    let mut flood = garbage(5);
    let guess = IceCredentials { pwd: "a password that was guessed".into(), ..credentials("us2") };
    let spoofed = request(&guess, &credentials("them2"), true);
    let mut old: Vec<Vec<u8>> = Vec::new();
    let mut heard = Vec::new();
    for n in 1..=300u16 {
        let packet = say(&mut speaker, n);
        core.datagram(now, address(1), &mut packet.clone(), &mut out, &mut events);
        old.push(packet);
        for k in 0..40u16 {
            let from = SocketAddr::from(([198, 51, 100, (k % 200) as u8], n));
            core.datagram(now, from, &mut flood.next().unwrap(), &mut out, &mut events);
            core.datagram(now, address(2), &mut flood.next().unwrap(), &mut out, &mut events);
            core.datagram(now, from, &mut spoofed.clone(), &mut out, &mut events);
            let replayed = &old[usize::from(k * 7 % n)];
            core.datagram(now, address(1), &mut replayed.clone(), &mut out, &mut events);
        }
        let rtp = out.iter().filter(|(_, d)| classify(d) == Some(Kind::Rtp));
        heard.extend(rtp.map(|(_, d)| RtpHeader::parse(d).unwrap().sequence));
        assert!(out.iter().all(|(to, _)| to == address(2)), "a stranger is answered");
        out.clear();
    }
    assert_eq!(heard.len(), 300);
    assert!(heard.windows(2).all(|w| w[1] == w[0].wrapping_add(1)), "in order and without a gap");
    assert_eq!((core.addresses.len(), core.ufrags.len(), core.rooms.len()), (2, 2, 1));
    let [strangers, forged, replayed, malformed, _] = counts(&out.tally);
    assert!(strangers > 1000 && forged >= 12_000 && replayed == 12_000 && malformed > 1000, "{:?}", counts(&out.tally));
}

#[test]
fn a_panic_takes_back_what_its_room_was_about_to_send_and_no_more() {
    let (mut core, mut out, mut events, mut speaker) = room_of_two();
    let now = Instant::now();
    let add = |core: &mut Core, out: &mut Outbox, events: &mut Vec<SfuEvent>, n: u64| {
        let transport = PeerTransport {
            local: credentials(&format!("us{n}")),
            remote: credentials(&format!("them{n}")),
            remote_fingerprint: [0; 32],
        };
        core.command(now, Command::AddPeer { room: RoomKey(2), peer: PeerKey(n), transport }, out, events);
    };
    add(&mut core, &mut out, &mut events, 8);
    add(&mut core, &mut out, &mut events, 9);
    let mut check = request(&credentials("us9"), &credentials("them9"), true);
    assert_eq!(core.datagram(now, address(9), &mut check, &mut out, &mut events), Taken::Here);
    out.clear();
    core.datagram(now, address(1), &mut say(&mut speaker, 1), &mut out, &mut events);
    events.clear();
    core.command(now, Command::Panic { peer: PeerKey(9) }, &mut out, &mut events);
    core.datagram(now, address(1), &mut say(&mut speaker, 2), &mut out, &mut events);
    assert_eq!(out.iter().map(|(to, _)| to).collect::<Vec<_>>(), [address(2), address(2)], "the other room's packets go on");
    let mut failed: Vec<u64> =
        events.iter().filter_map(|e| if let SfuEvent::Failed(p, _) = e { Some(p.0) } else { None }).collect();
    failed.sort_unstable();
    assert_eq!(failed, [8, 9]);
    assert_eq!(core.datagram(now, address(9), &mut check, &mut out, &mut events), Taken::Nobody, "no way leads there");
    core.tick(now, &mut out, &mut events);
    add(&mut core, &mut out, &mut events, 10);
    assert!(core.rooms.contains_key(&RoomKey(2)), "the room may begin anew");
}

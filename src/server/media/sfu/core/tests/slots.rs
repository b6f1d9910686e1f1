//! A listener with slots: twelve streams for any number of speakers.

use super::*;
use crate::protocol::slots::COUNT;
use crate::server::media::sfu::srtp::Inbound;
use std::time::Duration;

const LISTENER: u8 = 99;
const SILENT: u8 = 127;
const SPEECH: u8 = 0x80 | 30;

/// A room in which everybody's microphone is open, with one listener who takes slots.
struct Hall {
    core: Core,
    out: Outbox,
    events: Vec<SfuEvent>,
    now: Instant,
    speakers: Vec<(Outbound, u16)>,
    ears: Inbound,
    levels: bool,
}

/// A packet that the listener gets: its stream, number and source, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Got {
    ssrc: u32,
    sequence: u16,
    source: u32,
    payload: Vec<u8>,
}

impl Hall {
    fn new(speakers: u8, levels: bool) -> Self {
        let identity = Identity::generate().unwrap();
        let crypto = identity.crypto.clone();
        let core = Core::new(identity, Arc::default(), 0);
        let ears = Inbound::new(Profile::Gcm, crypto.crypto(), &[LISTENER; 16], &[LISTENER; 12]).unwrap();
        let (out, events, now) = (Outbox::default(), Vec::new(), Instant::now());
        let mut hall = Self { core, out, events, now, speakers: Vec::new(), ears, levels };
        for n in (1..=speakers).chain([LISTENER]) {
            let (local, remote) = (credentials(&format!("us{n}")), credentials(&format!("them{n}")));
            let transport = PeerTransport { local, remote, remote_fingerprint: [0; 32] };
            let peer = PeerKey(n.into());
            hall.command(Command::AddPeer { room: RoomKey(1), peer, transport });
            let material = zeroize::Zeroizing::new(vec![n; 56]);
            hall.command(Command::InstallKeys { peer, address: address(n.into()), material });
        }
        for n in 1..=speakers {
            let outbound = Outbound::new(Profile::Gcm, crypto.crypto(), &[n; 16], &[n; 12]).unwrap();
            hall.speakers.push((outbound, 0));
            hall.publish(n);
        }
        let slots = (0..COUNT as u32).map(|slot| Outgoing { ssrc: 1000 + slot, payload_type: 96 }).collect();
        hall.command(Command::Slots { listener: PeerKey(LISTENER.into()), slots });
        hall
    }

    fn command(&mut self, command: Command) {
        self.core.command(self.now, command, &mut self.out, &mut self.events);
    }

    fn publish(&mut self, n: u8) {
        let incoming = Incoming {
            ssrc: Some(n.into()),
            mid: "0".into(),
            payload_type: 111,
            mid_extension: None,
            level_extension: self.levels.then_some(1),
            nack: false,
        };
        self.command(Command::Publish { peer: PeerKey(n.into()), track: track(n), incoming });
    }

    /// Somebody's next packet; what the listener gets of it, as it is on the wire.
    fn wire(&mut self, n: u8, level: u8) -> Vec<Vec<u8>> {
        let (speaker, sequence) = &mut self.speakers[usize::from(n) - 1];
        *sequence += 1;
        let mut packet = vec![if self.levels { 0x90 } else { 0x80 }, 111];
        packet.extend(sequence.to_be_bytes());
        packet.extend((u32::from(*sequence) * 960).to_be_bytes());
        packet.extend(u32::from(n).to_be_bytes());
        if self.levels {
            packet.extend([0xBE, 0xDE, 0, 1, 0x10, level, 0, 0]);
        }
        packet.extend([n; 80]);
        speaker.protect(n.into(), u64::from(*sequence), &mut packet, 0).unwrap();
        self.out.clear();
        self.core.datagram(self.now, address(n.into()), &mut packet, &mut self.out, &mut self.events);
        let to_listener = self.out.iter().filter(|(to, _)| *to == address(LISTENER.into()));
        to_listener.map(|(_, datagram)| datagram.to_vec()).collect()
    }

    fn say(&mut self, n: u8, level: u8) -> Option<Got> {
        let mut sent = self.wire(n, level);
        assert!(sent.len() <= 1, "a packet goes out once");
        let mut packet = sent.pop()?;
        let header = RtpHeader::parse(&packet).unwrap();
        assert_eq!((header.payload_type, header.length), (96, 16));
        let (_, length) = self.ears.unprotect(&header, &mut packet).unwrap();
        let source = u32::from_be_bytes(packet[12..16].try_into().unwrap());
        Some(Got { ssrc: header.ssrc, sequence: header.sequence, source, payload: packet[16..length].to_vec() })
    }

    /// 20 ms in which everybody's packet comes, and those named speak; whom the listener hears.
    fn round(&mut self, speak: &[u8]) -> Vec<u8> {
        self.now += Duration::from_millis(20);
        let all: Vec<u8> = (1..=self.speakers.len() as u8).collect();
        let heard = all.into_iter().filter_map(|n| {
            let got = self.say(n, if speak.contains(&n) { SPEECH } else { SILENT })?;
            assert_eq!((got.source, &got.payload), (track(n).number(), &vec![n; 80]));
            Some(n)
        });
        heard.collect()
    }
}

fn track(n: u8) -> TrackKey {
    TrackKey(7 << 32 | u64::from(n))
}

#[test]
fn eighty_open_microphones_are_heard_in_twelve_streams_each_from_its_first_word() {
    let mut hall = Hall::new(80, true);
    hall.round(&[]);
    let mut ssrcs = std::collections::BTreeSet::new();
    for n in 1..=80 {
        hall.now += Duration::from_secs(2);
        let got = hall.say(n, SPEECH).unwrap_or_else(|| panic!("{n} begins to speak"));
        assert_eq!(got.source, track(n).number());
        ssrcs.insert(got.ssrc);
    }
    assert_eq!(ssrcs, (1000..1000 + COUNT as u32).collect());
}

#[test]
fn a_slot_s_numbering_goes_on_whoever_has_it() {
    let mut hall = Hall::new(13, true);
    hall.round(&[]);
    let mut last: std::collections::HashMap<u32, u16> = std::collections::HashMap::new();
    let mut switches = 0;
    for turn in 0..100u8 {
        let n = turn % 13 + 1;
        hall.now += Duration::from_secs(2);
        for _ in 0..3 {
            let got = hall.say(n, SPEECH).unwrap();
            if let Some(before) = last.insert(got.ssrc, got.sequence) {
                assert_eq!(got.sequence, before.wrapping_add(1));
            }
            switches += usize::from(got.source != track(n).number());
        }
    }
    assert_eq!(switches, 0, "a packet bears the number of its own track");
}

#[test]
fn who_has_slots_does_not_hear_itself_nor_what_it_declined() {
    let mut hall = Hall::new(2, true);
    assert_eq!(hall.round(&[1, 2]), [1, 2]);
    let listener = PeerKey(LISTENER.into());
    hall.command(Command::Decline { listener, track: track(1), declined: true });
    assert_eq!(hall.round(&[1, 2]), [2]);
    let before = hall.say(2, SPEECH).unwrap();
    hall.command(Command::Decline { listener, track: track(1), declined: false });
    assert_eq!(hall.round(&[1, 2]), [1, 2]);
    assert_eq!(hall.say(2, SPEECH).unwrap().sequence, before.sequence.wrapping_add(2));
    // Its own track takes a place, and comes back to nobody.
    let slots = vec![Outgoing { ssrc: 500, payload_type: 96 }, Outgoing { ssrc: 501, payload_type: 96 }];
    hall.command(Command::Slots { listener: PeerKey(1), slots });
    hall.out.clear();
    let sent = hall.wire(1, SPEECH);
    assert_eq!((sent.len(), hall.out.len()), (1, 1), "to the other listener only");
    // Who may not listen any more gets nothing.
    hall.command(Command::Slots { listener, slots: Vec::new() });
    assert!(hall.round(&[1, 2]).is_empty());
}

#[test]
fn without_levels_whoever_sends_has_a_slot_and_a_closed_microphone_has_none() {
    let mut hall = Hall::new(13, false);
    let heard = hall.round(&[]);
    assert_eq!(heard, (1..=12).collect::<Vec<_>>(), "as many as a strict room's floor admits");
    hall.command(Command::Mute { track: track(5), muted: true });
    assert!(hall.round(&[]).contains(&13), "in the place of 5");
    hall.command(Command::Mute { track: track(5), muted: false });
    hall.command(Command::Unpublish { track: track(7) });
    hall.round(&[]);
    assert!(hall.round(&[]).contains(&5));
}

#[test]
fn a_packet_that_is_missed_in_a_slot_is_sent_again_bit_for_bit() {
    let mut hall = Hall::new(13, true);
    hall.round(&[]);
    let sent: Vec<Vec<u8>> = (0..4).flat_map(|_| hall.wire(3, SPEECH)).collect();
    let header = RtpHeader::parse(&sent[1]).unwrap();
    let crypto = hall.core.identity.crypto.clone();
    let mut mouth = Outbound::new(Profile::Gcm, crypto.crypto(), &[LISTENER; 16], &[LISTENER; 12]).unwrap();
    let mut nack = vec![0x81, 205, 0, 3, 0, 0, 0, 5];
    nack.extend(header.ssrc.to_be_bytes());
    nack.extend(header.sequence.to_be_bytes());
    nack.extend([0, 0]);
    mouth.protect_rtcp(&mut nack, 0).unwrap();
    hall.out.clear();
    hall.core.datagram(hall.now, address(LISTENER.into()), &mut nack, &mut hall.out, &mut hall.events);
    let again: Vec<Vec<u8>> = hall.out.iter().map(|(_, d)| d.to_vec()).collect();
    assert_eq!(again, [sent[1].clone()]);
}

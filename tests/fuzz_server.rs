//! The bodies of the server's fuzz targets (`make fuzz`) on stable, with random and with nearly right input.
#![cfg(feature = "server")]

#[allow(unreachable_pub, clippy::panic, reason = "a part of a program of its own in fuzz/")]
#[path = "../fuzz/src/server.rs"]
mod targets;

use livekit_protocol as lk;
use lk::signal_request::Message as Said;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use prost::Message as _;

const OFFERS: [&str; 3] = [
    include_str!("data/livekit/chromium-join.sdp"),
    include_str!("data/livekit/node-publish.sdp"),
    include_str!("data/livekit/python-publish.sdp"),
];
const REQUESTS: [&str; 5] = [
    "GET /.well-known/conclave HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /api/v1/owner/claim HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"secret\":\"\"}",
    "GET /api/v1/control HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\u{1}\u{1}",
    "GET /rtc/v1?access_token=a.b.c&join_request=AAAA HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /twirp/livekit.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
];

/// Some places are changed, and it may end early.
fn damaged(good: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    (any::<Index>(), vec((any::<Index>(), any::<u8>()), 0..6), any::<Index>(), any::<bool>()).prop_map(
        move |(which, patches, end, cut)| {
            let mut bytes = which.get(&good).clone();
            for (at, byte) in patches {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

/// Messages of three participants, each nearly right.
fn conversation(good: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    vec((any::<u8>(), damaged(good)), 1..12)
        .prop_map(|said| said.iter().flat_map(|(who, message)| targets::piece(*who, message)).collect())
}

fn requests() -> Vec<Vec<u8>> {
    let description = |sdp: &str| lk::SessionDescription { r#type: "offer".into(), sdp: sdp.into(), id: 1, ..Default::default() };
    let track = lk::AddTrackRequest { cid: "mic".into(), name: "mic".into(), ..Default::default() };
    let mute = lk::MuteTrackRequest { sid: "TR_1".into(), muted: true };
    [
        Said::Offer(description(OFFERS[0])),
        Said::Offer(description(OFFERS[2])),
        Said::AddTrack(track),
        Said::Mute(mute),
        Said::Ping(7),
        Said::Leave(lk::LeaveRequest::default()),
        Said::SyncState(lk::SyncState { offer: Some(description(OFFERS[1])), ..Default::default() }),
    ]
    .into_iter()
    .map(|message| lk::SignalRequest { message: Some(message) }.encode_to_vec())
    .collect()
}

fn packets() -> Vec<Vec<u8>> {
    vec![
        [&[0x80, 111, 0, 1, 0, 0, 3, 192, 0, 0, 0, 7][..], b"opus"].concat(),
        [&[0x90, 111, 0, 2, 0, 0, 7, 128, 0, 0, 0, 7, 0xBE, 0xDE, 0, 1, 0x10, 0x20, 0, 0][..], b"opus"].concat(),
        [&[0xB0, 111, 0, 3, 0, 0, 11, 64, 0, 0, 0, 7, 0x10, 0, 0, 1, 1, 1, 9, 0][..], b"opus\x02"].concat(),
    ]
}

fn reports() -> Vec<Vec<u8>> {
    let sender = [&[0x80, 200, 0, 6][..], &[0, 0, 0, 7], &[7; 20]].concat();
    let receiver = [&[0x81, 201, 0, 7][..], &[0, 0, 0, 2], &[0, 0, 0, 9], &[9; 20]].concat();
    let missing = [&[0x81, 205, 0, 3][..], &[0, 0, 0, 2], &[0, 0, 0, 9], &[0, 1, 0xFF, 0xFF]].concat();
    vec![[&receiver[..], &missing].concat(), sender, receiver, missing]
}

fn datagrams() -> Vec<Vec<u8>> {
    let binding = [&[0, 1, 0, 12, 0x21, 0x12, 0xA4, 0x42][..], &[1; 12], &[0, 6, 0, 7], b"us1:abc\0"].concat();
    vec![
        binding,
        vec![22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        vec![23, 254, 253, 0, 1],
        packets().remove(0),
        reports().remove(0),
    ]
}

/// A Binding request that anybody may send, with its CRC-32.
fn question() -> Vec<u8> {
    let mut message = [&[0, 1, 0, 108, 0x21, 0x12, 0xA4, 0x42][..], &[1; 12], &[0x80, 0x22, 0, 96]].concat();
    message.extend(b"conclave: does this get through?".iter().copied().chain([b' '; 64]));
    let step = |crc: u32, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
    let sum = !message.iter().fold(!0u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step)) ^ 0x5354_554E;
    message.extend([0x80, 0x28, 0, 4]);
    message.extend(sum.to_be_bytes());
    message
}

/// Requests to the TURN server: what a browser asks first, a permission, data in a channel, and data in an indication.
fn relays() -> Vec<Vec<u8>> {
    let message = |kind: u16, body: &[u8]| {
        let length = (body.len() as u16).to_be_bytes();
        [&kind.to_be_bytes()[..], &length, &[0x21, 0x12, 0xA4, 0x42], &[7; 12], body].concat()
    };
    let peer = [0, 0x12, 0, 8, 0, 1, 0x21 ^ 1, 0x12 ^ 187, 0x21 ^ 192, 0x12, 0xA4 ^ 2, 0x42 ^ 1];
    vec![
        message(0x0003, &[0, 0x19, 0, 4, 17, 0, 0, 0]),
        message(0x0008, &peer),
        message(0x0009, &[&[0, 0x0C, 0, 4, 0x40, 0, 0, 0][..], &peer].concat()),
        message(0x0016, &[&peer[..], &[0, 0x13, 0, 4, 1, 2, 3, 4]].concat()),
        message(0x0004, &[0, 0x0D, 0, 4, 0, 0, 0, 0]),
        vec![0x40, 0, 0, 4, 1, 2, 3, 4],
    ]
}

/// What comes behind a hello: datagrams of each kind, in frames.
fn tunnels() -> Vec<Vec<u8>> {
    let framed = |datagram: &Vec<u8>| [&(datagram.len() as u16).to_be_bytes()[..], &datagram[..]].concat();
    let question = question();
    vec![
        datagrams().iter().map(framed).collect::<Vec<_>>().concat(),
        [framed(&question), framed(&question)].concat(),
        vec![0, 0, 0xFF, 0xFF],
    ]
}

fn anything() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..2000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_join_request(data in anything(), text in "[A-Za-z0-9_=-]{0,400}") {
        targets::join_request(&data);
        targets::join_request(text.as_bytes());
    }

    #[test]
    fn any_offer(data in anything(), nearly in damaged(OFFERS.map(|o| o.into()).to_vec())) {
        targets::offer(&data);
        targets::offer(&nearly);
    }

    #[test]
    fn any_signalling(data in anything(), nearly in conversation(requests())) {
        targets::signalling(&data);
        targets::signalling(&nearly);
    }

    #[test]
    fn any_rtp(data in anything(), nearly in conversation(packets())) {
        targets::rtp(&data);
        targets::rtp(&nearly);
    }

    #[test]
    fn any_rtcp(data in anything(), nearly in conversation(reports())) {
        targets::rtcp(&data);
        targets::rtcp(&nearly);
    }

    #[test]
    fn any_turn(data in anything(), nearly in conversation(relays()), stream in vec(damaged(relays()), 1..8)) {
        targets::turn(&data);
        targets::turn(&nearly);
        targets::turn(&stream.concat());
    }

    #[test]
    fn any_datagram(data in anything(), nearly in conversation(datagrams())) {
        targets::datagram(&data);
        targets::datagram(&nearly);
    }

    #[test]
    fn any_tunnel(data in anything(), nearly in damaged(tunnels())) {
        targets::tunnel(&data);
        targets::tunnel(&nearly);
    }

    #[test]
    fn any_http(data in anything(), nearly in damaged(REQUESTS.map(|r| r.into()).to_vec())) {
        targets::http(&data);
        targets::http(&nearly);
    }
}

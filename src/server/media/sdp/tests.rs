use super::*;
use crate::server::media::sfu::IceCredentials;
use proptest::prelude::*;
use std::net::SocketAddr;

const CHROMIUM: &str = include_str!("../../../../tests/data/livekit/chromium-join.sdp");
const PYTHON: &str = include_str!("../../../../tests/data/livekit/python-join.sdp");
const PYTHON_PUBLISH: &str = include_str!("../../../../tests/data/livekit/python-publish.sdp");
const NODE_PUBLISH: &str = include_str!("../../../../tests/data/livekit/node-publish.sdp");

fn answer(offer: &Offer, plan: impl Fn(&Section) -> Plan) -> String {
    let ice = IceCredentials { ufrag: "ours".into(), pwd: "ourpasswordourpassword12".into() };
    let address = |a: &str| a.parse::<SocketAddr>().unwrap();
    let candidates = [
        Candidate::Udp(address("192.0.2.1:7882")),
        Candidate::Udp(address("[2001:db8::1]:7882")),
        Candidate::Tcp(address("[2001:db8::1]:7881")),
    ];
    write(offer, Local { ice: &ice, fingerprint: "AB:CD", candidates: &candidates, version: 1 }, plan)
}

/// The m-lines with their attributes, without session level.
fn sections(sdp: &str) -> Vec<Vec<&str>> {
    sdp.split("\r\nm=").skip(1).map(|s| s.split("\r\n").filter(|l| !l.is_empty()).collect()).collect()
}

fn mids<'a>(sections: &'a [Vec<&'a str>]) -> Vec<&'a str> {
    sections.iter().map(|s| s.iter().find_map(|l| l.strip_prefix("a=mid:")).unwrap()).collect()
}

#[test]
fn recorded_offers_are_read() {
    // Who, how many sections, which the client sends on: (mid, ssrc, track id).
    type Sends = Option<(&'static str, u32, &'static str)>;
    let table: [(&str, &str, usize, Sends); 4] = [
        ("chromium", CHROMIUM, 7, None),
        ("python", PYTHON, 7, None),
        ("python publishes", PYTHON_PUBLISH, 8, Some(("7", 4_179_647_716, "cd4fe894-03b8-4b32-9a36-9a464599d4e7"))),
        ("node publishes", NODE_PUBLISH, 8, Some(("7", 3_677_780_697, "2a9eceaa-5d9d-4d96-9ba4-6c64249429cb"))),
    ];
    for (who, sdp, count, sends) in table {
        let offer = parse(sdp).unwrap();
        assert_eq!(offer.sections.len(), count, "{who}");
        assert!(offer.sections.iter().all(|s| s.usable), "{who}");
        assert_eq!(offer.ice.pwd, "REDACTEDREDACTEDREDACTED", "{who}");
        assert_eq!(offer.ice.ufrag.len(), 4, "{who}");
        let kinds: Vec<Kind> = offer.sections.iter().take(7).map(|s| s.kind).collect();
        use Kind::{Application, Audio, Video};
        assert_eq!(kinds, [Audio, Audio, Audio, Video, Video, Video, Application], "{who}");
        for section in offer.sections.iter().take(3) {
            assert_eq!(section.outgoing(), Some(111), "{who}");
            assert_eq!(section.incoming(), None, "{who}");
        }
        let sending: Vec<_> = offer.sections.iter().filter_map(|s| Some((s, s.incoming()?))).collect();
        match sends {
            None => assert!(sending.is_empty(), "{who}"),
            Some((mid, ssrc, track)) => {
                let [(section, incoming)] = sending.as_slice() else { panic!("{who}: {sending:?}") };
                assert_eq!((incoming.mid.as_str(), incoming.payload_type), (mid, 111), "{who}");
                assert_eq!((incoming.mid_extension, incoming.level_extension), (Some(4), Some(1)), "{who}");
                assert_eq!(incoming.ssrc, Some(ssrc), "{who}");
                assert_eq!(section.track_id.as_deref(), Some(track), "{who}");
            }
        }
    }
}

#[test]
fn answers_mirror_recorded_offers() {
    for sdp in [CHROMIUM, PYTHON, PYTHON_PUBLISH, NODE_PUBLISH] {
        let offer = parse(sdp).unwrap();
        let text = answer(&offer, |section| Plan {
            receive: true,
            send: (section.mid == "1").then(|| Sending { stream: "PA_a|TR_b".into(), track: "TR_b".into(), ssrc: 77 }),
        });
        let ours = sections(&text);
        let theirs = sections(sdp);
        assert_eq!(mids(&ours), mids(&theirs));
        assert!(text.contains("\r\na=ice-lite\r\n") && text.contains("a=fingerprint:sha-256 AB:CD\r\n"));
        let group: String = mids(&theirs).iter().map(|m| format!(" {m}")).collect();
        assert!(text.contains(&format!("a=group:BUNDLE{group}\r\n")), "{text}");
        for (our, their) in ours.iter().zip(&theirs) {
            let word = |l: &str| l.split(' ').next().unwrap().to_string();
            assert_eq!(word(our[0]), word(their[0]), "kind");
            assert!(our[0].contains(" 9 ") && our.contains(&"a=setup:passive") && our.contains(&"a=ice-ufrag:ours"));
            if !our[0].starts_with("application") {
                assert!(our.contains(&"a=rtcp-mux"));
                let payload_type = our[0].rsplit(' ').next().unwrap();
                assert!(their[0].split(' ').any(|f| f == payload_type), "a payload type that was offered: {our:?}");
            }
        }
        assert!(ours[0].contains(&"a=inactive"), "nothing to send there: {:?}", ours[0]);
        assert!(ours[0].iter().any(|l| l.starts_with("a=candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host")));
        let tcp = "a=candidate:3 1 tcp 1520434687 2001:db8::1 7881 typ host tcptype passive";
        assert!(ours[0].contains(&tcp) && ours[0].contains(&"a=end-of-candidates"), "{:?}", ours[0]);
        let has_candidate: Vec<usize> =
            (0..ours.len()).filter(|n| ours[*n].iter().any(|l| l.starts_with("a=candidate"))).collect();
        assert_eq!(
            has_candidate,
            [0, 1],
            "the first bundled section speaks for all, and the first active one for the webrtc crate"
        );
        assert!(ours[1].contains(&"a=sendonly") && ours[1].contains(&"a=msid:PA_a|TR_b TR_b"));
        assert!(ours[1].contains(&"a=ssrc:77 msid:PA_a|TR_b TR_b"));
        assert!(ours[1].contains(&"a=fmtp:111 minptime=10;useinbandfec=1"));
        assert!(!text.contains("red/48000"), "Opus only");
        assert!(ours[3].contains(&"a=inactive"), "video is not carried");
        let has_rid = |s: &Vec<&str>| s.iter().any(|l| l.starts_with("a=extmap:") && l.ends_with(":rtp-stream-id"));
        assert_eq!(has_rid(&ours[3]), has_rid(&theirs[3]), "Chromium's simulcast needs it even there");
        assert!(ours[6].contains(&"a=sctp-port:5000") && ours[6].contains(&"a=max-message-size:65536"));
        if let Some(published) = ours.get(7) {
            assert!(published.contains(&"a=recvonly"));
        }
    }
}

#[test]
fn somebody_alone_finds_the_candidates_in_an_active_section() {
    let offer = parse(CHROMIUM).unwrap();
    let text = answer(&offer, |_| Plan::default());
    let data =
        sections(&text).into_iter().find(|s| s[0].starts_with("m=application") || s[0].starts_with("application")).unwrap();
    assert!(data.iter().any(|l| l.starts_with("a=candidate:1 1 udp")), "{data:?}");
}

fn offer(body: &str) -> String {
    let transport = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=setup:actpass\r\n";
    let print = ["00"; 32].join(":");
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\na=fingerprint:sha-256 {print}\r\n{transport}{body}"
    )
}

const AUDIO: &str = "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 OPUS/48000/2\r\n";

#[test]
fn sections_that_cannot_be_carried_are_rejected() {
    let body = format!(
        "{AUDIO}a=mid:0\r\na=recvonly\r\n\
         m=audio 0 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=mid:1\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\na=mid:2\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 opus/48000/2\r\na=mid:alone\r\n"
    );
    let read = parse(&offer(&body)).unwrap();
    let text = answer(&read, |_| Plan { receive: true, send: None });
    assert!(text.contains("a=group:BUNDLE 0\r\n"), "{text}");
    let ports: Vec<String> = sections(&text).iter().map(|s| s[0].to_string()).collect();
    assert_eq!(
        ports,
        [
            "audio 9 UDP/TLS/RTP/SAVPF 96",
            "audio 0 UDP/TLS/RTP/SAVPF 96",
            "audio 0 UDP/TLS/RTP/SAVPF 0",
            "audio 0 UDP/TLS/RTP/SAVPF 96"
        ]
    );
    // Firefox and max-bundle clients mark sections of a bundle with port 0 and bundle-only: these are not rejected.
    let body = body.replace("a=mid:1\r\n", "a=mid:1\r\na=bundle-only\r\n");
    assert!(parse(&offer(&body)).unwrap().sections[1].usable);
}

#[test]
fn bad_offers_are_refused_with_a_reason() {
    let good = offer(&format!("{AUDIO}a=mid:0\r\na=sendrecv\r\n"));
    assert!(parse(&good).is_ok());
    for (from, to, why) in [
        ("v=0", "v=1", SdpError::Malformed),
        ("a=group:BUNDLE 0 1 2\r\n", "", SdpError::NoBundle),
        ("a=ice-ufrag:abcd\r\n", "", SdpError::NoIce),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:ab d", SdpError::Malformed),
        ("sha-256", "sha-1", SdpError::NoFingerprint),
        ("00:00:00", "00:0:00", SdpError::Malformed),
        ("actpass", "passive", SdpError::Passive),
        ("audio 9", "audio 70000", SdpError::Malformed),
        ("a=mid:0", "a=mid:0 1", SdpError::Malformed),
    ] {
        assert_eq!(parse(&good.replacen(from, to, 1)), Err(why), "{from} -> {to}");
    }
    assert_eq!(parse(&offer(&format!("{AUDIO}a=mid:0\r\n{AUDIO}a=mid:0\r\n"))), Err(SdpError::Malformed));
    assert_eq!(parse(&(good + &"a=x\r\n".repeat(MAX_OFFER / 5))), Err(SdpError::TooLong));
    assert_eq!(parse(&offer(&AUDIO.repeat(MAX_SECTIONS + 1))), Err(SdpError::TooLong));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_text_never_panics(text in "\\PC*") {
        let _ = parse(&text);
        let _ = parse(&format!("v=0\r\nm={text}\r\na={text}"));
    }

    /// Whatever a damaged offer says, an answer to it has the offer's m-lines and no line of the offer's making.
    #[test]
    fn damaged_offers_never_panic(edits in prop::collection::vec((0usize..16_000, any::<u8>(), 0usize..3), 1..40)) {
        let mut bytes = PYTHON_PUBLISH.as_bytes().to_vec();
        for (at, byte, how) in edits {
            let at = at % bytes.len();
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.remove(at); }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(offer) = parse(&text) {
            let answered = answer(&offer, |_| Plan {
                receive: true,
                send: Some(Sending { stream: "s".into(), track: "t".into(), ssrc: 1 }),
            });
            prop_assert_eq!(sections(&answered).len(), offer.sections.len());
            prop_assert!(answered.bytes().all(|b| b.is_ascii() && (b >= 0x20 || b == b'\r' || b == b'\n')));
            prop_assert!(!answered.replace("\r\n", "").contains(['\r', '\n']));
        }
    }
}

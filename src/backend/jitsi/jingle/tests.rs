use super::*;
use crate::backend::jitsi::xml::{self, read};

fn offer(edit: impl Fn(String) -> String) -> Result<Offer, Unusable> {
    let transport = "<transport pwd='326aa7bf319livhejo1dab7a3b' ufrag='cr6n81k839lcbc' xmlns='urn:xmpp:jingle:transports:ice-udp:1'>\
        <web-socket url='wss://meet.test/colibri-ws/jvb1/c/me?pwd=X' xmlns='http://jitsi.org/protocol/colibri'/><rtcp-mux/>\
        <fingerprint hash='sha-256' xmlns='urn:xmpp:jingle:apps:dtls:0' setup='actpass'>31:B3:94:A5:86:2F:55:82:E1:54:28:39:60:19:6E:58:29:CE:3D:0F:75:D5:03:61:75:CD:F3:DB:25:97:E7:16</fingerprint>\
        <candidate component='1' network='0' type='host' foundation='1' ip='10.99.0.1' priority='2130706431' port='22100' protocol='udp' id='x' generation='0'/>\
        <candidate component='2' type='host' foundation='1' ip='10.99.0.1' priority='1' port='22101' protocol='udp'/></transport>";
    let text = format!(
        "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' initiator='focus@auth.meet.test/focus' sid='hf97'>\
        <content name='audio' creator='initiator' senders='both'><description media='audio' xmlns='urn:xmpp:jingle:apps:rtp:1'>\
        <payload-type name='opus' channels='2' id='111' clockrate='48000'/><payload-type name='telephone-event' clockrate='8000' id='126'/>\
        <rtp-hdrext xmlns='urn:xmpp:jingle:apps:rtp:rtp-hdrext:0' uri='urn:ietf:params:rtp-hdrext:ssrc-audio-level' id='1'/>\
        <source ssrc='5' name='ana-a0' xmlns='urn:xmpp:jingle:apps:rtp:ssma:0'><ssrc-info owner='ana' xmlns='http://jitsi.org/jitmeet'/></source>\
        </description>{transport}</content><unknown xmlns='urn:new'><x/></unknown>\
        <bridge-session id='5cbecca4-2ef1' xmlns='http://jitsi.org/protocol/focus'/>\
        <json-message xmlns='http://jitsi.org/jitmeet'>{{&quot;sources&quot;:{{&quot;jvb&quot;:[[],[],[{{&quot;s&quot;:77,&quot;n&quot;:&quot;jvb-a0&quot;}}]],\
        &quot;r@c/ben&quot;:[[{{&quot;s&quot;:1}}],[[&quot;f&quot;,1,2]],[{{&quot;s&quot;:6}}]]}}}}</json-message></jingle>"
    );
    Offer::of(&read(&edit(text)).unwrap())
}

#[test]
fn an_offer_becomes_a_description_and_its_answer_an_element() {
    let offer = offer(|t| t).unwrap();
    assert_eq!((offer.level, offer.data, offer.start_muted), (Some(1), false, false));
    let source = |owner: &str, name: &str, ssrc| Source { owner: owner.into(), name: name.into(), ssrc };
    assert_eq!(offer.sources, [source("jvb", "jvb-a0", 77), source("ben", "ben-a0", 6), source("ana", "ana-a0", 5)]);
    assert_eq!(offer.transport.web_socket.as_deref(), Some("wss://meet.test/colibri-ws/jvb1/c/me?pwd=X"));
    let sdp = offer.description(1);
    assert!(sdp.contains("a=candidate:1 1 udp 2130706431 10.99.0.1 22100 typ host\r\n"), "{sdp}");
    assert!(!sdp.contains("22101") && sdp.contains("a=ssrc:77 cname:bridge"), "{sdp}");
    let answer = "v=0\r\na=ice-ufrag:UUUU\r\na=ice-pwd:PPPP\r\na=fingerprint:sha-256 AA:BB\r\na=candidate:1 2 udp 1 10.0.0.1 5 typ host\r\n";
    let local = Local::of(answer).unwrap();
    let microphone = Microphone { endpoint: "me".into(), ssrc: 9 };
    let accept: Element = accept(&offer, "session-accept", "r@c/me", &local, Some(&microphone)).into();
    let text = xml::write(&accept);
    for part in ["session-accept", "sid='hf97'", "name='me-a0'", "ssrc='9'", "ufrag='UUUU'", "setup='active'", "id='111'"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("candidate") && !text.contains("126"), "{text}");
}

#[test]
fn nothing_that_a_focus_writes_adds_a_line() {
    let newline = "&#13;&#10;a=candidate:evil";
    for (from, to) in [
        ("cr6n81k839lcbc", format!("cr6n{newline}")),
        ("326aa7bf319livhejo1dab7a3b", format!("a{newline}")),
        ("31:B3:94", format!("31{newline}:94")),
        ("hash='sha-256'", "hash='md5'".into()),
        ("id='111'", "id='96'".into()),
        ("name='opus'", "name='pcmu'".into()),
        ("name='audio'", "name='video'".into()),
        ("ufrag=", "other=".into()),
        ("sid='hf97'", String::new()),
    ] {
        assert!(offer(|t| t.replace(from, &to)).is_err(), "{from}");
    }
    for (from, to) in [
        ("ip='10.99.0.1'", format!("ip='10.99.0.1{newline}'")),
        ("type='host'", format!("type='host{newline}'")),
        ("foundation='1'", format!("foundation='1{newline}'")),
        ("protocol='udp'", format!("protocol='udp{newline}'")),
        ("id='1'/>", format!("id='1{newline}'/>")),
        ("jvb-a0", format!("jvb{newline}")),
    ] {
        let sdp = offer(|t| t.replace(from, &to)).unwrap().description(1);
        assert!(!sdp.contains("evil"), "{from}: {sdp}");
    }
}

#[test]
fn thousands_of_sources_are_bounded() {
    let many = (0..10_000).map(|n| format!("\"p{n}\":[[],[],[{{\"s\":{n}}}]]")).collect::<Vec<_>>().join(",");
    assert_eq!(of_json(&format!("{{\"sources\":{{{many}}}}}")).unwrap().len(), MAX_SOURCES);
    let all = format!("{{\"sources\":{{\"p\":[[],[],[{}]]}}}}", vec!["{\"s\":1}"; 10_000].join(","));
    assert_eq!(of_json(&all).unwrap().len(), MAX_SOURCES);
    for odd in ["", "[]", "{}", "{\"sources\":[]}", "{\"sources\":{\"a\":[[],[],[{\"s\":-1},{\"s\":\"x\"},7]]}}"] {
        assert!(of_json(odd).is_none_or(|s| s.is_empty()), "{odd}");
    }
}

//! What a Jitsi deployment says: what the `jitsi_*` targets do, and a module of `tests/fuzz_jitsi.rs`, which runs them on stable. Where a
//! target takes messages, an odd first byte chooses one that a real server has said, and what follows changes it.

#[path = "jitsi/session.rs"]
mod session;

use conclave::backend::jitsi::deployment;
use conclave::backend::jitsi::jingle::{self, MAX_SOURCES, Offer, Source, Transport};
use conclave::backend::jitsi::stream::Login;
use conclave::backend::jitsi::xml::{self, MAX_DEPTH, MAX_ELEMENTS};
use conclave::backend::jitsi::{colibri, config_js, muc, stream};
use conclave::net::Target;
use minidom::Element;
use std::net::IpAddr;
use std::sync::LazyLock;

pub use session::{conversation, session};

/// What `tests/data/jitsi` has of one client's conversation.
#[derive(Default)]
struct Recording {
    room: String,
    /// Of the client's address.
    node: String,
    /// What the server said.
    stanzas: Vec<String>,
    /// What the bridge said.
    bridge: Vec<String>,
}

static RECORDINGS: LazyLock<Vec<Recording>> = LazyLock::new(|| {
    [
        include_str!("../../tests/data/jitsi/browser-join-first.jsonl"),
        include_str!("../../tests/data/jitsi/browser-join-second.jsonl"),
        include_str!("../../tests/data/jitsi/features-alice.jsonl"),
        include_str!("../../tests/data/jitsi/features-bob.jsonl"),
        include_str!("../../tests/data/jitsi/features-carol.jsonl"),
        include_str!("../../tests/data/jitsi/rust-join-ssrc-rewriting.jsonl"),
        include_str!("../../tests/data/jitsi/scripted-join-json-sources.jsonl"),
        include_str!("../../tests/data/jitsi/scripted-join-xml-sources.jsonl"),
    ]
    .map(recording)
    .into()
});

fn recording(lines: &str) -> Recording {
    let mut recording = Recording::default();
    for line in lines.lines() {
        let Ok(line) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let data = line["data"].as_str().map_or_else(|| line["data"].to_string(), str::to_owned);
        match (line["ch"].as_str(), line["dir"].as_str()) {
            (Some("xmpp"), Some("in")) => recording.stanzas.push(data),
            (Some("colibri"), Some("in")) => recording.bridge.push(data),
            _ => {}
        }
    }
    let before = |mark: &str, open: &[char]| {
        let text = recording.stanzas.iter().find_map(|s| s.split_once(mark))?.0;
        Some(text.rsplit(open).next()?.to_owned())
    };
    let room = before("@conference.meet.test/focus", &['\'', '"']).unwrap_or_default();
    let node = recording.stanzas.iter().find_map(|s| s.split_once("<jid>")?.1.split('@').next()).unwrap_or_default().to_owned();
    Recording { room, node, ..recording }
}

/// An even first byte: the rest. An odd one, with the second: a good message, some of its bytes, and text that is put into it somewhere.
fn message(good: &[&str], data: &[u8]) -> Option<String> {
    let (first, rest) = data.split_first()?;
    if first % 2 == 0 {
        return Some(String::from_utf8_lossy(rest).into_owned());
    }
    let (second, rest) = rest.split_first().map_or((0, rest), |(n, rest)| (usize::from(*n), rest));
    let mut bytes = good.get((usize::from(first / 2) * 256 + second) % good.len().max(1))?.as_bytes().to_vec();
    let (patches, rest) = rest.split_first().map_or((0, rest), |(n, rest)| (usize::from(n % 8), rest));
    let (patches, put) = rest.split_at(rest.len().min(3 * patches));
    for patch in patches.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([patch[0], patch[1]])) % bytes.len();
        bytes[at] = patch[2];
    }
    if let Some((at, text)) = put.split_first_chunk::<2>() {
        let at = usize::from(u16::from_be_bytes(*at)) % (bytes.len() + 1);
        bytes.splice(at..at, text.iter().copied());
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn stanzas() -> Vec<&'static str> {
    RECORDINGS.iter().flat_map(|r| &r.stanzas).map(String::as_str).collect()
}

/// Depth and number of elements.
fn size(element: &Element) -> (usize, usize) {
    let of_children = element.children().map(size);
    let (depth, elements) = of_children.fold((0, 0), |(depth, all), (d, n)| (depth.max(d), all + n));
    (depth + 1, elements + 1)
}

/// A stanza: refused, or an element of a bounded size that is the same when it is written and read again; and everybody who reads it.
pub fn stanza(data: &[u8]) {
    let Some(text) = message(&stanzas(), data) else { return };
    let Ok(element) = xml::read(&text) else { return };
    let (depth, elements) = size(&element);
    assert!(depth <= MAX_DEPTH && elements <= MAX_ELEMENTS, "{depth} deep, {elements} elements");
    let written = xml::write(&element);
    let again = xml::read(&written);
    assert_eq!(again.map(|e| plain(&e)), Ok(plain(&element)), "{written}");
    muc::read(&element);
    stream::condition(&element);
    let _ = Transport::of(&element);
    assert!(jingle::of_jingle(&element).len() <= MAX_SOURCES);
    if let Ok(offer) = Offer::of(&element) {
        described(&offer);
    }
}

/// An element as what it means: its text in one piece where there is no element between.
fn plain(element: &Element) -> String {
    let mut said = format!("({} {:?} {:?}", element.name(), element.ns(), element.attrs().into_iter().collect::<Vec<_>>());
    let mut text = String::new();
    for node in element.nodes() {
        match (node.as_element(), node.as_text()) {
            (Some(child), _) => said.push_str(&format!(" {:?} {}", std::mem::take(&mut text), plain(child))),
            (None, Some(more)) => text.push_str(more),
            _ => {}
        }
    }
    said + &format!(" {text:?})")
}

/// A `session-initiate`: refused, or a description with nothing in it but what is known of the offer.
pub fn offer(data: &[u8]) {
    let offers: Vec<_> = stanzas().into_iter().filter(|s| s.contains("session-initiate") || s.contains("source-add")).collect();
    let Some(text) = message(&offers, data) else { return };
    let Ok(stanza) = xml::read(&text) else { return };
    let jingle = stanza.children().find(|c| c.name() == "jingle").unwrap_or(&stanza);
    let sources = jingle::of_jingle(jingle);
    assert!(sources.len() <= MAX_SOURCES && sources.iter().all(is_sensible));
    if let Ok(offer) = Offer::of(jingle) {
        described(&offer);
    }
}

fn is_sensible(source: &Source) -> bool {
    [&source.owner, &source.name].iter().all(|name| (1..=128).contains(&name.len()))
}

fn described(offer: &Offer) {
    assert!(offer.sources.len() <= MAX_SOURCES);
    let sdp = offer.description(3);
    is_description(&sdp);
    let t = &offer.transport;
    let has = |line: &str, expected: &str| sdp.split("\r\n").filter_map(|l| l.strip_prefix(line)).all(|v| v == expected);
    assert!(has("a=ice-ufrag:", &t.ufrag) && has("a=ice-pwd:", &t.pwd), "{sdp}");
    assert!(has("a=fingerprint:sha-256 ", t.fingerprint.as_deref().unwrap_or_default()), "{sdp}");
    let candidates: Vec<_> = sdp.split("\r\n").filter_map(|l| l.strip_prefix("a=candidate:")).collect();
    assert_eq!(candidates, t.candidates, "{sdp}");
}

/// Each line is one that a description of ours can have, and has no more in it than its kind can hold.
fn is_description(sdp: &str) {
    let (mut sections, mut candidates) = (0, 0);
    let body = sdp.strip_suffix("\r\n").unwrap_or_default();
    for line in body.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        sections += usize::from(line.starts_with("m="));
        candidates += usize::from(line.starts_with("a=candidate:"));
        assert!(is_known(line), "{line:?} in {sdp}");
    }
    assert!((1..=2).contains(&sections) && candidates <= jingle::MAX_CANDIDATES, "{sdp}");
}

fn is_known(line: &str) -> bool {
    const FIXED: [&str; 17] = [
        "v=0",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "a=group:BUNDLE 0 1",
        "c=IN IP4 0.0.0.0",
        "a=setup:actpass",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=mid:0",
        "a=mid:1",
        "a=rtcp-mux",
        "a=sendrecv",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=end-of-candidates",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=sctp-port:5000",
    ];
    let ice = |text: &str| (1..=256).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "+/".contains(c));
    let number = |text: &str| text.parse::<u32>().is_ok();
    if FIXED.contains(&line) {
        return true;
    }
    let Some((kind, value)) = line.split_once([':', '=']).filter(|(kind, _)| *kind != "a") else {
        let Some((kind, value)) = line.strip_prefix("a=").and_then(|l| l.split_once(':')) else { return false };
        return match kind {
            "ice-ufrag" | "ice-pwd" => ice(value),
            "fingerprint" => {
                value.strip_prefix("sha-256 ").is_some_and(|f| f.split(':').all(|b| u8::from_str_radix(b, 16).is_ok()))
            }
            "extmap" => value.strip_suffix(" urn:ietf:params:rtp-hdrext:ssrc-audio-level").is_some_and(number),
            "ssrc" => {
                value.split_once(' ').is_some_and(|(n, rest)| number(n) && ["cname:bridge", "msid:bridge bridge"].contains(&rest))
            }
            "candidate" => is_candidate(value),
            _ => false,
        };
    };
    kind == "o" && value.strip_prefix("- 1 ").and_then(|v| v.strip_suffix(" IN IP4 0.0.0.0")).is_some_and(number)
}

/// Of component 1, and made of numbers and words that are known.
fn is_candidate(text: &str) -> bool {
    let parts: Vec<&str> = text.split(' ').collect();
    let [foundation, "1", protocol, priority, ip, port, "typ", kind, tcp @ ..] = &parts[..] else { return false };
    foundation.chars().all(|c| c.is_ascii_alphanumeric() || "+/".contains(c))
        && (*protocol == "udp" && tcp.is_empty() || *protocol == "tcp" && *tcp == ["tcptype", "passive"])
        && priority.parse::<u32>().is_ok()
        && ip.parse::<IpAddr>().is_ok()
        && port.parse::<u16>().is_ok()
        && ["host", "srflx", "prflx", "relay"].contains(kind)
}

/// What the bridge says, and sources in JSON: refused, or bounded.
pub fn bridge(data: &[u8]) {
    let good: Vec<_> = RECORDINGS.iter().flat_map(|r| &r.bridge).map(String::as_str).collect();
    let Some(text) = message(&good, data) else { return };
    if let Some(colibri::Message::AudioSources(sources)) = colibri::read(&text) {
        assert!(sources.len() <= MAX_SOURCES && sources.iter().all(is_sensible));
    }
    if let Some(sources) = jingle::of_json(&text) {
        assert!(sources.len() <= MAX_SOURCES && sources.iter().all(is_sensible));
    }
}

const CONFIGS: [&str; 2] = [
    "var subdir = '<!--# echo var=\"subdir\" default=\"\" -->'; var subdomain = '<!--# echo var=\"subdomain\" default=\"\" -->';
     if (subdomain) { subdomain = subdomain.substr(0, subdomain.length - 1).split('.').join('_').toLowerCase() + '.'; }
     var config = { hosts: { domain: 'meet.example', muc: 'conference.' + subdomain + 'meet.example' },
     bosh: 'https://meet.example/' + subdir + 'http-bind', websocket: 'wss://meet.example/' + subdir + 'xmpp-websocket',
     conferenceRequestUrl: 'https://meet.example/' + subdir + 'conference-request/v1', list: [ 1, { a: 'b' } ] };",
    "var config = {}; config.hosts = {}; config.hosts.domain = 'meet.jitsi'; var subdomain = \"\"; // comment
     config.hosts.muc = `muc.` + subdomain + 'meet.jitsi'; config.hosts.anonymousdomain = 'guest.meet.jitsi'; /* another */
     config.hosts.authdomain = 'meet.jitsi'; config.websocket = 'wss://localhost:8443/xmpp-websocket'; config.x = config.x || 'y';",
];

/// A `config.js`: what is understood costs no more than its bytes, leads out of TLS nowhere, and is fit for a request.
pub fn config(data: &[u8]) {
    let Some(text) = message(&CONFIGS, data) else { return };
    let values = config_js::read(&text, &[("subdomain", "board."), ("subdir", "board/")]);
    assert!(values.len() <= text.len() + 2);
    assert!(values.iter().all(|(name, value)| name.len() + value.len() <= 2 * config_js::MAX_VALUE), "{values:?}");
    let target = Target { host: "meet.example".into(), port: 443, tls: true };
    for tenant in [None, Some("Board.One"), Some("Der Rat/übrig")] {
        let Some(deployment) = deployment::read(&text, &target, tenant) else { continue };
        assert!(deployment.websocket.0.tls, "{deployment:?}");
        let path = deployment.path("Büro 1", Some("a b"), Some("e.y"));
        let fit = |path: &str| path.starts_with('/') && path.bytes().all(|b| b.is_ascii_graphic());
        assert!(fit(&path) && deployment.request.as_deref().is_none_or(fit), "{deployment:?}");
        if let Ok(place) = deployment.place("Büro 1", &Login::Anonymous, false, &target.host) {
            assert!(place.room.starts_with("b%c3%bcro%201@"), "{place:?}");
        }
    }
}

//! The floods. Each runs for as long as the call beside it and until it has been refused, and never makes more than
//! [`MOST`] attempts.

#![allow(unreachable_pub, missing_docs, reason = "a module of one test")]

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use conclave::protocol::control::{self, ClientMessage, Refusal, RoomMode, ServerMessage};
use conclave::server::media::token::{ApiKey, Grant, VideoGrant, sign};
use conclave::server::store::DataDir;
use conclave_lab::conclave::{PATIENCE, Server};
use livekit_protocol as lk;
use lk::signal_request::Message as Said;
use lk::signal_response::Message as Told;
use prost::Message as _;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

/// Attempts of one flood at most.
const MOST: u64 = 50_000;

/// Whether to go on.
#[derive(Default)]
pub struct Go {
    over: AtomicBool,
    refused: AtomicBool,
    attempts: AtomicU64,
}

impl Go {
    /// The call is over: from now on a flood goes on only until it has been refused.
    pub fn stop(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Takes one attempt.
    fn on(&self) -> bool {
        let enough = self.over.load(Ordering::Relaxed) && self.refused.load(Ordering::Relaxed);
        !enough && self.attempts.fetch_add(1, Ordering::Relaxed) < MOST
    }

    fn refused(&self) {
        self.refused.store(true, Ordering::Relaxed);
    }
}

/// A server to flood, and what somebody with an honest token knows of it.
pub struct Mark {
    authority: String,
    udp: String,
    key: ApiKey,
}

impl Mark {
    pub fn of(server: &Server) -> Self {
        let key = DataDir::open(server.data.path()).unwrap().api_key().unwrap();
        Self { authority: server.authority(), udp: server.hello["udp"].as_str().unwrap().to_owned(), key }
    }
}

/// One flood.
pub struct Attack {
    pub name: &'static str,
    /// What counts it.
    pub counter: Option<&'static str>,
    pub run: fn(&Mark, &Go),
}

const JOINS: Option<&str> = Some("conclave_joins_refused_total");
const MEDIA: Option<&str> = Some("conclave_media_joins_refused_total");

/// All of them.
pub const ATTACKS: &[Attack] = &[
    Attack { name: "joins", counter: JOINS, run: joins },
    Attack { name: "giant JSON", counter: JOINS, run: giant_json },
    Attack { name: "chat", counter: None, run: chat },
    Attack { name: "bad tokens", counter: MEDIA, run: bad_tokens },
    Attack { name: "gzip bombs", counter: MEDIA, run: bombs },
    Attack { name: "offers", counter: None, run: offers },
    Attack { name: "giant SDP", counter: None, run: giant_sdp },
    Attack { name: "slow requests", counter: None, run: slow },
    Attack { name: "garbage at the media port", counter: None, run: garbage },
    Attack { name: "spoofed ICE", counter: None, run: spoofed_ice },
];

fn connect(mark: &Mark) -> TcpStream {
    let stream = TcpStream::connect(&mark.authority).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// As many attackers as there are cores in the smallest machine that runs this.
fn by_two(work: impl Fn(u64) + Sync) {
    std::thread::scope(|scope| {
        for n in 0..2 {
            let work = &work;
            scope.spawn(move || work(n));
        }
    });
}

type Socket = WebSocket<TcpStream>;

fn control(mark: &Mark) -> (Socket, Vec<u8>) {
    let url = format!("ws://{}{}", mark.authority, control::PATH);
    let (mut socket, _) = tungstenite::client(url, connect(mark)).unwrap();
    match heard(&mut socket) {
        Some(ServerMessage::Challenge { nonce }) => (socket, URL_SAFE_NO_PAD.decode(nonce).unwrap()),
        other => panic!("no challenge but {other:?}"),
    }
}

fn heard(socket: &mut Socket) -> Option<ServerMessage> {
    loop {
        match socket.read() {
            Ok(Message::Text(t)) => return Some(serde_json::from_str(&t).unwrap()),
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

/// Joins as somebody whom nobody has seen before.
fn hello(mark: &Mark, room: &str, who: u64) -> (Socket, Option<ServerMessage>) {
    let (mut socket, nonce) = control(mark);
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&who.to_be_bytes());
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let proof = pair.sign(&[control::HELLO_CONTEXT, &nonce, room.as_bytes()].concat());
    let hello = serde_json::json!({
        "type": "hello", "protocol": conclave::protocol::PROTOCOL_MAX, "client": "flood", "room": room, "mode": RoomMode::Open,
        "leaf_key": URL_SAFE_NO_PAD.encode(pair.public_key()), "proof": URL_SAFE_NO_PAD.encode(proof),
    });
    let _ = socket.send(Message::text(hello.to_string()));
    let answer = heard(&mut socket);
    (socket, answer)
}

/// More people than the room takes, and faster than anybody comes.
fn joins(mark: &Mark, go: &Go) {
    let next = AtomicU64::new(1);
    by_two(|_| {
        // Their websockets stay open, as far as one process can keep them.
        let mut held = Vec::new();
        while go.on() {
            let (socket, answer) = hello(mark, "lobby", next.fetch_add(1, Ordering::Relaxed));
            match answer {
                Some(ServerMessage::Welcome { .. }) if held.len() < 300 => held.push(socket),
                Some(ServerMessage::Welcome { .. }) => {}
                Some(ServerMessage::Refused { code: Refusal::Full | Refusal::TooFast, text }) => {
                    assert!(!text.is_empty());
                    go.refused();
                }
                other => panic!("{other:?}"),
            }
        }
    });
}

/// A first message that is larger than any.
fn giant_json(mark: &Mark, go: &Go) {
    let giant = format!(r#"{{"type":"hello","room":"{}"}}"#, "x".repeat(control::MAX_MESSAGE));
    by_two(|_| {
        while go.on() {
            let (mut socket, _) = control(mark);
            // The server reads no further than the length, so its last word may be lost in the reset.
            let _ = socket.send(Message::text(giant.as_str()));
            match heard(&mut socket) {
                // Or it is not even looked at, because of the flood before.
                None | Some(ServerMessage::Refused { code: Refusal::Malformed | Refusal::TooFast, .. }) => go.refused(),
                other => panic!("{other:?}"),
            }
        }
    });
}

/// A member who sends without end to all others.
fn chat(mark: &Mark, go: &Go) {
    let next = AtomicU64::new(1 << 32);
    let relay = serde_json::to_string(&ClientMessage::Relay { to: None, body: "A".repeat(1000) }).unwrap();
    by_two(|n| {
        while go.on() {
            let (mut socket, answer) = hello(mark, &format!("chat-{n}"), next.fetch_add(1, Ordering::Relaxed));
            let mut told = match answer {
                Some(ServerMessage::Welcome { .. }) => false,
                Some(ServerMessage::Refused { code: Refusal::Full | Refusal::TooFast, .. }) => true,
                other => panic!("{other:?}"),
            };
            while go.on() && socket.send(Message::text(relay.as_str())).is_ok() {}
            while let Some(message) = heard(&mut socket) {
                told |= matches!(message, ServerMessage::Error { code, .. } if code == "too_fast");
            }
            if told {
                go.refused();
            }
        }
    });
}

/// A request on a connection that stays: status and body.
fn get(stream: &mut TcpStream, path: &str, bearer: &str) -> (u16, String) {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let mut byte = [0; 1];
    while !answer.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    let head = String::from_utf8(answer).unwrap().to_lowercase();
    let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), String::from_utf8(body).unwrap())
}

fn grant(mark: &Mark, room: &str, who: &str) -> Grant {
    Grant {
        iss: mark.key.key.clone(),
        sub: who.into(),
        exp: 4_000_000_000,
        video: VideoGrant { room_join: true, room: room.into(), ..VideoGrant::default() },
        ..Grant::default()
    }
}

/// Tokens that are unsigned, signed by somebody else, too old, or a member's without its session.
fn bad_tokens(mark: &Mark, go: &Go) {
    let good = grant(mark, "hall", "mallory");
    let encode = |v: &serde_json::Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let body = encode(&serde_json::to_value(&good).unwrap());
    let unsigned = |alg: &str| format!("{}.{body}.", encode(&serde_json::json!({"alg": alg, "typ": "JWT"})));
    let stranger = ApiKey { key: mark.key.key.clone(), secret: "s".repeat(43).into() };
    let signed = |key: &ApiKey, grant: &Grant| sign(key, grant).unwrap().to_string();
    let member = Grant { sub: control::member_id(&[7; 32]), ..good.clone() };
    let bad = [
        (unsigned("none"), 401),
        (unsigned("HS256"), 401),
        (unsigned("RS256"), 401),
        (signed(&stranger, &good), 401),
        (signed(&mark.key, &Grant { exp: 1_000_000_000, ..good.clone() }), 401),
        (signed(&mark.key, &Grant { video: VideoGrant { room: "hall".into(), ..VideoGrant::default() }, ..good }), 403),
        (signed(&mark.key, &member), 403),
    ];
    by_two(|_| {
        let mut stream = connect(mark);
        while go.on() {
            for (token, status) in &bad {
                let (got, why) = get(&mut stream, "/rtc/v1/validate", token);
                assert_eq!(got, *status, "{why}");
                assert!(why.len() > 10, "a reason: {why}");
                go.refused();
            }
        }
    });
}

fn wrap(plain: &[u8]) -> String {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(plain).unwrap();
    let wrapped = lk::WrappedJoinRequest { compression: 1, join_request: gzip.finish().unwrap() };
    URL_SAFE.encode(wrapped.encode_to_vec())
}

/// Join requests that become a thousand times as long when they are unpacked.
fn bombs(mark: &Mark, go: &Go) {
    let path = format!("/rtc/v1?join_request={}", wrap(&vec![0; 32 << 20]));
    assert!(path.len() < 60_000, "{}", path.len());
    let token = sign(&mark.key, &grant(mark, "den", "bomber")).unwrap();
    by_two(|_| {
        let mut stream = connect(mark);
        while go.on() {
            let (status, why) = get(&mut stream, &path, &token);
            assert!(status == 400 && why.contains("too long"), "{status} {why}");
            go.refused();
        }
    });
}

/// Joins media with an honest token.
fn participant(mark: &Mark, who: &str) -> Socket {
    let token = sign(&mark.key, &grant(mark, "den", who)).unwrap();
    let request = wrap(&lk::JoinRequest::default().encode_to_vec());
    let url = format!("ws://{}/rtc/v1?access_token={}&join_request={request}", mark.authority, token.as_str());
    tungstenite::client(url, connect(mark)).unwrap().0
}

fn offer(sdp: &str, id: u32) -> Message {
    let message = Said::Offer(lk::SessionDescription { r#type: "offer".into(), sdp: sdp.into(), id, ..Default::default() });
    Message::binary(lk::SignalRequest { message: Some(message) }.encode_to_vec())
}

fn told(socket: &mut Socket) -> Option<Told> {
    loop {
        match socket.read() {
            Ok(Message::Binary(b)) => return lk::SignalResponse::decode(b).unwrap().message,
            Ok(Message::Close(_)) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

const OFFER: &str = include_str!("../data/livekit/chromium-join.sdp");

/// Somebody who negotiates without end, until the server has had enough; and comes again.
fn offers(mark: &Mark, go: &Go) {
    by_two(|n| {
        while go.on() {
            let mut socket = participant(mark, &format!("offers-{n}"));
            let mut id = 1;
            while go.on() && socket.send(offer(OFFER, id)).is_ok() {
                id += 1;
            }
            while told(&mut socket).is_some() {}
            go.refused();
        }
    });
}

/// Offers with thousands of sections, as long as a message may be, and longer ones.
fn giant_sdp(mark: &Mark, go: &Go) {
    let section = &OFFER[OFFER.find("m=").unwrap()..];
    let head = &OFFER[..OFFER.find("m=").unwrap()];
    let giant = |bytes: usize| format!("{head}{}", section.repeat(bytes / section.len()));
    let (large, larger) = (giant(250_000), giant(400_000));
    by_two(|n| {
        while go.on() {
            for sdp in [&large, &larger] {
                let mut socket = participant(mark, &format!("giant-{n}"));
                // It stays or it is thrown out; what matters is the call beside it.
                if socket.send(offer(sdp, 1)).is_ok() {
                    let _ = socket.close(None);
                    while told(&mut socket).is_some() {}
                }
                go.refused();
            }
        }
    });
}

/// Hundreds of connections that send a byte now and then.
fn slow(mark: &Mark, go: &Go) {
    let request = format!("GET {} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n", control::PATH);
    let mut bytes = request.bytes().cycle();
    let mut held: Vec<TcpStream> = (0..400).map(|_| connect(mark)).collect();
    go.refused(); // By its deadlines, which are longer than this call.
    while go.on() {
        let byte = [bytes.next().unwrap()];
        held.retain_mut(|stream| stream.write_all(&byte).is_ok());
        std::thread::sleep(Duration::from_millis(50)); // so slow
    }
}

/// What looks like RTP, RTCP, STUN and DTLS, and is nothing.
fn garbage(mark: &Mark, go: &Go) {
    go.refused(); // Without an answer.
    by_two(|n| {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut x = 0x1234_5678_u32 + n as u32;
        let mut i = 0;
        while go.on() {
            let mut datagram = [0u8; 1200];
            for b in &mut datagram {
                x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *b = (x >> 24) as u8;
            }
            datagram[0] = [0, 1, 20, 22, 64, 128, 144, 200][i % 8];
            i += 1;
            let _ = socket.send_to(&datagram[..1 + x as usize % 1199], &mark.udp);
        }
    });
}

/// Binding requests for somebody's session by one who does not know its password.
fn spoofed_ice(mark: &Mark, go: &Go) {
    let mut socket = participant(mark, "victim");
    socket.send(offer(OFFER, 1)).unwrap();
    let answer = loop {
        if let Told::Answer(answer) = told(&mut socket).expect("an answer") {
            break answer.sdp;
        }
    };
    let user = format!("{}:xxxx", answer.lines().find_map(|l| l.strip_prefix("a=ice-ufrag:")).unwrap().trim());
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.set_nonblocking(true).unwrap();
    let mut request = vec![0x00, 0x01, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    request.extend([0x00, 0x06, 0, user.len() as u8]);
    request.extend(user.bytes());
    request.resize(request.len().next_multiple_of(4), 0);
    request.extend([0x00, 0x08, 0, 20]);
    request.extend([0xAA; 20]);
    let length = u16::try_from(request.len() - 20).unwrap().to_be_bytes();
    request[2..4].copy_from_slice(&length);
    go.refused(); // Without an answer.
    let mut answer = [0; 1500];
    while go.on() {
        let _ = udp.send_to(&request, &mark.udp);
        // A success (0x0101) would show the attacker the way to the victim's media.
        if let Ok(n) = udp.recv(&mut answer) {
            assert!(!answer[..n].starts_with(&[0x01, 0x01]), "a forged request was answered");
        }
    }
}

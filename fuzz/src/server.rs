//! What the fuzz targets of the server do. Also a module of `tests/fuzz_server.rs`, which runs them on stable. Each takes any
//! bytes, and fails by panicking: on a panic inside, and when hostile input had an effect that it must not have.

use conclave::net::frames;
use conclave::server::Config;
use conclave::server::media::sdp::{self, Candidate, Local, Plan, Sending};
use conclave::server::media::sfu::virtual_time::{ClientSession, Forwarder};
use conclave::server::media::sfu::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, TrackKey};
use conclave::server::media::signal::{self, Input, Join, Limits, Now, Output, Room, SocketId};
use conclave::server::media::token::{Grant, VideoGrant};
use conclave::server::media::turn::ByHand;
use conclave::server::media::websocket::join;
use livekit_protocol as lk;
use prost::Message as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A join request as it stands in a URL.
pub fn join_request(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = join::decode(text);
    }
}

/// An offer, and our answer to it.
pub fn offer(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(offer) = sdp::parse(text) else { return };
    let ice = IceCredentials { ufrag: "ours".into(), pwd: "ourpasswordourpassword12".into() };
    let at = std::net::SocketAddr::from(([192, 0, 2, 1], 443));
    let candidates = [Candidate::Udp(at), Candidate::Tcp(at)];
    let local = Local { ice: &ice, fingerprint: "AB:CD", candidates: &candidates, version: 1 };
    let sending = Sending { stream: "PA_a|TR_b".into(), track: "TR_b".into(), ssrc: 9 };
    let answer = sdp::write(&offer, local, |_| Plan { receive: true, send: Some(sending.clone()) });
    let sections = |sdp: &str| sdp.lines().filter(|l| l.starts_with("m=")).count();
    assert_eq!(sections(&answer), offer.sections.len(), "an answer has the sections of its offer");
    // Nothing that was echoed has made lines of its own.
    let kinds = ["v=", "o=", "s=", "t=", "a=", "m=", "c="];
    assert!(answer.lines().all(|l| kinds.iter().any(|k| l.starts_with(k))), "{answer}");
}

struct Nowhere;

impl signal::Forwarder for Nowhere {
    fn fingerprint(&self) -> String {
        "AB:CD".into()
    }
    fn fresh_credentials(&self) -> IceCredentials {
        IceCredentials { ufrag: "ours".into(), pwd: "ourpasswordourpassword12".into() }
    }
    fn add_peer(&self, _: RoomKey, _: PeerKey, _: PeerTransport) {}
    fn restart_ice(&self, _: PeerKey, _: IceCredentials, _: IceCredentials) {}
    fn publish(&self, _: PeerKey, _: TrackKey, _: Incoming) {}
    fn unpublish(&self, _: TrackKey) {}
    fn mute(&self, _: TrackKey, _: bool) {}
    fn subscribe(&self, _: PeerKey, _: TrackKey, _: Outgoing) {}
    fn unsubscribe(&self, _: PeerKey, _: TrackKey) {}
    fn slots(&self, _: PeerKey, _: Vec<Outgoing>) {}
    fn decline(&self, _: PeerKey, _: TrackKey, _: bool) {}
    fn send_data(&self, _: PeerKey, _: &str, _: bytes::Bytes) {}
    fn remove_peer(&self, _: PeerKey) {}
}

/// The longest message that [`pieces`] makes.
const PIECE: usize = 4096;

/// Bytes as messages of three participants: who, a length in two bytes, the message.
fn pieces(mut data: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (&[who, high, low], rest) = data.split_first_chunk()?;
        let (piece, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes([high, low])) % PIECE)?;
        data = rest;
        Some((who, piece))
    })
}

/// The encoding that [`signalling`] and [`rtp`] take.
pub fn piece(who: u8, message: &[u8]) -> Vec<u8> {
    let length = u16::try_from(message.len()).unwrap_or_default();
    [&[who][..], &length.to_be_bytes(), message].concat()
}

/// Three participants who say anything.
pub fn signalling(data: &[u8]) {
    let mut now = Now { instant: Instant::now(), unix_ms: 1_800_000_000_000 };
    let mut room = Room::new(RoomKey(1), "den", now, Limits::default(), vec![], Arc::new(Nowhere));
    let grant = |n: u64| Grant {
        sub: format!("p{n}"),
        exp: 2_000_000_000,
        video: VideoGrant { room_join: true, room: "den".into(), ..VideoGrant::default() },
        ..Grant::default()
    };
    for n in 0..3 {
        let join = Join {
            socket: SocketId(n),
            grant: grant(n),
            permit: Default::default(),
            request: lk::JoinRequest::default(),
            loopback: None,
            ice_servers: Vec::new(),
        };
        room.handle(now, Input::Join(Box::new(join)));
    }
    for (who, piece) in pieces(data) {
        let Some(message) = lk::SignalRequest::decode(piece).ok().and_then(|r| r.message) else { continue };
        now.instant += Duration::from_millis(u64::from(who));
        now.unix_ms += i64::from(who);
        let said = room.handle(now, Input::Request { socket: SocketId(u64::from(who % 3)), message: Box::new(message) });
        let messages: usize = said.iter().map(|o| if let Output::Send { to, .. } = o { to.len() } else { 1 }).sum();
        assert!(messages < 1000, "one message makes {messages}");
        assert!(room.roster().len() <= 3, "who is in the room is the control plane's affair");
    }
}

/// The room of two that [`rtp`], [`rtcp`] and [`datagram`] happen in: peer 1 speaks, peer 2 listens.
struct Call {
    forwarder: Forwarder,
    speaker: ClientSession,
    listener: ClientSession,
    now: Instant,
    sent: u64,
}

impl Call {
    #[allow(clippy::unwrap_used, reason = "a fuzz target without its room is of no use")]
    fn new() -> Self {
        let (mut forwarder, now) = (Forwarder::new().unwrap(), Instant::now());
        let (speaker, listener) = (forwarder.join(now, 1).unwrap(), forwarder.join(now, 2).unwrap());
        forwarder.publish(now, 1, 7);
        forwarder.subscribe(now, 2, 1, 9);
        Self { forwarder, speaker, listener, now, sent: 0 }
    }

    /// The speaker says something, and the listener must hear it, whatever came before.
    fn goes_on(&mut self) {
        self.sent += 1;
        let [.., high, low] = self.sent.to_be_bytes();
        let mut packet = [&[0x80, 111, high, low, 0, 0, 0, 1, 0, 0, 0, 7][..], b"still here"].concat();
        assert!(self.speaker.protect(self.sent, &mut packet));
        self.forwarder.datagram(self.now, 1, &mut packet);
        let mut heard = false;
        let listener = &mut self.listener;
        self.forwarder.transmit(|to, datagram| {
            let mut datagram = datagram.to_vec();
            heard |= to == 2 && listener.unprotect(&mut datagram) && datagram.ends_with(b"still here");
        });
        assert!(heard, "the call has ended");
    }
}

/// Authentic packets with anything in them, of either participant.
pub fn rtp(data: &[u8]) {
    let mut call = Call::new();
    for (n, (who, piece)) in (1..).zip(pieces(data)) {
        let mut packet = piece.to_vec();
        let session = if who % 2 == 0 { &mut call.speaker } else { &mut call.listener };
        if session.protect(n, &mut packet) {
            call.forwarder.datagram(call.now, 1 + u16::from(who % 2), &mut packet);
        }
        call.now += Duration::from_millis(u64::from(who));
        call.forwarder.ask(call.now);
        call.forwarder.tick(call.now);
        call.forwarder.transmit(|_, _| {});
    }
}

/// Authentic reports with anything in them.
pub fn rtcp(data: &[u8]) {
    let mut call = Call::new();
    call.goes_on();
    for (who, piece) in pieces(data) {
        let mut packet = piece.to_vec();
        let session = if who % 2 == 0 { &mut call.speaker } else { &mut call.listener };
        if session.protect_rtcp(&mut packet) {
            call.forwarder.datagram(call.now, 1 + u16::from(who % 2), &mut packet);
        }
        let mut answers = 0;
        call.forwarder.transmit(|_, _| answers += 1);
        assert!(answers < 2000, "one report makes {answers} packets");
    }
    call.goes_on();
}

/// Whatever comes from a participant's address without being theirs: STUN, RTP, RTCP or nothing.
pub fn datagram(data: &[u8]) {
    let mut call = Call::new();
    call.goes_on();
    for (who, piece) in pieces(data) {
        // Here keys are installed without a handshake: what looks like DTLS (RFC 7983) would be one that fails, and its end.
        if piece.first().is_some_and(|first| (20..64).contains(first)) {
            continue;
        }
        call.forwarder.datagram(call.now, u16::from(who % 4), &mut piece.to_vec());
        call.forwarder.transmit(|_, _| {});
    }
    call.goes_on();
}

/// A server of this process.
struct Http {
    at: std::net::SocketAddr,
    _data: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

static HTTP: std::sync::LazyLock<Http> = std::sync::LazyLock::new(Http::start);

impl Http {
    #[allow(clippy::unwrap_used, reason = "a fuzz target without its server is of no use")]
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let config = Config::dev(data.path().to_owned());
        let server = runtime.block_on(conclave::server::Server::start(config)).map_err(|e| e.text).unwrap();
        let at = server.listening().tcp;
        // It runs until the process ends.
        std::mem::forget(server);
        Self { at, _data: data, _runtime: runtime }
    }

    /// What it says to these bytes, until it closes. Who goes away by then has nothing more to say.
    #[allow(clippy::unwrap_used, reason = "a server that takes no connection has failed the test")]
    fn answer(&self, bytes: &[u8], goes_away: bool) -> Vec<u8> {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(self.at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // It may have heard enough before the end.
        let _ = stream.write_all(bytes);
        if goes_away {
            let _ = stream.shutdown(std::net::Shutdown::Write);
        }
        let mut answer = Vec::new();
        match stream.take(1 << 20).read_to_end(&mut answer) {
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => panic!("a connection whose client has gone is kept"),
            _ => answer,
        }
    }
}

/// Whatever comes over a TCP connection: HTTP requests of all kinds, or none.
pub fn http(data: &[u8]) {
    HTTP.answer(data, true);
    let health = HTTP.answer(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false);
    assert!(health.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&health));
}

/// Whatever comes on a tunnel behind its hello, in frames or not. Nobody is answered but who asks for it, and then with less.
pub fn tunnel(data: &[u8]) {
    let hello = frames::hello(&[7; 16]);
    let framed = |datagram: &[u8]| [&(datagram.len() as u16).to_be_bytes()[..], datagram].concat();
    let said = [framed(&hello), data.to_vec()].concat();
    let answer = HTTP.answer(&said, true);
    assert!(answer.len() <= data.len(), "{} bytes for {}", answer.len(), data.len());
    let datagrams: Vec<&[u8]> = frames::split(data).collect();
    let again: Vec<u8> = datagrams.iter().flat_map(|d| framed(d)).collect();
    assert!(data.starts_with(&again), "frames are read as they are written");
}

/// Whatever comes to the TURN server from somebody without a password: by datagrams, and over TCP. Nothing goes on, nothing is kept, and
/// the answers are short and not many.
pub fn turn(data: &[u8]) {
    let (mut now, media) = (Instant::now(), std::net::SocketAddr::from(([192, 0, 2, 1], 443)));
    let mut relay = ByHand::new(media, now);
    let mut answers = 0;
    for (who, piece) in pieces(data) {
        let (answer, relayed) = relay.take(now, std::net::SocketAddr::from(([198, 51, 100, who % 4], 1024)), piece);
        assert!(!relayed, "a stranger reaches our media through the relay");
        if let Some(answer) = answer {
            answers += 1;
            assert!(answer.len() <= 160, "{} bytes for {}", answer.len(), piece.len());
        }
        now += Duration::from_millis(u64::from(who) % 8);
    }
    assert!(answers <= 1000 && relay.allocations(now) == 0);
    let answer = HTTP.answer(data, true);
    assert!(answer.len() <= 64 * 1024, "{}", answer.len());
}

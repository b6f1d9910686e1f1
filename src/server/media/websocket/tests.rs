use super::rooms::Rooms;
use super::*;
use crate::server::media::Authority;
use crate::server::media::sfu::{IceCredentials, Incoming, Outgoing, PeerKey, PeerTransport, RoomKey, TrackKey};
use crate::server::media::signal::{Forwarder, Limits, Permit};
use crate::server::media::token::VideoGrant;
use crate::server::webhook::Webhooks;
use base64::Engine as _;
use futures_util::{SinkExt, StreamExt};
use lk::signal_request::Message as Said;
use lk::signal_response::Message as Told;
use std::io::Write as _;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::{Message as Ws, client::IntoClientRequest};

struct Nowhere;

impl Forwarder for Nowhere {
    fn fingerprint(&self) -> String {
        "AB:CD".into()
    }
    fn fresh_credentials(&self) -> IceCredentials {
        IceCredentials { ufrag: "ours".into(), pwd: "ourpasswordourpassword12".into() }
    }
    fn add_peer(&self, _: RoomKey, _: PeerKey, _: PeerTransport) {}
    fn restart_ice(&self, _: PeerKey, _: IceCredentials, _: IceCredentials) {}
    fn publish(&self, _: PeerKey, _: TrackKey, _: Incoming) {
        panic!("a fault in one room");
    }
    fn unpublish(&self, _: TrackKey) {}
    fn mute(&self, _: TrackKey, _: bool) {}
    fn subscribe(&self, _: PeerKey, _: TrackKey, _: Outgoing) {}
    fn unsubscribe(&self, _: PeerKey, _: TrackKey) {}
    fn slots(&self, _: PeerKey, _: Vec<Outgoing>) {}
    fn decline(&self, _: PeerKey, _: TrackKey, _: bool) {}
    fn send_data(&self, _: PeerKey, _: &str, _: bytes::Bytes) {}
    fn remove_peer(&self, _: PeerKey) {}
}

/// Lets in everybody but "mallory".
#[derive(Default)]
struct Gate(Mutex<Vec<String>>);

#[async_trait::async_trait]
impl Authority for Gate {
    async fn admit(&self, who: &Grant) -> Result<(), Denied> {
        if who.sub == "mallory" { Err(Denied("no control session".into())) } else { Ok(()) }
    }
    async fn create_room(&self, room: &str) -> Result<(), Denied> {
        self.0.lock().unwrap().push(format!("create {room}"));
        Ok(())
    }
    fn end_room(&self, room: &str) {
        self.0.lock().unwrap().push(format!("end {room}"));
    }
    fn joined(&self, room: &str, identity: &str, _: &str) {
        self.0.lock().unwrap().push(format!("+{room}/{identity}"));
    }
    fn left(&self, room: &str, identity: &str) {
        self.0.lock().unwrap().push(format!("-{room}/{identity}"));
    }
}

struct Server {
    address: std::net::SocketAddr,
    plane: Plane,
    gate: Arc<Gate>,
}

async fn serve_plane() -> Server {
    let gate = Arc::new(Gate::default());
    let key = token::ApiKey { key: "k".into(), secret: zeroize::Zeroizing::new("s".repeat(32)) };
    let candidates = vec![crate::server::media::sdp::Candidate::Udp("127.0.0.1:7882".parse().unwrap())];
    let rooms = Rooms::new(Arc::new(Nowhere), gate.clone(), Limits::default(), candidates, key.clone(), Webhooks::default());
    let plane = Plane { key, authority: gate.clone(), rooms, refusals: Arc::default(), turn: Arc::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = router(plane.clone()).merge(crate::server::media::room_service::router(plane.clone()));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Server { address, plane, gate }
}

fn grant(identity: &str) -> Grant {
    Grant {
        iss: "k".into(),
        sub: identity.into(),
        exp: now().unix_ms / 1000 + 60,
        video: VideoGrant { room_join: true, room: "den".into(), ..Default::default() },
        ..Default::default()
    }
}

fn wrap(request: &lk::JoinRequest, gzip: bool) -> String {
    let plain = request.encode_to_vec();
    let join_request = if gzip { compress(&plain) } else { plain };
    let wrapped = lk::WrappedJoinRequest { compression: gzip.into(), join_request };
    base64::engine::general_purpose::URL_SAFE.encode(wrapped.encode_to_vec())
}

fn compress(plain: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(plain).unwrap();
    gzip.finish().unwrap()
}

impl Server {
    fn token(&self, grant: &Grant) -> String {
        token::sign(&self.plane.key, grant).unwrap().to_string()
    }

    /// A plain HTTP request: head and body of the answer.
    async fn get(&self, path: &str, bearer: &str) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(Duration::from_secs(5), stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer
    }

    /// A call of RoomService: status and body.
    async fn call(&self, method: &str, kind: &str, may: &Grant, body: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST /twirp/livekit.RoomService/{method} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            self.token(may),
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
        let mut answer = Vec::new();
        tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.unwrap().unwrap();
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        (String::from_utf8_lossy(&answer[9..12]).parse().unwrap(), answer[end + 4..].to_vec())
    }

    async fn dial(&self, who: &Grant, request: &lk::JoinRequest) -> tokio_tungstenite::WebSocketStream<TcpStream> {
        let url = format!("ws://{}/rtc/v1?access_token={}&join_request={}", self.address, self.token(who), wrap(request, true));
        let stream = TcpStream::connect(self.address).await.unwrap();
        tokio_tungstenite::client_async(url.into_client_request().unwrap(), stream).await.unwrap().0
    }
}

async fn next(socket: &mut tokio_tungstenite::WebSocketStream<TcpStream>) -> Option<Ws> {
    tokio::time::timeout(Duration::from_secs(5), socket.next()).await.expect("an answer in time")?.ok()
}

async fn told(socket: &mut tokio_tungstenite::WebSocketStream<TcpStream>) -> Told {
    loop {
        match next(socket).await {
            Some(Ws::Binary(bytes)) => match lk::SignalResponse::decode(bytes).unwrap().message.unwrap() {
                Told::RefreshToken(_) => {}
                message => return message,
            },
            other => panic!("{other:?}"),
        }
    }
}

fn say(message: Said) -> Ws {
    Ws::binary(lk::SignalRequest { message: Some(message) }.encode_to_vec())
}

#[tokio::test]
async fn http_says_why_not() {
    let server = serve_plane().await;
    let good = server.token(&grant("ann"));
    let expired = server.token(&Grant { exp: 1, ..grant("ann") });
    let elsewhere = server.token(&Grant { video: VideoGrant::default(), ..grant("ann") });
    let mallory = server.token(&grant("mallory"));
    let join = wrap(&lk::JoinRequest::default(), true);
    for (path, token, status, text) in [
        ("/rtc/v1/validate".to_string(), &good, 200, "success"),
        ("/rtc/v1/validate".into(), &expired, 401, "the access token has expired"),
        ("/rtc/v1/validate".into(), &elsewhere, 403, "does not allow joining"),
        ("/rtc/v1/validate".into(), &mallory, 403, "no control session"),
        (format!("/rtc/v1?join_request={join}"), &mallory, 403, "no control session"),
        (format!("/rtc/v1?join_request={join}"), &"x".to_string(), 401, "invalid authorization token"),
        ("/rtc/v1".into(), &good, 400, "join_request parameter is missing"),
        ("/rtc/v1?join_request=%00".into(), &good, 400, "join_request parameter cannot be read"),
        (format!("/rtc/v1?join_request={join}"), &good, 400, ""),
        ("/rtc".into(), &good, 404, "/rtc/v1"),
        ("/rtc/validate".into(), &good, 404, "/rtc/v1"),
    ] {
        let answer = server.get(&path, token).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains(text), "{path}: {answer}");
        assert!(answer.contains("access-control-allow-origin: *"), "{path}: {answer}");
    }
    assert!(server.gate.0.lock().unwrap().is_empty());
}

#[test]
fn join_requests_are_read_within_limits() {
    let request = lk::JoinRequest { participant_sid: "PA_1".into(), ..Default::default() };
    for gzip in [false, true] {
        let text = wrap(&request, gzip);
        assert_eq!(join::decode(&text).unwrap(), request);
        assert_eq!(join::decode(text.trim_end_matches('=')).unwrap(), request, "without padding");
    }
    let bomb = compress(&vec![0u8; 8 << 20]);
    assert!(bomb.len() < 10_000);
    let wrapped = lk::WrappedJoinRequest { compression: 1, join_request: bomb };
    let text = base64::engine::general_purpose::URL_SAFE.encode(wrapped.encode_to_vec());
    assert_eq!(join::decode(&text), Err(join::JoinError::TooLong));
}

#[tokio::test]
async fn a_client_joins_talks_json_and_leaves() {
    let server = serve_plane().await;
    let mut socket = server.dial(&grant("ann"), &lk::JoinRequest::default()).await;
    let Told::Join(join) = told(&mut socket).await else { panic!() };
    assert_eq!(join.participant.unwrap().identity, "ann");
    // The token to come back with is a good one.
    let Some(Ws::Binary(bytes)) = next(&mut socket).await else { panic!() };
    let Some(Told::RefreshToken(token)) = lk::SignalResponse::decode(bytes).unwrap().message else { panic!() };
    let again = token::verify(&server.plane.key, &token, now().unix_ms / 1000).unwrap();
    assert!(again.sub == "ann" && again.video == grant("ann").video && again.exp > grant("ann").exp + 300);
    socket.send(say(Said::PingReq(lk::Ping { timestamp: 7, rtt: 0 }))).await.unwrap();
    assert!(matches!(told(&mut socket).await, Told::PongResp(p) if p.last_ping_timestamp == 7));
    // After a text frame the server answers in text.
    socket.send(Ws::text(r#"{"pingReq":{"timestamp":"8"}}"#)).await.unwrap();
    let Some(Ws::Text(text)) = next(&mut socket).await else { panic!() };
    assert!(text.as_str().contains(r#""lastPingTimestamp":"8""#), "{text}");
    socket.send(Ws::binary(&b"\xff\xff\xff"[..])).await.unwrap(); // noise is ignored
    socket.send(Ws::text(r#"{"leave":{}}"#)).await.unwrap();
    assert!(matches!(next(&mut socket).await, Some(Ws::Text(t)) if t.as_str().contains("leave")));
    let Some(Ws::Close(Some(frame))) = next(&mut socket).await else { panic!() };
    assert_eq!(u16::from(frame.code), 1000);
    assert_eq!(*server.gate.0.lock().unwrap(), ["+den/ann", "-den/ann"]);
    // A client that closes by itself gets its close answered.
    let mut other = server.dial(&grant("ben"), &lk::JoinRequest::default()).await;
    assert!(matches!(told(&mut other).await, Told::Join(_)));
    other.send(say(Said::Leave(lk::LeaveRequest::default()))).await.unwrap();
    other.close(None).await.unwrap();
    while let Some(message) = tokio::time::timeout(Duration::from_secs(5), other.next()).await.unwrap() {
        message.expect("an orderly end");
    }
    // The room's task ends with its last participant.
    let deadline = Instant::now() + Duration::from_secs(10);
    while server.plane.rooms.find("den").is_some() {
        assert!(Instant::now() < deadline, "the room stays");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn too_many_messages_close_the_websocket() {
    let server = serve_plane().await;
    let mut socket = server.dial(&grant("ann"), &lk::JoinRequest::default()).await;
    for _ in 0..=2 * MAX_RATE {
        if socket.send(say(Said::Ping(1))).await.is_err() {
            break;
        }
    }
    let code = loop {
        match next(&mut socket).await {
            Some(Ws::Close(frame)) => break frame.map(|f| u16::from(f.code)),
            Some(_) => {}
            None => break None,
        }
    };
    assert!(matches!(code, Some(1008 | 1013)), "{code:?}");
    // The participant stays and may resume.
    assert_eq!(server.plane.rooms.find("den").unwrap().describe().await.unwrap().1.len(), 1);
}

#[tokio::test]
async fn a_websocket_that_does_not_read_is_given_up() {
    let server = serve_plane().await;
    let room = server.plane.rooms.open("den").unwrap();
    let (queue, mut frames) = mpsc::channel(SOCKET_QUEUE);
    let socket = server.plane.rooms.fresh_socket();
    let join = Join {
        socket,
        grant: grant("ann"),
        permit: Permit::default(),
        request: lk::JoinRequest::default(),
        loopback: None,
        ice_servers: Vec::new(),
    };
    assert!(room.join(Socket { queue, json: Arc::default() }, join).await);
    for _ in 0..2 * SOCKET_QUEUE {
        assert!(room.send(Input::Request { socket, message: Box::new(Said::Ping(1)) }).await);
    }
    let (_, roster) = room.describe().await.unwrap();
    assert_eq!(roster.len(), 1, "the participant stays");
    let mut count = 0;
    while frames.recv().await.is_some() {
        count += 1;
    }
    assert_eq!(count, SOCKET_QUEUE, "the queue is bounded and has ended");
}

#[tokio::test]
async fn a_panic_ends_its_room_only() {
    let server = serve_plane().await;
    let other = Grant { video: VideoGrant { room: "other".into(), ..grant("ben").video }, ..grant("ben") };
    let mut there = server.dial(&other, &lk::JoinRequest::default()).await;
    assert!(matches!(told(&mut there).await, Told::Join(_)));
    let offer = include_str!("../../../../tests/data/livekit/python-publish.sdp");
    let cid = offer.lines().find_map(|l| l.strip_prefix("a=msid:- ")).unwrap();
    let request = lk::JoinRequest {
        publisher_offer: Some(lk::SessionDescription { sdp: offer.into(), id: 1, ..Default::default() }),
        add_track_requests: vec![lk::AddTrackRequest { cid: cid.into(), ..Default::default() }],
        ..Default::default()
    };
    let mut socket = server.dial(&grant("ann"), &request).await;
    assert!(matches!(next(&mut socket).await, Some(Ws::Close(_)) | None));
    there.send(say(Said::Ping(1))).await.unwrap();
    assert!(matches!(told(&mut there).await, Told::Pong(_)));
    let again = server.dial(&grant("ann"), &lk::JoinRequest::default()).await;
    let mut again = again;
    assert!(matches!(told(&mut again).await, Told::Join(_)), "the room begins anew");
}

#[tokio::test]
async fn room_service_lists_and_removes_for_administrators_only() {
    let server = serve_plane().await;
    let mut socket = server.dial(&grant("ann"), &lk::JoinRequest::default()).await;
    assert!(matches!(told(&mut socket).await, Told::Join(_)));
    let admin = Grant {
        video: VideoGrant { room_admin: true, room_list: true, room: "den".into(), ..Default::default() },
        ..grant("admin")
    };
    let json = "application/json;charset=UTF-8";
    for method in ["ListRooms", "ListParticipants", "RemoveParticipant", "MutePublishedTrack"] {
        let (status, body) = server.call(method, json, &grant("ann"), br#"{"room":"den","muted":true}"#).await;
        assert!(status == 401 && String::from_utf8_lossy(&body).contains("unauthenticated"), "{method}");
    }
    let (status, body) = server.call("ListRooms", json, &admin, b"{}").await;
    let rooms: lk::ListRoomsResponse = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, rooms.rooms[0].name.as_str(), rooms.rooms[0].num_participants), (200, "den", 1));
    let request = lk::ListParticipantsRequest { room: "den".into() }.encode_to_vec();
    let (_, body) = server.call("ListParticipants", "application/protobuf", &admin, &request).await;
    assert_eq!(lk::ListParticipantsResponse::decode(&body[..]).unwrap().participants[0].identity, "ann");
    for (method, body, expected, code) in [
        ("RemoveParticipant", r#"{"room":"den","identity":"nobody"}"#, 404, "not_found"),
        ("RemoveParticipant", r#"{"room":"elsewhere","identity":"ann"}"#, 401, "unauthenticated"),
        ("RemoveParticipant", "{", 400, "malformed"),
        ("MutePublishedTrack", r#"{"room":"den","identity":"ann","trackSid":"TR_x","muted":true}"#, 404, "not_found"),
        ("MutePublishedTrack", r#"{"room":"den","identity":"ann","trackSid":"TR_x"}"#, 412, "failed_precondition"),
        ("MoveParticipant", "{}", 404, "bad_route"),
    ] {
        let (status, answer) = server.call(method, json, &admin, body.as_bytes()).await;
        assert!(status == expected && String::from_utf8_lossy(&answer).contains(code), "{method} {body}: {status}");
    }
    let (status, _) = server.call("RemoveParticipant", json, &admin, br#"{"room":"den","identity":"ann"}"#).await;
    assert_eq!(status, 200);
    assert!(matches!(told(&mut socket).await, Told::Leave(l) if l.reason() == lk::DisconnectReason::ParticipantRemoved));
}

//! The control plane of a real server process: membership, relays, hostile input, accounts, TLS, files, restarts.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "control_plane/rig.rs"]
mod rig;

use conclave::exit::Exit;
use conclave::net::{Fingerprint, Options, http};
use conclave::protocol::control::{ClientMessage, Departure, Refusal, RoomMode, ServerMessage};
use conclave::server::store::{DataDir, OWNER_LINK_SECONDS, Store};
use conclave_e2ee::wire::{Blob, FromService, ToService};
use rig::{Key, SOON, Server, Socket, conclave, failure};
use serde_json::json;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

fn data() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[tokio::test]
async fn two_members_talk_and_a_lost_one_resumes() {
    let data = data();
    let server = Server::dev(data.path());
    let (a, b) = (Key::new(1), Key::new(2));
    let (mut sa, _) = Socket::enter(&server, &a, "room").await;
    let (mut sb, [session, secret, _]) = Socket::enter(&server, &b, "room").await;
    assert!(matches!(sa.next().await, Some(ServerMessage::MemberJoined { event: 2, member }) if member.id == b.id()));
    sa.relay(None, "aGk").await;
    let relay = |event, private| Some(ServerMessage::Relay { event, from: a.id(), private, body: "aGk".into() });
    assert_eq!(sb.next().await, relay(2, false));
    sa.relay(Some(vec![b.id()]), "aGk").await;
    assert_eq!(sb.next().await, relay(3, true));

    // The websocket goes away without a word; nobody notices, and nothing is missed.
    drop(sb);
    sa.relay(None, "aGk").await;
    let mut sb = Socket::open(&server).await;
    sb.say(&ClientMessage::Resume { session, secret: secret.as_str().into(), last_event: 3 }).await;
    assert_eq!(sb.next().await, Some(ServerMessage::Resumed));
    assert_eq!(sb.next().await, relay(4, false));
    sb.say(&ClientMessage::Ping).await;
    assert_eq!(sb.next().await, Some(ServerMessage::Pong));
    sb.say(&ClientMessage::Leave).await;
    assert!(matches!(sb.next().await, Some(ServerMessage::Ended { reason: Departure::Left, .. })));
    assert_eq!(sb.next().await, None);
    let left = ServerMessage::MemberLeft { event: 3, id: b.id(), reason: Departure::Left };
    assert_eq!(sa.next().await, Some(left));
}

#[tokio::test]
async fn hostile_messages_get_bounded_answers() {
    let data = data();
    let server = Server::dev(data.path());
    let (mut s, _) = Socket::enter(&server, &Key::new(1), "room").await;
    for bad in ["", "{", "[]", "null", r#"{"type":"root"}"#, r#"{"type":"relay","body":7}"#] {
        s.raw(bad.into()).await;
        assert_eq!(s.next_error().await, "malformed", "{bad}");
    }
    // The session still works; a message that is too large ends its websocket, with a word.
    s.say(&ClientMessage::Ping).await;
    assert_eq!(s.next().await, Some(ServerMessage::Pong));
    match s.oversized().await {
        Some(ServerMessage::Error { code, .. }) => assert_eq!((code.as_str(), s.next().await), ("too_large", None)),
        other => assert_eq!(other, None),
    }
    let mut s = Socket::open(&server).await;
    let refused = s.oversized().await;
    assert!(matches!(refused, None | Some(ServerMessage::Refused { code: Refusal::Malformed, .. })), "{refused:?}");

    for first in ["{".to_owned(), r#"{"type":"ping"}"#.to_owned()] {
        let mut s = Socket::open(&server).await;
        s.raw(first).await;
        assert!(matches!(s.next().await, Some(ServerMessage::Refused { code: Refusal::Malformed, .. })));
        assert_eq!(s.next().await, None);
    }
    let mut s = Socket::open(&server).await;
    assert!(matches!(
        s.hello_with(&Key::new(1), "room", &[0; 64]).await,
        Some(ServerMessage::Refused { code: Refusal::Malformed, .. })
    ));
    let mut s = Socket::open(&server).await;
    assert!(matches!(s.hello(&Key::new(1), "no room").await, Some(ServerMessage::Refused { code: Refusal::UnknownRoom, .. })));
    // Far more at once than anybody types.
    let (mut s, _) = Socket::enter(&server, &Key::new(3), "room").await;
    for _ in 0..100 {
        s.relay(None, "aGk").await;
    }
    while s.next_error().await != "too_fast" {}
}

#[tokio::test]
async fn clients_of_the_first_release_join_and_one_that_is_too_old_hears_what_to_fetch() {
    let data = data();
    let server = Server::dev(data.path());
    // As the first release says it, to the letter; what came later is optional.
    let mut socket = Socket::open(&server).await;
    socket.raw(socket.first_hello(2)).await;
    assert!(matches!(socket.next().await, Some(ServerMessage::Welcome { .. })));
    let mut socket = Socket::open(&server).await;
    socket.raw(socket.first_hello(1)).await;
    match socket.next().await {
        Some(ServerMessage::Refused { code: Refusal::Protocol, text }) => {
            assert!(text.contains(&format!("fetch conclave {}", env!("CARGO_PKG_VERSION"))), "{text}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn half_open_connections_are_dropped() {
    let data = data();
    let server = Server::dev(data.path());
    let ends = async |mut tcp: TcpStream, first: &[u8]| {
        tcp.write_all(first).await.unwrap();
        let mut sink = vec![];
        // An orderly end or a reset: gone is gone.
        let _ = timeout(2 * SOON, tcp.read_to_end(&mut sink)).await.expect("the server closes the connection");
    };
    let mute = async || {
        let (mut s, _) = Socket::enter(&server, &Key::new(1), "room").await;
        assert_eq!(s.next().await, None);
    };
    let no_hello = async || {
        let mut s = Socket::open(&server).await;
        assert!(matches!(s.next().await, Some(ServerMessage::Refused { .. })));
        assert_eq!(s.next().await, None);
    };
    let stun = [0x00, 0x01, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let long = format!("GET /{} HTTP/1.1\r\n", "x".repeat(100_000));
    let half = format!("POST /api/v1/owner/claim HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{{", 100);
    tokio::join!(
        ends(server.tcp().await, b""),
        ends(server.tcp().await, b"GET / HTTP/1.1\r\nhost:"),
        ends(server.tcp().await, long.as_bytes()),
        ends(server.tcp().await, half.as_bytes()),
        ends(server.tcp().await, &stun),
        ends(server.tcp().await, b"\x16\x03\x01"),
        ends(server.tcp().await, b"\xff\xff"),
        mute(),
        no_hello(),
    );
    let (status, _) = server.http("GET", "/healthz", None, None).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn tls_shows_the_announced_key_and_no_other() {
    let data = data();
    let server = Server::start(&[], data.path());
    let about = server.http("GET", "/.well-known/conclave", None, None).await;
    assert_eq!((about.0, &about.1["product"], &about.1["dev"]), (200, &json!("conclave"), &json!(false)));
    let wrong = Options::pinned(Some(Fingerprint::of_spki(b"another key")));
    let e = http::request(&server.target(), &wrong, "GET".parse().unwrap(), "/", None, None, 1000).await.unwrap_err();
    assert_eq!(e.exit, Exit::Tls);
    assert!(e.text.contains("fingerprint"), "{e}");
    // Plain HTTP is told what to do.
    let mut tcp = server.tcp().await;
    tcp.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    timeout(SOON, tcp.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("use https://"), "{answer}");
    // The key outlives the process: links stay good.
    let fingerprint = server.text("fingerprint");
    drop(server);
    assert_eq!(Server::start(&[], data.path()).text("fingerprint"), fingerprint);
}

#[tokio::test]
async fn an_owner_link_works_once_and_makes_an_account_that_manages_rooms() {
    let data = data();
    let server = Server::start(&[], data.path());
    let claim = |secret: String| json!({ "secret": secret, "name": "Olga" });
    let (status, error) = server.http("POST", "/api/v1/owner/claim", None, Some(claim("guess".into()))).await;
    assert_eq!((status, &error["error"]["code"]), (403, &json!("denied")));

    // A link that is an hour old, made beside the running server.
    let store = Store::open(&DataDir::open(data.path()).unwrap()).await.unwrap();
    let old = conclave::server::control::unix_now() - OWNER_LINK_SECONDS - 1;
    let expired = store.owner_link(old).await.unwrap().unwrap();
    assert_eq!(server.http("POST", "/api/v1/owner/claim", None, Some(claim(expired.to_string()))).await.0, 403);
    drop(server);

    let server = Server::start(&[], data.path());
    let secret = server.owner_secret();
    let (status, claimed) = server.http("POST", "/api/v1/owner/claim", None, Some(claim(secret.clone()))).await;
    assert_eq!(status, 200);
    assert_eq!(server.http("POST", "/api/v1/owner/claim", None, Some(claim(secret))).await.0, 403, "once");
    let token = claimed["token"].as_str();

    let room = json!({ "name": "board", "mode": "open" });
    for nobody in [None, Some("guess"), Some("")] {
        let (status, error) = server.http("POST", "/api/v1/rooms", nobody, Some(room.clone())).await;
        assert_eq!((status, &error["error"]["code"]), (401, &json!("denied")));
    }
    assert_eq!(server.http("POST", "/api/v1/rooms", token, Some(room.clone())).await.0, 201);
    let (status, error) = server.http("POST", "/api/v1/rooms", token, Some(room)).await;
    assert!(status == 400 && error["error"]["text"].as_str().unwrap().contains("exists already"), "{error}");
    let (_, rooms) = server.http("GET", "/api/v1/rooms", token, None).await;
    assert_eq!((&rooms["rooms"][0]["name"], &rooms["rooms"][0]["members"]), (&json!("board"), &json!(0)));
    assert_eq!(server.http("DELETE", "/api/v1/rooms/board", token, None).await.0, 204);
    assert_eq!(server.http("DELETE", "/api/v1/rooms/board", token, None).await.0, 404);
    assert_eq!(server.http("POST", "/api/v1/rooms", token, Some(json!({"pad": "x".repeat(20_000)}))).await.0, 413);

    drop(server);
    let server = Server::start(&[], data.path());
    assert!(server.listening.get("owner_link").is_none(), "the server has an owner");
    assert_eq!(server.http("GET", "/api/v1/rooms", token, None).await.0, 200);
}

#[tokio::test]
async fn rooms_made_on_the_data_directory_are_there_and_end() {
    let data = data();
    let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    let dir = data.path().join("server");
    assert!(conclave(&["rooms", "create", "first", "--mode", "open"], &dir).status.success());
    let server = Server::start(&["--dev"], &dir);
    for (path, wanted) in [("", 0o700), ("conclave.db", 0o600), ("livekit.key", 0o600), ("lock", 0o600)] {
        assert_eq!(mode(&dir.join(path)), wanted, "{path}");
    }
    let (mut s, _) = Socket::enter(&server, &Key::new(1), "first").await;
    assert!(conclave(&["rooms", "create", "second", "--mode", "open"], &dir).status.success());
    let (code, text) = failure(&conclave(&["rooms", "create", "second", "--mode", "open"], &dir));
    assert!(code == Some(65) && text.contains("exists already"), "{text}");
    let (code, text) = failure(&conclave(&["rooms", "create", "a b", "--mode", "open"], &dir));
    assert!(code == Some(65) && text.contains("letters"), "{text}");
    assert!(conclave(&["rooms", "delete", "first"], &dir).status.success());
    assert!(matches!(s.next().await, Some(ServerMessage::Ended { reason: Departure::RoomEnded, .. })));

    // Killed in the middle: what was promised is still there.
    server.signal("-KILL");
    assert!(!server.wait().success());
    let server = Server::start(&[], &dir);
    assert_eq!((mode(&dir.join("tls")), mode(&dir.join("tls/key.pem"))), (0o700, 0o600));
    let list = conclave(&["rooms", "list", "--json"], &dir);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    assert_eq!(list["rooms"].as_array().unwrap().len(), 1);
    assert_eq!(list["rooms"][0]["name"], "second");
    drop(server);
}

/// Commands on the data directory end logins of the running server, and the calls that go by them.
#[tokio::test]
async fn a_login_that_is_ended_takes_its_calls_along() {
    let data = data();
    let server = Server::dev(data.path());
    let store = Store::open(&DataDir::open(data.path()).unwrap()).await.unwrap();
    let hash = conclave::server::store::password::hash("correct horse battery").unwrap();
    for name in ["anna", "ben"] {
        store.add_account(name, conclave::server::store::Role::Member, Some(&hash), 1).await.unwrap();
    }
    let login = async |name: &str, device: &str| {
        let body = json!({"name": name, "password": "correct horse battery", "device": device});
        let (status, answer) = server.http("POST", "/api/v1/login", None, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        answer["token"].as_str().unwrap().to_owned()
    };
    let enter = async |seed: u8, token: &str| {
        let mut socket = Socket::open(&server).await;
        let welcome = socket.hello_as(&Key::new(seed), "room", token).await;
        assert!(matches!(welcome, Some(ServerMessage::Welcome { .. })), "{welcome:?}");
        socket
    };
    let ended = async |mut socket: Socket| loop {
        match socket.next().await {
            Some(ServerMessage::Ended { reason: Departure::Removed, text, .. }) => {
                break assert!(text.contains("log in"), "{text}");
            }
            Some(ServerMessage::MemberJoined { .. } | ServerMessage::MemberLeft { .. } | ServerMessage::Pong) => {}
            // Of the first who is out, somebody else is host now.
            Some(ServerMessage::Role { .. } | ServerMessage::Rights { .. }) => {}
            other => panic!("not ended but {other:?}"),
        }
    };
    let (laptop, phone, ben) =
        (login("anna", "a laptop").await, login("anna", "a phone").await, login("ben", "\u{1b}[2Jben's").await);
    let (on_laptop, mut on_phone, mut bens) = (enter(1, &laptop).await, enter(2, &phone).await, enter(3, &ben).await);

    let list = String::from_utf8(conclave(&["serve", "device", "list", "anna"], data.path()).stdout).unwrap();
    let line = list.lines().find(|l| l.contains("  anna  a laptop  ")).unwrap_or_else(|| panic!("{list}"));
    assert!(list.lines().count() == 2 && !list.contains('\u{1b}'), "{list}");
    assert!(conclave(&["serve", "device", "revoke", line.split_whitespace().next().unwrap()], data.path()).status.success());
    ended(on_laptop).await;
    // Whoever says nothing for long is given up.
    for socket in [&mut on_phone, &mut bens] {
        socket.say(&ClientMessage::Ping).await;
    }
    let mut socket = Socket::open(&server).await;
    let refused = socket.hello_as(&Key::new(1), "room", &laptop).await;
    assert!(
        matches!(&refused, Some(ServerMessage::Refused { code: Refusal::Denied, text }) if text.contains("log in")),
        "{refused:?}"
    );
    let (code, text) = failure(&conclave(&["serve", "device", "revoke", "d-none"], data.path()));
    assert!(code == Some(69) && text.contains("no device"), "{text}");

    assert!(conclave(&["serve", "user", "disable", "anna"], data.path()).status.success());
    ended(on_phone).await;
    bens.say(&ClientMessage::Ping).await;
    let export = conclave(&["serve", "user", "export", "anna"], data.path()).stdout;
    let export: serde_json::Value = serde_json::from_slice(&export).unwrap();
    assert!(export[0]["disabled"].is_i64() && export[0]["devices"] == json!([]), "{export}");
    let list = String::from_utf8(conclave(&["serve", "user", "list"], data.path()).stdout).unwrap();
    assert_eq!(list, "anna  member, disabled\nben  member\n");

    // Ben talks on meanwhile, until nothing is stored of him.
    bens.say(&ClientMessage::Ping).await;
    while !matches!(bens.next().await.expect("he is in"), ServerMessage::Pong) {}
    assert!(conclave(&["serve", "user", "erase", "ben"], data.path()).status.success());
    ended(bens).await;
    assert_eq!(server.http("GET", "/api/v1/account", Some(&ben), None).await.0, 401);
}

#[tokio::test]
async fn a_shutdown_is_announced_and_clean() {
    let data = data();
    let server = Server::dev(data.path());
    let (mut s, _) = Socket::enter(&server, &Key::new(1), "room").await;
    server.signal("-TERM");
    assert!(matches!(s.next().await, Some(ServerMessage::Ended { reason: Departure::ServerShutdown, .. })));
    assert_eq!(server.wait().code(), Some(0));
}

#[test]
fn a_start_that_cannot_be_says_why_in_one_line() {
    let (data, other) = (data(), data());
    let check = |args: &[&str], data: &Path, code: i32, word: &str| {
        let (got, text) = failure(&conclave(&[&["serve"], args].concat(), data));
        assert!(got == Some(code) && text.contains(word), "{got:?} {text}");
    };
    check(&["--dev", "--listen", "0.0.0.0:0"], data.path(), 78, "--insecure-listen");
    let server = Server::dev(data.path());
    let taken = format!("127.0.0.1:{}", server.port());
    check(&["--dev", "--listen", &taken], other.path(), 69, "--listen");
    check(&["--dev", "--listen", "127.0.0.1:0"], data.path(), 69, "another server");
    check(&["--dev", "--listen", "127.0.0.1:0"], Path::new("/dev/null/x"), 73, "--data");
    check(&["--dev", "--listen", "198.51.100.1:0", "--insecure-listen"], other.path(), 78, "--listen");
    std::fs::write(other.path().join("bad.pem"), "").unwrap();
    let pem = other.path().join("bad.pem");
    let pem = pem.to_str().unwrap();
    check(&["--listen", "127.0.0.1:0", "--cert", pem, "--key", pem], other.path(), 78, "PEM");
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("conclave.db"), "this is no database, and never was one").unwrap();
    check(&["--dev", "--listen", "127.0.0.1:0"], other.path(), 73, "conclave.db");
}

#[tokio::test]
async fn tokens_are_for_stock_clients_only() {
    let data = data();
    let server = Server::dev(data.path());
    let token = conclave(&["token", "room", "--identity", "py1", "--name", "Py"], data.path());
    let token = String::from_utf8(token.stdout).unwrap();
    let key = DataDir::open(data.path()).unwrap().api_key().unwrap();
    let now = conclave::server::control::unix_now();
    let grant = conclave::server::media::token::verify(&key, token.trim(), now).unwrap();
    assert_eq!((grant.sub.as_str(), grant.name.as_str(), grant.video.room.as_str()), ("py1", "Py", "room"));
    // A member's own media token is signed with the same key and names the member.
    let (mut s, [.., media]) = Socket::enter(&server, &Key::new(1), "room").await;
    assert_eq!(conclave::server::media::token::verify(&key, &media, now).unwrap().sub, Key::new(1).id());
    // Media is a lease: the member's token is worth nothing once the control session is over; the stock client's still is.
    let validate = async |token: &str| server.http("GET", "/rtc/v1/validate", Some(token), None).await.0;
    assert_eq!((validate(&media).await, validate(token.trim()).await), (200, 200));
    s.say(&ClientMessage::Leave).await;
    assert!(matches!(s.next().await, Some(ServerMessage::Ended { .. })));
    assert!(matches!(validate(&media).await, 401 | 403));
    assert_eq!(validate(token.trim()).await, 200);
    for (args, word) in [
        (["token", "room", "--identity", "m-x"], "belong to the server"),
        (["token", "room", "--identity", "lk-x"], "belong to the server"),
        (["token", "a b", "--identity", "x"], "room name"),
        (["token", "room", "--identity", "\u{1b}[2J"], "printable"),
    ] {
        let (code, text) = failure(&conclave(&args, data.path()));
        assert!(code == Some(65) && text.contains(word), "{text}");
    }
    let (code, text) = failure(&conclave(&["token", "room", "--identity", "x"], &data.path().join("none")));
    assert!(code == Some(66) && text.contains("--data"), "{text}");
}

#[tokio::test]
async fn a_room_is_strict_unless_somebody_wishes_otherwise() {
    let data = data();
    let server = Server::dev(data.path());
    let mut s = Socket::open(&server).await;
    let Some(ServerMessage::Welcome { policy, .. }) = s.hello_as_the_server_likes(&Key::new(1), "room").await else { panic!() };
    assert_eq!((policy.mode, policy.floor), (RoomMode::Strict, Some(12)));
    let vacant = FromService::Vacant { generation: 1, reason: None, offender: None };
    assert_eq!(s.next().await, Some(ServerMessage::Group { event: 2, message: vacant }));
    let nonsense = ToService::Found { generation: 1, group_info: Blob(vec![7; 100]), tree: Blob(vec![7; 100]) };
    s.say(&ClientMessage::Group { message: nonsense }).await;
    let refused = |m: &FromService| matches!(m, FromService::NotTaken { code, .. } if code == "refused");
    assert!(matches!(s.next().await, Some(ServerMessage::Group { message, .. }) if refused(&message)));
    // Stock clients cannot join it; a room that nobody encrypts is theirs.
    for (room, status) in [("room", 403), ("free", 200)] {
        let token = conclave(&["token", room, "--identity", "py"], data.path());
        let token = String::from_utf8(token.stdout).unwrap();
        let got = server.http("GET", "/rtc/v1/validate", Some(token.trim()), None).await.0;
        assert!(got == status || status == 403 && got == 401, "{room}: {got}");
    }
    // The service's key outlives the process: groups name it.
    drop(server);
    let server = Server::dev(data.path());
    let mut s = Socket::open(&server).await;
    let again = s.hello_as_the_server_likes(&Key::new(1), "room").await;
    assert!(matches!(again, Some(ServerMessage::Welcome { policy: p, .. }) if p == policy));
    let mode = std::fs::metadata(data.path().join("delivery.key")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);

    let made = tempfile::tempdir().unwrap();
    for (name, mode) in [("a", None), ("b", Some("balanced")), ("c", Some("open"))] {
        let wish: Vec<&str> = mode.iter().flat_map(|m| ["--mode", m]).collect();
        assert!(conclave(&[&["rooms", "create", name], wish.as_slice()].concat(), made.path()).status.success());
    }
    let list = String::from_utf8(conclave(&["rooms", "list"], made.path()).stdout).unwrap();
    let words = ["a  strict, end-to-end encrypted", "b  balanced, end-to-end encrypted", "c  open, not end-to-end encrypted"];
    assert!(list.lines().zip(words).all(|(line, words)| line.starts_with(words)), "{list}");
}

const KEYRING: &str = r#"
export XDG_RUNTIME_DIR=$(mktemp -d); printf test | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1
printf '%s\n' "$OWNER_LINK" | "$CONCLAVE" login - && "$CONCLAVE" rooms create board --mode open --server "$URL" &&
"$CONCLAVE" rooms list --json --server "$URL" && "$CONCLAVE" rooms delete board --server "$URL""#;

#[test]
fn login_keeps_the_account_in_the_keyring() {
    let data = data();
    let server = Server::start(&[], data.path());
    let home = tempfile::tempdir().unwrap();
    let login = |program: &str, args: &[&str]| {
        let mut c = std::process::Command::new(program);
        c.args(args).env("HOME", home.path()).env("XDG_DATA_HOME", home.path().join("data"));
        c.env("OWNER_LINK", server.text("owner_link"))
            .env("URL", server.text("url"))
            .env("CONCLAVE", env!("CARGO_BIN_EXE_conclave"));
        c.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", "/nonexistent");
        c.output().unwrap()
    };
    // In an argument list the link would be everybody's.
    let (code, text) = failure(&login(env!("CARGO_BIN_EXE_conclave"), &["login", &server.text("owner_link")]));
    assert!(code == Some(2) && text.contains("conclave login -") && !text.contains(&server.owner_secret()), "{text}");
    // Without a keyring the link is not used up.
    let pipe = ["-c", r#"printf '%s\n' "$OWNER_LINK" | "$CONCLAVE" login -"#];
    let (code, text) = failure(&login("sh", &pipe));
    assert!(code == Some(77) && text.contains("keyring"), "{text}");
    if !["dbus-run-session", "gnome-keyring-daemon"].iter().all(|p| conclave_lab::has(p)) {
        return conclave_lab::skip("the Secret Service", "dbus-run-session or gnome-keyring-daemon is not installed");
    }
    let out = login("timeout", &["60", "dbus-run-session", "--", "bash", "-c", KEYRING]);
    let text = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{text}{}", String::from_utf8_lossy(&out.stderr));
    assert!(text.contains("conclave rooms create NAME --mode strict --server https://127.0.0.1:"), "{text}");
    assert!(text.contains(r#""name": "board""#) && text.contains("is gone"), "{text}");
    assert!(!text.contains(&server.owner_secret()));
}

#[tokio::test]
async fn paths_that_are_not_there_say_so() {
    let data = data();
    let server = Server::dev(data.path());
    let (status, error) = server.http("GET", "/nothing?access_token=x", None, None).await;
    assert_eq!((status, &error["error"]["code"]), (404, &json!("not_found")));
    let mut tcp = server.tcp().await;
    tcp.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut page = String::new();
    timeout(Duration::from_secs(20), tcp.read_to_string(&mut page)).await.unwrap().unwrap();
    assert!(page.contains("This is a Conclave server"), "{page}");
}

//! A real `conclave serve` and a websocket client that knows nothing of our client code.

#![allow(unreachable_pub, missing_docs, reason = "a module of one test")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave::net::{Fingerprint, Options, Target, http};
use conclave::protocol::control::{self, ClientMessage, ServerMessage};
use conclave::protocol::invite::ShownInvite;
use futures_util::{SinkExt as _, StreamExt as _};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// How long anything that should happen at once may take on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);

pub fn conclave(args: &[&str], data: &Path) -> Output {
    // A server that should not have started must not keep the test waiting.
    let mut command = Command::new("timeout");
    command.args(["60", env!("CARGO_BIN_EXE_conclave")]).args(args).arg("--data").arg(data).stdin(Stdio::null()).output().unwrap()
}

/// The exit code and the single line on standard error.
pub fn failure(output: &Output) -> (Option<i32>, String) {
    let text = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
    assert_eq!(text.lines().count(), 1, "one line on standard error: {text}");
    (output.status.code(), text)
}

pub struct Server {
    child: Child,
    pub listening: Value,
}

impl Server {
    pub fn dev(data: &Path) -> Self {
        Self::start(&["--dev"], data)
    }

    pub fn start(args: &[&str], data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_conclave"))
            .args(["serve", "--listen", "127.0.0.1:0", "--json", "--data"])
            .arg(data)
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        // The server prints one line or ends; either way this returns.
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let listening: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(listening["event"], "listening");
        Self { child, listening }
    }

    pub fn port(&self) -> u16 {
        url::Url::parse(self.listening["url"].as_str().unwrap()).unwrap().port().unwrap()
    }

    pub fn text(&self, field: &str) -> String {
        self.listening[field].as_str().unwrap_or_else(|| panic!("no {field}")).to_owned()
    }

    /// The secret of the owner link.
    pub fn owner_secret(&self) -> String {
        self.text("owner_link").split("k=").nth(1).unwrap().to_owned()
    }

    pub fn target(&self) -> Target {
        Target { host: "127.0.0.1".into(), port: self.port(), tls: self.text("url").starts_with("https") }
    }

    pub async fn http(&self, method: &str, path: &str, bearer: Option<&str>, body: Option<Value>) -> (u16, Value) {
        let fingerprint = self.listening["fingerprint"].as_str().map(|f| Fingerprint::parse(f).unwrap());
        let body = body.map(|b| serde_json::to_vec(&b).unwrap());
        let method = method.parse().unwrap();
        let r = http::request(&self.target(), &Options::pinned(fingerprint), method, path, bearer, body, 1 << 20).await.unwrap();
        (r.status.as_u16(), serde_json::from_slice(&r.body).unwrap_or(Value::Null))
    }

    pub async fn tcp(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port())).await.unwrap()
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    pub fn wait(mut self) -> ExitStatus {
        let end = Instant::now() + SOON;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < end, "the server does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A websocket of the control plane, challenge included.
pub struct Socket {
    socket: WebSocketStream<TcpStream>,
    nonce: Vec<u8>,
}

/// A member's key.
pub struct Key(Ed25519KeyPair);

impl Key {
    pub fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    pub fn id(&self) -> String {
        control::member_id(self.0.public_key().as_ref())
    }
}

impl Socket {
    pub async fn open(server: &Server) -> Self {
        let url = format!("ws://127.0.0.1:{}{}", server.port(), control::PATH);
        let (socket, _) = tokio_tungstenite::client_async(url, server.tcp().await).await.unwrap();
        let mut socket = Self { socket, nonce: vec![] };
        match socket.next().await {
            Some(ServerMessage::Challenge { nonce }) => socket.nonce = URL_SAFE_NO_PAD.decode(nonce).unwrap(),
            other => panic!("no challenge but {other:?}"),
        }
        socket
    }

    pub async fn hello(&mut self, key: &Key, room: &str) -> Option<ServerMessage> {
        self.hello_by(key, room, None, None, None).await
    }

    pub async fn hello_with(&mut self, key: &Key, room: &str, proof: &[u8]) -> Option<ServerMessage> {
        self.hello_by(key, room, Some(proof), None, None).await
    }

    /// Joins with an account's token.
    pub async fn hello_as(&mut self, key: &Key, room: &str, token: &str) -> Option<ServerMessage> {
        self.hello_by(key, room, None, Some(token), None).await
    }

    /// Joins with whatever is given.
    pub async fn hello_by(
        &mut self,
        key: &Key,
        room: &str,
        proof: Option<&[u8]>,
        token: Option<&str>,
        invite: Option<ShownInvite>,
    ) -> Option<ServerMessage> {
        let good = key.0.sign(&[control::HELLO_CONTEXT, &self.nonce, room.as_bytes()].concat());
        self.say(&ClientMessage::Hello {
            protocol: conclave::protocol::PROTOCOL_MAX,
            client: "test".into(),
            room: room.into(),
            leaf_key: URL_SAFE_NO_PAD.encode(key.0.public_key()),
            proof: URL_SAFE_NO_PAD.encode(proof.unwrap_or(good.as_ref())),
            mode: Some(conclave::protocol::control::RoomMode::Open),
            credential: token.map(Into::into),
            invite,
            waits: true,
            introduction: None,
        })
        .await;
        self.next().await
    }

    /// Joins without a wish for a mode.
    pub async fn hello_as_the_server_likes(&mut self, key: &Key, room: &str) -> Option<ServerMessage> {
        let proof = key.0.sign(&[control::HELLO_CONTEXT, &self.nonce, room.as_bytes()].concat());
        self.say(&ClientMessage::Hello {
            protocol: conclave::protocol::PROTOCOL_MAX,
            client: "test".into(),
            room: room.into(),
            leaf_key: URL_SAFE_NO_PAD.encode(key.0.public_key()),
            proof: URL_SAFE_NO_PAD.encode(proof.as_ref()),
            credential: None,
            mode: None,
            invite: None,
            waits: true,
            introduction: None,
        })
        .await;
        self.next().await
    }

    /// Joins, and gives session id, secret and media token.
    pub async fn enter(server: &Server, key: &Key, room: &str) -> (Self, [String; 3]) {
        let mut socket = Self::open(server).await;
        match socket.hello(key, room).await {
            Some(ServerMessage::Welcome { session, secret, media, me, .. }) => {
                assert_eq!(me, key.id());
                (socket, [session, secret.0.to_string(), media.token.0.to_string()])
            }
            other => panic!("no welcome but {other:?}"),
        }
    }

    /// The hello of release 0.1.0, as its bytes were.
    pub fn first_hello(&self, protocol: u32) -> String {
        let (key, room) = (Key::new(1), "r");
        let proof = key.0.sign(&[control::HELLO_CONTEXT, &self.nonce, room.as_bytes()].concat());
        let (key, proof) = (URL_SAFE_NO_PAD.encode(key.0.public_key()), URL_SAFE_NO_PAD.encode(proof));
        format!(
            r#"{{"type":"hello","protocol":{protocol},"client":"conclave 0.1.0","room":"{room}","leaf_key":"{key}","proof":"{proof}","mode":"open"}}"#
        )
    }

    pub async fn say(&mut self, message: &ClientMessage) {
        self.raw(serde_json::to_string(message).unwrap()).await;
    }

    pub async fn raw(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Sends more than the server takes. It reads no further than the length, so its last word may be lost in the reset.
    pub async fn oversized(&mut self) -> Option<ServerMessage> {
        let _ = self.socket.send(Message::text("x".repeat(control::MAX_MESSAGE + 1))).await;
        self.next().await
    }

    pub async fn relay(&mut self, to: Option<Vec<String>>, body: &str) {
        self.say(&ClientMessage::Relay { to, body: body.into() }).await;
    }

    /// The next message; `None` when the server has closed.
    pub async fn next(&mut self) -> Option<ServerMessage> {
        loop {
            match timeout(2 * SOON, self.socket.next()).await.expect("the server says something") {
                Some(Ok(Message::Text(t))) => return Some(serde_json::from_str(&t).unwrap()),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub async fn next_error(&mut self) -> String {
        match self.next().await {
            Some(ServerMessage::Error { code, .. }) => code,
            other => panic!("no error but {other:?}"),
        }
    }
}

//! Unpatched LiveKit SDKs at our own media plane. Needs Python with the PyPI packages `livekit`, `livekit-api` (1.2.1) and
//! `numpy`: `tests/setup.sh test` installs both, `CONCLAVE_LIVEKIT_PYTHON`
//! names another interpreter.
#![cfg(feature = "server")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use conclave::server::media::{
    Authority, Denied, MediaConfig, MediaPlane,
    token::{self, ApiKey, Grant, VideoGrant},
};
use conclave_lab::conclave::Server;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// An open room.
struct Open;

#[async_trait::async_trait]
impl Authority for Open {
    async fn admit(&self, _: &Grant) -> Result<(), Denied> {
        Ok(())
    }
    async fn create_room(&self, _: &str) -> Result<(), Denied> {
        Ok(())
    }
    fn end_room(&self, _: &str) {}
    fn joined(&self, _: &str, _: &str, _: &str) {}
    fn left(&self, _: &str, _: &str) {}
}

fn python() -> Option<String> {
    let python = std::env::var("CONCLAVE_LIVEKIT_PYTHON")
        .unwrap_or_else(|_| conclave_lab::root().join("target/lab/venv/bin/python").display().to_string());
    let mut check = Command::new(&python);
    check.args(["-c", "import livekit.rtc, livekit.api, numpy"]).stdout(Stdio::null()).stderr(Stdio::null());
    check.status().is_ok_and(|s| s.success()).then_some(python)
}

/// A script beside this file, which leaves nothing there.
fn script(python: &str, name: &str) -> Command {
    let mut command = Command::new(python);
    command.env("PYTHONDONTWRITEBYTECODE", "1").arg(conclave_lab::root().join("tests").join(name));
    command
}

fn token(key: &ApiKey, identity: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
    let grant = Grant {
        iss: key.key.clone(),
        sub: identity.into(),
        name: identity.to_uppercase(),
        nbf: now,
        exp: now + 600,
        video: VideoGrant { room_join: true, room: "den".into(), ..Default::default() },
        ..Default::default()
    };
    token::sign(key, &grant).unwrap().to_string()
}

/// Passes TCP on to `server`; `cut` says when every connection of that moment ends.
async fn proxy(server: std::net::SocketAddr, cut: tokio::sync::broadcast::Sender<()>) -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut end = cut.subscribe();
            tokio::spawn(async move {
                let mut far = tokio::net::TcpStream::connect(server).await.unwrap();
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    _ = end.recv() => {}
                }
            });
        }
    });
    address
}

/// Two, and then six (more than the three sections of a first offer).
#[test]
fn python_participants_hear_each_other() {
    let Some(python) = python() else {
        return conclave_lab::skip("LiveKit Python SDK", "run tests/setup.sh test");
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let key = ApiKey { key: "devkey".into(), secret: zeroize::Zeroizing::new("0123456789abcdef".repeat(2)) };
    let config = MediaConfig {
        udp: "127.0.0.1:0".parse().unwrap(),
        tcp: None,
        advertise: Vec::new(),
        key: key.clone(),
        max_participants: 20,
        tls: false,
        turn: Default::default(),
        webhooks: Vec::new(),
    };
    let cut = tokio::sync::broadcast::Sender::new(1);
    let (plane, address) = runtime.block_on(async {
        let plane = MediaPlane::start(config, Arc::new(Open)).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let routes = plane.router();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let address = proxy(address, cut.clone()).await;
        (plane, address)
    });
    for count in [2, 6] {
        let mut child = script(&python, "livekit_sdk.py")
            .arg(format!("ws://{address}"))
            .args((0..count).map(|n| token(&key, &format!("py{n}"))))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut last = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            println!("{count}: {line}");
            if line.contains("waiting") && line.contains("cut") {
                cut.send(()).unwrap();
            } else if line.contains("waiting") && line.contains("kick") {
                plane.remove("den", "py0", livekit_protocol::DisconnectReason::ParticipantRemoved);
            }
            last = line;
        }
        let status = child.wait().unwrap();
        assert!(status.success(), "{count}: {last}");
        assert_eq!(last, r#"{"reason": 4}"#, "the SDK reports a removal");
    }
    plane.shutdown();
}

/// LiveKit's server SDK manages a room of ours, and its webhook receiver accepts what we send.
#[test]
fn the_server_sdk_manages_rooms_and_accepts_our_webhooks() {
    let Some(python) = python() else {
        return conclave_lab::skip("LiveKit Python SDK", "run tests/setup.sh test");
    };
    let mut child = script(&python, "livekit_api.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let first: serde_json::Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
    let hook = format!("http://127.0.0.1:{}/hook", first["port"]);
    let server = Server::start(env!("CARGO_BIN_EXE_conclave"), &["--dev", "--webhook", &hook]);
    let key = server.data.path().join("livekit.key");
    writeln!(child.stdin.take().unwrap(), "{} {}", server.url(), key.display()).unwrap();
    let last = lines.inspect(|line| println!("{line}")).last();
    let status = child.wait().unwrap();
    assert!(status.success(), "{last:?}");
    assert_eq!(last.as_deref(), Some(r#"{"done": "everything"}"#));
}

//! Our media client against an unmodified livekit-server 1.13.5: real websockets, ICE, DTLS and SRTP; only the sound is made
//! up, so that every frame says who sent it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail by panicking")]

use bytes::Bytes;
use conclave::backend::livekit::media::{self, JoinedInfo, MediaClient, MediaCommand, MediaConfig, MediaEvent};
use conclave::backend::{Frame, SourceChange, SourceId};
use conclave::call::{LeaveReason, PeerId};
use conclave::exit::Exit;
use conclave::net;
use conclave_lab::livekit_server::{self, LiveKitServer};
use conclave_lab::relay::Relay;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How an Opus frame of silence begins that LiveKit makes itself.
const SERVER_SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];
/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(20);

/// A server that makes tokens.
trait Tokens {
    fn token(&self, room: &str, who: &str, name: &str) -> String;
}

impl Tokens for LiveKitServer {
    fn token(&self, room: &str, who: &str, name: &str) -> String {
        LiveKitServer::token(self, room, who, name)
    }
}

/// Our own server, as a process.
struct Own {
    process: std::process::Child,
    port: u16,
    dir: tempfile::TempDir,
}

impl Own {
    fn start() -> Self {
        use std::io::BufRead as _;
        let dir = tempfile::tempdir().unwrap();
        let mut process = std::process::Command::new(env!("CARGO_BIN_EXE_conclave"))
            .args(["serve", "--dev", "--json", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        let port = json["url"].as_str().unwrap().rsplit(':').next().unwrap().parse().unwrap();
        Self { process, port, dir }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Tokens for Own {
    fn token(&self, room: &str, who: &str, name: &str) -> String {
        let mut c = std::process::Command::new(env!("CARGO_BIN_EXE_conclave"));
        let out = c.args(["token", room, "--identity", who, "--name", name, "--data"]).arg(self.dir.path()).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }
}

fn target(port: u16) -> net::Target {
    net::Target { host: "127.0.0.1".into(), port, tls: false }
}

/// What a participant of the test has seen.
#[derive(Default)]
struct Seen {
    events: Vec<MediaEvent>,
    /// Per source: whose, and the payloads' texts; `None` once it has ended.
    live: BTreeMap<SourceId, PeerId>,
    ended: BTreeSet<SourceId>,
    /// Frames per peer that said the right name, and those that said another.
    right: BTreeMap<String, u64>,
    wrong: u64,
    /// Time of the last right frame per peer, and the longest gap since the marks were reset.
    last: BTreeMap<String, Instant>,
    gap: BTreeMap<String, Duration>,
    sequence: BTreeMap<SourceId, u64>,
    first: BTreeMap<String, Instant>,
}

/// One client that talks all the time unless it is muted.
struct Talker {
    info: JoinedInfo,
    commands: mpsc::Sender<MediaCommand>,
    seen: Arc<Mutex<Seen>>,
    joined_at: Instant,
    _tasks: JoinSet<()>,
}

impl Talker {
    async fn join(server: &impl Tokens, port: u16, room: &str, who: &str) -> Self {
        Self::join_as(server, port, room, who, false).await
    }

    async fn join_as(server: &impl Tokens, port: u16, room: &str, who: &str, muted: bool) -> Self {
        let config = MediaConfig {
            target: target(port),
            net: net::Options::default(),
            token: server.token(room, who, &format!("Name of {who}")).into(),
            publish: true,
            muted,
            ask_for_token: false,
            levels: true,
            ours: false,
            transport: Default::default(),
            protection: None,
        };
        let joined_at = Instant::now();
        let (client, info) = media::join(config).await.unwrap();
        Self::run(client, info, joined_at)
    }

    fn run(client: MediaClient, info: JoinedInfo, joined_at: Instant) -> Self {
        let MediaClient { mut events, commands, ports, .. } = client;
        let seen: Arc<Mutex<Seen>> = Arc::default();
        let mut tasks = JoinSet::new();
        let s = seen.clone();
        tasks.spawn(async move {
            while let Some(e) = events.recv().await {
                s.lock().unwrap().events.push(e);
            }
        });
        let (mut sources, s) = (ports.sources, seen.clone());
        tasks.spawn(async move {
            let mut readers = JoinSet::new();
            while let Some(change) = sources.recv().await {
                match change {
                    SourceChange::Added { source, peer, frames } => {
                        s.lock().unwrap().live.insert(source, peer.clone());
                        readers.spawn(listen(frames, peer, s.clone()));
                    }
                    SourceChange::Removed { source } => {
                        let mut s = s.lock().unwrap();
                        assert!(s.live.remove(&source).is_some(), "only what was added is removed");
                        assert!(s.ended.insert(source), "once");
                    }
                }
            }
        });
        let me = info.identity.0.clone();
        tasks.spawn(async move {
            let mut clock = tokio::time::interval(Duration::from_millis(20));
            for i in 0u64.. {
                clock.tick().await;
                let payload = Bytes::from(format!("\u{78}says {me}"));
                let timestamp = (i as u32).wrapping_mul(960);
                let frame = Frame {
                    source: SourceId(0),
                    key_id: None,
                    sequence: i,
                    timestamp,
                    arrived: Instant::now(),
                    voice: true,
                    payload,
                };
                if let Err(mpsc::error::TrySendError::Closed(_)) = ports.outgoing.try_send(frame) {
                    return;
                }
            }
        });
        Self { info, commands, seen, joined_at, _tasks: tasks }
    }

    fn see<T>(&self, f: impl FnOnce(&mut Seen) -> T) -> T {
        f(&mut self.seen.lock().unwrap())
    }

    /// Waits until something was seen.
    async fn until(&self, what: &str, f: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + LIMIT;
        while !self.see(|s| f(s)) {
            let me = &self.info.identity;
            assert!(
                Instant::now() < deadline,
                "{me} waits in vain: {what}; {:?}, {:?}",
                self.see(|s| s.events.clone()),
                self.see(|s| s.right.clone())
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn hears(&self, who: &str, frames: u64) {
        self.until(&format!("{frames} frames of {who}"), |s| s.right.get(who).is_some_and(|n| *n >= frames)).await;
    }

    /// Waits for frames that are newer than now.
    async fn goes_on_hearing(&self, who: &str) {
        let before = self.see(|s| s.right.get(who).copied().unwrap_or(0));
        self.hears(who, before + 25).await;
    }

    async fn event(&self, what: &str, f: impl Fn(&MediaEvent) -> bool) {
        self.until(what, |s| s.events.iter().any(&f)).await;
    }

    async fn say(&self, c: MediaCommand) {
        self.commands.send(c).await.unwrap();
    }

    fn first_frame_after(&self, who: &str) -> Option<Duration> {
        self.see(|s| s.first.get(who).map(|t| t.duration_since(self.joined_at)))
    }
}

async fn listen(mut frames: mpsc::Receiver<Frame>, peer: PeerId, seen: Arc<Mutex<Seen>>) {
    let expected = format!("\u{78}says {peer}");
    while let Some(f) = frames.recv().await {
        let mut s = seen.lock().unwrap();
        if f.payload != expected.as_bytes() {
            // Silence that the server sends when a track of its own begins or ends is nobody's.
            if !f.payload.starts_with(&SERVER_SILENCE) {
                s.wrong += 1;
            }
            continue;
        }
        *s.right.entry(peer.0.clone()).or_default() += 1;
        s.first.entry(peer.0.clone()).or_insert(f.arrived);
        if let Some(last) = s.last.insert(peer.0.clone(), f.arrived) {
            let gap = f.arrived.saturating_duration_since(last);
            let longest = s.gap.entry(peer.0.clone()).or_default();
            *longest = gap.max(*longest);
        }
        s.sequence.insert(f.source, f.sequence);
    }
}

macro_rules! server {
    () => {
        match livekit_server::start() {
            Ok(s) => s,
            Err(why) => return conclave_lab::skip("livekit-server 1.13.5", &why),
        }
    };
}

fn joined(who: &str) -> impl Fn(&MediaEvent) -> bool {
    move |e| matches!(e, MediaEvent::ParticipantJoined { id, .. } if id.0 == who)
}

fn left(who: &str) -> impl Fn(&MediaEvent) -> bool {
    move |e| matches!(e, MediaEvent::ParticipantLeft { id } if id.0 == who)
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_hears_everybody_early_late_and_in_reused_sections() {
    let server = server!();
    everybody_hears_everybody(&server, server.port).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_hears_everybody_on_our_own_server() {
    let server = Own::start();
    everybody_hears_everybody(&server, server.port).await;
}

async fn everybody_hears_everybody(server: &impl Tokens, port: u16) {
    let mut all = Vec::new();
    // Five join one after the other: a late joiner, and more remote tracks than the first offer has sections.
    for who in ["ana", "bo", "cy", "di", "ed"] {
        let t = Talker::join(server, port, "r", who).await;
        for other in &all {
            let other: &Talker = other;
            t.hears(&other.info.identity.0, 25).await;
            other.hears(who, 25).await;
            other.event("the newcomer joined", joined(who)).await;
        }
        all.push(t);
    }
    for t in &all {
        for other in &all {
            let (me, other) = (&t.info.identity, &other.info.identity.0);
            if let Some(d) = t.first_frame_after(other) {
                eprintln!("{me}: first frame of {other} {} ms after join began", d.as_millis());
            }
        }
        t.event("heard", |e| matches!(e, MediaEvent::Heard)).await;
        t.event("transport", |e| matches!(e, MediaEvent::Transport { ok: true, .. })).await;
        assert_eq!(t.see(|s| s.wrong), 0, "no frame under a wrong name");
    }
    let name = all[0].see(|s| {
        s.events.iter().find_map(|e| match e {
            MediaEvent::ParticipantJoined { id, name, before_us: false } if id.0 == "bo" => Some(name.clone()),
            _ => None,
        })
    });
    assert_eq!(name.as_deref(), Some("Name of bo"));

    // One leaves; a new one takes the section.
    let bo = all.remove(1);
    bo.say(MediaCommand::Leave).await;
    bo.event("left", |e| matches!(e, MediaEvent::Ended { reason: LeaveReason::Left, .. })).await;
    for t in &all {
        t.event("bo left", left("bo")).await;
        t.until("bo's source ended", |s| s.live.values().all(|p| p.0 != "bo") && s.ended.len() == 1).await;
    }
    let fay = Talker::join(server, port, "r", "fay").await;
    for t in &all {
        t.hears("fay", 25).await;
        fay.hears(&t.info.identity.0, 25).await;
    }
    for t in &all {
        for other in all.iter().filter(|o| o.info.identity != t.info.identity) {
            t.goes_on_hearing(&other.info.identity.0).await;
        }
        assert_eq!(t.see(|s| s.wrong), 0);
        assert_eq!(t.see(|s| s.live.len()), 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_who_join_at_once_hear_each_other() {
    let server = server!();
    for round in 0..3 {
        let room = format!("r{round}");
        let (a, b, c) = tokio::join!(
            Talker::join(&server, server.port, &room, "ana"),
            Talker::join(&server, server.port, &room, "bo"),
            Talker::join(&server, server.port, &room, "cy"),
        );
        for (x, y) in [(&a, "bo"), (&a, "cy"), (&b, "ana"), (&b, "cy"), (&c, "ana"), (&c, "bo")] {
            x.hears(y, 50).await;
            let ms = x.first_frame_after(y).unwrap_or_default().as_millis();
            eprintln!("round {round}: {} hears {y} {ms} ms after join began", x.info.identity);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn muting_hands_names_and_chat_arrive() {
    let server = server!();
    let ana = Talker::join(&server, server.port, "r", "ana").await;
    let bo = Talker::join_as(&server, server.port, "r", "bo", true).await;
    let muted = |on: bool| move |e: &MediaEvent| matches!(e, MediaEvent::ParticipantState { id, muted: Some(m), .. } if id.0 == "bo" && *m == on);
    ana.event("bo is muted", muted(true)).await;
    bo.hears("ana", 25).await;
    assert_eq!(ana.see(|s| s.right.get("bo").copied()), None, "a closed microphone sends nothing");
    bo.say(MediaCommand::Muted(false)).await;
    ana.event("bo is open", muted(false)).await;
    ana.hears("bo", 25).await;
    // A moderator closes it; nobody but bo opens it again.
    let sid = |v: &serde_json::Value| v["tracks"][0]["sid"].as_str().unwrap_or_default().to_owned();
    let info = server.room_service("GetParticipant", "r", &json!({"room": "r", "identity": "bo"})).unwrap();
    let body = json!({"room": "r", "identity": "bo", "track_sid": sid(&info), "muted": true});
    server.room_service("MutePublishedTrack", "r", &body).unwrap();
    bo.event("muted by the server", |e| matches!(e, MediaEvent::ServerMuted)).await;
    bo.say(MediaCommand::Muted(false)).await;
    ana.goes_on_hearing("bo").await;

    bo.say(MediaCommand::Hand(Some(42))).await;
    ana.event("hand up", |e| matches!(e, MediaEvent::ParticipantState { hand: Some(Some(42)), .. })).await;
    bo.say(MediaCommand::Hand(None)).await;
    ana.until("hand down", |s| {
        s.events.iter().rev().find_map(|e| match e {
            MediaEvent::ParticipantState { id, hand: Some(h), .. } if id.0 == "bo" => Some(h.is_none()),
            _ => None,
        }) == Some(true)
    })
    .await;
    bo.say(MediaCommand::Name("Bo the Great".into())).await;
    ana.event("name", |e| matches!(e, MediaEvent::ParticipantState { name: Some(n), .. } if n == "Bo the Great")).await;

    let cy = Talker::join(&server, server.port, "r", "cy").await;
    cy.hears("ana", 1).await;
    bo.say(MediaCommand::Say { text: "to all".into(), to: None }).await;
    bo.say(MediaCommand::Say { text: "secret".into(), to: Some(PeerId("ana".into())) }).await;
    let chat = |text: &'static str, private: bool| move |e: &MediaEvent| matches!(e, MediaEvent::Chat { from, private: p, text: t } if from.0 == "bo" && t == text && *p == private);
    ana.event("chat", chat("to all", false)).await;
    ana.event("private chat", chat("secret", true)).await;
    cy.event("chat", chat("to all", false)).await;
    assert!(!cy.see(|s| s.events.iter().any(|e| matches!(e, MediaEvent::Chat { text, .. } if text == "secret"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_websocket_is_resumed_and_the_sound_goes_on() {
    let server = server!();
    a_cut_websocket_is_resumed(&server, server.port).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_websocket_is_resumed_on_our_own_server() {
    let server = Own::start();
    a_cut_websocket_is_resumed(&server, server.port).await;
}

async fn a_cut_websocket_is_resumed(server: &impl Tokens, server_port: u16) {
    let way = Relay::start(0, server_port).await;
    let ana = Talker::join(server, way.port, "r", "ana").await;
    let bo = Talker::join(server, server_port, "r", "bo").await;
    ana.hears("bo", 50).await;
    bo.hears("ana", 50).await;
    ana.event("media", |e| matches!(e, MediaEvent::Transport { ok: true, .. })).await;
    for round in 1..=3 {
        for t in [&ana, &bo] {
            t.see(|s| s.gap.clear());
        }
        let t = Instant::now();
        way.cut();
        let count = |s: &Seen| s.events.iter().filter(|e| matches!(e, MediaEvent::Reconnected)).count();
        ana.until("reconnected", |s| count(s) == round).await;
        eprintln!("round {round}: reconnected {} ms after the cut", t.elapsed().as_millis());
        ana.goes_on_hearing("bo").await;
        bo.goes_on_hearing("ana").await;
        for (t, who) in [(&ana, "bo"), (&bo, "ana")] {
            let gap = t.see(|s| s.gap.get(who).copied().unwrap_or_default());
            eprintln!("round {round}: longest gap of {who} {} ms", gap.as_millis());
            assert!(gap < Duration::from_secs(1), "the sound went on");
        }
        assert!(ana.see(|s| s.ended.is_empty()) && bo.see(|s| s.ended.is_empty()), "no source ended");
    }
    assert!(!bo.see(|s| s.events.iter().any(left("ana"))), "nobody noticed");

    // Longer away, and somebody joins and another leaves meanwhile.
    let (port, cy) = (way.port, Talker::join(server, server_port, "r", "cy").await);
    ana.hears("cy", 25).await;
    way.stop();
    ana.until("several attempts", |s| s.events.iter().any(|e| matches!(e, MediaEvent::Reconnecting { attempt: 3, .. }))).await;
    cy.say(MediaCommand::Leave).await;
    bo.event("cy left", left("cy")).await;
    let di = Talker::join(server, server_port, "r", "di").await;
    let _way = Relay::start(port, server_port).await;
    ana.hears("di", 25).await;
    ana.event("cy left", left("cy")).await;
    ana.until("cy's source ended", |s| s.live.values().all(|p| p.0 != "cy")).await;
    di.hears("ana", 25).await;
    ana.goes_on_hearing("bo").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_the_server_forgot_is_joined_anew() {
    let mut server = server!();
    let way = Relay::start(0, server.port).await;
    let ana = Talker::join(&server, way.port, "r", "ana").await;
    let bo = Talker::join(&server, way.port, "r", "bo").await;
    ana.hears("bo", 25).await;
    // The server dies; another one takes its place.
    let port = way.port;
    way.stop();
    server = server!();
    let _way = Relay::start(port, server.port).await;
    for (t, who) in [(&ana, "bo"), (&bo, "ana")] {
        t.event("reconnected", |e| matches!(e, MediaEvent::Reconnected)).await;
        t.goes_on_hearing(who).await;
        assert!(t.see(|s| s.live.len() == 1 && !s.ended.is_empty()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_server_is_waited_for() {
    let server = server!();
    let ana = Talker::join(&server, server.port, "r", "ana").await;
    let bo = Talker::join(&server, server.port, "r", "bo").await;
    ana.hears("bo", 25).await;
    server.freeze(true);
    for t in [&ana, &bo] {
        t.event("reconnecting", |e| matches!(e, MediaEvent::Reconnecting { .. })).await;
    }
    server.freeze(false);
    for (t, who) in [(&ana, "bo"), (&bo, "ana")] {
        t.event("reconnected", |e| matches!(e, MediaEvent::Reconnected)).await;
        t.goes_on_hearing(who).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ways_to_end_have_their_exit_codes() {
    let server = server!();
    let ana = Talker::join(&server, server.port, "r", "ana").await;
    let bo = Talker::join(&server, server.port, "r", "bo").await;
    ana.hears("bo", 1).await;
    server.room_service("RemoveParticipant", "r", &json!({"room": "r", "identity": "bo"})).unwrap();
    let ended = |reason: LeaveReason, exit: Exit| move |e: &MediaEvent| matches!(e, MediaEvent::Ended { reason: r, failure } if *r == reason && failure.exit == exit);
    bo.event("removed", ended(LeaveReason::Removed, Exit::Removed)).await;
    ana.event("bo left", left("bo")).await;
    ana.until("bo's source ended", |s| s.live.is_empty() && s.ended.len() == 1).await;
    server.room_service("DeleteRoom", "r", &json!({"room": "r"})).unwrap();
    ana.event("room ended", ended(LeaveReason::RoomEnded, Exit::RoomEnded)).await;

    let config = |port: u16, token: String| MediaConfig {
        target: target(port),
        net: net::Options::default(),
        token: token.into(),
        publish: true,
        muted: false,
        ask_for_token: false,
        levels: true,
        ours: false,
        transport: Default::default(),
        protection: None,
    };
    let refused = media::join(config(server.port, server.forged_token("r", "eve"))).await.unwrap_err();
    assert_eq!(refused.exit, Exit::Denied, "{refused}");
    let unused = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    let nobody = media::join(config(unused, "t".into())).await.unwrap_err();
    assert_eq!(nobody.exit, Exit::Unavailable, "{nobody}");
    // Something that is not LiveKit.
    let other = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = other.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut s, _)) = other.accept().await {
            let _ = s.read(&mut [0; 4096]).await;
            let _ = s.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
        }
    });
    let stranger = media::join(config(port, "t".into())).await.unwrap_err();
    assert_eq!(stranger.exit, Exit::Protocol, "{stranger}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_token_is_asked_for_and_used() {
    let mut server = server!();
    let way = Relay::start(0, server.port).await;
    let config = MediaConfig {
        target: target(way.port),
        net: net::Options::default(),
        token: server.token("r", "ana", "Ana").into(),
        publish: true,
        muted: false,
        ask_for_token: true,
        levels: true,
        ours: false,
        transport: Default::default(),
        protection: None,
    };
    let (client, info) = media::join(config).await.unwrap();
    let ana = Talker::run(client, info, Instant::now());
    let port = way.port;
    way.stop();
    server = server!();
    let _way = Relay::start(port, server.port).await;
    ana.event("asked for a token", |e| matches!(e, MediaEvent::NeedToken)).await;
    ana.say(MediaCommand::Token(server.token("r", "ana", "Ana").into())).await;
    ana.event("reconnected", |e| matches!(e, MediaEvent::Reconnected)).await;
    let bo = Talker::join(&server, server.port, "r", "bo").await;
    bo.hears("ana", 25).await;
    ana.hears("bo", 25).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backend_joins_by_link_and_token() {
    use conclave::backend::{BackendCommand, BackendEvent, Context, Identity, Link, classify};
    let server = server!();
    let ana = Talker::join(&server, server.port, "board", "ana").await;
    let join = |token: Option<String>| {
        let mut link = Link::parse(&format!("ws://127.0.0.1:{}", server.port)).unwrap();
        link.token = token.map(Into::into);
        let context = Context {
            net: net::Options::default(),
            transport: Default::default(),
            muted: false,
            listen_only: false,
            allow_plain: true,
            patience: Duration::from_secs(30),
            secrecy: Default::default(),
            xray: Default::default(),
            waits: Default::default(),
        };
        async move {
            classify(&link)
                .join(link, Identity { name: "Bo".into(), keys: conclave::trust::Keys::ephemeral().unwrap().into() }, context)
                .await
        }
    };
    let failure = join(None).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Denied, "without a token: {failure}");
    let mut bo = join(Some(server.token("board", "bo", "from the token"))).await.unwrap();
    assert_eq!((bo.me.0.as_str(), bo.room.as_str()), ("bo", "board"));
    let not: Vec<_> = bo.capabilities.unavailable.keys().map(String::as_str).collect();
    assert_eq!(not, ["record"], "nobody could be told there");
    // Ours counts, not the token's, whether it comes before the others see us or after.
    ana.event("bo says a name", |e| {
        matches!(e, MediaEvent::ParticipantState { name: Some(n), .. } | MediaEvent::ParticipantJoined { name: n, .. } if n == "Bo")
    })
    .await;
    let expect = async {
        let mut wanted = vec!["PeerJoined", "Transport", "MediaConnected"];
        while !wanted.is_empty() {
            let e = format!("{:?}", bo.events.recv().await.unwrap());
            wanted.retain(|w| !e.starts_with(w));
        }
        // Figures of the transport come too.
        bo.stats.wait_for(|s| s.rtt_ms.is_some() && s.packets_received > 0).await.unwrap();
        bo.commands.send(BackendCommand::Leave).await.unwrap();
        while let Some(e) = bo.events.recv().await {
            if let BackendEvent::Ended { reason, failure } = e {
                assert_eq!((reason, failure.exit), (LeaveReason::Left, Exit::Ok));
                assert!(bo.events.recv().await.is_none(), "nothing follows");
                return;
            }
        }
        panic!("the events ended without saying why");
    };
    tokio::time::timeout(LIMIT, expect).await.unwrap();
    ana.event("bo left", left("bo")).await;
    // A client that is simply dropped leaves too.
    let cy = join(Some(server.token("board", "cy", "Cy"))).await.unwrap();
    ana.event("cy joined", joined("cy")).await;
    drop(cy);
    ana.event("cy left", left("cy")).await;
}

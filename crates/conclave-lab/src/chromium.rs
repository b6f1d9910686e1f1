//! Headless Chromium with the stock `livekit-client` as one participant, with real sound devices: the peer to compare with.
//!
//! `tests/setup.sh bench-audio` installs both. The page and the client are served on the loopback interface of the
//! namespace in which the browser runs.

use crate::process;
use crate::pulse::Pulse;
use crate::wire::Namespace;
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

const PAGE: &str = include_str!("chromium/page.html");
const SCRIPT: &str = include_str!("chromium/page.js");
/// Where `tests/setup.sh bench-audio` puts it.
const CLIENT: &str = "target/lab/web/node_modules/livekit-client/dist/livekit-client.umd.js";
/// A browser on a busy machine needs this long at worst.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the page tells its figures.
const STATS: Duration = Duration::from_secs(1);

/// How a browser takes part.
pub struct Seat<'a> {
    /// Where it runs.
    pub namespace: &'a Namespace,
    /// Its sound server; devices are named by their descriptions.
    pub pulse: &'a Pulse,
    /// The server's `wss://` address; any certificate is good.
    pub url: &'a str,
    /// An access token.
    pub token: &'a str,
    /// What it speaks from; without one it only listens.
    pub microphone: Option<&'a str>,
    /// What it plays to.
    pub loudspeaker: &'a str,
    /// What its encoder aims at in bits per second; `None` is livekit-client's own choice (48 000).
    pub bitrate: Option<u32>,
}

/// A running browser that has joined, or tries to; killed when dropped.
pub struct Chromium {
    child: Child,
    events: Receiver<Value>,
    /// Everything the page told so far.
    pub told: Vec<Value>,
    serving: Arc<AtomicBool>,
    server: SocketAddr,
    namespace: Namespace,
    _profile: tempfile::TempDir,
}

/// Why Chromium cannot be had here; `None`: it can.
pub fn missing() -> Option<&'static str> {
    if !crate::has("chromium") {
        Some("Chromium is not installed (Debian: chromium)")
    } else if !crate::root().join(CLIENT).is_file() {
        Some("livekit-client is not installed (run tests/setup.sh bench-audio)")
    } else {
        None
    }
}

impl Chromium {
    /// Starts one.
    pub fn join(seat: &Seat<'_>) -> Self {
        let profile = tempfile::tempdir().expect("a directory");
        let config = json!({
            "url": seat.url,
            "token": seat.token,
            "microphone": seat.microphone,
            "loudspeaker": seat.loudspeaker,
            // Sound is scored against what was said, and what cleans and levels it would count as damage.
            "capture": { "echoCancellation": false, "noiseSuppression": false, "autoGainControl": false },
            // Everything else is what livekit-client does by itself.
            "publish": seat.bitrate.map_or_else(|| json!({}), |bits| json!({ "audioPreset": { "maxBitrate": bits } })),
            "statsMs": STATS.as_millis() as u64,
        });
        let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = seat.namespace.within(listen).and_then(|made| made).expect("a port");
        let server = listener.local_addr().expect("bound");
        let (told, events) = channel();
        let serving = Arc::new(AtomicBool::new(true));
        let go_on = serving.clone();
        std::thread::spawn(move || serve(&listener, &config, &told, &go_on));
        let child = seat
            .namespace
            .command("chromium")
            .args(["--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"])
            .args(["--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"])
            .args(["--disable-renderer-backgrounding", "--disable-background-timer-throttling"])
            // Our servers sign their certificates themselves.
            .args(["--allow-loopback-in-peer-connection", "--ignore-certificate-errors"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("http://{server}/"))
            .envs(seat.pulse.env())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(profile.path().join("log")).expect("a file"))
            // So that all of it can be ended at once.
            .process_group(0)
            .spawn()
            .expect("chromium starts");
        Self { child, events, told: vec![], serving, server, namespace: seat.namespace.clone(), _profile: profile }
    }

    /// The browser's first process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the page tells an event, or told it before. `Err`: what came instead.
    pub fn wait_for(&mut self, event: &str) -> Result<Value, String> {
        let deadline = Instant::now() + PATIENCE;
        let mut looked_at = 0;
        loop {
            for told in &self.told[looked_at..] {
                if told["event"] == event {
                    return Ok(told.clone());
                } else if told["event"] == "failed" {
                    return Err(format!("the page fails: {}", told["why"]));
                }
            }
            looked_at = self.told.len();
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(told) => self.told.push(told),
                Err(_) => {
                    let log = std::fs::read_to_string(self._profile.path().join("log")).unwrap_or_default();
                    return Err(format!("no \"{event}\" from the page; it told {:?}; chromium says {log}", self.told));
                }
            }
        }
    }

    /// The newest figures that the page has told: the browser's own `outbound-rtp` as `sent` and `inbound-rtp` as `heard`.
    pub fn figures(&mut self) -> Value {
        self.told.extend(self.events.try_iter());
        self.told.iter().rev().find(|told| told["event"] == "stats").cloned().unwrap_or_default()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Ours by descent; some of them have left the group.
        let tree = process::tree(self.child.id());
        let _ = self.child.kill();
        for pid in tree.iter().skip(1) {
            let _ = std::process::Command::new("kill").arg("-KILL").arg(pid.to_string()).stderr(Stdio::null()).status();
        }
        let _ = self.child.wait();
        self.serving.store(false, Relaxed);
        // Wakes the server.
        let _ = self.namespace.within(|| TcpStream::connect(self.server));
    }
}

/// Answers the browser, each connection on a thread of its own: it opens some that it does not use.
fn serve(listener: &TcpListener, config: &Value, told: &Sender<Value>, go_on: &AtomicBool) {
    for stream in listener.incoming().map_while(Result::ok) {
        if !go_on.load(Relaxed) {
            return;
        }
        let (config, told) = (config.clone(), told.clone());
        std::thread::spawn(move || answer(stream, &config, &told));
    }
}

/// One request, one answer.
fn answer(stream: TcpStream, config: &Value, told: &Sender<Value>) -> Option<()> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut reader = BufReader::new(&stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if let Some((_, value)) = line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (status, kind, content) = match path.as_str() {
        "/" => ("200 OK", "text/html", PAGE.into()),
        "/page.js" => ("200 OK", "text/javascript", SCRIPT.into()),
        "/livekit-client.umd.js" => ("200 OK", "text/javascript", std::fs::read(crate::root().join(CLIENT)).ok()?),
        "/config" => ("200 OK", "application/json", config.to_string().into_bytes()),
        "/event" => {
            told.send(serde_json::from_slice(&body).ok()?).ok()?;
            ("204 No Content", "text/plain", vec![])
        }
        _ => ("404 Not Found", "text/plain", vec![]),
    };
    let length = content.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    (&stream).write_all(&[head.into_bytes(), content].concat()).ok()
}

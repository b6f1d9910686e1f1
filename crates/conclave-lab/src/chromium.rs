//! Headless Chromium with the stock `livekit-client`, and a page of ours that uses it: it tells the lab what happens, and does
//! what the lab orders.
//!
//! `tests/setup.sh` installs both. The page and the client are served on the loopback interface of the network in which the
//! browser runs.

mod seat;
mod serve;

pub use seat::Seat;

use crate::process;
use crate::pulse::Pulse;
use crate::wire::Namespace;
use serde_json::Value;
use serve::Pages;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Where `tests/setup.sh` puts it.
const CLIENT: &str = "target/lab/web/node_modules/livekit-client/dist/livekit-client.umd.js";
/// A browser on a busy machine needs this long at worst.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a browser has around it.
#[derive(Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The network it is in; `None`: this machine's.
    pub namespace: Option<&'a Namespace>,
    /// Its sound server, with real devices; `None`: what it plays goes nowhere, at the pace of a device.
    pub pulse: Option<&'a Pulse>,
    /// A WAV file that its only microphone says again and again.
    pub microphone: Option<&'a Path>,
}

/// A running browser that shows one page; killed when dropped.
pub struct Chromium {
    child: Child,
    events: Receiver<Value>,
    orders: Sender<Value>,
    /// Everything the page told so far.
    pub told: Vec<Value>,
    _pages: Pages,
    profile: tempfile::TempDir,
}

/// Why Chromium cannot be had here; `None`: it can.
pub fn missing() -> Option<&'static str> {
    if !crate::has("chromium") {
        Some("Chromium is not installed (Debian: chromium)")
    } else if !crate::root().join(CLIENT).is_file() {
        Some("livekit-client is not installed (run tests/setup.sh)")
    } else {
        None
    }
}

impl Chromium {
    /// Starts one that runs a script, after `livekit-client` and what `chromium/lab.js` defines; `config` is what the script
    /// finds at `config`.
    pub fn run(script: &'static str, config: Value, around: Surroundings<'_>) -> Self {
        let profile = tempfile::tempdir().expect("a directory");
        let ((told, events), (orders, wanted)) = (channel(), channel());
        let pages = Pages::serve(around.namespace, script, config, told, wanted);
        let program = "chromium";
        let mut command = around.namespace.map_or_else(|| Command::new(program), |n| n.command(program));
        command
            .args(["--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"])
            .args(["--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required"])
            .args(["--disable-renderer-backgrounding", "--disable-background-timer-throttling"])
            // Our servers sign their certificates themselves.
            .args(["--allow-loopback-in-peer-connection", "--ignore-certificate-errors"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .envs(around.pulse.map(Pulse::env).unwrap_or_default())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(profile.path().join("log")).expect("a file"))
            // So that all of it can be ended at once.
            .process_group(0);
        if let Some(wav) = around.microphone {
            command.arg("--use-fake-device-for-media-stream");
            command.arg(format!("--use-file-for-fake-audio-capture={}", wav.display()));
        }
        let child = command.arg(pages.url()).spawn().expect("chromium starts");
        Self { child, events, orders, told: vec![], _pages: pages, profile }
    }

    /// The browser's first process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Gives the page an order; `chromium/lab.js` hands them out one by one.
    pub fn order(&self, order: Value) {
        self.orders.send(order).expect("the pages are served as long as this lives");
    }

    /// Waits until the page tells an event, or told it before. `Err`: what came instead.
    pub fn wait_for(&mut self, event: &str) -> Result<Value, String> {
        self.wait(0, event, |told| told["event"] == event)
    }

    /// Waits for the next event of which `wanted` is true; what has been looked at before does not count. `Err`: what came
    /// instead.
    pub fn wait_for_next(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value, String> {
        self.wait(self.told.len(), what, wanted)
    }

    fn wait(&mut self, mut from: usize, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value, String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            for told in &self.told[from..] {
                if wanted(told) {
                    return Ok(told.clone());
                } else if told["event"] == "failed" {
                    return Err(format!("the page fails: {}", told["why"]));
                }
            }
            from = self.told.len();
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(told) => self.told.push(told),
                Err(_) => {
                    let log = std::fs::read_to_string(self.profile.path().join("log")).unwrap_or_default();
                    let told: Vec<String> = self.told.iter().map(|t| t.to_string().chars().take(300).collect()).collect();
                    return Err(format!("no {what} from the page; it told {told:#?}; chromium says {log}"));
                }
            }
        }
    }

    /// The newest event of a name that has come so far, or null.
    pub fn newest(&mut self, event: &str) -> Value {
        self.told.extend(self.events.try_iter());
        self.told.iter().rev().find(|told| told["event"] == event).cloned().unwrap_or_default()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Ours by descent; some of them have left the group.
        let tree = process::tree(self.child.id());
        let _ = self.child.kill();
        for pid in tree.iter().skip(1) {
            let _ = Command::new("kill").arg("-KILL").arg(pid.to_string()).stderr(Stdio::null()).status();
        }
        let _ = self.child.wait();
    }
}

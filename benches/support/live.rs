//! One live call: two real clients with real sound devices on two sides of a wire, and what it was like.

use conclave_lab::chromium::{Chromium, Seat};
use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::profiles::Profile;
use conclave_lab::score::Scores;
use conclave_lab::speech::Passage;
use conclave_lab::stage::{self, Stage};
use conclave_lab::wire::{Namespace, RIGHT, Wire};
use conclave_lab::{process, profiles, speech};
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

pub(crate) const BIN: &str = env!("CARGO_BIN_EXE_conclave");
/// What may go wrong after a call's time is over does so within this.
const GRACE: Duration = Duration::from_secs(15);
/// Share of silence in what is said.
const SILENCE: f64 = 0.5;
/// Sound that is still under way when the last word was said.
const TAIL: Duration = Duration::from_secs(2);

/// Whose clients talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Who {
    /// Our client, in an open room as Chromium is.
    Ours,
    /// Our client in a strict room: end-to-end encrypted, constant bit rate.
    Strict,
    /// Headless Chromium with livekit-client.
    Chromium,
}

impl Who {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Strict => "strict",
            Self::Chromium => "chromium",
        }
    }
}

/// Over what they talk.
#[derive(Debug, Clone)]
pub(crate) enum Route {
    /// The sender behind the wire, under a profile.
    Wire(Profile),
    /// All on one loopback interface.
    Loopback,
}

impl Route {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Wire(profile) => &profile.name,
            Self::Loopback => "loopback",
        }
    }
}

/// What a call was like.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Trial {
    pub who: Who,
    pub path: String,
    pub repeat: usize,
    /// Who speaks, and in which language.
    pub speech: String,
    /// What was said and what was heard, as WAV files of one clock.
    #[serde(skip)]
    pub sound: (PathBuf, PathBuf),
    /// What to score.
    #[serde(skip)]
    pub passage: Passage,
    /// Mouth to ear in milliseconds: median and 90 %, of the half seconds that were recognisable.
    pub delay_ms: Option<f64>,
    pub delay_p90_ms: Option<f64>,
    /// How many those were.
    pub recognisable: usize,
    /// Of the receiving client, with all its processes.
    pub cpu_percent: f64,
    pub memory_mb: f64,
    pub processes: usize,
    /// Share of the sender's packets that the wire lost.
    pub lost: f64,
    /// The clients' own figures at the end: the receiver's, the sender's.
    pub figures: [Value; 2],
    /// Filled in when all calls are over.
    pub scores: Scores,
}

/// Everything that all calls share.
pub(crate) struct Lab {
    pub stage: Stage,
    pub wire: Wire,
    server: Server,
    chromium_bitrate: Option<u32>,
    dir: tempfile::TempDir,
    rooms: usize,
}

/// One of the two.
enum Participant {
    Ours(Client),
    Chromium(Chromium),
}

impl Lab {
    /// `chromium_bitrate`: see [`Seat::bitrate`].
    pub(crate) fn start(chromium_bitrate: Option<u32>) -> Self {
        let stage = Stage::start().expect("pulseaudio and pulseaudio-utils are installed");
        let wire = Wire::start().unwrap_or_else(|why| panic!("no wire: {why}"));
        let server = Server::start_by(wire.right.command(BIN), &[], &format!("{RIGHT}:0"));
        Self { stage, wire, server, chromium_bitrate, dir: tempfile::tempdir().unwrap(), rooms: 0 }
    }

    /// One call. `Err`: why it did not come to be.
    pub(crate) fn call(&mut self, who: Who, path: &Route, repeat: usize) -> Result<Trial, String> {
        let passage = speech::passage(repeat, SILENCE, profiles::CALL.as_secs_f64()).ok_or("espeak-ng is not installed")?;
        self.rooms += 1;
        let room = format!("live{}", self.rooms);
        let mode = if who == Who::Strict { "strict" } else { "open" };
        let (code, _, err) = run(BIN, &["rooms", "create", &room, "--mode", mode, "--data", self.data()], "");
        if code != 0 {
            return Err(err);
        }
        self.wire.clear();
        let sender_at = if matches!(path, Route::Loopback) { &self.wire.right } else { &self.wire.left };
        let mut ear = self.join(who, &self.wire.right, &room, "Ear", (None, "spk"));
        let pid = ear.ready()?;
        let mut mouth = self.join(who, sender_at, &room, "Mouth", (Some("talk"), "aside"));
        mouth.ready()?;
        ear.hears()?;
        let take = self.stage.record();
        if let Route::Wire(profile) = path {
            self.wire.impair(&profile.phases, 1000 + repeat as u64);
        }
        let (before, started) = (process::usage(pid), Instant::now());
        let mut said = self.stage.say(&passage.path);
        std::thread::sleep(profiles::CALL);
        let (after, seconds) = (process::usage(pid), started.elapsed().as_secs_f64());
        ended(&mut said)?;
        std::thread::sleep(TAIL);
        let (mouth_sound, ear_sound) = take.stop();
        let tally = self.wire.tally()[0];
        let delays = stage::delays(&mouth_sound, &ear_sound);
        let name = |what: &str| self.dir.path().join(format!("{}-{}-{repeat}-{what}.wav", who.name(), path.name()));
        let sound = (name("said"), name("heard"));
        speech::write(&sound.0, &mouth_sound);
        speech::write(&sound.1, &ear_sound);
        Ok(Trial {
            who,
            path: path.name().into(),
            repeat,
            speech: format!("{}, {}", passage.name, passage.language),
            passage,
            sound,
            delay_ms: stage::quantile(&delays, 0.5),
            delay_p90_ms: stage::quantile(&delays, 0.9),
            recognisable: delays.len(),
            cpu_percent: (after.cpu - before.cpu) / seconds * 100.0,
            memory_mb: after.memory_mb,
            processes: after.processes,
            lost: tally.lost as f64 / tally.packets.max(1) as f64,
            figures: [ear.figures(), mouth.figures()],
            scores: Scores::new(),
        })
    }

    /// Starts a client. Its devices: microphone and loudspeaker.
    fn join(&self, who: Who, at: &Namespace, room: &str, name: &str, devices: (Option<&str>, &str)) -> Participant {
        if who == Who::Chromium {
            let (url, token) = (format!("wss://{}", self.server.authority()), self.token(room, name));
            let seat = Seat {
                namespace: at,
                pulse: &self.stage.pulse,
                url: &url,
                token: &token,
                microphone: devices.0,
                loudspeaker: devices.1,
                bitrate: self.chromium_bitrate,
            };
            return Participant::Chromium(seat.join());
        }
        let audio = format!("pulse:{},{}", devices.0.unwrap_or("quiet"), devices.1);
        let mut command = at.command(BIN);
        command.args(["join", &self.server.room(room), "--json", "--name", name, "--audio", &audio, "--stats", "1s"]);
        command.arg(if devices.0.is_some() { "--unmuted" } else { "--listen-only" });
        // As for Chromium: see there.
        command.args(["--echo-cancel", "off", "--noise", "off", "--gain", "off"]);
        command.args(match who {
            Who::Strict => ["--admission", "auto"].as_slice(),
            _ => &["--mode", "open", "--allow-plain"],
        });
        command.envs(self.stage.pulse.env()).env("CONCLAVE_KEYRING", "none");
        Participant::Ours(Client::spawn(command))
    }

    fn data(&self) -> &str {
        text(self.server.data.path())
    }

    fn token(&self, room: &str, identity: &str) -> String {
        let (code, token, err) = run(BIN, &["token", room, "--identity", identity, "--data", self.data()], "");
        assert_eq!(code, 0, "{err}");
        token.trim().to_owned()
    }
}

impl Participant {
    /// It is in the room, with its microphone open if it has one; its process id.
    fn ready(&mut self) -> Result<u32, String> {
        match self {
            Self::Ours(client) => {
                client.event("joined");
                Ok(client.pid())
            }
            Self::Chromium(browser) => {
                browser.wait_for("connected")?;
                Ok(browser.pid())
            }
        }
    }

    /// It receives the other's sound, or silence.
    fn hears(&mut self) -> Result<(), String> {
        match self {
            Self::Ours(client) => {
                // The first sound that is not silence comes when the speech begins.
                client.wait_for("packets", |e| e["event"] == "stats" && e["packets_received"].as_u64() > Some(0));
            }
            Self::Chromium(browser) => {
                browser.wait_for("playing")?;
            }
        }
        Ok(())
    }

    fn figures(&mut self) -> Value {
        match self {
            Self::Ours(client) => client.newest("stats"),
            Self::Chromium(browser) => browser.newest("stats"),
        }
    }
}

/// Waits for a player to end.
fn ended(child: &mut Child) -> Result<(), String> {
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait().map_err(|e| e.to_string())? {
            return if status.success() { Ok(()) } else { Err("the speech cannot be played".into()) };
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    Err("the sound server stands still".into())
}

//! Command line clients in rooms of the stand-in: what their tests have in common.
#![allow(dead_code, reason = "no test uses all of it")]

use crate::server::Jitsi;
use conclave_lab::conclave::{Client, text};
use conclave_lab::speech;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

pub(crate) const BIN: &str = env!("CARGO_BIN_EXE_conclave");

pub(crate) fn join(jitsi: &Jitsi, room: &str, name: &str, more: &[&str]) -> Client {
    Client::join(BIN, &jitsi.link(room), name, more)
}

/// Joins without devices, with a secret on file descriptor 3.
pub(crate) fn join_with(jitsi: &Jitsi, room: &str, name: &str, secret: &str, more: &[&str]) -> Client {
    let mut command = Command::new("bash");
    command.args(["-c", r#"exec "$0" "$@" 3<<<"$SECRET""#, BIN, "join", &jitsi.link(room), "--json", "--audio", "null"]);
    command.args(["--name", name]).args(more).env("SECRET", secret);
    Client::spawn(command)
}

/// Joins without devices; the client, in the room, and its id.
pub(crate) fn guest(jitsi: &Jitsi, room: &str, name: &str) -> (Client, String) {
    let mut client = join(jitsi, room, name, &["--audio", "null"]);
    let id = me(&mut client);
    (client, id)
}

/// Its id, once it is in.
pub(crate) fn me(client: &mut Client) -> String {
    client.event("joined")["me"].as_str().unwrap().to_owned()
}

/// An event of this name.
pub(crate) fn is(name: &'static str) -> impl Fn(&Value) -> bool {
    move |e| e["event"] == name
}

/// An event of this name about somebody.
pub(crate) fn about(name: &'static str, id: &str) -> impl Fn(&Value) -> bool + use<> {
    let id = id.to_owned();
    move |e| e["event"] == name && (e["id"] == *id || e["peer"]["id"] == *id || e["from"] == *id)
}

/// An event of this name with this value in a field.
pub(crate) fn with(name: &'static str, field: &'static str, value: impl Into<Value>) -> impl Fn(&Value) -> bool {
    let value = value.into();
    move |e| e["event"] == name && e[field] == value
}

/// A command, and its answer.
pub(crate) fn ask(client: &mut Client, mut command: Value) -> Value {
    let id = client.events.len() as u64 + 1;
    command["id"] = id.into();
    client.send(&command.to_string());
    client.wait_for_next("answer", |e| e["event"] == "reply" && e["id"] == id)
}

/// A command that is done.
pub(crate) fn does(client: &mut Client, command: Value) {
    let reply = ask(client, command.clone());
    assert_eq!(reply["ok"], true, "{command} {reply}");
}

/// Everything that is known of the call now.
pub(crate) fn state(client: &mut Client) -> Value {
    ask(client, json!({"cmd": "state"}))["data"].clone()
}

/// The names of the others, in order.
pub(crate) fn roster(client: &mut Client) -> Vec<String> {
    let peers = state(client)["peers"].as_array().unwrap().clone();
    let mut names: Vec<String> = peers.iter().map(|p| p["name"].as_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    names
}

/// Waits until these are the names of the others.
pub(crate) fn wait_for_roster(client: &mut Client, names: &[&str]) {
    while roster(client) != names {
        let changes = ["peer_joined", "peer_left", "peer_updated"];
        client.wait_for_next("change of the roster", |e| changes.iter().any(|change| e["event"] == *change));
    }
}

/// Leaves; everything that happened.
pub(crate) fn leave(mut client: Client) -> Vec<Value> {
    client.send(r#"{"cmd":"leave"}"#);
    let (code, events, stderr) = client.finish();
    assert_eq!(code, 0, "{stderr} {events:#?}");
    events
}

/// The client ends with this code, and says these words; everything that happened.
pub(crate) fn ends(client: Client, code: i32, words: &[&str]) -> Vec<Value> {
    let (ended, events, stderr) = client.finish_within(crate::server::record::PATIENCE);
    assert_eq!(ended, code, "{stderr} {events:#?}");
    let said = format!("{stderr} {}", events.last().unwrap_or(&Value::Null));
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said}");
    }
    events
}

/// How often there was an event of this name.
pub(crate) fn count(events: &[Value], name: &str) -> usize {
    events.iter().filter(|e| e["event"] == name).count()
}

/// A voice for a microphone, and what marks its beginning and its end.
pub(crate) struct Voice {
    pub(crate) opening: Vec<f32>,
    pub(crate) closing: Vec<f32>,
    /// The file of all of it.
    pub(crate) file: PathBuf,
}

impl Voice {
    /// A rising tone, a hum of so many seconds, a falling tone.
    pub(crate) fn write(file: PathBuf, hum: usize) -> Self {
        let opening = speech::chirp(3.0);
        let closing: Vec<f32> = opening.iter().rev().copied().collect();
        let tone = |i: usize| 0.1 * (i as f32 * 220.0 / speech::RATE as f32 * std::f32::consts::TAU).sin();
        let hum = (0..hum * speech::RATE).map(tone);
        let all: Vec<f32> = opening.iter().copied().chain(hum).chain(closing.iter().copied()).collect();
        speech::write(&file, &all);
        Self { opening, closing, file }
    }

    /// The option that speaks with it and keeps what is heard.
    pub(crate) fn heard_in(&self, heard: &Path) -> String {
        format!("file:{},{}", text(&self.file), text(heard))
    }

    /// How much of its end is in a recording, 0 to 1.
    pub(crate) fn closing_in(&self, recording: &Path) -> f64 {
        speech::heard(&self.closing, &speech::read(recording))
    }

    /// The same of its beginning.
    pub(crate) fn opening_in(&self, recording: &Path) -> f64 {
        speech::heard(&self.opening, &speech::read(recording))
    }
}

/// Waits until a client has said all that its file holds.
pub(crate) fn has_spoken(client: &mut Client) {
    client.wait_for("the end of what is said", with("playing", "on", false));
}

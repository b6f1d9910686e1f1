//! From Enter to the first sound in a room of a Jitsi deployment, beside an end-to-end encrypted room of our own server, alternately in one
//! run. Run with `make bench`.
//!
//! The deployment is the tests' own: a real prosody, and a focus and a bridge of ours on this machine, so the figure is what the client and
//! its conversation cost, not how fast jicofo and the bridge are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

#[path = "../tests/jitsi_server/server.rs"]
mod server;

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::speech;
use server::{Jitsi, Options};
use std::time::Instant;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const RUNS: usize = 9;
/// How long somebody speaks: longer than all runs take.
const SPEECH: f32 = 300.0;

fn main() {
    let jitsi = match Jitsi::start(Options::default()) {
        Ok(jitsi) => jitsi,
        Err(why) => return println!("time from Enter to the first sound on Jitsi: not measured ({why})"),
    };
    let ours = Server::dev(BIN);
    let dir = tempfile::tempdir().unwrap();
    let speech = dir.path().join("speech.wav");
    speech::write(&speech, &speech::chirp(SPEECH));
    let speech = format!("file:{},", text(&speech));
    let rooms = [ours.room("first"), jitsi.link("first")];
    // Two are there already, and one of them speaks to the other.
    let others = rooms.each_ref().map(|link| {
        let speaker = Client::join(BIN, link, "Ana", &["--audio", &speech]);
        let mut listener = Client::join(BIN, link, "Ben", &["--audio", "null"]);
        listener.event("hearing");
        (speaker, listener)
    });
    let mut times = [vec![], vec![]];
    for _ in 0..RUNS {
        for (link, times) in rooms.iter().zip(&mut times) {
            let started = Instant::now();
            let mut client = Client::join(BIN, link, "Cleo", &["--audio", "null", "--listen-only"]);
            client.event("hearing");
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
    }
    drop(others);
    let [a, b] = times.map(median);
    println!("time from Enter to the first sound: our server {a:.0} ms, Jitsi {b:.0} ms, ratio {:.2} (median of {RUNS})", b / a);
}

fn median(mut v: Vec<f64>) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}

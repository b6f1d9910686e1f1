//! Rooms of a Jitsi deployment, joined from the command line: a real prosody, and a focus and a bridge of ours that say what the
//! real ones said (`tests/jitsi_server.rs` compares them with recordings).
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/server.rs"]
#[allow(dead_code, reason = "tests/jitsi_server.rs uses the rest")]
mod server;

use conclave_lab::conclave::{Client, text};
use conclave_lab::{skip, speech};
use serde_json::Value;
use server::{Jitsi, Options};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn start(options: Options) -> Option<Jitsi> {
    match Jitsi::start(options) {
        Ok(jitsi) => Some(jitsi),
        Err(why) => {
            skip("Jitsi", &why);
            None
        }
    }
}

fn join(jitsi: &Jitsi, room: &str, name: &str, more: &[&str]) -> Client {
    Client::join(BIN, &jitsi.link(room), name, more)
}

fn is(name: &'static str) -> impl Fn(&Value) -> bool {
    move |e| e["event"] == name
}

#[test]
fn three_people_hear_each_other_by_the_bridge() {
    let Some(jitsi) = start(Options::default()) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (tone, heard) = (dir.path().join("tone.wav"), dir.path().join("heard.wav"));
    let chirp = speech::chirp(3.0);
    speech::write(&tone, &chirp);
    let mut ana = join(&jitsi, "Board", "Ana", &["--audio", &format!("file:{},", text(&tone))]);
    let joined = ana.event("joined");
    assert_eq!(joined["room"], "Board");
    let mut ben = join(&jitsi, "Board", "Ben", &["--audio", &format!("file:,{}", text(&heard))]);
    let mut cleo = join(&jitsi, "Board", "Cleo", &["--audio", "null"]);
    for client in [&mut ben, &mut cleo] {
        client.wait_for("sound", is("hearing"));
    }
    ana.wait_for("the end of what she says", |e| e["event"] == "playing" && e["on"] == false);
    for client in [ana, ben, cleo] {
        let mut client = client;
        client.send(r#"{"cmd":"leave"}"#);
        let (code, events, stderr) = client.finish();
        assert_eq!(code, 0, "{stderr} {events:#?}");
    }
    let share = speech::heard(&chirp, &speech::read(&heard));
    assert!(share > 0.8, "{share}");
}

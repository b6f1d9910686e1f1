//! `xray`: what the server can see of a call, beside what the members see.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::hostile::{Direction, Hostile};
use conclave_lab::speech;
use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn seen(event: &Value, direction: &str, plane: &str) -> bool {
    event["event"] == "xray" && event["direction"] == direction && event["plane"] == plane
}

/// Whoever stands where the server stands has exactly the bytes that are shown, and the members' view is beside them.
#[test]
fn the_servers_view_is_what_crosses_the_line_and_the_members_view_is_beside_it() {
    let server = Server::dev(BIN);
    let between = Hostile::watching(&server.authority());
    let dir = tempfile::tempdir().unwrap();
    let voice = dir.path().join("voice.wav");
    speech::write(&voice, &speech::chirp(20.0));
    let mut ana = Client::join(BIN, &between.room("r"), "Ana", &["--audio", &format!("file:{},", text(&voice))]);
    ana.event("let_in");
    let mut ben = Client::join(BIN, &between.room("r"), "Ben", &["--audio", "null"]);
    ben.event("hearing");
    for client in [&mut ana, &mut ben] {
        client.send(r#"{"id":7,"cmd":"xray","on":true}"#);
        client.wait_for("reply", |e| e["event"] == "reply" && e["id"] == 7);
    }
    ana.send(r#"{"cmd":"say","text":"seen by members"}"#);
    let says = |e: &Value| e["members_see"].as_str().is_some_and(|m| m.contains("seen by members"));
    let out = ana.wait_for("what Ana sends", |e| seen(e, "out", "control") && says(e));
    let got = ben.wait_for("what Ben gets", |e| seen(e, "in", "control") && says(e));
    for (item, direction) in [(&out, Direction::ToServer), (&got, Direction::ToClient)] {
        let bytes = item["server_sees"].as_str().unwrap();
        assert!(!bytes.contains("seen by members"));

        // The proxy numbers events anew for the client.
        let mut expected: Value = serde_json::from_str(bytes).unwrap();
        expected.as_object_mut().unwrap().remove("event");
        between.wait_for("the same", |s| {
            let mut message = s.message.clone();
            message.as_object_mut().unwrap().remove("event");
            s.direction == direction && message == expected
        });
    }
    // Sound: the sealed bytes that leave one client are those that reach the other.
    let arrived = ben.wait_for_next("sound", |e| seen(e, "in", "media"));
    assert!(arrived["members_see"].as_str().unwrap().ends_with("bytes of Opus"));
    ana.wait_for("the same sealed frame", |e| seen(e, "out", "media") && e["server_sees"] == arrived["server_sees"]);
}

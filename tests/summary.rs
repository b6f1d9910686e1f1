//! What is told of a call when it is over, by real clients at a real server.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::hostile::{Direction, Hostile};
use serde_json::{Value, json};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn summary(events: &[Value]) -> &Value {
    let [.., summary, left] = events else { panic!("{events:#?}") };
    assert_eq!((summary["event"].as_str(), left["event"].as_str()), (Some("summary"), Some("left")), "{events:#?}");
    summary
}

#[test]
fn who_was_there_and_that_nothing_broke_is_told_once_before_the_end() {
    let server = Server::dev(BIN);
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", "null"]);
    ana.event("let_in");
    let mut ben = Client::join(BIN, &server.room("r"), "Ben", &["--audio", "null", "--duration", "3s"]);
    ben.wait_for("Ana", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ana");
    ana.wait_for("Ben", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ben");
    let (code, events, _) = ben.finish();
    assert_eq!((code, summary(&events)["unbroken"].as_bool()), (0, Some(true)));
    ana.wait_for("leave", |e| e["event"] == "epoch" && e["removed"][0][1] == "left");
    ana.send(r#"{"cmd":"leave"}"#);
    let (_, events, _) = ana.finish();
    let s = summary(&events);
    assert_eq!(
        (s["room"].as_str(), s["security"].as_str(), s["unbroken"].as_bool(), s["recordings"].as_array().map(Vec::len)),
        (Some("r"), Some("end_to_end"), Some(true), Some(0)),
        "{s:#}"
    );
    let people: Vec<_> = s["people"].as_array().unwrap().iter().map(|p| (p["name"].as_str().unwrap(), &p["how"])).collect();
    assert_eq!(people, [("Ana", &Value::Null), ("Ben", &Value::String("left".into()))]);
    assert_eq!((&s["people"][0]["role"], &s["people"][1]["standing"]["how"]), (&"creator".into(), &"guest".into()), "{s:#}");
}

#[test]
fn a_call_that_somebody_tampered_with_is_not_called_unbroken() {
    let server = Server::dev(BIN);
    let hostile = Hostile::watching(&server.authority());
    let mut ana = Client::join(BIN, &hostile.room("r"), "Ana", &["--audio", "null"]);
    let id = ana.event("joined")["me"].as_str().unwrap().to_owned();
    ana.event("let_in");
    let forged = json!({"mls": "proposal", "generation": 1, "epoch": 0, "proposal": "AAEAAWdhcmJhZ2U", "by": id});
    let message = json!({"type": "group", "event": 0, "message": forged});
    hostile.say(hostile.connection_of(&id), Direction::ToClient, message);
    let refused = |e: &Value| e["event"] == "warning" && e["code"].as_str().unwrap().starts_with("refused_");
    let warning = ana.wait_for("refusal", refused);
    ana.send(r#"{"cmd":"leave"}"#);
    let (_, events, _) = ana.finish();
    let s = summary(&events);
    let told: Vec<_> = s["disturbances"].as_array().unwrap().iter().map(|d| (&d["code"], &d["at"])).collect();
    assert_eq!((s["unbroken"].as_bool(), told), (Some(false), vec![(&warning["code"], &warning["t"])]), "{s:#}");
}

#[test]
fn a_plain_room_is_summed_up_as_what_it_is() {
    let server = Server::start(BIN, &[]);
    let created = run(BIN, &["rooms", "create", "lobby", "--mode", "open", "--data", text(server.data.path())], "");
    assert_eq!(created.0, 0, "{}", created.2);
    let link = server.room("lobby");
    let options = ["join", &link, "--line", "--name", "Ana", "--audio", "null", "--allow-plain", "--duration", "1s"];
    let (code, out, err) = run(BIN, &options, "");
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    let told: Vec<&str> = out.lines().rev().take(5).collect();
    assert!(told[3].starts_with("Transport encryption only (not end-to-end encrypted"), "{out}");
    assert_eq!(told[1..3], ["Nobody announced a recording.", "Nobody else was there."], "{out}");
    let (_, events, _) = Client::join(BIN, &server.room("nowhere"), "Ana", &["--audio", "null"]).finish();
    assert!(!events.iter().any(|e| e["event"] == "summary"), "there was no call");
}

//! A call outlives its server: killed and started again on the same data directory and port, it has everybody back, as they were.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::speech;
use serde_json::{Value, json};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn named<'a>(name: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |e| (e["event"] == "peer_joined" || e["event"] == "peer_updated") && e["peer"]["name"] == name
}

/// The answer to a command.
fn ask(client: &mut Client, id: u64, mut command: Value) -> Value {
    command["id"] = id.into();
    client.send(&command.to_string());
    let reply = client.wait_for("reply", |e| e["event"] == "reply" && e["id"] == id);
    assert_eq!(reply["ok"], true, "{reply}");
    reply["data"].clone()
}

fn chat(from: &mut Client, to: &mut Client, line: &str) {
    from.send(&json!({"cmd": "say", "text": line}).to_string());
    to.wait_for(line, |e| e["event"] == "chat" && e["text"] == line);
}

#[test]
fn a_server_that_is_killed_and_started_again_finds_the_call_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(120.0));
    let server = Server::dev(BIN);
    let at = server.authority();
    let sound = format!("file:{},", text(&tone));
    let mut ana = Client::join(BIN, &server.room("r"), "Ana", &["--audio", &sound, "--admission", "admit"]);
    ana.event("let_in");
    let mut ben = Client::join(BIN, &server.room("r"), "Ben", &["--audio", "null", "--muted"]);
    let knock = ana.event("knock");
    ask(&mut ana, 1, json!({"cmd": "admit", "peer": knock["id"]}));
    ben.event("let_in");
    let (me, ben_id) = (ana.event("joined")["me"].clone(), ana.wait_for("Ben", named("Ben"))["peer"]["id"].clone());
    ben.wait_for("Ana", named("Ana"));
    ben.wait_for("sound of Ana", |e| e["event"] == "hearing" && e["id"] == me);
    ask(&mut ana, 2, json!({"cmd": "lock", "on": true}));
    ben.wait_for("lock", |e| e["event"] == "room" && e["locked"] == true);
    ask(&mut ana, 3, json!({"cmd": "safety"}));
    let code = ana.event("safety");
    ask(&mut ana, 4, json!({"cmd": "verify", "epoch": code["epoch"], "words": code["digits"]}));
    ana.wait_for("verified", |e| e["event"] == "verified" && e["on"] == true);
    ask(&mut ben, 1, json!({"cmd": "hand", "up": true}));
    chat(&mut ana, &mut ben, "before");
    let epoch = ask(&mut ana, 5, json!({"cmd": "state"}))["epoch"].clone();

    let data = server.kill();
    for client in [&mut ana, &mut ben] {
        client.event("reconnecting");
    }
    ben.send(r#"{"cmd":"say","text":"into the void"}"#);
    ben.wait_for("not sent", |e| e["event"] == "warning" && e["code"] == "not_sent");
    let _server = Server::start_at(BIN, &["--dev"], &at, data);
    for client in [&mut ana, &mut ben] {
        client.event("reconnected");
    }

    chat(&mut ana, &mut ben, "after");
    chat(&mut ben, &mut ana, "me too");
    // Her sound stopped with the server, and is heard again.
    let speaks = |e: &Value| e["event"] == "speaking" && e["id"] == me && e["on"] == true;
    if !ben.events.iter().rev().take_while(|e| e["event"] != "reconnecting").any(speaks) {
        ben.wait_for_next("sound of Ana again", speaks);
    }
    let (hers, his) = (ask(&mut ana, 6, json!({"cmd": "state"})), ask(&mut ben, 5, json!({"cmd": "state"})));
    assert_eq!((&hers["verified"], &hers["me"], &hers["phase"], &hers["epoch"]), (&json!(true), &me, &json!("joined"), &epoch));
    assert_eq!((&hers["muted"], &his["muted"], &his["locked"]), (&json!(false), &json!(true), &json!(true)));
    assert!(hers["peers"][0]["id"] == ben_id && hers["peers"][0]["verified"] == true && hers["peers"][0]["hand"].is_u64());
    let lines = |state: &Value| state["chat"].as_array().unwrap().iter().map(|l| l["text"].clone()).collect::<Vec<_>>();
    assert_eq!(lines(&hers), ["before", "after", "me too"]);
    for client in [&ana, &ben] {
        let noise = |e: &&Value| e["event"] == "peer_left" || e["event"] == "verified" && e["on"] == false;
        assert_eq!(client.events.iter().find(noise), None);
    }
    assert!(!ben.events.iter().skip_while(|e| e["event"] != "reconnecting").any(|e| e["event"] == "waiting"));
}

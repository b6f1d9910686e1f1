//! A client that we did not write: npm's `@livekit/rtc-node` in one of our rooms, beside a terminal client.
#![cfg(all(feature = "client", feature = "server"))]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::{root, skip, speech};
use serde_json::{Value, json};
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn tell(whom: &mut Client, cmd: &str, words: &str) {
    whom.send(&json!({"cmd": cmd, "text": words}).to_string());
}

#[test]
fn a_node_client_joins_talks_listens_chats_resumes_and_leaves() {
    let modules = root().join("target/lab/node");
    if !modules.join("node_modules/@livekit/rtc-node").is_dir() {
        return skip("npm @livekit/rtc-node", "run tests/setup.sh test");
    }
    let dir = tempfile::tempdir().unwrap();
    let sound = dir.path().join("sound.wav");
    speech::write(&sound, &speech::chirp(120.0));
    let server = Server::dev(BIN);
    let data = text(server.data.path()).to_owned();
    let (code, _, err) = run(BIN, &["rooms", "create", "harbour", "--mode", "open", "--data", &data], "");
    assert_eq!(code, 0, "{err}");
    let (code, token, err) = run(BIN, &["token", "harbour", "--identity", "stock", "--name", "Node", "--data", &data], "");
    assert_eq!(code, 0, "{err}");
    let audio = format!("file:{},", text(&sound));
    let mut ana = Client::join(BIN, &server.room("harbour"), "Ana", &["--allow-plain", "--audio", &audio]);
    ana.event("joined");

    let mut command = Command::new("node");
    command.arg(root().join("tests/livekit_node.mjs")).arg(&modules).arg(format!("ws://{}", server.authority()));
    command.env("LIVEKIT_TOKEN", token.trim());
    let mut node = Client::spawn(command);
    node.event("published");
    let joined = ana.wait_for("Node in the roster", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Node");
    let id = &joined["peer"]["id"];
    // Both ways: sound, chat (by either of LiveKit's kinds of message), and who is muted.
    node.wait_for("her sound", |e| e["event"] == "hears");
    ana.wait_for("its sound", |e| e["event"] == "hearing" && e["id"] == *id);
    for (cmd, words) in [("say", "by a message"), ("stream", "by a stream")] {
        tell(&mut node, cmd, words);
        ana.wait_for(words, |e| e["event"] == "chat" && e["text"] == words && e["from"] == *id);
    }
    tell(&mut ana, "say", "from the terminal");
    node.wait_for("her words", |e| e["event"] == "chat" && e["text"] == "from the terminal");
    let speaks = |on: bool| move |e: &Value| e["event"] == "speaking" && e["id"] == *id && e["on"] == on;
    node.send(r#"{"cmd":"silence"}"#);
    ana.wait_for_next("silence of Node", speaks(false));
    node.send(r#"{"cmd":"sound"}"#);
    ana.wait_for_next("sound of Node again", speaks(true));
    ana.send(r#"{"cmd":"mute","on":true}"#);
    node.wait_for_next("silence of Ana", |e| e["event"] == "muted");
    ana.send(r#"{"cmd":"mute","on":false}"#);
    node.wait_for_next("Ana unmuted", |e| e["event"] == "unmuted");
    node.wait_for_next("sound of Ana again", |e| e["event"] == "hears");

    // Its websocket goes and comes back; it stays the same participant, and nobody is told that it left.
    node.send(r#"{"cmd":"resume"}"#);
    node.event("reconnected");
    tell(&mut node, "say", "back");
    ana.wait_for("chat after the resume", |e| e["event"] == "chat" && e["text"] == "back");
    assert!(!ana.events.iter().any(|e| e["event"] == "peer_left"), "{:#?}", ana.events);
    node.send(r#"{"cmd":"leave"}"#);
    let (code, events, stderr) = node.finish();
    assert!(code == 0 && !events.iter().any(|e| e["event"] == "failed"), "{events:#?}{stderr}");
    ana.wait_for("that it left", |e| e["event"] == "peer_left" && e["name"] == "Node");
}

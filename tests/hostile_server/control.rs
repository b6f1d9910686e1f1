//! What crosses the control session, changed in every way.

use crate::room::{BIN, Room};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_lab::conclave::{Client, Server};
use conclave_lab::hostile::{Direction, Hostile, Seen, Verdict};
use serde_json::{Value, json};
use std::time::Duration;

fn is_commit(message: &Value) -> bool {
    message["type"] == "group" && message["message"]["mls"] == "commit"
}

#[test]
fn t8_a_withheld_commit_is_noticed() {
    let room = Room::open();
    let [mut ana, mut ben] = room.people(["Ana", "Ben"]);
    let (victim, mut first) = (ben.connection, true);
    room.hostile.rule(move |direction, message, connection| {
        if direction == Direction::ToServer || connection != victim {
            return Verdict::Pass;
        }
        match message["type"].as_str() {
            Some("group") if is_commit(message) => Verdict::Drop,
            Some("relay") if std::mem::replace(&mut first, false) => Verdict::Pass,
            Some("relay") => Verdict::Later(Duration::from_millis(4500)),
            _ => Verdict::Pass,
        }
    });
    let _cleo = room.join("Cleo");
    ana.knows("Cleo");
    ana.says("after the commit");
    ana.says("and seconds later");
    ben.warned("behind");
    assert_eq!(ben.count(|e| e["event"] == "chat"), 0, "nothing of the epoch that was withheld");
    assert_eq!(ben.count(|e| e["event"] == "peer_joined" && e["peer"]["name"] == "Cleo"), 0);
}

#[test]
fn t6_t10_what_was_said_once_happens_once() {
    let room = Room::open();
    let [mut ana, mut ben] = room.people(["Ana", "Ben"]);
    ana.says("once");
    assert_eq!(ben.reads("once"), "Ana");
    let (his, hers) = (ben.connection, ana.connection);
    let to_ben = |seen: &Seen| seen.direction == Direction::ToClient && seen.connection == his;
    let old: Vec<_> = room.hostile.seen().into_iter().filter(to_ben).map(|seen| seen.message).collect();
    // What let Ben in, every change since, and everything that was relayed to him, twice more.
    let kinds = [json!("welcome"), json!("commit"), json!("proposal")];
    for message in old.iter().chain(&old).filter(|m| m["type"] == "relay" || kinds.contains(&m["message"]["mls"])) {
        room.tell(&ben, message.clone());
    }
    // The commit that let Ben in, once more to Ana.
    let commit = room.hostile.wait_for("commit", |seen| seen.connection == hers && is_commit(&seen.message));
    room.tell(&ana, commit.message);
    ana.says("twice");
    assert_eq!(ben.reads("twice"), "Ana");
    ben.says("back");
    assert_eq!(ana.reads("back"), "Ben");
    assert_eq!(ben.count(|e| e["event"] == "chat" && e["text"] == "once"), 1);
    for person in [&ana, &ben] {
        assert_eq!(person.count(|e| e["event"] == "let_in"), 1);
        assert_eq!(person.count(|e| e["event"] == "peer_joined"), 1);
        assert_eq!(person.count(|e| e["event"] == "peer_left" || e["event"] == "left"), 0);
    }
}

#[test]
fn t4_t16_garbage_for_the_group_is_refused_with_a_warning_and_the_call_goes_on() {
    let room = Room::open();
    let [mut ana, mut ben] = room.people(["Ana", "Ben"]);
    let (to, by) = (ana.connection, ben.id.clone());
    let garbage = |field: &str, bytes: &[u8]| {
        let message = json!({"mls": field, "generation": 1, "epoch": 1, field: URL_SAFE_NO_PAD.encode(bytes), "by": by});
        room.hostile.say(to, Direction::ToClient, json!({"type": "group", "event": 0, "message": message}));
    };
    for bytes in [&b""[..], b"\0\x01\0\x01garbage", &[255; 300]] {
        garbage("proposal", bytes);
    }
    ana.warned("refused");
    ana.says("still here");
    assert_eq!(ben.reads("still here"), "Ana");
    assert_eq!(ana.count(|e| e["event"] == "let_in" || e["event"] == "peer_joined"), 2, "nothing changed");

    // A commit in the right place that cannot be read may be the group's real one: she comes back, and the call goes on.
    garbage("commit", &[255; 300]);
    ana.warned("refused_unprocessable");
    ana.client.wait_for_next("return", |e| e["event"] == "let_in");
    ben.client.wait_for_next("epoch", |e| e["event"] == "epoch");
    ben.says("so am I");
    assert_eq!(ana.reads("so am I"), "Ben");
    assert_eq!(ben.count(|e| e["event"] == "left"), 0);
}

#[test]
fn t14_a_downgrade_ends_with_80_and_is_shown_when_it_was_allowed() {
    for weaker in ["open", "balanced"] {
        let server = Server::dev(BIN);
        let hostile = Hostile::start(&server.authority(), move |direction, message, _| {
            if direction == Direction::ToClient && message["type"] == "welcome" {
                message["policy"]["mode"] = weaker.into();
            }
            Verdict::Pass
        });
        let (code, events, stderr) =
            Client::join(BIN, &hostile.room("r"), "Ana", &["--audio", "null", "--duration", "3s"]).finish();
        assert_eq!(code, 80, "{weaker}: {stderr}{events:#?}");
        assert!(!events.iter().any(|e| e["event"] == "joined" || e["event"] == "let_in"), "{weaker}: {events:#?}");
    }
    let server = Server::dev(BIN);
    let hostile = Hostile::start(&server.authority(), |direction, message, _| {
        if direction == Direction::ToClient && message["type"] == "welcome" {
            message["policy"]["mode"] = "open".into();
        }
        Verdict::Pass
    });
    let options = ["--audio", "null", "--allow-plain", "--duration", "1s"];
    let (_, events, _) = Client::join(BIN, &hostile.room("r"), "Ana", &options).finish();
    let joined = events.iter().find(|e| e["event"] == "joined").unwrap_or_else(|| panic!("allowed: {events:#?}"));
    assert_ne!(joined["security"], "end_to_end");
    assert!(joined["security_text"].as_str().unwrap().starts_with("not end-to-end encrypted"));
}

#[test]
fn t15_nobody_is_renamed_or_spoken_for_by_the_server() {
    let room = Room::open();
    let [mut ana, mut ben, mut cleo] = room.people(["Ana", "Ben", "Cleo"]);
    let plain = |content: Value| URL_SAFE_NO_PAD.encode(content.to_string());
    for content in [
        json!({"m": "profile", "name": "Mallory", "muted": false, "hand": 1}),
        json!({"m": "chat", "text": "forged"}),
        json!({"m": "recording", "on": true}),
    ] {
        room.tell(&ana, json!({"type": "relay", "event": 0, "from": ben.id, "private": false, "body": plain(content)}));
    }
    // What Cleo says is given out as Ben's.
    let (as_ben, of_cleo) = (ben.id.clone(), cleo.id.clone());
    room.hostile.rule(move |direction, message, _| {
        if direction == Direction::ToClient && message["type"] == "relay" && message["from"] == *of_cleo {
            message["from"] = as_ben.clone().into();
        }
        Verdict::Pass
    });
    cleo.says("by Cleo");
    ben.says("by Ben");
    assert_eq!(ana.reads("by Ben"), "Ben");
    assert_eq!(cleo.reads("by Ben"), "Ben");
    let wrong = |e: &Value| {
        let forged = e["text"] == "forged" || (e["text"] == "by Cleo" && e["name"] != "Cleo");
        (e["event"] == "chat" && forged) || e["peer"]["name"] == "Mallory" || e["event"] == "recording" || e["event"] == "hand"
    };
    assert_eq!(ana.count(wrong), 0, "{:#?}", ana.client.events);
}

#[test]
fn t22_the_server_opens_no_microphone() {
    let room = Room::open();
    let [mut ana, mut ben] = room.people(["Ana", "Ben"]);
    ana.client.send(r#"{"id":1,"cmd":"mute","on":true}"#);
    ana.client.wait_for("reply", |e| e["event"] == "reply" && e["id"] == 1 && e["ok"] == true);
    let before = ana.client.events.len();
    for message in [
        json!({"type": "floor", "event": 0, "granted": true, "cap": 12}),
        json!({"type": "unmute", "event": 0}),
        json!({"type": "record", "event": 0, "on": true}),
    ] {
        room.tell(&ana, message);
    }
    ben.says("after it");
    assert_eq!(ana.reads("after it"), "Ben");
    let id = ana.id.clone();
    let opened = |e: &Value| (e["event"] == "muted" && e["id"] == *id && e["on"] == false) || e["event"] == "recording";
    assert!(!ana.client.events[before..].iter().any(opened), "{:#?}", ana.client.events);
    assert_eq!(ben.count(|e| e["event"] == "muted" && e["id"] == *id && e["on"] == false), 0);
}

#[test]
fn the_roster_is_the_groups_and_not_the_servers() {
    let room = Room::open();
    let [mut ana, mut ben] = room.people(["Ana", "Ben"]);
    let ghost = format!("m-{}", "G".repeat(22));
    room.tell(&ana, json!({"type": "member_joined", "event": 0, "member": {"id": ghost}}));
    ana.warned("server_list_differs");
    // And somebody who is in the group is said to have left.
    room.tell(&ana, json!({"type": "member_left", "event": 0, "id": ben.id, "reason": "left"}));
    ben.says("I am here");
    assert_eq!(ana.reads("I am here"), "Ben");
    assert_eq!(ana.count(|e| e["event"] == "peer_left"), 0);
    assert_eq!(ana.count(|e| e["event"] == "peer_joined" && e["peer"]["id"] == *ghost), 0);
    assert_eq!(ana.count(|e| e["event"] == "peer_joined"), 1);
}

//! Rooms of a Jitsi deployment, joined from the command line: doors, people, and what moderators do.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/client.rs"]
mod client;
#[path = "jitsi_server/server.rs"]
mod server;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client::{Voice, about, ask, count, does, ends, guest, join, join_with, leave, me, roster, state, with};
use conclave_lab::conclave::{Client, text};
use conclave_lab::prosody;
use serde_json::{Value, json};
use server::record::Media;
use server::script::Script;
use server::stanza::{attr, child};
use server::{Jitsi, Options, start};

/// A moderator, and a second one in the room.
fn two(jitsi: &Jitsi, room: &str) -> ((Client, String), (Client, String)) {
    let (mut ana, ana_id) = guest(jitsi, room, "Ana");
    ana.wait_for("her role", with("room_role", "role", "moderator"));
    let (mut ben, ben_id) = guest(jitsi, room, "Ben");
    ana.wait_for("Ben", about("peer_joined", &ben_id));
    ben.wait_for("Ana", about("peer_joined", &ana_id));
    ((ana, ana_id), (ben, ben_id))
}

#[test]
fn who_comes_to_a_locked_room_waits_until_a_moderator_decides() {
    let Some(jitsi) = start(Options::default()) else { return };
    let ((mut ana, ana_id), (mut ben, _)) = two(&jitsi, "Hall");
    does(&mut ana, json!({"cmd": "lock", "on": true}));
    let locked = |e: &Value| e["event"] == "rules" && e["rules"]["locked"] == true && e["rules"]["waiting_room"] == true;
    ana.wait_for("the lock", locked);
    ben.wait_for("the lock", locked);
    assert_eq!(roster(&mut ana), ["Ben"], "who is inside stays");
    let null = ["--audio", "null"];
    let mut cleo = join(&jitsi, "Hall", "Cleo", &null);
    cleo.event("waiting");
    let knock = ana.wait_for("Cleo's knock", with("knock", "name", "Cleo"));
    does(&mut ana, json!({"cmd": "admit", "peer": knock["id"]}));
    let cleo_id = me(&mut cleo);
    cleo.wait_for("Ana", about("peer_joined", &ana_id));
    for client in [&mut ana, &mut ben] {
        client.wait_for("Cleo", about("peer_joined", &cleo_id));
    }
    ana.wait_for("the end of Cleo's wait", about("knock_gone", knock["id"].as_str().unwrap()));
    // The next one is turned away, and a third gets in when the lobby is opened.
    let mut dee = join(&jitsi, "Hall", "Dee", &null);
    dee.event("waiting");
    let knock = ana.wait_for("Dee's knock", with("knock", "name", "Dee"));
    does(&mut ana, json!({"cmd": "deny", "peer": knock["id"]}));
    ends(dee, 77, &["a moderator did not let you in"]);
    ana.wait_for("the end of Dee's wait", about("knock_gone", knock["id"].as_str().unwrap()));
    let mut eve = join(&jitsi, "Hall", "Eve", &null);
    eve.event("waiting");
    ana.wait_for("Eve's knock", with("knock", "name", "Eve"));
    does(&mut ana, json!({"cmd": "lock", "on": false}));
    me(&mut eve);
    ben.wait_for_next("the end of the lock", |e| e["event"] == "rules" && e["rules"]["locked"] == false);
    client::wait_for_roster(&mut eve, &["Ana", "Ben", "Cleo"]);
    assert!(state(&mut ana)["knocks"].as_array().unwrap().is_empty());
    // Whoever is no moderator cannot lock.
    let refused = ask(&mut ben, json!({"cmd": "lock", "on": true}));
    assert!(refused["ok"] == false && refused["error"].as_str().unwrap().contains("only a moderator"), "{refused}");
    [ana, ben, cleo, eve].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn a_room_with_a_password_takes_no_stranger() {
    let Some(jitsi) = start(Options::default()) else { return };
    let ((mut ana, _), (mut ben, _)) = two(&jitsi, "Safe");
    does(&mut ana, json!({"cmd": "password", "password": "open sesame"}));
    for client in [&mut ana, &mut ben] {
        client.wait_for("word of the password", with("warning", "code", "room_password"));
    }
    ends(join(&jitsi, "Safe", "Cleo", &["--audio", "null"]), 77, &["the room has a password", "--pin-fd"]);
    let wrong = join_with(&jitsi, "Safe", "Cleo", "open barley", &["--pin-fd", "3"]);
    ends(wrong, 77, &["the room's password is another one"]);
    let mut dee = join_with(&jitsi, "Safe", "Dee", "open sesame", &["--pin-fd", "3"]);
    me(&mut dee);
    leave(dee);
    does(&mut ana, json!({"cmd": "password", "password": null}));
    ben.wait_for_next("word of no password", |e| e["code"] == "room_password" && e["text"].to_string().contains("no password"));
    let (cleo, _) = guest(&jitsi, "Safe", "Cleo");
    [ana, ben, cleo].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn whoever_lost_the_line_comes_back_through_the_doors_that_are_closed_to_others() {
    let Some(jitsi) = start(Options::default()) else { return };
    // Who waits goes on waiting, and is let in.
    let ((mut ana, ana_id), (ben, _)) = two(&jitsi, "Return");
    does(&mut ana, json!({"cmd": "lock", "on": true}));
    ana.wait_for("the lock", |e| e["event"] == "rules" && e["rules"]["locked"] == true);
    let mut cleo = join(&jitsi, "Return", "Cleo", &["--audio", "null"]);
    cleo.event("waiting");
    let knock = ana.wait_for("Cleo's knock", with("knock", "name", "Cleo"));
    let nick = knock["id"].as_str().unwrap();
    jitsi.cut(nick);
    jitsi.wait_sent(nick, 1, "resume", |e| e.name() == "resume");
    does(&mut ana, json!({"cmd": "admit", "peer": nick}));
    me(&mut cleo);
    assert_eq!(client::count(&leave(cleo), "reconnected"), 0, "she was not there yet");
    does(&mut ana, json!({"cmd": "lock", "on": false}));
    // Who has set the password knows it.
    does(&mut ana, json!({"cmd": "password", "password": "open sesame"}));
    ana.wait_for("word of the password", with("warning", "code", "room_password"));
    jitsi.forget_streams(true);
    jitsi.cut(&ana_id);
    ana.event("reconnected");
    assert_eq!(roster(&mut ana), ["Ben"]);
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn where_rooms_are_opened_by_people_with_an_account_guests_wait_for_them() {
    let Some(jitsi) = start(Options { accounts: true, ..Options::default() }) else { return };
    let log = tempfile::NamedTempFile::new().unwrap();
    let account = ["--user", prosody::OFFICIAL, "--password-fd", "3", "--log-level", "debug", "--log-file", text(log.path())];
    ends(join_with(&jitsi, "Office", "Ana", "wrong", &account), 77, &["--user"]);
    let mut guest = join(&jitsi, "Office", "Ben", &["--audio", "null"]);
    guest.event("waiting");
    let mut ana = join_with(&jitsi, "Office", "Ana", prosody::PASSWORD, &account);
    let ana_id = me(&mut ana);
    ana.wait_for("her role", |e| about("room_role", &ana_id)(e) && e["role"] == "moderator");
    let guest_id = me(&mut guest);
    ana.wait_for("Ben", about("peer_joined", &guest_id));
    for id in [&ana_id, &guest_id] {
        jitsi.wait_media(id, Media::Connected, 1);
    }
    leave(guest);
    let said = format!("{:?}", leave(ana));
    let all = std::fs::read_to_string(log.path()).unwrap() + &said;
    let plain = STANDARD.encode(format!("\0{}\0{}", prosody::OFFICIAL, prosody::PASSWORD));
    assert!(all.contains("joined") && !all.contains(prosody::PASSWORD) && !all.contains(&plain), "{all}");
}

#[test]
fn people_see_names_microphones_hands_words_and_signs_of_each_other() {
    let Some(jitsi) = start(Options::default()) else { return };
    let ((mut ana, ana_id), (mut ben, ben_id)) = two(&jitsi, "Talk");
    for (id, name) in [(&ana_id, "Ana B."), (&ben_id, "Ben C.")] {
        does(&mut ana, json!({"cmd": "mute", "on": false}));
        ben.wait_for("an open microphone", |e| about("muted", id)(e) && e["on"] == false);
        does(&mut ana, json!({"cmd": "mute", "on": true}));
        ben.wait_for("a closed microphone", |e| about("muted", id)(e) && e["on"] == true);
        does(&mut ana, json!({"cmd": "hand", "up": true}));
        let hand = ben.wait_for("a hand", |e| about("hand", id)(e) && e["on"] == true);
        assert!(hand["since"].as_u64().unwrap() > 1_600_000_000_000, "{hand}");
        does(&mut ana, json!({"cmd": "hand", "up": false}));
        ben.wait_for_next("no hand", |e| about("hand", id)(e) && e["on"] == false);
        does(&mut ana, json!({"cmd": "name", "name": name}));
        ben.wait_for("another name", |e| about("peer_updated", id)(e) && e["peer"]["name"] == name);
        does(&mut ana, json!({"cmd": "say", "text": "Is <this> \"heard\" & seen? ✓"}));
        let chat = ben.wait_for("words", about("chat", id));
        assert_eq!((&chat["text"], &chat["name"]), (&"Is <this> \"heard\" & seen? ✓".into(), &name.into()));
        std::mem::swap(&mut ana, &mut ben); // the other way too
    }
    does(&mut ana, json!({"cmd": "say", "text": "only for you", "to": ben_id}));
    let private = ben.wait_for("private words", with("chat", "text", "only for you"));
    assert_eq!((&private["from"], &private["to"]), (&ana_id.as_str().into(), &ben_id.as_str().into()));
    // By the bridge, as Jitsi's own client; and as a reaction to a message, where it knows no such sign.
    for id in [&ana_id, &ben_id] {
        jitsi.wait_media(id, Media::Channel, 1);
        jitsi.wait_channel(id, "ReceiverVideoConstraints");
    }
    does(&mut ana, json!({"cmd": "react", "text": "👏"}));
    ben.wait_for("applause", |e| about("reaction", &ana_id)(e) && e["text"] == "👏");
    assert_eq!(jitsi.wait_channel(&ana_id, "EndpointMessage")["msgPayload"]["reactions"], json!(["clap"]));
    does(&mut ana, json!({"cmd": "react", "text": "🦜"}));
    ben.wait_for("a parrot", |e| about("reaction", &ana_id)(e) && e["text"] == "🦜");
    // What nobody said to all is not seen by a third.
    let (mut dee, _) = guest(&jitsi, "Talk", "Dee");
    dee.wait_for("Ana", about("peer_joined", &ana_id));
    assert!(!leave(dee).iter().any(|e| e["text"] == "only for you"));
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn who_is_muted_by_a_moderator_hears_by_whom_and_is_heard_again_when_they_speak_again() {
    let Some(jitsi) = start(Options::default()) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (voice, heard) = (Voice::write(dir.path().join("voice.wav"), 12), dir.path().join("heard.wav"));
    let mut ana = join(&jitsi, "Quiet", "Ana", &["--audio", &format!("file:,{}", text(&heard))]);
    let ana_id = me(&mut ana);
    let mut ben = join(&jitsi, "Quiet", "Ben", &["--audio", &voice.heard_in(&dir.path().join("nothing.wav"))]);
    let ben_id = me(&mut ben);
    let (mut cleo, cleo_id) = guest(&jitsi, "Quiet", "Cleo");
    ana.wait_for("Ben's sound", about("hearing", &ben_id));
    does(&mut ana, json!({"cmd": "silence", "peer": ben_id}));
    let muted = ben.wait_for("the mute", |e| about("muted", &ben_id)(e) && e["on"] == true);
    assert_eq!(muted["by"], ana_id);
    ana.wait_for("Ben's mute", |e| about("muted", &ben_id)(e) && e["on"] == true);
    // A guest cannot.
    let refused = ask(&mut cleo, json!({"cmd": "silence", "peer": ana_id}));
    assert!(refused["ok"] == false && refused["error"].as_str().unwrap().contains("only a moderator"), "{refused}");
    // He opens it again himself; the bridge must not go on dropping him.
    does(&mut ben, json!({"cmd": "mute", "on": false}));
    ana.wait_for_next("Ben's open microphone", |e| about("muted", &ben_id)(e) && e["on"] == false);
    client::has_spoken(&mut ben);
    // All of them.
    does(&mut cleo, json!({"cmd": "mute", "on": false}));
    ana.wait_for("Cleo's open microphone", |e| about("muted", &cleo_id)(e) && e["on"] == false);
    does(&mut ana, json!({"cmd": "silence"}));
    for (client, id) in [(&mut ben, &ben_id), (&mut cleo, &cleo_id)] {
        let muted = client.wait_for_next("the mute of all", |e| about("muted", id)(e) && e["on"] == true);
        assert_eq!(muted["by"], ana_id);
    }
    [ana, ben, cleo].into_iter().for_each(|client| drop(leave(client)));
    let share = voice.closing_in(&heard);
    assert!(share > 0.8, "{share}");
}

#[test]
fn who_needs_leave_to_speak_cannot_open_the_microphone_before_a_moderator_gives_it() {
    let Some(jitsi) = start(Options::default()) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut chair = runtime.block_on(Script::join(&jitsi, "Leave", &[]));
    runtime.block_on(chair.until("the chair's role", |e| {
        e.name() == "presence" && child(e, "x").and_then(|x| child(x, "item")).is_some_and(|i| attr(i, "role") == "moderator")
    }));
    let (mut ana, ana_id) = guest(&jitsi, "Leave", "Ana");
    jitsi.grant("Leave", &ana_id);
    ana.wait_for("her role", |e| about("room_role", &ana_id)(e) && e["role"] == "moderator");
    let (mut ben, ben_id) = guest(&jitsi, "Leave", "Ben");
    does(&mut ben, json!({"cmd": "mute", "on": false}));
    let component = |how: &str| {
        format!(
            "<message xmlns='jabber:client' to='avmoderation.meet.test'><av_moderation mediaType='audio' enable='{how}'/></message>"
        )
    };
    runtime.block_on(chair.send(&component("true")));
    ben.wait_for_next("a closed microphone", |e| about("muted", &ben_id)(e) && e["on"] == true);
    assert!(!state(&mut ben)["may"].to_string().contains("speak"));
    ana.wait_for("the room's new rule", |e| e["event"] == "rules" && e["rules"]["speak"] == "moderators");
    let refused = ask(&mut ben, json!({"cmd": "mute", "on": false}));
    assert!(refused["ok"] == false && refused["error"].as_str().unwrap().contains("may not speak"), "{refused}");
    // A moderator needs no leave, and gives it.
    does(&mut ana, json!({"cmd": "mute", "on": false}));
    does(&mut ana, json!({"cmd": "ask", "peer": ben_id}));
    ben.wait_for("leave to speak", with("warning", "code", "may_speak"));
    does(&mut ben, json!({"cmd": "mute", "on": false}));
    ana.wait_for_next("his open microphone", |e| about("muted", &ben_id)(e) && e["on"] == false);
    assert_eq!(count(&ben.events, "error") + ben.events.iter().filter(|e| e["code"] == "not_done").count(), 0);
    // Who comes later needs it too; until it is over.
    let (mut cleo, _) = guest(&jitsi, "Leave", "Cleo");
    cleo.wait_for("what she may", |e| e["event"] == "rights" && !e["may"].to_string().contains("speak"));
    runtime.block_on(chair.send(&component("false")));
    cleo.wait_for_next("leave for all", |e| e["event"] == "rights" && e["may"].to_string().contains("speak"));
    [ana, ben, cleo].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn a_moderator_makes_another_one_and_removes_people_and_they_are_told() {
    let Some(jitsi) = start(Options::default()) else { return };
    let ((mut ana, ana_id), (mut ben, ben_id)) = two(&jitsi, "Chair");
    assert!(!state(&mut ben)["may"].to_string().contains("kick"));
    does(&mut ana, json!({"cmd": "promote", "peer": ben_id}));
    for client in [&mut ana, &mut ben] {
        client.wait_for("Ben's role", |e| about("room_role", &ben_id)(e) && e["role"] == "moderator");
    }
    ben.wait_for("his rights", |e| e["event"] == "rights" && e["may"].to_string().contains("kick"));
    let (cleo, cleo_id) = guest(&jitsi, "Chair", "Cleo");
    ben.wait_for("Cleo", about("peer_joined", &cleo_id));
    does(&mut ben, json!({"cmd": "kick", "peer": cleo_id}));
    ends(cleo, 81, &["Ben removed you"]);
    ana.wait_for("Cleo's leave", about("peer_left", &cleo_id));
    // By the server, with a reason; and a first moderator who goes leaves the second.
    jitsi.kick("Chair", &ana_id);
    ends(ana, 81, &["removed you from the room: bye"]);
    ben.wait_for("Ana's leave", about("peer_left", &ana_id));
    assert!(roster(&mut ben).is_empty());
    leave(ben);
}

#[test]
fn what_is_not_possible_in_a_jitsi_room_is_said_and_not_tried() {
    let Some(jitsi) = start(Options::default()) else { return };
    let ((mut ana, _), (ben, ben_id)) = two(&jitsi, "Limits");
    let joined = ana.event("joined");
    assert_eq!(joined["security"], "plain_signalling", "{joined}");
    for command in [
        json!({"cmd": "ban", "peer": ben_id}),
        json!({"cmd": "demote", "peer": ben_id}),
        json!({"cmd": "record", "file": "/nowhere/x.wav"}),
        json!({"cmd": "end"}),
    ] {
        let reply = ask(&mut ana, command.clone());
        assert!(reply["ok"] == false && reply["error"].as_str().unwrap().contains("not possible here"), "{command} {reply}");
    }
    // What is possible, and not needed now.
    does(&mut ana, json!({"cmd": "ask", "peer": ben_id}));
    let warning = ana.wait_for("word of it", with("warning", "code", "not_done"));
    assert!(warning["text"].as_str().unwrap().contains("nobody needs leave"), "{warning}");
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn recordings_streams_and_transcriptions_are_announced_when_they_begin_and_to_who_comes() {
    let Some(jitsi) = start(Options::default()) else { return };
    let ((mut ana, _), (ben, _)) = two(&jitsi, "Kept");
    let transcribes =
        |status| format!("<transcription-status status='{status}' xmlns='http://jitsi.org/protocol/transcription'/>");
    for (mode, id) in [("file", "jitsi:recording"), ("stream", "jitsi:stream")] {
        jitsi.recording("Kept", mode, "on");
        ana.wait_for("word of it", |e| about("recording", id)(e) && e["on"] == true);
        jitsi.recording("Kept", mode, "off");
        ana.wait_for("its end", |e| about("recording", id)(e) && e["on"] == false);
    }
    jitsi.announce("Kept", "transcription-status", &transcribes("ON"));
    ana.wait_for("word of it", |e| about("recording", "jitsi:transcript")(e) && e["on"] == true);
    jitsi.announce("Kept", "transcription-status", &transcribes("OFF"));
    ana.wait_for("its end", |e| about("recording", "jitsi:transcript")(e) && e["on"] == false);
    // Who comes later is told on arrival.
    jitsi.recording("Kept", "file", "on");
    ana.wait_for_next("word of it", |e| about("recording", "jitsi:recording")(e) && e["on"] == true);
    let (mut cleo, _) = guest(&jitsi, "Kept", "Cleo");
    let told = cleo.wait_for("word of it on arrival", about("peer_joined", "jitsi:recording"));
    assert_eq!((&told["before_us"], &told["peer"]["name"]), (&true.into(), &"Jitsi recording".into()));
    cleo.wait_for("that it keeps what is said", |e| about("recording", "jitsi:recording")(e) && e["on"] == true);
    [ana, ben, cleo].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn the_loudest_voice_is_named() {
    let Some(jitsi) = start(Options::default()) else { return };
    let dir = tempfile::tempdir().unwrap();
    let voice = Voice::write(dir.path().join("voice.wav"), 3);
    let (mut ana, ana_id) = guest(&jitsi, "Loud", "Ana");
    let mut ben = join(&jitsi, "Loud", "Ben", &["--audio", &voice.heard_in(&dir.path().join("nothing.wav"))]);
    let ben_id = me(&mut ben);
    ana.wait_for("the loudest", about("dominant_speaker", &ben_id));
    ben.wait_for("that it is he", about("dominant_speaker", &ben_id));
    jitsi.tell(&ana_id, &json!({"colibriClass": "DominantSpeakerEndpointChangeEvent", "dominantSpeakerEndpoint": ana_id}));
    ana.wait_for("that it is she", about("dominant_speaker", &ana_id));
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn a_room_that_begins_muted_closes_microphones_once() {
    let Some(jitsi) = start(Options::default()) else { return };
    jitsi.set(|knobs| knobs.start_muted = Some((true, true)));
    let open = ["--audio", "null", "--unmuted"];
    let mut ana = join(&jitsi, "Hush", "Ana", &open);
    let ana_id = me(&mut ana);
    let ben = join(&jitsi, "Hush", "Ben", &open);
    ana.wait_for("a closed microphone", |e| about("muted", &ana_id)(e) && e["on"] == true);
    does(&mut ana, json!({"cmd": "mute", "on": false}));
    jitsi.wait_media(&ana_id, Media::Connected, 1);
    jitsi.reset_meeting("Hush");
    jitsi.wait_media(&ana_id, Media::Connected, 2);
    assert_eq!(state(&mut ana)["muted"], false, "it is the rule for who comes, and not for who is here");
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
}

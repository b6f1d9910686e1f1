//! Rooms of a Jitsi deployment, joined from the command line: lost connections, servers that are wrong, slow, hostile or not there.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/client.rs"]
mod client;
#[path = "jitsi_server/server.rs"]
mod server;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client::{BIN, Voice, about, count, does, ends, guest, has_spoken, is, join, leave, me, roster, state, with};
use conclave_lab::conclave::{Client, text};
use hmac::Mac as _;
use minidom::Element;
use serde_json::{Value, json};
use server::record::Media;
use server::stanza::{attr, child, resource};
use server::{Options, start};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

#[test]
fn a_cut_line_is_resumed_while_sound_goes_on_and_nobody_sees_a_leave() {
    let Some(jitsi) = start(Options::default()) else { return };
    let dir = tempfile::tempdir().unwrap();
    let (voice, heard) = (Voice::write(dir.path().join("voice.wav"), 8), dir.path().join("heard.wav"));
    let mut ana = join(&jitsi, "Thread", "Ana", &["--audio", &voice.heard_in(&dir.path().join("nothing.wav"))]);
    let ana_id = me(&mut ana);
    let mut ben = join(&jitsi, "Thread", "Ben", &["--audio", &format!("file:,{}", text(&heard))]);
    let ben_id = me(&mut ben);
    ben.wait_for("Ana's sound", about("hearing", &ana_id));
    // What was said while nobody could hear it is not lost.
    jitsi.close_websockets(true);
    jitsi.cut(&ana_id);
    ana.event("reconnecting");
    does(&mut ben, json!({"cmd": "say", "text": "are you there?"}));
    does(&mut ana, json!({"cmd": "say", "text": "I am"}));
    jitsi.close_websockets(false);
    ana.event("reconnected");
    ana.wait_for("what Ben said", with("chat", "text", "are you there?"));
    ben.wait_for("what Ana said", |e| about("chat", &ana_id)(e) && e["text"] == "I am");
    has_spoken(&mut ana);
    assert_eq!((roster(&mut ana), roster(&mut ben)), (vec!["Ben".to_owned()], vec!["Ana".to_owned()]));
    assert_eq!((count(&ana.events, "reconnected"), count(&ana.events, "peer_left")), (1, 0), "{:#?}", ana.events);
    assert_eq!((count(&ben.events, "reconnected"), count(&ben.events, "peer_left")), (0, 0), "{:#?}", ben.events);
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
    assert_eq!(jitsi.connections(&ana_id), 2, "the stream was resumed under its name");
    jitsi.wait_media(&ana_id, Media::Connected, 1);
    jitsi.wait_media(&ben_id, Media::Connected, 1);
    let shares = (voice.opening_in(&heard), voice.closing_in(&heard));
    assert!(shares.0 > 0.8 && shares.1 > 0.8, "{shares:?}");
}

#[test]
fn after_a_restart_of_the_server_everybody_is_back_once() {
    let Some(jitsi) = start(Options { hibernation: Duration::ZERO, ..Options::default() }) else { return };
    let (mut ana, ana_id) = guest(&jitsi, "Again", "Ana");
    let (mut ben, ben_id) = guest(&jitsi, "Again", "Ben");
    ana.wait_for("Ben", about("peer_joined", &ben_id));
    ben.wait_for("Ana", about("peer_joined", &ana_id));
    jitsi.restart_prosody();
    for (client, other) in [(&mut ana, "Ben"), (&mut ben, "Ana")] {
        client.event("reconnected");
        client::wait_for_roster(client, &[other]);
    }
    // They have other ids to each other, and the same to themselves.
    for (client, id) in [(&mut ana, &ana_id), (&mut ben, &ben_id)] {
        assert_eq!(state(client)["me"], **id);
    }
    does(&mut ana, json!({"cmd": "say", "text": "all well?"}));
    let chat = ben.wait_for("what Ana says", with("chat", "text", "all well?"));
    assert_eq!(chat["name"], "Ana");
    // Sound is back too.
    for name in ["Ana", "Ben"] {
        let id = jitsi.nick_of(name);
        jitsi.wait_media(&id, Media::Connected, 1);
    }
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn who_comes_back_as_somebody_else_sees_no_ghost_of_themselves_and_reads_nothing_twice() {
    let Some(jitsi) = start(Options { hibernation: Duration::from_secs(5), ..Options::default() }) else { return };
    let (mut ana, ana_id) = guest(&jitsi, "Ghost", "Ana");
    let (mut ben, ben_id) = guest(&jitsi, "Ghost", "Ben");
    ana.wait_for("Ben", about("peer_joined", &ben_id));
    does(&mut ben, json!({"cmd": "say", "text": "before"}));
    ana.wait_for("what Ben says", with("chat", "text", "before"));
    jitsi.forget_streams(true);
    jitsi.close_websockets(true);
    jitsi.cut(&ana_id);
    ana.event("reconnecting");
    does(&mut ben, json!({"cmd": "say", "text": "meanwhile"}));
    jitsi.close_websockets(false);
    ana.event("reconnected");
    ana.wait_for("what Ben said meanwhile", with("chat", "text", "meanwhile"));
    assert_eq!(roster(&mut ana), ["Ben"]);
    assert_eq!(state(&mut ana)["me"], ana_id);
    // She is somebody new to the server, and so no moderator before the old one is gone.
    ana.wait_for("her role", |e| about("room_role", &ana_id)(e) && e["role"] == "speaker");
    ben.wait_for("the end of Ana's ghost", about("peer_left", &ana_id));
    client::wait_for_roster(&mut ben, &["Ana (2)"]); // while both were there, she needed a number
    let new = jitsi.nick_of("Ana");
    assert_ne!(new, ana_id);
    jitsi.wait_media(&new, Media::Connected, 1);
    assert_eq!(roster(&mut ana), ["Ben"]);
    let events = leave(ana);
    assert_eq!(events.iter().filter(|e| e["text"] == "before").count(), 1, "{events:#?}");
    assert!(!events.iter().any(about("peer_joined", &ana_id)) && !events.iter().any(about("peer_joined", &new)), "{events:#?}");
    leave(ben);
}

#[test]
fn who_cannot_come_back_in_time_is_told_so() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = join(&jitsi, "Gone", "Ana", &["--audio", "null", "--reconnect", "2s"]);
    let id = me(&mut ana);
    jitsi.close_websockets(true);
    jitsi.cut(&id);
    ends(ana, 75, &["the connection was lost and did not come back"]);
}

#[test]
fn servers_that_are_no_jitsi_or_not_there_are_told_apart() {
    let null = ["--audio", "null"];
    ends(Client::join(BIN, "http://127.0.0.1:1/a%20room", "Ana", &null), 69, &["127.0.0.1:1"]);
    ends(Client::join(BIN, "https://no-such-host.invalid/a%20room", "Ana", &null), 68, &["no-such-host.invalid"]);
    let Some(jitsi) = start(Options { without_websocket: true, ..Options::default() }) else { return };
    ends(join(&jitsi, "Old", "Ana", &null), 76, &["websocket"]);
}

#[test]
fn a_server_without_a_focus_is_named_and_one_that_comes_late_is_waited_for() {
    let Some(jitsi) = start(Options::default()) else { return };
    jitsi.stop_focus();
    let ana = join(&jitsi, "Nobody", "Ana", &["--audio", "null"]);
    ends(ana, 69, &["jicofo"]);
    let mut ben = join(&jitsi, "Nobody", "Ben", &["--audio", "null"]);
    jitsi.wait_some("conference request", |e| child(e, "conference").is_some());
    jitsi.start_focus();
    me(&mut ben);
    leave(ben);
}

#[test]
fn a_focus_that_was_restarted_is_called_back_and_sound_with_it() {
    for requests_by_http in [false, true] {
        let Some(jitsi) = start(Options { requests_by_http, ..Options::default() }) else { return };
        let (mut ana, ana_id) = guest(&jitsi, "Focus", "Ana");
        let (mut ben, ben_id) = guest(&jitsi, "Focus", "Ben");
        let both = |sessions| [&ana_id, &ben_id].map(|id| jitsi.wait_media(id, Media::Connected, sessions));
        both(1);
        jitsi.stop_focus();
        jitsi.wait_told(&ana_id, "leave of the focus", |e| {
            attr(e, "type") == "unavailable" && resource(attr(e, "from")) == "focus"
        });
        jitsi.start_focus();
        both(2);
        for (client, other) in [(&mut ana, "Ben"), (&mut ben, "Ana")] {
            assert_eq!(roster(client), [other]);
            assert_eq!((count(&client.events, "reconnecting"), count(&client.events, "peer_left")), (0, 0));
        }
        [ana, ben].into_iter().for_each(|client| drop(leave(client)));
    }
}

#[test]
fn a_conference_is_had_by_http_where_the_server_wants_that() {
    let Some(jitsi) = start(Options { requests_by_http: true, ..Options::default() }) else { return };
    let (ana, id) = guest(&jitsi, "Post", "Ana");
    assert!(!jitsi.sent_by(&id).iter().any(|e| child(e, "conference").is_some()));
    leave(ana);
}

#[test]
fn a_bridge_that_answers_nothing_is_named_and_one_that_comes_back_is_used() {
    let Some(jitsi) = start(Options::default()) else { return };
    jitsi.bridge_deaf(true);
    let (mut ana, ana_id) = guest(&jitsi, "Deaf", "Ana");
    let (ben, _) = guest(&jitsi, "Deaf", "Ben");
    let failed = ana.wait_for("word of it", with("transport", "ok", false));
    assert!(failed["error"].as_str().unwrap().contains("bridge"), "{failed}");
    jitsi.bridge_deaf(false);
    jitsi.wait_media(&ana_id, Media::Connected, 1);
    ana.wait_for("word that it works", with("transport", "ok", true));
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn a_cold_bridge_has_its_time() {
    let Some(jitsi) = start(Options::default()) else { return };
    jitsi.bridge_delay(Duration::from_secs(15));
    let dir = tempfile::tempdir().unwrap();
    let voice = Voice::write(dir.path().join("voice.wav"), 1);
    let (mut ana, _) = guest(&jitsi, "Cold", "Ana");
    let mut ben = join(&jitsi, "Cold", "Ben", &["--audio", &voice.heard_in(&dir.path().join("nothing.wav"))]);
    ana.wait_for("Ben's sound", is("hearing"));
    has_spoken(&mut ben);
    for client in [ana, ben] {
        let events = leave(client);
        assert!(!events.iter().any(with("warning", "code", "no_media")), "{events:#?}");
    }
}

/// The offer that somebody had, for another session and with other sources.
fn forged(offer: &Element, to: &str, sources: &str) -> String {
    let text = String::from(offer);
    let sid = attr(child(offer, "jingle").unwrap(), "sid");
    let (before, rest) = text.split_once("<json-message").unwrap();
    let (tag, rest) = rest.split_once('>').unwrap();
    let (_, after) = rest.split_once("</json-message>").unwrap();
    format!("{before}<json-message{tag}>{sources}</json-message>{after}").replace(sid, "forged").replace(attr(offer, "to"), to)
}

#[test]
fn nothing_that_a_server_sends_hangs_or_ends_the_client() {
    let Some(jitsi) = start(Options::default()) else { return };
    let (mut ana, ana_id) = guest(&jitsi, "Hostile", "Ana");
    let (mut ben, _) = guest(&jitsi, "Hostile", "Ben");
    jitsi.wait_media(&ana_id, Media::Connected, 1);
    let initiates = |e: &&Element| child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == "session-initiate");
    let offer = jitsi.sent_to(&ana_id).iter().find(initiates).unwrap().clone();
    let sid = attr(child(&offer, "jingle").unwrap(), "sid");
    let thousands: serde_json::Map<String, Value> =
        (0..5000).map(|i| (format!("ghost{i}"), json!([[], [], [{"s": 1000 + i, "n": format!("ghost{i}-a0")}]]))).collect();
    let to = format!("{}/{ana_id}", server::Jitsi::jid("Hostile"));
    let iq = |inside: &str| format!("<iq xmlns='jabber:client' type='set' id='hostile' to='{to}'>{inside}</iq>");
    let jingle = |inside: &str| iq(&format!("<jingle xmlns='urn:xmpp:jingle:1' {inside}</jingle>"));
    let json = "<json-message xmlns='http://jitsi.org/jitmeet'>";
    let bomb = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]>";
    let message = "<message xmlns='jabber:client'><body>";
    // What cannot be read: the line is given up, and what came in between comes again.
    let unreadable = [
        String::new(),
        "\u{0}".into(),
        "not XML at all".into(),
        format!("{message}cut off"),
        format!("{bomb}{message}&b;</body></message>"),
        format!("{message}&unknown;</body></message>"),
        format!("{message}{}{}</body></message>", "<a>".repeat(5000), "</a>".repeat(5000)),
        format!("{message}{}</body></message>", "<a/>".repeat(50_000)),
        format!("{message}{}</body></message>", "A".repeat(2 << 20)),
        "<unknown xmlns='urn:nothing'/>".into(),
    ];
    // What can be read, and makes no sense or too much.
    let senseless = [
        iq("<mute xmlns='http://jitsi.org/jitmeet/audio'>perhaps</mute>"),
        jingle(">"),
        jingle("action='session-initiate' sid='x'>"),
        jingle("action='transport-info' sid='x'><content/>"),
        jingle(&format!("action='source-add' sid='{sid}'>{json}{{{{{{</json-message>")),
        jingle(&format!("action='source-remove' sid='{sid}'>{json}[]</json-message>")),
        forged(&offer, &to, "nonsense"),
        forged(&offer, &to, &json!({"sources": thousands}).to_string()),
    ];
    let attacks = unreadable.iter().map(|a| (true, a)).chain(senseless.iter().map(|a| (false, a)));
    for (n, (injected, attack)) in attacks.enumerate() {
        match injected {
            true => jitsi.inject(&ana_id, attack),
            false => jitsi.say(attack),
        }
        let words = format!("after attack {n}");
        does(&mut ben, json!({"cmd": "say", "text": words}));
        ana.wait_for(&words, |e| e["event"] == "chat" && e["text"] == words.as_str());
        assert_eq!(roster(&mut ana), ["Ben"], "{words}");
    }
    // And there is sound again, when the focus says so.
    let before = jitsi.count_media(&ana_id, Media::Connected);
    jitsi.initiate_again("Hostile", &ana_id);
    jitsi.wait_media(&ana_id, Media::Connected, before + 1);
    [ana, ben].into_iter().for_each(|client| drop(leave(client)));
}

#[test]
fn nothing_that_a_bridge_says_ends_the_call() {
    let Some(jitsi) = start(Options::default()) else { return };
    let (mut ana, ana_id) = guest(&jitsi, "Bridge", "Ana");
    let (mut ben, ben_id) = guest(&jitsi, "Bridge", "Ben");
    jitsi.wait_media(&ana_id, Media::Channel, 1);
    jitsi.wait_channel(&ana_id, "ReceiverVideoConstraints");
    for message in [
        json!(null),
        json!([1, 2]),
        json!({"colibriClass": 5}),
        json!({"colibriClass": "Unknown"}),
        json!({"colibriClass": "DominantSpeakerEndpointChangeEvent", "dominantSpeakerEndpoint": "nobody"}),
        json!({"colibriClass": "AudioSourcesMap", "mappedSources": "x"}),
        json!({"colibriClass": "EndpointMessage", "from": "nobody", "msgPayload": {"name": "endpoint-reaction", "reactions": ["like"]}}),
        json!({"colibriClass": "EndpointMessage", "from": ben_id, "msgPayload": {"name": "endpoint-reaction", "reactions": ["unknown", 5]}}),
        json!({"colibriClass": "EndpointMessage", "from": ben_id, "msgPayload": "x".repeat(1 << 20)}),
    ] {
        jitsi.tell(&ana_id, &message);
    }
    jitsi.wait_media(&ana_id, Media::Channel, 1);
    does(&mut ben, json!({"cmd": "say", "text": "still there?"}));
    ana.wait_for("what Ben says", with("chat", "text", "still there?"));
    let events = leave(ana);
    assert_eq!((count(&events, "reaction"), count(&events, "dominant_speaker"), count(&events, "reconnecting")), (0, 0, 0));
    leave(ben);
}

fn token(secret: &str, claims: &str) -> String {
    let signed = [r#"{"alg":"HS256","typ":"JWT"}"#, claims].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// Joins by a link on standard input, and logs what there is to log.
fn join_by(link: &str, log: &Path) -> Client {
    let mut command = Command::new(BIN);
    command.args(["join", "-", "--json", "--name", "Ana", "--audio", "null", "--log-level", "debug", "--log-file", text(log)]);
    let mut client = Client::spawn(command);
    client.send(link);
    client
}

#[test]
fn a_token_opens_the_room_if_it_is_right_and_is_shown_nowhere() {
    let secret = "a secret of this test";
    let Some(jitsi) = start(Options { token_secret: Some(secret.into()), ..Options::default() }) else { return };
    let good = token(secret, r#"{"room":"*"}"#);
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut ana = join_by(&format!("{}?jwt={good}", jitsi.link("Token")), log.path());
    me(&mut ana);
    let cmdline = std::fs::read_to_string(format!("/proc/{}/cmdline", ana.pid())).unwrap_or_default();
    assert!(!cmdline.contains(&good));
    let said = format!("{:?}", leave(ana));
    let all = std::fs::read_to_string(log.path()).unwrap() + &said;
    let signature = good.rsplit('.').next().unwrap();
    assert!(all.contains("joined") && !all.contains(signature), "{all}");
    let bad = token("another secret", r#"{"room":"*"}"#);
    ends(join_by(&format!("{}?jwt={bad}", jitsi.link("Token")), log.path()), 77, &["the server refused the token"]);
    ends(join(&jitsi, "Token", "Ben", &["--audio", "null"]), 77, &["token"]);
    // In the arguments everybody on this machine would read it.
    let shown = Client::join(BIN, &format!("{}?jwt={good}", jitsi.link("Token")), "Ana", &["--audio", "null"]);
    ends(shown, 2, &[]);
}

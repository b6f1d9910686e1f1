//! A client that people have already: npm's `livekit-client` in headless Chromium, in one of our rooms beside terminal clients.
#![cfg(all(feature = "client", feature = "server", target_os = "linux"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::chromium::{self, Chromium, Surroundings};
use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::relay::Relay;
use conclave_lab::{skip, speech};
use serde_json::{Value, json};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
/// Longer than this and shorter than a mute.
const QUARTER: usize = speech::RATE / 4;

/// How much of a sound is in a recording, 0 to 1, in whatever order: a jitter buffer on a busy machine stretches and leaves out.
fn heard(sound: &[f32], recording: &[f32]) -> f64 {
    let pieces = sound.chunks_exact(QUARTER).map(|piece| speech::find(piece, recording).1);
    pieces.sum::<f64>() / (sound.len() / QUARTER) as f64
}

/// What the browser tells next, of which this is true.
fn next(browser: &mut Chromium, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    browser.wait_for_next(what, wanted).unwrap_or_else(|why| panic!("{why}"))
}

fn about<'a>(event: &'a str, who: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |e| e["event"] == event && e["who"] == who
}

/// Both see these people beside themselves; the browser's session.
fn together(ana: &mut Client, others: &[&str], browser: &mut Chromium, people: &[&str]) -> Value {
    let id = ana.events.len();
    ana.send(&json!({"cmd": "state", "id": id}).to_string());
    let state = ana.wait_for_next("her state", |e| e["event"] == "reply" && e["id"] == id);
    let mut names: Vec<_> = state["data"]["peers"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, others, "{state:#}");
    browser.order(json!({"cmd": "who"}));
    let seen = next(browser, "who is there", |e| e["event"] == "who");
    assert_eq!(seen["people"], json!(people));
    seen["sid"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_browser_joins_talks_listens_mutes_chats_resumes_and_leaves() {
    if let Some(why) = chromium::missing() {
        return skip("a browser with livekit-client", why);
    }
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    // She says rising chirps, it says falling ones.
    let rising = speech::chirp(2.0);
    let falling: Vec<f32> = rising.iter().rev().copied().collect();
    speech::write(&file("rising.wav"), &rising.repeat(60));
    speech::write(&file("falling.wav"), &falling);
    let server = Server::dev(BIN);
    let data = text(server.data.path()).to_owned();
    let (code, _, err) = run(BIN, &["rooms", "create", "harbour", "--mode", "open", "--data", &data], "");
    assert_eq!(code, 0, "{err}");
    let (code, token, err) = run(BIN, &["token", "harbour", "--identity", "stock", "--name", "Web", "--data", &data], "");
    assert_eq!(code, 0, "{err}");
    let join = |name: &str, audio: &str| {
        let untouched = ["--noise", "off", "--gain", "off", "--echo-cancel", "off"];
        let options = [&["--allow-plain", "--audio", audio], untouched.as_slice()].concat();
        let mut client = Client::join(BIN, &server.room("harbour"), name, &options);
        client.event("joined");
        client
    };
    let mut ana = join("Ana", &format!("file:{},{}", text(&file("rising.wav")), text(&file("heard.wav"))));

    // Its websocket goes through a relay, its sound goes straight.
    let port = server.authority().rsplit_once(':').unwrap().1.parse().unwrap();
    let way = Relay::start(0, port).await;
    let config = json!({"url": format!("ws://127.0.0.1:{}", way.port), "token": token.trim()});
    let microphone = file("falling.wav");
    let around = Surroundings { microphone: Some(&microphone), ..Surroundings::default() };
    let mut browser = Chromium::run(include_str!("livekit_browser.js"), config, around);
    let browser = &mut browser;
    let connected = next(browser, "a connection", |e| e["event"] == "connected");
    assert_eq!(connected["people"], json!(["Ana"]), "who was there before is there at once");
    let id =
        ana.wait_for("Web in the roster", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Web")["peer"]["id"].clone();
    let session = together(&mut ana, &["Web"], browser, &["Ana"]);

    // Sound both ways.
    ana.wait_for("its sound", |e| e["event"] == "hearing" && e["id"] == id);
    browser.wait_for("hears").unwrap();
    let mut ben = join("Ben", "null");
    // A member's name passes the server as a message of theirs, after they joined.
    next(browser, "Ben", about("named", "Ben"));
    together(&mut ana, &["Ben", "Web"], browser, &["Ana", "Ben"]);
    browser.order(json!({"cmd": "take", "who": "Ana", "seconds": 4}));
    let taken = next(browser, "what it hears", |e| e["event"] == "taken");
    assert_eq!(taken["rate"], 48_000);
    let samples = taken["sound"].as_array().unwrap();
    let sound: Vec<f32> = samples.iter().map(|s| s.as_f64().unwrap() as f32 / 32_768.0).collect();
    let (hers, its_own) = (heard(&rising, &sound), heard(&falling, &sound));
    println!("the browser hears what Ana says: {hers:.3}; itself: {its_own:.3}");
    assert!(hers > 0.6 && its_own < 0.3);

    // Who is muted is silent for the other, and seen to be muted.
    let muted = |on: bool| {
        let id = id.clone();
        move |e: &Value| e["event"] == "muted" && e["id"] == id && e["on"] == on
    };
    let speaks = |on: bool| {
        let id = id.clone();
        move |e: &Value| e["event"] == "speaking" && e["id"] == id && e["on"] == on
    };
    browser.order(json!({"cmd": "mute"}));
    ana.wait_for_next("Web muted", muted(true));
    ana.wait_for_next("silence of Web", speaks(false));
    ana.send(r#"{"cmd":"mute","on":true}"#);
    next(browser, "Ana muted", about("muted", "Ana"));
    next(browser, "her silence", about("silence", "Ana"));
    ana.send(r#"{"cmd":"mute","on":false}"#);
    next(browser, "Ana unmuted", about("unmuted", "Ana"));
    next(browser, "her sound again", about("hears", "Ana"));
    browser.order(json!({"cmd": "unmute"}));
    ana.wait_for_next("Web unmuted", muted(false));
    ana.wait_for_next("sound of Web again", speaks(true));

    // Chat, by either of LiveKit's kinds of message.
    let chat = |words: &'static str| move |e: &Value| e["event"] == "chat" && e["text"] == words;
    for (cmd, words) in [("say", "by a message"), ("stream", "by a stream")] {
        browser.order(json!({"cmd": cmd, "text": words}));
        assert_eq!(ana.wait_for(words, chat(words))["from"], id);
    }
    ana.send(r#"{"cmd":"say","text":"from the terminal"}"#);
    assert_eq!(next(browser, "her words", chat("from the terminal"))["who"], "Ana");

    // Its websocket is cut and refused, and Ben leaves meanwhile: it comes back as who it was, has not stopped hearing her, and
    // knows that he is gone.
    let told = browser.told.len();
    let port_of_way = way.port;
    way.stop();
    next(browser, "that the websocket is cut", |e| e["event"] == "resuming");
    ben.send(r#"{"cmd":"leave"}"#);
    ana.wait_for("that Ben left", |e| e["event"] == "peer_left" && e["name"] == "Ben");
    let _way = Relay::start(port_of_way, port).await;
    next(browser, "the websocket again", |e| e["event"] == "reconnected");
    assert!(browser.told[told..].iter().any(about("left", "Ben")), "{:?}", &browser.told[told..]);
    assert_eq!(together(&mut ana, &["Web"], browser, &["Ana"]), session);
    let since: Vec<_> = browser.told[told..].iter().filter(|e| e["event"] == "silence" || e["event"] == "restarting").collect();
    assert!(since.is_empty(), "{since:?}");
    browser.order(json!({"cmd": "say", "text": "back"}));
    ana.wait_for("chat after the resume", chat("back"));
    assert!(!ana.events.iter().any(|e| e["event"] == "peer_left" && e["name"] == "Web"), "{:#?}", ana.events);

    browser.order(json!({"cmd": "leave"}));
    ana.wait_for("that it left", |e| e["event"] == "peer_left" && e["name"] == "Web");
    next(browser, "its end", |e| e["event"] == "disconnected");
    ana.send(r#"{"cmd":"leave"}"#);
    let (code, events, stderr) = ana.finish();
    assert_eq!(code, 0, "{events:#?}{stderr}");
    // What went to her loudspeaker: its voice, then nothing while it was muted, then its voice again.
    let played = speech::read(&file("heard.wav"));
    let (its, her_own) = (heard(&falling, &played), heard(&rising, &played));
    println!("Ana hears what the browser says: {its:.3}; herself: {her_own:.3}");
    assert!(its > 0.6 && her_own < 0.3);
    let mut runs: Vec<bool> = played.chunks(QUARTER).map(|part| speech::level(part) > -45.0).collect();
    runs.dedup();
    assert!(runs.ends_with(&[true, false, true, false]) || runs.ends_with(&[true, false, true]), "{runs:?}");
}

/// By the server's own TURN, with the credentials that it gives.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_browser_that_may_use_relays_only_joins_talks_and_is_heard() {
    if let Some(why) = chromium::missing() {
        return skip("a browser with livekit-client", why);
    }
    let dir = tempfile::tempdir().unwrap();
    let microphone = dir.path().join("voice.wav");
    speech::write(&microphone, &speech::chirp(2.0));
    let server = Server::dev(BIN);
    let data = text(server.data.path()).to_owned();
    let (code, _, err) = run(BIN, &["rooms", "create", "harbour", "--mode", "open", "--data", &data], "");
    assert_eq!(code, 0, "{err}");
    let (code, token, err) = run(BIN, &["token", "harbour", "--identity", "stock", "--name", "Web", "--data", &data], "");
    assert_eq!(code, 0, "{err}");
    let options = ["--allow-plain", "--audio", &format!("file:{},null", text(&microphone))];
    let mut ana = Client::join(BIN, &server.room("harbour"), "Ana", &options);
    ana.event("joined");
    let config = json!({"url": format!("ws://{}", server.authority()), "token": token.trim(), "relay": true});
    let around = Surroundings { microphone: Some(&microphone), ..Surroundings::default() };
    let mut browser = Chromium::run(include_str!("livekit_browser.js"), config, around);
    next(&mut browser, "a connection", |e| e["event"] == "connected");
    let id =
        ana.wait_for("Web in the roster", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Web")["peer"]["id"].clone();
    ana.wait_for("its sound", |e| e["event"] == "hearing" && e["id"] == id);
    browser.wait_for("hears").unwrap();
}

//! The stand-in for a Jitsi deployment says what the real servers said: a scripted client, stanza by stanza, against prosody, the
//! focus and the bridge of `tests/jitsi_server`, and the shape of every answer beside that of the recordings in
//! `tests/data/jitsi`.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/as_recorded.rs"]
mod as_recorded;
#[path = "jitsi_server/rooms.rs"]
mod rooms;
#[path = "jitsi_server/server.rs"]
mod server;
#[path = "jitsi_server/sessions.rs"]
mod sessions;
#[path = "jitsi_server/shape.rs"]
mod shape;

use minidom::Element;
use server::channel::Channel;
use server::jingle;
use server::peer::Peer;
use server::script::Script;
use server::stanza::{attr, child};
use server::{Jitsi, Options, start};

/// For those whose sessions begin alone, as in some recordings.
fn start_for_one() -> Option<Jitsi> {
    start(Options { minimum: 1, ..Options::default() })
}

/// A session-initiate.
fn is_offer(e: &Element) -> bool {
    child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == "session-initiate")
}

/// Both have the same shape.
fn same(ours: &Element, recorded: &Element) {
    let (ours, recorded) = (shape::of(ours), shape::of(recorded));
    let (mut left, mut right) = (ours.lines(), recorded.lines());
    while let (Some(ours), Some(recorded)) = (left.next(), right.next()) {
        assert_eq!(ours, recorded);
    }
    assert_eq!(ours.lines().count(), recorded.lines().count(), "{ours}\nrecorded:\n{recorded}");
}

/// The websocket that an offer names.
async fn open(offer: &Element) -> Channel {
    let transport = jingle::transports(offer).next().unwrap();
    Channel::open(attr(child(transport, "web-socket").unwrap(), "url")).await.unwrap()
}

/// Answers an offer with media of its own.
async fn answer(script: &mut Script, offer: &Element, remotes: &[(String, u32)]) -> Peer {
    let peer = Peer::new(offer, remotes).await;
    let (ufrag, pwd, fingerprint) = peer.answer().await;
    let result = script.accept_by(offer, peer.ssrc, (&ufrag, &pwd, &fingerprint), "").await;
    assert_eq!(attr(&result, "type"), "result");
    peer
}

/// The sources of a JSON message: owner, name and SSRC of what is audible.
fn audible(jingle: &Element) -> Vec<(String, String, u32)> {
    let message: serde_json::Value = serde_json::from_str(&child(jingle, "json-message").unwrap().text()).unwrap();
    let all = message["sources"].as_object().unwrap();
    let of = |(owner, sources): (&String, &serde_json::Value)| -> Vec<(String, String, u32)> {
        let audio = sources[2].as_array().cloned().unwrap_or_default();
        let one = |s: &serde_json::Value| (owner.clone(), s["n"].as_str().unwrap().to_owned(), s["s"].as_u64().unwrap() as u32);
        audio.iter().map(one).collect()
    };
    all.iter().filter(|(owner, _)| *owner != "jvb").flat_map(of).collect()
}

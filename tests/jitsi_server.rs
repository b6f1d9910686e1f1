//! The stand-in for a Jitsi deployment says what the real servers said: a scripted client, stanza by stanza, against prosody, the
//! focus and the bridge of `tests/jitsi_server`, and the shape of every answer beside that of the recordings in
//! `tests/data/jitsi`.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/bridge.rs"]
mod bridge;
#[path = "jitsi_server/channel.rs"]
mod channel;
#[path = "jitsi_server/conference.rs"]
mod conference;
#[path = "jitsi_server/deployment.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod deployment;
#[path = "jitsi_server/focus.rs"]
mod focus;
#[path = "jitsi_server/ice.rs"]
mod ice;
#[path = "jitsi_server/jingle.rs"]
mod jingle;
#[path = "jitsi_server/peer.rs"]
mod peer;
#[path = "jitsi_server/record.rs"]
mod record;
#[path = "jitsi_server/script.rs"]
mod script;
#[path = "jitsi_server/shape.rs"]
mod shape;
#[path = "jitsi_server/sources.rs"]
mod sources;
#[path = "jitsi_server/stanza.rs"]
mod stanza;
#[path = "jitsi_server/web.rs"]
mod web;
#[path = "jitsi_server/xmpp.rs"]
mod xmpp;

use channel::Channel;
use conclave_lab::skip;
use deployment::{Jitsi, Options};
use minidom::Element;
use peer::Peer;
use record::Media;
use script::{BASE, JSON, REWRITING, SCTP, Script, VIDEO};
use shape::Recording;
use stanza::{attr, child, resource};

/// A deployment, or a word why there is none.
fn start(options: Options) -> Option<Jitsi> {
    match Jitsi::start(options) {
        Ok(jitsi) => Some(jitsi),
        Err(why) => {
            skip("Jitsi", &why);
            None
        }
    }
}

/// For those whose sessions begin alone, as in some recordings.
fn start_for_one() -> Option<Jitsi> {
    start(Options { minimum: 1, ..Options::default() })
}

fn is_offer(e: &Element) -> bool {
    child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == "session-initiate")
}

fn is_of_focus(e: &Element) -> bool {
    e.name() == "presence" && resource(attr(e, "from")) == "focus"
}

fn same(ours: &Element, recorded: &Element) {
    let (ours, recorded) = (shape::of(ours), shape::of(recorded));
    let (mut left, mut right) = (ours.lines(), recorded.lines());
    while let (Some(ours), Some(recorded)) = (left.next(), right.next()) {
        assert_eq!(ours, recorded);
    }
    assert_eq!(ours.lines().count(), recorded.lines().count(), "{ours}\nrecorded:\n{recorded}");
}

#[tokio::test]
async fn an_offer_with_sources_in_xml_and_all_before_it_is_as_recorded() {
    let Some(jitsi) = start_for_one() else { return };
    let recorded = Recording::read("scripted-join-xml-sources");
    let mut script = Script::login(&jitsi, "xroom", &[VIDEO, SCTP]).await;
    let answer = script.ask("focus.meet.test").await;
    same(&answer, &recorded.first(|e| child(e, "conference").is_some()));
    script.enter("").await;
    let offer = script.until("session-initiate", is_offer).await;
    same(&offer, &recorded.first(is_offer));
    let of_focus: Vec<Element> = recorded.stanzas().into_iter().filter(is_of_focus).collect();
    let ours: Vec<Element> = script.seen.iter().filter(|e| is_of_focus(e)).cloned().collect();
    assert_eq!((ours.len(), of_focus.len()), (2, 2));
    same(&ours[0], &of_focus[0]);
    same(&ours[1], &of_focus[1]);
    // Its own presence: as it enters, and as the focus makes it an owner.
    let own = |all: &[Element]| -> Vec<Element> {
        let nick = |e: &Element| resource(attr(e, "from")).len() == 8;
        all.iter().filter(|e| e.name() == "presence" && nick(e)).cloned().collect()
    };
    let (ours, recorded) = (own(&script.seen), own(&recorded.stanzas()));
    assert_eq!((ours.len(), recorded.len()), (2, 2));
    for (ours, recorded) in ours.iter().zip(&recorded) {
        let x = |e: &Element| child(e, "x").unwrap().clone();
        same(&x(ours), &x(recorded));
    }
}

#[tokio::test]
async fn an_offer_with_sources_in_json_and_the_question_for_features_are_as_recorded() {
    let Some(jitsi) = start_for_one() else { return };
    let recorded = Recording::read("scripted-join-json-sources");
    let mut script = Script::join(&jitsi, "m6", &[VIDEO, SCTP, JSON, REWRITING, "http://jitsi.org/rtp-mid-demux"]).await;
    let offer = script.until("session-initiate", is_offer).await;
    same(&offer, &recorded.first(is_offer));
    let question = |e: &Element| attr(e, "type") == "get" && resource(attr(e, "from")) == "focus";
    same(script.seen.iter().find(|e| question(e)).unwrap(), &recorded.first(question));
    assert!(BASE.contains(&"http://jitsi.org/tcc"));
    // Sound only.
    let recorded = Recording::read("rust-join-ssrc-rewriting");
    let mut script = Script::join(&jitsi, "rustc", &[JSON, REWRITING]).await;
    let offer = script.until("session-initiate", is_offer).await;
    same(&offer, &recorded.first(is_offer));
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_hear_each_other_and_what_the_focus_and_the_bridge_say_is_as_recorded() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "talk", &[JSON]).await;
    let mut ben = Script::join(&jitsi, "talk", &[JSON]).await;
    let (to_ana, to_ben) = (ana.jingle("session-initiate").await, ben.jingle("session-initiate").await);
    let mut ana_peer = answer(&mut ana, &to_ana, &[]).await;
    jitsi.wait_media(&ana.nick, Media::Connected, 1);
    let mut ben_peer = answer(&mut ben, &to_ben, &[]).await;
    jitsi.wait_media(&ben.nick, Media::Connected, 1);
    // Each is told of the other, in an offer or later.
    let nicks = [ana.nick.clone(), ben.nick.clone()];
    for (script, peer, other) in [(&mut ana, &mut ana_peer, &nicks[1]), (&mut ben, &mut ben_peer, &nicks[0])] {
        let add = script.jingle("source-add").await;
        let sources = audible(&add);
        assert_eq!(sources.len(), 1);
        assert_eq!((&sources[0].0, &sources[0].1), (other, &format!("{other}-a0")));
        peer.add(&sources[0].1, sources[0].2).await;
    }
    let (ben_ssrc, ana_ssrc) = (ben_peer.ssrc, ana_peer.ssrc);
    let mut channel = open(&to_ana).await;
    let talk = tokio::spawn(async move {
        ben_peer.speak(150, b"ben speaks").await;
        ben_peer
    });
    jitsi.wait_media(&ben.nick, Media::Heard, 1);
    assert_eq!(ana_peer.hear(b"ben speaks").await, ben_ssrc);
    let mut ben_peer = talk.await.unwrap();
    ana_peer.speak(150, b"ana speaks").await;
    assert_eq!(ben_peer.hear(b"ana speaks").await, ana_ssrc);
    let recorded = Recording::read("rust-join-ssrc-rewriting");
    for class in ["ServerHello", "ForwardedSources", "DominantSpeakerEndpointChangeEvent"] {
        let said = shape::json(&channel.until(class).await);
        assert!(recorded.messages(class).contains(&said), "{said} is not recorded");
    }
}

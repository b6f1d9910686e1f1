//! The stand-in for a Jitsi deployment says what the real servers said: a scripted client, stanza by stanza, against prosody, the
//! focus and the bridge of `tests/jitsi_server`, and the shape of every answer beside that of the recordings in
//! `tests/data/jitsi`.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/bridge.rs"]
mod bridge;
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

use conclave_lab::skip;
use deployment::{Jitsi, Options};
use minidom::Element;
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

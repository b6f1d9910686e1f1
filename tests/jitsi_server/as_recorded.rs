//! What the stand-in says beside what was recorded.

use crate::server::deployment::Options;
use crate::server::record::Media;
use crate::server::script::{BASE, JSON, REWRITING, SCTP, Script, VIDEO};
use crate::server::stanza::{attr, child, resource};
use crate::shape::{self, Recording};
use crate::{answer, audible, is_offer, open, same, start, start_for_one};
use minidom::Element;

fn is_of_focus(e: &Element) -> bool {
    e.name() == "presence" && resource(attr(e, "from")) == "focus"
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
    for class in ["ServerHello", "ForwardedSources", "DominantSpeakerEndpointChangeEvent", "ConnectionStats"] {
        let said = shape::json(&channel.until(class).await);
        assert!(recorded.messages(class).contains(&said), "{said} is not recorded");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_ssrcs_rewritten_is_told_of_sources_by_the_bridge_as_recorded() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "slots", &[JSON, REWRITING]).await;
    let mut ben = Script::join(&jitsi, "slots", &[JSON]).await;
    let (to_ana, to_ben) = (ana.jingle("session-initiate").await, ben.jingle("session-initiate").await);
    let mut ana_peer = answer(&mut ana, &to_ana, &[]).await;
    let mut channel = open(&to_ana).await;
    channel.say(&serde_json::json!({"colibriClass": "ClientHello"})).await;
    assert_eq!((channel.until("ServerHello").await, channel.until("ServerHello").await), {
        let hello = serde_json::json!({"colibriClass": "ServerHello", "version": "2.3.SNAPSHOT"});
        (hello.clone(), hello)
    });
    let mut ben_peer = answer(&mut ben, &to_ben, &[]).await;
    jitsi.wait_media(&ben.nick, Media::Connected, 1);
    let ben_ssrc = ben_peer.ssrc;
    tokio::spawn(async move { ben_peer.speak(500, b"ben speaks").await });
    let map = channel.until("AudioSourcesMap").await;
    assert!(Recording::read("rust-join-ssrc-rewriting").messages("AudioSourcesMap").contains(&shape::json(&map)), "{map}");
    let source = &map["mappedSources"][0];
    assert_eq!(source["owner"], ben.nick.as_str());
    let ssrc = source["ssrc"].as_u64().unwrap() as u32;
    assert_ne!(ssrc, ben_ssrc);
    ana_peer.add(source["source"].as_str().unwrap(), ssrc).await;
    assert_eq!(ana_peer.hear(b"ben speaks").await, ssrc);
    assert!(!ana.seen.iter().any(|e| child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == "source-add")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sources_that_come_later_are_told_as_recorded() {
    let Some(jitsi) = start_for_one() else { return };
    let recorded = Recording::read("features-alice");
    let is_add = |e: &Element| child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == "source-add");
    let mut ana = Script::join(&jitsi, "later", &[JSON, VIDEO]).await;
    let offer = ana.jingle("session-initiate").await;
    ana.accept(&offer, 4711, "").await;
    let mut ben = Script::join(&jitsi, "later", &[JSON, VIDEO]).await;
    let offer = ben.until("session-initiate", is_offer).await;
    same(&offer, &Recording::read("features-bob").first(is_offer));
    // Sound, and a picture in three layers, each with its repair: of which the others are told the first.
    let (room, nick) = (ben.room.clone(), ben.nick.clone());
    let ssma = "urn:xmpp:jingle:apps:rtp:ssma:0";
    let source = |ssrc: u32, name: &str, msid: &str| {
        format!(
            "<source xmlns='{ssma}' ssrc='{ssrc}' name='{nick}-{name}'><parameter name='msid' value='{nick}-{msid}'/></source>"
        )
    };
    let group = |semantics: &str, ssrcs: &[u32]| {
        let ssrcs: String = ssrcs.iter().map(|ssrc| format!("<source ssrc='{ssrc}'/>")).collect();
        format!("<ssrc-group xmlns='{ssma}' semantics='{semantics}'>{ssrcs}</ssrc-group>")
    };
    let layers: String = (1..=6).map(|ssrc| source(ssrc, "v0", "video-0-1 adffee2c-a361-40fb-a612-13f359e9585a-1")).collect();
    let groups = [group("FID", &[1, 2]), group("SIM", &[1, 3, 4]), group("FID", &[3, 5]), group("FID", &[4, 6])].concat();
    let rtp = "urn:xmpp:jingle:apps:rtp:1";
    let audio = source(7, "a0", "audio-0-1 9ee93a1a-781f-4a39-9e7e-2fd1e71638cf-1");
    let sid = attr(child(&offer, "jingle").unwrap(), "sid").to_owned();
    let fingerprint = ["AB"; 32].join(":");
    ben.send(&format!(
        "<iq xmlns='jabber:client' type='set' id='acc1' to='{room}/focus'><jingle xmlns='urn:xmpp:jingle:1' action='session-accept' sid='{sid}'>\
         <content creator='responder' name='audio'><description xmlns='{rtp}' media='audio'>{audio}</description>\
         <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='u' pwd='p'>\
         <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>{fingerprint}</fingerprint></transport></content>\
         <content creator='responder' name='video'><description xmlns='{rtp}' media='video'>{layers}{groups}</description></content>\
         </jingle></iq>"
    ))
    .await;
    let result = ben.until("answer to session-accept", |e| attr(e, "id") == "acc1").await;
    same(&result, &recorded.first(|e| attr(e, "id").starts_with("86b9fd6c")));
    same(&ana.until("source-add", is_add).await, &recorded.first(is_add));
}

#[tokio::test]
async fn a_mute_by_a_moderator_is_passed_on_as_recorded() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "mute", &[]).await;
    let mut ben = Script::join(&jitsi, "mute", &[]).await;
    ben.jingle("session-initiate").await;
    let mute = |of: &Script, id: &str, muted: bool| {
        let mute = format!("<mute xmlns='http://jitsi.org/jitmeet/audio' jid='{}/{}'>{muted}</mute>", of.room, of.nick);
        format!("<iq xmlns='jabber:client' type='set' id='{id}' to='{}/focus'>{mute}</iq>", of.room)
    };
    ana.send(&mute(&ben, "mute1", true)).await;
    let result = ana.until("answer to mute", |e| attr(e, "id") == "mute1").await;
    same(&result, &Recording::read("features-alice").first(|e| attr(e, "id").starts_with("adafbe95")));
    let is_mute = |e: &Element| child(e, "mute").is_some();
    let muted = ben.until("mute", is_mute).await;
    same(&muted, &Recording::read("features-bob").first(is_mute));
    assert_eq!(resource(attr(child(&muted, "mute").unwrap(), "actor")), ana.nick);
    // Not a moderator; and nobody unmutes others.
    ben.send(&mute(&ana, "mute2", true)).await;
    assert_eq!(attr(&ben.until("answer to mute", |e| attr(e, "id") == "mute2").await, "type"), "error");
    ana.send(&mute(&ben, "mute3", false)).await;
    assert_eq!(attr(&ana.until("answer to mute", |e| attr(e, "id") == "mute3").await, "type"), "error");
    ben.send(&mute(&ben, "mute4", false)).await;
    assert_eq!(attr(&ben.until("answer to mute", |e| attr(e, "id") == "mute4").await, "type"), "result");
}

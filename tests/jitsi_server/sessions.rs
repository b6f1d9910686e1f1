//! Media sessions that end, begin again and go wrong, as jicofo's source has it and as a real meeting was seen to break.

use crate::server::deployment::Options;
use crate::server::record::{Media, Way};
use crate::server::script::{JSON, SCTP, Script};
use crate::server::stanza::{attr, child, children};
use crate::{answer, audible, open, start, start_for_one};
use minidom::Element;
use serde_json::json;
use std::time::{Duration, Instant};

fn reason(terminate: &Element) -> String {
    child(terminate, "reason").and_then(|reason| reason.children().next()).map_or("", Element::name).to_owned()
}

#[tokio::test]
async fn a_candidate_of_another_component_resets_the_meeting_for_everybody() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "broken", &[JSON]).await;
    let mut ben = Script::join(&jitsi, "broken", &[JSON]).await;
    let (to_ana, to_ben) = (ana.jingle("session-initiate").await, ben.jingle("session-initiate").await);
    ana.accept(&to_ana, 11, "").await;
    let candidate = "<candidate foundation='1' component='2' protocol='udp' priority='1' ip='127.0.0.1' port='9' type='host' generation='0' id='c'/>";
    ben.accept(&to_ben, 22, candidate).await;
    for (script, before) in [(&mut ana, &to_ana), (&mut ben, &to_ben)] {
        let terminate = script.jingle("session-terminate").await;
        assert_eq!((attr(&terminate, "sid"), reason(&terminate).as_str()), (attr(before, "sid"), "success"));
        let again = script.jingle("session-initiate").await;
        assert_ne!(attr(&again, "sid"), attr(before, "sid"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_reset_people_hear_each_other_again() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "moved", &[JSON]).await;
    let mut ben = Script::join(&jitsi, "moved", &[JSON]).await;
    for round in 0..2 {
        let (to_ana, to_ben) = (ana.jingle("session-initiate").await, ben.jingle("session-initiate").await);
        let mut ana_peer = answer(&mut ana, &to_ana, &[]).await;
        let mut ben_peer = answer(&mut ben, &to_ben, &[]).await;
        let add = ana.jingle("source-add").await;
        let (_, name, ssrc) = audible(&add).remove(0);
        ana_peer.add(&name, ssrc).await;
        jitsi.wait_media(&ben.nick, Media::Connected, round + 1);
        let talk = tokio::spawn(async move {
            ben_peer.speak(100, b"ben speaks").await;
            ben_peer
        });
        ana_peer.hear(b"ben speaks").await;
        let mut ben_peer = talk.await.unwrap();
        // What the bridge drops is heard by nobody.
        jitsi.drop_sound(&ben.nick, true);
        let before = jitsi.received();
        ben_peer.speak(5, b"ben breathes").await;
        ben_peer.speak(20, b"ben whispers").await;
        jitsi.wait_received(before + 25);
        jitsi.drop_sound(&ben.nick, false);
        let talk = tokio::spawn(async move { ben_peer.speak(100, b"ben is back").await });
        let dropped = ana_peer.hear_without(b"ben is back", b"ben whispers").await;
        assert!(dropped, "what the bridge dropped was heard");
        talk.await.unwrap();
        jitsi.reset_meeting("moved");
        ana.jingle("session-terminate").await;
        ben.jingle("session-terminate").await;
    }
}

#[tokio::test]
async fn who_takes_no_json_is_told_in_xml_and_who_is_alone_loses_the_session() {
    let Some(jitsi) = start(Options { alone: Duration::from_millis(300), ..Options::default() }) else { return };
    let mut ana = Script::join(&jitsi, "xml", &[]).await;
    let mut ben = Script::join(&jitsi, "xml", &[JSON]).await;
    let (to_ana, to_ben) = (ana.jingle("session-initiate").await, ben.jingle("session-initiate").await);
    ana.accept(&to_ana, 11, "").await;
    ben.accept(&to_ben, 22, "").await;
    let source = |jingle: &Element| {
        let description = child(child(jingle, "content").unwrap(), "description").unwrap().clone();
        let source = child(&description, "source").unwrap().clone();
        let owner = attr(child(&source, "ssrc-info").unwrap(), "owner").to_owned();
        (attr(&description, "media").to_owned(), owner, attr(&source, "ssrc").to_owned(), attr(&source, "name").to_owned())
    };
    let expected = ("audio".to_owned(), ben.nick.clone(), "22".to_owned(), format!("{}-a0", ben.nick));
    assert_eq!(source(&ana.jingle("source-add").await), expected);
    ben.leave().await;
    assert_eq!(source(&ana.jingle("source-remove").await), expected);
    assert_eq!(reason(&ana.jingle("session-terminate").await), "expired");
    // And has another one when somebody comes.
    let _cem = Script::join(&jitsi, "xml", &[JSON]).await;
    ana.jingle("session-initiate").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_asks_for_another_session_and_for_other_credentials() {
    let Some(jitsi) = start_for_one() else { return };
    let mut ana = Script::join(&jitsi, "again", &[JSON]).await;
    let offer = ana.jingle("session-initiate").await;
    let peer = answer(&mut ana, &offer, &[]).await;
    jitsi.wait_media(&ana.nick, Media::Connected, 1);
    let room = ana.room.clone();
    let ask = |offer: &Element, action: &str, how: &str| {
        let (sid, session) = (attr(offer, "sid"), attr(child(offer, "bridge-session").unwrap(), "id").to_owned());
        format!(
            "<iq xmlns='jabber:client' type='set' id='ask' to='{room}/focus'><jingle xmlns='urn:xmpp:jingle:1' action='{action}' sid='{sid}'>\
             <bridge-session xmlns='http://jitsi.org/protocol/focus' id='{session}' {how}='true'/></jingle></iq>"
        )
    };
    ana.send(&ask(&offer, "session-info", "ice-restart")).await;
    let fresh = ana.jingle("transport-info").await;
    let ufrag =
        |jingle: &Element| crate::server::jingle::transports(jingle).find_map(crate::server::jingle::credentials).unwrap().ufrag;
    assert_ne!(ufrag(&fresh), ufrag(&offer));
    // So soon after it, a restart of everything is refused: the session ends, and none follows.
    ana.send(&ask(&offer, "session-terminate", "restart")).await;
    let refused = ana.until("answer to session-terminate", |e| attr(e, "id") == "ask" && attr(e, "type") == "error").await;
    assert!(child(child(&refused, "error").unwrap(), "resource-constraint").is_some());
    drop(peer);
    // ICE failed: another session.
    let mut ben = Script::join(&jitsi, "again", &[JSON]).await;
    let offer = ben.jingle("session-initiate").await;
    ben.accept(&offer, 22, "").await;
    ben.send(&ask(&offer, "session-terminate", "restart")).await;
    let again = ben.jingle("session-initiate").await;
    assert_ne!(attr(&again, "sid"), attr(&offer, "sid"));
    let session = attr(child(&again, "bridge-session").unwrap(), "id").to_owned();
    ben.send(&format!(
        "<iq xmlns='jabber:client' type='set' id='info' to='{room}/focus'><jingle xmlns='urn:xmpp:jingle:1' action='session-info' sid='{}'>\
         <ice-state xmlns='http://jitsi.org/protocol/focus'>failed</ice-state>\
         <bridge-session xmlns='http://jitsi.org/protocol/focus' id='{session}'/></jingle></iq>",
        attr(&again, "sid")
    ))
    .await;
    ben.jingle("session-terminate").await;
    ben.jingle("session-initiate").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sound_goes_on_over_an_ice_restart_in_place() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "ice", &[JSON]).await;
    let mut ben = Script::join(&jitsi, "ice", &[JSON]).await;
    let (to_ana, to_ben) = (ana.jingle("session-initiate").await, ben.jingle("session-initiate").await);
    let mut ana_peer = answer(&mut ana, &to_ana, &[]).await;
    let mut ben_peer = answer(&mut ben, &to_ben, &[]).await;
    let (_, name, ssrc) = audible(&ana.jingle("source-add").await).remove(0);
    ana_peer.add(&name, ssrc).await;
    jitsi.wait_media(&ben.nick, Media::Connected, 1);
    let jingle = |script: &Script, action: &str, body: &str| {
        let (room, sid) = (&script.room, attr(&to_ben, "sid"));
        format!(
            "<iq xmlns='jabber:client' type='set' id='ice' to='{room}/focus'>\
             <jingle xmlns='urn:xmpp:jingle:1' action='{action}' sid='{sid}'>{body}</jingle></iq>"
        )
    };
    let session = attr(child(&to_ben, "bridge-session").unwrap(), "id").to_owned();
    let restart = format!("<bridge-session xmlns='http://jitsi.org/protocol/focus' id='{session}' ice-restart='true'/>");
    ben.send(&jingle(&ben, "session-info", &restart)).await;
    let info = ben.jingle("transport-info").await;
    let before = ben_peer.answer().await;
    ben_peer.restart(&info).await;
    let (ufrag, pwd, _) = ben_peer.answer().await;
    assert_ne!(ufrag, before.0);
    let transport = format!(
        "<content name='audio' creator='initiator'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='{}' pwd='{}'/></content>",
        crate::server::stanza::escape(&ufrag),
        crate::server::stanza::escape(&pwd)
    );
    ben.send(&jingle(&ben, "transport-info", &transport)).await;
    let talk = tokio::spawn(async move { ben_peer.speak(150, b"ben speaks on").await });
    ana_peer.hear(b"ben speaks on").await;
    talk.await.unwrap();
}

#[tokio::test]
async fn a_cold_bridge_takes_its_time_and_a_refused_answer_ends_the_session() {
    let Some(jitsi) = start_for_one() else { return };
    let delay = Duration::from_millis(700);
    jitsi.bridge_delay(delay);
    jitsi.set(|knobs| knobs.refuse_accepts = 1);
    let began = Instant::now();
    let mut ana = Script::join(&jitsi, "cold", &[]).await;
    let offer = ana.jingle("session-initiate").await;
    assert!(began.elapsed() >= delay);
    let answer = ana.accept(&offer, 11, "").await;
    assert_eq!(attr(&answer, "type"), "error");
    // Too many sources, and one that somebody else has.
    let mut ben = Script::join(&jitsi, "cold", &[]).await;
    let offer = ben.jingle("session-initiate").await;
    assert_eq!(attr(&ben.accept(&offer, 22, "").await, "type"), "result");
    let mut cem = Script::join(&jitsi, "cold", &[]).await;
    let offer = cem.jingle("session-initiate").await;
    assert_eq!(attr(&cem.accept(&offer, 22, "").await, "type"), "error");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_channel_may_be_a_data_channel() {
    let Some(jitsi) = start(Options { data_channel: true, minimum: 1, ..Options::default() }) else { return };
    let mut ana = Script::join(&jitsi, "sctp", &[JSON, SCTP]).await;
    let offer = ana.jingle("session-initiate").await;
    let names: Vec<&str> = children(&offer, "content").map(|content| attr(content, "name")).collect();
    assert_eq!(names, ["audio", "data"]);
    let transport = crate::server::jingle::transports(&offer).last().unwrap();
    assert_eq!(attr(child(transport, "sctpmap").unwrap(), "number"), "5000");
    assert!(child(transport, "web-socket").is_none());
    let peer = answer(&mut ana, &offer, &[]).await;
    jitsi.wait_media(&ana.nick, Media::Connected, 1);
    peer.say(&json!({"colibriClass": "ClientHello"})).await;
    assert_eq!(peer.told().await["colibriClass"], "ServerHello");
    assert_eq!(jitsi.channel(&ana.nick, Way::FromClient).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_between_endpoints_go_through_the_bridge() {
    let Some(jitsi) = start(Options::default()) else { return };
    let mut ana = Script::join(&jitsi, "words", &[]).await;
    let mut ben = Script::join(&jitsi, "words", &[]).await;
    let (to_ana, to_ben) = (ana.jingle("session-initiate").await, ben.jingle("session-initiate").await);
    let (mut of_ana, mut of_ben) = (open(&to_ana).await, open(&to_ben).await);
    of_ana.until("ForwardedSources").await;
    of_ben.until("ForwardedSources").await;
    of_ben.say(&json!({"colibriClass": "EndpointMessage", "to": ana.nick, "msgPayload": {"type": "x"}})).await;
    let message = of_ana.until("EndpointMessage").await;
    let expected = json!({"colibriClass": "EndpointMessage", "to": ana.nick, "from": ben.nick, "msgPayload": {"type": "x"}});
    assert_eq!(message, expected);
    of_ana.say(&json!({"colibriClass": "EndpointStats", "jvbRTT": 1})).await;
    assert_eq!(of_ben.until("EndpointStats").await, json!({"colibriClass": "EndpointStats", "from": ana.nick, "jvbRTT": 1}));
    let stranger = format!("ws://{}/colibri-ws/jvb1/0/nobody?pwd=0", jitsi.authority());
    assert!(crate::server::channel::Channel::open(&stranger).await.is_err());
}

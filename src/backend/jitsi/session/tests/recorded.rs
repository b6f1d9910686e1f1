//! What real servers said (August 2026: prosody 0.12.3, jicofo and JVB from git; see `tests/data/jitsi/README.md`), said again to us.

use super::*;
use serde_json::Value;

struct Line {
    channel: String,
    inward: bool,
    data: String,
    at: Option<f64>,
}

fn lines(name: &str) -> Vec<Line> {
    let path = format!("{}/tests/data/jitsi/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let line = |text: &str| {
        let v: Value = serde_json::from_str(text).unwrap();
        let data = v["data"].as_str().map_or_else(|| v["data"].to_string(), str::to_owned);
        Line { channel: v["ch"].as_str().unwrap().into(), inward: v["dir"] == "in", data, at: v["t"].as_f64() }
    };
    text.lines().filter(|l| !l.trim().is_empty()).map(line).collect()
}

/// What a question is about, whoever asks it.
fn about(iq: &Element) -> String {
    let child = iq.children().next();
    let action = child.and_then(|c| c.attr("action")).unwrap_or_default();
    let to = iq.attr("to").unwrap_or_default();
    format!(
        "{} {} {action} {to}",
        iq.attr("type").unwrap_or_default(),
        child.map(|c| format!("{} {}", c.name(), c.ns())).unwrap_or_default()
    )
}

/// Says everything that came in to us. Answers to questions that we asked too carry our own numbers; others are left out. We have the
/// nickname that the recorded client had, and the password that it gave at its second try (the refusal of the first is left out).
fn replay(name: &str) -> Rig {
    let lines = lines(name);
    let to =
        lines.iter().filter(|l| !l.inward).find_map(|l| l.data.strip_prefix("<presence")?.split("@conference.meet.test/").nth(1));
    let nick: String = to.expect("the nickname").chars().take_while(|c| !matches!(c, '\'' | '"')).collect();
    let room = lines.iter().find_map(|l| {
        l.data
            .split("@conference.meet.test")
            .next()?
            .rsplit(['\'', '"', ' ', '='])
            .next()
            .filter(|r| l.data.contains("focus.meet.test") && !r.is_empty())
            .map(str::to_owned)
    });
    let password = Some(Zeroizing::new("s3cret".to_owned()));
    let mut rig = Rig::new(Settings { password, ..settings(&room.expect("the room's name")) });
    rig.opened();
    let mut theirs: HashMap<String, String> = HashMap::new();
    let start = rig.now;
    for line in lines {
        if let Some(at) = line.at.filter(|at| start + Duration::from_secs_f64(*at) > rig.now) {
            let pause = start + Duration::from_secs_f64(at) - rig.now;
            rig.pass(pause);
        }
        match (line.channel.as_str(), line.inward) {
            ("colibri", true) => rig.input(Input::BridgeText(rig.media, line.data)),
            ("xmpp", false) => {
                let Ok(e) = xml::read(&line.data) else { continue };
                if e.name() == "iq" {
                    theirs.insert(e.attr("id").unwrap_or_default().to_owned(), about(&e));
                }
            }
            ("xmpp", true) => {
                let e = xml::read(&line.data).unwrap_or_else(|why| panic!("{why}: {}", line.data));
                if e.name() == "presence" && e.attr("type") == Some("error") {
                    continue;
                }
                let answers = e.name() == "iq" && matches!(e.attr("type"), Some("result" | "error"));
                let text = match e.attr("id").filter(|_| answers) {
                    Some(id) if e.has_child("bind", ns::BIND) => line.data.replace(id, "bind"),
                    Some(id) => {
                        let question = theirs.get(id);
                        let ours = rig.sent.iter().rev().find(|s| s.name() == "iq" && question == Some(&about(s)));
                        let Some(ours) = ours.and_then(|o| o.attr("id")) else { continue };
                        line.data.replace(id, ours)
                    }
                    None => line.data,
                };
                rig.text(&text);
                if rig.joined.is_none() && !rig.session.own.endpoint.is_empty() {
                    rig.session.own.endpoint.clone_from(&nick);
                }
            }
            _ => {}
        }
    }
    rig
}

fn names(rig: &Rig) -> Vec<String> {
    let joined = |e: &BackendEvent| match e {
        BackendEvent::PeerJoined { name, .. } => name.clone(),
        _ => None,
    };
    rig.events.iter().filter_map(joined).collect()
}

/// What holds in every one of them.
fn harmless(rig: &Rig) {
    let all = rig.sent.iter().map(xml::write).collect::<Vec<_>>().join("\n");
    assert!(!all.contains("<candidate"), "no candidate of ours is ever signalled: {all}");
    assert_eq!(rig.warned("no_media") + rig.warned("bridge_elsewhere") + rig.warned("not_done"), 0, "{:#?}", rig.events);
    let accepted = rig.sent.iter().filter(|e| about(e).contains("session-accept")).count();
    assert_eq!(accepted, rig.descriptions.len(), "every offer is answered once");
    assert!(rig.bridge.iter().any(|m| m.contains("\"lastN\":0")), "{:?}", rig.bridge);
    assert!(rig.events.contains(&BackendEvent::Transport { rung: "udp".into(), ok: true, error: None }));
}

#[test]
fn a_client_whose_sources_the_bridge_rewrites() {
    let rig = replay("rust-join-ssrc-rewriting");
    harmless(&rig);
    assert_eq!(rig.joined.as_ref().unwrap().me, PeerId("yj8t_a9p".into()));
    assert_eq!(names(&rig), ["alice", "carol"]);
    assert_eq!(rig.heard, [(2_885_643_822, "008e0efc".to_owned()), (2_478_418_123, "b9cddbf1".to_owned())].into());
    let loudest = |who: &str| BackendEvent::DominantSpeaker { id: PeerId(who.into()) };
    assert!(rig.events.contains(&loudest("008e0efc")) && rig.events.contains(&loudest("b9cddbf1")));
    assert!(rig.events.contains(&BackendEvent::MediaConnected));
}

#[test]
fn clients_that_are_told_of_sources_in_either_encoding() {
    for name in ["scripted-join-xml-sources", "scripted-join-json-sources"] {
        let rig = replay(name);
        assert_eq!(rig.descriptions.len(), 1, "{name}");
        let sdp = &rig.descriptions[0];
        assert!(sdp.contains("a=candidate:") && sdp.contains(" typ host") && sdp.contains("cname:bridge"), "{name}: {sdp}");
        assert!(rig.joined.is_some() && rig.heard.is_empty(), "{name}: the bridge itself is never heard");
    }
}

#[test]
fn the_first_in_a_room_becomes_its_moderator_and_hears_who_comes() {
    let rig = replay("browser-join-first");
    harmless(&rig);
    let me = rig.joined.as_ref().unwrap().me.clone();
    assert!(rig.events.contains(&BackendEvent::RoomRole { id: me, role: crate::protocol::room::RoomRole::Moderator, by: None }));
    assert_eq!(names(&rig).len(), 1);
    assert_eq!(rig.heard.len(), 1, "{:?}", rig.heard);
}

#[test]
fn the_second_hears_who_was_there_before() {
    let rig = replay("browser-join-second");
    harmless(&rig);
    assert_eq!(names(&rig), ["alice"]);
    assert!(rig.heard.values().all(|who| who == "bfa460ad") && rig.heard.len() == 1, "{:?}", rig.heard);
    assert!(rig.events.iter().any(|e| matches!(e, BackendEvent::PeerJoined { before_us: true, .. })));
}

/// What people did, in the order in which it was told.
fn story(rig: &Rig) -> Vec<String> {
    let line = |e: &BackendEvent| match e {
        BackendEvent::PeerJoined { name, .. } => Some(format!("{} comes", name.as_deref().unwrap_or("?"))),
        BackendEvent::PeerState { name, muted, hand, .. } => {
            let name = name.as_deref().unwrap_or("?");
            Some(format!(
                "{name} {} {}",
                if *muted == Some(true) { "closed" } else { "open" },
                if matches!(hand, Some(Some(_))) { "hand" } else { "-" }
            ))
        }
        BackendEvent::PeerLeft { .. } => Some("somebody goes".into()),
        BackendEvent::Chat { private, text, .. } => Some(format!("{}: {text}", if *private { "private" } else { "all" })),
        BackendEvent::Reaction { text, .. } => Some(format!("reaction {text}")),
        BackendEvent::RoomRole { role: crate::protocol::room::RoomRole::Moderator, .. } => Some("a moderator".into()),
        BackendEvent::MutedByRoom { by } => Some(format!("muted by {:?}", by.as_ref().map(|p| p.0.as_str()))),
        BackendEvent::Warning { code, .. } => Some(code.clone()),
        BackendEvent::Ended { failure, .. } => Some(failure.text.clone()),
        _ => None,
    };
    let mut story: Vec<_> = rig.events.iter().filter_map(line).collect();
    story.dedup();
    story
}

#[test]
fn everything_that_people_do_in_a_room_is_told() {
    let alice = replay("features-alice");
    harmless(&alice);
    let expected = [
        "a moderator",
        "bob comes",
        "bob closed -",
        "bob open -",
        "bob closed -",
        "bob open -",
        "bob open hand",
        "all: hello <all> & everyone",
        "private: psst",
        "reaction 👍",
        "bob2 open hand",
        "bob2 closed hand",
        "room_password",
        "carol comes",
        "carol closed -",
        "somebody goes",
        "bob2 closed hand",
        "a moderator",
        "somebody goes",
    ];
    assert_eq!(story(&alice), expected);
    let bob = replay("features-bob");
    harmless(&bob);
    let expected = [
        "alice comes",
        "alice open -",
        "a moderator",
        "muted by Some(\"d1e7d0a6\")",
        "room_password",
        "carol comes",
        "carol closed -",
        "somebody goes",
        "a moderator",
    ];
    assert_eq!(story(&bob), expected);
    let carol = replay("features-carol");
    let expected = [
        "bob2 comes",
        "bob2 closed hand",
        "alice comes",
        "alice open -",
        "a moderator",
        "all: hello <all> & everyone",
        "reaction 👍",
        "alice removed you from the room: bye",
    ];
    assert_eq!(story(&carol), expected);
    assert_eq!(carol.ended().0, LeaveReason::Removed);
}

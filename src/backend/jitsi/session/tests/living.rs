//! A call from beginning to end, and what happens on the way.

use super::*;
use crate::protocol::room::{Act, RoomRole, Scope};

fn x(item: &str) -> String {
    format!("<x xmlns='http://jabber.org/protocol/muc#user'>{item}</x>")
}

fn in_a_call() -> Rig {
    let mut rig = Rig::new(settings("r"));
    rig.enter(true);
    rig.offer();
    assert!(rig.session.may_send() || rig.session.own.muted);
    rig
}

#[test]
fn who_is_alone_waits_without_a_word_and_hears_whoever_comes() {
    let mut rig = Rig::new(settings("r"));
    rig.enter(false);
    rig.pass(Duration::from_secs(600));
    assert!(!rig.closed && rig.warned("no_media") == 0, "{:?}", rig.events);
    rig.presence("ana", &x("<item role='participant'/>"));
    rig.offer();
    assert_eq!(rig.heard, [(111, "ana".to_owned())].into());
    assert_eq!(rig.events.iter().filter(|e| **e == BackendEvent::MediaConnected).count(), 1);
    rig.jingle("source-add", &offer("UF", "ben", 222));
    assert_eq!(rig.heard.len(), 2);
    rig.jingle("source-remove", &offer("UF", "ben", 222));
    assert_eq!(rig.heard.len(), 1, "Ana's is named there too, but it is Ben's that ended: {:?}", rig.heard);
    rig.text("<presence xmlns='jabber:client' type='unavailable' from='r@conference.meet.test/ana'/>");
    assert!(rig.heard.is_empty());
    rig.jingle("session-terminate", "<reason><success/></reason>");
    rig.pass(Duration::from_secs(600));
    assert!(!rig.closed && rig.warned("no_media") == 0, "alone again");
}

#[test]
fn a_conference_that_offers_no_sound_is_named_once_and_a_late_offer_is_taken() {
    let mut rig = Rig::new(settings("r"));
    rig.enter(true);
    rig.pass(Duration::from_secs(30));
    assert_eq!(rig.warned("no_media"), 0, "a cold bridge takes its time");
    rig.pass(Duration::from_secs(60));
    assert_eq!((rig.warned("no_media"), rig.closed), (1, false));
    rig.offer();
    assert_eq!(rig.heard.len(), 1);
}

#[test]
fn a_new_session_at_any_time_takes_the_place_of_the_old_one() {
    let mut rig = in_a_call();
    for n in 1..=4 {
        rig.jingle("session-terminate", "<reason><success/></reason>");
        assert!(rig.heard.is_empty());
        rig.jingle("session-initiate", &offer(&format!("N{n}"), "ana", 300 + n));
        assert_eq!(rig.heard, [(300 + n, "ana".to_owned())].into());
        rig.pass(Duration::from_secs(20));
    }
    // Without the end of the old one, too; and what belongs to an old one does nothing.
    rig.jingle("session-initiate", &offer("LAST", "ana", 999));
    let old = rig.media - 1;
    rig.input(Input::BridgeText(old, r#"{"colibriClass":"AudioSourcesMap","mappedSources":[{"owner":"ben","ssrc":5}]}"#.into()));
    rig.input(Input::Answered { session: old, sdp: ANSWER.into(), ssrc: None });
    assert_eq!(rig.heard.len(), 1);
    assert_eq!(rig.events.iter().filter(|e| **e == BackendEvent::MediaConnected).count(), 1, "once in a call");
    let accepts = rig.sent.iter().filter(|e| xml::write(e).contains("session-accept")).count();
    assert_eq!((accepts, rig.closed), (6, false));
}

#[test]
fn who_is_invited_again_and_again_leaves_so_that_others_can_go_on() {
    let mut rig = in_a_call();
    for n in 0..20 {
        rig.pass(Duration::from_millis(400));
        rig.jingle("session-initiate", &offer(&format!("S{n}"), "ana", 300));
    }
    let (reason, failure) = rig.ended();
    assert_eq!((reason, failure.exit), (LeaveReason::Failed, Exit::Protocol));
    assert!(failure.text.contains("again and again"), "{failure}");
    assert!(rig.sent.iter().any(|e| e.name() == "presence" && e.attr("type") == Some("unavailable")), "others see us go");
}

#[test]
fn a_transport_that_hears_nothing_asks_for_a_new_session_and_gives_up_in_the_end() {
    let mut rig = in_a_call();
    rig.connects = false;
    rig.input(Input::Transport(TransportState::Disconnected));
    rig.pass(Duration::from_secs(5));
    rig.input(Input::Transport(TransportState::Connected));
    let restarts = |rig: &Rig| rig.sent.iter().filter(|e| xml::write(e).contains("restart='true'")).count();
    rig.pass(Duration::from_secs(30));
    assert_eq!(restarts(&rig), 0, "it came back by itself");
    for n in 1..=4 {
        rig.input(Input::Transport(TransportState::Failed));
        rig.pass(Duration::from_secs(14));
        assert_eq!(restarts(&rig), n, "{:#?}", rig.sent);
        rig.jingle("session-initiate", &offer(&format!("R{n}"), "ana", 300));
    }
    rig.pass(Duration::from_secs(60));
    assert_eq!(rig.ended().1.exit, Exit::Unavailable);
    let told = rig.events.iter().filter(|e| matches!(e, BackendEvent::Transport { ok: false, .. })).count();
    assert_eq!(told, 1, "once for all of them");
}

#[test]
fn a_restart_that_helps_is_the_end_of_it() {
    let mut rig = in_a_call();
    rig.input(Input::WayLost);
    assert!(rig.heard.is_empty());
    rig.offer();
    assert!(rig.heard.len() == 1 && !rig.closed);
    let says: Vec<_> =
        rig.events.iter().filter_map(|e| if let BackendEvent::Transport { ok, .. } = e { Some(*ok) } else { None }).collect();
    assert_eq!(says, [true, false, true]);
}

#[test]
fn an_ice_restart_keeps_the_session_and_is_answered() {
    let mut rig = in_a_call();
    let transport = "<content name='audio'><transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='FRESH' pwd='FRESHFRESH'>\
                     <candidate component='1' type='host' foundation='1' ip='10.9.9.9' priority='1' port='9' protocol='udp'/></transport></content>";
    rig.jingle("transport-info", transport);
    let sdp = rig.descriptions.last().unwrap();
    assert!(sdp.contains("a=ice-ufrag:FRESH\r\n") && sdp.contains("10.9.9.9 9") && sdp.contains("o=- 1 2 "), "{sdp}");
    assert_eq!(rig.asked("jingle").get_child("jingle", ns::JINGLE).unwrap().attr("action"), Some("transport-info"));
    assert_eq!(rig.heard.len(), 1, "nothing is lost");
}

#[test]
fn a_lost_connection_is_resumed_and_nobody_has_seen_us_go() {
    let mut rig = in_a_call();
    rig.input(Input::Lost(rig.generation, Failure::new(Exit::TempFail, "cut")));
    rig.input(Input::Command(BackendCommand::Say { text: "said meanwhile".into(), to: None }));
    rig.pass(Duration::ZERO);
    assert_eq!(rig.dials.last(), Some(&(Some("RESUME".into()), false)));
    assert_eq!(rig.heard.len(), 1, "sound goes on meanwhile");
    let before = rig.sent.len();
    rig.log_in();
    rig.text("<resumed xmlns='urn:xmpp:sm:3' h='4' previd='RESUME'/>");
    assert!(rig.sent[before..].iter().any(|e| xml::write(e).contains("said meanwhile")), "{:#?}", &rig.sent[before..]);
    assert!(!rig.sent[before..].iter().any(|e| e.name() == "presence"), "the room is not entered again");
    let told: Vec<_> =
        rig.events.iter().filter(|e| matches!(e, BackendEvent::Reconnecting { .. } | BackendEvent::Reconnected)).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(!rig.events.iter().any(|e| matches!(e, BackendEvent::PeerLeft { .. })));
}

#[test]
fn what_cannot_be_resumed_is_joined_anew_under_the_same_id_and_the_list_is_right() {
    let mut rig = in_a_call();
    let me = rig.joined.clone().unwrap().me;
    rig.input(Input::Lost(rig.generation, Failure::new(Exit::TempFail, "cut")));
    rig.pass(Duration::ZERO);
    rig.log_in();
    rig.text("<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
    rig.bind("zyxwvutsrq");
    assert!(rig.heard.is_empty(), "another id at the bridge is another session");
    rig.conference();
    // Ana has left meanwhile, and Ben has come.
    rig.presence("ben", &x("<item role='participant'/>"));
    rig.shown(false);
    assert_eq!(rig.session.peer("zyxwvuts"), me);
    let gone: Vec<_> = rig.events.iter().filter(|e| matches!(e, BackendEvent::PeerLeft { id } if id.0 == "ana")).collect();
    let came: Vec<_> = rig.events.iter().filter(|e| matches!(e, BackendEvent::PeerJoined { id, .. } if id.0 == "ben")).collect();
    assert_eq!((gone.len(), came.len()), (1, 1));
    assert_eq!(rig.events.iter().filter(|e| **e == BackendEvent::Reconnected).count(), 1);
    rig.presence("zyxwvuts", &x("<item role='moderator'/><status code='110'/>"));
    assert!(rig.events.contains(&BackendEvent::RoomRole { id: me, role: RoomRole::Moderator, by: None }));
}

#[test]
fn patience_ends_and_pauses_grow() {
    let mut rig = in_a_call();
    for _ in 0..100 {
        if rig.closed {
            break;
        }
        rig.input(Input::Lost(rig.generation, Failure::new(Exit::Unavailable, "nothing listens")));
        rig.pass(Duration::from_secs(15));
    }
    let (reason, failure) = rig.ended();
    assert_eq!((reason, failure.exit), (LeaveReason::NetworkLost, Exit::TempFail));
    let pauses: Vec<u64> = rig
        .events
        .iter()
        .filter_map(|e| if let BackendEvent::Reconnecting { next_ms, .. } = e { Some(*next_ms) } else { None })
        .collect();
    assert_eq!(&pauses[..7], &[0, 1000, 2000, 4000, 8000, 15_000, 15_000]);
}

#[test]
fn a_lobby_is_waited_in_entered_from_and_left() {
    let mut rig = Rig::new(settings("r"));
    rig.log_in();
    rig.conference();
    let error = "<presence xmlns='jabber:client' type='error' from='r@conference.meet.test/abcdefgh'><error type='auth'>\
                 <registration-required xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><lobbyroom xmlns='jitsi:lobby'>r@lobby.meet.test</lobbyroom></error></presence>";
    rig.text(error);
    assert_eq!(rig.waits, [false, true]);
    let knock = xml::write(rig.sent.last().unwrap());
    assert!(knock.contains("r@lobby.meet.test/abcdefgh") && knock.contains("Moana"), "{knock}");
    rig.pass(Duration::from_secs(3000));
    assert!(!rig.closed, "it takes as long as somebody else likes");
    rig.text(
        "<message xmlns='jabber:client' from='r@conference.meet.test'><x xmlns='http://jabber.org/protocol/muc#user'>\
         <invite from='ana@meet.test'/><password>geheim</password></x></message>",
    );
    assert!(xml::write(rig.sent.last().unwrap()).contains("<password"), "the invitation holds the password");
    rig.shown(true);
    assert!(rig.joined.is_some() && rig.waits.last() == Some(&false));
    assert!(rig.sent.iter().any(|e| e.attr("type") == Some("unavailable") && e.attr("to").unwrap().starts_with("r@lobby")));
    for (gone, exit) in [
        ("<item role='none'/><status code='110'/><status code='307'/>", Exit::Denied),
        ("<destroy/><status code='110'/>", Exit::RoomEnded),
    ] {
        let mut rig = Rig::new(settings("r"));
        rig.log_in();
        rig.conference();
        rig.text(error);
        rig.text(&format!(
            "<presence xmlns='jabber:client' type='unavailable' from='r@lobby.meet.test/abcdefgh'>{}</presence>",
            x(gone)
        ));
        assert_eq!(rig.ended().1.exit, exit);
    }
}

#[test]
fn a_moderator_sees_who_waits_and_lets_them_in_or_not() {
    let mut rig = Rig::new(settings("r"));
    rig.log_in();
    rig.answer("query", "result", "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='component' type='lobbyrooms' name='lobby.meet.test'/></query>");
    rig.conference();
    rig.shown(true);
    assert!(rig.joined.as_ref().unwrap().lobbies);
    rig.presence("abcdefgh", &x("<item role='moderator' affiliation='owner'/><status code='110'/>"));
    let Some(BackendEvent::Rights(may)) = rig.events.iter().rev().find(|e| matches!(e, BackendEvent::Rights(_))) else {
        panic!("rights")
    };
    assert!(may.contains(&Verb::Lock) && may.contains(&Verb::Admit) && may.contains(&Verb::Kick), "{may:?}");
    rig.input(Input::Command(BackendCommand::Moderate(Act::Lock { on: true })));
    let said: Vec<String> = rig.sent.iter().rev().take(2).map(xml::write).collect();
    assert!(said[0].contains("muc#roomconfig_membersonly") && said[1].contains("affiliation='member'"), "{said:?}");
    let info = "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='muc_membersonly'/><x xmlns='jabber:x:data' type='result'>\
                <field var='muc#roominfo_lobbyroom'><value>r@lobby.meet.test</value></field></x></query>";
    rig.text("<message xmlns='jabber:client' type='groupchat' from='r@conference.meet.test'><x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x></message>");
    rig.answer("query", "result", info);
    assert!(rig.events.iter().any(|e| matches!(e, BackendEvent::Rules { rules, .. } if rules.waiting_room && rules.locked)));
    let knock = |rig: &mut Rig, nick: &str, jid: &str| {
        let inside = x(&format!("<item role='visitor' jid='{jid}'/>"));
        let name = "<nick xmlns='http://jabber.org/protocol/nick'>Ben</nick>";
        rig.text(&format!("<presence xmlns='jabber:client' from='r@lobby.meet.test/{nick}'>{name}{inside}</presence>"));
    };
    knock(&mut rig, "anas", "ana@meet.test/y");
    knock(&mut rig, "ben", "ben@meet.test/z");
    let knocks: Vec<_> = rig
        .events
        .iter()
        .filter_map(|e| if let BackendEvent::Knock { id, .. } = e { Some(id.0.as_str()) } else { None })
        .collect();
    assert_eq!(knocks, ["ben"], "Ana is inside, and looks who waits");
    rig.input(Input::Command(BackendCommand::Moderate(Act::Admit { member: "ben".into() })));
    assert!(xml::write(rig.sent.last().unwrap()).contains("<invite to='ben@meet.test/z'"), "{:?}", rig.sent.last());
    rig.input(Input::Command(BackendCommand::Moderate(Act::Deny { member: "ben".into() })));
    let denied = xml::write(rig.sent.last().unwrap());
    assert!(
        denied.contains("to='r@lobby.meet.test'") && denied.contains("role='none'") && denied.contains("nick='ben'"),
        "{denied}"
    );
}

#[test]
fn a_password_that_is_set_while_we_come_is_news_and_one_that_was_there_is_none() {
    let protected = "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='muc_passwordprotected'/></query>";
    for set_now in [false, true] {
        let mut rig = Rig::new(settings("r"));
        rig.enter(true);
        if set_now {
            let changed = x("<status code='104'/>");
            rig.text(&format!(
                "<message xmlns='jabber:client' type='groupchat' from='r@conference.meet.test'>{changed}</message>"
            ));
        }
        rig.answer("query", "result", protected);
        assert_eq!(rig.warned("room_password"), usize::from(set_now));
    }
}

#[test]
fn a_moderator_ends_the_meeting_where_the_server_does_that() {
    let mut rig = Rig::new(settings("r"));
    rig.log_in();
    rig.answer(
        "query",
        "result",
        "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='component' type='end_conference' name='end.meet.test'/></query>",
    );
    rig.conference();
    rig.shown(true);
    assert!(rig.joined.as_ref().unwrap().ending);
    assert!(!rig.session.rights.as_ref().unwrap().contains(&Verb::EndForAll), "not yet a moderator");
    rig.presence("abcdefgh", &x("<item role='moderator'/><status code='110'/>"));
    assert!(rig.session.rights.as_ref().unwrap().contains(&Verb::EndForAll));
    rig.input(Input::Command(BackendCommand::Moderate(Act::EndForAll)));
    let said = rig.sent.last().unwrap();
    assert!(said.attr("to") == Some("end.meet.test") && xml::child(said, "end_conference").is_some());
}

#[test]
fn whoever_needs_leave_to_speak_is_told_and_never_speaks_without() {
    let mut rig = Rig::new(Settings { muted: false, ..settings("r") });
    rig.log_in();
    rig.answer("query", "result", "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='component' type='av_moderation' name='av.meet.test'/></query>");
    rig.conference();
    rig.shown(true);
    rig.offer();
    let says = |rig: &mut Rig, json: &str| {
        rig.text(&format!("<message xmlns='jabber:client' from='av.meet.test'><json-message xmlns='http://jitsi.org/jitmeet'>{json}</json-message></message>"));
        let rights =
            rig.events.iter().rev().find_map(|e| if let BackendEvent::Rights(may) = e { Some(may.clone()) } else { None });
        rights.unwrap().contains(&Verb::Speak)
    };
    assert!(!says(&mut rig, r#"{"type":"av_moderation","enabled":true,"mediaType":"audio","actor":"r@c/ana"}"#));
    assert!(says(&mut rig, r#"{"type":"av_moderation","approved":true,"mediaType":"audio"}"#));
    assert!(!says(&mut rig, r#"{"type":"av_moderation","removed":true,"mediaType":"audio"}"#));
    assert!(!says(&mut rig, r#"{"type":"av_moderation","enabled":false,"mediaType":"video"}"#));
    assert!(says(&mut rig, r#"{"type":"av_moderation","enabled":false,"mediaType":"audio"}"#));
    let scopes: Vec<_> = rig
        .events
        .iter()
        .filter_map(|e| if let BackendEvent::Rules { rules, .. } = e { Some(rules.speak) } else { None })
        .collect();
    assert_eq!(scopes, [Scope::Moderators, Scope::Everyone]);
    // From anybody else it is nothing.
    rig.text("<message xmlns='jabber:client' from='r@conference.meet.test/ana'><json-message xmlns='http://jitsi.org/jitmeet'>{\"type\":\"av_moderation\",\"enabled\":true,\"mediaType\":\"audio\"}</json-message></message>");
    assert!(rig.session.rights.as_ref().unwrap().contains(&Verb::Speak));
}

#[test]
fn what_is_kept_of_a_meeting_is_one_of_the_people() {
    let mut rig = in_a_call();
    let status = |status: &str, mode: &str| {
        format!(
            "<jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='{status}' recording_mode='{mode}' session_id='1'/>{}",
            x("<item role='moderator' jid='focus@auth.meet.test/focus'/>")
        )
    };
    rig.presence("focus", &status("pending", "file"));
    assert!(!rig.events.iter().any(|e| matches!(e, BackendEvent::Recording { .. })));
    rig.presence("focus", &status("on", "file"));
    rig.presence("focus", &status("on", "file"));
    rig.presence("focus", &status("off", "file"));
    let told: Vec<_> = rig
        .events
        .iter()
        .filter_map(|e| if let BackendEvent::Recording { id, on } = e { Some((id.0.clone(), *on)) } else { None })
        .collect();
    assert_eq!(told, [("jitsi:recording".to_owned(), true), ("jitsi:recording".to_owned(), false)]);
}

#[test]
fn an_encrypted_room_is_named_once_for_each_who_encrypts() {
    let mut rig = in_a_call();
    let sealed =
        format!("<jitsi_participant_e2ee.enabled>true</jitsi_participant_e2ee.enabled>{}", x("<item role='participant'/>"));
    rig.presence("ana", &sealed);
    rig.presence("ana", &sealed);
    rig.presence("ben", &sealed);
    assert_eq!(rig.warned("jitsi_e2ee"), 2);
}

#[test]
fn only_the_focus_may_offer_sound_or_close_a_microphone() {
    let mut rig = in_a_call();
    let mute = "<mute xmlns='http://jitsi.org/jitmeet/audio' actor='r@conference.meet.test/ana'>true</mute>";
    for from in ["r@conference.meet.test/ana", "focus@auth.meet.test/focus", "r@conference.meet.test", "x@evil.test/focus"] {
        rig.text(&format!("<iq xmlns='jabber:client' type='set' id='m' from='{from}'>{mute}</iq>"));
        rig.text(&format!("<iq xmlns='jabber:client' type='set' id='m' from='{from}'><jingle xmlns='urn:xmpp:jingle:1' action='session-terminate' sid='s1'/></iq>"));
        assert_eq!(rig.sent.last().unwrap().attr("type"), Some("error"), "{from}");
    }
    assert!(rig.heard.len() == 1 && !rig.events.iter().any(|e| matches!(e, BackendEvent::MutedByRoom { .. })));
    rig.text(&format!("<iq xmlns='jabber:client' type='set' id='m' from='r@conference.meet.test/focus'>{mute}</iq>"));
    assert!(rig.events.contains(&BackendEvent::MutedByRoom { by: Some(PeerId("ana".into())) }));
    // Who opens it again tells the focus once, which lifts what the bridge was told.
    rig.input(Input::Command(BackendCommand::Muted(true)));
    for _ in 0..2 {
        rig.input(Input::Command(BackendCommand::Muted(false)));
        assert_eq!(rig.sent.iter().filter(|e| xml::write(e).contains(">false</mute>")).count(), 1);
    }
    assert_eq!(rig.asked("mute").get_child("mute", ns::MUTE_AUDIO).unwrap().attr("jid"), Some("r@conference.meet.test/abcdefgh"));
    // Nobody else opens it.
    let open = mute.replace(">true<", ">false<");
    rig.text(&format!("<iq xmlns='jabber:client' type='set' id='m' from='r@conference.meet.test/focus'>{open}</iq>"));
    assert_eq!(rig.events.iter().filter(|e| matches!(e, BackendEvent::MutedByRoom { .. })).count(), 1);
}

#[test]
fn the_bridge_is_called_back_and_only_where_the_meeting_is() {
    let mut rig = in_a_call();
    let constraints = |rig: &Rig| rig.bridge.iter().filter(|m| m.contains("ReceiverVideoConstraints")).count();
    assert_eq!(constraints(&rig), 1);
    rig.input(Input::BridgeLost(rig.media));
    rig.pass(Duration::from_secs(2));
    assert_eq!(constraints(&rig), 2, "opened again");
    rig.jingle("session-initiate", &offer("E", "ana", 300).replace("wss://meet.test/", "wss://evil.test/"));
    assert_eq!((rig.warned("bridge_elsewhere"), constraints(&rig)), (1, 2));
}

//! Servers that refuse, say nonsense, or too much.

use super::*;

fn error(condition: &str) -> String {
    format!("<error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>")
}

#[test]
fn every_refusal_at_the_door_has_words_and_a_code() {
    for (condition, exit, words) in [
        ("not-authorized", Exit::Denied, "has a password"),
        ("registration-required", Exit::Denied, "members only"),
        ("forbidden", Exit::Denied, "for good"),
        ("service-unavailable", Exit::Unavailable, "full"),
        ("conflict", Exit::TempFail, "join again"),
        ("jid-malformed", Exit::Denied, "jid-malformed"),
    ] {
        let mut rig = Rig::new(settings("r"));
        rig.log_in();
        rig.conference();
        rig.text(&format!(
            "<presence xmlns='jabber:client' type='error' from='r@conference.meet.test/abcdefgh'>{}</presence>",
            error(condition)
        ));
        let (_, failure) = rig.ended();
        assert!(failure.exit == exit && failure.text.contains(words), "{condition}: {failure}");
    }
    let mut rig = Rig::new(Settings { password: Some(Zeroizing::new("wrong".into())), ..settings("r") });
    rig.log_in();
    rig.conference();
    rig.text(&format!(
        "<presence xmlns='jabber:client' type='error' from='r@conference.meet.test/abcdefgh'>{}</presence>",
        error("not-authorized")
    ));
    assert!(rig.ended().1.text.contains("another one"));
}

#[test]
fn a_room_that_is_not_there_yet_is_asked_for_again() {
    let mut rig = Rig::new(settings("r"));
    rig.log_in();
    rig.conference();
    rig.text(&format!(
        "<presence xmlns='jabber:client' type='error' from='r@conference.meet.test/abcdefgh'>{}</presence>",
        error("not-allowed")
    ));
    assert!(!rig.closed);
    rig.pass(Duration::from_secs(1));
    rig.conference();
    rig.shown(false);
    assert!(rig.joined.is_some());
}

#[test]
fn without_a_focus_it_is_tried_a_few_times_and_then_said() {
    let mut rig = Rig::new(settings("r"));
    rig.log_in();
    let mut asked = 0;
    while !rig.closed {
        asked += 1;
        rig.answer("conference", "error", &error("service-unavailable"));
        rig.pass(Duration::from_secs(30));
        assert!(asked < 20);
    }
    let (_, failure) = rig.ended();
    assert!(failure.exit == Exit::Unavailable && failure.text.contains("jicofo"), "{failure}");
    // And one that never answers.
    let mut rig = Rig::new(settings("r"));
    rig.log_in();
    rig.pass(Duration::from_secs(120));
    assert_eq!(rig.ended().1.exit, Exit::Unavailable);
}

#[test]
fn a_room_that_waits_for_its_host_is_waited_for() {
    let mut rig = Rig::new(settings("r"));
    rig.log_in();
    for _ in 0..50 {
        rig.answer("conference", "error", &error("not-authorized"));
        rig.pass(Duration::from_secs(5));
    }
    assert!(!rig.closed && rig.waits.iter().all(|w| *w));
    rig.conference();
    rig.shown(true);
    assert!(rig.joined.is_some() && rig.waits.last() == Some(&false));
}

#[test]
fn a_token_goes_in_the_header_and_in_the_address_only_if_it_must() {
    let mut rig = Rig::new(Settings { token: true, ..settings("r") });
    assert_eq!(rig.dials, [(None, false)]);
    let refuse = |rig: &mut Rig| {
        rig.opened();
        rig.text("<stream:features xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>");
        rig.text("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-allowed/><text>token expired</text></failure>");
    };
    refuse(&mut rig);
    assert_eq!(rig.dials, [(None, false), (None, true)]);
    refuse(&mut rig);
    let (_, failure) = rig.ended();
    assert!(failure.exit == Exit::Denied && failure.text.contains("token expired"), "{failure}");
}

#[test]
fn servers_that_never_answer_are_given_up_at_every_step() {
    let mut rig = Rig::new(settings("r"));
    rig.pass(Duration::from_secs(60));
    assert_eq!(rig.ended().1.exit, Exit::Unavailable, "no connection");
    let mut rig = Rig::new(settings("r"));
    rig.opened();
    rig.pass(Duration::from_secs(60));
    assert_eq!(rig.ended().1.exit, Exit::Unavailable, "no stream");
    let mut rig = Rig::new(settings("r"));
    rig.log_in();
    rig.conference();
    rig.pass(Duration::from_secs(60));
    assert!(rig.ended().1.text.contains("room does not answer"));
    let mut rig = Rig::new(settings("r"));
    rig.enter(true);
    rig.confirms = false;
    rig.pass(Duration::from_secs(30));
    assert!(rig.events.iter().any(|e| matches!(e, BackendEvent::Reconnecting { .. })), "silence is noticed");
}

#[test]
fn nonsense_ends_the_connection_and_never_the_program() {
    for text in [
        "",
        "<",
        "<a/>",
        "nonsense",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<presence",
        "<presence xmlns='jabber:client'/>",
    ] {
        let mut rig = Rig::new(settings("r"));
        rig.enter(true);
        rig.offer();
        rig.text(text);
        assert!(!rig.closed, "{text}: it is tried again");
    }
    for inside in
        ["", "<content/>", "<content name='audio'/>", "<json-message xmlns='http://jitsi.org/jitmeet'>{{{</json-message>"]
    {
        let mut rig = Rig::new(settings("r"));
        rig.enter(true);
        rig.offer();
        rig.jingle("session-initiate", inside);
        assert_eq!((rig.warned("no_media"), rig.closed, rig.heard.len()), (1, false, 1), "{inside}: the old session goes on");
    }
}

#[test]
fn a_crowd_is_bounded() {
    let mut rig = Rig::new(settings("r"));
    rig.enter(true);
    rig.offer();
    let many = (0..9_000).map(|n| format!("\"p{n}\":[[],[],[{{\"s\":{}}}]]", n + 1000)).collect::<Vec<_>>().join(",");
    for _ in 0..3 {
        rig.jingle(
            "source-add",
            &format!("<json-message xmlns='http://jitsi.org/jitmeet'>{{\"sources\":{{{many}}}}}</json-message>"),
        );
    }
    assert!(rig.heard.len() <= super::super::super::jingle::MAX_SOURCES, "{}", rig.heard.len());
    for n in 0..OCCUPANTS + 100 {
        rig.presence(&format!("p{n}"), "<x xmlns='http://jabber.org/protocol/muc#user'><item role='participant'/></x>");
    }
    assert!(rig.session.occupants.len() <= OCCUPANTS);
}

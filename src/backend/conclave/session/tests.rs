use super::*;

fn at(start: Instant, ms: u64) -> Instant {
    start + Duration::from_millis(ms)
}

fn member(id: &str) -> Member {
    Member { id: id.into(), livekit: None }
}

fn new(now: Instant, members: Vec<Member>) -> Session {
    let welcome = Welcome { session: "s".into(), secret: Zeroizing::new("secret".into()), members, event: 1 };
    Session::new(now, welcome, "Me".into(), true, None)
}

fn drain(s: &mut Session) -> Vec<Output> {
    std::iter::from_fn(|| s.poll()).collect()
}

fn body(m: &MemberMessage) -> String {
    URL_SAFE_NO_PAD.encode(m.encode())
}

fn profile(name: &str) -> MemberMessage {
    MemberMessage::Profile { name: name.into(), muted: false, hand: None, recording: false }
}

fn relay(event: u64, from: &str, m: &MemberMessage) -> Input {
    Input::Message(0, ServerMessage::Relay { event, from: from.into(), private: false, body: body(m) })
}

fn joins(out: &[Output]) -> Vec<(String, Option<String>)> {
    out.iter()
        .filter_map(|o| match o {
            Output::Event(BackendEvent::PeerJoined { id, name, .. }) => Some((id.0.clone(), name.clone())),
            _ => None,
        })
        .collect()
}

/// Profiles that were sent: recipients and name.
fn announced(out: &[Output]) -> Vec<Option<Vec<String>>> {
    out.iter()
        .filter_map(|o| match o {
            Output::Send(ClientMessage::Relay { to, .. }) => Some(to.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_member_is_shown_with_their_name_or_after_two_seconds_without() {
    let t = Instant::now();
    let mut s = new(t, vec![member("m-a"), member("m-b")]);
    let out = drain(&mut s);
    assert_eq!(joins(&out), vec![]);
    assert_eq!(announced(&out), vec![None], "we introduce ourselves to everybody");
    s.handle(at(t, 10), relay(2, "m-a", &profile("Ana")));
    assert_eq!(joins(&drain(&mut s)), vec![("m-a".into(), Some("Ana".into()))]);
    assert_eq!(s.deadline(), at(t, 2000));
    s.handle(at(t, 2000), Input::Tick);
    assert_eq!(joins(&drain(&mut s)), vec![("m-b".into(), None)]);
    s.handle(at(t, 2100), relay(3, "m-b", &profile("Ben")));
    assert!(
        drain(&mut s).iter().any(|o| matches!(o, Output::Event(BackendEvent::PeerState { name: Some(n), .. }) if n == "Ben"))
    );
}

#[test]
fn newcomers_are_told_who_we_are_and_stock_clients_are_not() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    drain(&mut s);
    s.handle(t, Input::Message(0, ServerMessage::MemberJoined { event: 2, member: member("m-c") }));
    assert_eq!(announced(&drain(&mut s)), vec![Some(vec!["m-c".to_owned()])]);
    let stock = Member { id: "lk-py".into(), livekit: Some("Python".into()) };
    s.handle(t, Input::Message(0, ServerMessage::MemberJoined { event: 3, member: stock }));
    let out = drain(&mut s);
    assert_eq!(joins(&out), vec![("lk-py".into(), Some("Python".into()))]);
    assert_eq!(announced(&out), Vec::<Option<Vec<String>>>::new());
    let muted = MediaEvent::ParticipantState { id: PeerId("py".into()), name: None, muted: Some(false), hand: None };
    s.handle(t, Input::Media(muted));
    assert!(drain(&mut s).iter().any(|o| matches!(o, Output::Event(BackendEvent::PeerState { id, .. }) if id.0 == "lk-py")));
}

#[test]
fn strangers_and_garbage_are_ignored() {
    let t = Instant::now();
    let mut s = new(t, vec![member("m-a")]);
    drain(&mut s);
    s.handle(t, relay(2, "m-x", &MemberMessage::Chat { text: "hi".into() }));
    let junk = ServerMessage::Relay { event: 3, from: "m-a".into(), private: false, body: "%%%".into() };
    s.handle(t, Input::Message(0, junk));
    let newer =
        ServerMessage::Relay { event: 4, from: "m-a".into(), private: false, body: URL_SAFE_NO_PAD.encode(r#"{"m":"x","y":1}"#) };
    s.handle(t, Input::Message(0, newer));
    assert_eq!(drain(&mut s), vec![]);
}

#[test]
fn a_lost_socket_is_resumed_and_nothing_is_shown_twice() {
    let t = Instant::now();
    let mut s = new(t, vec![member("m-a")]);
    s.handle(t, relay(2, "m-a", &profile("Ana")));
    drain(&mut s);
    s.handle(at(t, 100), Input::Lost(0));
    let out = drain(&mut s);
    assert!(matches!(
        out[..],
        [Output::Event(BackendEvent::Reconnecting { attempt: 1, .. }), Output::Redial { generation: 1, .. }]
    ));
    // The old socket's end is no news any more.
    s.handle(at(t, 110), Input::Lost(0));
    assert_eq!(drain(&mut s), vec![]);
    s.handle(at(t, 200), Input::Opened(1));
    s.handle(at(t, 210), Input::Message(1, ServerMessage::Challenge { nonce: "AA".into() }));
    let resume = ClientMessage::Resume { session: "s".into(), secret: "secret".into(), last_event: 2 };
    assert_eq!(drain(&mut s), vec![Output::Send(resume)]);
    s.handle(at(t, 220), Input::Message(1, ServerMessage::Resumed));
    let out = drain(&mut s);
    assert_eq!(out[0], Output::Event(BackendEvent::Reconnected));
    assert_eq!(announced(&out), vec![None], "what may have been lost is said again");
    // A repeated event is dropped, the next one counts.
    let chat = |event| {
        Input::Message(
            1,
            ServerMessage::Relay {
                event,
                from: "m-a".into(),
                private: true,
                body: body(&MemberMessage::Chat { text: "x".into() }),
            },
        )
    };
    s.handle(at(t, 230), chat(2));
    assert_eq!(drain(&mut s), vec![]);
    s.handle(at(t, 230), chat(3));
    assert!(matches!(drain(&mut s)[..], [Output::Event(BackendEvent::Chat { private: true, .. })]));
}

#[test]
fn a_connection_that_stays_away_ends_the_call_within_the_resume_time() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    drain(&mut s);
    let mut now = t;
    let mut generation = 0;
    s.handle(now, Input::Lost(0));
    for _ in 0..100 {
        for o in drain(&mut s) {
            match o {
                Output::Redial { generation: g, after } => (generation, now) = (g, now + after),
                Output::Event(BackendEvent::Ended { reason, failure }) => {
                    assert_eq!((reason, failure.exit), (LeaveReason::NetworkLost, Exit::TempFail));
                    assert!(now.duration_since(t) <= Duration::from_secs(RESUME_SECONDS + 5));
                    assert!(s.ended());
                    return;
                }
                _ => {}
            }
        }
        s.handle(now, Input::Lost(generation));
    }
    panic!("it never gave up");
}

#[test]
fn silence_is_noticed_and_pings_are_sent() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    drain(&mut s);
    s.handle(s.deadline(), Input::Tick);
    assert_eq!(drain(&mut s), vec![Output::Send(ClientMessage::Ping)]);
    s.handle(at(t, 5200), Input::Message(0, ServerMessage::Pong));
    s.handle(at(t, 19_000), Input::Tick);
    drain(&mut s);
    s.handle(at(t, 20_300), Input::Tick);
    assert!(matches!(drain(&mut s)[..], [Output::Event(BackendEvent::Reconnecting { .. }), Output::Redial { .. }]));
}

#[test]
fn a_message_that_cannot_be_sent_says_so() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    s.handle(t, Input::Lost(0));
    drain(&mut s);
    s.handle(t, Input::Command(BackendCommand::Say { text: "x".into(), to: None }));
    assert!(matches!(&drain(&mut s)[..], [Output::Event(BackendEvent::Warning { code, .. })] if code == "not_sent"));
}

#[test]
fn media_alone_ends_nothing() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    drain(&mut s);
    let failure = Failure::new(Exit::TempFail, "gone");
    s.handle(t, Input::Media(MediaEvent::Ended { reason: LeaveReason::NetworkLost, failure }));
    assert!(matches!(&drain(&mut s)[..], [Output::Event(BackendEvent::Warning { code, .. })] if code == "media_lost"));
    assert!(!s.ended());
    s.handle(
        t,
        Input::Message(
            0,
            ServerMessage::Ended { event: 9, reason: Departure::Removed, text: "Removed by the moderator.".into() },
        ),
    );
    assert!(drain(&mut s).iter().any(|o| matches!(o, Output::Event(BackendEvent::Ended { reason: LeaveReason::Removed, failure }) if failure.exit == Exit::Removed)));
}

#[test]
fn a_server_that_was_restarted_is_told_from_a_bad_network() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    s.handle(t, Input::Lost(0));
    drain(&mut s);
    s.handle(t, Input::Message(1, ServerMessage::Refused { code: Refusal::SessionGone, text: String::new() }));
    let ended = drain(&mut s);
    assert!(
        ended.iter().any(|o| matches!(o, Output::Event(BackendEvent::Ended { failure, .. })
        if failure.exit == Exit::TempFail && failure.text.contains("restarted"))),
        "{ended:?}"
    );
}

#[test]
fn that_we_record_is_sent_before_the_call_hears_that_everybody_knows_and_again_after_a_break() {
    let t = Instant::now();
    let mut s = new(t, vec![member("m-a")]);
    drain(&mut s);
    let told = |out: &[Output]| out.iter().position(|o| *o == Output::RecordingTold);
    let sent = |out: &[Output]| {
        out.iter().position(|o| match o {
            Output::Send(ClientMessage::Relay { body, .. }) => {
                let bytes = URL_SAFE_NO_PAD.decode(body).unwrap();
                matches!(MemberMessage::decode(&bytes), Some(MemberMessage::Profile { recording: true, .. }))
            }
            _ => false,
        })
    };
    s.handle(t, Input::Command(BackendCommand::Recording(true)));
    let out = drain(&mut s);
    assert!(sent(&out).unwrap() < told(&out).unwrap(), "{out:?}");
    s.handle(t, Input::Command(BackendCommand::Hand(Some(1))));
    let out = drain(&mut s);
    assert!(sent(&out).is_some() && told(&out).is_none(), "said again with all else, and told once");
    s.handle(at(t, 5), Input::Message(0, ServerMessage::MemberJoined { event: 2, member: member("m-b") }));
    assert!(sent(&drain(&mut s)).is_some(), "a newcomer hears it too");
    s.handle(at(t, 10), Input::Lost(0));
    s.handle(at(t, 20), Input::Command(BackendCommand::Recording(false)));
    s.handle(at(t, 30), Input::Command(BackendCommand::Recording(true)));
    let out = drain(&mut s);
    assert!(sent(&out).is_none() && told(&out).is_none(), "nothing can be told without a connection");
    s.handle(at(t, 200), Input::Opened(1));
    s.handle(at(t, 210), Input::Message(1, ServerMessage::Resumed));
    let out = drain(&mut s);
    assert!(sent(&out).unwrap() < told(&out).unwrap(), "{out:?}");
}

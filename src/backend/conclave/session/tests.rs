use super::*;
use crate::protocol::control::Departure;

fn at(start: Instant, ms: u64) -> Instant {
    start + Duration::from_millis(ms)
}

fn member(id: &str) -> Member {
    Member { id: id.into(), livekit: None, role: None }
}

fn new(now: Instant, members: Vec<Member>) -> Session {
    begun(now, members, ticket())
}

fn begun(now: Instant, members: Vec<Member>, ticket: Ticket) -> Session {
    let welcome =
        Welcome { session: "s".into(), secret: Zeroizing::new("secret".into()), members, event: 1, seat: Default::default() };
    Session::new(now, Entry { ticket, welcome }, "Me".into(), true, None)
}

pub(super) fn ticket() -> Ticket {
    Ticket {
        leaf: ed25519_dalek::SigningKey::from_bytes(&[1; 32]),
        room: "r".into(),
        mode: conclave_e2ee::Mode::Open,
        invite: None,
        credential: None,
        service: None,
        patience: Duration::from_secs(300),
        introduction: None,
    }
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
    let stock = Member { id: "lk-py".into(), livekit: Some("Python".into()), role: None };
    s.handle(t, Input::Message(0, ServerMessage::MemberJoined { event: 3, member: stock }));
    let out = drain(&mut s);
    assert_eq!(joins(&out), vec![("lk-py".into(), Some("Python".into()))]);
    assert_eq!(announced(&out), Vec::<Option<Vec<String>>>::new());
    let muted = MediaEvent::ParticipantState { id: PeerId("py".into()), name: None, muted: Some(false), hand: None };
    s.handle(t, Input::Media(muted));
    assert!(drain(&mut s).iter().any(|o| matches!(o, Output::Event(BackendEvent::PeerState { id, .. }) if id.0 == "lk-py")));
}

#[test]
fn chat_crosses_to_stock_clients_and_back_and_reaches_nobody_twice() {
    let t = Instant::now();
    let stock = Member { id: "lk-py".into(), livekit: Some("Python".into()), role: None };
    let mut s = new(t, vec![member("m-a"), stock]);
    let named =
        |out: &[Output], wanted: &str| out.iter().any(|o| matches!(o, Output::Media(MediaCommand::Name(name)) if name == wanted));
    assert!(named(&drain(&mut s), "Me"), "they see who we are");
    let said = |s: &mut Session, to: Option<&str>| {
        let to = to.map(|id| PeerId(id.into()));
        s.handle(t, Input::Command(BackendCommand::Say { text: "hi".into(), to }));
        let out = drain(s);
        let media: Vec<_> = out
            .iter()
            .filter_map(|o| match o {
                Output::Media(MediaCommand::Say { text, to }) => Some((text.clone(), to.clone().map(|p| p.0))),
                _ => None,
            })
            .collect();
        (media, announced(&out))
    };
    assert_eq!(said(&mut s, None), (vec![("hi".into(), None)], vec![None]));
    assert_eq!(said(&mut s, Some("m-a")), (vec![], vec![Some(vec!["m-a".to_owned()])]));
    assert_eq!(said(&mut s, Some("lk-py")), (vec![("hi".into(), Some("py".into()))], vec![]));
    let mut hears = |from: &str| {
        let chat = MediaEvent::Chat { from: PeerId(from.into()), private: false, text: "ho".into() };
        s.handle(t, Input::Media(chat));
        drain(&mut s).iter().any(|o| matches!(o, Output::Event(BackendEvent::Chat { from, .. }) if from.0 == "lk-py"))
    };
    assert!(hears("py"));
    assert!(!hears("m-a") && !hears("somebody"), "a member's words come by relay");
    s.handle(t, Input::Command(BackendCommand::Name("Another".into())));
    assert!(named(&drain(&mut s), "Another"));
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
fn a_connection_that_stays_away_is_tried_all_the_time_and_ends_the_call_at_the_limit() {
    let (t, limit) = (Instant::now(), Duration::from_secs(600));
    let mut s = begun(t, vec![], Ticket { patience: limit, ..ticket() });
    drain(&mut s);
    let (mut now, mut generation, mut pauses) = (t, 0, Vec::new());
    s.handle(now, Input::Lost(0));
    for _ in 0..500 {
        for o in drain(&mut s) {
            match o {
                Output::Redial { generation: g, after } => {
                    pauses.push(after);
                    (generation, now) = (g, now + after);
                }
                Output::Event(BackendEvent::Ended { reason, failure }) => {
                    assert_eq!((reason, failure.exit), (LeaveReason::NetworkLost, Exit::TempFail));
                    assert_eq!(now.duration_since(t), limit);
                    assert!(s.ended() && pauses[0] < Duration::from_millis(130));
                    let mut at = Duration::ZERO;
                    for pause in &pauses {
                        // Whenever the network returns in the first five minutes, the next attempt is near; later they are fewer.
                        let most = if at < Duration::from_secs(300) { 1750 } else { 18_750 };
                        assert!(*pause <= Duration::from_millis(most), "{pause:?} at {at:?}");
                        at += *pause;
                    }
                    assert!((200..260).contains(&pauses.len()), "{}", pauses.len());
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
fn a_socket_that_opens_and_says_nothing_is_given_up() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    s.handle(t, Input::Lost(0));
    s.handle(t, Input::Opened(1));
    drain(&mut s);
    s.handle(s.deadline(), Input::Tick);
    assert!(matches!(drain(&mut s)[..], [Output::Event(_), Output::Redial { generation: 2, .. }]));
}

#[test]
fn rooms_without_a_group_are_joined_anew_too_and_say_who_came_and_went_meanwhile() {
    let t = Instant::now();
    let mut s = new(t, vec![member("m-a"), member("m-b")]);
    s.handle(t, relay(2, "m-a", &profile("Ana")));
    s.handle(t, relay(3, "m-b", &profile("Ben")));
    s.handle(t, Input::Command(BackendCommand::Hand(Some(7))));
    let transport = MediaEvent::Transport { rung: "udp".into(), ok: true, error: None };
    s.handle(t, Input::Media(transport));
    s.handle(t, Input::Lost(0));
    s.handle(t, Input::Message(1, ServerMessage::Refused { code: Refusal::SessionGone, text: String::new() }));
    drain(&mut s);
    s.handle(t, Input::Message(2, ServerMessage::Challenge { nonce: "AA".into() }));
    let hello = drain(&mut s);
    let [Output::Send(ClientMessage::Hello { leaf_key, room, .. })] = &hello[..] else { panic!("{hello:?}") };
    assert_eq!((leaf_key.clone(), room.as_str()), (URL_SAFE_NO_PAD.encode(ticket().leaf.verifying_key().as_bytes()), "r"));
    let welcome = |members, mode| ServerMessage::Welcome {
        event: 1,
        me: ticket().member(),
        room: "r".into(),
        session: "s2".into(),
        secret: "secret2".into(),
        members,
        media: crate::protocol::control::Media { url: None, token: "token".into() },
        policy: crate::protocol::control::RoomPolicy {
            mode,
            service: None,
            accounts: None,
            admission: None,
            floor: None,
            rules: Default::default(),
        },
        role: None,
        may: vec![],
    };
    s.handle(t, Input::Message(2, welcome(vec![member("m-a"), member("m-c")], conclave_e2ee::Mode::Open)));
    let out = drain(&mut s);
    assert!(out.contains(&Output::Media(MediaCommand::Rejoin(Zeroizing::new("token".into())))));
    assert!(out.contains(&Output::Event(BackendEvent::PeerLeft { id: PeerId("m-b".into()) })));
    assert_eq!(announced(&out), vec![None], "name, hand and microphone are said again");
    assert!(!out.contains(&Output::Event(BackendEvent::Reconnected)), "not before there is sound again");
    s.handle(t, Input::Media(MediaEvent::Reconnected));
    assert_eq!(drain(&mut s), vec![Output::Event(BackendEvent::Reconnected)]);
    s.handle(t, Input::Message(2, ServerMessage::MemberLeft { event: 2, id: "m-a".into(), reason: Departure::Left }));
    assert_eq!(drain(&mut s), vec![Output::Event(BackendEvent::PeerLeft { id: PeerId("m-a".into()) })]);
    // The next time it is another room.
    let mut other = new(t, vec![]);
    other.handle(t, Input::Message(0, ServerMessage::Ended { event: 2, reason: Departure::Lost, text: String::new() }));
    other.handle(t, Input::Message(1, welcome(vec![], conclave_e2ee::Mode::Balanced)));
    assert!(other.ended());
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
fn what_the_server_says_against_us_for_good_is_the_end_and_the_rest_is_tried_again() {
    let answered = |code| {
        let t = Instant::now();
        let mut s = new(t, vec![]);
        s.handle(t, Input::Lost(0));
        drain(&mut s);
        s.handle(t, Input::Message(1, ServerMessage::Refused { code, text: "\u{1b}[2Jno".into() }));
        drain(&mut s)
    };
    for (code, exit) in [
        (Refusal::Denied, Exit::Denied),
        (Refusal::UnknownRoom, Exit::RoomEnded),
        (Refusal::Protocol, Exit::Protocol),
        (Refusal::Malformed, Exit::Other),
    ] {
        let out = answered(code);
        let ended = |o: &Output| matches!(o, Output::Event(BackendEvent::Ended { failure, .. }) if failure.exit == exit && !failure.text.contains('\u{1b}'));
        assert!(out.iter().any(ended) && !out.iter().any(|o| matches!(o, Output::Redial { .. })), "{code:?}: {out:?}");
    }
    for code in [Refusal::TooFast, Refusal::Full, Refusal::ShuttingDown, Refusal::SessionGone] {
        assert!(
            matches!(answered(code)[..], [Output::Event(BackendEvent::Reconnecting { .. }), Output::Redial { .. }]),
            "{code:?}"
        );
    }
}

#[test]
fn a_busy_server_is_asked_less_and_less() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    let (mut now, mut pauses) = (t, Vec::new());
    s.handle(now, Input::Lost(0));
    while now < t + Duration::from_secs(200) {
        let redial = drain(&mut s).into_iter().find_map(|o| match o {
            Output::Redial { generation, after } => Some((generation, after)),
            _ => None,
        });
        let (generation, after) = redial.unwrap();
        pauses.push(after);
        now += after;
        s.handle(now, Input::Message(generation, ServerMessage::Refused { code: Refusal::TooFast, text: "wait".into() }));
    }
    assert!(pauses[9] > Duration::from_secs(2) && pauses[20] > Duration::from_secs(10), "{pauses:?}");
    // While the session can be resumed, no attempt is far away.
    assert!(pauses[..10].iter().all(|p| *p <= Duration::from_secs(5)));
}

#[test]
fn codes_of_the_server_are_known_ones() {
    let t = Instant::now();
    let mut s = new(t, vec![]);
    drain(&mut s);
    for (code, ours) in [("too_fast", "server_too_fast"), ("\u{1b}]0;x", "server_other")] {
        let text = "x".repeat(10_000);
        s.handle(t, Input::Message(0, ServerMessage::Error { code: code.into(), text }));
        let out = drain(&mut s);
        let [Output::Event(BackendEvent::Warning { code, text })] = &out[..] else { panic!("{out:?}") };
        assert!(code == ours && text.len() <= 300, "{code}");
    }
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

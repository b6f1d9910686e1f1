//! The role table, tried: every verb in every role, by a client that says what it likes. What must come of it is written down
//! here once more, by hand and not from the table.

use super::*;
use crate::protocol::member::MemberMessage;
use crate::protocol::room::{Act, RoomRole as R, Rules, Scope, Verb};
use crate::server::control::roles;
use crate::server::control::room::Kept;

const ROLES: [R; 6] = [R::Owner, R::Moderator, R::Speaker, R::Listener, R::Guest, R::Bot];

/// Where the rules leave everything to the roles. Columns as [`ROLES`].
const EVERYONE: [(&str, &str); 16] = [
    ("speak", "yyynyy"),
    ("chat", "yyyyyy"),
    ("share", "yyynyn"),
    ("record", "yyyyyy"),
    ("raise_hand", "yyyyyn"),
    ("admit", "yynnnn"),
    ("deny", "yynnnn"),
    ("mute", "yynnnn"),
    ("ask_unmute", "yynnnn"),
    ("mute_all", "yynnnn"),
    ("kick", "yynnnn"),
    ("ban", "yynnnn"),
    ("promote", "yynnnn"),
    ("lock", "yynnnn"),
    ("hand_queue", "yynnnn"),
    ("end_for_all", "ynnnnn"),
];
/// What a room can keep to fewer: to speakers and up, and to moderators.
const KEPT: [(&str, &str, &str); 4] =
    [("speak", "yyynnn", "yynnnn"), ("chat", "yyynnn", "yynnnn"), ("share", "yyynnn", "yynnnn"), ("record", "yyynnn", "yynnnn")];
/// Who may act on whom: rows are who acts, columns on whom.
const MUTE: [(R, &str); 2] = [(R::Owner, "yyyyyy"), (R::Moderator, "nyyyyy")];
const REMOVE: [(R, &str); 2] = [(R::Owner, "yyyyyy"), (R::Moderator, "nnyyyy")];
/// Which roles a moderator or owner gives to a speaker.
const GIVE: [(R, &str); 2] = [(R::Owner, "yyyyyy"), (R::Moderator, "nyyyyy")];

fn id(role: R) -> String {
    format!("m-{role}")
}

fn target(role: R) -> String {
    format!("m-to-{role}")
}

fn connection(of: &str) -> u64 {
    let all: Vec<String> = ROLES.iter().map(|r| id(*r)).chain(ROLES.iter().map(|r| target(*r))).collect();
    1 + all.iter().position(|m| m == of).unwrap() as u64
}

/// Two of each role in a room, with a hand up each, and somebody at the door where that is possible.
fn room(rules: &Rules) -> World {
    let mut w = World::new(Limits::default());
    let all: Vec<(String, R)> = ROLES.iter().flat_map(|r| [(id(*r), *r), (target(*r), *r)]).collect();
    let kept = Kept { rules: rules.clone(), seats: all.clone(), ..Kept::default() };
    let known = Some(Known { kept, ..Known::new(RoomMode::Open, true) });
    for (member, _) in &all {
        let c = ConnectionId(connection(member));
        w.step(Input::Hello(Box::new(Hello::new(c, member, "r", known.clone()))));
    }
    for role in ROLES {
        w.says(connection(&target(role)), ClientMessage::Moderate { act: Act::RaiseHand { up: true } });
    }
    w.step(Input::Hello(Box::new(Hello { waits: true, ..Hello::new(ConnectionId(99), "m-door", "r", known) })));
    w.inbox.clear();
    w.closed.clear();
    w.media.clear();
    w.notes.clear();
    w
}

/// What a verb is, on the wire.
fn message(verb: Verb) -> ClientMessage {
    let member = target(R::Bot);
    let act = match verb {
        Verb::Speak => return ClientMessage::Floor { open: true },
        Verb::Chat => {
            let body = MemberMessage::Chat { text: "hello".into() }.encode();
            return ClientMessage::Relay { to: None, body: URL_SAFE_NO_PAD.encode(body) };
        }
        Verb::Share => Act::Share { on: true },
        Verb::Record => Act::Record { on: true },
        Verb::RaiseHand => Act::RaiseHand { up: true },
        Verb::Admit => Act::Admit { member: "m-door".into() },
        Verb::Deny => Act::Deny { member: "m-door".into() },
        Verb::Mute => Act::Mute { member },
        Verb::AskUnmute => Act::AskUnmute { member },
        Verb::MuteAll => Act::MuteAll,
        Verb::Kick => Act::Kick { member },
        Verb::Ban => Act::Ban { member },
        Verb::Promote => Act::Promote { member, role: R::Guest },
        Verb::Lock => Act::Lock { on: true },
        Verb::HandQueue => Act::HandQueue { member: None },
        Verb::EndForAll => Act::EndForAll,
        Verb::Unknown => unreachable!(),
    };
    ClientMessage::Moderate { act }
}

/// Whether it was done: then somebody noticed, and nobody was told that they may not. What was not done, nobody noticed but who
/// tried.
fn done(w: &mut World, by: &str, message: ClientMessage) -> bool {
    let c = connection(by);
    if let ClientMessage::Floor { .. } = message {
        w.says(c, message);
        let granted = matches!(w.take(c).pop(), Some(Some(ServerMessage::Floor { granted: true, .. })));
        assert_eq!(w.core.permit("r", by, None).speak, granted, "{by}: what its media may do is the same");
        return granted;
    }
    w.says(c, message.clone());
    let own = w.take(c);
    let refused = matches!(&own[..], [Some(ServerMessage::Error { code, text })] if code == "not_allowed" && text.len() > 20);
    let others = w.inbox.values().any(|inbox| !inbox.is_empty());
    let noticed = others || !w.closed.is_empty() || !w.media.is_empty() || !w.notes.is_empty();
    assert_ne!(refused, noticed, "{by} says {message:?}: {own:?}");
    !refused
}

fn may(expected: &str, column: usize) -> bool {
    expected.as_bytes()[column] == b'y'
}

#[test]
fn every_verb_in_every_role_does_what_the_table_says_and_nothing_else() {
    let locked_door = Rules { waiting_room: true, ..Rules::default() };
    assert_eq!(EVERYONE.map(|(verb, _)| verb), Verb::ALL.map(Verb::word), "every verb is expected to be something");
    for (n, verb) in Verb::ALL.into_iter().enumerate() {
        for (column, role) in ROLES.into_iter().enumerate() {
            let expected = may(EVERYONE[n].1, column);
            assert_eq!(roles::may(role, &locked_door, verb).is_ok(), expected, "the table: {role} {}", verb.word());
            let mut w = room(&locked_door);
            assert_eq!(done(&mut w, &id(role), message(verb)), expected, "{role} {}", verb.word());
        }
    }
}

#[test]
fn what_a_room_keeps_to_fewer_the_others_do_not_do() {
    for (word, speakers, moderators) in KEPT {
        let verb = Verb::ALL.into_iter().find(|v| v.word() == word).unwrap();
        for (scope, expected) in [(Scope::Speakers, speakers), (Scope::Moderators, moderators)] {
            let mut rules = Rules::default();
            match verb {
                Verb::Speak => rules.speak = scope,
                Verb::Chat => rules.chat = scope,
                Verb::Share => rules.share = scope,
                _ => rules.record = scope,
            }
            for (column, role) in ROLES.into_iter().enumerate() {
                let mut w = room(&rules);
                let who = id(role);
                assert_eq!(done(&mut w, &who, message(verb)), may(expected, column), "{role} {word} {}", scope.word());
                let permit = w.core.permit("r", &who, None);
                match verb {
                    Verb::Share => assert_eq!(permit.share, may(expected, column)),
                    Verb::Chat => assert_eq!(permit.chat, may(expected, column)),
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn nobody_acts_on_who_is_above_them() {
    let on = |verb, member: String| match verb {
        Verb::Mute => Act::Mute { member },
        Verb::AskUnmute => Act::AskUnmute { member },
        Verb::HandQueue => Act::HandQueue { member: Some(member) },
        Verb::Kick => Act::Kick { member },
        Verb::Ban => Act::Ban { member },
        _ => Act::Promote { member, role: R::Listener },
    };
    for (verbs, table) in
        [([Verb::Mute, Verb::AskUnmute, Verb::HandQueue], MUTE), ([Verb::Kick, Verb::Ban, Verb::Promote], REMOVE)]
    {
        for verb in verbs {
            for by in ROLES {
                for (column, to) in ROLES.into_iter().enumerate() {
                    let expected = table.iter().any(|(r, row)| *r == by && may(row, column));
                    let mut w = room(&Rules::default());
                    let message = ClientMessage::Moderate { act: on(verb, target(to)) };
                    assert_eq!(done(&mut w, &id(by), message), expected, "{by} {} {to}", verb.word());
                    let gone = w.core.rooms["r"].members.contains_key(&target(to));
                    assert_eq!(!gone, expected && matches!(verb, Verb::Kick | Verb::Ban), "{by} {} {to}", verb.word());
                }
            }
        }
    }
}

#[test]
fn nobody_gives_a_role_above_their_own_or_changes_themselves() {
    for by in ROLES {
        for (column, role) in ROLES.into_iter().enumerate() {
            let expected = GIVE.iter().any(|(r, row)| *r == by && may(row, column));
            let mut w = room(&Rules::default());
            let member = target(R::Speaker);
            let act = Act::Promote { member: member.clone(), role };
            assert_eq!(done(&mut w, &id(by), ClientMessage::Moderate { act }), expected, "{by} makes a speaker {role}");
            let now = if expected { role } else { R::Speaker };
            assert_eq!(w.core.rooms["r"].role(&member), now);
        }
        let mut w = room(&Rules::default());
        for act in [
            Act::Promote { member: id(by), role: R::Owner },
            Act::Kick { member: id(by) },
            Act::Ban { member: id(by) },
            Act::Promote { member: target(R::Guest), role: R::Unknown },
        ] {
            assert!(!done(&mut w, &id(by), ClientMessage::Moderate { act }), "{by}");
        }
    }
}

#[test]
fn words_in_disguise_are_words_and_a_muted_chat_leaves_names_and_hands() {
    let rules = Rules { chat: Scope::Moderators, ..Rules::default() };
    let mut w = room(&rules);
    let (guest, owner) = (connection(&id(R::Guest)), connection(&id(R::Owner)));
    let chat = MemberMessage::Chat { text: "x".into() }.encode();
    for body in [&b"{"[..], b"hello", br#"{"m":"new","text":"hello"}"#, br#"{"m":"reaction","text":"hello"}"#, &chat] {
        w.relay(guest, None, &URL_SAFE_NO_PAD.encode(body));
        assert_eq!(error_code(w.take(guest)), "not_allowed");
    }
    assert_eq!(w.take(owner), []);
    let profile = MemberMessage::Profile { name: "G".into(), muted: true, hand: None, recording: false }.encode();
    w.relay(guest, None, &URL_SAFE_NO_PAD.encode(profile));
    assert_eq!(w.take(owner).len(), 1);
}

#[test]
fn in_an_encrypted_room_the_same_table_takes_away_and_words_are_not_looked_at() {
    let rules = Rules { speak: Scope::Moderators, chat: Scope::Moderators, ..Rules::default() };
    let seats = ROLES.iter().map(|r| (id(*r), *r)).collect();
    let kept = Kept { rules, seats, ..Kept::default() };
    let known = Some(Known { kept, ..Known::new(RoomMode::Strict, true) });
    let mut w = World::new(Limits::default());
    for role in ROLES {
        let c = ConnectionId(connection(&id(role)));
        w.step(Input::Hello(Box::new(Hello::new(c, &id(role), "r", known.clone()))));
    }
    w.inbox.clear();
    for (column, role) in ROLES.into_iter().enumerate() {
        assert_eq!(done(&mut w, &id(role), ClientMessage::Floor { open: true }), may("yynnnn", column), "{role}");
    }
    w.relay(connection(&id(R::Guest)), None, "c2VhbGVk");
    assert!(matches!(w.take(connection(&id(R::Owner)))[..], [Some(ServerMessage::Relay { .. })]));
    let act = Act::Kick { member: id(R::Owner) };
    w.says(connection(&id(R::Guest)), ClientMessage::Moderate { act });
    assert_eq!(error_code(w.take(connection(&id(R::Guest)))), "not_allowed");
    let act = Act::Kick { member: id(R::Guest) };
    w.says(connection(&id(R::Owner)), ClientMessage::Moderate { act });
    assert!(!w.core.rooms["r"].members.contains_key(&id(R::Guest)));
}

//! What moderators do, as everybody sees it.

use super::*;
use crate::protocol::room::{Act, RoomRole, Rules, Scope, Verb};
use crate::server::control::room::Kept;

/// A host (websocket 1, `m-1`), and guests 2 and 3.
fn meeting(rules: Rules) -> World {
    let seats = vec![("m-1".to_owned(), RoomRole::Owner)];
    let kept = Kept { rules, seats, ..Kept::default() };
    let known = Some(Known { kept, ..Known::new(RoomMode::Open, true) });
    let mut w = World::new(Limits::default());
    for c in 1..=3 {
        w.step(Input::Hello(Box::new(Hello::new(ConnectionId(c), &format!("m-{c}"), "r", known.clone()))));
    }
    w.inbox.clear();
    w.notes.clear();
    w
}

fn does(w: &mut World, c: u64, act: Act) {
    w.says(c, ClientMessage::Moderate { act });
}

#[test]
fn microphones_are_closed_and_everybody_is_told_by_whom() {
    let mut w = meeting(Rules::default());
    w.step(Input::MediaJoined { room: "r".into(), identity: "py".into(), name: "Py".into(), known: None });
    w.inbox.clear();
    does(&mut w, 1, Act::Mute { member: "m-2".into() });
    does(&mut w, 1, Act::MuteAll);
    assert_eq!(w.closed, ["m-2", "py", "m-2", "m-3"]);
    for c in 1..=3 {
        let told = w.take(c);
        assert!(
            matches!(&told[..], [
            Some(ServerMessage::Moderated { by, act: Act::Mute { member }, .. }),
            Some(ServerMessage::Moderated { act: Act::MuteAll, .. }),
        ] if by == "m-1" && member == "m-2"),
            "{told:?}"
        );
    }
    // Nobody opens a microphone for somebody else: they are asked.
    does(&mut w, 1, Act::AskUnmute { member: "m-2".into() });
    assert!(matches!(&w.take(2)[..], [Some(ServerMessage::Moderated { act: Act::AskUnmute { .. }, .. })]));
    assert_eq!((w.take(1), w.take(3)), (vec![], vec![]));
    does(&mut w, 1, Act::AskUnmute { member: "lk-py".into() });
    assert_eq!(error_code(w.take(1)), "unknown_member");
    let verbs: Vec<_> = w
        .notes
        .iter()
        .filter_map(|n| match n {
            Note::Moderated { verb, .. } => Some(*verb),
            _ => None,
        })
        .collect();
    assert_eq!(verbs, ["mute", "mute_all", "ask_unmute"]);
}

#[test]
fn hands_queue_in_the_order_of_the_server_and_go_down_with_their_people() {
    let mut w = meeting(Rules::default());
    let queue = |w: &mut World, c| match w.take(c).pop() {
        Some(Some(ServerMessage::Hands { hands, .. })) => hands,
        other => panic!("no hands but {other:?}"),
    };
    for c in [3, 2, 3] {
        does(&mut w, c, Act::RaiseHand { up: true });
    }
    assert_eq!(queue(&mut w, 1), ["m-3", "m-2"]);
    w.step(Input::Hello(Box::new(Hello::new(ConnectionId(4), "m-4", "r", None))));
    assert_eq!(queue(&mut w, 4), ["m-3", "m-2"], "who comes later sees them too");
    does(&mut w, 1, Act::HandQueue { member: Some("m-3".into()) });
    assert_eq!(queue(&mut w, 1), ["m-2"]);
    w.says(2, ClientMessage::Leave);
    assert!(w.take(1).iter().any(|m| matches!(m, Some(ServerMessage::Hands { hands, .. }) if hands.is_empty())));
    does(&mut w, 3, Act::RaiseHand { up: true });
    does(&mut w, 1, Act::HandQueue { member: None });
    assert_eq!(queue(&mut w, 3), Vec::<String>::new());
}

#[test]
fn a_role_that_changes_changes_what_media_may_do_and_what_the_person_is_told() {
    let mut w = meeting(Rules { speak: Scope::Speakers, ..Rules::default() });
    assert!(!w.core.permit("r", "m-2", None).speak);
    does(&mut w, 1, Act::Promote { member: "m-2".into(), role: RoomRole::Speaker });
    assert_eq!(w.permits["m-2"], Permit::default());
    let told = w.take(2);
    assert!(
        matches!(&told[..], [
        Some(ServerMessage::Rights { may, .. }),
        Some(ServerMessage::Role { id, role: RoomRole::Speaker, by: Some(by), .. }),
    ] if id == "m-2" && by == "m-1" && may.contains(&Verb::Speak) && !may.contains(&Verb::Kick)),
        "{told:?}"
    );
    assert!(matches!(&w.take(3)[..], [Some(ServerMessage::Role { .. })]));
    does(&mut w, 1, Act::Promote { member: "m-2".into(), role: RoomRole::Listener });
    assert!(!w.permits["m-2"].speak && w.permits["m-2"].chat);
}

#[test]
fn rules_from_the_store_are_taken_up_in_the_meeting_and_a_moderators_lock_stays() {
    let mut w = meeting(Rules::default());
    does(&mut w, 1, Act::Lock { on: true });
    w.inbox.clear();
    let change = |w: &mut World, rules: Rules| {
        w.step(Input::Rules { room: "r".into(), kept: Box::new(Kept { rules, ..Kept::default() }) });
    };
    change(&mut w, Rules::default());
    assert_eq!(w.take(2), [], "what the store says anew is no news");
    let marked = Rules { marking: Some("RESTRICTED".into()), share: Scope::Moderators, ..Rules::default() };
    change(&mut w, marked.clone());
    let told = w.take(2);
    assert!(
        matches!(&told[..], [Some(ServerMessage::Policy { policy, by: None, .. }), Some(ServerMessage::Rights { .. })]
        if policy.rules == Rules { locked: true, ..marked.clone() }),
        "{told:?}"
    );
    assert!(!w.permits["m-2"].share && w.permits["m-1"].share);
    change(&mut w, Rules { locked: true, ..marked.clone() });
    change(&mut w, marked);
    assert!(!w.core.rooms["r"].rules.locked);
}

#[test]
fn a_waiting_room_that_is_given_up_lets_everybody_in() {
    let mut w = meeting(Rules { waiting_room: true, ..Rules::default() });
    w.step(Input::Hello(Box::new(Hello { waits: true, ..Hello::new(ConnectionId(9), "m-9", "r", None) })));
    assert!(matches!(w.take(9)[..], [Some(ServerMessage::Waiting { .. })]));
    let kept = Box::new(Kept::default());
    w.step(Input::Rules { room: "r".into(), kept });
    assert!(matches!(w.take(9)[0], Some(ServerMessage::Welcome { .. })));
}

#[test]
fn the_end_for_all_is_one_for_everybody_and_not_of_the_room() {
    let mut w = meeting(Rules::default());
    does(&mut w, 1, Act::EndForAll);
    for c in 1..=3 {
        assert!(matches!(w.take(c).last_chunk(), Some([Some(ServerMessage::Ended { reason: Departure::RoomEnded, .. }), None])));
    }
    assert!(w.core.rooms.is_empty() && w.core.sessions.is_empty());
    let host = w.notes.iter().any(|n| matches!(n, Note::Moderated { verb: "host", .. }));
    assert!(!host, "nobody becomes host of what ends");
    w.step(Input::Hello(Box::new(Hello::new(ConnectionId(4), "m-4", "r", open()))));
    assert!(matches!(w.take(4)[0], Some(ServerMessage::Welcome { .. })));
}

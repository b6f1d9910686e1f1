//! The door: who waits, who is let in, who is not, and who is host when the host is gone.

use super::*;
use crate::protocol::room::{Act, RoomRole, Rules, Verb};
use crate::server::control::room::{Barred, Kept};

fn kept(rules: Rules) -> Option<Known> {
    Some(Known { kept: Kept { rules, ..Kept::default() }, ..Known::new(RoomMode::Open, true) })
}

fn login(role: Role, id: &str) -> Option<Login> {
    Some(Login { account: Account { id: id.into(), name: format!("name-of-{id}"), role }, device: format!("d-{id}") })
}

impl World {
    /// Somebody whose client can wait comes.
    fn comes(&mut self, c: u64, member: &str, login: Option<Login>, known: &Option<Known>) -> Option<ServerMessage> {
        let introduction = Some("aGk".to_owned());
        let hello = Hello { login, waits: true, introduction, ..Hello::new(ConnectionId(c), member, "r", known.clone()) };
        self.step(Input::Hello(Box::new(hello)));
        self.take(c).into_iter().next().flatten()
    }

    fn owner_comes(&mut self, c: u64, member: &str, known: &Option<Known>) {
        let welcome = self.comes(c, member, login(Role::Owner, "a-owner"), known);
        assert!(
            matches!(&welcome, Some(ServerMessage::Welcome { role: Some(RoomRole::Owner), may, .. })
            if may.contains(&Verb::EndForAll)),
            "{welcome:?}"
        );
    }

    fn does(&mut self, c: u64, act: Act) {
        self.says(c, ClientMessage::Moderate { act });
    }
}

fn waits(m: &Option<ServerMessage>) -> bool {
    matches!(m, Some(ServerMessage::Waiting { .. }))
}

fn is_in(m: &Option<ServerMessage>) -> bool {
    matches!(m, Some(ServerMessage::Welcome { .. }))
}

fn code(m: &Option<ServerMessage>) -> Option<Refusal> {
    match m {
        Some(ServerMessage::Refused { code, .. }) => Some(*code),
        _ => None,
    }
}

#[test]
fn who_knocks_waits_until_a_moderator_decides() {
    let known = kept(Rules { waiting_room: true, ..Rules::default() });
    let mut w = World::new(Limits::default());
    // Before anybody is there who could decide.
    assert!(waits(&w.comes(2, "m-early", None, &known)));
    w.owner_comes(1, "m-host", &known);
    w.step(Input::Tick);
    let knock = |m: &Option<ServerMessage>, who: &str, named: Option<&str>| {
        matches!(m, Some(ServerMessage::Knock { member, introduction: Some(i), account, .. })
            if member == who && i == "aGk" && account.as_deref() == named)
    };
    w.owner_comes(10, "m-other-host", &known);
    assert!(matches!(w.take(1).last(), Some(Some(ServerMessage::MemberJoined { .. }))));
    assert!(waits(&w.comes(3, "m-late", login(Role::Member, "a-1"), &known)));
    for c in [1, 10] {
        assert!(knock(w.take(c).last().unwrap(), "m-late", Some("name-of-a-1")));
    }
    // Nothing that is said in the room reaches the door, and nothing that is said at the door the room.
    w.relay(3, None, "aGk");
    assert_eq!(error_code(w.take(3)), "not_allowed");
    w.says(3, ClientMessage::Ping);
    assert_eq!(w.take(3), [Some(ServerMessage::Pong)]);
    assert!(w.admit("m-late", None).is_err(), "no media at the door");
    w.does(1, Act::Admit { member: "m-late".into() });
    assert!(is_in(w.take(3).first().unwrap()));
    let told = w.take(1);
    assert!(
        matches!(&told[..], [Some(ServerMessage::KnockGone { member, .. }), Some(ServerMessage::MemberJoined { member: m, .. })]
        if member == "m-late" && m.id == "m-late" && m.role == Some(RoomRole::Speaker)),
        "{told:?}"
    );
    w.does(1, Act::Deny { member: "m-early".into() });
    assert_eq!(refused(w.take(2)), Refusal::Denied);
    assert_eq!(code(&w.comes(2, "m-early", None, &known)), Some(Refusal::Denied), "the same client does not knock again");
    w.take(1);
    w.does(1, Act::Admit { member: "m-early".into() });
    assert_eq!(error_code(w.take(1)), "unknown_member");
    // Who was let in comes back without waiting, also when the server was killed in between.
    w.step(Input::Closed { connection: ConnectionId(3) });
    assert!(is_in(&w.comes(4, "m-late", None, &known)));
    assert!(
        w.roles.iter().any(|o| matches!(o, Output::KeepSeat { member, role: Some(RoomRole::Speaker), .. } if member == "m-late"))
    );
}

#[test]
fn a_client_that_cannot_wait_is_told_to_be_updated() {
    let known = kept(Rules { waiting_room: true, ..Rules::default() });
    let mut w = World::new(Limits::default());
    w.step(Input::Hello(Box::new(Hello::new(ConnectionId(1), "m-old", "r", known.clone()))));
    assert!(
        matches!(w.take(1).first(), Some(Some(ServerMessage::Refused { code: Refusal::Denied, text })) if text.contains("update"))
    );
    assert!(w.core.rooms.is_empty() && w.core.lobby.is_empty());
    assert!(w.admit("py", known).unwrap_err().contains("waiting room"));
}

#[test]
fn who_waits_goes_away_by_leaving_silence_patience_and_with_their_login() {
    let known = kept(Rules { waiting_room: true, ..Rules::default() });
    let mut w = World::new(Limits::default());
    w.owner_comes(1, "m-host", &known);
    for c in 2..=5 {
        assert!(waits(&w.comes(c, &format!("m-{c}"), login(Role::Member, &format!("a-{c}")), &known)));
    }
    w.take(1);
    let gone = |m: &Option<ServerMessage>| matches!(m, Some(ServerMessage::KnockGone { .. }));
    w.says(2, ClientMessage::Leave);
    assert_eq!(w.take(2), [None]);
    assert!(gone(&w.take(1)[0]));
    assert!(w.core.devices().contains("d-a-3"));
    w.step(Input::EndDevice { device: "d-a-3".into() });
    assert_eq!(refused(w.take(3)), Refusal::Denied);
    assert!(gone(&w.take(1)[0]));
    w.pass(SILENCE_SECONDS as u32, &[1, 5]);
    assert_eq!(w.take(4), [None]);
    assert!(gone(&w.take(1)[0]));
    w.pass(30 * 60, &[1, 5]);
    assert_eq!(refused(w.take(5)), Refusal::Denied);
    assert!(w.core.lobby.is_empty() && w.core.rooms["r"].waiting.is_empty());
}

#[test]
fn a_crowd_at_the_door_is_bounded_and_a_second_knock_replaces_the_first() {
    let known = kept(Rules { waiting_room: true, ..Rules::default() });
    let mut w = World::new(Limits::default());
    for c in 0..64 {
        assert!(waits(&w.comes(c, &format!("m-{c}"), None, &known)));
    }
    assert_eq!(code(&w.comes(100, "m-more", None, &known)), Some(Refusal::Full));
    assert!(waits(&w.comes(101, "m-1", None, &known)));
    assert_eq!(w.take(1), [None]);
    assert_eq!(w.core.lobby.len(), 64);
    w.step(Input::EndRoom { room: "r".into() });
    assert_eq!(refused(w.take(2)), Refusal::UnknownRoom);
    assert!(w.core.lobby.is_empty() && w.core.rooms.is_empty());
}

#[test]
fn nobody_new_comes_into_a_locked_room_or_a_full_one() {
    let known = kept(Rules { capacity: Some(2), ..Rules::default() });
    let mut w = World::new(Limits::default());
    w.owner_comes(1, "m-host", &known);
    assert!(is_in(&w.comes(2, "m-a", None, &known)));
    assert_eq!(code(&w.comes(3, "m-b", None, &known)), Some(Refusal::Full));
    w.owner_comes(4, "m-host2", &known);
    assert!(w.admit("py", None).unwrap_err().contains("full"));
    let mut w = World::new(Limits::default());
    let known = kept(Rules::default());
    w.owner_comes(1, "m-host", &known);
    assert!(is_in(&w.comes(2, "m-a", None, &known)));
    w.take(1);
    w.does(1, Act::Lock { on: true });
    for c in [1, 2] {
        assert!(matches!(w.take(c).last(), Some(Some(ServerMessage::Policy { policy, by: Some(by), .. }))
            if policy.rules.locked && by == "m-host"));
    }
    assert_eq!(code(&w.comes(3, "m-b", None, &known)), Some(Refusal::Denied));
    assert!(w.admit("py", None).unwrap_err().contains("locked"));
    // Who is in comes back, and who decides comes in.
    w.step(Input::Closed { connection: ConnectionId(2) });
    assert!(is_in(&w.comes(4, "m-a", None, &known)));
    w.owner_comes(5, "m-host2", &known);
    w.does(1, Act::Lock { on: false });
    assert!(is_in(&w.comes(3, "m-b", None, &known)));
}

#[test]
fn where_a_host_is_required_nobody_is_in_before_the_host() {
    let known = kept(Rules { host_required: true, ..Rules::default() });
    let mut w = World::new(Limits::default());
    assert!(waits(&w.comes(2, "m-a", None, &known)));
    assert!(w.admit("py", known.clone()).unwrap_err().contains("host"));
    w.owner_comes(1, "m-host", &known);
    assert!(is_in(w.take(2).first().unwrap()), "the door opens with the host");
    // Nobody who is no moderator becomes host here, and the next ones wait again.
    w.says(1, ClientMessage::Leave);
    w.pass(60, &[2]);
    assert_eq!(w.core.rooms["r"].role("m-a"), RoomRole::Guest);
    assert!(waits(&w.comes(3, "m-b", None, &known)));
}

#[test]
fn who_is_banned_stays_out_by_key_by_account_and_by_identity_and_is_kept_in_the_store() {
    let known = kept(Rules::default());
    let mut w = World::new(Limits::default());
    w.owner_comes(1, "m-host", &known);
    assert!(is_in(&w.comes(2, "m-bad", login(Role::Member, "a-bad"), &known)));
    w.step(Input::MediaJoined { room: "r".into(), identity: "py".into(), name: "Py".into(), known: None });
    w.does(1, Act::Ban { member: "m-bad".into() });
    w.does(1, Act::Ban { member: "lk-py".into() });
    assert!(matches!(&w.take(2)[..], [.., Some(ServerMessage::Ended { reason: Departure::Removed, .. }), None]));
    assert_eq!(w.media.last(), Some(&("py".to_owned(), DisconnectReason::ParticipantRemoved)));
    assert_eq!(code(&w.comes(3, "m-bad", None, &known)), Some(Refusal::Denied));
    assert_eq!(code(&w.comes(3, "m-new-key", login(Role::Member, "a-bad"), &known)), Some(Refusal::Denied));
    assert!(w.admit("py", None).unwrap_err().contains("banned"));
    let bans: Vec<&Barred> = w
        .roles
        .iter()
        .filter_map(|o| match o {
            Output::KeepBan { banned, .. } => Some(banned),
            _ => None,
        })
        .collect();
    assert!(bans[0].members.contains("m-bad") && bans[0].accounts.contains("a-bad") && bans[1].members.contains("lk-py"));
    // The next meeting knows it from the store.
    let barred = bans[0].clone();
    let mut w = World::new(Limits::default());
    let known = Some(Known { kept: Kept { barred, ..Kept::default() }, ..Known::new(RoomMode::Open, true) });
    assert_eq!(code(&w.comes(3, "m-new-key", login(Role::Member, "a-bad"), &known)), Some(Refusal::Denied));
    assert!(w.core.rooms.is_empty());
    // Who is only removed can come with another client.
    w.owner_comes(1, "m-host", &known);
    assert!(is_in(&w.comes(2, "m-loud", login(Role::Member, "a-loud"), &known)));
    w.does(1, Act::Kick { member: "m-loud".into() });
    assert_eq!(code(&w.comes(3, "m-loud", None, &known)), Some(Refusal::Denied));
    assert!(is_in(&w.comes(3, "m-loud-again", login(Role::Member, "a-loud"), &known)));
}

#[test]
fn the_first_in_a_room_that_nobody_made_is_its_host_and_the_host_is_handed_over_and_back() {
    let dev = Some(Known::new(RoomMode::Open, false));
    let mut w = World::new(Limits::default());
    let role = |w: &World, m: &str| w.core.rooms["r"].role(m);
    assert!(is_in(&w.comes(1, "m-a", None, &dev)) && is_in(&w.comes(2, "m-b", None, &dev)));
    assert!(
        is_in(&w.comes(3, "m-c", login(Role::Member, "a-c"), &dev))
            && is_in(&w.comes(4, "m-d", login(Role::Member, "a-d"), &dev))
    );
    assert_eq!(
        ["m-a", "m-b", "m-c", "m-d"].map(|m| role(&w, m)),
        [RoomRole::Owner, RoomRole::Guest, RoomRole::Speaker, RoomRole::Speaker]
    );
    // Lost is not gone; gone is. Of the highest role, the one who has been here longest is host, and everybody is told.
    w.step(Input::Closed { connection: ConnectionId(1) });
    w.pass(RESUME_SECONDS as u32 - 1, &[2, 3, 4]);
    assert_eq!(role(&w, "m-c"), RoomRole::Speaker);
    (2..=4).for_each(|c| drop(w.take(c)));
    w.pass(2, &[2, 3, 4]);
    for c in 2..=4 {
        assert!(
            w.take(c)
                .iter()
                .any(|m| matches!(m, Some(ServerMessage::Role { id, role: RoomRole::Owner, by: None, .. }) if id == "m-c"))
        );
    }
    assert!(w.notes.contains(&Note::Moderated { room: "r".into(), verb: "host", by: None, member: Some("m-c".into()) }));
    // The host is back, by the same key.
    assert!(is_in(&w.comes(5, "m-a", None, &dev)));
    assert_eq!((role(&w, "m-a"), role(&w, "m-c")), (RoomRole::Owner, RoomRole::Speaker));
    assert!(w.take(3).iter().any(|m| matches!(m, Some(ServerMessage::Rights { may, .. }) if !may.contains(&Verb::Kick))));
}

#[test]
fn after_the_servers_end_people_are_who_they_were_and_no_stranger_is_host() {
    let seats = vec![("m-a".to_owned(), RoomRole::Owner), ("m-b".to_owned(), RoomRole::Listener)];
    let kept = Kept { seats, ..Kept::default() };
    let dev = Some(Known { kept, ..Known::new(RoomMode::Open, false) });
    let mut w = World::new(Limits::default());
    assert!(is_in(&w.comes(9, "m-stranger", None, &dev)) && is_in(&w.comes(2, "m-b", None, &dev)));
    w.pass(RESUME_SECONDS as u32 - 2, &[2, 9]);
    let role = |w: &World, m: &str| w.core.rooms["r"].role(m);
    assert_eq!((role(&w, "m-stranger"), role(&w, "m-b")), (RoomRole::Guest, RoomRole::Listener));
    assert!(is_in(&w.comes(1, "m-a", None, &dev)));
    assert_eq!(role(&w, "m-a"), RoomRole::Owner);
    // The meeting is over: nothing of it is kept.
    for c in [1, 2, 9] {
        w.says(c, ClientMessage::Leave);
    }
    assert!(matches!(w.roles.last(), Some(Output::ForgetSeats(_))) && w.core.rooms.is_empty());
}

#[test]
fn a_second_session_of_the_host_makes_nobody_else_host_and_keeps_the_room() {
    let dev = Some(Known::new(RoomMode::Open, false));
    let mut w = World::new(Limits::default());
    assert!(is_in(&w.comes(1, "m-a", None, &dev)));
    w.does(1, Act::Lock { on: true });
    assert!(is_in(&w.comes(2, "m-a", None, &dev)));
    assert!(w.core.rooms["r"].rules.locked && w.core.rooms["r"].role("m-a") == RoomRole::Owner);
    w.does(2, Act::Lock { on: false });
    assert!(is_in(&w.comes(3, "m-b", None, &dev)));
    assert!(is_in(&w.comes(4, "m-a", None, &dev)));
    assert_eq!(w.core.rooms["r"].role("m-b"), RoomRole::Guest);
}

//! The machine without sockets: what members see, in order.

use super::relay::RELAY_UNIT;
use super::*;
use crate::protocol::control::{MAX_RELAY, Member, RoomPolicy};
use crate::server::control::session::BACKLOG_EVENTS;
use crate::server::media::token::verify;
use crate::server::store::devices::Login;
use crate::server::store::{Account, Role};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::delivery::Delivery;
use conclave_e2ee::wire::{FromService, ToService};

mod door;
mod matrix;
mod moderation;

fn open() -> Option<Known> {
    Some(Known::new(RoomMode::Open, true))
}

struct World {
    core: Core,
    start: Instant,
    seconds: f64,
    /// What each websocket received; `None` = closed.
    inbox: HashMap<ConnectionId, Vec<Option<ServerMessage>>>,
    media: Vec<(String, DisconnectReason)>,
    /// Microphones that were closed.
    closed: Vec<String>,
    /// What the store was asked and has not answered.
    store: Vec<Output>,
    /// What the store was told of roles and bans.
    roles: Vec<Output>,
    /// What media may do since it was told last.
    permits: HashMap<String, Permit>,
    /// What was written down.
    notes: Vec<Note>,
}

fn key() -> ApiKey {
    ApiKey { key: "k".into(), secret: Zeroizing::new("s".repeat(32)) }
}

impl World {
    fn new(limits: Limits) -> Self {
        Self {
            core: Core::new(key(), Zeroizing::new([9; 32]), limits),
            start: Instant::now(),
            seconds: 0.0,
            inbox: HashMap::new(),
            media: vec![],
            closed: vec![],
            store: vec![],
            roles: vec![],
            permits: HashMap::new(),
            notes: vec![],
        }
    }

    fn step(&mut self, input: Input) {
        let now = Now { instant: self.start + Duration::from_secs_f64(self.seconds), unix: 1000 };
        for o in self.core.handle(now, input) {
            match o {
                Output::Send(c, text) => self.inbox.entry(c).or_default().push(Some(serde_json::from_str(&text).unwrap())),
                Output::Close(c) => self.inbox.entry(c).or_default().push(None),
                Output::RemoveMedia { identity, reason, .. } => self.media.push((identity, reason)),
                Output::CloseMicrophone { identity, .. } => self.closed.push(identity),
                Output::CloseRoom(_) | Output::ForgetGroup(_) => {}
                Output::Note(note) => self.notes.push(note),
                Output::Permit { identity, permit, .. } => drop(self.permits.insert(identity, permit)),
                Output::KeepSeat { .. } | Output::ForgetSeats(_) | Output::KeepBan { .. } => self.roles.push(o),
                Output::LoadGroup(_) | Output::KeepGroup { .. } => self.store.push(o),
            }
        }
    }

    fn hello(&mut self, c: u64, member: &str) {
        self.hello_by(c, member, None);
    }

    /// Says hello with the login of a device.
    fn hello_by(&mut self, c: u64, member: &str, device: Option<&str>) {
        let account = Account { id: "a-1".into(), name: "anna".into(), role: Role::Member };
        let login = device.map(|d| Login { account, device: d.into() });
        self.step(Input::Hello(Box::new(Hello { login, ..Hello::new(ConnectionId(c), member, "r", open()) })));
    }

    fn says(&mut self, c: u64, message: ClientMessage) {
        self.step(Input::Message { connection: ConnectionId(c), message: Some(message) });
    }

    fn relay(&mut self, c: u64, to: Option<&[&str]>, body: &str) {
        let to = to.map(|t| t.iter().map(ToString::to_string).collect());
        self.says(c, ClientMessage::Relay { to, body: body.into() });
    }

    fn resume(&mut self, c: u64, (session, secret): &(String, String), last_event: u64) {
        let (session, secret) = (session.clone(), Zeroizing::new(secret.clone()));
        self.step(Input::Resume { connection: ConnectionId(c), session, secret, last_event });
    }

    /// Time passes, and everybody named pings meanwhile.
    fn pass(&mut self, seconds: u32, pinging: &[u64]) {
        for _ in 0..seconds {
            self.seconds += 1.0;
            pinging.iter().for_each(|c| self.says(*c, ClientMessage::Ping));
            self.step(Input::Tick);
        }
        self.inbox.values_mut().for_each(|i| i.retain(|m| *m != Some(ServerMessage::Pong)));
    }

    fn take(&mut self, c: u64) -> Vec<Option<ServerMessage>> {
        self.inbox.remove(&ConnectionId(c)).unwrap_or_default()
    }

    /// Joins and gives the resume credentials.
    fn enter(&mut self, c: u64, member: &str) -> (String, String) {
        self.hello(c, member);
        match self.take(c).pop() {
            Some(Some(ServerMessage::Welcome { session, secret, .. })) => (session, secret.0.to_string()),
            other => panic!("no welcome but {other:?}"),
        }
    }

    fn admit(&self, identity: &str, known: Option<Known>) -> Result<(), String> {
        self.core.admit("r", identity, known.as_ref())
    }
}

fn relayed(event: u64, from: &str, private: bool, body: &str) -> Option<ServerMessage> {
    Some(ServerMessage::Relay { event, from: from.into(), private, body: body.into() })
}

fn refused(m: Vec<Option<ServerMessage>>) -> Refusal {
    match m.as_slice() {
        [Some(ServerMessage::Refused { code, .. }), None] => *code,
        other => panic!("not refused but {other:?}"),
    }
}

fn error_code(m: Vec<Option<ServerMessage>>) -> String {
    match m.as_slice() {
        [Some(ServerMessage::Error { code, .. })] => code.clone(),
        other => panic!("no single error but {other:?}"),
    }
}

#[test]
fn members_see_each_other_come_and_go() {
    let mut w = World::new(Limits::default());
    w.hello(1, "m-a");
    w.hello(2, "m-b");
    let Some(Some(ServerMessage::Welcome { event: 1, me, members, media, .. })) = w.take(2).pop() else { panic!() };
    assert_eq!((me.as_str(), members), ("m-b", vec![Member { id: "m-a".into(), livekit: None, role: Some(RoomRole::Guest) }]));
    let grant = verify(&key(), &media.token.0, 1000).unwrap();
    assert_eq!((grant.sub.as_str(), grant.video.room.as_str(), grant.video.room_join), ("m-b", "r", true));
    let a = w.take(1);
    assert!(matches!(&a[1..], [Some(ServerMessage::MemberJoined { event: 2, member })] if member.id == "m-b"), "{a:?}");

    w.says(2, ClientMessage::Leave);
    assert!(matches!(w.take(2).as_slice(), [Some(ServerMessage::Ended { reason: Departure::Left, .. }), None]));
    let left = ServerMessage::MemberLeft { event: 3, id: "m-b".into(), reason: Departure::Left };
    assert_eq!(w.take(1), [Some(left)]);
    assert_eq!(w.media, [("m-b".to_owned(), DisconnectReason::ClientInitiated)]);
    w.says(1, ClientMessage::Leave);
    assert!(w.core.rooms.is_empty() && w.core.sessions.is_empty() && w.core.connections.is_empty());
}

#[test]
fn the_calls_of_a_device_end_with_its_login_and_no_others() {
    let mut w = World::new(Limits::default());
    w.hello(1, "m-guest");
    w.hello_by(2, "m-laptop", Some("d-1"));
    w.hello_by(3, "m-again", Some("d-1"));
    w.hello_by(4, "m-phone", Some("d-2"));
    assert_eq!(w.core.devices().into_iter().collect::<Vec<_>>(), ["d-1", "d-2"]);
    // One whose websocket was lost comes back to nothing.
    w.step(Input::Closed { connection: ConnectionId(3) });
    (1..=4).for_each(|c| drop(w.take(c)));
    w.step(Input::EndDevice { device: "d-1".into() });
    let told = w.take(2);
    assert!(
        matches!(&told[..], [.., Some(ServerMessage::Ended { reason: Departure::Removed, text, .. }), None] if text.contains("login"))
    );
    let gone: Vec<_> = w.media.iter().map(|(id, reason)| (id.as_str(), *reason)).collect();
    assert!(
        gone.len() == 2 && gone.iter().all(|(id, r)| *id != "m-phone" && *r == DisconnectReason::ParticipantRemoved),
        "{gone:?}"
    );
    for c in [1, 4] {
        let left = w.take(c);
        let removed = |m: &Option<ServerMessage>| matches!(m, Some(ServerMessage::MemberLeft { reason: Departure::Removed, .. }));
        assert_eq!((left.len(), left.iter().filter(|m| removed(m)).count()), (2, 2), "{left:?}");
    }
    assert_eq!(w.core.devices().into_iter().collect::<Vec<_>>(), ["d-2"]);
    w.step(Input::EndDevice { device: "d-1".into() });
}

#[test]
fn messages_reach_all_or_those_named() {
    let mut w = World::new(Limits::default());
    for (c, m) in [(1, "m-a"), (2, "m-b"), (3, "m-c")] {
        w.enter(c, m);
    }
    (1..=3).for_each(|c| drop(w.take(c)));
    w.relay(1, None, "aGk");
    w.relay(1, Some(&["m-c", "m-c"]), "cHN0");
    assert_eq!(w.take(2), [relayed(3, "m-a", false, "aGk")]);
    assert_eq!(w.take(3), [relayed(2, "m-a", false, "aGk"), relayed(3, "m-a", true, "cHN0")]);
    assert_eq!(w.take(1), []);
    // Whoever is there gets it, and the sender hears that somebody is not.
    w.relay(1, Some(&["m-b", "m-gone"]), "aGk");
    assert_eq!(w.take(2).len(), 1);
    assert_eq!(error_code(w.take(1)), "unknown_member");
    for (to, body, code) in [(None, "", "malformed"), (None, "{}", "malformed"), (Some(&[] as &[&str]), "aGk", "malformed")] {
        w.relay(1, to, body);
        assert_eq!(error_code(w.take(1)), code);
    }
    w.relay(1, None, &"A".repeat(MAX_RELAY + 1));
    assert_eq!(error_code(w.take(1)), "too_large");
    w.step(Input::Message { connection: ConnectionId(1), message: None });
    assert_eq!(error_code(w.take(1)), "malformed");
    assert_eq!(w.take(2), []);
}

#[test]
fn who_says_too_much_waits() {
    let mut w = World::new(Limits { relay_rate: 2.0, relay_burst: 5.0, ..Limits::default() });
    w.enter(1, "m-a");
    w.enter(2, "m-b");
    w.take(1);
    (0..6).for_each(|_| w.relay(1, None, "aGk"));
    assert_eq!(error_code(w.take(1)), "too_fast");
    assert_eq!(w.take(2).len(), 5);
    w.seconds += 1.0;
    (0..3).for_each(|_| w.relay(1, None, "aGk"));
    assert_eq!(w.take(2).len(), 2);
    // Long messages count for more.
    w.seconds += 100.0;
    w.take(1);
    w.relay(1, None, &"A".repeat(RELAY_UNIT * 5));
    assert_eq!(error_code(w.take(1)), "too_fast");
}

#[test]
fn a_lost_session_resumes_and_misses_nothing() {
    let mut w = World::new(Limits::default());
    let a = w.enter(1, "m-a");
    w.enter(2, "m-b");
    w.relay(2, None, "b25l");
    w.step(Input::Closed { connection: ConnectionId(1) });
    w.relay(2, None, "dHdv");
    w.pass(RESUME_SECONDS as u32 - 1, &[2]);
    assert_eq!(w.admit("m-a", None), Ok(()), "the lease outlives a lost websocket");
    w.take(2);
    // Event 2 was b's arrival; of 3 and 4 it saw only 3.
    w.resume(3, &a, 3);
    assert_eq!(w.take(3), [Some(ServerMessage::Resumed), relayed(4, "m-b", false, "dHdv")]);
    assert_eq!(w.take(2), [], "nobody noticed");
    w.relay(2, None, "dHJl");
    assert_eq!(w.take(3), [relayed(5, "m-b", false, "dHJl")]);
    // The client may give a websocket up before the server does.
    w.resume(4, &a, 5);
    assert_eq!(w.take(3), [None]);
    w.step(Input::Closed { connection: ConnectionId(3) });
    w.relay(2, None, "dm9y");
    assert_eq!(w.take(4), [Some(ServerMessage::Resumed), relayed(6, "m-b", false, "dm9y")]);
}

#[test]
fn a_resume_needs_the_secret_and_events_that_are_still_there() {
    let mut w = World::new(Limits { relay_rate: 1e6, relay_burst: 1e6, ..Limits::default() });
    let a = w.enter(1, "m-a");
    w.enter(2, "m-b");
    for (who, seen) in [
        (("s-none".to_owned(), a.1.clone()), 1),
        ((a.0.clone(), "wrong".to_owned()), 1),
        ((a.0.clone(), String::new()), 1),
        (a.clone(), 0),
        (a.clone(), 1000),
    ] {
        w.resume(9, &who, seen);
        assert_eq!(refused(w.take(9)), Refusal::SessionGone);
    }
    w.step(Input::Closed { connection: ConnectionId(1) });
    (0..BACKLOG_EVENTS).for_each(|_| w.relay(2, None, "aGk"));
    // Events 3 to 514 are kept, 2 is not.
    w.resume(9, &a, 1);
    assert_eq!(refused(w.take(9)), Refusal::SessionGone);
    w.resume(9, &a, 2);
    assert_eq!(w.take(9).len(), 1 + BACKLOG_EVENTS);
}

#[test]
fn silence_loses_the_websocket_and_then_the_session() {
    let mut w = World::new(Limits::default());
    let a = w.enter(1, "m-a");
    w.enter(2, "m-b");
    w.take(1);
    w.pass(SILENCE_SECONDS as u32, &[2]);
    assert_eq!(w.take(1), [None]);
    assert_eq!(w.take(2), []);
    w.pass(RESUME_SECONDS as u32, &[2]);
    let left = ServerMessage::MemberLeft { event: 2, id: "m-a".into(), reason: Departure::Lost };
    assert_eq!(w.take(2), [Some(left)]);
    assert_eq!(w.media, [("m-a".to_owned(), DisconnectReason::ConnectionTimeout)]);
    w.resume(3, &a, 1);
    assert_eq!(refused(w.take(3)), Refusal::SessionGone);
    assert!(w.admit("m-a", open()).unwrap_err().contains("join the room again"));
}

#[test]
fn the_same_key_again_ends_the_first_session() {
    let mut w = World::new(Limits::default());
    let first = w.enter(1, "m-a");
    w.enter(2, "m-b");
    w.take(1);
    w.hello(3, "m-a");
    assert!(matches!(w.take(1).as_slice(), [Some(ServerMessage::Ended { reason: Departure::Lost, .. }), None]));
    assert!(matches!(w.take(2).as_slice(), [Some(ServerMessage::MemberLeft { .. }), Some(ServerMessage::MemberJoined { .. })]));
    assert_eq!(w.media, [("m-a".to_owned(), DisconnectReason::DuplicateIdentity)]);
    w.resume(4, &first, 1);
    assert_eq!(refused(w.take(4)), Refusal::SessionGone);
    assert_eq!(w.core.members("r"), 2);
}

#[test]
fn rooms_exist_have_bounds_and_end() {
    let mut w = World::new(Limits { members: 1, rooms: 1, ..Limits::default() });
    let hello = |c, m: &str, room: &str, known| Input::Hello(Box::new(Hello::new(ConnectionId(c), m, room, known)));
    w.step(hello(9, "m-x", "none", None));
    assert_eq!(refused(w.take(9)), Refusal::UnknownRoom);
    w.enter(1, "m-a");
    w.hello(9, "m-b");
    assert_eq!(refused(w.take(9)), Refusal::Full);
    w.step(hello(9, "m-b", "other", open()));
    assert_eq!(refused(w.take(9)), Refusal::Full);
    assert!(w.admit("py", open()).unwrap_err().contains("full"));
    w.step(Input::EndRoom { room: "r".into() });
    assert!(matches!(w.take(1).as_slice(), [Some(ServerMessage::Ended { reason: Departure::RoomEnded, .. }), None]));
    assert_eq!(w.media, [("m-a".to_owned(), DisconnectReason::RoomDeleted)]);

    w.enter(2, "m-b");
    w.step(Input::Shutdown);
    assert!(matches!(w.take(2).as_slice(), [Some(ServerMessage::Ended { reason: Departure::ServerShutdown, .. }), None]));
    w.hello(9, "m-c");
    assert_eq!(refused(w.take(9)), Refusal::ShuttingDown);
}

#[test]
fn media_is_a_lease_of_the_control_session() {
    let mut w = World::new(Limits::default());
    assert!(w.admit("m-a", open()).is_err());
    w.enter(1, "m-a");
    assert_eq!(w.admit("m-a", None), Ok(()));
    assert!(w.core.admit("other", "m-a", open().as_ref()).is_err(), "in its own room only");
    let media = |joined, identity: &str| {
        let (room, identity) = ("r".to_owned(), identity.to_owned());
        if joined {
            Input::MediaJoined { room, identity, name: "N".into(), known: open() }
        } else {
            Input::MediaLeft { room, identity }
        }
    };
    w.step(media(true, "m-a"));
    w.step(media(false, "m-a"));
    assert_eq!(w.core.members("r"), 1, "loss of media alone removes nobody");
    assert_eq!(w.take(1), []);
    w.says(1, ClientMessage::MediaToken);
    let Some(Some(ServerMessage::MediaToken { event: 2, token })) = w.take(1).pop() else { panic!() };
    assert_eq!(verify(&key(), &token.0, 1000).unwrap().sub, "m-a");
    w.says(1, ClientMessage::Leave);
    w.media.clear();
    // Its media was admitted before it left and comes up after.
    w.step(media(true, "m-a"));
    assert_eq!(w.media, [("m-a".to_owned(), DisconnectReason::StateMismatch)]);
}

#[test]
fn a_stock_client_is_a_member_as_long_as_its_media() {
    let mut w = World::new(Limits::default());
    assert!(w.admit("py", None).unwrap_err().contains("no such room"));
    assert!(w.admit("py\u{1b}[2J", open()).is_err());
    assert!(w.admit("", open()).is_err());
    assert_eq!(w.admit("py", open()), Ok(()));
    w.enter(1, "m-a");
    let joined = || Input::MediaJoined { room: "r".into(), identity: "py".into(), name: "Py Thon".into(), known: open() };
    let left = || Input::MediaLeft { room: "r".into(), identity: "py".into() };
    w.step(joined());
    let member = Member { id: "lk-py".into(), livekit: Some("Py Thon".into()), role: Some(RoomRole::Guest) };
    assert_eq!(w.take(1), [Some(ServerMessage::MemberJoined { event: 2, member: member.clone() })]);
    w.hello(2, "m-b");
    assert!(matches!(w.take(2).as_slice(), [Some(ServerMessage::Welcome { members, .. })] if members.contains(&member)));
    w.take(1);
    // It comes back before its old media ends: nobody sees a change.
    w.step(joined());
    w.step(left());
    assert_eq!(w.take(1), []);
    w.relay(1, Some(&["lk-py"]), "aGk");
    assert_eq!(error_code(w.take(1)), "unknown_member");
    w.step(left());
    assert!(matches!(w.take(1).as_slice(), [Some(ServerMessage::MemberLeft { id, .. })] if id == "lk-py"));
    w.step(left());
    assert_eq!(w.take(1), []);
}

fn strict() -> Option<Known> {
    Some(Known::new(RoomMode::Strict, true))
}

fn enter_strict(w: &mut World, c: u64, member: &str) -> RoomPolicy {
    w.step(Input::Hello(Box::new(Hello::new(ConnectionId(c), member, "r", strict()))));
    match &w.take(c)[..] {
        [Some(ServerMessage::Welcome { policy, .. }), ..] => policy.clone(),
        other => panic!("no welcome but {other:?}"),
    }
}

#[test]
fn a_group_is_told_of_what_the_store_has_kept() {
    let mut w = World::new(Limits::default());
    let seed = Zeroizing::new([3; 32]);
    let leaf = ed25519_dalek::SigningKey::from_bytes(&seed);
    let me = conclave_e2ee::member_id(leaf.verifying_key().as_bytes());
    let policy = enter_strict(&mut w, 1, &me);
    let service = Delivery::key_of(&Zeroizing::new([9; 32]));
    assert_eq!(policy.service, Some(URL_SAFE_NO_PAD.encode(service)));
    assert!(matches!(w.store[..], [Output::LoadGroup(_)]) && w.admit("py", open()).is_err());
    w.step(Input::GroupLoaded { room: "r".into(), stored: None });
    let vacant = FromService::Vacant { generation: 1, reason: None, offender: None };
    assert_eq!(w.take(1), [Some(ServerMessage::Group { event: 2, message: vacant })]);

    let device = Arc::new(conclave_e2ee::Device::from_seed(&seed));
    let state = conclave_e2ee::RoomState::new("r", device.public());
    let who = conclave_e2ee::member::Me { device, leaf, vouches: vec![] };
    let (_, info, tree) = conclave_e2ee::member::Member::found(&who, state, service, 1000).unwrap();
    let blob = conclave_e2ee::wire::Blob;
    let found = ToService::Found { generation: 1, group_info: blob(info), tree: blob(tree) };
    w.says(1, ClientMessage::Group { message: found });
    w.says(1, ClientMessage::Group { message: ToService::Present });
    assert_eq!(w.take(1), [], "nothing is said of what is not kept yet");
    assert!(matches!(&w.store[1..], [Output::KeepGroup { expect: None, snapshot, .. }] if snapshot.epoch == Some(0)));
    w.step(Input::GroupKept { room: "r".into(), newer: None });
    let group = |m: &Option<ServerMessage>| matches!(m, Some(ServerMessage::Group { message: FromService::Group { .. }, .. }));
    let inbox = w.take(1);
    assert!(inbox.len() == 2 && inbox.iter().all(group), "{inbox:?}");

    // Who leaves last ends the group: the next generation is vacant.
    w.says(1, ClientMessage::Leave);
    assert!(
        matches!(w.store.last(), Some(Output::KeepGroup { snapshot, .. }) if (snapshot.generation, snapshot.epoch) == (2, None))
    );
    w.step(Input::GroupKept { room: "r".into(), newer: None });
    assert!(w.core.rooms.is_empty());
}

#[test]
fn the_floor_of_a_strict_room_has_twelve_places() {
    let mut w = World::new(Limits::default());
    let floor = |w: &mut World, c: u64, open| {
        w.says(c, ClientMessage::Floor { open });
        match w.take(c).pop() {
            Some(Some(ServerMessage::Floor { granted, cap: FLOOR_CAP, .. })) => granted,
            other => panic!("no answer but {other:?}"),
        }
    };
    for c in 1..=14 {
        assert_eq!(enter_strict(&mut w, c, &format!("m-{c}")).floor, Some(12));
    }
    assert!((1..=12).all(|c| floor(&mut w, c, true)));
    assert!(!floor(&mut w, 13, true) && floor(&mut w, 1, true));
    w.step(Input::Tick);
    assert_eq!(w.closed, ["m-13", "m-14"], "who has no place is not heard");
    assert!(!floor(&mut w, 1, false) && floor(&mut w, 13, true) && !floor(&mut w, 1, true));
    w.says(2, ClientMessage::Leave);
    assert!(floor(&mut w, 1, true));
}

#[test]
fn a_server_that_is_about_to_end_keeps_who_is_there_and_lets_nobody_else_in() {
    let mut w = World::new(Limits::default());
    w.enter(1, "m-a");
    w.step(Input::Drain);
    assert!(w.core.draining());
    w.hello(2, "m-b");
    assert_eq!(refused(w.take(2)), Refusal::ShuttingDown);
    assert_eq!((w.admit("m-a", None), w.admit("py", open()).is_err()), (Ok(()), true));
    // Who was in and has lost everything comes back.
    w.hello(3, "m-a");
    assert!(matches!(w.take(3).first(), Some(Some(ServerMessage::Welcome { .. }))));
    assert_eq!(w.core.occupancy(), (1, 1));
    w.says(3, ClientMessage::Leave);
    assert_eq!(w.core.occupancy(), (0, 0));
    let (room, member) = ("r".to_owned(), "m-a".to_owned());
    let left = |reason| Note::Left { room: room.clone(), member: member.clone(), reason };
    let joined = Note::Joined { room: room.clone(), member: member.clone() };
    assert_eq!(
        w.notes,
        [joined.clone(), Note::Refused(Refusal::ShuttingDown), left(Departure::Lost), joined, left(Departure::Left)]
    );
}

//! Client sessions and the server's own control plane, delivery service included, in virtual time: servers die, networks go.

use super::super::{Begin, Input};
use super::*;
use crate::backend::BackendCommand;
use crate::call::PeerId;
use crate::call::trust::Role;
use crate::protocol::control::ServerMessage;
use crate::server::control::core::{self, Core, Known, Limits};
use crate::server::control::session::{ConnectionId, verify_hello};
use crate::server::media::token::ApiKey;
use crate::trust::Keys;
use conclave_e2ee::delivery::Snapshot;
use conclave_e2ee::{Admission, session as e2ee};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

const UNIX: u64 = 1_800_000_000;
const NONCE: &str = "AAAA";
const STEP: Duration = Duration::from_millis(50);

struct Client {
    session: Option<Session>,
    ticket: Ticket,
    /// What its group begins with, until it is welcomed.
    begin: Option<(Arc<Keys>, Admission)>,
    name: &'static str,
    /// It reaches the server.
    online: bool,
    socket: Option<(u32, u64)>,
    dial: Option<(u32, Instant)>,
    events: Vec<BackendEvent>,
    floor: Vec<bool>,
    rejoined: u32,
    epoch: Option<(u64, u64)>,
}

/// On its way, in order.
enum Work {
    Server(core::Input),
    Hears(u64, ServerMessage),
    Closed(u64),
}

struct World {
    now: Instant,
    core: Option<Core>,
    store: HashMap<String, Snapshot>,
    clients: Vec<Client>,
    connections: HashMap<u64, usize>,
    next: u64,
    work: VecDeque<Work>,
}

fn core() -> Core {
    let key = ApiKey { key: "k".into(), secret: Zeroizing::new("s".repeat(32)) };
    Core::new(key, Zeroizing::new([9; 32]), Limits::default())
}

impl World {
    fn new() -> Self {
        let (store, connections) = (HashMap::new(), HashMap::new());
        let (core, clients, work) = (Some(core()), Vec::new(), VecDeque::new());
        Self { now: Instant::now(), core, store, clients, connections, next: 0, work }
    }

    /// Somebody joins, and a while passes.
    fn join(&mut self, name: &'static str, admission: Admission) -> usize {
        let n = self.clients.len();
        let leaf = SigningKey::from_bytes(&[u8::try_from(n + 1).unwrap(); 32]);
        let patience = Duration::from_secs(300);
        self.clients.push(Client {
            session: None,
            ticket: Ticket { leaf, mode: Mode::Strict, patience, ..super::super::tests::ticket() },
            begin: Some((Arc::new(Keys::ephemeral().unwrap()), admission)),
            name,
            online: true,
            socket: None,
            dial: Some((0, self.now)),
            events: Vec::new(),
            floor: Vec::new(),
            rejoined: 0,
            epoch: None,
        });
        self.pass(5);
        n
    }

    fn id(&self, n: usize) -> PeerId {
        PeerId(self.clients[n].ticket.member())
    }

    fn pass(&mut self, seconds: u32) {
        self.pass_for(Duration::from_secs(seconds.into()));
    }

    fn is_up(&self, n: usize) -> bool {
        self.clients[n].session.as_ref().is_some_and(|s| s.link.is_up())
    }

    fn pass_for(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += STEP;
            self.work.push_back(Work::Server(core::Input::Tick));
            self.run();
            for n in 0..self.clients.len() {
                self.dial(n);
                if self.clients[n].session.as_ref().is_some_and(|s| self.now >= s.deadline()) {
                    self.input(n, Input::Tick);
                }
                self.run();
            }
        }
    }

    fn run(&mut self) {
        while let Some(work) = self.work.pop_front() {
            match work {
                Work::Server(input) => self.server(input),
                Work::Hears(connection, message) => self.hears(connection, message),
                Work::Closed(connection) => self.closed(connection),
            }
        }
    }

    fn dial(&mut self, n: usize) {
        let Some((generation, _)) = self.clients[n].dial.filter(|(_, at)| self.now >= *at) else { return };
        self.clients[n].dial = None;
        if !self.clients[n].online || self.core.is_none() {
            return self.input(n, Input::Lost(generation));
        }
        self.next += 1;
        self.connections.insert(self.next, n);
        self.clients[n].socket = Some((generation, self.next));
        self.input(n, Input::Opened(generation));
        if self.clients[n].session.is_some() {
            return self.input(n, Input::Message(generation, ServerMessage::Challenge { nonce: NONCE.into() }));
        }
        let hello = self.clients[n].ticket.hello(NONCE).unwrap();
        self.says(n, hello);
    }

    /// A message of a client on its way to the server.
    fn says(&mut self, n: usize, message: ClientMessage) {
        let Some((_, connection)) = self.clients[n].socket else { return };
        let connection = ConnectionId(connection);
        let input = match message {
            ClientMessage::Hello { room, leaf_key, proof, mode, .. } => {
                let member = verify_hello(NONCE, &room, &leaf_key, &proof).unwrap();
                let known = Some(Known::new(mode.unwrap(), false));
                core::Input::Hello(Box::new(core::Hello::new(connection, &member, &room, known)))
            }
            ClientMessage::Resume { session, secret, last_event } => {
                core::Input::Resume { connection, session, secret: secret.0, last_event }
            }
            message => core::Input::Message { connection, message: Some(message) },
        };
        self.work.push_back(Work::Server(input));
    }

    fn server(&mut self, input: core::Input) {
        let now = core::Now { instant: self.now, unix: i64::try_from(UNIX).unwrap() };
        let mut inputs = VecDeque::from([input]);
        while let (Some(core), Some(input)) = (&mut self.core, inputs.pop_front()) {
            for output in core.handle(now, input) {
                match output {
                    core::Output::Send(ConnectionId(c), text) => {
                        self.work.push_back(Work::Hears(c, serde_json::from_str(&text).unwrap()));
                    }
                    core::Output::Close(ConnectionId(c)) => self.work.push_back(Work::Closed(c)),
                    core::Output::LoadGroup(room) => {
                        let stored = self.store.get(&room).cloned();
                        inputs.push_back(core::Input::GroupLoaded { room, stored });
                    }
                    core::Output::KeepGroup { room, expect, snapshot } => {
                        assert_eq!(self.store.get(&room).map(|s| (s.generation, s.epoch)), expect);
                        self.store.insert(room.clone(), *snapshot);
                        inputs.push_back(core::Input::GroupKept { room, newer: None });
                    }
                    _ => {}
                }
            }
        }
    }

    fn hears(&mut self, connection: u64, message: ServerMessage) {
        let Some(n) = self.connections.get(&connection).copied() else { return };
        let client = &mut self.clients[n];
        let Some((generation, _)) = client.socket.filter(|(_, c)| *c == connection) else { return };
        let (ServerMessage::Welcome { event, session, secret, members, policy, .. }, Some((keys, admission))) =
            (&message, &client.begin)
        else {
            return self.input(n, Input::Message(generation, message));
        };
        client.ticket.service.clone_from(&policy.service);
        let service = URL_SAFE_NO_PAD.decode(policy.service.as_deref().unwrap()).unwrap().try_into().unwrap();
        let start = e2ee::Start {
            me: conclave_e2ee::member::Me { device: keys.device.clone(), leaf: client.ticket.leaf.clone(), vouches: Vec::new() },
            room: "r".into(),
            mode: Mode::Strict,
            admission: *admission,
            issuers: Vec::new(),
            accounts: None,
            list: Vec::new(),
            no_recording: false,
            receipt: false,
            secret: None,
            introduction: Vec::new(),
            service,
            before: None,
            revoked: BTreeSet::new(),
        };
        let begin = Begin { start, keys: keys.clone(), require_vouched: false, unix: UNIX };
        let welcome = Welcome {
            session: session.clone(),
            secret: secret.0.clone(),
            members: members.clone(),
            event: *event,
            seat: Default::default(),
        };
        let entry = Entry { ticket: client.ticket.clone(), welcome };
        client.begin = None;
        client.session = Some(Session::new(self.now, entry, client.name.into(), true, Some(begin)));
        self.drain(n);
    }

    fn closed(&mut self, connection: u64) {
        if let Some(n) = self.connections.remove(&connection)
            && let Some((generation, _)) = self.clients[n].socket.take_if(|(_, c)| *c == connection)
        {
            self.input(n, Input::Lost(generation));
        }
    }

    fn input(&mut self, n: usize, input: Input) {
        if let Some(session) = &mut self.clients[n].session {
            session.handle(self.now, input);
            self.drain(n);
        }
    }

    fn drain(&mut self, n: usize) {
        while let Some(output) = self.clients[n].session.as_mut().and_then(Session::poll) {
            let client = &mut self.clients[n];
            match output {
                Output::Send(message) => {
                    if let ClientMessage::Floor { open } = message {
                        client.floor.push(open);
                    }
                    self.says(n, message);
                }
                Output::Redial { generation, after } => {
                    let old = client.socket.take();
                    client.dial = Some((generation, self.now + after));
                    if let Some((_, connection)) = old {
                        self.connections.remove(&connection);
                        self.work.push_back(Work::Server(core::Input::Closed { connection: ConnectionId(connection) }));
                    }
                }
                Output::Event(event) => client.events.push(event),
                Output::Media(MediaCommand::Rejoin(_)) => client.rejoined += 1,
                Output::Keys(keys) => client.epoch = keys.0.map(|keys| keys.epoch),
                Output::Media(_) | Output::Code(_) | Output::RecordingTold | Output::Renew { .. } => {}
            }
        }
    }

    fn command(&mut self, n: usize, command: BackendCommand) {
        self.input(n, Input::Command(command));
        self.run();
        self.pass(2);
    }

    /// The server's process ends; nobody is told.
    fn kill(&mut self) {
        self.core = None;
        for connection in self.connections.keys().copied().collect::<Vec<_>>() {
            self.closed(connection);
        }
        self.run();
    }

    /// A client's network goes away.
    fn cut(&mut self, n: usize) {
        self.clients[n].online = false;
        if let Some((_, connection)) = self.clients[n].socket {
            self.closed(connection);
            self.server(core::Input::Closed { connection: ConnectionId(connection) });
            self.run();
        }
    }

    fn took(&mut self, n: usize) -> Vec<BackendEvent> {
        std::mem::take(&mut self.clients[n].events)
    }

    fn verify(&mut self, n: usize) {
        let (generation, epoch) = self.clients[n].epoch.unwrap();
        self.command(n, BackendCommand::Safety);
        self.command(n, BackendCommand::Verified { generation, epoch });
        assert!(self.took(n).iter().any(|e| matches!(e, BackendEvent::Verified { on: true, .. })));
    }

    fn chat_crosses(&mut self, a: usize, b: usize) {
        for (from, to) in [(a, b), (b, a)] {
            self.took(to);
            self.command(from, BackendCommand::Say { text: "still here".into(), to: None });
            let (id, events) = (self.id(from), self.took(to));
            assert!(events.iter().any(|e| matches!(e, BackendEvent::Chat { from, .. } if *from == id)), "{events:?}");
        }
    }

    /// Ana, who founded the room and verified everybody, and Ben whom she let in.
    fn a_call(admission: Admission) -> (Self, usize, usize) {
        let mut world = Self::new();
        let ana = world.join("Ana", admission);
        let ben = world.join("Ben", admission);
        if admission == Admission::Admit {
            world.command(ana, BackendCommand::Admit(world.id(ben)));
        }
        for n in [ana, ben] {
            let let_in = |e: &BackendEvent| matches!(e, BackendEvent::LetIn { role, .. } if *role == Role::Creator || n == ben);
            let events = world.took(n);
            assert!(events.iter().any(let_in), "{events:?}");
            let up = crate::backend::livekit::media::MediaEvent::Transport { rung: "udp".into(), ok: true, error: None };
            world.input(n, Input::Media(up));
        }
        world.verify(ana);
        for n in [ana, ben] {
            world.command(n, BackendCommand::Muted(n == ana));
            world.took(n);
        }
        world.clients[ben].floor.clear();
        (world, ana, ben)
    }
}

fn quiet(events: &[BackendEvent]) -> bool {
    use BackendEvent as E;
    !events.iter().any(|e| {
        matches!(
            e,
            E::PeerLeft { .. }
                | E::PeerJoined { .. }
                | E::Warning { .. }
                | E::Verified { .. }
                | E::LetIn { .. }
                | E::Ended { .. }
        )
    })
}

#[test]
fn a_server_that_is_restarted_removes_nobody_and_nothing_changes_in_the_group() {
    let (mut world, ana, ben) = World::a_call(Admission::Admit);
    let epoch = world.clients[ana].epoch;
    world.kill();
    world.pass(10);
    world.core = Some(core());
    world.pass(20);
    for n in [ana, ben] {
        let events = world.took(n);
        assert!(events.iter().any(|e| matches!(e, BackendEvent::Reconnecting { .. })));
        assert!(quiet(&events), "{events:?}");
        assert_eq!((world.clients[n].epoch, world.clients[n].rejoined), (epoch, 1));
        // The call is back when its sound is.
        world.input(n, Input::Media(crate::backend::livekit::media::MediaEvent::Reconnected));
        assert_eq!(world.took(n), [BackendEvent::Reconnected]);
    }
    assert_eq!(world.clients[ben].floor, [true], "who has the microphone open asks for the floor again");
    assert!(world.clients[ana].floor.iter().all(|open| !open), "who has it closed keeps it closed");
    world.chat_crosses(ana, ben);
}

#[test]
fn who_was_away_for_long_comes_back_into_a_locked_room_without_anybody_s_word_and_stays_verified() {
    let (mut world, ana, ben) = World::a_call(Admission::Admit);
    world.command(ana, BackendCommand::Lock(true));
    world.took(ana);
    world.cut(ben);
    world.pass(60);
    let id = world.id(ben);
    assert!(world.took(ana).contains(&BackendEvent::PeerLeft { id: id.clone() }), "the service has removed him");
    world.clients[ben].online = true;
    world.pass(20);
    let events = world.took(ana);
    let back =
        |e: &BackendEvent| matches!(e, BackendEvent::PeerJoined { id: who, name: Some(name), .. } if *who == id && name == "Ben");
    assert!(events.iter().any(back), "{events:?}");
    assert!(events.iter().any(|e| matches!(e, BackendEvent::Trust { id: who, verified: true, .. } if *who == id)));
    assert!(!events.iter().any(|e| matches!(e, BackendEvent::Knock { .. } | BackendEvent::Verified { .. })), "{events:?}");
    let muted = |e: &BackendEvent| matches!(e, BackendEvent::PeerState { id: who, muted: Some(false), .. } if *who == id);
    assert!(events.iter().any(muted), "his microphone is as it was");
    assert_eq!(world.clients[ben].floor.last(), Some(&true));
    assert_eq!(world.clients[ana].epoch, world.clients[ben].epoch);
    assert!(!world.took(ben).iter().any(|e| matches!(e, BackendEvent::Waiting | BackendEvent::Ended { .. })));
    world.chat_crosses(ana, ben);
}

#[test]
fn when_everybody_was_away_the_next_generation_takes_everybody_back() {
    let (mut world, ana, ben) = World::a_call(Admission::Admit);
    world.cut(ana);
    world.cut(ben);
    world.pass(100);
    world.clients[ben].online = true;
    world.pass(30);
    world.clients[ana].online = true;
    world.pass(30);
    for n in [ana, ben] {
        let events = world.took(n);
        let bad = |e: &BackendEvent| {
            matches!(e, BackendEvent::Waiting | BackendEvent::Ended { .. } | BackendEvent::Verified { on: false, .. })
        };
        assert!(!events.iter().any(bad), "{events:?}");
        assert!(world.clients[n].epoch.is_some_and(|(generation, _)| generation == 2), "{:?}", world.clients[n].epoch);
    }
    world.chat_crosses(ana, ben);
}

#[test]
fn who_is_removed_for_good_while_away_learns_it_once() {
    let (mut world, ana, ben) = World::a_call(Admission::Admit);
    world.cut(ben);
    world.pass(10);
    world.command(ana, BackendCommand::Kick(world.id(ben)));
    world.pass(40);
    world.clients[ben].online = true;
    world.pass(30);
    let events = world.took(ben);
    assert!(matches!(events.last(), Some(BackendEvent::Ended { failure, .. }) if failure.exit == Exit::Removed), "{events:?}");
    assert!(world.clients[ben].dial.is_none());
    let reconnecting = events.iter().filter(|e| matches!(e, BackendEvent::Reconnecting { .. })).count();
    world.pass(60);
    assert!(world.took(ben).is_empty() && reconnecting < 50);
}

#[test]
fn a_shutdown_may_be_a_restart_and_is_the_reason_in_the_end() {
    let (mut world, ana, ben) = World::a_call(Admission::Auto);
    world.server(core::Input::Shutdown);
    world.run();
    world.kill();
    world.pass(2);
    world.core = Some(core());
    world.pass(20);
    world.chat_crosses(ana, ben);
    world.server(core::Input::Shutdown);
    world.run();
    world.kill();
    world.took(ana);
    world.pass(310);
    let events = world.took(ana);
    let Some(BackendEvent::Ended { reason, failure }) = events.last() else { panic!("{events:?}") };
    assert_eq!((*reason, failure.exit), (LeaveReason::ServerShutdown, Exit::TempFail));
    assert!(failure.text.contains("300 s"), "{failure}");
}

#[test]
fn a_server_that_welcomes_and_drops_is_not_asked_in_a_loop() {
    let (mut world, _, ben) = World::a_call(Admission::Auto);
    let mut before = 0;
    for minute in 0..3 {
        for _ in 0..600 {
            world.now += Duration::from_millis(100);
            world.dial(ben);
            world.run();
            if world.clients[ben].session.as_ref().unwrap().link.is_up() {
                let (_, connection) = world.clients[ben].socket.unwrap();
                // Not even the session is left to it.
                world.kill();
                world.core = Some(core());
                world.closed(connection);
            }
        }
        let asked = world.clients[ben].rejoined;
        assert!(minute == 0 || asked - before <= 10, "{asked} in minute {minute}, {before} before");
        before = asked;
    }
}

#[test]
fn the_floor_is_said_again_after_a_resume_and_old_answers_are_not_taken_for_new_ones() {
    let (mut world, _, ben) = World::a_call(Admission::Auto);
    // Closed while the connection was away: the server does not know yet.
    world.cut(ben);
    world.command(ben, BackendCommand::Muted(true));
    world.clients[ben].online = true;
    world.pass(10);
    assert_eq!((world.clients[ben].floor.as_slice(), world.clients[ben].rejoined), ([false].as_slice(), 0));
    // Given back, and the answer is lost with the connection; then opened again.
    world.command(ben, BackendCommand::Muted(false));
    world.input(ben, Input::Command(BackendCommand::Muted(true)));
    for work in std::mem::take(&mut world.work) {
        if let Work::Server(input) = work {
            world.server(input);
        }
    }
    world.work.clear();
    world.cut(ben);
    world.command(ben, BackendCommand::Muted(false));
    world.took(ben);
    world.clients[ben].online = true;
    world.pass(10);
    assert_eq!(world.clients[ben].floor, [false, true, false, true, true]);
    assert!(!world.took(ben).iter().any(|e| matches!(e, BackendEvent::FloorDenied { .. })));
}

#[test]
fn whenever_the_network_or_the_server_returns_the_call_is_back_within_two_seconds() {
    // Away for a moment, as long as the session can be resumed, and longer than the server waits.
    for (n, away) in [0, 1, 2, 5, 9, 17, 25, 33, 61, 150, 280].into_iter().enumerate() {
        let away = Duration::from_millis(away * 1000 + 137 * n as u64);
        for server_dies in [false, true] {
            let (mut world, ana, ben) = World::a_call(Admission::Admit);
            world.command(ben, BackendCommand::Hand(Some(1)));
            if server_dies {
                world.kill();
            } else {
                world.cut(ben);
            }
            world.pass_for(away);
            assert!(!world.is_up(ben));
            world.took(ana);
            world.core.get_or_insert_with(core);
            world.clients[ben].online = true;
            let returned = world.now;
            while !(world.is_up(ana) && world.is_up(ben)) {
                world.pass_for(STEP);
                assert!(world.now - returned <= Duration::from_secs(2), "away for {away:?}");
            }
            world.pass(2);
            let (id, events) = (world.id(ben), world.took(ana));
            let state = |e: &&BackendEvent| matches!(e, BackendEvent::PeerState { id: who, .. } if *who == id);
            let last = events.iter().rfind(state);
            let as_he_was =
                |e: &BackendEvent| matches!(e, BackendEvent::PeerState { muted: Some(false), hand: Some(Some(_)), .. });
            // Nothing is said where nothing has changed.
            assert!(last.is_none_or(as_he_was), "{events:?}");
            let gone = events.iter().any(|e| matches!(e, BackendEvent::PeerLeft { .. }));
            assert!(!gone, "nobody goes when somebody returns: {events:?}");
            world.chat_crosses(ana, ben);
        }
    }
}

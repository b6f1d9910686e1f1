//! Several sessions against the delivery service, in virtual time.

mod alone;
mod coming_back;
mod introduction;
mod long;

use super::*;
use crate::delivery::{Delivery, Output as Said, To};
use crate::identity::Standing;
use crate::wire::{Blob, FromService};
use crate::{Device, IssuerSigner, UnixSeconds, Vouch, member_id};
use std::sync::Arc;
use zeroize::Zeroizing;

const ROOM: &str = "board";
const UNIX: UnixSeconds = 1_800_000_000;

struct Person {
    id: MemberId,
    session: Session,
    connected: bool,
    events: Vec<Event>,
    keys: Option<Vec<u8>>,
    commits: usize,
}

enum Up {
    Service(usize, ToService),
    Relay(usize, Vec<u8>),
}

struct Hub {
    mono: Duration,
    delivery: Delivery,
    people: Vec<Person>,
    up: VecDeque<Up>,
    relayed: Vec<Vec<u8>>,
    /// Every KeyPackage that crossed the server, and whose.
    knocked: Vec<(usize, Vec<u8>)>,
    /// Who gets the next commit damaged.
    damaged: BTreeSet<usize>,
}

#[derive(Clone)]
struct Join {
    device: Arc<Device>,
    admission: Admission,
    secret: Option<RoomSecret>,
    introduction: Vec<u8>,
    mode: Mode,
    before: Option<Memory>,
    vouches: Vec<Vouch>,
    issuers: Vec<IssuerKey>,
    list: Vec<String>,
}

fn auto() -> Join {
    Join {
        device: Arc::new(Device::generate().unwrap()),
        admission: Admission::Auto,
        secret: None,
        introduction: Vec::new(),
        mode: Mode::Strict,
        before: None,
        vouches: Vec::new(),
        issuers: Vec::new(),
        list: Vec::new(),
    }
}

fn admit() -> Join {
    Join { admission: Admission::Admit, ..auto() }
}

impl Hub {
    fn new() -> Self {
        let now = Now { mono: Duration::ZERO, unix: UNIX };
        Self {
            mono: now.mono,
            delivery: Delivery::new(now, ROOM, &Zeroizing::new([7; 32]), None),
            people: Vec::new(),
            up: VecDeque::new(),
            relayed: Vec::new(),
            knocked: Vec::new(),
            damaged: BTreeSet::new(),
        }
    }

    fn now(&self) -> Now {
        Now { mono: self.mono, unix: UNIX + self.mono.as_secs() }
    }

    fn join(&mut self, join: &Join) -> usize {
        let leaf = ed25519_dalek::SigningKey::from_bytes(&crate::secret::random::<32>().unwrap());
        let id = member_id(leaf.verifying_key().as_bytes());
        let start = Start {
            me: Me { device: join.device.clone(), leaf, vouches: join.vouches.clone() },
            room: ROOM.into(),
            mode: join.mode,
            admission: join.admission,
            issuers: join.issuers.clone(),
            accounts: None,
            list: join.list.clone(),
            no_recording: false,
            receipt: false,
            secret: join.secret.clone(),
            introduction: join.introduction.clone(),
            service: self.delivery.public_key(),
            before: join.before.clone(),
            revoked: BTreeSet::new(),
        };
        let session = Session::new(self.now(), start);
        self.people.push(Person { id, session, connected: true, events: Vec::new(), keys: None, commits: 0 });
        let n = self.people.len() - 1;
        let said = self.delivery.joined(self.now(), &self.id(n));
        self.deliver(said);
        self.present();
        n
    }

    fn deliver(&mut self, said: Vec<Said>) {
        for said in said {
            let Said::Tell(to, message) = said else { continue };
            for n in 0..self.people.len() {
                let told = match &to {
                    To::All => true,
                    To::One(member) => *member == self.people[n].id,
                    To::Members(members) => members.contains(&self.people[n].id),
                };
                let mut message = message.clone();
                if let FromService::Commit { commit, .. } = &mut message
                    && self.damaged.remove(&n)
                {
                    *commit = Blob(vec![1, 2, 3]);
                }
                if told {
                    self.give(n, Input::Service(message));
                }
            }
        }
    }

    fn give(&mut self, n: usize, input: Input) {
        if self.people[n].connected {
            let now = self.now();
            self.people[n].session.handle(now, input);
            self.drain(n);
        }
    }

    fn drain(&mut self, n: usize) {
        let person = &mut self.people[n];
        while let Some(output) = person.session.poll() {
            match output {
                Output::Service(message) => {
                    person.commits += usize::from(matches!(message, ToService::Commit { .. }));
                    self.up.push_back(Up::Service(n, message));
                }
                Output::Relay { body, .. } => self.up.push_back(Up::Relay(n, body)),
                Output::Keys(keys) => person.keys = Some(keys.base.to_vec()),
                Output::NoKeys => person.keys = None,
                Output::Event(event) => person.events.push(event),
            }
        }
    }

    fn present(&mut self) {
        let present: BTreeSet<_> = self.people.iter().filter(|p| p.connected).map(|p| p.id.clone()).collect();
        for n in 0..self.people.len() {
            self.give(n, Input::Present(present.clone()));
        }
    }

    /// Everything that is due until then.
    fn run(&mut self, duration: Duration) {
        let end = self.mono + duration;
        loop {
            while let Some(up) = self.up.pop_front() {
                match up {
                    Up::Service(n, message) => {
                        if let ToService::Knock { key_package } = &message {
                            self.knocked.push((n, key_package.0.clone()));
                        }
                        let said = self.delivery.handle(self.now(), &self.id(n), message);
                        self.deliver(said);
                    }
                    Up::Relay(n, body) => {
                        self.relayed.push(body.clone());
                        let from = self.people[n].id.clone();
                        for other in (0..self.people.len()).filter(|other| *other != n) {
                            self.give(other, Input::Relay { from: from.clone(), body: body.clone() });
                        }
                    }
                }
            }
            let connected = self.people.iter().enumerate().filter(|(_, p)| p.connected);
            let next = connected.filter_map(|(n, p)| p.session.deadline().map(|at| (at, n))).min();
            match next.filter(|(at, _)| *at <= end) {
                Some((at, n)) => {
                    assert!(at >= self.mono || self.mono - at < Duration::from_secs(1), "a deadline is not left standing");
                    self.mono = self.mono.max(at) + Duration::from_millis(1);
                    self.give(n, Input::Tick);
                }
                None => break,
            }
            let said = self.delivery.tick(self.now());
            self.deliver(said);
        }
        self.mono = self.mono.max(end);
    }

    fn settle(&mut self) {
        self.run(Duration::from_secs(2));
    }

    /// The control session is over.
    fn vanish(&mut self, n: usize) {
        self.people[n].connected = false;
        self.present();
        let said = self.delivery.gone(self.now(), &self.id(n));
        self.deliver(said);
    }

    fn wish(&mut self, n: usize, wish: Wish) {
        self.give(n, Input::Wish(wish));
    }

    fn id(&self, n: usize) -> MemberId {
        self.people[n].id.clone()
    }

    fn is_in(&self, n: usize) -> bool {
        self.people[n].session.state().is_some()
    }

    fn events(&mut self, n: usize) -> Vec<Event> {
        std::mem::take(&mut self.people[n].events)
    }

    /// All of them are in one group with one key, and nobody else is.
    fn together(&self, who: &[usize]) {
        let mut ids: Vec<_> = who.iter().map(|n| self.id(*n)).collect();
        ids.sort();
        let key = self.people[who[0]].keys.clone();
        assert!(key.is_some());
        for n in who {
            let mut roster: Vec<_> = self.people[*n].session.roster().into_iter().map(|e| e.member).collect();
            roster.sort();
            assert_eq!(roster, ids, "the roster of {n}");
            assert_eq!(self.people[*n].keys, key, "the key of {n}");
        }
    }
}

fn say(text: &str, to: Option<MemberId>) -> Wish {
    Wish::Message { content: text.as_bytes().to_vec(), to }
}

fn heard(events: &[Event]) -> Vec<(bool, String)> {
    let text = |event: &Event| match event {
        Event::Message { private, content, .. } => Some((*private, String::from_utf8(content.clone()).unwrap())),
        _ => None,
    };
    events.iter().filter_map(text).collect()
}

#[test]
fn the_first_founds_and_five_who_come_at_once_are_let_in_by_one_commit() {
    let mut hub = Hub::new();
    let ana = hub.join(&auto());
    hub.settle();
    assert!(matches!(&hub.events(ana)[..], [Event::In { founded: true, state, .. }] if state.mode == Mode::Strict));
    let others: Vec<_> = (0..5).map(|_| hub.join(&auto())).collect();
    hub.settle();
    hub.together(&[0, 1, 2, 3, 4, 5]);
    assert!(hub.people[ana].commits <= 2, "{} commits for five", hub.people[ana].commits);
    for n in others {
        let events = hub.events(n);
        assert!(matches!(events[..], [Event::In { founded: false, .. }, ..]), "nobody waits: {events:?}");
    }
}

#[test]
fn two_who_found_at_once_end_in_one_group() {
    let mut hub = Hub::new();
    let (ana, ben) = (hub.join(&auto()), hub.join(&auto()));
    hub.settle();
    hub.together(&[ana, ben]);
}

#[test]
fn only_a_moderator_lets_in_and_denies() {
    let mut hub = Hub::new();
    let ana = hub.join(&admit());
    hub.settle();
    let ben = hub.join(&admit());
    hub.settle();
    assert!(matches!(hub.events(ben)[..], [Event::Waiting]));
    assert!(hub.events(ana).iter().any(|e| matches!(e, Event::Knock { standing: Standing::Guest, .. })));
    hub.wish(ana, Wish::Admit(hub.id(ben)));
    hub.settle();
    hub.together(&[ana, ben]);
    let cleo = hub.join(&admit());
    hub.settle();
    hub.wish(ben, Wish::Admit(hub.id(cleo)));
    hub.settle();
    assert!(hub.events(ben).iter().any(|e| matches!(e, Event::NotAllowed { .. })));
    assert!(!hub.is_in(cleo));
    hub.wish(ana, Wish::Deny(hub.id(cleo)));
    hub.settle();
    assert!(hub.events(cleo).contains(&Event::Denied));
    hub.wish(ana, Wish::Promote(hub.id(ben)));
    hub.settle();
    let dora = hub.join(&admit());
    hub.settle();
    hub.wish(ben, Wish::Admit(hub.id(dora)));
    hub.settle();
    hub.together(&[ana, ben, dora]);
}

/// A room's issuers are its founder's word: who does not trust one does not let in whom it vouches for.
#[test]
fn a_vouch_counts_at_those_who_trust_its_issuer() {
    let mut hub = Hub::new();
    let issuer = IssuerSigner::generate().unwrap();
    let vouched = |subject: &str| {
        let device = Arc::new(Device::generate().unwrap());
        let vouches = vec![issuer.vouch(subject, device.public(), UNIX + 86_400).unwrap()];
        Join { device, vouches, ..admit() }
    };
    let trusting = Join { issuers: vec![issuer.public()], list: vec!["eva".into()], ..admit() };
    let ana = hub.join(&trusting);
    hub.settle();
    let ben = hub.join(&admit());
    hub.settle();
    hub.wish(ana, Wish::Admit(hub.id(ben)));
    hub.wish(ana, Wish::Promote(hub.id(ben)));
    hub.settle();
    // Ana trusts the issuer: Eva comes in by her client, which comes first.
    let eva = hub.join(&vouched("eva"));
    hub.settle();
    hub.together(&[ana, ben, eva]);
    hub.vanish(eva);
    hub.wish(ana, Wish::Leave);
    hub.settle();
    hub.vanish(ana);
    hub.settle();
    hub.events(ben);
    // Ben does not: it is his to decide, and to him she is a guest.
    let other = hub.join(&vouched("eva"));
    hub.settle();
    let id = hub.id(other);
    assert!(!hub.is_in(other));
    let knock = |e: &Event| matches!(e, Event::Knock { member, standing: Standing::Guest, .. } if *member == id);
    assert!(hub.events(ben).iter().any(knock));
    hub.wish(ben, Wish::Admit(id));
    hub.settle();
    hub.together(&[ben, other]);
}

#[test]
fn who_leaves_or_vanishes_has_no_key_of_what_follows() {
    let mut hub = Hub::new();
    for _ in 0..4 {
        hub.join(&auto());
        hub.settle();
    }
    let old = hub.people[3].keys.clone();
    hub.wish(3, Wish::Leave);
    hub.settle();
    hub.vanish(3);
    hub.together(&[0, 1, 2]);
    assert_ne!(hub.people[0].keys, old);
    // The one whose turn it is vanishes: the next commits.
    let old = hub.people[1].keys.clone();
    hub.vanish(0);
    hub.settle();
    hub.together(&[1, 2]);
    assert_ne!(hub.people[1].keys, old);
    assert_eq!(hub.people[1].session.state().unwrap().away.len(), 1, "who vanished may come back; who left may not");
}

#[test]
fn the_lowest_leaf_may_sleep_and_the_next_does_its_work() {
    let mut hub = Hub::new();
    for _ in 0..3 {
        hub.join(&auto());
        hub.settle();
    }
    // Connected by the server's word, and silent.
    hub.people[0].connected = false;
    hub.join(&auto());
    hub.run(Duration::from_secs(3));
    assert_eq!((hub.people[1].commits, hub.people[2].commits), (1, 0));
    assert!(hub.is_in(3));
}

#[test]
fn of_two_commits_in_one_epoch_one_wins_and_the_other_follows() {
    let mut hub = Hub::new();
    for _ in 0..3 {
        hub.join(&auto());
        hub.settle();
    }
    hub.wish(0, Wish::Promote(hub.id(1)));
    hub.settle();
    // Both commits are made before either arrives.
    hub.wish(0, Wish::Lock(true));
    hub.wish(1, Wish::Promote(hub.id(2)));
    hub.settle();
    hub.together(&[0, 1, 2]);
    let state = hub.people[2].session.state().unwrap();
    assert!(state.locked && state.moderators.len() == 2, "{state:?}");
}

#[test]
fn media_gets_new_keys_when_it_has_used_up_the_old_and_not_more_often() {
    let mut hub = Hub::new();
    for _ in 0..3 {
        hub.join(&auto());
        hub.settle();
    }
    let epoch = |hub: &Hub| hub.people[2].session.member().unwrap().epoch();
    let (first, old) = (epoch(&hub), hub.people[0].keys.clone());
    // Anybody may; who asks for an epoch that is over gets none.
    hub.give(2, Input::WantsEpoch(first));
    hub.settle();
    hub.together(&[0, 1, 2]);
    assert_eq!((epoch(&hub), hub.people[2].commits), ((first.0, first.1 + 1), 1));
    assert_ne!(hub.people[0].keys, old);
    hub.give(2, Input::WantsEpoch(first));
    hub.give(1, Input::WantsEpoch(first));
    for _ in 0..20 {
        let epoch = epoch(&hub);
        hub.give(2, Input::WantsEpoch(epoch));
        hub.settle();
    }
    assert_eq!(epoch(&hub).1, first.1 + 1, "within a minute there is no more");
    hub.run(Duration::from_secs(60));
    let second = epoch(&hub);
    hub.give(2, Input::WantsEpoch(second));
    hub.settle();
    assert_eq!(epoch(&hub).1, first.1 + 2);
    hub.together(&[0, 1, 2]);
}

#[test]
fn a_private_message_goes_to_all_and_is_read_by_one() {
    let mut hub = Hub::new();
    for _ in 0..3 {
        hub.join(&auto());
        hub.settle();
    }
    (0..3).for_each(|n| drop(hub.events(n)));
    hub.wish(0, say("hello all", None));
    hub.wish(0, say("only you", Some(hub.id(1))));
    hub.settle();
    assert_eq!(heard(&hub.events(1)), [(false, "hello all".into()), (true, "only you".into())]);
    assert_eq!(heard(&hub.events(2)), [(false, "hello all".into())]);
    assert!(hub.relayed.iter().all(|body| !body.windows(4).any(|w| w == b"only" || w == b"hell")));
}

#[test]
fn who_is_kicked_is_out_for_good_and_a_member_kicks_nobody() {
    let mut hub = Hub::new();
    let mallory = auto();
    let (ana, _, m) = (hub.join(&auto()), hub.join(&auto()), hub.join(&mallory));
    hub.settle();
    hub.wish(m, Wish::Kick(hub.id(1)));
    hub.settle();
    assert!(hub.events(m).iter().any(|e| matches!(e, Event::NotAllowed { .. })));
    hub.wish(ana, Wish::Kick(hub.id(m)));
    hub.settle();
    assert!(hub.events(m).contains(&Event::Out { kicked: true }));
    assert_eq!(hub.people[m].keys, None);
    hub.vanish(m);
    hub.together(&[0, 1]);
    let again = hub.join(&mallory);
    hub.settle();
    assert!(!hub.is_in(again) && hub.events(again).contains(&Event::Out { kicked: true }));
}

#[test]
fn a_locked_room_lets_only_those_in_who_were_there() {
    let mut hub = Hub::new();
    let device = admit();
    let (ana, ben) = (hub.join(&admit()), hub.join(&device));
    hub.settle();
    hub.wish(ana, Wish::Admit(hub.id(ben)));
    hub.settle();
    hub.wish(ana, Wish::Lock(true));
    hub.settle();
    let before = hub.people[ben].session.memory();
    hub.vanish(ben);
    hub.settle();
    let stranger = hub.join(&admit());
    let back = hub.join(&Join { before, ..device.clone() });
    hub.settle();
    hub.together(&[ana, back]);
    assert!(!hub.is_in(stranger));
    // At once, before the server knows that the old one is gone: the new leaf takes the old one's place.
    hub.people[back].connected = false;
    let third = hub.join(&device);
    hub.settle();
    hub.together(&[ana, third]);
}

#[test]
fn the_room_secret_lets_in_at_once_and_without_it_one_waits() {
    let mut hub = Hub::new();
    let secret = RoomSecret::generate().unwrap();
    let link = || Join { admission: Admission::Link, secret: Some(secret.clone()), ..auto() };
    let people = [hub.join(&link()), hub.join(&link()), hub.join(&link())];
    hub.settle();
    hub.together(&people);
    let stranger = hub.join(&Join { secret: Some(RoomSecret::generate().unwrap()), ..link() });
    hub.settle();
    let fatal = |e: &Event| matches!(e, Event::Fatal { code: "unexpected_group", .. });
    assert!(!hub.is_in(stranger) && hub.events(stranger).iter().any(fatal), "another secret is another room");
    let guest = hub.join(&Join { secret: None, ..link() });
    hub.settle();
    assert!(!hub.is_in(guest) && hub.events(guest).contains(&Event::Waiting));
}

#[test]
fn a_weaker_room_than_expected_is_fatal_before_anything_is_sent() {
    let mut hub = Hub::new();
    hub.join(&Join { mode: Mode::Balanced, ..auto() });
    hub.settle();
    let strict = hub.join(&auto());
    assert!(matches!(&hub.events(strict)[..], [Event::Fatal { code: "downgrade", .. }]));
    assert!(hub.up.is_empty());
}

#[test]
fn all_see_one_code_and_what_was_checked_ends_with_a_stranger_and_not_with_a_friend() {
    let mut hub = Hub::new();
    let ben = auto();
    hub.join(&auto());
    hub.join(&ben);
    hub.settle();
    hub.wish(1, Wish::Safety);
    hub.settle();
    let of = |events: Vec<Event>| {
        events.into_iter().find_map(|e| match e {
            Event::Safety { material, by, later } => Some((material.epoch, material.authenticator.clone(), by, later)),
            _ => None,
        })
    };
    let (a, b) = (of(hub.events(0)).unwrap(), of(hub.events(1)).unwrap());
    assert_eq!(a, b);
    hub.wish(0, Wish::Verified { epoch: a.0 });
    assert!(hub.events(0).contains(&Event::Verified { on: true, because: None }));
    hub.vanish(1);
    hub.settle();
    let back = hub.join(&ben);
    hub.settle();
    assert!(hub.is_in(back));
    assert!(!hub.events(0).iter().any(|e| matches!(e, Event::Verified { .. })), "the same device");
    let stranger = hub.join(&auto());
    hub.settle();
    let because = Some(hub.id(stranger));
    assert!(hub.events(0).contains(&Event::Verified { on: false, because }));
}

#[test]
fn a_new_generation_keeps_the_creator_and_takes_all_back() {
    let mut hub = Hub::new();
    for n in 0..3 {
        hub.join(&admit());
        hub.settle();
        if n > 0 {
            hub.wish(0, Wish::Admit(hub.id(n)));
            hub.settle();
        }
    }
    let creator = hub.people[2].session.state().unwrap().creator;
    hub.damaged = [1, 2].into();
    hub.wish(0, Wish::Lock(true));
    hub.run(Duration::from_secs(8));
    hub.together(&[0, 1, 2]);
    let state = hub.people[2].session.state().unwrap();
    assert_eq!((state.generation, state.creator), (2, creator));
    for n in 0..3 {
        let events = hub.events(n);
        assert!(events.iter().any(|e| matches!(e, Event::NewGeneration { .. })));
        assert!(!events.contains(&Event::Unproven), "{n} knows that these are the same people");
    }
}

#[test]
fn a_server_that_adds_somebody_or_hides_somebody_is_named() {
    let mut hub = Hub::new();
    let (ana, ben) = (hub.join(&auto()), hub.join(&auto()));
    hub.settle();
    hub.events(ana);
    let here: BTreeSet<_> = [hub.id(ana), "m-ghost".to_owned()].into();
    hub.give(ana, Input::Present(here));
    hub.run(Duration::from_secs(2));
    assert_eq!(hub.events(ana), [], "a moment's difference is nothing");
    hub.run(Duration::from_secs(2));
    let (not_connected, not_in_group) = (vec![hub.id(ben)], vec!["m-ghost".to_owned()]);
    assert_eq!(hub.events(ana), [Event::Mismatch { not_connected, not_in_group }]);
    hub.present();
    assert_eq!(hub.events(ana), [Event::Mismatch { not_connected: vec![], not_in_group: vec![] }]);
}

#[test]
fn who_cannot_read_a_commit_comes_back_as_the_same_device() {
    let mut hub = Hub::new();
    for _ in 0..4 {
        hub.join(&auto());
        hub.settle();
    }
    hub.damaged = [3].into();
    hub.wish(0, Wish::Lock(true));
    hub.settle();
    hub.together(&[0, 1, 2, 3]);
    let state = hub.people[3].session.state().unwrap();
    assert_eq!((state.generation, state.locked), (1, true));
}

#[test]
fn frames_of_an_epoch_that_is_kept_from_us_are_named_after_five_seconds() {
    let mut hub = Hub::new();
    hub.join(&auto());
    hub.settle();
    for _ in 0..60 {
        let now = hub.now();
        hub.people[0].session.unknown_epoch_seen(now);
        hub.run(Duration::from_millis(100));
    }
    assert!(hub.events(0).contains(&Event::Behind(true)));
}

/// What was on its way when the connection went: a founding, and a knock.
#[test]
fn what_was_lost_with_a_connection_is_said_again() {
    let mut hub = Hub::new();
    let ana = hub.join(&admit());
    let lost = |hub: &mut Hub| hub.up.retain(|up| matches!(up, Up::Relay(..)));
    lost(&mut hub);
    hub.settle();
    assert!(!hub.is_in(ana), "her founding never arrived");
    hub.give(ana, Input::Connected);
    hub.settle();
    assert!(hub.is_in(ana));
    let ben = hub.join(&admit());
    lost(&mut hub);
    hub.settle();
    let asked = |hub: &mut Hub| hub.events(ana).iter().filter(|e| matches!(e, Event::Knock { .. })).count();
    assert_eq!(asked(&mut hub), 0);
    hub.give(ben, Input::Connected);
    hub.settle();
    assert_eq!(asked(&mut hub), 1);
    hub.wish(ana, Wish::Admit(hub.id(ben)));
    hub.settle();
    hub.together(&[ana, ben]);
}

#[test]
fn who_is_out_of_step_asks_until_it_is_answered() {
    for told in [true, false] {
        let mut hub = Hub::new();
        let (ana, ben) = (hub.join(&auto()), hub.join(&auto()));
        hub.settle();
        let (generation, epoch) = hub.people[ben].session.member().unwrap().epoch();
        let (commit, by) = (Blob(vec![1, 2, 3]), hub.id(ana));
        hub.give(ben, Input::Service(FromService::Commit { generation, epoch, commit, by }));
        hub.up.clear();
        if told {
            hub.give(ben, Input::Connected);
        } else {
            hub.run(Duration::from_secs(6));
        }
        hub.settle();
        hub.together(&[ana, ben]);
    }
}

/// Without a word of the connection, a founder asks by itself after some time.
#[test]
fn a_founding_that_was_lost_is_repeated() {
    let mut hub = Hub::new();
    let ana = hub.join(&auto());
    hub.up.clear();
    hub.run(Duration::from_secs(8));
    assert!(hub.is_in(ana));
}

//! Who comes back: into the group it was in, or into a copy that the server made.

use super::*;
use crate::member::Plan;

/// A server's copy of a group: the same state, the leaves of the others, and one of its own, by which it has all the keys.
struct Copy {
    member: Member,
    group: FromService,
    commit: FromService,
}

impl Copy {
    /// Of the group that `victim` is in; of the generation after it, or of the same one and far ahead.
    fn of(hub: &Hub, victim: usize, next: bool) -> Self {
        let memory = hub.people[victim].session.memory().unwrap();
        let mut state = memory.state().next_generation(hub.people[victim].session.roster().iter().map(|entry| entry.device));
        let leaf = ed25519_dalek::SigningKey::from_bytes(&crate::secret::random::<32>().unwrap());
        let server = Me { device: Arc::new(Device::generate().unwrap()), leaf, vouches: Vec::new() };
        state.generation -= u64::from(!next);
        let service = hub.delivery.public_key();
        let (member, _, _) = Member::found(&server, state, service, hub.now().unix).unwrap();
        let mut copy = Self { member, group: FromService::Denied, commit: FromService::Denied };
        for _ in 0..if next { 0 } else { 20 } {
            copy.commit(hub, Vec::new());
        }
        // The others' leaves, from the KeyPackages that they once knocked with.
        let others = hub.knocked.iter().filter(|(n, _)| *n != victim && hub.people[*n].connected);
        let others = others.map(|(_, key_package)| key_package.clone()).collect();
        copy.commit(hub, others);
        copy
    }

    fn commit(&mut self, hub: &Hub, add: Vec<Vec<u8>>) -> Option<Vec<u8>> {
        let (generation, epoch) = self.member.epoch();
        let bundle = self.member.commit(hub.now().unix, &Plan { add, ..Plan::default() }).unwrap();
        let commit = Blob(bundle.commit.clone());
        self.commit = FromService::Commit { generation, epoch, commit, by: self.member.id().clone() };
        self.member.process(hub.now().unix, &bundle.commit).unwrap();
        let (generation, epoch) = self.member.epoch();
        let (group_info, tree) = (Blob(bundle.group_info), Blob(self.member.tree().unwrap()));
        self.group = FromService::Group { generation, epoch, group_info, tree };
        bundle.welcome
    }

    /// The victims, who hear this server alone from now on, are let in by one commit.
    fn lets_in(&mut self, hub: &mut Hub, victims: &[usize]) {
        let mut knocks = Vec::new();
        for n in victims {
            hub.people[*n].connected = false;
            hub.feed(*n, Input::Service(self.group.clone()));
            let knock = hub.up.drain(..).find_map(|up| match up {
                Up::Service(_, ToService::Knock { key_package }) => Some(key_package.0),
                _ => None,
            });
            knocks.push(knock.expect("it knocks"));
        }
        let welcome = Blob(self.commit(hub, knocks).unwrap());
        let (generation, epoch) = self.member.epoch();
        let tree = Blob(self.member.tree().unwrap());
        for n in victims {
            let (welcome, tree) = (welcome.clone(), tree.clone());
            hub.feed(*n, Input::Service(FromService::Welcome { generation, epoch, welcome, tree }));
        }
    }
}

impl Hub {
    /// Past the honest server.
    fn feed(&mut self, n: usize, input: Input) {
        let now = self.now();
        self.people[n].session.handle(now, input);
        self.drain(n);
    }

    /// Time for those who hear the hostile server alone; what they say to members.
    fn wait(&mut self, who: &[usize], duration: Duration) -> Vec<(usize, Vec<u8>)> {
        let (end, mut said) = (self.mono + duration, Vec::new());
        while self.mono < end {
            self.mono += Duration::from_millis(50);
            who.iter().for_each(|n| self.feed(*n, Input::Tick));
            said.extend(self.up.drain(..).filter_map(|up| if let Up::Relay(n, body) = up { Some((n, body)) } else { None }));
        }
        said
    }

    /// Ana, Ben and Vic, who have compared the code.
    pub(super) fn verified() -> (Self, [usize; 3]) {
        let mut hub = Hub::new();
        let people = [(); 3].map(|()| {
            let n = hub.join(&auto());
            hub.settle();
            n
        });
        hub.check_code(people[2]);
        (hub, people)
    }

    pub(super) fn check_code(&mut self, n: usize) {
        self.wish(n, Wish::Safety);
        let epoch = self.people[n].session.member().unwrap().epoch();
        self.wish(n, Wish::Verified { epoch });
        self.settle();
        assert!(self.events(n).contains(&Event::Verified { on: true, because: None }));
    }
}

const ALMOST: Duration = Duration::from_millis(4800);

fn is_off(event: &Event) -> bool {
    matches!(event, Event::Verified { on: false, .. })
}

/// S14.
#[test]
fn a_copy_of_the_group_gets_nothing_and_is_named() {
    for next in [true, false] {
        let (mut hub, [_, ben, vic]) = Hub::verified();
        let old: Vec<_> = hub.relayed.clone();
        let mut copy = Copy::of(&hub, vic, next);
        copy.lets_in(&mut hub, &[vic]);
        assert_eq!(hub.people[vic].keys, None, "nothing is sealed for it");
        assert!(hub.people[vic].session.state().is_none());
        // What the server can say in there: in its own name, and what Ben once said in another group.
        let forged = copy.member.seal(&[&[continuity::HERE][..], &[7; 16]].concat()).unwrap();
        hub.feed(vic, Input::Relay { from: copy.member.id().clone(), body: forged });
        let ben = hub.id(ben);
        old.iter().for_each(|body| hub.feed(vic, Input::Relay { from: ben.clone(), body: body.clone() }));
        hub.feed(vic, Input::Wish(say("the plan", None)));
        assert!(hub.wait(&[vic], ALMOST).is_empty(), "nothing is said in it");
        assert_eq!(hub.people[vic].keys, None);
        let events = hub.events(vic);
        assert!(!events.iter().any(|e| matches!(e, Event::In { .. } | Event::Changed { .. } | Event::Unproven)), "{events:?}");
        assert!(events.iter().any(|e| matches!(e, Event::NotAllowed { .. })));

        hub.wait(&[vic], Duration::from_millis(400));
        assert_eq!(hub.events(vic), [Event::Unproven]);
        assert_eq!(hub.people[vic].keys, None, "there is time to close the microphone");
        hub.wait(&[vic], Duration::from_millis(400));
        let events = hub.events(vic);
        assert!(matches!(events[0], Event::In { founded: false, .. }), "{events:?}");
        assert!(events.iter().any(is_off), "what was checked is worth nothing here");
        assert!(hub.people[vic].keys.is_some(), "the user decides");
        let ben = hub.people[1].session.me.device.public();
        assert!(!hub.people[vic].session.is_verified(&ben));
    }
}

#[test]
fn two_in_one_copy_do_not_prove_it_to_each_other() {
    let (mut hub, [_, ben, vic]) = Hub::verified();
    let mut copy = Copy::of(&hub, vic, true);
    // Ben first: he has given up when Vic still waits, and speaks.
    copy.lets_in(&mut hub, &[ben]);
    hub.wait(&[ben], Duration::from_secs(3));
    copy.lets_in(&mut hub, &[vic]);
    hub.feed(ben, Input::Service(copy.commit.clone()));
    let mut said = hub.wait(&[ben, vic], Duration::from_secs(3));
    assert!(hub.events(ben).contains(&Event::Unproven));
    hub.feed(ben, Input::Wish(say("is anybody here?", None)));
    said.extend(hub.wait(&[ben, vic], Duration::from_millis(100)));
    let ben = hub.id(ben);
    said.iter().for_each(|(_, body)| hub.feed(vic, Input::Relay { from: ben.clone(), body: body.clone() }));
    assert_eq!(hub.events(vic), [], "he is heard, and is no proof");
    hub.wait(&[vic], Duration::from_secs(3));
    let events = hub.events(vic);
    assert_eq!(events.first(), Some(&Event::Unproven));
    assert_eq!(heard(&events), [(false, "is anybody here?".into())], "it was kept until then");
}

#[test]
fn a_lonely_founding_does_not_make_a_copy_good() {
    let (mut hub, [_, _, vic]) = Hub::verified();
    hub.people[vic].connected = false;
    hub.feed(vic, Input::Service(FromService::Vacant { generation: 2, reason: None, offender: None }));
    hub.wait(&[vic], Duration::from_secs(4));
    // The server plays along, and then has another.
    let Phase::Founding { group_info, member, .. } = &hub.people[vic].session.phase else { panic!("it founds") };
    let (group_info, tree) = (Blob(group_info.clone()), Blob(member.tree().unwrap()));
    hub.feed(vic, Input::Service(FromService::Group { generation: 2, epoch: 0, group_info, tree }));
    assert!(hub.people[vic].session.state().is_some_and(|state| state.generation == 2));
    hub.events(vic);
    Copy::of(&hub, vic, true).lets_in(&mut hub, &[vic]);
    assert!(hub.wait(&[vic], Duration::from_secs(6)).len() <= 1);
    assert_eq!(hub.events(vic).first(), Some(&Event::Unproven));
}

#[test]
fn who_comes_back_to_the_same_people_is_not_asked_to_check_again() {
    let (mut hub, [ana, ben, vic]) = Hub::verified();
    hub.damaged = [vic].into();
    hub.wish(ana, Wish::Lock(true));
    hub.settle();
    hub.together(&[ana, ben, vic]);
    let events = hub.events(vic);
    assert!(events.iter().any(|e| matches!(e, Event::Refused { code, .. } if code == "unprocessable")), "it was out");
    assert!(!events.iter().any(is_off) && !events.contains(&Event::Unproven), "{events:?}");
    let ana = hub.people[ana].session.me.device.public();
    assert!(hub.people[vic].session.is_verified(&ana));
}

#[test]
fn an_old_member_proves_a_group_that_a_new_one_lets_in() {
    let (mut hub, [ana, ben, vic]) = Hub::verified();
    hub.wish(ana, Wish::Leave);
    hub.settle();
    hub.vanish(ana);
    // The first leaf is the newcomer's: it commits before Ben.
    let new = hub.join(&auto());
    hub.settle();
    let commits = hub.people[ben].commits;
    hub.events(vic);
    hub.damaged = [vic].into();
    hub.join(&auto());
    hub.settle();
    assert!(hub.people[new].commits >= 2 && hub.people[ben].commits == commits, "the newcomer let Vic in");
    hub.together(&[ben, vic, new, 4]);
    assert!(!hub.events(vic).contains(&Event::Unproven));
}

#[test]
fn what_was_checked_outlives_a_control_session() {
    let (mut hub, [ana, ben, vic]) = Hub::verified();
    let device = hub.people[vic].session.me.device.clone();
    let before = hub.people[vic].session.memory();
    hub.vanish(vic);
    hub.settle();
    let back = hub.join(&Join { before: before.clone(), device: device.clone(), ..auto() });
    hub.settle();
    hub.together(&[ana, ben, back]);
    let events = hub.events(back);
    assert!(events.contains(&Event::Verified { on: true, because: None }) && !events.contains(&Event::Unproven), "{events:?}");
    // Without the memory it is a first meeting.
    hub.vanish(back);
    let again = hub.join(&Join { device, ..auto() });
    hub.settle();
    assert!(!hub.events(again).iter().any(|e| matches!(e, Event::Verified { .. })));
}

fn link(secret: &RoomSecret) -> Join {
    Join { admission: Admission::Link, secret: Some(secret.clone()), ..auto() }
}

#[test]
fn who_has_the_secret_tells_nothing_to_a_group_where_nobody_shows_to_know_it() {
    let (mut hub, secret) = (Hub::new(), RoomSecret::generate().unwrap());
    let newcomer = hub.join(&link(&secret));
    hub.people[newcomer].connected = false;
    // What the server knows of the room's state, and a device of its own.
    let leaf = ed25519_dalek::SigningKey::from_bytes(&crate::secret::random::<32>().unwrap());
    let server = Me { device: Arc::new(Device::generate().unwrap()), leaf, vouches: Vec::new() };
    let mut state = RoomState::new(ROOM, server.device.public());
    (state.admission, state.secret) = (Admission::Link, Some(secret.proof_key()));
    let (member, _, _) = Member::found(&server, state, hub.delivery.public_key(), hub.now().unix).unwrap();
    let mut copy = Copy { member, group: FromService::Denied, commit: FromService::Denied };
    copy.commit(&hub, Vec::new());
    hub.feed(newcomer, Input::Service(copy.group.clone()));
    // It does not take the join by link, so that the newcomer knocks.
    hub.feed(newcomer, Input::Service(FromService::NotTaken { code: "refused".into(), text: String::new() }));
    let knock = |up| if let Up::Service(_, ToService::Knock { key_package }) = up { Some(key_package.0) } else { None };
    let knock = hub.up.drain(..).find_map(knock).unwrap();
    let welcome = Blob(copy.commit(&hub, vec![knock]).unwrap());
    let (generation, epoch) = copy.member.epoch();
    let tree = Blob(copy.member.tree().unwrap());
    hub.feed(newcomer, Input::Service(FromService::Welcome { generation, epoch, welcome, tree }));
    let forged = copy.member.seal(&[&[continuity::HERE][..], &[7; 80]].concat()).unwrap();
    hub.feed(newcomer, Input::Relay { from: copy.member.id().clone(), body: forged });
    assert!(hub.wait(&[newcomer], ALMOST).is_empty());
    assert!(hub.people[newcomer].keys.is_none() && !hub.is_in(newcomer));
    hub.wait(&[newcomer], Duration::from_millis(400));
    assert!(hub.events(newcomer).contains(&Event::Unproven));
}

#[test]
fn who_has_the_secret_and_is_in_the_tree_already_is_told_by_a_member_who_knows_it() {
    let (mut hub, secret) = (Hub::new(), RoomSecret::generate().unwrap());
    let device = link(&secret);
    let (ana, ben) = (hub.join(&link(&secret)), hub.join(&device));
    hub.settle();
    // Ben's client is started again before the server knows that it is gone, and remembers nothing.
    hub.people[ben].connected = false;
    let again = hub.join(&device);
    hub.settle();
    hub.together(&[ana, again]);
    assert!(!hub.events(again).contains(&Event::Unproven));
}

#[test]
fn who_was_alone_is_not_let_into_a_copy_either() {
    let mut hub = Hub::new();
    let ana = hub.join(&auto());
    hub.settle();
    Copy::of(&hub, ana, true).lets_in(&mut hub, &[ana]);
    assert!(hub.wait(&[ana], ALMOST).is_empty() && hub.people[ana].keys.is_none());
    hub.wait(&[ana], Duration::from_millis(400));
    assert!(hub.events(ana).contains(&Event::Unproven));
}

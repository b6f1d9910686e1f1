//! What honest people do.

use crate::world::{NOW, ROOM, World, code, device, issuer, me, me_vouched, state};
use conclave_e2ee::member::{Gone, Member, Plan, Processed, Waiting};
use conclave_e2ee::public::PublicChange;
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::{Admission, Mode, Role, Standing};

#[test]
fn ten_come_speak_and_go() {
    const NAMES: [&str; 9] = ["ben", "cleo", "dan", "eva", "finn", "gil", "hana", "ivo", "jo"];
    let mut world = World::found(state(Admission::Auto));
    for name in NAMES {
        world.add("ana", name).unwrap();
    }
    assert_eq!(world.public.roster().len(), 10);
    let sealed = world.m("jo").seal(b"hello").unwrap();
    for name in ["ana", "ben"] {
        match world.m(name).process(NOW, &sealed).unwrap() {
            Processed::Message { member, content, .. } => {
                assert_eq!(content, b"hello");
                assert_eq!(&member, world.members["jo"].id());
            }
            other => panic!("{other:?}"),
        }
    }
    for name in NAMES.into_iter().take(5) {
        let proposal = world.m(name).propose_leave().unwrap();
        world.propose(&proposal);
        let bundle = world.m("jo").commit(NOW, &Plan::default()).unwrap();
        let changes = world.deliver(&bundle).unwrap();
        assert!(changes[name].we_are_out);
        assert_eq!(changes["jo"].removed.first().unwrap().1, Gone::Left);
        assert!(!world.public.state().may_return(&device(name).public()));
    }
    assert_eq!(world.public.roster().len(), 5);
    world.still_works();
}

#[test]
fn a_late_joiner_has_no_earlier_key_and_a_leaver_no_later_one() {
    let mut world = World::found(state(Admission::Admit));
    world.add("ana", "ben").unwrap();
    let before = world.members["ana"].media_keys().unwrap();
    let earlier = world.m("ana").seal(b"before").unwrap();
    world.add("ana", "cleo").unwrap();
    let during = world.members["cleo"].media_keys().unwrap();
    assert_ne!(during.base, before.base);
    assert!(world.m("cleo").process(NOW, &earlier).is_err());

    let mut cleo = {
        let proposal = world.m("cleo").propose_leave().unwrap();
        world.propose(&proposal);
        world.members.remove("cleo").unwrap()
    };
    let bundle = world.commit("ben", &Plan::default()).unwrap();
    match cleo.process(NOW, &bundle.commit).unwrap() {
        Processed::Change(change) => assert!(change.we_are_out),
        other => panic!("{other:?}"),
    }
    assert!(cleo.media_keys().is_err() && cleo.seal(b"x").is_err());
    let later = world.m("ana").seal(b"after").unwrap();
    assert!(cleo.process(NOW, &later).is_err());
    assert_ne!(world.members["ana"].media_keys().unwrap().base, during.base);
}

/// T18.
#[test]
fn of_two_racing_committers_one_wins_and_keys_are_equal() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    world.add("ben", "cleo").unwrap();
    let (_, dan) = Waiting::knock(&me("dan"), ROOM, NOW).unwrap();
    let loser = world.m("ana").commit(NOW, &Plan { locked: Some(true), ..Plan::default() }).unwrap();
    let winner = world.m("ben").commit(NOW, &Plan { add: vec![dan], ..Plan::default() }).unwrap();
    let sealed = world.m("ana").seal(b"while my commit is pending").unwrap();
    assert!(matches!(world.m("ben").process(NOW, &sealed).unwrap(), Processed::Message { .. }));
    world.deliver(&winner).unwrap();
    assert!(!world.m("ana").has_pending());
    assert!(!world.public.state().locked);
    world.refused_by_all(&loser.commit, "wrong_epoch");
    world.commit("ana", &Plan { locked: Some(true), ..Plan::default() }).unwrap();
    assert!(world.public.state().locked);
}

#[test]
fn a_forged_winner_does_not_drop_our_pending_commit() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let ours = world.m("ana").commit(NOW, &Plan::default()).unwrap();
    let mut forged = world.m("ben").commit(NOW, &Plan::default()).unwrap();
    *forged.commit.last_mut().unwrap() ^= 1;
    assert!(world.m("ana").process(NOW, &forged.commit).is_err());
    assert!(world.m("ana").has_pending());
    world.m("ben").clear_pending().unwrap();
    world.deliver(&ours).unwrap();
}

#[test]
fn a_message_of_a_past_epoch_is_read_and_of_somebody_removed_it_is_not() {
    let mut world = World::found(state(Admission::Auto));
    for name in ["ben", "cleo"] {
        world.add("ana", name).unwrap();
    }
    let (from_ben, from_cleo) = (world.m("ben").seal(b"one").unwrap(), world.m("cleo").seal(b"two").unwrap());
    let leaf = world.leaf("cleo");
    world.commit("ana", &Plan { remove: vec![leaf], ..Plan::default() }).unwrap();
    assert!(matches!(world.m("ana").process(NOW, &from_ben).unwrap(), Processed::Message { .. }));
    assert_eq!(code(&world.m("ana").process(NOW, &from_cleo).unwrap_err()), "gone");
    assert!(world.m("ana").process(NOW, &from_ben).is_err(), "a message played twice");
}

#[test]
fn admission_is_as_the_room_says() {
    let mut rules = state(Admission::Admit);
    rules.issuers = vec![issuer().public()];
    rules.list = vec!["eva@example.org".into()];
    let mut world = World::found(rules);
    world.add("ana", "ben").unwrap();
    assert_eq!(code(&world.add("ben", "cleo").unwrap_err()), "add_not_allowed");
    let vouch = |name: &str, subject: &str| vec![issuer().vouch(subject, device(name).public(), NOW + 3600).unwrap()];
    let listed = me_vouched("eva", vouch("eva", "eva@example.org"));
    world.add_me("ben", "eva", &listed).unwrap();
    let unlisted = me_vouched("dan", vouch("dan", "dan@example.org"));
    assert_eq!(code(&world.add_me("ben", "dan", &unlisted).unwrap_err()), "add_not_allowed");
    let borrowed = me_vouched("finn", vouch("eva", "eva@example.org"));
    assert_eq!(code(&world.add_me("ben", "finn", &borrowed).unwrap_err()), "add_not_allowed");
    world.add_me("ana", "dan", &unlisted).unwrap();
    let standings: Vec<_> = world.public.roster().into_iter().map(|entry| entry.standing).collect();
    let vouched = |subject: &str| Standing::Vouched { subject: subject.into() };
    assert_eq!(standings, [Standing::Guest, Standing::Guest, vouched("eva@example.org"), vouched("dan@example.org")]);
}

#[test]
fn a_device_returns_to_a_locked_room_with_its_role() {
    let mut world = World::found(state(Admission::Admit));
    for name in ["ben", "cleo"] {
        world.add("ana", name).unwrap();
    }
    world.commit("ana", &Plan { promote: vec![device("cleo").public()], locked: Some(true), ..Plan::default() }).unwrap();
    assert_eq!(code(&world.add("ana", "dan").unwrap_err()), "locked");

    // The old leaf is still there: the same commit replaces it.
    let old = world.members.remove("cleo").unwrap();
    let cleo = me("cleo");
    let (waiting, key_package) = Waiting::knock(&cleo, ROOM, NOW).unwrap();
    let bundle = world.m("ben").commit(NOW, &Plan { add: vec![key_package], ..Plan::default() }).unwrap();
    let changes = world.deliver(&bundle).unwrap();
    assert!(changes["ana"].added.first().unwrap().1);
    assert_eq!(changes["ana"].removed.first().unwrap().1, Gone::Replaced);
    let back = world.welcome(&cleo, waiting, &bundle).map_err(|(_, e)| e).unwrap();
    world.members.insert("cleo", back);
    drop(old);
    world.check();

    // The server removed it: it is away, and comes back.
    world.vanish("cleo");
    world.commit("ben", &Plan::default()).unwrap();
    assert!(world.public.state().may_return(&device("cleo").public()));
    world.add("ben", "cleo").unwrap();
    assert!(!world.public.state().may_return(&device("cleo").public()), "who is in is not away");
    let entry = world.public.roster().into_iter().find(|entry| entry.device == device("cleo").public()).unwrap();
    assert_eq!(entry.role, Role::Moderator);
}

#[test]
fn moderators_are_made_and_unmade() {
    let mut world = World::found(state(Admission::Auto));
    for name in ["ben", "cleo", "dan"] {
        world.add("ana", name).unwrap();
    }
    let of = |name: &str| vec![device(name).public()];
    world.commit("ana", &Plan { promote: of("ben"), ..Plan::default() }).unwrap();
    world.commit("ben", &Plan { promote: of("cleo"), ..Plan::default() }).unwrap();
    let leaf = world.leaf("cleo");
    assert_eq!(code(&world.commit("ben", &Plan { remove: vec![leaf], ..Plan::default() }).unwrap_err()), "moderator");
    let ana = world.leaf("ana");
    assert_eq!(code(&world.commit("ben", &Plan { remove: vec![ana], ..Plan::default() }).unwrap_err()), "creator");
    assert_eq!(code(&world.commit("ben", &Plan { demote: of("cleo"), ..Plan::default() }).unwrap_err()), "demote_not_allowed");
    // The creator takes ben's rights away; cleo, who had hers from ben, keeps them.
    world.commit("ana", &Plan { demote: of("ben"), ..Plan::default() }).unwrap();
    assert!(world.public.state().is_moderator(&device("cleo").public()));
    assert!(!world.public.state().is_moderator(&device("ben").public()));
    world.commit("cleo", &Plan { demote: of("cleo"), ..Plan::default() }).unwrap();
    assert_eq!(world.public.state().moderators, []);
    assert!(world.public.roster().iter().skip(1).all(|entry| entry.role == Role::Member));
}

#[test]
fn freezing_locks_and_a_moderator_releases() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let freeze = Plan { frozen: Some(true), ..Plan::default() };
    assert_eq!(code(&world.commit("ben", &freeze).unwrap_err()), "state_not_allowed");
    world.commit("ana", &freeze).unwrap();
    assert!(world.public.state().frozen && world.public.state().locked);
    let unlock = Plan { locked: Some(false), ..Plan::default() };
    assert_eq!(code(&world.commit("ana", &unlock).unwrap_err()), "frozen_unlocked");
    world.commit("ana", &Plan { frozen: Some(false), locked: Some(false), ..Plan::default() }).unwrap();
    assert!(!world.public.state().locked);
}

#[test]
fn joins_by_link() {
    let secret = RoomSecret::generate().unwrap();
    let mut rules = state(Admission::Link);
    rules.secret = Some(secret.proof_key());
    let mut world = World::found(rules);
    world.m("ana").know_secret(&secret).unwrap();
    world.link("ben", &secret).unwrap();
    world.link("cleo", &secret).unwrap();
    assert_eq!(world.public.roster().len(), 3);
    // Somebody who vanished comes back by link; the next commit notes that they are no longer away.
    world.vanish("cleo");
    world.commit("ana", &Plan { locked: Some(true), ..Plan::default() }).unwrap();
    assert_eq!(code(&world.link("dan", &secret).unwrap_err()), "locked");
    world.link("cleo", &secret).unwrap();
    world.commit("ana", &Plan::default()).unwrap();
    assert_eq!(world.public.state().away, []);
}

#[test]
fn a_member_without_the_secret_says_so() {
    let secret = RoomSecret::generate().unwrap();
    let mut rules = state(Admission::Link);
    rules.secret = Some(secret.proof_key());
    let mut world = World::found(rules);
    let (group_info, tree) = world.group();
    let (_, bundle) = Member::link(&me("ben"), NOW, &group_info, &tree, &secret, &world.expect()).unwrap();
    assert_eq!(code(&world.m("ana").process(NOW, &bundle.commit).unwrap_err()), "secret_unknown");
    world.m("ana").know_secret(&secret).unwrap();
    world.deliver(&bundle).unwrap();
}

#[test]
fn a_leaf_whose_certificate_is_over_is_swept_and_may_return() {
    let mut world = World::found(state(Admission::Admit));
    world.add("ana", "ben").unwrap();
    world.now += 12 * 3600;
    world.add("ana", "cleo").unwrap();
    world.now += 13 * 3600;
    // A day is over since ben came, and since ana did; cleo is fresh and sweeps both.
    world.commit("cleo", &Plan::default()).unwrap();
    assert_eq!(world.public.roster().len(), 1);
    assert!(world.public.state().may_return(&device("ben").public()));
    world.add("cleo", "ana").unwrap();
    world.add("cleo", "ben").unwrap();
}

#[test]
fn a_leaf_that_is_certified_anew_stays_and_its_key_too() {
    let mut rules = state(Admission::Auto);
    rules.issuers = vec![issuer().public()];
    let mut world = World::found(rules);
    let vouch = |end: u64| issuer().vouch("ben", device("ben").public(), end).unwrap();
    world.add_me("ana", "ben", &me_vouched("ben", vec![vouch(NOW + 24 * 3600)])).unwrap();
    world.now += 20 * 3600;
    let (_, cleo) = Waiting::knock(&me("cleo"), ROOM, world.now).unwrap();
    let renew = Some(vec![vouch(NOW + 48 * 3600)]);
    let now = world.now;
    let bundle = world.m("ben").commit(now, &Plan { renew, add: vec![cleo], ..Plan::default() }).unwrap();
    let changes = world.deliver(&bundle).unwrap();
    assert!(changes.values().all(|change| change.renewed && change.added.len() == 1));
    let id = world.members["ben"].id().clone();
    assert_eq!(world.public.member(&id).unwrap().credential.not_after, world.now + 24 * 3600);
    // ana does not renew: she is swept; ben is not, and is known as before.
    world.now += 10 * 3600;
    world.commit("ben", &Plan::default()).unwrap();
    assert!(!world.members.contains_key("ana"));
    let now = world.now;
    assert_eq!(world.m("ben").refresh(now), []);
    assert_eq!(world.public.member(&id).unwrap().standing, Standing::Vouched { subject: "ben".into() });
    world.now += 11 * 3600;
    let now = world.now;
    world.m("ben").commit(now, &Plan { renew: Some(Vec::new()), ..Plan::default() }).unwrap();
}

#[test]
fn joiners_insist_on_what_they_expect() {
    let mut rules = state(Admission::Auto);
    rules.mode = Mode::Balanced;
    let mut world = World::found(rules);
    let ben = me("ben");
    let (waiting, key_package) = Waiting::knock(&ben, ROOM, NOW).unwrap();
    let bundle = world.commit("ana", &Plan { add: vec![key_package], ..Plan::default() }).unwrap();
    let (waiting, error) = world.welcome(&ben, waiting, &bundle).map(|_| ()).unwrap_err();
    assert_eq!(code(&error), "downgrade");
    let tree = world.public.tree_bytes().unwrap();
    let welcome = bundle.welcome.unwrap();
    let mut expect = world.expect();
    expect.mode = Some(Mode::Balanced);
    expect.service = [7; 32];
    let (waiting, error) = waiting.welcome(&ben, NOW, &welcome, &tree, &expect).map(|_| ()).unwrap_err();
    assert_eq!(code(&error), "extensions");
    expect.service = world.expect().service;
    expect.room = "other".into();
    let (waiting, error) = waiting.welcome(&ben, NOW, &welcome, &tree, &expect).map(|_| ()).unwrap_err();
    assert_eq!(code(&error), "room");
    expect.room = ROOM.into();
    let mut before = world.public.state().clone();
    before.kicked = vec![device("zoe").public()];
    expect.before = Some(before);
    let (waiting, error) = waiting.welcome(&ben, NOW, &welcome, &tree, &expect).map(|_| ()).unwrap_err();
    assert_eq!(code(&error), "unkick");
    expect.before = None;
    // After all those the KeyPackage is still good.
    let ben = waiting.welcome(&ben, NOW, &welcome, &tree, &expect).map_err(|(_, e)| e).unwrap();
    world.members.insert("ben", ben);
    world.check();
}

#[test]
fn the_service_refuses_a_commit_with_a_wrong_group_info_whole() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let old = world.members["ana"].group_info().unwrap();
    let bundle = world.m("ana").commit(NOW, &Plan::default()).unwrap();
    let mut flipped = bundle.group_info.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let other = world.m("ben").commit(NOW, &Plan::default()).unwrap().group_info;
    for wrong in [old, flipped, other, Vec::new(), bundle.commit.clone()] {
        let PublicChange::Commit(staged) = world.public.process(NOW, &bundle.commit).unwrap() else { panic!() };
        assert!(world.public.accept(*staged, &wrong).is_err());
        assert_eq!(world.public.epoch(), 1);
    }
    world.m("ben").clear_pending().unwrap();
    world.deliver(&bundle).unwrap();
    world.public.check_group_info(&bundle.group_info).unwrap();
    assert!(world.public.check_group_info(&world.members["ben"].group_info().unwrap()).is_ok(), "any member's is good");
}

#[test]
fn a_new_generation_carries_the_state_over() {
    let mut world = World::found(state(Admission::Admit));
    for name in ["ben", "cleo"] {
        world.add("ana", name).unwrap();
    }
    world.commit("ana", &Plan { promote: vec![device("cleo").public()], locked: Some(true), ..Plan::default() }).unwrap();
    let next = world.members["ben"].next_generation();
    assert_eq!(next.generation, 2);
    let service = crate::world::service_key(&world.service);
    let (ben, group_info, tree) = Member::found(&me("ben"), next.clone(), service, NOW).unwrap();
    world.public = conclave_e2ee::public::PublicState::from_group(&group_info, &tree, ROOM, &service, NOW).unwrap();
    world.members = std::collections::BTreeMap::from([("ben", ben)]);
    assert_eq!(code(&world.add("ben", "dan").unwrap_err()), "locked");
    for name in ["ana", "cleo"] {
        world.add("ben", name).unwrap();
    }
    assert_eq!(world.public.state().away, []);
    world.commit("cleo", &Plan { locked: Some(false), ..Plan::default() }).unwrap();
}

#[test]
fn private_message_keys_stand_in_the_leaves() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let ben = world.leaf("ben");
    let key = world.members["ana"].private_key_of(ben).unwrap();
    assert_eq!(world.members["ben"].private_key_of(ben), Some(key));
    world.commit("ben", &Plan::default()).unwrap();
    assert_eq!(world.members["ana"].private_key_of(ben), Some(key), "an update keeps it");
}

#[test]
fn the_same_leaf_key_may_return() {
    let mut world = World::found(state(Admission::Admit));
    let ben = me("ben");
    world.add_me("ana", "ben", &ben).unwrap();
    world.add("ana", "cleo").unwrap();
    world.members.remove("ben");
    world.now += 60;
    world.add_me("cleo", "ben", &ben).unwrap();
    assert_eq!(world.public.roster().len(), 3);
}

#[test]
fn a_grant_that_was_taken_back_does_not_come_again() {
    let mut world = World::found(state(Admission::Auto));
    for name in ["ben", "dora"] {
        world.add("ana", name).unwrap();
    }
    let dora = vec![device("dora").public()];
    world.commit("ana", &Plan { promote: dora.clone(), ..Plan::default() }).unwrap();
    let with_rights = world.public.state().clone();
    world.commit("ana", &Plan { demote: dora.clone(), ..Plan::default() }).unwrap();
    let before = world.public.state().clone();

    // dora begins the next generation as it was before she lost her rights, and lets ben in.
    let service = crate::world::service_key(&world.service);
    let mut next = with_rights.next_generation(world.public.roster().iter().map(|entry| entry.device));
    next.granted = before.granted;
    let (mut hers, _, _) = Member::found(&me("dora"), next, service, NOW).unwrap();
    let ben = me("ben");
    let (waiting, key_package) = Waiting::knock(&ben, ROOM, NOW).unwrap();
    let bundle = hers.commit(NOW, &Plan { add: vec![key_package], ..Plan::default() }).unwrap();
    hers.process(NOW, &bundle.commit).unwrap();
    let expect = conclave_e2ee::member::Expectation { before: Some(before.clone()), ..world.expect() };
    let tree = hers.tree().unwrap();
    let (_, error) = waiting.welcome(&ben, NOW, &bundle.welcome.unwrap(), &tree, &expect).map(|_| ()).unwrap_err();
    assert_eq!(code(&error), "grant_withdrawn");

    // Given anew by somebody who may, it is a new grant.
    world.commit("ana", &Plan { promote: dora, ..Plan::default() }).unwrap();
    assert!(world.public.state().grants_nothing_withdrawn(&before));
}

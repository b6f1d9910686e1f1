//! With real members: what they get from the service, and what hostile ones do not.

use super::*;
use crate::member::{Bundle, Expectation, Me, Member, Plan, Processed, Waiting};
use crate::{Device, Mode, RoomState};
use std::sync::Arc;

const ROOM: &str = "board";

fn at(seconds: u64) -> Now {
    Now { mono: Duration::from_secs(seconds), unix: 1_800_000_000 + seconds }
}

fn seed() -> Zeroizing<[u8; 32]> {
    Zeroizing::new([9; 32])
}

fn me(n: u8) -> Me {
    let device = Arc::new(Device::from_seed(&Zeroizing::new([n; 32])));
    Me { device, leaf: ed25519_dalek::SigningKey::from_bytes(&[n + 100; 32]), vouches: vec![] }
}

fn id(me: &Me) -> MemberId {
    crate::member_id(me.leaf.verifying_key().as_bytes())
}

fn expect() -> Expectation {
    Expectation { room: ROOM.into(), service: Delivery::key_of(&seed()), mode: Some(Mode::Strict), before: None }
}

fn found_as(who: &Me, generation: u64) -> (Member, ToService) {
    let mut state = RoomState::new(ROOM, who.device.public());
    state.generation = generation;
    let (member, info, tree) = Member::found(who, state, Delivery::key_of(&seed()), at(0).unix).unwrap();
    (member, ToService::Found { generation, group_info: Blob(info), tree: Blob(tree) })
}

fn commit(member: &Member, bundle: &Bundle) -> ToService {
    let (generation, epoch) = member.epoch();
    ToService::Commit {
        generation,
        epoch,
        commit: Blob(bundle.commit.clone()),
        group_info: Blob(bundle.group_info.clone()),
        welcome: bundle.welcome.clone().map(Blob),
    }
}

fn code(out: &[Output]) -> &str {
    match out.first() {
        Some(Output::Tell(To::One(_), FromService::NotTaken { code, .. })) => code,
        other => panic!("taken: {other:?}"),
    }
}

fn told(out: &[Output]) -> Vec<(&To, &FromService)> {
    out.iter().filter_map(|o| if let Output::Tell(to, m) = o { Some((to, m)) } else { None }).collect()
}

fn kept(out: &[Output]) -> Snapshot {
    match out.first() {
        Some(Output::Keep { snapshot, .. }) => (**snapshot).clone(),
        other => panic!("not kept first: {other:?}"),
    }
}

/// Ana has founded the group and is alone in it.
fn founded() -> (Delivery, Me, Member) {
    let ana = me(1);
    let mut d = Delivery::new(at(0), ROOM, &seed(), None);
    let out = d.joined(at(0), &id(&ana));
    assert!(matches!(told(&out)[..], [(_, FromService::Vacant { generation: 1, reason: None, offender: None })]));
    let (member, found) = found_as(&ana, 1);
    let out = d.handle(at(0), &id(&ana), found);
    assert_eq!((kept(&out).generation, kept(&out).epoch), (1, Some(0)));
    assert!(matches!(told(&out)[..], [(To::All, FromService::Group { epoch: 0, .. })]));
    (d, ana, member)
}

/// `who` knocks and `by` lets them in; gives the new member and what the service said.
fn admit(d: &mut Delivery, by: (&Me, &mut Member), who: &Me, now: Now) -> (Member, Vec<Output>) {
    d.joined(now, &id(who));
    let (waiting, package) = Waiting::knock(who, ROOM, now.unix).unwrap();
    let out = d.handle(now, &id(who), ToService::Knock { key_package: Blob(package.clone()) });
    assert!(matches!(told(&out)[..], [(To::Members(_), FromService::Knock { .. })]), "{out:?}");
    let bundle = by.1.commit(now.unix, &Plan { add: vec![package], ..Plan::default() }).unwrap();
    let out = d.handle(now, &id(by.0), commit(by.1, &bundle));
    assert!(matches!(by.1.process(now.unix, &bundle.commit), Ok(Processed::Change(_))));
    let welcome = told(&out).into_iter().find_map(|(to, m)| match m {
        FromService::Welcome { welcome, tree, .. } if *to == To::Members(vec![id(who)]) => Some((welcome, tree)),
        _ => None,
    });
    let (welcome, tree) = welcome.unwrap_or_else(|| panic!("no welcome: {out:?}"));
    let member = waiting.welcome(who, now.unix, &welcome.0, &tree.0, &expect()).map_err(|(_, e)| e).unwrap();
    (member, out)
}

#[test]
fn the_first_founder_wins_and_a_knock_is_answered_with_a_welcome() {
    let (mut d, ana, mut a) = founded();
    let ben = me(2);
    let out = d.joined(at(1), &id(&ben));
    assert!(matches!(told(&out)[..], [(_, FromService::Group { generation: 1, epoch: 0, .. })]));
    let out = d.handle(at(1), &id(&ben), found_as(&ben, 1).1);
    assert_eq!(code(&out), "stale");
    assert!(matches!(told(&out)[1], (_, FromService::Group { .. })), "the loser gets what won");
    let (b, out) = admit(&mut d, (&ana, &mut a), &ben, at(2));
    assert_eq!((kept(&out).epoch, b.epoch(), a.epoch()), (Some(1), (1, 1), (1, 1)));
    let gone = FromService::KnockGone { member: id(&ben) };
    assert!(told(&out).iter().any(|(_, m)| **m == gone));
    assert!(d.is_member(&id(&ben)) && d.role(&id(&ana)) == Some(crate::Role::Creator));
}

#[test]
fn of_two_commits_one_wins_and_the_other_is_stale() {
    let (mut d, ana, mut a) = founded();
    let ben = me(2);
    let (mut b, _) = admit(&mut d, (&ana, &mut a), &ben, at(1));
    let ours = a.commit(at(2).unix, &Plan { locked: Some(true), ..Plan::default() }).unwrap();
    let theirs = b.commit(at(2).unix, &Plan::default()).unwrap();
    let loser = commit(&b, &theirs);
    assert_eq!(kept(&d.handle(at(2), &id(&ana), commit(&a, &ours))).epoch, Some(2));
    let out = d.handle(at(2), &id(&ben), loser);
    assert_eq!((code(&out), out.len()), ("stale", 1));
    assert!(matches!(b.process(at(2).unix, &ours.commit), Ok(Processed::Change(_))));
    // Locked: a stranger's knock reaches nobody.
    let eve = me(3);
    d.joined(at(3), &id(&eve));
    let (_, package) = Waiting::knock(&eve, ROOM, at(3).unix).unwrap();
    let out = d.handle(at(3), &id(&eve), ToService::Knock { key_package: Blob(package) });
    assert_eq!((code(&out), out.len()), ("refused", 1));
}

#[test]
fn who_vanishes_is_swept_out_by_the_next_commit_and_returns() {
    let (mut d, ana, mut a) = founded();
    let ben = me(2);
    admit(&mut d, (&ana, &mut a), &ben, at(1));
    let out = d.gone(at(2), &id(&ben));
    let [(To::Members(to), FromService::Proposal { proposal, .. })] = told(&out)[..] else { panic!("{out:?}") };
    assert_eq!(to, &[id(&ana)]);
    assert!(matches!(a.process(at(2).unix, &proposal.0), Ok(Processed::Proposal)));
    let bundle = a.commit(at(2).unix, &Plan::default()).unwrap();
    kept(&d.handle(at(2), &id(&ana), commit(&a, &bundle)));
    assert!(!d.is_member(&id(&ben)) && d.state().unwrap().may_return(&ben.device.public()));
}

#[test]
fn an_unreadable_commit_begins_a_new_generation_without_its_maker() {
    let (mut d, ana, mut a) = founded();
    let ben = me(2);
    admit(&mut d, (&ana, &mut a), &ben, at(1));
    let bundle = a.commit(at(2).unix, &Plan::default()).unwrap();
    d.handle(at(2), &id(&ana), commit(&a, &bundle));
    let report = |epoch| ToService::Unprocessable { generation: 1, epoch };
    assert!(d.handle(at(2), &id(&ana), report(1)).is_empty(), "the maker does not count");
    assert!(d.handle(at(2), &id(&ben), report(0)).is_empty(), "an old commit does not count");
    let out = d.handle(at(2), &id(&ben), report(1));
    assert_eq!((kept(&out).generation, kept(&out).epoch), (2, None));
    let offended = |m: &FromService| matches!(m, FromService::Vacant { generation: 2, reason: Some(_), offender: Some(o) } if *o == id(&ana));
    assert!(matches!(told(&out)[..], [(To::All, m)] if offended(m)), "{out:?}");
    assert_eq!(code(&d.handle(at(2), &id(&ana), found_as(&ana, 2).1)), "refused");
    assert_eq!(code(&d.handle(at(3), &id(&ben), found_as(&ben, 1).1)), "stale");
    assert_eq!(kept(&d.handle(at(4), &id(&ben), found_as(&ben, 2).1)).generation, 2);
}

#[test]
fn who_is_left_alone_may_begin_anew_and_nobody_else() {
    let (mut d, ana, mut a) = founded();
    let (ben, eve) = (me(2), me(3));
    admit(&mut d, (&ana, &mut a), &ben, at(1));
    d.joined(at(2), &id(&eve));
    d.handle(at(2), &id(&eve), ToService::Knock { key_package: Blob(Waiting::knock(&eve, ROOM, at(2).unix).unwrap().1) });
    let anew = |state: RoomState, who: &Me| {
        let (_, info, tree) = Member::found(who, state, Delivery::key_of(&seed()), at(3).unix).unwrap();
        ToService::Found { generation: 2, group_info: Blob(info), tree: Blob(tree) }
    };
    // Two are in: no.
    assert_eq!(code(&d.handle(at(3), &id(&ana), anew(a.next_generation(), &ana))), "stale");
    let out = d.gone(at(3), &id(&ben));
    let [(_, FromService::Proposal { proposal, .. })] = told(&out)[..] else { panic!("{out:?}") };
    a.process(at(3).unix, &proposal.0).unwrap();
    let bundle = a.commit(at(3).unix, &Plan { locked: Some(true), ..Plan::default() }).unwrap();
    d.handle(at(3), &id(&ana), commit(&a, &bundle));
    a.process(at(3).unix, &bundle.commit).unwrap();
    // Who is not in; with another state; of another generation.
    assert_eq!(code(&d.handle(at(4), &id(&eve), anew(a.next_generation(), &eve))), "stale");
    let bends: [fn(&mut RoomState); 3] = [|s| s.locked = false, |s| s.away.clear(), |s| s.no_recording = true];
    for bend in bends {
        let mut state = a.next_generation();
        bend(&mut state);
        assert_eq!(code(&d.handle(at(4), &id(&ana), anew(state, &ana))), "refused");
    }
    let out = d.handle(at(5), &id(&ana), found_as(&ana, 1).1);
    assert_eq!(code(&out), "stale");
    let out = d.handle(at(6), &id(&ana), anew(a.next_generation(), &ana));
    assert_eq!((kept(&out).generation, kept(&out).epoch), (2, Some(0)));
    assert!(matches!(told(&out)[..], [(To::All, FromService::Group { generation: 2, epoch: 0, .. })]));
    assert!(d.state().unwrap().may_return(&ben.device.public()) && d.state().unwrap().locked);
}

#[test]
fn a_restarted_service_goes_on_and_a_returning_device_goes_first() {
    let (mut d, ana, mut a) = founded();
    let ben = me(2);
    let (_, out) = admit(&mut d, (&ana, &mut a), &ben, at(1));
    let text = serde_json::to_string(&kept(&out)).unwrap();
    let stored: Snapshot = serde_json::from_str(&text).unwrap();

    // The members' sessions live on (same leaf keys): the group goes on, and missed commits come again.
    let mut d = Delivery::new(at(10), ROOM, &seed(), Some(stored.clone()));
    let out = d.joined(at(10), &id(&ana));
    assert!(matches!(told(&out)[..], [(_, FromService::Commit { epoch: 0, .. }), (_, FromService::Group { epoch: 1, .. })]));
    let bundle = a.commit(at(10).unix, &Plan::default()).unwrap();
    assert_eq!(kept(&d.handle(at(10), &id(&ana), commit(&a, &bundle))).epoch, Some(2));

    // They come with new leaf keys: a stranger waits, a device of the group begins the next generation.
    let mut d = Delivery::new(at(10), ROOM, &seed(), Some(stored.clone()));
    let (eve, mut back) = (me(3), me(1));
    back.leaf = ed25519_dalek::SigningKey::from_bytes(&[77; 32]);
    d.joined(at(10), &id(&eve));
    d.joined(at(11), &id(&back));
    let (_, package) = Waiting::knock(&back, ROOM, at(11).unix).unwrap();
    let out = d.handle(at(11), &id(&back), ToService::Knock { key_package: Blob(package) });
    assert!(matches!(told(&out)[..], [(To::One(m), FromService::Vacant { generation: 2, .. })] if *m == id(&back)));
    assert_eq!(code(&d.handle(at(12), &id(&eve), found_as(&eve, 2).1)), "stale");
    kept(&d.handle(at(12), &id(&back), found_as(&back, 2).1));

    // Nobody of the group comes: after a while whoever is there begins anew.
    let mut d = Delivery::new(at(10), ROOM, &seed(), Some(stored));
    d.joined(at(10), &id(&eve));
    assert!(d.tick(at(11)).is_empty());
    let out = d.tick(at(15));
    assert!(matches!(told(&out)[..], [(To::All, FromService::Vacant { generation: 2, .. })]));
}

#[test]
fn hostile_messages_are_refused_and_change_nothing() {
    let (mut d, ana, a) = founded();
    let eve = me(3);
    d.joined(at(1), &id(&eve));
    let (_, theirs) = Waiting::knock(&ana, ROOM, at(1).unix).unwrap();
    let blob = |n: u8| Blob(vec![n; 64]);
    let all = |n: u8| {
        [
            ToService::Found { generation: 1, group_info: blob(n), tree: blob(n) },
            ToService::Knock { key_package: blob(n) },
            ToService::Commit { generation: 1, epoch: 0, commit: blob(n), group_info: blob(n), welcome: Some(blob(n)) },
            ToService::Propose { generation: 1, epoch: 0, proposal: blob(n) },
            ToService::Deny { member: id(&ana) },
            ToService::Knock { key_package: Blob(theirs.clone()) },
        ]
    };
    for n in [0, 1, 5, 255] {
        for (i, message) in all(n).into_iter().enumerate() {
            let now = at(10 + 10 * u64::from(n) + i as u64);
            let out = d.handle(now, &id(&eve), message);
            assert!(["refused", "stale", "too_large"].contains(&code(&out)), "{n} {i} {out:?}");
        }
    }
    assert!(d.handle(at(9000), "m-nobody", ToService::Present).is_empty());
    assert_eq!((d.group().unwrap().public.epoch(), a.epoch()), (0, (1, 0)));
    // Too many at once.
    let last = (0..40).map(|_| d.handle(at(9001), &id(&eve), ToService::Present)).last().unwrap();
    assert_eq!(code(&last), "too_fast");
}

#[test]
fn only_a_moderator_denies_and_a_knock_ends_with_its_session() {
    let (mut d, ana, mut a) = founded();
    let (ben, eve) = (me(2), me(3));
    admit(&mut d, (&ana, &mut a), &ben, at(1));
    d.joined(at(2), &id(&eve));
    let knock = || ToService::Knock { key_package: Blob(Waiting::knock(&eve, ROOM, at(2).unix).unwrap().1) };
    d.handle(at(2), &id(&eve), knock());
    assert_eq!(code(&d.handle(at(3), &id(&ben), ToService::Deny { member: id(&eve) })), "refused");
    let out = d.handle(at(3), &id(&ana), ToService::Deny { member: id(&eve) });
    assert!(told(&out).iter().any(|(to, m)| **to == To::One(id(&eve)) && **m == FromService::Denied));
    d.handle(at(4), &id(&eve), knock());
    let out = d.gone(at(5), &id(&eve));
    assert!(matches!(told(&out)[..], [(To::Members(_), FromService::KnockGone { .. })]));
}

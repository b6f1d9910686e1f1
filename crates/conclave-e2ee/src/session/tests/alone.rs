//! Who is left alone: the group begins anew, and meets those who are on their way.

use super::*;

fn generation(hub: &Hub, n: usize) -> u64 {
    hub.people[n].session.state().unwrap().generation
}

/// T19.
#[test]
fn a_group_of_one_begins_anew_and_those_who_vanished_come_back() {
    let (mut hub, [ana, ben, vic]) = Hub::verified();
    hub.check_code(ana);
    hub.wish(ana, Wish::Promote(hub.id(ben)));
    hub.settle();
    hub.wish(ana, Wish::Kick(hub.id(vic)));
    hub.settle();
    hub.wish(ana, Wish::Lock(true));
    hub.settle();
    let before = hub.people[ana].session.state().unwrap().clone();
    // The server says that everybody has gone. They have not.
    let ben_is = hub.id(ben);
    let said = hub.delivery.gone(hub.now(), &ben_is);
    hub.deliver(said);
    hub.settle();
    let old = hub.people[ana].keys.clone();
    assert_eq!((generation(&hub, ana), hub.people[ana].session.roster().len()), (1, 1));
    hub.run(Duration::from_secs(6));
    assert_eq!(generation(&hub, ana), 2);
    let events = hub.events(ana);
    assert!(events.iter().any(|e| matches!(e, Event::NewGeneration { .. })));
    assert!(hub.people[ana].keys.is_some() && hub.people[ana].keys != old);
    let state = hub.people[ana].session.state().unwrap().clone();
    let ben_device = hub.people[ben].session.me.device.public();
    assert_eq!(state.away, [ben_device]);
    assert_eq!((state.moderators, state.kicked, state.locked), (before.moderators, before.kicked, true));
    // Ben is heard again by the server: he is let in, into a locked room, and nobody has to compare anything anew.
    let said = hub.delivery.joined(hub.now(), &ben_is);
    hub.deliver(said);
    hub.run(Duration::from_secs(8));
    hub.together(&[ana, ben]);
    assert!(!hub.events(ben).contains(&Event::Unproven));
    assert!(!hub.events(ana).iter().any(|e| matches!(e, Event::Verified { .. })));
    assert!(hub.people[ana].session.is_verified(&ben_device));
}

#[test]
fn a_brief_absence_changes_nothing_and_a_founder_who_waits_for_the_first_does_not_churn() {
    let mut hub = Hub::new();
    let device = auto();
    let ana = hub.join(&auto());
    hub.run(Duration::from_secs(120));
    assert_eq!((generation(&hub, ana), hub.people[ana].commits), (1, 0));
    let ben = hub.join(&device);
    hub.settle();
    hub.vanish(ben);
    hub.run(Duration::from_secs(3));
    let ben = hub.join(&device);
    hub.run(Duration::from_secs(20));
    hub.together(&[ana, ben]);
    assert_eq!(generation(&hub, ana), 1);
    hub.vanish(ben);
    hub.run(Duration::from_secs(600));
    assert_eq!(generation(&hub, ana), 2, "once");
}

#[test]
fn who_waits_to_be_let_in_waits_at_the_new_one() {
    let mut hub = Hub::new();
    let (ana, ben) = (hub.join(&admit()), hub.join(&admit()));
    hub.settle();
    hub.wish(ana, Wish::Admit(hub.id(ben)));
    hub.settle();
    let cleo = hub.join(&admit());
    hub.settle();
    hub.wish(ben, Wish::Leave);
    hub.settle();
    hub.vanish(ben);
    hub.run(Duration::from_secs(8));
    assert_eq!(generation(&hub, ana), 2);
    hub.wish(ana, Wish::Admit(hub.id(cleo)));
    hub.settle();
    hub.together(&[ana, cleo]);
    assert_eq!(hub.events(cleo).iter().filter(|e| matches!(e, Event::Waiting)).count(), 1);
}

#[test]
fn who_joins_by_link_at_that_moment_ends_in_the_same_group() {
    for first in [true, false] {
        let mut hub = Hub::new();
        let secret = RoomSecret::generate().unwrap();
        let link = || Join { admission: Admission::Link, secret: Some(secret.clone()), ..auto() };
        let (ana, ben) = (hub.join(&link()), hub.join(&link()));
        hub.settle();
        hub.wish(ben, Wish::Leave);
        hub.settle();
        hub.vanish(ben);
        hub.run(Duration::from_millis(100));
        let at = hub.people[ana].session.alone.deadline().expect("it will begin anew");
        hub.run(at - hub.mono - Duration::from_millis(1));
        // Both are under way before the service has either.
        hub.mono = at;
        hub.give(ana, Input::Tick);
        let cleo = hub.join(&link());
        assert!(matches!(hub.up.front(), Some(Up::Service(_, ToService::Found { generation: 2, .. }))));
        if !first {
            hub.up.rotate_left(1);
        }
        hub.settle();
        hub.together(&[ana, cleo]);
        assert_eq!(generation(&hub, ana), if first { 2 } else { 1 });
        hub.wish(cleo, say("hello", None));
        hub.settle();
        assert_eq!(heard(&hub.events(ana)), [(false, "hello".into())]);
    }
}

/// The connection was away when the service took the new group, and came back when its founder had given it up.
#[test]
fn whose_new_group_was_confirmed_too_late_is_not_locked_out_of_it() {
    let mut hub = Hub::new();
    let (ana, ben) = (hub.join(&admit()), hub.join(&admit()));
    hub.settle();
    hub.wish(ana, Wish::Admit(hub.id(ben)));
    hub.settle();
    hub.wish(ben, Wish::Leave);
    hub.settle();
    hub.vanish(ben);
    hub.run(Duration::from_millis(100));
    hub.mono = hub.people[ana].session.alone.deadline().expect("it will begin anew");
    hub.give(ana, Input::Tick);
    let ana_is = hub.id(ana);
    while let Some(Up::Service(_, message)) = hub.up.pop_front() {
        drop(hub.delivery.handle(hub.now(), &ana_is, message));
    }
    hub.mono += ANSWER + Duration::from_secs(1);
    hub.give(ana, Input::Tick);
    hub.events(ana);
    let said = hub.delivery.joined(hub.now(), &ana_is);
    hub.deliver(said);
    hub.run(Duration::from_secs(20));
    assert!(hub.is_in(ana), "{:?}", hub.events(ana));
    let cleo = hub.join(&admit());
    hub.settle();
    hub.wish(ana, Wish::Admit(hub.id(cleo)));
    hub.settle();
    hub.together(&[ana, cleo]);
}

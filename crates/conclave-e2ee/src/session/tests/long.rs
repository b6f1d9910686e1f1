//! A call that lasts longer than certificates and vouches.

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn ends(events: &[Event]) -> usize {
    events.iter().filter(|e| matches!(e, Event::VouchEnds { .. })).count()
}

#[test]
fn after_thirty_hours_everybody_is_still_there() {
    let mut hub = Hub::new();
    let people: Vec<_> = (0..5)
        .map(|_| {
            let n = hub.join(&auto());
            hub.settle();
            n
        })
        .collect();
    (0..5).for_each(|n| drop(hub.events(n)));
    hub.run(30 * HOUR);
    hub.together(&people);
    let now = hub.now().unix;
    for n in people {
        for entry in hub.people[n].session.roster() {
            assert!(entry.credential.not_after > now, "renewed in time");
        }
        let events = hub.events(n);
        let renewed = |e: &Event| matches!(e, Event::Changed { change, .. } if change.renewed);
        assert_eq!(events.len(), 5, "five renewals and nothing else: {events:?}");
        assert!(events.iter().all(renewed));
    }
    // One who comes now comes in.
    let late = hub.join(&auto());
    hub.settle();
    hub.together(&[0, 1, 2, 3, 4, late]);
}

#[test]
fn a_vouch_is_renewed_when_there_is_a_fresh_one_and_over_when_there_is_none() {
    let mut hub = Hub::new();
    let issuer = IssuerSigner::generate().unwrap();
    let trusting = Join { issuers: vec![issuer.public()], ..auto() };
    let vouch = |device: &Device, subject: &str, hours: u64| issuer.vouch(subject, device.public(), UNIX + hours * 3600).unwrap();
    let [eva, finn] = ["eva", "finn"].map(|name| {
        let join = trusting.clone();
        let device = Arc::new(Device::generate().unwrap());
        Join { vouches: vec![vouch(&device, name, 24)], device, ..join }
    });
    let ana = hub.join(&trusting);
    hub.settle();
    let (eva_is, finn_is) = (hub.join(&eva), hub.join(&finn));
    hub.settle();
    hub.check_code(ana);
    hub.events(ana);
    hub.run(17 * HOUR);
    assert_eq!(ends(&hub.events(eva_is)), 0);
    hub.run(2 * HOUR);
    assert_eq!((ends(&hub.events(eva_is)), ends(&hub.events(finn_is))), (1, 1), "six hours before");
    // For somebody else, by another issuer, under another name, not longer than the one she has: nothing.
    let other = IssuerSigner::generate().unwrap().vouch("eva", eva.device.public(), UNIX + 48 * 3600).unwrap();
    for bad in [vouch(&finn.device, "eva", 48), vouch(&eva.device, "finn", 48), vouch(&eva.device, "eva", 24), other] {
        hub.give(eva_is, Input::Vouches(vec![bad]));
        assert!(matches!(hub.events(eva_is)[..], [Event::NotAllowed { .. }]));
    }
    hub.give(eva_is, Input::Vouches(vec![vouch(&eva.device, "eva", 48)]));
    hub.run(Duration::from_secs(120));
    hub.together(&[ana, eva_is, finn_is]);
    hub.run(11 * HOUR);
    hub.together(&[ana, eva_is, finn_is]);
    let events = hub.events(finn_is);
    assert_eq!(ends(&events), 1, "an hour before, and then no more");
    let standing = |hub: &Hub, of: usize| {
        let (id, roster) = (hub.id(of), hub.people[ana].session.roster());
        roster.into_iter().find(|entry| entry.member == id).unwrap().standing
    };
    assert_eq!(standing(&hub, eva_is), Standing::Vouched { subject: "eva".into() });
    assert_eq!(standing(&hub, finn_is), Standing::Guest, "he stays, and nobody vouches for him");
    let lapsed = hub.id(finn_is);
    let shown = |e: &Event| matches!(e, Event::Standing(entry) if entry.member == lapsed && entry.standing == Standing::Guest);
    assert!(hub.events(ana).iter().any(shown));
}

/// A server gives vouches for accounts as it likes: with one of those, an old one of an administrator must not count again.
#[test]
fn a_vouch_that_is_over_counts_for_nobody_whoever_else_vouches() {
    let mut hub = Hub::new();
    let [administrator, room] = [(); 2].map(|()| IssuerSigner::generate().unwrap());
    let founder = Join { issuers: vec![administrator.public(), room.public()], ..auto() };
    let ana = hub.join(&founder);
    hub.settle();
    let device = Arc::new(Device::generate().unwrap());
    let vouches = vec![
        administrator.vouch("eva", device.public(), UNIX + 3600).unwrap(),
        room.vouch("eva", device.public(), UNIX + 9 * 3600).unwrap(),
    ];
    let eva = hub.join(&Join { device, vouches, ..auto() });
    hub.settle();
    let trusted = [administrator.public()];
    let entry = |hub: &Hub| hub.people[ana].session.roster().into_iter().find(|entry| entry.member == hub.id(eva)).unwrap();
    assert_eq!(entry(&hub).standing_for(&trusted), Standing::Vouched { subject: "eva".into() });
    hub.events(ana);
    hub.run(2 * HOUR);
    assert_eq!(entry(&hub).standing_for(&trusted), Standing::Guest);
    assert!(hub.events(ana).iter().any(|e| matches!(e, Event::Standing(entry) if entry.vouched_by(&trusted).is_none())));
}

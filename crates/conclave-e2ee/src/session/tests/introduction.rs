//! Who knocks says its name to those who decide.

use super::*;

fn named(name: &str) -> Join {
    Join { introduction: name.into(), ..admit() }
}

fn introduced(events: &[Event]) -> Vec<(MemberId, Vec<u8>)> {
    let of = |event: &Event| match event {
        Event::Introduced { member, content } => Some((member.clone(), content.clone())),
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

#[test]
fn moderators_read_who_knocks_and_nobody_else_does() {
    let mut hub = Hub::new();
    let ana = hub.join(&named("Ana"));
    hub.settle();
    let ben = hub.join(&named("Ben"));
    hub.settle();
    hub.wish(ana, Wish::Admit(hub.id(ben)));
    hub.settle();
    hub.events(ana);
    let cleo = hub.join(&named("Cleo of the cabinet office"));
    hub.settle();
    assert_eq!(introduced(&hub.events(ana)), [(hub.id(cleo), b"Cleo of the cabinet office".to_vec())]);
    assert_eq!(introduced(&hub.events(ben)), [], "he does not decide");
    let plain = |body: &[u8]| body.windows(4).any(|w| w == b"Cleo");
    assert!(!hub.relayed.iter().any(|body| plain(body)), "the server reads nothing of it");
    // Once, and with the name at hand; who says none is told of a moment later.
    let dan = hub.join(&admit());
    hub.run(Duration::from_millis(400));
    assert!(!hub.events(ana).iter().any(|e| matches!(e, Event::Knock { .. })));
    hub.settle();
    assert!(hub.events(ana).iter().any(|e| matches!(e, Event::Knock { member, .. } if *member == hub.id(dan))));
    let eve = hub.join(&named("Eve"));
    hub.run(Duration::from_millis(10));
    let events = hub.events(ana);
    let knock = events.iter().position(|e| matches!(e, Event::Knock { member, .. } if *member == hub.id(eve)));
    let name = events.iter().position(|e| matches!(e, Event::Introduced { .. }));
    assert!(name.is_some() && knock > name);
    for n in [dan, eve] {
        hub.wish(ana, Wish::Deny(hub.id(n)));
    }
    hub.settle();
    // Promoted, he learns of the next one.
    hub.wish(ana, Wish::Promote(hub.id(ben)));
    hub.settle();
    let dora = hub.join(&named("Dora"));
    hub.settle();
    assert_eq!(introduced(&hub.events(ben)), [(hub.id(dora), b"Dora".to_vec())]);
}

/// A server that lets Eve knock in Ben's name, by giving out what he said as hers, or by saying something itself.
#[test]
fn nobody_is_introduced_by_another() {
    let mut hub = Hub::new();
    let ana = hub.join(&named("Ana"));
    hub.settle();
    let ben = hub.join(&named("Ben"));
    hub.settle();
    let his = hub.relayed.last().unwrap().clone();
    let eve = hub.join(&admit());
    hub.settle();
    hub.events(ana);
    let key = {
        let Phase::In(member) = &hub.people[ana].session.phase else { unreachable!() };
        member.private_key_of(member.leaf()).unwrap()
    };
    // The server knows Ana's public key and what a name is bound to, and not the key of the leaf that knocks.
    let bound =
        crate::identity::framed("conclave introduction v1", &[ROOM.as_bytes(), hub.id(eve).as_bytes(), hub.id(ana).as_bytes()]);
    let forged = crate::private::seal(&key, &bound, &[[0; 64].as_slice(), b"Ben"].concat()).unwrap();
    let long = crate::private::seal(&key, &bound, b"short").unwrap();
    for body in [his, [&[0xFF, 1], forged.as_slice()].concat(), [&[0xFF, 1], long.as_slice()].concat(), vec![0xFF, 1], vec![0xFF]]
    {
        hub.give(ana, Input::Relay { from: hub.id(eve), body });
    }
    assert_eq!(introduced(&hub.events(ana)), []);
    assert!(hub.id(ben) != hub.id(eve) && hub.is_in(ana));
}

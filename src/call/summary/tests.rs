use super::*;
use crate::call::PeerKind;
use crate::call::trust::EpochNote;

fn id(s: &str) -> PeerId {
    PeerId(s.into())
}

fn peer(who: &str, name: &str, key: &str, standing: Standing) -> Peer {
    Peer { name: name.into(), key: key.into(), standing, ..Peer::unnamed(id(who), PeerKind::Member) }
}

fn joined(security: Security) -> Event {
    Event::Joined {
        room: "board".into(),
        me: id("me"),
        name: "Me".into(),
        security,
        security_text: security.words().into(),
        passphrase: false,
        unavailable: Default::default(),
    }
}

fn here(peer: Peer) -> Event {
    Event::PeerJoined { peer, before_us: false }
}

fn warning(code: &str) -> Event {
    Event::Warning { code: code.into(), text: "x\x1b[2J".into() }
}

fn let_in() -> Event {
    Event::LetIn { founded: true, role: Role::Creator, key: "mine".into(), epoch: 0 }
}

fn of(events: &[Event]) -> Option<Summary> {
    let mut log = Log::default();
    events.iter().enumerate().for_each(|(n, e)| log.apply(&format!("t{n}"), e));
    log.finish("end", 7)
}

#[test]
fn who_was_in_from_when_to_when_how_known_and_who_recorded() {
    let gone = vec![(id("b"), "kicked".to_owned())];
    let s = of(&[
        joined(Security::EndToEnd),
        let_in(),
        here(peer("a", "Ana", "k1", Standing::Vouched { subject: "ana".into() })),
        here(peer("b", "Ben", "k2", Standing::Guest)),
        Event::Recording { id: id("b"), on: true },
        Event::PeerLeft { id: id("b"), name: "Ben".into() },
        Event::Epoch(EpochNote { generation: 1, epoch: 3, by: id("me"), added: vec![], returned: vec![], removed: gone }),
        Event::PeerUpdated { peer: Peer { verified: true, ..peer("a", "Ana N", "k1", Standing::Guest) } },
        Event::PeerLeft { id: id("a"), name: "Ana N".into() },
        here(peer("a2", "Ana N", "k1", Standing::Guest)),
        Event::Recording { id: id("me"), on: true },
    ])
    .unwrap();
    assert!(s.unbroken && s.disturbances.is_empty());
    assert_eq!((s.room.as_str(), s.from.as_str(), s.to.as_str(), s.frames_refused), ("board", "t1", "end", 7));
    let people: Vec<_> = s.people.iter().map(|p| (p.name.as_str(), p.from.as_str(), p.to.as_deref(), p.stays)).collect();
    assert_eq!(people, [("Me", "t1", None, 1), ("Ana N", "t2", None, 2), ("Ben", "t3", Some("t5"), 1)]);
    assert_eq!((s.people[0].me, s.people[0].role, s.people[0].key.as_str()), (true, Role::Creator, "mine"));
    assert_eq!(s.people[2].how.as_deref(), Some("kicked"));
    let kept: Vec<_> = s.recordings.iter().map(|r| (r.name.as_str(), r.from.as_str(), r.to.as_deref())).collect();
    assert_eq!(kept, [("Ben", "t4", Some("t5")), ("Me", "t10", None)]);
}

#[test]
fn what_disturbs_the_encryption_is_said_with_its_time_and_nothing_else_is() {
    let quiet = ["begun_anew", "server_list_differs", "refused_knock", "not_behind", "floor_full"].map(warning);
    let calm = [vec![joined(Security::EndToEnd), warning("refused_link"), let_in()], quiet.to_vec()].concat();
    assert!(of(&calm).unwrap().unbroken, "what was refused before we were in touched nothing");
    for code in ["refused_add", "new_generation", "behind", "frames_foreign", "unproven_return"] {
        let s = of(&[calm.clone(), vec![warning(code)]].concat()).unwrap();
        let told: Vec<_> = s.disturbances.iter().map(|d| (d.at.as_str(), d.code.as_str(), d.text.as_str())).collect();
        assert_eq!((s.unbroken, told), (false, vec![("t8", code, "x[2J")]));
    }
    let many = [calm, vec![warning("behind"); LINES + 5]].concat();
    let s = of(&many).unwrap();
    assert_eq!((s.disturbances.len(), s.more_disturbances), (LINES, 5));
}

#[test]
fn a_plain_room_is_never_called_unbroken_and_who_was_never_in_has_no_summary() {
    let s = of(&[joined(Security::TransportOnly), here(peer("a", "Ana", "", Standing::Unknown))]).unwrap();
    assert!(!s.unbroken && s.disturbances.is_empty() && s.people.len() == 2);
    assert_eq!(of(&[joined(Security::EndToEnd), Event::Waiting]), None);
    assert_eq!(of(&[Event::Connecting { url: "x".into() }]), None);
}

#[test]
fn people_are_bounded() {
    let crowd = (0..2 * PEOPLE).map(|n| here(peer(&n.to_string(), "x", "", Standing::Guest)));
    let s = of(&[joined(Security::EndToEnd), let_in()].into_iter().chain(crowd).collect::<Vec<_>>()).unwrap();
    assert_eq!((s.people.len(), s.more_people), (PEOPLE, PEOPLE as u64 + 1));
}

use crate::backend::BackendEvent;
use crate::call::engine::tests::{Call, id, options, start_as};
use crate::call::{Command, Event, NameMark, PeerKind, Request, Security, Standing};

async fn joins(c: &mut Call, who: &str, name: Option<&str>) {
    let (id, name) = (id(who), name.map(str::to_owned));
    c.far.events.send(BackendEvent::PeerJoined { id, kind: PeerKind::Member, name, before_us: true }).await.unwrap();
    c.until(|e| matches!(e, Event::PeerJoined { .. })).await;
}

fn shown(c: &Call) -> Vec<(String, Vec<NameMark>)> {
    c.handle.state().peers.iter().map(|p| (p.name.clone(), p.name_marks.clone())).collect()
}

#[tokio::test(start_paused = true)]
async fn people_with_one_name_are_told_apart_at_the_door_in_the_list_and_when_we_take_theirs() {
    let mut c = start_as(id("me"), Security::EndToEnd, options());
    joins(&mut c, "a", Some("Ana")).await;
    joins(&mut c, "b", None).await;
    // Names come later than people do, and more than once.
    for _ in 0..2 {
        let name = Some("\u{410}na".to_owned());
        c.far.events.send(BackendEvent::PeerState { id: id("b"), name, muted: None, hand: None }).await.unwrap();
    }
    c.until(|e| matches!(e, Event::PeerUpdated { peer } if peer.id == id("b"))).await;
    let second = ("\u{410}na (2)".to_owned(), vec![NameMark::Confusable, NameMark::MixedScript]);
    assert_eq!(shown(&c), [("Ana".into(), vec![]), second.clone()]);

    // Who waits is numbered too: whoever decides sees it.
    c.far.events.send(BackendEvent::Knock { id: id("k"), standing: Standing::Guest, key: "k".into() }).await.unwrap();
    // Who says no name in time is told of without.
    c.until(|e| matches!(e, Event::Knock { name: None, .. })).await;
    let name = Some("Ana".to_owned());
    c.far.events.send(BackendEvent::PeerState { id: id("k"), name, muted: None, hand: None }).await.unwrap();
    let knock = c.until(|e| matches!(e, Event::Knock { .. })).await;
    let Event::Knock { name, name_marks, .. } = knock else { unreachable!() };
    assert_eq!((name.as_deref(), name_marks.as_slice()), (Some("Ana (3)"), &[NameMark::Duplicate][..]));
    c.far.events.send(BackendEvent::KnockGone { id: id("k") }).await.unwrap();
    c.until(|e| matches!(e, Event::KnockGone { .. })).await;

    // We take the name of somebody: they are shown otherwise, and nobody else is.
    c.handle.send(Request { id: None, command: Command::Name { name: "Ana".into() } });
    c.until(|e| matches!(e, Event::PeerUpdated { peer } if peer.id == id("a"))).await;
    let own = c.handle.state().name.clone();
    assert_eq!(own, "Ana", "ours is as we say it");
    assert_eq!(shown(&c)[0], ("Ana (3)".into(), vec![NameMark::Own, NameMark::Confusable]));
}

#[tokio::test(start_paused = true)]
async fn who_knocks_is_told_of_once_when_the_name_is_there_and_not_at_all_if_they_are_gone_before() {
    let mut c = start_as(id("me"), Security::EndToEnd, options());
    let knock = |who: &str| BackendEvent::Knock { id: id(who), standing: Standing::Guest, key: "k".into() };
    c.far.events.send(knock("gone")).await.unwrap();
    c.far.events.send(BackendEvent::KnockGone { id: id("gone") }).await.unwrap();
    c.far.events.send(knock("k")).await.unwrap();
    let name = Some("Ben".to_owned());
    c.far.events.send(BackendEvent::PeerState { id: id("k"), name, muted: None, hand: None }).await.unwrap();
    let first = c.until(|e| matches!(e, Event::Knock { .. } | Event::KnockGone { .. })).await;
    assert!(matches!(first, Event::Knock { name: Some(ref name), .. } if name == "Ben"), "{first:?}");
    c.far.events.send(BackendEvent::KnockGone { id: id("k") }).await.unwrap();
    let next = c.until(|e| matches!(e, Event::Knock { .. } | Event::KnockGone { .. })).await;
    assert!(matches!(next, Event::KnockGone { .. }), "{next:?}");
}

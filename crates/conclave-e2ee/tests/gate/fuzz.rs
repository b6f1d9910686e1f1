//! Damaged and random input: never a panic, never a change.

use crate::world::{NOW, ROOM, World, device, issuer, me, state};
use conclave_e2ee::member::{Member, Plan, Waiting};
use conclave_e2ee::public::PublicState;
use conclave_e2ee::{Admission, Credential, RoomState, Vouch, gate};
use proptest::prelude::*;
use std::cell::RefCell;

struct Samples {
    world: World,
    messages: Vec<Vec<u8>>,
    state: Vec<u8>,
    credential: Vec<u8>,
    knock: Vec<u8>,
    welcome: (Vec<u8>, Vec<u8>),
    group: (Vec<u8>, Vec<u8>),
}

fn samples() -> Samples {
    let mut world = World::found(state(Admission::Auto));
    for name in ["ben", "cleo"] {
        world.add("ana", name).unwrap();
    }
    let (_, knock) = Waiting::knock(&me("dan"), ROOM, NOW).unwrap();
    let plan = Plan { add: vec![knock.clone()], locked: Some(true), ..Plan::default() };
    let bundle = world.m("ana").commit(NOW, &plan).unwrap();
    world.m("ana").clear_pending().unwrap();
    let leave = world.m("ben").propose_leave().unwrap();
    let remove = world.public.propose_remove(2, &world.service).unwrap();
    let sealed = world.m("cleo").seal(b"hello").unwrap();
    let mut full = state(Admission::Link);
    full.list = vec!["*".into()];
    full.grant(&device("ana"), device("ben").public());
    full.kicked = vec![device("eve").public()];
    full.away = vec![device("cleo").public()];
    let vouch = issuer().vouch("ana@example.org", device("ana").public(), NOW).unwrap();
    let credential = device("ana").certify(ROOM, &[1; 32], NOW, vec![vouch]).encode().unwrap();
    let group = world.group();
    Samples {
        messages: vec![bundle.commit.clone(), leave, remove, sealed],
        state: full.encode().unwrap(),
        credential,
        knock,
        welcome: (bundle.welcome.unwrap(), world.public.tree_bytes().unwrap()),
        group,
        world,
    }
}

thread_local! {
    static SAMPLES: RefCell<Samples> = RefCell::new(samples());
}

fn damage(bytes: &[u8], at: usize, bit: u8, cut: Option<usize>) -> Vec<u8> {
    let mut out = bytes.to_vec();
    let at = at % out.len();
    out[at] ^= 1 << (bit % 8);
    if let Some(cut) = cut {
        out.truncate(cut % bytes.len());
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_messages_change_nothing(which in 0usize..4, at: usize, bit: u8, cut: Option<usize>) {
        SAMPLES.with_borrow_mut(|samples| {
            let bytes = damage(&samples.messages[which], at, bit, cut);
            let world = &mut samples.world;
            prop_assert!(world.m("ana").process(NOW, &bytes).is_err());
            // The service has no key to check the tags at the end of a member's message; the members do.
            let own_tags = which < 2 && at % samples.messages[which].len() >= samples.messages[which].len() - 66;
            prop_assert!(world.public.process(NOW, &bytes).is_err() || own_tags);
            world.check();
            Ok(())
        })?;
    }

    #[test]
    fn random_bytes_change_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        SAMPLES.with_borrow_mut(|samples| {
            let world = &mut samples.world;
            prop_assert!(world.m("ana").process(NOW, &bytes).is_err());
            prop_assert!(world.public.process(NOW, &bytes).is_err());
            prop_assert!(PublicState::from_group(&bytes, &bytes, ROOM, &[1; 32], NOW).is_err());
            prop_assert!(gate::leaf::knock(&bytes, world.public.state(), NOW).is_err());
            prop_assert!(Credential::decode(&bytes).is_err());
            prop_assert!(RoomState::decode(&bytes).is_err());
            world.check();
            Ok(())
        })?;
    }

    #[test]
    fn a_damaged_state_or_credential_is_another_one_or_none(at: usize, bit: u8, cut: Option<usize>) {
        SAMPLES.with_borrow_mut(|samples| {
            let bytes = damage(&samples.state, at, bit, cut);
            if let Ok(state) = RoomState::decode(&bytes) {
                prop_assert_eq!(state.encode().unwrap(), bytes);
            }
            let bytes = damage(&samples.credential, at, bit, cut);
            if let Ok(credential) = Credential::decode(&bytes) {
                prop_assert!(credential.verify(NOW, ROOM, &[1; 32]).is_err() || !credential.vouches.iter().all(|v| v.verify(NOW)));
            }
            Ok(())
        })?;
    }

    #[test]
    fn damaged_knocks_trees_and_welcomes_are_refused(at: usize, bit: u8, cut: Option<usize>, second: bool) {
        SAMPLES.with_borrow_mut(|samples| {
            let knock = damage(&samples.knock, at, bit, cut);
            prop_assert!(gate::leaf::knock(&knock, samples.world.public.state(), NOW).is_err());
            let (mut info, mut tree) = samples.group.clone();
            let part = if second { &mut tree } else { &mut info };
            *part = damage(part, at, bit, cut);
            let service = samples.world.expect().service;
            prop_assert!(PublicState::from_group(&info, &tree, ROOM, &service, NOW).is_err());
            let dan = me("dan");
            let (waiting, _) = Waiting::knock(&dan, ROOM, NOW).unwrap();
            let welcome = damage(&samples.welcome.0, at, bit, cut);
            prop_assert!(waiting.welcome(&dan, NOW, &welcome, &samples.welcome.1, &samples.world.expect()).is_err());
            Ok(())
        })?;
    }

    #[test]
    fn text_forms_never_panic(text in ".{0,200}") {
        prop_assert!(Vouch::from_text(&text).is_err());
        prop_assert!(conclave_e2ee::RevocationList::from_text(&text).is_err());
    }
}

/// `Member` is what a session holds across threads.
#[test]
fn a_member_can_be_sent() {
    fn send<T: Send>() {}
    send::<Member>();
    send::<Waiting>();
    send::<PublicState>();
}

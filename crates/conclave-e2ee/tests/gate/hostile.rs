//! What a hostile server tries. T numbers as in the threat list.

use crate::rogue::{Leaf, ROOM_PSK, Rogue, STATE, aad_of};
use crate::world::{NOW, ROOM, World, code, device, issuer, me, refused_code, service_key, state};
use conclave_e2ee::member::{Me, Member, Plan, Waiting};
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::{Admission, DeviceKey, Role, Standing, gate, member_id};
use ed25519_dalek::SigningKey;
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{
    Extension, Extensions, ExternalProposal, LeafNodeIndex, MlsMessageIn, SenderExtensionIndex, UnknownExtension,
};
use openmls_rust_crypto::OpenMlsRustCrypto;
use std::collections::BTreeSet;

fn link_room(secret: &RoomSecret) -> World {
    let mut rules = state(Admission::Link);
    rules.secret = Some(secret.proof_key());
    let mut world = World::found(rules);
    world.m("ana").know_secret(secret).unwrap();
    world.add("ana", "ben").unwrap();
    world.m("ben").know_secret(secret).unwrap();
    world
}

#[test]
fn t1_a_ghost_without_the_room_secret() {
    let mut world = World::found(state(Admission::Admit));
    world.add("ana", "ben").unwrap();
    let ghost = Leaf::new("ghost", NOW);
    let commit = ghost.external_commit(&world, None, Vec::new());
    world.refused_by_all(&commit, "link_not_allowed");
    world.still_works();

    let secret = RoomSecret::generate().unwrap();
    let mut world = link_room(&secret);
    let commit = ghost.external_commit(&world, None, Vec::new());
    world.refused_by_all(&commit, "no_secret");
    assert_eq!(world.public.roster().len(), 2);
    world.still_works();
}

#[test]
fn t2_a_wrong_room_secret() {
    let secret = RoomSecret::generate().unwrap();
    let mut world = link_room(&secret);
    let guess = RoomSecret::generate().unwrap();
    // Our own client does not even try.
    let (info, tree) = world.group();
    let error = Member::link(&me("eve"), NOW, &info, &tree, &guess, &world.expect()).map(|_| ()).unwrap_err();
    assert_eq!(code(&error), "secret");
    // Another client does: the members see the wrong key schedule, the service the wrong proof.
    let ghost = Leaf::new("ghost", NOW);
    let commit = ghost.external_commit(&world, Some((ROOM_PSK, &[5; 32])), vec![1; 64]);
    assert_eq!(refused_code(&world.public.process(NOW, &commit).map(|_| ()).unwrap_err()), "proof");
    for name in ["ana", "ben"] {
        assert_eq!(code(&world.m(name).process(NOW, &commit).unwrap_err()), "confirmation_tag");
    }
    // A proof that is right (taken from an honest joiner with the same leaf) does not help without the PSK.
    let leaf = SigningKey::from_bytes(&ghost.key.0.to_bytes());
    let honest = Me { device: device("ghost"), leaf, vouches: Vec::new() };
    let (info, tree) = world.group();
    let (_, bundle) = Member::link(&honest, NOW, &info, &tree, &secret, &world.expect()).unwrap();
    let proof = aad_of(&world, &bundle.commit);
    let commit = ghost.external_commit(&world, Some((ROOM_PSK, &[5; 32])), proof.clone());
    for name in ["ana", "ben"] {
        assert_eq!(code(&world.m(name).process(NOW, &commit).unwrap_err()), "confirmation_tag");
    }
    // Nor does a proof of somebody else's leaf, nor one of another epoch.
    let other = Leaf::new("other", NOW);
    let commit = other.external_commit(&world, Some((ROOM_PSK, &[5; 32])), proof.clone());
    assert_eq!(refused_code(&world.public.process(NOW, &commit).map(|_| ()).unwrap_err()), "proof");
    world.still_works();
    let commit = ghost.external_commit(&world, Some((ROOM_PSK, &[5; 32])), proof);
    assert_eq!(refused_code(&world.public.process(NOW, &commit).map(|_| ()).unwrap_err()), "proof");
}

#[test]
fn a_psk_with_another_name_is_no_room_secret() {
    let secret = RoomSecret::generate().unwrap();
    let mut world = link_room(&secret);
    let commit = Leaf::new("ghost", NOW).external_commit(&world, Some((b"another", &[5; 32])), Vec::new());
    assert_eq!(refused_code(&world.public.process(NOW, &commit).map(|_| ()).unwrap_err()), "link_proposal");
    assert!(world.m("ana").process(NOW, &commit).is_err());
    world.still_works();
}

#[test]
fn t3_who_has_the_room_secret_comes_in_as_a_guest() {
    let secret = RoomSecret::generate().unwrap();
    let mut world = link_room(&secret);
    world.link("cleo", &secret).unwrap();
    let roster = world.public.roster();
    let cleo = roster.iter().find(|entry| entry.device == device("cleo").public()).unwrap();
    assert_eq!((cleo.standing.clone(), cleo.role), (Standing::Guest, Role::Member));
}

#[test]
fn t4_the_server_proposes_to_add_somebody() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let mut rogue = Rogue::enter(&mut world, "ana", "mallory");
    let context = rogue.group.public_group().group_context().clone();
    let signer = crate::rogue::Key(SigningKey::from_bytes(&world.service));
    let add = |leaf: &Leaf| {
        ExternalProposal::new_add::<OpenMlsRustCrypto>(
            leaf.key_package(),
            context.group_id().clone(),
            context.epoch(),
            &signer,
            SenderExtensionIndex::new(0),
        )
        .unwrap()
        .to_bytes()
        .unwrap()
    };
    let proposal = add(&Leaf::new("ghost", NOW));
    world.refused_by_all(&proposal, "server_add");
    // A member without a gate commits it: nobody takes that, either.
    rogue.follow(&proposal);
    let commit = rogue.commit(|builder| builder.consume_proposal_store(true));
    world.refused_by_all(&commit, "invalid");
    world.still_works();
}

#[test]
fn t16_the_server_proposes_other_extensions() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let rogue = Rogue::enter(&mut world, "ana", "mallory");
    let context = rogue.group.public_group().group_context();
    let mut opened = rogue.state();
    opened.moderators.clear();
    opened.locked = true;
    let signer = crate::rogue::Key(SigningKey::from_bytes(&world.service));
    let mut extensions = context.extensions().clone();
    extensions.add_or_replace(Extension::Unknown(STATE, UnknownExtension(opened.encode().unwrap()))).unwrap();
    for extensions in [extensions, Extensions::empty()] {
        let proposal = ExternalProposal::new_group_context_extensions::<OpenMlsRustCrypto>(
            extensions,
            context.group_id().clone(),
            context.epoch(),
            &signer,
            SenderExtensionIndex::new(0),
        )
        .unwrap()
        .to_bytes()
        .unwrap();
        world.refused_by_all(&proposal, "server_proposal");
    }
    world.still_works();
}

#[test]
fn a_proposal_by_a_key_that_is_no_external_sender() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let leaf = world.leaf("ben");
    let proposal = world.public.propose_remove(leaf, &zeroize::Zeroizing::new([3; 32])).unwrap();
    world.refused_by_all(&proposal, "invalid");
    // Of a leaf that is empty: refused as well, and no member is confused by it.
    let proposal = world.public.propose_remove(77, &world.service).unwrap();
    world.refused_by_all(&proposal, "invalid");
    world.still_works();
}

#[test]
fn t5_a_swapped_key_package() {
    let world = World::found(state(Admission::Admit));
    let ben = me("ben");
    let (_, honest) = Waiting::knock(&ben, ROOM, NOW).unwrap();
    let seen = gate::leaf::knock(&honest, world.public.state(), NOW).unwrap();
    assert_eq!((seen.member, seen.device), (ben.id(), device("ben").public()));
    // The server says `ben knocks` and gives another KeyPackage: its member id is another.
    let swapped = Leaf::new("ghost", NOW);
    let seen = gate::leaf::knock(&swapped.knock(), world.public.state(), NOW).unwrap();
    assert_ne!(seen.member, ben.id());
    assert_eq!(seen.member, member_id(swapped.key.0.verifying_key().as_bytes()));
    // It copies ben's credential into its own leaf: the certificate is for ben's leaf key.
    let mut copied = Leaf::new("ghost", NOW);
    copied.credential = {
        let ben = Leaf::new("ben", NOW);
        ben.credential
    };
    assert_eq!(refused_code(&gate::leaf::knock(&copied.knock(), world.public.state(), NOW).unwrap_err()), "certificate");
}

#[test]
fn t6_replays() {
    let secret = RoomSecret::generate().unwrap();
    let mut world = link_room(&secret);
    let (old_info, old_tree) = world.group();
    let first = world.commit("ana", &Plan::default()).unwrap();
    world.refused_by_all(&first.commit, "wrong_epoch");
    // A joiner by link who is given an old GroupInfo: its commit is late.
    let (_, late) = Member::link(&me("cleo"), NOW, &old_info, &old_tree, &secret, &world.expect()).unwrap();
    world.refused_by_all(&late.commit, "wrong_epoch");
    // An old tree with a new GroupInfo, and the other way round.
    let (info, tree) = world.group();
    assert!(Member::link(&me("cleo"), NOW, &info, &old_tree, &secret, &world.expect()).is_err());
    assert!(Member::link(&me("cleo"), NOW, &old_info, &tree, &secret, &world.expect()).is_err());

    // A Welcome played again does not open with another KeyPackage, nor with another tree.
    let dan = me("dan");
    let (waiting, key_package) = Waiting::knock(&dan, ROOM, NOW).unwrap();
    let bundle = world.commit("ana", &Plan { add: vec![key_package], ..Plan::default() }).unwrap();
    let (again, _) = Waiting::knock(&dan, ROOM, NOW).unwrap();
    assert!(world.welcome(&dan, again, &bundle).is_err());
    let welcome = bundle.welcome.clone().unwrap();
    let (waiting, _) = waiting.welcome(&dan, NOW, &welcome, &old_tree, &world.expect()).map(|_| ()).unwrap_err();
    world.members.insert("dan", world.welcome(&dan, *waiting, &bundle).map_err(|(_, e)| e).unwrap());
    // A server's Remove proposal of an earlier epoch.
    let leaf = world.leaf("ben");
    let proposal = world.public.propose_remove(leaf, &world.service).unwrap();
    world.still_works();
    world.refused_by_all(&proposal, "wrong_epoch");
    // A group of yesterday is not joined tomorrow.
    let (info, tree) = world.group();
    let tomorrow = Member::link(&me("eva"), NOW + 30 * 3600, &info, &tree, &secret, &world.expect()).map(|_| ());
    assert_eq!(code(&tomorrow.unwrap_err()), "expired");
}

#[test]
fn t16_a_founded_group_with_other_extensions_is_no_room() {
    let world = World::found(state(Admission::Admit));
    let (info, tree) = world.group();
    let other = service_key(&zeroize::Zeroizing::new([9; 32]));
    let read = conclave_e2ee::public::PublicState::from_group(&info, &tree, ROOM, &other, NOW).map(|_| ());
    assert_eq!(refused_code(&read.unwrap_err()), "extensions");
    let read = conclave_e2ee::public::PublicState::from_group(&info, &tree, "other", &service_key(&world.service), NOW);
    assert_eq!(refused_code(&read.map(|_| ()).unwrap_err()), "room");
}

/// T25: the server tells everybody that its accomplice is a moderator. Nobody's client asks the server.
#[test]
fn t25_an_accomplice_without_a_grant() {
    let mut world = World::found(state(Admission::Admit));
    for name in ["ben", "cleo", "mallory"] {
        world.add("ana", name).unwrap();
    }
    let of = |name: &str| vec![device(name).public()];
    let (_, ghost) = Waiting::knock(&me("ghost"), ROOM, NOW).unwrap();
    let ben = world.leaf("ben");
    for (plan, word) in [
        (Plan { add: vec![ghost], ..Plan::default() }, "add_not_allowed"),
        (Plan { remove: vec![ben], ..Plan::default() }, "remove_not_allowed"),
        (Plan { remove: vec![ben], kick: true, ..Plan::default() }, "remove_not_allowed"),
        (Plan { locked: Some(true), ..Plan::default() }, "state_not_allowed"),
        (Plan { frozen: Some(true), ..Plan::default() }, "state_not_allowed"),
        (Plan { promote: of("mallory"), ..Plan::default() }, "grant"),
        (Plan { promote: of("ben"), ..Plan::default() }, "grant"),
    ] {
        assert_eq!(code(&world.m("mallory").commit(NOW, &plan).unwrap_err()), word, "{plan:?}");
        assert!(!world.members["mallory"].has_pending());
    }
    world.still_works();
}

/// T26: a kicked device, let in again by the server, an accomplice, a link, a return, a new generation.
#[test]
fn t26_a_kicked_device_stays_out() {
    let secret = RoomSecret::generate().unwrap();
    let mut world = link_room(&secret);
    world.add("ana", "eve").unwrap();
    let mut rogue = Rogue::enter(&mut world, "ana", "mallory");
    let eve = world.leaf("eve");
    let bundle = world.commit("ana", &Plan { remove: vec![eve], kick: true, ..Plan::default() }).unwrap();
    rogue.follow(&bundle.commit);
    assert!(!world.members.contains_key("eve"));

    let again = Leaf::new("eve", NOW);
    assert_eq!(code(&world.m("ana").commit(NOW, &Plan { add: vec![again.knock()], ..Plan::default() }).unwrap_err()), "kicked");
    assert_eq!(refused_code(&world.public.knock(NOW, &again.knock()).unwrap_err()), "kicked");
    let commit = rogue.commit(|builder| builder.propose_adds([again.key_package()]));
    world.refused_by_all(&commit, "kicked");
    let (info, tree) = world.group();
    assert!(Member::link(&me("eve"), NOW, &info, &tree, &secret, &world.expect()).is_err());
    // Even with the secret and its own client: the proof and the PSK are right, and the gate refuses.
    let kicked = Me { device: device("eve"), leaf: SigningKey::from_bytes(&again.key.0.to_bytes()), vouches: Vec::new() };
    let honest_looking = Me { device: device("zoe"), leaf: kicked.leaf.clone(), vouches: Vec::new() };
    let (_, bundle) = Member::link(&honest_looking, NOW, &info, &tree, &secret, &world.expect()).unwrap();
    let proof = aad_of(&world, &bundle.commit);
    let commit = again.external_commit(&world, Some((ROOM_PSK, &[5; 32])), proof);
    assert_eq!(refused_code(&world.public.process(NOW, &commit).map(|_| ()).unwrap_err()), "kicked");

    // A new generation, founded by an honest member: the list comes along.
    let next = world.members["ben"].next_generation();
    assert!(!next.may_return(&device("eve").public()));
    let service = service_key(&world.service);
    let (ben, info, tree) = Member::found(&me("ben"), next.clone(), service, NOW).unwrap();
    world.public = conclave_e2ee::public::PublicState::from_group(&info, &tree, ROOM, &service, NOW).unwrap();
    world.members = [("ben", ben)].into();
    assert_eq!(code(&world.m("ben").commit(NOW, &Plan { add: vec![again.knock()], ..Plan::default() }).unwrap_err()), "kicked");
    // Founded by somebody dishonest, without the list: who was in before does not join it.
    let mut forgetful = next.clone();
    forgetful.kicked.clear();
    let (mut eve, _, tree) = Member::found(&me("mallory"), forgetful, service, NOW).unwrap();
    let ana = me("ana");
    let (waiting, key_package) = Waiting::knock(&ana, ROOM, NOW).unwrap();
    let bundle = eve.commit(NOW, &Plan { add: vec![key_package], ..Plan::default() }).unwrap();
    let mut expect = world.expect();
    expect.before = Some(next);
    drop(tree);
    eve.process(NOW, &bundle.commit).unwrap();
    let joined = waiting.welcome(&ana, NOW, &bundle.welcome.unwrap(), &eve.tree().unwrap(), &expect).map(|_| ());
    assert_eq!(code(&joined.unwrap_err().1), "unkick");
}

#[test]
fn a_revoked_device_is_refused_by_who_knows_the_list() {
    let mut world = World::found(state(Admission::Auto));
    let list = issuer().revoke(1, NOW, vec![device("eve").public()]).unwrap();
    let revoked: BTreeSet<DeviceKey> = list.revoked.iter().copied().collect();
    world.public.set_revoked(revoked.clone());
    let leaf = Leaf::new("eve", NOW);
    let bundle = world.m("ana").commit(NOW, &Plan { add: vec![leaf.knock()], ..Plan::default() }).unwrap();
    assert_eq!(refused_code(&world.deliver(&bundle).unwrap_err()), "revoked");
    world.m("ana").set_revoked(revoked);
    assert_eq!(code(&world.m("ana").commit(NOW, &Plan { add: vec![leaf.knock()], ..Plan::default() }).unwrap_err()), "revoked");
}

#[test]
fn the_server_cannot_silence_the_room_with_proposals() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let leaf = world.leaf("ben");
    let proposal = world.public.propose_remove(leaf, &world.service).unwrap();
    world.propose(&proposal);
    assert_eq!(world.members["ana"].proposed_removals(), [leaf]);
    let sealed = world.m("ana").seal(b"still here").unwrap();
    world.m("ben").process(NOW, &sealed).unwrap();
    // ben is alive and commits itself: its own removal is left out.
    world.commit("ben", &Plan::default()).unwrap();
    assert_eq!(world.public.roster().len(), 2);
}

/// Everything that comes back after a removal that the server made is told apart from a removal by a moderator.
#[test]
fn who_a_moderator_removes_does_not_return_by_itself() {
    let mut world = World::found(state(Admission::Admit));
    for name in ["ben", "cleo"] {
        world.add("ana", name).unwrap();
    }
    let leaf = world.leaf("cleo");
    world.commit("ana", &Plan { remove: vec![leaf], ..Plan::default() }).unwrap();
    assert_eq!(code(&world.add("ben", "cleo").unwrap_err()), "add_not_allowed");
    world.add("ana", "cleo").unwrap();
}

#[test]
fn messages_that_are_no_business_of_a_room() {
    let mut world = World::found(state(Admission::Auto));
    world.add("ana", "ben").unwrap();
    let other = World::found(state(Admission::Auto));
    let (info, _) = world.group();
    let foreign = other.members["ana"].group_info().unwrap();
    for bytes in [info, foreign, Leaf::new("x", NOW).knock(), Vec::new(), vec![0; 600 * 1024]] {
        assert!(world.m("ana").process(NOW, &bytes).is_err());
        assert!(world.public.process(NOW, &bytes).is_err());
    }
    let sealed = world.m("ana").seal(b"x").unwrap();
    assert!(world.public.process(NOW, &sealed).is_err());
    assert!(world.m("ana").process(NOW, &sealed).is_err(), "our own message");
    assert!(MlsMessageIn::tls_deserialize_exact(&sealed[..]).is_ok());
    let _ = LeafNodeIndex::new(0);
    world.still_works();
}

//! What a member tries whose client has no gate: each rule is broken once, and everybody refuses.

use crate::rogue::{Leaf, Rogue, STATE, capabilities, leaf_extensions};
use crate::world::{NOW, ROOM, World, code, device, issuer, me, state};
use conclave_e2ee::identity::{LENIENCY, MAX_LIFE};
use conclave_e2ee::member::{Plan, Waiting};
use conclave_e2ee::room::Grant;
use conclave_e2ee::{Admission, IssuerSigner, Mode, RoomState, Vouch};
use openmls::prelude::*;
use openmls::schedule::{ExternalPsk, PreSharedKeyId, Psk};

/// ana (creator), ben, and mallory with her own client; cleo is a moderator.
fn room(admission: Admission) -> (World, Rogue) {
    let mut world = World::found(state(admission));
    for name in ["ben", "cleo"] {
        world.add("ana", name).unwrap();
    }
    world.commit("ana", &Plan { promote: vec![device("cleo").public()], ..Plan::default() }).unwrap();
    let rogue = Rogue::enter(&mut world, "ana", "mallory");
    (world, rogue)
}

#[test]
fn lets_somebody_in() {
    let (mut world, mut rogue) = room(Admission::Admit);
    let commit = rogue.commit(|b| b.propose_adds([Leaf::new("ghost", NOW).key_package()]));
    world.refused_by_all(&commit, "add_not_allowed");
    let (mut world, mut rogue) = room(Admission::Auto);
    // A second leaf of a device that is in, and two leaves of one device.
    let commit = rogue.commit(|b| b.propose_adds([Leaf::new("ben", NOW + 9).key_package()]));
    world.refused_by_all(&commit, "device_twice");
    let twins = [Leaf::new("ghost", NOW).key_package(), Leaf::new("ghost", NOW).key_package()];
    let commit = rogue.commit(|b| b.propose_adds(twins));
    world.refused_by_all(&commit, "device_twice");
    world.still_works();
}

#[test]
fn removes_somebody() {
    let (mut world, mut rogue) = room(Admission::Auto);
    for (name, word) in [("ben", "remove_not_allowed"), ("cleo", "remove_not_allowed"), ("ana", "creator")] {
        let index = rogue.index_of(device(name).public());
        let commit = rogue.commit(|b| b.propose_removals([index]));
        world.refused_by_all(&commit, word);
        // Nor under the cover of somebody else's coming.
        let commit = rogue.commit(|b| b.propose_removals([index]).propose_adds([Leaf::new("ghost", NOW).key_package()]));
        world.refused_by_all(&commit, word);
    }
    world.still_works();
}

#[test]
fn puts_somebody_out_with_an_old_key_package() {
    let mut world = World::found(state(Admission::Auto));
    let old = Leaf::new("ben", NOW - 100);
    world.add("ana", "ben").unwrap();
    let mut rogue = Rogue::enter(&mut world, "ana", "mallory");
    let index = rogue.index_of(device("ben").public());
    let commit = rogue.commit(|b| b.propose_removals([index]).propose_adds([old.key_package()]));
    world.refused_by_all(&commit, "stale");
}

#[test]
fn changes_the_room() {
    let (mut world, mut rogue) = room(Admission::Admit);
    type Bend = fn(&mut RoomState);
    let bends: [(&str, Bend); 22] = [
        ("state_not_allowed", |s| s.locked = true),
        ("state_not_allowed", |s| (s.locked, s.frozen) = (true, true)),
        ("state_not_allowed", |s| s.admission = Admission::Auto),
        ("state_not_allowed", |s| s.list = vec!["*".into()]),
        ("immutable", |s| s.mode = Mode::Open),
        ("immutable", |s| s.generation += 1),
        // Grants are for one room and one creator: in another they are worthless.
        ("grant", |s| s.room = "other".into()),
        ("immutable", |s| (s.room, s.moderators) = ("other".into(), Vec::new())),
        ("immutable", |s| s.issuers = vec![crate::world::issuer().public()]),
        ("immutable", |s| s.accounts = Some(crate::world::issuer().public())),
        ("immutable", |s| s.secret = Some([1; 32])),
        ("immutable", |s| s.passphrase = true),
        ("immutable", |s| s.no_recording = true),
        ("immutable", |s| s.receipt = true),
        ("grant", |s| s.creator = device("mallory").public()),
        ("immutable", |s| (s.creator, s.moderators) = (device("mallory").public(), Vec::new())),
        ("kick_not_allowed", |s| s.kicked = vec![device("ben").public()]),
        ("kicked", |s| s.kicked = vec![device("ana").public()]),
        ("demote_not_allowed", |s| s.moderators.clear()),
        ("away", |s| s.away = vec![device("ghost").public()]),
        ("invalid", |s| s.away = vec![device("ghost").public(); 2]),
        ("frozen_unlocked", |s| s.frozen = true),
    ];
    for (word, bend) in bends {
        let commit = rogue.change(bend);
        world.refused_by_all(&commit, word);
    }
    world.still_works();
}

#[test]
fn grants_herself_rights() {
    let (mut world, mut rogue) = room(Admission::Admit);
    let (mallory, ana, cleo) = (device("mallory"), device("ana"), device("cleo"));
    let forgeries: Vec<(&str, Grant)> = {
        let state = rogue.state();
        let of_cleo = state.moderators.first().unwrap().clone();
        let mut other_room = state.clone();
        other_room.room = "other".into();
        vec![
            // By herself; in the creator's name; somebody else's grant with her name; the creator's word in another room;
            // a real grant by a moderator, which only that moderator may bring; the creator's, likewise.
            ("grant", Grant::sign(&state, &mallory, mallory.public())),
            ("grant", Grant { by: ana.public(), ..Grant::sign(&state, &mallory, mallory.public()) }),
            ("grant", Grant { to: mallory.public(), ..of_cleo }),
            ("grant", Grant::sign(&other_room, &ana, mallory.public())),
            ("promote_not_allowed", Grant::sign(&state, &cleo, mallory.public())),
            ("promote_not_allowed", Grant::sign(&state, &ana, mallory.public())),
        ]
    };
    for (word, grant) in forgeries {
        let commit = rogue.change(|state| (state.granted, _) = (state.granted + 1, state.moderators.push(grant)));
        world.refused_by_all(&commit, word);
    }
    world.still_works();
}

#[test]
fn a_moderator_goes_too_far() {
    let (mut world, mut rogue) = room(Admission::Admit);
    let bundle = world.commit("ana", &Plan { promote: vec![device("mallory").public()], ..Plan::default() }).unwrap();
    rogue.follow(&bundle.commit);
    let ben = device("ben").public();
    // A grant that the creator took back, played again; a grant in another moderator's name.
    let old = rogue.state();
    for by in ["ana", "cleo"] {
        let commit = rogue.change(|s| s.grant(&device(by), ben));
        world.refused_by_all(&commit, "grant");
    }
    // Her own grant with a number that skips one, or with an old one in another's place.
    for granted in [old.granted + 1, old.granted - 1] {
        let commit = rogue.change(|s| {
            s.granted = granted;
            s.grant(&device("mallory"), ben);
            s.granted = s.granted.max(old.granted + 1);
        });
        world.refused_by_all(&commit, "grant");
    }
    // Another moderator's rights; her leaf; the creator's leaf.
    let commit = rogue.change(|s| s.moderators.retain(|grant| grant.to != device("cleo").public()));
    world.refused_by_all(&commit, "demote_not_allowed");
    for (name, word) in [("cleo", "moderator"), ("ana", "creator")] {
        let index = rogue.index_of(device(name).public());
        let commit = rogue.commit(|b| b.propose_removals([index]));
        world.refused_by_all(&commit, word);
    }
    // A kick of somebody who stays in the tree, and of somebody who never came.
    for name in ["ben", "ghost"] {
        let commit = rogue.change(|s| s.kicked.push(device(name).public()));
        world.refused_by_all(&commit, "kick_absent");
    }
    // Somebody who was kicked is forgiven.
    let leaf = world.leaf("ben");
    let bundle = world.commit("ana", &Plan { remove: vec![leaf], kick: true, ..Plan::default() }).unwrap();
    rogue.follow(&bundle.commit);
    let commit = rogue.change(|s| s.kicked.clear());
    world.refused_by_all(&commit, "unkick");
    let commit = rogue.change(|s| s.kicked = vec![device("other").public()]);
    world.refused_by_all(&commit, "unkick");
    let commit = rogue.commit(|b| b.propose_adds([Leaf::new("ben", NOW).key_package()]));
    world.refused_by_all(&commit, "kicked");
    world.still_works();
}

#[test]
fn hides_who_vanished() {
    let (mut world, mut rogue) = room(Admission::Admit);
    let leaf = world.leaf("ben");
    world.members.remove("ben");
    let proposal = world.public.propose_remove(leaf, &world.service).unwrap();
    world.propose(&proposal);
    rogue.follow(&proposal);
    let commit = rogue.commit(|b| b.consume_proposal_store(true));
    world.refused_by_all(&commit, "away");
    let bundle = world.commit("cleo", &Plan::default()).unwrap();
    rogue.follow(&bundle.commit);
    let commit = rogue.change(|s| s.away.clear());
    world.refused_by_all(&commit, "away");
    assert!(world.public.state().may_return(&device("ben").public()));
}

/// T16.
#[test]
fn smuggles_other_extensions() {
    let (mut world, mut rogue) = room(Admission::Admit);
    let senders = |keys: &[[u8; 32]]| {
        let sender = |key: &[u8; 32]| {
            ExternalSender::new(key.as_slice().into(), BasicCredential::new(b"conclave delivery service v1".to_vec()).into())
        };
        Extension::ExternalSenders(keys.iter().map(sender).collect())
    };
    let service = crate::world::service_key(&world.service);
    let original = rogue.group.extensions().clone();
    let replace = |extension: Extension| {
        let mut extensions = original.clone();
        extensions.add_or_replace(extension).unwrap();
        extensions
    };
    let without = |kind: ExtensionType| {
        let mut extensions = original.clone();
        extensions.remove(kind);
        extensions
    };
    let required = RequiredCapabilitiesExtension::new(
        &[ExtensionType::Unknown(STATE)],
        &[ProposalType::SelfRemove],
        &[CredentialType::Basic],
    );
    for extensions in [
        replace(senders(&[[8; 32]])),
        replace(senders(&[service, [8; 32]])),
        replace(senders(&[])),
        without(ExtensionType::ExternalSenders),
        replace(Extension::RequiredCapabilities(required)),
        without(ExtensionType::Unknown(STATE)),
    ] {
        let commit = rogue.commit(|b| b.propose_group_context_extensions(extensions).unwrap());
        world.refused_by_all(&commit, "extensions");
    }
    // A state that is none.
    for (raw, word) in [(Vec::new(), "invalid"), (vec![7; 100], "invalid"), (vec![0; 400 * 1024], "too_large")] {
        let extensions = rogue.with_raw_state(raw);
        let commit = rogue.commit(|b| b.propose_group_context_extensions(extensions).unwrap());
        world.refused_by_all(&commit, word);
    }
    world.still_works();
}

#[test]
fn changes_her_leaf() {
    let (mut world, mut rogue) = room(Admission::Auto);
    let other = Leaf::new("ben", NOW);
    let mut other_credential = rogue.leaf.with_key();
    other_credential.credential = other.with_key().credential;
    let bends = [
        ("certificate", LeafNodeParameters::builder().with_credential_with_key(other_credential).build()),
        ("leaf_changed", LeafNodeParameters::builder().with_extensions(leaf_extensions(vec![1; 32])).build()),
        (
            "leaf_changed",
            LeafNodeParameters::builder()
                .with_capabilities(
                    Capabilities::builder()
                        .extensions(capabilities().extensions().to_vec())
                        .proposals(vec![ProposalType::SelfRemove, ProposalType::Custom(0xF042)])
                        .build(),
                )
                .build(),
        ),
    ];
    for (word, parameters) in bends {
        let commit = rogue.commit(|b| b.force_self_update(true).leaf_node_parameters(parameters));
        world.refused_by_all(&commit, word);
    }
    let commit = rogue.commit(|b| b.force_self_update(true));
    world.public.process(NOW, &commit).map(|_| ()).unwrap();
}

/// A credential may be made to last longer, and nothing else about it changes.
#[test]
fn renews_her_credential_as_somebody_else() {
    let mut rules = state(Admission::Auto);
    rules.issuers = vec![issuer().public()];
    let mut world = World::found(rules);
    world.add("ana", "ben").unwrap();
    let (mallory, other) = (device("mallory"), IssuerSigner::generate().unwrap());
    let vouch = |by: &IssuerSigner, subject: &str, end: u64| by.vouch(subject, mallory.public(), end).unwrap();
    let mut leaf = Leaf::new("mallory", NOW);
    let key = leaf.key.0.verifying_key().to_bytes();
    let certify = |room: &str, not_after: u64, vouches: Vec<Vouch>| {
        BasicCredential::new(mallory.certify(room, &key, not_after, vouches).encode().unwrap())
    };
    leaf.credential = certify(ROOM, NOW + 3600, vec![vouch(&issuer(), "mal", NOW + 3600)]).identity().to_vec();
    let mut rogue = Rogue::enter_as(&mut world, "ana", leaf);
    let later = NOW + 7200;
    let theirs = device("ghost").certify(ROOM, &key, later, Vec::new()).encode().unwrap();
    let bad = [
        ("leaf_changed", certify(ROOM, later, vec![vouch(&issuer(), "ana", later)])),
        ("leaf_changed", certify(ROOM, later, vec![vouch(&issuer(), "mal", later), vouch(&issuer(), "ana", later)])),
        ("leaf_changed", certify(ROOM, later, vec![vouch(&other, "mal", later)])),
        ("leaf_changed", certify(ROOM, NOW + 3599, Vec::new())),
        ("leaf_changed", BasicCredential::new(theirs)),
        ("long_lived", certify(ROOM, NOW + MAX_LIFE + LENIENCY + 1, Vec::new())),
        ("certificate", certify("other", later, Vec::new())),
        ("invalid", BasicCredential::new(b"mallory".to_vec())),
    ];
    let with = |credential: BasicCredential| {
        let credential = CredentialWithKey { credential: credential.into(), signature_key: key.as_slice().into() };
        LeafNodeParameters::builder().with_credential_with_key(credential)
    };
    for (word, credential) in bad {
        let commit = rogue.commit(|b| b.leaf_node_parameters(with(credential).build()));
        world.refused_by_all(&commit, word);
    }
    let good = certify(ROOM, later, vec![vouch(&issuer(), "mal", later)]);
    let more = with(good.clone()).with_extensions(leaf_extensions(vec![1; 32])).build();
    let commit = rogue.commit(|b| b.leaf_node_parameters(more));
    world.refused_by_all(&commit, "leaf_changed");
    let commit = rogue.commit(|b| b.leaf_node_parameters(with(good).build()));
    world.public.process(NOW, &commit).map(|_| ()).unwrap();
    world.still_works();
}

#[test]
fn brings_a_bad_leaf() {
    let (mut world, mut rogue) = room(Admission::Auto);
    let certify = |leaf: &mut Leaf, room: &str, not_after: u64| {
        let key = leaf.key.0.verifying_key().to_bytes();
        leaf.credential = device("ghost").certify(room, &key, not_after, Vec::new()).encode().unwrap();
    };
    type Bend<'a> = Box<dyn Fn(&mut Leaf) + 'a>;
    let bends: Vec<(&str, Bend<'_>)> = vec![
        ("expired", Box::new(|leaf| certify(leaf, ROOM, NOW - LENIENCY - 1))),
        ("long_lived", Box::new(|leaf| certify(leaf, ROOM, NOW + MAX_LIFE + LENIENCY + 1))),
        ("certificate", Box::new(|leaf| certify(leaf, "other", NOW + 100))),
        ("certificate", Box::new(|leaf| leaf.credential = Leaf::new("ghost", NOW).credential)),
        ("invalid", Box::new(|leaf| leaf.credential = b"ghost".to_vec())),
        ("too_large", Box::new(|leaf| leaf.credential = vec![0; 3000])),
        ("leaf", Box::new(|leaf| leaf.extensions = leaf_extensions(vec![1; 31]))),
        ("leaf", Box::new(|leaf| leaf.extensions = Extensions::empty())),
        // A KeyPackage that is over in an hour would make the tree unreadable to joiners after that.
        ("leaf", Box::new(|leaf| leaf.lifetime = Lifetime::new(3600))),
    ];
    for (word, bend) in bends {
        let mut leaf = Leaf::new("ghost", NOW);
        bend(&mut leaf);
        let commit = rogue.commit(|b| b.propose_adds([leaf.key_package()]));
        world.refused_by_all(&commit, word);
        assert!(world.m("ana").commit(NOW, &Plan { add: vec![leaf.knock()], ..Plan::default() }).is_err());
    }
    // Just within the leniency: the gate takes it, and an honest maker does not begin with it.
    let mut leaf = Leaf::new("ghost", NOW);
    certify(&mut leaf, ROOM, NOW - LENIENCY);
    assert_eq!(code(&world.m("ana").commit(NOW, &Plan { add: vec![leaf.knock()], ..Plan::default() }).unwrap_err()), "expired");
    let commit = rogue.commit(|b| b.propose_adds([leaf.key_package()]));
    world.public.process(NOW, &commit).map(|_| ()).unwrap();
}

#[test]
fn commits_other_proposals() {
    let (mut world, mut rogue) = room(Admission::Auto);
    let provider = &rogue.leaf.provider;
    let psk = Psk::External(ExternalPsk::new(b"mine".to_vec()));
    let psk = PreSharedKeyId::new(conclave_e2ee::gate::leaf::SUITE, provider.rand(), psk).unwrap();
    psk.store(provider, &[1; 32]).unwrap();
    let commit = rogue.commit(|b| b.add_proposal(Proposal::PreSharedKey(Box::new(PreSharedKeyProposal::new(psk)))));
    // Members cannot even compute it; the service's gate has the word.
    assert_eq!(crate::world::refused_code(&world.public.process(NOW, &commit).map(|_| ()).unwrap_err()), "proposal");
    assert!(world.m("ana").process(NOW, &commit).is_err());
    rogue.group.set_aad(b"something".to_vec());
    let commit = rogue.commit(|b| b);
    world.refused_by_all(&commit, "aad");

    // Proposals by themselves: an Add, an Update, a Remove of somebody else.
    let key_package = Leaf::new("ghost", NOW).key_package();
    let ben = rogue.index_of(device("ben").public());
    let (leaf, group) = (&rogue.leaf, &mut rogue.group);
    let (add, _) = group.propose_add_member(&leaf.provider, &leaf.key, &key_package).unwrap();
    let (remove, _) = group.propose_remove_member(&leaf.provider, &leaf.key, ben).unwrap();
    let (update, _) = group.propose_self_update(&leaf.provider, &leaf.key, LeafNodeParameters::default()).unwrap();
    for proposal in [add, remove, update] {
        world.refused_by_all(&proposal.to_bytes().unwrap(), "proposal");
    }
    world.still_works();
}

#[test]
fn commits_in_another_name() {
    let (mut world, mut rogue) = room(Admission::Auto);
    // A commit signed with another key than the leaf's.
    let (_, key_package) = Waiting::knock(&me("dan"), ROOM, NOW).unwrap();
    let genuine = world.m("ben").commit(NOW, &Plan { add: vec![key_package], ..Plan::default() }).unwrap();
    world.m("ben").clear_pending().unwrap();
    let honest = std::mem::replace(&mut rogue.leaf.key, crate::rogue::Key(ed25519_dalek::SigningKey::from_bytes(&[1; 32])));
    let forged = rogue.commit(|b| b.propose_adds([Leaf::new("ghost", NOW).key_package()]));
    world.refused_by_all(&forged, "invalid");
    rogue.leaf.key = honest;
    world.deliver(&genuine).unwrap_or_default();
}

//! Who gets in: ghosts, swapped keys, accomplices, and people who were sent away.

use crate::room::{Person, ROOM, Room, now, talk};
use conclave_e2ee::member::{Expectation, Me, Member};
use conclave_e2ee::room::Grant;
use conclave_e2ee::secret::RoomSecret;
use conclave_e2ee::{Device, Mode};
use conclave_lab::ghost::Ghost;
use conclave_lab::hostile::{Direction, Verdict};
use conclave_lab::puppet::text;
use serde_json::{Value, json};

const QUIET: [&str; 2] = ["--audio", "null"];

fn ghost() -> Ghost {
    Ghost::new(&Device::generate().unwrap(), ROOM, now())
}

/// People in a room that one joins by its secret.
fn linked(room: &Room, secret: &RoomSecret) -> [Person; 2] {
    let secret = secret.to_link().unwrap();
    room.people_with(["Ana", "Ben"], &["--audio", "null", "--admission", "link"], &[("--secret-fd", &secret)])
}

#[test]
fn t1_a_ghost_joins_by_a_commit_of_its_own() {
    let secret = RoomSecret::generate().unwrap();
    for (code, by_link) in [("refused_link_not_allowed", false), ("refused_no_secret", true)] {
        let room = Room::open();
        let mut people = if by_link { linked(&room, &secret) } else { room.people(["Ana", "Ben"]) };
        let (group, ghost) = (room.group(), ghost());
        let commit = ghost.join_by_commit(&group.info, &group.tree, None, &[]);
        let before = people.each_ref().map(Person::epochs);
        for person in &people {
            room.tell_commit(person, group.at, &commit, &ghost.id());
        }
        for person in &mut people {
            person.warned(code);
        }
        talk(&mut people, "among ourselves");
        assert_eq!(people.each_ref().map(Person::epochs), before, "the epoch is the same");
        assert!(!people.iter().any(|person| person.showed(&ghost.id())));
        assert_eq!(people[0].safety()["people"].as_array().unwrap().len(), 2, "and so is the roster");
    }
}

#[test]
fn t2_a_ghost_guesses_the_room_secret() {
    let room = Room::open();
    let mut people = linked(&room, &RoomSecret::generate().unwrap());
    let (group, ghost) = (room.group(), ghost());
    let commit = ghost.join_by_commit(&group.info, &group.tree, Some(&[5; 32]), &[1; 64]);
    room.tell_commit(&people[0], group.at, &commit, &ghost.id());
    // It could have been a real one that she cannot follow: she comes back, and the ghost does not.
    let warning = people[0].warned("refused_unprocessable");
    assert!(warning["text"].as_str().unwrap().contains("could not be followed"), "{warning}");
    people[0].client.wait_for_next("return", |e| e["event"] == "let_in");
    let ana = people[0].id.clone();
    people[1].sees("added", &ana);
    talk(&mut people, "among ourselves");
    assert!(!people.iter().any(|person| person.showed(&ghost.id())));
}

#[test]
fn t3_who_has_the_room_secret_is_seen_to_come_as_a_guest() {
    let room = Room::open();
    let secret = RoomSecret::generate().unwrap();
    let mut people = linked(&room, &secret);
    let words = people[0].safety()["words"].as_array().unwrap().iter().map(|w| w.as_str().unwrap()).collect::<Vec<_>>().join(" ");
    people[0].command(json!({"cmd": "verify", "words": words}));
    people[0].client.wait_for("verified", |e| e["event"] == "verified" && e["on"] == true);

    let group = room.group();
    let leaf = ghost().leaf_key();
    let me = Me { device: Device::generate().unwrap().into(), leaf, vouches: vec![] };
    let expect = Expectation { room: ROOM.into(), service: group.service, mode: Some(Mode::Strict), before: None };
    let (_, bundle) = Member::link(&me, now(), &group.info, &group.tree, &secret, &expect).unwrap();
    for person in &people {
        room.tell_commit(person, group.at, &bundle.commit, &me.id());
    }
    for person in &mut people {
        let id = me.id();
        let shown = person.client.wait_for("ghost", |e| e["event"] == "peer_joined" && e["peer"]["id"] == *id);
        assert_eq!(shown["peer"]["standing"]["how"], "guest", "{shown}");
        let epoch = person.sees("added", &id);
        assert_eq!(epoch["by"], *id, "it came by itself");
    }
    let no_more = people[0].client.wait_for("banner", |e| e["event"] == "verified" && e["on"] == false);
    assert_eq!(no_more["because"], *me.id());
}

#[test]
fn t5_a_knock_in_somebody_elses_name() {
    let room = Room::open();
    let mut ana = room.join("Ana");
    let ghost = ghost();
    let swapped = text(&ghost.key_package());
    let mut knocks = 0;
    room.hostile.rule(move |direction, message, _| {
        if direction == Direction::ToClient && message["message"]["mls"] == "knock" {
            knocks += 1;
            if knocks == 1 {
                message["message"]["key_package"] = swapped.clone();
            }
        }
        Verdict::Pass
    });
    let ben = room.ask("Ben", &QUIET, &[]);
    let warning = ana.warned("refused_knock");
    assert!(warning["text"].as_str().unwrap().contains("in the name of somebody else"), "{warning}");
    // The knock that Ben made.
    let id = ben.id.clone();
    let honest = room
        .hostile
        .wait_for("knock", |seen| seen.message["message"]["mls"] == "knock" && seen.message["message"]["member"] == *id);
    room.tell(&ana, honest.message);
    let mut people = [ana, ben];
    people[1].client.event("let_in");
    crate::room::acquainted(&mut people, &["Ana", "Ben"]);
    talk(&mut people, "among ourselves");
    assert!(!people.iter().any(|person| person.showed(&ghost.id())));
}

/// T25: the server helps a member to rights that nobody gave it. Each of the others gets one commit of it as the group's.
#[test]
fn t25_the_server_promotes_an_accomplice() {
    let room = Room::open();
    let mut people = room.people(["Ana", "Ben", "Cleo"]);
    let device = Device::generate().unwrap();
    let (mut mallory, mut puppet) = room.accomplice(&device);
    for person in &mut people {
        person.sees("added", &mallory.id());
    }
    let at = mallory.epoch();
    let ben = people[1].id.clone();
    let own = mallory.id();
    let locks = mallory.changes(|state| state.locked = true);
    let puts_out = mallory.removes(&ben);
    let grants = mallory.changes(|state| {
        let grant = Grant::sign(state, &device, device.public());
        state.moderators.push(grant);
    });
    // The honest service takes none of them.
    for made in [&locks, &puts_out, &grants] {
        puppet.group(json!({
            "mls": "commit", "generation": at.0, "epoch": at.1, "commit": text(&made.commit), "group_info": text(&made.group_info),
        }));
        assert_eq!(puppet.wait_for_group("not_taken")["code"], "refused");
    }
    let before = people.each_ref().map(Person::epochs);
    for (person, made) in people.iter().zip([&locks, &puts_out, &grants]) {
        room.tell_commit(person, at, &made.commit, &own);
    }
    for (person, code) in people.iter_mut().zip(["refused_state_not_allowed", "refused_remove_not_allowed", "refused_grant"]) {
        person.warned(code);
    }
    talk(&mut people, "as before");
    assert_eq!(people.each_ref().map(Person::epochs), before);
    assert_eq!(people[0].safety()["people"].as_array().unwrap().len(), 4);
    assert!(people.iter().all(|person| person.count(|e| e["event"] == "room" && e["locked"] == true) == 0));
}

/// T26: who was removed for good is let in again by the server and by an accomplice, in a new session.
#[test]
fn t26_the_server_lets_a_kicked_device_in_again() {
    let room = Room::open();
    let seed = zeroize::Zeroizing::new([26; 32]);
    let device = Device::from_seed(&seed);
    let seed = text(&*seed);
    let with_seed = [("--identity-fd", seed.as_str().unwrap())];
    let [mut ana, mut ben] = room.people(["Ana", "Ben"]);
    let (mut mallory, mut puppet) = room.accomplice(&Device::generate().unwrap());
    let mut eve = room.join_with("Eve", &QUIET, &with_seed);
    eve.knows("Ana");
    ana.knows("Eve");
    ana.command(json!({"cmd": "kick", "peer": eve.id}));
    ana.sees("removed", &eve.id);
    ben.sees("removed", &eve.id);
    let (code, ..) = eve.client.finish();
    assert_eq!(code, 81);
    // A new session of the same device: her own client reads in the group's state that she stays out.
    let again = room.ask("Eve", &QUIET, &with_seed);
    let (code, events, _) = again.client.finish();
    assert_eq!(code, 81);
    assert!(!events.iter().any(|e: &Value| e["event"] == "let_in"));

    for _ in 0..2 {
        let commit = puppet.wait_for_group("commit");
        mallory.follow(&conclave_lab::puppet::bytes(&commit["commit"]));
    }
    let (group, back) = (room.group(), Ghost::new(&device, ROOM, now()));
    assert_eq!(mallory.epoch(), group.at);
    let knock = json!({"mls": "knock", "member": back.id(), "key_package": text(&back.key_package())});
    let before = [&ana, &ben].map(Person::epochs);
    // The server says that she knocks: nobody lets her in.
    room.tell_group(&ana, knock);
    let mut people = [ana, ben];
    talk(&mut people, "she knocks");
    let [mut ana, mut ben] = people;
    assert_eq!([&ana, &ben].map(Person::epochs), before);
    // It gives out an accomplice's commit that takes her in. (Joins by her own commit: `tests/gate/hostile.rs`.)
    let made = mallory.adds(&back.key_package());
    for person in [&mut ana, &mut ben] {
        room.tell_commit(person, group.at, &made.commit, &mallory.id());
        person.warned("refused_kicked");
    }
    let mut people = [ana, ben];
    talk(&mut people, "without her");
    assert_eq!(people.each_ref().map(Person::epochs), before);
    assert!(!people.iter().any(|person| person.showed(&back.id())));
}

//! Too much of everything.

use crate::room::{Person, ROOM, Room, acquainted, now, talk};
use conclave_e2ee::{Device, member_id};
use conclave_lab::conclave::PATIENCE;
use conclave_lab::ghost::Ghost;
use conclave_lab::puppet::{Puppet, text};
use ed25519_dalek::SigningKey;
use serde_json::json;
use std::time::{Duration, Instant};

const STRANGERS: usize = 120;
/// How many may wait to be let in (`conclave_e2ee::delivery::KNOCKS`).
const KNOCKS: usize = 64;

/// A stranger who knocks, and then says what is too large or makes no sense. Whether the knock was turned away.
fn intrudes(room: &Room, (leaf_key, key_package): &(SigningKey, Vec<u8>)) -> (Puppet, bool) {
    let mut puppet = Puppet::hello(&room.server.authority(), ROOM, leaf_key);
    puppet.wait_for_group("group");
    puppet.group(json!({"mls": "knock", "key_package": text(key_package)}));
    puppet.group(json!({"mls": "found", "generation": 2, "group_info": "AAAA", "tree": text(&[0; 20_000])}));
    // The answers to one who speaks come in the order of what was said.
    let about = |m: &serde_json::Value| m["message"]["mls"] == "not_taken";
    let first = puppet.wait_for("an answer", about);
    (puppet, first["message"]["code"] == "too_fast")
}

/// T17: strangers join in crowds, and send what is too large.
#[test]
fn t17_a_crowd_at_the_door_disturbs_nobody() {
    let room = Room::open();
    let ana = room.join_with("Ana", &["--audio", "null", "--admission", "admit"], &[]);
    let ben = room.ask("Ben", &["--audio", "null"], &[]);
    let mut people = [ana, ben];
    let ben = people[1].id.clone();
    people[0].client.wait_for("knock", |e| e["event"] == "knock" && e["id"] == *ben);
    people[0].command(json!({"cmd": "admit", "peer": ben}));
    people[1].client.event("let_in");
    acquainted(&mut people, &["Ana", "Ben"]);
    let before = people.each_ref().map(Person::epochs);

    // Made before: what is measured is how the door bears them, not how this process makes their keys beside it.
    let stranger = |_| {
        let ghost = Ghost::new(&Device::generate().unwrap(), ROOM, now());
        (ghost.leaf_key(), ghost.key_package())
    };
    let strangers: Vec<_> = (0..STRANGERS).map(stranger).collect();
    let began = Instant::now();
    let (crowd, slowest) = std::thread::scope(|scope| {
        let threads: Vec<_> = strangers
            .chunks(STRANGERS / 8)
            .map(|some| scope.spawn(|| some.iter().map(|keys| intrudes(&room, keys)).collect::<Vec<_>>()))
            .collect();
        let (mut slowest, mut words) = (Duration::ZERO, 0);
        while !threads.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            assert!(began.elapsed() < 2 * PATIENCE, "the crowd does not get in");
            let said = Instant::now();
            talk(&mut people, &format!("words {words}"));
            (slowest, words) = (slowest.max(said.elapsed()), words + 1);
        }
        (threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>(), slowest)
    });
    println!("{slowest:?} for a word each way");
    assert!(slowest < Duration::from_secs(5), "{slowest:?} for a word each way");
    let away = crowd.iter().filter(|(_, away)| *away).count();
    assert!(away >= STRANGERS - KNOCKS, "{away} were turned away");
    assert!(people[0].count(|e| e["event"] == "knock") <= KNOCKS + 1);

    // What is larger than anything has a reason to be ends the session of whoever says it.
    let (mut puppet, _) = crowd.into_iter().next().unwrap();
    puppet.group(json!({"mls": "commit", "generation": 1, "epoch": 1, "commit": text(&[7; 600 * 1024]), "group_info": ""}));
    puppet.wait_for("a refusal", |m| m["type"] == "error" && m["code"] == "malformed");
    puppet.group(json!({"mls": "knock", "key_package": text(&vec![7; 2 << 20])}));
    let ended = Instant::now();
    while puppet.next(PATIENCE).is_some() {
        assert!(ended.elapsed() < PATIENCE);
    }
    // The same from the server to a client: it is not taken, and what follows is.
    for n in 0..300_u32 {
        let id = member_id(&n.to_be_bytes());
        room.tell_group(&people[0], json!({"mls": "knock", "member": id, "key_package": "AAAA"}));
    }
    let (info, tree) = (text(&[7; 600 * 1024]), text(&[7; 100 * 1024]));
    room.tell_group(&people[0], json!({"mls": "group", "generation": 9, "epoch": 9, "group_info": info, "tree": tree}));
    talk(&mut people, "after all of it");
    assert_eq!(people.each_ref().map(Person::epochs), before);
}

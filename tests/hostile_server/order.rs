//! What the server orders: forks, races, and what it keeps to itself.

use crate::room::{Person, Room, talk};
use conclave_lab::hostile::{Direction, Seen, Verdict};
use conclave_lab::puppet::bytes;
use conclave_lab::speech::{chirp, write};
use serde_json::{Value, json};

fn is_commit(seen: &Seen, from: usize, epoch: u64) -> bool {
    let message = &seen.message["message"];
    (seen.direction, seen.connection) == (Direction::ToServer, from) && message["mls"] == "commit" && message["epoch"] == epoch
}

fn keep_commits(direction: Direction, message: &mut Value, _: usize) -> Verdict {
    match (direction, message["message"]["mls"].as_str()) {
        (Direction::ToServer, Some("commit")) => Verdict::Drop,
        _ => Verdict::Pass,
    }
}

/// Waits for figures that are newer than what was seen so far.
fn stats(person: &mut Person, wanted: impl Fn(&Value) -> bool) -> Value {
    person.client.wait_for_next("figures", |e| e["event"] == "stats" && wanted(e))
}

/// T7: one half of the room gets one commit, the other half another. What they see is two rooms: the codes differ, and
/// nothing that is said or written in one is heard or read in the other.
#[test]
fn t7_a_forked_room_is_two_rooms_with_two_codes() {
    let tone = tempfile::Builder::new().suffix(".wav").tempfile().unwrap();
    write(tone.path(), &chirp(120.0));
    let file = format!("file:{},", tone.path().display());
    let room = Room::open();
    let ana = room.join_with("Ana", &["--audio", &file, "--stats", "200ms"], &[]);
    let quiet = ["--audio", "null", "--stats", "200ms"];
    let [ben, cleo, dan] = ["Ben", "Cleo", "Dan"].map(|name| room.join_with(name, &quiet, &[]));
    let mut people = [ana, ben, cleo, dan];
    crate::room::acquainted(&mut people, &["Ana", "Ben", "Cleo", "Dan"]);
    let cleo = people[2].id.clone();
    people[0].command(json!({"cmd": "promote", "peer": cleo}));
    for person in &mut people {
        let promoted = |e: &Value| e["event"] == "peer_updated" && e["peer"]["id"] == *cleo && e["peer"]["role"] == "moderator";
        person.client.wait_for("rights", promoted);
    }
    for person in &mut people[1..] {
        stats(person, |s| s["packets_received"].as_u64() > Some(20));
    }

    // Two moderators commit; each half gets one of the commits.
    let at = room.group().at;
    room.hostile.rule(keep_commits);
    for maker in [0, 2] {
        let from = people[maker].connection;
        people[maker].command(json!({"cmd": "lock", "on": true}));
        let made = room.hostile.wait_for("commit", |seen| is_commit(seen, from, at.1));
        for person in &people[maker..maker + 2] {
            room.tell_commit(person, at, &bytes(&made.message["message"]["commit"]), &people[maker].id);
        }
        for person in &mut people[maker..maker + 2] {
            person.client.wait_for("lock", |e| e["event"] == "room" && e["locked"] == true);
        }
    }

    // Each half agrees with itself alone.
    let codes = [0, 2].map(|opens| {
        let code = people[opens].safety()["words"].clone();
        let by = people[opens].id.clone();
        let other = people[opens + 1].client.wait_for("code", |e| e["event"] == "safety" && e["by"] == *by);
        assert_eq!(other["words"], code, "within a half");
        code
    });
    assert_ne!(codes[0], codes[1], "across");
    talk(&mut people[..2], "in the first half");
    talk(&mut people[2..], "in the second half");
    for (person, other) in
        people.iter().zip(["in the second half", "in the second half", "in the first half", "in the first half"])
    {
        let crossed = person.count(|e| e["event"] == "chat" && e["text"].as_str().is_some_and(|text| text.starts_with(other)));
        assert_eq!(crossed, 0);
    }

    // Ana speaks on. Her half hears all of it, the other half nothing.
    let count = |s: &Value, what: &str| s[what].as_u64().unwrap_or_default();
    for (person, grows, stays) in [(1, "packets_received", "frames_refused"), (3, "frames_refused", "packets_received")] {
        let first = stats(&mut people[person], |_| true);
        let then = stats(&mut people[person], |s| count(s, grows) >= count(&first, grows) + 40);
        assert_eq!(count(&then, stays), count(&first, stays), "{stays} of {}", people[person].name());
    }
}

/// T9: an honest server's room has new keys soon after somebody leaves; where the server keeps the leaving to itself, the
/// leaver is still in the list of all, and is out with the first change that a moderator makes of it.
#[test]
fn t9_a_withheld_leave_is_seen_and_an_honest_one_changes_the_key() {
    let room = Room::open();
    let [mut ana, mut ben, mut cleo, mut dan] = room.people(["Ana", "Ben", "Cleo", "Dan"]);
    dan.command(json!({"cmd": "leave"}));
    for person in [&mut ana, &mut ben, &mut cleo] {
        person.sees("removed", &dan.id);
    }

    let gone = cleo.connection;
    room.hostile.rule(move |direction, message, connection| {
        let hers = direction == Direction::ToServer && connection == gone;
        let told =
            direction == Direction::ToClient && (message["message"]["mls"] == "proposal" || message["type"] == "member_left");
        if hers || told { Verdict::Drop } else { Verdict::Pass }
    });
    let before = [&ana, &ben].map(Person::epochs);
    cleo.command(json!({"cmd": "leave"}));
    let (code, ..) = cleo.client.finish();
    assert_eq!(code, 0);
    let mut people = [ana, ben];
    talk(&mut people, "she may still hear this");
    assert_eq!(people.each_ref().map(Person::epochs), before);
    assert_eq!(people[0].safety()["people"].as_array().unwrap().len(), 3, "and is in the list of those who can");
    people[0].command(json!({"cmd": "kick", "peer": cleo.id}));
    for person in &mut people {
        person.sees("removed", &cleo.id);
    }
    talk(&mut people, "but not this");
}

/// T18: two moderators change the room at the same time, and the server takes one of the commits first.
#[test]
fn t18_of_two_commits_one_wins_and_both_wishes_come_true() {
    let room = Room::open();
    let mut people = room.people(["Ana", "Ben", "Cleo"]);
    let [ben, cleo] = [people[1].id.clone(), people[2].id.clone()];
    people[0].command(json!({"cmd": "promote", "peer": ben}));
    let moderates = |who: String| {
        move |e: &Value| e["event"] == "peer_updated" && e["peer"]["id"] == *who && e["peer"]["role"] == "moderator"
    };
    for person in &mut people {
        person.client.wait_for("rights", moderates(ben.clone()));
    }
    let (_, epoch) = room.group().at;
    room.hostile.rule(keep_commits);
    people[0].command(json!({"cmd": "lock", "on": true}));
    people[1].command(json!({"cmd": "promote", "peer": cleo}));
    let both = [0, 1].map(|maker: usize| {
        let from = people[maker].connection;
        room.hostile.wait_for("commit", |seen| is_commit(seen, from, epoch))
    });
    room.hostile.rule(|_, _, _| Verdict::Pass);
    for commit in both {
        room.hostile.say(commit.connection, Direction::ToServer, commit.message);
    }
    for person in &mut people {
        person.client.wait_for("lock", |e| e["event"] == "room" && e["locked"] == true);
        person.client.wait_for("rights", moderates(cleo.clone()));
    }
    talk(&mut people, "with equal keys");
    let code = people[0].safety();
    for person in &mut people[1..] {
        let seen = person.client.wait_for("code", |e| e["event"] == "safety" && e["epoch"] == code["epoch"]);
        assert_eq!(seen["words"], code["words"]);
    }
    let stale = |seen: &Seen| seen.message["message"]["mls"] == "not_taken" && seen.message["message"]["code"] == "stale";
    assert!(room.hostile.seen().iter().any(stale), "they did race");
}

/// T19: one is left alone, begins the group anew, and then somebody comes. What was said before is neither theirs to read nor
/// said again.
#[test]
fn t19_who_is_left_alone_begins_anew_and_a_newcomer_has_nothing_of_before() {
    let room = Room::open();
    let mut people = room.people(["Ana", "Ben"]);
    talk(&mut people, "among two");
    let [mut ana, mut ben] = people;
    ben.command(json!({"cmd": "leave"}));
    ana.sees("removed", &ben.id);
    let said: Vec<Value> = room.hostile.seen().into_iter().map(|seen| seen.message).filter(|m| m["from"].is_string()).collect();
    assert!(said.len() >= 2);
    ana.warned("begun_anew");
    let cleo = room.join("Cleo");
    ana.client.wait_for("the group that was begun anew", |e| e["event"] == "epoch" && e["generation"] == 2);
    let mut people = [ana, cleo];
    crate::room::acquainted(&mut people, &["Ana", "Cleo"]);
    for person in &people {
        said.iter().for_each(|message| room.tell(person, message.clone()));
    }
    talk(&mut people, "among two others");
    let before = |e: &Value| e["event"] == "chat" && e["text"].as_str().is_some_and(|text| text.starts_with("among two,"));
    // What Ana wrote herself and what Ben wrote, once each.
    assert_eq!(people.each_ref().map(|person| person.count(before)), [2, 0]);
}

/// Everything that was said before somebody came is given to them once they are in.
#[test]
fn who_joins_reads_nothing_of_before() {
    let room = Room::open();
    let mut people = room.people(["Ana", "Ben"]);
    talk(&mut people, "among two");
    let said: Vec<Value> = room.hostile.seen().into_iter().map(|seen| seen.message).filter(|m| m["from"].is_string()).collect();
    assert!(said.len() >= 2);
    let [mut ana, _ben] = people;
    let mut cleo = room.join("Cleo");
    for message in said {
        room.tell(&cleo, message);
    }
    cleo.knows("Ana");
    ana.knows("Cleo");
    ana.says("among three");
    assert_eq!(cleo.reads("among three"), "Ana");
    assert_eq!(cleo.count(|e| e["event"] == "chat"), 1, "{:#?}", cleo.client.events);
}

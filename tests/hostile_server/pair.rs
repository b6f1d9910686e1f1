//! Two server processes with one store: a group has one history.

use crate::room::{BIN, ROOM, now};
use conclave_e2ee::member::{Bundle, Expectation, Me, Member, Plan, Processed, Waiting};
use conclave_e2ee::{Device, Mode, RoomState};
use conclave_lab::conclave::Server;
use conclave_lab::puppet::{Puppet, bytes, text};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};
use std::os::unix::fs::{PermissionsExt as _, symlink};

/// The second one has its own directory, and in it the first one's database (which its sandbox would keep it from) and
/// delivery key.
fn pair() -> [Server; 2] {
    let first = Server::dev(BIN);
    let data = tempfile::tempdir().unwrap();
    std::fs::set_permissions(data.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
    symlink(first.data.path().join("conclave.db"), data.path().join("conclave.db")).unwrap();
    std::fs::copy(first.data.path().join("delivery.key"), data.path().join("delivery.key")).unwrap();
    let second = Server::start_at(BIN, &["--dev", "--sandbox", "off"], "127.0.0.1:0", data);
    [first, second]
}

fn me() -> Me {
    let leaf = SigningKey::from_bytes(&Device::generate().unwrap().seed());
    Me { device: Device::generate().unwrap().into(), leaf, vouches: vec![] }
}

fn service(puppet: &Puppet) -> [u8; 32] {
    let welcome = puppet.seen.iter().find(|m| m["type"] == "welcome").unwrap();
    bytes(&welcome["policy"]["service"]).try_into().unwrap()
}

fn founds(who: &Me, service: [u8; 32]) -> (Member, Value) {
    let (member, info, tree) = Member::found(who, RoomState::new(ROOM, who.device.public()), service, now()).unwrap();
    (member, json!({"mls": "found", "generation": 1, "group_info": text(&info), "tree": text(&tree)}))
}

fn commit(member: &Member, bundle: &Bundle) -> Value {
    let (generation, epoch) = member.epoch();
    let mut message = json!({"mls": "commit", "generation": generation, "epoch": epoch});
    message["commit"] = text(&bundle.commit);
    message["group_info"] = text(&bundle.group_info);
    message["welcome"] = bundle.welcome.as_deref().map_or(Value::Null, text);
    message
}

/// Both say something at the same time, each to its own server; what the first words about the group are that come back.
fn race(puppets: [&mut Puppet; 2], say: [Value; 2]) -> [Value; 2] {
    let both = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let threads = puppets.into_iter().zip(say).map(|(puppet, say)| {
            let both = &both;
            scope.spawn(move || {
                both.wait();
                puppet.group(say);
                let answers = ["commit", "group", "not_taken"];
                puppet.wait_for("an answer", |m| answers.iter().any(|kind| m["message"]["mls"] == *kind))["message"].clone()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>().try_into().unwrap()
    })
}

#[test]
fn of_two_foundings_through_two_servers_one_is_the_group_at_both() {
    let servers = pair();
    let [ana, ben] = [me(), me()];
    let mut there = [(&servers[0], &ana), (&servers[1], &ben)].map(|(server, who)| {
        let mut puppet = Puppet::hello(&server.authority(), ROOM, &who.leaf);
        puppet.wait_for_group("vacant");
        puppet
    });
    let service = service(&there[0]);
    let ((_, hers), (_, his)) = (founds(&ana, service), founds(&ben, service));
    let [first, second] = &mut there;
    let won = race([first, second], [hers.clone(), his.clone()]);
    assert_eq!(won[0]["group_info"], won[1]["group_info"], "two groups of one generation");
    assert!([&hers, &his].iter().any(|found| found["group_info"] == won[0]["group_info"]));
}

#[test]
fn of_two_commits_through_two_servers_one_is_taken_and_both_serve_the_same_group() {
    let servers = pair();
    let [first, second] = servers.each_ref().map(Server::authority);
    let [ana, ben] = [me(), me()];
    let mut ana1 = Puppet::hello(&first, ROOM, &ana.leaf);
    ana1.wait_for_group("vacant");
    let service = service(&ana1);
    let (mut anas, found) = founds(&ana, service);
    ana1.group(found);
    ana1.wait_for_group("group");
    let mut ben1 = Puppet::hello(&first, ROOM, &ben.leaf);
    let (waiting, package) = Waiting::knock(&ben, ROOM, now()).unwrap();
    ben1.group(json!({"mls": "knock", "key_package": text(&package)}));
    ana1.wait_for_group("knock");
    let bundle = anas.commit(now(), &Plan { add: vec![package], ..Plan::default() }).unwrap();
    ana1.group(commit(&anas, &bundle));
    let welcome = ben1.wait_for_group("welcome");
    ana1.wait_for_group("commit");
    assert!(matches!(anas.process(now(), &bundle.commit), Ok(Processed::Change(_))));
    let (welcome, tree) = (bytes(&welcome["welcome"]), bytes(&welcome["tree"]));
    let expect = Expectation { room: ROOM.into(), service, mode: Some(Mode::Strict), before: None };
    let mut bens = waiting.welcome(&ben, now(), &welcome, &tree, &expect).map_err(|(_, e)| e).unwrap();

    // Both are at the other server, too; it has the group from the store.
    let mut ben2 = Puppet::hello(&second, ROOM, &ben.leaf);
    let _ana2 = Puppet::hello(&second, ROOM, &ana.leaf);
    assert_eq!(ben2.wait_for_group("group")["epoch"], 1);
    for round in 0..4 {
        let made = [anas.commit(now(), &Plan::default()).unwrap(), bens.commit(now(), &Plan::default()).unwrap()];
        let answers = race([&mut ana1, &mut ben2], [commit(&anas, &made[0]), commit(&bens, &made[1])]);
        let taken: Vec<usize> = (0..2).filter(|n| answers[*n]["mls"] == "commit").collect();
        assert_eq!(taken.len(), 1, "round {round}: {answers:#?}");
        // The other one is told how the group stands.
        let lost = &answers[1 - taken[0]];
        assert_eq!((&lost["mls"], &lost["epoch"]), (&json!("group"), &json!(round + 2)));
        assert_eq!(lost["group_info"], text(&made[taken[0]].group_info));
        for member in [&mut anas, &mut bens] {
            assert!(matches!(member.process(now(), &made[taken[0]].commit), Ok(Processed::Change(_))));
        }
    }
    let served = [first, second].map(|server| {
        let mut newcomer = Puppet::hello(&server, ROOM, &me().leaf);
        newcomer.wait_for_group("group")
    });
    assert_eq!(served[0], served[1]);
    assert_eq!(served[0]["epoch"], 5);
}

//! Rooms, roles and moderation through real processes: a waiting room, people who are removed, a host who vanishes, a marking
//! that everybody sees, and the end for all.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave::protocol::room::RoomRole;
use conclave::server::store::{DataDir, Store};
use conclave_lab::conclave::{Client, PATIENCE, Server, run, text};
use conclave_lab::terminal::Spawn;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_conclave");
const PASSWORD: &str = "correct horse battery";

/// A guest in an open room.
fn guest(link: &str, name: &str) -> Client {
    Client::join(BINARY, link, name, &["--audio", "null", "--identity", "ephemeral", "--mode", "open", "--allow-plain"])
}

/// The first in a room of a development server: its host.
fn in_room(link: &str, name: &str) -> Client {
    let mut client = guest(link, name);
    client.event("joined");
    client
}

fn bash(script: &str, home: &Path, server: &Server) -> Command {
    let link = server.room("board");
    let mut c = Command::new("bash");
    c.args(["-c", script]).env("HOME", home).env("C", BINARY).env("PASSWORD", PASSWORD).env("DATA", server.data.path());
    c.env("LINK", link.replace("/board", "")).env("ROOM", link);
    for name in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "CONCLAVE_KEYRING", "CREDENTIALS_DIRECTORY"] {
        c.env_remove(name);
    }
    c
}

fn says(client: &mut Client, command: Value) {
    client.send(&command.to_string());
}

/// Has a command done, and gives its error.
fn asks(client: &mut Client, id: u64, command: Value) -> Option<String> {
    let mut command = command;
    command["id"] = id.into();
    says(client, command);
    let reply = client.wait_for("reply", |e| e["event"] == "reply" && e["id"] == id);
    reply["error"].as_str().map(str::to_owned)
}

/// The id under which somebody sees somebody else.
fn id_of(client: &mut Client, name: &str) -> Value {
    let peer = |e: &Value| e["peer"]["name"] == name;
    client.wait_for(name, peer)["peer"]["id"].clone()
}

#[test]
fn a_guest_knocks_and_a_moderator_admits_one_and_turns_one_away() {
    let server = Server::start(BINARY, &[]);
    let data = text(server.data.path()).to_owned();
    let home = tempfile::tempdir().unwrap();
    let rooms = |args: &[&str]| run(BINARY, &[&["rooms"], args, &["--data", &data]].concat(), "");
    let made = rooms(&["create", "board", "--mode", "open", "--waiting-room", "on", "--marking", "RESTRICTED"]);
    assert_eq!(made.0, 0, "{made:?}");
    let wrong = rooms(&["create", "other", "--mode", "open", "--capacity", "0"]);
    assert!(wrong.0 == 65 && wrong.2.contains("capacity") && !rooms(&["list"]).1.contains("other"), "{wrong:?}");
    let prepare = r#"
        printf '%s\n' "$PASSWORD" | "$C" serve user add anna --password-fd 0 --data "$DATA" &&
        "$C" rooms set board --role anna=moderator --data "$DATA" &&
        "$C" login "$LINK" --name anna --password-fd 3 --keyring vault --passphrase-fd 4 3<<<"$PASSWORD" 4<<<"six words of mine""#;
    let prepared = bash(prepare, home.path(), &server).output().unwrap();
    assert!(prepared.status.success(), "{}", String::from_utf8_lossy(&prepared.stderr));
    let join = r#"exec "$C" join "$ROOM" --json --name Anna --audio null --mode open --allow-plain --keyring vault --passphrase-fd 4 \
        4<<<"six words of mine""#;
    // Ben is there first, and waits.
    let mut ben = guest(&server.room("board"), "Ben");
    ben.event("waiting");
    let mut anna = Client::spawn(bash(join, home.path(), &server));
    anna.event("joined");
    anna.wait_for("her role", |e| e["event"] == "room_role" && e["role"] == "moderator");
    let rules = anna.event("rules");
    assert_eq!((rules["rules"]["waiting_room"].as_bool(), rules["marking"].as_str()), (Some(true), Some("RESTRICTED")));
    let knock = |anna: &mut Client, name: &str| anna.wait_for(name, |e| e["event"] == "knock" && e["name"] == name)["id"].clone();
    let id = knock(&mut anna, "Ben");
    assert_eq!(asks(&mut anna, 1, json!({"cmd": "admit", "peer": id})), None);
    ben.event("joined");
    anna.wait_for("Ben", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ben");
    let mut cleo = guest(&server.room("board"), "Cleo");
    cleo.event("waiting");
    let id = knock(&mut anna, "Cleo");
    // A guest sees nobody who waits, and decides nothing.
    let refused = asks(&mut ben, 1, json!({"cmd": "admit", "peer": id})).unwrap();
    assert!(refused.contains("moderator") && !ben.events.iter().any(|e| e["event"] == "knock"), "{refused}");
    assert_eq!(asks(&mut anna, 2, json!({"cmd": "deny", "peer": id})), None);
    let (code, events, _) = cleo.finish();
    assert_eq!((code, events.last().unwrap()["text"].as_str().unwrap().contains("not let in")), (77, true), "{events:?}");

    // The rules change from outside, and everybody is told.
    assert_eq!(rooms(&["set", "board", "--speak", "moderators", "--marking", "OFFICIAL"]).0, 0);
    let told = ben.wait_for("the new rules", |e| e["event"] == "rules" && e["rules"]["marking"] == "OFFICIAL");
    assert_eq!(told["rules"]["speak"], "moderators");
    ben.wait_for("his rights", |e| e["event"] == "rights" && !e["may"].as_array().unwrap().contains(&json!("speak")));
    let refused = asks(&mut ben, 2, json!({"cmd": "mute", "on": false})).unwrap();
    assert!(refused.contains("may not speak"), "{refused}");
    let state = |c: &mut Client, id: u64| {
        says(c, json!({"id": id, "cmd": "state"}));
        c.wait_for("the state", |e| e["event"] == "reply" && e["id"] == id)["data"].clone()
    };
    let now = state(&mut ben, 3);
    assert_eq!((now["room_role"].as_str(), now["rules"]["marking"].as_str()), (Some("guest"), Some("OFFICIAL")));

    // A ban is kept: who is banned is out of the next meeting too. It is in the audit log, without a name.
    let id = id_of(&mut anna, "Ben");
    assert_eq!(asks(&mut anna, 3, json!({"cmd": "ban", "peer": id})), None);
    let (code, events, _) = ben.finish();
    assert_eq!((code, events.last().unwrap()["reason"].as_str()), (81, Some("removed")));
    anna.wait_for("the ban", |e| e["event"] == "moderated" && e["verb"] == "ban");
    says(&mut anna, json!({"cmd": "leave"}));
    assert_eq!(anna.finish().0, 0);
    let log = std::fs::read_to_string(server.data.path().join("audit.jsonl")).unwrap();
    for verb in ["admit", "deny", "ban"] {
        assert!(log.contains(&format!("\"event\":\"moderated\",\"room\":\"board\",\"verb\":\"{verb}\"")), "{verb}: {log}");
    }
    assert!(!log.contains("Ben") && !log.contains("Cleo"), "{log}");
    let shown = rooms(&["show", "board", "--json"]);
    let shown: Value = serde_json::from_str(&shown.1).unwrap();
    assert_eq!((shown["rules"]["speak"].as_str(), shown["roles"]["anna"].as_str()), (Some("moderators"), Some("moderator")));
}

#[test]
fn the_host_closes_microphones_locks_removes_and_ends_and_others_cannot() {
    let server = Server::dev(BINARY);
    let link = server.room("r");
    let (mut ana, mut ben, mut cleo) = (in_room(&link, "Ana"), in_room(&link, "Ben"), in_room(&link, "Cleo"));
    ana.wait_for("the host's role", |e| e["event"] == "room_role" && e["role"] == "owner");
    let (ben_id, cleo_id) = (id_of(&mut ana, "Ben"), id_of(&mut ana, "Cleo"));
    let host_id = id_of(&mut ben, "Ana");
    let commands = [
        json!({"cmd": "kick", "peer": host_id}),
        json!({"cmd": "ban", "peer": host_id}),
        json!({"cmd": "silence"}),
        json!({"cmd": "lock", "on": true}),
        json!({"cmd": "end"}),
        json!({"cmd": "role", "peer": host_id, "role": "guest"}),
    ];
    for (command, id) in commands.into_iter().zip(50..) {
        let refused = asks(&mut ben, id, command.clone());
        assert!(refused.as_ref().is_some_and(|why| why.contains("you are a guest")), "{command}: {refused:?}");
    }

    assert_eq!(asks(&mut ben, 1, json!({"cmd": "mute", "on": false})), None);
    ana.wait_for("Ben's microphone", |e| e["event"] == "muted" && e["id"] == ben_id && e["on"] == false);
    assert_eq!(asks(&mut ana, 1, json!({"cmd": "silence", "peer": ben_id})), None);
    ben.wait_for("his microphone closed", |e| e["event"] == "muted" && e["on"] == true && e["by"] == host_id);
    ana.wait_for_next("that it is closed", |e| e["event"] == "muted" && e["id"] == ben_id && e["on"] == true);
    assert_eq!(asks(&mut ana, 2, json!({"cmd": "ask", "peer": ben_id})), None);
    ben.wait_for("the question", |e| e["event"] == "moderated" && e["verb"] == "ask_unmute" && e["by"] == host_id);

    // Hands in the order of the server, taken down by the host.
    assert_eq!(asks(&mut cleo, 1, json!({"cmd": "hand", "up": true})), None);
    ana.wait_for("Cleo's hand", |e| e["event"] == "hands" && e["queue"] == json!([cleo_id]));
    assert_eq!(asks(&mut ben, 2, json!({"cmd": "hand", "up": true})), None);
    ana.wait_for("both hands", |e| e["event"] == "hands" && e["queue"] == json!([cleo_id, ben_id]));
    assert_eq!(asks(&mut ana, 3, json!({"cmd": "lower", "peer": cleo_id})), None);
    cleo.wait_for("her hand going down", |e| e["event"] == "hand" && e["on"] == false);

    // A listener does not speak; a moderator does what moderators do.
    assert_eq!(asks(&mut ana, 4, json!({"cmd": "role", "peer": cleo_id, "role": "listener"})), None);
    cleo.wait_for("her role", |e| e["event"] == "room_role" && e["role"] == "listener" && e["by"] == host_id);
    assert!(asks(&mut cleo, 2, json!({"cmd": "mute", "on": false})).unwrap().contains("may not speak"));
    assert_eq!(asks(&mut ana, 5, json!({"cmd": "promote", "peer": ben_id})), None);
    ben.wait_for("his role", |e| e["event"] == "room_role" && e["role"] == "moderator" && e["by"] == host_id);
    assert_eq!(asks(&mut ben, 3, json!({"cmd": "lock", "on": true})), None);
    for client in [&mut ana, &mut ben, &mut cleo] {
        client.wait_for("the lock", |e| e["event"] == "rules" && e["rules"]["locked"] == true);
    }
    let (code, _, stderr) = guest(&link, "Dora").finish();
    assert_eq!(code, 77, "{stderr}");
    let cleo_for_ben = id_of(&mut ben, "Cleo");
    assert_eq!(asks(&mut ben, 4, json!({"cmd": "kick", "peer": cleo_for_ben})), None);
    assert_eq!(cleo.finish().0, 81);
    ana.wait_for("Cleo's leaving", |e| e["event"] == "peer_left" && e["id"] == cleo_id);

    assert_eq!(asks(&mut ana, 6, json!({"cmd": "end"})), None);
    for client in [ana, ben] {
        let (code, events, _) = client.finish();
        assert_eq!((code, events.last().unwrap()["reason"].as_str()), (82, Some("room_ended")));
    }
}

#[test]
fn another_is_host_when_the_host_vanishes_and_no_longer_when_they_leave() {
    let server = Server::dev(BINARY);
    let link = server.room("r");
    let (mut ana, mut ben, mut cleo) = (in_room(&link, "Ana"), in_room(&link, "Ben"), in_room(&link, "Cleo"));
    cleo.wait_for("Ben", |e| e["peer"]["name"] == "Ben");
    says(&mut ana, json!({"cmd": "leave"}));
    assert_eq!(ana.finish().0, 0);
    let told = ben.wait_for("his being host", |e| e["event"] == "room_role" && e["role"] == "owner");
    assert_eq!(told["by"], Value::Null);
    let ben_id = id_of(&mut cleo, "Ben");
    cleo.wait_for("the new host", |e| e["event"] == "room_role" && e["role"] == "owner" && e["id"] == ben_id);
    assert_eq!(asks(&mut ben, 1, json!({"cmd": "lock", "on": true})), None);
}

#[test]
fn after_a_power_cut_everybody_is_who_they_were() {
    let server = Server::dev(BINARY);
    let (link, listen) = (server.room("r"), server.authority());
    let (mut ana, mut ben) = (in_room(&link, "Ana"), in_room(&link, "Ben"));
    let ben_id = id_of(&mut ana, "Ben");
    assert_eq!(asks(&mut ana, 1, json!({"cmd": "role", "peer": ben_id, "role": "listener"})), None);
    ben.wait_for("his role", |e| e["event"] == "room_role" && e["role"] == "listener");
    // The store is told a moment after the people.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let deadline = std::time::Instant::now() + PATIENCE;
    let kept = async || {
        let store = Store::open(&DataDir::open(server.data.path()).unwrap()).await.unwrap();
        let seats = store.kept("r", 0).await.unwrap().seats;
        store.close().await;
        seats.iter().any(|(_, role)| *role == RoomRole::Listener)
    };
    while !runtime.block_on(kept()) {
        assert!(std::time::Instant::now() < deadline, "nothing is kept");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let data = server.kill();
    let _server = Server::start_at(BINARY, &["--dev"], &listen, data);
    for client in [&mut ana, &mut ben] {
        client.wait_for("the connection", |e| e["event"] == "reconnected");
    }
    assert_eq!(asks(&mut ana, 2, json!({"cmd": "lock", "on": true})), None);
    ben.wait_for("the lock of the same host", |e| e["event"] == "rules" && e["rules"]["locked"] == true);
    assert!(asks(&mut ben, 1, json!({"cmd": "mute", "on": false})).unwrap().contains("listener"));
}

#[test]
fn the_marking_stands_above_everything_in_the_terminal_and_in_every_line() {
    let server = Server::dev(BINARY);
    let data = text(server.data.path()).to_owned();
    let made = run(BINARY, &["rooms", "create", "vault", "--mode", "open", "--marking", "RESTRICTED", "--data", &data], "");
    assert_eq!(made.0, 0, "{made:?}");
    let link = server.room("vault");
    let join = |name: &str, more: &[&str]| {
        let args = [&["join", &link, "--name", name, "--audio", "null", "--mode", "open", "--allow-plain"], more].concat();
        Spawn { program: Path::new(BINARY), args: &args, env: &[], size: (80, 24), releases: false }.start()
    };
    let tui = join("Ana", &[]);
    tui.wait_for("RESTRICTED");
    tui.wait_for("guest");
    let line = join("Ben", &["--line"]);
    line.wait_for("[RESTRICTED] ");
    line.wait_for("it is marked RESTRICTED");
    tui.send("?");
    tui.wait_for("j k scroll");
    tui.wait_for("RESTRICTED");
    let set = run(BINARY, &["rooms", "set", "vault", "--marking", "OFFICIAL", "--data", &data], "");
    assert_eq!(set.0, 0, "{set:?}");
    tui.wait_for("OFFICIAL");
    line.wait_for("[OFFICIAL] ");
}

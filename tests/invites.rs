//! Invites: made on the server's machine or over the network, used by a link, with a PIN and without, and refused when they are
//! over.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "control_plane/rig.rs"]
#[allow(dead_code, reason = "another test needs more of it")]
mod rig;

use conclave::protocol::control::{Refusal, ServerMessage};
use conclave::protocol::invite::ShownInvite;
use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::terminal::{Spawn, Terminal};
use rig::{Key, Socket};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// A command on a data directory that must succeed.
fn on(data: &Path, args: &[&str]) -> String {
    let (code, out, err) = run(BIN, &[args, &["--data", text(data)]].concat(), "");
    assert_eq!(code, 0, "{args:?}: {err}");
    out
}

/// An invite made on the server's machine: as JSON.
fn invite(server: &Server, room: &str, more: &[&str]) -> Value {
    let url = server.url();
    let args = [&["invite", "create", room, "--json", "--url", &url], more].concat();
    serde_json::from_str(&on(server.data.path(), &args)).unwrap()
}

fn field<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_else(|| panic!("no {name} in {of}"))
}

/// Joins with the link, and perhaps the PIN, in file descriptors.
fn join(link: &str, pin: Option<&str>, name: &str) -> Client {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("link"), link).unwrap();
    std::fs::write(dir.path().join("pin"), pin.unwrap_or_default()).unwrap();
    let pin = if pin.is_some() { "--pin-fd 4" } else { "" };
    let script = format!(
        "exec 3<\"$1/link\" 4<\"$1/pin\"; rm -r \"$1\"; exec \"$0\" join --link-fd 3 {pin} --json --name {name} --audio null --identity ephemeral"
    );
    let mut command = Command::new("bash");
    command.args(["-c", &script, BIN]).arg(dir.keep());
    Client::spawn(command)
}

/// The exit code of a join that is refused, and what is said of it.
fn refused(link: &str, pin: Option<&str>) -> (i32, String) {
    let (code, events, err) = join(link, pin, "Eve").finish();
    assert!(!events.iter().any(|e| e["event"] == "joined"), "{events:#?}");
    // What was refused before the call stands on standard error, what was refused in it in the last event.
    let last = events.last().map(|e| e["text"].as_str().unwrap_or_default().to_owned()).unwrap_or_default();
    (code, err + &last)
}

fn server() -> Server {
    let server = Server::start(BIN, &[]);
    on(server.data.path(), &["rooms", "create", "board", "--invite-only"]);
    server
}

/// Lines of the audit log with this event.
fn audit(server: &Server, event: &str) -> Vec<Value> {
    let out = on(server.data.path(), &["serve", "audit", "show", "--json", "--event", event]);
    out.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn a_link_that_works_once_lets_one_in_and_is_refused_after_that() {
    let server = server();
    let bare = server.room("board");
    let (code, err) = refused(&bare, None);
    assert!(code == 77 && err.contains("an account on its server or an invite"), "{code} {err}");

    let made = invite(&server, "board", &[]);
    let link = field(&made, "link");
    assert!(link.contains("#fp=") && link.contains(".m=strict.i=") && !link.contains('?'), "{link}");
    let mut ana = join(link, None, "Ana");
    ana.event("let_in");
    let (code, err) = refused(link, None);
    assert!(code == 77 && err.contains("was used as often as it may be"), "{code} {err}");
    assert!(!err.contains(link.rsplit('=').next().unwrap()), "the secret is repeated: {err}");

    let list: Value = serde_json::from_str(&on(server.data.path(), &["invite", "list", "--json"])).unwrap();
    assert_eq!((&list["invites"][0]["used"], &list["invites"][0]["state"]), (&json!(1), &json!("used_up")));
    // In words, too, and without any secret.
    let words = on(server.data.path(), &["invite", "list"]);
    assert!(words.contains("used 1 of 1") && !words.contains(link.rsplit('=').next().unwrap()), "{words}");
    ana.send(r#"{"cmd":"leave"}"#);
    assert_eq!(ana.finish().0, 0);

    let (used, turned) = (audit(&server, "invite"), audit(&server, "invite_refused"));
    assert_eq!(used.iter().map(|e| field(e, "act")).collect::<Vec<_>>(), ["created", "used"]);
    assert_eq!(turned.iter().map(|e| field(e, "reason")).collect::<Vec<_>>(), ["used_up"]);
    assert_eq!(turned[0]["invite"], made["invite"]["id"]);
}

#[test]
fn a_revoked_or_unknown_invite_is_refused_and_another_rooms_too() {
    let server = server();
    on(server.data.path(), &["rooms", "create", "other"]);
    let made = invite(&server, "board", &["--uses", "5"]);
    let (link, id) = (field(&made, "link").to_owned(), field(&made["invite"], "id"));
    let (code, err) = refused(&link.replace("/board#", "/other#"), None);
    assert!(code == 65 && err.contains("another room"), "{code} {err}");
    let said = on(server.data.path(), &["invite", "revoke", id]);
    assert!(said.contains("lets nobody in any more"), "{said}");
    let (code, err) = refused(&link, None);
    assert!(code == 77 && err.contains("was revoked"), "{code} {err}");
    let (front, _) = link.rsplit_once("i=").unwrap();
    let (code, err) = refused(&format!("{front}i=AAAAAAAAAAAAAAAAAAAAAA"), None);
    assert!(code == 77 && err.contains("knows no such invite"), "{code} {err}");
    let (code, _, err) = run(BIN, &["join", &link], "");
    assert!(code == 2 && err.contains("secret"), "{code} {err}");
}

#[test]
fn a_pin_is_needed_beside_the_link_and_ten_wrong_ones_lock_the_invite() {
    let server = server();
    let made = invite(&server, "board", &["--pin", "--uses", "3"]);
    let (link, pin) = (field(&made, "link"), field(&made, "pin"));
    assert!(pin.len() == 6 && !link.contains(pin), "{made}");
    let (code, err) = refused(link, None);
    assert!(code == 77 && err.contains("has a PIN") && err.contains("--pin-fd"), "{code} {err}");
    let wrong = if pin == "000000" { "111111" } else { "000000" };
    let (code, err) = refused(link, Some(wrong));
    assert!(code == 77 && err.contains("the PIN is wrong (tries that are left: 9)"), "{code} {err}");
    join(link, Some(pin), "Ana").event("let_in");
    for left in (0..9).rev() {
        let (code, err) = refused(link, Some(wrong));
        let word = if left == 0 { "locked now".to_owned() } else { format!("left: {left})") };
        assert!(code == 77 && err.contains(&word), "{left}: {code} {err}");
    }
    let (code, err) = refused(link, Some(pin));
    assert!(code == 77 && err.contains("is locked"), "{code} {err}");
    assert_eq!(audit(&server, "invite").last().unwrap()["act"], "locked");
    let (code, err) = refused(&server.room("board"), Some(pin));
    assert!(code == 2 && err.contains("no invite"), "{code} {err}");
}

#[test]
fn a_wrong_pin_is_asked_again_on_the_terminal() {
    let server = server();
    let made = invite(&server, "board", &["--pin"]);
    let (link, pin) = (field(&made, "link"), field(&made, "pin"));
    let args = ["join", "--line", "--name", "Ana", "--audio", "null", "--identity", "ephemeral"];
    let mut ana: Terminal = Spawn { program: Path::new(BIN), args: &args, env: &[], size: (100, 24), releases: false }.start();
    ana.wait_for("Link:");
    ana.send(&format!("{link}\r"));
    ana.wait_for("PIN of the invite:");
    ana.send("nonsense\r");
    ana.wait_for("the PIN is wrong (tries that are left: 9)");
    ana.send(&format!("{pin}\r"));
    ana.wait_for("You are in");
    let output = ana.output();
    assert!(!output.contains(pin) && !output.contains("nonsense"), "what is typed is not shown: {output}");
    ana.send("/leave\r");
    assert_eq!(ana.exit_code(), 0);
}

/// Two at once on the last use, the same member again, and a server that is killed in between, by bare websockets.
#[tokio::test]
async fn of_two_at_once_one_gets_in_and_comes_back_after_a_crash_without_another_use() {
    let data = tempfile::tempdir().unwrap();
    on(data.path(), &["rooms", "create", "board", "--mode", "open", "--invite-only"]);
    let made = on(data.path(), &["invite", "create", "board", "--json", "--url", "http://127.0.0.1"]);
    let made: Value = serde_json::from_str(&made).unwrap();
    let secret = field(&made, "link").rsplit('=').next().unwrap().to_owned();
    let shown = || Some(ShownInvite { secret: secret.as_str().into(), pin: None });
    let server = rig::Server::dev(data.path());
    let hello = async |server: &rig::Server, seed: u8, invite| {
        let mut socket = Socket::open(server).await;
        let answer = socket.hello_by(&Key::new(seed), "board", None, None, invite).await;
        (socket, answer.expect("an answer"))
    };
    let is_in = |m: &ServerMessage| match m {
        ServerMessage::Welcome { .. } => true,
        ServerMessage::Refused { code, text } => {
            assert_eq!(*code, Refusal::Denied, "{text}");
            false
        }
        other => panic!("{other:?}"),
    };
    assert!(!is_in(&hello(&server, 9, None).await.1), "the room takes invited people only");
    let (one, two) = tokio::join!(hello(&server, 1, shown()), hello(&server, 2, shown()));
    let (first, second) = (is_in(&one.1), is_in(&two.1));
    assert!(first != second, "{:?} {:?}", one.1, two.1);
    let (winner, loser) = if first { (1, 2) } else { (2, 1) };

    server.signal("-KILL");
    assert!(!server.wait().success());
    let server = rig::Server::dev(data.path());
    assert!(!is_in(&hello(&server, loser, shown()).await.1));
    let back = hello(&server, winner, shown()).await;
    assert!(is_in(&back.1));
    drop(back);
    assert!(!is_in(&hello(&server, 7, shown()).await.1));
}

#[tokio::test]
async fn invites_are_made_listed_and_revoked_over_http_by_the_owner_and_by_nobody_else() {
    let data = tempfile::tempdir().unwrap();
    let server = rig::Server::start(&[], data.path());
    let claim = json!({ "secret": server.owner_secret(), "name": "Olga" });
    let (_, claimed) = server.http("POST", "/api/v1/owner/claim", None, Some(claim)).await;
    let token = claimed["token"].as_str();
    let room = json!({ "name": "board", "mode": "strict", "invite_only": true });
    assert_eq!(server.http("POST", "/api/v1/rooms", token, Some(room)).await.0, 201);
    let wanted = json!({ "room": "board", "role": "speaker", "seconds": 60, "uses": 2, "pin": "4711" });
    for nobody in [None, Some("guess")] {
        assert_eq!(server.http("POST", "/api/v1/invites", nobody, Some(wanted.clone())).await.0, 401);
        assert_eq!(server.http("GET", "/api/v1/invites", nobody, None).await.0, 401);
    }
    for (key, bad) in [("role", json!("owner")), ("uses", json!(0)), ("seconds", json!(0)), ("pin", json!("1"))] {
        let mut body = wanted.clone();
        body[key] = bad;
        let (status, error) = server.http("POST", "/api/v1/invites", token, Some(body)).await;
        assert_eq!((status, &error["error"]["code"]), (400, &json!("invalid")), "{key}");
    }
    let (status, made) = server.http("POST", "/api/v1/invites", token, Some(wanted)).await;
    assert_eq!((status, &made["invite"]["role"], &made["invite"]["pin"]), (201, &json!("speaker"), &json!(true)));
    let secret = field(&made, "secret");
    let look = async |body: Value| server.http("POST", "/api/v1/invites/look", None, Some(body)).await;
    let (status, error) = look(json!({ "secret": secret })).await;
    assert_eq!((status, &error["error"]["code"]), (403, &json!("pin")));
    let (status, looked) = look(json!({ "secret": secret, "pin": "4711" })).await;
    assert_eq!((status, &looked["room"], &looked["role"]), (200, &json!("board"), &json!("speaker")));
    let (_, list) = server.http("GET", "/api/v1/invites", token, None).await;
    assert_eq!((&list["invites"][0]["used"], list["invites"].as_array().unwrap().len()), (&json!(0), 1));
    assert!(!list.to_string().contains(secret) && !list.to_string().contains("4711"));
    let path = format!("/api/v1/invites/{}", field(&made["invite"], "id"));
    assert_eq!(server.http("DELETE", &path, None, None).await.0, 401);
    assert_eq!(server.http("DELETE", &path, token, None).await.0, 204);
    assert_eq!(server.http("DELETE", "/api/v1/invites/i-none", token, None).await.0, 404);
    assert_eq!(look(json!({ "secret": secret, "pin": "4711" })).await.0, 403);
    // Whoever guesses is stopped.
    let mut answers = Vec::new();
    for n in 0..25 {
        answers.push(look(json!({ "secret": format!("guess{n}") })).await.0);
    }
    assert!(answers.contains(&429) && answers.iter().all(|s| [403, 429].contains(s)), "{answers:?}");
}

/// From the owner's own machine, with the login in their vault.
#[test]
fn an_owner_invites_and_sees_people_over_the_network() {
    let server = Server::start(BIN, &[]);
    let home = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| std::fs::write(home.path().join(name), text).unwrap();
    file("conclave.passphrase", "a passphrase for the vault");
    file("owner", field(&server.hello, "owner_link"));
    let conclave = |args: &[&str]| {
        let script = "exec \"$0\" \"$@\" 3<\"$HOME/owner\"";
        let mut command = Command::new("bash");
        command.args(["-c", script, BIN]).args(args).env("HOME", home.path()).env("CREDENTIALS_DIRECTORY", home.path());
        for unset in ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS", "CONCLAVE_KEYRING"] {
            command.env_remove(unset);
        }
        let out = command.output().unwrap();
        let (stdout, stderr) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8_lossy(&out.stderr).into_owned());
        assert!(out.status.success(), "{args:?}: {stderr}");
        stdout
    };
    let url = server.url();
    conclave(&["login", "--link-fd", "3"]);
    conclave(&["rooms", "create", "board", "--invite-only", "--server", &url]);
    let made = conclave(&["invite", "create", "board", "--pin", "--json", "--server", &url]);
    let made: Value = serde_json::from_str(&made).unwrap();
    let (link, pin) = (field(&made, "link"), field(&made, "pin"));
    assert!(link.starts_with(&format!("{url}/board#fp=")) && link.contains(".m=strict.i="), "{link}");
    let mut ana = join(link, Some(pin), "Ana");
    let me = ana.event("joined")["me"].clone();
    let people: Value = serde_json::from_str(&conclave(&["people", "board", "--json", "--server", &url])).unwrap();
    assert_eq!((&people["people"][0]["id"], &people["names_encrypted"]), (&me, &json!(true)));
    assert!(!people.to_string().contains("Ana"), "{people}");
    assert!(conclave(&["people", "board", "--server", &url]).contains("the server does not know it"));
    let list = conclave(&["invite", "list", "board", "--server", &url]);
    assert!(list.contains("used 1 of 1") && list.contains("with a PIN"), "{list}");
    conclave(&["invite", "revoke", field(&made["invite"], "id"), "--server", &url]);
    assert!(conclave(&["invite", "list", "--server", &url]).contains("was revoked"));
}

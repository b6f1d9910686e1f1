//! A room's secret from its making to the call: in a link, read out as words, and never in an argument list.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run};
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const ROOM: &str = "https://meet.example.org/board";

fn secret(args: &[&str], input: &str) -> (i32, String, String) {
    run(BIN, &[&["secret"], args].concat(), input)
}

#[test]
fn a_secret_is_read_out_and_written_down_again_and_a_mistake_is_located() {
    let (code, link, err) = secret(&["new", &format!("{ROOM}#m=balanced")], "");
    assert_eq!(code, 0, "{err}");
    assert!(link.starts_with(&format!("{ROOM}#m=balanced.k=")), "{link}");
    let (code, words, err) = secret(&["words"], &link);
    assert_eq!(code, 0, "{err}");
    assert_eq!((words.lines().count(), words.split_whitespace().count()), (4, 16), "{words}");
    let back = |words: &str| secret(&["link", &format!("{ROOM}#m=balanced")], words);
    assert_eq!(back(&words), (0, link.clone(), String::new()));

    let mut list: Vec<&str> = words.split_whitespace().collect();
    let other = if list[4] == "zebra" { "zone" } else { "zebra" };
    let right = std::mem::replace(&mut list[4], other);
    let (code, out, err) = back(&list.join(" "));
    assert_eq!((code, out.as_str()), (65, ""), "{err}");
    assert!(err.contains('5'), "the fifth word is wrong: {err}");
    list[4] = right;
    let (first, second) = (0..15).map(|n| (n, n + 1)).find(|(a, b)| list[*a] != list[*b]).unwrap();
    list.swap(first, second);
    let (code, _, err) = back(&list.join(" "));
    assert_eq!(code, 65, "{err}");
    assert!(err.contains(&format!("{}", first + 1)) && err.contains(&format!("{}", second + 1)), "{err}");
}

#[test]
fn what_cannot_have_a_secret_and_what_is_one_are_refused_in_words() {
    let (_, link, _) = secret(&["new", ROOM], "");
    for (args, input, code, word) in [
        (vec!["new", link.trim()], "", 2, "arguments"),
        (vec!["new", "https://meet.example.org/"], "", 65, "names no room"),
        (vec!["new", "wss://meet.example.org"], "", 65, "LiveKit"),
        (vec!["words"], ROOM, 65, "carries no secret"),
        (vec!["words"], "abc", 65, "22 letters"),
        (vec!["link", ROOM], "only three words", 65, "16 words"),
    ] {
        let (got, out, err) = secret(&args, input);
        assert_eq!((got, out.as_str()), (code, ""), "{args:?}: {err}");
        assert!(err.contains(word), "{args:?}: {err}");
        assert!(!err.contains(link.trim().rsplit('=').next().unwrap()), "{args:?}: the secret is repeated: {err}");
    }
}

/// Joins with the whole link on standard input, where no other user sees it.
fn join(link: &str, name: &str) -> Client {
    let mut command = Command::new(BIN);
    command.args(["join", "-", "--json", "--name", name, "--audio", "null", "--identity", "ephemeral"]);
    let mut client = Client::spawn(command);
    client.send(link.trim());
    client
}

#[test]
fn whoever_has_the_link_comes_in_and_nobody_else_does() {
    let server = Server::dev(BIN);
    let room = server.room("board");
    let (_, link, _) = secret(&["new", &room], "");
    let mut ana = join(&link, "Ana");
    assert_eq!(ana.event("let_in")["founded"], true);
    let mut ben = join(&link, "Ben");
    ben.event("let_in");
    ana.wait_for("Ben", |e| e["peer"]["name"] == "Ben");
    ana.send(r#"{"cmd":"say","text":"behind the link"}"#);
    ben.wait_for("chat", |e| e["event"] == "chat" && e["text"] == "behind the link");
    // Another secret is another group: nobody is let in to something else than the link says.
    let (_, wrong, _) = secret(&["new", &room], "");
    let (code, events, err) = join(&wrong, "Eve").finish();
    assert_eq!(code, 80, "{err}{events:#?}");
    // Without a secret one waits for a moderator, who learns the name of who waits.
    let mut cleo = join(&room, "Cleo");
    cleo.event("waiting");
    ana.wait_for("Cleo's knock", |e| e["event"] == "knock" && e["name"] == "Cleo");
}

//! What a link says of a room holds, whatever the server is: a link to a room of ours never leads into one of Jitsi's.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/server.rs"]
mod server;

use conclave_lab::conclave::{Client, run, text};
use conclave_lab::interceptor::{Interceptor, Shown, Then};
use conclave_lab::speech;
use server::{Options, start};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

#[test]
fn a_link_to_a_room_of_ours_leads_into_no_room_of_another_system() {
    let Some(jitsi) = start(Options::default()) else { return };
    let room = jitsi.link("board");
    // By its key, its secret, an invite, or what it is to be.
    for says in [format!("fp={}", "A".repeat(43)), format!("k={}", "A".repeat(22)), "i=aW52aXRl".into(), "m=open".into()] {
        let (code, out, _) = run(BIN, &["join", "-", "--json", "--audio", "null", "--name", "Ana"], &format!("{room}#{says}\n"));
        assert_eq!(code, 76, "{says}: {out}");
        // An invite is looked at before, where it is answered by nobody who knows it.
        assert!(out.contains("Conclave server") || says.starts_with("i="), "{says}: {out}");
    }
    // What is asked for on the command line counts as much: nothing is said in a room that protects less.
    let asked = Client::join(BIN, &room, "Ana", &["--audio", "null", "--require-e2ee"]);
    let (code, events, _) = asked.finish();
    assert!(code == 80 && events.iter().all(|e| e["event"] != "joined"), "{events:#?}");
    // The same link alone is Jitsi's, and says so.
    let mut plain = Client::join(BIN, &room, "Ana", &["--audio", "null"]);
    assert!(plain.event("joined")["security_text"].as_str().unwrap().contains("not end-to-end encrypted"));
    plain.send(r#"{"cmd":"leave"}"#);
    assert_eq!(plain.finish().0, 0);
}

#[test]
fn a_link_with_a_token_is_not_taken_from_the_arguments_and_its_token_is_shown_nowhere() {
    let Some(jitsi) = start(Options { token_secret: Some("lab".into()), ..Options::default() }) else { return };
    let link = format!("{}?jwt=e30.SECRETTOKEN.x", jitsi.link("tenant/Daily%20Standup"));
    let (code, out, err) = run(BIN, &["join", &link, "--line", "--audio", "null", "--name", "Ana"], "");
    assert_eq!(code, 2, "{out}{err}");
    assert!(format!("{out}{err}").contains("other users of this machine"), "{out}{err}");
    let (code, out, err) = run(BIN, &["join", "-", "--json", "--audio", "null", "--name", "Ana"], &format!("{link}\n"));
    assert_eq!(code, 77, "a token that nobody signed is refused: {out}{err}");
    assert!(!format!("{out}{err}").contains("SECRETTOKEN") && out.contains("token"), "{out}{err}");
}

#[test]
fn behind_a_web_server_with_tls_a_room_says_that_its_transport_alone_is_encrypted() {
    let Some(jitsi) = start(Options::default()) else { return };
    let web = Interceptor::start(&Shown::by("The ministry's own authority"), Then::HandOnInClear(jitsi.authority().to_owned()));
    let link = format!("https://localhost:{}/Board", web.port);
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(3.0));
    let trust = ["--extra-ca", text(web.authority())];
    let sound = format!("file:{},", text(&tone));
    let mut ana = Client::join(BIN, &link, "Ana", &[&trust[..], &["--audio", &sound]].concat());
    let mut ben = Client::join(BIN, &link, "Ben", &[&trust[..], &["--audio", "null"]].concat());
    for client in [&mut ana, &mut ben] {
        let joined = client.event("joined");
        assert_eq!(joined["security"], "transport_only");
        assert_eq!(joined["security_text"], "transport encryption only, not end-to-end encrypted");
    }
    ben.event("hearing");
    // Where the page came with TLS, nothing that it names is dialled without.
    ben.wait_for("that", |e| e["event"] == "warning" && e["code"] == "bridge_elsewhere");
    for mut client in [ana, ben] {
        client.send(r#"{"cmd":"leave"}"#);
        assert_eq!(client.finish().0, 0);
    }
    // And one whom this machine does not trust is not joined.
    let (code, out, _) = run(BIN, &["join", &link, "--json", "--audio", "null", "--name", "Ana"], "");
    assert_eq!(code, 79, "{out}");
}

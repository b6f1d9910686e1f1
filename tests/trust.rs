//! Whom a client trusts where no link names the server's key: an organisation's own authority, a key that was accepted by typing, and
//! nobody in between in silence.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::interceptor::{Interceptor, Shown, Then};
use conclave_lab::speech;
use conclave_lab::terminal::{Spawn, Terminal};
use std::path::Path;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const BOX: Shown = Shown { maker: "Zscaler Inc.", name: "localhost", years: (2020, 2096) };

/// A server with TLS by its own key, and a room there.
fn server(mode: &str) -> Server {
    let server = Server::start(BIN, &[]);
    let (code, _, err) = run(BIN, &["rooms", "create", "board", "--mode", mode, "--data", text(server.data.path())], "");
    assert_eq!(code, 0, "{err}");
    server
}

/// A client by JSON whose link, with its secret, comes in by standard input, and who knows an authority.
fn join(link: &str, name: &str, authority: &Path, more: &[&str]) -> Client {
    let mut command = Command::new(BIN);
    command.args(["join", "-", "--json", "--name", name, "--identity", "ephemeral", "--extra-ca", text(authority)]).args(more);
    let mut client = Client::spawn(command);
    client.send(link.trim());
    client
}

#[test]
fn who_reads_tls_is_named_and_learns_nothing_of_an_encrypted_meeting() {
    let server = server("strict");
    let reader = Interceptor::start(&BOX, Then::HandOn(server.authority()));
    let (_, link, _) = run(BIN, &["secret", "new", &server.room("board")], "");
    let key = link.trim().rsplit("k=").next().unwrap().to_owned();
    let mut ben = join(&link, "Ben Oldfield", reader.authority(), &["--audio", "null", "--stats", "250ms"]);
    ben.event("let_in");
    assert!(ben.newest("intercepted").is_null(), "who knows the server by its key talks to nobody else");

    // The same room, by way of the box and without the fingerprint.
    let by_way = format!("https://localhost:{}/board#k={key}", reader.port);
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(20.0));
    let sound = format!("file:{},", text(&tone));
    let mut ana = join(&by_way, "Ana Whitcombe", reader.authority(), &["--audio", &sound, "--transport", "wss"]);
    let told = ana.event("intercepted");
    assert_eq!((told["by"].as_str(), told["expected"].as_bool()), (Some("Zscaler Inc."), Some(false)));
    ana.event("let_in");
    ana.send(r#"{"cmd":"say","text":"the minister resigns on Friday"}"#);
    ben.wait_for("chat", |e| e["event"] == "chat" && e["text"] == "the minister resigns on Friday");
    ben.wait_for("a second of sound through the box", |e| e["packets_received"].as_u64() >= Some(50));
    for secret in [key.as_str(), "resigns", "Whitcombe", "Oldfield"] {
        assert!(!reader.saw(secret), "{secret} was read on the way");
    }
    assert!(reader.saw("/rtc/media") && reader.saw("/.well-known/conclave"), "everything went by way of the box");
}

#[test]
fn where_interception_is_refused_nothing_is_said_to_whoever_reads() {
    let server = server("open");
    let plain = ["--audio", "null", "--allow-plain", "--mode", "open", "--interception", "refuse"];
    // One that is known by its name, and one that the server's own word gives away.
    for (maker, most) in [("Zscaler Inc.", ""), ("Ministry of Works CA", "/.well-known/conclave")] {
        let reader = Interceptor::start(&Shown { maker, ..BOX }, Then::HandOn(server.authority()));
        let by_way = format!("https://localhost:{}/board", reader.port);
        let (code, events, _) = join(&by_way, "Ana", reader.authority(), &plain).finish();
        let why = events.last().unwrap()["text"].as_str().unwrap().to_owned();
        assert!(code == 79 && why.contains(maker) && why.contains("#fp="), "{code}: {why}");
        let seen = String::from_utf8_lossy(&reader.seen()).into_owned();
        assert_eq!(seen.matches("GET ").count(), usize::from(!most.is_empty()), "{seen}");
        assert!(seen.contains(most) && !reader.saw("Ana"), "{seen}");
    }
}

#[test]
fn the_screen_and_the_lines_say_who_reads() {
    let server = server("open");
    let reader = Interceptor::start(&BOX, Then::HandOn(server.authority()));
    let by_way = format!("https://localhost:{}/board", reader.port);
    let home = tempfile::tempdir().unwrap();
    let args = ["join", &by_way, "--name", "Ana", "--allow-plain", "--mode", "open", "--extra-ca", text(reader.authority())];
    let mut screen = terminal(home.path(), &[&args[..], &["--tui"]].concat());
    screen.wait_for("(TLS read by Zscaler Inc.)");
    screen.wait_for("Zscaler Inc. reads the TLS with this server on the way, and can hear");
    screen.send("\x03");
    assert_eq!(screen.exit_code(), 0);
    for word in ["warn", "allow"] {
        let mut lines = terminal(home.path(), &[&args[..], &["--line", "--interception", word]].concat());
        lines.wait_for("Zscaler Inc. reads the TLS with this server");
        lines.send("/leave\r/leave\r");
        assert_eq!(lines.exit_code(), 0);
    }
}

/// A terminal with a home of its own and no keyring.
fn terminal(home: &Path, args: &[&str]) -> Terminal {
    let home = text(home);
    let env = [
        ("HOME", home),
        ("XDG_STATE_HOME", home),
        ("XDG_CONFIG_HOME", home),
        ("XDG_DATA_HOME", home),
        ("CONCLAVE_AUDIO_DEVICES", "null"),
        ("CONCLAVE_KEYRING", "none"),
        ("CONCLAVE_IDENTITY", "ephemeral"),
    ];
    Spawn { program: Path::new(BIN), args, env: &env, size: (120, 30), releases: false }.start()
}

#[test]
fn a_server_that_nobody_vouches_for_is_accepted_by_typing_and_remembered() {
    let server = server("open");
    let key = server.hello["fingerprint"].as_str().unwrap().to_owned();
    let link = format!("{}/board", server.url());
    let home = tempfile::tempdir().unwrap();
    let args = ["join", &link, "--line", "--name", "Ana", "--allow-plain", "--mode", "open", "--no-history"];
    // Who answers without looking is refused, and nothing is remembered.
    for blind in ["\r", "yes\r"] {
        let mut t = terminal(home.path(), &args);
        let screen = t.wait_for("its last 16 characters");
        let (shown, hidden) = key.split_at(key.len() - 16);
        assert!(screen.contains(shown) && !screen.contains(hidden), "what is to be typed is asked for elsewhere: {screen}");
        t.send(blind);
        assert_eq!(t.exit_code(), 79, "{}", t.output());
    }
    let mut t = terminal(home.path(), &args);
    t.wait_for("its last 16 characters");
    t.send(&format!("{}\r", &key[key.len() - 16..]));
    t.wait_for("You are in");
    t.send("/leave\r/leave\r");
    assert_eq!(t.exit_code(), 0);
    // Next time nothing is asked, by programs neither.
    let mut t = terminal(home.path(), &args);
    t.wait_for("You are in");
    assert!(!t.output().contains("characters"));
    t.send("/leave\r/leave\r");
    assert_eq!(t.exit_code(), 0);
    let at_home = |args: &[&str]| {
        let mut command = Command::new(BIN);
        command.args(args).env("HOME", home.path()).env("XDG_DATA_HOME", home.path()).env("XDG_STATE_HOME", home.path());
        let out = command.env("CONCLAVE_KEYRING", "none").env_remove("XDG_CONFIG_HOME").output().unwrap();
        (out.status.code().unwrap(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
    };
    let json =
        ["join", &link, "--json", "--name", "Ana", "--allow-plain", "--mode", "open", "--audio", "null", "--duration", "100ms"];
    assert_eq!(at_home(&json).0, 0);

    // Somebody else at the same address is not the server that was accepted.
    let authority = server.authority();
    drop(server);
    let other = Server::start_at(BIN, &[], &authority, tempfile::tempdir().unwrap());
    let (code, said) = at_home(&json);
    assert!(code == 79 && said.contains("another key"), "{code}: {said}");
    let (code, said) = at_home(&["forget", &other.url(), "--yes"]);
    assert!(code == 0 && said.contains("which you accepted"), "{code}: {said}");
    // Forgotten, and a program is never asked.
    let (code, said) = at_home(&json);
    assert!(code == 79 && said.contains("vouched for by no certificate authority"), "{code}: {said}");
}

#[test]
fn what_is_wrong_on_the_way_is_said_as_what_it_is() {
    let redirect =
        "HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/terms\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\n<p/>";
    let good = Shown::by("Hotel Holdings");
    for (shown, answer, code, says) in [
        (good.clone(), redirect, 69, "a web page of login.hotel.example"),
        (good.clone(), page, 69, "on guest networks one where you agree"),
        (Shown { years: (2090, 2096), ..good.clone() }, page, 79, "the clock is wrong"),
        (
            Shown { years: (2020, 2021), ..good.clone() },
            page,
            79,
            "was valid until 2021-01-01 00:00 UTC, and this machine's clock says",
        ),
        (Shown { name: "portal.hotel.example", ..good.clone() }, page, 79, "has a certificate for portal.hotel.example"),
    ] {
        let portal = Interceptor::start(&shown, Then::Answer(answer.to_owned()));
        let link = format!("https://localhost:{}/board", portal.port);
        let (got, events, _) = join(&link, "Ana", portal.authority(), &["--audio", "null"]).finish();
        let text = events.last().unwrap()["text"].as_str().unwrap().to_owned();
        assert!(got == code && text.contains(says), "{shown:?}: {got}: {text}");
    }
}

#[test]
fn an_authority_of_ones_own_is_named_by_the_configuration_too() {
    let server = server("open");
    let reader = Interceptor::start(&Shown::by("Ministry of Works CA"), Then::HandOn(server.authority()));
    let by_way = format!("https://localhost:{}/board", reader.port);
    let home = tempfile::tempdir().unwrap();
    let at_home = |args: &[&str]| {
        let mut command = Command::new(BIN);
        command.args(args).env("HOME", home.path()).env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
        let out = command.output().unwrap();
        (out.status.code().unwrap(), String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned())
    };
    let call = [
        "join",
        &by_way,
        "--json",
        "--name",
        "Ana",
        "--allow-plain",
        "--mode",
        "open",
        "--audio",
        "null",
        "--duration",
        "100ms",
        "--identity",
        "ephemeral",
    ];
    let (code, said) = at_home(&call);
    assert!(code == 79 && said.contains("--extra-ca"), "{code}: {said}");
    assert_eq!(at_home(&["config", "set", "tls.extra_ca", text(reader.authority())]).0, 0);
    let (code, said) = at_home(&call);
    assert!(code == 0 && said.contains(r#""event":"intercepted","by":"Ministry of Works CA""#), "{code}: {said}");
    for (file, says) in [("/nowhere/ca.pem", "cannot be read"), ("/etc/hostname", "no certificate")] {
        let (code, said) = at_home(&[&call[..], &["--extra-ca", file]].concat());
        assert!(code == 66 && said.contains(says), "{code}: {said}");
    }
    assert_eq!(at_home(&["config", "set", "tls.interception", "perhaps"]).0, 2);
}

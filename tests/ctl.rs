//! `conclave ctl` with a real call. A peer of another user cannot be played here: the directory (0700), the socket (0600)
//! and the check of the peer stand against one.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn ctl(runtime: &Path, args: &[&str]) -> (i32, String, String) {
    let out = Command::new(BIN).arg("ctl").args(args).env("XDG_RUNTIME_DIR", runtime).output().unwrap();
    let s = |b: Vec<u8>| String::from_utf8(b).unwrap();
    (out.status.code().unwrap(), s(out.stdout), s(out.stderr))
}

fn join(runtime: &Path, link: &str, name: &str, more: &[&str]) -> Client {
    let mut command = Command::new(BIN);
    command.args(["join", link, "--json", "--name", name, "--audio", "null"]).args(more).env("XDG_RUNTIME_DIR", runtime);
    Client::spawn(command)
}

#[test]
fn a_running_call_is_asked_told_and_left_from_another_process() {
    let runtime = tempfile::tempdir().unwrap();
    let (code, _, err) = ctl(runtime.path(), &["state"]);
    assert_eq!(code, 69);
    assert!(err.contains("no call runs here"), "{err}");
    let server = Server::dev(BIN);
    let mut ana = join(runtime.path(), &server.room("r"), "Ana", &["--sandbox", "strict"]);
    ana.event("joined");
    let directory = runtime.path().join("conclave");
    let socket = directory.join(format!("{}.sock", ana.pid()));
    assert_eq!(std::fs::metadata(&directory).unwrap().mode() & 0o777, 0o700);
    assert_eq!(std::fs::metadata(&socket).unwrap().mode() & 0o777, 0o600);
    let (code, out, err) = ctl(runtime.path(), &["state", "--json"]);
    assert_eq!(code, 0, "{err}");
    let reply: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((reply["data"]["phase"].as_str(), reply["data"]["name"].as_str()), (Some("joined"), Some("Ana")));
    let (code, out, _) = ctl(runtime.path(), &["mute", "off"]);
    assert_eq!((code, out.as_str()), (0, "Your microphone is open.\n"));
    ana.wait_for("open microphone", |e| e["event"] == "muted" && e["on"] == false);
    // The grammar is that of /commands, its errors too.
    let (code, _, err) = ctl(runtime.path(), &["mtue"]);
    assert_eq!(code, 2);
    assert!(err.contains("/mute"), "{err}");
    let two = runtime.path().to_owned();
    let mut ben = join(&two, &server.room("r"), "Ben", &[]);
    ben.event("joined");
    let (code, _, err) = ctl(runtime.path(), &["status"]);
    assert_eq!(code, 2);
    assert!(err.contains(&ana.pid().to_string()) && err.contains("--pid"), "{err}");
    let pid = ana.pid().to_string();
    ben.wait_for("Ana", |e| e["event"] == "peer_joined" && e["peer"]["name"] == "Ana");
    let (code, _, err) = ctl(runtime.path(), &["--pid", &pid, "say", "hello", "from", "outside"]);
    assert_eq!(code, 0, "{err}");
    ben.wait_for("chat", |e| e["event"] == "chat" && e["text"] == "hello from outside");
    // Another's answers never came to the front end, and guests who go end nothing.
    assert!(!ana.events.iter().any(|e| e["event"] == "reply"), "{:#?}", ana.events);
    let (code, out, err) = ctl(runtime.path(), &["--pid", &pid, "leave"]);
    assert_eq!(code, 0, "{out}{err}");
    let (code, events, _) = ana.finish();
    assert_eq!((code, events.last().unwrap()["reason"].as_str()), (0, Some("left")));
    assert!(!socket.exists(), "{}", text(&socket));
}

/// A script's connection to the control socket.
struct Script {
    write: UnixStream,
    read: BufReader<UnixStream>,
}

impl Script {
    fn connect(socket: &Path) -> Self {
        let write = UnixStream::connect(socket).unwrap();
        write.set_read_timeout(Some(conclave_lab::conclave::PATIENCE)).unwrap();
        Self { read: BufReader::new(write.try_clone().unwrap()), write }
    }

    /// The next line; every one is what the schema says.
    fn next(&mut self) -> Option<serde_json::Value> {
        let mut line = String::new();
        (self.read.read_line(&mut line).unwrap() > 0).then(|| {
            let line = serde_json::from_str(&line).unwrap();
            conclave_lab::schema::assert_event(&line);
            line
        })
    }

    fn until(&mut self, wanted: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        std::iter::from_fn(|| self.next()).find(|e| wanted(e)).unwrap()
    }
}

#[test]
fn a_socket_that_is_flooded_or_half_closed_costs_nobody_else_anything() {
    let runtime = tempfile::tempdir().unwrap();
    let server = Server::dev(BIN);
    let mut ana = join(runtime.path(), &server.room("r"), "Ana", &[]);
    ana.event("let_in");
    let socket = runtime.path().join(format!("conclave/{}.sock", ana.pid()));
    // Whoever comes is told at once how everything is.
    let mut first = Script::connect(&socket);
    let snapshot = first.next().unwrap();
    assert_eq!(
        (&snapshot["event"], &snapshot["state"]["name"], &snapshot["seq"]),
        (&"snapshot".into(), &"Ana".into(), &1.into())
    );
    // `echo … | nc -U`: nothing more is said, and the answer comes all the same.
    let mut half = Script::connect(&socket);
    half.write.write_all(b"{\"id\":5,\"cmd\":\"state\"}\n").unwrap();
    half.write.shutdown(Shutdown::Write).unwrap();
    assert_eq!(half.until(|e| e["event"] == "reply")["id"], 5);
    assert_eq!(half.next(), None, "and then it is over");
    // A megabyte without an end, lines that are nothing, commands that nobody reads the answers of.
    let mut flood = Script::connect(&socket);
    flood.write.set_write_timeout(Some(std::time::Duration::from_millis(500))).unwrap();
    let nothing = b"{\"cmd\":\"\xff\"}\n".repeat(4096);
    let mut sent = flood.write.write_all(&vec![b'x'; 1 << 20]).and_then(|()| flood.write.write_all(b"\n"));
    for _ in 0..64 {
        sent = sent.and_then(|()| flood.write.write_all(&nothing));
    }
    assert!(sent.is_err(), "nobody takes in what nobody reads the answers of");
    // Others go on, up to eight of them, and one too many is told so.
    let mut more: Vec<Script> = (0..6).map(|_| Script::connect(&socket)).collect();
    for script in &mut more {
        assert_eq!(script.next().unwrap()["event"], "snapshot");
    }
    let refused = Script::connect(&socket).next().unwrap();
    assert_eq!((&refused["event"], &refused["code"]), (&"error".into(), &"busy".into()));
    first.write.write_all(b"{\"id\":1,\"cmd\":\"mute\",\"on\":false}\n").unwrap();
    assert_eq!(first.until(|e| e["event"] == "reply")["ok"], true);
    for script in &mut more {
        assert_eq!(script.until(|e| e["event"] == "muted")["on"], false);
    }
    // Going ends nothing, and gives the place back.
    drop((first, more, flood, half));
    let mut last = loop {
        let mut script = Script::connect(&socket);
        if script.next().unwrap()["event"] == "snapshot" {
            break script;
        }
    };
    last.write.write_all(b"{\"id\":2,\"cmd\":\"leave\"}\n").unwrap();
    assert_eq!(last.until(|e| e["event"] == "left")["code"], 0);
    let mut rest = String::new();
    last.read.read_to_string(&mut rest).unwrap();
    assert_eq!((rest.as_str(), ana.finish().0), ("", 0));
}

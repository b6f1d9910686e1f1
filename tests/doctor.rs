//! `conclave doctor`: each fault that can be made is found, named with what to do, and decides the exit code.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave::protocol::well_known::WellKnown;
use conclave_lab::conclave::{Server, text};
use conclave_lab::pulse::{self, Pulse};
use conclave_lab::skip;
use conclave_lab::terminal::Spawn;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// In a home of its own, without a keyring, a proxy or a sound server.
fn doctor(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(BIN);
    command.arg("doctor").args(args).env("HOME", home).env("XDG_RUNTIME_DIR", home);
    for name in [
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "DBUS_SESSION_BUS_ADDRESS",
        "CONCLAVE_KEYRING",
        "CREDENTIALS_DIRECTORY",
        "PULSE_SERVER",
    ] {
        command.env_remove(name);
    }
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"] {
        command.env_remove(name);
    }
    command
}

/// Its exit code and its document.
fn report(mut command: Command) -> (i32, Value) {
    let out = command.arg("--json").output().unwrap();
    let found: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"));
    let code = out.status.code().unwrap();
    assert_eq!((&found["v"], &found["exit"]), (&1.into(), &code.into()), "{found:#}");
    (code, found)
}

/// One finding of a document: its status, and all its words.
fn finding<'a>(found: &'a Value, check: &str) -> (&'a str, String) {
    let line = found["findings"].as_array().unwrap().iter().find(|f| f["check"] == check);
    let line = line.unwrap_or_else(|| panic!("no {check}: {found:#}"));
    let status = line["status"].as_str().unwrap();
    assert_eq!(line["advice"].is_string(), status != "pass", "who says that something is wrong says what to do: {line}");
    (status, format!("{} {}", line["text"].as_str().unwrap(), line["advice"].as_str().unwrap_or_default()))
}

fn looked_at(found: &Value, check: &str) -> bool {
    found["findings"].as_array().unwrap().iter().any(|f| f["check"] == check)
}

/// Somebody who answers every request with these headers and this body.
fn stand_in(headers: String, body: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let request = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
            if request.count() > 0 {
                let length = body.len();
                let _ =
                    write!(&stream, "HTTP/1.1 200 OK\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            }
        }
    });
    at
}

fn sound() -> Option<Pulse> {
    let pulse = pulse::start();
    if pulse.is_none() {
        skip("PulseAudio", "pulseaudio is not installed");
    }
    pulse
}

#[test]
fn where_nothing_is_wrong_nothing_fails_and_the_report_for_support_names_nobody() {
    let Some(pulse) = sound() else { return };
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(BIN, &[]);
    let bundle = home.path().join("report.txt");
    let link = server.room("council-of-elders");
    let mut command = doctor(home.path(), &[&link, "--bundle", text(&bundle), "--audio", "pulse"]);
    // As where a sound server is lent over ssh: without its cookie.
    let (name, socket) = &pulse.env()[0];
    command.env(name, socket);
    let (code, found) = report(command);
    assert_eq!(code, 0, "{found:#}");
    for check in ["files", "microphone", "loudspeaker", "proxy", "name", "tcp", "tls", "server", "clock"] {
        assert_eq!(finding(&found, check).0, "pass", "{check}: {found:#}");
    }
    assert!(finding(&found, "tls").1.contains("nobody is in between"));
    assert!(finding(&found, "media").1.contains("udp: gets through"));
    let keyring = finding(&found, "keyring");
    assert!(keyring.0 == "warn" && keyring.1.contains("--keyring vault"), "{keyring:?}");
    let mode = std::fs::metadata(&bundle).unwrap().permissions().mode() & 0o777;
    let written = std::fs::read_to_string(&bundle).unwrap();
    assert!(mode == 0o600 && written.contains("PASS  Server") && written.contains("WARN  Keyring"), "{written}");
    let fingerprint = server.hello["fingerprint"].as_str().unwrap();
    for name in ["council-of-elders", "127.0.0.1", fingerprint, "mic.monitor", "Monitor", text(home.path())] {
        assert!(!written.contains(name), "{name}: {written}");
    }
}

#[test]
fn whoever_is_in_between_is_noticed_and_nothing_is_asked_of_them() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::start(BIN, &[]);
    let wrong = format!("{}/r#fp={}", server.url(), "A".repeat(43));
    let unknown = format!("{}/r", server.url());
    for (link, says) in [(wrong, "not the key that you know"), (unknown, "no authority that this machine trusts")] {
        let (code, found) = report(doctor(home.path(), &[&link, "--audio", "null"]));
        assert_eq!((code, finding(&found, "tls").0), (79, "fail"), "{found:#}");
        assert!(finding(&found, "tls").1.contains(says), "{found:#}");
        assert!(!looked_at(&found, "server") && !looked_at(&found, "clock") && !looked_at(&found, "microphone"));
    }
}

#[test]
fn a_server_that_is_away_and_a_name_that_is_nobodys_are_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (code, found) = report(doctor(home.path(), &[&format!("https://{closed}"), "--audio", "null"]));
    assert_eq!((code, finding(&found, "tcp").0), (69, "fail"), "{found:#}");
    assert!(finding(&found, "tcp").1.contains("ask IT"));
    let (code, found) = report(doctor(home.path(), &["https://nobody.invalid", "--audio", "null"]));
    assert_eq!((code, finding(&found, "name").0, finding(&found, "proxy").0), (68, "fail", "pass"), "{found:#}");
    let mut command = doctor(home.path(), &["https://nobody.invalid", "--audio", "null"]);
    command.env("HTTPS_PROXY", "http://ana:hunter2@proxy.invalid:3128");
    let (code, found) = report(command);
    let proxy = finding(&found, "proxy");
    assert!(code == 68 && proxy.0 == "fail" && proxy.1.contains("proxy.invalid:3128") && proxy.1.contains("cannot be reached"));
    assert!(!found.to_string().contains("hunter2") && !looked_at(&found, "name"), "the proxy would have resolved it: {found:#}");
}

#[test]
fn a_wrong_clock_and_a_stranger_are_noticed_by_what_the_server_says() {
    let home = tempfile::tempdir().unwrap();
    let known = serde_json::to_string(&WellKnown::ours(true)).unwrap();
    let old = "Date: Fri, 27 Nov 2020 11:47:19 GMT\r\n".to_owned();
    let url = format!("http://{}", stand_in(old.clone(), known.clone()));
    let (code, found) = report(doctor(home.path(), &[&url, "--audio", "null"]));
    let clock = finding(&found, "clock");
    assert!(code == 78 && clock.0 == "fail" && clock.1.contains("ahead of the server's"), "{found:#}");
    assert_eq!(finding(&found, "server").0, "pass");
    let url = format!("http://{}", stand_in(String::new(), known));
    assert_eq!(
        finding(&report(doctor(home.path(), &[&url, "--audio", "null"])).1, "clock").0,
        "warn",
        "it does not say the time"
    );
    let url = format!("http://{}", stand_in(old, r#"{"product":"toaster"}"#.into()));
    let (code, found) = report(doctor(home.path(), &[&url, "--audio", "null"]));
    assert_eq!((code, finding(&found, "server").0), (76, "fail"), "{found:#}");
}

#[test]
fn without_sound_it_fails_and_says_what_to_start() {
    let home = tempfile::tempdir().unwrap();
    let mut command = doctor(home.path(), &["--audio", "pulse"]);
    command.env("PULSE_SERVER", format!("unix:{}", home.path().join("nothing").display()));
    let (code, found) = report(command);
    assert_eq!(code, 66, "{found:#}");
    for check in ["microphone", "loudspeaker"] {
        let (status, words) = finding(&found, check);
        assert!(status == "fail" && words.contains("PulseAudio"), "{words}");
    }
    assert!(!looked_at(&found, "tcp"), "no server was named");
}

#[test]
fn files_that_others_can_read_or_change_are_named() {
    let home = tempfile::tempdir().unwrap();
    let ours = home.path().join(".config/conclave");
    std::fs::create_dir_all(&ours).unwrap();
    std::fs::write(ours.join("vault.age"), "x").unwrap();
    let chmod = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    for (directory, vault, status, exit) in [(0o755, 0o600, "warn", 0), (0o700, 0o640, "warn", 0), (0o700, 0o622, "fail", 78)] {
        chmod(&ours, directory);
        chmod(&ours.join("vault.age"), vault);
        let (code, found) = report(doctor(home.path(), &["--audio", "null"]));
        let files = finding(&found, "files");
        assert!(files.0 == status && files.1.contains("chmod") && code == exit, "{found:#}");
        let keyring = finding(&found, "keyring");
        assert!(keyring.0 == "pass" && keyring.1.contains("passphrase was not asked for"), "{keyring:?}");
    }
}

#[test]
fn a_locked_keyring_fails() {
    if !["dbus-run-session", "gnome-keyring-daemon"].iter().all(|p| conclave_lab::has(p)) {
        return skip("the Secret Service", "dbus-run-session or gnome-keyring-daemon is not installed");
    }
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new("dbus-run-session");
    let ours = doctor(home.path(), &[]);
    for (name, value) in ours.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.args(["--", BIN, "doctor", "--audio", "null"]);
    let (code, found) = report(command);
    let keyring = finding(&found, "keyring");
    assert!(code == 77 && keyring.0 == "fail" && keyring.1.contains("unlock"), "{found:#}");
}

#[test]
fn a_terminal_is_told_what_it_can_show() {
    let home = tempfile::tempdir().unwrap();
    let say = |term: &str, size, releases| {
        let env = [("TERM", term), ("HOME", text(home.path())), ("XDG_RUNTIME_DIR", text(home.path()))];
        let args = ["doctor", "--audio", "null", "--keyring", "none"];
        Spawn { program: Path::new(BIN), args: &args, env: &env, size, releases }.start().wait_for("Sandbox")
    };
    let dumb = say("dumb", (200, 40), false);
    assert!(dumb.contains("WARN  Terminal") && dumb.contains("line by line"), "{dumb}");
    let good = say("xterm-256color", (200, 40), true);
    assert!(
        good.contains("PASS  Terminal     xterm-256color, 200 columns, 40 rows, UTF-8") && good.contains("held to talk"),
        "{good}"
    );
    assert!(say("xterm-256color", (100, 20), false).contains("WARN  Terminal"));
}

#[test]
fn a_link_with_a_secret_is_no_argument_and_a_report_replaces_nothing() {
    let home = tempfile::tempdir().unwrap();
    let out = doctor(home.path(), &["https://host/room#k=c2VjcmV0"]).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.code() == Some(2) && said.contains("carries a secret") && !said.contains("c2VjcmV0"), "{said}");
    let there = home.path().join("there");
    std::fs::write(&there, "mine").unwrap();
    let out = doctor(home.path(), &["--bundle", text(&there)]).output().unwrap();
    assert_eq!((out.status.code(), std::fs::read_to_string(&there).unwrap().as_str()), (Some(73), "mine"));
}

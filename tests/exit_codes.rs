//! Every exit code is reached on purpose: here, or in the test that is named.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// Where each code is reached: a file, and a line of it.
const WHERE: &[(u8, &str, &str)] = &[
    (0, "tests/call.rs", "assert_eq!(code, 0"),
    (1, "tests/exit_codes.rs", "code, 1"),
    (2, "tests/ctl.rs", "assert_eq!(code, 2)"),
    (65, "tests/invites.rs", "code == 65"),
    (66, "tests/bad_input.rs", "(66, Some(\"left\")"),
    (68, "tests/exit_codes.rs", "code, 68"),
    (69, "tests/call.rs", "assert_eq!(code, 69"),
    (70, "src/tui/pty_tests.rs", "assert_eq!(t.exit_code(), 70)"),
    (73, "tests/receipt.rs", "assert_eq!(code, 73"),
    (74, "src/cli/echo/told.rs", "as u8, 74"),
    (75, "tests/call.rs", "(75, Some(\"network_lost\"))"),
    (76, "tests/exit_codes.rs", "code, 76"),
    (77, "tests/bad_input.rs", "assert_eq!(code, 77)"),
    (78, "tests/sandbox.rs", "assert_eq!(code, Some(78)"),
    (79, "tests/call.rs", "assert_eq!(code, 79)"),
    (80, "tests/call.rs", "assert_eq!(code, 80"),
    (81, "tests/rooms.rs", "(81, Some(\"removed\"))"),
    (82, "tests/rooms.rs", "(82, Some(\"room_ended\"))"),
    (83, "tests/expect.rs", "(83, Some(83), Some(\"condition\"))"),
    (130, "tests/exit_codes.rs", "(130, Some(\"signal\"))"),
    (143, "tests/call.rs", "(143, Some(\"signal\"))"),
];

#[test]
fn every_documented_code_is_reached_in_a_test() {
    let root = conclave_lab::root();
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let documented: Vec<u8> =
        read("docs/exit-codes.md").lines().filter_map(|l| l.strip_prefix("| ")?.split(" |").next()?.parse().ok()).collect();
    assert_eq!(documented, WHERE.iter().map(|(code, ..)| *code).collect::<Vec<_>>());
    for (code, file, line) in WHERE {
        assert!(read(file).contains(line), "{code}: {file} has no {line}");
    }
}

#[test]
fn a_name_that_does_not_resolve_is_68_and_another_protocol_is_76() {
    let (code, out, _) = run(BIN, &["join", "https://nowhere.invalid/r", "--json", "--audio", "null"], "");
    assert_eq!(code, 68, "{out}");
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let link = format!("http://{}/r", other.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in other.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let (code, out, _) = run(BIN, &["join", &link, "--json", "--audio", "null"], "");
    assert_eq!(code, 76, "{out}");
}

#[test]
fn what_a_call_refuses_is_1_and_ctrl_c_is_130() {
    let server = Server::dev(BIN);
    let mut ben = Client::join(BIN, &server.room("r"), "Ben", &["--audio", "null", "--listen-only"]);
    ben.event("let_in");
    let (code, _, err) = run(BIN, &["ctl", "--pid", &ben.pid().to_string(), "level"], "");
    assert_eq!(code, 1, "{err}");
    let interrupted = Command::new("kill").args(["-INT", &ben.pid().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let (code, events, _) = ben.finish();
    assert_eq!((code, events.last().unwrap()["reason"].as_str()), (130, Some("signal")));
}

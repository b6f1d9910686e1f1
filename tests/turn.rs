//! Floods of the server's TURN, with the tools that coturn brings for it: a call beside them goes on, and nothing is given to strangers.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, text};
use conclave_lab::{has, skip, speech};
use serde_json::Value;
use std::net::UdpSocket;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// An Allocate request for UDP, without credentials (RFC 8656).
fn allocate(transaction: u32) -> Vec<u8> {
    let mut message = vec![0, 3, 0, 8, 0x21, 0x12, 0xA4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0];
    message.extend(transaction.to_be_bytes());
    message.extend([0, 0x19, 0, 4, 17, 0, 0, 0]);
    message
}

#[test]
fn floods_of_allocations_leave_a_call_alone() {
    let server = Server::dev(BIN);
    let port = server.authority().rsplit_once(':').unwrap().1.to_owned();
    let dir = tempfile::tempdir().unwrap();
    let tone = dir.path().join("tone.wav");
    speech::write(&tone, &speech::chirp(120.0));
    let mut ben = Client::join(BIN, &server.room("board"), "Ben", &["--audio", "null", "--stats", "250ms"]);
    ben.event("joined");
    let sound = format!("file:{},", text(&tone));
    let mut ana = Client::join(BIN, &server.room("board"), "Ana", &["--audio", &sound]);
    ana.event("joined");
    let received = |e: &Value| e["packets_received"].as_u64();
    ben.wait_for("sound", |e| received(e) >= Some(50));

    let over = AtomicBool::new(false);
    let answers = std::thread::scope(|scope| {
        // Strangers, as fast as one socket goes.
        let flood = scope.spawn(|| {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.connect(format!("127.0.0.1:{port}")).unwrap();
            socket.set_nonblocking(true).unwrap();
            let (mut sent, mut answers) = (0u32, 0u32);
            while !over.load(Ordering::Relaxed) && sent < 200_000 {
                let _ = socket.send(&allocate(sent));
                sent += 1;
                while socket.recv(&mut [0; 512]).is_ok() {
                    answers += 1;
                }
                if sent % 64 == 0 {
                    std::thread::yield_now();
                }
            }
            (sent, answers)
        });
        // coturn's own: many clients with a wrong password, by UDP and by TCP; and those that only ask.
        if has("turnutils_uclient") {
            for (how, more) in [("many clients", &["-m", "40"][..]), ("many clients by TCP", &["-m", "40", "-t"])] {
                let mut command = Command::new("turnutils_uclient");
                command.args(["-u", "nobody", "-w", "wrong", "-p", &port, "-n", "5", "-c", "-y"]).args(more).arg("127.0.0.1");
                let out = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
                assert!(!out.unwrap().success(), "{how}: nobody is let in");
            }
            for tool in ["turnutils_stunclient", "turnutils_natdiscovery"] {
                let mut command = Command::new(tool);
                command.args(["-p", &port]).args(if tool.contains("nat") { &["-m", "-f"][..] } else { &[] }).arg("127.0.0.1");
                let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
                // Some of them would wait for ever for an answer that strangers do not get.
                ben.wait_for_next("figures", |e| received(e).is_some());
                let _ = child.kill();
                let _ = child.wait();
            }
        } else {
            skip("coturn's clients", "coturn is not installed");
        }
        // Two seconds of sound more, in the middle of it.
        let before = ben.events.iter().rev().find_map(received).unwrap();
        ben.wait_for_next("sound beside the flood", |e| received(e) >= Some(before + 100));
        over.store(true, Ordering::Relaxed);
        flood.join().unwrap()
    });
    let (sent, got) = answers;
    assert!(sent > 1000 && got < sent / 2, "{got} answers to {sent} requests of strangers");
    for client in [&mut ana, &mut ben] {
        assert!(client.newest("reconnecting").is_null() && client.newest("left").is_null());
    }
    ana.send(r#"{"cmd":"say","text":"unimpressed"}"#);
    ben.wait_for("chat", |e| e["event"] == "chat" && e["text"] == "unimpressed");
}

//! Somebody floods the server in every way we could think of, from outside and with a token in hand: each flood is refused
//! with a reason and counted, and a call in progress beside it loses no packet and nobody.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "floods/attacks.rs"]
mod attacks;

use attacks::{ATTACKS, Go, Mark};
use conclave_lab::conclave::{PATIENCE, Server, run, text};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// A call of four beside which something else happens: its figures.
fn call(server: &Server, token: &Path, beside: impl FnOnce(&Go) + Send) -> Value {
    let mut child = Command::new(BIN)
        .args([
            "load",
            &server.room("hall"),
            "--token-file",
            text(token),
            "-n",
            "4",
            "--ramp",
            "50/s",
            "--duration",
            "2s",
            "--json",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (tx, lines) = mpsc::channel();
    let out = child.stdout.take().unwrap();
    let go = Go::default();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = tx.send(serde_json::from_str::<Value>(&line).unwrap());
            }
        });
        let next = || lines.recv_timeout(PATIENCE);
        while next().expect("the call becomes steady")["phase"] != "steady" {}
        let flood = scope.spawn(|| beside(&go));
        let mut last = Value::Null;
        while let Ok(line) = next() {
            last = line;
        }
        go.stop();
        flood.join().expect("the flood is answered as it should be");
        let _ = child.wait();
        last
    })
}

/// The sum of a counter's series.
fn counter(metrics: &str, name: &str) -> u64 {
    let mut stream = TcpStream::connect(metrics).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nhost: {metrics}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let of = |line: &str| line.strip_prefix(name)?.rsplit_once(' ')?.1.parse::<u64>().ok();
    answer.lines().filter_map(of).sum()
}

#[test]
fn a_call_goes_on_through_every_flood() {
    let server = Server::start(BIN, &["--dev", "--metrics", "127.0.0.1:0"]);
    let metrics = server.hello["metrics"].as_str().unwrap().trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    let (code, out, err) = run(BIN, &["token", "hall", "--load", "--data", text(server.data.path())], "");
    assert_eq!(code, 0, "{err}");
    std::fs::write(&token, out).unwrap();
    let mark = Mark::of(&server);
    let calm = call(&server, &token, |_| {});
    println!("calm: delay {}", calm["delay_ms"]);
    for attack in ATTACKS {
        let before = attack.counter.map(|name| counter(&metrics, name));
        let figures = call(&server, &token, |go| (attack.run)(&mark, go));
        println!("{}: delay {}", attack.name, figures["delay_ms"]);
        for (what, wanted) in [("connected", 4), ("failed", 0), ("unheard", 0), ("packets_lost", 0), ("reconnects", 0)] {
            assert_eq!(figures[what], wanted, "{}: {what} in {figures}", attack.name);
        }
        // What comes late in this bad time still comes sooner than it would beside a server that lets a flood have its way:
        // there the call waits behind everything else that was sent.
        let of = |call: &Value, q: &str| call["delay_ms"][q].as_f64().unwrap();
        assert!(of(&figures, "p50") <= 10.0 * of(&calm, "p99"), "{}: {figures}, and calm {calm}", attack.name);
        if let (Some(name), Some(before)) = (attack.counter, before) {
            assert!(counter(&metrics, name) > before, "{}: {name} is not counted", attack.name);
        }
    }
}

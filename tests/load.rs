//! `conclave load`: many participants in one process, counted exactly, judged by thresholds.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Server, run, text};
use conclave_lab::{livekit_server, skip};
use serde_json::Value;
use std::process::Command;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// The last line of standard output.
fn summary(out: &str) -> Value {
    let line: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(line["event"], "summary", "{line}");
    line
}

/// Ten participants, one of whom speaks for three seconds: nine must hear nearly 150 packets each, and none may be missing.
fn assert_all_heard(s: &Value) {
    println!("{s}");
    assert_eq!((&s["connected"], &s["failed"], &s["unheard"]), (&10.into(), &0.into(), &0.into()));
    assert_eq!((&s["packets_lost"], &s["packets_repeated"], &s["packets_foreign"]), (&0.into(), &0.into(), &0.into()));
    let received = s["packets_received"].as_u64().unwrap();
    assert!(received > 9 * 120 && received <= 9 * s["packets_sent"].as_u64().unwrap());
    for spread in ["join_ms", "first_sound_ms", "delay_ms"] {
        let of = |q: &str| s[spread][q].as_f64().unwrap();
        assert!(of("p50") > 0.0 && of("p50") <= of("p95") && of("p95") <= of("max"), "{spread}");
    }
}

#[test]
fn ten_participants_lose_nothing_and_thresholds_decide() {
    let server = Server::dev(BIN);
    let data = text(server.data.path());
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| text(&dir.path().join(name)).to_owned();
    let token = |room: &str, more: &[&str]| {
        let (code, token, err) = run(BIN, &[&["token", room, "--data", data], more].concat(), "");
        assert_eq!(code, 0, "{err}");
        std::fs::write(dir.path().join("token"), token).unwrap();
    };
    token("hall", &["--load"]);
    let (link, token_file, junit, metrics) = (server.room("hall"), file("token"), file("junit.xml"), file("load.prom"));
    let common = ["load", &link, "--token-file", &token_file, "--ramp", "50/s", "--json"];
    let args = [
        &common[..],
        &["--participants", "10", "--decode", "1/5", "--duration", "3s", "--max-loss", "0%", "--max-reconnects", "0"],
        &["--junit", &junit, "--prometheus", &metrics],
    ];
    let (code, out, err) = run(BIN, &args.concat(), "");
    assert_eq!(code, 0, "{out}{err}");
    let s = summary(&out);
    assert_all_heard(&s);
    assert!(s["decoded_seconds"].as_f64().unwrap() > 2.0);
    let steady = out.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).filter(|l| l["phase"] == "steady").count();
    assert!(steady >= 3, "{out}");
    assert!(std::fs::read_to_string(&junit).unwrap().contains("failures=\"0\""));
    assert!(std::fs::read_to_string(&metrics).unwrap().contains("\nconclave_load_packets{what=\"lost\"} 0\n"));

    // Nothing is ever that fast; and people come and go.
    let args = [&common[..], &["-n", "4", "--duration", "2s", "--churn", "4/s", "--max-delay-p99", "0ms", "--junit", &junit]];
    let (code, out, err) = run(BIN, &args.concat(), "");
    assert_eq!(code, 83, "{out}{err}");
    let s = summary(&out);
    let missed: Vec<&Value> = s["thresholds"].as_array().unwrap().iter().filter(|t| t["met"] == false).collect();
    assert_eq!(missed.len(), 1, "{s}");
    assert_eq!((&missed[0]["name"], &s["failed"]), (&"delay-p99".into(), &0.into()));
    assert!(std::fs::read_to_string(&junit).unwrap().contains("<failure message="));

    // Nobody loads a server that has not agreed to it, nor a room that is encrypted.
    token("hall", &["--identity", "stranger"]);
    let once = [&common[..], &["-n", "2", "--duration", "1s"]].concat();
    let (code, out, err) = run(BIN, &once, "");
    assert!(code == 77 && err.contains("conclave token ROOM --load"), "{code} {out}{err}");
    let (code, _, err) = run(BIN, &["rooms", "create", "chamber", "--mode", "strict", "--data", data], "");
    assert_eq!(code, 0, "{err}");
    token("chamber", &["--load"]);
    let chamber = server.room("chamber");
    let args = ["load", &chamber, "--token-file", &token_file, "-n", "2", "--duration", "1s"];
    let (code, out, err) = run(BIN, &args, "");
    assert!(code == 77 && err.contains("end-to-end encrypted"), "{code} {out}{err}");
}

#[test]
fn a_livekit_server_is_loaded_as_well() {
    let server = match livekit_server::start() {
        Ok(server) => server,
        Err(why) => return skip("livekit-server", &why),
    };
    let link = format!("ws://127.0.0.1:{}", server.port);
    let out = Command::new(BIN)
        .args(["load", &link, "--room", "hall", "-n", "10", "--decode", "1/5", "--ramp", "50/s", "--duration", "3s", "--json"])
        .env("LIVEKIT_API_KEY", livekit_server::KEY)
        .env("LIVEKIT_API_SECRET", livekit_server::SECRET)
        .output()
        .unwrap();
    let (stdout, stderr) = (String::from_utf8(out.stdout).unwrap(), String::from_utf8(out.stderr).unwrap());
    assert_eq!(out.status.code(), Some(0), "{stdout}{stderr}");
    assert_all_heard(&summary(&stdout));
}

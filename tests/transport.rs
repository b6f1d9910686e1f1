//! A call takes the best way that the network lets through, and another one when that is closed: real processes in two network
//! namespaces, and an office's firewall between them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run, text};
use conclave_lab::proxy::{self, Kind, PASSWORD, Proxy, USER};
use conclave_lab::wire::{RIGHT, Rules, Wire};
use conclave_lab::{skip, speech};
use serde_json::Value;
use std::net::SocketAddr;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// An office on the left, the server and somebody who listens on the right.
struct Office {
    wire: Wire,
    server: Server,
    ben: Client,
    tone: String,
    dir: tempfile::TempDir,
}

impl Office {
    fn open() -> Option<Self> {
        let wire = match Wire::start() {
            Ok(wire) => wire,
            Err(why) => {
                skip("a wire between network namespaces", &why);
                return None;
            }
        };
        let dir = tempfile::tempdir().unwrap();
        let tone = dir.path().join("tone.wav");
        speech::write(&tone, &speech::chirp(120.0));
        let server = Server::start_by(wire.right.command(BIN), &[], &format!("{RIGHT}:0"));
        let create = ["rooms", "create", "board", "--mode", "open", "--data", text(server.data.path())];
        let (code, _, err) = run(BIN, &create, "");
        assert_eq!(code, 0, "{err}");
        let mut command = wire.right.command(BIN);
        command.args(["join", &server.room("board"), "--json", "--name", "Ben", "--audio", "null", "--stats", "250ms"]);
        let mut ben = Client::spawn({
            command.args(["--mode", "open", "--allow-plain"]);
            command
        });
        ben.event("joined");
        let tone = text(&tone).to_owned();
        Some(Self { wire, server, ben, tone, dir })
    }

    /// Somebody in the office, who speaks.
    fn join(&self, more: &[&str]) -> Client {
        let mut command = self.wire.left.command(BIN);
        command.args(["join", &self.server.room("board"), "--json", "--name", "Ana", "--mode", "open", "--allow-plain"]);
        command.args(["--audio", &format!("file:{},", self.tone)]).args(more);
        Client::spawn(command)
    }

    /// Until two more seconds of sound have come to Ben.
    fn hears(&mut self) {
        let came = |e: &Value| e["packets_received"].as_u64();
        let before = self.ben.events.iter().rev().find_map(came).unwrap_or_default();
        self.ben.wait_for_next("sound", |e| came(e).is_some_and(|now| now >= before + 100));
    }

    /// Somebody in the office, by the proxy in between alone. The password is on file descriptor 9.
    fn join_by(&self, proxy: &Proxy, more: &[&str]) -> Client {
        let password = self.dir.path().join("password");
        std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        let mut command = self.wire.left.command("sh");
        command.args(["-c", "exec \"$0\" \"$@\" 9<\"$PASSWORD_FILE\"", BIN]).env("PASSWORD_FILE", password);
        command.args(["join", &self.server.room("board"), "--json", "--name", "Ana", "--mode", "open", "--allow-plain"]);
        command.args(["--proxy", &format!("http://{USER}@{}", proxy.authority), "--proxy-password-fd", "9", "--no-proxy", ""]);
        command.args(["--audio", &format!("file:{},", self.tone)]).args(more);
        Client::spawn(command)
    }
}

/// Says goodbye; the exit code, the events and what was said beside them.
fn leave(mut client: Client) -> (i32, Vec<Value>, String) {
    client.send(r#"{"cmd":"leave"}"#);
    client.finish()
}

fn over(rung: &str) -> impl Fn(&Value) -> bool + '_ {
    move |e| e["event"] == "transport" && e["ok"] == true && e["rung"] == rung
}

#[test]
fn a_call_begins_by_the_best_way_that_the_firewall_lets_through() {
    let Some(mut office) = Office::open() else { return };
    for (rules, rung) in [(Rules::Open, "udp"), (Rules::NoUdp, "tcp"), (Rules::OnlyTls, "tls")] {
        office.wire.firewall(rules);
        let mut ana = office.join(&[]);
        let me = ana.event("joined")["me"].clone();
        ana.wait_for(rung, over(rung));
        office.hears();
        let (code, events, stderr) = leave(ana);
        assert_eq!(code, 0, "{stderr}");
        assert!(events.iter().all(|e| e["event"] != "reconnecting"), "{events:#?}");
        office.ben.wait_for_next("Ana's end", |e| e["event"] == "peer_left" && e["id"] == me);
    }
}

#[test]
fn a_call_moves_when_its_way_is_closed_and_back_when_it_is_open_again() {
    let Some(mut office) = Office::open() else { return };
    let mut ana = office.join(&[]);
    ana.wait_for("udp", over("udp"));
    office.hears();
    for (rules, rung) in [(Rules::NoUdp, "tcp"), (Rules::Open, "udp")] {
        office.wire.firewall(rules);
        ana.wait_for_next(rung, over(rung));
        office.hears();
    }
    assert!(!office.ben.events.iter().any(|e| e["event"] == "peer_left"), "she never left");
    assert!(ana.events.iter().all(|e| e["event"] != "reconnecting"), "{:#?}", ana.events);
}

#[test]
fn where_only_a_proxy_leads_out_sound_goes_through_it() {
    let Some(mut office) = Office::open() else { return };
    for (kind, options, rung) in [
        (Kind::Tinyproxy, &[][..], "proxy+tls"),
        (Kind::SquidNtlm, &[][..], "proxy+tls"),
        (Kind::SquidBasic, &["--transport", "wss"][..], "proxy+wss"),
    ] {
        let proxy = match office.wire.right.within(|| proxy::start_at(kind, RIGHT)).unwrap() {
            Ok(proxy) => proxy,
            Err(why) => return skip(&format!("{kind:?}"), &why),
        };
        let port = proxy.authority.parse::<SocketAddr>().unwrap().port();
        office.wire.firewall(Rules::OnlyPort(port));
        let mut ana = office.join_by(&proxy, options);
        ana.wait_for(rung, over(rung));
        office.hears();
        let (code, events, stderr) = leave(ana);
        assert_eq!(code, 0, "{stderr}");
        assert!(events.iter().all(|e| e["event"] != "reconnecting"), "{events:#?}");
    }
}

#[test]
fn the_doctor_tries_every_way_and_names_what_is_closed() {
    let Some(office) = Office::open() else { return };
    let link = office.server.room("board");
    for (rules, closed, best) in
        [(Rules::Open, &[][..], "udp"), (Rules::NoUdp, &["udp"][..], "tcp"), (Rules::OnlyTls, &["udp", "tcp"][..], "tls")]
    {
        office.wire.firewall(rules);
        let out = office.wire.left.command(BIN).args(["doctor", &link, "--json", "--audio", "null"]).output().unwrap();
        let found: Value = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"));
        let media: Vec<&Value> = found["findings"].as_array().unwrap().iter().filter(|f| f["check"] == "media").collect();
        assert_eq!(media.len(), 4, "{found:#}");
        for line in media {
            let text = line["text"].as_str().unwrap();
            let (rung, rest) = text.split_once(": ").unwrap();
            assert_eq!(line["status"] == "pass", !closed.contains(&rung), "{line}");
            assert_eq!(rest.contains("a call takes this way"), rung == best, "{line}");
            let advice = line["advice"].as_str().unwrap_or_default();
            assert_eq!(advice.contains("ask IT to let"), closed.contains(&rung), "{line}");
        }
    }
}

#[test]
fn one_way_alone_can_be_asked_for_and_a_word_that_is_none_is_refused() {
    let Some(mut office) = Office::open() else { return };
    for rung in ["tls", "wss"] {
        let mut ana = office.join(&["--transport", rung]);
        ana.wait_for(rung, over(rung));
        office.hears();
        assert_eq!(leave(ana).0, 0);
    }
    let (code, _, err) = run(BIN, &["join", "https://127.0.0.1:1/r", "--transport", "pigeon"], "");
    assert!(code == 2 && err.contains("auto, udp, tcp, tls, wss"), "{code} {err}");
}

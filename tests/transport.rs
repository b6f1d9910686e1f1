//! A call takes the best way that the network lets through, and another one when that is closed: real processes in two network
//! namespaces, and an office's firewall between them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_lab::conclave::{Client, Server, run};
use conclave_lab::office::Office;
use conclave_lab::proxy::{self, Kind};
use conclave_lab::skip;
use conclave_lab::wire::{RIGHT, Rules};
use serde_json::Value;
use std::net::SocketAddr;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

/// An office, or a word why there is none.
fn office() -> Option<Office> {
    Office::open(BIN).inspect_err(|why| skip("a wire between network namespaces", why)).ok()
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
    let Some(mut office) = office() else { return };
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
    let Some(mut office) = office() else { return };
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
    let Some(mut office) = office() else { return };
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
    let Some(office) = office() else { return };
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
    let Some(mut office) = office() else { return };
    for rung in ["tls", "wss"] {
        let mut ana = office.join(&["--transport", rung]);
        ana.wait_for(rung, over(rung));
        office.hears();
        assert_eq!(leave(ana).0, 0);
    }
    // A server without TLS has no tunnel in it.
    let plain = Server::dev(BIN);
    let args = ["join", &plain.room("r"), "--json", "--name", "Ana", "--audio", "null", "--transport", "tls"];
    let (code, told, _) = run(BIN, &args, "");
    assert!(code == 2 && told.contains("it speaks no TLS; leave --transport out"), "{code} {told}");
    let (code, _, err) = run(BIN, &["join", "https://127.0.0.1:1/r", "--transport", "pigeon"], "");
    assert!(code == 2 && err.contains("auto, udp, tcp, tls, wss"), "{code} {err}");
}

//! Rooms of every kind of Jitsi deployment are found: of docker-jitsi-meet, of Debian's package, of a tenant. Real
//! clients, a real prosody, and a focus and a bridge of ours (`tests/jitsi_server`).
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "jitsi_server/server.rs"]
mod server;

use conclave_lab::conclave::Client;
use serde_json::Value;
use server::web::Site;
use server::{Options, start};
use std::time::Duration;

const BIN: &str = env!("CARGO_BIN_EXE_conclave");

fn join(link: &str, name: &str) -> Client {
    Client::join(BIN, link, name, &["--audio", "null"])
}

fn is(name: &'static str) -> impl Fn(&Value) -> bool {
    move |e| e["event"] == name
}

/// Somebody and somebody else hear each other at this link.
fn talk(link: &str) {
    let (mut ana, mut ben) = (join(link, "Ana"), join(link, "Ben"));
    for client in [&mut ana, &mut ben] {
        client.wait_for("the other", is("peer_joined"));
        client.wait_for("transport", |e| e["event"] == "transport" && e["ok"] == true);
    }
    for mut client in [ana, ben] {
        client.send(r#"{"cmd":"leave"}"#);
        let (code, events, stderr) = client.finish();
        assert_eq!(code, 0, "{link}: {stderr} {events:#?}");
    }
}

/// The exit code and all that was said of somebody who cannot come in.
fn refused(link: &str) -> (i32, String) {
    let (code, events, stderr) = join(link, "Ana").finish_within(Duration::from_secs(90));
    (code, format!("{stderr} {events:?}"))
}

#[test]
fn rooms_of_every_kind_of_deployment_are_found() {
    for (site, requests_by_http) in [(Site::Docker, false), (Site::Debian, true)] {
        let Some(jitsi) = start(Options { site, requests_by_http, ..Options::default() }) else { return };
        talk(&jitsi.link("Board"));
        if site == Site::Docker {
            talk(&jitsi.link("acme/Board"));
        }
    }
}

#[test]
fn a_deployment_that_opens_no_websocket_is_said_to_be_so() {
    let Some(jitsi) = start(Options::default()) else { return };
    jitsi.close_websockets(true);
    let (code, said) = refused(&jitsi.link("Board"));
    assert_eq!(code, 69, "{said}");
}

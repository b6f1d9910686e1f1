//! Files that are made from the code are up to date: `docs/events.schema.json`, `docs/openapi.json` and `completions/`. Set
//! `CONCLAVE_REGENERATE=1` to make them anew.
#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use conclave::call::{Envelope, Event, Peer, PeerId, PeerKind, Request, Stats};
use conclave::cli::{self, completions, schema};
use std::path::Path;

fn check(path: &str, wanted: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("CONCLAVE_REGENERATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == wanted, "{path} is not what the code makes; run: CONCLAVE_REGENERATE=1 cargo test --test schema");
}

#[test]
fn the_event_schema_is_up_to_date() {
    check("docs/events.schema.json", &schema::document());
}

#[test]
#[cfg(feature = "server")]
fn the_document_of_the_http_api_is_up_to_date() {
    check("docs/openapi.json", &conclave::server::control::openapi::document());
}

#[test]
#[cfg(all(feature = "server", feature = "audio-cpal"))]
fn the_completions_are_up_to_date() {
    for shell in completions::SHELLS {
        let command = cli::command();
        check(&format!("completions/{}", completions::file_name(shell, &command)), &completions::script(shell, command));
    }
}

#[test]
fn the_schema_names_every_event_and_command() {
    let document: serde_json::Value = serde_json::from_str(&schema::document()).unwrap();
    let text = schema::document();
    for event in [
        Event::Stats(Stats::default()),
        Event::PeerJoined { peer: Peer::unnamed(PeerId("a".into()), PeerKind::LiveKit), before_us: true },
        Event::Reply { id: Some(1), ok: true, data: None, error: None },
        Event::Playing { on: true },
    ] {
        let line = serde_json::to_value(Envelope { v: 1, t: String::new(), seq: 1, marking: None, event }).unwrap();
        assert!(text.contains(&format!("\"const\": {}", line["event"])), "{line}");
    }
    for row in conclave::call::table::TABLE.iter().filter(|r| !r.command.is_empty()) {
        assert!(text.contains(&format!("\"const\": \"{}\"", row.command)), "{}", row.command);
    }
    for name in ["Envelope", "Request", "State", "Report"] {
        assert!(document["$defs"][name].is_object(), "{name}");
    }
    let request: Request = serde_json::from_str(r#"{"id":1,"cmd":"mute","on":true}"#).unwrap();
    assert_eq!(request.id, Some(1));
}

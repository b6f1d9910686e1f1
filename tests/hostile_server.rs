//! A server that reads, drops, repeats, changes and invents what crosses it, against real clients in an encrypted room: it
//! fails, or it is seen. T numbers are those of the threat list (`docs/security.md`); what needs no network is tried in
//! `crates/conclave-e2ee/tests/gate`.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "secrecy/call.rs"]
#[allow(dead_code, reason = "tests/secrecy.rs uses the rest")]
mod call;
#[path = "hostile_server/control.rs"]
mod control;
#[path = "hostile_server/entry.rs"]
mod entry;
#[path = "hostile_server/forwarder.rs"]
mod forwarder;
#[path = "hostile_server/load.rs"]
mod load;
#[path = "hostile_server/media.rs"]
mod media;
#[path = "hostile_server/order.rs"]
mod order;
#[path = "hostile_server/pair.rs"]
mod pair;
#[path = "hostile_server/room.rs"]
mod room;

//! The stand-in as one module, for tests and benchmarks that join its rooms.

#[path = "bridge.rs"]
mod bridge;
#[path = "conference.rs"]
mod conference;
#[path = "deployment.rs"]
pub(crate) mod deployment;
#[path = "focus.rs"]
mod focus;
#[path = "ice.rs"]
mod ice;
#[path = "jingle.rs"]
mod jingle;
#[path = "record.rs"]
pub(crate) mod record;
#[path = "sources.rs"]
mod sources;
#[path = "stanza.rs"]
pub(crate) mod stanza;
#[path = "web.rs"]
pub(crate) mod web;
#[path = "xmpp.rs"]
mod xmpp;

pub(crate) use deployment::{Jitsi, Options};

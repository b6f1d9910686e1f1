//! All parts of the stand-in for a Jitsi deployment, and of scripted clients for it. A test or a benchmark says
//! `#[path = "jitsi_server/server.rs"] mod server;` and has `server::Jitsi`.
#![allow(dead_code, reason = "no test uses all of it")]

pub(crate) mod bridge;
pub(crate) mod channel;
pub(crate) mod conference;
pub(crate) mod deployment;
pub(crate) mod focus;
pub(crate) mod ice;
pub(crate) mod jingle;
pub(crate) mod peer;
pub(crate) mod record;
pub(crate) mod script;
pub(crate) mod sources;
pub(crate) mod stanza;
pub(crate) mod web;
pub(crate) mod xmpp;

pub(crate) use deployment::{Jitsi, Options};

/// A deployment, or a word why there is none.
pub(crate) fn start(options: Options) -> Option<Jitsi> {
    match Jitsi::start(options) {
        Ok(jitsi) => Some(jitsi),
        Err(why) => {
            conclave_lab::skip("Jitsi", &why);
            None
        }
    }
}

//! The protocol types that client and server share: nothing here does anything.
//!
//! `docs/protocol.md` tells the whole conversation; recorded ones are in `tests/data/`.

pub mod account;
pub mod api;
pub mod audit;
pub mod control;
pub mod hearing;
pub mod invite;
pub mod member;
pub mod people;
pub mod room;
pub mod slots;
pub mod well_known;

/// The newest control protocol this build speaks.
pub const PROTOCOL_MAX: u32 = 2;
/// The oldest control protocol this build speaks.
pub const PROTOCOL_MIN: u32 = 2;
/// This build's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

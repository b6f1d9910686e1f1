//! The control socket of a running call: `conclave/PID.sock` in the runtime directory, for `conclave ctl`, `conclave attach` and
//! scripts of the same user. It speaks the lines of the JSON front end ([`crate::json`]), the first of which is a `snapshot`; unlike
//! a front end, who connects here is a guest (`guest`): their going ends nothing, and answers go to whoever asked. `client` is
//! the other end of it. It is there on Unix only.

#[cfg(unix)]
pub mod client;
#[cfg(unix)]
mod guest;
#[cfg(not(unix))]
#[path = "control_socket/elsewhere.rs"]
mod socket;
#[cfg(unix)]
mod socket;

pub use socket::*;

/// Answers from this number on are for guests; front ends pass over them.
pub const FIRST_GUEST_ID: u64 = 1 << 62;

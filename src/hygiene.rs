//! What the process gives up for its users' secrets: memory that others could read afterwards ([`limits`], first thing
//! in `main`), and everything that a call or a server never needs ([`sandbox`], before the network).
//!
//! Panic messages stay as they are: they are one sentence each, and no type that holds a secret has a `Debug` that
//! shows it.

pub mod limits;
#[cfg(any(feature = "client", feature = "server"))]
pub mod sandbox;

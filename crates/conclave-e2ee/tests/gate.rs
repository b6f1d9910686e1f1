//! Hostile servers and modified clients against the gate: what each of them tries, and that every honest member and the
//! delivery service refuse it and stay as they were. T numbers are those of the threat list in `docs/security.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "gate/fuzz.rs"]
mod fuzz;
#[path = "gate/hostile.rs"]
mod hostile;
#[path = "gate/identity.rs"]
mod identity;
#[path = "gate/life.rs"]
mod life;
#[path = "gate/modified.rs"]
mod modified;
#[path = "gate/rogue.rs"]
mod rogue;
#[path = "gate/world.rs"]
mod world;

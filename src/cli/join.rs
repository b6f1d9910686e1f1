//! `conclave join`.

use crate::exit::{Exit, Failure};

/// Options of `conclave join`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs it.
pub fn run(_args: Args) -> Result<Exit, Failure> {
    Err(Failure::new(Exit::Internal, "to come"))
}

//! `conclave join --detach` where a call cannot be found again: it is refused.

use crate::call::{Envelope, State};
use crate::exit::{Exit, Failure};
use std::fs::File;
use tokio::sync::broadcast::Receiver;

fn refused() -> Failure {
    Failure::new(Exit::Usage, "this system has no calls in the background; leave --detach out")
}

pub(super) fn launch() -> Result<Exit, Failure> {
    Err(refused())
}

pub(super) fn nowhere() -> Result<File, Failure> {
    Err(refused())
}

pub(super) fn leave_terminal(_: &File) -> Result<File, Failure> {
    Err(refused())
}

pub(super) async fn begins(_: (State, Receiver<Envelope>), _: File) {}

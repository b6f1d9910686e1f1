//! Options about keys and encryption that `join` and `demo` share, and what follows from them.

use crate::backend::{Link, Secrecy};
use crate::exit::{Exit, Failure};
use crate::protocol::control::RoomMode;
use crate::trust::Keys;
use std::sync::Arc;

/// Options about keys and encryption.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(id = "secrecy")]
pub struct Args {
    /// What you expect of the room: strict (the default), balanced or open. A room that protects less is refused
    #[arg(long, value_name = "MODE", value_parser = mode)]
    pub mode: Option<RoomMode>,
    /// End with exit code 80 unless the room is end-to-end encrypted
    #[arg(long)]
    pub require_e2ee: bool,
    /// End with exit code 80 unless everybody in the room is vouched for or verified
    #[arg(long)]
    pub require_vouched: bool,
}

fn mode(s: &str) -> Result<RoomMode, String> {
    match s {
        "strict" => Ok(RoomMode::Strict),
        "balanced" => Ok(RoomMode::Balanced),
        "open" => Ok(RoomMode::Open),
        _ => Err("a mode is strict, balanced or open".into()),
    }
}

impl Args {
    /// The keys to join with, and what is expected of the room. Asks only if it may.
    pub fn resolve(&self, _link: &Link, _may_ask: bool) -> Result<(Arc<Keys>, Secrecy), Failure> {
        let secrecy = Secrecy { mode: self.mode, require_vouched: self.require_vouched, ..Secrecy::default() };
        Ok((ephemeral()?, secrecy))
    }
}

/// Keys for this process only.
pub fn ephemeral() -> Result<Arc<Keys>, Failure> {
    let keys = Keys::ephemeral().map_err(|e| Failure::new(Exit::Internal, format!("no device key could be made ({e})")))?;
    Ok(Arc::new(keys))
}

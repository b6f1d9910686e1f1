//! `conclave logout`: the token ends at the server, and the keyring forgets it.

use super::login::Account;
use crate::credentials;
use crate::exit::{Exit, Failure};

/// Options of `conclave logout`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The server's address: https://HOST[:PORT]
    server: String,
    /// Forget the account here even if the server cannot be told; the token stays good there until it expires
    #[arg(long)]
    forget: bool,
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let account = Account::load(&args.server)?;
    match super::small_runtime()?.block_on(account.logout()) {
        Ok(()) => {}
        // The server does not know the token any more: that is what was wanted.
        Err(e) if e.exit == Exit::Denied => {}
        Err(e) if args.forget => eprintln!("conclave: the server was not told: {e}"),
        Err(e) => return Err(Failure::new(e.exit, format!("{}; to forget the account here all the same, use --forget", e.text))),
    }
    credentials::delete_account(account.server())?;
    super::print(format!("You are logged out of {}.\n", account.server()))
}

//! `conclave logout`: the token ends at the server, and the keyring forgets it.

use super::keyring;
use super::login::Account;
use crate::exit::{Exit, Failure};

/// Options of `conclave logout`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The server's address: https://HOST[:PORT]
    server: String,
    /// Forget the account here even if the server cannot be told; the token stays good there until it expires
    #[arg(long)]
    forget: bool,
    /// Where the account is kept
    #[command(flatten)]
    keyring: keyring::Args,
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let keyring = args.keyring.open(true)?;
    let account = Account::load(&args.server, &keyring)?;
    match super::small_runtime()?.block_on(account.logout()) {
        Ok(()) => {}
        // The server does not know the token any more: that is what was wanted.
        Err(e) if e.exit == Exit::Denied => {}
        Err(e) if args.forget => eprintln!("conclave: the server was not told: {e}"),
        Err(e) => return Err(Failure::new(e.exit, format!("{}; to forget the account here all the same, use --forget", e.text))),
    }
    keyring.delete_account(account.server())?;
    super::print(format!("You are logged out of {}.\n", account.server()))
}

//! `conclave whoami`: the device, and the accounts on servers.

use super::login::Account;
use super::secrecy::Identity;
use crate::exit::{Exit, Failure};
use crate::text::clean;
use crate::trust::Keys;

/// Options of `conclave whoami`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ask this server who you are there: https://HOST[:PORT]
    server: Option<String>,
    /// Who you are
    #[command(flatten)]
    identity: Identity,
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let keyring = args.identity.keyring.open(true)?;
    if let Some(server) = &args.server {
        let account = Account::load(server, &keyring)?;
        let who = super::small_runtime()?.block_on(account.who())?;
        let factor = if who.second_factor { ", with a second factor" } else { "" };
        return super::print(format!("{} ({}) at {}{factor}\n", clean(&who.name), clean(&who.role), account.server()));
    }
    let keys = Keys::load(&args.identity.options()?, &keyring)?;
    let mut text = format!("Device: {}\nKeyring: {}\n", keys.device.public().short(), keyring.place());
    if let Some(notice) = &keys.notice {
        text.push_str(&format!("Note: {notice}\n"));
    }
    if keyring.available().is_ok() {
        for server in keyring.servers()? {
            let name = keyring.load_account(&server)?.map(|a| a.name.clone()).unwrap_or_default();
            text.push_str(&format!("Account: {} at {}\n", clean(&name), clean(&server)));
        }
    }
    text.extend(crate::hygiene::limits::refused().iter().map(|refused| format!("Note: {refused}\n")));
    super::print(text)
}

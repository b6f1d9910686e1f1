//! `conclave serve backup` and `restore`.

use super::Place;
use crate::exit::{Exit, Failure};
use crate::server::copy::{self, Recipient};
use std::path::PathBuf;

/// What is copied where.
#[derive(Debug, clap::Args)]
pub(super) struct Backup {
    /// The file to make; it holds the server's secrets, and is readable for its owner alone
    file: PathBuf,
    /// Encrypt it to this age recipient (age1…), whose private key need not be here
    #[arg(long, value_name = "AGE1…", value_parser = recipient)]
    recipient: Option<Recipient>,
    #[command(flatten)]
    place: Place,
}

/// What is put where.
#[derive(Debug, clap::Args)]
pub(super) struct Restore {
    /// The backup
    file: PathBuf,
    /// The data directory to make, or an empty one
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The age identity that opens an encrypted backup: a file as age-keygen makes it
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

fn recipient(s: &str) -> Result<Recipient, String> {
    s.parse().map_err(|_| "this is no age recipient (age1…); 'age-keygen' makes one".to_owned())
}

/// Makes a backup.
pub(super) fn backup(args: &Backup) -> Result<Exit, Failure> {
    let data = args.place.data()?;
    let made = crate::cli::small_runtime()?.block_on(copy::backup(&data, &args.file, args.recipient.as_ref()))?;
    let how = if args.recipient.is_some() { "encrypted" } else { "NOT encrypted: whoever reads it can play the server" };
    crate::cli::print(format!(
        "{} holds the database, the keys and the audit log up to entry {} ({how}).\n",
        args.file.display(),
        made.audit.count
    ))
}

/// Restores one.
pub(super) fn restore(args: &Restore) -> Result<Exit, Failure> {
    let restored = copy::restore(&args.file, &args.data, args.identity.as_deref());
    let manifest = crate::cli::small_runtime()?.block_on(restored)?;
    crate::cli::print(format!(
        "{} is as it was at {}. Clients that were here since then will say that the audit log went back: tell people why.\n",
        args.data.display(),
        crate::text::clean(&manifest.made)
    ))
}

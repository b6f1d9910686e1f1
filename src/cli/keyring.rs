//! Where secrets are kept: the options of all commands that touch them.

use super::prompt;
use crate::credentials::{Keyring, Passphrase, Place};
use crate::exit::{Exit, Failure};
use clap::ValueEnum as _;
use std::io::IsTerminal as _;

/// What a service manager hands over (systemd's `LoadCredential=`): the vault's passphrase.
const UNIT_PASSPHRASE: &str = "conclave.passphrase";

/// Options about where secrets are kept.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Where your secrets are kept: auto (your desktop's keyring; without one your vault, if you have one), system, kernel
    /// (until you log out or the machine restarts), vault (a file that a passphrase opens) or none
    #[arg(long, value_name = "STORE", default_value = "auto", value_parser = place)]
    pub keyring: Place,
    /// Read the vault's passphrase from this file descriptor (0 is standard input)
    #[arg(long, value_name = "N")]
    pub passphrase_fd: Option<i32>,
}

fn place(s: &str) -> Result<Place, String> {
    Place::from_str(s, false).map_err(|_| "auto, system, kernel, vault or none".into())
}

impl Args {
    /// Opens it. The user is asked for a passphrase only if that may be, and only when it is needed.
    pub fn open(&self, may_ask: bool) -> Result<Keyring, Failure> {
        let given = match (self.keyring, self.passphrase_fd) {
            (Place::Auto | Place::Vault, Some(fd)) => Some(prompt::from_fd(fd, "the vault's passphrase")?),
            (Place::Auto | Place::Vault, None) => prompt::from_unit(UNIT_PASSPHRASE, "the vault's passphrase")?,
            (_, Some(_)) => {
                return Err(Failure::new(Exit::Usage, "--passphrase-fd is for --keyring vault: give both, or neither"));
            }
            (_, None) => None,
        };
        let ask = if may_ask && std::io::stdin().is_terminal() { prompt::ask_secret } else { nobody };
        Keyring::open(self.keyring, Passphrase { given, ask })
    }
}

fn nobody(_: &str) -> Result<zeroize::Zeroizing<String>, Failure> {
    Err(Failure::new(Exit::Denied, "the vault needs its passphrase, and nobody can be asked; give it with --passphrase-fd N"))
}

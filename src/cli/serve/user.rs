//! `conclave serve user`: accounts, on the data directory; also while the server runs.

use crate::cli::prompt;
use crate::exit::{Exit, Failure};
use crate::server::control::accounts::signer;
use crate::server::control::unix_now;
use crate::server::store::{DataDir, Role, Store, password};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// What can be done with accounts.
#[derive(Debug, clap::Subcommand)]
pub(super) enum Verb {
    /// Add an account
    Add {
        /// Its name: letters, digits and . _ - @
        name: String,
        /// What it may do: member (be vouched for by the server) or owner (everything)
        #[arg(long, default_value = "member", value_parser = role)]
        role: Role,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        place: Place,
    },
    /// Set an account's password and end all its logins
    Password {
        /// Its name
        name: String,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        place: Place,
    },
    /// Remove an account and end all its logins
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// List the accounts
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Print the key with which the server vouches for its accounts. Whoever takes the server's word as good as an
    /// administrator's says so with 'conclave keys trust'
    Key {
        #[command(flatten)]
        place: Place,
    },
}

/// Where a password comes from.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Password {
    /// Read the password from this file descriptor; without it you are asked
    #[arg(long, value_name = "N")]
    password_fd: Option<i32>,
}

/// Which server.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Place {
    /// The server's data directory [default: conclave/server in the XDG data directory]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

fn role(s: &str) -> Result<Role, String> {
    Role::parse(s).ok_or_else(|| "a role is member or owner".into())
}

impl Password {
    fn read(&self) -> Result<Zeroizing<String>, Failure> {
        match self.password_fd {
            Some(fd) => prompt::from_fd(fd, "the password"),
            None => ask(),
        }
    }
}

#[cfg(feature = "client")]
fn ask() -> Result<Zeroizing<String>, Failure> {
    use std::io::IsTerminal as _;
    if !std::io::stdin().is_terminal() {
        return Err(nobody());
    }
    let first = prompt::ask_secret("Password: ")?;
    if *prompt::ask_secret("Again: ")? == *first {
        Ok(first)
    } else {
        Err(Failure::new(Exit::Data, "the two passwords are not the same; try again"))
    }
}

#[cfg(not(feature = "client"))]
fn ask() -> Result<Zeroizing<String>, Failure> {
    Err(nobody())
}

fn nobody() -> Failure {
    Failure::new(Exit::Denied, "there is no terminal to ask for the password; use --password-fd N")
}

/// Runs it.
pub(super) fn run(verb: Verb) -> Result<Exit, Failure> {
    let runtime = crate::cli::small_runtime()?;
    let open = |place: Place, create: bool| -> Result<Store, Failure> {
        let path = place.data.map_or_else(DataDir::default_path, Ok)?;
        let data = if create { DataDir::open(&path)? } else { DataDir::existing(&path)? };
        runtime.block_on(Store::open(&data))
    };
    let text = match verb {
        Verb::Key { place } => {
            let path = place.data.map_or_else(DataDir::default_path, Ok)?;
            format!("{}\n", signer(&DataDir::existing(&path)?)?.public())
        }
        Verb::Add { name, role, password, place } => {
            let store = open(place, true)?;
            let hash = password::hash(&password.read()?)?;
            runtime.block_on(store.add_account(&name, role, &hash, unix_now()))?;
            format!("Account {name} is there.\n")
        }
        Verb::Password { name, password, place } => {
            let store = open(place, false)?;
            let hash = password::hash(&password.read()?)?;
            runtime.block_on(store.set_password(&name, &hash))?;
            format!("Account {} has a new password, and its logins have ended.\n", crate::text::clean(&name))
        }
        Verb::Remove { name, place } => {
            let store = open(place, false)?;
            runtime.block_on(store.remove_account(&name))?;
            format!("Account {} is gone.\n", crate::text::clean(&name))
        }
        Verb::List { place } => {
            let accounts = runtime.block_on(open(place, false)?.accounts())?;
            accounts.iter().map(|a| format!("{}  {}\n", crate::text::clean(&a.name), a.role.name())).collect()
        }
    };
    crate::cli::print(text)
}

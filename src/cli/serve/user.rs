//! `conclave serve user`: accounts, on the data directory; also while the server runs: where it ends logins, their calls end
//! within 2 s.

use crate::cli::prompt;
use crate::exit::{Exit, Failure};
use crate::server::audit::{self, Event};
use crate::server::control::accounts::signer;
use crate::server::control::unix_now;
use crate::server::store::accounts::Record;
use crate::server::store::setup::SETUP_SECONDS;
use crate::server::store::{DataDir, Role, Store, password};
use crate::text::clean;
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
        /// Print a setup code instead of asking for a password: with it the person chooses one ('conclave login SERVER --setup')
        #[arg(long, conflicts_with = "password_fd")]
        setup: bool,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        place: Place,
    },
    /// Set an account's password and end all its logins
    Password {
        #[command(flatten)]
        of: Of,
        #[command(flatten)]
        password: Password,
    },
    /// For somebody who has lost everything: print a setup code with which they choose a new password, and end their logins,
    /// password and second factor
    Reset(Of),
    /// Demand a code beside the password (TOTP). Who has none yet is logged out, and sets it up at the next login
    RequireTotp {
        #[command(flatten)]
        of: Of,
        /// Demand it no longer
        #[arg(long)]
        off: bool,
    },
    /// Take an account's second factor and recovery codes away, and end its logins
    ResetTotp(Of),
    /// Let whom the OpenID provider signs in use this account ('conclave login SERVER --sso')
    Link {
        #[command(flatten)]
        of: Of,
        /// The provider, as [oidc] issuer says it
        #[arg(long, value_name = "URL")]
        issuer: String,
        /// What the provider calls the person for good (the claim 'sub')
        #[arg(long, value_name = "SUB")]
        subject: String,
    },
    /// No provider signs this person in any more; all logins end
    Unlink(Of),
    /// Let nobody log in, and end all logins
    Disable(Of),
    /// Let the person log in again
    Enable(Of),
    /// Print everything that is stored of somebody, as JSON
    Export(Of),
    /// Remove an account and everything that is stored of it, and end all its logins
    #[command(visible_alias = "remove")]
    Erase(Of),
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

/// Which account, of which server.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Of {
    /// Its name
    name: String,
    #[command(flatten)]
    place: Place,
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

impl Place {
    fn path(&self) -> Result<PathBuf, Failure> {
        self.data.clone().map_or_else(DataDir::default_path, Ok)
    }

    /// Writes down what was done to an account.
    pub(super) fn note(&self, act: &'static str, account: String) -> Result<(), Failure> {
        audit::note(&self.path()?, Event::Account { act, account, by: None })
    }

    /// The store of a server that was there before.
    pub(super) async fn existing(&self) -> Result<Store, Failure> {
        Store::open(&DataDir::existing(&self.path()?)?).await
    }
}

impl Of {
    /// Does something to the account, and writes that down.
    async fn act<T>(&self, act: &'static str, work: impl AsyncFnOnce(&Store) -> Result<T, Failure>) -> Result<T, Failure> {
        let store = self.place.existing().await?;
        let record = store.records(Some(&self.name)).await?.into_iter().next();
        let done = work(&store).await?;
        if let Some(record) = record {
            self.place.note(act, record.id)?;
        }
        Ok(done)
    }
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
    prompt::ask_new_secret("Password: ")
}

#[cfg(not(feature = "client"))]
fn ask() -> Result<Zeroizing<String>, Failure> {
    Err(nobody())
}

fn nobody() -> Failure {
    Failure::new(Exit::Denied, "there is no terminal to ask for the password; use --password-fd N")
}

/// What the person with a setup code does.
fn setup(name: &str, code: &str) -> String {
    format!(
        "Give {name} this setup code by a way you trust; it works once, for {} hours:\n  {code}\nThey run this, and paste it:\n  \
         conclave login https://HOST:PORT#fp=… --setup\n",
        SETUP_SECONDS / 3600
    )
}

fn line(r: &Record) -> String {
    let mut line = format!("{}  {}", clean(&r.name), clean(&r.role));
    let said = [
        (r.disabled.is_some(), "disabled"),
        (!r.signed_in_by.is_empty(), "signed in by a provider"),
        (r.second_factor, "second factor"),
        (r.second_factor_required && !r.second_factor, "second factor demanded"),
        (r.setup_code_until.is_some(), "setup code given"),
    ];
    said.iter().filter(|(is, _)| *is).for_each(|(_, word)| line.push_str(&format!(", {word}")));
    line + "\n"
}

/// Runs it.
pub(super) fn run(verb: Verb) -> Result<Exit, Failure> {
    let text = crate::cli::small_runtime()?.block_on(carry_out(verb))?;
    crate::cli::print(text.as_bytes())
}

/// Writes down that an account is there.
async fn added(store: &Store, name: &str, place: &Place) -> Result<(), Failure> {
    let record = store.records(Some(name)).await?.into_iter().next();
    record.map_or(Ok(()), |r| place.note("added", r.id))
}

async fn carry_out(verb: Verb) -> Result<Zeroizing<String>, Failure> {
    let now = unix_now();
    let text = match verb {
        Verb::Key { place } => format!("{}\n", signer(&DataDir::existing(&place.path()?)?)?.public()),
        Verb::Add { name, role, setup: true, place, .. } => {
            let store = Store::open(&DataDir::open(&place.path()?)?).await?;
            store.add_account(&name, role, None, now).await?;
            added(&store, &name, &place).await?;
            setup(&name, &store.reset(&name, now).await?)
        }
        Verb::Add { name, role, password, place, .. } => {
            let store = Store::open(&DataDir::open(&place.path()?)?).await?;
            let hash = password::hash(&password.read()?)?;
            store.add_account(&name, role, Some(&hash), now).await?;
            added(&store, &name, &place).await?;
            format!("Account {name} is there.\n")
        }
        Verb::Password { of, password } => {
            let hash = password::hash(&password.read()?)?;
            of.act("password", async |s| s.set_password(&of.name, &hash).await).await?;
            format!("Account {} has a new password, and its logins have ended.\n", clean(&of.name))
        }
        Verb::Reset(of) => setup(&clean(&of.name), &of.act("reset", async |s| s.reset(&of.name, now).await).await?),
        Verb::RequireTotp { of, off } => {
            let act = if off { "second_factor_free" } else { "second_factor_demanded" };
            of.act(act, async |s| s.require_totp(&of.name, !off).await).await?;
            let what = if off { "needs no second factor" } else { "must have a second factor" };
            format!("Account {} {what} from now on.\n", clean(&of.name))
        }
        Verb::ResetTotp(of) => {
            of.act("second_factor_off", async |s| s.remove_totp(&of.name, true).await).await?;
            format!("Account {} has no second factor any more, and its logins have ended.\n", clean(&of.name))
        }
        Verb::Link { of, issuer, subject } => {
            of.act("linked", async |s| s.bind_subject(&of.name, &issuer, &subject, now).await).await?;
            format!("Account {} is {} of {} from now on.\n", clean(&of.name), clean(&subject), clean(&issuer))
        }
        Verb::Unlink(of) => {
            of.act("unlinked", async |s| s.unbind_subjects(&of.name).await).await?;
            format!("No provider signs in the person of account {} any more, and its logins have ended.\n", clean(&of.name))
        }
        Verb::Disable(of) => {
            of.act("disabled", async |s| s.disable(&of.name, now).await).await?;
            format!("Account {} is disabled, and its logins have ended.\n", clean(&of.name))
        }
        Verb::Enable(of) => {
            of.act("enabled", async |s| s.enable(&of.name).await).await?;
            format!("The person of account {} can log in again.\n", clean(&of.name))
        }
        Verb::Export(of) => {
            let record = of.act("exported", async |s| s.records(Some(&of.name)).await).await?;
            let text = serde_json::to_string_pretty(&record);
            text.map_err(|e| Failure::new(Exit::Internal, format!("the account cannot be written down ({e})")))? + "\n"
        }
        Verb::Erase(of) => {
            of.act("erased", async |s| s.erase(&of.name).await).await?;
            format!("Account {} is gone.\n", clean(&of.name))
        }
        Verb::List { place } => place.existing().await?.records(None).await?.iter().map(line).collect(),
    };
    Ok(Zeroizing::new(text))
}

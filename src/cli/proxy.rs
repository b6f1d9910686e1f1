//! `conclave proxy`, the options about proxies of all commands, and what a command does before it goes through one: its password is
//! looked for where it is kept, and asked for where somebody may be asked.

use super::{keyring, prompt};
use crate::backend::Link;
use crate::credentials::Keyring;
use crate::exit::{Exit, Failure};
use crate::net::Target;
use crate::net::proxy::{self, Configured, Credentials, Proxies, Proxy, Refusal, tunnel};
use std::io::IsTerminal as _;

/// What no proxy serves if nobody says otherwise: this machine itself.
pub const SPARED: &str = "localhost,127.0.0.0/8,::1";

/// Through which proxy: options of all commands.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "Proxy")]
pub struct Global {
    /// The HTTP proxy that connections go through: http://[NAME@]HOST:PORT, none, or env (HTTPS_PROXY, ALL_PROXY and NO_PROXY)
    #[arg(long, global = true, value_name = "URL", default_value = "env")]
    pub proxy: String,
    /// What it does not serve: names with all below them, addresses, networks (10.0.0.0/8) or *, with commas between them
    #[arg(long, global = true, value_name = "LIST", default_value = SPARED)]
    pub no_proxy: String,
    /// Read the proxy's password from this file descriptor; its address names the user. 'conclave proxy login' keeps it instead
    #[arg(long, global = true, value_name = "N")]
    pub proxy_password_fd: Option<i32>,
}

impl Global {
    /// Makes it what this process goes by.
    ///
    /// # Errors
    /// [`Exit::Usage`] for an address that cannot be used, or a password of nobody.
    pub fn install(&self) -> Result<(), Failure> {
        let configured = Configured::read(&self.proxy, &self.no_proxy, |name| std::env::var(name).ok())?;
        if let Some(fd) = self.proxy_password_fd {
            let proxy = configured.proxy().map_err(Clone::clone)?.ok_or_else(nameless)?;
            let name = proxy.user().ok_or_else(|| {
                let text = format!("--proxy-password-fd: say whose password it is: --proxy http://NAME@{}", proxy.authority());
                Failure::new(Exit::Usage, text)
            })?;
            proxy.log_in_with(Credentials::new(name.to_owned(), prompt::from_fd(fd, "the proxy's password")?));
        }
        proxy::install(configured);
        Ok(())
    }
}

fn nameless() -> Failure {
    Failure::new(Exit::Usage, "no proxy is configured: name it with --proxy http://HOST:PORT (or HTTPS_PROXY, or net.proxy)")
}

/// Gets ready to connect to a target: the password of the proxy that serves it is taken from the keyring, if that is open; else
/// asked for, if that may be and the proxy wants one. Not from asynchronous code.
pub(crate) fn ready(to: &Target, keyring: &Keyring, may_ask: bool) -> Result<(), Failure> {
    match without_password(to)? {
        Some(proxy) => log_in(&proxy, to, Some(keyring), may_ask),
        None => Ok(()),
    }
}

/// [`ready`], where the keyring is opened only if it is needed. One that cannot be opened is done without.
pub(crate) fn ready_with(to: &Target, keyring: &keyring::Args, may_ask: bool) -> Result<(), Failure> {
    match without_password(to)? {
        Some(proxy) => log_in(&proxy, to, keyring.open(may_ask).ok().as_ref(), may_ask),
        None => Ok(()),
    }
}

/// The proxy that serves a target, if nothing is known to log in with.
fn without_password(to: &Target) -> Result<Option<Proxy>, Failure> {
    Ok(Proxies::Installed.serving(to)?.filter(|proxy| !proxy.has_credentials()))
}

fn log_in(proxy: &Proxy, to: &Target, keyring: Option<&Keyring>, may_ask: bool) -> Result<(), Failure> {
    if let Some(kept) = keyring.and_then(|keyring| kept(proxy, keyring)) {
        proxy.log_in_with(kept);
        return Ok(());
    }
    if !may_ask || !std::io::stdin().is_terminal() {
        return Ok(());
    }
    let answer = super::small_runtime()?.block_on(tunnel::open(proxy, to));
    let Err(Refusal::Wants { .. }) = answer else { return Ok(()) };
    eprintln!("The proxy {} wants a name and a password ('conclave proxy login' keeps them).", proxy.authority());
    let name = name(proxy, None)?;
    proxy.log_in_with(Credentials::new(name, prompt::ask_secret("Password at the proxy: ")?));
    Ok(())
}

/// What the keyring has for a proxy. One that is closed has nothing: many proxies want no password.
fn kept(proxy: &Proxy, keyring: &Keyring) -> Option<Credentials> {
    if keyring.available().is_err() || keyring.asks() {
        return None;
    }
    let entry = keyring.load(&proxy.entry()).ok().flatten()?;
    Credentials::from_entry(&entry).filter(|kept| proxy.user().is_none_or(|user| user == kept.name()))
}

fn name(proxy: &Proxy, given: Option<&str>) -> Result<String, Failure> {
    let name = match given.or(proxy.user()) {
        Some(name) => name.to_owned(),
        None if std::io::stdin().is_terminal() => prompt::ask("Name at the proxy (with NTLM perhaps DOMAIN\\NAME): ")?,
        None => {
            return Err(Failure::new(Exit::Denied, "there is no terminal to ask for the name at the proxy; give it with --name"));
        }
    };
    match name.is_empty() || name.contains(char::is_control) {
        true => Err(Failure::new(Exit::Usage, "that is no name of a user; give the one that the proxy knows")),
        false => Ok(name),
    }
}

/// Options of `conclave proxy`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Say which proxy connections go through, and who named it
    Show {
        /// A server: whether it is reached through the proxy, or directly
        #[arg(value_name = "URL")]
        server: Option<String>,
    },
    /// Keep your name and password at the proxy, for all commands
    Login {
        /// Your name there; with NTLM perhaps DOMAIN\NAME [default: the one in the proxy's address; you are asked without]
        #[arg(long)]
        name: Option<String>,
        /// Read the password from this file descriptor; without it you are asked
        #[arg(long, value_name = "N")]
        password_fd: Option<i32>,
        /// Where it is kept
        #[command(flatten)]
        keyring: keyring::Args,
    },
    /// Forget them
    Logout {
        /// Where they are kept
        #[command(flatten)]
        keyring: keyring::Args,
    },
}

/// Runs it.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let installed = || -> Result<Option<Proxy>, Failure> {
        let configured = Proxies::Installed;
        configured.configured().map_or(Ok(None), |c| c.proxy().map(Option::<&Proxy>::cloned).map_err(Clone::clone))
    };
    match &args.verb {
        Verb::Show { server } => {
            let to = server.as_deref().map(Link::parse).transpose()?.map(|link| link.target());
            let serving = match &to {
                Some(to) => Proxies::Installed.serving(to)?,
                None => installed()?,
            };
            let whom = to.map_or_else(|| "Connections go".to_owned(), |to| format!("{} is reached", to.authority()));
            super::print(match serving {
                None => format!("{whom}: directly\n"),
                Some(proxy) => format!("{whom}: through {} ({})\n", proxy.address(), proxy.named_by()),
            })
        }
        Verb::Login { name: given, password_fd, keyring } => {
            let proxy = installed()?.ok_or_else(nameless)?;
            let keyring = keyring.open(true)?;
            keyring.prove()?;
            let name = name(&proxy, given.as_deref())?;
            let password = super::account::secret(*password_fd, "the password", "Password at the proxy: ", "--password-fd")?;
            let text = format!("{name}'s password at the proxy {} is in {}.\n", proxy.authority(), keyring.place());
            keyring.store_secret(&proxy.entry(), Credentials::new(name, password).to_entry().as_bytes())?;
            super::print(text)
        }
        Verb::Logout { keyring } => {
            let proxy = installed()?.ok_or_else(nameless)?;
            let keyring = keyring.open(true)?;
            let was = keyring.delete_secret(&proxy.entry())?;
            let what = if was { "is forgotten" } else { "was not kept" };
            super::print(format!("The password at the proxy {} {what}.\n", proxy.authority()))
        }
    }
}

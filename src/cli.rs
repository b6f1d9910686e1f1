//! The command line: one subcommand, one file in `cli/`, each with its `Args` and a `run` that returns an [`Exit`] or a
//! [`Failure`] (one sentence on standard error and its exit code).

#[cfg(feature = "client")]
pub mod account;
#[cfg(all(feature = "client", unix))]
pub mod attach;
pub mod completions;
#[cfg(feature = "client")]
pub mod config;
#[cfg(all(feature = "client", unix))]
pub mod ctl;
#[cfg(feature = "client")]
pub mod defaults;
#[cfg(all(feature = "client", feature = "server"))]
pub mod demo;
#[cfg(feature = "client")]
pub mod devices;
#[cfg(feature = "client")]
pub mod doctor;
#[cfg(feature = "client")]
pub mod echo;
#[cfg(feature = "client")]
pub mod forget;
#[cfg(feature = "client")]
pub mod history;
#[cfg(feature = "server")]
pub mod invite;
#[cfg(feature = "client")]
pub mod join;
#[cfg(feature = "client")]
pub mod keyring;
#[cfg(feature = "client")]
pub mod keys;
#[cfg(all(feature = "client", feature = "server"))]
pub mod load;
#[cfg(feature = "client")]
pub mod login;
#[cfg(feature = "client")]
pub mod logout;
pub mod man;
#[cfg(feature = "client")]
pub mod people;
#[cfg(any(feature = "client", feature = "server"))]
pub mod prompt;
#[cfg(feature = "client")]
pub mod proxy;
#[cfg(feature = "client")]
pub mod receipt;
#[cfg(feature = "server")]
pub mod rooms;
pub mod schema;
#[cfg(feature = "client")]
pub mod secrecy;
#[cfg(feature = "client")]
pub mod secret;
#[cfg(feature = "server")]
pub mod serve;
#[cfg(feature = "client")]
pub mod start;
#[cfg(feature = "client")]
pub mod tls;
#[cfg(feature = "server")]
pub mod token;
#[cfg(all(feature = "client", feature = "server"))]
pub mod tutor;
#[cfg(feature = "client")]
pub(crate) mod unknown;
#[cfg(feature = "client")]
pub mod whoami;

use crate::exit::{Exit, Failure};
use clap::{Parser, Subcommand};

/// Secure conferences from the terminal, and the server they call home
#[derive(Debug, Parser)]
#[command(name = "conclave", version, propagate_version = true)]
#[cfg_attr(
    feature = "client",
    command(after_help = "Without a command: the rooms where you were before. New here? conclave tutor")
)]
pub struct Cli {
    /// Which configuration
    #[cfg(feature = "client")]
    #[command(flatten)]
    pub configured: config::Global,
    /// Through which proxy
    #[cfg(feature = "client")]
    #[command(flatten)]
    pub proxied: proxy::Global,
    /// Whom to trust
    #[cfg(feature = "client")]
    #[command(flatten)]
    pub trusting: tls::Global,
    /// Without a command
    #[cfg(feature = "client")]
    #[command(flatten)]
    pub start: start::Args,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Join a room of a Conclave server, of Jitsi Meet, or of a LiveKit server
    #[cfg(feature = "client")]
    Join(Box<join::Args>),
    /// The rooms where you were: list them, or forget them
    #[cfg(feature = "client")]
    History(history::Args),
    /// Say what is kept of you on this machine, and delete it
    #[cfg(feature = "client")]
    Forget(forget::Args),
    /// Show a call that runs in the background, or in another terminal
    #[cfg(all(feature = "client", unix))]
    Attach(attach::Args),
    /// Ask or tell a running call something
    #[cfg(all(feature = "client", unix))]
    Ctl(ctl::Args),
    /// A call on this machine: a server, two synthetic people, and you
    #[cfg(all(feature = "client", feature = "server"))]
    Demo(demo::Args),
    /// Learn a call in five minutes, with synthetic people who react, on this machine alone
    #[cfg(all(feature = "client", feature = "server"))]
    Tutor(tutor::Args),
    /// List microphones and loudspeakers, and try them
    #[cfg(feature = "client")]
    Devices(devices::Args),
    /// Find out what stands between this machine and a meeting, and what to ask for
    #[cfg(feature = "client")]
    Doctor(doctor::Args),
    /// Hear yourself through the whole path, and how long it takes
    #[cfg(feature = "client")]
    Echo(echo::Args),
    /// Log in to a server with a password or through your organisation, or become its owner with its owner link
    #[cfg(feature = "client")]
    Login(login::Args),
    /// Your account on a server: second factor, and where you are logged in
    #[cfg(feature = "client")]
    Account(account::Args),
    /// End your login at a server
    #[cfg(feature = "client")]
    Logout(logout::Args),
    /// Say who you are: your device, and your accounts on servers
    #[cfg(feature = "client")]
    Whoami(whoami::Args),
    /// Your device key, whom you trust and whom you vouch for
    #[cfg(feature = "client")]
    Keys(keys::Args),
    /// Make a room's secret, or carry it from a link to words and back
    #[cfg(feature = "client")]
    Secret(secret::Args),
    /// Check the receipt of a meeting: who was there, how known, whether encryption held
    #[cfg(feature = "client")]
    Receipt(receipt::Args),
    /// Run a server
    #[cfg(feature = "server")]
    Serve(serve::Args),
    /// Print a LiveKit access token for scripts and stock SDKs
    #[cfg(feature = "server")]
    Token(token::Args),
    /// Manage the rooms of a server
    #[cfg(feature = "server")]
    Rooms(rooms::Args),
    /// Invite people to a room, by links that end
    #[cfg(feature = "server")]
    Invite(invite::Args),
    /// Say who is in a room now
    #[cfg(feature = "client")]
    People(people::Args),
    /// Put many participants into a room, and measure what they get
    #[cfg(all(feature = "client", feature = "server"))]
    Load(load::Args),
    /// The proxy that connections go through: show it, and keep your password for it
    #[cfg(feature = "client")]
    Proxy(proxy::Args),
    /// Show, change and check your configuration
    #[cfg(feature = "client")]
    Config(config::Args),
    /// Print what --json writes and reads, as JSON Schema
    #[cfg(feature = "client")]
    JsonSchema(schema::Args),
    /// Print a completion script for a shell
    Completions(completions::Args),
    /// Print the manual page, or write all pages of the manual to a directory
    Man(man::Args),
}

/// The whole command line, for reading it and for documentation.
pub fn command() -> clap::Command {
    let command = <Cli as clap::CommandFactory>::command();
    #[cfg(feature = "client")]
    let command = defaults::annotated(command);
    command
}

/// Reads the command line of this process, with its configuration. Wrong arguments, `--help` and `--version` end the process.
///
/// # Errors
/// The configuration cannot be understood, or the administrator's policy excludes something.
pub fn parse() -> Result<Cli, Failure> {
    #[cfg(feature = "client")]
    return defaults::parse(std::env::args_os());
    #[cfg(not(feature = "client"))]
    Ok(<Cli as Parser>::parse())
}

/// Runs a parsed command line.
pub fn run(cli: Cli) -> Result<Exit, Failure> {
    match cli.command {
        #[cfg(feature = "client")]
        Command::Join(a) => join::run(*a),
        #[cfg(feature = "client")]
        Command::History(a) => history::run(&a),
        #[cfg(feature = "client")]
        Command::Forget(a) => forget::run(&a),
        #[cfg(all(feature = "client", unix))]
        Command::Attach(a) => attach::run(&a),
        #[cfg(all(feature = "client", unix))]
        Command::Ctl(a) => ctl::run(a),
        #[cfg(all(feature = "client", feature = "server"))]
        Command::Demo(a) => demo::run(a),
        #[cfg(all(feature = "client", feature = "server"))]
        Command::Tutor(a) => tutor::run(a),
        #[cfg(feature = "client")]
        Command::Devices(a) => devices::run(a),
        #[cfg(feature = "client")]
        Command::Doctor(a) => doctor::run(a),
        #[cfg(feature = "client")]
        Command::Echo(a) => echo::run(a),
        #[cfg(feature = "client")]
        Command::Login(a) => login::run(a),
        #[cfg(feature = "client")]
        Command::Account(a) => account::run(a),
        #[cfg(feature = "client")]
        Command::Logout(a) => logout::run(&a),
        #[cfg(feature = "client")]
        Command::Whoami(a) => whoami::run(&a),
        #[cfg(feature = "client")]
        Command::Keys(a) => keys::run(a),
        #[cfg(feature = "client")]
        Command::Secret(a) => secret::run(&a),
        #[cfg(feature = "client")]
        Command::Receipt(a) => receipt::run(a),
        #[cfg(feature = "server")]
        Command::Serve(a) => serve::run(a),
        #[cfg(feature = "server")]
        Command::Token(a) => token::run(a),
        #[cfg(feature = "server")]
        Command::Rooms(a) => rooms::run(a),
        #[cfg(feature = "server")]
        Command::Invite(a) => invite::run(a),
        #[cfg(feature = "client")]
        Command::People(a) => people::run(&a),
        #[cfg(all(feature = "client", feature = "server"))]
        Command::Load(a) => load::run(a),
        #[cfg(feature = "client")]
        Command::Proxy(a) => proxy::run(&a),
        #[cfg(feature = "client")]
        Command::Config(a) => config::run(&a, &cli.configured),
        #[cfg(feature = "client")]
        Command::JsonSchema(a) => schema::run(&a),
        Command::Completions(a) => completions::run(&a, command()),
        Command::Man(a) => man::run(&a, command()),
    }
}

/// The tokio runtime of a command. Two workers are enough: sound has its own thread.
#[cfg(feature = "client")]
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|e| Failure::new(Exit::Internal, format!("the runtime cannot start ({e})")))
}

/// Says why a command failed, also while a sound library is kept from standard error.
pub fn complain(failure: &Failure) {
    #[cfg(feature = "client")]
    {
        use std::io::Write as _;
        // Nobody can be told that nobody can be told.
        let _ = writeln!(crate::stderr::Ours, "conclave: {failure}");
    }
    #[cfg(not(feature = "client"))]
    eprintln!("conclave: {failure}");
}

/// Writes to standard output; a reader that has seen enough (`| head`) is no error.
///
/// # Errors
/// [`Exit::CantCreate`] if it cannot be written.
fn print(bytes: impl AsRef<[u8]>) -> Result<Exit, Failure> {
    use std::io::{ErrorKind, Write as _};
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes.as_ref()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::CantCreate, format!("standard output cannot be written ({e})")))
        }
        _ => Ok(Exit::Ok),
    }
}

/// A time (seconds since the Unix epoch) as people here read it.
#[cfg(any(feature = "client", feature = "server"))]
fn local_time(unix: i64) -> String {
    let time = jiff::Timestamp::from_second(unix).map(|t| t.to_zoned(jiff::tz::TimeZone::system()));
    time.map(|t| t.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

/// A runtime for a few requests.
#[cfg(any(feature = "client", feature = "server"))]
fn small_runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let failed = |e| Failure::new(Exit::Internal, format!("the runtime cannot be started ({e})"));
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)
}

#[cfg(all(test, feature = "client", feature = "server"))]
mod tests {
    use super::*;

    /// One key in 64 begins with a hyphen, and is no option for that.
    #[test]
    fn a_key_that_begins_with_a_hyphen_is_a_key() {
        let key = "-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for before in [
            "join https://h/room --trust",
            "join https://h/room --fingerprint",
            "echo https://h --fingerprint",
            "load https://h -n 1 --fingerprint",
            "receipt verify file --trust",
            "keys verify Ana",
            "keys trust",
            "keys trust --remove",
            "keys vouch --subject Ana",
            "keys revoke",
        ] {
            let args = ["conclave"].into_iter().chain(before.split(' ')).chain([key]);
            assert!(Cli::try_parse_from(args).is_ok(), "{before}");
        }
    }
}

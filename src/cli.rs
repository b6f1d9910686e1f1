//! The command line: one subcommand, one file in `cli/`, each with its `Args` and a `run` that returns an [`Exit`] or a
//! [`Failure`] (one sentence on standard error and its exit code).

pub mod completions;
#[cfg(feature = "client")]
pub mod join;
pub mod man;
#[cfg(feature = "server")]
pub mod rooms;
pub mod schema;
#[cfg(feature = "server")]
pub mod serve;
#[cfg(feature = "server")]
pub mod token;

use crate::exit::{Exit, Failure};
use clap::{Parser, Subcommand};

/// Secure conferences from the terminal, and the server they call home
#[derive(Debug, Parser)]
#[command(name = "conclave", version, propagate_version = true)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Join a room
    #[cfg(feature = "client")]
    Join(join::Args),
    /// Run a server
    #[cfg(feature = "server")]
    Serve(serve::Args),
    /// Print a LiveKit access token for scripts and stock SDKs
    #[cfg(feature = "server")]
    Token(token::Args),
    /// Manage the rooms of a server
    #[cfg(feature = "server")]
    Rooms(rooms::Args),
}

/// Runs a parsed command line.
pub fn run(cli: Cli) -> Result<Exit, Failure> {
    match cli.command {
        #[cfg(feature = "client")]
        Command::Join(a) => join::run(a),
        #[cfg(feature = "server")]
        Command::Serve(a) => serve::run(a),
        #[cfg(feature = "server")]
        Command::Token(a) => token::run(a),
        #[cfg(feature = "server")]
        Command::Rooms(a) => rooms::run(a),
    }
}

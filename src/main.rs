//! Arguments to command; exit code. Nothing else.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything is read that could be a secret.
    conclave::hygiene::limits::apply();
    match conclave::cli::run(conclave::cli::Cli::parse()) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            conclave::cli::complain(&failure);
            failure.exit.into()
        }
    }
}

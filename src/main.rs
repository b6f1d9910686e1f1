//! Arguments to command; exit code. Nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    conclave::crash::watch();
    // Before anything is read that could be a secret.
    conclave::hygiene::limits::apply();
    let exit = conclave::crash::guarded(|| {
        conclave::cli::parse().and_then(conclave::cli::run).unwrap_or_else(|failure| {
            conclave::cli::complain(&failure);
            failure.exit
        })
    });
    exit.into()
}

//! `conclave man [DIR]`.

use crate::exit::{Exit, Failure};
use std::path::PathBuf;

/// Options of `conclave man`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to write the pages of all subcommands; without it the main page goes to standard output
    pub directory: Option<PathBuf>,
}

/// Runs it for a whole command line.
///
/// # Errors
/// The pages cannot be written.
pub fn run(args: &Args, command: clap::Command) -> Result<Exit, Failure> {
    let Some(directory) = &args.directory else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command)
            .render(&mut page)
            .map_err(|e| Failure::new(Exit::Internal, format!("the page cannot be made: {e}")))?;
        return super::print(page);
    };
    std::fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(command, directory)).map_err(|e| {
        let text = format!("the manual pages cannot be written to {}: {e}; choose another directory", directory.display());
        Failure::new(Exit::CantCreate, text)
    })?;
    Ok(Exit::Ok)
}

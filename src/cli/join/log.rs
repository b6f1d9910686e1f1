//! Options about the log.

use crate::log::{Level, Options};
use std::path::PathBuf;

/// What is logged, and where. Names, texts, links, secrets and addresses never are.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct Args {
    /// Log into this file, in place of ~/.local/state/conclave/log
    #[arg(long, value_name = "FILE", conflicts_with = "no_log")]
    log_file: Option<PathBuf>,
    /// Log nothing in files
    #[arg(long)]
    no_log: bool,
    /// The least that is logged: error, warn, info or debug
    #[arg(long, value_enum, default_value_t = Level::Info, value_name = "LEVEL", hide_possible_values = true)]
    log_level: Level,
    /// How many log files are kept
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    log_keep: u16,
}

impl Args {
    /// The same for the log.
    pub(super) fn options(&self) -> Options {
        let file = self.log_file.as_ref().map(|file| std::path::absolute(file).unwrap_or_else(|_| file.clone()));
        Options { write: !self.no_log, file, level: self.log_level, keep: self.log_keep }
    }
}

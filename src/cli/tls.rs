//! Whom all commands trust with TLS, where no fingerprint names a server.

use crate::exit::{Exit, Failure};
use crate::net::authorities;
use crate::net::interception::{self, Interception};
use std::path::{Path, PathBuf};

/// Options of all commands.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "TLS")]
pub struct Global {
    /// A file with certificates of authorities (PEM) that count beside the system's: your organisation's own
    #[arg(long, global = true, value_name = "FILE")]
    pub extra_ca: Option<PathBuf>,
    /// Where TLS is read on the way, by somebody whom this machine trusts: allow, warn, or refuse to connect
    #[arg(long, global = true, value_name = "WORD", default_value = "warn")]
    pub interception: Interception,
}

impl Global {
    /// Makes it what this process goes by.
    ///
    /// # Errors
    /// [`Exit::NoInput`] for a file that has no certificate.
    pub fn install(&self) -> Result<(), Failure> {
        if let Some(file) = &self.extra_ca {
            let read = authorities::read(file).map_err(|why| {
                let text = format!("--extra-ca: {why}; name a PEM file of your organisation's certificate authority");
                Failure::new(Exit::NoInput, text)
            })?;
            authorities::install(read);
        }
        interception::install(self.interception);
        Ok(())
    }
}

/// Whether a path may stand in a configuration: it is looked at when it is used.
///
/// # Errors
/// One sentence.
pub fn is_absolute(path: &str) -> Result<(), String> {
    if Path::new(path).is_absolute() { Ok(()) } else { Err("an absolute path".into()) }
}

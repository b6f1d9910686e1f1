//! Where the files are.

use crate::exit::{Exit, Failure};
use etcetera::BaseStrategy as _;
use std::path::PathBuf;

/// For all users of the machine.
pub const SYSTEM: &str = "/etc/conclave/config.toml";
/// What the administrator does not leave to users. No option and no variable names another one.
pub const POLICY: &str = "/etc/conclave/policy.toml";

/// The user's own: `~/.config/conclave/config.toml` by XDG.
///
/// # Errors
/// There is no home directory.
pub fn user() -> Result<PathBuf, Failure> {
    Ok(base()?.config_dir().join("conclave/config.toml"))
}

/// What is remembered between calls and worth no backup: `~/.local/state/conclave` by XDG.
///
/// # Errors
/// There is no home directory.
pub fn state() -> Result<PathBuf, Failure> {
    let base = base()?;
    Ok(base.state_dir().unwrap_or_else(|| base.data_dir()).join("conclave"))
}

/// What people and their devices are remembered by: `~/.local/share/conclave` by XDG.
///
/// # Errors
/// There is no home directory.
pub fn data() -> Result<PathBuf, Failure> {
    Ok(base()?.data_dir().join("conclave"))
}

fn base() -> Result<impl etcetera::BaseStrategy, Failure> {
    let none = |_| Failure::new(Exit::Config, "there is no home directory; set HOME");
    etcetera::choose_base_strategy().map_err(none)
}

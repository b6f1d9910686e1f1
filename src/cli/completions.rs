//! `conclave completions SHELL`.

use crate::exit::{Exit, Failure};
use clap_complete::Shell;

#[cfg(feature = "client")]
mod rooms;

/// Options of `conclave completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell; the script goes to standard output
    pub shell: Shell,
}

/// The shells whose scripts are kept in `completions/`.
pub const SHELLS: [Shell; 4] = [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell];

/// Runs it for a whole command line.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(args: &Args, command: clap::Command) -> Result<Exit, Failure> {
    super::print(script(args.shell, command))
}

/// The script for one shell.
pub fn script(shell: Shell, mut command: clap::Command) -> String {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    #[cfg(feature = "client")]
    let script = rooms::added(shell, &command, script);
    script
}

/// The file name under which a shell looks for the script: `conclave.bash`, `_conclave`, `conclave.fish`, `_conclave.ps1`.
pub fn file_name(shell: Shell, command: &clap::Command) -> String {
    use clap_complete::Generator as _;
    shell.file_name(command.get_name())
}

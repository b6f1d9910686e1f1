//! Manual and completions, made by the binary that is packed.

use crate::output;
use anyhow::Result;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Shell, and where below `share` it looks.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "bash-completion/completions/conclave"),
    ("zsh", "zsh/vendor-completions/_conclave"),
    ("fish", "fish/vendor_completions.d/conclave.fish"),
];

/// The manual below `share/man`.
pub(crate) fn manual(binary: &Path, share: &Path) -> Result<()> {
    output(said_by(binary).arg("man").arg(share.join("man"))).map(drop)
}

/// The completions of the shells where they look for them.
pub(crate) fn completions(binary: &Path, share: &Path) -> Result<()> {
    for (shell, place) in COMPLETIONS {
        let file = share.join(place);
        fs::create_dir_all(file.parent().unwrap_or(share))?;
        fs::write(file, output(said_by(binary).args(["completions", shell]))?)?;
    }
    Ok(())
}

/// The binary, in English and out of nobody's configuration.
pub(crate) fn said_by(binary: &Path) -> Command {
    let mut c = Command::new(binary);
    c.env_clear().env("CONCLAVE_LANG", "en");
    c
}

//! The source with everything that it is built from, for machines without the network.

use crate::{Release, output};
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Puts the source as git knows it, its files as they lie here, into a directory.
///
/// # Errors
/// This is no git work tree, or the directory cannot be written.
pub fn copy(release: &Release, to: &Path) -> Result<()> {
    let files = output(Command::new("git").args(["ls-files", "--cached"]).current_dir(&release.root))?;
    for file in files.lines().filter(|f| release.root.join(f).is_file()) {
        let target = to.join(file);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(release.root.join(file), target).with_context(|| format!("{file} cannot be copied"))?;
    }
    Ok(())
}

/// [`copy`], and all crates in `vendor/`, with cargo told to look there and nowhere else.
///
/// # Errors
/// The crates cannot be had.
pub fn vendored(release: &Release, to: &Path) -> Result<()> {
    copy(release, to)?;
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    let said = output(cargo.args(["vendor", "--locked", "--versioned-dirs", "vendor"]).current_dir(to))?;
    ensure!(said.contains("vendored-sources"), "cargo does not say how to use what it vendored: {said}");
    fs::create_dir_all(to.join(".cargo"))?;
    fs::write(to.join(".cargo/config.toml"), said + "\n[net]\noffline = true\n")?;
    Ok(fs::write(to.join("SOURCE_DATE_EPOCH"), format!("{}\n", release.epoch))?)
}

/// Makes `conclave-VERSION-source.tar.gz` in `out`.
///
/// # Errors
/// The crates cannot be had, or `out` cannot be written.
pub fn archive(release: &Release, out: &Path) -> Result<PathBuf> {
    fs::create_dir_all(out)?;
    let scratch = tempfile::tempdir_in(out)?;
    let folder = format!("{}-source", release.name());
    vendored(release, &scratch.path().join(&folder))?;
    let file = out.join(format!("{folder}.tar.gz"));
    release.tar(scratch.path(), &folder, &file)?;
    Ok(file)
}

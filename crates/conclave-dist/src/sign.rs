//! Checksums, and a signature over them that is checked without the network: `ssh-keygen` is on every machine.

use crate::output;
use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the signature is for; one made for something else is refused.
pub const NAMESPACE: &str = "conclave";
/// Who signs, as in the file of allowed signers.
pub const SIGNER: &str = "releases@conclave";

/// Writes `SHA256SUMS`, which `sha256sum --check` reads.
///
/// # Errors
/// A file cannot be read.
pub fn sums(folder: &Path, names: &[String]) -> Result<()> {
    let mut lines = String::new();
    for name in names {
        lines += &format!("{}  {name}\n", sha256(&folder.join(name))?);
    }
    Ok(fs::write(folder.join("SHA256SUMS"), lines)?)
}

/// Writes `SHA256SUMS.sig` with an SSH key (`ssh-keygen -t ed25519`), and `allowed_signers` to check it with.
///
/// # Errors
/// The key cannot be used.
pub fn sign(folder: &Path, key: &Path) -> Result<()> {
    let sums = folder.join("SHA256SUMS");
    let _ = fs::remove_file(folder.join("SHA256SUMS.sig"));
    output(Command::new("ssh-keygen").args(["-q", "-Y", "sign", "-n", NAMESPACE, "-f"]).arg(key).arg(&sums))?;
    let public = output(Command::new("ssh-keygen").arg("-y").arg("-f").arg(key)).context("the public half of the key")?;
    let public: Vec<&str> = public.split_whitespace().take(2).collect();
    let signers = format!("{SIGNER} namespaces=\"{NAMESPACE}\" {}\n", public.join(" "));
    Ok(fs::write(folder.join("allowed_signers"), signers)?)
}

/// SHA-256 of a file in hexadecimal.
///
/// # Errors
/// It cannot be read.
pub fn sha256(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect())
}

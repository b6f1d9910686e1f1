//! What people download, made by `make dist`: [`compile`] builds the two binaries, [`pack`] puts everything into one directory.
//!
//! The same source gives the same bytes, wherever it lies: no clock is read but the date of the newest commit, no path gets into
//! a file, and everything is sorted. Nothing here needs the network once the crates are fetched.

pub mod anywhere;
pub mod compile;
pub mod component;
mod debian;
pub mod notices;
mod sbom;
mod share;
pub mod sign;
pub mod source;

use anyhow::{Context as _, Result, bail, ensure};
use compile::Flavour;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A source tree to make a release of.
#[derive(Debug, Clone)]
pub struct Release {
    /// Where the source lies.
    pub root: PathBuf,
    /// What the files are called by.
    pub version: String,
    /// The date of everything in them: seconds since 1970 (`SOURCE_DATE_EPOCH`).
    pub epoch: i64,
    /// How hard the Debian package is compressed, 1 to 9.
    pub compression: u8,
}

impl Release {
    /// The release of a source tree: version by `Cargo.toml`; date by the variable `SOURCE_DATE_EPOCH`, the file of that name in an archive
    /// of the source, or the newest commit.
    ///
    /// # Errors
    /// The tree has no version, or no date can be had.
    pub fn of(root: &Path) -> Result<Self> {
        let root = root.canonicalize()?;
        let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
        let version = manifest["workspace"]["package"]["version"].as_str().context("Cargo.toml has no version")?.to_owned();
        let packed = || Ok(fs::read_to_string(root.join("SOURCE_DATE_EPOCH"))?);
        let newest = |_: anyhow::Error| output(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(&root));
        let epoch = std::env::var("SOURCE_DATE_EPOCH").or_else(|_| packed()).or_else(newest);
        let epoch = epoch.context("the date of the source: set SOURCE_DATE_EPOCH where there is no git")?;
        Ok(Self {
            version,
            epoch: epoch.trim().parse().context("SOURCE_DATE_EPOCH is seconds since 1970")?,
            root,
            compression: 9,
        })
    }

    /// `conclave-VERSION`.
    pub fn name(&self) -> String {
        format!("conclave-{}", self.version)
    }

    fn date(&self) -> Result<jiff::Zoned> {
        Ok(jiff::Timestamp::from_second(self.epoch)?.to_zoned(jiff::tz::TimeZone::UTC))
    }

    /// Packs a directory as `FILE.tar.gz` with all that could differ between two machines taken out.
    fn tar(&self, parent: &Path, folder: &str, file: &Path) -> Result<()> {
        let mut tar = Command::new("tar");
        tar.args(["--sort=name", "--format=gnu", "--owner=0", "--group=0", "--numeric-owner", "--mode=u+rw,go=u-w"]);
        tar.arg(format!("--mtime=@{}", self.epoch)).args(["--use-compress-program=gzip -n9", "--create", "--file"]);
        output(tar.arg(file).arg("--directory").arg(parent).arg(folder)).map(drop)
    }
}

/// Makes `out` anew and puts a release into it. The last binary's manual is packed, and it goes into the Debian package.
/// The checksums are signed with `key`, if there is one.
///
/// # Errors
/// A tool is missing or failed; the message has what it said.
pub fn pack(release: &Release, binaries: &[(Flavour, PathBuf)], out: &Path, key: Option<&Path>) -> Result<()> {
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    fs::create_dir_all(out)?;
    let mut all = Vec::new();
    let mut last = None;
    for (flavour, file) in binaries {
        let named = out.join(format!("{}-{}", release.name(), flavour.name()));
        fs::copy(file, &named).with_context(|| format!("{} cannot be copied", file.display()))?;
        mode(&named, 0o755)?;
        let components = component::of(&release.root, *flavour)?;
        fs::write(format!("{}.cdx.json", named.display()), sbom::of(release, &named, &components)?)?;
        all.extend(components);
        last = Some(named);
    }
    let Some(binary) = last else { bail!("there is no binary to pack") };
    all.sort();
    all.dedup();
    let notices = out.join("THIRD-PARTY.txt");
    fs::write(&notices, notices::of(&all)?)?;

    let scratch = tempfile::tempdir()?;
    let share = scratch.path().join(release.name());
    share::manual(&binary, &share)?;
    share::completions(&binary, &share)?;
    release.tar(scratch.path(), &release.name(), &out.join(format!("{}-share.tar.gz", release.name())))?;
    debian::package(release, &binary, &notices, out)?;

    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(out)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    sign::sums(out, &names)?;
    key.map_or(Ok(()), |key| sign::sign(out, key))
}

/// Runs a tool that must succeed: its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let out = command.stdin(Stdio::null()).output().with_context(|| format!("{:?} does not start", command.get_program()))?;
    let said = String::from_utf8_lossy(&out.stderr);
    ensure!(out.status.success(), "{command:?} failed ({}): {}", out.status, said.trim());
    Ok(String::from_utf8(out.stdout)?)
}

/// Sets a file's permissions, whatever the umask is.
pub(crate) fn mode(file: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(file, fs::Permissions::from_mode(mode))
}

//! The two binaries of a release.

use crate::{Release, output};
use anyhow::{Context as _, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    /// Fully static; sound through PulseAudio and PipeWire. Runs on any Linux.
    Musl,
    /// Needs glibc and libasound; sound through ALSA too.
    Gnu,
}

impl Flavour {
    /// What stands in the name of its file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Musl => "x86_64-linux-musl",
            Self::Gnu => "x86_64-linux-gnu",
        }
    }

    /// What rustc calls its target.
    pub fn triple(self) -> &'static str {
        match self {
            Self::Musl => "x86_64-unknown-linux-musl",
            Self::Gnu => "x86_64-unknown-linux-gnu",
        }
    }

    /// What cargo builds it with.
    pub fn features(self) -> &'static [&'static str] {
        match self {
            Self::Musl => &["--no-default-features", "--features", "client,server"],
            Self::Gnu => &[],
        }
    }
}

/// Builds one in release mode below `target`: the same bytes for the same source and compiler, wherever they lie.
///
/// # Errors
/// It does not compile.
pub fn compile(release: &Release, flavour: Flavour, target: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(target)?;
    let target = target.canonicalize()?;
    let paths = prefixes(release, &target)?;
    let rust: Vec<String> = paths.iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}")).collect();
    let c: Vec<String> = paths.iter().map(|(from, to)| format!("-ffile-prefix-map={from}={to}")).collect();
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    cargo.args(["build", "--release", "--locked", "--bin", "conclave", "--target", flavour.triple()]).args(flavour.features());
    cargo.current_dir(&release.root).env("CARGO_TARGET_DIR", &target).env("CARGO_INCREMENTAL", "0");
    cargo.env("SOURCE_DATE_EPOCH", release.epoch.to_string()).env("CARGO_ENCODED_RUSTFLAGS", rust.join("\x1f"));
    for language in ["CFLAGS", "CXXFLAGS"] {
        cargo.env(format!("{language}_{}", flavour.triple().replace('-', "_")), c.join(" "));
    }
    ensure!(cargo.status().context("cargo does not start")?.success(), "{} does not compile", flavour.name());
    Ok(target.join(flavour.triple()).join("release/conclave"))
}

/// Paths of this machine, and what a binary says instead; of two that fit, the later counts.
fn prefixes(release: &Release, target: &Path) -> Result<Vec<(String, &'static str)>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home =
        home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"))).context("neither CARGO_HOME nor HOME")?;
    let mut paths = vec![(release.root.clone(), "/src"), (home.clone(), "/cargo"), (release.root.join("vendor"), "/crates")];
    // A crate is at the same place, whether it was fetched or came with the source.
    if let Ok(sources) = home.join("registry/src").read_dir() {
        paths.extend(sources.flatten().map(|source| (source.path(), "/crates")));
    }
    paths.push((target.to_owned(), "/target"));
    paths.sort_by_key(|(path, _)| path.as_os_str().len());
    Ok(paths.into_iter().map(|(from, to)| (from.display().to_string(), to)).collect())
}

/// Whether a binary is complete in itself: no interpreter, no library.
///
/// # Errors
/// There is no `readelf`.
pub fn is_static(binary: &Path) -> Result<bool> {
    let headers = output(Command::new("readelf").args(["--program-headers", "--dynamic", "--wide"]).arg(binary))?;
    Ok(!headers.contains("INTERP") && !headers.contains("NEEDED"))
}

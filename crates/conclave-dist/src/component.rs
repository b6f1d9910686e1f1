//! What is inside a binary: the crates that are linked into it, and the C code and runtimes that come with them.

use crate::compile::Flavour;
use crate::output;
use anyhow::{Context as _, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A crate in a binary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// Its name on crates.io.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SPDX expression.
    pub license: String,
    /// Who wrote it, if it says so.
    pub authors: Vec<String>,
    /// Where its source is.
    pub repository: Option<String>,
    /// SHA-256 of its archive at crates.io; ours have none.
    pub checksum: Option<String>,
    /// Its source on this machine.
    pub folder: PathBuf,
    /// What it is linked with: [`Component::id`]s.
    pub dependencies: Vec<String>,
}

impl Component {
    /// Package URL.
    pub fn id(&self) -> String {
        purl(&self.name, &self.version)
    }
}

fn purl(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{version}")
}

/// C code inside crates: name, licence, the crate, and the file of it that has the licence.
pub(crate) const IN_CRATES: [(&str, &str, &str, &str); 2] =
    [("opus", "BSD-3-Clause", "opusic-sys", "opus/COPYING"), ("sqlite", "blessing", "libsqlite3-sys", "sqlite3/sqlite3.h")];

/// What is linked into every binary without being a crate, and into static ones.
pub(crate) const RUNTIMES: [(&str, &str); 2] = [("rust-std", "MIT OR Apache-2.0"), ("musl", "MIT")];

/// The crates of a binary, by name. Macros and build scripts run at build time only and are not among them.
///
/// # Errors
/// Cargo cannot say without the network: build it first.
pub fn of(root: &Path, flavour: Flavour) -> Result<Vec<Component>> {
    let cargo = |command: &str, more: &[&str]| {
        let mut c = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
        c.args([command, "--locked", "--offline"]).args(flavour.features()).args(more).current_dir(root);
        output(&mut c)
    };
    let tree = ["--package", "conclave", "--target", flavour.triple(), "--edges", "normal,no-proc-macro", "--prefix", "none"];
    let linked: BTreeSet<String> = cargo("tree", &[&tree[..], &["--format", "{p}"]].concat())?.lines().filter_map(id).collect();
    let metadata = cargo("metadata", &["--format-version", "1", "--filter-platform", flavour.triple()])?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let lock: toml::Table = std::fs::read_to_string(root.join("Cargo.lock"))?.parse()?;
    let ids: BTreeMap<&str, String> = list(&metadata["packages"]).filter_map(|p| Some((p["id"].as_str()?, package(p)))).collect();
    let edges: BTreeMap<&str, Vec<String>> = list(&metadata["resolve"]["nodes"])
        .filter_map(|node| {
            let to = list(&node["dependencies"]).filter_map(|d| ids.get(d.as_str()?).filter(|id| linked.contains(*id)).cloned());
            Some((node["id"].as_str()?, to.collect()))
        })
        .collect();
    let mut components = Vec::new();
    for p in list(&metadata["packages"]).filter(|p| linked.contains(&package(p))) {
        let (name, version) = (text(&p["name"]), text(&p["version"]));
        let manifest = p["manifest_path"].as_str().map(Path::new).and_then(Path::parent).context("a crate has no manifest")?;
        let mut dependencies = p["id"].as_str().and_then(|id| edges.get(id)).cloned().unwrap_or_default();
        dependencies.sort();
        components.push(Component {
            license: text(&p["license"]).replace('/', " OR "),
            authors: list(&p["authors"]).map(text).collect(),
            repository: p["repository"].as_str().map(str::to_owned),
            checksum: checksum(&lock, &name, &version),
            folder: manifest.to_owned(),
            dependencies,
            name,
            version,
        });
    }
    components.sort();
    Ok(components)
}

/// `name v1.2.3 (…)` as cargo's tree has it.
fn id(line: &str) -> Option<String> {
    let mut words = line.split(' ');
    Some(purl(words.next()?, words.next()?.strip_prefix('v')?))
}

fn package(p: &Value) -> String {
    purl(&text(&p["name"]), &text(&p["version"]))
}

fn text(v: &Value) -> String {
    v.as_str().unwrap_or_default().to_owned()
}

fn list(v: &Value) -> impl Iterator<Item = &Value> {
    v.as_array().into_iter().flatten()
}

fn checksum(lock: &toml::Table, name: &str, version: &str) -> Option<String> {
    let is = |p: &&toml::Value| p["name"].as_str() == Some(name) && p["version"].as_str() == Some(version);
    Some(lock["package"].as_array()?.iter().find(is)?.get("checksum")?.as_str()?.to_owned())
}

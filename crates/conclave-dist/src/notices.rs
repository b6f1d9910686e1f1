//! `THIRD-PARTY.txt`: whose work is in the binaries, under which licence, and the words that those licences want repeated.

use crate::component::{Component, IN_CRATES};
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const MIT: &str = include_str!("../../../LICENSE-MIT");
const APACHE: &str = include_str!("../../../LICENSE-APACHE");
const MUSL: &str = "musl as a whole: Copyright © 2005-2020 Rich Felker, et al.; the rest as in the MIT licence.";
const RUST: &str = "The Rust standard library: Copyright (c) The Rust Project Contributors; MIT or Apache-2.0.";

/// The whole file.
///
/// # Errors
/// A crate's source cannot be read.
pub fn of(components: &[Component]) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut without = Vec::new();
    let mut index = String::new();
    for c in components.iter().filter(|c| !c.name.starts_with("conclave")) {
        let (name, source) = (format!("{} {}", c.name, c.version), c.repository.as_deref().unwrap_or("crates.io"));
        writeln!(index, "{name}  [{}]  {source}", c.license)?;
        let mut found = licences(&c.folder)?;
        for (_, _, _, file) in IN_CRATES.iter().filter(|(_, _, of, file)| *of == c.name && !file.ends_with(".h")) {
            found.push(fs::read_to_string(c.folder.join(file))?);
        }
        if found.is_empty() {
            without.push(format!("{name}  [{}]  {}", c.license, c.authors.join(", ")));
        }
        for text in found {
            texts.entry(text.replace("\r\n", "\n").trim().to_owned()).or_default().push(name.clone());
        }
    }
    let mut out = format!(
        "Conclave is made with the work of others. This file names it: packages of crates.io first, then the words of their licences.\n\
         SQLite (inside libsqlite3-sys) is in the public domain. Opus is inside opusic-sys. Packages under MPL-2.0 are used unchanged;\n\
         their source is where this list says, and the licence at https://mozilla.org/MPL/2.0/.\n{RUST}\n{MUSL}\n\n{index}\n"
    );
    writeln!(
        out,
        "Their archives have no text of a licence; it is the standard one, with the copyright of:\n\n{}\n",
        without.join("\n")
    )?;
    for (title, text) in [("MIT licence, as Conclave has it", MIT), ("Apache-2.0", APACHE)] {
        writeln!(out, "{}\n{title}\n\n{}\n", "=".repeat(80), text.trim())?;
    }
    let mut texts: Vec<(Vec<String>, String)> = texts.into_iter().map(|(text, of)| (of, text)).collect();
    texts.sort();
    for (mut of, text) in texts {
        of.dedup();
        writeln!(out, "{}\n{}\n\n{text}\n", "=".repeat(80), of.join(", "))?;
    }
    Ok(out)
}

/// The texts that lie at the top of a crate's source.
fn licences(folder: &Path) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let is = ["LICEN", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"].iter().any(|start| name.starts_with(start));
        if is && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    files.iter().map(|f| Ok(String::from_utf8_lossy(&fs::read(f)?).into_owned())).collect()
}

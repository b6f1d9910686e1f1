//! Every crate that goes into the binary has a licence that `deny.toml` allows.

use std::collections::BTreeSet;
use std::process::Command;

/// Whether an SPDX expression can be met with the allowed licences: `OR` needs one side, `AND` needs both.
fn allowed(expression: &str, allow: &BTreeSet<String>) -> bool {
    let e = expression.replace('/', " OR ").replace(['(', ')'], "");
    e.split(" OR ").any(|side| side.split(" AND ").all(|l| allow.contains(l.trim())))
}

#[test]
fn every_licence_is_allowed() {
    let deny: toml::Table = std::fs::read_to_string(conclave_lab::root().join("deny.toml")).unwrap().parse().unwrap();
    let allow: BTreeSet<String> =
        deny["licenses"]["allow"].as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect();
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(conclave_lab::root())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    let bad: Vec<_> = packages
        .iter()
        .filter(|p| !allowed(p["license"].as_str().unwrap_or("none"), &allow))
        .map(|p| format!("{} {}", p["name"], p["license"]))
        .collect();
    assert!(bad.is_empty(), "licences that deny.toml does not allow: {bad:#?}");
    for banned in deny["bans"]["deny"].as_array().unwrap() {
        assert!(!packages.iter().any(|p| p["name"].as_str() == banned.as_str()), "{banned} is banned");
    }
}

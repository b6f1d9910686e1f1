//! A software bill of materials in CycloneDX 1.5 (ECMA-424), as JSON.

use crate::component::{Component, IN_CRATES, RUNTIMES};
use crate::{Release, sign};
use anyhow::Result;
use serde_json::{Value, json};
use std::path::Path;

/// The bill of one binary.
pub(crate) fn of(release: &Release, binary: &Path, components: &[Component]) -> Result<String> {
    let (own, others): (Vec<_>, Vec<_>) = components.iter().partition(|c| c.name == "conclave");
    let subject: Vec<Value> =
        own.iter().map(|c| described(c, "application", Some(&sign::sha256(binary)?))).collect::<Result<_>>()?;
    let libraries: Vec<Value> = others.iter().map(|c| described(c, "library", c.checksum.as_deref())).collect::<Result<_>>()?;
    let inside = IN_CRATES.iter().filter(|(_, _, of, _)| others.iter().any(|c| c.name == *of));
    let is_static = crate::compile::is_static(binary)?;
    let runtimes = RUNTIMES.iter().filter(|(name, _)| *name != "musl" || is_static);
    let beyond = inside.map(|(name, license, ..)| (name, license)).chain(runtimes.map(|(name, license)| (name, license)));
    let beyond = beyond.map(
        |(name, license)| json!({"type": "library", "bom-ref": name, "name": name, "licenses": [{"license": {"name": license}}]}),
    );
    let dependencies: Vec<Value> = components.iter().map(|c| json!({"ref": c.id(), "dependsOn": c.dependencies})).collect();
    let bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"timestamp": release.date()?.timestamp().to_string(), "component": subject.first()},
        "components": libraries.into_iter().chain(beyond).collect::<Vec<_>>(),
        "dependencies": dependencies,
    });
    Ok(serde_json::to_string_pretty(&bill)? + "\n")
}

fn described(c: &Component, kind: &str, sha256: Option<&str>) -> Result<Value> {
    let mut value = json!({
        "type": kind, "bom-ref": c.id(), "name": c.name, "version": c.version, "purl": c.id(),
        "licenses": [{"expression": c.license}],
    });
    if let Some(sum) = sha256 {
        value["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
    }
    if let Some(url) = &c.repository {
        value["externalReferences"] = json!([{"type": "vcs", "url": url}]);
    }
    Ok(value)
}

//! What people download: the same bytes from everywhere, checked by the tools that they have, and it runs where there is nothing.
//! The binary of this test stands in for those of a release.
#![cfg(all(target_os = "linux", feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use conclave_dist::compile::Flavour;
use conclave_dist::{Release, anywhere, component, notices, pack, sign};
use conclave_lab::{has, skip};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BIN: &str = env!("CARGO_BIN_EXE_conclave");
const DAY: i64 = 86_400;

fn tool(words: &[&str], folder: &Path) -> Output {
    Command::new(words[0]).args(&words[1..]).current_dir(folder).output().unwrap_or_else(|e| panic!("{}: {e}", words[0]))
}

fn said(words: &[&str], folder: &Path) -> String {
    let out = tool(words, folder);
    assert!(out.status.success(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn release() -> Release {
    Release { epoch: 20_000 * DAY, compression: 1, ..Release::of(&conclave_lab::root()).unwrap() }
}

/// Every file of a directory, and the sum of it.
fn sums(folder: &Path) -> BTreeMap<PathBuf, String> {
    let files = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    files.map(|f| (f.strip_prefix(folder).unwrap().to_owned(), sign::sha256(&f).unwrap())).collect()
}

/// The binary elsewhere, without what is for debuggers.
fn elsewhere(folder: &Path) -> PathBuf {
    let to = folder.join("conclave");
    said(&["strip", "-o", to.to_str().unwrap(), BIN], folder);
    to
}

#[test]
fn twice_the_same_bytes_which_the_tools_of_every_machine_check() {
    if ["dpkg-deb", "dpkg-shlibdeps", "ssh-keygen", "readelf"].iter().any(|t| !has(t)) {
        return skip("packing", "dpkg-dev, openssh-client or binutils is not installed");
    }
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let key = first.path().join("key");
    said(&["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key.to_str().unwrap()], first.path());
    for folder in [&first, &second] {
        let binary = elsewhere(folder.path());
        pack(&release(), &[(Flavour::Gnu, binary)], &folder.path().join("out"), Some(&key)).unwrap();
    }
    let out = first.path().join("out");
    let names = sums(&out);
    assert_eq!(names, sums(&second.path().join("out")), "two directories, two releases");
    assert_eq!(names.len(), 8, "{names:?}");

    // Sums and signature, as docs/administrator.md says.
    let checked = said(&["sha256sum", "--check", "--strict", "SHA256SUMS"], &out);
    assert_eq!(checked.lines().count(), 5, "{checked}");
    let verify = || {
        let sums = fs::File::open(out.join("SHA256SUMS")).unwrap();
        let mut c = Command::new("ssh-keygen");
        c.args(["-Y", "verify", "-f", "allowed_signers", "-I", sign::SIGNER, "-n", sign::NAMESPACE, "-s", "SHA256SUMS.sig"]);
        c.current_dir(&out).stdin(sums).output().unwrap().status.success()
    };
    assert!(verify());
    let mut bytes = fs::read(out.join("SHA256SUMS")).unwrap();
    bytes[0] ^= 1;
    fs::write(out.join("SHA256SUMS"), &bytes).unwrap();
    assert!(!verify(), "a changed sum is refused");
    assert!(!tool(&["sha256sum", "--check", "SHA256SUMS"], &out).status.success());

    bill_of_materials(&out);
    debian_package(&out, first.path());
}

fn bill_of_materials(out: &Path) {
    let name = format!("{}-x86_64-linux-gnu", release().name());
    let bill: Value = serde_json::from_slice(&fs::read(out.join(format!("{name}.cdx.json"))).unwrap()).unwrap();
    assert_eq!((bill["bomFormat"].as_str(), bill["specVersion"].as_str()), (Some("CycloneDX"), Some("1.5")));
    assert_eq!(bill["metadata"]["component"]["hashes"][0]["content"], sign::sha256(&out.join(name)).unwrap());
    assert_eq!(bill["metadata"]["timestamp"], "2024-10-04T00:00:00Z");
    let components = bill["components"].as_array().unwrap();
    let has = |name: &str| components.iter().any(|c| c["name"] == name);
    assert!(["rustls", "openmls", "opus", "sqlite", "rust-std", "cpal"].iter().all(|name| has(name)));
    assert!(!has("proptest") && !has("clap_derive") && !has("musl"), "what is not in it");
    let refs: Vec<&Value> = components.iter().chain([&bill["metadata"]["component"]]).map(|c| &c["bom-ref"]).collect();
    let edges = bill["dependencies"].as_array().unwrap();
    assert!(edges.iter().all(|e| refs.contains(&&e["ref"])) && edges.len() > 300);
    assert!(edges.iter().flat_map(|e| e["dependsOn"].as_array().unwrap()).all(|to| refs.contains(&to)));
}

fn debian_package(out: &Path, scratch: &Path) {
    let deb = format!("conclave_{}_amd64.deb", release().version);
    let info = said(&["dpkg-deb", "--info", &deb], out);
    assert!(info.contains("Depends: ") && info.contains("libasound2") && info.contains("adduser"), "{info}");
    let contents = said(&["dpkg-deb", "--contents", &deb], out);
    assert!(contents.lines().all(|l| l.contains(" root/root ") && l.contains(" 2024-10-04 00:00 ")), "{contents}");
    for place in [
        "usr/bin/conclave",
        "usr/lib/systemd/system/conclave.service",
        "usr/share/man/man1/conclave.1.gz",
        "usr/share/man/man5/conclave-config.5.gz",
        "usr/share/man/man7/conclave-events.7.gz",
        "usr/share/bash-completion/completions/conclave",
        "usr/share/zsh/vendor-completions/_conclave",
        "usr/share/fish/vendor_completions.d/conclave.fish",
        "usr/share/doc/conclave/examples/server.toml",
        "usr/share/doc/conclave/administrator.md.gz",
        "usr/share/doc/conclave/copyright",
        "usr/share/doc/conclave/THIRD-PARTY.txt.gz",
    ] {
        assert!(contents.contains(&format!(" ./{place}\n")), "{place} is not in {contents}");
    }
    let root = scratch.join("root");
    said(&["dpkg-deb", "--raw-extract", out.join(deb).to_str().unwrap(), root.to_str().unwrap()], scratch);
    let version = said(&[root.join("usr/bin/conclave").to_str().unwrap(), "--version"], scratch);
    assert_eq!(version.trim(), format!("conclave {}", release().version));
    said(&["md5sum", "--check", "--quiet", "DEBIAN/md5sums"], &root);
    let unit = fs::read_to_string(root.join("usr/lib/systemd/system/conclave.service")).unwrap();
    assert!(unit.contains("ExecStart=/usr/bin/conclave serve "), "{unit}");
}

#[test]
fn everybody_whose_work_is_in_it_is_named_with_their_licence() {
    let mut all = Vec::new();
    for flavour in [Flavour::Musl, Flavour::Gnu] {
        all.extend(component::of(&conclave_lab::root(), flavour).unwrap());
    }
    let text = notices::of(&all).unwrap();
    for c in all.iter().filter(|c| !c.name.starts_with("conclave")) {
        assert!(text.contains(&format!("{} {}  [{}]", c.name, c.version, c.license)), "{}", c.name);
    }
    for words in ["Xiph.Org", "The WebRTC Project Authors", "Brian Smith", "Rich Felker", "Apache License", "SQLite"] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn it_runs_in_a_root_directory_with_nothing_in_it_as_nobody_and_read_only() {
    let tried = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "--net", "ip", "link"]).output();
    if !tried.is_ok_and(|o| o.status.success()) {
        return skip("a root directory of one's own", "namespaces are not allowed here, or ip is not installed");
    }
    anywhere::check(Path::new(BIN)).unwrap();
}

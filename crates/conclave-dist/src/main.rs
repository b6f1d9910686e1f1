//! `make dist`, `make dist-source`, `make dist-check`.

use anyhow::{Context as _, Result, bail, ensure};
use conclave_dist::compile::{Flavour, compile, is_static};
use conclave_dist::{Release, anywhere, pack, sign, source};
use std::path::{Path, PathBuf};

const BOTH: [Flavour; 2] = [Flavour::Musl, Flavour::Gnu];

fn main() -> Result<()> {
    let release = Release::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))?;
    let (out, target) = (release.root.join("target/dist"), release.root.join("target/release-build"));
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {
            let mut binaries = Vec::new();
            for flavour in BOTH {
                binaries.push((flavour, compile(&release, flavour, &target)?));
            }
            dist(&release, &binaries, &out)
        }
        ["build", name] => {
            let flavour = BOTH.into_iter().find(|f| f.name().ends_with(name)).context("musl or gnu")?;
            println!("{}", compile(&release, flavour, &target)?.display());
            Ok(())
        }
        // Built before, elsewhere.
        ["pack", musl, gnu] => dist(&release, &[(Flavour::Musl, musl.into()), (Flavour::Gnu, gnu.into())], &out),
        ["source"] => {
            println!("{}", source::archive(&release, &release.root.join("target/dist-source"))?.display());
            Ok(())
        }
        ["check"] => check(&release, &out),
        _ => bail!("usage: conclave-dist [build musl|gnu | pack MUSL GNU | source | check]"),
    }
}

/// Tries and packs.
fn dist(release: &Release, binaries: &[(Flavour, PathBuf)], out: &Path) -> Result<()> {
    for (flavour, binary) in binaries {
        ensure!(*flavour != Flavour::Musl || is_static(binary)?, "{} needs libraries", binary.display());
        anywhere::check(binary).with_context(|| format!("{} does not run everywhere", binary.display()))?;
    }
    let key = std::env::var_os("CONCLAVE_SIGNING_KEY").map(PathBuf::from);
    pack(release, binaries, out, key.as_deref())?;
    println!("{} is complete.", out.display());
    if key.is_none() {
        println!("It is not signed: CONCLAVE_SIGNING_KEY=FILE names the SSH key to sign with.");
    }
    Ok(())
}

/// Builds once more from a copy of the source elsewhere: the same bytes as in `out`?
fn check(release: &Release, out: &Path) -> Result<()> {
    let elsewhere = tempfile::tempdir()?;
    let copy = Release { root: elsewhere.path().join("source"), ..release.clone() };
    source::copy(release, &copy.root)?;
    for flavour in BOTH {
        let first = out.join(format!("{}-{}", release.name(), flavour.name()));
        let first = sign::sha256(&first).context("there is no release to compare with: run make dist")?;
        let second = sign::sha256(&compile(&copy, flavour, &elsewhere.path().join("target"))?)?;
        ensure!(first == second, "{}: {first} here, {second} from another directory", flavour.name());
        println!("{}: {first}, from both directories", flavour.name());
    }
    Ok(())
}

//! The Debian package: what the binary needs is found by `dpkg-shlibdeps`, the rest is files in their places.

use crate::{Release, mode, output, share};
use anyhow::{Context as _, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DESCRIPTION: &str = "\
Description: terminal client for secure conferences, and their server
 Join end-to-end encrypted audio calls from a terminal, by keyboard alone,
 through whatever network lets the web through; or run the server of such
 calls behind your own firewall. One program does both.
 .
 The server is not started by installing: systemctl enable --now conclave.
";
const MAINTAINER: &str = "The Conclave authors <conclave@localhost>";

/// The user of the server is there before the unit is enabled. The server is neither started nor restarted.
const POSTINST: &str = "\
#!/bin/sh
set -e
if [ \"$1\" = configure ]; then
  adduser --quiet --system --group --home /var/lib/conclave --no-create-home conclave
  if [ -d /run/systemd/system ]; then systemctl daemon-reload || true; fi
fi
";
/// What it kept in /var/lib/conclave, its keys among it, stays until somebody removes it.
const PRERM: &str = "\
#!/bin/sh
set -e
if [ \"$1\" = remove ] && [ -d /run/systemd/system ]; then systemctl disable --quiet --now conclave || true; fi
";

/// Makes `conclave_VERSION_amd64.deb` in `out`.
pub(crate) fn package(release: &Release, binary: &Path, notices: &Path, out: &Path) -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let tree = scratch.path().join("tree");
    let put = |place: &str, content: &[u8]| -> Result<PathBuf> {
        let file = tree.join(place);
        fs::create_dir_all(file.parent().context("a file has a directory")?)?;
        fs::write(&file, content)?;
        Ok(file)
    };
    let installed = put("usr/bin/conclave", &fs::read(binary)?)?;
    let said = |args: &[&str]| output(share::said_by(binary).args(args));
    put(
        "usr/lib/systemd/system/conclave.service",
        said(&["serve", "systemd-unit", "--binary", "/usr/bin/conclave"])?.as_bytes(),
    )?;
    share::manual(binary, &tree.join("usr/share"))?;
    share::completions(binary, &tree.join("usr/share"))?;

    let doc = "usr/share/doc/conclave";
    put(&format!("{doc}/examples/server.toml"), said(&["serve", "config", "example"])?.as_bytes())?;
    put(&format!("{doc}/copyright"), copyright(release)?.as_bytes())?;
    put(&format!("{doc}/changelog"), changelog(release)?.as_bytes())?;
    put(&format!("{doc}/THIRD-PARTY.txt"), &fs::read(notices)?)?;
    for file in ["README.md", "SECURITY.md"].map(|f| release.root.join(f)).into_iter().chain(guides(&release.root)?) {
        let name = file.file_name().context("a guide has a name")?.to_string_lossy().into_owned();
        put(&format!("{doc}/{name}"), &fs::read(&file)?)?;
    }
    compress(&tree.join("usr/share/man"), true)?;
    compress(&tree.join(doc), false)?;

    let kilobytes = files(&tree)?.iter().map(|f| Ok(f.metadata()?.len().div_ceil(1024))).sum::<Result<u64>>()?;
    let needs = needs(scratch.path(), binary)?;
    let mut sums = String::new();
    for file in files(&tree)? {
        let sum = output(Command::new("md5sum").arg(file.strip_prefix(&tree)?).current_dir(&tree))?;
        sums += &sum;
    }
    let control = format!(
        "Package: conclave\nVersion: {}\nArchitecture: amd64\nMaintainer: {MAINTAINER}\nInstalled-Size: {kilobytes}\nDepends: {needs}adduser\n\
         Recommends: ca-certificates\nSuggests: pulseaudio | pipewire-pulse\nSection: net\nPriority: optional\n{DESCRIPTION}",
        release.version
    );
    put("DEBIAN/control", control.as_bytes())?;
    put("DEBIAN/md5sums", sums.as_bytes())?;
    let scripts = [put("DEBIAN/postinst", POSTINST.as_bytes())?, put("DEBIAN/prerm", PRERM.as_bytes())?];
    permit(&tree)?;
    for program in [&installed, &scripts[0], &scripts[1]] {
        mode(program, 0o755)?;
    }
    // One thread: what xz writes with several depends on how many there are.
    let mut deb = Command::new("dpkg-deb");
    deb.args(["--build", "--root-owner-group", "-Zxz", "--threads-max=1"])
        .arg(format!("-z{}", release.compression))
        .env("SOURCE_DATE_EPOCH", release.epoch.to_string());
    output(deb.arg(&tree).arg(out.join(format!("conclave_{}_amd64.deb", release.version)))).map(drop)
}

/// The guides in `docs/`.
fn guides(root: &Path) -> Result<Vec<PathBuf>> {
    Ok(files(&root.join("docs"))?.into_iter().filter(|f| f.extension().is_some_and(|e| e == "md")).collect())
}

/// What a binary is linked to, as `Depends:` has it: `libc6 (>= 2.34), `. Nothing for a static one.
fn needs(scratch: &Path, binary: &Path) -> Result<String> {
    fs::create_dir_all(scratch.join("debian"))?;
    fs::write(scratch.join("debian/control"), "Source: conclave\n\nPackage: conclave\nArchitecture: amd64\n")?;
    let said = output(Command::new("dpkg-shlibdeps").arg("-O").arg(binary).current_dir(scratch)).context("Debian: dpkg-dev")?;
    Ok(said.trim().strip_prefix("shlibs:Depends=").map(|needs| format!("{needs}, ")).unwrap_or_default())
}

fn changelog(release: &Release) -> Result<String> {
    let date = release.date()?.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    Ok(format!(
        "conclave ({}) unstable; urgency=medium\n\n  * As built from its source.\n\n -- {MAINTAINER}  {date}\n",
        release.version
    ))
}

fn copyright(release: &Release) -> Result<String> {
    let mit = fs::read_to_string(release.root.join("LICENSE-MIT"))?;
    let mit: Vec<String> = mit.lines().skip(4).map(|l| if l.is_empty() { " .".to_owned() } else { format!(" {l}") }).collect();
    Ok(format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: conclave\n\
         Comment: the work of others that is in the program, and its licences: THIRD-PARTY.txt.gz beside this file\n\n\
         Files: *\nCopyright: 2026 The Conclave authors\nLicense: MIT or Apache-2.0\n\n\
         License: MIT\n{}\n\nLicense: Apache-2.0\n On Debian systems its text is in /usr/share/common-licenses/Apache-2.0.\n",
        mit.join("\n")
    ))
}

/// Compresses pages and long texts as Debian's policy asks: all of them, or those above 4 KiB and the changelog. Examples are copied
/// as they are.
fn compress(folder: &Path, all: bool) -> Result<()> {
    for file in files(folder)? {
        let name = file.file_name().unwrap_or_default();
        let long = file.metadata()?.len() > 4096 && name != "copyright" && file.extension().is_none_or(|e| e != "toml");
        if all || long || name == "changelog" {
            output(Command::new("gzip").arg("-n9").arg(&file))?;
        }
    }
    Ok(())
}

/// All files below a directory, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() { all.extend(files(&path)?) } else { all.push(path) }
    }
    all.sort();
    Ok(all)
}

/// Directories 0755, files 0644, whatever the umask of whoever packs is.
fn permit(folder: &Path) -> Result<()> {
    mode(folder, 0o755)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { permit(&path)? } else { mode(&path, 0o644)? }
    }
    Ok(())
}

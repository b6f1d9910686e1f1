//! Backup and restore: everything of a data directory in one file, made while the server runs.
//!
//! The file is a tar archive, so that it can be looked at without us: `manifest.json`, the database (`VACUUM INTO`: consistent, whatever
//! is written meanwhile), the audit log up to a whole line, and every other file (keys, certificate, configuration). It holds the server's
//! secrets: it is its owner's alone (0600), or encrypted to an age recipient, whose private half need not be on the server.

use super::audit::{self, Event, chain};
use super::store::{DataDir, SCHEMA, copy_database, look};
use crate::exit::{Exit, Failure};
use crate::protocol::audit::Link;
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Component, Path, PathBuf};

/// The first entry of the archive.
const MANIFEST: &str = "manifest.json";
/// The database's name, in the directory and in the archive.
const DATABASE: &str = "conclave.db";
/// The largest manifest and the largest single key file that are read, in bytes.
const MAX_SMALL: u64 = 1 << 20;
/// How an age file begins.
const AGE: &[u8] = b"age-encryption.org/v1";

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `conclave backup`.
    pub product: String,
    /// Which version made it.
    pub version: String,
    /// The database's schema.
    pub schema: i64,
    /// When, RFC 3339.
    pub made: String,
    /// Where the audit log stood.
    pub audit: Link,
}

/// To whom a backup is encrypted.
pub type Recipient = age::x25519::Recipient;

fn cannot(what: &str, path: &Path, e: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::CantCreate, format!("{what} {} failed ({e})", path.display()))
}

/// Makes a backup; the file must not exist. Also while the server runs.
pub async fn backup(data: &DataDir, to: &Path, recipient: Option<&Recipient>) -> Result<Manifest, Failure> {
    audit::note(data.path(), Event::BackupMade)?;
    let database = data.path().join(super::secret::id("backup-"));
    let made = copy_database(&data.path().join(DATABASE), &database).await;
    let made =
        made.map_err(|e| cannot("copying the database of", data.path(), e)).and_then(|()| write(data, &database, to, recipient));
    let _ = fs::remove_file(&database);
    made
}

fn write(data: &DataDir, database: &Path, to: &Path, recipient: Option<&Recipient>) -> Result<Manifest, Failure> {
    let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(to).map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::new(Exit::CantCreate, format!("{} is there already; give another name", to.display()))
        }
        _ => cannot("making", to, e),
    })?;
    let written = (|| {
        let manifest = match recipient {
            None => {
                let mut file = io::BufWriter::new(&file);
                let manifest = archive(data, database, &mut file)?;
                file.flush().map_err(|e| cannot("writing", to, e))?;
                manifest
            }
            Some(recipient) => {
                let failed = |e: &dyn std::fmt::Display| cannot("encrypting", to, e);
                let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient as &dyn age::Recipient));
                let mut out = encryptor.map_err(|e| failed(&e))?.wrap_output(&file).map_err(|e| failed(&e))?;
                let manifest = archive(data, database, &mut out)?;
                out.finish().map_err(|e| failed(&e))?;
                manifest
            }
        };
        file.sync_all().map_err(|e| cannot("writing", to, e))?;
        Ok(manifest)
    })();
    if written.is_err() {
        let _ = fs::remove_file(to);
    }
    written
}

/// The files of a directory that are copied as they are: not the database and its companions, not the log, and nothing that is being made.
fn others(data: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for directory in ["", "tls"] {
        let Ok(entries) = fs::read_dir(data.join(directory)) else { continue };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let ours = name.to_str().is_some_and(|n| {
                let temporary = n.starts_with("backup-") || n.contains(".new-");
                !temporary && n != "lock" && n != audit::FILE && !n.starts_with(DATABASE)
            });
            if ours && entry.file_type()?.is_file() {
                found.push(Path::new(directory).join(name));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn archive(data: &DataDir, database: &Path, out: &mut dyn Write) -> Result<Manifest, Failure> {
    let failed = |e: io::Error| cannot("archiving", data.path(), e);
    let log = data.path().join(audit::FILE);
    let found = chain::verify(&log)?;
    let manifest = Manifest {
        product: "conclave backup".into(),
        version: crate::protocol::VERSION.into(),
        schema: SCHEMA,
        made: jiff::Timestamp::now().to_string(),
        audit: found.link,
    };
    let mut tar = tar::Builder::new(out);
    let mut add = |name: &Path, length: u64, content: &mut dyn Read| {
        let mut header = tar::Header::new_gnu();
        header.set_size(length);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(super::control::unix_now()).unwrap_or(0));
        tar.append_data(&mut header, name, content).map_err(failed)
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| failed(e.into()))?;
    add(Path::new(MANIFEST), text.len() as u64, &mut text.as_slice())?;
    let open = |path: &Path| File::open(path).map_err(failed);
    let size = fs::metadata(database).map_err(failed)?.len();
    add(Path::new(DATABASE), size, &mut open(database)?)?;
    // What was added since it was checked belongs to another moment.
    add(Path::new(audit::FILE), found.length, &mut open(&log)?.take(found.length))?;
    for name in others(data.path()).map_err(failed)? {
        let mut content = zeroize::Zeroizing::new(Vec::new());
        open(&data.path().join(&name))?.take(MAX_SMALL).read_to_end(&mut content).map_err(failed)?;
        add(&name, content.len() as u64, &mut content.as_slice())?;
    }
    tar.finish().map_err(failed)?;
    Ok(manifest)
}

/// Puts a backup into a directory that is empty or not there. [`Exit::Data`] if it is no backup or damaged, [`Exit::Denied`] if it is encrypted
/// and no identity opens it; then the directory is as before.
pub async fn restore(from: &Path, to: &Path, identity: Option<&Path>) -> Result<Manifest, Failure> {
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) {
        let text = format!("{} is not empty; stop its server, move the directory away, and restore again", to.display());
        return Err(Failure::new(Exit::CantCreate, text));
    }
    let made = !to.exists();
    DirBuilder::new().recursive(true).mode(0o700).create(to).map_err(|e| cannot("making", to, e))?;
    let restored = match unpack(from, to, identity) {
        Ok(manifest) => examine(to, &manifest).await.map(|()| manifest),
        Err(e) => Err(e),
    };
    if restored.is_err() {
        // It was empty: whatever is there now is half of a backup.
        for entry in fs::read_dir(to).into_iter().flatten().flatten() {
            let path = entry.path();
            let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        }
        if made {
            let _ = fs::remove_dir(to);
        }
    }
    restored
}

fn unpack(from: &Path, to: &Path, identity: Option<&Path>) -> Result<Manifest, Failure> {
    let cannot_read = |path: &Path, e: io::Error| Failure::new(Exit::NoInput, format!("{} cannot be read ({e})", path.display()));
    let file = File::open(from).map_err(|e| cannot_read(from, e))?;
    let mut file = BufReader::new(file);
    let encrypted = file.fill_buf().map_err(|e| cannot_read(from, e))?.starts_with(AGE);
    if !encrypted {
        return extract(&mut file, from, to);
    }
    let closed = |e: &dyn std::fmt::Display| {
        Failure::new(
            Exit::Denied,
            format!("{} cannot be decrypted ({e}); give the right key with --identity FILE", from.display()),
        )
    };
    let path = identity.ok_or_else(|| closed(&"it is encrypted"))?;
    let text = super::store::data_dir::read_text(path).map_err(|e| cannot_read(path, e))?;
    let keys: Vec<age::x25519::Identity> =
        text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).filter_map(|l| l.parse().ok()).collect();
    let decryptor = age::Decryptor::new_buffered(file).map_err(|e| closed(&e))?;
    let mut plain = decryptor.decrypt(keys.iter().map(|k| k as &dyn age::Identity)).map_err(|e| closed(&e))?;
    extract(&mut plain, from, to)
}

fn extract(plain: &mut dyn Read, from: &Path, to: &Path) -> Result<Manifest, Failure> {
    let damaged = |e: &dyn std::fmt::Display| {
        Failure::new(Exit::Data, format!("{} is no backup of a Conclave server, or damaged ({e})", from.display()))
    };
    let mut tar = tar::Archive::new(plain);
    let mut manifest: Option<Manifest> = None;
    for entry in tar.entries().map_err(|e| damaged(&e))? {
        let mut entry = entry.map_err(|e| damaged(&e))?;
        let name = entry.path().map_err(|e| damaged(&e))?.into_owned();
        if manifest.is_none() {
            if name != Path::new(MANIFEST) {
                return Err(damaged(&"it does not begin with a manifest"));
            }
            let mut text = Vec::new();
            entry.take(MAX_SMALL).read_to_end(&mut text).map_err(|e| damaged(&e))?;
            let read: Manifest = serde_json::from_slice(&text).map_err(|e| damaged(&e))?;
            if read.product != "conclave backup" {
                return Err(damaged(&"it is something else"));
            }
            if read.schema > SCHEMA {
                let text =
                    format!("a newer Conclave ({}) made this backup; update this program", crate::text::clean(&read.version));
                return Err(Failure::new(Exit::Config, text));
            }
            manifest = Some(read);
            continue;
        }
        let parts: Vec<_> = name.components().collect();
        let inside = parts.iter().all(|p| matches!(p, Component::Normal(_)));
        let known = matches!(parts.as_slice(), [_]) || (parts.len() == 2 && name.starts_with("tls"));
        if !inside || !known || !entry.header().entry_type().is_file() {
            return Err(damaged(&"it names files that no server has"));
        }
        let path = to.join(&name);
        if let Some(parent) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(|e| cannot("making", parent, e))?;
        }
        let out = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path);
        let mut out = out.map_err(|e| cannot("writing", &path, e))?;
        let mut content = Noted { from: &mut entry, failed: false };
        let copied = io::copy(&mut content, &mut out);
        if content.failed {
            return Err(copied.err().map_or_else(|| damaged(&"it cannot be read"), |e| damaged(&e)));
        }
        copied.and_then(|_| out.sync_all()).map_err(|e| cannot("writing", &path, e))?;
    }
    manifest.ok_or_else(|| damaged(&"it is empty"))
}

/// Remembers that reading failed: a copy that does not succeed is either side's fault.
struct Noted<R> {
    from: R,
    failed: bool,
}

impl<R: Read> Read for Noted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // An interruption is tried again.
        self.from.read(into).inspect_err(|e| self.failed |= e.kind() != io::ErrorKind::Interrupted)
    }
}

/// Whether what was restored is whole.
async fn examine(to: &Path, manifest: &Manifest) -> Result<(), Failure> {
    let damaged = |e: String| Failure::new(Exit::Data, format!("the backup is damaged ({e}); take an older one"));
    let (_, damage) = look(&to.join(DATABASE)).await.map_err(|e| damaged(e.to_string()))?;
    if damage != "ok" {
        return Err(damaged(damage));
    }
    match chain::verify(&to.join(audit::FILE)) {
        Ok(found) if found.link == manifest.audit => Ok(()),
        Ok(_) => Err(damaged("its audit log is not the one that its manifest names".into())),
        Err(e) => Err(damaged(e.text)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::{Role, Store};
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    async fn server(dir: &Path) -> DataDir {
        let data = DataDir::open(&dir.join("data")).unwrap();
        let store = Store::open(&data).await.unwrap();
        store.add_account("ana", Role::Owner, Some("$argon2id$x"), 1).await.unwrap();
        data.api_key().unwrap();
        super::super::edge::tls::keys(&data).unwrap();
        audit::note(data.path(), Event::ConfigReloaded).unwrap();
        data
    }

    async fn same(a: &DataDir, b: &Path) {
        for file in ["livekit.key", "tls/key.pem", "tls/spare.pem"] {
            assert_eq!(fs::read(a.path().join(file)).unwrap(), fs::read(b.join(file)).unwrap(), "{file}");
            assert_eq!(fs::metadata(b.join(file)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::metadata(b).unwrap().permissions().mode() & 0o777, 0o700);
        let restored = Store::open(&DataDir::existing(b).unwrap()).await.unwrap();
        assert!(restored.credentials("ana").await.unwrap().is_some());
    }

    #[tokio::test]
    async fn what_was_backed_up_while_in_use_comes_back_whole() {
        let dir = tempfile::tempdir().unwrap();
        let data = server(dir.path()).await;
        let in_use = Store::open(&data).await.unwrap();
        let lock = data.lock().unwrap();
        let (file, to) = (dir.path().join("b.tar"), dir.path().join("restored"));
        let made = backup(&data, &file, None).await.unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(backup(&data, &file, None).await.unwrap_err().text.contains("already"));
        assert!(!fs::read_dir(data.path()).unwrap().any(|e| e.unwrap().file_name().to_str().unwrap().starts_with("backup-")));
        drop((in_use, lock));
        assert_eq!(restore(&file, &to, None).await.unwrap(), made);
        same(&data, &to).await;
        let e = restore(&file, &to, None).await.unwrap_err();
        assert!(e.exit == Exit::CantCreate && e.text.contains("not empty"), "{e}");
    }

    #[tokio::test]
    async fn an_encrypted_backup_opens_with_its_key_alone_and_a_damaged_one_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let data = server(dir.path()).await;
        let (key, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
        let write = |name: &str, key: &age::x25519::Identity| {
            use age::secrecy::ExposeSecret as _;
            let path = dir.path().join(name);
            fs::write(&path, format!("# a key\n{}\n", key.to_string().expose_secret())).unwrap();
            path
        };
        let (right, wrong) = (write("right", &key), write("wrong", &other));
        let (file, to) = (dir.path().join("b.age"), dir.path().join("restored"));
        backup(&data, &file, Some(&key.to_public())).await.unwrap();
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(9).any(|w| w == b"conclave " || w == b"PRIVATE K"));
        for identity in [None, Some(wrong.as_path())] {
            assert_eq!(restore(&file, &to, identity).await.unwrap_err().exit, Exit::Denied);
        }
        let half = dir.path().join("half");
        fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
        assert_eq!(restore(&half, &to, Some(&right)).await.unwrap_err().exit, Exit::Data);
        fs::write(&half, "no archive at all").unwrap();
        assert_eq!(restore(&half, &to, None).await.unwrap_err().exit, Exit::Data);
        assert!(!to.exists(), "as before");
        restore(&file, &to, Some(&right)).await.unwrap();
        same(&data, &to).await;
    }

    #[tokio::test]
    async fn an_archive_cannot_write_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let data = server(dir.path()).await;
        let good = dir.path().join("good.tar");
        let manifest = backup(&data, &good, None).await.unwrap();
        let text = serde_json::to_vec(&manifest).unwrap();
        for (name, kind) in
            [("../evil", tar::EntryType::Regular), ("a/b", tar::EntryType::Regular), ("link", tar::EntryType::Symlink)]
        {
            let (bad, to) = (dir.path().join("bad.tar"), dir.path().join("to"));
            let mut tar = tar::Builder::new(File::create(&bad).unwrap());
            let mut add = |name: &str, kind, content: &[u8]| {
                let mut header = tar::Header::new_gnu();
                // By hand: the library does not write such names.
                header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
                header.set_entry_type(kind);
                header.set_size(content.len() as u64);
                header.set_mode(0o600);
                header.set_cksum();
                tar.append(&header, content).unwrap();
            };
            add(MANIFEST, tar::EntryType::Regular, &text);
            add(name, kind, b"");
            tar.finish().unwrap();
            assert_eq!(restore(&bad, &to, None).await.unwrap_err().exit, Exit::Data, "{name}");
            assert!(!to.exists() && !dir.path().join("evil").exists());
        }
    }
}

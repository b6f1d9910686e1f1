//! The data directory: for its owner alone (0700, secrets 0600), and for one server at a time.

use crate::exit::{Exit, Failure};
use crate::server::media::token::ApiKey;
use crate::server::secret;
use crate::server::settings::{self, Settings};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The largest secret file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// A data directory that exists and that only its owner may enter.
#[derive(Debug, Clone)]
pub struct DataDir {
    path: PathBuf,
}

/// While it lives, no other server uses the data directory.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl DataDir {
    /// Where a server keeps its data if nobody says otherwise: where this machine's configuration says, else
    /// [`DataDir::personal_path`].
    pub fn default_path() -> Result<PathBuf, Failure> {
        match Settings::read(Path::new(settings::SYSTEM)) {
            Ok(Settings { data: Some(data), .. }) => Ok(data),
            Err(e) if e.exit == Exit::Config => Err(e),
            // None there, or not for us to read.
            _ => Self::personal_path(),
        }
    }

    /// A user's own: `conclave/server` in the XDG data directory.
    pub fn personal_path() -> Result<PathBuf, Failure> {
        use etcetera::BaseStrategy as _;
        let base = etcetera::choose_base_strategy()
            .map_err(|_| Failure::new(Exit::Config, "there is no home directory to keep data in; say where with --data DIR"))?;
        Ok(base.data_dir().join("conclave").join("server"))
    }

    /// Opens a directory and creates it if it is not there.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |e: io::Error| cannot("create the data directory", path, &e);
        match fs::metadata(path) {
            Ok(m) if !m.is_dir() => return Err(failed(io::ErrorKind::NotADirectory.into())),
            Ok(m) if m.uid() != nix::unistd::geteuid().as_raw() => return Err(foreign(path, m.uid())),
            Ok(m) if m.permissions().mode() & 0o077 != 0 => close(path)?,
            Ok(_) => {}
            Err(_) => {
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent).map_err(failed)?;
                }
                DirBuilder::new().mode(0o700).create(path).map_err(failed)?;
            }
        }
        Ok(Self { path: path.to_owned() })
    }

    /// Names a directory without looking at it.
    pub(in crate::server) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Opens a directory that must be there.
    pub fn existing(path: &Path) -> Result<Self, Failure> {
        if !path.is_dir() {
            let text = format!("there is no server data at {}; say where it is with --data DIR", path.display());
            return Err(Failure::new(Exit::NoInput, text));
        }
        Self::open(path)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes it this server's alone, until the lock is dropped or the process ends in whatever way.
    pub fn lock(&self) -> Result<Lock, Failure> {
        let path = self.path.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        let file = file.map_err(|e| cannot("write", &path, &e))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Failure::new(
                Exit::Unavailable,
                format!("another server uses {}; stop it first, or give another --data DIR", self.path.display()),
            )),
            Err(TryLockError::Error(e)) => Err(cannot("lock", &path, &e)),
        }
    }

    /// The database's path; the file exists afterwards, and SQLite gives its companions the same mode.
    pub(super) fn prepare_database(&self) -> Result<PathBuf, Failure> {
        let path = self.path.join("conclave.db");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(&path);
        file.map_err(|e| cannot("write", &path, &e))?;
        Ok(path)
    }

    /// The key that LiveKit tokens are signed with; made when first asked for, whoever asks first.
    pub fn api_key(&self) -> Result<ApiKey, Failure> {
        let text = self.secret_file("livekit.key", || {
            Ok(Zeroizing::new(format!("{}: {}\n", secret::id("API"), secret::fresh().as_str())))
        })?;
        let (key, secret) = text.trim().split_once(": ").unwrap_or_default();
        if key.is_empty() || secret.len() < 32 {
            let path = self.path.join("livekit.key");
            let text = format!("{} is damaged; put the right one back, or remove it and a new one is made", path.display());
            return Err(Failure::new(Exit::Config, text));
        }
        Ok(ApiKey { key: key.to_owned(), secret: Zeroizing::new(secret.to_owned()) })
    }

    /// The Ed25519 seed of the delivery service's key; made when first asked for. Groups name its public key, so a new one
    /// would end them.
    pub fn delivery_key(&self) -> Result<Zeroizing<[u8; 32]>, Failure> {
        self.seed("delivery.key")
    }

    /// 32 random bytes in a file of ours; made when first asked for.
    pub(in crate::server) fn seed(&self, name: &str) -> Result<Zeroizing<[u8; 32]>, Failure> {
        let text = self.secret_file(name, || {
            let seed = Zeroizing::new(secret::bytes::<32>());
            Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(seed.as_slice()) + "\n"))
        })?;
        let mut seed = Zeroizing::new([0; 32]);
        match URL_SAFE_NO_PAD.decode_slice(text.trim(), seed.as_mut_slice()) {
            Ok(32) => Ok(seed),
            _ => {
                let path = self.path.join(name);
                let text = format!("{} is damaged; put the right one back, or remove it and a new one is made", path.display());
                Err(Failure::new(Exit::Config, text))
            }
        }
    }

    /// Puts a file of ours (mode 0600) in place of one that may be there: whoever reads it meanwhile reads the old one or the new.
    pub(in crate::server) fn replace(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.path.join(name);
        let temporary = path.with_extension(secret::id("new-"));
        let written = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&temporary);
        let written = written
            .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
            .and_then(|()| fs::rename(&temporary, &path));
        written.map_err(|e| {
            let _ = fs::remove_file(&temporary);
            cannot("write", &path, &e)
        })
    }

    /// Reads a secret of ours (mode 0600), or makes it. Two processes that make it at once agree on one.
    pub fn secret_file(
        &self,
        name: &str,
        make: impl FnOnce() -> Result<Zeroizing<String>, Failure>,
    ) -> Result<Zeroizing<String>, Failure> {
        let path = self.path.join(name);
        if !path.exists() {
            if let Some(parent) = path.parent().filter(|p| !p.is_dir()) {
                DirBuilder::new().mode(0o700).create(parent).map_err(|e| cannot("create", parent, &e))?;
            }
            // Written beside and linked into place: nobody ever reads half a secret.
            let temporary = path.with_extension(secret::id("new-"));
            let text = make()?;
            let written = OpenOptions::new()
                .create_new(true)
                .write(true)
                .mode(0o600)
                .open(&temporary)
                .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
                .and_then(|()| match fs::hard_link(&temporary, &path) {
                    Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
                    _ => Ok(()),
                });
            let _ = fs::remove_file(&temporary);
            written.map_err(|e| cannot("write", &path, &e))?;
        }
        read_text(&path).map_err(|e| cannot("read", &path, &e))
    }
}

/// Reads a small text file, which may hold a secret.
pub fn read_text(path: &Path) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?.take(MAX_FILE).read_to_string(&mut text)?;
    Ok(text)
}

/// Takes a directory away from everybody but its owner; only ours or an empty one, never a `/tmp` given by mistake.
fn close(path: &Path) -> Result<(), Failure> {
    let mut entries = fs::read_dir(path).map_err(|e| cannot("read", path, &e))?;
    let ours = ["conclave.db", "livekit.key", "lock"].iter().any(|f| path.join(f).exists());
    if !ours && entries.next().is_some() {
        let text = format!(
            "{} holds other files and is open to others; give a directory of the server's own with --data DIR",
            path.display()
        );
        return Err(Failure::new(Exit::CantCreate, text));
    }
    fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(|e| cannot("close to others", path, &e))
}

/// Files that another user (root, say) makes there are none that the server can read.
fn foreign(path: &Path, owner: u32) -> Failure {
    let text = format!("{} belongs to user {owner}; run this as that user: sudo -u '#{owner}' conclave …", path.display());
    Failure::new(Exit::CantCreate, text)
}

fn cannot(what: &str, path: &Path, e: &io::Error) -> Failure {
    let text = format!("cannot {what} {} ({e}); check that it belongs to you, or give another --data DIR", path.display());
    Failure::new(Exit::CantCreate, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(p: &Path) -> u32 {
        fs::metadata(p).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn only_the_owner_gets_in_and_only_one_server() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = DataDir::open(&tmp.path().join("a/b")).unwrap();
        assert_eq!(mode(dir.path()), 0o700);
        let key = dir.api_key().unwrap();
        assert_eq!(key.secret.as_str(), dir.api_key().unwrap().secret.as_str());
        assert_eq!(mode(&dir.path().join("livekit.key")), 0o600);
        assert_eq!(dir.delivery_key().unwrap(), dir.delivery_key().unwrap());
        assert_eq!(mode(&dir.path().join("delivery.key")), 0o600);
        let lock = dir.lock().unwrap();
        assert!(dir.lock().unwrap_err().text.contains("another server"));
        drop(lock);
        dir.lock().unwrap();
        fs::set_permissions(dir.path(), Permissions::from_mode(0o755)).unwrap();
        DataDir::open(dir.path()).unwrap();
        assert_eq!(mode(dir.path()), 0o700);
    }

    #[test]
    fn a_directory_of_others_is_left_alone() {
        let tmp = tempfile::tempdir().unwrap();
        fs::write(tmp.path().join("thesis.txt"), "x").unwrap();
        fs::set_permissions(tmp.path(), Permissions::from_mode(0o755)).unwrap();
        assert_eq!(DataDir::open(tmp.path()).unwrap_err().exit, Exit::CantCreate);
        assert_eq!(mode(tmp.path()), 0o755);
        assert_eq!(DataDir::existing(&tmp.path().join("none")).unwrap_err().exit, Exit::NoInput);
    }
}

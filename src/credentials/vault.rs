//! The vault: a file that is encrypted under a passphrase (age, scrypt), for machines without a keyring.
//!
//! It is written as a whole, to a new file that takes the old one's place, by one client at a time; what another client
//! wrote in between is read first. `age -d vault.age` opens it without us.

use super::{Passphrase, Store};
use crate::config::places;
use crate::exit::{Exit, Failure};
use crate::os::{Private as _, Unless, Wary as _};
use crate::private_file;
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::iter::once;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// scrypt's N as a power of two, with r = 8 and p = 1: 128 MiB for each guess (OWASP's recommendation).
const WORK: u8 = 17;
/// The most work that a vault may ask of us: 256 MiB, what `age -p` takes.
const MAX_WORK: u8 = 18;
/// The largest vault that is read, in bytes.
const MAX_FILE: u64 = 1024 * 1024;
/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;
/// The shortest passphrase of a new vault, in characters.
const MIN_PASSPHRASE: usize = 8;
/// How long other clients are waited for: each holds the lock for a second at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is in it: names, and secrets as base64.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Content {
    version: u32,
    entries: BTreeMap<String, Zeroizing<String>>,
}

/// An encrypted file.
pub(super) struct Vault {
    path: PathBuf,
    ask: fn(&str) -> Result<Zeroizing<String>, Failure>,
    /// The user is asked once.
    passphrase: RefCell<Option<Zeroizing<String>>>,
    /// The file as it was last read or written, and what was in it: a second look costs no scrypt.
    seen: RefCell<Option<(Vec<u8>, Content)>>,
}

fn path() -> Result<PathBuf, Failure> {
    Ok(places::user()?.with_file_name("vault.age"))
}

impl Vault {
    /// The user's vault, which need not be there yet.
    pub(super) fn new(passphrase: Passphrase) -> Result<Self, Failure> {
        Ok(Self::at(path()?, passphrase))
    }

    fn at(path: PathBuf, Passphrase { given, ask }: Passphrase) -> Self {
        Self { path, ask, passphrase: RefCell::new(given), seen: RefCell::default() }
    }

    /// Whether the user has a vault. What cannot be looked at is there.
    pub(super) fn exists() -> bool {
        Self::found().is_some()
    }

    /// The user's vault, if there is one.
    pub(super) fn found() -> Option<PathBuf> {
        path().ok().filter(|p| !matches!(fs::symlink_metadata(p), Err(e) if e.kind() == io::ErrorKind::NotFound))
    }

    /// The file as it is; `None` if there is none.
    fn bytes(&self) -> Result<Option<Vec<u8>>, Failure> {
        // A link could lead anywhere, and opening a pipe would wait.
        let file = match OpenOptions::new().read(true).unless(Unless::LinkOrWait).open(&self.path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(|e| self.cannot("read", &e))?,
        };
        if !file.metadata().map_err(|e| self.cannot("read", &e))?.is_file() {
            return Err(self.cannot("read", &"it is no plain file"));
        }
        let mut bytes = Vec::new();
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(|e| self.cannot("read", &e))?;
        Ok(Some(bytes))
    }

    /// What is in the vault; `None` if there is none.
    fn content(&self) -> Result<Option<Content>, Failure> {
        let Some(bytes) = self.bytes()? else { return Ok(None) };
        if let Some((seen, content)) = &*self.seen.borrow()
            && *seen == bytes
        {
            return Ok(Some(content.clone()));
        }
        let passphrase = self.passphrase(false)?;
        let content = decrypt(&bytes, &passphrase).map_err(|e| self.unreadable(e))?;
        *self.passphrase.borrow_mut() = Some(passphrase);
        *self.seen.borrow_mut() = Some((bytes, content.clone()));
        Ok(Some(content))
    }

    /// The passphrase as it was given, or as the user types it now.
    fn passphrase(&self, new: bool) -> Result<Zeroizing<String>, Failure> {
        let known = self.passphrase.borrow().clone();
        let passphrase = match known {
            Some(known) => known,
            None if new => {
                let first = (self.ask)(&format!("A passphrase for the new vault {}: ", self.path.display()))?;
                if (self.ask)("The same again: ")? != first {
                    return Err(Failure::new(Exit::Data, "these are two different passphrases; nothing was kept"));
                }
                first
            }
            None => (self.ask)(&format!("Passphrase of the vault {}: ", self.path.display()))?,
        };
        if new && passphrase.chars().count() < MIN_PASSPHRASE {
            let text = format!(
                "a vault's passphrase has at least {MIN_PASSPHRASE} characters; six words that nobody said before are good"
            );
            return Err(Failure::new(Exit::Data, text));
        }
        Ok(passphrase)
    }

    /// Reads, changes and writes the vault, while no other client does.
    fn update<T>(&self, change: impl FnOnce(&mut Content) -> T) -> Result<T, Failure> {
        // Before the lock: nobody waits for what a user types.
        if self.content()?.is_none() {
            let passphrase = self.passphrase(true)?;
            *self.passphrase.borrow_mut() = Some(passphrase);
        }
        if let Some(directory) = self.path.parent() {
            let made = DirBuilder::new().recursive(true).private().create(directory);
            made.map_err(|e| self.cannot("write", &e))?;
        }
        let _lock = self.lock()?;
        let mut content = self.content()?.unwrap_or_default();
        let result = change(&mut content);
        let bytes = encrypt(&content, &self.passphrase(false)?).map_err(|e| self.cannot("write", &e))?;
        self.replace(&bytes).map_err(|e| self.cannot("write", &e))?;
        *self.seen.borrow_mut() = Some((bytes, content));
        Ok(result)
    }

    fn lock(&self) -> Result<File, Failure> {
        let path = self.path.with_extension("lock");
        let options = OpenOptions::new().create(true).truncate(false).write(true).private().unless(Unless::Link).open(&path);
        let file = options.map_err(|e| self.cannot("lock", &e))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(20)),
                Err(TryLockError::WouldBlock) => {
                    let text =
                        format!("another client has held {} for {} s; end it and try again", path.display(), PATIENCE.as_secs());
                    return Err(Failure::new(Exit::TempFail, text));
                }
                Err(TryLockError::Error(e)) => return Err(self.cannot("lock", &e)),
            }
        }
    }

    /// All of it or nothing, also when the power goes.
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        private_file::replace(&self.path, bytes)?;
        File::open(self.path.parent().unwrap_or(Path::new("/")))?.sync_all()
    }

    fn cannot(&self, what: &str, e: &dyn std::fmt::Display) -> Failure {
        let text = format!("cannot {what} the vault {} ({e}); check that it is a plain file of yours", self.path.display());
        Failure::new(Exit::CantCreate, text)
    }

    fn unreadable(&self, e: DecryptError) -> Failure {
        let path = self.path.display();
        match e {
            DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
                Failure::new(Exit::Denied, format!("this is not the passphrase of the vault {path}; try again"))
            }
            DecryptError::ExcessiveWork { .. } => {
                let text =
                    format!("opening the vault {path} would take more memory than a vault may; it was made by another program");
                Failure::new(Exit::Config, text)
            }
            e => {
                let text =
                    format!("the vault {path} is damaged ({e}); put a copy of it back, or move it away and begin a new one");
                Failure::new(Exit::Config, text)
            }
        }
    }
}

impl Store for Vault {
    fn place(&self) -> String {
        format!("the vault {}", self.path.display())
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        let Some(content) = self.content()? else { return Ok(None) };
        let damaged = |e| self.unreadable(DecryptError::Io(io::Error::new(io::ErrorKind::InvalidData, format!("{name}: {e}"))));
        content.entries.get(name).map(|text| STANDARD_NO_PAD.decode(text).map(Zeroizing::new).map_err(damaged)).transpose()
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), Failure> {
        let text = Zeroizing::new(STANDARD_NO_PAD.encode(secret));
        self.update(|content| content.entries.insert(name.to_owned(), text)).map(|_| ())
    }

    fn delete(&self, name: &str) -> Result<bool, Failure> {
        match self.content()? {
            Some(content) if content.entries.contains_key(name) => self.update(|c| c.entries.remove(name).is_some()),
            _ => Ok(false),
        }
    }

    fn names(&self) -> Result<Vec<String>, Failure> {
        Ok(self.content()?.map(|content| content.entries.into_keys().collect()).unwrap_or_default())
    }

    fn prove(&self) -> Result<(), Failure> {
        self.update(|_| ())
    }

    fn asks(&self) -> bool {
        self.passphrase.borrow().is_none()
    }
}

fn secret(passphrase: &str) -> SecretString {
    SecretString::from(passphrase.to_owned())
}

fn decrypt(bytes: &[u8], passphrase: &str) -> Result<Content, DecryptError> {
    let mut identity = scrypt::Identity::new(secret(passphrase));
    identity.set_max_work_factor(MAX_WORK);
    let mut reader = Decryptor::new_buffered(bytes)?.decrypt(once(&identity as &dyn age::Identity))?;
    // Plain text is shorter than the file, so nothing is moved and left behind while this grows.
    let mut plain = Zeroizing::new(Vec::with_capacity(bytes.len()));
    reader.read_to_end(&mut plain)?;
    let content: Content = serde_json::from_slice(&plain).map_err(|_| invalid("it holds something else"))?;
    if content.version > VERSION {
        return Err(invalid("it was made by a newer Conclave").into());
    }
    Ok(content)
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn encrypt(content: &Content, passphrase: &str) -> io::Result<Vec<u8>> {
    let length: usize = content.entries.iter().map(|(name, text)| 6 * name.len() + text.len() + 8).sum();
    let mut plain = Zeroizing::new(Vec::with_capacity(length + 64));
    serde_json::to_writer(&mut *plain, &Content { version: VERSION, ..content.clone() })?;
    if plain.len() as u64 > MAX_FILE / 2 {
        return Err(invalid("it is full"));
    }
    let mut recipient = scrypt::Recipient::new(secret(passphrase));
    recipient.set_work_factor(WORK);
    let encryptor = Encryptor::with_recipients(once(&recipient as &dyn age::Recipient)).map_err(io::Error::other)?;
    let mut bytes = Vec::new();
    let mut writer = encryptor.wrap_output(&mut bytes)?;
    writer.write_all(&plain)?;
    writer.finish()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::atomic::{AtomicUsize, Ordering};

    const SECRET: &[u8] = b"sixteen and more bytes of a secret";

    fn vault(directory: &Path, passphrase: &str) -> Vault {
        let given = Some(Zeroizing::new(passphrase.to_owned()));
        Vault::at(directory.join("conclave/vault.age"), Passphrase { given, ask: |_| panic!("it was given") })
    }

    #[test]
    fn a_vault_keeps_secrets_and_shows_nothing_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let v = vault(dir.path(), "correct horse");
        assert!(
            v.get("device").unwrap().is_none() && !v.delete("device").unwrap() && !v.path.exists(),
            "nothing is made by looking"
        );
        v.set("device", SECRET).unwrap();
        let bytes = fs::read(&v.path).unwrap();
        let spellings = [SECRET.to_vec(), STANDARD_NO_PAD.encode(SECRET).into(), b"device".to_vec(), b"correct horse".to_vec()];
        for entry in fs::read_dir(v.path.parent().unwrap()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
            let text = fs::read(entry.path()).unwrap();
            assert!(!spellings.iter().any(|s| text.windows(s.len()).any(|w| w == s.as_slice())), "{entry:?}");
        }
        assert!(String::from_utf8_lossy(&bytes).contains(&format!(" {WORK}\n")), "the work factor is ours");
        assert_eq!(vault(dir.path(), "correct horse").get("device").unwrap().unwrap().as_slice(), SECRET);
        let refused = vault(dir.path(), "correct house");
        assert_eq!(refused.get("device").unwrap_err().exit, Exit::Denied);
        assert_eq!(refused.set("device", b"other").unwrap_err().exit, Exit::Denied);
        assert_eq!(fs::read(&v.path).unwrap(), bytes, "a wrong passphrase changes nothing");
        assert!(v.delete("device").unwrap() && vault(dir.path(), "correct horse").get("device").unwrap().is_none());
    }

    #[test]
    fn a_vault_that_was_cut_is_said_to_be_damaged_and_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let v = vault(dir.path(), "correct horse");
        v.set("device", SECRET).unwrap();
        let whole = fs::read(&v.path).unwrap();
        for length in [0, 1, 40, whole.len() - 40, whole.len() - 1] {
            fs::write(&v.path, &whole[..length]).unwrap();
            let v = vault(dir.path(), "correct horse");
            for e in [v.get("device").unwrap_err(), v.set("device", b"other").unwrap_err()] {
                assert!(e.exit == Exit::Config && e.text.contains("damaged"), "{length}: {e}");
            }
            assert_eq!(fs::read(&v.path).unwrap(), whole[..length]);
        }
    }

    #[test]
    fn a_vault_is_not_looked_for_behind_links() {
        let dir = tempfile::tempdir().unwrap();
        let v = vault(dir.path(), "correct horse");
        let elsewhere = dir.path().join("elsewhere");
        fs::create_dir(v.path.parent().unwrap()).unwrap();
        for name in ["vault.age", "vault.lock"] {
            let link = v.path.with_file_name(name);
            std::os::unix::fs::symlink(&elsewhere, &link).unwrap();
            assert_eq!(v.set("device", SECRET).unwrap_err().exit, Exit::CantCreate, "{name}");
            assert!(!elsewhere.exists(), "{name}");
            fs::remove_file(link).unwrap();
        }
        // What a killed client left, or somebody put there, is not written through.
        fs::write(&elsewhere, "old").unwrap();
        std::os::unix::fs::symlink(&elsewhere, v.path.with_extension("new")).unwrap();
        v.set("device", SECRET).unwrap();
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "old");
    }

    #[test]
    fn clients_that_write_at_once_lose_nothing() {
        let dir = tempfile::tempdir().unwrap();
        vault(dir.path(), "correct horse").prove().unwrap();
        std::thread::scope(|s| {
            for name in ["a", "b"] {
                let v = vault(dir.path(), "correct horse");
                s.spawn(move || (0..2).for_each(|i| v.set(&format!("{name}{i}"), SECRET).unwrap()));
            }
        });
        let names: Vec<String> = vault(dir.path(), "correct horse").content().unwrap().unwrap().entries.into_keys().collect();
        assert_eq!(names, ["a0", "a1", "b0", "b1"]);
    }

    #[test]
    fn the_user_is_asked_once_and_twice_for_a_new_one() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let dir = tempfile::tempdir().unwrap();
        let asking = |ask| Vault::at(dir.path().join("vault.age"), Passphrase { given: None, ask });
        let differs = asking(|_| Ok(Zeroizing::new(format!("passphrase {}", ASKED.fetch_add(1, Ordering::Relaxed)))));
        assert_eq!(differs.set("device", SECRET).unwrap_err().exit, Exit::Data);
        assert_eq!(asking(|_| Ok(Zeroizing::new("short".into()))).set("device", SECRET).unwrap_err().exit, Exit::Data);
        assert!(!dir.path().join("vault.age").exists());
        ASKED.store(0, Ordering::Relaxed);
        let ask = |_: &str| {
            ASKED.fetch_add(1, Ordering::Relaxed);
            Ok(Zeroizing::new("correct horse".to_owned()))
        };
        asking(ask).set("device", SECRET).unwrap();
        assert_eq!(ASKED.swap(0, Ordering::Relaxed), 2);
        let v = asking(ask);
        v.set("other", SECRET).unwrap();
        assert!(v.get("device").unwrap().is_some() && ASKED.load(Ordering::Relaxed) == 1);
    }
}

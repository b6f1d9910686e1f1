//! Pins and imports in a file: not secret, but whoever could change it could make a stranger look like a friend. So it
//! carries a MAC under a key that is derived from the device key, and is named after the device. A file that is removed, or
//! put back as it was, cannot be told from an honest one.

use super::pins::{MAX_PINS, Pin};
use crate::exit::{Exit, Failure};
use crate::os::Private as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::{Device, DeviceKey, IssuerKey, RevocationList};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 16 * 1024 * 1024;
/// The version that is written, and the newest that is read.
const VERSION: u32 = 1;
/// The most issuers, vouches, and revocation lists.
pub const MAX_IMPORTS: usize = 16;

/// What the file holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    version: u32,
    /// Names and their devices.
    pub pins: BTreeMap<String, Pin>,
    /// Vouches for our device, as [`conclave_e2ee::Vouch::to_text`] writes them.
    pub vouches: Vec<String>,
    /// Administrators whose vouches and revocations count for us.
    pub issuers: Vec<IssuerKey>,
    /// The newest list of each of them.
    pub revocations: Vec<RevocationList>,
    /// The last list that we issued ourselves.
    pub issued: Option<RevocationList>,
    /// Servers by their keys.
    pub servers: super::Servers,
    /// Our devices before this one, newest first.
    pub previous: Vec<DeviceKey>,
}

/// The file of one device.
pub struct TrustFile {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for TrustFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TrustFile({})", self.path.display())
    }
}

/// While it lives, no other client changes keys or files.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

/// A directory of its own, for a call may write in it: neither the vault nor a server's data is there.
fn directory() -> Result<PathBuf, Failure> {
    let path = crate::config::places::data()?.join("trust");
    DirBuilder::new().recursive(true).private().create(&path).map_err(|e| cannot("create", &path, &e))?;
    Ok(path)
}

/// Waits for other clients of this user, which hold it for moments.
pub(super) fn lock() -> Result<Lock, Failure> {
    lock_in(&directory()?)
}

fn lock_in(directory: &Path) -> Result<Lock, Failure> {
    let path = directory.join("lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).private().open(&path);
    let file = file.and_then(|f| f.lock().map(|()| f)).map_err(|e| cannot("lock", &path, &e))?;
    Ok(Lock { _file: file })
}

impl TrustFile {
    /// The file that belongs to a device.
    pub fn of(device: &Device) -> Result<Self, Failure> {
        Ok(Self::within(&directory()?, device))
    }

    fn within(directory: &Path, device: &Device) -> Self {
        let key = Zeroizing::new(mac(&device.seed(), b"conclave trust file v1"));
        Self { path: directory.join(format!("trust-{}", device.public().short())), key }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it; empty if there is none. [`Exit::Config`] if it is not as this device wrote it.
    pub fn read(&self) -> Result<Record, Failure> {
        let mut text = String::new();
        match File::open(&self.path).and_then(|f| f.take(MAX_FILE).read_to_string(&mut text)) {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Record::default()),
            Err(e) => return Err(cannot("read", &self.path, &e)),
        }
        let path = self.path.display();
        let (sum, body) = text.split_once('\n').unwrap_or_default();
        let sum = URL_SAFE_NO_PAD.decode(sum).unwrap_or_default();
        if mac_of(&self.key, body.as_bytes()).verify_slice(&sum).is_err() {
            return Err(Failure::new(
                Exit::Config,
                format!(
                    "{path} was changed by something else than Conclave, so the people in it cannot be trusted; put the right one back, or remove it and verify people anew"
                ),
            ));
        }
        let damaged = |e| Failure::new(Exit::Config, format!("{path} cannot be read ({e}); remove it and verify people anew"));
        let record: Record = serde_json::from_str(body).map_err(damaged)?;
        if record.version > VERSION {
            return Err(Failure::new(Exit::Config, format!("{path} was made by a newer Conclave; update this program")));
        }
        Ok(record)
    }

    /// Reads, changes and writes it, while no other client does.
    pub fn update(&self, change: impl FnOnce(&mut Record) -> Result<(), Failure>) -> Result<(), Failure> {
        let _lock = lock_in(self.path.parent().unwrap_or(Path::new(".")))?;
        let mut record = self.read()?;
        change(&mut record)?;
        self.write(&mut record)
    }

    /// Writes it at once or not at all.
    pub(super) fn write(&self, record: &mut Record) -> Result<(), Failure> {
        record.version = VERSION;
        record.vouches.truncate(MAX_IMPORTS);
        record.issuers.truncate(MAX_IMPORTS);
        record.revocations.truncate(MAX_IMPORTS);
        record.previous.truncate(MAX_IMPORTS);
        while record.pins.len() > MAX_PINS {
            record.pins.pop_last();
        }
        let failed = |e| Failure::new(Exit::Internal, format!("the pins cannot be written down ({e})"));
        let body = serde_json::to_string(record).map_err(failed)?;
        let sum = URL_SAFE_NO_PAD.encode(mac(&self.key, body.as_bytes()));
        let temporary = self.path.with_extension(format!("new-{}", std::process::id()));
        let written = OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .private()
            .open(&temporary)
            .and_then(|mut f| f.write_all(format!("{sum}\n{body}").as_bytes()).and_then(|()| f.sync_all()))
            .and_then(|()| fs::rename(&temporary, &self.path));
        written.map_err(|e| {
            let _ = fs::remove_file(&temporary);
            cannot("write", &self.path, &e)
        })
    }

    /// Removes it: another file has taken its place.
    pub(super) fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn mac_of(key: &[u8; 32], text: &[u8]) -> Hmac<Sha256> {
    // HMAC pads its key with zeros to a block (RFC 2104): this cannot fail, where the slice constructor could.
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, byte)| *to = *byte);
    let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new((&*block).into());
    mac.update(text);
    mac
}

fn mac(key: &[u8; 32], text: &[u8]) -> [u8; 32] {
    mac_of(key, text).finalize().into_bytes().into()
}

fn cannot(what: &str, path: &Path, e: &io::Error) -> Failure {
    let text = format!("cannot {what} {} ({e}); check that it belongs to you, or use --identity ephemeral", path.display());
    Failure::new(Exit::CantCreate, text)
}

#[cfg(test)]
mod tests {
    use super::super::{Keys, Pins};
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::Mutex;

    fn keys(directory: &Path, device: &Device) -> Keys {
        let file = TrustFile::within(directory, device);
        let pins = Mutex::new(Pins::from(file.read().unwrap().pins));
        Keys { file: Some(file), pins, ..Keys::ephemeral().unwrap() }
    }

    #[test]
    fn pins_last_and_two_clients_add_to_each_other() {
        let dir = tempfile::tempdir().unwrap();
        let device = Device::generate().unwrap();
        let (x, y) = (DeviceKey([1; 32]), DeviceKey([2; 32]));
        let (a, b) = (keys(dir.path(), &device), keys(dir.path(), &device));
        a.pins().pin("anna", x);
        b.pins().verify("bert", y);
        a.pins().pin("bert", x);
        let c = keys(dir.path(), &device);
        assert_eq!(c.pins().device_of("anna"), Some(&x));
        assert_eq!(c.pins().get("bert"), Some(Pin { device: y, verified: true }), "what was verified stays");
        assert_eq!(c.pins().name_of(&y), Some("bert"));
        c.pins().pin("bert", x);
        assert!(c.pins().is_verified(&y) && !c.pins().is_verified(&x));
        assert!(c.pins().forget("bert"));
        assert_eq!(keys(dir.path(), &device).pins().get("bert"), None);
        let mode = fs::metadata(a.file().unwrap().path()).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }

    #[test]
    fn a_file_that_somebody_else_wrote_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let device = Device::generate().unwrap();
        let k = keys(dir.path(), &device);
        k.pins().pin("anna", DeviceKey([1; 32]));
        let file = k.file().unwrap();
        let text = fs::read_to_string(file.path()).unwrap();
        let forged = text.replace(&DeviceKey([1; 32]).to_string(), &DeviceKey([9; 32]).to_string());
        assert_ne!(forged, text);
        // Another device's MAC is no better than none.
        let other = TrustFile { path: file.path().to_owned(), key: Zeroizing::new([7; 32]) };
        for bad in [forged.as_str(), "", "\n{}", "x"] {
            fs::write(file.path(), bad).unwrap();
            assert_eq!(file.read().unwrap_err().exit, Exit::Config, "{bad}");
        }
        other.write(&mut Record::default()).unwrap();
        assert!(file.read().unwrap_err().text.contains("changed by something else"));
        fs::write(file.path(), &text).unwrap();
        assert_eq!(file.read().unwrap().pins.len(), 1);
    }
}

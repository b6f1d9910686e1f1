//! Keyrings that other programs run: the desktop's (Secret Service, by the `keyring` crate) and the kernel's.

use super::{ALTERNATIVES, Store};
use crate::exit::{Exit, Failure};
use keyring_core::{CredentialStore, Entry, Error};
use std::collections::BTreeSet;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The service name of all our entries.
const SERVICE: &str = "conclave";

/// The entry that names the others: not every keyring can be listed.
const INDEX: &str = "index";
/// Names that are listed at most.
const MAX_NAMES: usize = 2000;

/// Entries of one keyring.
pub(super) struct Entries {
    store: Arc<CredentialStore>,
    place: &'static str,
}

/// The desktop's keyring, locked or not; the reason if there is none.
pub(super) fn system() -> Result<Entries, String> {
    keyring::v1::Entry::store_status().as_ref().map_err(ToString::to_string)?;
    let store = keyring_core::get_default_store().ok_or("it was closed")?;
    Ok(Entries { store, place: "your keyring" })
}

/// The kernel's keyring of this session.
///
/// Where nobody began a session keyring, the kernel offers one that belongs to the user and not to us: it takes a key, will not
/// give it back, and the key stays there as an orphan. So that one is refused before anything is written.
#[cfg(target_os = "linux")]
pub(super) fn kernel() -> Result<Entries, Failure> {
    use linux_keyutils::{KeyRing, KeyRingIdentifier};
    let session = KeyRing::from_special_id(KeyRingIdentifier::Session, false).and_then(|ring| ring.metadata());
    let session = session.map_err(|e| {
        // EPERM and ENOSYS among others: containers forbid it.
        let text = format!("this system does not let programs use the kernel's keyring ({e}); use --keyring vault");
        Failure::new(Exit::Denied, text)
    })?;
    if session.get_description().starts_with("_uid_ses.") {
        let text = "this login has no session keyring of its own in the kernel: begin one with 'keyctl session - conclave …', or use --keyring vault";
        return Err(Failure::new(Exit::Denied, text));
    }
    let store = linux_keyutils_keyring_store::Store::new().map_err(unusable)?;
    Ok(Entries { store, place: "the kernel's keyring (until you log out or the machine restarts)" })
}

/// The kernel's keyring is Linux's.
#[cfg(not(target_os = "linux"))]
pub(super) fn kernel() -> Result<Entries, Failure> {
    Err(Failure::new(Exit::Usage, "this system's kernel has no keyring; use --keyring system or --keyring vault"))
}

impl Entries {
    fn entry(&self, name: &str) -> Result<Entry, Failure> {
        self.store.build(SERVICE, name, None).map_err(unusable)
    }

    /// The names of the entries. Called where the keyring is known to be open.
    fn index(&self) -> Result<BTreeSet<String>, Failure> {
        match self.entry(INDEX)?.get_secret() {
            Ok(text) => Ok(serde_json::from_slice(&text).unwrap_or_default()),
            Err(Error::NoEntry) => Ok(BTreeSet::new()),
            Err(e) => Err(unusable(e)),
        }
    }

    /// Changes the names of the entries.
    fn reindex(&self, change: impl FnOnce(&mut BTreeSet<String>)) -> Result<(), Failure> {
        let before = self.index()?;
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return Ok(());
        }
        let entry = self.entry(INDEX)?;
        let written = match after.is_empty() {
            true => entry.delete_credential(),
            false => entry.set_secret(&serde_json::to_vec(&after).unwrap_or_default()),
        };
        written.map_err(unusable)
    }
}

impl Store for Entries {
    fn place(&self) -> String {
        self.place.into()
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        match self.entry(name)?.get_secret().map(Zeroizing::new) {
            Ok(secret) => Ok(Some(secret)),
            Err(Error::NoEntry) => self.prove().map(|()| None),
            Err(e) => Err(unusable(e)),
        }
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), Failure> {
        self.entry(name)?.set_secret(secret).map_err(unusable)?;
        self.reindex(|names| {
            if names.len() < MAX_NAMES {
                names.insert(name.to_owned());
            }
        })
    }

    fn delete(&self, name: &str) -> Result<bool, Failure> {
        let there = match self.entry(name)?.delete_credential() {
            Ok(()) => true,
            Err(Error::NoEntry) => self.prove().map(|()| false)?,
            Err(e) => return Err(unusable(e)),
        };
        self.reindex(|names| {
            names.remove(name);
        })?;
        Ok(there)
    }

    fn names(&self) -> Result<Vec<String>, Failure> {
        Ok(self.index()?.into_iter().collect())
    }

    fn prove(&self) -> Result<(), Failure> {
        // A name of its own: two clients may probe at once.
        let probe = self.entry(&format!("probe:{}", std::process::id()))?;
        probe.set_secret(b"probe").map_err(unusable)?;
        match probe.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(e) => Err(unusable(e)),
        }
    }
}

fn unusable(e: Error) -> Failure {
    let text = match e {
        Error::NoStorageAccess(e) => format!("the keyring is locked ({e}); unlock it and try again; {ALTERNATIVES}"),
        e => format!("the keyring cannot be used ({e}); check that it runs, and try again; {ALTERNATIVES}"),
    };
    Failure::new(Exit::Denied, text)
}

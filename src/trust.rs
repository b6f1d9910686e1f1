//! Whom this client is and whom it trusts: its device key, the vouches it can show, the issuers and pins it goes by.
//!
//! The device key lives in the keyring; pins and imports live in a [`file`](self::file) that only the device key can have
//! written. [`Keys::load`] must not be called from asynchronous code, see [`crate::credentials`].

mod accepted;
pub mod file;
mod pins;
pub mod servers;

pub use accepted::Accepted;
pub use file::{Record, TrustFile};
pub use pins::{Pin, Pins, PinsGuard};
pub use servers::{Said, Servers};

use crate::credentials::Keyring;
use crate::exit::{Exit, Failure};
use crate::net::Fingerprint;
use conclave_e2ee::identity::MAX_VOUCHES;
use conclave_e2ee::{Device, DeviceKey, IssuerKey, UnixSeconds, Vouch};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// What a call needs of it.
#[derive(Debug)]
pub struct Keys {
    /// The device: from the keyring, or made for this process.
    pub device: Arc<Device>,
    /// The device is kept; `false` = it is gone with the process, and the user was told.
    pub kept: bool,
    /// What others say of the device.
    pub vouches: Vec<Vouch>,
    /// Who says it again while a call lasts: the account on the room's server, if there is one.
    pub account: Option<Arc<dyn Account>>,
    /// Whose vouches this client trusts: put into the rooms it founds.
    pub issuers: Vec<IssuerKey>,
    /// Devices that an issuer has revoked.
    pub revoked: BTreeSet<DeviceKey>,
    /// Whom this client remembers.
    pub pins: Mutex<Pins>,
    /// The servers that it remembers by their keys.
    pub servers: Mutex<Servers>,
    /// What the user must be told, if anything: a sentence.
    pub notice: Option<String>,
    file: Option<TrustFile>,
}

/// An account that vouches for devices. Asks the server, not the keyring, so it may be used from asynchronous code.
#[async_trait::async_trait]
pub trait Account: std::fmt::Debug + Send + Sync {
    /// What shows the server whose call it is: the account's token.
    fn credential(&self) -> crate::protocol::control::Secret;
    /// The server's word that the device belongs to this account, fresh.
    async fn vouch(&self, device: DeviceKey) -> Result<Vouch, Failure>;
}

/// Where the device key comes from.
#[derive(Clone, Default)]
pub enum Identity {
    /// The keyring; if this machine has none, a device for this process, said aloud.
    #[default]
    Auto,
    /// The keyring or an error.
    Keyring,
    /// A device for this process.
    Ephemeral,
    /// This seed.
    Seed(Zeroizing<[u8; 32]>),
}

/// Which keys to load.
#[derive(Clone)]
pub struct Options {
    /// Where the device key comes from.
    pub identity: Identity,
    /// Which of several identities of one keyring: letters, digits, `-` and `_`.
    pub profile: String,
    /// Issuers to trust besides those that were imported.
    pub trust: Vec<IssuerKey>,
}

impl Default for Options {
    fn default() -> Self {
        Self { identity: Identity::Auto, profile: "default".into(), trust: Vec::new() }
    }
}

/// Seconds since the Unix epoch.
pub fn unix_now() -> UnixSeconds {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs())
}

/// A failure of the encryption's library or of what it was given, as a user sees it.
pub fn failure(e: conclave_e2ee::Error) -> Failure {
    match e {
        conclave_e2ee::Error::Unreadable(text) => Failure::new(Exit::Data, text),
        e => Failure::new(Exit::Internal, e.to_string()),
    }
}

impl Keys {
    /// A device for this process only, which trusts nobody yet.
    pub fn ephemeral() -> Result<Self, conclave_e2ee::Error> {
        Ok(Self::of(Device::generate()?, false))
    }

    fn of(device: Device, kept: bool) -> Self {
        Self {
            device: Arc::new(device),
            kept,
            vouches: Vec::new(),
            account: None,
            issuers: Vec::new(),
            revoked: BTreeSet::new(),
            pins: Mutex::default(),
            servers: Mutex::default(),
            notice: None,
            file: None,
        }
    }

    /// The keys that the options ask for. A new device key is made only where the keyring has proved that it can keep one.
    pub fn load(options: &Options, keyring: &Keyring) -> Result<Self, Failure> {
        let mut keys = match &options.identity {
            Identity::Seed(seed) => Self::with_file(Device::from_seed(seed))?,
            Identity::Ephemeral => Self::ephemeral().map_err(failure)?,
            Identity::Auto => match keyring.available() {
                Ok(()) => Self::from_keyring(&options.profile, keyring)?,
                Err(why) => {
                    let mut keys = Self::ephemeral().map_err(failure)?;
                    keys.notice = Some(format!(
                        "your identity is not kept: it is for this call only, and nobody will know you again: {why}"
                    ));
                    keys
                }
            },
            Identity::Keyring => Self::from_keyring(&options.profile, keyring)?,
        };
        for issuer in &options.trust {
            if !keys.issuers.contains(issuer) {
                keys.issuers.push(*issuer);
            }
        }
        Ok(keys)
    }

    fn from_keyring(profile: &str, keyring: &Keyring) -> Result<Self, Failure> {
        let other_ways = |f: Failure| {
            let ways =
                "for a call without it use --identity ephemeral (nobody knows you again) or --identity-fd N (a seed of yours)";
            Failure::new(f.exit, format!("{}; {ways}", f.text))
        };
        let seed = match keyring.load_key(&entry(profile)).map_err(other_ways)? {
            Some(seed) => seed,
            None => first_use(profile, keyring).map_err(other_ways)?,
        };
        let mut keys = Self::with_file(Device::from_seed(&seed))?;
        if !keyring.lasts() {
            keys.notice = Some(format!("your identity is in {}", keyring.place()));
        }
        Ok(keys)
    }

    /// The keys that a profile has in the keyring, if it has any.
    pub fn existing(profile: &str, keyring: &Keyring) -> Result<Option<Self>, Failure> {
        keyring.load_key(&entry(profile))?.map(|seed| Self::with_file(Device::from_seed(&seed))).transpose()
    }

    fn with_file(device: Device) -> Result<Self, Failure> {
        let file = TrustFile::of(&device)?;
        let record = file.read()?;
        let now = unix_now();
        let mut keys = Self::of(device, true);
        let good = |v: &Vouch| v.device == keys.device.public() && v.verify(now);
        keys.vouches = record.vouches.iter().filter_map(|t| Vouch::from_text(t).ok()).filter(good).take(MAX_VOUCHES).collect();
        keys.revoked = record.revocations.iter().flat_map(|l| l.revoked.iter().copied()).collect();
        keys.issuers = record.issuers;
        keys.pins = Mutex::new(Pins::from(record.pins));
        keys.servers = Mutex::new(record.servers);
        keys.file = Some(file);
        Ok(keys)
    }

    /// The pins, to look at or to change. Changes are kept when the guard goes.
    pub fn pins(&self) -> PinsGuard<'_> {
        PinsGuard::new(self.pins.lock().unwrap_or_else(PoisonError::into_inner), self.file.as_ref())
    }

    /// Whom to accept where a link names keys, by what we know of what followed them.
    pub fn trusted(&self, link: crate::net::Options) -> crate::net::Options {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).trusted(link)
    }

    /// What was last seen of a server's audit log.
    pub fn audit_of(&self, server: Fingerprint) -> Option<crate::protocol::audit::Link> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).audit(server)
    }

    /// Learns what a server says of itself, see [`Servers::learn`], and keeps it.
    pub fn learn(&self, by: &crate::net::Options, said: Said) {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).learn(by, said);
        let kept = self.file.as_ref().map(|file| {
            file.update(|record| {
                record.servers.learn(by, said);
                Ok(())
            })
        });
        if let Some(Err(e)) = kept {
            tracing::warn!("the server's keys are not remembered: {e}");
        }
    }

    /// Whether a server with one of these keys is remembered.
    pub fn knows_server(&self, keys: &[Fingerprint]) -> bool {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).knows(keys)
    }

    /// Forgets the servers with these keys, for good.
    pub fn forget_server(&self, keys: &[Fingerprint]) -> Result<(), Failure> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).forget(keys);
        let forget = |record: &mut Record| {
            record.servers.forget(keys);
            Ok(())
        };
        self.file.as_ref().map_or(Ok(()), |file| file.update(forget))
    }

    /// Where pins and imports are kept; `None` for an ephemeral identity.
    pub fn file(&self) -> Option<&TrustFile> {
        self.file.as_ref()
    }
}

/// The keyring's entry of a profile's device.
fn entry(profile: &str) -> String {
    format!("device:{profile}")
}

/// Makes the device key of a profile. Of two clients that do so at once, the second takes what the first has made.
fn first_use(profile: &str, keyring: &Keyring) -> Result<Zeroizing<[u8; 32]>, Failure> {
    // Before the lock: it may ask the user.
    keyring.prove()?;
    let _lock = file::lock()?;
    if let Some(seed) = keyring.load_key(&entry(profile))? {
        return Ok(seed);
    }
    let seed = Device::generate().map_err(failure)?.seed();
    keyring.store_secret(&entry(profile), &*seed)?;
    Ok(seed)
}

/// Replaces a profile's device by a fresh one: the old and the new public key. Pins, issuers and revocations are taken along,
/// vouches are not, for they are for the old device. The old seed stays in the keyring as `device:PROFILE:previous`.
pub fn rotate(profile: &str, keyring: &Keyring) -> Result<(DeviceKey, DeviceKey), Failure> {
    keyring.prove()?;
    let _lock = file::lock()?;
    let none = || Failure::new(Exit::NoInput, "there is no device key yet; 'conclave keys show' makes one");
    let old = keyring.load_key(&entry(profile))?.ok_or_else(none)?;
    let (before, after) = (Device::from_seed(&old), Device::generate().map_err(failure)?);
    let (from, to) = (TrustFile::of(&before)?, TrustFile::of(&after)?);
    let mut record = from.read()?;
    record.vouches.clear();
    record.previous.insert(0, before.public());
    // In this order nothing is lost wherever it stops.
    to.write(&mut record)?;
    keyring.store_secret(&format!("{}:previous", entry(profile)), &*old)?;
    keyring.store_secret(&entry(profile), &*after.seed())?;
    from.remove();
    Ok((before.public(), after.public()))
}

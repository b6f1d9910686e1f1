//! Whom this client is and whom it trusts: its device key, the vouches it can show, the issuers and pins it goes by.

use conclave_e2ee::{Device, DeviceKey, IssuerKey, Vouch};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// What a call needs of it.
#[derive(Debug)]
pub struct Keys {
    /// The device: from the keyring, or made for this process.
    pub device: Arc<Device>,
    /// The device is kept; `false` = it is gone with the process, and the user was told.
    pub kept: bool,
    /// What others say of the device.
    pub vouches: Vec<Vouch>,
    /// Whose vouches this client trusts: put into the rooms it founds.
    pub issuers: Vec<IssuerKey>,
    /// Devices that an issuer has revoked.
    pub revoked: BTreeSet<DeviceKey>,
    /// Whom this client remembers.
    pub pins: Mutex<Pins>,
}

/// Names and the devices that carried them when they were seen first, or verified.
#[derive(Debug, Clone, Default)]
pub struct Pins {
    by_name: BTreeMap<String, DeviceKey>,
}

impl Keys {
    /// A device for this process only, which trusts nobody yet.
    pub fn ephemeral() -> Result<Self, conclave_e2ee::Error> {
        Ok(Self {
            device: Arc::new(Device::generate()?),
            kept: false,
            vouches: Vec::new(),
            issuers: Vec::new(),
            revoked: BTreeSet::new(),
            pins: Mutex::default(),
        })
    }

    /// The pins, to look at or to change.
    pub fn pins(&self) -> std::sync::MutexGuard<'_, Pins> {
        self.pins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pins {
    /// Under which name a device was seen.
    pub fn name_of(&self, device: &DeviceKey) -> Option<&str> {
        self.by_name.iter().find(|(_, d)| *d == device).map(|(n, _)| n.as_str())
    }

    /// Which device a name had.
    pub fn device_of(&self, name: &str) -> Option<&DeviceKey> {
        self.by_name.get(name)
    }

    /// Remembers a device under a name.
    pub fn pin(&mut self, name: &str, device: DeviceKey) {
        self.by_name.insert(name.to_owned(), device);
    }
}

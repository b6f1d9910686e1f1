//! Names and the devices that carried them when they were seen first, or verified.

use super::TrustFile;
use conclave_e2ee::DeviceKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;

/// The most names that are remembered. Later ones are met as if for the first time, each time.
pub(super) const MAX_PINS: usize = 10_000;
/// The longest name that is remembered, in bytes.
const MAX_NAME: usize = 512;

/// A device that a name had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// The device.
    pub device: DeviceKey,
    /// The user has compared it with the person.
    #[serde(default)]
    pub verified: bool,
}

/// Names and their devices.
#[derive(Debug, Clone, Default)]
pub struct Pins {
    by_name: BTreeMap<String, Pin>,
    /// What the file does not know yet; `None` = forgotten.
    changes: BTreeMap<String, Option<Pin>>,
}

impl From<BTreeMap<String, Pin>> for Pins {
    fn from(by_name: BTreeMap<String, Pin>) -> Self {
        Self { by_name, changes: BTreeMap::new() }
    }
}

impl Pins {
    /// Under which name a device was seen.
    pub fn name_of(&self, device: &DeviceKey) -> Option<&str> {
        self.by_name.iter().find(|(_, p)| p.device == *device).map(|(n, _)| n.as_str())
    }

    /// Which device a name had.
    pub fn device_of(&self, name: &str) -> Option<&DeviceKey> {
        self.by_name.get(name).map(|p| &p.device)
    }

    /// What is remembered of a name.
    pub fn get(&self, name: &str) -> Option<Pin> {
        self.by_name.get(name).copied()
    }

    /// Whether the user has verified this device, under whatever name.
    pub fn is_verified(&self, device: &DeviceKey) -> bool {
        self.by_name.values().any(|p| p.verified && p.device == *device)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Pin)> {
        self.by_name.iter().map(|(n, p)| (n.as_str(), *p))
    }

    /// Remembers a device under a name. What was verified changes by [`Pins::verify`] and [`Pins::forget`] only.
    pub fn pin(&mut self, name: &str, device: DeviceKey) {
        if !self.by_name.get(name).is_some_and(|p| p.verified || p.device == device) {
            self.set(name, Pin { device, verified: false });
        }
    }

    /// The user has compared the device with the person of this name.
    pub fn verify(&mut self, name: &str, device: DeviceKey) {
        self.set(name, Pin { device, verified: true });
    }

    /// Forgets a name; whether it was known.
    pub fn forget(&mut self, name: &str) -> bool {
        let known = self.by_name.remove(name).is_some();
        if known {
            self.changes.insert(name.to_owned(), None);
        }
        known
    }

    fn set(&mut self, name: &str, pin: Pin) {
        let room = self.by_name.len() < MAX_PINS || self.by_name.contains_key(name);
        if room && !name.is_empty() && name.len() <= MAX_NAME {
            self.by_name.insert(name.to_owned(), pin);
            self.changes.insert(name.to_owned(), Some(pin));
        }
    }
}

/// The pins while somebody works with them; changes are written when it goes, on top of what another client wrote.
#[derive(Debug)]
pub struct PinsGuard<'a> {
    pins: MutexGuard<'a, Pins>,
    file: Option<&'a TrustFile>,
}

impl<'a> PinsGuard<'a> {
    pub(super) fn new(pins: MutexGuard<'a, Pins>, file: Option<&'a TrustFile>) -> Self {
        Self { pins, file }
    }

    /// Writes the changes now and says how it went.
    pub fn save(&mut self) -> Result<(), crate::exit::Failure> {
        let changes = std::mem::take(&mut self.pins.changes);
        let Some(file) = self.file.filter(|_| !changes.is_empty()) else { return Ok(()) };
        let written = file.update(|record| {
            for (name, pin) in &changes {
                match pin {
                    Some(pin) if record.pins.len() < MAX_PINS || record.pins.contains_key(name) => {
                        // Another client may have verified it meanwhile: the weaker word does not undo that.
                        let stronger = !pin.verified && record.pins.get(name).is_some_and(|p| p.verified);
                        if !stronger {
                            record.pins.insert(name.clone(), *pin);
                        }
                    }
                    Some(_) => {}
                    None => drop(record.pins.remove(name)),
                }
            }
            Ok(())
        });
        if written.is_err() {
            // Tried again with the next change.
            self.pins.changes = changes;
        }
        written
    }
}

impl Deref for PinsGuard<'_> {
    type Target = Pins;

    fn deref(&self) -> &Pins {
        &self.pins
    }
}

impl DerefMut for PinsGuard<'_> {
    fn deref_mut(&mut self) -> &mut Pins {
        &mut self.pins
    }
}

impl Drop for PinsGuard<'_> {
    fn drop(&mut self) {
        if let Err(e) = self.save() {
            tracing::warn!("whom you met is not remembered: {e}");
        }
    }
}

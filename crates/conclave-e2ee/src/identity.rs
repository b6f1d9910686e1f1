//! Who somebody is: a device key that lasts, a leaf key for one session, and who vouches for the device.
//!
//! What is signed is always a context string and the fields, each with its length in front, so that no signature means
//! anything in another place.

mod key;
mod vouch;
mod wire;

pub use key::{DeviceKey, IssuerKey};
pub use vouch::{IssuerSigner, MAX_REVOKED, MAX_SUBJECT, MAX_VOUCH_LIFE, RevocationList, Vouch};

use crate::room::RoomState;
use crate::{Error, Refused, UnixSeconds};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use openmls_rust_crypto::RustCrypto;
use openmls_traits::random::OpenMlsRand as _;
use tls_codec::{Deserialize as _, Serialize as _};
use wire::{CredentialWire, VouchWire};
use zeroize::Zeroizing;

/// How long a leaf certificate is good for at most, in seconds: a stolen leaf key is worth a day.
pub const MAX_LIFE: u64 = 24 * 3600;
/// How far two honest clocks may be apart, in seconds.
pub const LENIENCY: u64 = 300;
/// The largest encoded credential, in bytes.
pub const MAX_CREDENTIAL: usize = 2048;
/// The most vouches in a credential.
pub const MAX_VOUCHES: usize = 2;
const CERTIFICATE: &str = "conclave leaf certificate v1";

/// A device's signing key. Wiped when dropped; `Debug` shows the public part.
pub struct Device {
    key: SigningKey,
}

/// What stands in a leaf (the identity of its BasicCredential): the device, its certificate of the leaf key, and vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The device.
    pub device: DeviceKey,
    /// Until when the certificate is good; at most [`MAX_LIFE`] ahead.
    pub not_after: UnixSeconds,
    /// Ed25519 by `device` over context, room, leaf signature key, `not_after`.
    pub certificate: Vec<u8>,
    /// An administrator's or the account server's word, if there is one (at most two).
    pub vouches: Vec<Vouch>,
}

/// How somebody is known, best first. `Pinned` is added by the client, which remembers devices.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Standing {
    /// An administrator's key that the room trusts vouches for them.
    Vouched {
        /// Their name in the administrator's terms.
        subject: String,
    },
    /// Their account on the server vouches: as good as the server.
    Account {
        /// The account's name.
        subject: String,
    },
    /// Seen before by this client under this name, with the same device.
    Pinned {
        /// The name then.
        name: String,
    },
    /// Nobody vouches.
    Guest,
}

/// A context and fields as they are signed and hashed in this crate: nothing can be read in two ways.
pub(crate) fn framed(context: &str, fields: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(context.len() + 4 + fields.iter().map(|f| f.len() + 4).sum::<usize>());
    for field in std::iter::once(context.as_bytes()).chain(fields.iter().copied()) {
        out.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(field);
    }
    out
}

/// Whether `signature` is by `key` over `message`. Strict: no small-order keys, no second encodings.
pub(crate) fn signed_by(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(key), Signature::from_slice(signature)) else { return false };
    key.verify_strict(message, &signature).is_ok()
}

fn random_seed() -> Result<Zeroizing<[u8; 32]>, Error> {
    let rand = RustCrypto::default();
    rand.random_array::<32>().map(Zeroizing::new).map_err(|_| Error::Library("no random numbers".into()))
}

impl Device {
    /// A fresh device.
    pub fn generate() -> Result<Self, Error> {
        Ok(Self::from_seed(&random_seed()?))
    }

    /// A device from its 32-byte seed.
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self { key: SigningKey::from_bytes(seed) }
    }

    /// The seed, to be kept in a keyring.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes())
    }

    /// The public key.
    pub fn public(&self) -> DeviceKey {
        DeviceKey(self.key.verifying_key().to_bytes())
    }

    /// Certifies the leaf key of one session in one room until `not_after` (at most [`MAX_LIFE`] ahead).
    pub fn certify(&self, room: &str, leaf_key: &[u8; 32], not_after: UnixSeconds, vouches: Vec<Vouch>) -> Credential {
        let certificate = self.sign(&certificate_message(room, leaf_key, not_after));
        Credential { device: self.public(), not_after, certificate, vouches }
    }

    /// Signs a message that was made by [`framed`].
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.key.sign(message).to_bytes().to_vec()
    }
}

fn certificate_message(room: &str, leaf_key: &[u8], not_after: UnixSeconds) -> Vec<u8> {
    framed(CERTIFICATE, &[room.as_bytes(), leaf_key, &not_after.to_be_bytes()])
}

impl Credential {
    /// The bytes that stand in the leaf.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let wire = CredentialWire {
            version: 1,
            device: self.device.0,
            not_after: self.not_after,
            certificate: self.certificate.clone().into(),
            vouches: self.vouches.iter().map(VouchWire::from).collect(),
        };
        let bytes = wire.tls_serialize_detached().map_err(|e| Error::Library(e.to_string()))?;
        if bytes.len() > MAX_CREDENTIAL || self.vouches.len() > MAX_VOUCHES {
            return Err(Refused::TooLarge("credential").into());
        }
        Ok(bytes)
    }

    /// Reads the bytes of a leaf. Verifies nothing.
    pub fn decode(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > MAX_CREDENTIAL {
            return Err(Refused::TooLarge("credential"));
        }
        let damaged = || Refused::Invalid("credential".into());
        let wire = CredentialWire::tls_deserialize_exact(bytes).map_err(|_| damaged())?;
        if wire.version != 1 || wire.vouches.len() > MAX_VOUCHES || wire.certificate.as_slice().len() != 64 {
            return Err(damaged());
        }
        let vouches = wire.vouches.into_iter().map(VouchWire::into_vouch).collect::<Option<Vec<_>>>().ok_or_else(damaged)?;
        Ok(Self { device: DeviceKey(wire.device), not_after: wire.not_after, certificate: wire.certificate.into(), vouches })
    }

    /// Whether the device certified this leaf key for this room, and the certificate is in its time (with [`LENIENCY`]).
    pub fn verify(&self, now: UnixSeconds, room: &str, leaf_key: &[u8]) -> Result<(), Refused> {
        if now > self.not_after.saturating_add(LENIENCY) {
            return Err(Refused::Policy {
                code: "expired",
                text: "the certificate of this leaf is over: the clock is wrong, or somebody uses an old key",
            });
        }
        if self.not_after > now.saturating_add(MAX_LIFE).saturating_add(LENIENCY) {
            return Err(Refused::Policy {
                code: "long_lived",
                text: "the certificate of this leaf is good for longer than a day: the clock is wrong, or it is forged",
            });
        }
        self.verify_signature(room, leaf_key)
    }

    /// Whether the device certified this leaf key for this room, at whatever time.
    pub(crate) fn verify_signature(&self, room: &str, leaf_key: &[u8]) -> Result<(), Refused> {
        if !signed_by(&self.device.0, &certificate_message(room, leaf_key, self.not_after), &self.certificate) {
            return Err(Refused::Policy { code: "certificate", text: "the device did not certify this leaf for this room" });
        }
        Ok(())
    }

    /// As whom one of these issuers vouches for the device at this time: a client asks with the issuers that its own user
    /// trusts, because a room's list of issuers is its founder's word.
    pub fn vouched_by(&self, now: UnixSeconds, issuers: &[IssuerKey]) -> Option<&str> {
        let good = |vouch: &&Vouch| issuers.contains(&vouch.issuer) && vouch.device == self.device && vouch.verify(now);
        self.vouches.iter().find(good).map(|vouch| vouch.subject.as_str())
    }

    /// How the device is known by the room's own issuers; never [`Standing::Pinned`], which is a client's memory.
    pub fn standing(&self, now: UnixSeconds, state: &RoomState) -> Standing {
        let good = |vouch: &&Vouch| vouch.device == self.device && vouch.verify(now);
        if let Some(vouch) = self.vouches.iter().filter(|v| state.issuers.contains(&v.issuer)).find(good) {
            return Standing::Vouched { subject: vouch.subject.clone() };
        }
        match self.vouches.iter().filter(|v| state.accounts == Some(v.issuer)).find(good) {
            Some(vouch) => Standing::Account { subject: vouch.subject.clone() },
            None => Standing::Guest,
        }
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device({})", self.public().short())
    }
}

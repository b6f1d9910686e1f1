//! Who somebody is: a device key that lasts, a leaf key for one session, and who vouches for the device.

use crate::UnixSeconds;
use zeroize::Zeroizing;

/// How long a leaf certificate and a vouch are good for at most, in seconds.
pub const MAX_LIFE: u64 = 24 * 3600;

/// An Ed25519 public key of a device: the lasting identity. Two clients of one keyring share it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct DeviceKey(pub [u8; 32]);

/// An Ed25519 public key of somebody who vouches for devices: an administrator, or a server's accounts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct IssuerKey(pub [u8; 32]);

/// A device's signing key. Wiped when dropped; `Debug` shows the public part.
pub struct Device {
    pub(crate) key: ed25519_dalek::SigningKey,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device({})", self.public())
    }
}

/// A signed statement that a device belongs to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouch {
    /// Who vouches.
    pub issuer: IssuerKey,
    /// For whom: a name in the issuer's own terms, cleaned by whoever shows it. At most 128 bytes.
    pub subject: String,
    /// For which device.
    pub device: DeviceKey,
    /// Until when.
    pub not_after: UnixSeconds,
    /// Ed25519 by `issuer` over context and the fields above.
    pub signature: Vec<u8>,
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

impl Device {
    /// A fresh device.
    pub fn generate() -> Result<Self, crate::Error> {
        use openmls_traits::random::OpenMlsRand as _;
        let seed = openmls_rust_crypto::RustCrypto::default().random_array::<32>();
        let seed = Zeroizing::new(seed.map_err(|e| crate::Error::Library(format!("{e:?}")))?);
        Ok(Self::from_seed(&seed))
    }

    /// A device from its 32-byte seed.
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self { key: ed25519_dalek::SigningKey::from_bytes(seed) }
    }

    /// The public key.
    pub fn public(&self) -> DeviceKey {
        DeviceKey(self.key.verifying_key().to_bytes())
    }
}

macro_rules! public_key {
    ($key:ident) => {
        impl std::fmt::Display for $key {
            /// Base64url without padding: 43 characters.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
                f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
            }
        }

        impl std::fmt::Debug for $key {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let text = self.to_string();
                write!(f, "{}({})", stringify!($key), text.get(..8).unwrap_or(&text))
            }
        }

        impl std::str::FromStr for $key {
            type Err = crate::Error;

            fn from_str(s: &str) -> Result<Self, crate::Error> {
                use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
                let bytes = URL_SAFE_NO_PAD.decode(s.trim()).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
                bytes
                    .map(Self)
                    .ok_or_else(|| crate::Error::Unreadable("this is no key: a key has 43 letters, digits, '-' and '_'".into()))
            }
        }
    };
}
public_key!(DeviceKey);
public_key!(IssuerKey);

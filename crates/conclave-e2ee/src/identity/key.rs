//! Public keys, as programs and people see them.

use crate::Error;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// An Ed25519 public key of a device: the lasting identity. Two clients of one keyring share it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceKey(pub [u8; 32]);

/// An Ed25519 public key of somebody who vouches for devices: an administrator, or a server's accounts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssuerKey(pub [u8; 32]);

impl DeviceKey {
    /// For people to compare: 80 bits of the key's SHA-256 as four groups of four letters and digits (base32).
    pub fn short(&self) -> String {
        short(&self.0)
    }
}

impl IssuerKey {
    /// See [`DeviceKey::short`].
    pub fn short(&self) -> String {
        short(&self.0)
    }
}

fn short(key: &[u8; 32]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let digest = Sha256::digest(key);
    let bits = digest.iter().take(10).fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut out = String::with_capacity(19);
    for i in 0..16u32 {
        if i > 0 && i % 4 == 0 {
            out.push('-');
        }
        let letter = usize::try_from(bits >> (75 - 5 * i) & 31).unwrap_or(0);
        out.push(char::from(ALPHABET.get(letter).copied().unwrap_or(b'a')));
    }
    out
}

macro_rules! public_key {
    ($key:ident) => {
        impl std::fmt::Display for $key {
            /// Base64url without padding: 43 characters.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
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
            type Err = Error;

            fn from_str(s: &str) -> Result<Self, Error> {
                let bytes = URL_SAFE_NO_PAD.decode(s.trim()).ok().and_then(|b| <[u8; 32]>::try_from(b).ok());
                bytes
                    .map(Self)
                    .ok_or_else(|| Error::Unreadable("this is no key: a key has 43 letters, digits, '-' and '_'".into()))
            }
        }

        impl serde::Serialize for $key {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $key {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(d)?;
                text.parse().map_err(|e: Error| serde::de::Error::custom(e))
            }
        }
    };
}
public_key!(DeviceKey);
public_key!(IssuerKey);

//! Who somebody is: a device key that lasts, a leaf key for one session, and who vouches for the device.
//!
//! What is signed is always a context string and the fields, each with its length in front, so that no signature means
//! anything in another place.

use crate::room::RoomState;
use crate::{Error, Refused, UnixSeconds};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use openmls_rust_crypto::RustCrypto;
use openmls_traits::random::OpenMlsRand as _;
use sha2::{Digest as _, Sha256};
use tls_codec::{Deserialize as _, Serialize as _, TlsDeserialize, TlsSerialize, TlsSize, VLBytes};
use zeroize::Zeroizing;

/// How long a leaf certificate is good for at most, in seconds: a stolen leaf key is worth a day.
pub const MAX_LIFE: u64 = 24 * 3600;
/// How long a vouch is good for at most, in seconds. Longer than [`MAX_LIFE`], for an administrator's key lies in a drawer
/// and not on a server; what must end sooner goes on a [`RevocationList`].
pub const MAX_VOUCH_LIFE: u64 = 400 * 24 * 3600;
/// How far two honest clocks may be apart, in seconds.
pub const LENIENCY: u64 = 300;
/// The largest encoded credential, in bytes.
pub const MAX_CREDENTIAL: usize = 2048;
/// The longest subject of a vouch, in bytes.
pub const MAX_SUBJECT: usize = 128;
/// The most vouches in a credential.
pub const MAX_VOUCHES: usize = 2;
/// The most devices on a revocation list.
pub const MAX_REVOKED: usize = 10_000;

const CERTIFICATE: &str = "conclave leaf certificate v1";
const VOUCH: &str = "conclave vouch v1";
const REVOCATION: &str = "conclave revocation list v1";

/// An Ed25519 public key of a device: the lasting identity. Two clients of one keyring share it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceKey(pub [u8; 32]);

/// An Ed25519 public key of somebody who vouches for devices: an administrator, or a server's accounts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssuerKey(pub [u8; 32]);

/// A device's signing key. Wiped when dropped; `Debug` shows the public part.
pub struct Device {
    key: SigningKey,
}

/// The signing key of somebody who vouches. Wiped when dropped; `Debug` shows the public part.
pub struct IssuerSigner {
    key: SigningKey,
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

/// Devices whose keys are no longer good, by the word of the administrator who vouched for them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevocationList {
    /// Who says so.
    pub issuer: IssuerKey,
    /// Counts the lists of one issuer: a list with a lower number than one seen before is old.
    pub serial: u64,
    /// When.
    pub issued: UnixSeconds,
    /// Which devices; at most [`MAX_REVOKED`].
    pub revoked: Vec<DeviceKey>,
    /// Ed25519 by `issuer` over context and the fields above.
    #[serde(with = "base64_bytes")]
    pub signature: Vec<u8>,
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

impl IssuerSigner {
    /// A fresh key.
    pub fn generate() -> Result<Self, Error> {
        Ok(Self::from_seed(&random_seed()?))
    }

    /// From its 32-byte seed.
    pub fn from_seed(seed: &Zeroizing<[u8; 32]>) -> Self {
        Self { key: SigningKey::from_bytes(seed) }
    }

    /// The seed, to be kept where no server is.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes())
    }

    /// The public key, which rooms name among their issuers.
    pub fn public(&self) -> IssuerKey {
        IssuerKey(self.key.verifying_key().to_bytes())
    }

    /// Vouches for a device until `not_after`. [`Error::Unreadable`] for a subject that is empty or too long.
    pub fn vouch(&self, subject: &str, device: DeviceKey, not_after: UnixSeconds) -> Result<Vouch, Error> {
        if subject.is_empty() || subject.len() > MAX_SUBJECT {
            return Err(Error::Unreadable(format!("a name has 1 to {MAX_SUBJECT} bytes")));
        }
        let mut vouch = Vouch { issuer: self.public(), subject: subject.to_owned(), device, not_after, signature: Vec::new() };
        vouch.signature = self.key.sign(&vouch.message()).to_bytes().to_vec();
        Ok(vouch)
    }

    /// Signs a list of revoked devices.
    pub fn revoke(&self, serial: u64, issued: UnixSeconds, mut revoked: Vec<DeviceKey>) -> Result<RevocationList, Error> {
        revoked.sort_unstable();
        revoked.dedup();
        if revoked.len() > MAX_REVOKED {
            return Err(Error::Unreadable(format!("a revocation list holds at most {MAX_REVOKED} devices")));
        }
        let mut list = RevocationList { issuer: self.public(), serial, issued, revoked, signature: Vec::new() };
        list.signature = self.key.sign(&list.message()).to_bytes().to_vec();
        Ok(list)
    }
}

fn certificate_message(room: &str, leaf_key: &[u8], not_after: UnixSeconds) -> Vec<u8> {
    framed(CERTIFICATE, &[room.as_bytes(), leaf_key, &not_after.to_be_bytes()])
}

impl Vouch {
    fn message(&self) -> Vec<u8> {
        framed(VOUCH, &[&self.issuer.0, self.subject.as_bytes(), &self.device.0, &self.not_after.to_be_bytes()])
    }

    /// Whether it is genuine and still good.
    pub fn verify(&self, now: UnixSeconds) -> bool {
        let in_time = now <= self.not_after.saturating_add(LENIENCY)
            && self.not_after <= now.saturating_add(MAX_VOUCH_LIFE).saturating_add(LENIENCY);
        let well_formed = !self.subject.is_empty() && self.subject.len() <= MAX_SUBJECT;
        in_time && well_formed && signed_by(&self.issuer.0, &self.message(), &self.signature)
    }

    /// One line of base64url, to be mailed or kept in a file.
    pub fn to_text(&self) -> String {
        let wire = VouchWire::from(self);
        URL_SAFE_NO_PAD.encode(wire.tls_serialize_detached().unwrap_or_default())
    }

    /// Reads what [`Vouch::to_text`] wrote. Does not verify it.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let unreadable = || Error::Unreadable("this is no vouch: copy the whole line".into());
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| unreadable())?;
        if bytes.len() > MAX_CREDENTIAL {
            return Err(unreadable());
        }
        let wire = VouchWire::tls_deserialize_exact(bytes.as_slice()).map_err(|_| unreadable())?;
        wire.into_vouch().ok_or_else(unreadable)
    }
}

impl RevocationList {
    fn message(&self) -> Vec<u8> {
        let revoked: Vec<u8> = self.revoked.iter().flat_map(|device| device.0).collect();
        framed(REVOCATION, &[&self.issuer.0, &self.serial.to_be_bytes(), &self.issued.to_be_bytes(), &revoked])
    }

    /// Whether the issuer signed it. Whether the issuer counts here is the caller's question.
    pub fn verify(&self) -> bool {
        self.revoked.len() <= MAX_REVOKED && signed_by(&self.issuer.0, &self.message(), &self.signature)
    }

    /// JSON, one object.
    pub fn to_text(&self) -> Result<String, Error> {
        serde_json::to_string_pretty(self).map_err(|e| Error::Library(e.to_string()))
    }

    /// Reads and verifies a list.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let list: Self = serde_json::from_str(text)
            .map_err(|e| Error::Unreadable(format!("this is no revocation list (JSON, line {}): {e}", e.line())))?;
        if !list.verify() {
            return Err(Error::Unreadable("the signature of this revocation list is wrong: get it again".into()));
        }
        Ok(list)
    }
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

    /// As whom one of these issuers vouches for the device: a client asks with the issuers that its own user trusts, because a
    /// room's list of issuers is its founder's word.
    pub fn vouched_by(&self, issuers: &[IssuerKey]) -> Option<&str> {
        let good =
            |vouch: &&Vouch| issuers.contains(&vouch.issuer) && vouch.device == self.device && vouch.verify(vouch.not_after);
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

#[derive(Debug, TlsSerialize, TlsDeserialize, TlsSize)]
struct VouchWire {
    issuer: [u8; 32],
    subject: VLBytes,
    device: [u8; 32],
    not_after: u64,
    signature: VLBytes,
}

#[derive(Debug, TlsSerialize, TlsDeserialize, TlsSize)]
struct CredentialWire {
    version: u16,
    device: [u8; 32],
    not_after: u64,
    certificate: VLBytes,
    vouches: Vec<VouchWire>,
}

impl From<&Vouch> for VouchWire {
    fn from(vouch: &Vouch) -> Self {
        Self {
            issuer: vouch.issuer.0,
            subject: vouch.subject.clone().into_bytes().into(),
            device: vouch.device.0,
            not_after: vouch.not_after,
            signature: vouch.signature.clone().into(),
        }
    }
}

impl VouchWire {
    fn into_vouch(self) -> Option<Vouch> {
        let subject = String::from_utf8(self.subject.into()).ok()?;
        if subject.is_empty() || subject.len() > MAX_SUBJECT || self.signature.as_slice().len() != 64 {
            return None;
        }
        Some(Vouch {
            issuer: IssuerKey(self.issuer),
            subject,
            device: DeviceKey(self.device),
            not_after: self.not_after,
            signature: self.signature.into(),
        })
    }
}

mod base64_bytes {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&URL_SAFE_NO_PAD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        URL_SAFE_NO_PAD.decode(text.as_bytes()).map_err(|_| D::Error::custom("no base64url"))
    }
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device({})", self.public().short())
    }
}

impl std::fmt::Debug for IssuerSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuerSigner({})", self.public().short())
    }
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

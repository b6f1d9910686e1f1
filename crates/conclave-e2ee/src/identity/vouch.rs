//! Who vouches for devices, and takes it back.

use super::wire::VouchWire;
use super::{DeviceKey, IssuerKey, LENIENCY, MAX_CREDENTIAL, framed, random_seed, signed_by};
use crate::{Error, UnixSeconds};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use tls_codec::{Deserialize as _, Serialize as _};
use zeroize::Zeroizing;

/// How long a vouch is good for at most, in seconds. Longer than [`super::MAX_LIFE`], for an administrator's key lies in a drawer
/// and not on a server; what must end sooner goes on a [`RevocationList`].
pub const MAX_VOUCH_LIFE: u64 = 400 * 24 * 3600;
/// The longest subject of a vouch, in bytes.
pub const MAX_SUBJECT: usize = 128;
/// The most devices on a revocation list.
pub const MAX_REVOKED: usize = 10_000;

const VOUCH: &str = "conclave vouch v1";
const REVOCATION: &str = "conclave revocation list v1";

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

impl std::fmt::Debug for IssuerSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IssuerSigner({})", self.public().short())
    }
}

//! The server's audit log as clients see it: how long it is and the hash of its last entry. A client remembers what it saw and asks
//! at [`AT`] whether that is still part of the log: one that was written anew as a whole is not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `GET` of `/api/v1/audit/at/N`: a [`Link`] with the hash of entry N, or 404.
pub const AT: &str = "/api/v1/audit/at";
/// [`AT`] as a route.
pub const ENTRY: &str = "/api/v1/audit/at/{n}";

/// SHA-256 of a line; shown as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(pub [u8; 32]);

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl From<Hash> for String {
    fn from(h: Hash) -> Self {
        h.to_string()
    }
}

impl std::str::FromStr for Hash {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let bad = || "a hash of the audit log has 64 hexadecimal digits".to_owned();
        if s.len() != 64 || !s.is_ascii() {
            return Err(bad());
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = s.get(at..at + 2).and_then(|d| u8::from_str_radix(d, 16).ok()).ok_or_else(bad)?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Hash {
    type Error = String;

    fn try_from(s: String) -> Result<Self, String> {
        s.parse()
    }
}

/// Where a chain stands: how many entries, and the hash of the last one. Of an empty chain: 0 and zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditEntry")]
pub struct Link {
    /// Entries.
    pub count: u64,
    /// Hash of the last of them.
    #[schemars(with = "String")]
    pub head: Hash,
}

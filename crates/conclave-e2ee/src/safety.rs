//! The safety code: what people read to each other to know that nobody is in between.
//!
//! 64 bits of Argon2id (64 MiB, 3 passes) over the epoch's authenticator and the roster: 8 words of the PGP word list
//! (even and odd words alternate, so a word left out or swapped is noticed) or 20 digits. Without the slow hash somebody in
//! between could search for a group with the same short code.

use crate::{DeviceKey, Error};

/// What a code is computed from. Holds a secret-derived value: wiped when dropped.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Material {
    /// Generation and epoch.
    #[zeroize(skip)]
    pub epoch: (u64, u64),
    /// MLS epoch authenticator.
    pub authenticator: Vec<u8>,
    /// Leaf and device of everybody, by leaf index.
    #[zeroize(skip)]
    pub roster: Vec<(u32, DeviceKey)>,
}

impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Material(epoch {:?}, {} members)", self.epoch, self.roster.len())
    }
}

/// A code, the same for all members of an epoch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Code {
    /// Eight words.
    pub words: Vec<String>,
    /// Twenty digits, in four groups of five.
    pub digits: String,
}

impl Material {
    /// Computes the code: about 0.2 s of one core and 64 MiB. Not for an event loop.
    pub fn code(&self) -> Result<Code, Error> {
        unimplemented!()
    }
}

impl Code {
    /// Whether what a person or script gave (words in any case and with any separators, or digits) is this code.
    pub fn matches(&self, _given: &str) -> bool {
        unimplemented!()
    }
}

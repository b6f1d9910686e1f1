//! The room secret: 128 random bits in a link's fragment, or a passphrase. Never sent to the server.

use crate::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A room secret. Wiped when dropped; `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RoomSecret {
    bytes: [u8; 32],
    #[zeroize(skip)]
    passphrase: bool,
    /// The 128 bits of a generated secret, to be shown again.
    seed: Option<[u8; 16]>,
}

impl RoomSecret {
    /// A fresh one.
    pub fn generate() -> Result<Self, Error> {
        unimplemented!()
    }

    /// From a link's `k`: 128 bits in base64url (22 characters).
    pub fn from_link(_k: &str) -> Result<Self, Error> {
        unimplemented!()
    }

    /// What a link's `k` says; `None` for a passphrase.
    pub fn to_link(&self) -> Option<zeroize::Zeroizing<String>> {
        unimplemented!()
    }

    /// From a passphrase that people chose: Argon2id (64 MiB, 3 passes), salted with server-independent room name. Weaker:
    /// a hostile server can guess off line. At least 6 words or 24 characters, else [`Error::Unreadable`] says so.
    pub fn from_passphrase(_passphrase: &str, _room: &str) -> Result<Self, Error> {
        unimplemented!()
    }

    /// A passphrase of `words` random words (at least 6).
    pub fn generate_passphrase(_words: usize) -> Result<zeroize::Zeroizing<String>, Error> {
        unimplemented!()
    }

    /// Whether people chose it.
    pub fn is_passphrase(&self) -> bool {
        self.passphrase
    }

    /// Sixteen words to be read out; `None` for a passphrase. 128 bits and 48 of redundancy.
    pub fn to_words(&self) -> Option<zeroize::Zeroizing<String>> {
        unimplemented!()
    }

    /// Reads the sixteen words back. A wrong word, or two swapped ones, are named by their places.
    pub fn from_words(_words: &str) -> Result<Self, Error> {
        unimplemented!()
    }

    /// The public key whose private half is derived from the secret: stands in the room's state, so that every gate can
    /// check a joiner's proof without knowing the secret.
    pub fn proof_key(&self) -> [u8; 32] {
        unimplemented!()
    }

    /// Proves knowledge of the secret over `message`.
    pub(crate) fn prove(&self, _message: &[u8]) -> Vec<u8> {
        unimplemented!()
    }

    /// The PSK of joins by link.
    pub(crate) fn psk(&self) -> zeroize::Zeroizing<[u8; 32]> {
        unimplemented!()
    }
}

impl std::fmt::Debug for RoomSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RoomSecret")
    }
}

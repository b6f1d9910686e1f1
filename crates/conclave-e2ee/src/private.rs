//! Private messages: sealed (HPKE, RFC 9180 base mode) to a key in the recipient's leaf, and carried inside an MLS
//! application message to everybody, so neither the server nor the other members learn to whom. The sender is proved by MLS.

use crate::Error;
use zeroize::Zeroizing;

/// The private half of the key in our leaf.
pub struct PrivateKey(pub(crate) Zeroizing<[u8; 32]>);

/// Seals `content` to the key of somebody's leaf. `aad` binds it to group, epoch and sender.
pub fn seal(_to: &[u8; 32], _aad: &[u8], _content: &[u8]) -> Result<Vec<u8>, Error> {
    unimplemented!()
}

/// Opens what was sealed to us; `None` if it was sealed to somebody else or is damaged.
pub fn open(_key: &PrivateKey, _aad: &[u8], _sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    unimplemented!()
}

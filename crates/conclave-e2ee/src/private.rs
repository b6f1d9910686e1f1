//! Private messages: sealed (HPKE, RFC 9180 base mode) to a key in the recipient's leaf, and carried inside an MLS
//! application message to everybody, so neither the server nor the other members learn to whom. The sender is proved by MLS.
//!
//! DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM: the HPKE of the group's own suite.

use crate::Error;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::{HpkeAeadType, HpkeCiphertext, HpkeConfig, HpkeKdfType, HpkeKemType};
use zeroize::Zeroizing;

const CONFIG: HpkeConfig = HpkeConfig(HpkeKemType::DhKem25519, HpkeKdfType::HkdfSha256, HpkeAeadType::AesGcm128);
const INFO: &[u8] = b"conclave private v1";
/// The longest content, in bytes.
pub const MAX_CONTENT: usize = 64 * 1024;
/// Sealed lengths tell no more than how many of these were filled.
const BLOCK: usize = 128;
/// Encapsulated key, then ciphertext; tag.
const KEY: usize = 32;
const TAG: usize = 16;
/// Length of the content, in front of it.
const LENGTH: usize = 4;

/// The private half of the key in our leaf.
pub struct PrivateKey(pub(crate) Zeroizing<[u8; 32]>);

impl PrivateKey {
    /// A fresh key, and its public half for the leaf.
    pub fn generate() -> Result<(Self, [u8; 32]), Error> {
        let seed = crate::secret::random::<32>()?;
        let pair = RustCrypto::default().derive_hpke_keypair(CONFIG, &*seed).map_err(library)?;
        let private = <[u8; 32]>::try_from(&*pair.private).map_err(library)?;
        let public = <[u8; 32]>::try_from(pair.public.as_slice()).map_err(library)?;
        Ok((Self(Zeroizing::new(private)), public))
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey")
    }
}

/// Seals `content` to the key of somebody's leaf. `aad` binds it to group, epoch and sender. Longer by 52 bytes and padded:
/// 48 and a multiple of 128. [`Error::Unreadable`]: longer than [`MAX_CONTENT`], or no key that can be sealed to.
pub fn seal(to: &[u8; 32], aad: &[u8], content: &[u8]) -> Result<Vec<u8>, Error> {
    if content.len() > MAX_CONTENT {
        return Err(Error::Unreadable(format!("this message is too long: at most {MAX_CONTENT} bytes")));
    }
    let length = (LENGTH + content.len()).next_multiple_of(BLOCK);
    let mut padded = Zeroizing::new(Vec::with_capacity(length));
    padded.extend_from_slice(&(content.len() as u32).to_be_bytes());
    padded.extend_from_slice(content);
    padded.resize(length, 0);
    let sealed = RustCrypto::default()
        .hpke_seal(CONFIG, to, INFO, aad, &padded)
        .map_err(|_| Error::Unreadable("their key for private messages is damaged".into()))?;
    Ok([sealed.kem_output.as_slice(), sealed.ciphertext.as_slice()].concat())
}

/// Opens what was sealed to us; `None` if it was sealed to somebody else or is damaged.
pub fn open(key: &PrivateKey, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (encapsulated, ciphertext) = sealed.split_at_checked(KEY)?;
    let padded = ciphertext.len().checked_sub(TAG)?;
    if padded % BLOCK != 0 || padded > MAX_CONTENT + LENGTH + BLOCK {
        return None;
    }
    let input = HpkeCiphertext { kem_output: encapsulated.into(), ciphertext: ciphertext.into() };
    let plain = RustCrypto::default().hpke_open(CONFIG, &input, &*key.0, INFO, aad).ok()?;
    let mut plain = Zeroizing::new(plain);
    let length = u32::from_be_bytes(plain.first_chunk().copied()?) as usize;
    let padding = plain.get(LENGTH.checked_add(length)?..)?;
    if padding.len() >= BLOCK || padding.iter().any(|byte| *byte != 0) {
        return None;
    }
    plain.copy_within(LENGTH..LENGTH + length, 0);
    // What truncation leaves behind in the buffer is wiped with its whole capacity when it is dropped.
    plain.truncate(length);
    Some(plain)
}

fn library(_: impl std::fmt::Debug) -> Error {
    Error::Library("no key for private messages could be made".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_recipient_reads_it_and_only_in_its_place() {
        let ((bob, to), (eve, _)) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
        let sealed = seal(&to, b"epoch 3, alice", b"lunch?").unwrap();
        assert_eq!(open(&bob, b"epoch 3, alice", &sealed).unwrap().as_slice(), b"lunch?");
        assert!(open(&eve, b"epoch 3, alice", &sealed).is_none(), "somebody else");
        assert!(open(&bob, b"epoch 3, mallory", &sealed).is_none(), "another sender");
        assert_ne!(seal(&to, b"", b"lunch?").unwrap(), seal(&to, b"", b"lunch?").unwrap());
    }

    #[test]
    fn lengths_tell_only_how_many_blocks_were_filled() {
        let (bob, to) = PrivateKey::generate().unwrap();
        for (content, blocks) in [(0, 1), (1, 1), (124, 1), (125, 2), (252, 2), (MAX_CONTENT, 513)] {
            let sealed = seal(&to, b"", &vec![b'x'; content]).unwrap();
            assert_eq!(sealed.len(), 48 + 128 * blocks);
            assert_eq!(open(&bob, b"", &sealed).unwrap().len(), content);
        }
        assert!(seal(&to, b"", &vec![0; MAX_CONTENT + 1]).is_err());
    }

    #[test]
    fn a_key_that_would_make_no_secret_is_refused() {
        assert!(seal(&[0; 32], b"", b"x").is_err(), "the point of order one gives a secret that everybody knows");
    }

    #[test]
    fn damage_is_refused() {
        let (bob, to) = PrivateKey::generate().unwrap();
        let sealed = seal(&to, b"", b"x").unwrap();
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1;
            assert!(open(&bob, b"", &bad).is_none(), "byte {at}");
            assert!(open(&bob, b"", &sealed[..at]).is_none(), "cut at {at}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused(sealed in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(open(&PrivateKey::generate().unwrap().0, b"", &sealed).is_none());
        }
    }
}

//! The room secret: 128 random bits in a link's fragment, or a passphrase. Never sent to the server.
//!
//! All keys are HKDF-SHA256 (RFC 5869) of 32 bytes, which a link's 128 bits or Argon2id of a passphrase give.

use crate::Error;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

mod words;

/// The least a passphrase may have: this many different words of three letters or more …
const MIN_WORDS: usize = 6;
/// … or this many characters, of which [`MIN_DISTINCT`] are different.
const MIN_CHARACTERS: usize = 24;
const MIN_DISTINCT: usize = 8;
/// The longest passphrase, in bytes.
const MAX_PASSPHRASE: usize = 1024;

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
        Ok(Self::from_seed(&*random::<16>()?))
    }

    fn from_seed(seed: &[u8; 16]) -> Self {
        Self { bytes: *derive(seed, b"conclave room secret v1"), passphrase: false, seed: Some(*seed) }
    }

    /// From a link's `k`: 128 bits in base64url (22 characters).
    pub fn from_link(k: &str) -> Result<Self, Error> {
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(k.trim()).unwrap_or_default());
        let seed = <&[u8; 16]>::try_from(bytes.as_slice()).map_err(|_| {
            Error::Unreadable("this is no room secret: it has 22 letters, digits, '-' and '_'; copy the whole link again".into())
        })?;
        Ok(Self::from_seed(seed))
    }

    /// What a link's `k` says; `None` for a passphrase.
    pub fn to_link(&self) -> Option<Zeroizing<String>> {
        self.seed.as_ref().map(|seed| Zeroizing::new(URL_SAFE_NO_PAD.encode(seed)))
    }

    /// From a passphrase that people chose: Argon2id (64 MiB, 3 passes), salted with server-independent room name. Weaker:
    /// a hostile server can guess off line. At least 6 words or 24 characters, else [`Error::Unreadable`] says so.
    ///
    /// Spaces around passphrase and name do not count and several are one; upper and lower case differ. Takes about 0.2 s
    /// and 64 MiB: not for an event loop.
    pub fn from_passphrase(passphrase: &str, room: &str) -> Result<Self, Error> {
        if passphrase.len() > MAX_PASSPHRASE {
            return Err(Error::Unreadable(format!("this passphrase is too long: at most {MAX_PASSPHRASE} bytes")));
        }
        let passphrase = collapse(passphrase);
        if !is_strong(&passphrase) {
            return Err(Error::Unreadable(format!(
                "this passphrase can be guessed: use at least {MIN_WORDS} different words, or {MIN_CHARACTERS} characters"
            )));
        }
        let salt = Sha256::new().chain_update(b"conclave passphrase v1").chain_update(collapse(room).as_bytes()).finalize();
        let mut secret = Self { bytes: [0; 32], passphrase: true, seed: None };
        slow_hash(passphrase.as_bytes(), &salt, &mut secret.bytes)?;
        Ok(secret)
    }

    /// A passphrase of `words` random words (at least 6), 11 bits each.
    pub fn generate_passphrase(words: usize) -> Result<Zeroizing<String>, Error> {
        loop {
            let passphrase = words::random(words.clamp(MIN_WORDS, 64))?;
            // One in a hundred has a word twice, which the rule for chosen ones would refuse.
            if is_strong(&passphrase) {
                return Ok(passphrase);
            }
        }
    }

    /// Whether people chose it.
    pub fn is_passphrase(&self) -> bool {
        self.passphrase
    }

    /// Sixteen words to be read out; `None` for a passphrase. 128 bits and 48 of redundancy.
    pub fn to_words(&self) -> Option<Zeroizing<String>> {
        self.seed.as_ref().map(words::from_seed)
    }

    /// Reads the sixteen words back. A wrong word, or two swapped ones, are named by their places.
    ///
    /// Any case, any spaces, hyphens or numbering between the words, and four letters are enough of each. Nothing is
    /// corrected in silence. The error's text may hold a word of the secret: it is for the person who typed, not for a log.
    pub fn from_words(words: &str) -> Result<Self, Error> {
        words::to_seed(words).map(|seed| Self::from_seed(&seed)).map_err(Error::Unreadable)
    }

    /// The public key whose private half is derived from the secret: stands in the room's state, so that every gate can
    /// check a joiner's proof without knowing the secret.
    pub fn proof_key(&self) -> [u8; 32] {
        self.signing_key().verifying_key().to_bytes()
    }

    /// Proves knowledge of the secret over `message`: Ed25519, 64 bytes.
    pub(crate) fn prove(&self, message: &[u8]) -> Vec<u8> {
        use ed25519_dalek::Signer;
        self.signing_key().sign(message).to_vec()
    }

    fn signing_key(&self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(&derive(&self.bytes, b"conclave proof v1"))
    }

    /// The PSK of joins by link.
    pub(crate) fn psk(&self) -> Zeroizing<[u8; 32]> {
        derive(&self.bytes, b"conclave psk v1")
    }
}

impl std::fmt::Debug for RoomSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RoomSecret")
    }
}

/// Random bytes from the system, with no generator's state in between.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, Error> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom03::fill(&mut *bytes).map_err(|error| Error::Library(format!("no random bytes: {error}")))?;
    Ok(bytes)
}

/// HKDF-SHA256 without salt, one block.
fn derive(secret: &[u8], label: &[u8]) -> Zeroizing<[u8; 32]> {
    let extracted = Zeroizing::new(hmac(&[0; 32], &[secret]));
    Zeroizing::new(hmac(&extracted, &[label, &[1]]))
}

fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads its key with zeros to a block (RFC 2104).
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key).for_each(|(to, byte)| *to = *byte);
    let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new((&*block).into());
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// Argon2id with 64 MiB and 3 passes: some 0.2 s, for everything that can be guessed or searched off line.
pub(crate) fn slow_hash(input: &[u8], salt: &[u8], out: &mut [u8]) -> Result<(), Error> {
    use argon2::{Algorithm, Argon2, Params, Version};
    Params::new(64 * 1024, 3, 1, Some(out.len()))
        .and_then(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(input, salt, out))
        .map_err(|error| Error::Library(error.to_string()))
}

fn collapse(text: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn is_strong(passphrase: &str) -> bool {
    let words: std::collections::BTreeSet<&str> = passphrase.split([' ', '-']).filter(|word| word.chars().count() >= 3).collect();
    let distinct: std::collections::BTreeSet<char> = passphrase.chars().collect();
    distinct.len() >= MIN_DISTINCT && (words.len() >= MIN_WORDS || passphrase.chars().count() >= MIN_CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reads_back_and_gives_the_same_keys() {
        let secret = RoomSecret::generate().unwrap();
        let link = secret.to_link().unwrap();
        assert_eq!(link.len(), 22);
        let again = RoomSecret::from_link(&format!(" {}\n", *link)).unwrap();
        assert_eq!(again.psk(), secret.psk());
        assert_eq!(again.proof_key(), secret.proof_key());
        assert_ne!(RoomSecret::generate().unwrap().psk(), secret.psk());
        assert_eq!(format!("{secret:?}"), "RoomSecret");
    }

    #[test]
    fn what_is_no_link_is_refused_in_words() {
        for k in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAA!", "AAAAAAAAAAAAAAAAAAAAAB"] {
            let error = RoomSecret::from_link(k).unwrap_err().to_string();
            assert!(error.contains("22 letters"), "{error}");
        }
    }

    #[test]
    fn the_keys_are_independent_and_stay_what_they_are() {
        use ed25519_dalek::{Signature, VerifyingKey};
        let secret = RoomSecret::from_seed(&[7; 16]);
        assert!(secret.psk()[..] != secret.bytes && secret.proof_key() != secret.bytes);
        let proof = Signature::from_slice(&secret.prove(b"join")).unwrap();
        let key = VerifyingKey::from_bytes(&secret.proof_key()).unwrap();
        assert!(key.verify_strict(b"join", &proof).is_ok() && key.verify_strict(b"other", &proof).is_err());
        // RFC 5869, test case 3 (no salt, no info), first block.
        let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d";
        assert_eq!(derive(&[0x0b; 22], b"").iter().map(|byte| format!("{byte:02x}")).collect::<String>(), expected);
    }

    #[test]
    fn a_passphrase_means_the_same_to_all_who_type_it_in_one_room_only() {
        let secret = RoomSecret::from_passphrase("six short words are just enough", "standup").unwrap();
        let again = RoomSecret::from_passphrase("  six  short words\tare just enough\n", " standup ").unwrap();
        assert!(secret == again && secret.is_passphrase());
        assert_ne!(RoomSecret::from_passphrase("six short words are just enough", "other").unwrap(), secret);
        assert_eq!((secret.to_link(), secret.to_words()), (None, None));
    }

    #[test]
    fn weak_passphrases_are_refused_in_words() {
        for weak in ["", "hunter2", "a b c d e f", "one one one one one one", &"a".repeat(60), "correct horse battery"] {
            let error = RoomSecret::from_passphrase(weak, "r").unwrap_err().to_string();
            assert!(error.contains("6 different words"), "{error}");
        }
        assert!(is_strong("kX9!vbQ2#mWp7$zRt4&yLs8@") && is_strong("tiger-ocean-lamp-seven-crisp-jelly"));
        assert!(RoomSecret::from_passphrase(&"ab".repeat(600), "r").unwrap_err().to_string().contains("too long"));
    }

    #[test]
    fn generated_passphrases_are_strong_and_different() {
        let (one, two) = (RoomSecret::generate_passphrase(1).unwrap(), RoomSecret::generate_passphrase(8).unwrap());
        assert_eq!((one.split(' ').count(), two.split(' ').count()), (6, 8));
        assert!(is_strong(&one) && is_strong(&two));
        assert_ne!(one, RoomSecret::generate_passphrase(6).unwrap());
    }
}

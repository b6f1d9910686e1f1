//! Secrets that the server must be able to read again (of second factors), sealed with a key that is not in the database: a
//! copy of the database alone gives none of them away.

use super::DataDir;
use crate::exit::{Exit, Failure};
use crate::server::secret;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

/// The file of the key.
const KEY_FILE: &str = "second-factor.key";

/// Seals and opens.
#[derive(Debug)]
pub(super) struct Sealer(LessSafeKey);

fn failed() -> Failure {
    Failure::new(Exit::Internal, "the second factor's secret cannot be encrypted")
}

impl Sealer {
    /// With the key of the data directory, which is made if it is not there.
    pub(super) fn of(data: &DataDir) -> Result<Self, Failure> {
        let key = UnboundKey::new(&AES_256_GCM, data.seed(KEY_FILE)?.as_slice()).map_err(|_| failed())?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Nonce and ciphertext, bound to what they are for.
    pub(super) fn seal(&self, whose: &str, secret: &[u8]) -> Result<Vec<u8>, Failure> {
        let nonce = secret::bytes::<NONCE_LEN>();
        let mut sealed = secret.to_vec();
        let nonce_of = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(nonce_of, Aad::from(whose.as_bytes()), &mut sealed).map_err(|_| failed())?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What was sealed for the same. [`Exit::Config`] if the key is another one.
    pub(super) fn open(&self, whose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let damaged = || {
            let text =
                format!("{KEY_FILE} does not open what is in the database; put the right one back, or reset second factors");
            Failure::new(Exit::Config, text)
        };
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(damaged)?;
        let mut secret = Zeroizing::new(sealed.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let open = self.0.open_in_place(nonce, Aad::from(whose.as_bytes()), &mut secret).map_err(|_| damaged())?;
        Ok(Zeroizing::new(open.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_opens_and_only_for_the_same() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sealer = |dir: &tempfile::TempDir| Sealer::of(&DataDir::open(dir.path()).unwrap()).unwrap();
        let sealed = sealer(&one).seal("a-1", b"secret").unwrap();
        assert_eq!(sealer(&one).open("a-1", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(sealer(&one).open("a-2", &sealed).unwrap_err().exit, Exit::Config);
        assert_eq!(sealer(&two).open("a-1", &sealed).unwrap_err().exit, Exit::Config);
        assert_eq!(sealer(&one).open("a-1", b"short").unwrap_err().exit, Exit::Config);
    }
}

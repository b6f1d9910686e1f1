//! Secrets the server hands out: long, random, and kept by itself as hashes only.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

/// SHA-256 of a secret. Enough for random secrets of 128 bits and more, which cannot be guessed.
#[derive(Clone, Copy)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of a secret.
    pub fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret.as_bytes()).into())
    }

    /// Its bytes, for the store.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is the secret's hash; the time taken does not depend on where they differ.
    pub fn matches(&self, secret: &str) -> bool {
        self.0.iter().zip(Self::of(secret).0).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
    }
}

/// Random bytes from the operating system.
///
/// # Panics
/// If the operating system has no randomness to give: nothing may be served then.
#[allow(clippy::expect_used, reason = "a server without randomness must not go on")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut b = [0; N];
    getrandom::fill(&mut b).expect("the operating system gives randomness");
    b
}

/// A fresh secret of 256 bits, as base64url.
pub fn fresh() -> Zeroizing<String> {
    let mut b = bytes::<32>();
    let s = Zeroizing::new(URL_SAFE_NO_PAD.encode(b));
    b.zeroize();
    s
}

/// A fresh id of 96 bits, as base64url: unique, not secret.
pub fn id(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes::<12>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_know_their_secret_and_no_other() {
        let s = fresh();
        assert_eq!(s.len(), 43);
        assert!(Hash::of(&s).matches(&s));
        assert!(!Hash::of(&s).matches(&fresh()) && !Hash::of(&s).matches(""));
    }
}

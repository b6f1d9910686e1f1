//! Passwords as Argon2id hashes (RFC 9106; 19 MiB, three passes), in PHC strings.

use crate::exit::{Exit, Failure};
use crate::server::secret;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::OnceLock;

/// The shortest password, in characters.
pub const MIN: usize = 10;
/// The longest, in bytes.
pub const MAX: usize = 1024;

fn failed(e: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Internal, format!("the password cannot be hashed ({e})"))
}

fn argon2() -> Result<Argon2<'static>, Failure> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 3, 1, None).map_err(failed)?))
}

/// The hash of a new password. [`Exit::Data`] if it is too short or too long. Takes about 0.05 s.
pub fn hash(password: &str) -> Result<String, Failure> {
    if password.chars().count() < MIN || password.len() > MAX {
        return Err(Failure::new(Exit::Data, format!("a password has at least {MIN} characters, and at most {MAX} bytes")));
    }
    hash_any(password)
}

/// The shortest PIN, in characters: whoever guesses has ten tries.
pub const MIN_PIN: usize = 4;
/// The longest, in bytes.
pub const MAX_PIN: usize = 64;

/// The hash of an invite's PIN. [`Exit::Data`] if it is too short or too long. Takes about 0.05 s.
pub fn hash_pin(pin: &str) -> Result<String, Failure> {
    if pin.chars().count() < MIN_PIN || pin.len() > MAX_PIN {
        return Err(Failure::new(Exit::Data, format!("a PIN has at least {MIN_PIN} characters, and at most {MAX_PIN} bytes")));
    }
    hash_any(pin)
}

fn hash_any(password: &str) -> Result<String, Failure> {
    let salt = SaltString::encode_b64(&secret::bytes::<16>()).map_err(failed)?;
    Ok(argon2()?.hash_password(password.as_bytes(), &salt).map_err(failed)?.to_string())
}

/// Whether this is the password. Without a hash (no such account) it takes as long and says no.
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    if password.len() > MAX {
        return false;
    }
    let nobody = || NOBODY.get_or_init(|| hash_any(&secret::fresh()).unwrap_or_default()).as_str();
    let known = hash.is_some();
    let good = PasswordHash::new(hash.unwrap_or_else(nobody))
        .is_ok_and(|h| argon2().is_ok_and(|a| a.verify_password(password.as_bytes(), &h).is_ok()));
    good && known
}

/// Computes what [`verify`] needs for unknown names, so that the first of them takes no longer than the others.
pub fn prepare() {
    verify("", None);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let h = hash("correct horse").unwrap();
        assert!(h.starts_with("$argon2id$v=19$m=19456,t=3,p=1$"), "{h}");
        assert!(verify("correct horse", Some(&h)) && !verify("correct hors", Some(&h)));
        assert!(!verify("correct horse", None) && !verify("x", Some("nonsense")));
        assert_ne!(h, hash("correct horse").unwrap(), "salted");
        assert_eq!(hash("short").unwrap_err().exit, Exit::Data);
    }
}

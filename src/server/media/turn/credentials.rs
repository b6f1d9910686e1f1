//! Credentials that end by themselves: `EXPIRY:WHO`, and a password that is made of it and a secret (the scheme that coturn calls
//! `use-auth-secret`). Nothing is kept of them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::Hmac;
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;
use std::net::SocketAddr;
use zeroize::Zeroizing;

/// How long credentials begin an allocation, in seconds; what was begun with them is kept alive for longer.
const GOOD_FOR: u64 = 12 * 3600;
/// The realm (RFC 8489 section 14.9).
pub(super) const REALM: &str = "conclave";
/// How long a nonce is good, in seconds.
const NONCE: u64 = 600;
/// The longest user name that is read, in bytes.
const LONGEST: usize = 128;

/// What passwords are made with. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// One that an external server knows too.
    pub fn shared(secret: &str) -> Self {
        Self(Zeroizing::new(secret.as_bytes().to_vec()))
    }

    /// A new one, for this process.
    pub fn fresh() -> Self {
        Self(Zeroizing::new(crate::server::secret::bytes::<32>().to_vec()))
    }

    /// Name and password for somebody. Names travel in the open with TURN, so who it is is not in it: always the same for the same
    /// identity, and nothing that others can read.
    pub(super) fn credentials(&self, identity: &str, unix: u64) -> (String, Zeroizing<String>) {
        let who = self.mac::<Hmac<Sha256>>(&[b"who", identity.as_bytes()]);
        let name = format!("{}:{}", unix + GOOD_FOR, URL_SAFE_NO_PAD.encode(who.get(..12).unwrap_or_default()));
        let password = self.password(&name);
        (name, password)
    }

    /// The password of a name.
    fn password(&self, name: &str) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.mac::<Hmac<Sha1>>(&[name.as_bytes()])))
    }

    /// The key of a name that we have given (RFC 8489 section 9.2.2), and when it ends; `None` for what cannot be a name.
    pub(super) fn key(&self, name: &[u8]) -> Option<(Zeroizing<[u8; 16]>, u64)> {
        let name = std::str::from_utf8(name).ok().filter(|n| n.len() <= LONGEST)?;
        let ends = name.split_once(':')?.0.parse().ok()?;
        let sum = Md5::new().chain_update(name).chain_update(":").chain_update(REALM).chain_update(":");
        Some((Zeroizing::new(sum.chain_update(self.password(name).as_bytes()).finalize().into()), ends))
    }

    /// A nonce for an address: nobody else can use it, so who uses it is there.
    pub(super) fn nonce(&self, from: SocketAddr, unix: u64) -> String {
        let ends = (unix + NONCE) as u32;
        let mac = self.mac::<Hmac<Sha256>>(&[b"nonce", &ends.to_be_bytes(), from.to_string().as_bytes()]);
        URL_SAFE_NO_PAD.encode([&ends.to_be_bytes(), mac.get(..11).unwrap_or_default()].concat())
    }

    /// Whether a nonce is one of ours for this address, and has not ended.
    pub(super) fn is_fresh(&self, nonce: &[u8], from: SocketAddr, unix: u64) -> bool {
        let ends = URL_SAFE_NO_PAD.decode(nonce).ok().and_then(|n| n.first_chunk().map(|e| u64::from(u32::from_be_bytes(*e))));
        let Some(ends) = ends.filter(|ends| (unix..=unix + NONCE).contains(ends)) else { return false };
        let ours = self.nonce(from, ends - NONCE.min(ends));
        rtc_dtls::crypto_provider::constant_time_eq(ours.as_bytes(), nonce)
    }

    fn mac<M: hmac::Mac + hmac::digest::KeyInit>(&self, parts: &[&[u8]]) -> Vec<u8> {
        // An HMAC takes keys of any length.
        let Ok(mut mac) = <M as hmac::Mac>::new_from_slice(&self.0) else { return Vec::new() };
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    }
}

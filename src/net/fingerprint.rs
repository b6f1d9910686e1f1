//! The fingerprint of a server: SHA-256 of its public key (SubjectPublicKeyInfo). It survives a renewed certificate.

use crate::exit::{Exit, Failure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rustls::pki_types::CertificateDer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// SHA-256 of a server's SubjectPublicKeyInfo.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a DER-encoded SubjectPublicKeyInfo.
    pub fn of_spki(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// The fingerprint of the key in a certificate.
    pub fn of_certificate(der: &CertificateDer<'_>) -> Result<Self, rustls::Error> {
        let certificate = rustls::server::ParsedCertificate::try_from(der)?;
        Ok(Self::of_spki(certificate.subject_public_key_info().as_ref()))
    }

    /// Reads base64url (as in links) or `sha256/` and base64.
    pub fn parse(s: &str) -> Result<Self, Failure> {
        let t: String = s
            .trim_start_matches("sha256/")
            .trim_end_matches('=')
            .chars()
            .map(|c| match c {
                '+' => '-',
                '/' => '_',
                c => c,
            })
            .collect();
        URL_SAFE_NO_PAD.decode(t).ok().and_then(|b| b.try_into().ok()).map(Self).ok_or_else(|| {
            Failure::new(
                Exit::Data,
                "this is not a server fingerprint (43 characters of base64url); copy the whole link or ask your administrator again",
            )
        })
    }
}

impl From<Fingerprint> for String {
    fn from(f: Fingerprint) -> Self {
        f.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = Failure;

    fn try_from(s: String) -> Result<Self, Failure> {
        Self::parse(&s)
    }
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl std::fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

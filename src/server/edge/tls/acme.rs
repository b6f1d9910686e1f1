//! What a certificate by ACME needs of TLS: the answer to a challenge on this port (`tls-alpn-01`, RFC 8737), a request for the
//! present key, and a place for what was issued.

use super::{Certificates, Identity, KEY, SPARE, damaged, identity, internal, new_key, of_pem};
use crate::exit::{Exit, Failure};
use crate::server::store::data_dir::{DataDir, read_text};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::ClientHello;
use rustls::sign::CertifiedKey;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The protocol by which a directory's question is known (RFC 8737 section 6.2). Nothing is said after the handshake.
pub const ALPN: &[u8] = b"acme-tls/1";
/// The chain that an authority issued for the present key.
pub(super) const CHAIN: &str = "tls/acme.pem";

/// Answers to challenges, by the name that is asked about.
#[derive(Debug, Default)]
pub(super) struct Challenges(RwLock<HashMap<String, Arc<CertifiedKey>>>);

impl Challenges {
    /// The certificate that answers a directory's question; the outer `None`: nobody asks one.
    pub(super) fn answer(&self, hello: &ClientHello<'_>) -> Option<Option<Arc<CertifiedKey>>> {
        let mut protocols = hello.alpn()?;
        if protocols.next() != Some(ALPN) || protocols.next().is_some() {
            return None;
        }
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(hello.server_name().and_then(|name| all.get(&name.to_ascii_lowercase()).cloned()))
    }
}

/// While it lives, a challenge is answered.
#[derive(Debug)]
pub struct Proof {
    challenges: Arc<Challenges>,
    name: String,
}

impl Drop for Proof {
    fn drop(&mut self) {
        self.challenges.0.write().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

impl Certificates {
    /// Answers the challenge for a name with this SHA-256 of a key authorization.
    pub fn prove(&self, name: &str, digest: &[u8]) -> Result<Proof, Failure> {
        if digest.len() != 32 {
            return Err(internal("a digest of another length"));
        }
        let key = KeyPair::generate().map_err(internal)?;
        let mut params = CertificateParams::new(vec![name.to_owned()]).map_err(internal)?;
        params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
        let certificate = params.self_signed(&key).map_err(internal)?;
        let key = any_supported_type(&PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()))).map_err(internal)?;
        // Its extension is critical, so it is no certificate for anything else, and is not looked at as one.
        let certified = Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key));
        let name = name.to_ascii_lowercase();
        self.challenges.0.write().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), certified);
        Ok(Proof { challenges: self.challenges.clone(), name })
    }
}

/// What an authority issued for the present key, if there is such a thing.
pub(super) fn of_authority(data: &DataDir) -> Option<Identity> {
    let key = data.secret_file(KEY, new_key).ok()?;
    let chain = read_text(&data.path().join(CHAIN)).ok()?;
    let spare = data.secret_file(SPARE, new_key).ok().and_then(|pem| of_pem(&pem).ok());
    identity(&chain, &key, spare).ok()
}

/// Whether a certificate is for all of these names.
fn covers(identity: &Identity, names: &[String]) -> bool {
    let Some((_, certificate)) = identity.certified.cert.first().and_then(|c| X509Certificate::from_der(c).ok()) else {
        return false;
    };
    let Ok(Some(covered)) = certificate.subject_alternative_name() else { return false };
    let is = |wanted: &str| {
        covered.value.general_names.iter().any(|n| matches!(n, GeneralName::DNSName(name) if name.eq_ignore_ascii_case(wanted)))
    };
    names.iter().all(|name| is(name))
}

/// From when to when the certificate for the present key and these names is good; `None`: there is none.
pub fn by_authority(data: &DataDir, names: &[String]) -> Option<(i64, i64)> {
    of_authority(data).filter(|identity| covers(identity, names)).map(|identity| identity.validity)
}

/// A request for these names (PKCS #10) by the present key.
pub fn request(data: &DataDir, names: &[String]) -> Result<Vec<u8>, Failure> {
    let key = KeyPair::from_pem(&data.secret_file(KEY, new_key)?).map_err(|e| damaged(data, e))?;
    let mut params = CertificateParams::new(names.to_vec()).map_err(internal)?;
    params.distinguished_name = DistinguishedName::new();
    Ok(params.serialize_request(&key).map_err(internal)?.der().to_vec())
}

/// Keeps a chain that was issued, if it is for the present key and these names.
pub fn take(data: &DataDir, names: &[String], chain: &str) -> Result<(), Failure> {
    let key = data.secret_file(KEY, new_key)?;
    let bad = |why: String| {
        let why = crate::text::clean(&why);
        Failure::new(Exit::Protocol, format!("the certificate that was issued is not used ({why}), and the old one serves on"))
    };
    let issued = identity(chain, &key, None).map_err(bad)?;
    if !covers(&issued, names) {
        return Err(bad("it is for other names".into()));
    }
    data.replace(CHAIN, chain)
}

#[cfg(test)]
mod tests {
    use super::super::{Source, rotate};
    use super::*;

    fn data() -> (tempfile::TempDir, DataDir) {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("data")).unwrap();
        (dir, data)
    }

    /// What an authority issues for the present key of a directory.
    fn issue(data: &DataDir, names: &[String]) -> String {
        let mut authority = CertificateParams::new(vec![]).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let issuer = rcgen::Issuer::new(authority, KeyPair::generate().unwrap());
        let key = KeyPair::from_pem(&data.secret_file(KEY, new_key).unwrap()).unwrap();
        CertificateParams::new(names.to_vec()).unwrap().signed_by(&key, &issuer).unwrap().pem()
    }

    #[test]
    fn what_an_authority_issues_is_served_for_the_key_that_is_announced_and_for_no_other() {
        let (_dir, data) = data();
        let names = ["meet.example.org".to_owned(), "www.example.org".to_owned()];
        let certificates = Certificates::open(Source::Acme(vec![]), &data).unwrap();
        let before = certificates.identity().keys;
        assert_eq!(by_authority(&data, &names), None);
        let stamp = certificates.stamp();
        take(&data, &names, &issue(&data, &names)).unwrap();
        assert!(certificates.stamp() != stamp && certificates.reload().unwrap());
        assert_eq!(certificates.identity().keys, before, "links stay good");
        assert!(by_authority(&data, &names).is_some() && by_authority(&data, &names[..1]).is_some());
        assert_eq!(by_authority(&data, &["other.example.org".to_owned()]), None, "another name needs another one");
        // One for other names, for another key, or nonsense is none.
        let fewer = issue(&data, &names[..1]);
        assert!(take(&data, &names, &fewer).unwrap_err().text.contains("other names"));
        let (_other_dir, other) = self::data();
        let foreign = issue(&other, &names);
        assert!(take(&data, &names, &foreign).is_err() && take(&data, &names, "nonsense").is_err());
        // The key that follows has none yet: clients know it by its fingerprint meanwhile.
        let after = rotate(&data).unwrap();
        assert!(certificates.reload().unwrap());
        assert_eq!((certificates.identity().keys, by_authority(&data, &names)), (after, None));
        take(&data, &names, &issue(&data, &names)).unwrap();
        assert!(certificates.reload().unwrap() && by_authority(&data, &names).is_some());
        assert_eq!(certificates.identity().keys, after);
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(data.path().join(CHAIN)).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

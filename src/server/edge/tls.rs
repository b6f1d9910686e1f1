//! The server's certificate: from files, or self-signed and made at the first start. Clients know it by its key's
//! fingerprint.

use crate::exit::{Exit, Failure};
use crate::net::Fingerprint;
use crate::server::store::data_dir::{self, DataDir};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

/// What TLS needs, and how clients know it.
pub struct Identity {
    /// Accepts TLS connections.
    pub acceptor: TlsAcceptor,
    /// SHA-256 of the public key.
    pub fingerprint: Fingerprint,
}

/// The administrator's certificate chain and key, in PEM.
pub fn from_files(cert: &Path, key: &Path) -> Result<Identity, Failure> {
    let read = |what: &str, path: &Path| {
        data_dir::read_text(path).map_err(|e| {
            let text = format!("the {what} {} cannot be read ({e}); check --{what}", path.display());
            Failure::new(Exit::NoInput, text)
        })
    };
    let (cert_pem, key_pem) = (read("cert", cert)?, read("key", key)?);
    identity(&cert_pem, &key_pem).map_err(|e| {
        let text = format!(
            "the certificate {} and key {} cannot be used ({e}); both must be PEM and belong together",
            cert.display(),
            key.display()
        );
        Failure::new(Exit::Config, text)
    })
}

/// The self-signed certificate in a data directory; made if there is none. The key stays the same for good, and with it
/// the fingerprint.
pub fn self_signed(data: &DataDir, addresses: &[IpAddr]) -> Result<Identity, Failure> {
    let damaged = |e: String| {
        let text = format!(
            "{}/tls is damaged ({e}); put the right files back: links carry this key's fingerprint",
            data.path().display()
        );
        Failure::new(Exit::Config, text)
    };
    let internal = |e: rcgen::Error| Failure::new(Exit::Internal, format!("no certificate can be made ({e})"));
    let key_pem = data.secret_file("tls/key.pem", || {
        let key = rcgen::KeyPair::generate().map_err(internal)?;
        Ok(Zeroizing::new(key.serialize_pem()))
    })?;
    let cert_pem = data.secret_file("tls/cert.pem", || {
        let key = rcgen::KeyPair::from_pem(&key_pem).map_err(|e| damaged(e.to_string()))?;
        let names: Vec<String> = ["localhost".to_owned()].into_iter().chain(addresses.iter().map(ToString::to_string)).collect();
        let mut params = rcgen::CertificateParams::new(names).map_err(internal)?;
        params.distinguished_name.push(rcgen::DnType::CommonName, "Conclave server");
        Ok(Zeroizing::new(params.self_signed(&key).map_err(internal)?.pem()))
    })?;
    identity(&cert_pem, &key_pem).map_err(damaged)
}

fn identity(cert_pem: &str, key_pem: &str) -> Result<Identity, String> {
    let chain = CertificateDer::pem_slice_iter(cert_pem.as_bytes()).collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(|e| e.to_string())?;
    let first = chain.first().ok_or("it holds no certificate")?;
    let parsed = rustls::server::ParsedCertificate::try_from(first).map_err(|e| e.to_string())?;
    let fingerprint = Fingerprint::of_spki(parsed.subject_public_key_info().as_ref());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|e| e.to_string())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Identity { acceptor: TlsAcceptor::from(Arc::new(config)), fingerprint })
}

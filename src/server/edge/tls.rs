//! The server's certificate: from files, or self-signed and made at the first start. Clients know it by its key's
//! fingerprint.
//!
//! [`Certificates`] is asked for each new connection, so that another certificate drops nobody. Beside the present key there is a
//! *spare*, whose fingerprint goes out with links and logins: [`rotate`] makes it the present one, and clients that heard of it
//! accept it without a word.

pub mod acme;

pub use acme::{ALPN, Proof, by_authority, request, take};

use crate::exit::{Exit, Failure};
use crate::net::Fingerprint;
use crate::server::store::data_dir::{self, DataDir};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, SubjectPublicKeyInfoDer};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio_rustls::TlsAcceptor;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use zeroize::Zeroizing;

/// TURN over TLS in ALPN (RFC 7443).
pub const TURN: &[u8] = b"stun.turn";
/// The present key in a data directory.
const KEY: &str = "tls/key.pem";
/// Its certificate.
const CERTIFICATE: &str = "tls/cert.pem";
/// The key that will follow.
const SPARE: &str = "tls/spare.pem";
/// The key that was followed last; of use only to undo a rotation.
const PREVIOUS: &str = "tls/previous.pem";

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The administrator's files.
    Files(Files),
    /// Made by us, for these addresses.
    Own(Vec<IpAddr>),
    /// An authority's, by ACME, for the same key as our own; and our own while there is none.
    Acme(Vec<IpAddr>),
}

/// A certificate of the administrator's, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Files {
    /// The chain.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
    /// The key that will follow, or its public half.
    pub spare: Option<PathBuf>,
}

impl Files {
    /// All of them.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        [Some(&self.certificate), Some(&self.key), self.spare.as_ref()].into_iter().flatten().map(PathBuf::as_path)
    }
}

/// What clients know a server by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// The present key.
    pub present: Fingerprint,
    /// The one that will follow.
    pub spare: Option<Fingerprint>,
}

impl std::fmt::Display for Keys {
    /// As in a link's fragment: `fp=…` or `fp=….fp2=…`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "fp={}", self.present)?;
        self.spare.map_or(Ok(()), |spare| write!(f, ".fp2={spare}"))
    }
}

/// A certificate that can be served.
#[derive(Debug, Clone)]
pub struct Identity {
    certified: Arc<CertifiedKey>,
    /// How clients know it.
    pub keys: Keys,
    /// When the certificate begins and ends to be good, in seconds since the Unix epoch.
    pub validity: (i64, i64),
}

impl Source {
    /// Reads the certificate; one of our own is made if there is none.
    pub fn load(&self, data: &DataDir) -> Result<Identity, Failure> {
        match self {
            Source::Files(Files { certificate, key, spare }) => from_files(certificate, key, spare.as_deref()),
            Source::Own(addresses) => self_signed(data, addresses),
            Source::Acme(addresses) => acme::of_authority(data).map_or_else(|| self_signed(data, addresses), Ok),
        }
    }

    fn files(&self, data: &DataDir) -> Vec<PathBuf> {
        match self {
            Source::Files(files) => files.paths().map(Path::to_owned).collect(),
            Source::Own(_) => [KEY, CERTIFICATE, SPARE].map(|f| data.path().join(f)).into(),
            Source::Acme(_) => [KEY, CERTIFICATE, SPARE, acme::CHAIN].map(|f| data.path().join(f)).into(),
        }
    }
}

/// The administrator's certificate chain and key.
fn from_files(certificate: &Path, key: &Path, spare: Option<&Path>) -> Result<Identity, Failure> {
    let read = |what: &str, path: &Path| {
        data_dir::read_text(path).map_err(|e| {
            let text = format!("the {what} {} cannot be read ({e}); check where it is and who may read it", path.display());
            Failure::new(Exit::NoInput, text)
        })
    };
    let (certificate_pem, key_pem) = (read("certificate", certificate)?, read("key", key)?);
    let spare = spare
        .map(|path| {
            let bad = |e| Failure::new(Exit::Config, format!("the spare key {} cannot be used ({e})", path.display()));
            of_pem(&read("spare key", path)?).map_err(bad)
        })
        .transpose()?;
    identity(&certificate_pem, &key_pem, spare).map_err(|e| {
        let text = format!(
            "the certificate {} and key {} cannot be used ({e}); both must be PEM and belong together",
            certificate.display(),
            key.display()
        );
        Failure::new(Exit::Config, text)
    })
}

fn damaged(data: &DataDir, e: impl std::fmt::Display) -> Failure {
    let text =
        format!("{}/tls is damaged ({e}); put the right files back: links carry this key's fingerprint", data.path().display());
    Failure::new(Exit::Config, text)
}

fn internal(e: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Internal, format!("no certificate can be made ({e})"))
}

fn new_key() -> Result<Zeroizing<String>, Failure> {
    rcgen::KeyPair::generate().map(|key| Zeroizing::new(key.serialize_pem())).map_err(internal)
}

/// The self-signed certificate in a data directory; made if there is none. The key stays until it is rotated, and with it the
/// fingerprint.
fn self_signed(data: &DataDir, addresses: &[IpAddr]) -> Result<Identity, Failure> {
    let key_pem = data.secret_file(KEY, new_key)?;
    let spare_pem = data.secret_file(SPARE, new_key)?;
    let spare = Some(of_pem(&spare_pem).map_err(|e| damaged(data, e))?);
    let certificate = || {
        let key = rcgen::KeyPair::from_pem(&key_pem).map_err(|e| damaged(data, e))?;
        let names: Vec<String> = ["localhost".to_owned()].into_iter().chain(addresses.iter().map(ToString::to_string)).collect();
        let mut params = rcgen::CertificateParams::new(names).map_err(internal)?;
        params.distinguished_name.push(rcgen::DnType::CommonName, "Conclave server");
        Ok(Zeroizing::new(params.self_signed(&key).map_err(internal)?.pem()))
    };
    let served = identity(&data.secret_file(CERTIFICATE, certificate)?, &key_pem, spare);
    match served {
        Ok(served) => Ok(served),
        // A key that was rotated has no certificate yet. It is known by the key alone, so a new one is as good.
        Err(_) => {
            let path = data.path().join(CERTIFICATE);
            fs::remove_file(&path).map_err(|e| damaged(data, e))?;
            identity(&data.secret_file(CERTIFICATE, certificate)?, &key_pem, spare).map_err(|e| damaged(data, e))
        }
    }
}

/// The keys of a data directory; made if they are not there.
pub fn keys(data: &DataDir) -> Result<Keys, Failure> {
    let of = |pem: &str| of_pem(pem).map_err(|e| damaged(data, e));
    Ok(Keys { present: of(&data.secret_file(KEY, new_key)?)?, spare: Some(of(&data.secret_file(SPARE, new_key)?)?) })
}

/// Makes the spare key of a data directory the present one, and a new spare: the server's keys afterwards. A running server
/// takes them up by itself.
pub fn rotate(data: &DataDir) -> Result<Keys, Failure> {
    let at = |name: &str| data.path().join(name);
    let cannot = |e: std::io::Error| {
        let text = format!("the keys in {}/tls cannot be rotated ({e}); check that they belong to you", data.path().display());
        Failure::new(Exit::CantCreate, text)
    };
    // Both are there and can be read.
    keys(data)?;
    let _ = fs::remove_file(at(PREVIOUS));
    fs::hard_link(at(KEY), at(PREVIOUS)).map_err(cannot)?;
    // From here on the spare is the key, wherever we are stopped. Its certificate is made by the server, which knows its addresses.
    fs::rename(at(SPARE), at(KEY)).map_err(cannot)?;
    let _ = fs::remove_file(at(CERTIFICATE));
    keys(data)
}

/// The fingerprint of a key in PEM, private or public.
fn of_pem(pem: &str) -> Result<Fingerprint, String> {
    if let Ok(public) = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()) {
        return Ok(Fingerprint::of_spki(public.as_ref()));
    }
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|e| e.to_string())?;
    let key = rustls::crypto::ring::sign::any_supported_type(&key).map_err(|e| e.to_string())?;
    Ok(Fingerprint::of_spki(key.public_key().ok_or("it has no public half")?.as_ref()))
}

fn identity(certificate_pem: &str, key_pem: &str, spare: Option<Fingerprint>) -> Result<Identity, String> {
    let chain =
        CertificateDer::pem_slice_iter(certificate_pem.as_bytes()).collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes()).map_err(|e| e.to_string())?;
    let first = chain.first().ok_or("it holds no certificate")?;
    let parsed = ParsedCertificate::try_from(first).map_err(|e| e.to_string())?;
    let present = Fingerprint::of_spki(parsed.subject_public_key_info().as_ref());
    let (_, x509) = X509Certificate::from_der(first).map_err(|e| e.to_string())?;
    let validity = (x509.validity().not_before.timestamp(), x509.validity().not_after.timestamp());
    let provider = rustls::crypto::ring::default_provider();
    let certified = CertifiedKey::from_der(chain.clone(), key, &provider).map_err(|e| e.to_string())?;
    // A spare that has become the key is none any more.
    let spare = spare.filter(|s| *s != present);
    Ok(Identity { certified: Arc::new(certified), keys: Keys { present, spare }, validity })
}

/// How files looked: when one of them is replaced or written, this is another one.
type Stamp = Vec<Option<(u64, u64, i64, i64)>>;

/// The certificate that new connections get: the newest that was good.
#[derive(Debug)]
pub struct Certificates {
    source: Source,
    data: DataDir,
    now: RwLock<Identity>,
    challenges: Arc<acme::Challenges>,
}

impl Certificates {
    /// Reads or makes the certificate.
    pub fn open(source: Source, data: &DataDir) -> Result<Arc<Self>, Failure> {
        let now = RwLock::new(source.load(data)?);
        Ok(Arc::new(Self { source, data: data.clone(), now, challenges: Arc::default() }))
    }

    /// Accepts TLS connections with it.
    pub fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, Failure> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(internal)?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = [b"http/1.1", &crate::net::frames::TUNNEL[..], TURN].map(<[u8]>::to_vec).into();
        if matches!(self.source, Source::Acme(_)) {
            config.alpn_protocols.push(ALPN.to_vec());
        }
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// What is served.
    pub fn identity(&self) -> Identity {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads it anew; whether the keys or the certificate are others than before. What cannot be used changes nothing.
    pub fn reload(&self) -> Result<bool, Failure> {
        let new = self.source.load(&self.data)?;
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let changed = now.keys != new.keys || now.certified.cert != new.certified.cert;
        *now = new;
        Ok(changed)
    }

    /// How its files look.
    pub fn stamp(&self) -> Stamp {
        let look = |m: fs::Metadata| (m.ino(), m.len(), m.mtime(), m.mtime_nsec());
        self.source.files(&self.data).iter().map(|f| fs::metadata(f).ok().map(look)).collect()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if let Some(answer) = self.challenges.answer(&hello) {
            return answer;
        }
        Some(self.now.read().unwrap_or_else(PoisonError::into_inner).certified.clone())
    }
}

/// Decides when files that change are read: not before they have looked the same twice, for of a pair one is written first.
#[derive(Debug)]
pub struct Watch {
    read: Stamp,
    seen: Stamp,
}

impl Watch {
    /// From how the files looked when they were read.
    pub fn new(stamp: Stamp) -> Self {
        Self { read: stamp.clone(), seen: stamp }
    }

    /// Whether they are to be read now.
    pub fn look(&mut self, stamp: Stamp) -> bool {
        let calm = stamp == self.seen;
        self.seen = stamp;
        let due = calm && self.seen != self.read;
        if due {
            self.read.clone_from(&self.seen);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(dir: &Path, name: &str) -> (PathBuf, PathBuf) {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(vec!["meet.example".into()]).unwrap().self_signed(&key).unwrap();
        let (c, k) = (dir.join(format!("{name}.crt")), dir.join(format!("{name}.key")));
        fs::write(&c, certificate.pem()).unwrap();
        fs::write(&k, key.serialize_pem()).unwrap();
        (c, k)
    }

    fn data() -> (tempfile::TempDir, DataDir) {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(&dir.path().join("data")).unwrap();
        (dir, data)
    }

    #[test]
    fn the_spare_follows_and_a_stopped_rotation_is_none() {
        let (_dir, data) = data();
        let certificates = Certificates::open(Source::Own(vec![]), &data).unwrap();
        let before = certificates.identity().keys;
        let spare = before.spare.unwrap();
        assert_ne!(before.present, spare);
        assert_eq!(before.to_string(), format!("fp={}.fp2={spare}", before.present));
        assert!(!certificates.reload().unwrap());
        let mut watch = Watch::new(certificates.stamp());
        assert!(!watch.look(certificates.stamp()));
        let after = rotate(&data).unwrap();
        assert!(after.present == spare && after.spare.is_some_and(|s| s != spare && s != before.present));
        assert_eq!((watch.look(certificates.stamp()), watch.look(certificates.stamp())), (false, true), "when it is calm");
        assert!(!watch.look(certificates.stamp()), "once");
        assert!(certificates.reload().unwrap());
        assert_eq!(certificates.identity().keys, after);
        // Stopped between the two renamings: the key is there, its certificate is not.
        fs::rename(data.path().join(SPARE), data.path().join(KEY)).unwrap();
        let healed = Source::Own(vec![]).load(&data).unwrap();
        assert_eq!(healed.keys.present, after.spare.unwrap());
    }

    #[test]
    fn a_pair_that_does_not_fit_is_refused_and_the_old_one_stays() {
        let (dir, data) = data();
        let ((certificate, key), (other, other_key)) = (pair(dir.path(), "a"), pair(dir.path(), "b"));
        let source = Source::Files(Files { certificate: certificate.clone(), key: key.clone(), spare: Some(other_key.clone()) });
        let certificates = Certificates::open(source, &data).unwrap();
        let old = certificates.identity().keys;
        fs::copy(&other, &certificate).unwrap();
        let e = certificates.reload().unwrap_err();
        assert!(e.exit == Exit::Config && e.text.contains("belong together"), "{e}");
        assert_eq!(certificates.identity().keys, old);
        fs::copy(&other_key, &key).unwrap();
        assert!(certificates.reload().unwrap());
        let new = certificates.identity().keys;
        assert_eq!((Some(new.present), new.spare), (old.spare, None), "the spare has become the key");
        fs::write(&key, "nonsense").unwrap();
        certificates.reload().unwrap_err();
        fs::remove_file(&key).unwrap();
        assert_eq!(certificates.reload().unwrap_err().exit, Exit::NoInput);
        assert_eq!(certificates.identity().keys, new);
    }
}

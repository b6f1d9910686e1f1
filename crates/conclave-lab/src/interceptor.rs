//! Whoever stands in front of a server with TLS of their own: a box that opens connections and reads them, a guest network's page, a server
//! with a certificate that is wrong in some way.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, ServerConfig, SignatureScheme};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// The certificate that is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Who made it, as it says.
    pub maker: &'static str,
    /// Whose it is.
    pub name: &'static str,
    /// The years in which it is valid.
    pub years: (i32, i32),
}

impl Shown {
    /// One that is good for this machine.
    pub fn by(maker: &'static str) -> Self {
        Self { maker, name: "localhost", years: (2020, 2096) }
    }
}

/// What is done with what comes.
#[derive(Debug, Clone)]
pub enum Then {
    /// It is read, and handed on to the server at this authority.
    HandOn(String),
    /// The same, without TLS behind: a web server in front of another.
    HandOnInClear(String),
    /// Each connection is answered with this, and closed.
    Answer(String),
}

/// One of them, on a port of this machine.
#[derive(Debug)]
pub struct Interceptor {
    /// Where it listens.
    pub port: u16,
    authority: tempfile::NamedTempFile,
    seen: Arc<Mutex<Vec<u8>>>,
    _runtime: Runtime,
}

impl Interceptor {
    /// Begins.
    pub fn start(shown: &Shown, then: Then) -> Self {
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.distinguished_name.push(DnType::OrganizationName, shown.maker);
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut leaf = CertificateParams::new(vec![shown.name.to_owned()]).unwrap();
        leaf.not_before = date_time_ymd(shown.years.0, 1, 1);
        leaf.not_after = date_time_ymd(shown.years.1, 1, 1);
        let leaf = leaf.signed_by(&key, &ca).unwrap();
        let mut authority = tempfile::NamedTempFile::new().unwrap();
        authority.write_all(ca.pem().as_bytes()).unwrap();
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = builder.with_no_client_auth().with_single_cert(vec![leaf.der().clone()], key).unwrap();
        let (acceptor, seen) = (TlsAcceptor::from(Arc::new(config)), Arc::<Mutex<Vec<u8>>>::default());
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let notes = seen.clone();
        runtime.spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, then, notes) = (acceptor.clone(), then.clone(), notes.clone());
                tokio::spawn(async move {
                    let Ok(near) = acceptor.accept(tcp).await else { return };
                    let _ = serve(near, then, &notes).await;
                });
            }
        });
        Self { port, authority, seen, _runtime: runtime }
    }

    /// The certificate of its authority, in PEM.
    pub fn authority(&self) -> &Path {
        self.authority.path()
    }

    /// Everything that it read so far, of both sides.
    pub fn seen(&self) -> Vec<u8> {
        self.seen.lock().unwrap().clone()
    }

    /// Whether a text is in what it read.
    pub fn saw(&self, text: &str) -> bool {
        self.seen().windows(text.len()).any(|part| part == text.as_bytes())
    }
}

async fn serve(mut near: impl AsyncRead + AsyncWrite + Unpin, then: Then, seen: &Mutex<Vec<u8>>) -> std::io::Result<()> {
    let (authority, tls) = match then {
        Then::HandOn(authority) => (authority, true),
        Then::HandOnInClear(authority) => (authority, false),
        Then::Answer(answer) => {
            let mut asked = vec![0; 4096];
            let n = near.read(&mut asked).await?;
            seen.lock().unwrap().extend_from_slice(asked.get(..n).unwrap_or_default());
            near.write_all(answer.as_bytes()).await?;
            return near.shutdown().await;
        }
    };
    let tcp = TcpStream::connect(&authority).await?;
    tcp.set_nodelay(true)?;
    if !tls {
        let ((near_in, near_out), (far_in, far_out)) = (tokio::io::split(near), tokio::io::split(tcp));
        return tokio::try_join!(read_along(near_in, far_out, seen), read_along(far_in, near_out, seen)).map(drop);
    }
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    let builder = builder.map_err(std::io::Error::other)?.dangerous();
    let config = builder.with_custom_certificate_verifier(Arc::new(Anybody(provider))).with_no_client_auth();
    let name = ServerName::try_from("localhost").map_err(std::io::Error::other)?;
    let far = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
    let ((near_in, near_out), (far_in, far_out)) = (tokio::io::split(near), tokio::io::split(far));
    let (there, back) = (read_along(near_in, far_out, seen), read_along(far_in, near_out, seen));
    tokio::try_join!(there, back).map(drop)
}

async fn read_along(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    seen: &Mutex<Vec<u8>>,
) -> std::io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let n = from.read(&mut bytes).await?;
        let read = bytes.get(..n).unwrap_or_default();
        if read.is_empty() {
            return to.shutdown().await;
        }
        seen.lock().unwrap().extend_from_slice(read);
        to.write_all(read).await?;
        to.flush().await?;
    }
}

/// Whoever reads along does not care whose server it is.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

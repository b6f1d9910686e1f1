//! TLS of the client: either exactly the server key that the link names, or the system's certificate authorities.

use super::{DIAL_TIMEOUT, Fingerprint, Options, Target, dial};
use crate::exit::{Exit, Failure};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ConfigBuilder, DigitallySignedStruct, SignatureScheme, WantsVerifier};
use std::pin::Pin;
use std::sync::Arc;
#[cfg(feature = "client")]
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// A connection, with TLS or (on loopback) without.
#[derive(Debug)]
pub enum Stream {
    /// Without TLS.
    Plain(TcpStream),
    /// With TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    /// The connection below.
    pub fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(tcp) => tcp,
            Self::Tls(tls) => tls.get_ref().0,
        }
    }

    /// The way that it takes; `None` if it has ended.
    pub fn way(&self) -> Option<dial::Way> {
        dial::Way::of(self.tcp())
    }
}

const FINGERPRINT_MISMATCH: &str = "fingerprint mismatch";

/// Connects to a target and, if it speaks TLS, proves that it is the right one.
pub async fn connect(to: &Target, options: &Options) -> Result<Stream, Failure> {
    #[cfg(feature = "client")]
    let options = &*super::rules::apply(to, options)?;
    let tcp = dial::tcp(to, options).await?;
    if !to.tls {
        return Ok(Stream::Plain(tcp));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = verifier(options, provider.clone())?;
    let stream = shake_hands(to, tcp, builder(provider)?, verifier, None).await?;
    #[cfg(feature = "client")]
    looked_at(to, options, &stream)?;
    Ok(Stream::Tls(Box::new(stream)))
}

/// Connects to a target, proves that it is the right one, and that it speaks a protocol inside TLS (RFC 7301).
#[cfg(feature = "client")]
pub async fn tunnel(to: &Target, options: &Options, protocol: &[u8]) -> Result<Stream, Failure> {
    let options = &*super::rules::apply(to, options)?;
    let tcp = dial::tcp(to, options).await?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = verifier(options, provider.clone())?;
    let stream = shake_hands(to, tcp, builder(provider)?, verifier, Some(protocol)).await?;
    if stream.get_ref().1.alpn_protocol() != Some(protocol) {
        return Err(Failure::new(
            Exit::Protocol,
            format!("{} has no tunnel for media, or TLS interception keeps it away", to.authority()),
        ));
    }
    looked_at(to, options, &stream)?;
    Ok(Stream::Tls(Box::new(stream)))
}

/// Looks who vouches for a server that no key names: perhaps somebody who reads what is said.
#[cfg(feature = "client")]
fn looked_at(to: &Target, options: &Options, stream: &TlsStream<TcpStream>) -> Result<(), Failure> {
    match options.fingerprint {
        Some(_) => Ok(()),
        None => super::interception::look(to, stream.get_ref().1.peer_certificates().unwrap_or_default()),
    }
}

async fn shake_hands(
    to: &Target,
    tcp: TcpStream,
    config: ConfigBuilder<rustls::ClientConfig, WantsVerifier>,
    verifier: Arc<dyn ServerCertVerifier>,
    protocol: Option<&[u8]>,
) -> Result<TlsStream<TcpStream>, Failure> {
    let mut config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    config.alpn_protocols = protocol.map(<[u8]>::to_vec).into_iter().collect();
    let name = ServerName::try_from(to.host.clone())
        .map_err(|_| Failure::new(Exit::Data, format!("{} is not a host name; check the link", to.host)))?;
    let handshake = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, tcp);
    match tokio::time::timeout(DIAL_TIMEOUT, handshake).await {
        Err(_) => Err(Failure::new(
            Exit::Unavailable,
            format!("{} accepts connections but does not finish TLS; check the port", to.authority()),
        )),
        Ok(result) => result.map_err(|e| explain(to, &e)),
    }
}

/// The certificates that a server presents, its own first, whoever it is. Nothing is said over such a connection: it ends
/// before the handshake does.
#[cfg(feature = "client")]
pub async fn presented(to: &Target, options: &Options) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let noted = Arc::new(Noted { chain: Mutex::default(), provider: provider.clone() });
    let tcp = dial::tcp(to, options).await?;
    let failed = shake_hands(to, tcp, builder(provider)?, noted.clone(), None).await.err();
    let chain = std::mem::take(&mut *noted.chain.lock().unwrap_or_else(PoisonError::into_inner));
    match failed {
        Some(failure) if chain.is_empty() => Err(failure),
        _ => Ok(chain),
    }
}

/// Why nobody vouches for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg(feature = "client")]
pub enum Unvouched {
    /// No certificate authority that this machine knows made the certificate.
    Unknown,
    /// It is for others.
    OtherName,
    /// What else is wrong, in short.
    Other(String),
}

/// Whether this machine's certificate authorities vouch for a chain; why not.
#[cfg(feature = "client")]
pub fn vouched_for(host: &str, chain: &[CertificateDer<'static>]) -> Result<(), Unvouched> {
    vouched(host, chain).map_err(|e| match e {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => Unvouched::Unknown,
        rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. }) => Unvouched::OtherName,
        rustls::Error::InvalidCertificate(why) => Unvouched::Other(format!("{why:?}")),
        e => Unvouched::Other(e.to_string()),
    })
}

/// Whether no certificate authority that this machine knows has anything to say of a chain.
#[cfg(feature = "client")]
pub fn is_unknown(host: &str, chain: &[CertificateDer<'static>]) -> bool {
    vouched_for(host, chain) == Err(Unvouched::Unknown)
}

#[cfg(feature = "client")]
fn vouched(host: &str, chain: &[CertificateDer<'static>]) -> Result<(), rustls::Error> {
    let verifier = by_authority(&Options::default(), Arc::new(rustls::crypto::ring::default_provider()))?;
    let none = || rustls::Error::General("there is no certificate".into());
    let (first, rest) = chain.split_first().ok_or_else(none)?;
    let name = ServerName::try_from(host).map_err(|e| rustls::Error::General(e.to_string()))?;
    verifier.verify_server_cert(first, rest, &name, &[], UnixTime::now()).map(drop)
}

fn explain(to: &Target, e: &std::io::Error) -> Failure {
    let host = &to.host;
    match e.get_ref().and_then(|e| e.downcast_ref::<rustls::Error>()) {
        Some(rustls::Error::General(s)) if s == FINGERPRINT_MISMATCH => Failure::new(
            Exit::Tls,
            format!(
                "the server at {} has another key than the fingerprint that you know, from the link or accepted before (TLS interception, a changed server key or an old link); compare it with your administrator and ask for a new link",
                to.authority()
            ),
        ),
        Some(rustls::Error::InvalidCertificate(why)) => Failure::new(Exit::Tls, unacceptable(host, why)),
        Some(rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion) | rustls::Error::PeerIncompatible(_)) => {
            let text = format!(
                "{} speaks another version of TLS than this program (1.2 and 1.3); something old is in between, or it is another server: ask IT",
                to.authority()
            );
            Failure::new(Exit::Protocol, text)
        }
        Some(rustls::Error::InvalidMessage(_)) => Failure::new(
            Exit::Protocol,
            format!("{} does not speak TLS: it is not a Conclave server, or the port is wrong", to.authority()),
        ),
        _ => Failure::new(
            Exit::Unavailable,
            format!("no TLS connection with {} ({e}); check the port and the network", to.authority()),
        ),
    }
}

/// What is wrong with a certificate, and what to do.
fn unacceptable(host: &str, why: &CertificateError) -> String {
    let day = |t: UnixTime| {
        let seconds = i64::try_from(t.as_secs()).unwrap_or(i64::MAX);
        jiff::Timestamp::from_second(seconds).map_or_else(|_| "?".to_owned(), |t| t.strftime("%Y-%m-%d %H:%M UTC").to_string())
    };
    match why {
        CertificateError::UnknownIssuer => format!(
            "{host} is vouched for by no certificate authority that this machine trusts; use a link with the server's fingerprint (#fp=…), or --extra-ca with the certificate of your organisation's authority (a machine without any has them in SSL_CERT_FILE)"
        ),
        // Certificates are not made for the future.
        CertificateError::NotValidYetContext { time, not_before } => format!(
            "the certificate of {host} is valid from {} on, and this machine's clock says {}: the clock is wrong; set it (timedatectl set-ntp true)",
            day(*not_before),
            day(*time)
        ),
        CertificateError::ExpiredContext { time, not_after } => format!(
            "the certificate of {host} was valid until {}, and this machine's clock says {}: if the clock is right, ask your administrator for a new certificate, else set it (timedatectl set-ntp true)",
            day(*not_after),
            day(*time)
        ),
        CertificateError::NotValidForNameContext { presented, .. } => {
            // As the library writes them: DnsName("…").
            let bare = |name: &String| name.split('"').nth(1).unwrap_or(name).to_owned();
            let names: Vec<String> = presented.iter().take(3).map(|name| crate::text::clean(&bare(name))).collect();
            format!(
                "what answers as {host} has a certificate for {}: the name leads elsewhere (a wrong DNS answer, a guest network's page, a wrong link); open any page in a browser, and ask IT what {host} is to lead to",
                if names.is_empty() { "other names".to_owned() } else { names.join(", ") }
            )
        }
        other => format!("the certificate of {host} is not acceptable ({other:?}); ask your administrator"),
    }
}

fn builder(provider: Arc<CryptoProvider>) -> Result<ConfigBuilder<rustls::ClientConfig, WantsVerifier>, Failure> {
    let internal = |e: rustls::Error| Failure::new(Exit::Internal, format!("TLS cannot be set up ({e})"));
    rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(internal)
}

fn verifier(options: &Options, provider: Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Failure> {
    match options.fingerprint {
        Some(first) => {
            let keys = std::iter::once(first).chain(options.successors.iter().copied()).collect();
            Ok(Arc::new(Pinned { keys, provider }))
        }
        None => Ok(Arc::new(by_authority(options, provider).map_err(|e| {
            Failure::new(
                Exit::Tls,
                format!("this machine's certificate authorities cannot be read ({e}); use a link with a fingerprint (#fp=…)"),
            )
        })?)),
    }
}

/// The system's certificate authorities, and those that are named beside them.
fn by_authority(options: &Options, provider: Arc<CryptoProvider>) -> Result<rustls_platform_verifier::Verifier, rustls::Error> {
    let named = options.authorities.iter().flat_map(|more| more.iter());
    let more: Vec<_> = named.chain(super::authorities::installed().unwrap_or_default()).cloned().collect();
    match more.is_empty() {
        true => rustls_platform_verifier::Verifier::new(provider),
        false => rustls_platform_verifier::Verifier::new_with_extra_roots(more, provider),
    }
}

/// Exactly the server keys that are named, and nothing else.
#[derive(Debug)]
struct Pinned {
    keys: Vec<Fingerprint>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if self.keys.contains(&Fingerprint::of_certificate(end_entity)?) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(rustls::Error::General(FINGERPRINT_MISMATCH.into()))
        }
    }

    fn verify_tls12_signature(
        &self,
        m: &[u8],
        c: &CertificateDer<'_>,
        d: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(m, c, d, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        m: &[u8],
        c: &CertificateDer<'_>,
        d: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(m, c, d, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Nobody, and what they presented.
#[cfg(feature = "client")]
#[derive(Debug)]
struct Noted {
    chain: Mutex<Vec<CertificateDer<'static>>>,
    provider: Arc<CryptoProvider>,
}

#[cfg(feature = "client")]
impl ServerCertVerifier for Noted {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = std::iter::once(end_entity).chain(rest).map(|c| c.clone().into_owned()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        Err(rustls::Error::General("this was a look only".into()))
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("nobody is trusted here".into()))
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(rustls::Error::General("nobody is trusted here".into()))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, b: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(s) => Pin::new(s).poll_read(cx, b),
            Stream::Tls(s) => Pin::new(s).poll_read(cx, b),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, b: &[u8]) -> Poll<std::io::Result<usize>> {
        match self.get_mut() {
            Stream::Plain(s) => Pin::new(s).poll_write(cx, b),
            Stream::Tls(s) => Pin::new(s).poll_write(cx, b),
        }
    }
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(s) => Pin::new(s).poll_flush(cx),
            Stream::Tls(s) => Pin::new(s).poll_flush(cx),
        }
    }
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        match self.get_mut() {
            Stream::Plain(s) => Pin::new(s).poll_shutdown(cx),
            Stream::Tls(s) => Pin::new(s).poll_shutdown(cx),
        }
    }
}

//! One end of a DTLS association (RFC 6347, RFC 5764), over the sans-IO endpoint of `rtc-dtls`: the server's, and the client's
//! for `conclave load`.

use super::srtp::{Inbound, Outbound, Profile, Side, session};
use crate::net::dtls_gate::Gate;
use bytes::BytesMut;
use ring::digest;
use rtc_dtls::config::{ClientAuthType, ConfigBuilder, ExtendedMasterSecretType, HandshakeConfig};
use rtc_dtls::crypto::Certificate;
use rtc_dtls::crypto_provider::{RTCCryptoProvider, default_provider};
use rtc_dtls::endpoint::{Endpoint, EndpointEvent};
use rtc_dtls::extension::extension_use_srtp::SrtpProtectionProfile;
use rtc_shared::TransportProtocol;
use rtc_shared::error::Error;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The endpoint knows peers by address; ours move with ICE, so each has an endpoint of its own under one fixed name.
const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);
/// First retransmission of a lost flight (RFC 9147 suggests 100 ms to 1 s; ICE has just measured a live path).
const FLIGHT: Duration = Duration::from_millis(250);
/// RFC 5764 section 4.2.
const EXPORTER: &str = "EXTRACTOR-dtls_srtp";

/// Our certificate and cryptography, shared by all peers.
#[derive(Clone)]
pub(crate) struct Identity {
    certificate: Certificate,
    pub(crate) crypto: Arc<dyn RTCCryptoProvider>,
    fingerprint: Arc<str>,
}

impl Identity {
    /// Makes a self-signed ECDSA P-256 certificate that lives as long as the process.
    pub(crate) fn generate() -> Result<Self, String> {
        let crypto = default_provider().map_err(|e| e.to_string())?;
        let certificate = Certificate::generate_self_signed(vec!["conclave".to_owned()], crypto.crypto())
            .map_err(|e| format!("DTLS certificate: {e}"))?;
        let der = certificate.certificate.first().ok_or("DTLS certificate: empty")?;
        let hex: Vec<String> = sha256(der).iter().map(|b| format!("{b:02X}")).collect();
        Ok(Self { certificate, crypto, fingerprint: hex.join(":").into() })
    }

    /// SHA-256 of the certificate as in `a=fingerprint:sha-256`.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// What a datagram led to.
pub(crate) enum DtlsEvent {
    /// The handshake is done and the certificate is the announced one.
    Established(Box<(Inbound, Outbound)>),
    /// Application data: an SCTP packet.
    Data(BytesMut),
    /// The peer closed, or the handshake failed; the reason in words.
    Ended(String),
}

/// One association.
pub(crate) struct Dtls {
    endpoint: Endpoint,
    side: Side,
    crypto: Arc<dyn RTCCryptoProvider>,
    gate: Gate,
    established: bool,
    ended: bool,
}

impl Dtls {
    /// Waits for the ClientHello of the peer whose certificate has this SHA-256.
    pub(crate) fn new(identity: &Identity, remote_fingerprint: [u8; 32]) -> Result<Self, String> {
        let config = config(identity, remote_fingerprint, Side::Server)?;
        let endpoint = Endpoint::new(PEER, TransportProtocol::UDP, Some(config));
        Ok(Self::over(endpoint, Side::Server, identity))
    }

    /// Says ClientHello to the peer whose certificate has this SHA-256.
    #[cfg(feature = "client")]
    pub(crate) fn connect(identity: &Identity, remote_fingerprint: [u8; 32], now: Instant) -> Result<Self, String> {
        let config = config(identity, remote_fingerprint, Side::Client)?;
        let mut endpoint = Endpoint::new(PEER, TransportProtocol::UDP, None);
        endpoint.connect(now, PEER, config, None).map_err(|e| e.to_string())?;
        Ok(Self::over(endpoint, Side::Client, identity))
    }

    fn over(endpoint: Endpoint, side: Side, identity: &Identity) -> Self {
        Self { endpoint, side, crypto: identity.crypto.clone(), gate: Gate::new(), established: false, ended: false }
    }

    /// Whether SRTP keys were handed out.
    pub(crate) fn established(&self) -> bool {
        self.established && !self.ended
    }

    /// Takes a datagram; what to send is in [`Self::poll_transmit`] then.
    pub(crate) fn read(&mut self, now: Instant, datagram: &[u8], events: &mut Vec<DtlsEvent>) {
        // After the end the endpoint would begin a new association.
        if self.ended || !self.gate.admits(datagram, self.established) {
            return;
        }
        match self.endpoint.read(now, PEER, None, BytesMut::from(datagram)) {
            Ok(happened) => {
                for event in happened {
                    match event {
                        EndpointEvent::HandshakeComplete => match self.export() {
                            Ok(keys) => {
                                self.established = true;
                                events.push(DtlsEvent::Established(Box::new(keys)));
                            }
                            Err(reason) => self.end(reason, events),
                        },
                        EndpointEvent::ApplicationData(data) => events.push(DtlsEvent::Data(data)),
                        EndpointEvent::PeerClosed => self.end("the other side closed its transport".to_owned(), events),
                        _ => {}
                    }
                }
            }
            // Once established, a bad datagram is anybody's; before that, the handshake has failed.
            Err(e) if self.established => tracing::debug!("DTLS: {e}"),
            Err(e) => self.end(format!("DTLS handshake: {e}"), events),
        }
    }

    fn end(&mut self, reason: String, events: &mut Vec<DtlsEvent>) {
        self.ended = true;
        events.push(DtlsEvent::Ended(reason));
    }

    fn export(&self) -> Result<(Inbound, Outbound), String> {
        let state = self.endpoint.get_connection_state(PEER).ok_or("DTLS: no association")?;
        let profile = match state.srtp_protection_profile() {
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm => Profile::Gcm,
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80 => Profile::CmSha1,
            _ => return Err("DTLS: no SRTP profile in common".to_owned()),
        };
        let material = state.export_keying_material(EXPORTER, &[], profile.material_length()).map_err(|e| e.to_string())?;
        let material = Zeroizing::new(material.into_bytes());
        session(self.side, profile, self.crypto.crypto(), &material).map_err(|e| format!("SRTP: {e:?}"))
    }

    /// When [`Self::tick`] has something to do.
    #[cfg(feature = "client")]
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.endpoint.poll_timeout(&PEER).filter(|_| !self.ended)
    }

    /// Runs the retransmission timer.
    pub(crate) fn tick(&mut self, now: Instant, events: &mut Vec<DtlsEvent>) {
        if !self.ended
            && self.endpoint.poll_timeout(&PEER).is_some_and(|at| at <= now)
            && let Err(e) = self.endpoint.handle_timeout(PEER, now)
        {
            self.end(format!("DTLS handshake: {e}"), events);
        }
    }

    /// Encrypts application data.
    pub(crate) fn write(&mut self, now: Instant, data: &[u8]) {
        if self.established()
            && let Err(e) = self.endpoint.write(now, PEER, data)
        {
            tracing::debug!("DTLS write: {e}");
        }
    }

    /// Says goodbye (`close_notify`).
    pub(crate) fn close(&mut self, now: Instant) {
        self.ended = true;
        drop(self.endpoint.stop(now, PEER));
    }

    /// The next datagram to send.
    pub(crate) fn poll_transmit(&mut self) -> Option<BytesMut> {
        self.endpoint.poll_transmit().map(|t| t.message)
    }
}

/// What both sides say and demand.
fn config(identity: &Identity, remote_fingerprint: [u8; 32], side: Side) -> Result<Arc<HandshakeConfig>, String> {
    let builder = ConfigBuilder::default()
        .with_crypto_provider(identity.crypto.clone())
        .with_certificates(vec![identity.certificate.clone()])
        .with_srtp_protection_profiles(vec![
            SrtpProtectionProfile::Srtp_Aead_Aes_128_Gcm,
            SrtpProtectionProfile::Srtp_Aes128_Cm_Hmac_Sha1_80,
        ])
        .with_client_auth(ClientAuthType::RequireAnyClientCert)
        .with_insecure_skip_verify(true) // no CA: the fingerprint from signalling is the whole check, just below
        .with_verify_peer_certificate(Some(Arc::new(move |certificates, _| match certificates.first().map(|der| sha256(der)) {
            Some(found) if found == remote_fingerprint => Ok(()),
            _ => Err(Error::ErrNoMatchingCertificateFingerprint),
        })))
        .with_extended_master_secret(ExtendedMasterSecretType::Require)
        .with_flight_interval(FLIGHT);
    builder.build(side == Side::Client, Some(PEER)).map(Arc::new).map_err(|e| e.to_string())
}

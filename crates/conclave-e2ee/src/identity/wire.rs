//! The bytes of credentials and vouches.

use super::vouch::MAX_SUBJECT;
use super::{DeviceKey, IssuerKey, Vouch};
use tls_codec::{TlsDeserialize, TlsSerialize, TlsSize, VLBytes};

#[derive(Debug, TlsSerialize, TlsDeserialize, TlsSize)]
pub(super) struct VouchWire {
    issuer: [u8; 32],
    subject: VLBytes,
    device: [u8; 32],
    not_after: u64,
    signature: VLBytes,
}

#[derive(Debug, TlsSerialize, TlsDeserialize, TlsSize)]
pub(super) struct CredentialWire {
    pub(super) version: u16,
    pub(super) device: [u8; 32],
    pub(super) not_after: u64,
    pub(super) certificate: VLBytes,
    pub(super) vouches: Vec<VouchWire>,
}

impl From<&Vouch> for VouchWire {
    fn from(vouch: &Vouch) -> Self {
        Self {
            issuer: vouch.issuer.0,
            subject: vouch.subject.clone().into_bytes().into(),
            device: vouch.device.0,
            not_after: vouch.not_after,
            signature: vouch.signature.clone().into(),
        }
    }
}

impl VouchWire {
    pub(super) fn into_vouch(self) -> Option<Vouch> {
        let subject = String::from_utf8(self.subject.into()).ok()?;
        if subject.is_empty() || subject.len() > MAX_SUBJECT || self.signature.as_slice().len() != 64 {
            return None;
        }
        Some(Vouch {
            issuer: IssuerKey(self.issuer),
            subject,
            device: DeviceKey(self.device),
            not_after: self.not_after,
            signature: self.signature.into(),
        })
    }
}

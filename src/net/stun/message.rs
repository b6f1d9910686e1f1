//! STUN messages as TURN needs them (RFC 8489 sections 5 and 14): written with MESSAGE-INTEGRITY, and read without trust.

use crate::net::stun::{HEADER, MAGIC, xor_address};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use std::net::{IpAddr, SocketAddr};

pub(crate) const ALLOCATE: u16 = 0x0003;
pub(crate) const REFRESH: u16 = 0x0004;
pub(crate) const CHANNEL_BIND: u16 = 0x0009;
/// Data that a peer without a channel of ours sent (RFC 8656 section 11.4).
pub(crate) const DATA_INDICATION: u16 = 0x0017;
/// With this, a request's type is that of its success response (RFC 8489 section 5).
pub(crate) const SUCCESS: u16 = 0x0100;
/// The same, of its error response.
pub(crate) const ERROR: u16 = 0x0110;

pub(crate) use crate::net::stun::USERNAME;
pub(crate) const MESSAGE_INTEGRITY: u16 = 0x0008;
pub(crate) const ERROR_CODE: u16 = 0x0009;
pub(crate) const CHANNEL_NUMBER: u16 = 0x000C;
pub(crate) const LIFETIME: u16 = 0x000D;
pub(crate) const XOR_PEER_ADDRESS: u16 = 0x0012;
pub(crate) const DATA: u16 = 0x0013;
pub(crate) const REALM: u16 = 0x0014;
pub(crate) const NONCE: u16 = 0x0015;
pub(crate) const XOR_RELAYED_ADDRESS: u16 = 0x0016;
pub(crate) const REQUESTED_ADDRESS_FAMILY: u16 = 0x0017;
pub(crate) const REQUESTED_TRANSPORT: u16 = 0x0019;
/// Type, length and value of MESSAGE-INTEGRITY.
const INTEGRITY: usize = 4 + 20;

/// What names a request and its answer.
pub(crate) type Transaction = [u8; 12];

/// How long a message of TURN on a stream is that begins with these bytes, without its padding and with it (RFC 8656 section 12.5); `None`: it
/// is none. ChannelData is padded, and its length does not count that; the length of other messages does not count the header.
pub(crate) fn on_stream(head: [u8; 4]) -> Option<(usize, usize)> {
    let [first, _, l1, l2] = head;
    let length = usize::from(u16::from_be_bytes([l1, l2]));
    match first >> 6 {
        0 if length % 4 == 0 => Some((HEADER + length, HEADER + length)),
        1 => Some((4 + length, 4 + length.next_multiple_of(4))),
        _ => None,
    }
}

/// A message that is being written.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(kind: u16, transaction: &Transaction) -> Self {
        let mut out = Vec::with_capacity(256);
        out.extend(kind.to_be_bytes());
        out.extend([0, 0]);
        out.extend(MAGIC);
        out.extend(transaction);
        Self(out)
    }

    /// Values are short: nothing that is longer than its length field can say is ever handed in.
    pub(crate) fn attribute(mut self, kind: u16, value: &[u8]) -> Self {
        self.0.extend(kind.to_be_bytes());
        self.0.extend((value.len() as u16).to_be_bytes());
        self.0.extend(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }

    pub(crate) fn address(mut self, kind: u16, address: SocketAddr, transaction: &Transaction) -> Self {
        xor_address(kind, address, transaction, &mut self.0);
        self
    }

    /// Writes the length; with a key, MESSAGE-INTEGRITY behind everything (RFC 8489 section 14.5).
    pub(crate) fn finish(mut self, key: Option<&[u8]>) -> Vec<u8> {
        let length = self.0.len() - HEADER + if key.is_some() { INTEGRITY } else { 0 };
        if let Some(field) = self.0.get_mut(2..4) {
            field.copy_from_slice(&(length as u16).to_be_bytes());
        }
        if let Some(sum) = key.and_then(|key| Some(hmac(key)?.chain_update(&self.0).finalize().into_bytes())) {
            self = self.attribute(MESSAGE_INTEGRITY, &sum);
        }
        self.0
    }
}

fn hmac(key: &[u8]) -> Option<Hmac<Sha1>> {
    Hmac::new_from_slice(key).ok()
}

/// A message that came.
#[derive(Clone, Copy)]
pub(crate) struct Message<'a> {
    pub(crate) kind: u16,
    pub(crate) transaction: Transaction,
    raw: &'a [u8],
}

impl<'a> Message<'a> {
    /// `None`: it is none, or its length is not what it says.
    pub(crate) fn read(raw: &'a [u8]) -> Option<Self> {
        let ([k1, k2, l1, l2, magic @ ..], rest) = raw.split_first_chunk::<8>()?;
        let transaction = *rest.first_chunk()?;
        let length = usize::from(u16::from_be_bytes([*l1, *l2]));
        let whole = k1 >> 6 == 0 && *magic == MAGIC && raw.len() == HEADER + length;
        whole.then_some(Self { kind: u16::from_be_bytes([*k1, *k2]), transaction, raw })
    }

    /// Its attributes, each with where it begins.
    pub(crate) fn attributes(self) -> impl Iterator<Item = (usize, u16, &'a [u8])> {
        let mut at = HEADER;
        std::iter::from_fn(move || {
            let ([k1, k2, l1, l2], rest) = self.raw.get(at..)?.split_first_chunk()?;
            let length = usize::from(u16::from_be_bytes([*l1, *l2]));
            let value = rest.get(..length)?;
            let begins = at;
            at += 4 + length.next_multiple_of(4);
            Some((begins, u16::from_be_bytes([*k1, *k2]), value))
        })
    }

    /// The first attribute of a kind.
    pub(crate) fn attribute(self, kind: u16) -> Option<&'a [u8]> {
        self.attributes().find(|(_, k, _)| *k == kind).map(|(.., value)| value)
    }

    /// An address in [`xor_address`]'s form.
    pub(crate) fn address(self, kind: u16) -> Option<SocketAddr> {
        self.plain(self.attribute(kind)?)
    }

    /// All addresses of a kind; `None`: one of them is none.
    #[cfg(feature = "server")]
    pub(crate) fn addresses(self, kind: u16) -> Option<Vec<SocketAddr>> {
        self.attributes().filter(|(_, k, _)| *k == kind).map(|(.., value)| self.plain(value)).collect()
    }

    fn plain(self, value: &[u8]) -> Option<SocketAddr> {
        let (&[_, family, p1, p2], address) = value.split_first_chunk()?;
        let mask: Vec<u8> = MAGIC.into_iter().chain(self.transaction).collect();
        let mut bytes = address.iter().zip(&mask).map(|(a, m)| a ^ m);
        let ip: IpAddr = match (family, address.len()) {
            (1, 4) => std::array::from_fn::<u8, 4, _>(|_| bytes.next().unwrap_or_default()).into(),
            (2, 16) => std::array::from_fn::<u8, 16, _>(|_| bytes.next().unwrap_or_default()).into(),
            _ => return None,
        };
        let [m1, m2, ..] = MAGIC;
        Some(SocketAddr::new(ip, u16::from_be_bytes([p1 ^ m1, p2 ^ m2])))
    }

    /// The number of an error (RFC 8489 section 14.8), 300 to 699.
    #[cfg(any(test, feature = "client"))]
    pub(crate) fn error(self) -> Option<u16> {
        let &[_, _, class, number] = self.attribute(ERROR_CODE)?.first_chunk()?;
        Some(u16::from(class & 7) * 100 + u16::from(number.min(99)))
    }

    /// Whether whoever knows the key wrote it. What stands behind the proof does not count and is not read by anybody here.
    pub(crate) fn is_authentic(self, key: &[u8]) -> bool {
        let Some((at, _, sum)) = self.attributes().find(|(_, kind, _)| *kind == MESSAGE_INTEGRITY) else { return false };
        let (Some(mac), Some(covered), Some(head)) = (hmac(key), self.raw.get(4..at), self.raw.get(..2)) else { return false };
        let length = ((at + INTEGRITY - HEADER) as u16).to_be_bytes();
        mac.chain_update(head).chain_update(length).chain_update(covered).verify_slice(sum).is_ok()
    }
}

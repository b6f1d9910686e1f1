//! What the ladder reads of the ICE agent's checks (STUN, RFC 8489): only kinds and names. Whether they are authentic is
//! the agent's affair and the server's. And a question that anybody may ask: whether datagrams get through to the server.

pub(crate) mod message;

use std::net::{IpAddr, SocketAddr};

/// STUN's magic cookie (RFC 8489 section 5).
pub(crate) const MAGIC: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
pub(crate) const HEADER: usize = 20;
pub(crate) const USERNAME: u16 = 0x0006;
#[cfg(feature = "server")]
pub(crate) const XOR_MAPPED_ADDRESS: u16 = 0x0020;
#[cfg(feature = "client")]
const USE_CANDIDATE: u16 = 0x0025;
#[cfg(feature = "client")]
const SOFTWARE: u16 = 0x8022;
const FINGERPRINT: u16 = 0x8028;
const FINGERPRINT_XOR: u32 = 0x5354_554E;
/// What a question is called.
const WHO: &[u8] = b"conclave: does this get through?";
/// The length of a question, in bytes: answers are shorter, so that nobody gains from having them sent to somebody else.
const QUESTION: usize = 128;

/// Appends the address that a request came from (RFC 8489 section 14.2).
#[cfg(feature = "server")]
pub(crate) fn mapped_address(from: SocketAddr, transaction: &[u8], out: &mut Vec<u8>) {
    xor_address(XOR_MAPPED_ADDRESS, from, transaction, out);
}

/// Appends an address in the form that no box on the way takes for one and rewrites.
pub(crate) fn xor_address(attribute: u16, address: SocketAddr, transaction: &[u8], out: &mut Vec<u8>) {
    let magic = u32::from_be_bytes(MAGIC);
    let port = (address.port() ^ (magic >> 16) as u16).to_be_bytes();
    out.extend(attribute.to_be_bytes());
    match address.ip().to_canonical() {
        IpAddr::V4(ip) => {
            out.extend([0, 8, 0, 1]);
            out.extend(port);
            out.extend((u32::from(ip) ^ magic).to_be_bytes());
        }
        IpAddr::V6(ip) => {
            out.extend([0, 20, 0, 2]);
            out.extend(port);
            let mask = MAGIC.into_iter().chain(transaction.iter().copied());
            out.extend(ip.octets().into_iter().zip(mask).map(|(a, m)| a ^ m));
        }
    }
}

/// Ends the message that begins at `start` with FINGERPRINT (RFC 8489 section 14.7), and writes its length.
pub(crate) fn fingerprint(start: usize, out: &mut Vec<u8>) {
    let length = (out.len() - start - HEADER + 8) as u16;
    if let Some(field) = out.get_mut(start + 2..start + 4) {
        field.copy_from_slice(&length.to_be_bytes());
    }
    let sum = sum(out.get(start..).unwrap_or_default());
    out.extend(FINGERPRINT.to_be_bytes());
    out.extend(4u16.to_be_bytes());
    out.extend(sum.to_be_bytes());
}

/// The value of FINGERPRINT behind these bytes.
pub(crate) fn sum(covered: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(covered);
    crc.sum() ^ FINGERPRINT_XOR
}

/// Asks whether datagrams get through: a Binding request of nobody's.
#[cfg(feature = "client")]
pub(crate) fn question(transaction: &[u8; 12]) -> Vec<u8> {
    let mut out = Vec::with_capacity(QUESTION);
    out.extend([0x00, 0x01, 0, 0]);
    out.extend(MAGIC);
    out.extend(transaction);
    let room = QUESTION - HEADER - 4 - 8;
    out.extend(SOFTWARE.to_be_bytes());
    out.extend((room as u16).to_be_bytes());
    out.extend(WHO.iter().copied().chain(std::iter::repeat(b' ')).take(room));
    fingerprint(0, &mut out);
    out
}

/// The answer to a [`question`]; `None` to everything else.
#[cfg(feature = "server")]
pub(crate) fn reply(question: &[u8], from: SocketAddr) -> Option<Vec<u8>> {
    let (covered, end) = question.split_at_checked(QUESTION - 8)?;
    let right = question.starts_with(&[0x00, 0x01])
        && question.len() == QUESTION
        && question.get(HEADER + 4..)?.starts_with(WHO)
        && end == [&FINGERPRINT.to_be_bytes()[..], &[0, 4], &sum(covered).to_be_bytes()].concat();
    let transaction = question.get(8..HEADER).filter(|_| right)?;
    let mut out = Vec::with_capacity(QUESTION);
    out.extend([0x01, 0x01, 0, 0]);
    out.extend(MAGIC);
    out.extend(transaction);
    mapped_address(from, transaction, &mut out);
    fingerprint(0, &mut out);
    Some(out)
}

/// Whether a datagram answers the [`question`] with this transaction.
#[cfg(feature = "client")]
pub(crate) fn answers(datagram: &[u8], transaction: &[u8; 12]) -> bool {
    read(datagram) == Some(Message::Answer) && datagram.get(8..HEADER) == Some(transaction)
}

/// What names a request and its answer (RFC 8489 section 5).
#[cfg(feature = "client")]
pub(crate) fn transaction(datagram: &[u8]) -> Option<[u8; 12]> {
    datagram.get(8..HEADER)?.try_into().ok()
}

/// A message that matters here.
#[cfg(feature = "client")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message<'a> {
    /// A Binding request: for whom, and whether it nominates.
    Check {
        /// Both user name fragments.
        username: &'a [u8],
        /// It bears USE-CANDIDATE (RFC 8445 section 7.1.2).
        nominates: bool,
    },
    /// A Binding success response.
    Answer,
}

/// Reads a datagram; `None` for everything else.
#[cfg(feature = "client")]
pub(super) fn read(datagram: &[u8]) -> Option<Message<'_>> {
    if datagram.get(4..8)? != MAGIC {
        return None;
    }
    match datagram.first_chunk()? {
        [0x01, 0x01] => return Some(Message::Answer),
        [0x00, 0x01] => {}
        _ => return None,
    }
    let (mut rest, mut username, mut nominates) = (datagram.get(HEADER..)?, &[][..], false);
    while let Some(([k1, k2, l1, l2], value)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([*l1, *l2]));
        match u16::from_be_bytes([*k1, *k2]) {
            USERNAME => username = value.get(..length)?,
            USE_CANDIDATE => nominates = true,
            _ => {}
        }
        rest = value.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(Message::Check { username, nominates })
}

#[cfg(all(test, feature = "client", feature = "server"))]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_read_as_the_agent_wrote_it() {
        let mut check = vec![0, 1, 0, 16, 0x21, 0x12, 0xA4, 0x42];
        check.extend([9; 12]);
        check.extend([0, 6, 0, 5, b'a', b':', b'b', b'c', b'd', 0, 0, 0]);
        assert_eq!(read(&check), Some(Message::Check { username: b"a:bcd", nominates: false }));
        check.extend([0, 0x25, 0, 0]);
        assert_eq!(read(&check), Some(Message::Check { username: b"a:bcd", nominates: true }));
        check[0] = 1;
        assert_eq!(read(&check), Some(Message::Answer));
        for cut in 0..8 {
            assert_eq!(read(&check[..cut]), None);
        }
        let odd = [&check[..20], &[0, 6, 255, 255, 1][..]].concat();
        assert_eq!(read(&[&[0][..], &odd[1..]].concat()), None);
    }

    #[test]
    fn a_question_is_answered_with_less_and_nothing_else_is() {
        for from in ["192.0.2.1:1234", "[2001:db8::1]:9"] {
            let asked = question(&[7; 12]);
            let answer = reply(&asked, from.parse().unwrap()).unwrap();
            assert!(asked.len() == QUESTION && answer.len() < asked.len() / 2, "{}", answer.len());
            assert!(answers(&answer, &[7; 12]) && !answers(&answer, &[8; 12]) && !answers(&asked, &[7; 12]));
            for at in 0..asked.len() {
                let mut odd = asked.clone();
                odd[at] ^= 1;
                assert_eq!(reply(&odd, from.parse().unwrap()), None, "byte {at}");
                assert_eq!(reply(&asked[..at], from.parse().unwrap()), None);
            }
        }
    }
}

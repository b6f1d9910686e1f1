//! What the ladder reads of the ICE agent's checks (STUN, RFC 8489): only kinds and names. Whether they are authentic is
//! the agent's affair and the server's.

/// STUN's magic cookie (RFC 8489 section 5).
const MAGIC: [u8; 4] = [0x21, 0x12, 0xA4, 0x42];
const HEADER: usize = 20;
const USERNAME: u16 = 0x0006;
const USE_CANDIDATE: u16 = 0x0025;

/// A message that matters here.
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

#[cfg(test)]
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
}

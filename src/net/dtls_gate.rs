//! What of a DTLS datagram is let through to `rtc-dtls` 0.21.1, on the server and on the client.
//!
//! That crate queues records of the next epoch without a bound, even after the handshake and before any authentication, and
//! puts handshake fragments together by recursion, without counting empty ones. A spoofed datagram would cost memory, a few
//! thousand of them the stack. So records are walked here first, and an association may use up a fixed allowance only.

/// Bytes of records, other than application data of an established association, that one association may send us: several
/// times the longest handshake with all its retransmissions.
const ALLOWANCE: usize = 48 * 1024;
/// Record header: type, version, epoch, sequence number, length.
const RECORD: usize = 13;
/// Handshake header: type, length, message sequence, fragment offset, fragment length.
const HANDSHAKE: usize = 12;
/// Shortest fragment that is not the end of its message. Real ones fill a datagram.
const SHORTEST_FRAGMENT: u32 = 64;
/// Longest handshake message.
const LONGEST_MESSAGE: u32 = 16 * 1024;

/// Reads a big-endian number of `N` bytes, at most 4.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u32> {
    Some(bytes.get(at..)?.first_chunk::<N>()?.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

/// Whether a datagram holds DTLS records (RFC 7983).
#[cfg(feature = "client")]
pub(crate) fn is_dtls(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(20..=63))
}

/// Whether who sends this datagram has keys already: RTP or RTCP, which are encrypted always, or DTLS application data.
#[cfg(feature = "client")]
pub(crate) fn shows_keys(datagram: &[u8]) -> bool {
    matches!(datagram.first(), Some(23 | 128..=191))
}

/// The allowance of one association.
#[derive(Debug)]
pub(crate) struct Gate {
    left: usize,
}

impl Gate {
    pub(crate) fn new() -> Self {
        Self { left: ALLOWANCE }
    }

    /// Whether the datagram may pass.
    pub(crate) fn admits(&mut self, datagram: &[u8], established: bool) -> bool {
        let Some(cost) = cost(datagram, established) else { return false };
        let left = self.left.checked_sub(cost);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

/// What a datagram takes from the allowance; `None` if it is malformed.
fn cost(datagram: &[u8], established: bool) -> Option<usize> {
    let (mut rest, mut cost) = (datagram, 0);
    while !rest.is_empty() {
        let (kind, epoch) = (*rest.first()?, number::<2>(rest, 3)?);
        let length = number::<2>(rest, 11)? as usize;
        let content = rest.get(RECORD..RECORD + length)?;
        // There is no renegotiation in WebRTC: epoch 0 is in the clear, epoch 1 is encrypted, others do not come.
        if epoch > 1 || (kind == 22 && epoch == 0 && !whole_fragments(content)?) {
            return None;
        }
        if !(established && epoch == 1 && matches!(kind, 21 | 23)) {
            cost += RECORD + length;
        }
        rest = rest.get(RECORD + length..)?;
    }
    Some(cost)
}

/// Whether handshake fragments in the clear say what they are: complete, inside their message, and not absurdly short.
fn whole_fragments(mut content: &[u8]) -> Option<bool> {
    while !content.is_empty() {
        let of = |at| number::<3>(content, at);
        let (total, offset, length) = (of(1)?, of(6)?, of(9)?);
        let ends = offset + length == total;
        if total > LONGEST_MESSAGE || offset + length > total || (!ends && length < SHORTEST_FRAGMENT) {
            return Some(false);
        }
        content = content.get(HANDSHAKE + length as usize..)?;
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u8, epoch: u16, content: &[u8]) -> Vec<u8> {
        let mut record = vec![kind, 254, 253];
        record.extend(epoch.to_be_bytes());
        record.extend([0; 6]);
        record.extend((content.len() as u16).to_be_bytes());
        record.extend(content);
        record
    }

    fn fragment(total: u32, offset: u32, length: u32) -> Vec<u8> {
        let mut fragment = vec![1];
        fragment.extend(&total.to_be_bytes()[1..]);
        fragment.extend([0, 0]);
        fragment.extend(&offset.to_be_bytes()[1..]);
        fragment.extend(&length.to_be_bytes()[1..]);
        fragment.resize(12 + length as usize, 0);
        fragment
    }

    #[test]
    fn only_sound_records_of_the_two_epochs_pass() {
        let mut two = record(22, 0, &fragment(200, 0, 200));
        two.extend(record(20, 0, &[1]));
        let mut empty = fragment(0, 5, 0);
        empty[11] = 1; // claims a byte that is not there
        for (what, datagram, passes) in [
            ("a message", record(22, 0, &fragment(200, 0, 200)), true),
            ("a message without content", record(22, 0, &fragment(0, 0, 0)), true),
            ("the first fragment", record(22, 0, &fragment(2000, 0, 1000)), true),
            ("the last fragment", record(22, 0, &fragment(2000, 1990, 10)), true),
            ("two records", two, true),
            ("data", record(23, 1, &[0; 40]), true),
            ("a crumb", record(22, 0, &fragment(2000, 0, 1)), false),
            ("beyond its message", record(22, 0, &fragment(100, 90, 20)), false),
            ("an empty claim", record(22, 0, &empty), false),
            ("a future epoch", record(23, 2, &[0; 40]), false),
            ("cut short", record(23, 1, &[0; 40])[..30].to_vec(), false),
        ] {
            assert_eq!(Gate::new().admits(&datagram, false), passes, "{what}");
            assert_eq!(Gate::new().admits(&datagram, true), passes, "{what}");
        }
    }

    #[test]
    fn the_allowance_ends_handshakes_but_not_data() {
        let mut gate = Gate::new();
        let hello = record(22, 0, &fragment(200, 0, 200));
        let admitted = (0..10_000).filter(|_| gate.admits(&hello, true)).count();
        assert_eq!(admitted, ALLOWANCE / hello.len());
        let data = record(23, 1, &[0; 1000]);
        assert!((0..10_000).all(|_| gate.admits(&data, true)));
        assert!(!gate.admits(&data, false));
    }
}

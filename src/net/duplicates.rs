//! Sound that comes over two connections: the first copy counts.

/// Streams that are remembered; the one that was silent for longest goes.
const STREAMS: usize = 64;
/// How far back a stream's sequence numbers are remembered.
const WINDOW: u16 = 64;

/// What has come of one SSRC.
#[derive(Debug, Clone, Copy)]
struct Seen {
    ssrc: u32,
    /// The newest sequence number.
    newest: u16,
    /// Bit n: the one n before it has come.
    before: u64,
    used: u64,
}

/// Tells copies of RTP packets by SSRC and sequence number (RFC 3550 section 5.1), which SRTP leaves readable.
#[derive(Debug, Default)]
pub(super) struct Duplicates {
    streams: Vec<Seen>,
    clock: u64,
}

impl Duplicates {
    /// Whether a copy of this RTP packet has come already. What is too old to be known, and what is no RTP, has not.
    pub(super) fn seen(&mut self, packet: &[u8]) -> bool {
        let (Some([s1, s2]), Some(ssrc)) = (packet.get(2..4), packet.get(8..).and_then(|p| p.first_chunk())) else {
            return false;
        };
        let (sequence, ssrc) = (u16::from_be_bytes([*s1, *s2]), u32::from_be_bytes(*ssrc));
        self.clock += 1;
        let Some(stream) = self.streams.iter_mut().find(|s| s.ssrc == ssrc) else {
            if self.streams.len() >= STREAMS
                && let Some(oldest) = self.streams.iter().enumerate().min_by_key(|(_, s)| s.used).map(|(n, _)| n)
            {
                self.streams.swap_remove(oldest);
            }
            self.streams.push(Seen { ssrc, newest: sequence, before: 1, used: self.clock });
            return false;
        };
        stream.used = self.clock;
        let ahead = sequence.wrapping_sub(stream.newest);
        if (1..0x8000).contains(&ahead) {
            stream.before = if ahead < WINDOW { stream.before << ahead | 1 } else { 1 };
            stream.newest = sequence;
            return false;
        }
        let back = stream.newest.wrapping_sub(sequence);
        let bit = if back < WINDOW { 1 << back } else { 0 };
        let seen = stream.before & bit != 0;
        stream.before |= bit;
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(ssrc: u32, sequence: u16) -> [u8; 12] {
        let ([a, b], [c, d, e, f]) = (sequence.to_be_bytes(), ssrc.to_be_bytes());
        [0x80, 111, a, b, 0, 0, 0, 0, c, d, e, f]
    }

    #[test]
    fn each_packet_passes_once_in_any_order_and_across_the_wrap() {
        let mut duplicates = Duplicates::default();
        let order = [65_530u16, 65_532, 65_531, 65_535, 0, 3, 2, 65_534];
        for sequence in order {
            assert!(!duplicates.seen(&packet(1, sequence)), "{sequence}");
            assert!(!duplicates.seen(&packet(2, sequence)), "another stream's");
        }
        for sequence in order {
            assert!(duplicates.seen(&packet(1, sequence)), "{sequence}");
        }
        assert!(!duplicates.seen(&packet(1, 1)) && duplicates.seen(&packet(1, 1)), "late, and for the first time");
        assert!(!duplicates.seen(&packet(1, 500)));
        assert!(!duplicates.seen(&packet(1, 3)), "too old to be known");
        assert!(!duplicates.seen(b"x") && !duplicates.seen(b"x"));
    }

    #[test]
    fn memory_is_bounded_and_the_busiest_are_kept() {
        let mut duplicates = Duplicates::default();
        for n in 0..10_000u32 {
            duplicates.seen(&packet(1, n as u16));
            duplicates.seen(&packet(1000 + n, 0));
        }
        assert_eq!(duplicates.streams.len(), STREAMS);
        assert!(duplicates.seen(&packet(1, 9999)));
    }
}

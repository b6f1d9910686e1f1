//! What a datagram is, by its first byte (RFC 7983), and the fixed part of RTP and RTCP headers (RFC 3550).

/// What a datagram on the shared port carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// STUN, for the ICE agent.
    Stun,
    /// DTLS records.
    Dtls,
    /// RTP.
    Rtp,
    /// RTCP, told from RTP by the second byte (RFC 5761 section 4).
    Rtcp,
}

/// Classifies a datagram; `None` for what has no place here.
pub(crate) fn classify(datagram: &[u8]) -> Option<Kind> {
    let (&first, &second) = (datagram.first()?, datagram.get(1)?);
    match first {
        0..=3 => Some(Kind::Stun),
        20..=63 => Some(Kind::Dtls),
        128..=191 if (192..=223).contains(&second) => Some(Kind::Rtcp),
        128..=191 => Some(Kind::Rtp),
        _ => None,
    }
}

/// Reads a big-endian `u16`.
pub(crate) fn read_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Reads a big-endian `u32`.
pub(crate) fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// Length of the RTP header without CSRCs and extension.
pub(crate) const RTP_HEADER: usize = 12;

/// A received RTP header. `length` covers CSRCs and extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RtpHeader {
    pub(crate) marker: bool,
    pub(crate) padding: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    /// Profile and range of the extension block's content, if there is one.
    extension: Option<(u16, usize, usize)>,
    pub(crate) length: usize,
}

impl RtpHeader {
    /// Parses the header; `None` if the datagram is not RTP version 2 or is cut short.
    pub(crate) fn parse(packet: &[u8]) -> Option<Self> {
        let &[first, second, ..] = packet.first_chunk::<RTP_HEADER>()?;
        if first >> 6 != 2 {
            return None;
        }
        let mut length = RTP_HEADER + 4 * usize::from(first & 0x0F);
        let mut extension = None;
        if first & 0x10 != 0 {
            let content = 4 * usize::from(read_u16(packet, length + 2)?);
            extension = Some((read_u16(packet, length)?, length + 4, length + 4 + content));
            length += 4 + content;
        }
        if length > packet.len() {
            return None;
        }
        Some(Self {
            marker: second & 0x80 != 0,
            padding: first & 0x20 != 0,
            payload_type: second & 0x7F,
            sequence: read_u16(packet, 2)?,
            timestamp: read_u32(packet, 4)?,
            ssrc: read_u32(packet, 8)?,
            extension,
            length,
        })
    }

    /// The value of header extension `id` (RFC 8285, one-byte and two-byte forms).
    pub(crate) fn extension<'a>(&self, packet: &'a [u8], id: u8) -> Option<&'a [u8]> {
        let (profile, start, end) = self.extension?;
        let two_byte = match profile {
            0xBEDE => false,
            other if other & 0xFFF0 == 0x1000 => true,
            _ => return None,
        };
        let mut rest = packet.get(start..end)?;
        while let Some((&head, tail)) = rest.split_first() {
            if head == 0 {
                rest = tail; // padding between elements
                continue;
            }
            let (found, length, tail) = if two_byte {
                let (&length, tail) = tail.split_first()?;
                (head, usize::from(length), tail)
            } else if head >> 4 == 15 {
                return None; // reserved: stop
            } else {
                (head >> 4, usize::from(head & 0x0F) + 1, tail)
            };
            let value = tail.get(..length)?;
            if found == id {
                return Some(value);
            }
            rest = tail.get(length..)?;
        }
        None
    }

    /// The payload of a decrypted packet, without RTP padding.
    pub(crate) fn payload<'a>(&self, packet: &'a [u8]) -> Option<&'a [u8]> {
        let payload = packet.get(self.length..)?;
        if !self.padding {
            return Some(payload);
        }
        let padding = usize::from(*payload.last()?);
        if padding == 0 {
            return None;
        }
        payload.get(..payload.len().checked_sub(padding)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_decide() {
        for (bytes, kind) in [
            (&[0u8, 1][..], Some(Kind::Stun)),
            (&[3, 1], Some(Kind::Stun)),
            (&[4, 1], None),
            (&[20, 1], Some(Kind::Dtls)),
            (&[63, 1], Some(Kind::Dtls)),
            (&[64, 1], None), // TURN channels
            (&[0x80, 111], Some(Kind::Rtp)),
            (&[0x80, 0x80 | 111], Some(Kind::Rtp)),
            (&[0x80, 200], Some(Kind::Rtcp)),
            (&[0x81, 223], Some(Kind::Rtcp)),
            (&[192, 1], None),
            (&[0x80], None),
            (&[], None),
        ] {
            assert_eq!(classify(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn extensions_and_padding_are_read() {
        let mut packet = vec![0xB0, 0x80 | 111, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5];
        packet.extend([0xBE, 0xDE, 0, 2, 0x10, 0x8A, 0, 0x31, b'a', b'b', 0, 0]);
        packet.extend([1, 2, 3, 0, 2]);
        let header = RtpHeader::parse(&packet).unwrap();
        assert_eq!((header.marker, header.payload_type, header.sequence), (true, 111, 7));
        assert_eq!((header.timestamp, header.ssrc, header.length), (9, 5, 24));
        assert_eq!(header.extension(&packet, 1), Some(&[0x8A][..]));
        assert_eq!(header.extension(&packet, 3), Some(&b"ab"[..]));
        assert_eq!(header.extension(&packet, 4), None);
        assert_eq!(header.payload(&packet), Some(&[1, 2, 3][..]));
        for cut in 0..24 {
            assert_eq!(RtpHeader::parse(&packet[..cut]), None, "cut at {cut}");
        }
        let mut packet = vec![0x90, 111, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 0x10, 0, 0, 1, 7, 1, 0x85, 0, 42];
        assert_eq!(RtpHeader::parse(&packet).unwrap().extension(&packet, 7), Some(&[0x85][..]));
        packet[17] = 200; // longer than the block
        assert_eq!(RtpHeader::parse(&packet).unwrap().extension(&packet, 7), None);
    }
}

//! One SFrame (RFC 9605, section 4): header, key of one KID, replay window. No policy: [`super::KeyRing`] has that.
//!
//! The AEAD and the key schedule are the `sframe` crate's; the header is read here, because ours has one form only and
//! because this path runs for every frame and so allocates nothing.

use sframe::CipherSuite;
use sframe::crypto::{DecryptionBufferView, EncryptionBufferView};
use sframe::key::{DecryptionKey, EncryptionKey};

/// AES-256-GCM with SHA-512 (0x0005): 0.45 us for a frame of audio (`cargo bench -p conclave-e2ee`), so no reason for the
/// shorter key.
pub const SUITE: CipherSuite = CipherSuite::AesGcm256Sha512;
/// Bytes of the authentication tag.
pub const TAG: usize = SUITE.auth_tag_len();
/// The longest header.
pub const MAX_HEADER: usize = 17;

/// What an SFrame header says (RFC 9605, section 4.3). Not authenticated before the frame is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Key identifier.
    pub kid: u64,
    /// Frame counter.
    pub ctr: u64,
}

impl Header {
    /// Writes the header in front of `out`; its length.
    pub fn write(&self, out: &mut [u8; MAX_HEADER]) -> usize {
        let mut length = 1;
        let mut field = |value: u64| -> u8 {
            if value < 8 {
                return value as u8;
            }
            let skip = value.leading_zeros() as usize / 8;
            for byte in value.to_be_bytes().into_iter().skip(skip) {
                if let Some(to) = out.get_mut(length) {
                    *to = byte;
                }
                length += 1;
            }
            8 | (7 - skip) as u8
        };
        let config = field(self.kid) << 4 | field(self.ctr);
        out[0] = config;
        length
    }

    /// Reads a header; it and its length. `None` for anything that is not encoded in the fewest bytes.
    pub fn read(frame: &[u8]) -> Option<(Self, usize)> {
        let config = *frame.first()?;
        let mut at = 1;
        let mut field = |nibble: u8| -> Option<u64> {
            let value = u64::from(nibble & 7);
            if nibble & 8 == 0 {
                return Some(value);
            }
            let bytes = frame.get(at..at + value as usize + 1)?;
            at += bytes.len();
            let value = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
            let fewest = if bytes.len() == 1 { value >= 8 } else { bytes.first() != Some(&0) };
            fewest.then_some(value)
        };
        let header = Self { kid: field(config >> 4)?, ctr: field(config & 15)? };
        Some((header, at))
    }
}

/// The key that seals our frames of one KID. Wiped when dropped.
pub struct SealKey(EncryptionKey);

impl SealKey {
    /// Derives it from a base key (RFC 9605, section 4.4.2). `None`: the library failed.
    pub fn derive(base: &[u8], kid: u64) -> Option<Self> {
        EncryptionKey::derive_from(SUITE, kid, base).ok().map(Self)
    }

    /// Appends header, sealed frame and tag to `out`. `metadata` is authenticated and not sent (we have none; the
    /// standard's test vectors do). On `None` nothing was appended.
    pub fn seal(&self, ctr: u64, metadata: &[u8], frame: &[u8], out: &mut Vec<u8>) -> Option<()> {
        let start = out.len();
        let mut header = [0; MAX_HEADER];
        let length = Header { kid: self.0.key_id(), ctr }.write(&mut header);
        let header = header.get_mut(..length)?;
        out.reserve(length + frame.len() + TAG);
        out.extend_from_slice(header);
        out.extend_from_slice(frame);
        out.resize(start + length + frame.len() + TAG, 0);
        let sealed = out.get_mut(start + length..).and_then(|body| {
            let (data, tag) = body.split_at_mut_checked(frame.len())?;
            with_aad(header, metadata, |aad| self.0.encrypt(EncryptionBufferView { aad, data, tag }, ctr).ok())
        });
        if sealed.is_none() {
            out.truncate(start);
        }
        sealed
    }
}

/// The key that opens somebody's frames of one KID. Wiped when dropped.
pub struct OpenKey(DecryptionKey);

impl OpenKey {
    /// Derives it from a base key. `None`: the library failed.
    pub fn derive(base: &[u8], kid: u64) -> Option<Self> {
        DecryptionKey::derive_from(SUITE, kid, base).ok().map(Self)
    }

    /// Opens `frame` (header, sealed data, tag) into `out`, which is cleared first and stays empty on failure.
    pub fn open(&self, metadata: &[u8], frame: &[u8], out: &mut Vec<u8>) -> Option<Header> {
        out.clear();
        let (header, length) = Header::read(frame)?;
        let (aad, sealed) = frame.split_at_checked(length)?;
        let plain = sealed.len().checked_sub(TAG)?;
        let mut copy = [0; MAX_HEADER];
        let copy = copy.get_mut(..length)?;
        copy.copy_from_slice(aad);
        out.extend_from_slice(sealed);
        let opened = with_aad(copy, metadata, |aad| self.0.decrypt(DecryptionBufferView { aad, data: out }, header.ctr).ok());
        out.truncate(if opened.is_some() { plain } else { 0 });
        opened.map(|()| header)
    }
}

/// Header and metadata in one piece, as the AEAD wants them; without metadata nothing is allocated.
fn with_aad<R>(header: &mut [u8], metadata: &[u8], run: impl FnOnce(&mut [u8]) -> R) -> R {
    if metadata.is_empty() { run(header) } else { run(&mut [header, metadata].concat()) }
}

/// How many frames may be missing or out of order before a late one is refused: 20 s of audio.
pub const WINDOW: u64 = 1024;

/// The counters of one KID that were opened already (RFC 9605, section 9.3).
#[derive(Default)]
pub struct Window {
    newest: Option<u64>,
    seen: [u64; (WINDOW / 64) as usize],
}

impl Window {
    /// Whether this counter may still come.
    pub fn is_fresh(&self, ctr: u64) -> bool {
        match self.newest {
            Some(newest) if ctr <= newest => {
                newest - ctr < WINDOW && self.seen.get(slot(ctr)).is_some_and(|word| word & bit(ctr) == 0)
            }
            _ => true,
        }
    }

    /// Notes a counter whose frame was opened.
    pub fn note(&mut self, ctr: u64) {
        let newest = *self.newest.get_or_insert(ctr);
        if ctr > newest {
            if ctr - newest >= WINDOW {
                self.seen = Default::default();
            } else {
                for skipped in newest + 1..ctr {
                    if let Some(word) = self.seen.get_mut(slot(skipped)) {
                        *word &= !bit(skipped);
                    }
                }
            }
            self.newest = Some(ctr);
        }
        if let Some(word) = self.seen.get_mut(slot(ctr)) {
            *word |= bit(ctr);
        }
    }
}

fn slot(ctr: u64) -> usize {
    (ctr % WINDOW / 64) as usize
}

fn bit(ctr: u64) -> u64 {
    1 << (ctr % 64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_header_reads_back(kid: u64, ctr: u64, shift in 0u32..64) {
            let header = Header { kid: kid >> shift, ctr: ctr >> (63 - shift) };
            let mut bytes = [0; MAX_HEADER];
            let length = header.write(&mut bytes);
            prop_assert_eq!(Header::read(&bytes[..length]), Some((header, length)));
            prop_assert_eq!(Header::read(&bytes[..length - 1]), None);
        }

        #[test]
        fn any_bytes_are_a_header_in_one_form_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            if let Some((header, length)) = Header::read(&bytes) {
                let mut again = [0; MAX_HEADER];
                prop_assert_eq!(header.write(&mut again), length);
                prop_assert_eq!(&again[..length], &bytes[..length]);
            }
        }

        /// Against the plainest model: a list of everything opened.
        #[test]
        fn the_window_opens_each_counter_once(steps in proptest::collection::vec(0u64..3000, 1..400), base in 0u64..u64::MAX - 4000) {
            let mut window = Window::default();
            let mut opened = std::collections::BTreeSet::new();
            for step in steps {
                let ctr = base + step;
                let newest = opened.last().copied().unwrap_or(ctr);
                let expected = !opened.contains(&ctr) && (ctr >= newest || newest - ctr < WINDOW);
                prop_assert_eq!(window.is_fresh(ctr), expected);
                if expected {
                    window.note(ctr);
                    opened.insert(ctr);
                }
            }
        }
    }

    #[test]
    fn the_highest_counter_is_noted_once() {
        let mut window = Window::default();
        assert!(window.is_fresh(u64::MAX));
        window.note(u64::MAX);
        assert!(!window.is_fresh(u64::MAX) && !window.is_fresh(0) && window.is_fresh(u64::MAX - 1));
    }
}

//! SRTP and SRTCP contexts (RFC 3711, RFC 7714) that work in place and allocate nothing per packet.
//!
//! Not `rtc-srtp`: it allocates per packet, keeps state for every SSRC that anyone *claims* before authenticating, and takes
//! unencrypted SRTCP without checking its tag. Here state exists for authenticated SSRCs only, and is bounded. What was heard
//! of an SSRC is never forgotten while the keys live: forgetting would let every packet of it come again (RFC 3711 section
//! 3.3.2), and an index that comes twice with other content would go out twice under one nonce on the listeners' legs.

use super::demux::{RtpHeader, read_u32};
use crate::server::metrics::Dropped;
use ring::{aead, hmac};
use rtc_dtls::crypto_provider::{BlockCipherAlgorithm, RTCCrypto, StreamCipher, StreamCipherAlgorithm, constant_time_eq};
use zeroize::Zeroizing;

/// Most SSRCs one peer can use; packets of further ones are refused. A call needs a new one only for a new track.
const MAX_SSRCS: usize = 1024;
/// Length of an AEAD tag.
const GCM_TAG: usize = 16;
/// Length of the truncated HMAC-SHA1 tag.
const SHA1_TAG: usize = 10;
/// The most either profile appends to an RTP packet.
pub(crate) const MAX_TAG: usize = GCM_TAG;
/// SRTCP's first bytes that stay in the clear: header and sender SSRC.
const RTCP_CLEAR: usize = 8;

/// The protection profiles we negotiate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// AEAD_AES_128_GCM.
    Gcm,
    /// AES128_CM_HMAC_SHA1_80.
    CmSha1,
}

impl Profile {
    fn salt_length(self) -> usize {
        if self == Self::Gcm { 12 } else { 14 }
    }

    /// Bytes of keying material to export from DTLS (RFC 5764 section 4.2).
    pub(crate) fn material_length(self) -> usize {
        2 * (16 + self.salt_length())
    }
}

/// Why a packet was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SrtpError {
    /// Malformed, or too short.
    Malformed,
    /// Seen before, or too old to tell.
    Replayed,
    /// One SSRC too many.
    Crowded,
    /// The tag does not match.
    Unauthentic,
    /// The cipher could not be set up.
    Setup,
}

impl From<SrtpError> for Dropped {
    fn from(e: SrtpError) -> Self {
        match e {
            SrtpError::Malformed | SrtpError::Setup => Self::Malformed,
            SrtpError::Replayed => Self::Replayed,
            SrtpError::Crowded => Self::Unannounced,
            SrtpError::Unauthentic => Self::Forged,
        }
    }
}

/// A peer has four of these for its life, in place: no indirection per packet.
#[allow(clippy::large_enum_variant)]
enum Cipher {
    Gcm { key: aead::LessSafeKey, salt: [u8; 12] },
    CmSha1 { stream: Box<dyn StreamCipher>, salt: [u8; 14], auth: hmac::Key },
}

impl Cipher {
    fn new(profile: Profile, crypto: &dyn RTCCrypto, master: &[u8], salt: &[u8], first_label: u8) -> Result<Self, SrtpError> {
        let key = derive::<16>(crypto, master, salt, first_label)?;
        if profile == Profile::Gcm {
            let salt = derive::<12>(crypto, master, salt, first_label + 2)?;
            let key = aead::UnboundKey::new(&aead::AES_128_GCM, &*key).map_err(|_| SrtpError::Setup)?;
            return Ok(Self::Gcm { key: aead::LessSafeKey::new(key), salt: *salt });
        }
        let stream = crypto.new_stream_cipher(StreamCipherAlgorithm::Aes128Ctr, &*key).map_err(|_| SrtpError::Setup)?;
        let auth = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &*derive::<20>(crypto, master, salt, first_label + 1)?);
        Ok(Self::CmSha1 { stream, salt: *derive::<14>(crypto, master, salt, first_label + 2)?, auth })
    }

    /// AES-GCM nonce: salt XOR (00 00, SSRC, 48-bit index) (RFC 7714 sections 8.1 and 9.1, the same bytes for both).
    fn nonce(salt: &[u8; 12], ssrc: u32, index: u64) -> aead::Nonce {
        let mut nonce = *salt;
        let bytes = ssrc.to_be_bytes().into_iter().chain(index.to_be_bytes().into_iter().skip(2));
        nonce.iter_mut().skip(2).zip(bytes).for_each(|(n, b)| *n ^= b);
        aead::Nonce::assume_unique_for_key(nonce)
    }

    /// AES-CM counter block: salt XOR (SSRC at 4, 48-bit index at 8) (RFC 3711 section 4.1.1).
    fn counter(salt: &[u8; 14], ssrc: u32, index: u64) -> [u8; 16] {
        let mut counter = [0; 16];
        counter.iter_mut().zip(salt).for_each(|(c, s)| *c = *s);
        let bytes = ssrc.to_be_bytes().into_iter().chain(index.to_be_bytes().into_iter().skip(2));
        counter.iter_mut().skip(4).zip(bytes).for_each(|(c, b)| *c ^= b);
        counter
    }
}

/// The key derivation function with AES-CM as PRF and rate 0 (RFC 3711 section 4.3).
fn derive<const N: usize>(
    crypto: &dyn RTCCrypto,
    master: &[u8],
    salt: &[u8],
    label: u8,
) -> Result<Zeroizing<[u8; N]>, SrtpError> {
    let mut out = Zeroizing::new([0; N]);
    for (counter, chunk) in out.chunks_mut(16).enumerate() {
        let mut block = Zeroizing::new([0u8; 16]);
        block.iter_mut().zip(salt).for_each(|(b, s)| *b = *s);
        block[7] ^= label;
        block[15] = counter as u8; // at most two blocks
        crypto.block_encrypt(BlockCipherAlgorithm::Aes128, master, &mut *block).map_err(|_| SrtpError::Setup)?;
        chunk.iter_mut().zip(block.iter()).for_each(|(c, b)| *c = *b);
    }
    Ok(out)
}

/// A sliding window over 48-bit indices (RFC 3711 section 3.3.2).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window {
    highest: u64,
    seen: u64,
}

impl Window {
    pub(crate) fn fresh(&self, index: u64) -> bool {
        self.seen == 0 || index > self.highest || (self.highest - index < 64 && self.seen >> (self.highest - index) & 1 == 0)
    }

    pub(crate) fn accept(&mut self, index: u64) {
        if self.seen == 0 || index > self.highest {
            let ahead = index - self.highest;
            self.seen = if self.seen == 0 || ahead >= 64 { 1 } else { self.seen << ahead | 1 };
            self.highest = index;
        } else if self.highest - index < 64 {
            self.seen |= 1 << (self.highest - index);
        }
    }

    /// The index of a sequence number, nearest to what was heard (RFC 3711 section 3.3.1).
    fn guess(&self, sequence: u16) -> u64 {
        if self.seen == 0 {
            return u64::from(sequence);
        }
        let ahead = sequence.wrapping_sub(self.highest as u16) as i16;
        self.highest.checked_add_signed(i64::from(ahead)).unwrap_or(u64::from(sequence))
    }
}

/// The receiving direction of one peer's session.
pub(crate) struct Inbound {
    rtp: Cipher,
    rtcp: Cipher,
    /// In the order in which they were first heard.
    streams: Vec<(u32, Window)>,
    control: Vec<(u32, Window)>,
}

/// The sending direction of one peer's session.
pub(crate) struct Outbound {
    rtp: Cipher,
    rtcp: Cipher,
    rtcp_index: u32,
}

/// Which end of a DTLS association we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The one that began.
    #[cfg_attr(not(feature = "client"), allow(dead_code, reason = "a server is asked"))]
    Client,
    /// The one that was asked.
    Server,
}

/// Both directions, from the keying material of a DTLS association (RFC 5764 section 4.2).
pub(crate) fn session(
    side: Side,
    profile: Profile,
    crypto: &dyn RTCCrypto,
    material: &[u8],
) -> Result<(Inbound, Outbound), SrtpError> {
    let salt = profile.salt_length();
    let part = |start: usize, length: usize| material.get(start..start + length).ok_or(SrtpError::Setup);
    let client = (part(0, 16)?, part(32, salt)?);
    let server = (part(16, 16)?, part(32 + salt, salt)?);
    let (theirs, ours) = if side == Side::Server { (client, server) } else { (server, client) };
    Ok((Inbound::new(profile, crypto, theirs.0, theirs.1)?, Outbound::new(profile, crypto, ours.0, ours.1)?))
}

/// Where the window of an SSRC is, and the window; the latest SSRCs are the likely ones. A new SSRC's place is the end.
fn window(windows: &[(u32, Window)], ssrc: u32) -> Result<(usize, Window), SrtpError> {
    match windows.iter().rposition(|(s, _)| *s == ssrc) {
        Some(at) => Ok((at, windows.get(at).map(|(_, w)| *w).unwrap_or_default())),
        None if windows.len() < MAX_SSRCS => Ok((windows.len(), Window::default())),
        None => Err(SrtpError::Crowded),
    }
}

/// Remembers an index that was authenticated.
fn keep(windows: &mut Vec<(u32, Window)>, at: usize, ssrc: u32, mut window: Window, index: u64) {
    window.accept(index);
    match windows.get_mut(at) {
        Some(entry) => entry.1 = window,
        None => windows.push((ssrc, window)),
    }
}

impl Inbound {
    pub(crate) fn new(profile: Profile, crypto: &dyn RTCCrypto, key: &[u8], salt: &[u8]) -> Result<Self, SrtpError> {
        Ok(Self {
            rtp: Cipher::new(profile, crypto, key, salt, 0)?,
            rtcp: Cipher::new(profile, crypto, key, salt, 3)?,
            streams: Vec::new(),
            control: Vec::new(),
        })
    }

    /// Authenticates and decrypts an RTP packet in place. Returns its extended sequence number and its length without tag.
    pub(crate) fn unprotect(&mut self, header: &RtpHeader, packet: &mut [u8]) -> Result<(u64, usize), SrtpError> {
        let (at, window) = window(&self.streams, header.ssrc)?;
        let index = window.guess(header.sequence);
        if !window.fresh(index) {
            return Err(SrtpError::Replayed);
        }
        let length = match &mut self.rtp {
            Cipher::Gcm { key, salt } => {
                let (aad, body) = packet.split_at_mut_checked(header.length).ok_or(SrtpError::Malformed)?;
                let nonce = Cipher::nonce(salt, header.ssrc, index);
                let plain = key.open_in_place(nonce, aead::Aad::from(&*aad), body).map_err(|_| SrtpError::Unauthentic)?;
                header.length + plain.len()
            }
            Cipher::CmSha1 { stream, salt, auth } => {
                let end = packet.len().checked_sub(SHA1_TAG).filter(|e| *e >= header.length).ok_or(SrtpError::Malformed)?;
                let (body, tag) = packet.split_at_mut(end);
                let mut signing = hmac::Context::with_key(auth);
                signing.update(body);
                signing.update(&((index >> 16) as u32).to_be_bytes());
                verify(&signing.sign(), tag)?;
                let payload = body.get_mut(header.length..).ok_or(SrtpError::Malformed)?;
                let counter = Cipher::counter(salt, header.ssrc, index);
                stream.apply_keystream(&counter, payload).map_err(|_| SrtpError::Malformed)?;
                end
            }
        };
        keep(&mut self.streams, at, header.ssrc, window, index);
        Ok((index, length))
    }

    /// Authenticates and decrypts a compound RTCP packet in place. Returns its length without index and tag.
    pub(crate) fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, SrtpError> {
        let ssrc = read_u32(packet, 4).ok_or(SrtpError::Malformed)?;
        let after = if matches!(self.rtcp, Cipher::Gcm { .. }) { 0 } else { SHA1_TAG };
        let at = packet.len().checked_sub(4 + after).filter(|at| *at >= RTCP_CLEAR).ok_or(SrtpError::Malformed)?;
        let word = read_u32(packet, at).ok_or(SrtpError::Malformed)?;
        let (encrypted, index) = (word >> 31 == 1, u64::from(word & 0x7FFF_FFFF));
        let (place, window) = window(&self.control, ssrc)?;
        if !window.fresh(index) {
            return Err(SrtpError::Replayed);
        }
        let length = match &mut self.rtcp {
            Cipher::Gcm { key, salt } => {
                if !encrypted {
                    return Err(SrtpError::Malformed); // authenticated-only reports are not negotiated
                }
                let (clear, rest) = packet.split_at_mut(RTCP_CLEAR);
                let body = rest.get_mut(..at - RTCP_CLEAR).ok_or(SrtpError::Malformed)?;
                let aad = rtcp_aad(clear, word);
                let nonce = Cipher::nonce(salt, ssrc, index);
                let plain = key.open_in_place(nonce, aead::Aad::from(aad), body).map_err(|_| SrtpError::Unauthentic)?;
                RTCP_CLEAR + plain.len()
            }
            Cipher::CmSha1 { stream, salt, auth } => {
                let (body, tag) = packet.split_at_mut_checked(at + 4).ok_or(SrtpError::Malformed)?;
                verify(&hmac::sign(auth, body), tag)?;
                if encrypted {
                    let payload = body.get_mut(RTCP_CLEAR..at).ok_or(SrtpError::Malformed)?;
                    let counter = Cipher::counter(salt, ssrc, index);
                    stream.apply_keystream(&counter, payload).map_err(|_| SrtpError::Malformed)?;
                }
                at
            }
        };
        keep(&mut self.control, place, ssrc, window, index);
        Ok(length)
    }
}

impl Outbound {
    pub(crate) fn new(profile: Profile, crypto: &dyn RTCCrypto, key: &[u8], salt: &[u8]) -> Result<Self, SrtpError> {
        Ok(Self {
            rtp: Cipher::new(profile, crypto, key, salt, 0)?,
            rtcp: Cipher::new(profile, crypto, key, salt, 3)?,
            rtcp_index: 0,
        })
    }

    /// Encrypts the RTP packet at `start` of `packet` in place and appends the tag.
    ///
    /// `index` is the 48-bit packet index; its low 16 bits are the header's sequence number. The caller never uses an index
    /// of an SSRC twice: with GCM that would give the key away.
    pub(crate) fn protect(&mut self, ssrc: u32, index: u64, packet: &mut Vec<u8>, start: usize) -> Result<(), SrtpError> {
        let length = packet.get(start..).and_then(RtpHeader::parse).ok_or(SrtpError::Malformed)?.length;
        let (header, payload) =
            packet.get_mut(start..).and_then(|p| p.split_at_mut_checked(length)).ok_or(SrtpError::Malformed)?;
        match &mut self.rtp {
            Cipher::Gcm { key, salt } => {
                let nonce = Cipher::nonce(salt, ssrc, index);
                let tag = key
                    .seal_in_place_separate_tag(nonce, aead::Aad::from(&*header), payload)
                    .map_err(|_| SrtpError::Malformed)?;
                packet.extend_from_slice(tag.as_ref());
            }
            Cipher::CmSha1 { stream, salt, auth } => {
                let counter = Cipher::counter(salt, ssrc, index);
                stream.apply_keystream(&counter, payload).map_err(|_| SrtpError::Malformed)?;
                let mut signing = hmac::Context::with_key(auth);
                signing.update(packet.get(start..).unwrap_or_default());
                signing.update(&((index >> 16) as u32).to_be_bytes());
                packet.extend(signing.sign().as_ref().iter().take(SHA1_TAG));
            }
        }
        Ok(())
    }

    /// Encrypts the compound RTCP packet at `start` of `packet` in place and appends index and tag.
    pub(crate) fn protect_rtcp(&mut self, packet: &mut Vec<u8>, start: usize) -> Result<(), SrtpError> {
        self.rtcp_index = (self.rtcp_index + 1) & 0x7FFF_FFFF;
        let (index, word) = (u64::from(self.rtcp_index), self.rtcp_index | 1 << 31);
        let (clear, body) =
            packet.get_mut(start..).and_then(|p| p.split_at_mut_checked(RTCP_CLEAR)).ok_or(SrtpError::Malformed)?;
        let ssrc = read_u32(clear, 4).ok_or(SrtpError::Malformed)?;
        match &mut self.rtcp {
            Cipher::Gcm { key, salt } => {
                let aad = aead::Aad::from(rtcp_aad(clear, word));
                let nonce = Cipher::nonce(salt, ssrc, index);
                let tag = key.seal_in_place_separate_tag(nonce, aad, body).map_err(|_| SrtpError::Malformed)?;
                packet.extend_from_slice(tag.as_ref());
                packet.extend_from_slice(&word.to_be_bytes());
            }
            Cipher::CmSha1 { stream, salt, auth } => {
                let counter = Cipher::counter(salt, ssrc, index);
                stream.apply_keystream(&counter, body).map_err(|_| SrtpError::Malformed)?;
                packet.extend_from_slice(&word.to_be_bytes());
                let tag = hmac::sign(auth, packet.get(start..).unwrap_or_default());
                packet.extend(tag.as_ref().iter().take(SHA1_TAG));
            }
        }
        Ok(())
    }
}

/// Additional data of an encrypted SRTCP packet: the clear part and the index word (RFC 7714 section 9.2).
fn rtcp_aad(clear: &[u8], word: u32) -> [u8; 12] {
    let mut aad = [0; 12];
    aad.iter_mut().zip(clear.iter().copied().chain(word.to_be_bytes())).for_each(|(a, b)| *a = b);
    aad
}

fn verify(expected: &hmac::Tag, received: &[u8]) -> Result<(), SrtpError> {
    let expected = expected.as_ref().get(..SHA1_TAG).ok_or(SrtpError::Malformed)?;
    if constant_time_eq(expected, received) { Ok(()) } else { Err(SrtpError::Unauthentic) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc_dtls::crypto_provider::default_provider;

    fn session(profile: Profile) -> (Inbound, Outbound, rtc_srtp::context::Context, rtc_srtp::context::Context) {
        let provider = default_provider().unwrap();
        let material: Vec<u8> = (0..profile.material_length() as u8).map(|b| b.wrapping_mul(37)).collect();
        let (inbound, outbound) = super::session(Side::Server, profile, provider.crypto(), &material).unwrap();
        let theirs = if profile == Profile::Gcm {
            rtc_srtp::protection_profile::ProtectionProfile::AeadAes128Gcm
        } else {
            rtc_srtp::protection_profile::ProtectionProfile::Aes128CmHmacSha1_80
        };
        let mut config = rtc_srtp::config::Config { profile: theirs, ..Default::default() };
        config.set_session_keys_from_keying_material(&material, true).unwrap();
        let keys = config.keys;
        let context =
            |key: &[u8], salt: &[u8]| rtc_srtp::context::Context::new(key, salt, theirs, None, None, provider.crypto()).unwrap();
        let send = context(&keys.local_master_key, &keys.local_master_salt);
        let receive = context(&keys.remote_master_key, &keys.remote_master_salt);
        (inbound, outbound, send, receive)
    }

    fn packet(sequence: u16, payload: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x80, 111];
        packet.extend(sequence.to_be_bytes());
        packet.extend(1u32.to_be_bytes());
        packet.extend(77u32.to_be_bytes());
        packet.extend(payload);
        packet
    }

    #[test]
    fn another_implementation_reads_us_and_we_read_it() {
        for profile in [Profile::Gcm, Profile::CmSha1] {
            let (mut inbound, mut outbound, mut send, mut receive) = session(profile);
            for sequence in [65_534u16, 65_535, 0, 1] {
                let plain = packet(sequence, b"opus payload");
                let mut wire = send.encrypt_rtp(&plain).unwrap();
                let header = RtpHeader::parse(&wire).unwrap();
                let (index, length) = inbound.unprotect(&header, &mut wire).unwrap();
                assert_eq!(&wire[..length], &plain[..]);
                let mut wire = plain.clone();
                outbound.protect(77, index, &mut wire, 0).unwrap();
                assert_eq!(&receive.decrypt_rtp(&wire).unwrap()[..], &plain[..], "{profile:?} {sequence}");
            }
            let report = [0x80u8, 201, 0, 1, 0, 0, 0, 77, 0x80, 201, 0, 1, 0, 0, 0, 77];
            let mut wire = send.encrypt_rtcp(&report).unwrap();
            assert_eq!(inbound.unprotect_rtcp(&mut wire.clone()), Ok(16));
            assert_eq!(inbound.unprotect_rtcp(&mut wire), Err(SrtpError::Replayed));
            let mut wire = report.to_vec();
            outbound.protect_rtcp(&mut wire, 0).unwrap();
            assert_eq!(&receive.decrypt_rtcp(&wire).unwrap()[..], &report[..]);
        }
    }

    #[test]
    fn replays_and_forgeries_are_refused_and_leave_no_state() {
        for profile in [Profile::Gcm, Profile::CmSha1] {
            let (mut inbound, _, mut send, _) = session(profile);
            let wire = send.encrypt_rtp(&packet(5, b"x")).unwrap();
            let header = RtpHeader::parse(&wire).unwrap();
            for at in 0..wire.len() {
                let mut forged = wire.clone();
                forged[at] ^= 1;
                if let Some(header) = RtpHeader::parse(&forged) {
                    assert!(inbound.unprotect(&header, &mut forged).is_err(), "{profile:?} byte {at}");
                }
            }
            assert!(inbound.streams.is_empty());
            assert!(inbound.unprotect(&header, &mut wire.clone()).is_ok());
            assert_eq!(inbound.unprotect(&header, &mut wire.clone()), Err(SrtpError::Replayed));
            // An unencrypted report (E = 0) still needs its tag.
            let mut report = send.encrypt_rtcp(&[0x80u8, 201, 0, 1, 0, 0, 0, 77]).unwrap();
            let at = if profile == Profile::Gcm { report.len() - 4 } else { report.len() - 14 };
            report[at] &= 0x7F;
            assert!(inbound.unprotect_rtcp(&mut report).is_err());
        }
    }

    #[test]
    fn a_packet_never_comes_twice_however_many_other_sources_there_are() {
        let (mut inbound, _, mut send, _) = session(Profile::Gcm);
        let mut of = |ssrc: u32| {
            let mut plain = packet(5, b"x");
            plain[8..12].copy_from_slice(&ssrc.to_be_bytes());
            let wire = send.encrypt_rtp(&plain).unwrap();
            (RtpHeader::parse(&wire).unwrap(), wire.to_vec())
        };
        let (header, first) = of(1);
        assert!(inbound.unprotect(&header, &mut first.clone()).is_ok());
        for ssrc in 2..=MAX_SSRCS as u32 {
            let (header, mut wire) = of(ssrc);
            assert!(inbound.unprotect(&header, &mut wire).is_ok());
        }
        assert_eq!(inbound.unprotect(&header, &mut first.clone()), Err(SrtpError::Replayed));
        let (further, mut wire) = of(MAX_SSRCS as u32 + 1);
        assert_eq!(inbound.unprotect(&further, &mut wire), Err(SrtpError::Crowded));
    }

    #[test]
    fn the_window_accepts_reordering_once() {
        let mut window = Window::default();
        for (index, fresh) in [(100u64, true), (100, false), (99, true), (99, false), (164, true), (100, false), (101, true)] {
            assert_eq!(window.fresh(index), fresh, "{index}");
            if fresh {
                window.accept(index);
            }
        }
        let window = Window { highest: 0x1_0002, seen: 1 };
        assert_eq!(window.guess(0xFFFF), 0xFFFF);
        assert_eq!(window.guess(3), 0x1_0003);
    }
}

//! NTLM version 2 (MS-NLMP) as proxies want it: three messages, of which we write the first and the last. No session is signed or
//! sealed afterwards: TLS does that.

use super::Credentials;
use hmac::{Hmac, Mac as _};
use md4::{Digest as _, Md4};
use md5::Md5;
use zeroize::Zeroizing;

const SIGNATURE: &[u8; 8] = b"NTLMSSP\0";
/// Flags (MS-NLMP 2.2.2.5).
const UNICODE: u32 = 0x0000_0001;
const OEM: u32 = 0x0000_0002;
const REQUEST_TARGET: u32 = 0x0000_0004;
const NTLM: u32 = 0x0000_0200;
const ALWAYS_SIGN: u32 = 0x0000_8000;
const EXTENDED_SESSION_SECURITY: u32 = 0x0008_0000;
const TARGET_INFO: u32 = 0x0080_0000;
/// What we can. Servers send the target's information unasked; squid's test helper says that it does if it is asked, and does not.
const OURS: u32 = UNICODE | OEM | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED_SESSION_SECURITY;
/// The identifier of the server's time in what it says of itself (MsvAvTimestamp).
const TIMESTAMP: u16 = 7;
/// The length of the last message's fixed part.
const HEAD: u32 = 64;

/// What must not be the same twice.
#[derive(Clone)]
pub(super) struct Fresh {
    /// Random.
    pub(super) challenge: [u8; 8],
    /// Now, in tenths of a microsecond since 1601.
    pub(super) time: u64,
}

impl Fresh {
    /// By this machine's clock and random numbers.
    pub(super) fn now() -> Self {
        let mut challenge = [0; 8];
        // Without random numbers nothing of a call would work; here the time alone would do.
        let _ = getrandom::fill(&mut challenge);
        let unix = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let time = (unix.as_nanos() / 100).saturating_add(116_444_736_000_000_000);
        Self { challenge, time: u64::try_from(time).unwrap_or(u64::MAX) }
    }
}

/// NEGOTIATE_MESSAGE (2.2.1.1): what we can, and nothing of who we are.
pub(super) fn negotiate() -> Vec<u8> {
    let mut message = SIGNATURE.to_vec();
    message.extend_from_slice(&1u32.to_le_bytes());
    message.extend_from_slice(&OURS.to_le_bytes());
    message.extend_from_slice(&[0; 16]);
    message
}

/// AUTHENTICATE_MESSAGE (2.2.1.3) in answer to a CHALLENGE_MESSAGE (2.2.1.2); `None` if that is none.
pub(super) fn authenticate(challenge: &[u8], who: &Credentials, fresh: &Fresh) -> Option<Zeroizing<Vec<u8>>> {
    if challenge.get(..8)? != SIGNATURE || number(challenge, 8)? != 2 {
        return None;
    }
    let flags = number(challenge, 20)?;
    let server: [u8; 8] = challenge.get(24..32)?.try_into().ok()?;
    let info = if flags & TARGET_INFO == 0 { &[] } else { field(challenge, 40)? };
    let (domain, user) = who.name.split_once('\\').unwrap_or(("", &who.name));
    let key = key(user, domain, &who.password);
    let time = timestamp(info);
    let nt = nt_response(&key, &server, fresh, time, info);
    // With the server's time in it, the older answer must be left out (3.1.5.1.2).
    let lm = if time.is_some() { Zeroizing::new(vec![0; 24]) } else { lm_response(&key, &server, fresh) };
    let text = |s: &str| if flags & UNICODE == 0 { oem(s) } else { utf16(s) };
    let (domain, user) = (text(domain), text(user));
    let mut message = Zeroizing::new(SIGNATURE.to_vec());
    message.extend_from_slice(&3u32.to_le_bytes());
    let mut at = HEAD;
    for part in [&lm[..], &nt[..], &domain[..], &user[..], &[], &[]] {
        let length = u16::try_from(part.len()).ok()?.to_le_bytes();
        message.extend_from_slice(&length);
        message.extend_from_slice(&length);
        message.extend_from_slice(&at.to_le_bytes());
        at += u32::try_from(part.len()).ok()?;
    }
    message.extend_from_slice(&(flags & (OURS | TARGET_INFO)).to_le_bytes());
    for part in [&lm[..], &nt[..], &domain[..], &user[..]] {
        message.extend_from_slice(part);
    }
    Some(message)
}

fn number(message: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(message.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// What a length and an offset at a place of a message point to.
fn field(message: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_le_bytes(message.get(at..at + 2)?.try_into().ok()?));
    let start = usize::try_from(number(message, at + 4)?).ok()?;
    message.get(start..start.checked_add(length)?)
}

/// The server's time in what it says of itself (2.2.2.1).
fn timestamp(mut info: &[u8]) -> Option<[u8; 8]> {
    while let Some((&[id, id_high, length, length_high], rest)) = info.split_first_chunk() {
        let value = rest.get(..usize::from(u16::from_le_bytes([length, length_high])))?;
        match u16::from_le_bytes([id, id_high]) {
            0 => return None,
            TIMESTAMP => return value.try_into().ok(),
            _ => info = rest.get(value.len()..)?,
        }
    }
    None
}

/// NTOWFv2 (3.3.2).
fn key(user: &str, domain: &str, password: &str) -> Zeroizing<[u8; 16]> {
    let hash = Zeroizing::new(<[u8; 16]>::from(Md4::digest(&*utf16(password))));
    hmac(&hash[..], &[&utf16(&user.to_uppercase()), &utf16(domain)])
}

/// NTLMv2_RESPONSE (2.2.2.8).
fn nt_response(key: &[u8; 16], server: &[u8; 8], fresh: &Fresh, time: Option<[u8; 8]>, info: &[u8]) -> Zeroizing<Vec<u8>> {
    let time = time.unwrap_or(fresh.time.to_le_bytes());
    let mut blob = vec![1, 1, 0, 0, 0, 0, 0, 0];
    blob.extend_from_slice(&time);
    blob.extend_from_slice(&fresh.challenge);
    blob.extend_from_slice(&[0; 4]);
    blob.extend_from_slice(info);
    blob.extend_from_slice(&[0; 4]);
    let mut response = Zeroizing::new(hmac(key, &[server, &blob]).to_vec());
    response.extend_from_slice(&blob);
    response
}

/// LMv2_RESPONSE (2.2.2.4).
fn lm_response(key: &[u8; 16], server: &[u8; 8], fresh: &Fresh) -> Zeroizing<Vec<u8>> {
    let mut response = Zeroizing::new(hmac(key, &[server, &fresh.challenge]).to_vec());
    response.extend_from_slice(&fresh.challenge);
    response
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 16]> {
    let Ok(mut mac) = Hmac::<Md5>::new_from_slice(key) else { return Zeroizing::default() };
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn utf16(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.encode_utf16().flat_map(u16::to_le_bytes).collect())
}

/// For servers of the last century.
fn oem(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: [u8; 8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef];

    fn fresh() -> Fresh {
        Fresh { challenge: [0xaa; 8], time: 0 }
    }

    fn hex(bytes: &[u8]) -> String {
        data_encoding::HEXLOWER.encode(bytes)
    }

    /// Domain and Server, as MS-NLMP 4.2.4 has them.
    fn info() -> Vec<u8> {
        let part = |id: u16, text: &str| [&id.to_le_bytes()[..], &12u16.to_le_bytes(), &utf16(text)].concat();
        [part(2, "Domain"), part(1, "Server"), vec![0; 4]].concat()
    }

    #[test]
    fn the_numbers_are_those_of_the_specification() {
        let key = key("User", "Domain", "Password");
        assert_eq!(hex(&key[..]), "0c868a403bfd7a93a3001ef22ef02e3f");
        assert_eq!(hex(&lm_response(&key, &SERVER, &fresh())), "86c35097ac9cec102554764a57cccc19aaaaaaaaaaaaaaaa");
        let nt = nt_response(&key, &SERVER, &fresh(), None, &info());
        assert_eq!(hex(&nt[..16]), "68cd0ab851e51c96aabc927bebef6a1c");
    }

    fn challenge(flags: u32, info: &[u8]) -> Vec<u8> {
        let length = (info.len() as u16).to_le_bytes();
        let parts: [&[u8]; 10] = [
            SIGNATURE,
            &2u32.to_le_bytes(),
            &[0; 8],
            &flags.to_le_bytes(),
            &SERVER,
            &[0; 8],
            &length,
            &length,
            &48u32.to_le_bytes(),
            info,
        ];
        parts.concat()
    }

    #[test]
    fn an_answer_names_the_user_and_the_domain_and_never_the_password() {
        let who = Credentials::new("Domain\\User".into(), Zeroizing::new("Password".into()));
        let message = authenticate(&challenge(UNICODE | TARGET_INFO, &info()), &who, &fresh()).unwrap();
        assert_eq!(field(&message, 36).unwrap(), &utf16("User")[..]);
        assert_eq!(field(&message, 28).unwrap(), &utf16("Domain")[..]);
        assert_eq!(hex(&field(&message, 20).unwrap()[..16]), "68cd0ab851e51c96aabc927bebef6a1c");
        assert!(!message.windows(16).any(|w| *w == utf16("Password")[..]));
        let timed = [&[7, 0, 8, 0][..], &[9; 8], &[0; 4]].concat();
        let message = authenticate(&challenge(TARGET_INFO, &timed), &who, &fresh()).unwrap();
        assert_eq!((field(&message, 12).unwrap(), field(&message, 36).unwrap()), (&[0; 24][..], &b"User"[..]));
        assert_eq!(field(&message, 20).unwrap()[24..32], [9; 8]);
    }

    proptest::proptest! {
        #[test]
        fn no_challenge_is_too_strange(mut bytes: Vec<u8>, whole: bool) {
            if whole {
                bytes = [challenge(u32::MAX, &[]), bytes].concat();
                bytes[40] = bytes[bytes.len() - 1];
            }
            let who = Credentials::new("a".into(), Zeroizing::new("b".into()));
            let _ = authenticate(&bytes, &who, &fresh());
        }
    }
}

//! Codes of a second factor: six digits that change every 30 seconds (RFC 6238 with SHA-1, which is what authenticator
//! programs know), and recovery codes for whoever has lost theirs.

use crate::server::secret;
use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};
use ring::hmac;
use zeroize::Zeroizing;

/// How long a code is shown, in seconds.
pub const STEP: i64 = 30;
/// Recovery codes that are made at a time.
pub const RECOVERY_CODES: usize = 10;
/// How many steps a clock may be off, in either direction.
const DRIFT: i64 = 1;

/// What an authenticator program and the server share.
pub struct Secret(Zeroizing<[u8; 20]>);

impl Secret {
    /// A fresh one.
    pub fn fresh() -> Self {
        Self(Zeroizing::new(secret::bytes()))
    }

    /// Of its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(|b| Self(Zeroizing::new(b)))
    }

    /// Of what [`Secret::text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_bytes(&Zeroizing::new(BASE32_NOPAD.decode(text.as_bytes()).ok()?))
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// In base32, as authenticator programs take it.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(self.bytes()))
    }

    /// The code of a time step ([`STEP`] seconds each, from the Unix epoch).
    pub fn code(&self, step: i64) -> Zeroizing<String> {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, self.bytes());
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let offset = usize::from(tag.as_ref().last().copied().unwrap_or(0) & 0xf);
        let word = tag.as_ref().iter().skip(offset).take(4).fold(0, |word: u32, b| (word << 8) | u32::from(*b));
        Zeroizing::new(format!("{:06}", (word & 0x7fff_ffff) % 1_000_000))
    }

    /// The step to which a code belongs: one near now, and later than the one of the last code that was used.
    pub fn step_of(&self, code: &str, now: i64, used: Option<i64>) -> Option<i64> {
        let now = now.div_euclid(STEP);
        // All are looked at, in the same time.
        let same = |step: i64| self.code(step).bytes().zip(code.bytes()).fold(0, |d, (a, b)| d | (a ^ b)) == 0;
        let steps = (now - DRIFT..=now + DRIFT).filter(|step| same(*step) & used.is_none_or(|used| *step > used));
        steps.fold(None, |_, step| Some(step)).filter(|_| is_code(code))
    }
}

/// Whether somebody typed six digits, and not a recovery code.
pub fn is_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A fresh recovery code of 80 bits: `abcd-efgh-ijkl-mnop`.
pub fn recovery_code() -> Zeroizing<String> {
    let bytes = Zeroizing::new(secret::bytes::<10>());
    let text = Zeroizing::new(BASE32_NOPAD.encode(bytes.as_slice()).to_lowercase());
    let groups: Vec<&str> = (0..4).filter_map(|n| text.get(4 * n..4 * n + 4)).collect();
    Zeroizing::new(groups.join("-"))
}

/// A recovery code however it was typed; `None` if it is none.
pub fn read_recovery_code(typed: &str) -> Option<Zeroizing<String>> {
    let plain = Zeroizing::new(typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>());
    let bytes = Zeroizing::new(BASE32_NOPAD_NOCASE.decode(plain.as_bytes()).ok()?);
    (bytes.len() == 10).then(|| Zeroizing::new(BASE32_NOPAD.encode(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, the last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = Secret::from_bytes(b"12345678901234567890").unwrap();
        assert_eq!(*secret.text(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(*secret.code(time / STEP), code);
            for (off, good) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
                assert_eq!(secret.step_of(code, time + off, None).is_some(), good, "{code} {off}");
            }
            assert_eq!(secret.step_of(code, time, Some(time / STEP)), None, "once");
            assert_eq!(secret.step_of(code, time, Some(time / STEP - 1)), Some(time / STEP));
        }
        for bad in ["", "28708", "2870820", "287082 ", "28708\u{660}", "aaaaaa"] {
            assert_eq!(secret.step_of(bad, 59, None), None, "{bad}");
        }
        assert_eq!(Secret::parse(&secret.text()).unwrap().bytes(), secret.bytes());
        assert!(Secret::parse("GEZDGNBV").is_none() && Secret::parse("?").is_none());
    }

    #[test]
    fn recovery_codes_are_read_as_people_type_them() {
        let code = recovery_code();
        assert_eq!((code.len(), code.matches('-').count()), (19, 3));
        let read = read_recovery_code(&code).unwrap();
        let typed = format!(" {} ", code.to_uppercase().replace('-', " "));
        assert_eq!(read_recovery_code(&typed), Some(read.clone()));
        assert_eq!(read_recovery_code(&code.replace('-', "")), Some(read));
        for bad in ["", "123456", "abcd-efgh-ijkl", "abcd-efgh-ijkl-mnop-qrst", "abcd-efgh-ijkl-mno1", "ä"] {
            assert_eq!(read_recovery_code(bad), None, "{bad}");
        }
    }
}

//! The safety code: what people read to each other to know that nobody is in between.
//!
//! 64 bits of Argon2id (64 MiB, 3 passes) over the epoch's authenticator and the roster: 8 words of the PGP word list
//! (even and odd words alternate, so a word left out or swapped is noticed) or 20 digits. Without the slow hash somebody in
//! between could search for a group with the same short code.

use crate::{DeviceKey, Error};
use zeroize::Zeroizing;

mod words;

const LABEL: &[u8] = b"conclave safety v1";
const WORDS: usize = 8;
const DIGITS: usize = 20;

/// What a code is computed from. Holds a secret-derived value: wiped when dropped.
#[derive(Clone, PartialEq, Eq, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
pub struct Material {
    /// Generation and epoch.
    #[zeroize(skip)]
    pub epoch: (u64, u64),
    /// MLS epoch authenticator.
    pub authenticator: Vec<u8>,
    /// Leaf and device of everybody, by leaf index.
    #[zeroize(skip)]
    pub roster: Vec<(u32, DeviceKey)>,
}

impl std::fmt::Debug for Material {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Material(epoch {:?}, {} members)", self.epoch, self.roster.len())
    }
}

/// A code, the same for all members of an epoch.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Code {
    /// Eight words.
    pub words: Vec<String>,
    /// Twenty digits, in four groups of five.
    pub digits: String,
}

impl Material {
    /// Computes the code: about 0.2 s of one core and 64 MiB. Not for an event loop.
    pub fn code(&self) -> Result<Code, Error> {
        let mut bits = [0; 8];
        crate::secret::slow_hash(&self.encode(), LABEL, &mut bits)?;
        Ok(Code::from_bits(bits))
    }

    /// Everything that the code stands for. Lengths come first, so that no two materials are encoded alike.
    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let length = LABEL.len() + self.authenticator.len() + self.roster.len() * 36 + 40;
        let mut out = Zeroizing::new(Vec::with_capacity(length));
        out.extend_from_slice(&(LABEL.len() as u64).to_be_bytes());
        out.extend_from_slice(LABEL);
        out.extend_from_slice(&self.epoch.0.to_be_bytes());
        out.extend_from_slice(&self.epoch.1.to_be_bytes());
        out.extend_from_slice(&(self.authenticator.len() as u64).to_be_bytes());
        out.extend_from_slice(&self.authenticator);
        out.extend_from_slice(&(self.roster.len() as u64).to_be_bytes());
        for (leaf, device) in &self.roster {
            out.extend_from_slice(&leaf.to_be_bytes());
            out.extend_from_slice(&device.0);
        }
        out
    }
}

impl Code {
    fn from_bits(bits: [u8; 8]) -> Self {
        let words = bits.iter().enumerate().map(|(place, byte)| {
            let list = if place % 2 == 0 { words::EVEN } else { words::ODD };
            list.split(' ').nth(usize::from(*byte)).unwrap_or_default().to_string()
        });
        let number = format!("{:020}", u64::from_be_bytes(bits));
        let digits =
            number.chars().enumerate().flat_map(|(i, digit)| (i > 0 && i % 5 == 0).then_some(' ').into_iter().chain([digit]));
        Self { words: words.collect(), digits: digits.collect() }
    }

    /// Whether what a person or script gave (words in any case and with any separators, or digits) is this code.
    pub fn matches(&self, given: &str) -> bool {
        self.difference(given).is_none()
    }

    /// What is different, for people: which word, or that one is missing. `None`: it is this code.
    pub fn difference(&self, given: &str) -> Option<String> {
        if given.chars().any(char::is_alphabetic) { self.different_words(given) } else { self.different_digits(given) }
    }

    fn different_words(&self, given: &str) -> Option<String> {
        let given: Vec<&str> =
            given.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(WORDS + 1).collect();
        let same = |mine: &str, theirs: &str| mine.eq_ignore_ascii_case(theirs);
        let place = self.words.iter().zip(&given).position(|(mine, theirs)| !same(mine, theirs));
        // One left out shows as all later ones moved up, which the alternating lists make unmistakable.
        if given.len() + 1 == self.words.len() {
            let gap = place.unwrap_or(given.len());
            let moved = self.words.iter().skip(gap + 1).zip(given.iter().skip(gap)).all(|(mine, theirs)| same(mine, theirs));
            if let (true, Some(mine)) = (moved, self.words.get(gap)) {
                return Some(format!("word {} (“{mine}” here) was left out", gap + 1));
            }
        }
        match place.and_then(|place| Some((place, self.words.get(place)?, given.get(place)?))) {
            Some((place, mine, theirs)) => {
                let theirs: String = theirs.chars().take(20).collect();
                Some(format!("word {} is “{mine}” here, not “{theirs}”", place + 1))
            }
            None if given.len() > self.words.len() => Some(format!("there are more than {} words", self.words.len())),
            None if given.len() < self.words.len() => {
                Some(format!("there are {} words, the code has {}", given.len(), self.words.len()))
            }
            None => None,
        }
    }

    fn different_digits(&self, given: &str) -> Option<String> {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).take(DIGITS + 1).collect::<String>();
        let (mine, theirs) = (digits(&self.digits), digits(given));
        if theirs.len() != DIGITS {
            let many = if theirs.len() > DIGITS { "more".into() } else { theirs.len().to_string() };
            return Some(format!("the code has {DIGITS} digits, here are {many}"));
        }
        let place = mine.chars().zip(theirs.chars()).position(|(mine, theirs)| mine != theirs)?;
        Some(format!("group {} of the digits is different", place / 5 + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn material() -> Material {
        let roster = (0..3).map(|leaf| (leaf, DeviceKey([leaf as u8; 32]))).collect();
        Material { epoch: (1, 7), authenticator: vec![9; 32], roster }
    }

    #[test]
    fn the_lists_are_the_standard_ones() {
        // The fingerprint in the list's own description.
        let bytes = [0xe5, 0x82, 0x94, 0xf2, 0xe9, 0xa2, 0x27, 0x48];
        let code = Code::from_bits(bytes);
        assert_eq!(code.words.join(" "), "topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator");
        let more = Code::from_bits([0x6e, 0x8b, 0x06, 0x1b, 0x31, 0xcc, 0x52, 0x8f]);
        assert_eq!(more.words.join(" "), "goldfish Medusa afflict bravado chatter revolver Dupont midsummer");
        let mut all: Vec<String> =
            [words::EVEN, words::ODD].iter().flat_map(|list| list.split(' ')).map(str::to_lowercase).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 512);
        assert_eq!((words::EVEN.split(' ').count(), words::ODD.split(' ').count()), (256, 256));
    }

    #[test]
    fn all_members_get_one_code_and_any_difference_another() {
        let code = material().code().unwrap();
        assert_eq!(material().code().unwrap(), code);
        assert_eq!((code.words.len(), code.digits.len()), (8, 23));
        let mut others = vec![material(); 6];
        others[0].epoch.0 = 2;
        others[1].epoch.1 = 8;
        others[2].authenticator[31] ^= 1;
        others[3].roster[1].1 = DeviceKey([7; 32]);
        others[4].roster[2].0 = 5;
        others[5].roster.pop();
        for other in others {
            assert_ne!(other.code().unwrap(), code, "{other:?}");
        }
    }

    #[test]
    fn what_people_say_and_type_matches() {
        let code = Code::from_bits(0x0102_0304_0506_0708u64.to_be_bytes());
        for given in [
            code.words.join(" "),
            code.words.join("-").to_uppercase(),
            format!("  {}. \n", code.words.join(", ").to_lowercase()),
            code.digits.clone(),
            code.digits.replace(' ', ""),
            code.digits.replace(' ', "-"),
        ] {
            assert!(code.matches(&given), "{given}");
        }
        assert_eq!(code.digits.replace(' ', "").parse(), Ok(0x0102_0304_0506_0708u64));
        assert_eq!(Code::from_bits([0xff; 8]).digits, "18446 74407 37095 51615");
    }

    #[test]
    fn what_differs_is_named() {
        let code = Code::from_bits(0x0102_0304_0506_0708u64.to_be_bytes());
        let mut words = code.words.clone();
        words[2] = "zulu".into();
        assert_eq!(code.difference(&words.join(" ")).unwrap(), format!("word 3 is “{}” here, not “zulu”", code.words[2]));
        for gap in 0..8 {
            let mut words = code.words.clone();
            let lost = words.remove(gap);
            assert_eq!(code.difference(&words.join(" ")).unwrap(), format!("word {} (“{lost}” here) was left out", gap + 1));
        }
        let mut swapped = code.words.clone();
        swapped.swap(4, 5);
        assert!(code.difference(&swapped.join(" ")).unwrap().starts_with("word 5"));
        assert!(code.difference(&format!("{} zulu", code.words.join(" "))).unwrap().contains("more than 8"));
        assert!(code.difference(&code.words[..3].join(" ")).unwrap().contains("are 3 words"));
        let last = if code.digits.ends_with('0') { '1' } else { '0' };
        assert_eq!(code.difference(&format!("{}{last}", &code.digits[..22])).unwrap(), "group 4 of the digits is different");
        assert!(code.difference("1234").unwrap().contains("20 digits"));
        assert!(!code.matches("") && !code.matches(&"1".repeat(100_000)));
    }
}

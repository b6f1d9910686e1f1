//! Sixteen words to be read out: the 128 bits of a room secret as twelve words of the BIP 39 English list (2048 words, so
//! 11 bits each; 4 bits stay zero) and four that check them, by a Reed-Solomon code over GF(2^11). It tells where up to two
//! words are wrong, and so also which two are swapped. (BIP 39's own checksum of 4 bits would only say that some are.)

use crate::Error;
use bip39::Language;
use zeroize::Zeroizing;

const WORDS: usize = 16;
const CHECKS: usize = 4;
/// The multiplicative group's order.
const ORDER: usize = 2047;
/// x^11 + x^2 + 1, primitive.
const POLYNOMIAL: u32 = 0x805;

/// Words as numbers of the list, first word first. The first one is the highest coefficient.
type Symbols = Zeroizing<[u16; WORDS]>;

/// `count` random words.
pub(super) fn random(count: usize) -> Result<Zeroizing<String>, Error> {
    let mut symbols = Zeroizing::new(Vec::with_capacity(count));
    for _ in 0..count {
        symbols.push(u16::from_be_bytes(*super::random::<2>()?) & 0x7ff);
    }
    Ok(join(&symbols))
}

/// The words of a secret.
pub(super) fn from_seed(seed: &[u8; 16]) -> Zeroizing<String> {
    join(&*encode(seed))
}

/// The secret of the words, or what is wrong with them.
pub(super) fn to_seed(text: &str) -> Result<Zeroizing<[u8; 16]>, String> {
    // A numbered list may be pasted as it is shown: only letters count.
    let typed: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).take(64).collect();
    let read: Vec<(&str, Option<u16>)> = typed.into_iter().map(|word| (word, find(word))).collect();
    if read.len() != WORDS {
        return Err(miscounted(&read));
    }
    let mut symbols = Symbols::default();
    for (to, (_, symbol)) in symbols.iter_mut().zip(&read) {
        *to = symbol.unwrap_or(0);
    }
    let unknown: Vec<usize> = (0..WORDS).filter(|i| read.get(*i).is_some_and(|(_, symbol)| symbol.is_none())).collect();
    let wrong = locate(&symbols);
    if !unknown.is_empty() {
        let sentences = unknown.iter().map(|&at| {
            let typed = read.get(at).map_or("", |(word, _)| word);
            // The code knows better than the spelling, as long as it can tell at all.
            let correct = wrong.as_ref().and_then(|wrong| wrong.iter().find(|(i, _)| *i == at)).map(|(_, symbol)| *symbol);
            let guess = correct.map_or_else(|| nearest(typed), |symbol| format!("“{}”", word(symbol)));
            format!("word {} (“{}”) is not in the list; should it be {guess}?", at + 1, short(typed))
        });
        return Err(sentences.collect::<Vec<_>>().join("; "));
    }
    match wrong.as_deref() {
        Some([]) => decode(&symbols).ok_or_else(|| "these words are no room secret".into()),
        Some([(at, symbol)]) => Err(format!("word {} is wrong; should it be “{}”?", at + 1, word(*symbol))),
        Some([(a, first), (b, second)]) if symbols.get(*a) == Some(second) && symbols.get(*b) == Some(first) => {
            Err(format!("words {} and {} are swapped", a + 1, b + 1))
        }
        Some([(a, first), (b, second)]) => {
            Err(format!("words {} and {} are wrong; should they be “{}” and “{}”?", a + 1, b + 1, word(*first), word(*second)))
        }
        _ => Err("at least three words are wrong, or in the wrong place: have them read out again".into()),
    }
}

/// What to say when there are not sixteen words: the commonest slip, one left out, is located.
fn miscounted(read: &[(&str, Option<u16>)]) -> String {
    let count = read.len();
    if count == WORDS - 1 && read.iter().all(|(_, symbol)| symbol.is_some()) {
        for gap in 0..WORDS {
            let mut symbols = Symbols::default();
            let known = read.iter().filter_map(|(_, symbol)| *symbol);
            for (to, symbol) in symbols.iter_mut().enumerate().filter(|(i, _)| *i != gap).map(|(_, to)| to).zip(known) {
                *to = symbol;
            }
            match locate(&symbols).as_deref() {
                Some([]) => return format!("word {} is missing; should it be “{}”?", gap + 1, word(0)),
                Some([(at, symbol)]) if *at == gap => {
                    return format!("word {} is missing; should it be “{}”?", gap + 1, word(*symbol));
                }
                _ => {}
            }
        }
    }
    let count = if count < 64 { count.to_string() } else { "far more".into() };
    format!("a room secret has {WORDS} words, here are {count}")
}

fn word(symbol: u16) -> &'static str {
    Language::English.word_list().get(usize::from(symbol)).copied().unwrap_or("")
}

fn join(symbols: &[u16]) -> Zeroizing<String> {
    // Large enough at once: a string that grows would leave copies behind.
    let mut out = Zeroizing::new(String::with_capacity(symbols.len() * 9));
    for symbol in symbols {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word(*symbol));
    }
    out
}

/// The number of a word in any case, whole or from its first four letters on (which are unique in the list).
fn find(typed: &str) -> Option<u16> {
    let typed = Zeroizing::new(typed.to_lowercase());
    let list = Language::English;
    list.find_word(&typed).or_else(|| match list.words_by_prefix(&typed) {
        [only] if typed.len() >= 4 => list.find_word(only),
        _ => None,
    })
}

/// The words of the list that a typed one may be meant to be.
fn nearest(typed: &str) -> String {
    let typed: Vec<char> = typed.to_lowercase().chars().take(16).collect();
    let mut words: Vec<(usize, &str)> =
        Language::English.word_list().iter().map(|word| (distance(&typed, word), *word)).collect();
    words.sort();
    let best = words.first().map_or(0, |(distance, _)| *distance);
    let words = words.iter().take_while(|(distance, _)| *distance == best).take(3).map(|(_, word)| format!("“{word}”"));
    words.collect::<Vec<_>>().join(" or ")
}

/// How many letters must be put in, left out or changed.
fn distance(a: &[char], b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.len()).collect();
    for (i, letter) in b.chars().enumerate() {
        let mut left = i + 1;
        let mut next = vec![left];
        for (pair, other) in row.windows(2).zip(a) {
            let (diagonal, above) = (pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0));
            left = (diagonal + usize::from(letter != *other)).min(above + 1).min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

fn short(typed: &str) -> String {
    typed.chars().take(16).collect()
}

fn encode(seed: &[u8; 16]) -> Symbols {
    let mut symbols = Symbols::default();
    let (data, checks) = symbols.split_at_mut(WORDS - CHECKS);
    let bits = Zeroizing::new(u128::from_be_bytes(*seed));
    for (i, symbol) in data.iter_mut().enumerate() {
        // 132 bits from the top; the last four are zero.
        let shift = 128 - 11 * (i as i32 + 1);
        *symbol = (if shift >= 0 { *bits >> shift } else { *bits << -shift }) as u16 & 0x7ff;
    }
    // The remainder of data * x^4 by (x - a)(x - a^2)(x - a^3)(x - a^4), in a shift register.
    let generator = generator();
    for symbol in data.iter() {
        let feedback = *symbol ^ checks.first().copied().unwrap_or(0);
        checks.rotate_left(1);
        if let Some(last) = checks.last_mut() {
            *last = 0;
        }
        for (check, factor) in checks.iter_mut().zip(generator) {
            *check ^= mul(feedback, factor);
        }
    }
    symbols
}

fn decode(symbols: &Symbols) -> Option<Zeroizing<[u8; 16]>> {
    let mut bits = Zeroizing::new(0u128);
    let (last, data) = symbols.get(..WORDS - CHECKS)?.split_last()?;
    for symbol in data {
        *bits = *bits << 11 | u128::from(*symbol);
    }
    (last & 0xf == 0).then(|| Zeroizing::new((*bits << 7 | u128::from(last >> 4)).to_be_bytes()))
}

/// Places (from 0) and right symbols of up to two wrong words; `None`: more are wrong.
fn locate(symbols: &Symbols) -> Option<Vec<(usize, u16)>> {
    let syndrome = |power: usize| symbols.iter().fold(0, |sum, symbol| mul(sum, exp(power)) ^ symbol);
    let (s1, s2, s3, s4) = (syndrome(1), syndrome(2), syndrome(3), syndrome(4));
    let corrected = |at: usize, error: u16| symbols.get(at).map(|symbol| (at, symbol ^ error));
    if (s1, s2, s3, s4) == (0, 0, 0, 0) {
        return Some(Vec::new());
    }
    // All places and pairs of places are tried: 136, each of which the four sums allow or rule out.
    let locator = |at: usize| exp(WORDS - 1 - at);
    for at in 0..WORDS {
        let x = locator(at);
        let error = mul(s1, inverse(x));
        if error != 0 && s2 == mul(s1, x) && s3 == mul(s2, x) && s4 == mul(s3, x) {
            return corrected(at, error).map(|found| vec![found]);
        }
    }
    for a in 0..WORDS {
        for b in a + 1..WORDS {
            let (x, y) = (locator(a), locator(b));
            // s1 = ex + fy, s2 = ex^2 + fy^2, and two more that must agree.
            let e = mul(s2 ^ mul(s1, y), inverse(mul(x, x ^ y)));
            let f = mul(s2 ^ mul(s1, x), inverse(mul(y, x ^ y)));
            let sum = |power: usize| mul(e, pow(x, power)) ^ mul(f, pow(y, power));
            if e != 0 && f != 0 && sum(3) == s3 && sum(4) == s4 {
                return Some(vec![corrected(a, e)?, corrected(b, f)?]);
            }
        }
    }
    None
}

/// Coefficients of the generator below its highest, highest first.
fn generator() -> [u16; CHECKS] {
    let mut polynomial = vec![1];
    for root in 1..=CHECKS {
        let shifted = std::iter::once(&0).chain(&polynomial).map(|c| mul(*c, exp(root))).collect::<Vec<_>>();
        polynomial.push(0);
        polynomial.iter_mut().zip(shifted).for_each(|(c, s)| *c ^= s);
    }
    polynomial.get(1..).and_then(|rest| rest.try_into().ok()).unwrap_or_default()
}

/// Product in GF(2^11). The same time for all values.
fn mul(a: u16, b: u16) -> u16 {
    let (a, mut product) = (u32::from(a), 0u32);
    for bit in (0..11).rev() {
        product = product << 1 ^ ((product >> 10 & 1) * POLYNOMIAL);
        product ^= a * u32::from(b >> bit & 1);
    }
    product as u16
}

fn pow(base: u16, power: usize) -> u16 {
    (0..power).fold(1, |product, _| mul(product, base))
}

/// The generator of the group (x = 2) to a power.
fn exp(power: usize) -> u16 {
    pow(2, power)
}

fn inverse(a: u16) -> u16 {
    // a^(2^11 - 2), by squaring.
    let (mut result, mut square, mut power) = (1, a, ORDER - 1);
    while power > 0 {
        if power & 1 == 1 {
            result = mul(result, square);
        }
        square = mul(square, square);
        power >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEED: [u8; 16] = *b"conclave secret!";

    fn spoken() -> Vec<String> {
        from_seed(&SEED).split(' ').map(String::from).collect()
    }

    fn error(words: &[String]) -> String {
        to_seed(&words.join(" ")).unwrap_err()
    }

    #[test]
    fn the_field_is_one() {
        let mut seen = std::collections::BTreeSet::new();
        assert!((0..ORDER).all(|power| seen.insert(exp(power))), "x generates all of it");
        assert!((1..2048).all(|a| mul(a, inverse(a)) == 1));
    }

    #[test]
    fn words_are_read_in_every_sensible_form() {
        let words = spoken();
        assert_eq!(words.len(), 16);
        let numbered: String =
            words.iter().enumerate().map(|(i, word)| format!("{}. {}\n", i + 1, word.to_uppercase())).collect();
        let short = words.iter().map(|word| &word[..word.len().min(4)]).collect::<Vec<_>>().join("-");
        for text in [words.join("  "), numbered, short] {
            assert_eq!(*to_seed(&text).unwrap(), SEED, "{text}");
        }
    }

    #[test]
    fn an_unknown_word_is_named_with_its_place_and_the_right_one() {
        let mut words = spoken();
        let right = words[6].clone();
        words[6] = "xyzzy".into();
        assert_eq!(error(&words), format!("word 7 (“xyzzy”) is not in the list; should it be “{right}”?"));
        for place in [1, 2, 9] {
            words[place] = "aple".into();
        }
        let text = error(&words);
        assert!(text.contains("word 2 (“aple”)") && text.contains("“apple”") && text.contains("word 7"), "{text}");
    }

    #[test]
    fn a_word_left_out_is_found() {
        for gap in 0..16 {
            let mut words = spoken();
            let right = words.remove(gap);
            let text = error(&words);
            assert!(text.contains("is missing") && text.contains(&right), "{gap}: {text}");
        }
        assert_eq!(error(&spoken()[..3]), "a room secret has 16 words, here are 3");
        assert_eq!(error(&[]), "a room secret has 16 words, here are 0");
        assert!(to_seed(&"apple ".repeat(100_000)).unwrap_err().contains("far more"));
    }

    #[test]
    fn the_four_spare_bits_must_be_zero() {
        let mut symbols = encode(&SEED);
        symbols[11] ^= 1;
        let damaged = locate(&symbols).unwrap();
        assert_eq!(damaged.len(), 1);
        assert!(decode(&symbols).is_none());
    }

    proptest! {
        #[test]
        fn every_secret_reads_back(seed: [u8; 16]) {
            prop_assert_eq!(*to_seed(&from_seed(&seed)).unwrap(), seed);
        }

        #[test]
        fn one_wrong_word_is_located(seed: [u8; 16], at in 0usize..16, error in 1u16..2048) {
            let right = encode(&seed);
            let mut symbols = right.clone();
            symbols[at] ^= error;
            let text = to_seed(&join(&*symbols)).unwrap_err();
            prop_assert_eq!(text, format!("word {} is wrong; should it be “{}”?", at + 1, word(right[at])));
        }

        #[test]
        fn two_swapped_words_are_located(seed: [u8; 16], a in 0usize..16, b in 0usize..16) {
            let mut symbols = encode(&seed);
            prop_assume!(symbols[a] != symbols[b]);
            symbols.swap(a, b);
            let text = to_seed(&join(&*symbols)).unwrap_err();
            prop_assert_eq!(text, format!("words {} and {} are swapped", a.min(b) + 1, a.max(b) + 1));
        }

        #[test]
        fn no_damage_passes(seed: [u8; 16], damage in proptest::collection::vec((0usize..16, 1u16..2048), 3..8)) {
            let right = encode(&seed);
            let mut symbols = right.clone();
            for (at, error) in damage {
                symbols[at] ^= error;
            }
            prop_assume!(symbols != right);
            // Beyond two errors another secret's words could be met: by chance, one in 2^44.
            prop_assert!(to_seed(&join(&*symbols)).is_err());
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,200}") {
            prop_assert!(to_seed(&text).is_err());
        }
    }
}

//! Words of a finding, with and without what names somebody or something.

use crate::text::clean;

/// The longest foreign text that is shown, in characters.
const LONGEST: usize = 400;

/// What stays out of a report for support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Private {
    /// A host, with or without a port.
    Host,
    /// An address of the network.
    Address,
    /// A name that somebody gave a device.
    Device,
    /// A file or directory.
    Path,
    /// Who made a certificate.
    Issuer,
    /// What a system says, which may name any of them.
    Words,
}

impl Private {
    /// What stands in its place.
    fn placeholder(self) -> &'static str {
        match self {
            Self::Host => "<host>",
            Self::Address => "<address>",
            Self::Device => "<device>",
            Self::Path => "<path>",
            Self::Issuer => "<issuer>",
            Self::Words => "<details>",
        }
    }
}

/// A text that knows which parts of it are private. What this program says itself is `&'static str`; everything else comes in by
/// [`Text::private`], or by [`Text::open`] where it names nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    shown: String,
    redacted: String,
}

impl Text {
    /// Begins with words of ours.
    pub fn of(words: &'static str) -> Self {
        Self::default().and(words)
    }

    /// Goes on with words of ours.
    #[must_use]
    pub fn and(self, words: &'static str) -> Self {
        self.push(words, words)
    }

    /// Goes on with a number.
    #[must_use]
    pub fn number(self, n: impl Into<i64>) -> Self {
        let n = n.into().to_string();
        self.push(&n, &n)
    }

    /// Goes on with something foreign that names nobody: a version, an error of the system.
    #[must_use]
    pub fn open(self, value: &str) -> Self {
        let value = harmless(value);
        self.push(&value, &value)
    }

    /// Goes on with something that a report for support leaves out.
    #[must_use]
    pub fn private(self, what: Private, value: &str) -> Self {
        self.push(&harmless(value), what.placeholder())
    }

    /// Goes on with another text.
    #[must_use]
    pub fn then(self, other: &Self) -> Self {
        self.push(&other.shown, &other.redacted)
    }

    fn push(mut self, shown: &str, redacted: &str) -> Self {
        self.shown.push_str(shown);
        self.redacted.push_str(redacted);
        self
    }

    /// The whole of it, for the user.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Without what is private.
    pub fn redacted(&self) -> &str {
        &self.redacted
    }
}

fn harmless(value: &str) -> String {
    clean(value).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_private_stays_out_and_nothing_foreign_reaches_the_terminal_as_it_is() {
        let text =
            Text::of("the name ").private(Private::Host, "meet.\u{1b}[31mexample").and(" has ").number(2u32).and(" addresses");
        assert_eq!(text.shown(), "the name meet.[31mexample has 2 addresses");
        assert_eq!(text.redacted(), "the name <host> has 2 addresses");
        assert_eq!(Text::of("").open(&"x".repeat(5000)).shown().len(), LONGEST);
    }
}

//! A line of the log, and what fits into one.

use crate::call::engine::timestamp;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something that the user was warned of.
    Warn,
    /// What happened in the call.
    Info,
    /// Figures, and what happened inside.
    Debug,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warn => "WARN ",
            Self::Info => "INFO ",
            Self::Debug => "DEBUG",
        }
    }
}

/// Something that names somebody or something, and what of it may be logged.
pub trait Private {
    /// That.
    fn redacted(&self) -> String;
}

/// A value that shows nothing but what [`Private::redacted`] leaves of it.
pub struct Redacted<T>(pub T);

impl<T: Private> fmt::Display for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.redacted())
    }
}

impl<T: Private> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What somebody or something is called.
pub struct Name<'a>(pub &'a str);

impl Private for Name<'_> {
    fn redacted(&self) -> String {
        "<name>".into()
    }
}

/// A word for scripts. One that is not made like one may come from elsewhere, and is left out.
pub struct Code<'a>(pub &'a str);

impl Private for Code<'_> {
    fn redacted(&self) -> String {
        let good = (1..=40).contains(&self.0.len()) && self.0.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'+');
        if good { self.0.to_owned() } else { "<code>".into() }
    }
}

impl Private for io::Error {
    fn redacted(&self) -> String {
        format!("{:?}", self.kind())
    }
}

impl Private for crate::exit::Failure {
    fn redacted(&self) -> String {
        self.exit.word().into()
    }
}

impl Private for IpAddr {
    fn redacted(&self) -> String {
        "<address>".into()
    }
}

impl Private for SocketAddr {
    fn redacted(&self) -> String {
        "<address>".into()
    }
}

/// What makes the hashes of one installation its own: without it nobody can try names of rooms.
#[derive(Clone)]
pub struct Salt(pub(super) [u8; 32]);

/// A room by its server and name: the same hash each time on this machine.
pub struct Room<'a> {
    /// `https://host/room`.
    pub way: &'a str,
    /// This installation's.
    pub salt: &'a Salt,
}

impl Private for Room<'_> {
    fn redacted(&self) -> String {
        // HMAC pads its key with zeros to a block (RFC 2104).
        let mut block = [0; 64];
        block.iter_mut().zip(self.salt.0).for_each(|(to, byte)| *to = byte);
        let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into());
        mac.update(self.way.as_bytes());
        let hash = mac.finalize().into_bytes();
        hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// One line: words of this program, numbers, and what is redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    level: Level,
    text: String,
}

impl Line {
    /// Begins with words of ours.
    pub fn new(level: Level, words: &'static str) -> Self {
        Self { level, text: words.to_owned() }
    }

    /// How much it matters.
    pub fn level(&self) -> Level {
        self.level
    }

    /// Goes on with words of ours.
    #[must_use]
    pub fn and(mut self, words: &'static str) -> Self {
        self.text.push_str(words);
        self
    }

    /// Goes on with a number.
    #[must_use]
    pub fn number(mut self, n: impl Into<f64>) -> Self {
        let n: f64 = n.into();
        self.text += &if n.fract() == 0.0 { format!("{n:.0}") } else { format!("{n:.3}") };
        self
    }

    /// Goes on with what is left of something.
    #[must_use]
    pub fn redacted<T: Private>(mut self, what: T) -> Self {
        self.text.push_str(&Redacted(what).to_string());
        self
    }

    /// With the time and the process, as it is written.
    pub(super) fn stamped(&self) -> String {
        format!("{} {} {} {}\n", timestamp(), std::process::id(), self.level.word(), self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::{Exit, Failure};

    #[test]
    fn what_names_somebody_leaves_its_kind_only() {
        let salt = Salt([7; 32]);
        let room = |way| Redacted(Room { way, salt: &salt }).to_string();
        assert_eq!(room("https://h/board"), room("https://h/board"));
        assert_ne!(room("https://h/board"), room("https://h/bored"));
        assert_ne!(room("https://h/board"), Redacted(Room { way: "https://h/board", salt: &Salt([8; 32]) }).to_string());
        assert_eq!(room("https://h/board").len(), 12);
        let refused = Failure::new(Exit::Tls, "meet.example.org has another key");
        let line = Line::new(Level::Warn, "a ")
            .redacted(Name("Ana"))
            .and(" ")
            .redacted(Code("udp_blocked"))
            .and(" ")
            .redacted(Code("Ana Ngata"))
            .and(" ")
            .redacted(refused)
            .and(" ")
            .redacted("10.0.0.5:443".parse::<SocketAddr>().unwrap())
            .and(" ")
            .number(12u32)
            .and(" ")
            .number(0.25);
        assert_eq!(line.text, "a <name> udp_blocked <code> tls <address> 12 0.250");
        assert!(!format!("{line:?}{:?}", Redacted(Name("Ana"))).contains("Ana"));
    }
}

//! `conclave doctor`: what stands between this machine and a meeting.
//!
//! Each check has a thin probe, which looks, and a pure function, which makes a [`Finding`] of what was seen. A finding that is
//! no pass always says what to do, and one that fails has its exit code: the types leave no other way. [`Text`] keeps what names
//! somebody or something apart, so that a report for support can leave it out.

pub mod bundle;
mod clock;
mod files;
mod keyring;
mod media;
pub mod network;
pub mod proxy;
mod sandbox;
pub mod sound;
mod terminal;
mod text;
mod tls;

pub use files::files;
pub use keyring::keyring;
pub use network::server;
pub use sandbox::{memory, sandbox};
pub use sound::sound;
pub use terminal::terminal;
pub use text::{Private, Text};

use crate::exit::Exit;
use schemars::JsonSchema;
use serde::Serialize;

/// The version of [`Report`]; it counts up when fields change their meaning or go.
pub const VERSION: u32 = 1;

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// Screen and keys.
    Terminal,
    /// Who may read our files.
    Files,
    /// Where secrets are kept.
    Keyring,
    /// Audio in.
    Microphone,
    /// Audio out.
    Loudspeaker,
    /// The server's name (DNS).
    Name,
    /// A TCP connection with it.
    Tcp,
    /// The proxy that is configured.
    Proxy,
    /// Its certificate, and whether somebody is in between.
    Tls,
    /// Whether it is one of ours, and its version.
    Server,
    /// This machine's clock, against the server's.
    Clock,
    /// The way of sound and pictures.
    Media,
    /// What the system lets us do for secrets in memory.
    Memory,
    /// What the system lets us give up.
    Sandbox,
}

impl Check {
    /// What people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::Terminal => "Terminal",
            Self::Files => "Files",
            Self::Keyring => "Keyring",
            Self::Microphone => "Microphone",
            Self::Loudspeaker => "Loudspeaker",
            Self::Proxy => "Proxy",
            Self::Name => "Name",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Server => "Server",
            Self::Clock => "Clock",
            Self::Media => "Media",
            Self::Memory => "Memory",
            Self::Sandbox => "Sandbox",
        }
    }
}

/// How good or bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// As it should be.
    Pass,
    /// Meetings work, with less comfort or less safety than there could be, or it cannot be known from here.
    Warn,
    /// Something of a meeting will not work.
    Fail,
}

impl Status {
    /// As the line begins.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Verdict {
    Pass,
    Warn { advice: Text },
    Fail { advice: Text, exit: Exit },
}

/// What came out of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    check: Check,
    text: Text,
    verdict: Verdict,
}

impl Finding {
    fn pass(check: Check, text: Text) -> Self {
        Self { check, text, verdict: Verdict::Pass }
    }

    fn warn(check: Check, text: Text, advice: Text) -> Self {
        Self { check, text, verdict: Verdict::Warn { advice } }
    }

    fn fail(check: Check, exit: Exit, text: Text, advice: Text) -> Self {
        Self { check, text, verdict: Verdict::Fail { advice, exit } }
    }

    /// What was looked at.
    pub fn check(&self) -> Check {
        self.check
    }

    /// What was seen.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// How good or bad it is.
    pub fn status(&self) -> Status {
        match self.verdict {
            Verdict::Pass => Status::Pass,
            Verdict::Warn { .. } => Status::Warn,
            Verdict::Fail { .. } => Status::Fail,
        }
    }

    /// What to do about it, or to ask somebody for.
    pub fn advice(&self) -> Option<&Text> {
        match &self.verdict {
            Verdict::Pass => None,
            Verdict::Warn { advice } | Verdict::Fail { advice, .. } => Some(advice),
        }
    }

    /// The lines that people read; `open`: with what names somebody or something.
    pub fn lines(&self, open: bool) -> String {
        let of = |text: &Text| if open { text.shown().to_owned() } else { text.redacted().to_owned() };
        let head = format!("{}  {:<11}  {}\n", self.status().word(), self.check.title(), of(&self.text));
        self.advice().map_or_else(|| head.clone(), |advice| format!("{head}                   -> {}\n", of(advice)))
    }
}

/// The exit code of findings: that of the first that fails.
pub fn exit(findings: &[Finding]) -> Exit {
    let failed = |f: &Finding| match f.verdict {
        Verdict::Fail { exit, .. } => Some(exit),
        Verdict::Pass | Verdict::Warn { .. } => None,
    };
    findings.iter().find_map(failed).unwrap_or(Exit::Ok)
}

/// One finding in [`Report`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line {
    /// What was looked at.
    pub check: Check,
    /// How good or bad it is.
    pub status: Status,
    /// What was seen, in words.
    pub text: String,
    /// What to do about it; absent where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// What `conclave doctor --json` prints: one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Report {
    /// The version of this document: 1.
    pub v: u32,
    /// The version of this program.
    pub version: String,
    /// The worst of all.
    pub result: Status,
    /// The process's exit code: 0 unless something failed.
    pub exit: u8,
    /// Everything, in the order in which it was looked at.
    pub findings: Vec<Line>,
}

impl Report {
    /// The document of findings.
    pub fn of(findings: &[Finding]) -> Self {
        let line = |f: &Finding| Line {
            check: f.check,
            status: f.status(),
            text: f.text.shown().to_owned(),
            advice: f.advice().map(|a| a.shown().to_owned()),
        };
        Self {
            v: VERSION,
            version: crate::protocol::VERSION.to_owned(),
            result: findings.iter().map(Finding::status).max().unwrap_or(Status::Pass),
            exit: exit(findings) as u8,
            findings: findings.iter().map(line).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failure_decides_the_exit_code_and_warnings_do_not() {
        let warn = Finding::warn(Check::Keyring, Text::of("a"), Text::of("b"));
        let fail = |check, exit| Finding::fail(check, exit, Text::of("a"), Text::of("b"));
        assert_eq!(exit(std::slice::from_ref(&warn)), Exit::Ok);
        let all = [
            Finding::pass(Check::Terminal, Text::of("a")),
            warn,
            fail(Check::Name, Exit::NoHost),
            fail(Check::Clock, Exit::Config),
        ];
        assert_eq!(exit(&all), Exit::NoHost);
        let report = serde_json::to_value(Report::of(&all)).unwrap();
        assert_eq!((&report["v"], &report["result"], &report["exit"]), (&1.into(), &"fail".into(), &68.into()));
        assert_eq!(report["findings"][0], serde_json::json!({"check": "terminal", "status": "pass", "text": "a"}));
        assert_eq!(report["findings"][1]["advice"], "b");
        assert_eq!(all[2].lines(true), "FAIL  Name         a\n                   -> b\n");
    }
}

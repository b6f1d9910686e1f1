//! The terminal: its size, what it can show, and whether it tells when a key is let go.

use super::{Check, Finding, Text};
use crate::tui::{Look, Theme};
use std::io::IsTerminal as _;

/// The size for which the screen is made, and the smallest one.
const COMFORTABLE: (u16, u16) = (80, 24);
const SMALLEST: (u16, u16) = (20, 5);

/// What is there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    /// `TERM`; empty if there is none.
    term: String,
    /// Columns and rows; `None`: standard input or output is no terminal.
    size: Option<(u16, u16)>,
    theme: Theme,
    /// It tells when a key is let go.
    releases: bool,
}

/// Looks at the terminal. A terminal is asked what it can do, and given 2 seconds for the answer.
pub fn terminal() -> Finding {
    let term = std::env::var("TERM").unwrap_or_default();
    let there = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let size = there.then(crossterm::terminal::size).and_then(Result::ok);
    let releases = size.is_some() && !dumb(&term) && tells_releases();
    judge(&Seen { term, size, theme: Theme::from_env(None), releases })
}

fn dumb(term: &str) -> bool {
    term.is_empty() || term == "dumb"
}

/// Keys must not be echoed while the terminal answers.
fn tells_releases() -> bool {
    if crossterm::terminal::enable_raw_mode().is_err() {
        return false;
    }
    let answer = crossterm::terminal::supports_keyboard_enhancement();
    let _ = crossterm::terminal::disable_raw_mode();
    answer.unwrap_or(false)
}

fn judge(seen: &Seen) -> Finding {
    let Some((columns, rows)) = seen.size else {
        return Finding::pass(
            Check::Terminal,
            Text::of("standard input or output is no terminal; meetings are shown line by line"),
        );
    };
    let name = if seen.term.is_empty() { "without a name" } else { &seen.term };
    let text = Text::of("").open(name).and(", ").number(columns).and(" columns, ").number(rows).and(" rows");
    let text = text.and(if seen.theme.utf8 { ", UTF-8" } else { ", not UTF-8" });
    let text = text.and(if seen.theme.look != Look::Mono { ", colours" } else { ", no colours" });
    let keys = if seen.releases {
        "; Space can be held to talk"
    } else {
        "; Space switches the microphone on and off (holding it is not told)"
    };
    let text = text.and(if dumb(&seen.term) { "" } else { keys });
    let warn = |advice| Finding::warn(Check::Terminal, text.clone(), Text::of(advice));
    if dumb(&seen.term) {
        warn("meetings are shown line by line here; for the full screen use another terminal, or set TERM to what it is")
    } else if columns < SMALLEST.0 || rows < SMALLEST.1 {
        warn("make the window larger: below 20 columns and 5 rows nothing can be shown")
    } else if columns < COMFORTABLE.0 || rows < COMFORTABLE.1 {
        warn("make the window larger (80 columns, 24 rows): people and chat do not fit side by side here")
    } else if !seen.theme.utf8 {
        warn("set LANG to a UTF-8 locale, as C.UTF-8: names and chat in other scripts may be shown wrongly")
    } else {
        Finding::pass(Check::Terminal, text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_what_to_do() {
        let good = Seen {
            term: "xterm-256color".into(),
            size: Some((80, 24)),
            theme: Theme { look: Look::Default, utf8: true },
            releases: true,
        };
        let found = judge(&good);
        assert_eq!(found.status(), Status::Pass);
        assert_eq!(found.text().shown(), "xterm-256color, 80 columns, 24 rows, UTF-8, colours; Space can be held to talk");
        for (seen, says) in [
            (Seen { term: "dumb".into(), ..good.clone() }, "line by line"),
            (Seen { size: Some((19, 24)), ..good.clone() }, "below 20 columns"),
            (Seen { size: Some((80, 23)), ..good.clone() }, "24 rows"),
            (Seen { theme: Theme { look: Look::Default, utf8: false }, ..good.clone() }, "C.UTF-8"),
        ] {
            let found = judge(&seen);
            let advice = found.advice().map(|a| a.shown()).unwrap_or_default();
            assert!(found.status() == Status::Warn && advice.contains(says), "{found:?}");
        }
        assert_eq!(judge(&Seen { size: None, ..good.clone() }).status(), Status::Pass);
        assert!(judge(&Seen { releases: false, ..good }).text().shown().contains("switches the microphone"));
    }
}

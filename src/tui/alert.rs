//! What goes past the screen to the terminal itself: the clipboard, the bell, a notification, the window's title. Each by choice;
//! nothing of it carries anything that somebody else wrote, a room's name in the title excepted.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Text for the clipboard (OSC 52).
    Copy(String),
    /// BEL.
    Bell,
    /// A notification of the desktop: OSC 9, or 777 where the terminal knows only that. What happened, and no name or text:
    /// it may stand on a locked screen.
    Notify(String),
    /// The window's title (OSC 2).
    Title(String),
}

/// What the terminal is known to understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Links in the text (OSC 8).
    pub hyperlinks: bool,
    /// Notifications as `OSC 777 ; notify`; otherwise `OSC 9`.
    pub notify_777: bool,
}

impl Known {
    /// By what terminals say of themselves in the environment. Inside of tmux and screen nothing is known.
    pub fn from_env() -> Self {
        Self::from(|name| std::env::var(name).ok())
    }

    fn from(var: impl Fn(&str) -> Option<String>) -> Self {
        let term = var("TERM").unwrap_or_default();
        if var("TMUX").is_some() || term.starts_with("screen") || term.starts_with("tmux") {
            return Self::default();
        }
        let program = var("TERM_PROGRAM").unwrap_or_default();
        let vte = var("VTE_VERSION").and_then(|v| v.parse::<u32>().ok()).is_some_and(|v| v >= 5000);
        let foot = term.starts_with("foot");
        let hyperlinks = vte
            || foot
            || ["iTerm.app", "WezTerm", "vscode", "ghostty"].contains(&program.as_str())
            || ["KITTY_WINDOW_ID", "WT_SESSION", "KONSOLE_VERSION"].iter().any(|name| var(name).is_some());
        Self { hyperlinks, notify_777: vte || foot || term.starts_with("rxvt") }
    }
}

impl Signal {
    /// The bytes that say it.
    pub(crate) fn sequence(&self, known: Known) -> String {
        match self {
            Self::Copy(text) => format!("\x1b]52;c;{}\x07", STANDARD.encode(text)),
            Self::Bell => "\x07".into(),
            Self::Notify(text) if known.notify_777 => format!("\x1b]777;notify;Conclave;{text}\x07"),
            Self::Notify(text) => format!("\x1b]9;Conclave: {text}\x07"),
            Self::Title(text) => format!("\x1b]2;{}\x07", crate::text::clean(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_terminals_that_say_who_they_are_get_links() {
        let with =
            |vars: &'static [(&str, &str)]| Known::from(|n| vars.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned()));
        assert_eq!(with(&[("TERM", "xterm-256color")]), Known::default());
        assert_eq!(with(&[("TERM", "xterm-256color"), ("VTE_VERSION", "7006")]), Known { hyperlinks: true, notify_777: true });
        assert_eq!(with(&[("TERM", "tmux-256color"), ("VTE_VERSION", "7006")]), Known::default());
        assert_eq!(with(&[("TMUX", "/tmp/x"), ("TERM_PROGRAM", "WezTerm")]), Known::default());
        assert!(with(&[("TERM_PROGRAM", "WezTerm")]).hyperlinks);
    }

    #[test]
    fn nothing_escapes_from_a_signal() {
        let known = Known::default();
        assert_eq!(Signal::Copy("https://x/\x1b]".into()).sequence(known), "\x1b]52;c;aHR0cHM6Ly94Lxtd\x07");
        assert_eq!(Signal::Title("a\x1b]0;b\x07c".into()).sequence(known), "\x1b]2;a]0;bc\x07");
    }
}

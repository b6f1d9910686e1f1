//! How the TUI shows a call: everything that can be chosen, as plain values.

use super::alert::Known;
use super::theme::{Look, Theme};
use jiff::tz::TimeZone;
use std::path::PathBuf;

/// How the TUI shows a call.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server, as shown beside the room's name.
    pub host: String,
    /// The room's link, without any secret: what `y` gives to the clipboard. Empty: there is none.
    pub link: String,
    /// The room has a secret that is not in the link.
    pub secret_link: bool,
    /// Colours and characters.
    pub theme: Theme,
    /// A clock and figures once a minute. Off, nothing is drawn unless something happened, and changes of the own
    /// microphone are told in the log: for screen readers.
    pub motion: bool,
    /// The mouse selects and scrolls; the terminal's own copy and paste then needs Shift.
    pub mouse: bool,
    /// Ring when somebody asks to be let in, raises a hand before a moderator, writes to us alone or writes our name.
    pub bell: bool,
    /// Tell the desktop of the same, without names and texts, while the terminal does not have the focus.
    pub notify: bool,
    /// Name the room in the window's title. Off: others see titles in lists of windows, and in pictures of the screen.
    pub title: bool,
    /// What the terminal understands.
    pub known: Known,
    /// Where standard error goes while the screen is ours; nowhere if `None`.
    pub log: Option<PathBuf>,
    /// The zone of the times shown.
    pub zone: TimeZone,
}

impl Options {
    /// As the environment asks for, with a theme if one was chosen.
    pub fn new(host: &str, look: Option<Look>) -> Self {
        let motion = std::env::var_os("BRLTTY").is_none() && std::env::var_os("TERM").is_none_or(|t| t != "dumb");
        Self { known: Known::from_env(), zone: TimeZone::system(), ..Self::plain(host, Theme::from_env(look), motion) }
    }

    /// The same without looking at the environment.
    pub(crate) fn plain(host: &str, theme: Theme, motion: bool) -> Self {
        Self {
            host: host.to_owned(),
            link: String::new(),
            secret_link: false,
            theme,
            motion,
            mouse: false,
            bell: false,
            notify: false,
            title: false,
            known: Known::default(),
            log: None,
            zone: TimeZone::UTC,
        }
    }
}

//! Options of the full screen and of line mode.

use crate::backend::link::Link;
use crate::i18n::Choice;
use crate::tui::{Known, Look, Options};

/// Which language people read.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct Language {
    /// Language of the full screen and of line mode: auto is that of LC_ALL, LC_MESSAGES or LANG where it is one of these, and English
    /// otherwise. Commands, JSON and errors are always English
    #[arg(long, env = "CONCLAVE_LANG", value_enum, value_name = "LANG", default_value_t = Choice::Auto)]
    pub lang: Choice,
}

/// How the full screen looks and behaves.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Screen {
    /// Colours of the full screen [default: by NO_COLOR and the terminal]
    #[arg(long, env = "CONCLAVE_THEME", value_enum, value_name = "THEME")]
    pub theme: Option<Look>,
    /// Before joining, show your name, what the link says of security, and how loud you are, and play a tone if you like
    #[arg(long, conflicts_with_all = ["json", "line"])]
    pub check: bool,
    /// Select and scroll with the mouse (the terminal's own copy and paste then needs Shift)
    #[arg(long)]
    pub mouse: bool,
    /// Ring the terminal's bell when somebody asks to be let in, writes to you alone or writes your name
    #[arg(long)]
    pub bell: bool,
    /// Tell the desktop of the same, through the terminal and without names or texts
    #[arg(long)]
    pub notify: bool,
    /// Name the room in the window's title, where others may see it in lists of windows
    #[arg(long)]
    pub title: bool,
    /// Whether things move that nobody asked for: a clock, figures, your level [default: auto = unless a screen reader is likely]
    #[arg(long, value_enum, default_value_t, hide_default_value = true, value_name = "WHETHER", hide_possible_values = true)]
    pub motion: Whether,
    /// Whether links in messages can be clicked [default: auto = where the terminal is known to open them]
    #[arg(long, value_enum, default_value_t, hide_default_value = true, value_name = "WHETHER", hide_possible_values = true)]
    pub hyperlinks: Whether,
}

/// On, off, or as the environment asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Whether {
    /// As the environment asks for.
    #[default]
    Auto,
    /// On.
    On,
    /// Off.
    Off,
}

impl Whether {
    /// Over what the environment asks for.
    fn over(self, auto: bool) -> bool {
        match self {
            Self::Auto => auto,
            Self::On => true,
            Self::Off => false,
        }
    }
}

impl Screen {
    /// The same for the TUI, in a call to a link.
    pub(crate) fn options(&self, link: &Link) -> Options {
        Options { link: link.public(), secret_link: link.has_secret(), ..self.at(&link.authority()) }
    }

    /// The same in a call at a server of which no more is known.
    pub(crate) fn at(&self, server: &str) -> Options {
        let Self { theme, mouse, bell, notify, title, motion, hyperlinks, .. } = *self;
        let options = Options::new(server, theme);
        let known = Known { hyperlinks: hyperlinks.over(options.known.hyperlinks), ..options.known };
        Options { mouse, bell, notify, title, motion: motion.over(options.motion), known, ..options }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_counts_more_than_the_environment() {
        let still = Screen { motion: Whether::Off, hyperlinks: Whether::On, ..Screen::default() }.at("h");
        assert!(!still.motion && still.known.hyperlinks);
        let moving = Screen { motion: Whether::On, hyperlinks: Whether::Off, ..Screen::default() }.at("h");
        assert!(moving.motion && !moving.known.hyperlinks);
        let auto = Screen::default().at("h");
        assert_eq!((auto.motion, auto.known), (Options::new("h", None).motion, Known::from_env()));
    }
}

//! Sixteen ANSI colours at most, and nothing by colour alone: speaking is `>`, a closed microphone `m`, a hand `^`.

use super::app::METER_STEPS;
use ratatui::style::{Color, Modifier, Style};

/// Which colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Look {
    /// Sixteen colours on the terminal's own background
    Default,
    /// None: bold and reversed only
    Mono,
    /// Bright on black, whatever the terminal's own colours are
    HighContrast,
}

/// How things look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Colours.
    pub look: Look,
    /// The locale is UTF-8: box drawing and the ellipsis can be shown.
    pub utf8: bool,
}

impl Theme {
    /// As chosen; otherwise what the environment asks for: `NO_COLOR`, `CLICOLOR=0`, `TERM=dumb`. `LC_ALL`, `LC_CTYPE`, `LANG`.
    pub fn from_env(chosen: Option<Look>) -> Self {
        Self::from(chosen, |name| std::env::var(name).ok())
    }

    fn from(chosen: Option<Look>, var: impl Fn(&str) -> Option<String>) -> Self {
        let plain =
            var("NO_COLOR").is_some() || var("CLICOLOR").as_deref() == Some("0") || var("TERM").as_deref() == Some("dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(var).find(|v| !v.is_empty()).unwrap_or_default();
        let locale = locale.to_lowercase();
        let look = chosen.unwrap_or(if plain { Look::Mono } else { Look::Default });
        Self { look, utf8: locale.contains("utf-8") || locale.contains("utf8") }
    }

    pub(crate) fn ellipsis(self) -> &'static str {
        if self.utf8 { "…" } else { "~" }
    }

    pub(crate) fn rule(self) -> &'static str {
        if self.utf8 { "─" } else { "-" }
    }

    pub(crate) fn bar(self) -> &'static str {
        if self.utf8 { "│" } else { "|" }
    }

    /// A meter that is filled up to a step.
    pub(crate) fn meter(self, filled: u8) -> String {
        let (full, empty) = if self.utf8 { ("▮", "▯") } else { ("#", "-") };
        (0..METER_STEPS).map(|step| if step < filled { full } else { empty }).collect()
    }

    fn style(self, color: Color, modifier: Modifier) -> Style {
        let style = Style::new().add_modifier(modifier);
        match self.look {
            Look::Default => style.fg(color),
            Look::Mono => style,
            Look::HighContrast => style.fg(color).bg(Color::Black),
        }
    }

    pub(crate) fn plain(self) -> Style {
        match self.look {
            Look::HighContrast => self.style(Color::White, Modifier::empty()),
            _ => Style::new(),
        }
    }

    /// [`Self::plain`] as the terminal is told it.
    pub(crate) fn plain_sequence(self) -> &'static str {
        if self.look == Look::HighContrast { "\x1b[0;37;40m" } else { "\x1b[0m" }
    }

    pub(crate) fn heading(self) -> Style {
        match self.look {
            Look::HighContrast => self.style(Color::White, Modifier::BOLD),
            _ => self.style(Color::Reset, Modifier::BOLD),
        }
    }

    pub(crate) fn speaking(self) -> Style {
        match self.look {
            Look::HighContrast => self.style(Color::LightGreen, Modifier::BOLD),
            _ => self.style(Color::Green, Modifier::BOLD),
        }
    }

    pub(crate) fn alarm(self) -> Style {
        match self.look {
            Look::HighContrast => self.style(Color::LightYellow, Modifier::BOLD),
            _ => self.style(Color::Yellow, Modifier::BOLD),
        }
    }

    pub(crate) fn open(self) -> Style {
        match self.look {
            Look::HighContrast => self.style(Color::LightRed, Modifier::BOLD | Modifier::REVERSED),
            _ => self.style(Color::Red, Modifier::BOLD),
        }
    }

    pub(crate) fn quiet(self) -> Style {
        match self.look {
            Look::Default => Style::new().fg(Color::Cyan),
            Look::Mono => Style::new(),
            // Nothing recedes.
            Look::HighContrast => self.plain(),
        }
    }

    /// The protective marking: seen at once, with and without colours.
    pub(crate) fn marking(self) -> Style {
        self.plain().add_modifier(Modifier::BOLD | Modifier::REVERSED)
    }

    pub(crate) fn selected(self) -> Style {
        self.plain().add_modifier(Modifier::REVERSED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_unless_a_theme_was_chosen() {
        let with = |chosen, vars: &'static [(&str, &str)]| {
            Theme::from(chosen, |n| vars.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(with(None, &[("LANG", "mi_NZ.UTF-8")]), Theme { look: Look::Default, utf8: true });
        assert_eq!(with(None, &[("NO_COLOR", "1"), ("LANG", "C")]), Theme { look: Look::Mono, utf8: false });
        assert_eq!(with(None, &[("LC_ALL", "C"), ("LANG", "en_NZ.UTF-8")]), Theme { look: Look::Default, utf8: false });
        assert_eq!(with(None, &[("CLICOLOR", "0")]).look, Look::Mono);
        assert_eq!(with(Some(Look::HighContrast), &[("NO_COLOR", "1")]).look, Look::HighContrast);
    }
}

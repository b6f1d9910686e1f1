//! Sixteen ANSI colours at most, and nothing by colour alone: speaking is `>`, a closed microphone `m`, a hand `^`.

use super::app::METER_STEPS;
use ratatui::style::{Color, Modifier, Style};

/// How things look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Colours may be used.
    pub color: bool,
    /// The locale is UTF-8: box drawing and the ellipsis can be shown.
    pub utf8: bool,
}

impl Theme {
    /// What the environment asks for: `NO_COLOR`, `CLICOLOR=0`, `TERM=dumb`; `LC_ALL`, `LC_CTYPE`, `LANG`.
    pub fn from_env() -> Self {
        Self::from(|name| std::env::var(name).ok())
    }

    fn from(var: impl Fn(&str) -> Option<String>) -> Self {
        let color =
            var("NO_COLOR").is_none() && var("CLICOLOR").as_deref() != Some("0") && var("TERM").as_deref() != Some("dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(var).find(|v| !v.is_empty()).unwrap_or_default();
        let locale = locale.to_lowercase();
        Self { color, utf8: locale.contains("utf-8") || locale.contains("utf8") }
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
        if self.color { style.fg(color) } else { style }
    }

    pub(crate) fn plain(self) -> Style {
        Style::new()
    }

    pub(crate) fn heading(self) -> Style {
        self.style(Color::Reset, Modifier::BOLD)
    }

    pub(crate) fn speaking(self) -> Style {
        self.style(Color::Green, Modifier::BOLD)
    }

    pub(crate) fn alarm(self) -> Style {
        self.style(Color::Yellow, Modifier::BOLD)
    }

    pub(crate) fn open(self) -> Style {
        self.style(Color::Red, Modifier::BOLD)
    }

    pub(crate) fn quiet(self) -> Style {
        if self.color { Style::new().fg(Color::Cyan) } else { Style::new() }
    }

    /// The protective marking: seen at once, with and without colours.
    pub(crate) fn marking(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD | Modifier::REVERSED)
    }

    pub(crate) fn selected(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides() {
        let with =
            |vars: &'static [(&str, &str)]| Theme::from(|n| vars.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned()));
        assert_eq!(with(&[("LANG", "mi_NZ.UTF-8")]), Theme { color: true, utf8: true });
        assert_eq!(with(&[("NO_COLOR", ""), ("LANG", "C")]), Theme { color: false, utf8: false });
        assert_eq!(with(&[("LC_ALL", "C"), ("LANG", "en_NZ.UTF-8")]), Theme { color: true, utf8: false });
        assert!(!with(&[("CLICOLOR", "0")]).color);
    }
}

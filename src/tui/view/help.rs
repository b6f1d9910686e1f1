//! The help screen, made of the command table.

use super::Pen;
use crate::call::table;
use crate::tui::cells;
use ratatui::layout::Rect;

/// The keys that are no commands, and the rule for typing.
const KEYS: &[(&str, &str)] = &[
    ("Tab, Shift-Tab", "move between people, chat and input"),
    ("j k, arrows, PgUp PgDn", "move and scroll"),
    ("Enter, on a person", "what can be done about them"),
    (":, Ctrl-P", "any command: type some letters of what you want, Enter does what is marked"),
    ("y", "copy the room's link, without its secret"),
    ("Esc", "back"),
    ("Ctrl-L", "draw the screen anew"),
];

const RULE: &str = "A command that you type whole is done; one that you choose is asked for first if it strikes others for good. \
Letters close the microphone and never open it. What you type or paste is text: a sentence typed while a list has \
the focus goes to the input line. Space opens the microphone only if no other key was typed in the second before.";

/// Draws it and returns the scroll position that was possible.
pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect) -> usize {
    let app = pen.app;
    let cells = usize::from(area.width.saturating_sub(2));
    let mut lines = vec!["KEYS".to_owned()];
    let keys = table::TABLE.iter().filter(|r| !r.keys.is_empty()).map(|r| {
        let why = r.unavailable(&app.state).map(|why| format!(" (not possible here: {})", crate::text::clean(why)));
        (r.keys, format!("{}{}", r.help, why.unwrap_or_default()))
    });
    for (key, does) in keys.chain(KEYS.iter().map(|(k, d)| (*k, (*d).to_owned()))) {
        lines.extend(cells::wrap(&format!("{key}: {does}"), cells));
    }
    lines.push(String::new());
    lines.extend(cells::wrap(RULE, cells));
    let hold = if app.keys.releases {
        "Space opens the microphone while it is held."
    } else {
        "This terminal does not report when a key is released, so Space opens and closes the microphone."
    };
    lines.extend(cells::wrap(hold, cells));
    lines.push("Marks: > speaking, ^ hand raised, m microphone closed, ? waits to be let in.".into());
    lines.push(String::new());
    lines.push("COMMANDS".into());
    for line in table::help(&app.state) {
        lines.extend(cells::wrap(&line, cells));
    }
    let rows = usize::from(area.height);
    let scroll = app.help_scroll.min(lines.len().saturating_sub(rows));
    for (i, line) in lines.iter().skip(scroll).take(rows).enumerate() {
        let heading = !line.is_empty() && line.chars().all(|c| c.is_ascii_uppercase());
        let style = if heading { app.theme.heading() } else { app.theme.plain() };
        pen.text(area.x + 1, area.y + i as u16, area.width - 1, line, style);
    }
    pen.cursor(area.x + 1, area.y);
    scroll
}

//! The help screen, made of the command table.

use super::Pen;
use crate::call::table;
use crate::i18n::{said, tr};
use crate::tui::cells;
use ratatui::layout::Rect;

/// Draws it and returns the scroll position that was possible.
pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect) -> usize {
    let app = pen.app;
    let cells = usize::from(area.width.saturating_sub(2));
    let mut lines = vec![(tr!("help-keys"), app.theme.heading())];
    let mut add = |text: &str| lines.extend(cells::wrap(text, cells).into_iter().map(|line| (line, app.theme.plain())));
    for row in table::TABLE.iter().filter(|r| !r.keys.is_empty()) {
        add(&format!("{}: {}{}", said(row.keys), said(row.help), row.not_here(&app.state)));
    }
    // The keys that are no commands, and the rule for typing.
    add(&tr!("help-key-tab"));
    add(&tr!("help-key-move"));
    add(&tr!("help-key-enter"));
    add(&tr!("help-key-palette"));
    add(&tr!("help-key-copy"));
    add(&tr!("help-key-esc"));
    add(&tr!("help-key-redraw"));
    add("");
    add(&tr!("help-rule"));
    add(&if app.keys.releases { tr!("help-hold") } else { tr!("help-no-hold") });
    add(&tr!("help-marks"));
    add("");
    lines.push((tr!("help-commands"), app.theme.heading()));
    for line in table::help(&app.state) {
        lines.extend(cells::wrap(&line, cells).into_iter().map(|line| (line, app.theme.plain())));
    }
    let rows = usize::from(area.height);
    let scroll = app.help_scroll.min(lines.len().saturating_sub(rows));
    for (i, (line, style)) in lines.iter().skip(scroll).take(rows).enumerate() {
        pen.text(area.x + 1, area.y + i as u16, area.width - 1, line, *style);
    }
    pen.cursor(area.x + 1, area.y);
    scroll
}

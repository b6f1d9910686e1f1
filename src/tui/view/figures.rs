//! Statistics: the word for the sound and its reason, who hears us, and the figures.

use super::Pen;
use crate::front_end::words;
use crate::i18n::tr;
use crate::tui::cells;
use ratatui::layout::Rect;

/// Draws them and returns the scroll position that was possible.
pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect) -> usize {
    let app = pen.app;
    let cells = usize::from(area.width.saturating_sub(2));
    let mut lines = vec![(tr!("statistics"), app.theme.heading())];
    let mut all = words::statistics(&app.state);
    all.push(String::new());
    all.push(match app.motion {
        true => tr!("statistics-close"),
        false => tr!("statistics-still"),
    });
    lines.extend(all.iter().flat_map(|line| cells::wrap(line, cells)).map(|line| (line, app.theme.plain())));
    let rows = usize::from(area.height);
    let scroll = app.help_scroll.min(lines.len().saturating_sub(rows));
    for (i, (line, style)) in lines.iter().skip(scroll).take(rows).enumerate() {
        pen.text(area.x + 1, area.y + i as u16, area.width - 1, line, *style);
    }
    pen.cursor(area.x + 1, area.y);
    scroll
}

//! The palette: what can be done, and what can follow what was typed, above its line.

use super::Pen;
use crate::text::clean;
use crate::tui::cells;
use ratatui::layout::Rect;

/// The most rows it takes.
const ROWS: u16 = 12;

/// Draws it at the bottom of `area`, over what is there.
pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let offers = app.offers();
    let rows = (offers.len() as u16).min(ROWS).min(area.height);
    let top = area.bottom() - rows;
    let marked = app.palette.marked.min(offers.len().saturating_sub(1));
    let first = (marked + 1).saturating_sub(rows.into());
    let width = usize::from(area.width);
    let label_cells = offers.iter().map(|o| cells::width(&clean(&o.label))).max().unwrap_or(0).min(width / 2);
    for (i, offer) in offers.iter().enumerate().skip(first).take(rows.into()) {
        let mark = if i == marked { ">" } else { " " };
        let keys = if offer.keys.is_empty() { String::new() } else { format!(" [{}]", offer.keys) };
        let label = cells::pad(&clean(&offer.label), label_cells, app.theme.ellipsis());
        let help = clean(&offer.help);
        let whole = format!("{mark} {label}  {help}{keys}");
        // Where not all has room, what it does counts for more than its keys.
        let text = if cells::width(&whole) <= width { whole } else { format!("{mark} {label}  {help}") };
        let text = cells::pad(&text, width, app.theme.ellipsis());
        let style = if i == marked { app.theme.selected() } else { app.theme.plain() };
        pen.text(area.x, top + (i - first) as u16, area.width, &text, style);
    }
}

/// What Enter would do, in the line itself: where there is no room for the list, and for whoever hears the line read.
pub(super) fn hint(pen: &Pen<'_, '_, '_>) -> String {
    let app = pen.app;
    match app.offers().get(app.palette.marked) {
        Some(offer) => format!("  ({})", clean(&offer.label)),
        None => {
            let name = app.prompt.text().trim_start().split(' ').next().unwrap_or_default();
            crate::call::table::find(name).map_or(String::new(), |row| format!("  ({})", row.synopsis()))
        }
    }
}

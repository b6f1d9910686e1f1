//! The chat line (`>`) and the command prompt (`:`). Long lines move under the caret.

use super::Pen;
use crate::tui::cells;
use crate::tui::keys::Focus;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let (mark, editor) = match app.focus {
        Focus::Prompt => (" : ", &app.prompt),
        _ => (" > ", &app.chat),
    };
    pen.text(area.x, area.y, area.width, mark, app.theme.heading());
    let x = area.x + 3;
    let room = usize::from(area.right().saturating_sub(x));
    // The end of what is before the caret, with one cell left for the caret.
    let mut used = 0;
    let mut start = editor.before().len();
    for (at, g) in editor.before().grapheme_indices(true).rev() {
        if used + g.width() >= room {
            break;
        }
        used += g.width();
        start = at;
    }
    let before = editor.before().get(start..).unwrap_or_default();
    pen.text(x, area.y, room as u16, before, app.theme.plain());
    let caret = x + cells::width(before) as u16;
    pen.text(caret, area.y, area.right().saturating_sub(caret), editor.after(), app.theme.plain());
    if app.focus.is_text() {
        pen.cursor(caret.min(area.right().saturating_sub(1)), area.y);
    }
}

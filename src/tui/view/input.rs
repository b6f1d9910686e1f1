//! The chat line (`to all>`, `to Ana>`), the palette's (`:`), and questions (`?`). Long lines move under the caret.

use super::Pen;
use crate::i18n::tr;
use crate::tui::cells;
use crate::tui::keys::Focus;
use ratatui::layout::Rect;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    if let Some(question) = app.question.as_ref().filter(|_| app.focus == Focus::Question) {
        // The answers are more important than whom it is about, and are never cut.
        let answers = format!(" {}", tr!("question-keys"));
        let room = usize::from(area.width).saturating_sub(cells::width(&answers) + 3);
        let text = cells::fit(&question.text, room, app.theme.ellipsis());
        pen.text(area.x, area.y, area.width, &format!(" ? {text}{answers}"), app.theme.alarm());
        return pen.cursor(area.x + 1, area.y);
    }
    let (mark, editor) = match app.focus {
        Focus::Prompt => match app.about() {
            Some(name) => (format!(" {}: ", cells::fit(&name, usize::from(area.width / 3), app.theme.ellipsis())), &app.prompt),
            None => (" : ".to_owned(), &app.prompt),
        },
        // Who gets it is said wherever there is room for more than that, and always if it is one person alone.
        _ if app.to.is_some() || (app.focus == Focus::Chat && area.width >= 40) => {
            (format!(" {}> ", cells::fit(&app.recipient(), usize::from(area.width / 2), app.theme.ellipsis())), &app.chat)
        }
        _ => (" > ".to_owned(), &app.chat),
    };
    pen.text(area.x, area.y, area.width, &mark, app.theme.heading());
    let x = area.x + cells::width(&mark) as u16;
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
    if app.focus == Focus::Prompt {
        let end = caret.saturating_add(cells::width(editor.after()) as u16).min(area.right());
        let hint = super::palette::hint(pen);
        pen.text(end, area.y, area.right().saturating_sub(end), &hint, app.theme.quiet());
    }
    if app.focus.is_text() {
        pen.cursor(caret.min(area.right().saturating_sub(1)), area.y);
    }
}

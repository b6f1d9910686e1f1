//! The safety code, large enough to be read aloud.

use super::Pen;
use crate::i18n::tr;
use crate::text::clean;
use crate::tui::cells;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let (app, width) = (pen.app, usize::from(area.width.saturating_sub(2)));
    let (state, theme) = (&app.state, app.theme);
    let Some(code) = &state.safety else { return };
    let names = |ids: &[crate::call::PeerId]| {
        let me = |id| state.me.as_ref() == Some(id);
        ids.iter().map(|id| if me(id) { tr!("you-word") } else { clean(state.name_of(id)) }).collect::<Vec<String>>().join(", ")
    };
    let words: Vec<String> = code.words.iter().map(|w| clean(w).to_uppercase()).collect();
    let (plain, strong) = (theme.plain(), theme.heading());
    let mut lines: Vec<(String, Style)> = Vec::new();
    let mut add = |text: &str, style| lines.extend(cells::wrap(text, width).into_iter().map(|l| (l, style)));
    // Two rows of four, or four of two where the longest words do not fit; air between them if there is room.
    let column = words.iter().map(|w| cells::width(w)).max().unwrap_or(0);
    let per_row = if 4 * (column + 2) <= width + 2 { 4 } else { 2 };
    let column = (width / per_row).clamp(column.min(width), column + 8);
    let roomy = usize::from(area.height) >= 14;
    let head = match code.later.len() {
        0 => tr!("safety-head", epoch = code.epoch),
        n => tr!("safety-head-later", epoch = code.epoch, n = n),
    };
    add(&head, strong);
    for row in words.chunks(per_row) {
        if roomy {
            add("", plain);
        }
        let row: String = row.iter().map(|w| cells::pad(w, column, theme.ellipsis())).collect();
        add(row.trim_end(), strong);
    }
    if roomy {
        add("", plain);
    }
    // What to do is more important than who is meant, and is never cut; the digits say no more than the words.
    let used = cells::wrap(&head, width).len() + words.len().div_ceil(per_row);
    let tight = usize::from(area.height) < used + 2;
    let mut how = [(tr!("safety-or", digits = clean(&code.digits)), strong), (tr!("safety-keys"), plain)];
    if tight {
        how.reverse();
    }
    for (text, style) in how {
        add(&text, style);
    }
    if state.passphrase {
        add(&tr!("safety-passphrase"), theme.alarm());
    }
    if !code.later.is_empty() {
        add(&tr!("safety-not-meant", names = names(&code.later)), theme.alarm());
    }
    if roomy {
        add("", plain);
        add(&tr!("safety-read"), plain);
    }
    add(&tr!("safety-people", by = names(std::slice::from_ref(&code.by)), people = names(&code.people)), plain);
    for (i, (text, style)) in lines.iter().enumerate().take(area.height.into()) {
        pen.text(area.x + 1, area.y + i as u16, area.width.saturating_sub(1), text, *style);
    }
    pen.cursor(area.x + 1, area.y);
}

//! Who is in the call: a column, or a strip of one line where there is no room for it.

use super::Pen;
use crate::call::PeerId;
use crate::front_end::words;
use crate::text::clean;
use crate::tui::cells;
use crate::tui::keys::Focus;
use ratatui::layout::Rect;

/// One person as shown.
struct Person {
    name: String,
    speaking: bool,
    muted: bool,
    /// Place in the queue of raised hands, from 1.
    hand: Option<usize>,
    /// How they are known, what they do: most important first.
    known: Vec<String>,
}

impl Person {
    /// `>` speaks, `^` hand, `m` microphone closed.
    fn marks(&self) -> String {
        let mark = |on: bool, c: char| if on { c } else { ' ' };
        [mark(self.speaking, '>'), mark(self.hand.is_some(), '^'), mark(self.muted, 'm')].iter().collect()
    }

    /// As many words as leave `least` cells of `cells` to the name.
    fn words(&self, cells: usize, least: usize) -> String {
        let mut words = self.activity();
        for word in &self.known {
            // Their marks say already who speaks and whose microphone is closed.
            let longer =
                if matches!(words.as_str(), "" | "muted" | "speaking") { word.clone() } else { format!("{word} {words}") };
            if cells::width(&longer) + least <= cells {
                words = longer;
            }
        }
        words
    }

    fn activity(&self) -> String {
        match self.hand {
            Some(place) => format!("hand {place}"),
            None if self.speaking => "speaking".into(),
            None if self.muted => "muted".into(),
            None => String::new(),
        }
    }
}

fn everybody(pen: &Pen<'_, '_, '_>) -> Vec<Person> {
    let state = &pen.app.state;
    let hands = state.hands();
    let place = |id: Option<&PeerId>| hands.iter().position(|(_, h)| Some(h) == id).map(|p| p + 1);
    let verified = if pen.app.theme.utf8 { "verified ✓" } else { "verified" };
    let mut all: Vec<Person> = state
        .peers
        .iter()
        .map(|p| Person {
            name: clean(&p.name),
            speaking: p.speaking,
            muted: p.muted,
            hand: place(Some(&p.id)),
            known: words::marks(p, verified),
        })
        .collect();
    let name = format!("{} (you)", clean(&state.name));
    let mut known = state.own().map(|own| words::marks(&own, verified)).unwrap_or_default();
    known.retain(|w| !w.starts_with("verified"));
    all.push(Person { name, speaking: state.speaking, muted: state.muted, hand: place(state.me.as_ref()), known });
    all
}

pub(super) fn column(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let all = everybody(pen);
    let focused = app.focus == Focus::People;
    let heading = format!("PEOPLE {}", all.len());
    let heading = if focused { format!("[{heading}]") } else { format!(" {heading}") };
    pen.text(area.x, area.y, area.width, &heading, app.theme.heading());
    let rows = usize::from(area.height.saturating_sub(1));
    let first = (app.selected + 1).saturating_sub(rows);
    for (i, person) in all.iter().enumerate().skip(first).take(rows) {
        let y = area.y + 1 + (i - first) as u16;
        let style = if person.speaking { app.theme.speaking() } else { app.theme.plain() };
        let style = if focused && i == app.selected { style.patch(app.theme.selected()) } else { style };
        let words = person.words(usize::from(area.width).saturating_sub(7), 8);
        let name_cells = usize::from(area.width).saturating_sub(5 + cells::width(&words) + 2);
        let name = cells::pad(&person.name, name_cells, app.theme.ellipsis());
        pen.text(area.x, y, area.width, &format!(" {} {name} {words} ", person.marks()), style);
        if focused && i == app.selected {
            pen.cursor(area.x + 1, y);
        }
    }
}

/// The selected person first, so that moving through the list can be followed; then those who speak and ask to speak.
pub(super) fn strip(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let all = everybody(pen);
    let focused = app.focus == Focus::People;
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|i| {
        let p = all.get(*i);
        let quiet = p.is_some_and(|p| !p.speaking && p.hand.is_none());
        (!(focused && *i == app.selected), quiet && *i + 1 != all.len(), *i)
    });
    let end = area.right();
    let mut x = area.x;
    for (shown, person) in order.iter().filter_map(|i| all.get(*i)).enumerate() {
        let left = all.len() - shown;
        let marks: String = person.marks().split_whitespace().collect();
        // Room is kept for "+NN", unless this is the last one.
        let room = usize::from(end.saturating_sub(x)).saturating_sub(if left > 1 { 4 } else { 0 });
        let text = cells::fit(&format!("{marks}{}", person.name), room.min(18), app.theme.ellipsis());
        if shown > 0 && cells::width(&text) < 4.min(cells::width(&person.name)) {
            pen.text(x, area.y, end.saturating_sub(x), &format!("+{left}"), app.theme.plain());
            break;
        }
        let style = if person.speaking { app.theme.speaking() } else { app.theme.plain() };
        let selected = focused && shown == 0;
        pen.text(x, area.y, end - x, &text, if selected { style.patch(app.theme.selected()) } else { style });
        if selected {
            pen.cursor(x, area.y);
        }
        x = x.saturating_add(cells::width(&text) as u16).saturating_add(1).min(end);
    }
}

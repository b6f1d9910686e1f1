//! Who is in the call: a column, or a strip of one line where there is no room for it.

use super::Pen;
use crate::call::PeerId;
use crate::front_end::words;
use crate::i18n::tr;
use crate::text::clean;
use crate::tui::app::Metrics;
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
        // Their marks say already who speaks and whose microphone is closed.
        let mut marked = self.hand.is_none();
        for word in &self.known {
            let longer = if marked { word.clone() } else { format!("{word} {words}") };
            if cells::width(&longer) + least <= cells {
                (words, marked) = (longer, false);
            }
        }
        words
    }

    fn activity(&self) -> String {
        match self.hand {
            Some(place) => tr!("person-hand", n = place),
            None if self.speaking => tr!("person-speaking"),
            None if self.muted => tr!("person-muted"),
            None => String::new(),
        }
    }
}

fn everybody(pen: &Pen<'_, '_, '_>) -> Vec<Person> {
    let state = &pen.app.state;
    let hands = state.hands();
    let place = |id: Option<&PeerId>| hands.iter().position(|(_, h)| Some(h) == id).map(|p| p + 1);
    let verified = tr!("mark-verified");
    let verified = if pen.app.theme.utf8 { format!("{verified} ✓") } else { verified };
    let mut all: Vec<Person> = state
        .peers
        .iter()
        .map(|p| Person {
            name: clean(&p.name),
            speaking: p.speaking,
            muted: p.muted,
            hand: place(Some(&p.id)),
            known: volume(p.volume).into_iter().chain(words::marks(p, Some(&verified))).collect(),
        })
        .collect();
    let name = tr!("you", name = clean(&state.name));
    let known = state.own().map(|own| words::marks(&own, None)).unwrap_or_default();
    all.push(Person { name, speaking: state.speaking, muted: state.muted, hand: place(state.me.as_ref()), known });
    all
}

/// How loud somebody is here, where that was changed.
fn volume(percent: u16) -> Option<String> {
    match percent {
        100 => None,
        0 => Some(tr!("person-hushed")),
        percent => Some(tr!("person-volume", percent = percent)),
    }
}

pub(super) fn column(pen: &mut Pen<'_, '_, '_>, area: Rect, metrics: &mut Metrics) {
    let app = pen.app;
    let all = everybody(pen);
    let knocks = &app.state.knocks;
    let focused = app.focus == Focus::People;
    let heading = tr!("head-people", n = all.len());
    let heading = if focused { format!("[{heading}]") } else { format!(" {heading}") };
    pen.text(area.x, area.y, area.width, &heading, app.theme.heading());
    let area = super::below(area, 1);
    let rows = usize::from(area.height);
    // Those who wait have a heading before them.
    let lines = all.len() + if knocks.is_empty() { 0 } else { knocks.len() + 1 };
    let selected = (0..lines).find(|line| app.row_at(*line) == Some(app.selected)).unwrap_or(0);
    let first = (selected + 1).saturating_sub(rows);
    (metrics.people, metrics.first_person) = (area, first);
    let width = usize::from(area.width);
    for line in (first..lines).take(rows) {
        let y = area.y + (line - first) as u16;
        let is_selected = focused && line == selected;
        let mark = |style: ratatui::style::Style| if is_selected { style.patch(app.theme.selected()) } else { style };
        let two = |name: &str, marks: &str, words: &str| {
            let name_cells = width.saturating_sub(5 + cells::width(words) + 2);
            format!(" {marks} {} {words} ", cells::pad(name, name_cells, app.theme.ellipsis()))
        };
        match (all.get(line), app.row_at(line).and_then(|row| knocks.get(row.checked_sub(all.len())?))) {
            (Some(person), _) => {
                let style = if person.speaking { app.theme.speaking() } else { app.theme.plain() };
                let words = person.words(width.saturating_sub(7), 8);
                pen.text(area.x, y, area.width, &two(&person.name, &person.marks(), &words), mark(style));
            }
            (None, Some(who)) => {
                let words = if who.name_marks.is_empty() { words::standing(&who.standing) } else { tr!("mark-name") };
                let words = cells::fit(&words, width / 2, app.theme.ellipsis());
                pen.text(area.x, y, area.width, &two(&clean(&who.name), "?  ", &words), mark(app.theme.alarm()));
            }
            (None, None) => {
                pen.text(area.x, y, area.width, &format!(" {}", tr!("head-waiting", n = knocks.len())), app.theme.heading())
            }
        }
        if is_selected {
            pen.cursor(area.x + 1, y);
        }
    }
}

/// The selected person first, so that moving through the list can be followed; then those who speak and ask to speak.
pub(super) fn strip(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let mut all = everybody(pen);
    let here = all.len();
    all.extend(app.state.knocks.iter().map(|k| Person {
        name: tr!("person-waits", name = clean(&k.name)),
        speaking: false,
        muted: false,
        hand: None,
        known: Vec::new(),
    }));
    let focused = app.focus == Focus::People;
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|i| {
        let p = all.get(*i);
        let quiet = p.is_some_and(|p| !p.speaking && p.hand.is_none());
        (!(focused && *i == app.selected), quiet && *i + 1 != here, *i)
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

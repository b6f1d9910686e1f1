//! From state to screen: one function for the whole, one file for each component. Nothing here changes anything.

mod chat;
mod devices;
mod figures;
mod help;
mod input;
mod palette;
mod people;
mod safety;
mod status;

use super::app::{App, Metrics};
use super::cells;
use super::keys::Focus;
use crate::i18n::tr;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

/// The smallest screen that can be used.
pub(crate) const SMALLEST: (u16, u16) = (20, 5);
/// From this width on, people have a column of their own.
const WIDE: u16 = 80;
/// The width of that column, its bar included.
const PEOPLE: u16 = 30;

/// Draws everything and puts the hardware cursor on the item in focus: screen readers read where it is.
pub(crate) fn draw(frame: &mut Frame<'_>, app: &App) -> Metrics {
    let mut pen = Pen { frame, app };
    let area = pen.frame.area();
    let mut metrics = Metrics { log: Rect::ZERO, people: Rect::ZERO, ..app.metrics };
    pen.frame.buffer_mut().set_style(area, app.theme.plain());
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let size = format!("{}x{}", SMALLEST.0, SMALLEST.1);
        let words = tr!("too-small", size = size.as_str());
        let mut lines = cells::wrap(&words, area.width.into());
        if lines.len() > area.height.into() {
            lines = vec![tr!("too-small-short", size = size)];
        }
        for (row, line) in lines.iter().enumerate().take(area.height.into()) {
            pen.text(0, row as u16, area.width, line, Style::new());
        }
        pen.cursor(0, 0);
        return metrics;
    }
    let wide = area.width >= WIDE && area.height >= 12;
    // The protective marking is above everything, whatever is shown below it.
    let marked = status::marking(&mut pen, area);
    let area = below(area, marked);
    let top = status::header(&mut pen, area);
    let mut rest = below(area, top);
    // From the bottom: input, then status and footer while there is room for them.
    let (mut footer, mut status) = (None, None);
    if rest.height >= 6 {
        footer = take_bottom(&mut rest);
    }
    let input = take_bottom(&mut rest);
    if rest.height >= 2 {
        status = take_bottom(&mut rest);
    }
    if wide {
        pen.rule(rest.x, rest.y, rest.width);
        rest = below(rest, 1);
        if let Some(line) = take_bottom(&mut rest) {
            pen.rule(line.x, line.y, line.width);
        }
    }
    if !app.state.knocks.is_empty()
        && rest.height >= 5
        && let Some(line) = take_bottom(&mut rest)
    {
        status::knock(&mut pen, line);
    }
    // Whatever came while the log was covered; it is in the log too.
    if let Some((text, _)) = app.toast.as_ref().filter(|_| rest.height >= 3)
        && let Some(line) = take_bottom(&mut rest)
    {
        pen.text(line.x, line.y, line.width, &format!(" {text} "), app.theme.selected());
    }
    // With motion off the log says it, and nothing moves; the statistics say it themselves.
    if app.motion
        && app.focus != Focus::Figures
        && status::has_trouble(app)
        && rest.height >= 5
        && let Some(line) = take_bottom(&mut rest)
    {
        status::trouble(&mut pen, line);
    }
    if app.focus == Focus::Safety {
        safety::draw(&mut pen, rest);
    } else if app.focus == Focus::Help {
        metrics.help_scroll = help::draw(&mut pen, rest);
    } else if app.focus == Focus::Figures {
        metrics.help_scroll = figures::draw(&mut pen, rest);
    } else if app.focus == Focus::Devices {
        devices::draw(&mut pen, rest);
    } else if wide {
        let left = Rect { width: PEOPLE - 1, ..rest };
        people::column(&mut pen, left, &mut metrics);
        for y in rest.y..rest.bottom() {
            pen.text(left.right(), y, 1, app.theme.bar(), app.theme.plain());
        }
        let right = Rect { x: rest.x + PEOPLE, width: rest.width - PEOPLE, ..rest };
        chat::draw(&mut pen, right, true, &mut metrics);
    } else {
        if rest.height >= 2 {
            people::strip(&mut pen, Rect { height: 1, ..rest });
            rest = below(rest, 1);
        }
        chat::draw(&mut pen, rest, false, &mut metrics);
    }
    if app.focus == Focus::Prompt {
        palette::draw(&mut pen, rest);
    }
    if let Some(area) = status {
        status::line(&mut pen, area);
    }
    if let Some(area) = footer {
        status::footer(&mut pen, area);
    }
    if let Some(area) = input {
        input::draw(&mut pen, area);
    }
    metrics
}

/// The window's title: the room, and what nobody has read yet.
pub(crate) fn title(app: &App) -> String {
    let room = crate::text::clean(&app.state.room);
    let name = if room.is_empty() { "conclave".to_owned() } else { format!("{room} - conclave") };
    if app.log.unread == 0 { name } else { format!("({}) {name}", app.log.unread) }
}

fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

fn take_bottom(area: &mut Rect) -> Option<Rect> {
    area.height = area.height.checked_sub(1)?;
    Some(Rect { y: area.bottom(), height: 1, ..*area })
}

/// Where components draw.
struct Pen<'f, 'b, 'a> {
    frame: &'f mut Frame<'b>,
    app: &'a App,
}

impl Pen<'_, '_, '_> {
    /// Clean text at a place, cut to `width` cells.
    fn text(&mut self, x: u16, y: u16, width: u16, text: &str, style: Style) {
        let text = cells::fit(text, width.into(), self.app.theme.ellipsis());
        self.frame.buffer_mut().set_stringn(x, y, text, width.into(), style);
    }

    fn rule(&mut self, x: u16, y: u16, width: u16) {
        let line = self.app.theme.rule().repeat(width.into());
        self.frame.buffer_mut().set_stringn(x, y, line, width.into(), self.app.theme.plain());
    }

    fn cursor(&mut self, x: u16, y: u16) {
        self.frame.set_cursor_position(Position { x, y });
    }

    /// Parts from left to right, each whole or not at all, the first ones first.
    fn parts(&mut self, area: Rect, gap: u16, parts: &[(String, Style)]) {
        let mut x = area.x;
        for (text, style) in parts {
            let wide = u16::try_from(cells::width(text)).unwrap_or(u16::MAX);
            if text.is_empty() || wide > area.right().saturating_sub(x) {
                continue;
            }
            self.text(x, area.y, wide, text, *style);
            x = x.saturating_add(wide).saturating_add(gap);
        }
    }
}

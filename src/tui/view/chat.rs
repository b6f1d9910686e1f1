//! Chat and events, the newest at the bottom.

use super::Pen;
use crate::i18n::tr;
use crate::tui::app::{Kind, Metrics};
use crate::tui::cells;
use crate::tui::keys::Focus;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect, heading: bool, metrics: &mut Metrics) {
    let app = pen.app;
    let focused = app.focus == Focus::Log;
    let mut area = area;
    if heading {
        let unread = if app.log.unread == 0 { String::new() } else { format!("  {}", tr!("unread", n = app.log.unread)) };
        let title = tr!("head-chat");
        let title = if focused { format!("[{title}]") } else { format!(" {title}") };
        pen.text(area.x, area.y, area.width, &format!("{title}{unread}"), app.theme.heading());
        area = super::below(area, 1);
        area = Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area };
    }
    let (columns, rows) = (usize::from(area.width), usize::from(area.height));
    // Only what is shown is laid out, from the newest back.
    let mut lines: Vec<(String, Style)> = Vec::new();
    for entry in app.log.iter().rev() {
        if lines.len() >= rows + app.log.scroll {
            break;
        }
        let style = match entry.kind {
            Kind::Chat => app.theme.plain(),
            Kind::Private => app.theme.heading(),
            Kind::Event | Kind::Answer => app.theme.quiet(),
            Kind::Alarm => app.theme.alarm(),
        };
        lines.extend(entry.lines(columns).into_iter().rev().map(|l| (l, style)));
    }
    let scroll = app.log.scroll.min(lines.len().saturating_sub(rows));
    *metrics = Metrics { log_columns: columns, log_rows: rows, log_scroll: scroll, log: area, ..*metrics };
    let shown: Vec<_> = lines.into_iter().skip(scroll).take(rows).collect();
    // A short log begins at the top.
    let last = shown.len();
    for (i, (text, style)) in shown.into_iter().rev().enumerate() {
        pen.text(area.x, area.y + i as u16, area.width, &text, style);
    }
    let bottom = area.y + last.saturating_sub(1) as u16;
    if scroll > 0 && rows > 0 {
        let more = match app.log.unread {
            0 => tr!("newer-below", n = scroll),
            unread => tr!("newer-below-unread", n = scroll, unread = unread),
        };
        let more = format!(" {more} ");
        let wide = (cells::width(&more) as u16).min(area.width);
        pen.text(area.right() - wide, bottom, wide, &more, app.theme.selected());
    }
    if focused {
        pen.cursor(area.x, bottom);
    }
}

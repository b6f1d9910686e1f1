//! Microphones and loudspeakers: which there are, which are in use, and how loud the own voice is.

use super::Pen;
use crate::call::DeviceKind;
use crate::front_end::words;
use crate::i18n::tr;
use crate::text::clean;
use crate::tui::app::Listed;
use crate::tui::cells;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub(super) fn draw(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let theme = app.theme;
    let level = app.level();
    let meter = if app.shows_meter() { format!(" {}", theme.meter(app.meter)) } else { String::new() };
    let level = match app.state.input {
        Some(_) => {
            let (word, level) = (words::loudness(level.words()), format!("{:.0}", level.loudness));
            tr!("devices-level", word = word, level = level) + &meter
        }
        None => tr!("devices-no-microphone"),
    };
    // Each line, and which device it is.
    let mut lines: Vec<(String, Style, Option<usize>)> =
        vec![(tr!("devices"), theme.heading(), None), (level, theme.plain(), None)];
    match &app.devices.listed {
        None => lines.push((tr!("devices-looking"), theme.plain(), None)),
        Some(all) if all.is_empty() => lines.push((tr!("devices-none"), theme.plain(), None)),
        Some(all) => {
            for (kind, title) in [(DeviceKind::Input, tr!("devices-inputs")), (DeviceKind::Output, tr!("devices-outputs"))] {
                lines.push((title, theme.heading(), None));
                let of_kind = all.iter().enumerate().filter(|(_, d)| d.kind == kind);
                lines.extend(of_kind.map(|(i, d)| (one(d, app), theme.plain(), Some(i))));
            }
        }
    }
    lines.push((tr!("devices-keys"), theme.plain(), None));
    let rows = usize::from(area.height);
    let marked = lines.iter().position(|(_, _, device)| *device == Some(app.devices.selected)).unwrap_or(0);
    let first = (marked + if rows > 1 { 2 } else { 1 }).saturating_sub(rows).min(lines.len().saturating_sub(rows));
    for (i, (text, style, _)) in lines.iter().enumerate().skip(first).take(rows) {
        let y = area.y + (i - first) as u16;
        let is_marked = i == marked && marked > 0;
        let style = if is_marked { theme.selected() } else { *style };
        pen.text(
            area.x + 1,
            y,
            area.width.saturating_sub(1),
            &cells::fit(text, usize::from(area.width), theme.ellipsis()),
            style,
        );
    }
    pen.cursor(area.x + 1, area.y + marked.saturating_sub(first) as u16);
}

fn one(device: &Listed, app: &crate::tui::app::App) -> String {
    let used = match device.kind {
        DeviceKind::Input => &app.state.input,
        DeviceKind::Output => &app.state.output,
    };
    let (name, description) = (clean(&device.name), clean(&device.description));
    let in_use = used.as_deref().is_some_and(|used| used == name || used == description);
    let mark = if in_use { "* " } else { "  " };
    let name = if device.default { format!("{description} {}", tr!("devices-usual")) } else { description };
    if in_use { mark.to_owned() + &tr!("devices-in-use", name = name) } else { format!("{mark}{name}") }
}

//! The header (room, security, network), the status line (microphone, loudspeaker, figures) and the footer (keys).

use super::{Pen, WIDE};
use crate::call::{Phase, Security};
use crate::front_end::words;
use crate::text::clean;
use crate::tui::app::App;
use crate::tui::cells;
use crate::tui::keys::Focus;
use ratatui::layout::Rect;

/// The room's protective marking in a line of its own, in the middle; returns how many lines that took.
pub(super) fn marking(pen: &mut Pen<'_, '_, '_>, area: Rect) -> u16 {
    let Some(marking) = words::marking(&pen.app.state) else { return 0 };
    let theme = pen.app.theme;
    let text = cells::fit(&marking, area.width.into(), theme.ellipsis());
    let left = (usize::from(area.width) - cells::width(&text)) / 2;
    let line = cells::pad(&format!("{:left$}{text}", ""), area.width.into(), theme.ellipsis());
    pen.text(area.x, area.y, area.width, &line, theme.marking());
    1
}

/// Draws the header and returns its height: the security words are always there in full.
pub(super) fn header(pen: &mut Pen<'_, '_, '_>, area: Rect) -> u16 {
    let app = pen.app;
    let (state, theme) = (&app.state, app.theme);
    let width = usize::from(area.width);
    let locked = state.security != Security::EndToEnd && state.locked;
    let security = match state.security {
        other if locked => other.words().to_owned() + ", locked",
        Security::EndToEnd => state.security_words().to_owned() + &words::group(state),
        other => other.words().to_owned(),
    };
    let security = security.as_str();
    let safe = state.security == Security::EndToEnd && !state.waiting && !state.passphrase;
    let style = if safe { theme.heading() } else { theme.alarm() };
    let network = match state.phase {
        Phase::Connecting if state.waiting => "WAITING TO BE LET IN".into(),
        Phase::Connecting => "connecting".into(),
        Phase::Reconnecting => "RECONNECTING".into(),
        Phase::Left => "over".into(),
        Phase::Joined => {
            let transport = clean(state.transport.as_deref().unwrap_or_default()).to_uppercase();
            format!("{transport}  {}", words::quality(state)).trim().to_owned()
        }
    };
    let room = match (state.room.is_empty(), app.host.is_empty()) {
        (true, true) => "conclave".to_owned(),
        (true, false) => app.host.clone(),
        (false, false) if width >= 60 => format!("{} @ {}", clean(&state.room), app.host),
        (false, _) => clean(&state.room),
    };
    // One line if at least twelve cells are left for the room; the network is left out before that, and what the words say
    // about signalling, which the log says too.
    let briefly = security.split(',').next().unwrap_or(security);
    let with_network = security.len() + cells::width(&network) + 5;
    let choices =
        [(with_network, security, network.as_str()), (security.len() + 3, security, ""), (briefly.len() + 3, briefly, "")];
    for (taken, security, network) in choices {
        if width >= taken + 12 && (area.width >= WIDE || network.is_empty()) {
            let room = cells::pad(&room, width - taken, theme.ellipsis());
            pen.text(area.x + 1, area.y, area.width - 1, &room, theme.heading());
            let x = area.x + 1 + (width - taken) as u16 + 1;
            pen.text(x, area.y, area.right() - x, security, style);
            let x = x + security.len() as u16 + 2;
            pen.text(x, area.y, area.right().saturating_sub(x), network, theme.plain());
            return 1;
        }
    }
    let lines = cells::wrap(briefly, width);
    let mut y = area.y;
    if usize::from(area.height) >= lines.len() + 5 {
        pen.text(area.x, y, area.width, &room, theme.heading());
        y += 1;
    }
    for line in lines.iter().take(usize::from(area.height.saturating_sub(2))) {
        pen.text(area.x, y, area.width, line, style);
        y += 1;
    }
    y - area.y
}

/// Whether somebody does not hear us well.
pub(super) fn has_trouble(app: &App) -> bool {
    !app.state.muted && !app.state.heard_by.trouble.is_empty()
}

/// Who does not hear us well.
pub(super) fn trouble(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    if let Some(text) = words::heard_by(&pen.app.state) {
        pen.text(area.x + 1, area.y, area.width - 1, &text, pen.app.theme.alarm());
    }
}

/// Who waits (first, or as selected), and the keys that decide.
pub(super) fn knock(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let Some(first) = app.at_the_door() else { return };
    let more = match app.state.knocks.len() - 1 {
        0 => String::new(),
        n => format!(" (+{n})"),
    };
    let keys = format!(" waits{more}: a admit, d deny");
    let room = usize::from(area.width.saturating_sub(1)).saturating_sub(keys.len());
    let odd = if first.name_marks.is_empty() { String::new() } else { "name?".to_owned() };
    let how =
        [odd, first.standing.words(), clean(&first.key)].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ");
    let name = clean(&first.name);
    let whole = format!("{name} ({how})");
    let brief = format!("{name} ({})", first.standing.words());
    let who = [whole, brief, name.clone()].into_iter().find(|w| cells::width(w) <= room);
    let who = who.unwrap_or_else(|| cells::fit(&name, room, app.theme.ellipsis()));
    pen.text(area.x + 1, area.y, area.width - 1, &format!("{who}{keys}"), app.theme.alarm());
}

pub(super) fn line(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let (state, theme) = (&app.state, app.theme);
    let listening = state.unavailable.contains_key("mute");
    let microphone = match (listening, state.muted) {
        (true, _) => ("MIC none".to_owned(), theme.plain()),
        (_, true) => ("MIC closed".to_owned(), theme.heading()),
        (_, false) if app.shows_meter() && area.width >= WIDE => (format!("MIC OPEN {}", theme.meter(app.meter)), theme.open()),
        (_, false) => ("MIC OPEN".to_owned(), theme.open()),
    };
    let mut parts = vec![microphone];
    if state.hand.is_some() {
        parts.push(("hand up ^".into(), theme.heading()));
    }
    if app.log.unread > 0 && (area.width < WIDE || app.focus.covers_log()) {
        parts.push((format!("{} unread", app.log.unread), theme.alarm()));
    }
    if let Some(text) = words::heard_by(state).filter(|_| !has_trouble(app)) {
        parts.push((text, theme.plain()));
    }
    if state.again {
        parts.push(("SAYS AGAIN (g stops)".into(), theme.heading()));
    }
    if let Some(refused) = words::refused(&state.stats) {
        let style = if state.stats.frames_foreign > 0 { theme.alarm() } else { theme.plain() };
        parts.push((refused, style));
    }
    if area.width < WIDE && state.phase == Phase::Reconnecting {
        parts.push(("RECONNECTING".into(), theme.alarm()));
    }
    let name_cells = if area.width >= WIDE { 20 } else { 14 };
    if let Some(output) = &state.output {
        parts.push((format!("OUT {}", cells::fit(&clean(output), name_cells, theme.ellipsis())), theme.plain()));
    } else if state.phase == Phase::Joined {
        parts.push(("OUT none".into(), theme.plain()));
    }
    if let Some(rtt) = state.stats.rtt_ms {
        parts.push((format!("rtt {rtt:.0}ms"), theme.plain()));
        parts.push((format!("loss {:.1}%", words::loss_percent(&state.stats)), theme.plain()));
        parts.push((format!("buf {}ms", state.stats.buffer_ms), theme.plain()));
    }
    if let (Some(since), true) = (app.joined_at, app.motion) {
        let minutes = app.now.saturating_duration_since(since).as_secs() / 60;
        parts.push((format!("{}:{:02}", minutes / 60, minutes % 60), theme.plain()));
    }
    let area = Rect { x: area.x + 1, width: area.width - 1, ..area };
    pen.parts(area, 2, &parts);
}

pub(super) fn footer(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let can = |name: &str| !app.state.unavailable.contains_key(name);
    let space = match (app.keys.releases, app.state.muted) {
        (true, _) => "Space hold to talk",
        (false, true) => "Space open mic",
        (false, false) => "Space close mic",
    };
    let speak = can("mute");
    let keys: Vec<&str> = match app.focus {
        Focus::Chat => vec!["Enter send", "Esc back", "F2 mic", "F1 help", "Tab focus", "Ctrl-C leave"],
        Focus::Prompt => vec!["Enter run", "Esc back", "Up Down choose", "Tab complete", "F2 mic", "F1 help", "Ctrl-C leave"],
        Focus::Question => vec!["y yes", "n no", "Esc back", "F2 mic", "Ctrl-C leave"],
        Focus::Devices => vec!["Enter use", "Esc back", "j k move", "F2 mic", "Ctrl-C leave"],
        Focus::Safety => vec!["v match", "n differ", "Esc back", "F2 mic", "Ctrl-C leave"],
        Focus::Help | Focus::Figures => vec!["Esc back", "j k scroll", "F2 mic", "Ctrl-C leave"],
        Focus::People | Focus::Log if area.width >= 70 => [
            ("F1 help", true),
            ("m mute", speak),
            (space, speak),
            ("r hand", can("hand")),
            ("/ chat", can("say")),
            (": command", true),
            ("Tab focus", true),
            ("q leave", true),
            ("c close u ask", app.keys.moderating && app.focus == Focus::People),
            ("Enter more", app.focus == Focus::People),
            ("w write", app.focus == Focus::People && can("say")),
            ("+ - volume", app.focus == Focus::People),
            ("x hush", app.focus == Focus::People),
            ("y copy link", true),
            ("F9 devices", can("devices")),
        ]
        .into_iter()
        .filter_map(|(k, can)| can.then_some(k))
        .collect(),
        Focus::People | Focus::Log => {
            let space = if app.keys.releases { "Space hold" } else { "Space mic" };
            [("? help", true), ("m mute", speak), (space, speak), ("q leave", true), ("/ chat", can("say"))]
                .into_iter()
                .filter_map(|(k, can)| can.then_some(k))
                .collect()
        }
    };
    let parts: Vec<_> = keys.into_iter().map(|k| (k.to_owned(), app.theme.plain())).collect();
    let area = Rect { x: area.x + 1, width: area.width - 1, ..area };
    pen.parts(area, if area.width >= 70 { 2 } else { 1 }, &parts);
}

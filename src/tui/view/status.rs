//! The header (room, security, network), the status line (microphone, loudspeaker, figures) and the footer (keys).

use super::{Pen, WIDE};
use crate::call::{Phase, Security};
use crate::front_end::words;
use crate::i18n::{decimal, tr};
use crate::text::clean;
use crate::tui::app::App;
use crate::tui::cells;
use crate::tui::keys::Focus;
use ratatui::layout::Rect;

/// Cells for the name of who reads TLS on the way; the log says it in full.
const READER: usize = 24;

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
        other if locked => tr!("head-locked", security = words::secured(other)),
        Security::EndToEnd => words::security_words(state) + &words::group(state),
        other => words::secured(other),
    };
    let security = match words::reader(state) {
        Some(by) => format!("{security} ({})", tr!("head-intercepted", by = cells::fit(&by, READER, theme.ellipsis()))),
        None => security,
    };
    let security = security.as_str();
    let safe = state.security == Security::EndToEnd && !state.waiting && !state.passphrase && state.intercepted.is_none();
    let style = if safe { theme.heading() } else { theme.alarm() };
    let network = match state.phase {
        Phase::Connecting if state.waiting => tr!("net-waiting"),
        Phase::Connecting => tr!("net-connecting"),
        Phase::Reconnecting => tr!("net-reconnecting"),
        Phase::Left => tr!("net-over"),
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
    // behind a comma, which the log says too.
    let briefly = match state.intercepted {
        Some(_) => security,
        None => security.split(',').next().unwrap_or(security),
    };
    let with_network = cells::width(security) + cells::width(&network) + 5;
    let choices = [
        (with_network, security, network.as_str()),
        (cells::width(security) + 3, security, ""),
        (cells::width(briefly) + 3, briefly, ""),
    ];
    for (taken, security, network) in choices {
        if width >= taken + 12 && (area.width >= WIDE || network.is_empty()) {
            let room = cells::pad(&room, width - taken, theme.ellipsis());
            pen.text(area.x + 1, area.y, area.width - 1, &room, theme.heading());
            let x = area.x + 1 + (width - taken) as u16 + 1;
            pen.text(x, area.y, area.right() - x, security, style);
            let x = x + cells::width(security) as u16 + 2;
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
    let keys = match app.state.knocks.len() - 1 {
        0 => tr!("knock-keys"),
        n => tr!("knock-keys-more", n = n),
    };
    let keys = format!(" {keys}");
    let room = usize::from(area.width.saturating_sub(1)).saturating_sub(cells::width(&keys));
    let odd = if first.name_marks.is_empty() { String::new() } else { tr!("mark-name") };
    let standing = words::standing(&first.standing);
    let how = [odd, standing.clone(), clean(&first.key)].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ");
    let name = clean(&first.name);
    let whole = format!("{name} ({how})");
    let brief = format!("{name} ({standing})");
    let who = [whole, brief, name.clone()].into_iter().find(|w| cells::width(w) <= room);
    let who = who.unwrap_or_else(|| cells::fit(&name, room, app.theme.ellipsis()));
    pen.text(area.x + 1, area.y, area.width - 1, &format!("{who}{keys}"), app.theme.alarm());
}

pub(super) fn line(pen: &mut Pen<'_, '_, '_>, area: Rect) {
    let app = pen.app;
    let (state, theme) = (&app.state, app.theme);
    let listening = state.unavailable.contains_key("mute");
    let microphone = match (listening, state.muted) {
        (true, _) => (tr!("mic-mark-none"), theme.plain()),
        (_, true) => (tr!("mic-mark-closed"), theme.heading()),
        (_, false) if app.shows_meter() && area.width >= WIDE => {
            (format!("{} {}", tr!("mic-mark-open"), theme.meter(app.meter)), theme.open())
        }
        (_, false) => (tr!("mic-mark-open"), theme.open()),
    };
    let mut parts = vec![microphone];
    if state.hand.is_some() {
        parts.push((tr!("hand-mark"), theme.heading()));
    }
    if app.log.unread > 0 && (area.width < WIDE || app.focus.covers_log()) {
        parts.push((tr!("unread", n = app.log.unread), theme.alarm()));
    }
    if let Some(text) = words::heard_by(state).filter(|_| !has_trouble(app)) {
        parts.push((text, theme.plain()));
    }
    if state.again {
        parts.push((tr!("again-mark"), theme.heading()));
    }
    if let Some(refused) = words::refused(&state.stats) {
        let style = if state.stats.frames_foreign > 0 { theme.alarm() } else { theme.plain() };
        parts.push((refused, style));
    }
    if area.width < WIDE && state.phase == Phase::Reconnecting {
        parts.push((tr!("net-reconnecting"), theme.alarm()));
    }
    let name_cells = if area.width >= WIDE { 20 } else { 14 };
    if let Some(output) = &state.output {
        parts.push((tr!("out-mark", name = cells::fit(&clean(output), name_cells, theme.ellipsis())), theme.plain()));
    } else if state.phase == Phase::Joined {
        parts.push((tr!("out-mark-none"), theme.plain()));
    }
    if let Some(rtt) = state.stats.rtt_ms {
        parts.push((tr!("figure-rtt", ms = decimal(rtt, 0)), theme.plain()));
        parts.push((tr!("figure-loss", percent = decimal(words::loss_percent(&state.stats), 1)), theme.plain()));
        parts.push((tr!("figure-buffer", ms = state.stats.buffer_ms), theme.plain()));
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
    let space = || match (app.keys.releases, app.state.muted) {
        (true, _) => tr!("foot-space-hold"),
        (false, true) => tr!("foot-space-open"),
        (false, false) => tr!("foot-space-close"),
    };
    let speak = can("mute");
    let (back, mic, leave) = (|| tr!("foot-esc"), || tr!("foot-mic"), || tr!("foot-leave-now"));
    let (help, focus) = (|| tr!("foot-help"), || tr!("foot-focus"));
    let when = |on: bool, key: fn() -> String| on.then(key);
    let keys: Vec<String> = match app.focus {
        Focus::Chat => vec![tr!("foot-enter-send"), back(), mic(), help(), focus(), leave()],
        Focus::Prompt => {
            vec![tr!("foot-enter-run"), back(), tr!("foot-choose"), tr!("foot-complete"), mic(), help(), leave()]
        }
        Focus::Question => vec![tr!("foot-yes"), tr!("foot-no"), back(), mic(), leave()],
        Focus::Devices => vec![tr!("foot-enter-use"), back(), tr!("foot-move"), mic(), leave()],
        Focus::Safety => vec![tr!("foot-match"), tr!("foot-differ"), back(), mic(), leave()],
        Focus::Help | Focus::Figures => vec![back(), tr!("foot-scroll"), mic(), leave()],
        Focus::People | Focus::Log if area.width >= 70 => {
            let people = app.focus == Focus::People;
            [
                Some(help()),
                when(speak, || tr!("foot-mute")),
                speak.then(space),
                when(can("hand"), || tr!("foot-hand")),
                when(can("say"), || tr!("foot-chat")),
                Some(tr!("foot-command")),
                Some(focus()),
                Some(tr!("foot-leave")),
                when(app.keys.moderating && people, || tr!("foot-close-ask")),
                when(people, || tr!("foot-enter-more")),
                when(people && can("say"), || tr!("foot-write")),
                when(people, || tr!("foot-volume")),
                when(people, || tr!("foot-hush")),
                Some(tr!("foot-copy")),
                when(can("devices"), || tr!("foot-devices")),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        Focus::People | Focus::Log => {
            let space = || if app.keys.releases { tr!("foot-space-hold-short") } else { tr!("foot-space-short") };
            let (mute, chat) = (when(speak, || tr!("foot-mute")), when(can("say"), || tr!("foot-chat")));
            [Some(tr!("foot-help-short")), mute, speak.then(space), Some(tr!("foot-leave")), chat].into_iter().flatten().collect()
        }
    };
    let parts: Vec<_> = keys.into_iter().map(|k| (k, app.theme.plain())).collect();
    let area = Rect { x: area.x + 1, width: area.width - 1, ..area };
    pen.parts(area, if area.width >= 70 { 2 } else { 1 }, &parts);
}

//! The TUI without a terminal: events and keys in, requests and a screen to draw out.
//!
//! [`acts`] is what keys do, [`prompt`] what is typed, [`people`] the list and the door, [`devices`] the panel of that name, [`log`]
//! what was told.

mod acts;
mod devices;
mod log;
mod people;
mod prompt;

use super::Options;
use super::alert::Signal;
use super::editor::Editor;
use super::keys::{Focus, Keys};
use super::theme::Theme;
use crate::audio::level::Level;
use crate::call::chat::ChatLine;
use crate::call::{Command, Envelope, Event, PeerId, Phase, Request, State};
use crate::front_end::words;
use crate::i18n::tr;
use crate::text::clean;
use jiff::tz::TimeZone;
use ratatui::layout::Rect;
use std::time::{Duration, Instant};

pub(crate) use devices::{Devices, Listed};
pub(crate) use log::{Entry, Kind, Log};
pub(crate) use people::Selected;
pub(crate) use prompt::{Palette, Question};

/// How often the clock moves and figures are asked for; never, with motion off.
const MINUTE: Duration = Duration::from_secs(60);
/// How often figures are asked for while they are shown; with motion off, once when they are opened.
const SECOND: Duration = Duration::from_secs(1);
/// How often the level of an open microphone is looked at; never, with motion off.
const METER: Duration = Duration::from_millis(125);
/// How long what came while the log was covered stands above the status line.
const TOAST: Duration = Duration::from_secs(6);
/// Steps of the meter, each of [`METER_STEP`] dB below full scale.
pub(crate) const METER_STEPS: u8 = 6;
const METER_STEP: f32 = 10.0;

/// What the last drawing measured, for scrolling and the mouse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Metrics {
    pub(crate) log_columns: usize,
    pub(crate) log_rows: usize,
    /// The scroll position that was really shown.
    pub(crate) log_scroll: usize,
    pub(crate) help_scroll: usize,
    /// Where the log is.
    pub(crate) log: Rect,
    /// Where the lines of people are, and the first line shown.
    pub(crate) people: Rect,
    pub(crate) first_person: usize,
}

/// How a user wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// Wait for the last event until then.
    Until(Instant),
    /// Asked twice: do not wait.
    Now,
}

/// Everything the screen shows.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) state: State,
    pub(crate) host: String,
    /// The room's link without its secret, and whether it has one.
    link: String,
    secret_link: bool,
    pub(crate) theme: Theme,
    pub(crate) motion: bool,
    bell: bool,
    notify: bool,
    pub(crate) keys: Keys,
    pub(crate) focus: Focus,
    /// Where Esc and the end of a command lead.
    back: Focus,
    /// The chat line was opened for one message.
    once: bool,
    pub(crate) chat: Editor,
    /// Who alone gets what the chat line says.
    pub(crate) to: Option<PeerId>,
    pub(crate) prompt: Editor,
    pub(crate) palette: Palette,
    pub(crate) question: Option<Question>,
    pub(crate) devices: Devices,
    pub(crate) log: Log,
    /// What came while the log was covered, and until when it is shown.
    pub(crate) toast: Option<(String, Instant)>,
    pub(crate) help_scroll: usize,
    pub(crate) selected: usize,
    pub(crate) metrics: Metrics,
    pub(crate) leaving: Option<Leaving>,
    /// We asked for the safety code, and show it when it comes.
    wants_code: bool,
    /// Until when the last code can be compared.
    pub(crate) code_until: Option<Instant>,
    /// Who is meant at the door, and since when, if that came by itself.
    door: Option<(PeerId, Option<Instant>)>,
    /// Whether the terminal has the focus, if it says so.
    attention: Option<bool>,
    pub(crate) redraw: bool,
    /// How loud our open microphone is, in steps from 0 to [`METER_STEPS`], and when to look again.
    pub(crate) meter: u8,
    level: Level,
    meter_at: Instant,
    /// The user wants the program to stop (Ctrl-Z).
    pub(crate) suspend: bool,
    pub(crate) joined_at: Option<Instant>,
    pub(crate) now: Instant,
    minute: Option<Instant>,
    /// When figures are asked for next, while they are shown.
    second: Option<Instant>,
    zone: TimeZone,
    asked: u64,
    requests: Vec<Request>,
    signals: Vec<Signal>,
}

impl App {
    pub(crate) fn new(state: State, options: &Options, now: Instant) -> Self {
        let mut app = Self {
            state,
            host: clean(&options.host),
            link: clean(&options.link),
            secret_link: options.secret_link,
            theme: options.theme,
            motion: options.motion,
            bell: options.bell,
            notify: options.notify,
            keys: Keys::default(),
            focus: Focus::People,
            back: Focus::People,
            once: false,
            chat: Editor::default(),
            to: None,
            prompt: Editor::default(),
            palette: Palette::default(),
            question: None,
            devices: Devices::default(),
            log: Log::default(),
            toast: None,
            help_scroll: 0,
            selected: 0,
            metrics: Metrics::default(),
            leaving: None,
            wants_code: false,
            code_until: None,
            door: None,
            attention: None,
            redraw: false,
            meter: 0,
            level: Level::SILENT,
            meter_at: now,
            suspend: false,
            joined_at: None,
            now,
            minute: None,
            second: None,
            zone: options.zone.clone(),
            asked: 0,
            requests: Vec::new(),
            signals: Vec::new(),
        };
        if app.state.phase == Phase::Joined {
            app.begin();
        }
        for line in app.state.chat.clone() {
            let at = words::clock(&line.at, &app.zone);
            if let Some((kind, text)) = app.chat_words(&line) {
                app.push(kind, at, text);
            }
        }
        app
    }

    fn begin(&mut self) {
        self.joined_at = Some(self.now);
        self.minute = self.motion.then(|| self.now + Duration::from_secs(5));
        let at = String::new();
        self.push(Kind::Event, at.clone(), words::security(&self.state));
        self.push(Kind::Event, at, words::microphone(&self.state));
    }

    /// Requests to send.
    pub(crate) fn requests(&mut self) -> Vec<Request> {
        std::mem::take(&mut self.requests)
    }

    /// What to say to the terminal itself.
    pub(crate) fn signals(&mut self) -> Vec<Signal> {
        std::mem::take(&mut self.signals)
    }

    fn send(&mut self, command: Command) {
        self.requests.push(command.into());
    }

    /// When [`Self::tick`] is due.
    pub(crate) fn due(&self) -> Option<Instant> {
        let leaving = match self.leaving {
            Some(Leaving::Until(at)) => Some(at),
            _ => None,
        };
        let meter = self.shows_meter().then_some(self.meter_at);
        let toast = self.toast.as_ref().map(|(_, until)| *until);
        [self.keys.due(), self.minute, self.second, leaving, self.code_until, meter, toast].into_iter().flatten().min()
    }

    /// Whether the level of our microphone is shown: where things may move, and somebody can hear it or the devices are chosen.
    pub(crate) fn shows_meter(&self) -> bool {
        self.motion && self.state.phase == Phase::Joined && (!self.state.muted || self.focus == Focus::Devices)
    }

    /// Looks at the level; whether what is shown changes.
    pub(crate) fn measure(&mut self, level: Level, now: Instant) -> bool {
        if !self.shows_meter() {
            // For a panel that is opened while nothing may move.
            self.level = level;
            return false;
        }
        if self.meter_at > now {
            return false;
        }
        self.meter_at = now + METER;
        let steps = (level.peak / METER_STEP).ceil() + f32::from(METER_STEPS);
        let steps = steps.clamp(0.0, METER_STEPS.into()) as u8;
        let word = std::mem::replace(&mut self.level, level).words();
        let other_word = self.focus == Focus::Devices && word != level.words();
        std::mem::replace(&mut self.meter, steps) != steps || other_word
    }

    /// Time has passed; whether anything was due beside the meter.
    pub(crate) fn tick(&mut self, now: Instant) -> bool {
        if self.meter_at <= now {
            self.meter_at = now + METER;
        }
        let due = self.due().is_some_and(|at| at <= now);
        self.now = now;
        if let Some(intent) = self.keys.tick(now) {
            self.act(intent);
        }
        if self.code_until.take_if(|at| *at <= now).is_some() && self.focus == Focus::Safety {
            self.focus = self.back;
            self.answer(tr!("answer-code-gone"));
        }
        self.toast.take_if(|(_, until)| *until <= now);
        if self.minute.is_some_and(|at| at <= now) {
            self.minute = Some(now + MINUTE);
            if self.state.phase == Phase::Joined {
                self.send(Command::Stats);
            }
        }
        if self.focus != Focus::Figures {
            self.second = None;
        } else if self.second.is_some_and(|at| at <= now) {
            self.second = Some(now + SECOND);
            self.send(Command::Stats);
        }
        if matches!(self.leaving, Some(Leaving::Until(at)) if at <= now) {
            self.leaving = Some(Leaving::Now);
        }
        due
    }

    /// The program was stopped and goes on: what was held is held no more, and the screen is somebody else's.
    pub(crate) fn came_back(&mut self, now: Instant) {
        self.now = now;
        self.redraw = true;
        let _ = self.keys.interrupted();
    }

    /// Takes one event of the call in.
    pub(crate) fn event(&mut self, envelope: &Envelope, now: Instant) {
        self.now = now;
        let event = &envelope.event;
        let selected = self.anchor();
        let security = self.state.security;
        let updated = words::updated(event, &self.state);
        self.state.apply(event);
        self.keep_selected(selected);
        let at = words::clock(&envelope.t, &self.zone);
        match event {
            Event::Joined { .. } if self.joined_at.is_none() || security != self.state.security => {
                if let Some(text) = words::event(event, &self.state) {
                    self.push(Kind::Event, at, text);
                }
                self.begin();
                return;
            }
            Event::Muted { id, by: None, .. } if self.motion && self.state.me.as_ref() == Some(id) => return,
            Event::Reply { id: Some(crate::control_socket::FIRST_GUEST_ID..), .. } => return,
            Event::Reply { id: Some(id), ok: true, data: Some(data), .. } if self.list_devices(*id, data) => return,
            Event::Reply { id: Some(_), ok: true, data: Some(data), .. } => {
                for line in words::answer(data) {
                    self.push(Kind::Answer, String::new(), line);
                }
                return;
            }
            Event::Safety(code) => {
                self.code_until = Some(now + Duration::from_secs(code.seconds));
                if std::mem::take(&mut self.wants_code) && self.state.me.as_ref() == Some(&code.by) && !self.focus.is_text() {
                    self.leave_to(Focus::Safety);
                }
            }
            _ => {}
        }
        self.alert(event);
        let told = match event {
            Event::Chat(line) => self.chat_words(line),
            e => {
                let kind = if words::is_alarming(e) { Kind::Alarm } else { Kind::Event };
                updated.or_else(|| words::event(e, &self.state)).map(|text| (kind, text))
            }
        };
        let Some((kind, text)) = told else { return };
        let mine = matches!(event, Event::Chat(line) if self.state.me.as_ref() == Some(&line.from));
        let is_chat = matches!(kind, Kind::Chat | Kind::Private) && !mine;
        if is_chat && !self.sees_log() {
            self.log.unread += 1;
        }
        let urgent =
            is_chat || kind == Kind::Alarm || matches!(event, Event::Reaction { .. } | Event::Hand { .. } | Event::Knock { .. });
        if urgent && self.motion && (self.focus.covers_log() || self.log.scroll > 0) {
            self.toast = Some((text.clone(), now + TOAST));
        }
        self.push(kind, at, text);
    }

    /// A message as it stands in the log: the sender between `<` and `>`, so that it can be taken for nothing else.
    fn chat_words(&self, line: &ChatLine) -> Option<(Kind, String)> {
        let (from, text) = (clean(&line.name), clean(&line.text));
        let head = match &line.to {
            None => from,
            Some(id) if self.state.me.as_ref() == Some(id) => tr!("chat-head-you", from = from),
            Some(id) => tr!("chat-head", from = from, to = clean(self.state.name_of(id))),
        };
        let kind = if line.to.is_some() { Kind::Private } else { Kind::Chat };
        (!text.trim().is_empty()).then(|| (kind, format!("<{head}> {text}")))
    }

    /// Whether a new line at the end of the log would be seen.
    fn sees_log(&self) -> bool {
        self.attention != Some(false) && !self.focus.covers_log() && self.log.scroll == 0
    }

    /// The bell and the desktop's notification, by choice, for what is meant for us.
    fn alert(&mut self, event: &Event) {
        let state = &self.state;
        let other = |id: &PeerId| state.me.as_ref() != Some(id);
        let named = |text: &str| {
            let name = state.name.to_lowercase();
            let words = |s: &str| format!(" {} ", s.split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join(" "));
            !name.is_empty() && words(&text.to_lowercase()).contains(&words(&name))
        };
        let what = match event {
            Event::Knock { .. } => tr!("notify-knock"),
            Event::Chat(line) if other(&line.from) && line.to.is_some() => tr!("notify-private"),
            Event::Chat(line) if other(&line.from) && named(&line.text) => tr!("notify-mention"),
            Event::Hand { id, on: true, .. } if other(id) && self.keys.moderating => tr!("notify-hand"),
            _ => return,
        };
        if self.bell {
            self.signals.push(Signal::Bell);
        }
        // Whoever looks at the screen sees it there.
        if self.notify && self.attention != Some(true) {
            self.signals.push(Signal::Notify(what));
        }
    }

    /// Events were lost: begin again from the state.
    pub(crate) fn lagged(&mut self, lost: u64, state: State) {
        let selected = self.anchor();
        self.state = state;
        self.keep_selected(selected);
        self.alarm(tr!("answer-lagged", n = lost));
    }

    fn push(&mut self, kind: Kind, at: String, text: String) {
        self.log.push(Entry { kind, at, text }, self.metrics.log_columns);
    }

    fn alarm(&mut self, text: impl Into<String>) {
        self.push(Kind::Alarm, String::new(), text.into());
    }

    pub(crate) fn answer(&mut self, text: impl Into<String>) {
        self.push(Kind::Answer, String::new(), text.into());
        self.log.scroll = 0;
    }

    /// A request could not be queued.
    pub(crate) fn refused(&mut self) {
        if self.leaving.is_none() {
            self.answer(tr!("answer-too-much"));
        }
    }
}

fn moved(at: usize, by: i32) -> usize {
    at.saturating_add_signed(by as isize)
}

#[cfg(test)]
mod tests;

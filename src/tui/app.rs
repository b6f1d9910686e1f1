//! The TUI without a terminal: events and keys in, requests and a screen to draw out.

use super::cells;
use super::editor::Editor;
use super::keys::{Focus, Intent, Keys};
use super::theme::Theme;
use crate::audio::level::Level;
use crate::call::{Command, Envelope, Event, PeerId, Phase, Request, State, table};
use crate::front_end::words;
use crate::protocol::room::Verb;
use crossterm::event::{Event as TerminalEvent, KeyEvent};
use jiff::tz::TimeZone;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// How many lines of the log are kept.
const LOG: usize = 1000;
/// How often the clock moves and figures are asked for; never, with motion off.
const MINUTE: Duration = Duration::from_secs(60);
/// How often figures are asked for while they are shown; with motion off, once when they are opened.
const SECOND: Duration = Duration::from_secs(1);
/// How often the level of an open microphone is looked at; never, with motion off.
const METER: Duration = Duration::from_millis(125);
/// Steps of the meter, each of [`METER_STEP`] dB below full scale.
pub(crate) const METER_STEPS: u8 = 6;
const METER_STEP: f32 = 10.0;

/// What a log entry is, which decides its style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Chat,
    Event,
    Alarm,
    Answer,
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    /// `10:02`, or nothing for answers.
    pub(crate) at: String,
    pub(crate) text: String,
}

impl Entry {
    /// The entry in lines of at most `cells`, those after the first indented.
    pub(crate) fn lines(&self, cells: usize) -> Vec<String> {
        let (mark, indent) = match self.kind {
            Kind::Chat => ("", 6),
            Kind::Event => ("* ", 6),
            Kind::Alarm => ("! ", 6),
            Kind::Answer => ("", 0),
        };
        // In a narrow log the time would take too much of each line.
        let indent = if cells < 30 { 0 } else { indent };
        let at = if indent == 0 { String::new() } else { format!("{:indent$}", self.at) };
        let lines = cells::wrap(&format!("{mark}{}", self.text), cells.saturating_sub(indent));
        lines
            .into_iter()
            .enumerate()
            .map(|(i, l)| if i == 0 { format!("{at}{l}") } else { format!("{:indent$}{l}", "") })
            .collect()
    }
}

/// What the last drawing measured, for scrolling.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Metrics {
    pub(crate) log_columns: usize,
    pub(crate) log_rows: usize,
    /// The scroll position that was really shown.
    pub(crate) log_scroll: usize,
    pub(crate) help_scroll: usize,
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
    pub(crate) theme: Theme,
    pub(crate) motion: bool,
    pub(crate) keys: Keys,
    pub(crate) focus: Focus,
    /// Where Esc and the end of a command lead.
    back: Focus,
    /// The chat line was opened by `/` for one message.
    once: bool,
    pub(crate) chat: Editor,
    pub(crate) prompt: Editor,
    pub(crate) log: VecDeque<Entry>,
    /// Lines between the newest and the last one shown.
    pub(crate) scroll: usize,
    pub(crate) help_scroll: usize,
    pub(crate) selected: usize,
    pub(crate) metrics: Metrics,
    pub(crate) leaving: Option<Leaving>,
    /// We asked for the safety code, and show it when it comes.
    wants_code: bool,
    /// Until when the last code can be compared.
    pub(crate) code_until: Option<Instant>,
    /// Who waits first, and since when they are first.
    first: Option<(PeerId, Instant)>,
    pub(crate) redraw: bool,
    /// How loud our open microphone is, in steps from 0 to [`METER_STEPS`], and when to look again.
    pub(crate) meter: u8,
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
}

impl App {
    pub(crate) fn new(state: State, host: &str, theme: Theme, motion: bool, zone: TimeZone, now: Instant) -> Self {
        let mut app = Self {
            state,
            host: crate::text::clean(host),
            theme,
            motion,
            keys: Keys::default(),
            focus: Focus::People,
            back: Focus::People,
            once: false,
            chat: Editor::default(),
            prompt: Editor::default(),
            log: VecDeque::new(),
            scroll: 0,
            help_scroll: 0,
            selected: 0,
            metrics: Metrics::default(),
            leaving: None,
            wants_code: false,
            code_until: None,
            first: None,
            redraw: false,
            meter: 0,
            meter_at: now,
            suspend: false,
            joined_at: None,
            now,
            minute: None,
            second: None,
            zone,
            asked: 0,
            requests: Vec::new(),
        };
        if app.state.phase == Phase::Joined {
            app.begin();
        }
        let chat: Vec<_> = app.state.chat.iter().map(|line| Event::Chat(line.clone())).collect();
        for (event, at) in chat.iter().zip(app.state.chat.clone()) {
            if let Some(text) = words::event(event, &app.state) {
                app.push(Kind::Chat, words::clock(&at.at, &app.zone), text);
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
        [self.keys.due(), self.minute, self.second, leaving, self.code_until, meter].into_iter().flatten().min()
    }

    /// Whether the level of our microphone is shown: where things may move, and somebody can hear it.
    pub(crate) fn shows_meter(&self) -> bool {
        self.motion && !self.state.muted && self.state.phase == Phase::Joined
    }

    /// Looks at the level, if it is time; whether what is shown changes.
    pub(crate) fn measure(&mut self, level: Level, now: Instant) -> bool {
        if !self.shows_meter() || self.meter_at > now {
            return false;
        }
        self.meter_at = now + METER;
        let steps = (level.peak / METER_STEP).ceil() + f32::from(METER_STEPS);
        let steps = steps.clamp(0.0, METER_STEPS.into()) as u8;
        std::mem::replace(&mut self.meter, steps) != steps
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
            self.answer("The safety code is no longer shown; s shows it again.");
        }
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
        let selected = self.state.peers.get(self.selected).map(|p| p.id.clone());
        let security = self.state.security;
        let updated = words::updated(event, &self.state);
        self.state.apply(event);
        self.keep_selected(selected);
        self.look_at_the_door();
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
        if let Some(text) = updated.or_else(|| words::event(event, &self.state)) {
            let kind = match event {
                Event::Chat(_) => Kind::Chat,
                e if words::is_alarming(e) => Kind::Alarm,
                _ => Kind::Event,
            };
            self.push(kind, at, text);
        }
    }

    /// Events were lost: begin again from the state.
    pub(crate) fn lagged(&mut self, lost: u64, state: State) {
        let selected = self.state.peers.get(self.selected).map(|p| p.id.clone());
        self.state = state;
        self.keep_selected(selected);
        self.look_at_the_door();
        self.push(Kind::Alarm, String::new(), format!("{lost} events went by too fast to be shown."));
    }

    /// Who waits first: `a` and `d` are for them.
    fn look_at_the_door(&mut self) {
        let first = self.state.knocks.first().map(|k| &k.id);
        if first != self.first.as_ref().map(|(id, _)| id) {
            self.first = first.map(|id| (id.clone(), self.now));
        }
        self.keys.knocking = self.first.is_some();
        self.keys.moderating = self.state.may.as_ref().is_some_and(|may| may.contains(&Verb::Mute));
    }

    /// Somebody decides about the first who waits. Who became the first a moment ago was not the one they looked at.
    fn decide(&mut self, admit: bool) {
        let Some((peer, since)) = self.first.clone() else { return };
        if self.now.saturating_duration_since(since) < super::keys::ALONE {
            return self.answer("Somebody else waits first now; look who it is, and press the key again.");
        }
        self.if_possible(if admit { Command::Admit { peer } } else { Command::Deny { peer } });
    }

    /// A command about the person who is selected.
    fn on_selected(&mut self, command: impl FnOnce(PeerId) -> Command) {
        match self.state.peers.get(self.selected).map(|p| p.id.clone()) {
            Some(peer) => self.if_possible(command(peer)),
            None => self.answer("That is you; select somebody else with j and k."),
        }
    }

    /// The same person stays selected when the list changes.
    fn keep_selected(&mut self, id: Option<PeerId>) {
        if let Some(at) = id.and_then(|id| self.state.peers.iter().position(|p| p.id == id)) {
            self.selected = at;
        }
        self.selected = self.selected.min(self.state.peers.len());
    }

    fn push(&mut self, kind: Kind, at: String, text: String) {
        let entry = Entry { kind, at, text };
        if self.scroll > 0 {
            self.scroll += entry.lines(self.metrics.log_columns).len();
        }
        if self.log.len() == LOG {
            self.log.pop_front();
        }
        self.log.push_back(entry);
    }

    pub(crate) fn answer(&mut self, text: impl Into<String>) {
        self.push(Kind::Answer, String::new(), text.into());
        self.scroll = 0;
    }

    /// Takes one event of the terminal in.
    pub(crate) fn terminal(&mut self, event: TerminalEvent, now: Instant) {
        self.now = now;
        match event {
            TerminalEvent::Key(key) => self.key(key),
            TerminalEvent::Paste(text) => self.paste(&text),
            TerminalEvent::FocusLost => {
                if let Some(intent) = self.keys.interrupted() {
                    self.act(intent);
                }
            }
            // Drawing finds the new size by itself.
            TerminalEvent::Resize(..) | TerminalEvent::FocusGained | TerminalEvent::Mouse(_) => {}
        }
    }

    fn key(&mut self, key: KeyEvent) {
        for intent in self.keys.key(self.now, key, self.focus) {
            self.act(intent);
        }
    }

    /// Pasted text goes to the chat line at any focus and is never a command or a key; a prompt in which the whole name
    /// of a command was typed takes it as that command's words.
    fn paste(&mut self, text: &str) {
        if let Some(intent) = self.keys.interrupted() {
            self.act(intent);
        }
        let fits = if self.focus == Focus::Prompt && self.prompt.before().trim_start().contains(' ') {
            self.prompt.insert(text)
        } else {
            if self.focus != Focus::Chat {
                self.once = false;
                self.focus = Focus::Chat;
            }
            self.chat.paste(text)
        };
        if !fits {
            self.answer(format!("The pasted text was cut: {} bytes fit in a message.", crate::text::MAX_CHAT));
        }
    }

    fn act(&mut self, intent: Intent) {
        match intent {
            Intent::CloseMicrophone => self.send(Command::Mute { on: Some(true) }),
            Intent::ToggleMicrophone => {
                let command = Command::Mute { on: Some(!self.state.muted) };
                self.if_possible(command);
            }
            Intent::Talk(true) => self.if_possible(Command::Talk { down: Some(true) }),
            Intent::Talk(false) => self.send(Command::Talk { down: Some(false) }),
            Intent::Hand => {
                let command = Command::Hand { up: Some(self.state.hand.is_none()) };
                self.if_possible(command);
            }
            Intent::Again => self.if_possible(Command::Again { seconds: None }),
            Intent::Figures if self.focus == Focus::Figures => self.focus = self.back,
            Intent::Figures => self.show_figures(),
            Intent::Freeze => self.if_possible(Command::Freeze { on: Some(true) }),
            Intent::Admit(admit) => self.decide(admit),
            Intent::Silence => self.on_selected(|peer| Command::Silence { peer: Some(peer) }),
            Intent::AskUnmute => self.on_selected(|peer| Command::AskUnmute { peer }),
            Intent::Safety if self.focus == Focus::Safety => self.focus = self.back,
            Intent::Safety if self.code_until.is_some() && self.state.safety.is_some() => self.leave_to(Focus::Safety),
            Intent::Safety => {
                self.wants_code = true;
                self.if_possible(Command::Safety);
            }
            Intent::Compared(same) => {
                self.focus = self.back;
                let epoch = self.state.safety.as_ref().map(|c| c.epoch);
                if same {
                    self.send(Command::Verify { epoch, words: None });
                } else {
                    let text = "The codes are not the same: do not trust this call. Hang up (q) and meet another way.";
                    self.push(Kind::Alarm, String::new(), text.into());
                }
            }
            Intent::Leave => self.leave(),
            Intent::Interrupt if self.leaving.is_some() => self.leaving = Some(Leaving::Now),
            Intent::Interrupt => self.leave(),
            Intent::NextFocus => self.move_focus(1),
            Intent::PreviousFocus => self.move_focus(2),
            Intent::Move(by) => self.scroll_by(by),
            Intent::Page(by) => match self.focus {
                Focus::Help | Focus::Figures => self.help_scroll = moved(self.help_scroll, by * 10),
                _ => self.scroll = moved(self.metrics.log_scroll, -by * self.metrics.log_rows.saturating_sub(1).max(1) as i32),
            },
            Intent::OpenChat => {
                self.leave_to(Focus::Chat);
                self.once = true;
            }
            Intent::OpenPrompt if self.focus != Focus::Prompt => self.leave_to(Focus::Prompt),
            Intent::OpenPrompt => {}
            Intent::Help if self.focus == Focus::Help => self.focus = self.back,
            Intent::Help => {
                self.leave_to(Focus::Help);
                self.help_scroll = 0;
            }
            Intent::Back => {
                if self.focus == Focus::Prompt {
                    self.prompt.take();
                }
                self.focus =
                    if matches!(self.focus, Focus::Help | Focus::Safety | Focus::Figures) { self.back } else { self.list() };
            }
            Intent::Redraw => self.redraw = true,
            Intent::Suspend => self.suspend = true,
            Intent::Type(text) => {
                let line = match self.focus {
                    Focus::Prompt => &mut self.prompt,
                    _ => &mut self.chat,
                };
                line.insert(&text);
                if !self.focus.is_text() {
                    self.focus = Focus::Chat;
                    self.once = false;
                }
            }
            Intent::Edit(edit) => match self.focus {
                Focus::Chat => self.chat.edit(edit),
                Focus::Prompt => self.prompt.edit(edit),
                _ => {}
            },
            Intent::Submit => self.submit(),
        }
    }

    /// The list that had the focus last.
    fn list(&self) -> Focus {
        if self.back.is_text() { Focus::People } else { self.back }
    }

    fn leave_to(&mut self, focus: Focus) {
        if matches!(self.focus, Focus::People | Focus::Log)
            || (focus == Focus::Help && !matches!(self.focus, Focus::Safety | Focus::Figures))
        {
            self.back = self.focus;
        }
        self.focus = focus;
    }

    /// Statistics, and newer ones as long as they are shown.
    fn show_figures(&mut self) {
        self.leave_to(Focus::Figures);
        self.help_scroll = 0;
        self.second = self.motion.then(|| self.now + SECOND);
        self.send(Command::Stats);
    }

    fn move_focus(&mut self, by: usize) {
        const ORDER: [Focus; 3] = [Focus::People, Focus::Log, Focus::Chat];
        let at = ORDER.iter().position(|f| *f == self.focus).unwrap_or(ORDER.len() - 1);
        let next = ORDER.get((at + by) % ORDER.len()).copied().unwrap_or_default();
        self.leave_to(next);
        self.once = false;
    }

    fn scroll_by(&mut self, by: i32) {
        match self.focus {
            Focus::People => self.selected = moved(self.selected, by).min(self.state.peers.len()),
            Focus::Help | Focus::Figures => self.help_scroll = moved(self.metrics.help_scroll, by),
            _ => self.scroll = moved(self.metrics.log_scroll, -by),
        }
    }

    fn leave(&mut self) {
        self.send(Command::Leave);
        self.leaving.get_or_insert(Leaving::Until(self.now + crate::front_end::LEAVE_LIMIT));
    }

    /// A request could not be queued.
    pub(crate) fn refused(&mut self) {
        if self.leaving.is_none() {
            self.answer("Too much at once; please do that again.");
        }
    }

    /// Sends a command, or says why it cannot be done in this call.
    fn if_possible(&mut self, command: Command) {
        let name = table::row(&command);
        match self.state.unavailable.get(name) {
            Some(why) => {
                let why = words::sentence(&crate::text::clean(why));
                self.answer(format!("/{name} is not possible in this call: {why}"));
            }
            None => self.send(command),
        }
    }

    fn submit(&mut self) {
        let parsed = match self.focus {
            Focus::Chat => {
                let line = self.chat.text().to_owned();
                let parsed = table::parse_input(&line, &self.state);
                // What could not be sent stays, so that it can be put right.
                if !matches!(parsed, Some(Err(_))) {
                    self.chat.take();
                    if self.once {
                        self.focus = self.list();
                    }
                }
                parsed
            }
            Focus::Prompt => {
                let line = self.prompt.take();
                self.focus = self.list();
                let line = line.trim().trim_start_matches('/');
                (!line.is_empty()).then(|| table::parse(line, &self.state))
            }
            Focus::Help | Focus::Safety | Focus::Figures => {
                self.focus = self.back;
                None
            }
            Focus::People | Focus::Log => {
                self.leave_to(Focus::Chat);
                self.once = false;
                None
            }
        };
        match parsed {
            None => {}
            Some(Err(why)) => self.answer(why),
            Some(Ok(action)) => self.perform(action),
        }
    }

    fn perform(&mut self, action: table::Action) {
        use table::Action;
        match action {
            Action::Send(Command::Leave) => self.leave(),
            Action::Send(Command::Stats) => self.show_figures(),
            Action::Send(command) => {
                let asks = matches!(command, Command::Devices | Command::State | Command::Level);
                self.asked += u64::from(asks);
                self.wants_code |= command == Command::Safety;
                self.requests.push(Request { id: asks.then_some(self.asked), command });
                self.scroll = 0;
            }
            Action::Help(None) => {
                self.leave_to(Focus::Help);
                self.help_scroll = 0;
            }
            Action::Help(Some(row)) => self.answer(format!("{}: {}.", row.synopsis(), row.help)),
            Action::Who => words::who(&self.state).into_iter().for_each(|line| self.answer(line)),
            Action::Status => self.answer(words::status(&self.state)),
            Action::Talking(_) => self.answer("Who speaks is marked with > in the list of people."),
        }
    }
}

fn moved(at: usize, by: i32) -> usize {
    at.saturating_add_signed(by as isize)
}

#[cfg(test)]
mod tests;

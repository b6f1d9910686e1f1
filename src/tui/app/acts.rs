//! What keys, pasted text and the mouse do.

use super::{App, Leaving, moved};
use crate::call::{Command, table};
use crate::front_end::words;
use crate::i18n::tr;
use crate::tui::alert::Signal;
use crate::tui::keys::{Focus, Intent};
use crossterm::event::{Event as TerminalEvent, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use std::time::Instant;

/// Lines that one step of a wheel scrolls.
const WHEEL: i32 = 3;

impl App {
    /// Takes one event of the terminal in.
    pub(crate) fn terminal(&mut self, event: TerminalEvent, now: Instant) {
        self.now = now;
        match event {
            TerminalEvent::Key(key) => self.key(key),
            TerminalEvent::Paste(text) => self.paste(&text),
            TerminalEvent::FocusLost => {
                self.attention = Some(false);
                if let Some(intent) = self.keys.interrupted() {
                    self.act(intent);
                }
            }
            TerminalEvent::FocusGained => self.attention = Some(true),
            TerminalEvent::Mouse(mouse) => self.mouse(mouse),
            // Drawing finds the new size by itself.
            TerminalEvent::Resize(..) => {}
        }
    }

    fn key(&mut self, key: KeyEvent) {
        for intent in self.keys.key(self.now, key, self.focus) {
            self.act(intent);
        }
        // Whoever presses keys looks at the screen.
        self.attention = self.attention.map(|_| true);
        if self.sees_log() {
            self.log.unread = 0;
        }
    }

    fn mouse(&mut self, mouse: MouseEvent) {
        let at = ratatui::layout::Position { x: mouse.column, y: mouse.row };
        let (people, log) = (self.metrics.people, self.metrics.log);
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) if people.contains(at) => {
                if let Some(row) = self.row_at(self.metrics.first_person + usize::from(at.y - people.y)) {
                    self.leave_to(Focus::People);
                    self.select(row);
                }
            }
            MouseEventKind::Down(MouseButton::Left) if log.contains(at) => self.leave_to(Focus::Log),
            MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
                let by = if mouse.kind == MouseEventKind::ScrollUp { -1 } else { 1 };
                if people.contains(at) {
                    self.select(moved(self.selected, by).min(self.rows() - 1));
                } else if self.focus.covers_log() {
                    self.scroll_by(by * WHEEL);
                } else {
                    self.log.scroll = moved(self.metrics.log_scroll, -by * WHEEL);
                }
            }
            _ => {}
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
            self.go_to_chat();
            self.chat.paste(text)
        };
        if !fits {
            self.answer(tr!("answer-cut", n = crate::text::MAX_CHAT));
        }
    }

    /// Text goes to the chat line, wherever the focus was.
    fn go_to_chat(&mut self) {
        if self.focus != Focus::Chat {
            self.question = None;
            self.once = false;
            self.focus = Focus::Chat;
        }
    }

    pub(super) fn act(&mut self, intent: Intent) {
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
            Intent::Devices if self.focus == Focus::Devices => self.focus = self.back,
            Intent::Devices => self.show_devices(),
            Intent::Freeze => self.if_possible(Command::Freeze { on: Some(true) }),
            Intent::Admit(admit) => self.decide(admit),
            Intent::Silence => self.on_selected(|peer| Command::Silence { peer: Some(peer) }),
            Intent::AskUnmute => self.on_selected(|peer| Command::AskUnmute { peer }),
            Intent::Volume(steps) => self.volume(steps),
            Intent::Hush => self.hush(),
            Intent::Whisper => self.whisper(),
            Intent::CopyLink => self.copy_link(),
            Intent::OpenSelected => self.open_selected(),
            Intent::Answer(true) => self.consent(),
            Intent::Answer(false) => self.decline(),
            Intent::Safety if self.focus == Focus::Safety => self.focus = self.back,
            Intent::Safety if self.code_until.is_some() && self.state.safety.is_some() => self.leave_to(Focus::Safety),
            Intent::Safety => {
                self.wants_code = true;
                self.if_possible(Command::Safety);
            }
            Intent::Compared(same) => self.compared(same),
            Intent::Leave => self.leave(),
            Intent::Interrupt if self.leaving.is_some() => self.leaving = Some(Leaving::Now),
            Intent::Interrupt => self.leave_now(),
            Intent::NextFocus if self.focus == Focus::Prompt => self.complete(),
            Intent::NextFocus => self.move_focus(1),
            Intent::PreviousFocus => self.move_focus(2),
            Intent::Move(by) => self.scroll_by(by),
            Intent::Page(by) => match self.focus {
                Focus::Help | Focus::Figures => self.help_scroll = moved(self.help_scroll, by * 10),
                Focus::Prompt | Focus::Devices => self.scroll_by(by * 5),
                _ => {
                    let page = self.metrics.log_rows.saturating_sub(1).max(1) as i32;
                    self.log.scroll = moved(self.metrics.log_scroll, -by * page);
                }
            },
            Intent::OpenChat => self.write_to(None),
            Intent::OpenPrompt if self.focus != Focus::Prompt => self.open_palette(None),
            Intent::OpenPrompt => {}
            Intent::Help if self.focus == Focus::Help => self.focus = self.back,
            Intent::Help => self.show_help(),
            Intent::Back => self.go_back(),
            Intent::Redraw => self.redraw = true,
            Intent::Suspend => self.suspend = true,
            Intent::Type(text) if self.focus == Focus::Prompt => {
                self.prompt.insert(&text);
                self.palette_changed();
            }
            Intent::Type(text) => {
                self.go_to_chat();
                self.chat.insert(&text);
            }
            Intent::Edit(edit) => match self.focus {
                Focus::Chat => self.chat.edit(edit),
                Focus::Prompt => {
                    self.prompt.edit(edit);
                    self.palette_changed();
                }
                _ => {}
            },
            Intent::Submit => self.submit(),
        }
        self.look_at_the_door(None);
    }

    fn go_back(&mut self) {
        match self.focus {
            Focus::Prompt => self.close_palette(),
            Focus::Question => self.decline(),
            Focus::Chat => self.leave_chat(),
            Focus::Help | Focus::Safety | Focus::Figures | Focus::Devices => self.focus = self.back,
            Focus::People | Focus::Log => self.log.scroll = 0,
        }
    }

    /// The list that had the focus last.
    pub(super) fn list(&self) -> Focus {
        if matches!(self.back, Focus::People | Focus::Log) { self.back } else { Focus::People }
    }

    pub(super) fn leave_to(&mut self, focus: Focus) {
        if matches!(self.focus, Focus::People | Focus::Log)
            || (focus == Focus::Help && matches!(self.focus, Focus::Chat | Focus::Prompt))
        {
            self.back = self.focus;
        }
        self.focus = focus;
    }

    fn compared(&mut self, same: bool) {
        self.focus = self.back;
        let epoch = self.state.safety.as_ref().map(|c| c.epoch);
        if same {
            self.send(Command::Verify { epoch, words: None });
        } else {
            self.alarm(tr!("answer-codes-differ"));
        }
    }

    /// Gives the room's link to the clipboard: what is public of it. Its secret never goes there, where any program can read it.
    fn copy_link(&mut self) {
        if self.link.is_empty() {
            return self.answer(tr!("answer-no-link"));
        }
        self.signals.push(Signal::Copy(self.link.clone()));
        let more = if self.secret_link { format!(" {}", tr!("answer-link-secret")) } else { String::new() };
        self.answer(tr!("answer-link", link = self.link.as_str()) + &more);
    }

    pub(super) fn show_help(&mut self) {
        self.leave_to(Focus::Help);
        self.help_scroll = 0;
    }

    /// Statistics, and newer ones as long as they are shown.
    pub(super) fn show_figures(&mut self) {
        self.leave_to(Focus::Figures);
        self.help_scroll = 0;
        self.second = self.motion.then(|| self.now + super::SECOND);
        self.send(Command::Stats);
    }

    fn move_focus(&mut self, by: usize) {
        const ORDER: [Focus; 3] = [Focus::People, Focus::Log, Focus::Chat];
        let at = ORDER.iter().position(|f| *f == self.focus).unwrap_or(ORDER.len() - 1);
        let next = ORDER.get((at + by) % ORDER.len()).copied().unwrap_or_default();
        if self.focus == Focus::Chat {
            self.leave_chat();
        }
        self.question = None;
        self.leave_to(next);
        self.once = false;
    }

    pub(super) fn select(&mut self, row: usize) {
        self.selected = row;
        // Whom the user went to is whom they mean.
        self.door = self.at_the_door().map(|k| (k.id.clone(), None));
    }

    fn scroll_by(&mut self, by: i32) {
        match self.focus {
            Focus::People => self.select(moved(self.selected, by).min(self.rows() - 1)),
            Focus::Prompt => self.move_mark(by),
            Focus::Devices => self.move_device(by),
            Focus::Help | Focus::Figures => self.help_scroll = moved(self.metrics.help_scroll, by),
            Focus::Question => {}
            _ => self.log.scroll = moved(self.metrics.log_scroll, -by),
        }
    }

    /// Leaves, unless the others could not go on as before: then that is asked for.
    pub(super) fn leave(&mut self) {
        match table::before_leaving(&self.state) {
            Some(text) if self.leaving.is_none() => self.ask(text, Command::Leave),
            _ => self.leave_now(),
        }
    }

    pub(super) fn leave_now(&mut self) {
        self.send(Command::Leave);
        self.leaving.get_or_insert(Leaving::Until(self.now + crate::front_end::LEAVE_LIMIT));
    }

    /// Why a command cannot be done in this call, if so.
    pub(super) fn impossible(&self, name: &str) -> Option<String> {
        Some(tr!("err-impossible", name = name, why = words::told(self.state.unavailable.get(name)?)))
    }

    /// Sends a command, or says why it cannot be done in this call.
    pub(super) fn if_possible(&mut self, command: Command) {
        match self.impossible(command.name()) {
            Some(why) => self.answer(why),
            None => self.send(command),
        }
    }
}

//! What is typed: the chat line with its recipient, the palette, and questions before something is done.

use super::{App, Selected};
use crate::call::table::{self, Action, Offer};
use crate::call::{Command, PeerId, Request};
use crate::front_end::words;
use crate::i18n::{said, tr};
use crate::text::clean;
use crate::tui::keys::Focus;

/// The palette beside its line.
#[derive(Debug, Default)]
pub(crate) struct Palette {
    /// Which offer is marked.
    pub(crate) marked: usize,
    /// The user moved the mark: it is meant, whatever stands in the line.
    moved: bool,
    /// Only what can be done about this person is offered.
    about: Option<PeerId>,
}

/// Something that is done if the answer is yes.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) text: String,
    command: Command,
}

impl App {
    /// What the palette offers now.
    pub(crate) fn offers(&self) -> Vec<Offer> {
        let typed = self.prompt.text().trim_start().trim_start_matches('/');
        match &self.palette.about {
            Some(person) => table::offers_on(person, typed, &self.state),
            None => table::offers(typed, &self.state),
        }
    }

    /// Of whom the palette is.
    pub(crate) fn about(&self) -> Option<String> {
        self.palette.about.as_ref().map(|id| clean(self.state.name_of(id)))
    }

    pub(super) fn open_palette(&mut self, about: Option<PeerId>) {
        self.palette = Palette { about, ..Palette::default() };
        self.leave_to(Focus::Prompt);
    }

    /// Enter in the list of people: what can be done about who is selected.
    pub(super) fn open_selected(&mut self) {
        match self.selected_id() {
            Some(id) => self.open_palette(Some(id)),
            None => self.write_to(None),
        }
    }

    pub(super) fn close_palette(&mut self) {
        self.prompt.take();
        self.palette = Palette::default();
        self.focus = self.list();
    }

    /// What was typed changes what is offered: the best is marked.
    pub(super) fn palette_changed(&mut self) {
        (self.palette.marked, self.palette.moved) = (0, false);
    }

    pub(super) fn move_mark(&mut self, by: i32) {
        let last = self.offers().len().saturating_sub(1);
        self.palette.marked = super::moved(self.palette.marked, by).min(last);
        self.palette.moved = true;
    }

    /// Puts the marked offer into the line.
    pub(super) fn complete(&mut self) {
        if let Some(offer) = self.offers().into_iter().nth(self.palette.marked) {
            self.go_on_with(&offer);
        }
    }

    fn go_on_with(&mut self, offer: &Offer) {
        // A message is written in the chat line, where it is not a command.
        if let (Some("msg"), Some(id)) = (offer.line.split(' ').next(), self.palette.about.clone()) {
            self.close_palette();
            return self.write_to(Some(id));
        }
        self.prompt.take();
        self.prompt.insert(&offer.line);
        self.palette = Palette::default();
    }

    /// Enter in the palette: a whole command that was typed is meant; otherwise what is marked is, and asked for if it must be.
    fn run_palette(&mut self) {
        let line = self.prompt.text().trim().trim_start_matches('/').to_owned();
        let typed = if self.palette.about.is_some() || self.palette.moved { None } else { Some(&line) };
        if typed.is_some_and(String::is_empty) {
            return self.close_palette();
        }
        let typed = typed.map(|line| table::parse(line, &self.state));
        if let Some(Ok(action)) = typed {
            self.close_palette();
            return self.perform(action, false);
        }
        match (self.offers().into_iter().nth(self.palette.marked), typed) {
            (Some(offer), _) if offer.whole => match table::parse(&offer.line, &self.state) {
                Ok(action) => {
                    self.close_palette();
                    self.perform(action, true);
                }
                Err(why) => self.answer(why),
            },
            (Some(offer), _) => self.go_on_with(&offer),
            // What could not be done stays, so that it can be put right.
            (None, Some(Err(why))) => self.answer(why),
            (None, _) => {}
        }
    }

    /// Opens the chat line for one message: to somebody alone, or to all. A message that was begun keeps its recipient.
    pub(super) fn write_to(&mut self, to: Option<PeerId>) {
        if self.chat.text().is_empty() {
            self.to = to;
        } else if self.to != to {
            self.answer(tr!("answer-begun", recipient = self.recipient()));
        }
        self.leave_to(Focus::Chat);
        self.once = true;
    }

    /// `w` on a person.
    pub(super) fn whisper(&mut self) {
        match self.selected() {
            Selected::Peer(peer) => {
                let id = peer.id.clone();
                self.write_to(Some(id));
            }
            _ => self.on_selected(|peer| Command::Say { text: String::new(), to: Some(peer) }),
        }
    }

    /// `to all`, `to Ana`.
    pub(crate) fn recipient(&self) -> String {
        match &self.to {
            None => tr!("to-all"),
            Some(id) => tr!("to", name = clean(self.state.name_of(id))),
        }
    }

    /// The chat line is left: an empty one is for all again.
    pub(super) fn leave_chat(&mut self) {
        if self.chat.text().is_empty() {
            self.to = None;
        }
        self.focus = self.list();
    }

    fn run_chat(&mut self) {
        let line = self.chat.text().to_owned();
        let parsed = table::parse_input(&line, &self.state);
        let is_text = !line.trim_start().starts_with('/') || line.trim_start().starts_with("//");
        let parsed = match (parsed, &self.to) {
            (Some(Ok(Action::Send(Command::Say { .. }))), Some(to)) if is_text && self.state.peer(to).is_none() => {
                Some(Err(tr!("answer-gone", name = clean(self.state.name_of(to)))))
            }
            (Some(Ok(Action::Send(Command::Say { text, to: None }))), Some(to)) if is_text => {
                Some(Ok(Action::Send(Command::Say { text, to: Some(to.clone()) })))
            }
            (parsed, _) => parsed,
        };
        match parsed {
            None => {}
            // What could not be sent stays, so that it can be put right.
            Some(Err(why)) => return self.answer(why),
            Some(Ok(action)) => {
                self.chat.take();
                self.perform(action, false);
            }
        }
        if self.once && self.focus == Focus::Chat {
            self.leave_chat();
        }
    }

    pub(super) fn submit(&mut self) {
        match self.focus {
            Focus::Chat => self.run_chat(),
            Focus::Prompt => self.run_palette(),
            Focus::Devices => self.choose_device(),
            // Enter says nothing: only y does.
            Focus::Question => self.decline(),
            Focus::Help | Focus::Safety | Focus::Figures => self.focus = self.back,
            Focus::People | Focus::Log => {
                self.leave_to(Focus::Chat);
                self.once = false;
            }
        }
    }

    /// Does what a line means; `chosen`: it was not typed, so it is asked for first if it strikes others for good.
    pub(super) fn perform(&mut self, action: Action, chosen: bool) {
        match action {
            Action::Send(Command::Leave) => self.leave(),
            Action::Send(Command::Stats) => self.show_figures(),
            Action::Send(Command::Devices) => self.show_devices(),
            Action::Send(command) => {
                if let Some(text) = table::question(&command, &self.state).filter(|_| chosen) {
                    return self.ask(text, command);
                }
                let asks = matches!(command, Command::State | Command::Level);
                let id = asks.then(|| self.ask_for_answer());
                self.wants_code |= command == Command::Safety;
                self.requests.push(Request { id, command });
                self.log.scroll = 0;
            }
            Action::Help(None) => self.show_help(),
            Action::Help(Some(row)) => self.answer(format!("{}: {}.", row.synopsis(), said(row.help))),
            Action::Who => words::who(&self.state).into_iter().for_each(|line| self.answer(line)),
            Action::Status => self.answer(words::status(&self.state)),
            Action::Speak(..) | Action::Spoken => self.answer(tr!("answer-line-mode")),
            Action::To(to) => {
                self.to = to;
                self.leave_to(Focus::Chat);
            }
        }
    }

    /// The number that the answer to the next request bears.
    pub(super) fn ask_for_answer(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }

    pub(super) fn ask(&mut self, text: String, command: Command) {
        self.answer(tr!("question-asked", question = text.as_str()));
        self.leave_to(Focus::Question);
        self.question = Some(Question { text, command });
    }

    /// Yes.
    pub(super) fn consent(&mut self) {
        self.focus = self.list();
        match self.question.take() {
            Some(Question { command: Command::Leave, .. }) => self.leave_now(),
            Some(Question { command, .. }) => self.if_possible(command),
            None => {}
        }
    }

    /// No, or anything else.
    pub(super) fn decline(&mut self) {
        self.focus = self.list();
        if self.question.take().is_some() {
            self.answer(tr!("answer-nothing-done"));
        }
    }
}

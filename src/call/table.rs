//! The command table: one row per thing a user can say. `/commands` in line mode, the TUI's keys and `:` prompt, the
//! help screens and the advice on unknown JSON commands all come from here, so a command that exists in one front end
//! exists in all.

mod offers;
mod questions;
mod rows;
mod words;

use super::{Command, Kind, PeerId, State};
use crate::i18n::{said, tr};
use words::{distance, say, sentence, shown, word};

pub use offers::{Offer, offers, offers_on};
pub use questions::{before_leaving, question};
pub use rows::TABLE;

/// What a line means.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// A command for the engine.
    Send(Command),
    /// Show the table, or one row of it.
    Help(Option<&'static Row>),
    /// Show who is in the call.
    Who,
    /// Say in one sentence how things are.
    Status,
    /// Begin or stop telling events of a sort (`None`: of every sort); line mode.
    Speak(Option<Kind>, bool),
    /// Say which sorts of events are told; line mode.
    Spoken,
    /// Write to one person from now on, or to everybody (`None`).
    To(Option<PeerId>),
}

/// One command.
pub struct Row {
    /// The word after the slash.
    pub name: &'static str,
    /// Other words for it.
    pub aliases: &'static [&'static str],
    /// What follows the name; `[ ]` may be left out.
    pub usage: &'static str,
    /// What it does, as one phrase, in English: [`crate::i18n::said`] has the others.
    pub help: &'static str,
    /// Its keys in the TUI, as shown; empty if it has none.
    pub keys: &'static str,
    /// Its name in JSON and in [`State::unavailable`]; empty if only front ends know it.
    pub command: &'static str,
    /// Whether others in the call notice it.
    pub acts_on_others: bool,
    parse: fn(&str, &State) -> Result<Action, String>,
}

impl std::fmt::Debug for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Row({})", self.name)
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Row {
    /// Why it cannot be done in this call, if so.
    pub fn unavailable<'a>(&self, state: &'a State) -> Option<&'a str> {
        state.unavailable.get(self.command).map(String::as_str)
    }

    /// The same in brackets, as it follows what the row does; empty if it can be done.
    pub fn not_here(&self, state: &State) -> String {
        let why = self.unavailable(state).map(|why| said(&crate::text::clean(why)));
        why.map_or(String::new(), |why| format!(" {}", tr!("not-possible-here", why = why)))
    }

    /// `/name usage`.
    pub fn synopsis(&self) -> String {
        if self.usage.is_empty() { format!("/{}", self.name) } else { format!("/{} {}", self.name, self.usage) }
    }
}

/// The row that a command belongs to.
pub fn row(command: &Command) -> &'static str {
    command.name()
}

/// Finds a row by name, alias or unambiguous beginning.
///
/// # Errors
/// One sentence with the closest command.
pub fn find(name: &str) -> Result<&'static Row, String> {
    let wanted = name.to_lowercase();
    if let Some(exact) = TABLE.iter().find(|r| r.name == wanted || r.aliases.contains(&wanted.as_str())) {
        return Ok(exact);
    }
    let near = |word: &str| distance(word, &wanted);
    let closest =
        TABLE.iter().flat_map(|r| std::iter::once(r.name).chain(r.aliases.iter().copied()).map(move |w| (near(w), r.name))).min();
    Err(match closest {
        Some((d, name)) if d <= 1 + wanted.chars().count() / 3 => tr!("err-no-command-close", word = shown(&wanted), name = name),
        _ => tr!("err-no-command", word = shown(&wanted)),
    })
}

/// What a command line without its slash means, e.g. `volume ana 80`.
///
/// # Errors
/// One sentence that says what is wrong and what to say instead. Nothing is ever done by half.
pub fn parse(line: &str, state: &State) -> Result<Action, String> {
    let (name, rest) = word(line);
    if name.is_empty() {
        return Err(tr!("err-which"));
    }
    let row = find(name)?;
    if let Some(why) = row.unavailable(state) {
        return Err(tr!("err-impossible", name = row.name, why = said(&crate::text::clean(why))));
    }
    if row.usage.is_empty() && !rest.is_empty() {
        return Err(tr!("err-no-words", name = row.name));
    }
    (row.parse)(rest, state).map_err(|e| sentence(&e))
}

/// What a line of input means where plain text is chat: `/command`, `//text that begins with a slash`, or text.
/// A mistyped `/command` is an error and never chat. An empty line is nothing.
///
/// # Errors
/// As [`parse`].
pub fn parse_input(line: &str, state: &State) -> Option<Result<Action, String>> {
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    Some(match line.strip_prefix('/') {
        Some(text) if text.starts_with('/') => chat(text, state),
        Some(command) => parse(command, state),
        None => chat(line, state),
    })
}

/// Whether a line of input is a command, and no text.
pub fn is_command(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with('/') && !line.starts_with("//")
}

/// The help text, one line per command.
pub fn help(state: &State) -> Vec<String> {
    let width = TABLE.iter().map(|r| r.synopsis().len()).max().unwrap_or(0);
    TABLE.iter().map(|r| format!("{:width$}  {}{}", r.synopsis(), said(r.help), r.not_here(state))).collect()
}

fn chat(text: &str, state: &State) -> Result<Action, String> {
    match state.unavailable.get("say") {
        Some(why) => Err(tr!("err-chat-impossible", why = said(&crate::text::clean(why)))),
        None => say(text, None).map_err(|e| sentence(&e)),
    }
}

#[cfg(test)]
mod tests;

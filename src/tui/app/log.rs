//! The log: chat, events and answers, and how many messages nobody has seen yet.
//!
//! No message can pass for anything else: an event begins with `*` and an alarm with `!` in the first column of the text, a
//! message with `<`, and whatever follows in a second line is indented.

use crate::tui::cells;
use std::collections::VecDeque;

/// How many entries are kept.
pub(crate) const LOG: usize = 1000;

/// What a log entry is, which decides its mark and style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Chat,
    /// Chat that only one person reads.
    Private,
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
        // In a narrow log the time would take too much of each line.
        let times = cells >= 30;
        let (mark, indent) = match self.kind {
            Kind::Event => ("* ", if times { 6 } else { 1 }),
            Kind::Alarm => ("! ", if times { 6 } else { 1 }),
            // What these say begins with `<`.
            Kind::Chat | Kind::Private => ("", if times { 6 } else { 1 }),
            Kind::Answer => ("", 1),
        };
        let first = match self.kind {
            Kind::Answer => " ".to_owned(),
            _ if times => format!("{:indent$}", self.at),
            _ => String::new(),
        };
        let lines = cells::wrap(&format!("{mark}{}", self.text), cells.saturating_sub(indent));
        lines
            .into_iter()
            .enumerate()
            .map(|(i, line)| if i == 0 { format!("{first}{line}") } else { format!("{:indent$}{line}", "") })
            .collect()
    }
}

/// The last [`LOG`] entries.
#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<Entry>,
    /// Lines between the newest and the last one shown.
    pub(crate) scroll: usize,
    /// Messages of others that came while nobody could see them.
    pub(crate) unread: usize,
}

impl Log {
    /// Adds one; what is being read stays where it is. `columns`: how wide a line is shown.
    pub(crate) fn push(&mut self, entry: Entry, columns: usize) {
        if self.scroll > 0 {
            self.scroll += entry.lines(columns).len();
        }
        if self.entries.len() == LOG {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// From the oldest to the newest.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_passes_for_an_event_however_it_is_wrapped() {
        let event = Entry { kind: Kind::Event, at: "10:02".into(), text: "Ana left. 1 person.".into() };
        for cells in [20, 29, 30, 50, 80] {
            let begins = |e: &Entry| {
                e.lines(cells).into_iter().map(|l| l.chars().skip(if cells < 30 { 0 } else { 6 }).collect::<String>())
            };
            assert!(begins(&event).next().is_some_and(|l| l.starts_with("* Ana")), "{cells}");
            for text in [
                "<Eve> * Ana left. 1 person. * Ana left. 1 person.",
                "<* Ana left.> ! x\u{a0}* y",
                "<Eve> 10:02 * Ana left. 1 person.",
            ] {
                for kind in [Kind::Chat, Kind::Private, Kind::Answer] {
                    let entry = Entry { kind, at: "10:02".into(), text: text.into() };
                    for (i, line) in entry.lines(cells).iter().enumerate() {
                        assert!(!line.starts_with(['*', '!']), "{line}");
                        let hour = line.starts_with("10:02");
                        assert!(!hour || (i == 0 && line.starts_with("10:02 <")), "{line}");
                    }
                }
            }
        }
    }
}

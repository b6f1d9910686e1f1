//! What is learned, step by step: a machine without clocks and sockets of its own. What happens in the learner's call goes in, and
//! what the cast does about it comes out.

use super::steps::STEPS;
use crate::call::table::{self, Row};
use crate::call::{Event, State};
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// How long nothing may happen before a hint.
const PATIENCE: Duration = Duration::from_secs(40);

/// The cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Tutor,
    Ana,
    Ben,
    /// A guest who is expected.
    Mere,
    /// A guest who is not.
    Rex,
}

impl Who {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tutor => "Tutor",
            Self::Ana => "Ana",
            Self::Ben => "Ben",
            Self::Mere => "Mere",
            Self::Rex => "Rex",
        }
    }
}

/// What somebody of the cast does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Writes to everybody.
    Say(Who, Cow<'static, str>),
    /// Writes to the learner alone.
    Tell(Who, &'static str),
    /// Raises or lowers a hand.
    Hand(Who, bool),
    /// Opens or closes the microphone.
    Speak(Who, bool),
    /// Comes to the door.
    Knock(Who),
    /// Goes away.
    Go(Who),
}

/// Something that happened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    /// In the learner's call.
    pub event: Option<&'a Event>,
    /// Whose call was ended by others: not let in, or removed.
    pub ended: Option<Who>,
    /// The learner's call, with all of that.
    pub state: &'a State,
}

/// Whether something was done.
pub(super) type Test = fn(&Seen<'_>) -> bool;

/// One thing to learn.
pub(super) struct Step {
    /// What it was, for the end: "opened your microphone".
    pub did: &'static str,
    /// One sentence of what to do.
    pub what: &'static str,
    /// The row of the command table that does it, and the words behind it.
    pub row: &'static str,
    pub words: &'static str,
    /// What to know of the full screen beside.
    pub screen: &'static str,
    /// If it is not done for a while, or something else is.
    pub hint: &'static str,
    /// Before it.
    pub first: &'static [Act],
    /// Whether it is done.
    pub done: Test,
    /// When it was done.
    pub then: &'static [Act],
    /// Whether it went wrong, and what then.
    pub wrong: Option<(Test, &'static [Act])>,
    /// If it is passed over.
    pub passed: &'static [Act],
}

/// How the learner works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Plain lines.
    Line,
    /// The full screen.
    Screen,
}

impl Way {
    /// How a command is given there, by the table.
    fn how(self, row: &Row, words: &str) -> String {
        let command = format!("{} {words}", row.name);
        let command = command.trim();
        match self {
            Self::Line => format!("Type: /{command}"),
            Self::Screen if row.keys.is_empty() => format!("Press : and type: {command}"),
            Self::Screen => format!("Keys: {}. Or press : and type: {command}", row.keys),
        }
    }
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Skipped,
}

/// A lesson.
#[derive(Debug)]
pub(super) struct Lesson {
    way: Way,
    results: Vec<End>,
    hinted: bool,
    since: Instant,
}

impl Lesson {
    /// The beginning.
    pub(super) fn begin(way: Way, state: &State, now: Instant) -> (Self, Vec<Act>) {
        let mut lesson = Self { way, results: Vec::new(), hinted: false, since: now };
        let leave = match way {
            Way::Line => "What you type without a slash is chat.",
            Way::Screen => "Esc leaves the input line.",
        };
        let welcome = format!(
            "Welcome. This is a call on your own machine; Ana and Ben are synthetic. {} small things to do. \
             Write skip to pass one over, again to hear it again. {leave}",
            STEPS.len()
        );
        let mut acts = vec![say(welcome)];
        lesson.start(state, now, &mut acts);
        (lesson, acts)
    }

    fn step(&self) -> Option<&'static Step> {
        STEPS.get(self.results.len())
    }

    /// The next step that is not done yet.
    fn start(&mut self, state: &State, now: Instant, acts: &mut Vec<Act>) {
        while let Some(step) = self.step() {
            if !(step.done)(&Seen { event: None, ended: None, state }) {
                (self.hinted, self.since) = (false, now);
                acts.extend(step.first.iter().cloned());
                acts.extend(self.sentence());
                return;
            }
            self.results.push(End::Done);
        }
    }

    /// What is to be done now.
    fn sentence(&self) -> Option<Act> {
        let step = self.step()?;
        let how = self.how(step);
        Some(say(format!("{} of {}: {} {how}", self.results.len() + 1, STEPS.len(), step.what)))
    }

    fn how(&self, step: &Step) -> String {
        // A row that is not there is found by a test.
        let how = table::find(step.row).map(|row| self.way.how(row, step.words)).unwrap_or_default();
        match self.way {
            Way::Screen if !step.screen.is_empty() => format!("{how}. {}", step.screen),
            _ => how,
        }
    }

    /// Something happened.
    pub(super) fn see(&mut self, seen: &Seen<'_>, now: Instant) -> Vec<Act> {
        let mut acts = Vec::new();
        let Some(step) = self.step() else { return acts };
        let word = own_words(seen).map(|text| text.trim().to_lowercase());
        match word.as_deref() {
            Some("skip") if self.results.len() + 1 < STEPS.len() => {
                self.results.push(End::Skipped);
                acts.extend(step.passed.iter().cloned());
                self.start(seen.state, now, &mut acts);
                return acts;
            }
            Some("again") => {
                self.since = now;
                acts.extend(self.sentence());
                return acts;
            }
            _ => {}
        }
        if (step.done)(seen) {
            self.results.push(End::Done);
            acts.extend(step.then.iter().cloned());
            self.start(seen.state, now, &mut acts);
        } else if let Some((_, then)) = step.wrong.filter(|(wrong, _)| wrong(seen)) {
            self.since = now;
            acts.extend(then.iter().cloned());
        } else if let Some(who @ (Who::Ana | Who::Ben)) = seen.ended {
            acts.push(say(format!("{} is needed here, and comes back.", who.name())));
            acts.push(Act::Knock(who));
        } else if is_own(seen) {
            acts.extend(self.hint(step));
        }
        acts
    }

    /// When [`Lesson::tick`] wants to be called.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.hinted && self.step().is_some()).then(|| self.since + PATIENCE)
    }

    /// Time went by.
    pub(super) fn tick(&mut self, now: Instant) -> Vec<Act> {
        match self.step() {
            Some(step) if self.due().is_some_and(|due| due <= now) => self.hint(step).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Once for each step.
    fn hint(&mut self, step: &Step) -> Option<Act> {
        (!std::mem::replace(&mut self.hinted, true)).then(|| say(format!("{} {} - or write: skip", step.hint, self.how(step))))
    }

    /// The learner has left; what was done, and where more is.
    pub(super) fn summary(mut self, of_own_will: bool) -> String {
        if of_own_will && self.results.len() + 1 == STEPS.len() {
            self.results.push(End::Done);
        }
        let named = |wanted: End| -> Vec<&str> {
            self.results.iter().zip(STEPS).filter(|(result, _)| **result == wanted).map(|(_, step)| step.did).collect()
        };
        let (done, skipped) = (named(End::Done), named(End::Skipped));
        let list = |items: &[&str]| items.join(", ");
        let mut text = match done.len() {
            0 => "You did none of it yet; conclave tutor begins again.\n".to_owned(),
            all if all == STEPS.len() => format!("You did all {all} things: {}.\n", list(&done)),
            some => format!("You did {some} of {} things: {}.\n", STEPS.len(), list(&done)),
        };
        if !skipped.is_empty() {
            text += &format!("Passed over: {}.\n", list(&skipped));
        }
        text + "To read on: conclave join --help, man conclave (after conclave man ~/.local/share/man), docs/official.md.\n\
                To join a meeting: conclave join, and paste its link when you are asked.\n"
    }
}

fn say(text: String) -> Act {
    Act::Say(Who::Tutor, text.into())
}

/// What the learner wrote.
pub(super) fn own_words<'a>(seen: &Seen<'a>) -> Option<&'a str> {
    match seen.event? {
        Event::Chat(line) if Some(&line.from) == seen.state.me.as_ref() => Some(&line.text),
        _ => None,
    }
}

/// Whether the learner did something, and not the cast.
fn is_own(seen: &Seen<'_>) -> bool {
    let me = seen.state.me.as_ref();
    match seen.event {
        Some(Event::Chat(line)) => Some(&line.from) == me,
        Some(Event::Muted { id, .. } | Event::Hand { id, .. }) => Some(id) == me,
        Some(Event::Reaction { from, .. }) => Some(from) == me,
        _ => false,
    }
}

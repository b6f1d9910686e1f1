//! Which key means what, and when a key is text.
//!
//! The focus decides: in the chat line and the command prompt every printable key is text. In the lists (people, log,
//! help) the keys of [`crate::call::table`] act, under one rule that makes typing with the focus in the wrong place
//! harmless:
//!
//! * **A key that opens the microphone, is noticed by others or is heard acts alone.** Those of [`Keys::alone`] wait [`BURST`]
//!   for a next key; if one comes, both were text. Space acts if no printable key came in the second before it ([`ALONE`]);
//!   otherwise it is text. So does Enter on a person; after a letter it goes to the input line.
//! * `m`, `j`, `k`, `+`, `-`, `/` and `?` act at once: they can only close, move, show, and change what we alone hear.
//! * Every other printable key is text. Text goes to the chat line, with the letters that came just before it, and takes the
//!   focus there, so that the rest of the sentence is text too.
//!
//! F-keys act at any focus; nobody types them in prose.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::time::{Duration, Instant};

use super::editor::Edit;

/// Keys closer together than this are typing. Longer: more protection for slow typists, and `r` and `q` answer later.
pub const BURST: Duration = Duration::from_millis(300);
/// How long no printable key may have come before a Space that talks.
pub const ALONE: Duration = Duration::from_secs(1);
/// A Space so soon after another is the keyboard's repeat (its first comes after 250 to 660 ms), not a second press.
const REPEAT: Duration = Duration::from_millis(700);
/// A held key repeats all the time, unless another one is pressed. If it no longer does and no release was reported, the
/// release was lost on its way, and the microphone must not stay open for that.
pub const LOST: Duration = Duration::from_secs(3);

/// Where keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Focus {
    /// The list of people.
    #[default]
    People,
    /// Chat and events.
    Log,
    /// The chat line.
    Chat,
    /// The `:` prompt.
    Prompt,
    /// The help screen.
    Help,
    /// The safety code.
    Safety,
    /// Statistics.
    Figures,
    /// Microphones and loudspeakers.
    Devices,
    /// A question before something is done.
    Question,
}

impl Focus {
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Focus::Chat | Focus::Prompt)
    }

    /// A panel stands where the log is.
    pub(crate) fn covers_log(self) -> bool {
        matches!(self, Focus::Help | Focus::Safety | Focus::Figures | Focus::Devices)
    }
}

/// What a key asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Intent {
    CloseMicrophone,
    ToggleMicrophone,
    Talk(bool),
    Hand,
    /// Stop sending; the microphone was closed when the key went down.
    Freeze,
    /// Show the safety code.
    Safety,
    /// The codes are the same, or are not.
    Compared(bool),
    /// Show or hide the statistics.
    Figures,
    /// Play what was heard again, or stop that.
    Again,
    /// Let the one in who is meant at the door, or not.
    Admit(bool),
    /// Show or hide the devices.
    Devices,
    /// Yes or no to a question.
    Answer(bool),
    /// Make the selected person louder or softer, in steps.
    Volume(i32),
    /// Do not hear the selected person, or hear them again.
    Hush,
    /// Write to the selected person alone.
    Whisper,
    /// What can be done about the selected person.
    OpenSelected,
    /// Give the room's link to the clipboard.
    CopyLink,
    /// Close the selected person's microphone.
    Silence,
    /// Ask the selected person to open theirs.
    AskUnmute,
    Leave,
    /// Leave at once; the second time, do not wait.
    Interrupt,
    NextFocus,
    PreviousFocus,
    /// Up (negative) or down by lines.
    Move(i32),
    /// The log, by pages.
    Page(i32),
    OpenChat,
    OpenPrompt,
    Help,
    Back,
    Redraw,
    /// Stop the program, as Ctrl-Z does everywhere.
    Suspend,
    /// Text for the line in focus, or for the chat line if a list has the focus.
    Type(String),
    Edit(Edit),
    Submit,
}

/// The memory of the rule.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The terminal reports key releases, so Space can be held.
    pub(crate) releases: bool,
    /// Somebody waits to be let in: `a` and `d` mean something.
    pub(crate) knocking: bool,
    /// We may close the microphones of others: `c` and `u` mean something in the list of people.
    pub(crate) moderating: bool,
    /// When the last printable key or Enter came.
    typed_at: Option<Instant>,
    /// Letters of the present burst that a list took as commands.
    burst: String,
    /// A key that waits to be alone.
    waiting: Option<(Instant, Intent)>,
    space_at: Option<Instant>,
    held: bool,
    /// When a held key that repeats is taken to be released.
    repeats_until: Option<Instant>,
}

impl Keys {
    /// When [`Self::tick`] is due.
    pub(crate) fn due(&self) -> Option<Instant> {
        [self.waiting.as_ref().map(|(at, _)| *at), self.repeats_until].into_iter().flatten().min()
    }

    /// A key that waited to be alone was alone, or a held key is no longer heard of.
    pub(crate) fn tick(&mut self, now: Instant) -> Option<Intent> {
        if self.repeats_until.take_if(|at| *at <= now).is_some() && std::mem::take(&mut self.held) {
            return Some(Intent::Talk(false));
        }
        let (_, intent) = self.waiting.take_if(|(at, _)| *at <= now)?;
        self.burst.clear();
        Some(intent)
    }

    /// The terminal lost the focus (no release will be reported), or something was pasted.
    pub(crate) fn interrupted(&mut self) -> Option<Intent> {
        (self.waiting, self.repeats_until) = (None, None);
        self.burst.clear();
        std::mem::take(&mut self.held).then_some(Intent::Talk(false))
    }

    pub(crate) fn key(&mut self, now: Instant, key: KeyEvent, focus: Focus) -> Vec<Intent> {
        let mut intents: Vec<Intent> = self.tick(now).into_iter().collect();
        if key.kind == KeyEventKind::Release {
            self.repeats_until.take_if(|_| is_talk_key(key.code));
            if is_talk_key(key.code) && std::mem::take(&mut self.held) {
                intents.push(Intent::Talk(false));
            }
            return intents;
        }
        let repeated = key.kind == KeyEventKind::Repeat;
        // A keyboard repeats only the key that was pressed last.
        self.repeats_until = (repeated && self.held && is_talk_key(key.code)).then(|| now + LOST);
        if key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SUPER | KeyModifiers::META) {
            // AltGr is reported as Ctrl+Alt by some terminals; such keys are letters.
            let altgr = key.modifiers.contains(KeyModifiers::CONTROL | KeyModifiers::ALT);
            match (key.code, altgr) {
                (KeyCode::Char(c), true) => intents.extend(self.text(now, c, focus)),
                (code, _) if key.modifiers.contains(KeyModifiers::CONTROL) => intents.extend(control(code, focus)),
                _ => {}
            }
            return intents;
        }
        // Who has only moved through the list does not type.
        let moving = !self.burst.is_empty() && self.burst.chars().all(|c| matches!(c, 'j' | 'k'));
        if !matches!(key.code, KeyCode::Char(_)) {
            // A key that nobody types in a word ends the burst: what waited to be alone was.
            intents.extend(self.waiting.take().map(|(_, intent)| intent));
            self.burst.clear();
        }
        let intent = match key.code {
            KeyCode::Char(c) if focus.is_text() => {
                self.typed(now);
                Some(Intent::Type(c.to_string()))
            }
            KeyCode::Char(c) => {
                intents.extend(self.list(now, c, focus, repeated));
                None
            }
            KeyCode::F(1) => Some(Intent::Help),
            KeyCode::F(2) if !repeated => Some(Intent::ToggleMicrophone),
            KeyCode::F(3) => self.talk(now, repeated),
            KeyCode::F(4) if !repeated => Some(Intent::Hand),
            KeyCode::F(9) if !repeated => Some(Intent::Devices),
            KeyCode::F(10) => Some(Intent::Leave),
            KeyCode::Tab => Some(Intent::NextFocus),
            KeyCode::BackTab => Some(Intent::PreviousFocus),
            KeyCode::Esc => Some(Intent::Back),
            KeyCode::Enter => {
                let quiet = self.typed_at.is_none_or(|at| now.saturating_duration_since(at) >= ALONE);
                self.typed(now);
                let opens = focus == Focus::People && !repeated && (quiet || moving);
                Some(if opens { Intent::OpenSelected } else { Intent::Submit })
            }
            KeyCode::PageUp => Some(Intent::Page(-1)),
            KeyCode::PageDown => Some(Intent::Page(1)),
            KeyCode::Up => Some(Intent::Move(-1)),
            KeyCode::Down => Some(Intent::Move(1)),
            KeyCode::Left => Some(Intent::Edit(Edit::Left)),
            KeyCode::Right => Some(Intent::Edit(Edit::Right)),
            KeyCode::Home => Some(Intent::Edit(Edit::Home)),
            KeyCode::End => Some(Intent::Edit(Edit::End)),
            KeyCode::Backspace => Some(Intent::Edit(Edit::Backspace)),
            KeyCode::Delete => Some(Intent::Edit(Edit::Delete)),
            _ => None,
        };
        intents.extend(intent);
        intents
    }

    fn typed(&mut self, now: Instant) {
        self.typed_at = Some(now);
        self.burst.clear();
        self.waiting = None;
    }

    fn text(&mut self, now: Instant, c: char, focus: Focus) -> Option<Intent> {
        let before = if focus.is_text() { String::new() } else { std::mem::take(&mut self.burst) };
        self.typed(now);
        Some(Intent::Type(format!("{before}{c}")))
    }

    /// A printable key while a list has the focus.
    fn list(&mut self, now: Instant, c: char, focus: Focus, repeated: bool) -> Option<Intent> {
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        let quiet = since(self.typed_at);
        let in_burst = quiet.is_some_and(|q| q < BURST);
        if !in_burst {
            self.burst.clear();
        }
        if c == ' ' {
            return if quiet.is_some_and(|q| q < ALONE) { self.text(now, c, focus) } else { self.talk(now, repeated) };
        }
        let alone = self.waiting.is_none();
        let intent = match c {
            'm' if alone => Some(Intent::CloseMicrophone),
            'j' if alone => Some(Intent::Move(1)),
            'k' if alone => Some(Intent::Move(-1)),
            '+' | '=' if alone && focus == Focus::People => Some(Intent::Volume(1)),
            '-' if alone && focus == Focus::People => Some(Intent::Volume(-1)),
            'q' if alone && matches!(focus, Focus::Help | Focus::Figures | Focus::Devices) => Some(Intent::Back),
            '!' if alone && !in_burst && !repeated => {
                self.waiting = Some((now + BURST, Intent::Freeze));
                Some(Intent::CloseMicrophone)
            }
            _ if alone && !repeated && self.alone(c, focus).is_some() => {
                self.waiting = self.alone(c, focus).map(|intent| (now + BURST, intent));
                None
            }
            '/' if alone => Some(Intent::OpenChat),
            '?' if alone => Some(Intent::Help),
            ':' if alone && !in_burst => Some(Intent::OpenPrompt),
            _ => return self.text(now, c, focus),
        };
        self.typed_at = Some(now);
        self.burst.push(c);
        intent
    }

    /// What a key means that should not happen by typing, once it was alone.
    fn alone(&self, c: char, focus: Focus) -> Option<Intent> {
        Some(match c {
            'r' => Intent::Hand,
            'q' => Intent::Leave,
            's' => Intent::Safety,
            'g' => Intent::Again,
            'i' => Intent::Figures,
            'y' if focus == Focus::Question => Intent::Answer(true),
            'n' if focus == Focus::Question => Intent::Answer(false),
            'y' => Intent::CopyLink,
            'x' if focus == Focus::People => Intent::Hush,
            'w' if focus == Focus::People => Intent::Whisper,
            'v' if focus == Focus::Safety => Intent::Compared(true),
            'n' if focus == Focus::Safety => Intent::Compared(false),
            'a' if self.knocking => Intent::Admit(true),
            'd' if self.knocking => Intent::Admit(false),
            'c' if self.moderating && focus == Focus::People => Intent::Silence,
            'u' if self.moderating && focus == Focus::People => Intent::AskUnmute,
            _ => return None,
        })
    }

    fn talk(&mut self, now: Instant, repeated: bool) -> Option<Intent> {
        let last = self.space_at.replace(now);
        if self.releases {
            let first = !repeated && !std::mem::replace(&mut self.held, true);
            return first.then_some(Intent::Talk(true));
        }
        let held = last.is_some_and(|at| now.saturating_duration_since(at) < REPEAT);
        (!repeated && !held).then_some(Intent::ToggleMicrophone)
    }
}

fn is_talk_key(code: KeyCode) -> bool {
    matches!(code, KeyCode::Char(' ') | KeyCode::F(3))
}

fn control(code: KeyCode, focus: Focus) -> Option<Intent> {
    Some(match code {
        KeyCode::Char('c') => Intent::Interrupt,
        KeyCode::Char('l') => Intent::Redraw,
        KeyCode::Char('z') => Intent::Suspend,
        KeyCode::Char('p') => Intent::OpenPrompt,
        KeyCode::Char('a') if focus.is_text() => Intent::Edit(Edit::Home),
        KeyCode::Char('e') if focus.is_text() => Intent::Edit(Edit::End),
        KeyCode::Char('u') if focus.is_text() => Intent::Edit(Edit::Clear),
        KeyCode::Char('w') if focus.is_text() => Intent::Edit(Edit::DeleteWord),
        KeyCode::Char('h') if focus.is_text() => Intent::Edit(Edit::Backspace),
        KeyCode::Char('j') => Intent::Submit,
        _ => return None,
    })
}

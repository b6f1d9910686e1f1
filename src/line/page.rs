//! What is on a terminal in line mode, without a terminal: keys in, what to write out.
//!
//! A line that is being typed is never split. What happens meanwhile waits until Enter, or until nobody has typed for
//! [`QUIET`], at most [`LONGEST`]; then it is told on lines of its own, and the unfinished line is written once more, whole.
//! The words to whom one writes (`to all> `) come with the first letter: a prompt after every event would be read aloud every time.
//! Nothing but text, line ends and the terminal's own way to erase a letter (backspace, space, backspace) is written.

use crate::front_end::stdio::{Input, MAX_LINE};
use crate::text::clean;
use std::time::{Duration, Instant};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// After so long without a key a half-typed line no longer holds back what happens.
const QUIET: Duration = Duration::from_secs(3);
/// Nothing is held back longer than this, however fast somebody types.
const LONGEST: Duration = Duration::from_secs(15);
/// How many lines may wait; more are told at once.
const HELD: usize = 100;

/// What one key did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// Nothing but what is to be written now.
    Write(String),
    /// A line is finished; this is to be written first.
    Line(String, Input),
    /// The end of the input.
    End,
}

/// Where we are in a sequence that a function key sends; nothing of it is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sequence {
    None,
    Escape,
    /// After `ESC [` (parameters follow) or `ESC O` (one more byte does).
    Control,
    Single,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Page {
    line: String,
    /// The first bytes of a letter of several.
    partial: Vec<u8>,
    sequence: Sequence,
    too_long: bool,
    /// The prompt is there, and nothing was written after the line.
    shown: bool,
    held: Vec<String>,
    /// Since when something is held back, and when the last key came.
    since: Option<Instant>,
    last_key: Instant,
}

impl Page {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            line: String::new(),
            partial: Vec::new(),
            sequence: Sequence::None,
            too_long: false,
            shown: false,
            held: Vec::new(),
            since: None,
            last_key: now,
        }
    }

    /// Something to tell: what is to be written now.
    pub(super) fn tell(&mut self, lines: impl IntoIterator<Item = String>, now: Instant, prompt: &str) -> String {
        self.held.extend(lines);
        if self.line.is_empty() || self.held.len() > HELD {
            return self.release(prompt);
        }
        if !self.held.is_empty() {
            self.since.get_or_insert(now);
        }
        String::new()
    }

    /// When what is held back is told though the line is not finished.
    pub(super) fn due(&self) -> Option<Instant> {
        self.since.map(|since| (self.last_key + QUIET).max(since).min(since + LONGEST))
    }

    /// Tells what is held back; the unfinished line begins anew below it.
    pub(super) fn release(&mut self, prompt: &str) -> String {
        self.since = None;
        if self.held.is_empty() {
            return String::new();
        }
        let mut out = if std::mem::take(&mut self.shown) { "\n".to_owned() } else { String::new() };
        for line in self.held.drain(..) {
            out.push_str(&line);
            out.push('\n');
        }
        if !self.line.is_empty() {
            out.push_str(&self.again(prompt));
        }
        out
    }

    /// The prompt and the line so far.
    pub(super) fn again(&mut self, prompt: &str) -> String {
        self.shown = true;
        format!("{prompt}{}", self.line)
    }

    /// Takes one byte from the keyboard.
    pub(super) fn key(&mut self, byte: u8, now: Instant, prompt: &str) -> Key {
        self.last_key = now;
        match (self.sequence, byte) {
            (_, 0x1b) => self.sequence = Sequence::Escape,
            (Sequence::Escape, b'[') => self.sequence = Sequence::Control,
            (Sequence::Escape, b'O') => self.sequence = Sequence::Single,
            (Sequence::Control, 0x40..=0x7e) | (Sequence::Single, _) => self.sequence = Sequence::None,
            (Sequence::Control, _) => {}
            (Sequence::None | Sequence::Escape, _) => {
                self.sequence = Sequence::None;
                return self.typed(byte, prompt);
            }
        }
        Key::Write(String::new())
    }

    fn typed(&mut self, byte: u8, prompt: &str) -> Key {
        Key::Write(match byte {
            b'\n' | b'\r' => return self.enter(prompt),
            0x04 if self.line.is_empty() => return Key::End,
            0x7f | 0x08 => self.erase(1),
            // Ctrl-U, Ctrl-W, Ctrl-R: as the terminal itself does them.
            0x15 if !self.line.is_empty() => {
                self.line.clear();
                self.shown = false;
                "\n".into()
            }
            0x17 => {
                let word = self.line.trim_end().rfind(' ').map_or(0, |at| at + 1);
                let letters = self.line.get(word..).map_or(0, |w| w.graphemes(true).count());
                self.erase(letters)
            }
            0x12 if self.shown => format!("\n{}", self.again(prompt)),
            b'\t' => self.letters(" ", prompt),
            0..0x20 => String::new(),
            0x20..0x80 => self.letters(char::from(byte).encode_utf8(&mut [0; 4]), prompt),
            0x80.. => {
                self.partial.push(byte);
                match std::str::from_utf8(&self.partial) {
                    Ok(letter) => {
                        let letter = clean(letter);
                        self.partial.clear();
                        self.letters(&letter, prompt)
                    }
                    // It may go on.
                    Err(e) if e.error_len().is_none() && self.partial.len() < 4 => String::new(),
                    Err(_) => {
                        self.partial.clear();
                        String::new()
                    }
                }
            }
        })
    }

    fn letters(&mut self, letters: &str, prompt: &str) -> String {
        self.partial.clear();
        if letters.is_empty() || self.line.len() + letters.len() > MAX_LINE {
            self.too_long |= !letters.is_empty();
            return String::new();
        }
        let begins = !self.shown;
        self.line.push_str(letters);
        if begins { self.again(prompt) } else { letters.to_owned() }
    }

    fn erase(&mut self, letters: usize) -> String {
        let mut cells = 0;
        for _ in 0..letters {
            let Some((at, last)) = self.line.grapheme_indices(true).next_back() else { break };
            cells += last.width();
            self.line.truncate(at);
        }
        "\u{8} \u{8}".repeat(cells)
    }

    fn enter(&mut self, prompt: &str) -> Key {
        if self.line.is_empty() {
            // To whom does one write? Enter alone says so.
            let end = if self.shown { "\n" } else { "" };
            return Key::Write(format!("{end}{}", self.again(prompt)));
        }
        let line = std::mem::take(&mut self.line);
        self.shown = false;
        let input = if std::mem::take(&mut self.too_long) { Input::TooLong } else { Input::Line(line) };
        let mut out = "\n".to_owned();
        out.push_str(&self.release(prompt));
        Key::Line(out, input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Desk {
        page: Page,
        now: Instant,
        written: String,
        lines: Vec<Input>,
    }

    impl Desk {
        fn new() -> Self {
            let now = Instant::now();
            Self { page: Page::new(now), now, written: String::new(), lines: Vec::new() }
        }

        fn keys(&mut self, keys: &str) -> &mut Self {
            for byte in keys.bytes() {
                match self.page.key(byte, self.now, "to all> ") {
                    Key::Write(s) => self.written += &s,
                    Key::Line(s, line) => {
                        self.written += &s;
                        self.lines.push(line);
                    }
                    Key::End => self.written += "<end>",
                }
            }
            self
        }

        fn happens(&mut self, line: &str) -> &mut Self {
            let out = self.page.tell([line.to_owned()], self.now, "to all> ");
            self.written += &out;
            self
        }

        fn later(&mut self, by: Duration) -> &mut Self {
            self.now += by;
            if self.page.due().is_some_and(|due| due <= self.now) {
                let out = self.page.release("to all> ");
                self.written += &out;
            }
            self
        }
    }

    #[test]
    fn what_happens_waits_for_the_line_that_is_being_typed() {
        let mut d = Desk::new();
        d.happens("Ana joined.").keys("hel").happens("Ben joined.").later(Duration::from_secs(2)).keys("lo\r");
        assert_eq!(d.written, "Ana joined.\nto all> hello\nBen joined.\n");
        assert_eq!(d.lines, [Input::Line("hello".into())]);
    }

    #[test]
    fn who_stops_typing_hears_it_and_finds_the_line_whole_below() {
        let mut d = Desk::new();
        d.keys("hel").happens("Ben joined.").later(QUIET).keys("lo\r");
        assert_eq!(d.written, "to all> hel\nBen joined.\nto all> hello\n");
        // However fast somebody types, it comes in time; and a flood comes at once.
        let mut d = Desk::new();
        d.keys("x").happens("Ben joined.");
        for _ in 0..7 {
            d.later(Duration::from_secs(2)).keys("x");
        }
        assert!(!d.written.contains("Ben"), "{}", d.written);
        d.later(Duration::from_secs(2));
        assert!(d.written.ends_with("\nBen joined.\nto all> xxxxxxxx"), "{}", d.written);
        for _ in 0..=HELD {
            d.happens("noise");
        }
        assert_eq!(d.written.matches("noise\n").count(), HELD + 1);
        assert!(d.written.ends_with("noise\nto all> xxxxxxxx"));
    }

    #[test]
    fn letters_are_erased_as_a_terminal_does_and_function_keys_write_nothing() {
        let mut d = Desk::new();
        d.keys("k\u{14d}\u{7f}o\u{1b}[A\u{1b}OP\u{1b}[1;5Cre\u{7}\u{202e} ab cd\u{17}\u{17}ro\r");
        assert_eq!(d.lines, [Input::Line("kore ro".into())]);
        assert!(!d.written.contains('\u{1b}') && !d.written.contains('\u{202e}'));
        assert!(d.written.starts_with("to all> k\u{14d}\u{8} \u{8}ore"), "{:?}", d.written);
        let mut d = Desk::new();
        d.keys("語\u{7f}\u{15}\u{12}\u{4}");
        assert_eq!(d.written, "to all> 語\u{8} \u{8}\u{8} \u{8}\nto all> <end>");
    }

    #[test]
    fn enter_alone_says_to_whom_and_an_event_does_not_repeat_it() {
        let mut d = Desk::new();
        d.keys("\r").happens("Ben joined.").happens("Ben left.").keys("wrong\u{15}right\r");
        assert_eq!(d.written, "to all> \nBen joined.\nBen left.\nto all> wrong\nto all> right\n");
    }

    #[test]
    fn a_line_is_bounded_and_bytes_that_are_no_text_are_none() {
        let mut d = Desk::new();
        d.keys(&"x".repeat(MAX_LINE + 5)).keys("\rok\r");
        assert_eq!(d.lines, [Input::TooLong, Input::Line("ok".into())]);
        for byte in [0xff, 0xc3, b'a', 0xe2, 0x82, b'b', b'\r'] {
            if let Key::Line(_, line) = d.page.key(byte, d.now, "") {
                d.lines.push(line);
            }
        }
        assert_eq!(d.lines[2], Input::Line("ab".into()));
    }
}

//! One line of text with a caret.

use unicode_segmentation::UnicodeSegmentation;

/// A line under edit: clean text, never longer than [`crate::text::MAX_CHAT`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Editor {
    text: String,
    /// A byte offset at a grapheme boundary.
    caret: usize,
}

/// A change to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    Left,
    Right,
    Home,
    End,
    Backspace,
    Delete,
    DeleteWord,
    Clear,
}

impl Editor {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn before(&self) -> &str {
        self.text.get(..self.caret).unwrap_or_default()
    }

    pub(crate) fn after(&self) -> &str {
        self.text.get(self.caret..).unwrap_or_default()
    }

    /// Puts text in at the caret; `false` if some of it did not fit.
    pub(crate) fn insert(&mut self, text: &str) -> bool {
        let clean = crate::text::clean(text);
        let room = crate::text::MAX_CHAT.saturating_sub(self.text.len());
        let cut = clean.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room).last().unwrap_or(0);
        let fits = clean.get(..cut).unwrap_or_default();
        self.text.insert_str(self.caret, fits);
        self.caret += fits.len();
        fits.len() == clean.len()
    }

    /// Puts pasted text in. What is pasted is always text: where it would make the line a command, a second slash goes
    /// before it (`//text` sends text that begins with a slash), unless the whole name of the command was typed.
    pub(crate) fn paste(&mut self, text: &str) -> bool {
        let typed_command = self.before().starts_with('/') && self.before().contains(' ');
        let fits = self.insert(text);
        let spaces = self.text.len() - self.text.trim_start().len();
        let rest = self.text.trim_start();
        if rest.starts_with('/') && !rest.starts_with("//") && !typed_command {
            self.text.replace_range(..spaces, "/");
            self.caret = (self.caret + 1).saturating_sub(spaces).min(self.text.len());
        }
        fits
    }

    pub(crate) fn take(&mut self) -> String {
        self.caret = 0;
        std::mem::take(&mut self.text)
    }

    pub(crate) fn edit(&mut self, edit: Edit) {
        let left = self.before().grapheme_indices(true).next_back().map_or(0, |(at, _)| at);
        let right = self.after().graphemes(true).next().map_or(self.caret, |g| self.caret + g.len());
        match edit {
            Edit::Left => self.caret = left,
            Edit::Right => self.caret = right,
            Edit::Home => self.caret = 0,
            Edit::End => self.caret = self.text.len(),
            Edit::Backspace => self.cut(left),
            Edit::Delete => self.text.replace_range(self.caret..right, ""),
            Edit::DeleteWord => self.cut(self.before().trim_end().rfind(' ').map_or(0, |at| at + 1)),
            Edit::Clear => self.cut(0),
        }
    }

    fn cut(&mut self, from: usize) {
        self.text.replace_range(from..self.caret, "");
        self.caret = from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_by_grapheme() {
        let mut e = Editor::default();
        e.insert("kōrero 👨‍👩‍👧 x");
        e.edit(Edit::Backspace);
        e.edit(Edit::Backspace);
        e.edit(Edit::Backspace);
        assert_eq!(e.text(), "kōrero ");
        e.insert("\x1b[2Jtwo");
        e.edit(Edit::DeleteWord);
        assert_eq!(e.text(), "kōrero ");
        e.edit(Edit::Home);
        e.edit(Edit::Delete);
        e.edit(Edit::Right);
        e.insert("X");
        assert_eq!((e.before(), e.after()), ("ōX", "rero "));
        e.insert(&"y".repeat(10_000));
        assert_eq!(e.text().len(), crate::text::MAX_CHAT);
    }

    #[test]
    fn what_is_pasted_is_text() {
        let pasted = |typed: &str, paste: &str| {
            let mut e = Editor::default();
            e.insert(typed);
            e.paste(paste);
            e.take()
        };
        assert_eq!(pasted("", "/mute off"), "//mute off");
        assert_eq!(pasted("", "  /mute off"), "//mute off");
        assert_eq!(pasted(" ", "/mute off"), "//mute off");
        assert_eq!(pasted("/", "mute off"), "//mute off");
        assert_eq!(pasted("/mu", "te off"), "//mute off");
        assert_eq!(pasted("/msg ana ", "hello"), "/msg ana hello");
        assert_eq!(pasted("see ", "/etc"), "see /etc");
        assert_eq!(pasted("", "a\nb"), "a b");
    }
}

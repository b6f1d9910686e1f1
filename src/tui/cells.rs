//! Text measured in terminal cells: wide CJK letters take two, combining marks none, and a cut never splits a grapheme.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The most characters one grapheme may be made of; a pile of combining marks is cut. The longest emoji have ten.
const MAX_GRAPHEME: usize = 12;

/// Cells that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.graphemes(true).map(|g| g.width()).sum()
}

/// `text`, cut with `mark` at its end if it takes more than `cells`.
pub(crate) fn fit(text: &str, cells: usize, mark: &str) -> String {
    let text: String = text.graphemes(true).map(bounded).collect();
    if width(&text) <= cells {
        return text;
    }
    let room = cells.saturating_sub(width(mark));
    let mut out = head(&text, room).to_owned();
    if width(mark) <= cells {
        out.push_str(mark);
    }
    out
}

/// As [`fit`], filled with spaces to exactly `cells`.
pub(crate) fn pad(text: &str, cells: usize, mark: &str) -> String {
    let mut out = fit(text, cells, mark);
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(width(&out))));
    out
}

/// The longest beginning of `text` that takes at most `cells`.
fn head(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, g) in text.grapheme_indices(true) {
        used += g.width();
        if used > cells {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

fn bounded(g: &str) -> &str {
    g.char_indices().nth(MAX_GRAPHEME).map_or(g, |(at, _)| g.get(..at).unwrap_or(g))
}

/// `text` in lines of at most `cells` (at least two, so that wide letters fit), broken at spaces where it can be.
pub(crate) fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(2);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in text.split_inclusive(' ') {
        let word = piece.trim_end();
        if used + width(word) > cells && used > 0 {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        for g in piece.graphemes(true).map(bounded) {
            if g == " " && used == cells {
                continue;
            }
            if used + g.width() > cells {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(g);
            used += g.width();
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_and_lines_are_measured_in_cells() {
        assert_eq!(fit("Ana", 3, "…"), "Ana");
        assert_eq!(fit("Anahera", 4, "…"), "Ana…");
        assert_eq!(fit("日本語", 5, "…"), "日本…");
        assert_eq!(pad("日本語", 6, "…"), "日本語");
        assert_eq!(pad("日本語", 4, "…"), "日… ");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
        assert!(fit(&format!("a{}", "\u{301}".repeat(10_000)), 5, "…").len() < 40);
        for family in ["👨‍👩‍👧‍👦", "日本語", "kōrero", "e\u{301}"] {
            assert!(wrap(&family.repeat(50), 7).iter().all(|l| width(l) <= 7), "{family}");
        }
    }
}

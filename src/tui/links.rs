//! Links in messages, for terminals that are known to open them (OSC 8). The target is always the very text that is shown, whole:
//! a message cannot show one address and lead to another.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use std::fmt::Write as _;

/// A piece of a link as it stands on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    x: u16,
    y: u16,
    shown: String,
    target: String,
}

/// The longest target: longer ones are no links.
const MAX: usize = 2000;

/// The links of an area, each on one line. One that is broken over lines is left as it is.
pub(crate) fn find(buffer: &Buffer, area: Rect) -> Vec<Piece> {
    let mut found = Vec::new();
    for y in area.top()..area.bottom() {
        let cell = |x: u16| buffer.cell((x, y)).map_or(" ", |c| c.symbol());
        let mut x = area.left();
        while x < area.right() {
            let end = (x..area.right()).find(|x| matches!(cell(*x), " " | "<" | ">")).unwrap_or(area.right());
            let plain = (x..end).all(|x| is_of_a_link(cell(x)));
            let word: String = (x..end).map(cell).collect();
            // What reaches the edge may go on in the next line.
            if let Some(at) = begins(&word).filter(|_| plain && end < area.right()) {
                let shown = word
                    .get(at..)
                    .unwrap_or_default()
                    .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'', '"'])
                    .to_owned();
                let style = buffer.cell((x + at as u16, y)).map(|c| (c.modifier.is_empty(), c.fg));
                // It is written anew in the plain style.
                let is_plain = matches!(style, Some((true, Color::Reset | Color::White)));
                if is_plain && shown.len() > "https://".len() && shown.len() < MAX {
                    found.push(Piece { x: x + at as u16, y, target: shown.clone(), shown });
                }
            }
            x = end.max(x) + 1;
        }
    }
    found
}

fn begins(word: &str) -> Option<usize> {
    ["https://", "http://"].iter().filter_map(|scheme| word.find(scheme)).min()
}

/// Printable ASCII alone: a target with anything else could look like another one.
fn is_of_a_link(symbol: &str) -> bool {
    matches!(symbol.as_bytes(), [c] if c.is_ascii_graphic())
}

/// The bytes that make links of what stands there; the cursor is where it was before.
pub(crate) fn sequence(pieces: &[Piece], style: &str) -> String {
    let mut out = String::new();
    if pieces.is_empty() {
        return out;
    }
    out.push_str("\x1b7");
    for Piece { x, y, shown, target } in pieces {
        let _ = write!(out, "\x1b[{};{}H{style}\x1b]8;;{target}\x1b\\{shown}\x1b]8;;\x1b\\", y + 1, x + 1);
    }
    out.push_str("\x1b8");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_where_it_says_and_nowhere_else() {
        let area = Rect::new(0, 0, 46, 3);
        let mut buffer = Buffer::empty(area);
        buffer.set_string(2, 0, "<Ana> see (https://example.org/a?b=1#c).", ratatui::style::Style::new());
        buffer.set_string(0, 1, "https://example.org/that-is-too-long-for-the-line-here", ratatui::style::Style::new());
        buffer.set_string(0, 2, "https:// https://ex\u{430}mple.org javascript:x", ratatui::style::Style::new());
        let found: Vec<_> = find(&buffer, area).into_iter().map(|p| (p.x, p.y, p.shown)).collect();
        assert_eq!(found, [(13, 0, "https://example.org/a?b=1#c".into())]);
        let text = sequence(&find(&buffer, Rect { height: 1, ..area }), "\x1b[0m");
        let link = "\x1b]8;;https://example.org/a?b=1#c\x1b\\https://example.org/a?b=1#c\x1b]8;;\x1b\\";
        assert_eq!(text, format!("\x1b7\x1b[1;14H\x1b[0m{link}\x1b8"));
        assert_eq!(sequence(&[], ""), "");
    }
}

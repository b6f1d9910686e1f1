//! The rooms where one was before: choose one, type or paste the link of another, or take one from the list.

use super::screen::Screen;
use super::theme::Theme;
use super::{Options, cells};
use crate::i18n::tr;
use crate::protocol::control::Secret;
use crate::text::clean;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use std::io;
use zeroize::Zeroizing;

/// The longest link that is taken, in bytes.
const MAX_LINK: usize = 4096;

/// One room, in words.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    /// Its name.
    pub title: String,
    /// Where it is, and when it was joined.
    pub detail: String,
    /// What is needed beside this entry: a sentence.
    pub missing: Option<String>,
}

/// How it ends.
#[derive(Debug)]
pub enum Choice {
    /// Into this room of the list, counted from 0.
    Room(usize),
    /// Into a room by its link, which may carry a secret.
    Link(Secret),
    /// Away.
    Leave,
}

/// What a key asks for.
enum Wish {
    End(Choice),
    /// The room goes from the list.
    Remove(usize),
}

/// A link under edit.
struct Typing {
    text: Zeroizing<String>,
    /// The room without its secret, if one was chosen.
    room: Option<usize>,
}

struct List {
    theme: Theme,
    /// With their places in what was given.
    entries: Vec<(usize, Entry)>,
    /// What to do where there is nothing, a sentence a line.
    advice: Vec<String>,
    at: usize,
    typing: Option<Typing>,
    said: String,
}

/// Shows the rooms until the user decides. `remove` takes one out for good, and says what became of it. Blocks.
///
/// # Errors
/// The terminal cannot be used.
pub fn run(
    options: &Options,
    entries: Vec<Entry>,
    advice: Vec<String>,
    mut remove: impl FnMut(usize) -> String,
) -> io::Result<Choice> {
    let mut screen = Screen::take(options)?;
    let mut list = List::new(options.theme, entries, advice);
    loop {
        screen.terminal.draw(|frame| list.draw(frame))?;
        let wish = match crossterm::event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => list.key(key),
            Event::Paste(text) => {
                list.paste(&text);
                None
            }
            _ => None,
        };
        match wish {
            Some(Wish::End(choice)) => return Ok(choice),
            Some(Wish::Remove(room)) => list.removed(room, remove(room)),
            None => {}
        }
    }
}

impl List {
    fn new(theme: Theme, entries: Vec<Entry>, advice: Vec<String>) -> Self {
        let entries = entries.into_iter().enumerate().collect();
        Self { theme, entries, advice, at: 0, typing: None, said: String::new() }
    }

    fn key(&mut self, key: KeyEvent) -> Option<Wish> {
        self.said.clear();
        if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
            return Some(Wish::End(Choice::Leave));
        }
        if self.typing.is_some() {
            return self.type_key(key);
        }
        let last = self.entries.len().saturating_sub(1);
        let here = self.entries.get(self.at);
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => self.at = self.at.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.at = (self.at + 1).min(last),
            KeyCode::PageUp => self.at = self.at.saturating_sub(10),
            KeyCode::PageDown => self.at = (self.at + 10).min(last),
            KeyCode::Home => self.at = 0,
            KeyCode::End => self.at = last,
            KeyCode::Char('n') => self.typing = Some(Typing { text: Zeroizing::default(), room: None }),
            KeyCode::Delete => return here.map(|(place, _)| Wish::Remove(*place)),
            KeyCode::Esc | KeyCode::Char('q') | KeyCode::F(10) => return Some(Wish::End(Choice::Leave)),
            KeyCode::Enter => match here {
                Some((place, entry)) if entry.missing.is_none() => return Some(Wish::End(Choice::Room(*place))),
                Some((place, _)) => self.typing = Some(Typing { text: Zeroizing::default(), room: Some(*place) }),
                None => self.typing = Some(Typing { text: Zeroizing::default(), room: None }),
            },
            _ => {}
        }
        None
    }

    fn type_key(&mut self, key: KeyEvent) -> Option<Wish> {
        let typing = self.typing.as_mut()?;
        match key.code {
            KeyCode::Esc => self.typing = None,
            KeyCode::Backspace => drop(typing.text.pop()),
            KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => typing.text = Zeroizing::default(),
            KeyCode::Char(c) if !c.is_control() && typing.text.len() + c.len_utf8() <= MAX_LINK => typing.text.push(c),
            KeyCode::Enter => {
                let text = Zeroizing::new(typing.text.trim().to_owned());
                return match (typing.room, text.is_empty()) {
                    (Some(room), true) => Some(Wish::End(Choice::Room(room))),
                    (None, true) => None,
                    (_, false) => Some(Wish::End(Choice::Link(Secret(text)))),
                };
            }
            _ => {}
        }
        None
    }

    /// What is pasted is a link, wherever the cursor is.
    fn paste(&mut self, text: &str) {
        let typing = self.typing.get_or_insert_with(|| Typing { text: Zeroizing::default(), room: None });
        let room = MAX_LINK.saturating_sub(typing.text.len());
        let clean = Zeroizing::new(clean(text));
        let fits = clean.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room).last().unwrap_or(0);
        typing.text.push_str(clean.get(..fits).unwrap_or_default());
    }

    fn removed(&mut self, room: usize, said: String) {
        self.entries.retain(|(place, _)| *place != room);
        self.at = self.at.min(self.entries.len().saturating_sub(1));
        self.said = said;
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        frame.buffer_mut().set_style(area, self.theme.plain());
        let cells = usize::from(area.width.saturating_sub(2)).max(1);
        let mark = self.theme.ellipsis();
        let mut put = |row: u16, text: &str, style| {
            if row < area.height {
                let text = cells::fit(&clean(text), cells, mark);
                frame.buffer_mut().set_stringn(area.x + 1, area.y + row, text, cells, style);
            }
        };
        put(0, &tr!("rooms-head"), self.theme.heading());
        let rows = usize::from(area.height.saturating_sub(2)).max(1);
        let mut cursor = Position { x: area.x + 1, y: area.y };
        let bottom = area.height.saturating_sub(1);
        if let Some(typing) = &self.typing {
            let missing = typing.room.and_then(|room| self.entries.iter().find(|(place, _)| *place == room));
            let why = missing.and_then(|(_, e)| e.missing.as_ref().map(|why| format!("{}: {why}.", e.title)));
            let why = why.unwrap_or_else(|| tr!("rooms-type"));
            let lines = cells::wrap(&clean(&why), cells);
            // The end of what is typed must be seen, and the line below it what to do.
            let lines: Vec<&String> = lines.iter().take(rows.saturating_sub(1)).collect();
            lines.iter().zip(1..).for_each(|(line, row)| put(row, line, self.theme.plain()));
            let row = u16::try_from(lines.len() + 1).unwrap_or(1).min(bottom);
            let shown = tail(&shown(&typing.text), cells.saturating_sub(3));
            put(row, &format!("> {shown}"), self.theme.heading());
            cursor = Position { x: area.x + 3 + u16::try_from(cells::width(&shown)).unwrap_or(0), y: area.y + row };
            put(bottom, &self.keys(cells), self.theme.heading());
            frame.set_cursor_position(within(cursor, area));
            return;
        }
        if self.entries.is_empty() {
            let lines = self.advice.iter().flat_map(|line| cells::wrap(line, cells));
            lines.take(rows).zip(1..).for_each(|(line, row)| put(row, &line, self.theme.plain()));
        }
        let top = self.at.saturating_sub(rows.saturating_sub(1));
        for ((at, (_, entry)), row) in self.entries.iter().enumerate().skip(top).take(rows).zip(1..) {
            let here = at == self.at;
            let text = format!("{} {}  {}", if here { ">" } else { " " }, entry.title, entry.detail);
            put(row, &text, if here { self.theme.selected() } else { self.theme.plain() });
            if here {
                cursor.y = area.y + row;
            }
        }
        let said = if self.said.is_empty() { self.keys(cells) } else { self.said.clone() };
        put(bottom, &said, self.theme.heading());
        frame.set_cursor_position(within(cursor, area));
    }

    /// What the keys do, as far as there is room to say it.
    fn keys(&self, cells: usize) -> String {
        let all = match (&self.typing, self.entries.is_empty()) {
            (Some(Typing { room: Some(_), .. }), _) => {
                vec![tr!("rooms-keys-missing"), tr!("rooms-keys-link-short"), tr!("rooms-keys-link-bare")]
            }
            (Some(_), _) => vec![tr!("rooms-keys-link"), tr!("rooms-keys-link-short"), tr!("rooms-keys-link-bare")],
            (None, true) => vec![tr!("rooms-keys-none"), tr!("rooms-keys-none-short")],
            (None, false) => vec![tr!("rooms-keys"), tr!("rooms-keys-short"), tr!("rooms-keys-bare")],
        };
        all.iter().find(|text| cells::width(text) <= cells).or(all.last()).cloned().unwrap_or_default()
    }
}

fn within(at: Position, area: Rect) -> Position {
    Position { x: at.x.min(area.right().saturating_sub(1)), y: at.y.min(area.bottom().saturating_sub(1)) }
}

/// A link as it may be seen: what comes after `#` may be a secret.
fn shown(link: &str) -> String {
    match link.split_once('#') {
        Some((open, hidden)) => format!("{open}#{}", "*".repeat(hidden.chars().count())),
        None => link.to_owned(),
    }
}

/// The end of a text.
fn tail(text: &str, cells: usize) -> String {
    let skip = text.chars().count().saturating_sub(cells);
    text.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Look;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    fn list(n: usize) -> List {
        let entry = |n: usize| Entry {
            title: if n == 1 { "k\u{14d}rero\x1b[2J\u{202E}x".into() } else { format!("board-{n}") },
            detail: "meet.example.org, as Ana Ng\u{101}ta, 3 times, last on 2026-11-27 10:02".into(),
            missing: (n == 2)
                .then(|| "the link had the room's secret in it: paste the whole link, or wait to be let in".to_owned()),
        };
        let advice = ["You were in no room yet.", "conclave demo is a call on this machine."].map(str::to_owned);
        List::new(Theme { look: Look::Mono, utf8: true }, (0..n).map(entry).collect(), advice.to_vec())
    }

    fn press(list: &mut List, codes: &[KeyCode]) -> Option<Wish> {
        codes.iter().fold(None, |_, code| list.key((*code).into()))
    }

    fn sizes(list: &List) -> String {
        let sizes = [(80, 24), (60, 20), (40, 12), (20, 5), (1, 1)].map(|(width, height)| {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| list.draw(frame)).unwrap();
            let at = terminal.get_cursor_position().unwrap();
            format!("{width}x{height}, cursor {},{}\n{}", at.x, at.y, terminal.backend())
        });
        sizes.join("\n")
    }

    #[test]
    fn the_list_of_rooms_in_every_size() {
        let mut some = list(30);
        press(&mut some, &[KeyCode::Down, KeyCode::Down, KeyCode::Down, KeyCode::Down]);
        insta::assert_snapshot!("rooms", sizes(&some));
        insta::assert_snapshot!("rooms_none", sizes(&list(0)));
        let mut typed = list(3);
        press(&mut typed, &[KeyCode::Down, KeyCode::Down, KeyCode::Enter]);
        typed.paste("https://meet.example.org/board#k=c2Vj\x1b[2J\n");
        insta::assert_snapshot!("rooms_link", sizes(&typed));
    }

    #[test]
    fn what_the_keys_do_fits_in_every_language() {
        use crate::i18n::{Lang, with};
        let mut typed = list(3);
        press(&mut typed, &[KeyCode::End, KeyCode::Enter]);
        let mut link = list(3);
        press(&mut link, &[KeyCode::Char('n')]);
        for lang in Lang::ALL {
            for (list, room) in [&list(3), &list(0), &typed, &link].into_iter().flat_map(|l| [78, 38, 18].map(|room| (l, room))) {
                let keys = with(lang, || list.keys(room));
                assert!(cells::width(&keys) <= room, "{lang:?} {room}: {keys}");
            }
        }
    }

    #[test]
    fn a_room_is_chosen_and_a_secret_is_asked_for_where_one_is_missing() {
        let mut l = list(3);
        assert!(matches!(press(&mut l, &[KeyCode::Down, KeyCode::Enter]), Some(Wish::End(Choice::Room(1)))));
        assert!(press(&mut l, &[KeyCode::End, KeyCode::Enter]).is_none());
        assert!(matches!(press(&mut l, &[KeyCode::Enter]), Some(Wish::End(Choice::Room(2)))), "without it");
        l.paste("https://h/board-2#k=abc");
        assert!(
            matches!(press(&mut l, &[KeyCode::Enter]), Some(Wish::End(Choice::Link(Secret(s)))) if *s == "https://h/board-2#k=abc")
        );
        assert!(press(&mut l, &[KeyCode::Esc]).is_none());
        assert!(matches!(press(&mut l, &[KeyCode::Esc]), Some(Wish::End(Choice::Leave))));
    }

    #[test]
    fn a_room_is_taken_from_the_list() {
        let mut l = list(3);
        let Some(Wish::Remove(room)) = press(&mut l, &[KeyCode::Down, KeyCode::Delete]) else { panic!("nothing was removed") };
        l.removed(room, "gone".into());
        assert!(press(&mut l, &[KeyCode::Enter]).is_none(), "the one after it wants its secret");
        assert!(l.typing.as_ref().is_some_and(|t| t.room == Some(2)));
        let mut none = list(0);
        assert!(press(&mut none, &[KeyCode::Delete, KeyCode::Down, KeyCode::PageUp, KeyCode::End]).is_none());
        for c in "nq".chars() {
            assert!(press(&mut none, &[KeyCode::Char(c)]).is_none(), "q is a letter of the link");
        }
        assert_eq!(none.typing.as_ref().map(|t| t.text.as_str()), Some("q"));
        none.paste(&"y".repeat(10_000));
        assert_eq!(none.typing.as_ref().map(|t| t.text.len()), Some(MAX_LINK));
    }
}

//! The look in the mirror before a call: what name the others will see, how the link protects the room, how loud the voice is.
//! Nothing is sent anywhere; the devices are given back before the call opens its own.

use super::screen::Screen;
use super::theme::Theme;
use super::{Options, cells};
use crate::i18n::tr;
use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::StreamExt;
use ratatui::Frame;
use ratatui::layout::Position;
use std::io;
use tokio::sync::{mpsc, watch};

/// What is known of the microphone and the loudspeaker.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sound {
    /// Each end in a sentence.
    pub lines: Vec<String>,
    /// How loud the voice was in the last second, in words.
    pub level: String,
    /// The test tone can be played.
    pub can_play: bool,
}

/// How the user goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Into the call.
    Join,
    /// Away.
    Leave,
}

/// What is shown.
struct Mirror<'a> {
    theme: Theme,
    facts: &'a [String],
    sound: Sound,
}

/// Shows `facts` and what is heard until the user decides; each message to `tone` plays the test tone once.
///
/// # Errors
/// The terminal cannot be used.
pub async fn run(
    options: &Options,
    facts: &[String],
    mut sound: watch::Receiver<Sound>,
    tone: mpsc::Sender<()>,
) -> io::Result<Decision> {
    let mut screen = Screen::take(options)?;
    let mut keyboard = EventStream::new();
    let mut mirror = Mirror { theme: options.theme, facts, sound: sound.borrow_and_update().clone() };
    loop {
        screen.terminal.draw(|frame| mirror.draw(frame))?;
        tokio::select! {
            event = keyboard.next() => match event {
                Some(Ok(Event::Key(key))) if key.kind != KeyEventKind::Release => match meaning(key) {
                    Some(Wish::Decide(decision)) => return Ok(decision),
                    // One that is still being played is enough.
                    Some(Wish::Tone) => drop(tone.try_send(())),
                    None => {}
                },
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(Decision::Leave),
            },
            Ok(()) = sound.changed() => mirror.sound = sound.borrow_and_update().clone(),
            () = screen.panicked() => return Ok(Decision::Leave),
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Decide(Decision),
    Tone,
}

fn meaning(key: KeyEvent) -> Option<Wish> {
    match key.code {
        KeyCode::Enter => Some(Wish::Decide(Decision::Join)),
        KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Wish::Decide(Decision::Leave)),
        KeyCode::Esc | KeyCode::Char('q') => Some(Wish::Decide(Decision::Leave)),
        KeyCode::Char('t') => Some(Wish::Tone),
        _ => None,
    }
}

impl Mirror<'_> {
    fn draw(&self, frame: &mut Frame<'_>) {
        let area = frame.area();
        frame.buffer_mut().set_style(area, self.theme.plain());
        let cells = usize::from(area.width.saturating_sub(2)).max(1);
        let keys = if self.sound.can_play { tr!("check-keys-tone") } else { tr!("check-keys") };
        // On a small screen the keys and the level count for more than the rest, and stand first there.
        let mut parts = vec![(tr!("check-head"), self.theme.heading()), (self.sound.level.clone(), self.theme.heading())];
        let rest = self.facts.iter().chain(&self.sound.lines).map(|line| (line.clone(), self.theme.plain()));
        if area.height < 12 {
            parts.insert(0, (keys, self.theme.heading()));
            parts.extend(rest);
        } else {
            parts.extend(rest);
            parts.push((String::new(), self.theme.plain()));
            parts.push((keys, self.theme.heading()));
        }
        let lines =
            parts.iter().flat_map(|(text, style)| cells::wrap(&crate::text::clean(text), cells).into_iter().map(|l| (l, *style)));
        for (row, (line, style)) in (area.y..area.bottom()).zip(lines) {
            frame.buffer_mut().set_stringn(area.x + 1, row, cells::fit(&line, cells, self.theme.ellipsis()), cells, style);
        }
        frame.set_cursor_position(Position { x: area.x + 1, y: area.y });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Look;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    #[test]
    fn what_is_seen_before_a_call_in_every_size() {
        let facts = [
            "You are Ana Ng\u{101}ta.",
            "The room: https://meet.example.org/board",
            "The server's key is named in the link\x1b[2J.",
        ]
        .map(str::to_owned);
        let sound = Sound {
            lines: vec!["Microphone: USB Headset.".into(), "Loudspeaker: USB Headset.".into()],
            level: "Your voice is good (-23 dBFS).".into(),
            can_play: true,
        };
        let mirror = Mirror { theme: Theme { look: Look::Mono, utf8: true }, facts: &facts, sound };
        let sizes = [(80, 24), (60, 20), (40, 12), (20, 5), (1, 1)].map(|(width, height)| {
            let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
            terminal.draw(|frame| mirror.draw(frame)).unwrap();
            format!("{width}x{height}\n{}", terminal.backend())
        });
        insta::assert_snapshot!(sizes.join("\n"));
    }

    #[test]
    fn only_enter_joins() {
        let means = |code: KeyCode| meaning(code.into());
        assert_eq!(means(KeyCode::Enter), Some(Wish::Decide(Decision::Join)));
        for code in [KeyCode::Char('y'), KeyCode::Char(' '), KeyCode::Tab] {
            assert_eq!(means(code), None);
        }
        assert_eq!(meaning(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Some(Wish::Decide(Decision::Leave)));
    }
}

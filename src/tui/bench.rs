//! What one change of the screen costs, for `cargo bench --bench redraw`: a whole drawing and the bytes that a terminal gets of it.

use super::app::App;
use super::theme::{Look, Theme};
use super::{Options, view};
use crate::call::{Envelope, Event, Peer, PeerId, PeerKind, SCHEMA_VERSION, Security, State};
use ratatui::backend::CrosstermBackend;
use ratatui::{Terminal, TerminalOptions, Viewport};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

/// Counts what is written.
#[derive(Debug, Clone, Default)]
struct Wire(Arc<AtomicUsize>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.fetch_add(bytes.len(), Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A call of some people and a full log on a screen of some size.
pub struct Screen {
    app: App,
    terminal: Terminal<CrosstermBackend<Wire>>,
    wire: Wire,
    seq: u64,
}

impl Screen {
    /// A drawn screen.
    ///
    /// # Errors
    /// None that is known: nothing is written anywhere.
    pub fn new(columns: u16, rows: u16, people: usize) -> io::Result<Self> {
        let options = Options::plain("meet.example.org", Theme { look: Look::Default, utf8: true }, true);
        let app = App::new(State::new("Me"), &options, Instant::now());
        let wire = Wire::default();
        let viewport = Viewport::Fixed(ratatui::layout::Rect::new(0, 0, columns, rows));
        let terminal = Terminal::with_options(CrosstermBackend::new(wire.clone()), TerminalOptions { viewport })?;
        let mut screen = Self { app, terminal, wire, seq: 0 };
        screen.happen(Event::Joined {
            room: "board-weekly".into(),
            me: PeerId("me".into()),
            name: "Me".into(),
            security: Security::TransportOnly,
            security_text: Security::TransportOnly.words().into(),
            passphrase: false,
            unavailable: Default::default(),
        });
        for n in 0..people {
            let peer = Peer { name: format!("Person {n}"), ..Peer::unnamed(PeerId(n.to_string()), PeerKind::Member) };
            screen.happen(Event::PeerJoined { peer, before_us: false });
        }
        screen.draw()?;
        Ok(screen)
    }

    fn happen(&mut self, event: Event) {
        self.seq += 1;
        let t = "2026-11-23T10:02:00.000Z".into();
        self.app.event(&Envelope { v: SCHEMA_VERSION, t, seq: self.seq, marking: None, event }, Instant::now());
    }

    fn draw(&mut self) -> io::Result<usize> {
        let before = self.wire.0.load(Relaxed);
        let mut metrics = self.app.metrics;
        self.terminal.draw(|frame| metrics = view::draw(frame, &self.app))?;
        self.app.metrics = metrics;
        Ok(self.wire.0.load(Relaxed) - before)
    }

    /// Somebody begins or stops speaking; how many bytes the terminal gets.
    ///
    /// # Errors
    /// As [`Screen::new`].
    pub fn speaks(&mut self, person: usize, on: bool) -> io::Result<usize> {
        self.happen(Event::Speaking { id: PeerId(person.to_string()), on });
        self.draw()
    }
}

impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Screen").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_speaker_is_at_most_two_kilobytes_on_the_wire() {
        for (columns, rows) in [(80, 24), (40, 12), (300, 80)] {
            let mut screen = Screen::new(columns, rows, 12).unwrap();
            for (person, on) in [(3, true), (3, false), (7, true), (8, true), (7, false)] {
                let bytes = screen.speaks(person, on).unwrap();
                assert!((1..=2048).contains(&bytes), "{columns}x{rows}: {bytes} bytes");
            }
            assert!(screen.speaks(8, true).unwrap() < 64, "nothing changes, and almost nothing is written");
        }
    }
}

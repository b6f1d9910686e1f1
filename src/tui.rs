//! The full-screen front end: people, chat, status, input, help.
//!
//! [`app`] is the whole of it without a terminal (events and keys in, requests out); [`view`] is a function from it to the
//! screen; [`keys`] decides what a key means at which focus; [`screen`] takes the terminal and gives it back. This file
//! joins them. The screen is drawn when something happened and at most once a minute otherwise: screen readers read every
//! change again. Where nobody asked for stillness, the level of an open microphone is drawn when it has changed.

mod alert;
mod app;
pub mod bench;
mod cells;
pub mod check;
mod editor;
pub mod keys;
mod links;
mod options;
pub mod rooms;
mod screen;
pub mod theme;
mod view;

use crate::call::engine::Outcome;
use crate::call::{Envelope, Event, Handle, LeaveReason};
use crate::exit::Exit;
use crate::front_end::{Ended, suspend};
use crate::i18n::tr;
use crate::os::signals;
use alert::Signal;
use app::{App, Leaving};
use crossterm::event::EventStream;
use futures_util::StreamExt;
use screen::Screen;
use std::io::{self, Write};
use std::time::Instant;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

pub use alert::Known;
pub use options::Options;
pub use theme::{Look, Theme};

/// Keys and events taken in before the screen is drawn again, so that a flood of either cannot keep it from being drawn.
const BATCH: usize = 256;

/// Shows a call until it is over, then gives the terminal back and prints what the call was and why it ended.
///
/// # Errors
/// The terminal cannot be used; the call goes on and another front end can take it.
pub async fn run(handle: Handle, options: Options) -> io::Result<Ended> {
    let (state, events) = handle.attach();
    if let Some((code, text)) = crate::front_end::over(&state) {
        let _ = writeln!(io::stdout(), "{}", crate::front_end::words::told(&text));
        return Ok(Ended::Left { code });
    }
    let zone = options.zone.clone();
    let mut app = App::new(state, &options, Instant::now());
    let mut shown = Shown { screen: Screen::take(&options)?, options, links: Vec::new(), title: String::new() };
    let result = show(&handle, events, &mut shown, &mut app).await;
    drop(shown);
    for line in app.state.summary.iter().flat_map(|s| crate::front_end::words::summary(s, &zone)) {
        let _ = writeln!(io::stdout(), "{line}");
    }
    let why = app.state.left.as_ref().map(|(_, text)| crate::front_end::words::told(text));
    let why = match (&result, why) {
        (_, Some(why)) => why,
        (Ok(Ended::Abandoned), None) => tr!("answer-abandoned"),
        _ => return result,
    };
    let _ = writeln!(io::stdout(), "{why}");
    result
}

/// The terminal, and what it was told beside the picture.
struct Shown {
    screen: Screen,
    options: Options,
    links: Vec<links::Piece>,
    title: String,
}

async fn show(
    handle: &Handle,
    mut events: tokio::sync::broadcast::Receiver<Envelope>,
    shown: &mut Shown,
    app: &mut App,
) -> io::Result<Ended> {
    // Keys are read once the terminal has said what it can do; they wait in its queue until then.
    let mut releases = std::pin::pin!(shown.screen.key_releases());
    let mut keyboard: Option<EventStream> = None;
    let mut asking = true;
    let mut stops = signals::Stops::stop();
    let mut stale = true;
    loop {
        if std::mem::replace(&mut stale, true) {
            app.measure(handle.level(), Instant::now());
            shown.draw(app)?;
        }
        let due = app.due();
        let wait = async {
            match due {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let key = async {
            match keyboard.as_mut() {
                Some(keyboard) => keyboard.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            event = events.recv() => match event {
                Ok(envelope) => {
                    if let Some(ended) = take(app, &envelope) {
                        return Ok(ended);
                    }
                    for _ in 0..BATCH {
                        match events.try_recv() {
                            Ok(envelope) => if let Some(ended) = take(app, &envelope) {
                                return Ok(ended);
                            },
                            Err(TryRecvError::Lagged(n)) => app.lagged(n, handle.state()),
                            Err(_) => break,
                        }
                    }
                }
                Err(RecvError::Lagged(n)) => app.lagged(n, handle.state()),
                Err(RecvError::Closed) => return Ok(Ended::Abandoned),
            },
            reported = &mut releases, if asking => {
                asking = false;
                app.keys.releases = reported;
                keyboard = Some(EventStream::new());
            }
            event = key => match event {
                Some(Ok(event)) => app.terminal(event, Instant::now()),
                Some(Err(_)) | None => return Ok(crate::front_end::gone(handle)),
            },
            () = wait => {
                let now = Instant::now();
                // A level that looks the same is not drawn again.
                stale = app.measure(handle.level(), now) | app.tick(now);
            }
            () = stops.next() => {
                if suspend::can_come_back() {
                    shown.screen.lend();
                    suspend::stop(handle).await;
                    shown.screen.reclaim()?;
                    app.came_back(Instant::now());
                } else {
                    app.answer(tr!("answer-not-stopped"));
                }
            }
            () = shown.screen.panicked() => {
                let text = "A fault of ours ended the call; it is reported above.".into();
                handle.end(Outcome { reason: LeaveReason::Failed, exit: Exit::Internal, text });
                return Ok(Ended::Fault);
            }
        }
        if std::mem::take(&mut app.suspend) {
            suspend::as_the_terminal_does();
        }
        for request in app.requests() {
            if !handle.send(request) {
                app.refused();
            }
        }
        if app.leaving == Some(Leaving::Now) {
            return Ok(Ended::Abandoned);
        }
    }
}

/// Takes an event in; the last one ends the front end.
fn take(app: &mut App, envelope: &Envelope) -> Option<Ended> {
    app.event(envelope, Instant::now());
    match envelope.event {
        Event::Left { code, .. } => Some(Ended::Left { code }),
        _ => None,
    }
}

impl Shown {
    fn draw(&mut self, app: &mut App) -> io::Result<()> {
        let signals = app.signals();
        if !self.screen.is_ours() {
            return Ok(());
        }
        if std::mem::take(&mut app.redraw) {
            // Not `clear`, which asks the terminal where its cursor is while the event stream reads the answer.
            let size = self.screen.terminal.size()?;
            self.screen.terminal.resize(size.into())?;
            self.links.clear();
        }
        let hyperlinks = self.options.known.hyperlinks;
        let mut links = Vec::new();
        let mut metrics = app.metrics;
        self.screen.terminal.draw(|frame| {
            metrics = view::draw(frame, app);
            if hyperlinks {
                links = links::find(frame.buffer_mut(), metrics.log);
            }
        })?;
        app.log.scroll = app.log.scroll.min(metrics.log_scroll);
        app.metrics = metrics;
        let mut beside: String = signals.iter().map(|signal| signal.sequence(self.options.known)).collect();
        if links != self.links {
            beside.push_str(&links::sequence(&links, app.theme.plain_sequence()));
            self.links = links;
        }
        if self.options.title {
            let title = view::title(app);
            if title != self.title {
                beside.push_str(&Signal::Title(title.clone()).sequence(self.options.known));
                self.title = title;
            }
        }
        if beside.is_empty() { Ok(()) } else { self.screen.say(&beside) }
    }
}

#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod pty_tests;
#[cfg(test)]
mod snapshot_tests;
#[cfg(test)]
mod truth;

//! The full-screen front end: people, chat, status, input, help.
//!
//! [`app`] is the whole of it without a terminal (events and keys in, requests out); [`view`] is a function from it to the
//! screen; [`keys`] decides what a key means at which focus; [`screen`] takes the terminal and gives it back. This file
//! joins them. The screen is drawn when something happened and at most once a minute otherwise: screen readers read every
//! change again. Where nobody asked for stillness, the level of an open microphone is drawn when it has changed.

mod app;
mod cells;
mod editor;
pub mod keys;
mod screen;
pub mod theme;
mod view;

use crate::call::engine::Outcome;
use crate::call::{Envelope, Event, Handle, LeaveReason};
use crate::exit::Exit;
use crate::front_end::{Ended, suspend};
use app::{App, Leaving};
use crossterm::event::EventStream;
use futures_util::StreamExt;
use jiff::tz::TimeZone;
use screen::Screen;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;
use tokio::signal::unix::signal;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

pub use theme::Theme;

/// Keys and events taken in before the screen is drawn again, so that a flood of either cannot keep it from being drawn.
const BATCH: usize = 256;

/// How the TUI shows a call.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server, as shown beside the room's name.
    pub host: String,
    /// Colours and characters.
    pub theme: Theme,
    /// A clock and figures once a minute. Off, nothing is drawn unless something happened, and changes of the own
    /// microphone are told in the log: for screen readers.
    pub motion: bool,
    /// Where standard error goes while the screen is ours; nowhere if `None`.
    pub log: Option<PathBuf>,
    /// The zone of the times shown.
    pub zone: TimeZone,
}

impl Options {
    /// As the environment asks for.
    pub fn new(host: &str) -> Self {
        let motion = std::env::var_os("BRLTTY").is_none() && std::env::var_os("TERM").is_none_or(|t| t != "dumb");
        Self { host: host.to_owned(), theme: Theme::from_env(), motion, log: None, zone: TimeZone::system() }
    }
}

/// Shows a call until it is over, then gives the terminal back and prints what the call was and why it ended.
///
/// # Errors
/// The terminal cannot be used; the call goes on and another front end can take it.
pub async fn run(handle: Handle, options: Options) -> io::Result<Ended> {
    let (state, events) = handle.attach();
    if let Some((code, text)) = crate::front_end::over(&state) {
        let _ = writeln!(io::stdout(), "{}", crate::front_end::words::sentence(&text));
        return Ok(Ended::Left { code });
    }
    let mut screen = Screen::take(options.log.as_deref())?;
    let zone = options.zone.clone();
    let mut app = App::new(state, &options.host, options.theme, options.motion, options.zone, Instant::now());
    let result = show(&handle, events, &mut screen, &mut app).await;
    drop(screen);
    for line in app.state.summary.iter().flat_map(|s| crate::front_end::words::summary(s, &zone)) {
        let _ = writeln!(io::stdout(), "{line}");
    }
    let why = app.state.left.as_ref().map(|(_, text)| crate::front_end::words::sentence(&crate::text::clean(text)));
    let why = match (&result, why) {
        (_, Some(why)) => why,
        (Ok(Ended::Abandoned), None) => "You left; the server did not answer in time.".into(),
        _ => return result,
    };
    let _ = writeln!(io::stdout(), "{why}");
    result
}

async fn show(
    handle: &Handle,
    mut events: tokio::sync::broadcast::Receiver<Envelope>,
    screen: &mut Screen,
    app: &mut App,
) -> io::Result<Ended> {
    // Keys are read once the terminal has said what it can do; they wait in its queue until then.
    let mut releases = std::pin::pin!(screen.key_releases());
    let mut keyboard: Option<EventStream> = None;
    let mut asking = true;
    let mut stops = signal(suspend::stop_signal()).ok();
    let mut stale = true;
    loop {
        if std::mem::replace(&mut stale, true) {
            app.metrics = draw(screen, app)?;
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
        let stopped = async {
            match stops.as_mut() {
                Some(stops) => stops.recv().await,
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
            Some(()) = stopped => {
                if suspend::can_come_back() {
                    screen.lend();
                    suspend::stop(handle).await;
                    screen.reclaim()?;
                    app.came_back(Instant::now());
                } else {
                    app.answer("No shell of this terminal could bring this program back, so it was not stopped.");
                }
            }
            () = screen.panicked() => {
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

fn draw(screen: &mut Screen, app: &mut App) -> io::Result<app::Metrics> {
    if !screen.is_ours() {
        return Ok(app.metrics);
    }
    if std::mem::take(&mut app.redraw) {
        // Not `clear`, which asks the terminal where its cursor is while the event stream reads the answer.
        let size = screen.terminal.size()?;
        screen.terminal.resize(size.into())?;
    }
    let mut metrics = app.metrics;
    screen.terminal.draw(|frame| metrics = view::draw(frame, app))?;
    app.scroll = app.scroll.min(metrics.log_scroll);
    Ok(metrics)
}

#[cfg(test)]
mod pty_tests;
#[cfg(test)]
mod snapshot_tests;
#[cfg(test)]
mod truth;

//! One connection to the control socket: bounded in what it may ask and in how long it may leave its end unread.

use super::FIRST_GUEST_ID;
use super::socket::{PENDING, WRITE_LIMIT};
use crate::call::engine::Interruption;
use crate::call::{Command, Event, Handle};
use crate::front_end::LEAVE_LIMIT;
use crate::front_end::stdio::{self, Input, Output};
use crate::json::{Stream, command};
use std::collections::HashMap;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

/// How long somebody who says nothing more gets the answers to what they said (`echo … | nc -U`).
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// What is counted over all guests.
#[derive(Debug)]
pub(super) struct Counts {
    /// Who looks at what the server sees.
    lookers: AtomicUsize,
    /// Front ends: the process's own, and those that are attached.
    windows: AtomicUsize,
}

impl Counts {
    pub(super) fn new(window: bool) -> Self {
        Self { lookers: AtomicUsize::new(0), windows: AtomicUsize::new(usize::from(window)) }
    }
}

/// Counts one more or one less; the number before.
fn shift(count: &AtomicUsize, on: bool) -> usize {
    if on { count.fetch_add(1, Ordering::SeqCst) } else { count.fetch_sub(1, Ordering::SeqCst) }
}

/// What somebody reads for whom there is no place.
pub(super) fn full() -> String {
    let text = "too many are connected to this call; close one and try again".into();
    Stream::default().own(Event::Error { code: "busy".into(), text, fatal: true }) + "\n"
}

/// A guest, until they go or the call ends.
pub(super) async fn guest(handle: Handle, input: UnixStream, output: UnixStream, counts: &Counts) {
    let mut guest =
        Guest { handle: &handle, counts, stream: Stream::default(), pending: HashMap::new(), looks: false, attached: false };
    guest.serve(input, output).await;
    let (looks, attached) = (guest.looks, guest.attached);
    if looks && shift(&counts.lookers, false) == 1 {
        handle.send(Command::Xray { on: false });
    }
    // Nobody sees any more whether the microphone is open.
    if attached && shift(&counts.windows, false) == 1 {
        handle.interrupt(Interruption::Unwatched).await;
    }
}

struct Guest<'a> {
    handle: &'a Handle,
    counts: &'a Counts,
    stream: Stream,
    /// Their numbers, by ours.
    pending: HashMap<u64, Option<u64>>,
    looks: bool,
    attached: bool,
}

/// What a line leads to.
enum Said {
    Nothing,
    Answer(String),
    Goes,
}

impl Guest<'_> {
    async fn serve(&mut self, input: UnixStream, output: UnixStream) {
        let (state, mut events) = self.handle.watch();
        let mut commands = Some(stdio::lines(input));
        let output = Output::new(output);
        let mut line = self.stream.own(Event::Snapshot { state: Box::new(state) });
        // When we go though not every answer has come; only once they say nothing more.
        let mut until = Instant::now();
        loop {
            if tokio::time::timeout(WRITE_LIMIT, output.line(line)).await.is_err() {
                return;
            }
            line = loop {
                if commands.is_none() && self.pending.is_empty() {
                    return output.finish(WRITE_LIMIT).await;
                }
                let ends = commands.is_none();
                let next = async {
                    match commands.as_mut() {
                        Some(commands) => commands.recv().await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    event = events.recv() => match event {
                        Ok(envelope) => {
                            let over = matches!(envelope.event, Event::Left { .. });
                            let Some(line) = self.event(envelope) else { continue };
                            if over {
                                let _ = tokio::time::timeout(LEAVE_LIMIT, output.line(line)).await;
                                return output.finish(LEAVE_LIMIT).await;
                            }
                            break line;
                        }
                        Err(RecvError::Lagged(n)) => {
                            let text = format!("{n} events were lost because they were not read in time; ask for the state");
                            break self.stream.own(Event::Warning { code: "events_lost".into(), text });
                        }
                        Err(RecvError::Closed) => return,
                    },
                    input = next => match input {
                        Some(input) => match self.said(&input) {
                            Said::Nothing => {}
                            Said::Answer(line) => break line,
                            Said::Goes => return,
                        },
                        None => {
                            commands = None;
                            until = Instant::now() + LAST_ANSWERS;
                            if self.attached {
                                return;
                            }
                        }
                    },
                    () = sleep_until(until), if ends => return,
                    () = output.gone() => return,
                }
            };
        }
    }

    /// An event as they see it: answers to others are not for them.
    fn event(&mut self, mut envelope: crate::call::Envelope) -> Option<String> {
        match &mut envelope.event {
            Event::Reply { id, ok, .. } => {
                let theirs = id.and_then(|id| self.pending.remove(&id))?;
                if theirs.is_none() && *ok {
                    return None;
                }
                *id = theirs;
            }
            Event::Xray(_) if !self.looks => return None,
            _ => {}
        }
        Some(self.stream.number(envelope))
    }

    fn said(&mut self, input: &Input) -> Said {
        let mut request = match command(input) {
            Ok(None) => return Said::Nothing,
            Ok(Some(request)) => request,
            Err((id, error)) => return Said::Answer(self.stream.refusal(id, &error)),
        };
        let theirs = request.id;
        match request.command {
            Command::Attach => {
                if !std::mem::replace(&mut self.attached, true) {
                    shift(&self.counts.windows, true);
                }
                return Said::Answer(self.stream.own(Event::Reply { id: theirs, ok: true, data: None, error: None }));
            }
            Command::Detach => return Said::Goes,
            Command::Xray { on } => {
                let before = if on == self.looks { 0 } else { shift(&self.counts.lookers, on) };
                self.looks = on;
                if !on && before > 1 {
                    // Somebody else still looks.
                    request.command = Command::Xray { on: true };
                }
            }
            _ => {}
        }
        // Numbers of our own, so that nobody else takes the answer for theirs.
        let id = next_id();
        request.id = Some(id);
        if self.pending.len() >= PENDING || !self.handle.send(request) {
            return Said::Answer(self.stream.refusal(theirs, "too many commands wait; try again"));
        }
        self.pending.insert(id, theirs);
        Said::Nothing
    }
}

/// Numbers of requests that scripts do not use: 2^62 and up.
fn next_id() -> u64 {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    FIRST_GUEST_ID + NEXT.fetch_add(1, Ordering::Relaxed) as u64
}

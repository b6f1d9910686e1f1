//! The actor that owns a call: it takes commands, backend events and audio events, folds them into the [`State`] and
//! emits [`Event`]s. It never blocks; sound never passes through it.

mod group;
mod hearing;
mod microphone;
mod moderation;
mod naming;
mod receipt;
mod record;
mod run;

pub use microphone::Interruption;

use super::conditions::Conditions;
use super::{Earcon, Earcons, Envelope, Event, LeaveReason, PeerId, Request, SCHEMA_VERSION, State};
use crate::audio::level::{Level, Meter};
use crate::audio::{Audio, Control};
use crate::backend::{Backend, Link};
use crate::exit::{Exit, Failure};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::Instant;

/// How many requests may wait.
const REQUEST_QUEUE: usize = 64;
/// How many events a slow front end may be behind before it has to read the state again.
const EVENT_QUEUE: usize = 4096;

/// How long a lost connection is tried again if nobody says otherwise: long enough for a server to be restarted, a train to
/// leave its tunnel and a notebook to change its network; short enough for a script that waits for the end.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// Why a client that is configured so does not record.
pub const NEVER_RECORD: &str = "by --never-record, the configuration or your administrator";

/// Where recordings that begin during the call go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recordings {
    /// To the current directory, or wherever the user says.
    Anywhere,
    /// There.
    In(std::path::PathBuf),
    /// This client keeps no call.
    Never,
}

impl Recordings {
    /// The directory, if there is a particular one.
    pub fn directory(&self) -> Option<&std::path::Path> {
        match self {
            Self::In(directory) => Some(directory),
            Self::Anywhere | Self::Never => None,
        }
    }
}

/// What a call is made with.
#[derive(Debug, Clone)]
pub struct CallOptions {
    /// Display name, cleaned and not empty.
    pub name: String,
    /// The microphone begins open.
    pub open: bool,
    /// Publish nothing.
    pub listen_only: bool,
    /// Accept rooms without end-to-end encryption.
    pub allow_plain: bool,
    /// How long a lost connection is tried again before the call ends; see [`PATIENCE`].
    pub patience: Duration,
    /// Whom to trust on the network.
    pub net: crate::net::Options,
    /// Which ways media may take.
    pub transport: crate::net::ladder::Transport,
    /// Who we are, and whom we trust.
    pub keys: std::sync::Arc<crate::trust::Keys>,
    /// What is expected of the room's encryption.
    pub secrecy: crate::backend::Secrecy,
    /// Where recordings that begin during the call go.
    pub recordings: Recordings,
    /// Where a receipt is written when the call is over, if the room keeps receipts.
    pub receipt: Option<std::path::PathBuf>,
    /// Leave after this long in the room, with exit code 0.
    pub duration: Option<Duration>,
    /// Emit [`Event::Stats`] this often.
    pub stats: Option<Duration>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Why.
    pub reason: LeaveReason,
    /// The process's exit code.
    pub exit: Exit,
    /// One sentence.
    pub text: String,
}

impl Outcome {
    /// The user left.
    pub fn left() -> Self {
        Self { reason: LeaveReason::Left, exit: Exit::Ok, text: "You left the call.".into() }
    }

    fn failed(f: Failure) -> Self {
        Self { reason: LeaveReason::Failed, exit: f.exit, text: f.text }
    }
}

/// The part of a call that front ends and the engine share: the state and the stream of events that changes it.
#[derive(Debug)]
struct Shared {
    inner: Mutex<Inner>,
    events: broadcast::Sender<Envelope>,
    ends: mpsc::Sender<Outcome>,
}

#[derive(Debug)]
struct Inner {
    state: State,
    log: super::summary::Log,
    conditions: Option<Conditions>,
    seq: u64,
    /// Subscribed before the call began and given to the first front end, so that it sees the whole stream.
    first: Option<(State, broadcast::Receiver<Envelope>)>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn emit(&self, t: String, event: Event) {
        let mut inner = self.lock();
        inner.state.apply(&event);
        inner.log.apply(&t, &event);
        let Inner { state, conditions, .. } = &mut *inner;
        if let Some(outcome) = conditions.as_mut().and_then(|c| c.event(Instant::now(), &event, state)) {
            // One reason is enough.
            let _ = self.ends.try_send(outcome);
        }
        inner.seq += 1;
        let marking = inner.state.rules.marking.clone();
        let envelope = Envelope { v: SCHEMA_VERSION, t, seq: inner.seq, marking, event };
        // No front end attached is no error: the call goes on.
        let _ = self.events.send(envelope);
    }
}

fn left(outcome: &Outcome) -> Event {
    Event::Left { reason: outcome.reason, code: outcome.exit as u8, text: outcome.text.clone() }
}

/// Now, RFC 3339 in UTC with milliseconds.
pub fn timestamp() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// A running call as a front end sees it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Handle {
    shared: Arc<Shared>,
    requests: mpsc::Sender<Request>,
    interruptions: mpsc::Sender<microphone::Interrupted>,
    meter: Meter,
    elsewhere: bool,
}

impl Handle {
    /// Sends a request; `false` if the call is over or too many are waiting. Never blocks.
    pub fn send(&self, request: impl Into<Request>) -> bool {
        self.requests.try_send(request.into()).is_ok()
    }

    /// Ends the call for a reason that is no command: a signal, a front end that is gone.
    pub fn end(&self, outcome: Outcome) {
        // One reason is enough; a later one is dropped.
        let _ = self.shared.ends.try_send(outcome);
    }

    /// What was expected of the call ([`Engine::expect`]) and what came of it.
    pub(crate) fn take_conditions(&self) -> Option<Conditions> {
        self.shared.lock().conditions.take()
    }

    /// Closes the microphone because of something that happens outside of the call; resolves when nothing leaves any more
    /// and it was told, or the call is over.
    pub async fn interrupt(&self, interruption: Interruption) {
        let (done, dealt_with) = oneshot::channel();
        if self.interruptions.send((interruption, done)).await.is_ok() {
            let _ = dealt_with.await;
        }
    }

    /// Whether the call runs in another process, and goes on when its front end here goes.
    pub fn is_elsewhere(&self) -> bool {
        self.elsewhere
    }

    /// How loud the own microphone is, open or not.
    pub fn level(&self) -> Level {
        self.meter.level()
    }

    /// The state now and every event after it. The first one to attach gets the stream from its beginning. A reader that
    /// lags is told so by the channel and reads [`Handle::state`] again.
    pub fn attach(&self) -> (State, broadcast::Receiver<Envelope>) {
        let first = self.shared.lock().first.take();
        first.unwrap_or_else(|| self.watch())
    }

    /// The state now and every event after it, for somebody who is no front end and need not see the beginning.
    pub fn watch(&self) -> (State, broadcast::Receiver<Envelope>) {
        let inner = self.shared.lock();
        (inner.state.clone(), self.shared.events.subscribe())
    }

    /// The state now.
    pub fn state(&self) -> State {
        self.shared.lock().state.clone()
    }
}

/// A call that is about to begin.
#[derive(Debug)]
pub struct Engine {
    shared: Arc<Shared>,
    requests: mpsc::Receiver<Request>,
    ends: mpsc::Receiver<Outcome>,
    interruptions: mpsc::Receiver<microphone::Interrupted>,
    options: CallOptions,
    audio: Audio,
    microphone: microphone::Microphone,
    hand: Option<u64>,
    /// Where the backend shows what the server sees, when somebody looks.
    xray: crate::call::xray::Tap,
    /// What people are called.
    names: crate::call::names::Names,
    group: group::Group,
    record: record::Record,
    receipts: receipt::Receipts,
    hearing: hearing::Hearing,
    earcons: Earcons,
    /// Why the call must end, found out in the middle of something.
    ending: Option<Outcome>,
    chat_id: u64,
    figures: crate::audio::Figures,
    /// The recording stopped before the call did.
    recording_failed: bool,
    /// At how many foreign frames the user is told (again).
    foreign_next: u64,
    started: std::time::Instant,
}

/// The other end of a [`Handle`]: what a front end asked for.
#[derive(Debug)]
pub(crate) struct Wishes {
    /// What it wants done.
    pub(crate) requests: mpsc::Receiver<Request>,
    /// Why it wants the call ended.
    pub(crate) ends: mpsc::Receiver<Outcome>,
    /// Why the microphone must be closed, and whom to tell that it is.
    pub(crate) interruptions: mpsc::Receiver<microphone::Interrupted>,
}

impl Handle {
    fn new(state: State, meter: Meter) -> (Self, Wishes) {
        let (events, first) = broadcast::channel(EVENT_QUEUE);
        let (request_tx, requests) = mpsc::channel(REQUEST_QUEUE);
        let (end_tx, ends) = mpsc::channel(4);
        let (interrupt, interruptions) = mpsc::channel(4);
        let (log, conditions) = (Default::default(), None);
        let inner = Inner { state: state.clone(), log, conditions, seq: 0, first: Some((state, first)) };
        let shared = Arc::new(Shared { inner: Mutex::new(inner), events, ends: end_tx });
        let handle = Self { shared, requests: request_tx, interruptions: interrupt, meter, elsewhere: false };
        (handle, Wishes { requests, ends, interruptions })
    }

    /// A call whose engine is elsewhere, as it is now: what front ends want is in the [`Wishes`], and [`Handle::happen`] says what
    /// happens there.
    #[cfg(unix)]
    pub(crate) fn elsewhere(state: State) -> (Self, Wishes) {
        let (handle, wishes) = Self::new(state, Meter::default());
        (Self { elsewhere: true, ..handle }, wishes)
    }

    /// A call without an engine, for tests of front ends: what they send is read from the queue, and
    /// [`Handle::happen`] says what happens.
    #[cfg(test)]
    pub(crate) fn fake(name: &str) -> (Self, mpsc::Receiver<Request>) {
        let (handle, wishes) = Self::new(State::new(name), Meter::default());
        (handle, wishes.requests)
    }

    /// Something happens, at a time.
    pub(crate) fn happen(&self, t: String, event: Event) {
        self.shared.emit(t, event);
    }
}

impl Engine {
    /// A call that begins with [`Engine::run`], and the handle of it.
    pub fn new(options: CallOptions, audio: Audio) -> (Self, Handle) {
        let (handle, Wishes { requests, ends, interruptions }) = Handle::new(State::new(&options.name), audio.meter.clone());
        let engine = Self {
            shared: handle.shared.clone(),
            requests,
            ends,
            interruptions,
            microphone: microphone::Microphone::new(options.open && !options.listen_only),
            options,
            audio,
            hand: None,
            xray: crate::call::xray::Tap::default(),
            names: crate::call::names::Names::default(),
            group: group::Group::default(),
            record: record::Record::default(),
            receipts: receipt::Receipts::default(),
            hearing: hearing::Hearing::default(),
            earcons: Earcons::default(),
            ending: None,
            chat_id: 0,
            figures: crate::audio::Figures::default(),
            recording_failed: false,
            foreign_next: 1,
            started: std::time::Instant::now(),
        };
        (engine, handle)
    }

    /// Runs the call to its end. [`Event::Left`] is the last event; the recording is a whole file when it is emitted.
    pub async fn run(mut self, backend: Arc<dyn Backend>, link: Link) -> Outcome {
        let mut outcome = self.call(backend, link).await;
        self.stop_audio().await;
        self.end_recording().await;
        while let Ok(event) = self.audio.events.try_recv() {
            self.on_audio(event, None);
        }
        if self.recording_failed && outcome.exit == Exit::Ok {
            outcome.exit = Exit::CantCreate;
            outcome.text.push_str(" The recording is not complete.");
        }
        self.keep_last_receipt(&mut outcome);
        if outcome.reason == LeaveReason::Failed {
            self.emit(Event::Error { code: outcome.exit.word().into(), text: outcome.text.clone(), fatal: true });
        }
        let now = timestamp();
        let summary = {
            let inner = self.shared.lock();
            inner.log.finish(&now, inner.state.stats.frames_refused)
        };
        if let Some(summary) = summary {
            self.shared.emit(now, Event::Summary(summary));
        }
        self.judge(&mut outcome);
        self.emit(left(&outcome));
        outcome
    }

    /// What is expected of the call, and when it is to be left, from now on.
    pub(crate) fn expect(&self, conditions: Conditions) {
        self.shared.lock().conditions = Some(conditions);
    }

    /// When the next expectation is over.
    fn expected_by(&self) -> Option<Instant> {
        self.shared.lock().conditions.as_ref()?.due()
    }

    /// How the call ends because one is.
    fn overdue(&self) -> Option<Outcome> {
        self.shared.lock().conditions.as_mut()?.overdue(Instant::now())
    }

    /// The end may be what was expected; what did not come until now does not come.
    fn judge(&self, outcome: &mut Outcome) {
        let mut inner = self.shared.lock();
        let Inner { state, conditions, .. } = &mut *inner;
        if let Some(conditions) = conditions {
            conditions.event(Instant::now(), &left(outcome), state);
            conditions.judge(outcome);
        }
    }

    /// Stops the sound; the recording is a whole file afterwards.
    async fn stop_audio(&mut self) {
        let guard = std::mem::take(&mut self.audio.guard);
        let stopped = tokio::task::spawn_blocking(move || drop(guard));
        if tokio::time::timeout(Duration::from_secs(3), stopped).await.is_err() {
            self.emit(Event::Warning { code: "audio_stuck".into(), text: "the sound did not stop in time".into() });
        }
    }

    /// Something that the user should know before the call begins.
    pub(crate) fn warn(&self, code: &str, text: String) {
        self.emit(Event::Warning { code: code.into(), text });
    }

    /// Which tones tell what happens.
    pub(crate) fn set_earcons(&mut self, earcons: Earcons) {
        self.earcons = earcons;
    }

    fn emit(&self, event: Event) {
        let earcon = Earcon::of(&event, &self.shared.lock().state).filter(|e| self.earcons.has(*e));
        self.shared.emit(timestamp(), event);
        if let Some(earcon) = earcon {
            // Sound that has stopped tells nothing.
            let _ = self.audio.control.try_send(Control::Earcon(earcon));
        }
    }

    fn me(&self) -> Option<PeerId> {
        self.shared.lock().state.me.clone()
    }
}

#[cfg(test)]
mod tests;

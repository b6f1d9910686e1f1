//! Keeping the call in a file: everybody is told before the first sample is written, and never where the room forbids it.

use super::run::tell;
use super::{Engine, Outcome};
use crate::audio::wav::{WavWriter, reason};
use crate::audio::{Control, recorder};
use crate::backend::{BackendCommand, MediaPorts};
use crate::call::{Command, Event, Request};
use crate::exit::{Exit, Failure};
use crate::protocol::room::Verb;
use crate::text;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long telling the others may take, while the connection is being made again for example.
const TELLING: Duration = Duration::from_secs(20);
/// How long the end of a call waits for the disk.
const WRITING: Duration = Duration::from_secs(3);
/// The policy in words.
const FORBIDDEN: &str = "nobody may record in this room";

/// What the engine knows of recordings.
#[derive(Debug, Default)]
pub(super) struct Record {
    phase: Phase,
    /// The file that is being opened: one at most.
    opening: JoinSet<Opened>,
    /// Sound that is not heard before the others know that it is kept; and whether it may play already.
    held: Option<(MediaPorts, bool)>,
    /// Who asked for the end.
    stopping: Option<Request>,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Idle,
    /// The others are being told.
    Telling {
        request: Request,
        file: File,
        until: Instant,
    },
    Running(recorder::Done),
}

/// An open file.
#[derive(Debug)]
pub(super) struct File {
    wav: WavWriter,
    /// Where, if there was none before: it is removed if nothing comes of it.
    new: Option<PathBuf>,
}

type Opened = (Request, Result<File, String>);

/// What happened beside the call's own events.
#[derive(Debug)]
pub(super) enum Step {
    Opened(Opened),
    Done(Result<(), String>),
}

impl Record {
    /// The next thing that happens to a recording; for ever, while there is none.
    pub(super) async fn next(&mut self) -> Step {
        let done = async {
            match &mut self.phase {
                Phase::Running(done) => done.await.unwrap_or_else(|_| Err("the recorder has failed".into())),
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(Ok(opened)) = self.opening.join_next() => Step::Opened(opened),
            result = done => Step::Done(result),
        }
    }
}

impl Engine {
    /// Lets sound in: at once, or, if it is kept, when everybody was told.
    pub(super) fn begin_sound(&mut self, encrypted: bool, media: MediaPorts, commands: &Sender<BackendCommand>) {
        if !self.audio.records {
            return self.control(Control::Attach(media));
        }
        let forbidden = self.shared.lock().state.unavailable.get("record").cloned();
        if let Some(why) = forbidden {
            let text = format!("what you hear is kept in a file, and nobody is told by Conclave: {why}");
            self.emit(Event::Warning { code: "recording_not_announced".into(), text });
            return self.control(Control::Attach(media));
        }
        self.record.held = Some((media, false));
        if !encrypted {
            self.announce(true, commands);
        }
    }

    /// We are in an encrypted room and know its policy.
    pub(super) fn record_inside(&mut self, commands: &Sender<BackendCommand>) {
        if !self.audio.records {
            return;
        }
        if self.shared.lock().state.policy.no_recording {
            let text = format!("{FORBIDDEN}, and you joined with a file as loudspeaker; join again without it");
            self.ending = Some(Outcome::failed(Failure::new(Exit::Policy, text)));
        } else if self.record.held.is_some() {
            self.announce(true, commands);
        }
    }

    fn announce(&self, on: bool, commands: &Sender<BackendCommand>) {
        if let Err(text) = tell(commands, BackendCommand::Recording(on)) {
            self.emit(Event::Warning { code: "recording_not_announced".into(), text });
        }
    }

    pub(super) fn media_connected(&mut self) {
        match &mut self.record.held {
            Some((_, connected)) => *connected = true,
            None => self.control(Control::MediaConnected),
        }
    }

    /// Everybody was told: the first sample may be written.
    pub(super) fn recording_told(&mut self, commands: &Sender<BackendCommand>) {
        if let Some((media, connected)) = self.record.held.take() {
            self.now_records(true);
            self.control(Control::Attach(media));
            if connected {
                self.control(Control::MediaConnected);
            }
        }
        match std::mem::take(&mut self.record.phase) {
            Phase::Telling { request, file, .. } => match recorder::begin(file.wav) {
                Ok((tap, done)) => {
                    self.record.phase = Phase::Running(done);
                    self.now_records(true);
                    self.control(Control::Record(Some(tap)));
                    self.reply(&request, Ok(None));
                }
                Err(why) => {
                    self.announce(false, commands);
                    self.reply(&request, Err(why));
                }
            },
            other => self.record.phase = other,
        }
    }

    fn now_records(&mut self, on: bool) {
        if let Some(id) = self.me() {
            self.on_recording(id, on);
        }
    }

    /// `/record`: begins or ends a recording; the answer comes when it has begun or ended.
    pub(super) fn on_record(&mut self, request: Request, commands: &Sender<BackendCommand>) {
        let Command::Record { file, overwrite } = &request.command else { return };
        let (file, overwrite) = (file.clone(), *overwrite);
        if let Err(why) = self.may_record(&request.command, file.is_some()) {
            return self.reply(&request, Err(why));
        }
        let Some(file) = file else { return self.end_record(request, commands) };
        let place = self.options.recordings.directory().map(Path::to_owned);
        self.record.opening.spawn_blocking(move || {
            let path = place.as_deref().unwrap_or(Path::new("")).join(file);
            let opened = open(&path, overwrite, place.as_deref());
            (request, opened)
        });
    }

    fn may_record(&self, command: &Command, begins: bool) -> Result<(), String> {
        let policy = {
            let inner = self.shared.lock();
            if let Some(why) = inner.state.unavailable.get(command.name()) {
                return Err(format!("{} is not possible here: {why}", command.name()));
            }
            inner.state.policy
        };
        self.waits(command)?;
        if begins {
            self.allowed(Verb::Record)?;
        }
        let idle = matches!(self.record.phase, Phase::Idle) && self.record.opening.is_empty();
        match (begins, idle) {
            _ if self.audio.records => Err("you joined with a file as loudspeaker, which keeps the call to its end".into()),
            (true, _) if policy.no_recording => Err(format!("{FORBIDDEN}: whoever opened it said so")),
            (true, false) => Err("you record already; /record off ends it".into()),
            (false, true) => Err("you do not record; /record FILE begins".into()),
            _ => Ok(()),
        }
    }

    fn end_record(&mut self, request: Request, commands: &Sender<BackendCommand>) {
        match std::mem::take(&mut self.record.phase) {
            Phase::Telling { request: begun, file, .. } => {
                self.give_up(&begun, file, "the recording was ended before it began", commands);
                self.reply(&request, Ok(None));
            }
            running @ Phase::Running(_) => {
                self.record.phase = running;
                self.record.stopping = Some(request);
                self.control(Control::Record(None));
            }
            Phase::Idle => self.reply(&request, Err("the file is being opened; try again".into())),
        }
    }

    fn give_up(&mut self, request: &Request, file: File, why: &str, commands: &Sender<BackendCommand>) {
        self.announce(false, commands);
        let File { wav, new } = file;
        drop(wav);
        if let Some(path) = new {
            // Nothing is in it; what cannot be removed stays as an empty recording.
            let _ = std::fs::remove_file(path);
        }
        self.reply(request, Err(why.into()));
    }

    /// A file is open, or a recording has ended.
    pub(super) fn record_step(&mut self, step: Step, commands: &Sender<BackendCommand>) {
        match step {
            Step::Opened((request, Ok(file))) => {
                self.record.phase = Phase::Telling { request, file, until: Instant::now() + TELLING };
                self.announce(true, commands);
            }
            Step::Opened((request, Err(why))) => self.reply(&request, Err(why)),
            Step::Done(result) => {
                self.recorded(result);
                self.announce(false, commands);
            }
        }
    }

    fn recorded(&mut self, result: Result<(), String>) {
        self.record.phase = Phase::Idle;
        self.now_records(false);
        let stopping = self.record.stopping.take();
        if let Err(text) = &result {
            self.recording_failed = true;
            self.emit(Event::Warning { code: "recording_failed".into(), text: text.clone() });
        }
        if let Some(request) = stopping {
            self.reply(&request, result.map(|()| None));
        }
    }

    /// A file as loudspeaker that cannot be written any more keeps nothing: the others are told so.
    pub(super) fn record_lost(&mut self, commands: &Sender<BackendCommand>) {
        if self.recording_failed && self.audio.records && self.shared.lock().state.recording {
            self.now_records(false);
            self.announce(false, commands);
        }
    }

    /// Once a second: whether the others could be told in time.
    pub(super) fn record_overdue(&mut self, commands: &Sender<BackendCommand>) {
        match std::mem::take(&mut self.record.phase) {
            Phase::Telling { request, file, until } if Instant::now() >= until => {
                let why = "the others could not be told, so nothing is recorded; try again when the connection is back";
                self.give_up(&request, file, why, commands);
            }
            other => self.record.phase = other,
        }
    }

    /// The call is over and its sound has stopped: the recording is a whole file afterwards.
    pub(super) async fn end_recording(&mut self) {
        match std::mem::take(&mut self.record.phase) {
            Phase::Running(done) => {
                let late = Err("the disk does not answer; the recording may not be complete".into());
                let result = match tokio::time::timeout(WRITING, done).await {
                    Ok(result) => result.unwrap_or_else(|_| Err("the recorder has failed".into())),
                    Err(_) => late,
                };
                self.recorded(result);
            }
            Phase::Telling { file: File { wav, new: Some(path) }, .. } => {
                drop(wav);
                let _ = std::fs::remove_file(path);
            }
            _ => {}
        }
    }
}

/// Opens the file; an error says what to do about it. `place`: where the sandbox lets recordings be written.
fn open(path: &Path, overwrite: bool, place: Option<&Path>) -> Result<File, String> {
    let new = (!path.exists()).then(|| path.to_owned());
    let failed = |e: std::io::Error| {
        let advice = match (e.kind(), place) {
            (ErrorKind::AlreadyExists, _) => "choose another name, or say /record --overwrite FILE".into(),
            (ErrorKind::PermissionDenied, Some(place)) => {
                format!("in this call recordings can be made in {} (--recordings DIR names another place)", place.display())
            }
            (ErrorKind::PermissionDenied, None) => "join with --recordings DIR to name a directory for recordings".into(),
            _ => "choose another place".into(),
        };
        format!("{} cannot be written: {}; {advice}", text::clean(&path.display().to_string()), reason(&e))
    };
    WavWriter::create_new(path, overwrite).map(|wav| File { wav, new }).map_err(failed)
}

use super::*;
use crate::audio::{AudioEvent, Control};
use crate::backend::{BackendCommand, BackendEvent, Capabilities, Context, Identity, MediaPorts, Session, SourceChange};
use crate::call::{Command, PeerKind, Phase, Security, Stats};
use tokio::sync::watch;

/// The far side of a call: what a backend and the audio thread would do.
pub(super) struct Far {
    pub(super) events: mpsc::Sender<BackendEvent>,
    pub(super) commands: mpsc::Receiver<BackendCommand>,
    pub(super) control: mpsc::Receiver<Control>,
    pub(super) sound: mpsc::Sender<AudioEvent>,
    _sources: mpsc::Sender<SourceChange>,
    _outgoing: mpsc::Receiver<crate::backend::Frame>,
    pub(super) stats: watch::Sender<Stats>,
}

/// A backend that hands out one prepared session, or refuses, or never answers.
enum Fake {
    Session(Mutex<Option<Session>>),
    Refuse(Failure),
    Silent,
}

#[async_trait::async_trait]
impl Backend for Fake {
    async fn join(&self, _: Link, _: Identity, _: Context) -> Result<Session, Failure> {
        match self {
            Fake::Session(s) => Ok(s.lock().unwrap().take().unwrap()),
            Fake::Refuse(f) => Err(f.clone()),
            Fake::Silent => std::future::pending().await,
        }
    }
}

pub(super) fn options() -> CallOptions {
    CallOptions {
        name: "Me".into(),
        open: false,
        listen_only: false,
        allow_plain: false,
        patience: crate::call::engine::PATIENCE,
        net: crate::net::Options::default(),
        transport: Default::default(),
        keys: crate::trust::Keys::ephemeral().unwrap().into(),
        secrecy: crate::backend::Secrecy::default(),
        recordings: super::Recordings::Anywhere,
        receipt: None,
        duration: None,
        stats: None,
    }
}

fn audio() -> (Audio, mpsc::Receiver<Control>, mpsc::Sender<AudioEvent>) {
    let (control, control_rx) = mpsc::channel(16);
    let (sound, events) = mpsc::channel(16);
    (Audio { control, events, meter: Default::default(), records: false, guard: Default::default() }, control_rx, sound)
}

pub(super) fn id(s: &str) -> PeerId {
    PeerId(s.into())
}

pub(super) struct Call {
    pub(super) handle: Handle,
    stream: broadcast::Receiver<Envelope>,
    pub(super) far: Far,
    pub(super) run: tokio::task::JoinHandle<Outcome>,
}

fn start(options: CallOptions, capabilities: Capabilities) -> Call {
    start_in(Security::TransportOnly, false, options, capabilities)
}

/// A call in a room with such security; `records`: the loudspeaker is a file.
pub(super) fn start_in(security: Security, records: bool, options: CallOptions, capabilities: Capabilities) -> Call {
    start_with(id("me"), security, records, options, capabilities)
}

/// The same, under an id of our own choice.
pub(super) fn start_as(me: PeerId, security: Security, options: CallOptions) -> Call {
    start_with(me, security, false, options, Capabilities::default())
}

fn start_with(me: PeerId, security: Security, records: bool, options: CallOptions, capabilities: Capabilities) -> Call {
    let (mut audio, control, sound) = audio();
    audio.records = records;
    let (events, events_rx) = mpsc::channel(16);
    let (commands_tx, commands) = mpsc::channel(16);
    let (sources_tx, sources) = mpsc::channel(4);
    let (outgoing, outgoing_rx) = mpsc::channel(4);
    let (stats_tx, stats) = watch::channel(Stats::default());
    let session = Session {
        me,
        room: "bo\x1bard".into(),
        security,
        events: events_rx,
        commands: commands_tx,
        media: MediaPorts { outgoing, sources },
        gate: Default::default(),
        stats,
        capabilities,
        sound: Default::default(),
        probe: None,
    };
    let (engine, handle) = Engine::new(options, audio);
    let (_, stream) = handle.attach();
    let backend = Arc::new(Fake::Session(Mutex::new(Some(session))));
    let run = tokio::spawn(engine.run(backend, Link::parse("http://localhost/board").unwrap()));
    let far = Far { events, commands, control, sound, _sources: sources_tx, _outgoing: outgoing_rx, stats: stats_tx };
    Call { handle, stream, far, run }
}

impl Call {
    /// The next event for which `f` is true.
    pub(super) async fn until(&mut self, f: impl Fn(&Event) -> bool) -> Event {
        loop {
            let e = self.stream.recv().await.expect("the call ended").event;
            if f(&e) {
                return e;
            }
        }
    }

    pub(super) async fn microphone(&mut self) -> bool {
        loop {
            if let Control::Microphone(open) = self.far.control.recv().await.unwrap() {
                return open;
            }
        }
    }

    /// What the backend was asked for, reports of what is heard apart: they go out whatever happens.
    pub(super) async fn announced(&mut self) -> BackendCommand {
        loop {
            match self.far.commands.recv().await.unwrap() {
                BackendCommand::Hearing(_) => {}
                command => return command,
            }
        }
    }

    /// Nothing else was asked of the backend so far.
    pub(super) fn announced_nothing(&mut self) {
        while let Ok(command) = self.far.commands.try_recv() {
            assert!(matches!(command, BackendCommand::Hearing(_)), "{command:?} went out");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_front_end_sees_the_whole_stream_and_left_is_last() {
    let mut c = start(options(), Capabilities::default());
    assert!(matches!(c.until(|_| true).await, Event::Connecting { .. }));
    let Event::Joined { room, security_text, .. } = c.until(|e| matches!(e, Event::Joined { .. })).await else { unreachable!() };
    assert_eq!((room.as_str(), security_text.as_str()), ("board", "transport encryption only, not end-to-end encrypted"));
    c.handle.send(Command::Leave);
    assert_eq!(c.announced().await, BackendCommand::Leave);
    let failure = Failure::new(Exit::Ok, "You left.");
    c.far.events.send(BackendEvent::Ended { reason: LeaveReason::Left, failure }).await.unwrap();
    assert!(matches!(c.until(|e| matches!(e, Event::Left { .. })).await, Event::Left { code: 0, .. }));
    assert_eq!(c.run.await.unwrap().reason, LeaveReason::Left);
    assert_eq!(c.handle.state().phase, Phase::Left);
}

#[tokio::test(start_paused = true)]
async fn the_microphone_begins_closed_and_push_to_talk_gives_back_what_was() {
    let mut c = start(options(), Capabilities::default());
    assert!(!c.microphone().await);
    c.handle.send(Command::Talk { down: Some(true) });
    assert!(c.microphone().await);
    assert_eq!(c.announced().await, BackendCommand::Muted(false));
    c.handle.send(Command::Talk { down: Some(false) });
    assert!(!c.microphone().await);
    assert_eq!(c.announced().await, BackendCommand::Muted(true));
    c.handle.send(Command::Mute { on: None });
    assert!(c.microphone().await);
    c.handle.send(Command::Talk { down: Some(true) });
    assert!(c.microphone().await);
    c.handle.send(Command::Talk { down: Some(false) });
    assert!(c.microphone().await, "it was open before");
    // The room closes it, also under a held key.
    c.handle.send(Command::Talk { down: Some(true) });
    assert!(c.microphone().await);
    c.far.events.send(BackendEvent::MutedByRoom { by: Some(id("mod")) }).await.unwrap();
    assert!(!c.microphone().await);
    c.until(|e| matches!(e, Event::Muted { on: true, by: Some(_), .. })).await;
    assert!(c.handle.state().muted);
}

#[tokio::test(start_paused = true)]
async fn remote_words_are_cleaned_and_repeated_states_are_no_events() {
    let mut c = start(options(), Capabilities::default());
    let joined =
        BackendEvent::PeerJoined { id: id("a"), kind: PeerKind::Member, name: Some("A\x1b]0;na".into()), before_us: true };
    c.far.events.send(joined).await.unwrap();
    let Event::PeerJoined { peer, .. } = c.until(|e| matches!(e, Event::PeerJoined { .. })).await else { unreachable!() };
    assert_eq!(peer.name, "A]0;na");
    for _ in 0..2 {
        let state = BackendEvent::PeerState { id: id("a"), name: Some("Ana".into()), muted: Some(false), hand: Some(Some(5)) };
        c.far.events.send(state).await.unwrap();
    }
    c.far.events.send(BackendEvent::Chat { from: id("a"), private: true, text: "x\x07\ny".into() }).await.unwrap();
    let mut kinds = vec![];
    loop {
        match c.stream.recv().await.unwrap().event {
            Event::Chat(line) => {
                assert_eq!((line.text.as_str(), line.name.as_str(), line.to), ("x y", "Ana", Some(id("me"))));
                break;
            }
            e => kinds.push(std::mem::discriminant(&e)),
        }
    }
    assert_eq!(kinds.len(), 3, "a new name, an open microphone and a hand, once each");
    c.far.sound.send(AudioEvent::Speaking { peer: Some(id("a")), on: true }).await.unwrap();
    c.until(|e| matches!(e, Event::Speaking { on: true, .. })).await;
    assert!(c.handle.state().peers[0].speaking);
}

#[tokio::test(start_paused = true)]
async fn bad_commands_are_answered_and_change_nothing() {
    let capabilities =
        Capabilities { unavailable: [("hand".to_owned(), "this room has no hands".to_owned())].into(), ..Default::default() };
    let mut c = start(CallOptions { listen_only: true, ..options() }, capabilities);
    c.until(|e| matches!(e, Event::Joined { .. })).await;
    let bad = [
        Command::Mute { on: Some(false) },
        Command::Talk { down: Some(true) },
        Command::Hand { up: Some(true) },
        Command::Say { text: " \x1b".into(), to: None },
        Command::Say { text: "x".repeat(5000), to: None },
        Command::Say { text: "x".into(), to: Some(id("nobody")) },
        Command::Name { name: "\x07".into() },
        Command::Volume { peer: id("nobody"), percent: 50 },
    ];
    for (n, command) in bad.into_iter().enumerate() {
        c.handle.send(Request { id: Some(n as u64), command });
        let Event::Reply { id, ok, error, .. } = c.until(|e| matches!(e, Event::Reply { .. })).await else { unreachable!() };
        assert_eq!((id, ok), (Some(n as u64), false));
        assert!(error.is_some_and(|e| e.len() > 10));
    }
    c.announced_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_duration_that_is_over_is_a_success_even_if_the_server_is_silent() {
    let mut c = start(CallOptions { duration: Some(Duration::from_secs(10)), ..options() }, Capabilities::default());
    let began = tokio::time::Instant::now();
    assert!(matches!(
        c.until(|e| matches!(e, Event::Left { .. })).await,
        Event::Left { reason: LeaveReason::Duration, code: 0, .. }
    ));
    assert!(began.elapsed() >= Duration::from_secs(10) && began.elapsed() < Duration::from_secs(13));
}

#[tokio::test(start_paused = true)]
async fn joining_is_bounded_and_can_be_given_up() {
    let link = || Link::parse("http://localhost/board").unwrap();
    let (engine, _handle) = Engine::new(options(), audio().0);
    let outcome = engine.run(Arc::new(Fake::Silent), link()).await;
    assert_eq!((outcome.reason, outcome.exit), (LeaveReason::Failed, Exit::Unavailable));
    let (engine, handle) = Engine::new(options(), audio().0);
    handle.send(Command::Leave);
    assert_eq!(engine.run(Arc::new(Fake::Silent), link()).await, Outcome::left());
    let (engine, handle) = Engine::new(options(), audio().0);
    let (_, mut stream) = handle.attach();
    let refused = Fake::Refuse(Failure::new(Exit::Denied, "no"));
    assert_eq!(engine.run(Arc::new(refused), link()).await.exit, Exit::Denied);
    let mut events = vec![];
    while let Ok(e) = stream.try_recv() {
        events.push(e.event);
    }
    assert!(matches!(events[..], [Event::Connecting { .. }, Event::Error { fatal: true, .. }, Event::Left { code: 77, .. }]));
}

#[tokio::test(start_paused = true)]
async fn a_removed_member_hears_why() {
    let mut c = start(options(), Capabilities::default());
    let failure = Failure::new(Exit::Removed, "The moderator removed you.");
    c.far.events.send(BackendEvent::Ended { reason: LeaveReason::Removed, failure }).await.unwrap();
    let Event::Left { reason, code, text } = c.until(|e| matches!(e, Event::Left { .. })).await else { unreachable!() };
    assert_eq!((reason, code, text.as_str()), (LeaveReason::Removed, 81, "The moderator removed you."));
}

#[tokio::test(start_paused = true)]
async fn what_a_message_cannot_show_is_not_sent() {
    let mut c = start(options(), Capabilities::default());
    c.until(|e| matches!(e, Event::Joined { .. })).await;
    c.handle.send(Command::Say { text: format!("{}hi", "\x01".repeat(4000)), to: None });
    assert_eq!(c.announced().await, BackendCommand::Say { text: "hi".into(), to: None });
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_stopped_early_is_no_success() {
    let mut c = start(CallOptions { duration: Some(Duration::from_secs(10)), ..options() }, Capabilities::default());
    c.far.sound.send(AudioEvent::RecordingFailed("the disk is full".into())).await.unwrap();
    c.until(|e| matches!(e, Event::Warning { code, .. } if code == "recording_failed")).await;
    let Event::Left { reason, code, text } = c.until(|e| matches!(e, Event::Left { .. })).await else { unreachable!() };
    assert_eq!((reason, code), (LeaveReason::Duration, 73));
    assert!(text.contains("recording is not complete"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn who_tampers_with_the_sound_is_reported_and_not_every_second() {
    let mut c = start_in(Security::EndToEnd, false, options(), Capabilities::default());
    c.until(|e| matches!(e, Event::Joined { .. })).await;
    let mut told = Vec::new();
    // A frame that comes before its key is no news; a forged one is.
    for (refused, foreign) in [(5, 0), (6, 1), (7, 1), (9, 2), (10, 3), (12, 4)] {
        c.far.stats.send(Stats { frames_refused: refused, frames_foreign: foreign, ..Stats::default() }).unwrap();
        tokio::time::sleep(Duration::from_secs(2)).await;
        while let Ok(e) = c.stream.try_recv() {
            if matches!(&e.event, Event::Warning { code, .. } if code == "frames_foreign") {
                told.push(foreign);
            }
        }
        assert_eq!(c.handle.watch().0.stats.frames_refused, refused);
    }
    assert_eq!(told, [1, 2, 4]);
}

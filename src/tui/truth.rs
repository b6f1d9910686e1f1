//! What the interfaces say of our microphone is true: random commands, events of the room and of the machine, through the
//! product's engine and sound, and for every packet that leaves what every front end shows at that time.
//!
//! The sound and the transport are late at random, as threads and networks are: what was captured while the microphone was
//! open may still be on its way when it is closed.

use super::app::App;
use super::theme::{Look, Theme};
use super::{Options, view};
use crate::audio::tick::Tick;
use crate::audio::{Audio, AudioEvent, Control, TICK_SAMPLES};
use crate::backend::{
    Backend, BackendCommand, BackendEvent, Capabilities, Context, FRAME_QUEUE, Frame, Identity, Link, MediaPorts, MuteGate,
    Session, SourceChange,
};
use crate::call::engine::{CallOptions, Interruption, Outcome};
use crate::call::{Command, Engine, Envelope, Handle, LeaveReason, PeerId, Role, Security, State, Stats};
use crate::exit::{Exit, Failure};
use crate::front_end::words;
use crate::json::Stream;
use crate::line::Teller;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{broadcast, mpsc, watch};

const TICK: Duration = Duration::from_millis(10);

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    Says(Command),
    Room(BackendEvent),
    Interrupted(Interruption),
    /// The process stood still, as the audio thread notices it.
    StoodStill,
    /// The microphone's device is gone, or back.
    Device(bool),
    /// The connection is being made again, or is back.
    Connected(bool),
    /// So many tens of milliseconds go by.
    Time(u8),
}

/// How late the parts are, in ticks.
#[derive(Debug, Clone)]
struct Delays {
    /// From a wish to the audio thread's obeying it.
    sound: u8,
    /// From a frame to its packet.
    transport: u8,
    /// From a wish to the backend's obeying it.
    backend: u8,
}

fn step() -> impl Strategy<Value = Step> {
    let on = || proptest::option::of(any::<bool>());
    prop_oneof![
        6 => on().prop_map(|on| Step::Says(Command::Mute { on })),
        6 => on().prop_map(|down| Step::Says(Command::Talk { down })),
        2 => any::<bool>().prop_map(|on| Step::Says(Command::Freeze { on: Some(on) })),
        2 => Just(Step::Room(BackendEvent::FloorDenied { cap: 3 })),
        2 => Just(Step::Room(BackendEvent::MutedByRoom { by: Some(PeerId("mod".into())) })),
        1 => any::<bool>().prop_map(|frozen| {
            Step::Room(BackendEvent::Room { locked: frozen, frozen, by: Some(PeerId("mod".into())), passphrase: false })
        }),
        1 => prop_oneof![Just(Interruption::Stops), Just(Interruption::GoesOn), Just(Interruption::Locked)]
            .prop_map(Step::Interrupted),
        1 => Just(Step::StoodStill),
        1 => any::<bool>().prop_map(Step::Device),
        2 => any::<bool>().prop_map(Step::Connected),
        12 => (0u8..12).prop_map(Step::Time),
    ]
}

fn delays() -> impl Strategy<Value = Delays> {
    (0u8..6, 0u8..6, 0u8..6).prop_map(|(sound, transport, backend)| Delays { sound, transport, backend })
}

/// A backend that hands out one session.
struct Prepared(Mutex<Option<Session>>);

#[async_trait::async_trait]
impl Backend for Prepared {
    async fn join(&self, _: Link, _: Identity, _: Context) -> Result<Session, Failure> {
        self.0.lock().unwrap().take().ok_or_else(|| Failure::new(Exit::Internal, "joined twice"))
    }
}

/// What all front ends show.
struct Shown {
    events: broadcast::Receiver<Envelope>,
    tui: App,
    line: Teller,
    /// What line mode said last of the own microphone.
    told: Option<bool>,
    json: Stream,
    /// What the last line of JSON about it said.
    json_muted: Option<bool>,
}

impl Shown {
    fn new(handle: &Handle, motion: bool) -> Self {
        let (state, events) = handle.attach();
        let theme = Theme { look: Look::Mono, utf8: true };
        let tui = App::new(state.clone(), &Options::plain("localhost", theme, motion), Instant::now());
        Self { events, tui, line: Teller::new(state, TimeZone::UTC), told: None, json: Stream::default(), json_muted: None }
    }

    /// Takes in what happened; the events by name, for the report of a failure.
    fn look(&mut self) {
        while let Ok(envelope) = self.events.try_recv() {
            self.tui.event(&envelope, Instant::now());
            for line in self.line.event(&envelope, Instant::now()).into_iter().chain(self.line.introduce()) {
                if line.contains("our microphone") || line.contains("closed your microphone") {
                    self.told = Some(!line.contains("is open"));
                }
            }
            let line: serde_json::Value = serde_json::from_str(&self.json.number(envelope)).unwrap();
            if line["event"] == "muted" && line["id"] == "me" {
                self.json_muted = line["on"].as_bool();
            }
        }
    }

    /// Who says that the microphone is closed.
    fn who_says_closed(&mut self, state: &State) -> Vec<&'static str> {
        self.look();
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut metrics = self.tui.metrics;
        terminal.draw(|f| metrics = view::draw(f, &self.tui)).unwrap();
        let screen = terminal.backend().to_string();
        assert!(screen.contains("MIC closed") != screen.contains("MIC OPEN"), "{screen}");
        let closed = [
            (state.muted, "the state"),
            (words::status(state).contains("microphone closed"), "the status"),
            (screen.contains("MIC closed"), "the screen"),
            (self.told == Some(true), "line mode"),
            (self.json_muted == Some(true), "JSON"),
        ];
        closed.into_iter().filter_map(|(says, who)| says.then_some(who)).collect()
    }
}

/// A call and everything around it.
struct World {
    handle: Handle,
    shown: Shown,
    delays: Delays,
    gate: MuteGate,
    tick: Tick,
    controls: mpsc::Receiver<Control>,
    obeyed: VecDeque<(u64, Control)>,
    sound_events: mpsc::Sender<AudioEvent>,
    outgoing: mpsc::Receiver<Frame>,
    driver: VecDeque<u64>,
    commands: mpsc::Receiver<BackendCommand>,
    wishes: VecDeque<(u64, BackendCommand)>,
    events: mpsc::Sender<BackendEvent>,
    /// The backend's own idea.
    backend_muted: bool,
    connected: bool,
    device: bool,
    now: u64,
    began: Instant,
    /// When packets left, in ticks.
    left: Vec<u64>,
    voice: Vec<f32>,
    run: tokio::task::JoinHandle<Outcome>,
    _sources: mpsc::Sender<SourceChange>,
    _stats: watch::Sender<Stats>,
}

fn options(open: bool) -> CallOptions {
    CallOptions {
        name: "Me".into(),
        open,
        listen_only: false,
        allow_plain: true,
        patience: crate::call::engine::PATIENCE,
        net: Default::default(),
        transport: Default::default(),
        keys: crate::trust::Keys::ephemeral().unwrap().into(),
        secrecy: Default::default(),
        recordings: crate::call::engine::Recordings::Anywhere,
        receipt: None,
        duration: None,
        stats: None,
    }
}

impl World {
    fn begin(open: bool, motion: bool, delays: Delays) -> Self {
        let (control, controls) = mpsc::channel(64);
        let (sound_events, heard) = mpsc::channel(64);
        let audio = Audio { control, events: heard, meter: Default::default(), records: false, guard: Default::default() };
        let (events, events_rx) = mpsc::channel(64);
        let (commands_tx, commands) = mpsc::channel(64);
        let (sources_tx, sources) = mpsc::channel(4);
        let (outgoing_tx, outgoing) = mpsc::channel(FRAME_QUEUE);
        let (stats_tx, stats) = watch::channel(Stats::default());
        let gate = MuteGate::default();
        let session = Session {
            me: PeerId("me".into()),
            room: "board".into(),
            security: Security::EndToEnd,
            events: events_rx,
            commands: commands_tx,
            media: MediaPorts { outgoing: outgoing_tx, sources },
            gate: gate.clone(),
            stats,
            capabilities: Capabilities::default(),
            sound: Default::default(),
            probe: None,
        };
        let (engine, handle) = Engine::new(options(open), audio);
        let shown = Shown::new(&handle, motion);
        let backend = Arc::new(Prepared(Mutex::new(Some(session))));
        let run = tokio::spawn(engine.run(backend, Link::parse("http://localhost/board").unwrap()));
        let began = Instant::now();
        Self {
            handle,
            shown,
            delays,
            gate,
            tick: Tick::new(began, open).unwrap(),
            controls,
            obeyed: VecDeque::new(),
            sound_events,
            outgoing,
            driver: VecDeque::new(),
            commands,
            wishes: VecDeque::new(),
            events,
            backend_muted: !open,
            connected: true,
            device: true,
            now: 0,
            began,
            left: Vec::new(),
            voice: crate::audio::testing::voice(1),
            run,
            _sources: sources_tx,
            _stats: stats_tx,
        }
    }

    /// Everybody but time goes on.
    async fn settle(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    /// Ten milliseconds, in which packets may leave before, between and after what the others do.
    async fn pass(&mut self) -> Result<(), TestCaseError> {
        self.now += 1;
        tokio::time::advance(TICK).await;
        self.leave()?;
        // The audio thread.
        while let Ok(control) = self.controls.try_recv() {
            self.obeyed.push_back((self.now + u64::from(self.delays.sound), control));
        }
        while let Some((_, control)) = self.obeyed.pop_front_if(|(at, _)| *at <= self.now) {
            match control {
                Control::Attach(ports) => self.tick.attach(ports),
                Control::Microphone(open) => self.tick.set_microphone(open),
                Control::ReleaseMicrophone => self.tick.set_microphone(false),
                _ => {}
            }
        }
        let at = (self.now as usize * TICK_SAMPLES) % (self.voice.len() - TICK_SAMPLES);
        let captured: [f32; TICK_SAMPLES] = self.voice[at..at + TICK_SAMPLES].try_into().unwrap();
        let mut played = [0.0; TICK_SAMPLES];
        self.tick.tick(self.began + TICK * self.now as u32, self.device.then_some(&captured), &mut played);
        while let Some(event) = self.tick.poll_event() {
            let _ = self.sound_events.try_send(event);
        }
        self.leave()?;
        // The backend.
        while let Ok(command) = self.commands.try_recv() {
            self.wishes.push_back((self.now + u64::from(self.delays.backend), command));
        }
        while let Some((_, command)) = self.wishes.pop_front_if(|(at, _)| *at <= self.now) {
            if let BackendCommand::Muted(on) = command {
                self.backend_muted = on;
            }
        }
        // Sound is taken while the backend takes the microphone to be open, and leaves when the transport has got round to it.
        while self.outgoing.try_recv().is_ok() {
            if self.connected && !self.backend_muted {
                self.driver.push_back(self.now + u64::from(self.delays.transport));
            }
        }
        self.leave()
    }

    /// Packets that are due leave, unless they are stopped at the last moment.
    fn leave(&mut self) -> Result<(), TestCaseError> {
        while self.driver.pop_front_if(|at| *at <= self.now).is_some() {
            let Some(pass) = self.gate.pass() else { continue };
            let closed = self.shown.who_says_closed(&self.handle.state());
            drop(pass);
            prop_assert!(closed.is_empty(), "a packet left at {} while {closed:?} said that the microphone is closed", self.now);
            self.left.push(self.now);
        }
        Ok(())
    }

    async fn happen(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Says(command) => drop(self.handle.send(command)),
            Step::Room(event) => {
                // As backends do: closed there first.
                if matches!(event, BackendEvent::FloorDenied { .. } | BackendEvent::MutedByRoom { .. }) {
                    self.backend_muted = true;
                }
                drop(self.events.try_send(event));
            }
            Step::Interrupted(why) => {
                let handle = self.handle.clone();
                tokio::spawn(async move { handle.interrupt(why).await });
            }
            Step::StoodStill => {
                self.tick.set_microphone(false);
                drop(self.sound_events.try_send(AudioEvent::StoodStill(Duration::from_secs(9))));
            }
            Step::Device(there) => self.device = there,
            Step::Connected(on) => {
                self.connected = on;
                let event = if on { BackendEvent::Reconnected } else { BackendEvent::Reconnecting { attempt: 1, next_ms: 100 } };
                drop(self.events.try_send(event));
            }
            Step::Time(ticks) => {
                for _ in 0..ticks {
                    self.settle().await;
                    self.pass().await?;
                }
            }
        }
        // Not everybody has seen it when the next thing happens.
        tokio::task::yield_now().await;
        self.leave()
    }
}

async fn call(open: bool, motion: bool, delays: Delays, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut w = World::begin(open, motion, delays);
    w.settle().await;
    let let_in = BackendEvent::LetIn { founded: true, role: Role::Member, key: "k".into(), epoch: 1 };
    w.events.try_send(let_in).unwrap();
    for step in steps {
        w.happen(step).await?;
    }
    // When all have done what they were told, the other direction holds too.
    (w.connected, w.device) = (true, true);
    for _ in 0..60 {
        w.settle().await;
        w.pass().await?;
    }
    let state = w.handle.state();
    let closed = w.shown.who_says_closed(&state);
    let left = w.left.iter().filter(|at| **at > w.now - 30).count();
    prop_assert_eq!(state.muted, !closed.is_empty(), "{:?}", closed);
    prop_assert_eq!(closed.len(), if state.muted { 5 } else { 0 }, "not all say the same: {:?}", closed);
    prop_assert_eq!(state.muted, w.backend_muted, "what the others are told is something else");
    prop_assert_eq!(state.muted, left == 0, "{} packets in 300 ms", left);
    let failure = Failure::new(Exit::Ok, "It is over.");
    w.events.send(BackendEvent::Ended { reason: LeaveReason::RoomEnded, failure }).await.unwrap();
    w.settle().await;
    w.run.await.unwrap();
    prop_assert!(w.gate.pass().is_none(), "sound leaves after the end of the call");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_packet_leaves_while_any_front_end_says_that_the_microphone_is_closed(
        (open, motion, delays) in (any::<bool>(), any::<bool>(), delays()),
        steps in proptest::collection::vec(step(), 1..50),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(call(open, motion, delays, steps))?;
    }
}

/// The same without the gate would fail: what the property found before there was one.
#[test]
fn sound_on_its_way_is_stopped_and_not_only_the_microphone() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let (passed, held) = runtime.block_on(async {
        let mut w = World::begin(true, true, Delays { sound: 2, transport: 4, backend: 5 });
        w.settle().await;
        for step in [Step::Time(40), Step::Says(Command::Mute { on: Some(true) }), Step::Time(20)] {
            w.happen(step).await.unwrap();
        }
        w.gate.counts()
    });
    assert!(passed > 10 && held >= 2, "{passed} packets passed, {held} were stopped on their way");
}

//! The audio thread: devices and files around [`Tick`], paced by the loudspeaker or, without one, by a timer.

use super::device::changes::Changes;
use super::device::file::Player;
use super::device::pipe::{self, PipeWriter};
use super::device::slack::Slack;
use super::device::supervisor::{End, Side};
use super::device::{self, DeviceSpec, Host, OpenError, Rechunk};
use super::mixer::Mixer;
use super::processing::{self, Devices};
use super::recorder::Tap;
use super::standstill::Standstill;
use super::tick::Tick;
use super::watch::Watch;
use super::wav::{WavReader, WavWriter, reason};
use super::{Audio, AudioEvent, Control, Setup, TICK_SAMPLES};
use crate::call::DeviceKind;
use crate::exit::{Exit, Failure};
use rtrb::Producer;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const TICK: Duration = Duration::from_millis(10);
/// Controls and events that may wait.
const CONTROL_QUEUE: usize = 64;
const EVENT_QUEUE: usize = 1024;
/// How far a timer catches up; a suspended laptop does not play the night.
const CATCH_UP: Duration = Duration::from_secs(1);
/// A recording catches up further: it has no gaps.
const CATCH_UP_RECORDING: Duration = Duration::from_secs(60);
/// Samples that wait in the loudspeaker's ring: 5 ms at first, which is what it takes at once, and up to 80 ms.
const SLACK: std::ops::RangeInclusive<usize> = STEP..=8 * TICK_SAMPLES;
/// By this much it changes.
const STEP: usize = TICK_SAMPLES / 2;
/// A loudspeaker that takes more than this at once (40 ms) does not set the pace: speech would come in lumps.
const SMOOTH: usize = 4 * TICK_SAMPLES;
/// A loudspeaker that asks for nothing for so long no longer sets the pace.
const STALL: Duration = Duration::from_millis(60);
/// Ticks made at once for a loudspeaker.
const MAX_BURST: usize = 20;
/// What is said when there is neither microphone nor loudspeaker.
const NOTHING: &str = "No microphone and no loudspeaker were found: you can read and write, but not hear.";

/// Stops and joins the thread when dropped.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            if thread.join().is_err() {
                tracing::error!("the audio thread has failed");
            }
        }
    }
}

/// What stands for the microphone.
#[derive(Debug)]
enum Mic {
    Nothing,
    Device(End<Rechunk>),
    File(Player),
    Pipe(Rechunk),
    /// What was heard `ticks` ago, as long as it is not over.
    Echo {
        ticks: usize,
        line: VecDeque<[f32; TICK_SAMPLES]>,
    },
}

/// What stands for the loudspeaker.
#[derive(Debug)]
enum Ear {
    Nothing,
    Device(Box<End<Producer<f32>>>),
    File(WavWriter),
    Pipe(PipeWriter),
}

/// Opens the devices and starts the audio thread. Fails with one sentence for an unknown device (66), a file that cannot
/// be read or is no WAV file (65, 66), or an output that cannot be written (73). May take some seconds where a sound
/// system does not answer.
pub fn start(setup: Setup) -> Result<Audio, Failure> {
    let mut first = Vec::new();
    let (mic, ear) = match &setup.device {
        DeviceSpec::Auto => auto(device::auto_hosts(), setup.listen_only, &mut first),
        DeviceSpec::Pulse { input, output } => exactly(device::pulse_host()?, input, output, setup.listen_only, &mut first)?,
        DeviceSpec::Cpal { host, input, output } => {
            exactly(device::cpal_host(host)?, input, output, setup.listen_only, &mut first)?
        }
        DeviceSpec::Null => (Mic::Nothing, Ear::Nothing),
        DeviceSpec::Pipe { input, output } => {
            let ear = Ear::Pipe(PipeWriter::open(output.as_ref())?);
            let mic = if setup.listen_only { Mic::Nothing } else { Mic::Pipe(pipe::reader(input.as_ref())?) };
            (mic, ear)
        }
        DeviceSpec::File { input, output } => {
            if let (Some(input), Some(output)) = (input, output) {
                different(input, output)?;
            }
            let mic = match input {
                Some(path) if !setup.listen_only => Mic::File(Player::new(WavReader::open(path)?)),
                _ => Mic::Nothing,
            };
            (mic, output.as_ref().map_or(Ok(Ear::Nothing), |path| WavWriter::create(path).map(Ear::File))?)
        }
    };
    run(setup, mic, ear, first)
}

/// Sound without devices that says what it hears, so many ticks later.
pub fn start_echo(ticks: usize) -> Result<Audio, Failure> {
    let setup = Setup::new(DeviceSpec::Null, true);
    run(setup, Mic::Echo { ticks, line: VecDeque::with_capacity(ticks + 1) }, Ear::Nothing, Vec::new())
}

/// Refuses a recording over the file that is played, by whatever name: it would be emptied before a sound of it is read.
fn different(input: &Path, output: &Path) -> Result<(), Failure> {
    if crate::os::same_file(input, output) {
        let text = format!("{} and {} are the same file; record to another one.", input.display(), output.display());
        return Err(Failure::new(Exit::Usage, text));
    }
    Ok(())
}

/// Starts the thread around what is open already.
fn run(setup: Setup, mic: Mic, ear: Ear, first: Vec<AudioEvent>) -> Result<Audio, Failure> {
    let records = matches!(ear, Ear::File(_));
    let (control, controls) = mpsc::channel(CONTROL_QUEUE);
    let (events_out, events) = mpsc::channel(EVENT_QUEUE);
    let stop = Arc::new(AtomicBool::new(false));
    let meter = super::level::Meter::default();
    let mut tick = Tick::new(setup.started, setup.open && !setup.listen_only)?;
    tick.set_meter(meter.clone());
    tick.set_frame(setup.frame);
    tick.wish(setup.processing);
    let shell = Shell {
        tick,
        mic,
        ear,
        controls,
        events: events_out,
        stop: stop.clone(),
        open: setup.open && !setup.listen_only,
        listen_only: setup.listen_only,
        release_when_muted: setup.release_when_muted,
        standstill: Standstill::default(),
        record: None,
        watch: None,
        play_at_join: setup.play_at_join,
        attached: false,
        timer: None,
        slack: Slack::new(SLACK, STEP, Instant::now()),
        underruns: 0,
        generation: 0,
        changes: Changes::default(),
    };
    let thread = thread::Builder::new()
        .name("audio".into())
        .spawn(move || shell.run(first))
        .map_err(|e| Failure::new(Exit::Internal, format!("The audio thread cannot be started: {}.", reason(&e))))?;
    Ok(Audio { control, events, meter, records, guard: Guard { stop, thread: Some(thread) } })
}

fn opened<S: Side>(end: &End<S>) -> AudioEvent {
    AudioEvent::Device { kind: S::KIND, name: end.name().unwrap_or_default().to_string(), state: "open", text: None }
}

fn none(kind: DeviceKind, text: &str) -> AudioEvent {
    AudioEvent::Device { kind, name: String::new(), state: "none", text: Some(device::remote::with_advice(text)) }
}

/// Whatever can be opened; without anything the call is still a call.
fn auto(hosts: Vec<Arc<dyn Host>>, listen_only: bool, first: &mut Vec<AudioEvent>) -> (Mic, Ear) {
    let ear = End::open(hosts.clone(), None);
    let mic = if listen_only { None } else { Some(End::open(hosts.clone(), None)) };
    match (&mic, &ear) {
        (None | Some(Err(_)), Err(_)) => first.push(none(DeviceKind::Output, NOTHING)),
        (Some(Err(_)), Ok(_)) => {
            first.push(none(DeviceKind::Input, "No microphone was found: you can hear, but nobody hears you."));
        }
        (_, Err(_)) => first.push(none(DeviceKind::Output, "No loudspeaker was found: you can speak, but not hear.")),
        _ => {}
    }
    if let Some(Ok(mic)) = &mic {
        first.push(opened(mic));
    }
    if let Ok(ear) = &ear {
        first.push(opened(ear));
    }
    // What is not there may come: a headset is plugged in, the sound server starts.
    let mic = mic.map_or(Mic::Nothing, |m| Mic::Device(m.unwrap_or_else(|_| End::absent(hosts.clone()))));
    (mic, Ear::Device(Box::new(ear.unwrap_or_else(|_| End::absent(hosts)))))
}

/// What the user named, or a failure that says what is wrong with it.
fn exactly(
    host: Arc<dyn Host>,
    input: &Option<String>,
    output: &Option<String>,
    listen_only: bool,
    first: &mut Vec<AudioEvent>,
) -> Result<(Mic, Ear), Failure> {
    fn end<S: Side>(host: &Arc<dyn Host>, name: &Option<String>, first: &mut Vec<AudioEvent>) -> Result<End<S>, Failure> {
        let end = End::open(vec![host.clone()], name.clone()).map_err(|e| {
            let (word, system) = (S::WORD, host.name());
            let text = match (e, name) {
                (OpenError::Unknown, Some(name)) => {
                    format!("There is no {word} \"{name}\" on {system}; conclave devices lists what there is.")
                }
                (OpenError::Unknown, None) => format!("{system} has no {word}; connect one, or use --audio auto."),
                (OpenError::Unavailable(why), Some(name)) => {
                    format!("The {word} \"{name}\" on {system} does not open: {why}; conclave devices lists what there is.")
                }
                (OpenError::Unavailable(why), None) => format!("The {word} does not open: {why}; use --audio auto or null."),
            };
            Failure::new(Exit::NoInput, device::remote::with_advice(&text))
        })?;
        first.push(opened(&end));
        Ok(end)
    }
    let mic = if listen_only { Mic::Nothing } else { Mic::Device(end(&host, input, first)?) };
    Ok((mic, Ear::Device(Box::new(end(&host, output, first)?))))
}

struct Shell {
    tick: Tick,
    mic: Mic,
    ear: Ear,
    controls: mpsc::Receiver<Control>,
    events: mpsc::Sender<AudioEvent>,
    stop: Arc<AtomicBool>,
    /// The microphone is open.
    open: bool,
    listen_only: bool,
    /// The device is given back whenever the microphone is closed.
    release_when_muted: bool,
    standstill: Standstill,
    record: Option<Tap>,
    watch: Option<Watch>,
    play_at_join: bool,
    attached: bool,
    /// When the next tick is due, if no loudspeaker says so.
    timer: Option<Instant>,
    slack: Slack,
    underruns: u64,
    /// Which of the loudspeakers `slack` and `underruns` are about.
    generation: u32,
    changes: Changes,
}

impl Shell {
    fn run(mut self, first: Vec<AudioEvent>) {
        for event in first {
            self.tell(event);
        }
        self.name_devices();
        if let Mic::Device(end) = &mut self.mic {
            end.wakes(thread::current());
        }
        if let Ear::Device(end) = &mut self.ear {
            end.wakes(thread::current());
        }
        if self.release_when_muted && !self.open {
            self.release();
        }
        while !self.stop.load(Relaxed) && self.obey() {
            self.look_back();
            self.supervise();
            let pause = self.make_sound();
            thread::park_timeout(pause);
        }
        // Dropping `self` would finish the recording too, but could not say that it failed.
        if let Ear::File(wav) = &mut self.ear
            && let Err(why) = wav.flush()
        {
            self.tell(AudioEvent::RecordingFailed(why));
        }
    }

    /// Takes what the call wants; `false` when it wants no more sound.
    fn obey(&mut self) -> bool {
        loop {
            match self.controls.try_recv() {
                Ok(Control::Attach(ports)) => {
                    self.tick.attach(ports);
                    self.attached = true;
                    if self.play_at_join {
                        self.play();
                    }
                }
                Ok(Control::ConstantRate(on)) => self.tick.set_constant_rate(on),
                Ok(Control::Microphone(open)) => self.set_microphone(open),
                Ok(Control::ReleaseMicrophone) => self.release(),
                Ok(Control::Path(path)) => self.tick.set_path(path),
                Ok(Control::Processing(wish)) => self.tick.wish(wish),
                Ok(Control::Again(seconds)) => self.tick.again(seconds),
                Ok(Control::KeepForAgain(on)) => self.tick.keep_for_again(on),
                Ok(Control::Earcon(earcon)) => self.tick.earcon(earcon),
                Ok(Control::Record(tap)) => self.record = tap,
                Ok(Control::Watch(watch)) => self.watch = Some(watch),
                Ok(Control::MediaConnected) => self.play(),
                Ok(Control::Volume { peer, percent }) => self.tick.set_volume(peer, percent),
                Ok(Control::Device { kind, name }) => self.switch(kind, name),
                Ok(Control::Stop) | Err(mpsc::error::TryRecvError::Disconnected) => return false,
                Err(mpsc::error::TryRecvError::Empty) => return true,
            }
        }
    }

    fn set_microphone(&mut self, open: bool) {
        let before = std::mem::replace(&mut self.open, open && !self.listen_only);
        self.tick.set_microphone(self.open);
        let Mic::Device(end) = &mut self.mic else { return };
        if !self.open && self.release_when_muted {
            return end.release();
        }
        end.claim();
        // What was captured while it was closed is not said.
        if self.open
            && !before
            && let Some(ring) = end.ring()
        {
            ring.clear();
        }
    }

    /// Closes the microphone and gives its device back.
    fn release(&mut self) {
        self.set_microphone(false);
        if let Mic::Device(end) = &mut self.mic {
            end.release();
        }
    }

    /// After a time in which this process did not run, nothing is said before the user opens the microphone again.
    fn look_back(&mut self) {
        if let Some(pause) = self.standstill.look(crate::os::awake())
            && self.open
        {
            self.set_microphone(false);
            self.tell(AudioEvent::StoodStill(pause));
        }
    }

    fn play(&mut self) {
        if let Mic::File(player) = &mut self.mic
            && player.play()
        {
            self.tell(AudioEvent::Playing(true));
        }
    }

    fn switch(&mut self, kind: DeviceKind, name: String) {
        match (kind, &mut self.mic, &mut self.ear) {
            (DeviceKind::Input, Mic::Device(end), _) => end.switch(name),
            (DeviceKind::Output, _, Ear::Device(end)) => end.switch(name),
            _ => {
                let text = format!("\"{name}\" cannot be used: this call has no devices (--audio).");
                self.tell(AudioEvent::Device { kind, name, state: "refused", text: Some(text) });
            }
        }
    }

    fn supervise(&mut self) {
        let now = Instant::now();
        let events = &self.events;
        let mut opened = false;
        let mut tell = |e| {
            opened |= matches!(e, AudioEvent::Device { state: "open", .. });
            drop(events.try_send(e));
        };
        let changes = &mut self.changes;
        changes.poll(now, &mut tell);
        let mut changed = |change| changes.push(now, change, &mut tell);
        if let Mic::Device(end) = &mut self.mic {
            end.poll(now, &mut changed);
        }
        if let Ear::Device(end) = &mut self.ear {
            end.poll(now, &mut changed);
        }
        if opened {
            self.name_devices();
        }
    }

    /// Tells the tick what the devices are: what is done to our voice depends on it.
    fn name_devices(&mut self) {
        let (Mic::Device(mic), Ear::Device(ear)) = (&self.mic, &self.ear) else { return };
        let (mic, ear) = (mic.name().unwrap_or_default(), ear.name().unwrap_or_default());
        // What PulseAudio and PipeWire offer as the monitor of a loudspeaker is made sound.
        let microphone = !mic.is_empty() && !mic.ends_with(".monitor");
        self.tick.set_devices(Devices { microphone, headset: processing::is_headset(mic, ear) });
    }

    /// Makes the ticks that are due; returns how long nothing is due.
    fn make_sound(&mut self) -> Duration {
        let now = Instant::now();
        if self.adapt(now) {
            for _ in 0..MAX_BURST {
                if !self.wants_sound() {
                    break;
                }
                self.one_tick(now);
                self.timer = Some(now + STALL);
            }
            // A loudspeaker that asks for nothing must not hold up the microphone: the timer takes over.
            if self.timer.is_some_and(|due| now < due) {
                return TICK;
            }
        }
        let catch_up = if matches!(self.ear, Ear::File(_)) { CATCH_UP_RECORDING } else { CATCH_UP };
        let mut due = self.timer.unwrap_or(now);
        if now.saturating_duration_since(due) > catch_up {
            due = now;
        }
        while due <= now {
            self.one_tick(due);
            due += TICK;
        }
        self.timer = Some(due);
        due.saturating_duration_since(Instant::now())
    }

    /// Whether the loudspeaker's ring is lower than it should be.
    fn wants_sound(&self) -> bool {
        matches!(&self.ear, Ear::Device(end) if end.stored().is_some_and(|n| n < self.slack.size()))
    }

    /// More slack in the loudspeaker's ring where callbacks come irregularly, less where they do not. Whether the
    /// loudspeaker sets the pace.
    fn adapt(&mut self, now: Instant) -> bool {
        let Ear::Device(end) = &self.ear else { return false };
        let (Some(health), generation) = (end.health(), end.generation()) else { return false };
        let underruns = health.underruns();
        if generation != self.generation {
            (self.generation, self.underruns) = (generation, underruns);
            self.slack = Slack::new(SLACK, STEP, now);
        }
        let changed = if underruns != self.underruns {
            self.underruns = underruns;
            self.slack.empty(now)
        } else {
            self.slack.calm(now)
        };
        if changed {
            tracing::debug!(samples = self.slack.size(), "slack for the loudspeaker");
        }
        self.slack.taken_in(health.usual(), now);
        health.wakes_below(self.slack.size());
        health.usual() <= SMOOTH
    }

    fn one_tick(&mut self, now: Instant) {
        let mut captured = [0.0; TICK_SAMPLES];
        let mut ended = false;
        let got = match &mut self.mic {
            Mic::Nothing => false,
            Mic::Device(end) => end.ring().is_some_and(|ring| ring.read(&mut captured)),
            Mic::Pipe(ring) => ring.read(&mut captured),
            Mic::File(player) => {
                ended = player.read(&mut captured);
                true
            }
            Mic::Echo { ticks, line } => {
                if line.len() >= *ticks {
                    captured = line.pop_front().unwrap_or(captured);
                }
                true
            }
        };
        let mut out = [0.0; TICK_SAMPLES];
        self.tick.set_live(matches!(&self.mic, Mic::Device(end) if end.name().is_some()));
        self.tick.tick(now, got.then_some(&captured), &mut out);
        if let Mic::Echo { line, .. } = &mut self.mic {
            line.push_back(out);
        }
        if let Some(watch) = &mut self.watch {
            watch.write(&captured, &out);
        }
        if let Some(tap) = &mut self.record {
            // What is played again was kept when it was said.
            let mut kept = self.tick.live(&out);
            if let Some(said) = self.tick.said() {
                Mixer::add(&mut kept, said, 1.0);
            }
            if !tap.write(&kept) {
                self.record = None;
            }
        }
        let written = match &mut self.ear {
            Ear::Nothing => Ok(()),
            Ear::Device(end) => {
                // A ring that is full already belongs to a loudspeaker that stands still: what it missed is over.
                if end.stored().is_some_and(|n| n < self.slack.size())
                    && let Some(ring) = end.ring()
                {
                    for s in out {
                        let _ = ring.push(s);
                    }
                    self.tick.played(&out);
                }
                Ok(())
            }
            Ear::File(_) | Ear::Pipe(_) if !self.attached => Ok(()),
            Ear::File(wav) => wav.write(&out),
            Ear::Pipe(pipe) => pipe.write(&out),
        };
        if let Err(why) = written {
            self.tell(AudioEvent::RecordingFailed(why));
        }
        if ended {
            self.tell(AudioEvent::Playing(false));
        }
        while let Some(event) = self.tick.poll_event() {
            self.tell(event);
        }
    }

    /// A front end that does not read loses events; the sound goes on.
    fn tell(&self, event: AudioEvent) {
        let _ = self.events.try_send(event);
    }
}

#[cfg(test)]
mod tests;

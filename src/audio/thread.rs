//! The audio thread: devices and files around [`Tick`], paced by the loudspeaker or, without one, by a timer.

use super::device::file::Player;
use super::device::pipe::{self, PipeWriter};
use super::device::pulse::Pulse;
use super::device::supervisor::{End, Side};
use super::device::{self, DeviceSpec, Host, OpenError, Rechunk};
use super::mixer::Mixer;
use super::recorder::Tap;
use super::standstill::{self, Standstill};
use super::tick::Tick;
use super::wav::{WavReader, WavWriter, reason};
use super::{Audio, AudioEvent, Control, Setup, TICK_SAMPLES};
use crate::call::DeviceKind;
use crate::exit::{Exit, Failure};
use rtrb::Producer;
use std::os::unix::fs::MetadataExt;
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
/// Ticks that wait in the loudspeaker's ring at first, and the range they may move in.
const SLACK: usize = 2;
const SLACK_RANGE: std::ops::RangeInclusive<usize> = 1..=8;
/// Ticks without underrun after which there is less slack: 10 s.
const SLACK_DECAY: u32 = 1000;
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
}

/// What stands for the loudspeaker.
#[derive(Debug)]
enum Ear {
    Nothing,
    Device(End<Producer<f32>>),
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
        DeviceSpec::Pulse { input, output } => exactly(Arc::new(Pulse), input, output, setup.listen_only, &mut first)?,
        DeviceSpec::Cpal { host, input, output } => exactly(cpal_host(host)?, input, output, setup.listen_only, &mut first)?,
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

/// Refuses a recording over the file that is played, by whatever name: it would be emptied before a sound of it is read.
fn different(input: &Path, output: &Path) -> Result<(), Failure> {
    let same = |a: &std::fs::Metadata, b: &std::fs::Metadata| a.dev() == b.dev() && a.ino() == b.ino();
    match (std::fs::metadata(input), std::fs::metadata(output)) {
        (Ok(a), Ok(b)) if same(&a, &b) => Err(Failure::new(
            Exit::Usage,
            format!("{} and {} are the same file; record to another one.", input.display(), output.display()),
        )),
        _ => Ok(()),
    }
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
    let shell = Shell {
        tick,
        mic,
        ear,
        controls,
        events: events_out,
        stop: stop.clone(),
        open: setup.open,
        listen_only: setup.listen_only,
        release_when_muted: setup.release_when_muted,
        standstill: Standstill::default(),
        record: None,
        play_at_join: setup.play_at_join,
        attached: false,
        timer: None,
        slack: SLACK,
        underruns: 0,
        calm: 0,
    };
    let thread = thread::Builder::new()
        .name("audio".into())
        .spawn(move || shell.run(first))
        .map_err(|e| Failure::new(Exit::Internal, format!("The audio thread cannot be started: {}.", reason(&e))))?;
    Ok(Audio { control, events, meter, records, guard: Guard { stop, thread: Some(thread) } })
}

#[cfg(feature = "audio-cpal")]
fn cpal_host(name: &str) -> Result<Arc<dyn Host>, Failure> {
    device::cpal::Cpal::named(name)
        .map(|h| Arc::new(h) as Arc<dyn Host>)
        .ok_or_else(|| Failure::new(Exit::Usage, format!("This conclave was built without {name}.")))
}

#[cfg(not(feature = "audio-cpal"))]
fn cpal_host(name: &str) -> Result<Arc<dyn Host>, Failure> {
    Err(Failure::new(Exit::Usage, format!("This conclave was built without {name}.")))
}

fn opened<S: Side>(end: &End<S>) -> AudioEvent {
    AudioEvent::Device { kind: S::KIND, name: end.name().unwrap_or_default().to_string(), state: "open", text: None }
}

fn none(kind: DeviceKind, text: &str) -> AudioEvent {
    AudioEvent::Device { kind, name: String::new(), state: "none", text: Some(text.into()) }
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
    (mic, Ear::Device(ear.unwrap_or_else(|_| End::absent(hosts))))
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
            Failure::new(Exit::NoInput, text)
        })?;
        first.push(opened(&end));
        Ok(end)
    }
    let mic = if listen_only { Mic::Nothing } else { Mic::Device(end(&host, input, first)?) };
    Ok((mic, Ear::Device(end(&host, output, first)?)))
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
    play_at_join: bool,
    attached: bool,
    /// When the next tick is due, if no loudspeaker says so.
    timer: Option<Instant>,
    slack: usize,
    underruns: u64,
    calm: u32,
}

impl Shell {
    fn run(mut self, first: Vec<AudioEvent>) {
        for event in first {
            self.tell(event);
        }
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
                Ok(Control::Record(tap)) => self.record = tap,
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
        if let Some(pause) = self.standstill.look(standstill::now())
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
                self.tell(AudioEvent::Device { kind, name, state: "none", text: Some(text) });
            }
        }
    }

    fn supervise(&mut self) {
        let now = Instant::now();
        let events = &self.events;
        let mut tell = |e| drop(events.try_send(e));
        if let Mic::Device(end) = &mut self.mic {
            end.poll(now, &mut tell);
        }
        if let Ear::Device(end) = &mut self.ear {
            end.poll(now, &mut tell);
        }
    }

    /// Makes the ticks that are due; returns how long nothing is due.
    fn make_sound(&mut self) -> Duration {
        let now = Instant::now();
        if let Ear::Device(end) = &self.ear
            && end.stored().is_some()
        {
            self.adapt();
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
        matches!(&self.ear, Ear::Device(end) if end.stored().is_some_and(|n| n < self.slack * TICK_SAMPLES))
    }

    /// More slack in the loudspeaker's ring where callbacks come irregularly, less where they do not.
    fn adapt(&mut self) {
        let Ear::Device(end) = &self.ear else { return };
        let underruns = end.underruns();
        if underruns != self.underruns {
            if underruns > self.underruns {
                self.slack = (self.slack + 1).min(*SLACK_RANGE.end());
            }
            (self.underruns, self.calm) = (underruns, 0);
        } else if self.calm >= SLACK_DECAY {
            (self.slack, self.calm) = ((self.slack - 1).max(*SLACK_RANGE.start()), 0);
        }
    }

    fn one_tick(&mut self, now: Instant) {
        self.calm += 1;
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
        };
        let mut out = [0.0; TICK_SAMPLES];
        self.tick.set_live(matches!(&self.mic, Mic::Device(end) if end.name().is_some()));
        self.tick.tick(now, got.then_some(&captured), &mut out);
        if let Some(tap) = &mut self.record {
            let mut kept = out;
            if got && self.open {
                Mixer::add(&mut kept, &captured, 1.0);
            }
            if !tap.write(&kept) {
                self.record = None;
            }
        }
        let written = match &mut self.ear {
            Ear::Nothing => Ok(()),
            Ear::Device(end) => {
                // A ring that is full already belongs to a loudspeaker that stands still: what it missed is over.
                if end.stored().is_some_and(|n| n < self.slack * TICK_SAMPLES)
                    && let Some(ring) = end.ring()
                {
                    for s in out {
                        let _ = ring.push(s);
                    }
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

//! Keeps one end of the sound open: notices when a device dies, falls silent or goes away, drops it, and opens it again
//! with growing patience. Opening happens on a thread of its own; the call goes on meanwhile.

use super::ring::stored;
use super::{CaptureRing, Health, Host, OpenError, PlayRing, Rechunk, Stream};
use crate::audio::AudioEvent;
use crate::call::DeviceKind;
use rtrb::Producer;
use std::sync::{Arc, mpsc};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// A device that does not call back for so long is lost.
const WATCHDOG: Duration = Duration::from_millis(500);
/// A device that was just opened may take longer to settle: suspended ones wake up, PulseAudio's null sink first plays
/// the two seconds it has rendered ahead.
const SETTLING: Duration = Duration::from_secs(3);
/// Time to the first attempt to open a lost device again; it doubles ...
const BACKOFF_FROM: Duration = Duration::from_millis(250);
/// ... up to this.
const BACKOFF_TO: Duration = Duration::from_secs(5);

/// The audio thread's end of a ring: a microphone's or a loudspeaker's.
pub trait Side: Send + Sized + 'static {
    /// Which end it is.
    const KIND: DeviceKind;
    /// What users call it.
    const WORD: &'static str;
    /// Opens a device of this kind.
    fn open(host: &dyn Host, device: Option<&str>, health: &Arc<Health>) -> Result<(Stream, Self), OpenError>;
}

impl Side for Rechunk {
    const KIND: DeviceKind = DeviceKind::Input;
    const WORD: &'static str = "microphone";
    fn open(host: &dyn Host, device: Option<&str>, health: &Arc<Health>) -> Result<(Stream, Self), OpenError> {
        let (callback, ring) = CaptureRing::new(health.clone());
        Ok((host.open_input(device, callback)?, ring))
    }
}

impl Side for Producer<f32> {
    const KIND: DeviceKind = DeviceKind::Output;
    const WORD: &'static str = "loudspeaker";
    fn open(host: &dyn Host, device: Option<&str>, health: &Arc<Health>) -> Result<(Stream, Self), OpenError> {
        let (callback, ring) = PlayRing::new(health.clone());
        Ok((host.open_output(device, callback)?, ring))
    }
}

struct Opened<S> {
    stream: Stream,
    ring: S,
    health: Arc<Health>,
}

impl<S: Side> Opened<S> {
    /// Tries the hosts in order, with the wanted device, then (if `any`) with their default ones.
    fn open(hosts: &[Arc<dyn Host>], device: Option<&str>, any: bool) -> Result<Self, OpenError> {
        let mut last = OpenError::Unavailable(format!("no {} was found", S::WORD));
        let tries: &[Option<&str>] = if any && device.is_some() { &[device, None] } else { &[device] };
        for device in tries {
            for host in hosts {
                let health = Arc::<Health>::default();
                match S::open(host.as_ref(), *device, &health) {
                    Ok((stream, ring)) => return Ok(Self { stream, ring, health }),
                    Err(e) => {
                        tracing::debug!(host = host.name(), ?device, "{} does not open: {e}", S::WORD);
                        last = e;
                    }
                }
            }
        }
        Err(last)
    }
}

/// An attempt to open a device, on a thread of its own.
type Attempt<S> = mpsc::Receiver<Result<Opened<S>, OpenError>>;

enum State<S> {
    Open {
        it: Opened<S>,
        callbacks: u64,
        alive: Instant,
        since: Instant,
    },
    Opening {
        result: Attempt<S>,
        patience: Duration,
    },
    Waiting {
        until: Instant,
        patience: Duration,
    },
    /// Given back to the system by intention.
    Released,
}

/// One end of the sound, kept open.
pub struct End<S> {
    hosts: Vec<Arc<dyn Host>>,
    device: Option<String>,
    state: State<S>,
    /// A device the user asked for while another is open.
    switching: Option<(String, Attempt<S>)>,
    wakes: Option<Thread>,
    /// The device is being opened because we gave it back, not because it was lost.
    claimed: bool,
}

impl<S> std::fmt::Debug for End<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("End").field("hosts", &self.hosts).field("device", &self.device).finish_non_exhaustive()
    }
}

impl<S: Side> End<S> {
    /// Opens now, on this thread: the call has not begun.
    pub fn open(hosts: Vec<Arc<dyn Host>>, device: Option<String>) -> Result<Self, OpenError> {
        let it = Opened::open(&hosts, device.as_deref(), false)?;
        let now = Instant::now();
        let state = State::Open { it, callbacks: 0, alive: now, since: now };
        Ok(Self { hosts, device, state, switching: None, wakes: None, claimed: false })
    }

    /// Nothing is there now; looks again from time to time.
    pub fn absent(hosts: Vec<Arc<dyn Host>>) -> Self {
        let state = State::Waiting { until: Instant::now() + BACKOFF_TO, patience: BACKOFF_TO };
        Self { hosts, device: None, state, switching: None, wakes: None, claimed: false }
    }

    /// Names the thread that callbacks wake.
    pub fn wakes(&mut self, thread: Thread) {
        if let State::Open { it, alive, .. } = &mut self.state {
            it.health.wakes(thread.clone());
            *alive = Instant::now();
        }
        self.wakes = Some(thread);
    }

    /// The open device's name.
    pub fn name(&self) -> Option<&str> {
        match &self.state {
            State::Open { it, .. } => Some(&it.stream.name),
            _ => None,
        }
    }

    /// The open device's ring.
    pub fn ring(&mut self) -> Option<&mut S> {
        match &mut self.state {
            State::Open { it, .. } => Some(&mut it.ring),
            _ => None,
        }
    }

    /// How often the open device found too little to play.
    pub fn underruns(&self) -> u64 {
        match &self.state {
            State::Open { it, .. } => it.health.underruns(),
            _ => 0,
        }
    }

    /// Switches to another device; the present one stays until that is open.
    pub fn switch(&mut self, name: String) {
        if matches!(self.state, State::Released) {
            self.device = Some(name);
            return;
        }
        let result = self.opener(Some(name.clone()), false);
        self.switching = Some((name, result));
    }

    /// Looks after the device; call it every few milliseconds.
    pub fn poll(&mut self, now: Instant, event: &mut dyn FnMut(AudioEvent)) {
        self.poll_switch(now, event);
        match &mut self.state {
            State::Open { it, callbacks, alive, since } => {
                let count = it.health.callbacks();
                if count != *callbacks {
                    (*callbacks, *alive) = (count, now);
                }
                let settling = now.saturating_duration_since(*since) < SETTLING;
                let patience = if settling { SETTLING } else { WATCHDOG };
                let silent = now.saturating_duration_since(*alive) > patience;
                if it.health.is_dead() || silent {
                    let name = it.stream.name.clone();
                    let why = if silent { "gives no sound any more" } else { "is gone" };
                    let text = format!("The {} {name} {why}; the call goes on and it will be opened again.", S::WORD);
                    self.state = State::Waiting { until: now + BACKOFF_FROM, patience: BACKOFF_FROM };
                    event(AudioEvent::Device { kind: S::KIND, name, state: "lost", text: Some(text) });
                }
            }
            State::Opening { result, patience } => {
                let patience = *patience;
                match result.try_recv() {
                    Ok(Ok(it)) => {
                        let text = format!("The {} {} works again.", S::WORD, it.stream.name);
                        let text = (!std::mem::take(&mut self.claimed)).then_some(text);
                        self.take(it, now, text, event);
                    }
                    Ok(Err(_)) | Err(mpsc::TryRecvError::Disconnected) => {
                        if std::mem::take(&mut self.claimed) {
                            let text = format!("The {} does not open again; it is tried from time to time.", S::WORD);
                            let name = self.device.clone().unwrap_or_default();
                            event(AudioEvent::Device { kind: S::KIND, name, state: "lost", text: Some(text) });
                        }
                        let patience = (patience * 2).min(BACKOFF_TO);
                        self.state = State::Waiting { until: now + patience, patience };
                    }
                    Err(mpsc::TryRecvError::Empty) => {}
                }
            }
            State::Waiting { until, patience } if now >= *until => {
                let patience = *patience;
                let result = self.opener(self.device.clone(), true);
                self.state = State::Opening { result, patience };
            }
            State::Waiting { .. } | State::Released => {}
        }
    }

    /// Gives the device back to the system, and looks for none until [`End::claim`].
    pub fn release(&mut self) {
        self.switching = None;
        self.state = State::Released;
    }

    /// Opens a device again that was given back.
    pub fn claim(&mut self) {
        if matches!(self.state, State::Released) {
            self.state = State::Opening { result: self.opener(self.device.clone(), true), patience: BACKOFF_FROM };
            self.claimed = true;
        }
    }

    fn poll_switch(&mut self, now: Instant, event: &mut dyn FnMut(AudioEvent)) {
        let Some((name, result)) = &self.switching else { return };
        let name = name.clone();
        match result.try_recv() {
            Err(mpsc::TryRecvError::Empty) => return,
            Ok(Ok(it)) => {
                self.device = Some(name);
                self.take(it, now, None, event);
            }
            Ok(Err(OpenError::Unavailable(why))) => event(self.refused(name, &why)),
            Ok(Err(OpenError::Unknown)) | Err(mpsc::TryRecvError::Disconnected) => {
                event(self.refused(name, "there is no such device, see conclave devices"));
            }
        }
        self.switching = None;
    }

    fn refused(&self, name: String, why: &str) -> AudioEvent {
        let text = format!("The {} \"{name}\" does not open: {why}.", S::WORD);
        AudioEvent::Device { kind: S::KIND, name, state: "none", text: Some(text) }
    }

    fn take(&mut self, it: Opened<S>, now: Instant, text: Option<String>, event: &mut dyn FnMut(AudioEvent)) {
        if let Some(thread) = &self.wakes {
            it.health.wakes(thread.clone());
        }
        event(AudioEvent::Device { kind: S::KIND, name: it.stream.name.clone(), state: "open", text });
        self.state = State::Open { it, callbacks: 0, alive: now, since: now };
    }

    fn opener(&self, device: Option<String>, any: bool) -> Attempt<S> {
        let (done, result) = mpsc::channel();
        let hosts = self.hosts.clone();
        // A thread that cannot be started drops `done`: that is a failed attempt.
        let _ = thread::Builder::new().name("audio-open".into()).spawn(move || {
            let _ = done.send(Opened::open(&hosts, device.as_deref(), any));
        });
        result
    }
}

impl End<Producer<f32>> {
    /// How many samples wait in the open device's ring.
    pub fn stored(&self) -> Option<usize> {
        match &self.state {
            State::Open { it, .. } => Some(stored(&it.ring)),
            _ => None,
        }
    }
}

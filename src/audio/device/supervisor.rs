//! Keeps one end of the sound open: notices when a device dies, falls silent or goes away, drops it, and takes the default
//! one instead, at once or with growing patience; when the wanted one is back, it is used again. Opening happens on a thread
//! of its own; the call goes on meanwhile.

use super::changes::{Change, What};
use super::ring::{RING, stored};
use super::{CaptureRing, Health, Host, OpenError, PlayRing, Rechunk, Stream};
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
/// Time to the second attempt to open a lost device again, the first one is at once; it doubles ...
const BACKOFF_FROM: Duration = Duration::from_millis(250);
/// ... up to this.
const BACKOFF_TO: Duration = Duration::from_secs(5);
/// What is open again within this was interrupted only: one sentence instead of two.
const GRACE: Duration = Duration::from_secs(1);
/// For so long only the sound system that was used is tried again: it may be starting anew, and ALSA, opened meanwhile, would
/// keep the card from it.
const LOYALTY: Duration = Duration::from_secs(10);
/// Until the sound system has finished what it began.
const MOMENT: Duration = Duration::from_millis(100);
/// How often it is looked whether the wanted device is back.
const LOOK: Duration = Duration::from_secs(2);

/// The audio thread's end of a ring: a microphone's or a loudspeaker's.
pub trait Side: Send + Sized + 'static {
    /// Which end it is.
    const KIND: DeviceKind;
    /// What users call it.
    const WORD: &'static str;
    /// Opens a device of this kind, with a ring of so many samples.
    fn open(host: &dyn Host, device: Option<&str>, health: &Arc<Health>, ring: usize) -> Result<(Stream, Self), OpenError>;
}

impl Side for Rechunk {
    const KIND: DeviceKind = DeviceKind::Input;
    const WORD: &'static str = "microphone";
    fn open(host: &dyn Host, device: Option<&str>, health: &Arc<Health>, ring: usize) -> Result<(Stream, Self), OpenError> {
        let (callback, ring) = CaptureRing::sized(health.clone(), ring);
        Ok((host.open_input(device, callback)?, ring))
    }
}

impl Side for Producer<f32> {
    const KIND: DeviceKind = DeviceKind::Output;
    const WORD: &'static str = "loudspeaker";
    fn open(host: &dyn Host, device: Option<&str>, health: &Arc<Health>, ring: usize) -> Result<(Stream, Self), OpenError> {
        let (callback, ring) = PlayRing::sized(health.clone(), ring);
        Ok((host.open_output(device, callback)?, ring))
    }
}

struct Opened<S> {
    stream: Stream,
    ring: S,
    health: Arc<Health>,
    /// The sound system it belongs to.
    host: &'static str,
    /// It is what was asked for, not another one instead.
    wanted: bool,
}

impl<S: Side> Opened<S> {
    /// Tries the hosts in order, with the wanted device, then (if `any`) with their default ones.
    fn open(hosts: &[Arc<dyn Host>], device: Option<&str>, any: bool, ring: usize) -> Result<Self, OpenError> {
        let mut last = OpenError::Unavailable(format!("no {} was found", S::WORD));
        let tries: &[Option<&str>] = if any && device.is_some() { &[device, None] } else { &[device] };
        for attempt in tries {
            for host in hosts {
                let health = Arc::<Health>::default();
                match S::open(host.as_ref(), *attempt, &health, ring) {
                    Ok((stream, ring)) => {
                        return Ok(Self { stream, ring, health, host: host.name(), wanted: *attempt == device });
                    }
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

/// A device that is not open any more.
struct Lost {
    name: String,
    host: &'static str,
    at: Instant,
    told: bool,
}

/// Another device than the wanted one is open.
enum Astray<S> {
    /// It will be looked whether the wanted one is back.
    Looking { at: Instant },
    /// It is opened.
    Opening { result: Attempt<S> },
    /// The sound system moved the stream; it will be looked whether the old device is gone.
    Moved { from: String, at: Instant },
    /// It is looked.
    Asking { from: String, result: Attempt<S> },
}

/// One end of the sound, kept open.
pub struct End<S> {
    hosts: Vec<Arc<dyn Host>>,
    /// The wanted device; `None`: whatever is the default one.
    device: Option<String>,
    state: State<S>,
    lost: Option<Lost>,
    astray: Option<Astray<S>>,
    /// The wanted device was gone since it was last open.
    missed: bool,
    /// A device the user asked for while another is open.
    switching: Option<(String, Attempt<S>)>,
    wakes: Option<Thread>,
    /// Samples in the ring.
    ring: usize,
    /// How often a device was opened.
    generation: u32,
    /// The device is being opened because we gave it back, not because it was lost.
    claimed: bool,
}

impl<S> std::fmt::Debug for End<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("End").field("hosts", &self.hosts).field("device", &self.device).finish_non_exhaustive()
    }
}

impl<S: Side> End<S> {
    fn new(hosts: Vec<Arc<dyn Host>>, device: Option<String>, state: State<S>) -> Self {
        Self {
            hosts,
            device,
            state,
            lost: None,
            astray: None,
            missed: false,
            switching: None,
            wakes: None,
            ring: RING,
            generation: 0,
            claimed: false,
        }
    }

    /// Opens now, on this thread: the call has not begun.
    pub fn open(hosts: Vec<Arc<dyn Host>>, device: Option<String>) -> Result<Self, OpenError> {
        let it = Opened::open(&hosts, device.as_deref(), false, RING)?;
        let now = Instant::now();
        let state = State::Open { it, callbacks: 0, alive: now, since: now };
        Ok(Self::new(hosts, device, state))
    }

    /// Nothing is there now; looks again from time to time.
    pub fn absent(hosts: Vec<Arc<dyn Host>>) -> Self {
        let state = State::Waiting { until: Instant::now() + BACKOFF_TO, patience: BACKOFF_TO };
        Self { missed: true, ..Self::new(hosts, None, state) }
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

    /// How the open device is.
    pub fn health(&self) -> Option<&Health> {
        match &self.state {
            State::Open { it, .. } => Some(&it.health),
            _ => None,
        }
    }

    /// Changes whenever another stream is open.
    pub fn generation(&self) -> u32 {
        self.generation
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
    pub fn poll(&mut self, now: Instant, event: &mut dyn FnMut(Change)) {
        self.poll_switch(now, event);
        self.poll_astray(now, event);
        match &mut self.state {
            State::Open { it, callbacks, alive, since } => {
                let count = it.health.callbacks();
                if count != *callbacks {
                    (*callbacks, *alive) = (count, now);
                }
                let settling = now.saturating_duration_since(*since) < SETTLING;
                let patience = if settling { SETTLING } else { WATCHDOG };
                let silent = now.saturating_duration_since(*alive) > patience;
                let larger = it.health.wants_ring(self.ring);
                if it.health.is_dead() || silent {
                    self.lost = Some(Lost { name: it.stream.name.clone(), host: it.host, at: now, told: false });
                    self.reopen();
                } else if let Some(to) = it.health.moved().filter(|to| *to != it.stream.name) {
                    let old = std::mem::replace(&mut it.stream.name, to.clone());
                    self.moved(now, old, to, event);
                } else if let Some(larger) = larger {
                    // Nothing happened that anybody should hear of.
                    tracing::debug!(larger, "the {} needs another ring", S::WORD);
                    self.ring = larger;
                    self.reopen();
                }
            }
            State::Opening { result, patience } => {
                let patience = *patience;
                match result.try_recv() {
                    Ok(Ok(it)) => {
                        self.claimed = false;
                        self.reopened(it, now, event);
                    }
                    Ok(Err(_)) | Err(mpsc::TryRecvError::Disconnected) => {
                        if std::mem::take(&mut self.claimed) {
                            // It was given back, and somebody else has it, or it is gone: like one that was lost.
                            let name = self.device.clone().unwrap_or_default();
                            self.lost = Some(Lost { name, host: "", at: now, told: false });
                        }
                        self.missed = true;
                        let next = (patience * 2).min(BACKOFF_TO);
                        self.state = State::Waiting { until: now + patience, patience: next };
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
        if let Some(lost) = self.lost.as_mut().filter(|l| !l.told && now.saturating_duration_since(l.at) > GRACE) {
            lost.told = true;
            event(Change { kind: S::KIND, name: lost.name.clone(), what: What::Gone });
        }
    }

    /// Gives the device back to the system, and looks for none until [`End::claim`].
    pub fn release(&mut self) {
        (self.switching, self.lost, self.astray, self.missed) = (None, None, None, false);
        self.state = State::Released;
    }

    /// Opens a device again that was given back.
    pub fn claim(&mut self) {
        if matches!(self.state, State::Released) {
            self.state = State::Opening { result: self.opener(self.device.clone(), true), patience: BACKOFF_FROM };
            self.claimed = true;
        }
    }

    /// Drops what is open and opens it, or another one, at once.
    fn reopen(&mut self) {
        self.astray = None;
        // Dropped first: a device may open once only.
        self.state = State::Waiting { until: Instant::now(), patience: BACKOFF_FROM };
        let result = self.opener(self.device.clone(), true);
        self.state = State::Opening { result, patience: BACKOFF_FROM };
    }

    /// Something is open where nothing was.
    fn reopened(&mut self, it: Opened<S>, now: Instant, event: &mut dyn FnMut(Change)) {
        let name = it.stream.name.clone();
        let back = std::mem::take(&mut self.missed);
        if self.device.is_some() && !it.wanted {
            (self.missed, self.astray) = (true, Some(Astray::Looking { at: now + LOOK }));
        }
        let what = match self.lost.take() {
            None if back => Some(What::Found),
            None => None,
            Some(lost) if lost.name != name => Some(What::Instead(lost.name)),
            Some(lost) if lost.told => Some(What::Back),
            Some(_) => Some(What::Interrupted),
        };
        self.take(it, now);
        what.into_iter().for_each(|what| event(Change { kind: S::KIND, name: name.clone(), what }));
    }

    /// The sound system has put the stream on another device: because ours is gone, because the user said so there, or
    /// because ours is back.
    fn moved(&mut self, now: Instant, from: String, to: String, event: &mut dyn FnMut(Change)) {
        if self.device.as_ref() == Some(&to) && std::mem::take(&mut self.missed) {
            self.astray = None;
            return event(Change { kind: S::KIND, name: to, what: What::Back });
        }
        self.astray = Some(Astray::Moved { from, at: now + MOMENT });
    }

    /// Another device than the wanted one is open, or than the one before: why, and whether the wanted one is back.
    fn poll_astray(&mut self, now: Instant, event: &mut dyn FnMut(Change)) {
        let State::Open { it, .. } = &self.state else { return };
        let name = it.stream.name.clone();
        match self.astray.take() {
            Some(Astray::Looking { at }) if now >= at => {
                self.astray = Some(Astray::Opening { result: self.opener(self.device.clone(), false) });
            }
            Some(Astray::Moved { from, at }) if now >= at => {
                let result = self.opener(Some(from.clone()), false);
                self.astray = Some(Astray::Asking { from, result });
            }
            Some(Astray::Opening { result }) => match result.try_recv() {
                Err(mpsc::TryRecvError::Empty) => self.astray = Some(Astray::Opening { result }),
                Ok(Ok(it)) => {
                    self.missed = false;
                    let name = it.stream.name.clone();
                    self.take(it, now);
                    event(Change { kind: S::KIND, name, what: What::Back });
                }
                _ => self.astray = Some(Astray::Looking { at: now + LOOK }),
            },
            Some(Astray::Asking { from, result }) => match result.try_recv() {
                Err(mpsc::TryRecvError::Empty) => self.astray = Some(Astray::Asking { from, result }),
                Ok(Ok(_)) => {
                    // It is there: somebody moved the stream away on purpose, and that is what is wanted now.
                    self.device = None;
                    event(Change { kind: S::KIND, name, what: What::Moved(from) });
                }
                _ => {
                    self.missed = self.device.is_some();
                    self.astray = self.missed.then_some(Astray::Looking { at: now + LOOK });
                    event(Change { kind: S::KIND, name, what: What::Instead(from) });
                }
            },
            waits => self.astray = waits,
        }
    }

    fn poll_switch(&mut self, now: Instant, event: &mut dyn FnMut(Change)) {
        let Some((name, result)) = &self.switching else { return };
        let name = name.clone();
        let what = match result.try_recv() {
            Err(mpsc::TryRecvError::Empty) => return,
            Ok(Ok(it)) => {
                let open = it.stream.name.clone();
                (self.device, self.lost, self.astray, self.missed) = (Some(name), None, None, false);
                self.switching = None;
                self.take(it, now);
                return event(Change { kind: S::KIND, name: open, what: What::Chosen });
            }
            Ok(Err(OpenError::Unavailable(why))) => why,
            Ok(Err(OpenError::Unknown)) | Err(mpsc::TryRecvError::Disconnected) => {
                "there is no such device, see conclave devices".into()
            }
        };
        self.switching = None;
        event(Change { kind: S::KIND, name, what: What::Refused(what) });
    }

    fn take(&mut self, it: Opened<S>, now: Instant) {
        if let Some(thread) = &self.wakes {
            it.health.wakes(thread.clone());
        }
        self.state = State::Open { it, callbacks: 0, alive: now, since: now };
        self.generation += 1;
    }

    fn opener(&self, device: Option<String>, any: bool) -> Attempt<S> {
        let (done, result) = mpsc::channel();
        let (mut hosts, ring, wakes) = (self.hosts.clone(), self.ring, self.wakes.clone());
        if let Some(lost) = self.lost.as_ref().filter(|l| l.at.elapsed() < LOYALTY) {
            hosts.retain(|h| h.name() == lost.host);
        }
        // A thread that cannot be started drops `done`: that is a failed attempt.
        let _ = thread::Builder::new().name("audio-open".into()).spawn(move || {
            let _ = done.send(Opened::open(&hosts, device.as_deref(), any, ring));
            // So that it is used at once.
            wakes.iter().for_each(Thread::unpark);
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

//! Our own microphone: opened and closed for everybody in an order that makes what is shown true.
//!
//! * Closing: first the gate before the network ([`MuteGate`]), then the capture, and only then is it told that the
//!   microphone is closed. No packet of sound enters the kernel after the event.
//! * Opening: first it is told, then the gate opens. Nobody is heard before every front end could have shown it.

use super::Engine;
use super::run::{Answer, tell};
use crate::audio::Control;
use crate::audio::warnings::Warning;
use crate::backend::{BackendCommand, MuteGate};
use crate::call::{Event, PeerId};
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;

/// Why the microphone is closed without anybody having closed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// The process is about to be stopped (Ctrl-Z): close the microphone and give its device back, then answer.
    Stops,
    /// The process goes on after it was stopped.
    GoesOn,
    /// The screen was locked.
    Locked,
    /// The machine goes to sleep.
    Sleeps,
    /// The last window of a call that goes on without one is gone.
    Unwatched,
}

/// An interruption and whom to tell that it was dealt with.
pub(super) type Interrupted = (Interruption, oneshot::Sender<()>);

/// What the engine knows of the own microphone.
#[derive(Debug)]
pub(super) struct Microphone {
    /// It is open by the user's will.
    pub(super) open: bool,
    /// Push-to-talk is held.
    pub(super) talking: bool,
    /// What our packets pass where they leave; before there is a session, nobody's.
    gate: MuteGate,
    /// It was open when the process was stopped: whoever comes back is told that it no longer is.
    was_open: bool,
}

impl Microphone {
    pub(super) fn new(open: bool) -> Self {
        Self { open, talking: false, gate: MuteGate::default(), was_open: false }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open || self.talking
    }
}

impl Engine {
    /// The session's own gate; closed until [`Engine::apply_microphone`] or [`Engine::first_microphone`] opens it.
    pub(super) fn take_gate(&mut self, gate: MuteGate) {
        gate.close();
        self.microphone.gate = gate;
    }

    /// Says how the microphone is at the beginning of the call, then makes it so.
    pub(super) fn first_microphone(&mut self, announced_muted: bool, commands: &Sender<BackendCommand>) {
        let Some(id) = self.me() else { return };
        let open = self.microphone.is_open();
        self.emit(Event::Muted { id, on: !open, by: None });
        if open {
            self.microphone.gate.open();
        }
        // It was closed while we were joining: nobody was told otherwise yet.
        if announced_muted == open
            && let Err(text) = tell(commands, BackendCommand::Muted(!open))
        {
            self.emit(Event::Warning { code: "not_sent".into(), text });
        }
    }

    /// Nothing of ours leaves any more, whatever is shown: the call is over.
    pub(super) fn last_sound(&self) {
        self.microphone.gate.close();
    }

    /// Opens or closes the microphone as `open` and `talking` say, here and for everybody.
    pub(super) fn apply_microphone(&mut self, commands: &Sender<BackendCommand>) -> Result<(), String> {
        let open = self.microphone.is_open();
        let shown = !self.shared.lock().state.muted;
        if !open {
            self.shut();
            if shown {
                self.tell_muted(true, None);
            }
            return tell(commands, BackendCommand::Muted(true));
        }
        // What cannot be announced is not opened: nobody would hear it, and it would be shown as open.
        if let Err(why) = tell(commands, BackendCommand::Muted(false)) {
            if !shown {
                (self.microphone.open, self.microphone.talking) = (false, false);
            }
            return Err(why);
        }
        if !shown {
            self.tell_muted(false, None);
        }
        self.microphone.gate.open();
        self.control(Control::Microphone(true));
        Ok(())
    }

    /// Closes it here, whatever it was; the room did, or a freeze, or an interruption.
    pub(super) fn close_microphone(&mut self, by: Option<PeerId>) {
        (self.microphone.open, self.microphone.talking) = (false, false);
        self.shut();
        self.tell_muted(true, by);
    }

    /// Closes the way out of here and the capture, in this order.
    pub(super) fn shut(&self) {
        self.microphone.gate.close();
        self.control(Control::Microphone(false));
    }

    fn tell_muted(&self, on: bool, by: Option<PeerId>) {
        if let Some(id) = self.me() {
            self.emit(Event::Muted { id, on, by });
        }
    }

    /// `/talk`: down, up, or the other of the two. The other of an open microphone is a closed one, however it was opened.
    pub(super) fn talk(&mut self, down: Option<bool>, commands: &Sender<BackendCommand>) -> Result<(), String> {
        let m = &self.microphone;
        let (open, talking) = match down {
            Some(down) => (m.open, down),
            None if m.is_open() => (false, false),
            None => (false, true),
        };
        if talking {
            self.thawed()?;
        }
        (self.microphone.open, self.microphone.talking) = (open, talking);
        self.apply_microphone(commands)
    }

    /// `/level`: how loud the microphone is, whether it is open or not.
    pub(super) fn level(&self) -> Answer {
        let level = self.audio.meter.level();
        let round = |db: f32| (f64::from(db) * 10.0).round() / 10.0;
        Ok(Some(serde_json::json!({
            "microphone": level.words(),
            "loudness_dbfs": round(level.loudness),
            "peak_dbfs": round(level.peak),
            "open": self.microphone.is_open(),
        })))
    }

    /// Something is wrong with the own microphone.
    pub(super) fn warn_of_microphone(&self, warning: Warning) {
        // It may have been opened or closed while the warning was on its way.
        let fits = self.microphone.is_open() != (warning == Warning::TalkingWhileMuted);
        if fits && !self.shared.lock().state.waiting {
            self.emit(Event::Warning { code: warning.code().into(), text: warning.text().into() });
        }
    }

    /// Closes the microphone because nobody watches it; it stays closed until the user opens it.
    pub(super) fn on_interruption(&mut self, (interruption, done): Interrupted, commands: &Sender<BackendCommand>) {
        let open = self.microphone.is_open();
        match interruption {
            Interruption::Stops => {
                self.microphone.was_open |= open;
                self.interrupt(commands);
                self.control(Control::ReleaseMicrophone);
            }
            Interruption::GoesOn => self.came_back("this program was stopped", commands),
            Interruption::Unwatched => self.came_back("the window of this call was closed", commands),
            Interruption::Locked | Interruption::Sleeps => {
                let sleeps = interruption == Interruption::Sleeps;
                self.came_back(if sleeps { "the machine went to sleep" } else { "the screen was locked" }, commands);
                self.control(Control::ReleaseMicrophone);
            }
        }
        // Whoever asked may have gone.
        let _ = done.send(());
    }

    /// The audio thread noticed that nothing ran for some time, and has closed the capture.
    pub(super) fn stood_still(&mut self, pause: Duration, commands: &Sender<BackendCommand>) {
        let why = match pause.as_secs() {
            s @ 0..120 => format!("this program did not run for {s} seconds"),
            s => format!("this program did not run for {} minutes", s / 60),
        };
        self.came_back(&why, commands);
    }

    fn came_back(&mut self, why: &str, commands: &Sender<BackendCommand>) {
        let open = self.microphone.is_open();
        self.interrupt(commands);
        if std::mem::take(&mut self.microphone.was_open) || open {
            let text = format!("{why}: your microphone was closed and stays closed; /unmute opens it");
            self.emit(Event::Warning { code: "suspended".into(), text });
        }
    }

    fn interrupt(&mut self, commands: &Sender<BackendCommand>) {
        if self.microphone.is_open() {
            self.close_microphone(None);
            self.again_closed(commands);
        } else {
            self.shut();
        }
    }

    /// The microphone was closed by somebody else than the user. Has the backend agree, whatever it was just asked for: an
    /// opening that was on its way must not leave the others with a microphone that they take to be open.
    pub(super) fn again_closed(&self, commands: &Sender<BackendCommand>) {
        // A connection that is stuck has the others hear nothing all the same.
        let _ = tell(commands, BackendCommand::Muted(true));
    }
}

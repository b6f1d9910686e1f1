//! What an echo room says: each sentence once, a delay again only when it has changed.

use crate::call::{Event, State};
use crate::exit::{Exit, Failure};
use crate::front_end::words;
use serde::Serialize;

/// There and back: as easy as face to face up to this, in milliseconds ...
const GOOD: f32 = 150.0;
/// ... and people begin to talk at once beyond that.
const FAIR: f32 = 300.0;
/// A change by less is not told, in milliseconds.
const CHANGE: f32 = 15.0;

/// See the module.
#[derive(Debug)]
pub(super) struct Teller {
    json: bool,
    /// The way the sound goes.
    through: Option<String>,
    delays: Vec<f32>,
    told: Option<f32>,
    ready: bool,
    /// Something was said at all.
    pub spoken: bool,
}

/// A delay, for scripts.
#[derive(Serialize)]
struct Measured<'a> {
    event: &'static str,
    delay_ms: Option<f32>,
    through: Option<&'a str>,
    word: Option<&'static str>,
    measurements: usize,
}

fn word(ms: f32) -> &'static str {
    match ms {
        ..=GOOD => "good",
        ..=FAIR => "fair: people will interrupt each other now and then",
        _ => "poor: people will talk at once",
    }
}

impl Teller {
    pub(super) fn new(json: bool) -> Self {
        Self { json, through: None, delays: Vec::new(), told: None, ready: false, spoken: false }
    }

    fn say(&self, line: &str) {
        if !self.json {
            // Whoever reads no more hears the echo all the same.
            let _ = crate::cli::print(format!("{line}\n"));
        }
    }

    fn through(&self) -> &str {
        self.through.as_deref().unwrap_or("the network")
    }

    /// Something happened in the call.
    pub(super) fn event(&mut self, event: &Event, state: &State) {
        match event {
            Event::Transport { rung, ok: true, .. } => self.through = Some(crate::text::clean(rung)),
            Event::Device { .. }
            | Event::Warning { .. }
            | Event::Intercepted { expected: false, .. }
            | Event::Playing { .. }
            | Event::Reconnecting { .. }
            | Event::Reconnected => {
                if let Some(text) = words::event(event, state) {
                    self.say(&text);
                }
            }
            Event::PeerJoined { peer, .. } if state.me.as_ref() != Some(&peer.id) && !self.ready => {
                self.ready = true;
                self.say("The echo is there. Speak: what you say comes back after about a second. Ctrl-C ends it.");
            }
            _ => {}
        }
    }

    /// The voice came back.
    pub(super) fn measured(&mut self, ms: f32) {
        let before = self.delays.last().copied();
        self.delays.push(ms);
        if self.json {
            self.print("echo", Some(ms));
        }
        // Two that agree: one alone may be another syllable that is alike, or a hiccup.
        let agree = before.is_some_and(|before| (before - ms).abs() <= CHANGE);
        if agree && self.told.is_none_or(|told| (told - ms).abs() > CHANGE) {
            self.told = Some(ms);
            self.say(&self.sentence(ms));
        }
    }

    fn sentence(&self, ms: f32) -> String {
        format!("Your voice came back after {ms:.0} ms (beside the echo's second) through {}: {}.", self.through(), word(ms))
    }

    fn print(&self, event: &'static str, delay_ms: Option<f32>) {
        let word = delay_ms.and_then(|ms| word(ms).split(':').next());
        let line = Measured { event, delay_ms, through: self.through.as_deref(), word, measurements: self.delays.len() };
        let _ = crate::cli::print(format!("{}\n", serde_json::to_string(&line).unwrap_or_default()));
    }

    /// The last word.
    ///
    /// # Errors
    /// [`Exit::AudioLost`] if something was said and nothing of it came back.
    pub(super) fn end(mut self) -> Result<Exit, Failure> {
        self.delays.sort_by(f32::total_cmp);
        let median = self.delays.get(self.delays.len() / 2).copied();
        if self.json {
            self.print("echo_summary", median);
        }
        match median {
            Some(ms) => {
                self.say(&format!("In all, {:.0} ms there and back through {}: {}.", ms, self.through(), word(ms)));
                Ok(Exit::Ok)
            }
            None if self.spoken => {
                let text = "you were heard by the microphone, and nothing of it came back; try conclave devices test, and \
                            conclave echo without a server";
                Err(Failure::new(Exit::AudioLost, text))
            }
            None => {
                self.say("Nothing was said, so nothing came back: is the microphone muted? Try conclave devices test.");
                Ok(Exit::Ok)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_that_never_comes_back_is_lost_and_silence_is_not() {
        let silent = Teller::new(true);
        assert_eq!(silent.end(), Ok(Exit::Ok));
        let unheard = Teller { spoken: true, ..Teller::new(true) };
        assert_eq!(unheard.end().unwrap_err().exit as u8, 74);
    }
}

//! Which way media takes to the server: a ladder of rungs, of which the best that answers is used.
//!
//! Sans-IO: [`Ladder`] is told what happened and when, and says what is to be done ([`Ladder::poll`]) and which rungs a datagram
//! goes over. It stands below ICE, which sees one address of the server that never changes: the checks that the ICE agent sends
//! anyway (RFC 8445, and consent, RFC 7675) are the probes. So each rung is tried with what only the right server can answer, and a call
//! moves from one rung to another without leaving, and without a word of signalling.
//!
//! * At the start, rungs begin one after another like happy eyeballs (RFC 8305): plain UDP at once, each further one when those
//!   before it have said nothing for [`NEXT`] or have failed. The first that answers is taken.
//! * While a rung is in use, better ones are tried again now and then, and taken when they keep answering.
//! * When the rung in use breaks or says nothing for [`SILENT`], all of them are tried at once, and the first that answers is taken.

mod rung;

pub use rung::{Rung, Transport};

use std::time::{Duration, Instant};

/// How long the rungs so far may say nothing before the next one begins.
pub const NEXT: Duration = Duration::from_millis(250);
/// How long the rung in use may say nothing before the others are tried. It is asked each half second; where half of all datagrams are lost
/// both ways, one silence in six is an accident, and then nothing else answers either.
pub const SILENT: Duration = Duration::from_secs(3);
/// How often the agent's checks go out over a rung beside the one in use: they come each 5 ms at the start.
const PACE: Duration = Duration::from_millis(50);
/// When a rung that failed is tried again while none works; doubled with each failure.
const AGAIN: Duration = Duration::from_secs(1);
/// See [`AGAIN`].
const AGAIN_AT_MOST: Duration = Duration::from_secs(8);
/// When better rungs are tried, after the one in use was taken; doubled with each trial in vain. Soon at first: a single packet
/// of the better one may have been lost.
const TRIAL: Duration = Duration::from_secs(2);
/// See [`TRIAL`].
const TRIAL_AT_MOST: Duration = Duration::from_secs(300);
/// How long a trial lasts.
const TRIAL_LASTS: Duration = Duration::from_secs(5);
/// How often a better rung must have answered in a trial to be taken.
const ANSWERS: u32 = 4;
/// How long a connection stays open that is not used any more: what is on its way over it still counts.
const LINGER: Duration = Duration::from_secs(5);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Do {
    /// Open this rung's connection, and say [`Ladder::opened`] or [`Ladder::closed`].
    Open(Rung),
    /// Close it.
    Close(Rung),
    /// From now on media goes over this rung: the server is to be told with an authentic check.
    Use(Rung),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not before this time.
    Closed(Instant),
    Opening,
    Open,
}

#[derive(Debug)]
struct Step {
    rung: Rung,
    state: State,
    failures: u32,
    /// The latest check that went over it while it was not in use.
    checked: Option<Instant>,
    /// In the present trial.
    asked: u32,
    answered: u32,
    heard: Option<Instant>,
}

/// The ladder of one peer connection.
#[derive(Debug)]
pub struct Ladder {
    steps: Vec<Step>,
    /// The rung that begins at once.
    first: Option<Rung>,
    /// Index of the rung in use.
    used: Option<usize>,
    used_since: Instant,
    /// [`Do::Use`] is still to be said.
    say: bool,
    /// The others are being tried because the one in use is silent or gone.
    searching: bool,
    trial: Option<Instant>,
    next_trial: Instant,
    trials: u32,
}

impl Ladder {
    /// These rungs, of which `first` begins at once beside UDP (it was the best the last time).
    pub fn new(now: Instant, rungs: &[Rung], first: Option<Rung>) -> Self {
        let mut rungs = rungs.to_vec();
        rungs.sort_unstable();
        rungs.dedup();
        let mut begins = now;
        let steps = rungs.into_iter().map(|rung| {
            let at = if first == Some(rung) { now } else { begins };
            begins += NEXT;
            let state = if rung == Rung::Udp { State::Open } else { State::Closed(at) };
            Step { rung, state, failures: 0, checked: None, asked: 0, answered: 0, heard: None }
        });
        Self {
            steps: steps.collect(),
            first,
            used: None,
            used_since: now,
            say: false,
            searching: true,
            trial: None,
            next_trial: now,
            trials: 0,
        }
    }

    /// A further rung, which the server has named: it begins as if it had been there from the start, counted from now.
    pub fn add(&mut self, now: Instant, rung: Rung) {
        if self.index(rung).is_some() {
            return;
        }
        let n = self.steps.partition_point(|s| s.rung < rung);
        let begins = if self.first == Some(rung) { now } else { now + NEXT * n as u32 };
        let state = if rung == Rung::Udp { State::Open } else { State::Closed(begins) };
        self.steps.insert(n, Step { rung, state, failures: 0, checked: None, asked: 0, answered: 0, heard: None });
        if let Some(used) = self.used.as_mut().filter(|used| **used >= n) {
            *used += 1;
        }
    }

    /// Whether there is no rung.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// When something came over a rung last, since it was opened.
    pub fn heard_last(&self, rung: Rung) -> Option<Instant> {
        self.index(rung).and_then(|n| self.steps.get(n)).and_then(|s| s.heard)
    }

    /// Whether every rung is tried: there is none in use, or it is silent.
    pub fn is_searching(&self) -> bool {
        self.searching
    }

    /// The rung in use.
    pub fn used(&self) -> Option<Rung> {
        self.used.and_then(|n| self.steps.get(n)).map(|s| s.rung)
    }

    fn index(&self, rung: Rung) -> Option<usize> {
        self.steps.iter().position(|s| s.rung == rung)
    }

    fn is_silent(&self, now: Instant) -> bool {
        let heard = self.used.and_then(|n| self.steps.get(n)).and_then(|s| s.heard);
        heard.is_none_or(|t| now >= t + SILENT)
    }

    /// Whether a rung is to be tried now.
    fn wanted(&self, n: usize) -> bool {
        self.used != Some(n) && (self.searching || (self.trial.is_some() && self.used.is_none_or(|used| n < used)))
    }

    /// The next thing to do; ask until there is none.
    pub fn poll(&mut self, now: Instant) -> Option<Do> {
        if std::mem::take(&mut self.say)
            && let Some(rung) = self.used()
        {
            return Some(Do::Use(rung));
        }
        if !self.searching && self.is_silent(now) {
            self.search(now);
        }
        if !self.searching && self.trial.is_none() && self.used.is_some_and(|used| used > 0) && now >= self.next_trial {
            self.trial = Some(now);
            for step in &mut self.steps {
                (step.asked, step.answered) = (0, 0);
            }
        }
        if self.trial.is_some_and(|began| now >= began + TRIAL_LASTS) {
            self.trial = None;
            self.trials += 1;
            self.next_trial = now + (TRIAL * 2u32.saturating_pow(self.trials)).min(TRIAL_AT_MOST);
        }
        for n in 0..self.steps.len() {
            let wanted = self.wanted(n);
            let lingers = now < self.used_since + LINGER;
            let (used, Some(step)) = (self.used, self.steps.get_mut(n)) else { continue };
            match step.state {
                State::Closed(at) if wanted && now >= at => {
                    step.state = State::Opening;
                    return Some(Do::Open(step.rung));
                }
                State::Open if !wanted && used != Some(n) && !lingers && step.rung != Rung::Udp => {
                    (step.state, step.heard) = (State::Closed(now), None);
                    return Some(Do::Close(step.rung));
                }
                _ => {}
            }
        }
        None
    }

    /// When [`Ladder::poll`] has something to do next.
    pub fn deadline(&self) -> Instant {
        let used = self.used.and_then(|n| self.steps.get(n));
        let silence = used.and_then(|s| s.heard).filter(|_| !self.searching).map(|t| t + SILENT);
        let trial = match self.trial {
            Some(began) => Some(began + TRIAL_LASTS),
            None => self.used.filter(|used| *used > 0 && !self.searching).map(|_| self.next_trial),
        };
        let steps = self.steps.iter().enumerate().filter_map(|(n, s)| match s.state {
            State::Closed(at) if self.wanted(n) => Some(at),
            State::Open if !self.wanted(n) && self.used != Some(n) && s.rung != Rung::Udp => Some(self.used_since + LINGER),
            _ => None,
        });
        // Where there is nothing to wait for, an hour is as good as for ever.
        let never = self.used_since + Duration::from_secs(3600);
        steps.chain(silence).chain(trial).min().unwrap_or(never)
    }

    /// All rungs are tried.
    fn search(&mut self, now: Instant) {
        self.searching = true;
        self.trial = None;
        for step in &mut self.steps {
            step.failures = 0;
            step.checked = None;
            if let State::Closed(_) = step.state {
                step.state = State::Closed(now);
            }
        }
    }

    /// A rung's connection is open.
    pub fn opened(&mut self, rung: Rung) {
        if let Some(step) = self.index(rung).and_then(|n| self.steps.get_mut(n)) {
            step.state = State::Open;
            step.checked = None;
        }
    }

    /// A rung's connection could not be opened, or has ended.
    pub fn closed(&mut self, now: Instant, rung: Rung) {
        let Some(n) = self.index(rung) else { return };
        let was_open = self.used == Some(n);
        if let Some(step) = self.steps.get_mut(n) {
            let pause = (AGAIN * 2u32.saturating_pow(step.failures)).min(AGAIN_AT_MOST);
            step.state = State::Closed(now + pause);
            step.failures += 1;
            step.heard = None;
        }
        if was_open {
            self.used = None;
            self.search(now);
            // It has just broken: the others come first.
            if let Some(step) = self.steps.get_mut(n) {
                step.state = State::Closed(now + NEXT);
            }
        }
        // One that fails at once holds nobody up.
        let later = self.steps.iter_mut().find(|s| s.failures == 0 && matches!(s.state, State::Closed(at) if at > now));
        if let Some(State::Closed(at)) = later.filter(|_| self.searching).map(|s| &mut s.state) {
            *at = now;
        }
    }

    /// The rungs over which a check of the ICE agent's goes now. One that nominates goes over the rung in use alone: the server sends
    /// where it came from.
    pub fn check(&mut self, now: Instant, nominates: bool) -> impl Iterator<Item = Rung> {
        let mut over = [None; Rung::ALL.len()];
        for n in 0..self.steps.len() {
            let tried = !nominates && self.wanted(n);
            let (used, Some(step), Some(place)) = (self.used, self.steps.get_mut(n), over.get_mut(n)) else { continue };
            let due = step.checked.is_none_or(|t| now >= t + PACE) || step.rung == Rung::Udp;
            if used == Some(n) || (tried && due && step.state == State::Open) {
                *place = Some(step.rung);
            }
            if tried && due && step.state == State::Open {
                step.checked = Some(now);
                step.asked += 1;
            }
        }
        over.into_iter().flatten()
    }

    /// Something came over a rung; `answers`: the answer to a check, which only the server can give. Whether media should come
    /// over another rung, and the server is to be told so again.
    pub fn heard(&mut self, now: Instant, rung: Rung, answers: bool) -> bool {
        let Some(n) = self.index(rung) else { return false };
        let Some(step) = self.steps.get_mut(n) else { return false };
        step.heard = Some(now);
        step.failures = 0;
        if self.used == Some(n) {
            self.searching = false;
            return false;
        }
        if !answers {
            return self.used.is_some();
        }
        step.answered += 1;
        // Half of the checks of a trial and more.
        let keeps_answering = step.answered >= ANSWERS && step.answered * 2 >= step.asked;
        let better = self.used.is_none_or(|used| n < used);
        if self.used.is_none() || self.searching || (self.trial.is_some() && better && keeps_answering) {
            self.take(now, n);
        }
        false
    }

    /// The server, where it is the one that nominates (RFC 8445 section 6.1.1), has chosen a rung that is open.
    pub fn nominated(&mut self, now: Instant, rung: Rung) {
        if let Some(n) = self.index(rung).filter(|n| self.used != Some(*n)) {
            self.take(now, n);
        }
    }

    fn take(&mut self, now: Instant, n: usize) {
        (self.used, self.used_since, self.say) = (Some(n), now, true);
        (self.searching, self.trial, self.trials) = (false, None, 0);
        self.next_trial = now + TRIAL;
    }
}

#[cfg(test)]
mod tests;

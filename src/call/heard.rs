//! Who hears us: what the listeners report, beside what we really sent.
//!
//! Sans-IO: reports, our own sending and the time go in; who has trouble comes out. Only what we said is judged: a listener
//! who heard nothing while we sent nothing has no trouble. A listener counts once a report of theirs has been judged:
//! clients that do not report (older ones, stock LiveKit clients) are not counted at all.

use super::PeerId;
use crate::protocol::hearing::{Entry, Key, Report, WHOLE, share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// From this share of missing sound on it breaks up (Microsoft Teams calls a stream poor at 7 % of concealed sound).
const BREAKING_UP: f32 = 0.07;
/// From this share on it is not heard.
const NOT_HEARD: f32 = 0.9;
/// Less than this of what we sent in a second, and it breaks up, whatever the counters say.
const TOO_LITTLE: f32 = 0.75;
/// A second counts as spoken if so much sound was sent in it, in milliseconds: DTX leaves pauses out, and a second of the
/// listener's lies across two of ours.
const SPOKEN: u32 = 700;
/// So many spoken seconds in a row: the sound was on its way during the whole of what a report is about.
const IN_A_ROW: usize = 3;
/// After so long without a word from us there is nothing to say about who hears us.
const PAUSE: Duration = Duration::from_secs(5);
/// Listeners that are kept; a server of ours lets fewer in.
const MAX_LISTENERS: usize = 1000;
/// Names in a text; the others are counted.
pub const NAMES: usize = 4;

/// What is wrong with how a listener hears us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// Nothing of what we say comes.
    NotHeard,
    /// Their client has stopped reporting: their connection, or ours, may be gone.
    NoWord,
    /// They have no loudspeaker just now.
    NoLoudspeaker,
    /// Parts of it are missing.
    BreakingUp,
}

impl Trouble {
    /// As it follows a name.
    pub fn text(self) -> &'static str {
        match self {
            Self::NotHeard => "not heard",
            Self::NoWord => "no word",
            Self::NoLoudspeaker => "no loudspeaker",
            Self::BreakingUp => "breaking up",
        }
    }
}

/// By whom we are heard.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct HeardBy {
    /// How many hear us well.
    pub by: usize,
    /// Of how many who report and could be judged; 0: there is nothing to say, because we do not speak or nobody reports.
    pub of: usize,
    /// Who does not, worst first.
    pub trouble: Vec<(PeerId, Trouble)>,
    /// `heard by 5 of 6; Josefa: breaking up`; empty if there is nothing to say.
    pub text: String,
}

/// How often a client reports, by how many members are in the room: at most about eight reports a second reach each of them, and
/// the events of a link that is lost for 30 s stay within half of what the server keeps for a resume.
pub fn cadence(members: usize) -> Duration {
    Duration::from_secs(((members + 6) / 8).max(1) as u64)
}

#[derive(Debug)]
struct Listener {
    /// When they last reported.
    last: Instant,
    /// Our sound could be judged since we began to speak.
    judged: bool,
    trouble: Option<Trouble>,
    /// Good reports in a row.
    good: u8,
    /// Share of our frames that did not reach them.
    lost: f32,
}

/// The speaker's side.
#[derive(Debug, Default)]
pub struct Speaker {
    me: Option<Key>,
    listeners: BTreeMap<PeerId, Listener>,
    /// Sound sent in each of the last seconds, in milliseconds.
    sent: VecDeque<u32>,
    /// When something was last sent.
    spoke: Option<Instant>,
    told: HeardBy,
}

impl Speaker {
    /// For the member with this id; nobody reports of who has no member id.
    pub fn new(me: &PeerId) -> Self {
        Self { me: Key::of(&me.0), ..Self::default() }
    }

    /// So much sound was sent in the last second, in milliseconds.
    pub fn sent(&mut self, now: Instant, ms: u32) {
        if self.sent.len() == IN_A_ROW {
            self.sent.pop_front();
        }
        self.sent.push_back(ms);
        if ms > 0 {
            self.spoke = Some(now);
        }
        if self.spoke.is_none_or(|at| now.saturating_duration_since(at) >= PAUSE) {
            self.forget_verdicts();
        }
    }

    fn forget_verdicts(&mut self) {
        self.spoke = None;
        for listener in self.listeners.values_mut() {
            (listener.judged, listener.trouble, listener.good, listener.lost) = (false, None, 0, 0.0);
        }
    }

    /// Somebody left, or will not report for a while (they have frozen themselves).
    pub fn gone(&mut self, who: &PeerId) {
        self.listeners.remove(who);
    }

    /// Our own connection is lost: nobody's silence means anything.
    pub fn lost(&mut self) {
        self.listeners.clear();
    }

    /// How much of what we said in a second must have been heard in a second of the listener's, in milliseconds: theirs lies
    /// anywhere across ours. `None`: too little was said to judge by.
    fn expected(&self) -> Option<f32> {
        let least = self.sent.iter().min().filter(|_| self.sent.len() == IN_A_ROW)?;
        (*least >= SPOKEN).then(|| 2.0 * (*least).min(1000) as f32 - 1000.0)
    }

    /// Somebody reports.
    pub fn reported(&mut self, now: Instant, from: &PeerId, report: &Report) {
        let Some(me) = self.me else { return };
        if self.listeners.len() >= MAX_LISTENERS && !self.listeners.contains_key(from) {
            return;
        }
        let expected = self.expected();
        let new = Listener { last: now, judged: false, trouble: None, good: 0, lost: 0.0 };
        let listener = self.listeners.entry(from.clone()).or_insert(new);
        listener.last = now;
        if self.spoke.is_none() {
            return;
        }
        let verdict = match report.of(me) {
            _ if report.deaf => Some(Trouble::NoLoudspeaker),
            Some(entry) => {
                listener.lost = share(entry.lost);
                verdict(entry, expected)
            }
            // Who did not fit into the report may be heard or not; who has just begun may not have come yet.
            None if report.more || expected.is_none() => return,
            None => Some(Trouble::NotHeard),
        };
        listener.judged = true;
        if verdict.is_some() {
            (listener.trouble, listener.good) = (verdict, 0);
        } else {
            listener.good = listener.good.saturating_add(1);
            // A good report may be between two bad ones; two are an end.
            if listener.good >= 2 || listener.trouble == Some(Trouble::NoWord) {
                listener.trouble = None;
            }
        }
    }

    /// A second has passed in a room of so many members: whose reports stay away?
    pub fn second(&mut self, now: Instant, members: usize) {
        let patience = 2 * cadence(members);
        let speaking = self.spoke.is_some();
        for listener in self.listeners.values_mut() {
            if speaking && listener.judged && now.saturating_duration_since(listener.last) > patience {
                (listener.trouble, listener.good) = (Some(Trouble::NoWord), 0);
            }
        }
        // Somebody without a word for a minute is no listener any more, whatever the roster says.
        self.listeners.retain(|_, l| now.saturating_duration_since(l.last) < patience + Duration::from_secs(60));
    }

    /// By whom we are heard, if that is other than what was told last. `at_once`: only if there is more trouble than before;
    /// what gets better, and who comes and goes, can wait for the second.
    pub fn news(&mut self, at_once: bool, name: impl Fn(&PeerId) -> String) -> Option<HeardBy> {
        let judged: Vec<_> = self.listeners.iter().filter(|(_, l)| l.judged && self.spoke.is_some()).collect();
        let mut trouble: Vec<(PeerId, Trouble)> = judged.iter().filter_map(|(id, l)| Some(((*id).clone(), l.trouble?))).collect();
        trouble.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        let of = judged.len();
        let by = of - trouble.len();
        let same = (by, of, &trouble) == (self.told.by, self.told.of, &self.told.trouble);
        if same || (at_once && trouble.iter().all(|t| self.told.trouble.contains(t))) {
            return None;
        }
        let text = told(by, of, &trouble, name);
        self.told = HeardBy { by, of, trouble, text };
        Some(self.told.clone())
    }

    /// Share of our frames that does not reach the listeners, as the sender should assume it: that of the worst in a small
    /// circle; in larger ones a fifth of the listeners may fare worse, for what helps them costs all others. Those who hear
    /// nothing are left out: no redundancy brings a dead line back.
    pub fn loss(&self) -> Option<f32> {
        let mut lost: Vec<f32> = self
            .listeners
            .values()
            .filter(|l| l.judged && l.lost < NOT_HEARD && !matches!(l.trouble, Some(Trouble::NotHeard | Trouble::NoWord)))
            .map(|l| l.lost)
            .collect();
        lost.sort_by(|a, b| b.total_cmp(a));
        lost.get(lost.len() / 5).copied()
    }
}

fn verdict(entry: &Entry, expected: Option<f32>) -> Option<Trouble> {
    let heard = f32::from(entry.heard) / f32::from(WHOLE) * 1000.0;
    let of_sent = expected.filter(|e| *e > 0.0).map_or(1.0, |expected| heard / expected);
    // An empty second is at most one step of a filled one.
    if share(entry.missing) >= NOT_HEARD || of_sent <= 1.0 - NOT_HEARD {
        Some(Trouble::NotHeard)
    } else if share(entry.missing) >= BREAKING_UP || of_sent < TOO_LITTLE {
        Some(Trouble::BreakingUp)
    } else {
        None
    }
}

fn told(by: usize, of: usize, trouble: &[(PeerId, Trouble)], name: impl Fn(&PeerId) -> String) -> String {
    if of == 0 {
        return String::new();
    }
    let mut text = if trouble.is_empty() { format!("heard by {of}") } else { format!("heard by {by} of {of}") };
    for (id, trouble) in trouble.iter().take(NAMES) {
        text.push_str(&format!("; {}: {}", name(id), trouble.text()));
    }
    if trouble.len() > NAMES {
        text.push_str(&format!("; {} more", trouble.len() - NAMES));
    }
    text
}

#[cfg(test)]
mod tests;

//! Whose turn it is: the dominant speaker, from the levels that clients tell (RFC 6464).
//!
//! After I. Volfin and I. Cohen, "Dominant speaker identification for multipoint videoconferencing" (Computer Speech and
//! Language 27, 2013; first shown at IEEEI 2010). Speech is looked at over three intervals: the immediate one is a slot of 20 ms,
//! the medium one the last 100 ms, the long one the last second, each made of units of the one below. Over each, the
//! activity `v` of `n` units is scored by how much likelier it is with speech (a binomial distribution) than without
//! (an exponential one). Somebody takes the floor when their scores exceed those of whoever has it, in all three:
//! the logarithms of the ratios are above [`EXCEEDS`]. So the floor passes in a pause of whoever has it, to whoever has said more
//! in the last second, and silence leaves it where it is.
//!
//! The numbers of units, the parameters of the distributions and the thresholds of the decision are the paper's. Where it
//! counts active bands of a spectrum, there is only a level here: `v` of a slot is the level above a floor of noise, in steps
//! of 10 dB. One rule is ours ([`SOUND`]): in a silent room the paper's would give the floor to a cough.

use super::TrackKey;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// A unit of the immediate interval.
const SLOT: Duration = Duration::from_millis(20);
/// Units of the three intervals: steps of a slot's level, slots of the medium interval, medium intervals of the long one.
const UNITS: [u32; 3] = [13, 5, 10];
/// Probability that a unit is active while somebody speaks.
const ACTIVE: f64 = 0.5;
/// How fast activity grows unlikely while nobody speaks.
const UNLIKELY: [f64; 3] = [0.78, 24.0, 47.0];
/// By how much (natural logarithm of the ratio of scores) the floor is taken.
const EXCEEDS: [f64; 3] = [3.0, 2.0, 0.0];
/// The least score, for its logarithm.
const LEAST: f64 = 1e-10;
/// A slot counts as active in the medium interval above this many steps (−47 dBov and louder), …
const ACTIVE_SLOT: u8 = 7;
/// … and a medium interval in the long one above this many active slots.
const ACTIVE_MEDIUM: u32 = 4;
/// Decibels of a step.
const STEP: u8 = 10;
/// Slots that are remembered: one long interval.
const SLOTS: usize = (UNITS[1] * UNITS[2]) as usize;
/// Whoever takes the floor was heard in so many of them: half a second. Raised, short answers never take it and speakers are late;
/// lowered, a cough in silence takes it.
const SOUND: usize = 25;
/// A packet's level stands until the next, but no longer than this many slots: the longest packet of Opus.
const STANDS: u64 = 6;
/// What is at most so much above the quietest of the last while is noise, in dB.
const NOISE: u8 = 13;
/// How long a while is. Speech pauses within it, a fan does not: raised, a fan that is switched on has the floor for longer;
/// lowered, somebody who does not pause loses it.
const WHILE: Duration = Duration::from_secs(5);
/// So many packets are heard before anything is taken for noise.
const ENOUGH: u32 = 50;
/// The least and the greatest of no levels.
const NOTHING: (u8, u8) = (u8::MAX, 0);
/// How often it is decided.
const DECIDE_EVERY: Duration = Duration::from_millis(100);

/// What was heard of a track in the last second.
#[derive(Debug)]
struct Voice {
    /// Levels by slot, 0 (silence) to 127, as a ring.
    levels: [u8; SLOTS],
    /// The newest slot, counted from the beginning.
    newest: u64,
    /// Level of the last packet and its slot.
    told: (u8, u64),
    /// The quietest and the loudest packet of the last while and of this one, and how many were heard.
    before: (u8, u8),
    so_far: (u8, u8),
    heard: u32,
    since: Instant,
}

impl Voice {
    fn new(now: Instant, slot: u64) -> Self {
        Self { levels: [0; SLOTS], newest: slot, told: (0, slot), before: NOTHING, so_far: NOTHING, heard: 0, since: now }
    }

    /// Goes on to a slot; what is in between had the last packet's level, or was silence.
    fn advance(&mut self, slot: u64) {
        let (level, told) = self.told;
        let first = (self.newest + 1).max(slot.saturating_sub(SLOTS as u64 - 1));
        for n in first..=slot {
            if let Some(place) = self.levels.get_mut((n % SLOTS as u64) as usize) {
                *place = if n - told < STANDS { level } else { 0 };
            }
        }
        self.newest = self.newest.max(slot);
    }

    fn hear(&mut self, level: u8, now: Instant, slot: u64) {
        // In one slot the loudest counts, not the last.
        let fresh = slot > self.told.1;
        self.advance(slot);
        self.told = (if fresh { level } else { level.max(self.told.0) }, slot.max(self.told.1));
        if let Some(place) = self.levels.get_mut((self.newest % SLOTS as u64) as usize) {
            *place = self.told.0;
        }
        self.heard = self.heard.saturating_add(1);
        self.so_far = (self.so_far.0.min(level), self.so_far.1.max(level));
        if now.saturating_duration_since(self.since) >= WHILE {
            (self.before, self.so_far, self.since) = (self.so_far, NOTHING, now);
        }
    }

    /// Steps of a level above silence; what does not rise above the noise is silence.
    fn steps(&self, level: u8) -> u8 {
        let quietest = self.before.0.min(self.so_far.0);
        // Digital silence between words is no noise. Neither is a level that never changes: a client that tells one bit says it
        // of all its speech.
        let one_bit = quietest == self.before.1.max(self.so_far.1);
        let noise = if self.heard < ENOUGH || quietest == 0 || one_bit { 0 } else { quietest.saturating_add(NOISE) };
        if level < noise { 0 } else { level / STEP }
    }

    /// Levels, newest first.
    fn latest(&self) -> impl Iterator<Item = u8> {
        let at = move |back: u64| ((self.newest + SLOTS as u64 - back) % SLOTS as u64) as usize;
        (0..SLOTS as u64).map(move |back| self.levels.get(at(back)).copied().unwrap_or(0))
    }

    /// The activity of the three intervals, and the number of active slots.
    fn activity(&self) -> ([u32; 3], usize) {
        let (mut immediate, mut medium, mut long, mut sound) = (0, 0, 0, 0);
        let mut block = 0;
        for (n, level) in self.latest().enumerate() {
            let steps = self.steps(level);
            let active = u32::from(steps > ACTIVE_SLOT);
            sound += active as usize;
            block += active;
            if n == 0 {
                immediate = u32::from(steps);
            }
            if (n + 1) % UNITS[1] as usize == 0 {
                if n + 1 == UNITS[1] as usize {
                    medium = block;
                }
                long += u32::from(block > ACTIVE_MEDIUM);
                block = 0;
            }
        }
        ([immediate, medium, long], sound)
    }
}

/// How much likelier `active` of `units` are with speech than without, as a logarithm that is cut off below.
fn score(active: u32, units: u32, unlikely: f64) -> f64 {
    let (v, n) = (f64::from(active), f64::from(units));
    let choices: f64 = (0..active).map(|k| ((n - f64::from(k)) / (f64::from(k) + 1.0)).ln()).sum();
    let speech = choices + v * ACTIVE.ln() + (n - v) * (1.0 - ACTIVE).ln();
    let silence = unlikely.ln() - unlikely * v;
    (speech - silence).max(LEAST)
}

fn scores(activity: [u32; 3]) -> [f64; 3] {
    let [immediate, medium, long] = activity;
    [score(immediate, UNITS[0], UNLIKELY[0]), score(medium, UNITS[1], UNLIKELY[1]), score(long, UNITS[2], UNLIKELY[2])]
}

/// The floor of a room.
#[derive(Debug, Default)]
pub(crate) struct Dominant {
    voices: HashMap<TrackKey, Voice>,
    speaker: Option<TrackKey>,
    /// Where slots are counted from.
    start: Option<Instant>,
    decided: Option<Instant>,
}

impl Dominant {
    /// Whoever has the floor.
    pub(crate) fn speaker(&self) -> Option<TrackKey> {
        self.speaker
    }

    /// Takes the level byte of a packet (−dBov in its low 7 bits).
    pub(crate) fn hear(&mut self, track: TrackKey, byte: u8, now: Instant) {
        let slot = self.slot(now);
        let voice = self.voices.entry(track).or_insert_with(|| Voice::new(now, slot));
        voice.hear(127 - (byte & 0x7F), now, slot);
    }

    /// A track is muted or gone. The floor stays with nobody until somebody takes it.
    pub(crate) fn forget(&mut self, track: TrackKey) {
        self.voices.remove(&track);
        if self.speaker == Some(track) {
            self.speaker = None;
        }
    }

    /// Looks whether somebody else has the floor now; to be called often. Whoever has taken it.
    pub(crate) fn decide(&mut self, now: Instant) -> Option<TrackKey> {
        if self.voices.is_empty() || self.decided.is_some_and(|at| now.saturating_duration_since(at) < DECIDE_EVERY) {
            return None;
        }
        self.decided = Some(now);
        let slot = self.slot(now);
        self.voices.values_mut().for_each(|v| v.advance(slot));
        let theirs = self.speaker.and_then(|s| self.voices.get(&s)).map_or([LEAST; 3], |v| scores(v.activity().0));
        let exceeds = |ours: &[f64; 3]| {
            let ratios = ours.iter().zip(theirs).map(|(ours, theirs)| (ours / theirs).ln());
            ratios.zip(EXCEEDS).all(|(ratio, least)| ratio > least)
        };
        let candidates = self.voices.iter().filter(|(track, _)| Some(**track) != self.speaker);
        let (taker, _) = candidates
            .filter_map(|(track, voice)| {
                let (activity, sound) = voice.activity();
                let ours = Some(scores(activity)).filter(|_| sound >= SOUND).filter(exceeds)?;
                Some((*track, ours))
            })
            // Of several, whoever has said most lately; the key makes it the same every time.
            .max_by(|(k, a), (l, b)| a[1].total_cmp(&b[1]).then(a[2].total_cmp(&b[2])).then(l.cmp(k)))?;
        self.speaker = Some(taker);
        self.speaker
    }

    fn slot(&mut self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(*self.start.get_or_insert(now));
        (passed.as_millis() / SLOT.as_millis()) as u64
    }
}

#[cfg(test)]
mod tests;

//! How our own voice is sent: bit rate, frame length and redundancy, chosen by what is known of the way.
//!
//! A state machine on the reports it is handed (share of frames lost, round trip), with the time handed in. Two kinds of
//! loss need opposite answers. Where frames are lost by chance, a lower rate helps nobody and redundancy does. Where a
//! link is too narrow, redundancy makes it worse and only a lower rate helps. They are told apart by what they do: a
//! queue in front of a narrow link makes the round trip longer; without that sign the controller tries a lower rate for a
//! few seconds and looks whether the loss falls.
//!
//! The rate moves on a ladder of few levels, with long waits before it climbs. It depends on reports of the network only,
//! never on what is said: in rooms of constant rate a change of packet size tells an observer about the network, which
//! they see anyway, and nothing else.

#[cfg(test)]
mod tests;

use super::{Path, SAMPLE_RATE};
use std::collections::VecDeque;
use std::time::Duration;

/// What a packet costs beside Opus, in bytes: IPv4, UDP, RTP with an extension, SRTP's tag, SFrame's header and tag.
const OVERHEAD: u32 = 70;
/// What is assumed to be lost until the way is known better, and at least, in percent: the redundant copy of the last frame
/// is there before the first loss.
const LEAST_LOSS: f32 = 0.05;
/// Losses below this are nobody's business, beyond the redundant copy.
const TOLERABLE: f32 = 0.03;
/// A way that loses less, and does not waver, is clean ...
const CLEAN: f32 = 0.01;
/// ... and gets more than the default after so long ...
const CLEAN_FOR: Duration = Duration::from_secs(3);
/// From here on loss is looked into: chance, or a narrow link?
const SUSPICIOUS: f32 = 0.1;
/// A queue stands in front of a narrow link if the round trip is longer than at its best by this at least ...
const QUEUE_MS: f32 = 40.0;
/// ... and by this share: long ways jitter more.
const QUEUE_SHARE: f32 = 0.3;
/// The best round trip is that of the last minute or two.
const BASE_WINDOW: Duration = Duration::from_secs(60);
/// Reports that are looked at together.
const RECENT: usize = 3;
/// How long loss without any sign of a queue lasts before a lower rate is tried, where the round trip is known ...
const PATIENCE: Duration = Duration::from_secs(4);
/// ... and where it is not.
const PATIENCE_BLIND: Duration = Duration::from_secs(1);
/// Where packets come this unevenly (interarrival jitter), a queue fills and drains before them, or the way itself wavers: loss
/// is looked into at once, and gets no redundancy of its own before the answer is known.
const WAVERS_MS: f32 = 4.0;
/// Reports after a change of rate that still speak of the old one.
const SETTLE: Duration = Duration::from_millis(1500);
/// How long a changed rate is watched before it is judged.
const WATCH: Duration = Duration::from_millis(4500);
/// The same after a sign of a narrow link: it was full, so a rate that fits is felt at once.
const WATCH_SURE: Duration = Duration::from_millis(2900);
/// A lower rate has helped if so much of the loss remains at most.
const HELPED: f32 = 0.5;
/// ... and it was at least this: less may be chance.
const HELPED_BY: f32 = 0.08;
/// A higher rate has hurt if so much more is lost.
const HURT: f32 = 0.05;
/// How long a level is kept before a higher one is tried; doubles with each try that hurt ...
const HOLD: Duration = Duration::from_secs(15);
/// ... up to this.
const HOLD_MOST: Duration = Duration::from_secs(120);
/// How long after a lower rate has not helped until it is tried again; doubles ...
const RETRY: Duration = Duration::from_secs(30);
/// ... up to this.
const RETRY_MOST: Duration = Duration::from_secs(240);
/// Loss from which redundancy gets bits of its own, and below which no longer.
const LOSSY: [f32; 2] = [0.07, 0.04];
/// Loss from which deep redundancy is sent, and below which no longer. At 10 % the same bits are worth a little more in
/// the voice and its redundant copy (PESQ 3.55 against 3.50), at 20 % a little less (2.74 against 2.86).
const DEEP: [f32; 2] = [0.14, 0.1];
/// What redundancy gets where the way is lossy and not narrow, in bits per second: it does not come out of the voice
/// (32 against 44 kbit/s: PESQ 3.2 against 3.55 at 10 %, 2.1 against 2.5 at 30 %).
const REDUNDANCY: u32 = 12_000;

/// How much sound is in one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FrameLength {
    /// 10 ms: least delay, and more header than voice.
    Ms10,
    /// 20 ms.
    Ms20,
    /// 40 ms.
    Ms40,
    /// 60 ms: a third of the headers.
    Ms60,
}

impl FrameLength {
    /// In milliseconds.
    pub fn ms(self) -> u32 {
        match self {
            Self::Ms10 => 10,
            Self::Ms20 => 20,
            Self::Ms40 => 40,
            Self::Ms60 => 60,
        }
    }

    /// In samples.
    pub fn samples(self) -> usize {
        (self.ms() * SAMPLE_RATE / 1000) as usize
    }
}

/// How the encoder is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Bits per second of Opus, redundancy included.
    pub bitrate: u32,
    /// Sound in one packet.
    pub frame: FrameLength,
    /// Each packet has this size (`true`), or what the sound needs.
    pub constant: bool,
    /// In percent: how many bits the redundant copy of the last frame gets (LBRR, RFC 6716 section 2.1.7).
    pub expected_loss: u32,
    /// How far back the deep redundancy reaches (DRED), in milliseconds; 0 = none.
    pub deep_ms: u32,
}

impl Settings {
    /// Bits per second on the wire, headers included.
    pub fn on_the_wire(&self) -> u32 {
        on_the_wire(self.bitrate, self.frame)
    }
}

fn on_the_wire(bitrate: u32, frame: FrameLength) -> u32 {
    bitrate + OVERHEAD * 8 * 1000 / frame.ms()
}

/// One step of the ladder: bits per second, the same at constant rate, and the length of a frame. At constant rate a
/// frame of speech gets what pauses cannot give it.
#[derive(Debug, Clone, Copy)]
struct Level {
    bitrate: u32,
    constant: u32,
    frame: FrameLength,
}

/// From what a way gets that has shown that it is clean, over the good default, to 16 kbit/s with everything.
const LADDER: [Level; 5] = [
    Level { bitrate: 48_000, constant: 44_000, frame: FrameLength::Ms20 },
    Level { bitrate: 32_000, constant: 44_000, frame: FrameLength::Ms20 },
    Level { bitrate: 26_000, constant: 34_000, frame: FrameLength::Ms40 },
    Level { bitrate: 13_000, constant: 16_000, frame: FrameLength::Ms60 },
    Level { bitrate: 8_000, constant: 9_600, frame: FrameLength::Ms60 },
];

/// The good default: where calls begin.
const DEFAULT: usize = 1;

/// What the controller is doing about the rate.
#[derive(Debug, Clone, Copy)]
enum State {
    /// Nothing; loss has been suspicious since then.
    Steady { suspicious: Option<Duration> },
    /// A lower level than `from` is tried since then; before it, so much was lost.
    Lower { from: usize, since: Duration, before: f32, sure: bool },
    /// The link is narrow. A higher level may be tried from then on; so much is lost at this one.
    Narrow { until: Duration, loss: f32 },
    /// A level higher than before is tried since then.
    Higher { since: Duration, before: f32 },
}

/// One report.
#[derive(Debug, Clone, Copy)]
struct Report {
    at: Duration,
    loss: f32,
    rtt_ms: Option<f32>,
    wavers: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Rate {
    constant: bool,
    shortest: FrameLength,
    level: usize,
    state: State,
    /// Loss, quick to rise and slow to fall: what redundancy is made for.
    loss: f32,
    lossy: bool,
    deep: bool,
    /// The link may be too narrow for redundancy: nobody knows yet.
    doubt: bool,
    recent: VecDeque<Report>,
    /// The shortest round trips of the present window and of the one before, and when the present one began.
    base: (Option<f32>, Option<f32>, Duration),
    hold: Duration,
    retry: Duration,
    not_before: Duration,
    /// Since when the way has been clean; in the future after a try of more than the default that hurt.
    clean_since: Option<Duration>,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            constant: false,
            shortest: FrameLength::Ms20,
            level: DEFAULT,
            state: State::Steady { suspicious: None },
            loss: 0.0,
            lossy: false,
            deep: false,
            doubt: false,
            recent: VecDeque::with_capacity(RECENT + 1),
            base: (None, None, Duration::ZERO),
            hold: HOLD,
            retry: RETRY,
            not_before: Duration::ZERO,
            clean_since: None,
        }
    }
}

impl Rate {
    /// Every packet of one length has one size from now on.
    pub fn set_constant(&mut self, on: bool) {
        self.constant = on;
    }

    /// The length of a frame while the way is good: 10 ms for the least delay.
    pub fn set_shortest(&mut self, frame: FrameLength) {
        self.shortest = frame;
    }

    /// How the encoder is to be set now.
    pub fn settings(&self) -> Settings {
        // The index is always a level's; the ladder is not empty.
        let Level { bitrate, constant, frame } = LADDER.get(self.level).copied().unwrap_or(LADDER[0]);
        let frame = if self.level <= DEFAULT { self.shortest } else { frame };
        let spare = self.level <= DEFAULT && !self.doubt;
        let deep_ms = if self.deep && spare { deep_ms(self.loss) } else { 0 };
        let bitrate = match (self.constant, self.lossy && spare && self.level == DEFAULT) {
            (true, _) => constant,
            (false, true) => bitrate + REDUNDANCY,
            (false, false) => bitrate,
        };
        // A clean way needs no copies: what is lost there once in a while is sent again.
        let clean = self.level == 0 && !self.constant && self.loss < CLEAN;
        let expected_loss = if clean { 0 } else { (self.loss.max(LEAST_LOSS) * 100.0) as u32 };
        Settings { bitrate, frame, constant: self.constant, expected_loss, deep_ms }
    }

    /// Takes a report, at a time that never goes back.
    pub fn report(&mut self, now: Duration, path: Path) {
        let loss = if path.loss.is_finite() { path.loss.clamp(0.0, 1.0) } else { 0.0 };
        // The same again is an old measurement.
        let last = self.recent.back().and_then(|r| r.rtt_ms);
        let rtt_ms = path.rtt_ms.filter(|r| r.is_finite() && *r >= 0.0 && (Some(*r) != last || *r < QUEUE_MS));
        self.loss += (loss - self.loss) * if loss > self.loss { 0.6 } else { 0.12 };
        let at_least = |now: bool, [from, until]: [f32; 2]| self.loss >= if now { until } else { from };
        (self.lossy, self.deep) = (at_least(self.lossy, LOSSY), at_least(self.deep, DEEP));
        self.note_rtt(now, rtt_ms);
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        let wavers = path.jitter_ms.is_some_and(|jitter| jitter >= WAVERS_MS);
        self.recent.push_back(Report { at: now, loss, rtt_ms, wavers });
        self.clean_since = match self.clean_since {
            Some(since) if since > now => Some(since),
            _ if wavers || loss >= CLEAN => None,
            since => since.or(Some(now)),
        };
        self.decide(now);
        self.doubt = match self.state {
            State::Steady { .. } => wavers && loss >= SUSPICIOUS && now >= self.not_before,
            State::Lower { .. } | State::Narrow { .. } | State::Higher { .. } => true,
        };
    }

    fn note_rtt(&mut self, now: Duration, rtt: Option<f32>) {
        let Some(rtt) = rtt else { return };
        let (present, _, began) = self.base;
        if now.saturating_sub(began) >= BASE_WINDOW {
            self.base = (Some(rtt), present, now);
        } else {
            self.base.0 = Some(present.map_or(rtt, |best| best.min(rtt)));
        }
    }

    /// Whether a queue stands in front of a narrow link; `None` if round trips are not known. One that is there for a
    /// moment is jitter: the shortest of the recent round trips counts.
    fn queue(&self, since: Duration) -> Option<bool> {
        let base = match self.base {
            (Some(a), Some(b), _) => a.min(b),
            (a, b, _) => a.or(b)?,
        };
        let recent = self.recent.iter().filter(|r| r.at >= since).filter_map(|r| r.rtt_ms);
        let (count, shortest) = recent.fold((0, f32::MAX), |(n, s), r| (n + 1, s.min(r)));
        (count > 1).then_some(shortest - base > QUEUE_MS.max(base * QUEUE_SHARE))
    }

    /// Mean loss of the recent reports from `since` on, and how many there are.
    fn recent_loss(&self, since: Duration) -> (f32, usize) {
        let recent = self.recent.iter().filter(|r| r.at >= since);
        let (n, sum) = recent.fold((0, 0.0), |(n, sum), r| (n + 1, sum + r.loss));
        (if n == 0 { 0.0 } else { sum / n as f32 }, n)
    }

    fn decide(&mut self, now: Duration) {
        match self.state {
            State::Steady { suspicious } => self.steady(now, suspicious),
            State::Lower { from, since, before, sure } => self.lower(now, from, since, before, sure),
            State::Narrow { until, loss } => {
                let since = now.saturating_sub(WATCH);
                let (recent, n) = self.recent_loss(since);
                let queue = self.queue(since) == Some(true);
                if queue || (n == RECENT && recent > loss + 3.0 * HURT && now >= self.not_before) {
                    self.descend(now, recent.max(TOLERABLE), queue);
                } else if now >= until && recent <= loss + HURT {
                    self.level = self.level.saturating_sub(1);
                    self.state = State::Higher { since: now, before: recent };
                }
            }
            State::Higher { since, before } => {
                let (loss, n) = self.recent_loss(since + SETTLE);
                let hurts = self.queue(since + SETTLE) == Some(true) || (n > 1 && loss > before + HURT);
                if hurts && self.level < DEFAULT {
                    // The default may still fit: that is looked into as usual, by reports about it alone. What was lost was
                    // the try's fault.
                    self.level = DEFAULT;
                    self.recent.clear();
                    self.loss = before;
                    self.not_before = self.not_before.max(now + SETTLE);
                    self.clean_since = Some(now + 4 * self.hold);
                    self.hold = (self.hold * 2).min(HOLD_MOST);
                    self.state = State::Steady { suspicious: None };
                } else if hurts {
                    self.hold = (self.hold * 2).min(HOLD_MOST);
                    self.level = (self.level + 1).min(LADDER.len() - 1);
                    self.state = State::Narrow { until: now + self.hold, loss: before };
                } else if now >= since + WATCH {
                    self.settle(now, loss);
                }
            }
        }
    }

    fn steady(&mut self, now: Duration, suspicious: Option<Duration>) {
        let window = now.saturating_sub(WATCH);
        let (loss, reports) = self.recent_loss(window);
        let queue = self.queue(window);
        let clean = self.clean_since.is_some_and(|since| now >= since + CLEAN_FOR) && queue != Some(true);
        if self.level == DEFAULT && clean && !self.constant {
            self.level -= 1;
            self.state = State::Higher { since: now, before: loss };
            return;
        }
        if queue == Some(true) && loss > TOLERABLE && now >= self.not_before {
            self.descend(now, loss, true);
            return;
        }
        if loss < SUSPICIOUS || reports < 2 {
            self.state = State::Steady { suspicious: None };
            return;
        }
        let since = suspicious.unwrap_or(now);
        self.state = State::Steady { suspicious: Some(since) };
        let wavers = self.recent.iter().filter(|r| r.at >= window && r.wavers).count() > 1;
        let patience = match queue {
            _ if wavers => Duration::ZERO,
            None => PATIENCE_BLIND,
            Some(_) => PATIENCE,
        };
        // At constant rate a mere try would be a change of size for nothing: only heavy loss is worth it.
        let worth = !self.constant || loss > 0.2;
        if worth && now >= since + patience && now >= self.not_before {
            self.descend(now, loss, false);
        }
    }

    /// Tries the highest level that fits through what arrives now; `sure` if there is a sign that the link is narrow.
    fn descend(&mut self, now: Duration, loss: f32, sure: bool) {
        let arrives = self.settings().on_the_wire() as f32 * (1.0 - loss) * 0.95;
        let last = LADDER.len() - 1;
        if self.level == last {
            self.state = State::Narrow { until: now + self.hold, loss };
            return;
        }
        let bits = |l: &Level| on_the_wire(if self.constant { l.constant } else { l.bitrate }, l.frame) as f32;
        let fits = LADDER.iter().enumerate().skip(self.level + 1).find(|(_, l)| bits(l) <= arrives);
        let from = self.level;
        self.level = fits.map_or(last, |(level, _)| level);
        self.state = State::Lower { from, since: now, before: loss, sure };
    }

    fn lower(&mut self, now: Duration, from: usize, since: Duration, before: f32, sure: bool) {
        if now < since + if sure { WATCH_SURE } else { WATCH } {
            return;
        }
        let (loss, reports) = self.recent_loss(since + SETTLE);
        if reports < 2 {
            return;
        }
        let queue = self.queue(since + SETTLE);
        // A full queue would have drained: where the round trip stays long, less was lost by chance.
        if loss <= before * HELPED && before - loss >= HELPED_BY && queue != Some(true) {
            // It was the rate. What is lost now is lost by chance.
            self.not_before = Duration::ZERO;
            self.state = State::Narrow { until: now + self.hold, loss };
        } else if queue == Some(true) && loss > TOLERABLE && before - loss >= HELPED_BY {
            self.descend(now, loss, true);
        } else if sure && queue != Some(true) && loss <= SUSPICIOUS {
            self.state = State::Narrow { until: now + self.hold, loss };
        } else {
            // It did not help: frames are lost by chance, and the voice was made worse for nothing.
            self.level = from;
            // A queue that a much lower rate does not shorten is not ours: the way has become longer.
            if queue == Some(true) {
                self.base = (self.recent.iter().filter_map(|r| r.rtt_ms).reduce(f32::min), None, now);
            }
            self.not_before = now + self.retry;
            self.retry = (self.retry * 2).min(RETRY_MOST);
            self.settle(now, loss);
        }
    }

    /// A level is kept: the top one without further ado, a lower one until it may climb again.
    fn settle(&mut self, now: Duration, loss: f32) {
        self.state = if self.level <= DEFAULT {
            State::Steady { suspicious: None }
        } else {
            State::Narrow { until: now + self.hold, loss }
        };
    }
}

/// How far back deep redundancy reaches: bursts grow with the share that is lost.
fn deep_ms(loss: f32) -> u32 {
    match loss {
        l if l < 0.15 => 200,
        l if l < 0.3 => 320,
        _ => 480,
    }
}

//! How we hear the others, and how they hear us: figures of the last seconds, the word for them, and the reports that go to
//! and come from the others once a second or less often.

use super::Engine;
use super::run::tell;
use crate::audio::hearing::Heard;
use crate::audio::{Control, Figures, Path};
use crate::backend::BackendCommand;
use crate::call::event::MAX_SPEAKERS;
use crate::call::heard::{Speaker, cadence};
use crate::call::quality::{Judge, Measures};
use crate::call::{Event, PeerId, PeerKind, SpeakerStats, State, Stats};
use crate::protocol::hearing::{Entry, Key, Report, WHOLE, step};
use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;
use tokio::sync::mpsc::Sender;

/// Seconds over which figures are taken.
const WINDOW: usize = 5;
/// Seconds over which a report to the others is taken.
const REPORTED: usize = 2;
/// Speakers that are watched at once; the audio module listens to fewer.
const MAX_WATCHED: usize = 512;
/// A speaker of whom less was to be heard in the window says nothing about the sound, in milliseconds.
const ENOUGH: u32 = 500;

/// What one speaker gave us in the last seconds, oldest first; `None`: a second in which nothing came.
type Window = VecDeque<Option<Heard>>;

/// Cumulative figures at one moment.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Instant,
    up: u64,
    down: u64,
}

/// What the engine knows of it.
#[derive(Debug, Default)]
pub(super) struct Hearing {
    speaker: Speaker,
    judge: Judge,
    windows: BTreeMap<PeerId, Window>,
    marks: VecDeque<Mark>,
    /// Sound played since the call began, in milliseconds.
    played_ms: u64,
    sent_ms: u64,
    /// Seconds until the next report.
    until_report: u64,
    /// The loudspeaker is lost, and none has come in its place.
    deaf: bool,
}

/// Sums of one speaker's window.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    played: u32,
    concealed: u32,
    received: u32,
    lost: u32,
    recovered: u32,
    jitter: f32,
    buffer: u32,
}

impl Sum {
    fn of(window: &Window, seconds: usize) -> Self {
        window.iter().rev().take(seconds).flatten().fold(Self::default(), |sum, h| Self {
            played: sum.played + h.played_ms,
            concealed: sum.concealed + h.concealed_ms,
            received: sum.received + h.received,
            lost: sum.lost + h.lost,
            recovered: sum.recovered + h.recovered,
            jitter: sum.jitter.max(h.jitter_ms),
            buffer: sum.buffer.max(h.buffer_ms),
        })
    }

    /// Share of the frames that did not come.
    fn loss(&self) -> f32 {
        share(self.lost, self.lost + self.received)
    }

    /// Share of the sound that was made up, or is missing altogether: a buffer that ran empty makes nothing up after a while.
    fn missing(&self) -> f32 {
        let gone = share(self.lost.saturating_sub(self.recovered), self.lost + self.received);
        share(self.concealed, self.played).max(gone)
    }
}

fn share(part: u32, whole: u32) -> f32 {
    if whole == 0 { 0.0 } else { (part as f32 / whole as f32).min(1.0) }
}

impl Hearing {
    /// We are in, under this id.
    pub(super) fn joined(&mut self, me: &PeerId) {
        self.speaker = Speaker::new(me);
    }

    /// A second of sound has gone by.
    pub(super) fn figures(&mut self, now: Instant, figures: &Figures) {
        let sent = figures.sent_ms.saturating_sub(std::mem::replace(&mut self.sent_ms, figures.sent_ms));
        self.speaker.sent(now, u32::try_from(sent).unwrap_or(u32::MAX));
    }

    /// How everybody was heard in it.
    pub(super) fn heard(&mut self, heard: Vec<Heard>) {
        let mut heard: BTreeMap<PeerId, Heard> = heard.into_iter().map(|h| (h.peer.clone(), h)).collect();
        for (id, window) in &mut self.windows {
            if window.len() == WINDOW {
                window.pop_front();
            }
            window.push_back(heard.remove(id));
        }
        self.windows.retain(|_, w| w.iter().any(Option::is_some));
        for (id, h) in heard {
            if self.windows.len() < MAX_WATCHED {
                self.windows.insert(id, VecDeque::from([Some(h)]));
            }
        }
        let played = |w: &Window| w.back().and_then(Option::as_ref).map_or(0, |h| u64::from(h.played_ms));
        self.played_ms += self.windows.values().map(played).sum::<u64>();
    }

    /// Somebody left.
    pub(super) fn gone(&mut self, who: &PeerId) {
        self.windows.remove(who);
        self.speaker.gone(who);
    }

    fn sums(&self) -> impl Iterator<Item = (&PeerId, Sum)> {
        self.windows.iter().map(|(id, w)| (id, Sum::of(w, WINDOW)))
    }

    fn measures(&self, network: &Stats, name: impl Fn(&PeerId) -> String) -> Measures {
        let all: Vec<_> = self.sums().collect();
        let (lost, came) = all.iter().fold((0, 0), |(l, r), (_, s)| (l + s.lost, r + s.received));
        let enough: Vec<_> = all.iter().filter(|(_, s)| s.played >= ENOUGH || s.lost > 0 && s.missing() > 0.5).collect();
        let worst = enough.iter().max_by(|a, b| a.1.missing().total_cmp(&b.1.missing()));
        Measures {
            rtt_ms: network.rtt_ms,
            loss_down: (lost + came > 0).then(|| share(lost, lost + came)),
            loss_up: network.uplink_loss,
            jitter_ms: all.iter().map(|(_, s)| s.jitter).max_by(f32::total_cmp),
            buffer_ms: all.iter().map(|(_, s)| s.buffer as f32).max_by(f32::total_cmp),
            missing: worst.map(|(_, s)| s.missing()),
            worst: worst.filter(|_| enough.len() > 1).map(|(id, _)| ((*id).clone(), name(id))),
        }
    }

    /// Kilobits a second over the window: up, down.
    fn rates(&self) -> (Option<f32>, Option<f32>) {
        let (Some(first), Some(last)) = (self.marks.front(), self.marks.back()) else { return (None, None) };
        let seconds = last.at.saturating_duration_since(first.at).as_secs_f32();
        let rate = |from: u64, to: u64| (seconds > 0.5).then(|| to.saturating_sub(from) as f32 * 8.0 / 1000.0 / seconds);
        (rate(first.up, last.up), rate(first.down, last.down))
    }

    /// Puts in what the last seconds were.
    pub(super) fn complete(&self, mut stats: Stats) -> Stats {
        let (mut lost, mut came, mut made_up, mut played) = (0, 0, 0, 0);
        let round = |x: f32| (x * 1000.0).round() / 1000.0;
        for (id, sum) in self.sums() {
            (lost, came) = (lost + sum.lost, came + sum.received);
            (made_up, played) = (made_up + sum.concealed, played + sum.played);
            stats.jitter_ms = Some(round(sum.jitter).max(stats.jitter_ms.unwrap_or(0.0)));
            if stats.speakers.len() < MAX_SPEAKERS {
                stats.speakers.push(SpeakerStats {
                    id: id.clone(),
                    loss: round(sum.loss()),
                    concealed: round(sum.missing()),
                    jitter_ms: round(sum.jitter),
                    buffer_ms: sum.buffer,
                });
            }
        }
        stats.downlink_loss = (lost + came > 0).then(|| round(share(lost, lost + came)));
        stats.concealed = (played > 0).then(|| round(share(made_up, played)));
        stats.played_ms = self.played_ms;
        let total = stats.concealed_ms as f32 / (self.played_ms.max(1)) as f32;
        stats.concealed_total = (self.played_ms > 0).then(|| round(total.min(1.0)));
        let (up, down) = self.rates();
        (stats.kbps_up, stats.kbps_down) = (up.map(round), down.map(round));
        stats.quality = self.judge.quality().cloned();
        stats
    }

    /// What we tell the others of how we hear them.
    fn report(&self) -> Report {
        let mut entries: Vec<Entry> = Vec::new();
        for (id, window) in &self.windows {
            let sum = Sum::of(window, REPORTED);
            let (Some(key), true) = (Key::of(&id.0), sum.received > 0 || sum.played > 0) else { continue };
            let last = window.back().and_then(Option::as_ref).filter(|h| h.received > 0);
            let heard = last.map_or(0, |h| h.played_ms.saturating_sub(h.concealed_ms).min(1000));
            let heard = ((heard * u32::from(WHOLE) + 500) / 1000) as u8;
            entries.push(Entry { key, missing: step(sum.missing()), lost: step(sum.loss()), heard });
        }
        Report { entries, more: false, deaf: self.deaf }
    }

    /// What the sender is to expect of the way to the listeners.
    fn path(&self, network: &Stats) -> Path {
        let loss = self.speaker.loss().unwrap_or(0.0).max(network.uplink_loss.unwrap_or(0.0));
        Path { loss, rtt_ms: network.rtt_ms, jitter_ms: network.uplink_jitter_ms }
    }
}

fn name_of(state: &State, id: &PeerId) -> String {
    crate::text::clean(state.name_of(id))
}

impl Engine {
    /// A listener reports how we, and others, are heard.
    pub(super) fn heard_by(&mut self, from: &PeerId, report: &Report) {
        self.hearing.speaker.reported(Instant::now(), from, report);
        self.tell_heard_by(true);
    }

    fn tell_heard_by(&mut self, at_once: bool) {
        let shared = self.shared.clone();
        let news = self.hearing.speaker.news(at_once, |id| name_of(&shared.lock().state, id));
        if let Some(news) = news {
            self.emit(Event::HeardBy(news));
        }
    }

    /// The loudspeaker comes or goes. A device that was asked for and is not there (it has a name) changes nothing.
    pub(super) fn loudspeaker(&mut self, name: &str, state: &str) {
        match state {
            "open" => self.hearing.deaf = false,
            "lost" => self.hearing.deaf = true,
            "none" if name.is_empty() => self.hearing.deaf = true,
            _ => {}
        }
    }

    /// Our connection is lost, or somebody has frozen themselves: no silence of theirs means anything.
    pub(super) fn no_reports_from(&mut self, who: Option<&PeerId>) {
        match who {
            Some(who) => self.hearing.speaker.gone(who),
            None => self.hearing.speaker.lost(),
        }
    }

    /// A second has passed.
    pub(super) fn hearing_second(&mut self, network: &Stats, commands: &Sender<BackendCommand>) {
        let now = Instant::now();
        let hearing = &mut self.hearing;
        if hearing.marks.len() > WINDOW {
            hearing.marks.pop_front();
        }
        hearing.marks.push_back(Mark { at: now, up: network.bytes_sent, down: network.bytes_received });
        let (measures, members, waiting) = {
            let inner = self.shared.lock();
            let measures = hearing.measures(network, |id| name_of(&inner.state, id));
            let members = 1 + inner.state.peers.iter().filter(|p| p.kind == PeerKind::Member).count();
            (measures, members, inner.state.waiting)
        };
        let path = hearing.path(network);
        let changed = hearing.judge.second(&measures).then(|| hearing.judge.quality().cloned()).flatten();
        hearing.speaker.second(now, members);
        // Whoever speaks and whatever is heard: the times of reports depend on the size of the roster alone.
        hearing.until_report = hearing.until_report.min(cadence(members).as_secs()).saturating_sub(1);
        if hearing.until_report == 0 {
            hearing.until_report = cadence(members).as_secs();
            if members > 1 && !waiting {
                // A stuck connection has other ways to say so.
                let _ = tell(commands, BackendCommand::Hearing(hearing.report()));
            }
        }
        self.control(Control::Path(path));
        if let Some(quality) = changed {
            self.emit(Event::Quality(quality));
        }
        self.tell_heard_by(false);
    }

    /// Say again: how many seconds, or the other of playing and not.
    pub(super) fn play_again(&mut self, seconds: Option<u16>) -> Result<(), String> {
        const MOST: u16 = crate::audio::again::SECONDS;
        if self.shared.lock().state.policy.no_recording {
            return Err("nobody may keep what is said in this room, not even for 15 seconds: whoever opened it said so".into());
        }
        if seconds.is_some_and(|s| !(1..=MOST).contains(&s)) {
            return Err(format!("1 to {MOST} seconds can be played again"));
        }
        self.control(Control::Again(seconds.unwrap_or(MOST)));
        Ok(())
    }
}

#[cfg(test)]
mod tests;

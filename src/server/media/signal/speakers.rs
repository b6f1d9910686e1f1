//! Who speaks: levels are collected and told to everybody a few times a second.
//!
//! Whoever has the floor (the forwarder's dominant speaker) comes first while heard, and is told at no lower a level than
//! the others: SDKs sort by level and take the first for the active speaker, and a cough is louder than a sentence.

use super::{Now, Room};
use crate::server::media::sfu::{PeerKey, TrackKey};
use livekit_protocol as lk;
use lk::signal_response::Message;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How often speakers are told.
const INTERVAL: Duration = Duration::from_millis(300);

/// Who is heard, and what of it was not told yet.
#[derive(Debug, Default)]
pub(super) struct Speakers {
    /// Levels of those who are heard.
    heard: BTreeMap<PeerKey, f32>,
    floor: Option<PeerKey>,
    changed: BTreeSet<PeerKey>,
    told: Option<Instant>,
}

impl Speakers {
    /// When the changes are due.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.changed.is_empty()).then_some(())?;
        self.told.map(|t| t + INTERVAL)
    }

    /// What somebody said is over: the track is gone.
    pub(super) fn ended(&mut self, who: PeerKey) {
        if self.heard.remove(&who).is_some() {
            self.changed.insert(who);
        }
    }

    /// Somebody has left; everybody is told that by other means.
    pub(super) fn forget(&mut self, who: PeerKey) {
        self.heard.remove(&who);
        self.changed.remove(&who);
        self.floor = self.floor.filter(|floor| *floor != who);
    }
}

impl Room {
    pub(super) fn level(&mut self, now: Now, track: TrackKey, level: f32, active: bool) {
        let Some(owner) = self.tracks.get(&track).map(|t| t.owner) else { return };
        if active && level.is_finite() {
            self.speakers.heard.insert(owner, level.clamp(0.0, 1.0));
        } else {
            self.speakers.heard.remove(&owner);
        }
        self.speakers.changed.insert(owner);
        self.tell_speakers(now);
    }

    /// A track has the floor from now on.
    pub(super) fn dominant(&mut self, now: Now, track: TrackKey) {
        let Some(owner) = self.tracks.get(&track).map(|t| t.owner) else { return };
        let before = self.speakers.floor.replace(owner);
        let told = [Some(owner), before].into_iter().flatten().filter(|who| self.speakers.heard.contains_key(who));
        self.speakers.changed.extend(told);
        self.tell_speakers(now);
    }

    pub(super) fn tell_speakers(&mut self, now: Now) {
        if self.speakers.changed.is_empty() || self.speakers.due().is_some_and(|due| now.instant < due) {
            return;
        }
        let mut changed = std::mem::take(&mut self.speakers.changed);
        let Speakers { heard, floor, .. } = &self.speakers;
        let loudest = heard.values().copied().fold(0.0, f32::max);
        let leads = |who: PeerKey| Some(who) == *floor && heard.contains_key(&who);
        changed.extend(floor.filter(|who| leads(*who)));
        let speaker = |who: PeerKey| {
            let sid = self.participants.get(&who)?.info.sid.clone();
            let own = heard.get(&who).copied();
            let level = if leads(who) { loudest } else { own.unwrap_or(0.0) };
            Some((leads(who), lk::SpeakerInfo { sid, level, active: own.is_some() }))
        };
        let mut speakers: Vec<(bool, lk::SpeakerInfo)> = changed.into_iter().filter_map(speaker).collect();
        if speakers.is_empty() {
            return;
        }
        speakers.sort_by(|(a, x), (b, y)| b.cmp(a).then(y.level.total_cmp(&x.level)));
        self.speakers.told = Some(now.instant);
        let speakers = speakers.into_iter().map(|(_, info)| info).collect();
        self.broadcast(Message::SpeakersChanged(lk::SpeakersChanged { speakers }), None);
    }
}

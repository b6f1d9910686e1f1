//! Who speaks: levels are collected and told to everybody a few times a second.

use super::{Now, Room};
use crate::server::media::sfu::TrackKey;
use livekit_protocol as lk;
use lk::signal_response::Message;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How often speakers are told.
const INTERVAL: Duration = Duration::from_millis(300);

/// Levels that changed and were not told yet, by participant sid.
#[derive(Debug, Default)]
pub(super) struct Speakers {
    changed: BTreeMap<String, (f32, bool)>,
    told: Option<Instant>,
}

impl Speakers {
    /// When the changes are due.
    pub(super) fn due(&self) -> Option<Instant> {
        (!self.changed.is_empty()).then_some(())?;
        self.told.map(|t| t + INTERVAL)
    }
}

impl Room {
    pub(super) fn level(&mut self, now: Now, track: TrackKey, level: f32, active: bool) {
        let owner = self.tracks.get(&track).and_then(|t| self.participants.get(&t.owner));
        if let Some(owner) = owner {
            let level = if active && level.is_finite() { level.clamp(0.0, 1.0) } else { 0.0 };
            self.speakers.changed.insert(owner.info.sid.clone(), (level, active));
            self.tell_speakers(now);
        }
    }

    pub(super) fn tell_speakers(&mut self, now: Now) {
        if self.speakers.changed.is_empty() || self.speakers.due().is_some_and(|due| now.instant < due) {
            return;
        }
        self.speakers.told = Some(now.instant);
        let speakers = std::mem::take(&mut self.speakers.changed)
            .into_iter()
            .map(|(sid, (level, active))| lk::SpeakerInfo { sid, level, active })
            .collect();
        self.broadcast(Message::SpeakersChanged(lk::SpeakersChanged { speakers }), None);
    }
}

//! Published tracks, how loud they are, and the streams they become on each listener's leg.

use super::demux::RTP_HEADER;
use super::sender_reports::{Anchor, Sent};
use super::srtp::{MAX_TAG, Outbound};
use super::{PeerKey, TrackKey};
use crate::rtp::Again;
use crate::rtp::again::HISTORY;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Level reports of a track are at least this far apart.
const LEVEL_EVERY: Duration = Duration::from_millis(100);
/// Speech begins above this level …
const SPEECH_ON: f32 = 0.01; // -40 dBov
/// … and ends when it was below this one …
const SPEECH_OFF: f32 = 0.0045; // -47 dBov
/// … for this long: pauses between words are speech.
const SPEECH_HANGOVER: Duration = Duration::from_millis(600);
/// Smaller changes of a level are not reported.
const LEVEL_STEP: f32 = 0.02;

/// One listener's leg of a track.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leg {
    pub(crate) listener: PeerKey,
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
}

/// A packet as it goes out on a leg.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placed<'a> {
    /// 48-bit packet index; its low 16 bits are the sequence number.
    pub(crate) index: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    /// The number of the track, on a leg that carries different ones: its CSRC (RFC 3550 section 5.1).
    pub(crate) source: Option<u32>,
    pub(crate) payload: &'a [u8],
}

impl Leg {
    /// Appends a packet of this leg, encrypted, to `out`, where it begins at `start`.
    pub(crate) fn write(&self, session: &mut Outbound, packet: Placed<'_>, out: &mut Vec<u8>, start: usize) -> bool {
        out.reserve(RTP_HEADER + 4 + packet.payload.len() + MAX_TAG);
        out.extend_from_slice(&[0x80 | u8::from(packet.source.is_some()), u8::from(packet.marker) << 7 | self.payload_type]);
        out.extend_from_slice(&(packet.index as u16).to_be_bytes());
        out.extend_from_slice(&packet.timestamp.to_be_bytes());
        out.extend_from_slice(&self.ssrc.to_be_bytes());
        if let Some(source) = packet.source {
            out.extend_from_slice(&source.to_be_bytes());
        }
        out.extend_from_slice(packet.payload);
        session.protect(self.ssrc, packet.index, out, start).is_ok()
    }
}

/// A forwarded packet, for listeners that miss it.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    generation: u64,
    index: u64,
    pub(crate) timestamp: u32,
    pub(crate) marker: bool,
    pub(crate) payload: Vec<u8>,
}

/// A published track.
#[derive(Debug)]
pub(crate) struct Track {
    /// By index, modulo its length. The buffers are reused.
    history: Vec<Remembered>,
    pub(crate) publisher: PeerKey,
    pub(crate) muted: bool,
    pub(crate) started: bool,
    /// Somebody was sent a packet of it.
    pub(crate) flowing: bool,
    pub(crate) legs: Vec<Leg>,
    pub(crate) loudness: Loudness,
    /// Where its timestamps are, by the publisher's last report.
    pub(crate) anchor: Option<Anchor>,
    /// SSRC heard last, and the one before it, whose stragglers are dropped.
    source: Option<u32>,
    retired: Option<u32>,
    /// Counts breaks in the numbering: a new SSRC, the end of a mute.
    generation: u64,
    broken: bool,
}

impl Track {
    pub(crate) fn new(publisher: PeerKey) -> Self {
        Self {
            history: std::iter::repeat_with(Remembered::default).take(HISTORY).collect(),
            publisher,
            muted: false,
            started: false,
            flowing: false,
            legs: Vec::new(),
            loudness: Loudness::default(),
            anchor: None,
            source: None,
            retired: None,
            generation: 0,
            broken: false,
        }
    }

    /// The publication was announced again: any SSRC may come next.
    pub(crate) fn republished(&mut self) {
        self.retired = None;
    }

    /// A packet from `ssrc` is about to be forwarded; the generation of its numbering, or `None` to drop a straggler.
    pub(crate) fn numbering(&mut self, ssrc: u32) -> Option<u64> {
        if self.retired == Some(ssrc) {
            return None;
        }
        if self.source != Some(ssrc) {
            self.retired = self.source.replace(ssrc);
            self.broken = true;
        }
        if std::mem::take(&mut self.broken) {
            self.generation += 1;
        }
        Some(self.generation)
    }

    /// Keeps a packet that is being forwarded.
    pub(crate) fn remember(&mut self, generation: u64, index: u64, timestamp: u32, marker: bool, payload: &[u8]) {
        if let Some(slot) = self.history.get_mut(index as usize % HISTORY) {
            (slot.generation, slot.index, slot.timestamp, slot.marker) = (generation, index, timestamp, marker);
            slot.payload.clear();
            slot.payload.extend_from_slice(payload);
        }
    }

    /// Finds a packet again.
    pub(crate) fn recall(&self, generation: u64, index: u64) -> Option<&Remembered> {
        self.history.get(index as usize % HISTORY).filter(|r| r.generation == generation && r.index == index)
    }

    /// A packet was dropped on purpose; listeners must not see a gap.
    pub(crate) fn skipped(&mut self) {
        self.broken = true;
    }
}

/// The numbering of one SSRC towards one listener. It outlives subscriptions: an index of an SSRC is never used twice under
/// the same key, whatever is sent on it.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) ssrc: u32,
    /// What is being forwarded: track and generation.
    origin: Option<(TrackKey, u64)>,
    /// Index of the first packet of `origin`, theirs and ours.
    theirs: u64,
    ours: u64,
    highest: Option<u64>,
    timestamp_offset: u32,
    last_timestamp: u32,
    last_at: Instant,
    /// What of it was sent again.
    pub(crate) again: Again,
    /// What was sent on it.
    pub(crate) sent: Sent,
}

impl Stream {
    /// `first`: where numbering starts; below 2^15, so that the listener cannot mistake the roll-over counter (RFC 3711 section 3.3.1).
    pub(crate) fn new(ssrc: u32, first: u16, now: Instant) -> Self {
        let ours = u64::from(first & 0x7FFF);
        Self {
            ssrc,
            origin: None,
            theirs: 0,
            ours,
            highest: None,
            timestamp_offset: 0,
            last_timestamp: 0,
            last_at: now,
            again: Again::default(),
            sent: Sent::default(),
        }
    }

    /// Index and timestamp of a packet on this leg: without a break across sources. `None` for a packet from before the
    /// leg began, or one that went out already.
    pub(crate) fn place(&mut self, origin: (TrackKey, u64), index: u64, timestamp: u32, now: Instant) -> Option<(u64, u32)> {
        if self.origin != Some(origin) {
            self.theirs = index;
            if let Some(highest) = self.highest {
                self.ours = highest + 1;
                let passed = now.saturating_duration_since(self.last_at).as_micros() as u64 * 48 / 1000;
                let next = self.last_timestamp.wrapping_add((passed as u32).max(960));
                self.timestamp_offset = next.wrapping_sub(timestamp);
            }
            self.origin = Some(origin);
        }
        let placed = self.ours + index.checked_sub(self.theirs)?;
        let timestamp = timestamp.wrapping_add(self.timestamp_offset);
        if self.highest.is_none_or(|h| placed > h) {
            (self.highest, self.last_timestamp, self.last_at) = (Some(placed), timestamp, now);
        }
        (placed < 1 << 48).then_some((placed, timestamp))
    }
}

impl Stream {
    /// A leg begins: even if it carries what it carried before, its packets are new ones. Otherwise a packet with another
    /// header could get an index that is used.
    pub(crate) fn restart(&mut self) {
        self.origin = None;
    }

    /// The timestamp on this leg that belongs to this moment, if what it carries goes on and its publisher has told.
    pub(crate) fn timestamp_at(&self, tracks: &HashMap<TrackKey, Track>, now: Instant) -> Option<u32> {
        let (track, generation) = self.origin?;
        let track = tracks.get(&track).filter(|t| t.generation == generation && !t.broken)?;
        let anchor = track.anchor.filter(|a| Some(a.ssrc) == track.source)?;
        Some(anchor.timestamp_at(now).wrapping_add(self.timestamp_offset))
    }

    /// What went out under a sequence number lately: track, generation and index there, index and timestamp offset here.
    pub(crate) fn recall(&self, sequence: u16) -> Option<(TrackKey, u64, u64, u64, u32)> {
        let (track, generation) = self.origin?;
        let highest = self.highest?;
        let placed = highest.checked_sub(u64::from((highest as u16).wrapping_sub(sequence)))?;
        let index = self.theirs + placed.checked_sub(self.ours)?;
        Some((track, generation, index, placed, self.timestamp_offset))
    }
}

/// A change of loudness worth telling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LevelChange {
    pub(crate) level: f32,
    pub(crate) active: bool,
}

/// Speech detection on the levels a client sends (RFC 6464), with hysteresis.
#[derive(Debug, Default)]
pub(crate) struct Loudness {
    peak: f32,
    active: bool,
    told: f32,
    told_at: Option<Instant>,
    loud_at: Option<Instant>,
}

impl Loudness {
    /// Takes the byte of an audio-level extension.
    pub(crate) fn hear(&mut self, byte: u8, now: Instant) -> Option<LevelChange> {
        let level = match byte & 0x7F {
            127 => 0.0, // digital silence
            below => 10f32.powf(-f32::from(below) / 20.0),
        };
        self.peak = self.peak.max(level);
        if level >= if self.active { SPEECH_OFF } else { SPEECH_ON } {
            self.loud_at = Some(now);
        }
        self.report(now)
    }

    /// Ends speech when packets no longer come (discontinuous transmission, loss).
    pub(crate) fn tick(&mut self, now: Instant) -> Option<LevelChange> {
        let over = self.loud_at.is_none_or(|at| now.saturating_duration_since(at) >= SPEECH_HANGOVER);
        if self.active && over { self.report(now) } else { None }
    }

    /// Sound ends at once (mute, removal).
    pub(crate) fn silence(&mut self) -> Option<LevelChange> {
        let told = self.active || self.told > 0.0;
        *self = Self::default();
        told.then_some(LevelChange { level: 0.0, active: false })
    }

    fn report(&mut self, now: Instant) -> Option<LevelChange> {
        let since = |at: Option<Instant>| at.map(|at| now.saturating_duration_since(at));
        if since(self.told_at).is_some_and(|passed| passed < LEVEL_EVERY) {
            return None;
        }
        let active = since(self.loud_at).is_some_and(|passed| passed < SPEECH_HANGOVER);
        let level = if active { std::mem::take(&mut self.peak) } else { 0.0 };
        self.peak = 0.0;
        if active == self.active && (level - self.told).abs() < LEVEL_STEP {
            return None;
        }
        (self.active, self.told, self.told_at) = (active, level, Some(now));
        Some(LevelChange { level, active })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: TrackKey = TrackKey(1);

    #[test]
    fn a_leg_goes_on_without_a_break_across_sources() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut stream = Stream::new(9, 1000, start);
        assert_eq!(stream.place((A, 1), 65_535, 5_000, at(0)), Some((1000, 5_000)));
        assert_eq!(stream.place((A, 1), 65_537, 6_920, at(40)), Some((1002, 6_920)), "a gap stays a gap");
        assert_eq!(stream.place((A, 1), 65_536, 5_960, at(41)), Some((1001, 5_960)), "reordering stays");
        assert_eq!(stream.place((A, 1), 65_534, 4_040, at(42)), None, "from before the leg");
        assert_eq!(stream.place((A, 2), 7, 1, at(140)), Some((1003, 6_920 + 4_800)), "a new source continues");
        assert_eq!(stream.place((A, 2), 6, 0, at(141)), None, "never an index that was used");
        assert_eq!(stream.place((A, 2), 8, 961, at(160)), Some((1004, 6_920 + 5_760)));
    }

    #[test]
    fn what_went_out_is_found_by_its_number_until_the_leg_begins_anew() {
        let now = Instant::now();
        let mut stream = Stream::new(9, 32_767, now);
        for index in [70_000, 70_001, 70_003] {
            stream.place((A, 4), index, 0, now);
        }
        assert_eq!(stream.recall(32_768), Some((A, 4, 70_001, 32_768, 0)));
        assert_eq!(stream.recall(32_766), None, "from before the leg");
        assert_eq!(stream.recall(32_771), None, "not sent yet");
        stream.restart();
        assert_eq!(stream.recall(32_768), None);
        assert_eq!(stream.place((A, 4), 70_004, 0, now).map(|p| p.0), Some(32_771));
        let mut track = Track::new(PeerKey(1));
        track.remember(4, 70_001, 9, true, b"abc");
        assert!(track.recall(4, 70_001).is_some_and(|r| r.payload == b"abc" && r.timestamp == 9 && r.marker));
        assert!(track.recall(5, 70_001).is_none() && track.recall(4, 70_001 + HISTORY as u64).is_none());
    }

    #[test]
    fn a_new_source_and_the_end_of_a_mute_break_the_numbering() {
        let mut track = Track::new(PeerKey(1));
        let first = track.numbering(10).unwrap();
        assert_eq!(track.numbering(10), Some(first));
        let second = track.numbering(11).unwrap();
        assert_ne!(first, second);
        assert_eq!(track.numbering(10), None, "a straggler");
        track.skipped();
        assert!(track.numbering(11).unwrap() > second);
        track.republished();
        assert!(track.numbering(10).is_some());
    }

    #[test]
    fn levels_are_reported_on_change_and_with_hangover() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut loudness = Loudness::default();
        assert_eq!(loudness.hear(127, at(0)), None);
        let change = loudness.hear(20, at(20)).unwrap();
        assert!(change.active && (change.level - 0.1).abs() < 0.001);
        assert_eq!(loudness.hear(0, at(60)), None, "at most every 100 ms");
        assert!(loudness.hear(20, at(140)).unwrap().level > 0.9, "the peak in between");
        assert_eq!(loudness.tick(at(300)), None, "the clock knows nothing of loudness");
        for ms in (160..700).step_by(20) {
            assert!(loudness.hear(127, at(ms)).is_none_or(|c| c.active), "a pause between words");
        }
        assert_eq!(loudness.tick(at(900)), Some(LevelChange { level: 0.0, active: false }));
        assert_eq!(loudness.tick(at(1000)), None);
        assert_eq!(loudness.silence(), None);
    }
}

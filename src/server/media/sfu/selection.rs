//! Who is forwarded where more people could speak than anybody can listen to: in rooms whose clients tell their levels
//! (RFC 6464), the last [`PLACES`] who spoke. A place is also the slot in which our clients get its holder's sound
//! ([`crate::protocol::slots`]).
//!
//! Whoever begins to speak is forwarded from the first packet on, in the place of whoever has been quiet for the longest. If
//! all who have a place speak, the newcomer must be clearly louder than the quietest of them, for a moment; the dominant
//! speaker ([`super::dominant`]) is not outshouted, and of those who are quiet the last to go. So a
//! cough moves nobody, and nobody is cut off while a place is held by silence. Who tells no level speaks for as long as packets come, and
//! outshouts nobody: what a strict room forwards is decided by its floor, which has no more places than these, and nothing is
//! read from the content.

use super::TrackKey;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How many are forwarded at once.
pub(crate) const PLACES: usize = crate::protocol::slots::COUNT;
/// There is a voice above this level, in dBov, whatever the client's own detection says.
const VOICE: f32 = -45.0;
/// So long after the last sound of a voice its place may be taken: pauses in a sentence are shorter.
const QUIET_AFTER: Duration = Duration::from_millis(1500);
/// So much louder, in dB, and for so long, where everybody speaks.
const LOUDER: f32 = 6.0;
const FOR: Duration = Duration::from_millis(300);
/// A pause after which speaking begins anew.
const PAUSE: Duration = Duration::from_millis(200);
/// Weight of the newest level in the running mean, per packet.
const NEWEST: f32 = 0.1;

/// What is known of a track's voice.
#[derive(Debug)]
struct Voice {
    place: Option<usize>,
    /// When there was a voice last, and since when without a pause.
    heard: Option<Instant>,
    since: Instant,
    /// Running mean of the level while there is a voice, in dBov.
    loudness: f32,
}

impl Voice {
    fn quiet(&self, now: Instant) -> bool {
        self.heard.is_none_or(|at| now.saturating_duration_since(at) >= QUIET_AFTER)
    }
}

/// A place, and whose it is; if it is free, whose it was.
#[derive(Debug, Default, Clone, Copy)]
struct Place {
    track: Option<TrackKey>,
    taken: bool,
}

/// The places of a room.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    voices: HashMap<TrackKey, Voice>,
    places: [Place; PLACES],
}

impl Selection {
    /// Takes a packet and its level byte (the client's voice bit, and -dBov), if it has one; the place of its track, if it has
    /// one. `floor` is the dominant speaker.
    pub(crate) fn hear(&mut self, track: TrackKey, byte: Option<u8>, floor: Option<TrackKey>, now: Instant) -> Option<usize> {
        let level = byte.map_or(VOICE, |byte| -f32::from(byte & 0x7F));
        let fresh = Voice { place: None, heard: None, since: now, loudness: level };
        let voice = self.voices.entry(track).or_insert(fresh);
        let speaks = byte.is_none_or(|byte| byte & 0x80 != 0 || level > VOICE);
        if speaks {
            if voice.heard.is_none_or(|at| now.saturating_duration_since(at) >= PAUSE) {
                (voice.since, voice.loudness) = (now, level);
            }
            voice.loudness += (level - voice.loudness) * NEWEST;
            voice.heard = Some(now);
        }
        if voice.place.is_some() {
            return voice.place;
        }
        let (loudness, steady) = (voice.loudness, now.saturating_duration_since(voice.since) >= FOR);
        let place = match self.free(track) {
            Some(place) => place,
            None if speaks => self.clear(now, floor, loudness, steady)?,
            None => return None,
        };
        *self.places.get_mut(place)? = Place { track: Some(track), taken: true };
        self.voices.get_mut(&track)?.place = Some(place);
        Some(place)
    }

    /// A free place: the one that the track had before, if it may be had again; else one that nobody misses.
    fn free(&self, track: TrackKey) -> Option<usize> {
        let free = |whose: Option<TrackKey>| self.places.iter().position(|p| !p.taken && p.track == whose);
        free(Some(track)).or_else(|| free(None)).or_else(|| self.places.iter().position(|p| !p.taken))
    }

    /// Makes a place free for a speaker, if one may be taken.
    fn clear(&mut self, now: Instant, floor: Option<TrackKey>, loudness: f32, steady: bool) -> Option<usize> {
        let placed = || self.voices.iter().filter(|(_, v)| v.place.is_some());
        let leads = |track: &TrackKey| Some(*track) == floor;
        let quiet = placed().filter(|(_, v)| v.quiet(now)).min_by_key(|(t, v)| (leads(t), v.heard));
        let quietest = || placed().filter(|(t, _)| !leads(t)).min_by(|(_, a), (_, b)| a.loudness.total_cmp(&b.loudness));
        let weaker = || quietest().filter(|(_, v)| steady && loudness >= v.loudness + LOUDER);
        let loser = quiet.or_else(weaker).map(|(track, _)| *track)?;
        self.voices.get_mut(&loser)?.place.take()
    }

    /// A track is muted or gone: its place is free.
    pub(crate) fn forget(&mut self, track: TrackKey) {
        let place = self.voices.remove(&track).and_then(|v| v.place);
        if let Some(place) = place.and_then(|at| self.places.get_mut(at)) {
            place.taken = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: u8 = 127;
    const SPEECH: u8 = 0x80 | 30;
    const LOUD: u8 = 0x80 | 15;

    struct Lab {
        selection: Selection,
        floor: Option<TrackKey>,
        now: Instant,
    }

    impl Lab {
        fn new() -> Self {
            Self { selection: Selection::default(), floor: None, now: Instant::now() }
        }

        /// 20 ms in which everybody's packet comes; who is forwarded.
        fn round(&mut self, levels: &[(u64, u8)]) -> Vec<u64> {
            self.now += Duration::from_millis(20);
            levels
                .iter()
                .filter(|(t, byte)| self.selection.hear(TrackKey(*t), Some(*byte), self.floor, self.now).is_some())
                .map(|(t, _)| *t)
                .collect()
        }
    }

    /// Twenty with open microphones, of whom those named speak.
    fn levels(speak: &[(u64, u8)]) -> Vec<(u64, u8)> {
        (0..20).map(|t| speak.iter().find(|(s, _)| *s == t).copied().unwrap_or((t, SILENT))).collect()
    }

    #[test]
    fn who_begins_to_speak_is_heard_from_the_first_packet_on() {
        let mut lab = Lab::new();
        let first = lab.round(&levels(&[]));
        assert_eq!(first, (0..12).collect::<Vec<_>>(), "places are free");
        lab.now += QUIET_AFTER;
        assert!(lab.round(&levels(&[(17, SPEECH)])).contains(&17));
        assert_eq!(lab.round(&levels(&[])).len(), PLACES, "in somebody's place");
        // The place stays, in silence too, until somebody else needs it.
        assert!((0..500).all(|_| lab.round(&levels(&[])).contains(&17)));
        // One after the other, all twenty.
        for t in 0..20 {
            assert!(lab.round(&levels(&[(t, SPEECH)])).contains(&t), "{t}");
            lab.now += QUIET_AFTER;
        }
    }

    #[test]
    fn where_all_speak_it_takes_more_than_a_cough() {
        let mut lab = Lab::new();
        let speakers: Vec<(u64, u8)> = (0..12).map(|t| (t, SPEECH)).collect();
        lab.round(&levels(&speakers));
        let with = |more: (u64, u8)| levels(&[&speakers[..], &[more]].concat());
        let heard = |lab: &mut Lab, more, packets| (0..packets).filter(|_| lab.round(&with(more)).contains(&15)).count();
        assert_eq!(heard(&mut lab, (15, LOUD), 5), 0, "a cough");
        assert_eq!(heard(&mut lab, (15, SILENT), 50), 0);
        assert_eq!(heard(&mut lab, (15, SPEECH), 100), 0, "as loud as the others");
        assert_eq!(heard(&mut lab, (15, SILENT), 50), 0);
        assert!(heard(&mut lab, (15, LOUD), 50) >= 30, "louder");
        // Who has ended makes room at once.
        lab.selection.forget(TrackKey(15));
        assert_eq!(lab.round(&with((16, SPEECH))), (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn the_dominant_speaker_is_not_outshouted_and_keeps_the_place_in_silence() {
        let mut lab = Lab::new();
        let speakers: Vec<(u64, u8)> = (0..12).map(|t| (t, if t == 3 { 0x80 | 40 } else { SPEECH })).collect();
        lab.round(&levels(&speakers));
        lab.floor = Some(TrackKey(3));
        let with = levels(&[&speakers[..], &[(15, LOUD)]].concat());
        let heard: Vec<Vec<u64>> = (0..50).map(|_| lab.round(&with)).collect();
        assert!(heard.iter().all(|h| h.contains(&3)) && heard.iter().any(|h| h.contains(&15)), "the quietest of the others goes");
        // All fall silent; then others speak, one after the other, and take the places of everybody but 3.
        lab.now += QUIET_AFTER;
        for t in (12..20).chain(0..3) {
            assert!(lab.round(&levels(&[(t, SPEECH)])).contains(&3), "while {t} speaks");
        }
    }
}

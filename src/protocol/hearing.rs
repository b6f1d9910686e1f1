//! What a member tells the others at a fixed cadence of how it hears them, so that each speaker knows by whom they are heard.
//!
//! A report has one size, however many speak and however well they are heard, and goes out whether anybody speaks or not:
//! where it is sealed, its being there and its size tell the server nothing. What it says is coarse.
//!
//! ```text
//! flags (1: more speakers than fit, 2: no loudspeaker)   12 x { member id [7]   missing * 16 + lost   heard }
//! ```
//! `missing` and `lost` are indices into [`STEPS`], `heard` is in 1/15 of a second; unused places are zero.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// How many speakers a report has room for: as many as may have an open microphone in a strict room.
pub const SPEAKERS: usize = 12;
/// Percent at which the steps of a share begin. Coarse: members are told how they are heard, and no more.
pub const STEPS: [u8; 16] = [0, 2, 5, 7, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100];
/// `heard` of a whole second.
pub const WHOLE: u8 = 15;

const KEY: usize = 7;
const PLACE: usize = KEY + 2;
const BYTES: usize = 1 + SPEAKERS * PLACE;
const MORE: u8 = 1;
const DEAF: u8 = 2;

/// The beginning of a member id: enough to tell the members of one room apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key([u8; KEY]);

impl Key {
    /// Of a member id; `None` for who is no member of ours (a stock LiveKit client).
    pub fn of(member: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(member.strip_prefix("m-")?).ok()?;
        bytes.first_chunk().copied().map(Self).filter(|key| *key != Self::NOBODY)
    }

    const NOBODY: Self = Self([0; KEY]);
}

/// The step of a share (0 to 1).
pub fn step(share: f32) -> u8 {
    let percent = share * 100.0;
    // A hair of rounding must not make 7 % of 6.9999 %.
    STEPS.iter().rposition(|step| f32::from(*step) <= percent + 0.001).unwrap_or(0) as u8
}

/// The least share that a step stands for, 0 to 1.
pub fn share(step: u8) -> f32 {
    f32::from(STEPS.get(usize::from(step)).copied().unwrap_or(100)) / 100.0
}

/// How one speaker was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Whom.
    pub key: Key,
    /// [`step`] of the share of their sound that was missing or made up, over the last two seconds.
    pub missing: u8,
    /// [`step`] of the share of their frames that did not come, brought back or not, over the same time.
    pub lost: u8,
    /// How much of the last second their sound was really heard, in 1/[`WHOLE`] of it.
    pub heard: u8,
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// At most [`SPEAKERS`]: of everybody of whom anything came.
    pub entries: Vec<Entry>,
    /// There were more of them.
    pub more: bool,
    /// The reporter has no loudspeaker now.
    pub deaf: bool,
}

impl Report {
    /// What it says of one speaker.
    pub fn of(&self, key: Key) -> Option<&Entry> {
        self.entries.iter().find(|e| e.key == key)
    }

    /// As text of one length.
    pub fn encode(&self) -> String {
        let mut bytes = [0; BYTES];
        let more = self.more || self.entries.len() > SPEAKERS;
        if let Some(flags) = bytes.first_mut() {
            *flags = if more { MORE } else { 0 } | if self.deaf { DEAF } else { 0 };
        }
        for (entry, place) in self.entries.iter().zip(bytes[1..].chunks_exact_mut(PLACE)) {
            let Entry { key, missing, lost, heard } = *entry;
            let (id, rest) = place.split_at_mut(KEY);
            id.copy_from_slice(&key.0);
            rest.copy_from_slice(&[missing.min(15) << 4 | lost.min(15), heard.min(WHOLE)]);
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads one; `None` if it is none.
    pub fn decode(text: &str) -> Option<Self> {
        if text.len() > 2 * BYTES {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|b| b.len() == BYTES)?;
        let (flags, places) = bytes.split_first()?;
        let entries = places.chunks_exact(PLACE).filter_map(|place| {
            let (key, rest) = place.split_first_chunk()?;
            let [shares, heard] = *rest.first_chunk()?;
            let key = Key(*key);
            (key != Key::NOBODY).then_some(Entry { key, missing: shares >> 4, lost: shares & 15, heard: heard.min(WHOLE) })
        });
        Some(Self { entries: entries.collect(), more: flags & MORE != 0, deaf: flags & DEAF != 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::member::MemberMessage;

    fn key(n: u8) -> Key {
        Key([n; KEY])
    }

    #[test]
    fn every_report_has_one_size_and_is_read_as_it_was_written() {
        let entry = |n: u8| Entry { key: key(n), missing: n % 16, lost: 15 - n % 16, heard: n % 16 };
        let sizes: Vec<usize> = (0..=SPEAKERS as u8)
            .map(|n| {
                let report = Report { entries: (1..=n).map(entry).collect(), more: n % 2 == 0, deaf: n % 3 == 0 };
                let text = report.encode();
                assert_eq!(Report::decode(&text), Some(report));
                MemberMessage::Hearing { of: text }.encode().len()
            })
            .collect();
        assert!(sizes.iter().all(|s| *s == sizes[0]), "{sizes:?}");
        let crowd = Report { entries: (1..=40).map(entry).collect(), ..Report::default() };
        let read = Report::decode(&crowd.encode()).unwrap();
        assert_eq!((read.entries.len(), read.more), (SPEAKERS, true));
    }

    #[test]
    fn what_is_no_report_is_none() {
        let good = Report::default().encode();
        for bad in ["", "AAAA", "?", &good[1..], &format!("{good}AAAA"), &"A".repeat(100_000)] {
            assert_eq!(Report::decode(bad), None);
        }
    }

    #[test]
    fn shares_become_steps_and_members_keys() {
        assert_eq!([0.0, 0.019, 0.02, 0.07, 0.5, 0.99, 1.0, 7.0, f32::NAN].map(step), [0, 0, 1, 3, 9, 14, 15, 15, 0]);
        for n in 0..16 {
            assert_eq!(step(share(n)), n);
        }
        let member = crate::protocol::control::member_id(&[7; 32]);
        assert!(Key::of(&member).is_some());
        assert_eq!(Key::of("lk-guest"), None);
        assert_eq!(Key::of("m-AAA"), None);
    }
}

//! Slots: a client's fixed sections for sound, whose source the server switches (a media switching mixer, RFC 7667 section 3.6.2).
//!
//! A client that says [`SDK`] offers [`COUNT`] sections for sound to it in its first offer, and never another: whoever speaks
//! is put into one of them. The packets of a slot bear one CSRC (RFC 3550 section 5.1), the number of the track that they are
//! of: `layers[0].ssrc` of that track's first codec in the participant's `TrackInfo`. Where members' keys name the speaker,
//! the keys are believed, and not the number.
//!
//! So neither the sections of a large room nor the offers of its members grow with the number of people who could speak.

/// What a client writes into `ClientInfo.other_sdks`.
pub const SDK: &str = "conclave-slots:1";
/// The stream id (`a=msid`) of a section that is a slot.
pub const STREAM: &str = "conclave-slots";
/// How many slots a client has: as many as are heard at once.
pub const COUNT: usize = 12;

/// The track id of a slot's section.
#[must_use]
pub fn track(slot: usize) -> String {
    format!("slot-{slot}")
}

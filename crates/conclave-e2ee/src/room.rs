//! What a room's members agree on: the state in the group context.
//!
//! It stands in a group context extension of type [`EXTENSION`], so every member holds the same bytes by construction, a
//! newcomer gets it with the group and the safety code covers it. It changes only inside a commit, by a proposal that
//! [`crate::gate`] has checked.

use crate::identity::{DeviceKey, IssuerKey};

/// The private-use extension type of the state (RFC 9420, section 17.3).
pub const EXTENSION: u16 = 0xFC01;

/// How a room treats content. Ordered: a later one protects more; a client never goes below what its user expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Not end-to-end encrypted; stock LiveKit clients may join.
    Open,
    /// End-to-end encrypted; audio levels are visible to the server, so that it can select speakers in large rooms.
    Balanced,
    /// End-to-end encrypted; constant packet size and rate, no audio levels. The default.
    Strict,
}

/// Who lets newcomers in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// Any member's client, at once; shown as unverified. For development rooms.
    Auto,
    /// A moderator; any member's client for vouched people on the room's list.
    Admit,
    /// Whoever proves that they know the room secret (and those whom [`Admission::Admit`] would let in).
    Link,
}

/// What a member may do, by the group's own signed state and never by the server's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Speaks, writes, leaves.
    Member,
    /// Admits, kicks, locks, freezes, grants.
    Moderator,
    /// Founded the room; cannot be kicked.
    Creator,
}

/// A grant of moderator rights, signed by the creator's device or by a moderator granted before it in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who may moderate.
    pub to: DeviceKey,
    /// Who says so.
    pub by: DeviceKey,
    /// Ed25519 by `by` over context, room, creator, `to`.
    pub signature: Vec<u8>,
}

/// The agreed state. Encoding: TLS presentation language, version first; see `encode` and `decode`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomState {
    /// The room's name.
    pub room: String,
    /// Counts groups of one meeting, from 1.
    pub generation: u64,
    /// How content is treated. Never changes within a meeting.
    pub mode: Mode,
    /// The founder's device key. Never changes within a meeting.
    pub creator: DeviceKey,
    /// Keys whose vouches count here (administrators'). Never changes within a meeting.
    pub issuers: Vec<IssuerKey>,
    /// The server's key for account vouches, if the founder accepted one: shown, never enough to be let in.
    pub accounts: Option<IssuerKey>,
    /// Public key derived from the room secret ([`crate::secret::RoomSecret::proof_key`]), if the room has one.
    pub secret: Option<[u8; 32]>,
    /// The secret is a passphrase that people chose: shown as weaker.
    pub passphrase: bool,
    /// Who lets newcomers in.
    pub admission: Admission,
    /// Subjects of vouches that any member's client may admit; `*` = everybody vouched by an issuer.
    pub list: Vec<String>,
    /// Moderators besides the creator, in the order of their grants.
    pub moderators: Vec<Grant>,
    /// Devices that no gate lets in until the end.
    pub kicked: Vec<DeviceKey>,
    /// Devices that were in and vanished (removed by the server, or members of an older generation): may return.
    pub away: Vec<DeviceKey>,
    /// Nobody new.
    pub locked: bool,
    /// Everybody's microphone and camera are paused.
    pub frozen: bool,
    /// Policy: recordings are forbidden.
    pub no_recording: bool,
    /// Policy: a receipt is collected at the end.
    pub receipt: bool,
}

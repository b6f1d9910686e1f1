//! Who is in the call.

use super::names::NameMark;
use super::trust::{Role, Standing};
use crate::protocol::room::RoomRole;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A participant's identifier, stable for one session. Opaque: on our own server it is a hash of the member's
/// leaf key, on LiveKit the participant identity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct PeerId(pub String);

impl std::fmt::Display for PeerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a participant joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PeerKind {
    /// A member with a control session of our own server, or an ordinary participant of another system.
    #[default]
    Member,
    #[serde(rename = "livekit")]
    /// A stock LiveKit client, which has only a media session; its name comes from its token.
    LiveKit,
}

/// One participant as everybody sees them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Peer {
    /// Identifier.
    pub id: PeerId,
    /// Display name, already cleaned ([`crate::text::clean_name`]), with a number behind it if it could be taken for another one
    /// ([`super::names`]); the id's start until a name is known.
    pub name: String,
    /// What is odd about the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_marks: Vec<NameMark>,
    /// How they joined.
    pub kind: PeerKind,
    /// Whether their microphone is announced as closed.
    pub muted: bool,
    /// Whether they are heard speaking now.
    pub speaking: bool,
    /// When their hand went up, in milliseconds since the Unix epoch by their own clock: the order of the queue.
    pub hand: Option<u64>,
    /// Playback volume in percent, 100 = as sent. Local to this client.
    pub volume: u16,
    /// What they may do.
    #[serde(default)]
    pub role: Role,
    /// What they are in the room by the server's word, if it has roles.
    #[serde(default)]
    pub room_role: Option<RoomRole>,
    /// How they are known.
    #[serde(default)]
    pub standing: Standing,
    /// Their device's fingerprint for people; empty where the room is not end-to-end encrypted.
    #[serde(default)]
    pub key: String,
    /// They were in the group when a safety code was checked.
    #[serde(default)]
    pub verified: bool,
    /// They keep what they hear.
    #[serde(default)]
    pub recording: bool,
    /// They have stopped sending anything.
    #[serde(default)]
    pub frozen: bool,
}

impl Peer {
    /// A participant of whom only the id is known yet: muted, silent.
    pub fn unnamed(id: PeerId, kind: PeerKind) -> Self {
        let name = crate::text::clean_name(&id.0).unwrap_or_else(|| "?".into()).chars().take(12).collect();
        Self {
            id,
            name,
            name_marks: Vec::new(),
            kind,
            muted: true,
            speaking: false,
            hand: None,
            volume: 100,
            role: Role::Member,
            room_role: None,
            standing: Standing::Unknown,
            key: String::new(),
            verified: false,
            recording: false,
            frozen: false,
        }
    }
}

/// Somebody who is not in the call now: they wait to be let in, or were here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outsider {
    /// Identifier.
    pub id: PeerId,
    /// Display name, cleaned and numbered as [`Peer::name`]; the id's start if no name is known.
    pub name: String,
    /// What is odd about the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_marks: Vec<NameMark>,
    /// How they are known.
    #[serde(default)]
    pub standing: Standing,
    /// Their device's fingerprint for people.
    #[serde(default)]
    pub key: String,
}

//! Who is in a room, as the server knows it: ids and how they stand. What members call themselves crosses the server encrypted
//! end to end, or in open rooms unread, so it is not here; see [`super::api`] for login and errors.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `GET`: the [`People`] of a room.
pub const PEOPLE: &str = "/api/v1/rooms/{name}/people";

/// How somebody is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// With a Conclave client.
    Member,
    /// With a stock LiveKit client: media alone.
    #[serde(rename = "livekit")]
    LiveKit,
    /// A way that is newer than this build.
    #[serde(other)]
    Unknown,
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// Their id, good for this meeting; `conclave join` shows the same.
    pub id: String,
    /// How.
    pub kind: Kind,
    /// What they are in the room.
    pub role: String,
    /// The name of the account that they joined with; absent: a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Their connection is up; if not, they may come back within half a minute.
    pub connected: bool,
    /// Since when, in seconds since the Unix epoch; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// The name in a stock client's token. A member's name is not known to the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Answer to [`PEOPLE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct People {
    /// The room's name.
    pub room: String,
    /// By id.
    pub people: Vec<Person>,
    /// Members' names pass the server end-to-end encrypted; `false`: they pass it unread.
    pub names_encrypted: bool,
}

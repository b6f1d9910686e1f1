//! The small HTTP API beside the control websocket: JSON bodies, `Authorization: Bearer` with an account's token.

use super::control::RoomMode;
use serde::{Deserialize, Serialize};

/// `POST`: an owner link is turned into an account, once.
pub const CLAIM: &str = "/api/v1/owner/claim";
/// `GET` lists rooms, `POST` creates one, `DELETE` of `/api/v1/rooms/NAME` ends and removes one.
pub const ROOMS: &str = "/api/v1/rooms";
/// The largest body either side reads, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// Body of [`CLAIM`].
#[derive(Clone, Serialize, Deserialize)]
pub struct Claim {
    /// The owner link's secret (`k`).
    pub secret: String,
    /// The account's name.
    pub name: String,
}

/// Answer to [`CLAIM`]. The token is shown this once; the server keeps its hash only.
#[derive(Clone, Serialize, Deserialize)]
pub struct Claimed {
    /// The account's id.
    pub account: String,
    /// The account's token; a secret.
    pub token: String,
}

/// Body of `POST` [`ROOMS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRoom {
    /// Its name, see [`super::control::valid_room`].
    pub name: String,
    /// How it treats content.
    pub mode: RoomMode,
}

/// A room as [`ROOMS`] shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// How it treats content.
    pub mode: RoomMode,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// How many are in it now; absent where that is not known (a data directory read beside the server).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<usize>,
}

/// Answer to `GET` [`ROOMS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rooms {
    /// All of them, by name.
    pub rooms: Vec<Room>,
}

/// Every answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorText,
}

/// What went wrong, twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorText {
    /// For programs.
    pub code: String,
    /// For people: what happened, what to do.
    pub text: String,
}

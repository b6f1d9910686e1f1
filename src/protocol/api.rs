//! The small HTTP API beside the control websocket: JSON bodies, `Authorization: Bearer` with an account's token.

use super::control::RoomMode;
use super::room::{RoomRole, Rules};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST`: an owner link is turned into an account, once.
pub const CLAIM: &str = "/api/v1/owner/claim";
/// `GET` lists [`Rooms`], `POST` [`NewRoom`] creates one.
pub const ROOMS: &str = "/api/v1/rooms";
/// `GET`: a [`Room`]; `DELETE` ends and removes it.
pub const ROOM: &str = "/api/v1/rooms/{name}";
/// `GET`: how a room is kept, [`RoomDetails`]; `POST` [`RoomChange`] changes that.
pub const RULES: &str = "/api/v1/rooms/{name}/rules";
/// `POST` [`Login`]: a name and a password are turned into a token. Throttled.
pub const LOGIN: &str = "/api/v1/login";
/// `POST`: the token that is shown ends.
pub const LOGOUT: &str = "/api/v1/logout";
/// `GET`: whose token it is, a [`WhoAmI`].
pub const ACCOUNT: &str = "/api/v1/account";
/// `POST` [`VouchFor`]: the server's word that a device belongs to the account.
pub const VOUCH: &str = "/api/v1/account/vouch";
/// The largest body either side reads, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// Body of [`CLAIM`].
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// The owner link's secret (`k`).
    pub secret: String,
    /// The account's name.
    pub name: String,
    /// What the user calls this device.
    #[serde(default)]
    pub device: String,
}

/// Answer to [`CLAIM`]. The token is shown this once; the server keeps its hash only.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Claimed {
    /// The account's id.
    pub account: String,
    /// The account's token; a secret.
    pub token: String,
}

/// Body of [`LOGIN`].
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Login {
    /// The account's name.
    pub name: String,
    /// Its password; a secret.
    pub password: String,
    /// What the user calls this device.
    #[serde(default)]
    pub device: String,
}

/// Answer to [`LOGIN`]. The token is shown this once; the server keeps its hash only.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct LoggedIn {
    /// The account's id.
    pub account: String,
    /// Its name.
    pub name: String,
    /// The token; a secret.
    pub token: String,
    /// Until when it is good, in seconds since the Unix epoch.
    pub expires: i64,
}

/// Answer to [`ACCOUNT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WhoAmI {
    /// The account's id.
    pub account: String,
    /// Its name.
    pub name: String,
    /// What it may do: `owner` or `member`.
    pub role: String,
    /// A code is asked for at each login, beside the password.
    #[serde(default)]
    pub second_factor: bool,
}

/// Body of [`VOUCH`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VouchFor {
    /// The device's public key: 43 characters of base64url.
    pub device: String,
}

/// Answer to [`VOUCH`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vouched {
    /// One line of base64url, see `conclave_e2ee::Vouch::from_text`; signed by the server's key for accounts, good for a day.
    pub vouch: String,
}

/// [`RoomMode`] in the API's document.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RoomMode")]
#[allow(dead_code, reason = "its schema is what counts")]
enum Mode {
    /// End-to-end encrypted, sound of constant size and rate.
    Strict,
    /// End-to-end encrypted, the server sees who speaks.
    Balanced,
    /// Not end-to-end encrypted.
    Open,
}

/// Body of `POST` [`ROOMS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NewRoom {
    /// Its name, see [`super::control::valid_room`].
    pub name: String,
    /// How it treats content.
    #[schemars(with = "Mode")]
    pub mode: RoomMode,
    /// It lets in only who has an account on the server or an invite; absent: as the server's policy says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invite_only: Option<bool>,
}

/// A room as [`ROOMS`] shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// How it treats content.
    #[schemars(with = "Mode")]
    pub mode: RoomMode,
    /// When it was created, in seconds since the Unix epoch.
    pub created: i64,
    /// It lets in only who has an account on the server or an invite.
    #[serde(default)]
    pub invite_only: bool,
    /// How many are in it now; absent where that is not known (a data directory read beside the server).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<usize>,
}

/// Answer to `GET` and `POST` of [`RULES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoomDetails {
    /// The room.
    pub room: Room,
    /// How it is kept.
    pub rules: Rules,
    /// The roles that accounts have in it, by their names.
    #[serde(default)]
    pub roles: BTreeMap<String, RoomRole>,
}

/// Body of `POST` [`RULES`]. What is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RoomChange {
    /// How it is to be kept, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<Rules>,
    /// Roles for accounts, by their names; `null` takes one away.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Option<RoomRole>>,
    /// Ban nobody any more, from the next meeting on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forget_bans: bool,
}

/// Answer to `GET` [`ROOMS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rooms {
    /// All of them, by name.
    pub rooms: Vec<Room>,
}

/// Every answer that is no success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorText,
}

/// What went wrong, twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorText {
    /// For programs.
    pub code: String,
    /// For people: what happened, what to do.
    pub text: String,
}

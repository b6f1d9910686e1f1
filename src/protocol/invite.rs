//! Invites: the part of the HTTP API with which they are made, listed, revoked and looked at, and what a `hello` shows of one.
//! See [`super::api`] for login and errors.
//!
//! The invite's secret travels in the fragment of a link (`i=`), which no browser sends to a server and no log has, and its PIN
//! apart from the link.

use super::control::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `GET` lists [`Invites`], `POST` [`NewInvite`] makes one.
pub const INVITES: &str = "/api/v1/invites";
/// `DELETE` revokes one.
pub const INVITE: &str = "/api/v1/invites/{id}";
/// `POST` [`ShownInvite`]: what the invite is, and whether the PIN is right; nothing is used up. Throttled.
pub const LOOK: &str = "/api/v1/invites/look";

/// The code of an error to [`LOOK`]: the invite is good, and its PIN is missing or wrong.
pub const PIN: &str = "pin";

/// An invite as somebody who joins shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownInvite {
    /// Its secret: the link's `i`.
    #[schemars(with = "String")]
    pub secret: Secret,
    /// Its PIN, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub pin: Option<Secret>,
}

/// Body of `POST` [`INVITES`].
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct NewInvite {
    /// The room's name.
    pub room: String,
    /// The role it gives.
    pub role: String,
    /// For how long it is good, in seconds.
    pub seconds: u64,
    /// For how many joins; 1 = it works once.
    pub uses: u32,
    /// A PIN that is asked for beside it; a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub pin: Option<Secret>,
}

/// Answer to `POST` [`INVITES`]. The secret is shown this once; the server keeps its hash only.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct NewlyInvited {
    /// What it is.
    pub invite: Invite,
    /// The link's `i`.
    #[schemars(with = "String")]
    pub secret: Secret,
}

/// Whether an invite lets somebody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It does.
    Good,
    /// Its time is over.
    Expired,
    /// As many as it was for have come.
    UsedUp,
    /// Somebody ended it.
    Revoked,
    /// Too many wrong PINs were tried.
    Locked,
}

impl State {
    /// For people: after "this invite".
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Good => "is good",
            Self::Expired => "has expired",
            Self::UsedUp => "was used as often as it may be",
            Self::Revoked => "was revoked",
            Self::Locked => "is locked: too many wrong PINs were tried",
        }
    }
}

/// An invite as it is listed; no secret is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invite {
    /// Id; no secret.
    pub id: String,
    /// The room's name.
    pub room: String,
    /// The role it gives.
    pub role: String,
    /// When it was made, in seconds since the Unix epoch.
    pub created: i64,
    /// Until when it is good.
    pub expires: i64,
    /// For how many joins.
    pub uses: u32,
    /// How many there were.
    pub used: u32,
    /// It has a PIN.
    pub pin: bool,
    /// The account's id of whoever made it; absent: the command line on the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<String>,
    /// Whether it lets somebody in now.
    pub state: State,
}

/// Answer to `GET` [`INVITES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invites {
    /// The newest first.
    pub invites: Vec<Invite>,
}

/// Answer to [`LOOK`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Looked {
    /// The room's name.
    pub room: String,
    /// The role it gives.
    pub role: String,
    /// Until when it is good.
    pub expires: i64,
}

//! The part of the HTTP API with which people look after their own accounts; see [`super::api`] for login and errors.

use super::api::{ErrorText, LoggedIn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `POST` [`SetUp`]: a setup code and a new password are turned into a token, as at a login.
pub const SETUP: &str = "/api/v1/setup";
/// `POST` [`WithTicket`]: the second step of a login, answered with a [`LoggedIn`]. Throttled.
pub const LOGIN_CODE: &str = "/api/v1/login/code";
/// `POST` [`WithTicket`] without a code: a login that must have a second factor first gets an [`Enrolment`].
pub const LOGIN_ENROL: &str = "/api/v1/login/enrol";
/// `POST` [`WithTicket`] with its first code, answered with an [`Enrolled`]. Throttled.
pub const LOGIN_ENROLLED: &str = "/api/v1/login/enrolled";
/// `POST` [`SignIn`]: begins a sign-in through the organisation's OpenID provider; a [`SignInBegun`]. Throttled.
pub const SSO: &str = "/api/v1/login/sso";
/// `POST` [`WithTicket`] without a code: 200 and a login, 202 and [`SignInWaits`], or 403 (a [`SecondStep`] too).
pub const SSO_POLL: &str = "/api/v1/login/sso/poll";
/// `POST` [`Password`]: begins a second factor; an [`Enrolment`]. Throttled.
pub const TOTP: &str = "/api/v1/account/totp";
/// `POST` [`Code`]: its first code; the second factor counts from now on. [`RecoveryCodes`].
pub const TOTP_CONFIRM: &str = "/api/v1/account/totp/confirm";
/// `POST` [`Code`]: no second factor any more.
pub const TOTP_OFF: &str = "/api/v1/account/totp/off";
/// `POST` [`Code`]: fresh [`RecoveryCodes`].
pub const RECOVERY_CODES: &str = "/api/v1/account/totp/recovery-codes";
/// `GET`: the account's [`Devices`].
pub const DEVICES: &str = "/api/v1/account/devices";
/// `DELETE` ends the login of one.
pub const DEVICE: &str = "/api/v1/account/devices/{id}";

/// The code of an error to [`super::api::LOGIN`]: the password is right, and a code is asked for.
pub const TOTP_REQUIRED: &str = "totp_required";
/// The same, where the account has no second factor yet and must have one.
pub const TOTP_SETUP_REQUIRED: &str = "totp_setup_required";

/// The answer (403) to a right password where more is asked for: an error with a ticket.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct SecondStep {
    /// [`TOTP_REQUIRED`] or [`TOTP_SETUP_REQUIRED`].
    pub error: ErrorText,
    /// Good for the next step, for five minutes; a secret.
    pub ticket: String,
}

/// The second step of a login.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct WithTicket {
    /// From the first step; a secret.
    pub ticket: String,
    /// Six digits, or a recovery code; a secret.
    #[serde(default)]
    pub code: String,
}

/// Body of [`SSO`].
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SignIn {
    /// What the user calls this device.
    #[serde(default)]
    pub device: String,
}

/// Answer to [`SSO`]: what to show, and what to ask with.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct SignInBegun {
    /// Good for [`SSO_POLL`]; a secret.
    pub ticket: String,
    /// What the user types…
    pub user_code: String,
    /// … at this address, in a browser on any machine.
    pub verification_uri: String,
    /// The same address with the code in it, for a QR code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_uri_complete: Option<String>,
    /// How long they have, in seconds.
    pub expires_in: u64,
    /// How long to wait before asking, in seconds.
    pub interval: u64,
}

/// Answer to [`SSO_POLL`] while nobody has signed in yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignInWaits {
    /// How long to wait before asking again, in seconds.
    pub interval: u64,
}

/// Body of [`SETUP`].
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct SetUp {
    /// The setup code, from the administrator; a secret.
    pub code: String,
    /// The new password; a secret.
    pub password: String,
    /// What the user calls this device.
    #[serde(default)]
    pub device: String,
}

/// Body of [`TOTP`].
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Password {
    /// The account's password; a secret.
    pub password: String,
}

/// A code of the second factor.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Code {
    /// Six digits, or where it says so a recovery code; a secret.
    pub code: String,
}

/// What an authenticator program needs: SHA-1, six digits, 30 seconds (RFC 6238).
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Enrolment {
    /// The account's name.
    pub name: String,
    /// The secret in base32.
    pub secret: String,
}

/// Codes that replace the second factor, each once. They are shown this once; the server keeps hashes only.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct RecoveryCodes {
    /// Secrets.
    pub recovery_codes: Vec<String>,
}

/// Answer to [`LOGIN_ENROLLED`].
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub struct Enrolled {
    /// The login.
    pub login: LoggedIn,
    /// What to keep on paper.
    #[serde(flatten)]
    pub recovery: RecoveryCodes,
}

/// A login of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// Id; no secret.
    pub id: String,
    /// What its user calls it.
    pub name: String,
    /// When somebody logged in there, in seconds since the Unix epoch.
    pub created: i64,
    /// When it was last used, to ten minutes.
    pub used: i64,
    /// It is the one that asks.
    pub this: bool,
}

/// Answer to `GET` [`DEVICES`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Devices {
    /// The last used first.
    pub devices: Vec<Device>,
}

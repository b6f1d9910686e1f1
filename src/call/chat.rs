//! Chat lines as they are kept and shown.

use super::PeerId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many lines a client keeps. Older ones are forgotten; nothing is ever written to disk.
pub const HISTORY: usize = 500;

/// One chat message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChatLine {
    /// Unique for this call.
    pub id: u64,
    /// Who wrote it.
    pub from: PeerId,
    /// Their name when they wrote it.
    pub name: String,
    /// The only recipient, if it is private.
    pub to: Option<PeerId>,
    /// The text, cleaned.
    pub text: String,
    /// When it arrived, RFC 3339 in UTC with milliseconds.
    pub at: String,
}

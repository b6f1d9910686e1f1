//! What members say to each other. The server passes it on as opaque bytes and never looks: today they are JSON, with
//! end-to-end encryption they will be MLS application messages around the same JSON.

use serde::{Deserialize, Serialize};

/// The largest body, in bytes before base64url.
pub const MAX_BODY: usize = 16 * 1024;

/// One message from a member to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "m", rename_all = "snake_case")]
pub enum MemberMessage {
    /// Everything a member announces of themselves. Sent whole at every change, to everybody, and to each newcomer: so
    /// order and loss never leave a wrong picture behind.
    Profile {
        /// Display name.
        name: String,
        /// Microphone closed.
        muted: bool,
        /// Hand up since, in milliseconds since the Unix epoch by the sender's clock.
        #[serde(default)]
        hand: Option<u64>,
    },
    /// A chat message.
    Chat {
        /// The text.
        text: String,
    },
    /// Something newer than this build: ignored.
    #[serde(other)]
    Unknown,
}

impl MemberMessage {
    /// The bytes that are relayed.
    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads a relayed body; `None` if it is too long or no message.
    pub fn decode(body: &[u8]) -> Option<Self> {
        (body.len() <= MAX_BODY).then(|| serde_json::from_slice(body).ok()).flatten()
    }
}

//! What members say to each other. The server passes it on as opaque bytes and never looks: JSON in open rooms, MLS
//! application messages around the same JSON in all others.

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
        /// The sender keeps what they hear: said before the first sample is written.
        #[serde(default)]
        recording: bool,
    },
    /// A chat message.
    Chat {
        /// The text.
        text: String,
    },
    /// A reaction: one short word or emoji, at most 32 bytes.
    Reaction {
        /// The text.
        text: String,
    },
    /// The sender stops (or goes on) sending anything: something is wrong on their side.
    Frozen {
        /// Stops.
        on: bool,
    },
    /// A signature over the meeting's receipt ([`conclave_e2ee::receipt`]), base64url.
    Receipt {
        /// SHA-256 of the canonical receipt, base64url.
        hash: String,
        /// Ed25519 by the sender's device, base64url.
        signature: String,
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

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
    /// The draft of the meeting's receipt ([`conclave_e2ee::receipt::Receipt`] as JSON), in parts that follow each other.
    ReceiptDraft {
        /// Counts from 0.
        part: u16,
        /// How many there are.
        of: u16,
        /// The bytes, base64url.
        text: String,
    },
    /// The sender's device signs a draft; to its author alone.
    ReceiptSignature {
        /// [`conclave_e2ee::receipt::Receipt::id`], base64url.
        id: String,
        /// Generation and epoch of the safety codes that the sender has compared.
        checked: Vec<(u64, u64)>,
        /// Ed25519, base64url.
        signature: String,
    },
    /// The sender saw something else; to its author alone.
    ReceiptRefused {
        /// Of which draft.
        id: String,
        /// What differs, in words.
        why: String,
    },
    /// How the sender hears the others ([`crate::protocol::hearing::Report`]): at a fixed cadence and of one size, whoever speaks.
    Hearing {
        /// The report.
        of: String,
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

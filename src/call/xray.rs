//! What the server can see of a call, beside what the members see: taps in the control session and at the seal, read by
//! `conclave ctl xray`. Nothing is kept while nobody looks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

/// How many items wait for a reader; older ones are lost.
const QUEUE: usize = 256;

/// One thing that crossed the line between us and the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Item {
    /// `out` (from us) or `in`.
    pub direction: String,
    /// `control` (a message of the control websocket) or `media` (the payload of an RTP packet).
    pub plane: String,
    /// Exactly the bytes that the server has: text for control messages, base64url for media.
    pub server_sees: String,
    /// What members see of it, in words or as text; empty: nothing more than the server.
    pub members_see: String,
}

/// Where items go. Cloning gives another end of the same tap.
#[derive(Debug, Clone)]
pub struct Tap(broadcast::Sender<Item>);

impl Default for Tap {
    fn default() -> Self {
        Self(broadcast::channel(QUEUE).0)
    }
}

impl Tap {
    /// Whether somebody looks: making items costs.
    pub fn open(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// Shows an item to whoever looks.
    pub fn show(&self, item: Item) {
        let _ = self.0.send(item);
    }

    /// Looks.
    pub fn look(&self) -> broadcast::Receiver<Item> {
        self.0.subscribe()
    }
}

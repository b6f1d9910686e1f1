//! A participant with real sound devices: the peer to compare with.

use super::{Chromium, Surroundings};
use crate::pulse::Pulse;
use crate::wire::Namespace;
use serde_json::json;
use std::time::Duration;

/// How often the page tells its figures.
const STATS: Duration = Duration::from_secs(1);

/// How a browser takes part.
pub struct Seat<'a> {
    /// Where it runs.
    pub namespace: &'a Namespace,
    /// Its sound server; devices are named by their descriptions.
    pub pulse: &'a Pulse,
    /// The server's `wss://` address; any certificate is good.
    pub url: &'a str,
    /// An access token.
    pub token: &'a str,
    /// What it speaks from; without one it only listens.
    pub microphone: Option<&'a str>,
    /// What it plays to.
    pub loudspeaker: &'a str,
    /// What its encoder aims at in bits per second; `None` is livekit-client's own choice (48 000).
    pub bitrate: Option<u32>,
}

impl Seat<'_> {
    /// Starts a browser that joins, and tells its own `outbound-rtp` as `sent` and `inbound-rtp` as `heard` in `stats`.
    pub fn join(&self) -> Chromium {
        let config = json!({
            "url": self.url,
            "token": self.token,
            "microphone": self.microphone,
            "loudspeaker": self.loudspeaker,
            // Sound is scored against what was said, and what cleans and levels it would count as damage.
            "capture": { "echoCancellation": false, "noiseSuppression": false, "autoGainControl": false },
            // Everything else is what livekit-client does by itself.
            "publish": self.bitrate.map_or_else(|| json!({}), |bits| json!({ "audioPreset": { "maxBitrate": bits } })),
            "statsMs": STATS.as_millis() as u64,
        });
        let around = Surroundings { namespace: Some(self.namespace), pulse: Some(self.pulse), microphone: None };
        Chromium::run(include_str!("seat.js"), config, around)
    }
}

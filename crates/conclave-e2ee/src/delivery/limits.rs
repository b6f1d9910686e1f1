//! How fast members may speak to the service: every message costs it signatures to check, or a whole tree to send.

use crate::wire::ToService;
use std::time::Duration;

/// A token bucket on the caller's clock.
pub(super) struct Bucket {
    level: f64,
    at: Duration,
    rate: f64,
    burst: f64,
}

/// Commits of a room, a second.
pub(super) fn commits(now: Duration) -> Bucket {
    Bucket { level: 8.0, at: now, rate: 8.0, burst: 8.0 }
}

/// What one member says, in units a second; see [`cost`].
pub(super) fn member(now: Duration) -> Bucket {
    Bucket { level: 16.0, at: now, rate: 8.0, burst: 16.0 }
}

/// Four knocks a second, or eight of anything else.
pub(super) fn cost(message: &ToService) -> f64 {
    match message {
        ToService::Knock { .. } | ToService::Found { .. } | ToService::Present => 2.0,
        _ => 1.0,
    }
}

impl Bucket {
    /// Takes `cost` units if they are there.
    pub(super) fn take(&mut self, now: Duration, cost: f64) -> bool {
        let enough = self.has(now, cost);
        if enough {
            self.level -= cost;
        }
        enough
    }

    /// Whether `cost` units are there.
    pub(super) fn has(&mut self, now: Duration, cost: f64) -> bool {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.level = (self.level + passed * self.rate).min(self.burst);
        self.at = now;
        self.level >= cost
    }
}

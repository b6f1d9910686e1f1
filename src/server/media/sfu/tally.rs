//! What a thread counts, where others can read it.

use crate::server::metrics::Media;
use std::sync::atomic::{AtomicU64, Ordering};

/// Published by its thread once a round, read by whoever asks.
#[derive(Debug, Default)]
pub(crate) struct Published([AtomicU64; 7]);

impl Published {
    pub(crate) fn set(&self, m: &Media) {
        let values = [
            m.received_packets,
            m.received_bytes,
            m.forwarded_packets,
            m.forwarded_bytes,
            m.missing_packets,
            m.requested_packets,
            m.resent_packets,
        ];
        self.0.iter().zip(values).for_each(|(to, value)| to.store(value, Ordering::Relaxed));
    }

    pub(crate) fn get(&self) -> Media {
        let [
            received_packets,
            received_bytes,
            forwarded_packets,
            forwarded_bytes,
            missing_packets,
            requested_packets,
            resent_packets,
        ] = self.0.each_ref().map(|n| n.load(Ordering::Relaxed));
        Media {
            received_packets,
            received_bytes,
            forwarded_packets,
            forwarded_bytes,
            missing_packets,
            requested_packets,
            resent_packets,
        }
    }
}

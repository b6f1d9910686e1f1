//! What a thread counts, where others can read it.

use crate::server::metrics::{COUNTS, Media};
use std::sync::atomic::{AtomicU64, Ordering};

/// Published by its thread once a round, read by whoever asks.
#[derive(Debug, Default)]
pub(crate) struct Published([AtomicU64; COUNTS]);

impl Published {
    pub(crate) fn set(&self, m: &Media) {
        self.0.iter().zip(m.counts()).for_each(|(to, value)| to.store(value, Ordering::Relaxed));
    }

    /// The sum of what several threads have published.
    pub(crate) fn sum<'a>(of: impl Iterator<Item = &'a Self>) -> Media {
        let mut counts = [0; COUNTS];
        for thread in of {
            counts.iter_mut().zip(&thread.0).for_each(|(sum, n)| *sum += n.load(Ordering::Relaxed));
        }
        Media::of(counts)
    }
}

//! The bodies of the fuzz target for WAV files (`make fuzz`) on stable, with random and with nearly right input.
#![cfg(feature = "client")]
#![allow(clippy::expect_used, clippy::panic, reason = "a fuzz target fails by panicking")]

#[allow(unreachable_pub, reason = "a part of a program of its own in fuzz/")]
#[path = "../fuzz/src/wav.rs"]
mod targets;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        targets::wav(&data);
        targets::damaged(&data);
    }

    #[test]
    fn nearly_right_files(data in proptest::collection::vec(any::<u8>(), 4..60)) {
        targets::damaged(&data);
    }
}

#[test]
fn every_shape_that_is_whole_is_played() {
    for (channels, bits, rate) in (0..8).flat_map(|c| (0..5).flat_map(move |b| (0..8).map(move |r| (c, b, r)))) {
        targets::damaged(&[channels, bits, rate, 0]);
    }
}

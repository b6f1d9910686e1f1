//! The body of the fuzz target for what TURN servers say (`make fuzz`) on stable, with random and with nearly right input.
#![cfg(feature = "client")]
#![allow(clippy::expect_used, clippy::panic, reason = "a fuzz target fails by panicking")]

#[allow(unreachable_pub, reason = "a part of a program of its own in fuzz/")]
#[path = "../fuzz/src/turn_client.rs"]
mod targets;

use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(data in vec(any::<u8>(), 0..400)) {
        targets::turn_client(&data);
    }

    /// A server that relays, and then says all sorts of things.
    #[test]
    fn a_server_that_goes_mad(shape: u8, good in 0usize..5, then in vec((0u8..8, vec(any::<u8>(), 0..31)), 0..40)) {
        let mut data = vec![shape & !2];
        data.extend([4 << 3 | 1, 0, 0, 2, 88].repeat(good));
        for (choice, bytes) in then {
            data.push((bytes.len() as u8) << 3 | choice);
            data.extend(bytes);
        }
        targets::turn_client(&data);
    }

    #[test]
    fn channel_data_cut_anywhere(channel in 0x3FFEu16..0x4005, length: u8, bytes in vec(any::<u8>(), 0..28)) {
        let mut data = vec![0];
        data.extend([4 << 3 | 1, 0, 0, 2, 88].repeat(4));
        data.push(((4 + bytes.len()) as u8) << 3 | 5);
        data.extend(channel.to_be_bytes());
        data.extend([0, length]);
        data.extend(bytes);
        targets::turn_client(&data);
    }
}

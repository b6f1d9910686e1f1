//! The bodies of the fuzz targets for what is heard (`make fuzz`) on stable, with random and with nearly right input.
#![cfg(feature = "client")]

#[allow(unreachable_pub, reason = "a part of a program of its own in fuzz/")]
#[path = "../fuzz/src/playout.rs"]
mod targets;

use proptest::prelude::*;
use std::sync::LazyLock;

static PACKETS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(targets::good);

#[test]
fn no_bytes_as_a_payload() {
    targets::payload(&[]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_as_a_payload(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        targets::payload(&data);
    }

    #[test]
    fn a_damaged_payload(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), mask in any::<u8>()) {
        let mut packet = which.get(&PACKETS).clone();
        let at = at.index(packet.len());
        packet[at] ^= mask;
        targets::payload(&packet);
    }

    #[test]
    fn any_steps(data in proptest::collection::vec(any::<u8>(), 0..1200)) {
        targets::jitter(&data, &PACKETS);
    }
}

//! The bodies of the fuzz targets (`make fuzz`) on stable, with random and with nearly right input. What damaged messages of
//! each kind must not do is asserted in `gate/fuzz.rs`; here the targets themselves are kept working.
#![allow(clippy::indexing_slicing, reason = "a fuzz target fails by panicking")]

#[allow(unreachable_pub, reason = "a library of its own in fuzz/")]
#[path = "../../../fuzz/src/lib.rs"]
mod targets;

use conclave_e2ee::wire::{Blob, ToService};
use proptest::prelude::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..400)
}

fn blob() -> impl Strategy<Value = Blob> {
    bytes().prop_map(Blob)
}

fn to_service() -> impl Strategy<Value = ToService> {
    prop_oneof![
        (1u64..3, blob(), blob()).prop_map(|(generation, group_info, tree)| ToService::Found { generation, group_info, tree }),
        blob().prop_map(|key_package| ToService::Knock { key_package }),
        (1u64..3, 0u64..3, blob(), blob(), proptest::option::of(blob())).prop_map(
            |(generation, epoch, commit, group_info, welcome)| ToService::Commit {
                generation,
                epoch,
                commit,
                group_info,
                welcome
            }
        ),
        (1u64..3, 0u64..3, blob()).prop_map(|(generation, epoch, proposal)| ToService::Propose { generation, epoch, proposal }),
        "m-[a-z]{0,30}".prop_map(|member| ToService::Deny { member }),
        (1u64..3, 0u64..3).prop_map(|(generation, epoch)| ToService::Unprocessable { generation, epoch }),
        Just(ToService::Present),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(data in bytes()) {
        targets::sframe_header(&data);
        targets::mls_message(&data);
        targets::credential(&data);
        targets::delivery_message(&data);
    }

    #[test]
    fn any_service_message(message in to_service()) {
        targets::delivery_message(&serde_json::to_vec(&message).unwrap());
    }
}

#!/usr/bin/env bash
# make fuzz: each target for FUZZ_SECONDS (60), with cargo-fuzz on nightly. Findings stay in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."
targets="sframe_header mls_message credential delivery_message wav payload jitter join_request offer signalling rtp rtcp datagram http connect tunnel turn turn_client jitsi_stanza jitsi_offer jitsi_bridge jitsi_config jitsi_session"
missing=()
rustup run nightly rustc --version >/dev/null 2>&1 || missing+=("a nightly toolchain: rustup toolchain install nightly --profile minimal")
cargo fuzz --version >/dev/null 2>&1 || missing+=("cargo-fuzz: cargo install cargo-fuzz --locked")
if ((${#missing[@]})); then
  printf 'make fuzz needs %s\n' "${missing[@]}"
  echo 'Without them, the same bodies run with random input on stable: cargo test -p conclave-e2ee --test fuzz_targets; cargo test --test fuzz_wav --test fuzz_playout --test fuzz_server --test fuzz_proxy --test fuzz_turn_client --test fuzz_jitsi'
  exit 69
fi
for target in ${TARGETS:-$targets}; do
  printf '\n== %s\n' "$target"
  cargo +nightly fuzz run "$target" -- -max_total_time="${FUZZ_SECONDS:-60}" -max_len=16384
done

#!/usr/bin/env bash
# Everything `make test` checks, after tests/setup.sh. A layer that cannot run is a failure here.
set -euo pipefail
cd "$(dirname "$0")/.."
export CONCLAVE_TEST_ALL=1 INSTA_UPDATE=no CARGO_TERM_COLOR=never
# Tests read English, whatever whoever runs them does.
export CONCLAVE_LANG=en
step() { printf '\n== %s (after %s s)\n' "$*" "$SECONDS"; }

step formatting
cargo fmt --all --check
step lints
cargo clippy --workspace --all-targets --locked -- -D warnings
step 'the client alone, and the server alone'
cargo check --locked --no-default-features --features client
cargo check --locked --no-default-features --features server
step 'the client on Windows (compiled, not run)'
if rustup target add x86_64-pc-windows-gnu >/dev/null 2>&1; then
  cargo check --locked --no-default-features --features client,audio-cpal --target x86_64-pc-windows-gnu --target-dir target/windows
else
  echo 'skipped: the target x86_64-pc-windows-gnu cannot be installed here (rustup target add)'
fi
step 'encryption in a browser (wasm32)'
if rustup target add wasm32-unknown-unknown >/dev/null 2>&1; then
  RUSTFLAGS='--cfg getrandom_backend="wasm_js"' cargo check --locked -p conclave-e2ee --target wasm32-unknown-unknown --target-dir target/wasm
else
  echo 'skipped: the target wasm32-unknown-unknown cannot be installed here (rustup target add)'
fi
step 'security claims'
tests/prove.py
step tests
log=target/lab/test.log
mkdir -p target/lab
status=0
cargo test --workspace --locked --no-fail-fast 2>&1 | tee "$log" || status=$?
passed=$(sed -n 's/^test result: .* \([0-9]*\) passed; .*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
failed=$(sed -n 's/^test result: .* \([0-9]*\) failed; .*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
printf '\ntests: %s passed, %s failed\n' "$passed" "$failed"
exit $status

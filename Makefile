# Each target sets up what it needs and assumes no earlier step.
.PHONY: demo test dist dist-source dist-check bench bench-audio bench-server bench-networks fuzz prove completions
.DEFAULT_GOAL := demo

demo: ## A call on this machine: a server, two synthetic people, and you
	@tests/setup.sh demo
	@cargo build --locked
	@exec target/debug/conclave demo

test: ## Everything that can be checked, on real parts
	@tests/setup.sh test
	@tests/all.sh

dist: ## What people download, in target/dist: two binaries, manual, SBOM, licences, a Debian package, sums (CONCLAVE_SIGNING_KEY=FILE signs)
	@tests/setup.sh dist
	@cargo run --quiet --locked -p conclave-dist

dist-source: ## The source with all crates it is built from, to build without the network: target/dist-source
	@tests/setup.sh dist
	@cargo run --quiet --locked -p conclave-dist -- source

dist-check: ## Builds both binaries once more, from a copy of the source elsewhere: the same bytes as in target/dist?
	@tests/setup.sh dist
	@cargo run --quiet --locked -p conclave-dist -- check

bench: ## What encryption costs, and ratios against livekit-server and Jitsi, measured in one run
	@tests/setup.sh test
	@cargo bench -p conclave-e2ee --bench e2ee
	@cargo bench --bench secrecy
	@cargo bench --bench call
	@cargo bench --bench jitsi
	@cargo bench --bench reconnect

bench-audio: ## Sound through 33 networks in virtual time, and beside Chromium over the same forwarder: scores, delay, bit rate, CPU
	@tests/setup.sh bench-audio
	@cargo bench --bench audio
	@cargo bench --bench audio_live

bench-server: ## Our server and livekit-server under the same load, alternately: CPU per packet, memory, joins, loss, delay
	@tests/setup.sh bench-server
	@cargo bench --bench server

bench-networks: ## What each way through a network costs: UDP, TCP, TLS, websockets, proxies, at 0, 2 and 5 % of loss
	@tests/setup.sh test
	@cargo bench --bench networks

fuzz: ## Fuzzes what reads bytes from outside, a minute each (FUZZ_SECONDS=600: longer); needs nightly and cargo-fuzz
	@fuzz/run.sh

prove: ## The test of one security claim: make prove CLAIM=S3 [WITHOUT=1]; all of them, with and without their defence: CLAIM=all
	@tests/prove.py $(CLAIM) $(if $(WITHOUT),out)

completions: ## Regenerate completions/ and docs/events.schema.json
	@CONCLAVE_REGENERATE=1 cargo test --quiet --test schema

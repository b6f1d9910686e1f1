#![no_main]
#[path = "../src/playout.rs"]
mod playout;
static PACKETS: std::sync::LazyLock<Vec<Vec<u8>>> = std::sync::LazyLock::new(playout::good);
libfuzzer_sys::fuzz_target!(|data: &[u8]| playout::jitter(data, &PACKETS));

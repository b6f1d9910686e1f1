#![no_main]
#[path = "../src/wav.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    targets::wav(data);
    targets::damaged(data);
});

#![no_main]
#[path = "../src/playout.rs"]
mod playout;
libfuzzer_sys::fuzz_target!(|data: &[u8]| playout::payload(data));

#![no_main]
#[path = "../src/proxy.rs"]
mod targets;
libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::connect(data));

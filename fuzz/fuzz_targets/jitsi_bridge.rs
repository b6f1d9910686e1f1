#![no_main]
#[path = "../src/jitsi.rs"]
#[allow(dead_code, reason = "one target each")]
mod targets;
libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::bridge(data));

#![no_main]
#[path = "../src/turn_client.rs"]
mod targets;
libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::turn_client(data));

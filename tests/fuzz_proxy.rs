//! The body of the fuzz target for what proxies answer (`make fuzz`) on stable, with random and with nearly right input.
#![cfg(feature = "client")]
#![allow(clippy::expect_used, clippy::panic, reason = "a fuzz target fails by panicking")]

#[allow(unreachable_pub, reason = "a part of a program of its own in fuzz/")]
#[path = "../fuzz/src/proxy.rs"]
mod targets;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

const ANSWERS: [&str; 10] = [
    "HTTP/1.1 200 Connection established\r\n\r\n",
    "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"a, b\"\r\nContent-Length: 3\r\n\r\nabc",
    "HTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 407 Who\r\nProxy-Authenticate: NTLM TlRMTVNTUAACAAAAAAAAAAAoAAAAAYKIAASNFZ4mrze8AAAAAAAAAAAAAAAAAAAAAA==\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "HTTP/1.0 407 Who\r\nProxy-Authenticate: Basic\r\n\r\nuntil it ends",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n",
    "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Tinyproxy\"\r\nConnection: close\r\n\r\n",
    "\x16\x03\x03\x00\x02\x02\x28",
    "HTTP/1.1 407 \u{1b}[2J\u{202e}\r\nProxy-Authenticate: \u{7f}\u{9b}31m x\r\n\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(data in vec(any::<u8>(), 0..400)) {
        targets::connect(&data);
    }

    #[test]
    fn nearly_right_answers(
        shape: u8,
        answers in vec(select(&ANSWERS[..]), 1..6),
        patches in vec((any::<Index>(), any::<u8>()), 0..4),
    ) {
        let mut data = [&[shape][..], answers.concat().as_bytes()].concat();
        for (at, byte) in patches {
            let at = at.index(data.len());
            data[at] = byte;
        }
        targets::connect(&data);
    }
}

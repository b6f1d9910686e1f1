//! Networks that real people have, in virtual time: what is still heard, how late, and how much of it is made up.
#![cfg(all(feature = "client", feature = "server"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "virtual/call.rs"]
mod call;

use call::{Plan, delay, run};
use conclave_lab::{profiles, skip, speech};

#[test]
fn first() {
    let Some(path) = speech::sentence("The committee meets at nine on Monday, and the door will be locked. Please read the second annex before you answer the question.", "en-us") else { return skip("speech", "espeak-ng") };
    let said = speech::read(&path);
    for name in ["default", "moderate", "loss_20", "limited_50", "international"] {
        let t = std::time::Instant::now();
        let out = run(&Plan::new(said.clone(), &profiles::named(name).unwrap().phases, 1));
        let h = &out.heard[0];
        let e = t.elapsed();
        let d = delay::delays(&said, h);
        println!("{name}: {:.1}s {:?} p50 {:.1} p95 {:.1} n={} concealed {:.3} kbit {:.1} heard {:.2} loss {:?} figures {:?} in {e:?} + {:?}", out.length.as_secs_f64(), said.len(), delay::quantile(&d, 0.0, 0.5), delay::quantile(&d, 0.0, 0.95), d.len(), h.concealed(), out.kbit(), speech::heard(&said, &h.sound), out.paths.last(), h.figures, t.elapsed());
    }
}

//! A load test: many real participants of LiveKit's protocol in one process, each with a signalling websocket, ICE, DTLS and
//! SRTP of its own. `conclave load` is its command.
//!
//! ```text
//!  run       ramp, churn, end; tokens                      (tokio)
//!   driver   a thread: sockets, timers, websockets         (mio; as many as there are cores)
//!    participant  signalling session, voice, ears          (sans-IO)
//!     transport   ICE, DTLS, SRTP; sdp, ice                (sans-IO)
//!  figures   histograms, loss;  report   summary, thresholds, JUnit, Prometheus
//! ```
//! Every participant decrypts and authenticates every packet and counts it by a stamp in the packet itself (`speech`);
//! those that decode run the product's jitter buffer too. Speaker and listener read one clock, so the measured delay is
//! the way through the server and both sockets, and nothing else. What is lost is not asked for again: loss is what the
//! network and the server lost.

mod driver;
mod figures;
mod ice;
mod participant;
mod report;
mod run;
mod sdp;
mod speech;
#[cfg(test)]
mod tests;
mod transport;

pub use figures::Histogram;
pub use report::{Limits, Spread, Summary, Verdict, junit, prometheus};
pub use run::{Plan, Progress, Tokens, run};

//! What client and server know in common of RTP: packets that are lost, asked for again (generic NACK, RFC 4585) and sent
//! again. Sans-IO; times are handed in.
//!
//! A receiver has [`Requests`] per stream, which say what to ask for and when; they need the [`RoundTrip`] of the path. A
//! sender has [`Again`] per stream, which says what of it may be sent again, and one [`Budget`] per path. A packet is sent
//! again bit for bit, under its own sequence number: SRTP's index, nonce and plaintext are the same, so nothing is given
//! away, and a receiver that has the packet refuses the second one as a replay.

pub mod again;
pub mod nack;
pub mod round_trip;

pub use again::{Again, Budget};
pub use nack::{Arrival, Requests};
pub use round_trip::RoundTrip;

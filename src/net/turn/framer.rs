//! TURN over a stream: messages one behind the other, each of which says how long it is (RFC 8656 section 3.3, RFC 8489 section 6.2.2).

use crate::net::frames::DATAGRAM;
use crate::net::stun::message::on_stream;

/// The longest message that is taken, in bytes: a datagram and what a Data indication has around it.
const LONGEST: usize = DATAGRAM + 128;

/// Cuts a stream into messages.
#[derive(Debug, Default)]
pub struct Framer {
    bytes: Vec<u8>,
}

impl Framer {
    /// Takes what came; call [`Framer::pull`] until it gives nothing.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message, without padding.
    ///
    /// # Errors
    /// The stream is no TURN, or a message is too long: nothing behind it can be read.
    pub fn pull(&mut self) -> Result<Option<Vec<u8>>, NotTurn> {
        let Some(head) = self.bytes.first_chunk() else { return Ok(None) };
        let (message, all) = on_stream(*head).ok_or(NotTurn)?;
        if message > LONGEST {
            return Err(NotTurn);
        }
        if self.bytes.len() < all {
            return Ok(None);
        }
        let mut taken: Vec<u8> = self.bytes.drain(..all).collect();
        taken.truncate(message);
        Ok(Some(taken))
    }
}

/// What came is no TURN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotTurn;

impl std::fmt::Display for NotTurn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("what comes is no TURN")
    }
}

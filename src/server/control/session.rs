//! One member's control session: its numbered events, what can be repeated, and its limits. Sans-IO.

use crate::protocol::control::{HELLO_CONTEXT, MemberId, Refusal, ServerMessage, member_id};
use crate::server::secret::Hash;
use crate::server::store::devices::Login;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many numbered events are kept for a resume.
pub const BACKLOG_EVENTS: usize = 512;
/// How many bytes of them are kept, so that a room of many cannot be made to hold much.
const BACKLOG_BYTES: usize = 512 * 1024;

/// A websocket, unique for the server's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionId(pub u64);

/// A token bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    level: f64,
    at: Instant,
    rate: f64,
    burst: f64,
}

impl Bucket {
    /// A full bucket of `burst` units that refills with `rate` units a second.
    pub fn new(now: Instant, rate: f64, burst: f64) -> Self {
        Self { level: burst, at: now, rate, burst }
    }

    /// Takes `cost` units if they are there.
    pub fn take(&mut self, now: Instant, cost: f64) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.level = (self.level + passed * self.rate).min(self.burst);
        self.at = now;
        let enough = self.level >= cost;
        if enough {
            self.level -= cost;
        }
        enough
    }
}

/// Where a session's websocket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Connected, and when it was last heard.
    Up(ConnectionId, Instant),
    /// Lost since then; it may come back.
    Lost(Instant),
}

/// One member's session.
pub struct Session {
    /// Whose it is.
    pub member: MemberId,
    /// In which room.
    pub room: String,
    /// Hash of the resume secret; the secret itself is nowhere on the server.
    pub secret: Hash,
    /// Whose login it goes by; it ends with it. `None`: a guest.
    pub login: Option<Login>,
    /// When it began.
    pub since: Instant,
    /// Its websocket.
    pub link: Link,
    /// How much it may relay.
    pub relay: Bucket,
    /// Number of the last event.
    last: u64,
    backlog: VecDeque<Arc<str>>,
    backlog_bytes: usize,
}

impl Session {
    /// A new session. The welcome is its event 1 and is never repeated: without it nobody knows the secret to resume with.
    pub fn new(member: MemberId, room: String, secret: Hash, connection: ConnectionId, now: Instant, relay: Bucket) -> Self {
        let (login, link, backlog) = (None, Link::Up(connection, now), VecDeque::new());
        Self { member, room, secret, login, since: now, link, relay, last: 1, backlog, backlog_bytes: 0 }
    }

    /// Its connection, if it has one now.
    pub fn connection(&self) -> Option<ConnectionId> {
        match self.link {
            Link::Up(c, _) => Some(c),
            Link::Lost(_) => None,
        }
    }

    /// Numbers an event and keeps it for a resume.
    pub fn event(&mut self, build: impl FnOnce(u64) -> ServerMessage) -> Arc<str> {
        self.last += 1;
        let text = encode(&build(self.last));
        self.backlog_bytes += text.len();
        self.backlog.push_back(text.clone());
        while self.backlog.len() > BACKLOG_EVENTS || self.backlog_bytes > BACKLOG_BYTES {
            let Some(old) = self.backlog.pop_front() else { break };
            self.backlog_bytes -= old.len();
        }
        text
    }

    /// The events after `seen`, or `None` if they are not all there any more (or never were).
    pub fn after(&self, seen: u64) -> Option<impl Iterator<Item = &Arc<str>>> {
        let missing = usize::try_from(self.last.checked_sub(seen)?).ok()?;
        let skip = self.backlog.len().checked_sub(missing)?;
        Some(self.backlog.iter().skip(skip))
    }

    /// Whether silence has lasted for `limit`: of a connected session its websocket is given up then, of a lost one the session.
    pub fn silent_for(&self, now: Instant, limit: Duration) -> bool {
        let (Link::Up(_, since) | Link::Lost(since)) = self.link;
        now.saturating_duration_since(since) >= limit
    }
}

/// A message as it goes over the websocket.
pub fn encode(message: &ServerMessage) -> Arc<str> {
    // Serializing these plain types cannot fail; an empty frame would only end the connection.
    serde_json::to_string(message).unwrap_or_default().into()
}

/// Checks that whoever says hello holds the leaf key; gives their member id.
pub fn verify_hello(nonce: &str, room: &str, leaf_key: &str, proof: &str) -> Result<MemberId, (Refusal, String)> {
    let bad = |what: &str| (Refusal::Malformed, format!("{what}; this is a fault of the client: update it"));
    let decode = |s: &str, what: &str| {
        if s.len() > 128 { None } else { URL_SAFE_NO_PAD.decode(s).ok() }
            .ok_or_else(|| bad(&format!("the {what} cannot be read")))
    };
    let key = decode(leaf_key, "leaf key")?;
    let proof = decode(proof, "proof")?;
    let nonce = decode(nonce, "nonce")?;
    if key.len() != 32 {
        return Err(bad("the leaf key is not an Ed25519 key"));
    }
    let signed = [HELLO_CONTEXT, &nonce, room.as_bytes()].concat();
    ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, &key)
        .verify(&signed, &proof)
        .map_err(|_| bad("the proof of the leaf key does not verify"))?;
    Ok(member_id(&key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair as _};

    #[test]
    fn only_the_holder_of_the_key_gets_its_member_id() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = URL_SAFE_NO_PAD.encode(pair.public_key());
        let nonce = URL_SAFE_NO_PAD.encode([1; 32]);
        let sign = |context: &[u8], nonce: &[u8], room: &str| {
            URL_SAFE_NO_PAD.encode(pair.sign(&[context, nonce, room.as_bytes()].concat()))
        };
        let good = sign(HELLO_CONTEXT, &[1; 32], "r");
        assert_eq!(verify_hello(&nonce, "r", &key, &good), Ok(member_id(pair.public_key().as_ref())));
        let long = "A".repeat(100_000);
        for (key, proof) in [
            (key.as_str(), sign(HELLO_CONTEXT, &[2; 32], "r")),
            (&key, sign(HELLO_CONTEXT, &[1; 32], "other")),
            (&key, sign(b"", &[1; 32], "r")),
            (&key, String::new()),
            (&key, "?".into()),
            ("", good.clone()),
            (&URL_SAFE_NO_PAD.encode([0; 32]), good.clone()),
            (&long, good.clone()),
        ] {
            assert_eq!(verify_hello(&nonce, "r", key, &proof).unwrap_err().0, Refusal::Malformed);
        }
    }
}

//! Passing on what members say to each other.

use super::super::roles;
use super::super::room::Occupant;
use super::{Core, Now, Output};
use crate::protocol::control::{MAX_RELAY, MemberId, RoomMode, ServerMessage};
use crate::protocol::member::MemberMessage;
use crate::protocol::room::Verb;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::collections::BTreeSet;

/// Bytes of relayed body that cost one unit of [`super::Limits::relay_rate`].
pub(super) const RELAY_UNIT: usize = 4096;

impl Core {
    pub(super) fn relay(
        &mut self,
        now: Now,
        id: &str,
        to: Option<Vec<MemberId>>,
        body: &str,
        out: &mut Vec<Output>,
    ) -> Result<(), (&'static str, &'static str)> {
        let Some(session) = self.sessions.get_mut(id) else { return Ok(()) };
        #[allow(clippy::cast_precision_loss, reason = "a body is far below 2^52 bytes")]
        let cost = (1 + body.len() / RELAY_UNIT) as f64;
        if !session.relay.take(now.instant, cost) {
            return Err(("too_fast", "too many messages; wait a second and send it again"));
        }
        if body.len() > MAX_RELAY {
            return Err(("too_large", "the message is too long; send less at once"));
        }
        if body.is_empty() || !body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(("malformed", "the message's body is no base64url; update the client"));
        }
        let (from, name, private) = (session.member.clone(), session.room.clone(), to.is_some());
        let Some(room) = self.rooms.get(&name) else { return Ok(()) };
        // What is said in an encrypted room cannot be told apart: there its clients keep to it.
        if room.mode == RoomMode::Open
            && let Err(text) = roles::may(room.role(&from), &room.rules, Verb::Chat)
            && !is_no_chat(body)
        {
            return Err(("not_allowed", text));
        }
        let (recipients, complete) = match to {
            None => (room.sessions_but(&from), true),
            Some(named) if named.is_empty() || named.len() > self.limits.members => {
                return Err(("malformed", "the message names nobody, or too many; update the client"));
            }
            Some(named) => {
                let named: BTreeSet<_> = named.into_iter().collect();
                let found: Vec<String> = named
                    .iter()
                    .filter(|m| **m != from)
                    .filter_map(|m| match room.members.get(m) {
                        Some(Occupant::Session(s)) => Some(s.clone()),
                        _ => None,
                    })
                    .collect();
                let complete = found.len() == named.len();
                (found, complete)
            }
        };
        self.tell(&recipients, |event| ServerMessage::Relay { event, from: from.clone(), private, body: body.to_owned() }, out);
        if complete { Ok(()) } else { Err(("unknown_member", "somebody the message names cannot receive it or has left")) }
    }
}

/// Whether a body of an open room is known to be something else than words to others: what nobody can read may be chat.
fn is_no_chat(body: &str) -> bool {
    let said = URL_SAFE_NO_PAD.decode(body).ok().and_then(|b| MemberMessage::decode(&b));
    matches!(said, Some(MemberMessage::Profile { .. } | MemberMessage::Hearing { .. } | MemberMessage::Frozen { .. }))
}

//! Losing the server and coming back. Within the resume time the session goes on as if nothing had been; after it, or when
//! the server was restarted, the same member joins anew: with the same leaf key, so the same id, and with the group's state
//! that it still holds. If its leaf is still in the tree, nothing changes for anybody; if it was removed meanwhile, the group's
//! conduct returns as the device that it was, without new admission ([`conclave_e2ee::session`]).

use super::{Output, Session, Welcome, refused};
use crate::backend::BackendEvent;
use crate::backend::livekit::media::MediaCommand;
use crate::call::LeaveReason;
use crate::exit::Exit;
use crate::protocol::control::{
    ClientMessage, Departure, HELLO_CONTEXT, MemberId, PING_SECONDS, RESUME_SECONDS, Refusal, RoomPolicy, SILENCE_SECONDS, Secret,
};
use crate::protocol::invite::ShownInvite;
use crate::protocol::{PROTOCOL_MAX, VERSION};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use conclave_e2ee::{Mode, member_id, session as e2ee};
use ed25519_dalek::{Signer as _, SigningKey};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// The wait before the first attempt to come back; each next one is twice as long.
const FIRST: Duration = Duration::from_millis(100);
/// The longest wait in the first [`EAGER`] after a loss: with a quarter more by chance, and an attempt, a call is back within
/// 2 s of the network's return.
const EAGER_PAUSE: Duration = Duration::from_millis(1400);
/// How long that goes on.
const EAGER: Duration = Duration::from_secs(300);
/// The longest wait after that, and where the server says that it is busy or drops whom it has welcomed.
const PAUSE: Duration = Duration::from_secs(15);
/// The longest wait of those while the session can be resumed: it must not be missed for want of trying.
const RESUME_PAUSE: Duration = Duration::from_secs(4);
/// How long the server may take for its first answers on a new socket.
const ANSWER: Duration = Duration::from_secs(10);
/// Who is lost again sooner than this after joining anew does not begin to count from the first attempt: a server that
/// welcomes and drops is not asked in a loop.
const CALM: Duration = Duration::from_secs(10);

/// What it takes to join the room, at first and again: the leaf key proves itself by signing the server's challenge, and its
/// hash is our member id.
#[derive(Clone)]
pub(in crate::backend::conclave) struct Ticket {
    pub leaf: SigningKey,
    pub room: String,
    /// Asked for, and later what the room is.
    pub mode: Mode,
    /// The token of the account that joins; none joins as a guest.
    pub credential: Option<Secret>,
    /// The invite by which it is joined, also again: that uses nothing up.
    pub invite: Option<ShownInvite>,
    /// The delivery service's key, once known: another one is another server.
    pub service: Option<String>,
    /// How long coming back is tried.
    pub patience: Duration,
    /// What moderators of an open room see of us while we wait, base64url.
    pub introduction: Option<String>,
}

/// How a session begins.
pub(in crate::backend::conclave) struct Entry {
    pub ticket: Ticket,
    pub welcome: Welcome,
}

impl Ticket {
    pub(in crate::backend::conclave) fn member(&self) -> MemberId {
        member_id(self.leaf.verifying_key().as_bytes())
    }

    /// The answer to a challenge; `None` if it cannot be read.
    pub(in crate::backend::conclave) fn hello(&self, nonce: &str) -> Option<ClientMessage> {
        let nonce = URL_SAFE_NO_PAD.decode(nonce).ok()?;
        let proof = self.leaf.sign(&[HELLO_CONTEXT, &nonce, self.room.as_bytes()].concat());
        Some(ClientMessage::Hello {
            protocol: PROTOCOL_MAX,
            client: format!("conclave {VERSION}"),
            room: self.room.clone(),
            leaf_key: URL_SAFE_NO_PAD.encode(self.leaf.verifying_key().as_bytes()),
            proof: URL_SAFE_NO_PAD.encode(proof.to_bytes()),
            credential: self.credential.clone(),
            mode: Some(self.mode),
            invite: self.invite.clone(),
            waits: true,
            introduction: self.introduction.clone(),
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Connected; `calm`: a loss from then on is a new one.
    Up { calm: Instant },
    /// Lost since; the n-th attempt is under way. `answer`: by when the open socket must have led to something.
    Down { since: Instant, attempt: u32, answer: Option<Instant> },
}

/// The link to the server.
pub(super) struct Link {
    ticket: Ticket,
    session: String,
    secret: Zeroizing<String>,
    /// The server knows the session no more: the room is joined anew.
    over: bool,
    /// The number of the present socket.
    generation: u32,
    state: State,
    /// Attempts that the last loss took, and the count that the present one began with.
    attempts: u32,
    carried: u32,
    last_heard: Instant,
    next_ping: Instant,
    /// Somebody must let us in: the open socket stays, and we say that we are still there.
    at_door: bool,
    /// What the server said of it last: the reason in the end, if we do not come back.
    why: Option<(LeaveReason, String)>,
    /// The server has no place, or too many come at once.
    busy: bool,
}

impl Link {
    pub(super) fn new(now: Instant, ticket: Ticket, session: String, secret: Zeroizing<String>) -> Self {
        Self {
            ticket,
            session,
            secret,
            over: false,
            generation: 0,
            state: State::Up { calm: now },
            attempts: 0,
            carried: 0,
            last_heard: now,
            next_ping: now + Duration::from_secs(PING_SECONDS),
            at_door: false,
            why: None,
            busy: false,
        }
    }

    /// The server answered the hello with waiting; `true` if that is news.
    pub(super) fn waits_at_the_door(&mut self, now: Instant) -> bool {
        let State::Down { answer, .. } = &mut self.state else { return false };
        *answer = Some(now + Duration::from_secs(PING_SECONDS));
        !std::mem::replace(&mut self.at_door, true)
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(self.state, State::Up { .. })
    }

    /// Whether this is the present socket; one that was given up has nothing to say.
    pub(super) fn is(&self, generation: u32) -> bool {
        self.generation == generation
    }

    pub(super) fn heard(&mut self, now: Instant) {
        self.last_heard = now;
    }

    pub(super) fn opened(&mut self, now: Instant) {
        self.last_heard = now;
        if let State::Down { answer, .. } = &mut self.state {
            *answer = Some(now + ANSWER);
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        match self.state {
            State::Up { .. } => self.next_ping.min(self.last_heard + Duration::from_secs(SILENCE_SECONDS)),
            State::Down { since, answer, .. } => {
                let limit = since + self.ticket.patience;
                answer.map_or(limit, |answer| answer.min(limit))
            }
        }
    }

    fn up(&mut self, now: Instant, calm: Duration) {
        if let State::Down { attempt, .. } = self.state {
            self.attempts = attempt;
        }
        self.at_door = false;
        self.state = State::Up { calm: now + calm };
        self.next_ping = now + Duration::from_secs(PING_SECONDS);
        (self.why, self.busy) = (None, false);
    }

    /// The wait before an attempt: longer each time, and a quarter more or less by chance of the member id and the attempt, so
    /// that a room does not come back all at once.
    fn pause(&self, attempt: u32, away: Duration) -> Duration {
        let resumable = !self.over && away < Duration::from_secs(RESUME_SECONDS);
        let longest = match (self.busy || self.carried > 0, resumable) {
            (false, _) if away < EAGER => EAGER_PAUSE,
            (true, true) => RESUME_PAUSE,
            _ => PAUSE,
        };
        let pause = FIRST.saturating_mul(1 << attempt.saturating_sub(1).min(16)).min(longest);
        let mut hasher = DefaultHasher::new();
        (self.ticket.leaf.verifying_key().as_bytes(), attempt).hash(&mut hasher);
        let chance = u32::try_from(hasher.finish() % 512).unwrap_or(0);
        pause * (768 + chance) / 1024
    }
}

impl Session {
    pub(super) fn link_tick(&mut self, now: Instant) {
        let link = &mut self.link;
        match link.state {
            State::Up { .. } if now >= link.last_heard + Duration::from_secs(SILENCE_SECONDS) => self.lost(now),
            State::Up { .. } if now >= link.next_ping => {
                link.next_ping = now + Duration::from_secs(PING_SECONDS);
                self.out.push_back(Output::Send(ClientMessage::Ping));
            }
            State::Down { since, .. } if now >= since + link.ticket.patience => self.gone(),
            State::Down { answer: Some(answer), since, attempt } if now >= answer => {
                let heard = now < link.last_heard + Duration::from_secs(SILENCE_SECONDS);
                if !(link.at_door && heard) {
                    return self.lost(now);
                }
                let answer = Some(now + Duration::from_secs(PING_SECONDS));
                link.state = State::Down { since, attempt, answer };
                self.out.push_back(Output::Send(ClientMessage::Ping));
            }
            _ => {}
        }
    }

    fn gone(&mut self) {
        let (reason, why) = self.link.why.take().unwrap_or((LeaveReason::NetworkLost, String::new()));
        let said = if why.is_empty() { why } else { format!(" (its last word: {why})") };
        let seconds = self.link.ticket.patience.as_secs();
        let text = format!(
            "the connection to the server was lost and did not come back within {seconds} s{said}; check the network and join again"
        );
        self.end(reason, Exit::TempFail, &text);
    }

    pub(super) fn lost(&mut self, now: Instant) {
        let link = &mut self.link;
        let (since, before) = match link.state {
            State::Up { calm } => {
                link.carried = if now >= calm { 0 } else { link.attempts };
                (now, link.carried)
            }
            State::Down { since, attempt, .. } => (since, attempt),
        };
        let attempt = before.saturating_add(1);
        let away = now.saturating_duration_since(since);
        let Some(left) = link.ticket.patience.checked_sub(away).filter(|left| !left.is_zero()) else { return self.gone() };
        link.state = State::Down { since, attempt, answer: None };
        link.at_door = false;
        link.generation += 1;
        // What was on its way may be lost.
        self.untold = self.recording;
        let (generation, after) = (link.generation, link.pause(attempt, away).min(left));
        self.event(BackendEvent::Reconnecting { attempt, next_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX) });
        self.out.push_back(Output::Redial { generation, after });
    }

    /// One of the two planes is back: the call is, when both are.
    pub(super) fn recovered(&mut self) {
        if self.link.is_up() && self.media_up {
            self.event(BackendEvent::Reconnected);
        }
    }

    pub(super) fn challenged(&mut self, now: Instant, nonce: &str) {
        let link = &self.link;
        let message = match (link.is_up(), link.over) {
            (true, _) => return,
            (false, false) => Some(ClientMessage::Resume {
                session: link.session.clone(),
                secret: Secret(link.secret.clone()),
                last_event: self.last_event,
            }),
            (false, true) => link.ticket.hello(nonce),
        };
        match message {
            Some(message) => self.out.push_back(Output::Send(message)),
            None => self.lost(now),
        }
    }

    pub(super) fn resumed(&mut self, now: Instant) {
        if self.link.is_up() || self.link.over {
            return;
        }
        self.link.up(now, Duration::ZERO);
        self.recovered();
        // What was said while the socket was dying may be lost: say it again.
        self.group_input(now, e2ee::Input::Connected);
        self.announce_at(now);
        self.say_again();
        self.repeat_floor(true);
        if self.token_wanted {
            self.out.push_back(Output::Send(ClientMessage::MediaToken));
        }
    }

    /// We are in the room again, in a new session of the same member.
    pub(super) fn welcomed(&mut self, now: Instant, me: &str, welcome: Welcome, token: Zeroizing<String>, policy: &RoomPolicy) {
        let link = &mut self.link;
        if link.is_up() || !link.over {
            return;
        }
        if me != link.ticket.member() || policy.mode != link.ticket.mode || policy.service != link.ticket.service {
            let text = "the server came back as another one: it has another key, or another mode for this room; ask its \
                        administrator, and join again if that was meant";
            return self.end(LeaveReason::Failed, Exit::Policy, text);
        }
        (link.session, link.secret, link.over) = (welcome.session, welcome.secret, false);
        link.up(now, CALM);
        self.last_event = welcome.event;
        self.token_wanted = false;
        self.media_up = !self.media_seen;
        self.out.push_back(Output::Media(MediaCommand::Rejoin(token)));
        self.recovered();
        self.seated(&welcome.seat, &welcome.members);
        if self.group.is_some() {
            self.connected_again(now, &welcome.members);
            self.group_input(now, e2ee::Input::Connected);
        } else {
            let here = |id: &MemberId| welcome.members.iter().any(|m| m.id == *id);
            let gone: Vec<_> = self.members.keys().filter(|id| !here(id)).cloned().collect();
            gone.into_iter().for_each(|id| self.member_gone(id));
            let new = welcome.members.into_iter().filter(|m| !self.members.contains_key(&m.id)).collect::<Vec<_>>();
            new.into_iter().for_each(|m| self.member_joined(now, m, false));
        }
        self.announce_at(now);
        self.say_again();
        self.repeat_floor(false);
    }

    /// The server does not take us back, now or for good.
    pub(super) fn turned_away(&mut self, now: Instant, code: Refusal, text: &str) {
        if self.link.is_up() {
            return;
        }
        match code {
            Refusal::SessionGone => self.begin_anew(now),
            Refusal::TooFast | Refusal::Full | Refusal::ShuttingDown => {
                self.link.why = Some((LeaveReason::NetworkLost, clean(text)));
                self.link.busy = code != Refusal::ShuttingDown;
                self.lost(now);
            }
            Refusal::UnknownRoom => self.end(LeaveReason::RoomEnded, Exit::RoomEnded, "the room has ended for everybody"),
            Refusal::Denied | Refusal::Pin | Refusal::Protocol | Refusal::Malformed | Refusal::Unknown => {
                let failure = refused(code, text);
                self.end(LeaveReason::Failed, failure.exit, &failure.text);
            }
        }
    }

    /// The session is over by the server's word.
    pub(super) fn ended_by(&mut self, now: Instant, reason: Departure, text: &str) {
        match reason {
            Departure::Left => self.end(LeaveReason::Left, Exit::Ok, &clean(text)),
            Departure::Removed => self.end(LeaveReason::Removed, Exit::Removed, &clean(text)),
            Departure::RoomEnded => self.end(LeaveReason::RoomEnded, Exit::RoomEnded, &clean(text)),
            // It goes down, and may be back in a moment: an update, a restart.
            Departure::ServerShutdown => {
                self.begin_anew(now);
                self.link.why = Some((LeaveReason::ServerShutdown, clean(text)));
            }
            Departure::Lost | Departure::Unknown => self.begin_anew(now),
        }
    }

    /// The session cannot be resumed: the next attempt joins the room anew, soon.
    fn begin_anew(&mut self, now: Instant) {
        let link = &mut self.link;
        if !std::mem::replace(&mut link.over, true)
            && let State::Down { attempt, .. } = &mut link.state
        {
            *attempt = link.carried;
        }
        self.lost(now);
    }
}

/// A sentence of the server's, as far as it is shown.
pub(super) fn clean(text: &str) -> String {
    crate::text::clean(text).chars().take(300).collect()
}

#[cfg(test)]
#[cfg(feature = "server")]
mod tests;

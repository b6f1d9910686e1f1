//! Invites at the door: what somebody shows is looked at, and used up when they come in. Tries are throttled as logins are, and
//! PINs looked at one at a time.

use super::api::Error;
use super::throttle::Throttle;
use super::{Control, unix_now};
use crate::exit::Failure;
use crate::protocol::control::Refusal;
use crate::protocol::invite::{Invite, PIN, ShownInvite, State};
use crate::server::audit::Event;
use crate::server::metrics::Login;
use crate::server::operations::Operations;
use crate::server::store::invites::{MAX_WRONG_PINS, Use};
use crate::server::store::password;
use axum::http::StatusCode;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

/// The longest secret that is looked at, in bytes.
const MAX_SECRET: usize = 128;

/// The door.
#[derive(Debug)]
pub(super) struct Door {
    throttle: Mutex<Throttle>,
    /// One PIN at a time: each takes 19 MiB, and right ones must not look like wrong ones to each other.
    pins: Semaphore,
}

impl Default for Door {
    fn default() -> Self {
        Self { throttle: Mutex::default(), pins: Semaphore::new(1) }
    }
}

impl Door {
    /// The turn to hash or look at a PIN; `None`: the server ends.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.pins.acquire().await.ok()
    }
}

/// Somebody who was invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invited {
    /// The invite's id.
    pub(super) invite: String,
    /// The role it gives.
    pub(super) role: String,
    /// It was used for this: given back if they do not get in after all.
    pub(super) new: bool,
}

/// Why somebody was not let in by an invite.
#[derive(Debug)]
pub(super) enum Turned {
    /// No invite has this secret.
    Unknown,
    /// It is for another room.
    OtherRoom,
    /// It is not good any more.
    Over(State),
    /// It has a PIN.
    PinMissing,
    /// The PIN is another one; so many tries are left.
    PinWrong(u32),
    /// Too many tries.
    TooFast(Duration),
    /// The store cannot be read.
    Broken(Failure),
}

impl From<Failure> for Turned {
    fn from(f: Failure) -> Self {
        Self::Broken(f)
    }
}

impl Turned {
    /// For people: what happened, what to do.
    fn text(&self) -> String {
        match self {
            Self::Unknown => {
                "this server knows no such invite: the link is damaged, or its room was deleted; ask whoever invited \
                              you for a new one"
                    .into()
            }
            Self::OtherRoom => "this invite is for another room; use its link as it was given to you".into(),
            Self::Over(state) => format!("this invite {}; ask whoever invited you for a new one", state.in_words()),
            Self::PinMissing => "this invite has a PIN, which whoever invited you gives you apart from the link".into(),
            Self::PinWrong(0) => "the PIN is wrong, and the invite is locked now; ask whoever invited you for a new one".into(),
            Self::PinWrong(left) => {
                format!("the PIN is wrong (tries that are left: {left}); ask whoever invited you what it is")
            }
            Self::TooFast(wait) => format!("too many invites were tried; wait {} seconds", wait.as_secs().saturating_add(1)),
            Self::Broken(_) => "the server cannot read its database; ask its administrator".into(),
        }
    }

    /// For the audit log; `None`: nobody did anything wrong.
    fn reason(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unknown => "unknown",
            Self::OtherRoom => "other_room",
            Self::Over(State::Expired) => "expired",
            Self::Over(State::UsedUp) => "used_up",
            Self::Over(State::Locked) => "locked",
            Self::Over(State::Revoked | State::Good) => "revoked",
            Self::PinWrong(_) => "pin",
            Self::PinMissing | Self::TooFast(_) | Self::Broken(_) => return None,
        })
    }

    /// As a `hello` is refused.
    pub(super) fn refusal(&self) -> (Refusal, String) {
        let code = match self {
            Self::PinMissing | Self::PinWrong(1..) => Refusal::Pin,
            Self::TooFast(_) => Refusal::TooFast,
            Self::Broken(_) => Refusal::Unknown,
            _ => Refusal::Denied,
        };
        (code, self.text())
    }
}

impl From<Turned> for Error {
    fn from(turned: Turned) -> Self {
        let (status, code) = match &turned {
            Turned::PinMissing | Turned::PinWrong(1..) => (StatusCode::FORBIDDEN, PIN),
            Turned::TooFast(_) => (StatusCode::TOO_MANY_REQUESTS, "too_fast"),
            Turned::Broken(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            _ => (StatusCode::FORBIDDEN, "denied"),
        };
        Self::new(status, code, turned.text())
    }
}

impl Control {
    fn invite_throttle(&self) -> MutexGuard<'_, Throttle> {
        self.door.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether an invite is good, and its PIN right. `member`: who wants to come in by it, and to which room; they may have
    /// used it before. Nothing is used up.
    async fn look_at_invite(&self, shown: &ShownInvite, from: IpAddr, member: Option<(&str, &str)>) -> Result<Invite, Turned> {
        let throttled = |wait| {
            self.report(|o| o.metrics.invite(Login::Throttled));
            Turned::TooFast(wait)
        };
        self.invite_throttle().has_try(from, Instant::now()).map_err(throttled)?;
        let mut known = None;
        let looked = self.judge_invite(shown, member, &mut known).await;
        // The missing PIN is no guess.
        if let Some(reason) = looked.as_ref().err().and_then(Turned::reason) {
            self.invite_throttle().charge(from, Instant::now());
            self.report(|o| o.invite_refused(reason, known, from));
            tracing::warn!(address = crate::server::edge::shown(from), reason, "an invite was refused");
        }
        if let Err(Turned::Broken(e)) = &looked {
            tracing::error!("{e}");
        }
        looked
    }

    async fn judge_invite(
        &self,
        shown: &ShownInvite,
        member: Option<(&str, &str)>,
        known: &mut Option<String>,
    ) -> Result<Invite, Turned> {
        let secret = Some(shown.secret.0.as_str()).filter(|s| s.len() <= MAX_SECRET).ok_or(Turned::Unknown)?;
        let found = self.store.shown_invite(secret, unix_now()).await?.ok_or(Turned::Unknown)?;
        let (invite, pin) = (found.invite, found.pin);
        *known = Some(invite.id.clone());
        if let Some((room, member)) = member {
            if invite.room != room {
                return Err(Turned::OtherRoom);
            }
            // Who comes back was asked before.
            if invite.state != State::Revoked && self.store.has_used_invite(&invite.id, member).await? {
                return Ok(invite);
            }
        }
        if invite.state != State::Good {
            return Err(Turned::Over(invite.state));
        }
        let Some(hash) = pin else { return Ok(invite) };
        let given = shown.pin.as_ref().map(|p| p.0.clone()).ok_or(Turned::PinMissing)?;
        self.check_pin(&invite.id, &invite.room, given, hash).await.map(|()| invite)
    }

    /// Whether this is the PIN. The try is taken before it is looked at, so that many at once are no more tries than one by one.
    async fn check_pin(&self, id: &str, room: &str, given: Zeroizing<String>, hash: String) -> Result<(), Turned> {
        let busy = || Turned::TooFast(Duration::from_secs(1));
        let _one = self.door.turn().await.ok_or_else(busy)?;
        let wrong = self.store.take_pin_try(id).await?.ok_or(Turned::Over(State::Locked))?;
        let checked = tokio::task::spawn_blocking(move || password::verify(&given, Some(hash.as_str()))).await;
        if checked.map_err(|_| busy())? {
            self.store.give_pin_try_back(id).await?;
            return Ok(());
        }
        if wrong >= MAX_WRONG_PINS {
            let (invite, room) = (id.to_owned(), room.to_owned());
            self.report(|o| o.audit.note(Event::Invite { act: "locked", invite, room, by: None, member: None }));
        }
        Err(Turned::PinWrong(MAX_WRONG_PINS.saturating_sub(wrong)))
    }

    /// What an invite is, for whoever was given it.
    pub(super) async fn describe_invite(&self, shown: &ShownInvite, from: IpAddr) -> Result<Invite, Turned> {
        self.look_at_invite(shown, from, None).await
    }

    /// Lets a member in by an invite, and counts it.
    pub(super) async fn redeem_invite(
        &self,
        shown: &ShownInvite,
        room: &str,
        member: &str,
        from: IpAddr,
    ) -> Result<Invited, Turned> {
        let invite = self.look_at_invite(shown, from, Some((room, member))).await?;
        let new = match self.store.use_invite(&invite.id, member, unix_now()).await? {
            Use::New => true,
            Use::Again => false,
            Use::Refused(state) => {
                // Somebody was faster a moment ago.
                let turned = Turned::Over(state);
                self.report(|o| o.invite_refused(turned.reason().unwrap_or_default(), Some(invite.id), from));
                return Err(turned);
            }
        };
        Ok(Invited { invite: invite.id, role: invite.role, new })
    }

    /// What follows once the machine has decided: who is in has used the invite, who is not has not.
    pub(super) async fn settle_invite(&self, invited: &Invited, room: &str, member: &str, is_in: bool) {
        if is_in {
            self.report(Operations::invite_used);
            if invited.new {
                let (invite, room, member) = (invited.invite.clone(), room.to_owned(), Some(member.to_owned()));
                self.report(|o| o.audit.note(Event::Invite { act: "used", invite, room, by: None, member }));
            }
        } else if invited.new
            && let Err(e) = self.store.release_invite(&invited.invite, member).await
        {
            tracing::error!("{e}");
        }
    }
}

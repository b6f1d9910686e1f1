//! What a login asks for beside the password: a code; or, where the administrator demands a second factor that the account does
//! not have yet, to get one. And the login of whoever has a setup code instead of a password.

use super::super::api::{Error, read};
use super::super::unix_now;
use super::{Accounts, secret};
use crate::exit::Failure;
use crate::protocol::account::{
    Enrolled, Enrolment, RecoveryCodes, SecondStep, SetUp, TOTP_REQUIRED, TOTP_SETUP_REQUIRED, WithTicket,
};
use crate::protocol::api::ErrorText;
use crate::server::edge::Caller;
use crate::server::secret::{self as secrets, Hash};
use crate::server::store::devices::TOKEN_SECONDS;
use crate::server::store::{Account, password};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long the next step of a login may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// Logins that wait for their second step. Each has shown a right password; the one that waits longest makes room.
const MAX_TICKETS: usize = 1024;

/// A login whose password was right.
#[derive(Clone)]
pub(super) struct Passed {
    /// Who.
    pub(super) account: Account,
    /// The hash that the password was checked with.
    pub(super) password: Option<String>,
    /// What the user calls the device.
    pub(super) device: String,
    /// How long the login is good, in seconds.
    pub(super) seconds: i64,
}

/// Which step a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Code,
    Enrol,
}

/// Logins that wait for their second step, by the hash of their ticket.
#[derive(Default)]
pub(super) struct Tickets(HashMap<Vec<u8>, (Instant, Step, Passed)>);

impl std::fmt::Debug for Tickets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tickets({})", self.0.len())
    }
}

fn key(ticket: &str) -> Vec<u8> {
    Hash::of(ticket).bytes().to_vec()
}

impl Tickets {
    fn issue(&mut self, now: Instant, step: Step, passed: Passed) -> Zeroizing<String> {
        self.0.retain(|_, (since, ..)| now.saturating_duration_since(*since) < PATIENCE);
        if self.0.len() >= MAX_TICKETS
            && let Some(oldest) = self.0.iter().min_by_key(|(_, (since, ..))| *since).map(|(key, _)| key.clone())
        {
            self.0.remove(&oldest);
        }
        let ticket = secrets::fresh();
        self.0.insert(key(&ticket), (now, step, passed));
        ticket
    }

    fn of(&self, now: Instant, step: Step, ticket: &str) -> Option<Passed> {
        let (since, its, passed) = self.0.get(&key(ticket))?;
        (now.saturating_duration_since(*since) < PATIENCE && *its == step).then(|| passed.clone())
    }

    /// Uses a ticket up; `false`: somebody else has.
    fn used(&mut self, ticket: &str) -> bool {
        self.0.remove(&key(ticket)).is_some()
    }
}

impl Accounts {
    fn ticket(&self, step: Step, ticket: &str) -> Result<Passed, Error> {
        let tickets = self.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let text = "this login took too long; begin again with the password";
        tickets.of(Instant::now(), step, ticket).ok_or_else(|| Error::new(StatusCode::FORBIDDEN, "denied", text))
    }

    fn used(&self, ticket: &str) -> Result<(), Error> {
        let text = "this login was finished already; begin again with the password";
        let used = self.tickets.lock().unwrap_or_else(PoisonError::into_inner).used(ticket);
        if used { Ok(()) } else { Err(Error::new(StatusCode::FORBIDDEN, "denied", text)) }
    }
}

/// A right password (or a sign-in through a provider) is a login, or leads to its second step.
pub(super) async fn next(
    accounts: &Accounts,
    passed: Passed,
    address: IpAddr,
    totp: bool,
    required: bool,
) -> Result<Response, Error> {
    // The texts are for clients of before: others go on.
    let (step, code, text) = match (totp, required) {
        (true, _) => (Step::Code, TOTP_REQUIRED, "this account asks for a code beside the password; update the client"),
        (false, true) => (Step::Enrol, TOTP_SETUP_REQUIRED, "this account must have a second factor; update the client"),
        (false, false) => return Ok(secret(accounts.let_in(&passed, address).await?)),
    };
    let ticket = accounts.tickets.lock().unwrap_or_else(PoisonError::into_inner).issue(Instant::now(), step, passed);
    let error = ErrorText { code: code.into(), text: text.into() };
    let answer = SecondStep { error, ticket: ticket.to_string() };
    Ok((StatusCode::FORBIDDEN, secret(answer)).into_response())
}

/// [`crate::protocol::account::LOGIN_CODE`].
pub(super) async fn code(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Error> {
    let WithTicket { ticket, code } = read(&body)?;
    let passed = accounts.ticket(Step::Code, &ticket)?;
    let id = &passed.account.id;
    let used = async { Ok::<_, Failure>(accounts.store.use_code(id, &code, unix_now()).await?.then_some(())) };
    accounts.check_code(id, address, used).await?;
    accounts.used(&ticket)?;
    Ok(secret(accounts.let_in(&passed, address).await?))
}

/// [`crate::protocol::account::LOGIN_ENROL`].
pub(super) async fn enrol(State(accounts): State<Arc<Accounts>>, body: Bytes) -> Result<Response, Error> {
    let WithTicket { ticket, .. } = read(&body)?;
    let account = accounts.ticket(Step::Enrol, &ticket)?.account;
    let offered = accounts.store.offer_totp(&account.id).await?;
    Ok(secret(Enrolment { name: account.name, secret: offered.text().to_string() }))
}

/// [`crate::protocol::account::LOGIN_ENROLLED`].
pub(super) async fn enrolled(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Error> {
    let WithTicket { ticket, code } = read(&body)?;
    let passed = accounts.ticket(Step::Enrol, &ticket)?;
    let id = &passed.account.id;
    let codes = accounts.check_code(id, address, accounts.store.confirm_totp(id, &code, unix_now())).await?;
    accounts.used(&ticket)?;
    accounts.did("second_factor_on", id);
    tracing::info!(account = id, "a second factor was set up");
    let login = accounts.let_in(&passed, address).await?;
    Ok(secret(Enrolled { login, recovery: shown(&codes) }))
}

/// Recovery codes on their way to their user.
pub(super) fn shown(codes: &[Zeroizing<String>]) -> RecoveryCodes {
    RecoveryCodes { recovery_codes: codes.iter().map(|code| code.to_string()).collect() }
}

/// [`crate::protocol::account::SETUP`].
pub(super) async fn set_up(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Error> {
    let SetUp { code, password, device } = read(&body)?;
    let (code, password) = (Zeroizing::new(code), Zeroizing::new(password));
    let wrong = || {
        let text = "this setup code is wrong, was used or has expired; ask the server's administrator for a new one";
        Error::new(StatusCode::FORBIDDEN, "denied", text)
    };
    // Nobody can guess one, so nothing counts tries; and nothing is hashed for who has none.
    let account = accounts.store.setup_of(&code, unix_now()).await?.ok_or_else(wrong)?;
    let hash = accounts.hashing(move || password::hash(&password)).await??;
    if !accounts.store.set_up(&code, &hash, unix_now()).await? {
        return Err(wrong());
    }
    accounts.did("set_up", &account.id);
    tracing::info!(account = account.id, "a setup code was used");
    let (totp, required) = accounts.store.second_factor(&account.id).await?;
    next(&accounts, Passed { account, password: Some(hash), device, seconds: TOKEN_SECONDS }, address, totp, required).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::store::Role;

    #[test]
    fn a_ticket_is_for_one_step_of_one_login_and_not_for_long() {
        let (mut tickets, now) = (Tickets::default(), Instant::now());
        let anna = Account { id: "a-1".into(), name: "anna".into(), role: Role::Member };
        let passed = || Passed { account: anna.clone(), password: None, device: String::new(), seconds: 1 };
        let first = tickets.issue(now, Step::Code, passed());
        assert_eq!(tickets.of(now, Step::Code, &first).unwrap().account, anna);
        assert!(tickets.of(now, Step::Enrol, &first).is_none() && tickets.of(now, Step::Code, "guess").is_none());
        assert!(tickets.of(now + PATIENCE, Step::Code, &first).is_none());
        assert!(tickets.used(&first) && !tickets.used(&first) && tickets.of(now, Step::Code, &first).is_none());
        let oldest = tickets.issue(now, Step::Code, passed());
        let at = |n: u64| now + Duration::from_millis(n);
        let later: Vec<_> = (1..=MAX_TICKETS as u64).map(|n| tickets.issue(at(n), Step::Code, passed())).collect();
        assert!(tickets.of(now, Step::Code, &oldest).is_none() && tickets.0.len() == MAX_TICKETS);
        assert!(later.iter().all(|t| tickets.of(at(2000), Step::Code, t).is_some()));
        tickets.issue(now + 2 * PATIENCE, Step::Code, passed());
        assert_eq!(tickets.0.len(), 1, "old ones go");
    }
}

//! Sign-in through the organisation's OpenID provider. The client begins, shows its user a code and an address, and asks until the
//! provider has said whether they signed in; then it is a login like any other.

use super::super::api::{Error, read};
use super::super::unix_now;
use super::second_step::{self, Passed};
use super::{Accounts, secret, too_fast};
use crate::exit::{Exit, Failure};
use crate::protocol::account::{SignIn, SignInBegun, SignInWaits, WithTicket};
use crate::server::edge::{Caller, shown};
use crate::server::oidc::flow::{Asked, Flows, Heard, Turn};
use crate::server::oidc::{Config, Provider, Said, Tokens};
use crate::server::secret as secrets;
use crate::server::store::{Role, subjects};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The provider, and who is about to sign in there.
#[derive(Debug)]
pub(super) struct Sso {
    provider: Provider,
    flows: Mutex<Flows>,
}

impl Sso {
    pub(super) fn new(config: Config) -> Self {
        Self { provider: Provider::new(config), flows: Mutex::default() }
    }

    fn flows(&self) -> MutexGuard<'_, Flows> {
        self.flows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn denied(code: &str, text: impl Into<String>) -> Error {
    Error::new(StatusCode::FORBIDDEN, code, text)
}

fn full() -> Error {
    let text = "too many people are signing in at once; try again in a few minutes";
    Error::new(StatusCode::SERVICE_UNAVAILABLE, "busy", text)
}

/// The provider's failure: its text is for the log.
fn away(e: &Failure) -> Error {
    tracing::error!("{e}");
    let text = match e.exit {
        Exit::Protocol => {
            "your organisation's sign-in does not work with this server now; its administrator finds the reason in its log"
        }
        _ => "your organisation's sign-in cannot be reached from this server now; try again later",
    };
    Error::new(StatusCode::SERVICE_UNAVAILABLE, "provider", text)
}

fn seconds(d: Duration) -> u64 {
    d.as_secs() + u64::from(d.subsec_nanos() > 0)
}

fn not_yet(wait: Duration) -> Response {
    (StatusCode::ACCEPTED, secret(SignInWaits { interval: seconds(wait).max(1) })).into_response()
}

impl Accounts {
    fn sso(&self) -> Result<&Sso, Error> {
        let text = "this server signs nobody in through an organisation's provider; log in with a name: conclave login SERVER --name NAME";
        self.sso.as_ref().ok_or_else(|| Error::new(StatusCode::NOT_FOUND, "no_sso", text))
    }

    fn refused(&self, reason: &'static str, address: IpAddr) {
        self.report(|o| o.login_refused(reason, address));
        tracing::warn!(address = shown(address), reason, "a sign-in was refused");
    }
}

/// [`crate::protocol::account::SSO`].
pub(super) async fn begin(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Error> {
    let SignIn { device } = read(&body)?;
    let sso = accounts.sso()?;
    accounts.throttle().take_sign_in(address, Instant::now()).map_err(|wait| {
        accounts.report(crate::server::operations::Operations::login_throttled);
        too_fast("sign-ins", wait)
    })?;
    sso.flows().room(Instant::now(), address).map_err(|_| full())?;
    let nonce = secrets::fresh();
    let begun = sso.provider.begin(&nonce).await.map_err(|e| away(&e))?;
    let asked = Asked { device_code: begun.device_code, nonce, device };
    let started = sso.flows().begin(Instant::now(), address, asked, begun.lasts, begun.interval);
    let (ticket, lasts, interval) = started.map_err(|_| full())?;
    Ok(secret(SignInBegun {
        ticket: ticket.to_string(),
        user_code: begun.user_code,
        verification_uri: begun.verification_uri,
        verification_uri_complete: begun.verification_uri_complete,
        expires_in: lasts.as_secs(),
        interval: seconds(interval),
    }))
}

/// [`crate::protocol::account::SSO_POLL`].
pub(super) async fn poll(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Error> {
    let WithTicket { ticket, .. } = read(&body)?;
    let sso = accounts.sso()?;
    let expired = || denied("sso_expired", "nobody has signed in in time, or this sign-in is over; begin again");
    let asked = match sso.flows().turn(Instant::now(), &ticket) {
        Turn::Wait(wait) => return Ok(not_yet(wait)),
        Turn::Gone => return Err(expired()),
        Turn::Ask(asked) => asked,
    };
    let said = sso.provider.poll(&asked.device_code).await;
    let heard = match &said {
        Said::Pending => Heard::Pending,
        Said::SlowDown => Heard::SlowDown,
        Said::Nothing(e) => {
            tracing::warn!("{e}");
            Heard::Nothing
        }
        Said::Tokens(_) | Said::Denied | Said::Expired | Said::Refused(_) => Heard::Over,
    };
    let wait = sso.flows().heard(Instant::now(), &ticket, heard);
    match said {
        Said::Pending | Said::SlowDown | Said::Nothing(_) => wait.map(not_yet).ok_or_else(expired),
        Said::Expired => Err(expired()),
        Said::Denied => {
            accounts.refused("sso_denied", address);
            Err(denied("sso_denied", "the sign-in was refused at your organisation's page; begin again if that was a mistake"))
        }
        Said::Refused(e) => Err(away(&e)),
        Said::Tokens(tokens) => let_in(&accounts, sso, &tokens, asked, address).await,
    }
}

/// Somebody has signed in: which account that is, and whether it may come in.
async fn let_in(accounts: &Accounts, sso: &Sso, tokens: &Tokens, asked: Asked, address: IpAddr) -> Result<Response, Error> {
    let config = sso.provider.config();
    let person = sso.provider.person(tokens, &asked.nonce, unix_now()).await.map_err(|e| {
        accounts.refused("sso_untrusted", address);
        tracing::error!("{e}");
        let text = "what your organisation's provider says of you cannot be trusted by this server; its administrator finds the reason in its log";
        denied("sso_untrusted", text)
    })?;
    let person = person.map_err(|text| {
        accounts.refused("sso_group", address);
        denied("sso_group", text)
    })?;
    let who = subjects::Signed { issuer: config.issuer(), subject: &person.subject, role: person.role };
    let name = person.name.as_deref().ok().filter(|_| config.create);
    let known = match accounts.store.sign_in(who, name, unix_now()).await? {
        subjects::SignIn::Account(known, changed) => {
            if changed {
                let act = if known.account.role == Role::Owner { "made_owner_by_provider" } else { "made_member_by_provider" };
                accounts.did(act, &known.account.id);
            }
            known
        }
        subjects::SignIn::Made(known) => {
            accounts.did("signed_up", &known.account.id);
            tracing::info!(account = known.account.id, "an account was made by a sign-in");
            known
        }
        subjects::SignIn::Unknown => {
            accounts.refused("sso_unknown", address);
            let text = match person.name {
                Err(why) if config.create => why,
                _ => "you have no account here; ask the server's administrator for one".to_owned(),
            };
            return Err(denied("sso_unknown", text));
        }
        subjects::SignIn::NameTaken => {
            accounts.refused("sso_name", address);
            let text = format!(
                "an account {} is there already, and nothing says that it is yours; ask the server's administrator to link it ('conclave serve user link')",
                name.unwrap_or_default()
            );
            return Err(denied("sso_name", text));
        }
    };
    if known.disabled {
        accounts.refused("disabled", address);
        return Err(denied("disabled", "this account is disabled; ask the server's administrator"));
    }
    let passed = Passed { account: known.account, password: known.password, device: asked.device, seconds: config.seconds };
    second_step::next(accounts, passed, address, known.totp, known.totp_required).await
}

#[cfg(test)]
mod tests;

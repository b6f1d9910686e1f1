//! Accounts over HTTP: log in, log out, who am I, and the server's word for a device. [`second_step`]: what a login asks for
//! beside the password. [`sso`]: sign-in through an OpenID provider. [`own`]: what people do with their own accounts.

mod own;
mod second_step;
mod sso;

use super::api::table::{self, Access, Route};
use super::api::{Error, bearer, deadline, read};
use super::throttle::Throttle;
use super::unix_now;
use crate::exit::Failure;
use crate::protocol::account::{
    self, Code, Devices, Enrolled, Enrolment, Password, RecoveryCodes, SecondStep, SetUp, SignIn, SignInBegun, SignInWaits,
    WithTicket,
};
use crate::protocol::api::{self, LoggedIn, Login, VouchFor, Vouched, WhoAmI};
use crate::server::audit::Event;
use crate::server::edge::Caller;
use crate::server::oidc;
use crate::server::operations::Operations;
use crate::server::store::devices::{Login as Shown, TOKEN_SECONDS};
use crate::server::store::{Account, DataDir, Store, password};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json, Router};
use bytes::Bytes;
use conclave_e2ee::identity::MAX_LIFE;
use conclave_e2ee::{DeviceKey, IssuerKey, IssuerSigner};
use schemars::JsonSchema;
use second_step::{Passed, Tickets};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// The file of the key that vouches for accounts.
const KEY_FILE: &str = "accounts.key";
/// The largest request body, in bytes.
const MAX_BODY: usize = 4 * 1024;
/// Passwords that are hashed at a time: each takes 19 MiB.
const CHECKS: usize = 2;
/// The longest name that is looked at, in bytes.
const MAX_NAME: usize = 512;

/// What the account routes work with.
#[derive(Debug)]
pub struct Accounts {
    store: Store,
    signer: IssuerSigner,
    throttle: Mutex<Throttle>,
    tickets: Mutex<Tickets>,
    checks: Arc<Semaphore>,
    sso: Option<sso::Sso>,
    operations: OnceLock<Arc<Operations>>,
}

impl Accounts {
    /// With the key of the data directory, which is made if it is not there, and a provider that signs people in, if there is one.
    pub fn open(store: Store, data: &DataDir, oidc: Option<oidc::Config>) -> Result<Arc<Self>, Failure> {
        let signer = signer(data)?;
        let (throttle, tickets, checks) = (Mutex::default(), Mutex::default(), Arc::new(Semaphore::new(CHECKS)));
        let sso = oidc.map(sso::Sso::new);
        Ok(Arc::new(Self { store, signer, throttle, tickets, checks, sso, operations: OnceLock::new() }))
    }

    /// The key whose vouches mean: has an account here.
    pub fn key(&self) -> IssuerKey {
        self.signer.public()
    }

    /// Says who hears of what happens. Once, at the start.
    pub fn observe(&self, operations: Arc<Operations>) {
        let _ = self.operations.set(operations);
    }

    /// Writes something down, if somebody wants to know.
    fn report(&self, with: impl FnOnce(&Operations)) {
        if let Some(operations) = self.operations.get() {
            with(operations);
        }
    }

    /// Writes down what somebody did to their own account.
    fn did(&self, act: &'static str, account: &str) {
        let (account, by) = (account.to_owned(), Some(account.to_owned()));
        self.report(|o| o.audit.note(Event::Account { act, account, by }));
    }

    async fn authorize(&self, headers: &HeaderMap) -> Result<Shown, Error> {
        let login = match bearer(headers) {
            Some(token) => self.store.login_of(token, unix_now()).await?,
            None => None,
        };
        let text = "this needs an account token that the server knows; log in with 'conclave login'";
        login.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "denied", text))
    }

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hashing is done elsewhere than on the threads that carry calls, and few at a time.
    async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let failed = || Error::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "the server is busy; try again");
        let permit = self.checks.clone().acquire_owned().await.map_err(|_| failed())?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|_| failed())
    }

    /// Whether this is the password. Tries cost something, right ones nothing.
    async fn check(&self, name: &str, address: IpAddr, password: Zeroizing<String>, hash: Option<String>) -> Result<bool, Error> {
        self.throttle().take(name, address, Instant::now()).map_err(|wait| {
            self.report(Operations::login_throttled);
            too_fast("passwords", wait)
        })?;
        let checked = self.hashing(move || {
            password::prepare();
            password::verify(&password, hash.as_deref())
        });
        let good = checked.await?;
        if good {
            self.throttle().give_back(name, address);
        } else {
            self.report(|o| o.login_refused("password", address));
            tracing::warn!(address = crate::server::edge::shown(address), "a password was refused");
        }
        Ok(good)
    }

    /// Whether this is a code of the account's second factor or a recovery code, which is used up then. `checked` says so, and is
    /// asked only if not too many were tried.
    async fn check_code<T>(
        &self,
        account: &str,
        address: IpAddr,
        checked: impl Future<Output = Result<Option<T>, Failure>>,
    ) -> Result<T, Error> {
        self.throttle().take_code(account, address, Instant::now()).map_err(|wait| {
            self.report(Operations::login_throttled);
            too_fast("codes", wait)
        })?;
        match checked.await? {
            Some(answer) => {
                self.throttle().give_code_back(account, address);
                Ok(answer)
            }
            None => {
                self.report(|o| o.login_refused("code", address));
                tracing::warn!(address = crate::server::edge::shown(address), account, "a code was refused");
                let text = "the code is wrong, or was used already (each works once): wait for the next one, and look at the clock \
                            of the machine that shows it";
                Err(Error::new(StatusCode::FORBIDDEN, "denied", text))
            }
        }
    }

    /// A login whose every step was right becomes a token.
    async fn let_in(&self, passed: &Passed, address: IpAddr) -> Result<LoggedIn, Error> {
        let (account, now) = (&passed.account, unix_now());
        let (password, device) = (passed.password.as_deref(), &passed.device);
        let token = self.store.new_device_for(passed.seconds, &account.id, password, device, now).await?;
        let token = token.ok_or_else(wrong)?;
        self.report(|o| o.logged_in(&account.id, address));
        tracing::info!(account = account.id, "a login");
        Ok(LoggedIn {
            account: account.id.clone(),
            name: account.name.clone(),
            token: token.to_string(),
            expires: now.saturating_add(passed.seconds),
        })
    }
}

fn too_fast(what: &str, wait: std::time::Duration) -> Error {
    let text = format!("too many {what} were tried; wait {} seconds", wait.as_secs().saturating_add(1));
    Error::new(StatusCode::TOO_MANY_REQUESTS, "too_fast", text)
}

/// An answer with a secret in it.
fn secret(answer: impl serde::Serialize) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// The key of a data directory with which the server vouches for its accounts; made if it is not there.
pub fn signer(data: &DataDir) -> Result<IssuerSigner, Failure> {
    Ok(IssuerSigner::from_seed(&data.seed(KEY_FILE)?))
}

/// What a login says that is not over, or that went wrong.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "its schema is what counts")]
enum NotYet {
    More(SecondStep),
    Refused(api::ErrorBody),
}

/// The routes; see [`table`].
pub(super) fn routes() -> Vec<Route<Arc<Accounts>>> {
    let (ok, done, forbidden) = (StatusCode::OK, StatusCode::NO_CONTENT, StatusCode::FORBIDDEN);
    let mine = Access::Account;
    vec![
        Route::post(api::LOGIN, "Logs in with a name and a password. Throttled.", login)
            .takes::<Login>()
            .gives::<LoggedIn>(ok)
            .gives::<NotYet>(forbidden),
        Route::post(account::LOGIN_CODE, "The second step of a login: a code. Throttled.", second_step::code)
            .takes::<WithTicket>()
            .gives::<LoggedIn>(ok),
        Route::post(account::LOGIN_ENROL, "Begins a second factor that a login must have.", second_step::enrol)
            .takes::<WithTicket>()
            .gives::<Enrolment>(ok),
        Route::post(account::LOGIN_ENROLLED, "The first code of it; the login is over. Throttled.", second_step::enrolled)
            .takes::<WithTicket>()
            .gives::<Enrolled>(ok),
        Route::post(account::SETUP, "Turns a setup code and a new password into a login.", second_step::set_up)
            .takes::<SetUp>()
            .gives::<LoggedIn>(ok)
            .gives::<NotYet>(forbidden),
        Route::post(account::SSO, "Begins to sign in through the organisation's provider. Throttled.", sso::begin)
            .takes::<SignIn>()
            .gives::<SignInBegun>(ok),
        Route::post(account::SSO_POLL, "Whether somebody has signed in.", sso::poll)
            .takes::<WithTicket>()
            .gives::<LoggedIn>(ok)
            .gives::<SignInWaits>(StatusCode::ACCEPTED)
            .gives::<NotYet>(forbidden),
        Route::post(api::LOGOUT, "Ends the token that is shown.", logout).by(mine).ends(done),
        Route::get(api::ACCOUNT, "Whose token it is.", who).by(mine).gives::<WhoAmI>(ok),
        Route::post(api::VOUCH, "The server's word that a device belongs to the account.", vouch)
            .by(mine)
            .takes::<VouchFor>()
            .gives::<Vouched>(ok),
        Route::post(account::TOTP, "Begins a second factor. Throttled.", own::totp)
            .by(mine)
            .takes::<Password>()
            .gives::<Enrolment>(ok),
        Route::post(account::TOTP_CONFIRM, "Its first code: it counts from now on.", own::confirm)
            .by(mine)
            .takes::<Code>()
            .gives::<RecoveryCodes>(ok),
        Route::post(account::TOTP_OFF, "No second factor any more.", own::off).by(mine).takes::<Code>().ends(done),
        Route::post(account::RECOVERY_CODES, "Fresh recovery codes.", own::recovery_codes)
            .by(mine)
            .takes::<Code>()
            .gives::<RecoveryCodes>(ok),
        Route::get(account::DEVICES, "Where the account is logged in.", own::devices).by(mine).gives::<Devices>(ok),
        Route::delete(account::DEVICE, "Ends the login of a device, and its calls.", own::revoke).by(mine).ends(done),
    ]
}

/// The router.
pub fn router(accounts: Arc<Accounts>) -> Router {
    table::router(routes())
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(deadline))
        .layer(middleware::map_response(table::as_json))
        .with_state(accounts)
}

async fn login(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Error> {
    let Login { name, password, device } = read(&body)?;
    let password = Zeroizing::new(password);
    if name.len() > MAX_NAME {
        return Err(wrong());
    }
    let known = accounts.store.credentials(&name).await?;
    let hash = known.as_ref().and_then(|k| k.password.clone());
    let good = accounts.check(&name, address, password, hash).await?;
    let known = known.filter(|_| good).ok_or_else(wrong)?;
    if known.disabled {
        accounts.report(|o| o.login_refused("disabled", address));
        let text = "this account is disabled; ask the server's administrator";
        return Err(Error::new(StatusCode::FORBIDDEN, "disabled", text));
    }
    let passed = Passed { account: known.account, password: known.password, device, seconds: TOKEN_SECONDS };
    second_step::next(&accounts, passed, address, known.totp, known.totp_required).await
}

fn wrong() -> Error {
    Error::new(StatusCode::FORBIDDEN, "denied", "the name or the password is wrong; ask the server's administrator for a new one")
}

async fn logout(State(accounts): State<Arc<Accounts>>, headers: HeaderMap) -> Result<StatusCode, Error> {
    let account = accounts.authorize(&headers).await?;
    if let Some(token) = bearer(&headers) {
        accounts.store.revoke_token(token).await?;
    }
    accounts.report(|o| o.audit.note(Event::LoggedOut { account: account.account.id }));
    Ok(StatusCode::NO_CONTENT)
}

async fn who(State(accounts): State<Arc<Accounts>>, headers: HeaderMap) -> Result<Json<WhoAmI>, Error> {
    let Account { id, name, role } = accounts.authorize(&headers).await?.account;
    let (second_factor, _) = accounts.store.second_factor(&id).await?;
    Ok(Json(WhoAmI { account: id, name, role: role.name().to_owned(), second_factor }))
}

async fn vouch(State(accounts): State<Arc<Accounts>>, headers: HeaderMap, body: Bytes) -> Result<Json<Vouched>, Error> {
    let account = accounts.authorize(&headers).await?.account;
    let wanted: VouchFor = read(&body)?;
    let bad = |e: conclave_e2ee::Error| Error::new(StatusCode::BAD_REQUEST, "invalid", e.to_string());
    let device: DeviceKey = wanted.device.parse().map_err(bad)?;
    let not_after = u64::try_from(unix_now()).unwrap_or(0).saturating_add(MAX_LIFE);
    let vouch = accounts.signer.vouch(&account.name, device, not_after).map_err(bad)?;
    Ok(Json(Vouched { vouch: vouch.to_text() }))
}

#[cfg(test)]
mod tests;

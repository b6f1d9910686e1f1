//! Accounts over HTTP: log in, log out, who am I, and the server's word for a device.

use super::api::{Error, bearer, deadline, read};
use super::throttle::Throttle;
use super::unix_now;
use crate::exit::{Exit, Failure};
use crate::protocol::api::{self, LoggedIn, Login, VouchFor, Vouched, WhoAmI};
use crate::server::edge::Caller;
use crate::server::store::accounts::TOKEN_SECONDS;
use crate::server::store::{Account, DataDir, Store, password};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use conclave_e2ee::identity::MAX_LIFE;
use conclave_e2ee::{DeviceKey, IssuerKey, IssuerSigner};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// The file of the key that vouches for accounts.
const KEY_FILE: &str = "accounts.key";
/// The largest request body, in bytes.
const MAX_BODY: usize = 4 * 1024;
/// Passwords that are checked at a time: each takes 19 MiB.
const CHECKS: usize = 2;
/// The longest name that is looked at, in bytes.
const MAX_NAME: usize = 512;

/// What the account routes work with.
#[derive(Debug)]
pub struct Accounts {
    store: Store,
    signer: IssuerSigner,
    throttle: Mutex<Throttle>,
    checks: Arc<Semaphore>,
}

impl Accounts {
    /// With the key of the data directory, which is made if it is not there.
    pub fn open(store: Store, data: &DataDir) -> Result<Arc<Self>, Failure> {
        let signer = signer(data)?;
        Ok(Arc::new(Self { store, signer, throttle: Mutex::default(), checks: Arc::new(Semaphore::new(CHECKS)) }))
    }

    /// The key whose vouches mean: has an account here.
    pub fn key(&self) -> IssuerKey {
        self.signer.public()
    }

    async fn authorize(&self, headers: &HeaderMap) -> Result<Account, Error> {
        let account = match bearer(headers) {
            Some(token) => self.store.account(token).await?,
            None => None,
        };
        let text = "this needs an account token that the server knows; log in with 'conclave login'";
        account.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "denied", text))
    }

    /// Whether this is the password; elsewhere than on the threads that carry calls, and few at a time.
    async fn check(&self, password: Zeroizing<String>, hash: Option<String>) -> Result<bool, Error> {
        let failed = || Error::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "the server is busy; try again");
        let permit = self.checks.clone().acquire_owned().await.map_err(|_| failed())?;
        let checked = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            password::prepare();
            password::verify(&password, hash.as_deref())
        });
        checked.await.map_err(|_| failed())
    }
}

/// The key of a data directory with which the server vouches for its accounts; made if it is not there.
pub fn signer(data: &DataDir) -> Result<IssuerSigner, Failure> {
    let failed = |e: conclave_e2ee::Error| Failure::new(Exit::Internal, format!("no key for accounts could be made ({e})"));
    let text = data.secret_file(KEY_FILE, || {
        let seed = IssuerSigner::generate().map_err(failed)?.seed();
        Ok(Zeroizing::new(format!("{}\n", Zeroizing::new(URL_SAFE_NO_PAD.encode(*seed)).as_str())))
    })?;
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text.trim()).unwrap_or_default());
    let seed = <[u8; 32]>::try_from(bytes.as_slice()).map(Zeroizing::new).map_err(|_| {
        let path = data.path().join(KEY_FILE);
        let text = format!("{} is damaged; put the right one back, or remove it and a new one is made", path.display());
        Failure::new(Exit::Config, text)
    })?;
    Ok(IssuerSigner::from_seed(&seed))
}

/// The routes.
pub fn router(accounts: Arc<Accounts>) -> Router {
    Router::new()
        .route(api::LOGIN, post(login))
        .route(api::LOGOUT, post(logout))
        .route(api::ACCOUNT, get(who))
        .route(api::VOUCH, post(vouch))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(deadline))
        .with_state(accounts)
}

async fn login(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Error> {
    let Login { name, password } = read(&body)?;
    let password = Zeroizing::new(password);
    if name.len() > MAX_NAME {
        return Err(wrong());
    }
    let lock = || accounts.throttle.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(wait) = lock().take(&name, address, Instant::now()) {
        let text = format!("too many passwords were tried; wait {} seconds", wait.as_secs().saturating_add(1));
        return Err(Error::new(StatusCode::TOO_MANY_REQUESTS, "too_fast", text));
    }
    let (account, hash) = accounts.store.login(&name).await?.unzip();
    let good = accounts.check(password, hash).await?;
    let Some(account) = account.filter(|_| good) else {
        tracing::warn!(%address, "a login was refused");
        return Err(wrong());
    };
    lock().give_back(&name, address);
    let now = unix_now();
    let token = accounts.store.new_token(&account.id, now).await?;
    tracing::info!(account = account.id, "a login");
    let answer = LoggedIn {
        account: account.id,
        name: account.name,
        token: token.to_string(),
        expires: now.saturating_add(TOKEN_SECONDS),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn wrong() -> Error {
    Error::new(StatusCode::FORBIDDEN, "denied", "the name or the password is wrong; ask the server's administrator for a new one")
}

async fn logout(State(accounts): State<Arc<Accounts>>, headers: HeaderMap) -> Result<StatusCode, Error> {
    accounts.authorize(&headers).await?;
    if let Some(token) = bearer(&headers) {
        accounts.store.revoke_token(token).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn who(State(accounts): State<Arc<Accounts>>, headers: HeaderMap) -> Result<Json<WhoAmI>, Error> {
    let account = accounts.authorize(&headers).await?;
    Ok(Json(WhoAmI { account: account.id, name: account.name, role: account.role.name().to_owned() }))
}

async fn vouch(State(accounts): State<Arc<Accounts>>, headers: HeaderMap, body: Bytes) -> Result<Json<Vouched>, Error> {
    let account = accounts.authorize(&headers).await?;
    let wanted: VouchFor = read(&body)?;
    let bad = |e: conclave_e2ee::Error| Error::new(StatusCode::BAD_REQUEST, "invalid", e.to_string());
    let device: DeviceKey = wanted.device.parse().map_err(bad)?;
    let not_after = u64::try_from(unix_now()).unwrap_or(0).saturating_add(MAX_LIFE);
    let vouch = accounts.signer.vouch(&account.name, device, not_after).map_err(bad)?;
    Ok(Json(Vouched { vouch: vouch.to_text() }))
}

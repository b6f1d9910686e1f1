//! What people do with their own accounts: second factor, recovery codes, devices. A token alone changes no second factor: it
//! takes the password to get one, and a code to lose it.

use super::super::api::{Error, read};
use super::super::unix_now;
use super::second_step::shown;
use super::{Accounts, secret};
use crate::exit::Failure;
use crate::protocol::account::{Code, Device, Devices, Enrolment, Password};
use crate::server::edge::Caller;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use bytes::Bytes;
use std::net::IpAddr;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Begins a second factor.
pub(super) async fn totp(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let account = accounts.authorize(&headers).await?.account;
    let Password { password } = read(&body)?;
    let password = Zeroizing::new(password);
    let known = accounts.store.credentials(&account.name).await?;
    let Some(hash) = known.as_ref().and_then(|k| k.password.clone()) else {
        let text = "this account has no password, and a second factor takes one to begin; whoever signs you in asks for theirs, or \
                    the server's administrator demands one here ('conclave serve user require-totp')";
        return Err(Error::new(StatusCode::BAD_REQUEST, "no_password", text));
    };
    if known.is_some_and(|k| k.totp) {
        let text = "this account has a second factor; to have another one, switch it off first";
        return Err(Error::new(StatusCode::BAD_REQUEST, "exists", text));
    }
    if !accounts.check(&account.name, address, password, Some(hash)).await? {
        return Err(Error::new(StatusCode::FORBIDDEN, "denied", "the password is wrong"));
    }
    let offered = accounts.store.offer_totp(&account.id).await?;
    Ok(secret(Enrolment { name: account.name, secret: offered.text().to_string() }))
}

/// Its first code.
pub(super) async fn confirm(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let id = accounts.authorize(&headers).await?.account.id;
    let Code { code } = read(&body)?;
    let codes = accounts.check_code(&id, address, accounts.store.confirm_totp(&id, &code, unix_now())).await?;
    accounts.did("second_factor_on", &id);
    tracing::info!(account = id, "a second factor was set up");
    Ok(secret(shown(&codes)))
}

/// Whose request it is, once a code has shown that it is not only their token's.
async fn by_code(accounts: &Accounts, headers: &HeaderMap, body: &[u8], address: IpAddr) -> Result<(String, String), Error> {
    let account = accounts.authorize(headers).await?.account;
    let Code { code } = read(body)?;
    let used = async { Ok::<_, Failure>(accounts.store.use_code(&account.id, &code, unix_now()).await?.then_some(())) };
    accounts.check_code(&account.id, address, used).await?;
    Ok((account.id, account.name))
}

/// No second factor any more.
pub(super) async fn off(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Error> {
    let id = accounts.authorize(&headers).await?.account.id;
    if accounts.store.second_factor(&id).await?.1 {
        let text = "the server's administrator demands a second factor of this account; ask them";
        return Err(Error::new(StatusCode::FORBIDDEN, "required", text));
    }
    let (id, name) = by_code(&accounts, &headers, &body, address).await?;
    accounts.store.remove_totp(&name, false).await?;
    accounts.did("second_factor_off", &id);
    tracing::info!(account = id, "a second factor was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Fresh recovery codes.
pub(super) async fn recovery_codes(
    State(accounts): State<Arc<Accounts>>,
    Extension(Caller(address)): Extension<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let (id, _) = by_code(&accounts, &headers, &body, address).await?;
    Ok(secret(shown(&accounts.store.new_recovery_codes(&id).await?)))
}

/// Where the account is logged in.
pub(super) async fn devices(State(accounts): State<Arc<Accounts>>, headers: HeaderMap) -> Result<Json<Devices>, Error> {
    let login = accounts.authorize(&headers).await?;
    let devices = accounts.store.devices(Some(&login.account.id)).await?.into_iter().map(|d| {
        let this = d.id == login.device;
        Device { id: d.id, name: d.name, created: d.created, used: d.used, this }
    });
    Ok(Json(Devices { devices: devices.collect() }))
}

/// Ends the login of one. Its calls end when the control plane looks, a moment later.
pub(super) async fn revoke(
    State(accounts): State<Arc<Accounts>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let login = accounts.authorize(&headers).await?;
    accounts.store.revoke_device(&id, Some(&login.account.id)).await?;
    accounts.did("device_revoked", &login.account.id);
    tracing::info!(account = login.account.id, "a device was logged out");
    Ok(StatusCode::NO_CONTENT)
}

//! Invites over HTTP: made, listed and revoked by whoever may, and looked at by whoever was given one.

use super::super::policy::{Right, Verb};
use super::super::{Control, unix_now};
use super::{Error, authorize, read};
use crate::protocol::control::Secret;
use crate::protocol::invite::{Invites, Looked, NewInvite, NewlyInvited, ShownInvite};
use crate::server::audit::Event;
use crate::server::edge::Caller;
use crate::server::store::invites::{self, role};
use crate::server::store::password;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use bytes::Bytes;
use std::sync::Arc;

/// Makes one.
pub(super) async fn create(State(control): State<Arc<Control>>, headers: HeaderMap, body: Bytes) -> Result<Response, Error> {
    let (account, right) = authorize(&control, &headers, Verb::CreateInvite).await?;
    let NewInvite { room, role: wanted, seconds, uses, pin } = read(&body)?;
    role(&wanted)?;
    if right == Right::Own && wanted == "moderator" && !control.store.rooms_of(&account.id).await?.contains(&room) {
        let text = "you can invite moderators only to rooms that you made; ask the server's owner";
        return Err(Error::new(StatusCode::FORBIDDEN, "denied", text));
    }
    let longest = control.policy().invite_seconds;
    if i64::try_from(seconds).map_or(true, |s| s > longest) {
        let text = format!("an invite of this server is good for {} hours at most; give a shorter time", longest / 3600);
        return Err(Error::new(StatusCode::BAD_REQUEST, "invalid", text));
    }
    let pin = match pin {
        Some(pin) => Some(control.door.hashed(pin.0).await?),
        None => None,
    };
    let new = invites::NewInvite {
        room: &room,
        role: &wanted,
        seconds: i64::try_from(seconds).unwrap_or(i64::MAX),
        uses,
        pin: pin.as_deref(),
        made_by: Some(&account.id),
    };
    let (invite, secret) = control.store.create_invite(new, unix_now()).await?;
    tracing::info!(room, account = account.id, invite = invite.id, "an invite was made");
    let id = invite.id.clone();
    control.report(|o| {
        o.audit.note(Event::Invite { act: "created", invite: id, room, by: Some(account.id), member: None });
    });
    let answer = Json(NewlyInvited { invite, secret: Secret(secret) });
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], answer).into_response())
}

/// Lists them.
pub(super) async fn list(State(control): State<Arc<Control>>, headers: HeaderMap) -> Result<Json<Invites>, Error> {
    let (account, right) = authorize(&control, &headers, Verb::SeeInvites).await?;
    let by = Some(account.id.as_str()).filter(|_| right == Right::Own);
    Ok(Json(Invites { invites: control.store.invites(None, by, unix_now()).await? }))
}

/// Ends one.
pub(super) async fn revoke(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<StatusCode, Error> {
    let (account, right) = authorize(&control, &headers, Verb::RevokeInvite).await?;
    let by = Some(account.id.as_str()).filter(|_| right == Right::Own);
    let room = control.store.revoke_invite(&id, by, unix_now()).await?;
    tracing::info!(room, account = account.id, invite = id, "an invite was revoked");
    control.report(|o| o.audit.note(Event::Invite { act: "revoked", invite: id, room, by: Some(account.id), member: None }));
    Ok(StatusCode::NO_CONTENT)
}

/// What it is, for whoever was given it.
pub(super) async fn look(
    State(control): State<Arc<Control>>,
    Extension(Caller(address)): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Looked>, Error> {
    let shown: ShownInvite = read(&body)?;
    let invite = control.describe_invite(&shown, address).await?;
    Ok(Json(Looked { room: invite.room, role: invite.role, expires: invite.expires }))
}

impl super::super::invites::Door {
    /// The hash of a new PIN.
    async fn hashed(&self, pin: zeroize::Zeroizing<String>) -> Result<String, Error> {
        let busy = || Error::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "the server is busy; try again");
        let _one = self.turn().await.ok_or_else(busy)?;
        let hashed = tokio::task::spawn_blocking(move || password::hash_pin(&pin)).await.map_err(|_| busy())?;
        Ok(hashed?)
    }
}

//! The HTTP side of the control plane. Errors are `{"error":{"code","text"}}`.

mod invites;
pub(crate) mod table;

use super::core::Now;
use super::policy::{Right, Verb};
use super::{Control, openapi, socket, unix_now};
use crate::exit::{Exit, Failure};
use crate::protocol::api::{self, Claim, Claimed, ErrorBody, ErrorText, NewRoom, Room, RoomChange, RoomDetails, Rooms};
use crate::protocol::control::RoomMode;
use crate::protocol::people::People;
use crate::protocol::{control, invite, people, well_known};
use crate::server::audit::Event;
use crate::server::store::Account;
use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use std::sync::Arc;
use std::time::{Duration, Instant};
use table::{Access, Route};
use zeroize::Zeroizing;

/// The largest request body, in bytes.
const MAX_BODY: usize = 16 * 1024;
/// How long a request may take from its headers to its answer, its body included.
const REQUEST: Duration = Duration::from_secs(15);

/// What is for programs: see [`table`].
pub(super) fn routes() -> Vec<Route<Arc<Control>>> {
    let (ok, created, done) = (StatusCode::OK, StatusCode::CREATED, StatusCode::NO_CONTENT);
    vec![
        Route::get(openapi::PATH, "This document.", openapi::serve).ends(ok),
        Route::get(control::PATH, "The control websocket: membership, relayed messages, the group.", socket::upgrade)
            .ends(StatusCode::SWITCHING_PROTOCOLS),
        Route::post(api::CLAIM, "Turns an owner link into an account, once.", claim).takes::<Claim>().gives::<Claimed>(ok),
        Route::get(api::ROOMS, "Lists all rooms.", list_rooms).by(Access::Owner).gives::<Rooms>(ok),
        Route::post(api::ROOMS, "Creates a room.", create_room).by(Access::Owner).takes::<NewRoom>().gives::<Room>(created),
        Route::get(api::ROOM, "Shows a room.", show_room).by(Access::Owner).gives::<Room>(ok),
        Route::get(api::RULES, "Shows how a room is kept.", show_rules).by(Access::Owner).gives::<RoomDetails>(ok),
        Route::post(api::RULES, "Changes how a room is kept; who is in it is told.", change_room)
            .by(Access::Owner)
            .takes::<RoomChange>()
            .gives::<RoomDetails>(ok),
        Route::delete(api::ROOM, "Ends a room for everybody and removes it, its invites too.", delete_room)
            .by(Access::Owner)
            .ends(done),
        Route::get(people::PEOPLE, "Who is in a room now. The server does not know members' names.", list_people)
            .by(Access::Owner)
            .gives::<People>(ok),
        Route::get(invite::INVITES, "Lists invites, the newest first.", invites::list)
            .by(Access::Owner)
            .gives::<invite::Invites>(ok),
        Route::post(invite::INVITES, "Makes an invite; its secret is in this answer and nowhere else.", invites::create)
            .by(Access::Owner)
            .takes::<invite::NewInvite>()
            .gives::<invite::NewlyInvited>(created),
        Route::delete(invite::INVITE, "Revokes an invite; who came in by it stays.", invites::revoke)
            .by(Access::Owner)
            .ends(done),
        Route::post(invite::LOOK, "What an invite is, and whether its PIN is right; uses nothing up. Throttled.", invites::look)
            .takes::<invite::ShownInvite>()
            .gives::<invite::Looked>(ok),
    ]
}

/// The control plane's routes.
pub fn router(control: Arc<Control>) -> Router {
    table::router(routes())
        .route("/", get(|| async { "This is a Conclave server. Join a room with: conclave join https://HOST/ROOM\n" }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route(well_known::PATH, get(about))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(deadline))
        .layer(middleware::map_response(table::as_json))
        .with_state(control)
}

/// What answers where nothing is.
pub async fn nothing_here() -> Response {
    Error::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here; check the address").into_response()
}

pub(super) async fn deadline(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => Error::new(StatusCode::REQUEST_TIMEOUT, "timeout", "the request took too long; try again").into_response(),
    }
}

/// An answer that is no success.
pub(super) struct Error {
    status: StatusCode,
    body: ErrorBody,
}

impl Error {
    pub(super) fn new(status: StatusCode, code: &str, text: impl Into<String>) -> Self {
        Self { status, body: ErrorBody { error: ErrorText { code: code.into(), text: text.into() } } }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

impl From<Failure> for Error {
    fn from(f: Failure) -> Self {
        match f.exit {
            Exit::Data => Self::new(StatusCode::BAD_REQUEST, "invalid", f.text),
            Exit::Unavailable => Self::new(StatusCode::NOT_FOUND, "not_found", f.text),
            _ => {
                // The text may name files of the server: that is for its log, not for the network.
                tracing::error!("{f}");
                let text = "the server cannot do this now; ask its administrator to look at its log";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", text)
            }
        }
    }
}

pub(super) fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|_| {
        Error::new(
            StatusCode::BAD_REQUEST,
            "malformed",
            "the request's body is not the JSON that belongs here; update the client",
        )
    })
}

/// The token that a request shows.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let token = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    token.filter(|t| t.len() <= 256)
}

/// Whose request it is, and to what they have the right.
async fn authorize(control: &Control, headers: &HeaderMap, verb: Verb) -> Result<(Account, Right), Error> {
    let account = match bearer(headers) {
        Some(token) => control.store.account(token).await?,
        None => None,
    };
    let text = "this needs an account token that the server knows; log in with 'conclave login'";
    let account = account.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "denied", text))?;
    match control.policy().may(account.role, verb) {
        Right::None => Err(Error::new(StatusCode::FORBIDDEN, "denied", "your account may not do this; ask the server's owner")),
        right => Ok((account, right)),
    }
}

/// Whose request it is about a room that must be theirs, if they have a right to their own only. What is not theirs is not there.
async fn authorize_room(control: &Control, headers: &HeaderMap, verb: Verb, room: &str) -> Result<Account, Error> {
    let (account, right) = authorize(control, headers, verb).await?;
    if right == Right::All || control.store.rooms_of(&account.id).await?.contains(room) {
        return Ok(account);
    }
    Err(Error::new(StatusCode::NOT_FOUND, "not_found", "you have no such room; see the list of rooms"))
}

async fn about(State(control): State<Arc<Control>>) -> Json<well_known::WellKnown> {
    let ours = well_known::WellKnown::ours(control.dev);
    Json(match control.operations.get() {
        Some(operations) => operations.describe(ours),
        None => ours,
    })
}

async fn claim(State(control): State<Arc<Control>>, body: Bytes) -> Result<Response, Error> {
    let claim: Claim = read(&body)?;
    let secret = Zeroizing::new(claim.secret);
    let name = crate::text::clean_name(&claim.name).unwrap_or_else(|| "owner".to_owned());
    let Some((account, token)) = control.store.claim(&secret, &name, &claim.device, unix_now()).await? else {
        let text = "this owner link is wrong, was used or has expired; if nobody owns the server yet, restart it for a new one";
        return Err(Error::new(StatusCode::FORBIDDEN, "denied", text));
    };
    tracing::info!(account, "an owner link was used");
    control.report(|o| o.audit.note(Event::Account { act: "claimed", account: account.clone(), by: None }));
    let answer = Json(Claimed { account, token: token.to_string() });
    Ok(([(header::CACHE_CONTROL, "no-store")], answer).into_response())
}

async fn list_rooms(State(control): State<Arc<Control>>, headers: HeaderMap) -> Result<Json<Rooms>, Error> {
    let (account, right) = authorize(&control, &headers, Verb::SeeRooms).await?;
    let mut rooms = control.store.rooms().await?;
    if right == Right::Own {
        let own = control.store.rooms_of(&account.id).await?;
        rooms.retain(|r| own.contains(&r.name));
    }
    let inner = control.lock();
    for room in &mut rooms {
        room.members = Some(inner.core.members(&room.name));
    }
    Ok(Json(Rooms { rooms }))
}

/// A room that is stored, or in which somebody is (development).
async fn found(control: &Control, name: &str) -> Result<Room, Error> {
    let stored = control.store.room(name).await?;
    let inner = control.lock();
    let members = inner.core.members(name);
    let made =
        inner.core.mode(name).map(|mode| Room { name: name.to_owned(), mode, created: 0, invite_only: false, members: None });
    let nobody = || Error::new(StatusCode::NOT_FOUND, "not_found", "there is no such room; see the list of rooms");
    stored.or(made).map(|room| Room { members: Some(members), ..room }).ok_or_else(nobody)
}

async fn show_room(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Json<Room>, Error> {
    authorize_room(&control, &headers, Verb::SeeRooms, &name).await?;
    Ok(Json(found(&control, &name).await?))
}

async fn list_people(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Json<People>, Error> {
    authorize_room(&control, &headers, Verb::SeeRooms, &name).await?;
    let room = found(&control, &name).await?;
    let people = control.lock().core.people(Now { instant: Instant::now(), unix: unix_now() }, &name);
    Ok(Json(People { room: name, people, names_encrypted: room.mode != RoomMode::Open }))
}

async fn create_room(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Room>), Error> {
    let (account, _) = authorize(&control, &headers, Verb::CreateRoom).await?;
    let room: NewRoom = read(&body)?;
    let only = room.invite_only.unwrap_or(control.policy().invite_only);
    let room = control.store.create_room_for(&room.name, room.mode, only, unix_now()).await?;
    control.store.made_room(&room.name, &account.id).await?;
    tracing::info!(room = room.name, account = account.id, "a room was created");
    control.report(|o| o.audit.note(Event::Room { act: "created", room: room.name.clone(), by: Some(account.id) }));
    Ok((StatusCode::CREATED, Json(room)))
}

async fn details(control: &Control, name: &str) -> Result<RoomDetails, Error> {
    let gone = || Failure::new(Exit::Unavailable, "there is no such room; see 'conclave rooms list'");
    let mut room = control.store.room(name).await?.ok_or_else(gone)?;
    room.members = Some(control.lock().core.members(name));
    Ok(RoomDetails { room, rules: control.store.rules(name).await?, roles: control.store.room_roles(name).await? })
}

async fn show_rules(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Json<RoomDetails>, Error> {
    authorize_room(&control, &headers, Verb::SeeRooms, &name).await?;
    details(&control, &name).await.map(Json)
}

async fn change_room(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<RoomDetails>, Error> {
    let account = authorize_room(&control, &headers, Verb::DeleteRoom, &name).await?;
    control.store.change_room(&name, read::<RoomChange>(&body)?).await?;
    control.take_up_rules(&name).await;
    tracing::info!(room = name, account = account.id, "a room was changed");
    let now = details(&control, &name).await?;
    control.report(|o| o.audit.note(Event::Room { act: "changed", room: name, by: Some(account.id) }));
    Ok(Json(now))
}

async fn delete_room(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<StatusCode, Error> {
    let account = authorize_room(&control, &headers, Verb::DeleteRoom, &name).await?;
    control.store.delete_room(&name).await?;
    control.end_room(&name);
    tracing::info!(room = name, account = account.id, "a room was deleted");
    control.report(|o| o.audit.note(Event::Room { act: "deleted", room: name, by: Some(account.id) }));
    Ok(StatusCode::NO_CONTENT)
}

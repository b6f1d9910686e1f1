//! The HTTP side of the control plane. Errors are `{"error":{"code","text"}}`.

use super::{Control, socket, unix_now};
use crate::exit::{Exit, Failure};
use crate::protocol::api::{self, Claim, Claimed, ErrorBody, ErrorText, NewRoom, Room, Rooms};
use crate::protocol::{control, well_known};
use crate::server::audit::Event;
use crate::server::store::{Account, Role};
use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, delete, get, post};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use zeroize::Zeroizing;

/// The largest request body, in bytes.
const MAX_BODY: usize = 16 * 1024;
/// How long a request may take from its headers to its answer, its body included.
const REQUEST: Duration = Duration::from_secs(15);

/// What accounts do. Every right is decided in [`may`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    ListRooms,
    CreateRoom,
    DeleteRoom,
}

/// The role table.
fn may(role: Role, verb: Verb) -> bool {
    match (role, verb) {
        (Role::Owner, Verb::ListRooms | Verb::CreateRoom | Verb::DeleteRoom) => true,
        (Role::Member, _) => false,
    }
}

/// The control plane's routes.
pub fn router(control: Arc<Control>) -> Router {
    Router::new()
        .route("/", get(|| async { "This is a Conclave server. Join a room with: conclave join https://HOST/ROOM\n" }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route(well_known::PATH, get(about))
        .route(control::PATH, any(socket::upgrade))
        .route(api::CLAIM, post(claim))
        .route(api::ROOMS, get(list_rooms).post(create_room))
        .route("/api/v1/rooms/{name}", delete(delete_room))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(deadline))
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

async fn authorize(control: &Control, headers: &HeaderMap, verb: Verb) -> Result<Account, Error> {
    let account = match bearer(headers) {
        Some(token) => control.store.account(token).await?,
        None => None,
    };
    let text = "this needs an account token that the server knows; log in with 'conclave login'";
    let account = account.ok_or_else(|| Error::new(StatusCode::UNAUTHORIZED, "denied", text))?;
    if may(account.role, verb) {
        Ok(account)
    } else {
        Err(Error::new(StatusCode::FORBIDDEN, "denied", "your account may not do this; ask the server's owner"))
    }
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
    authorize(&control, &headers, Verb::ListRooms).await?;
    let mut rooms = control.store.rooms().await?;
    let inner = control.lock();
    for room in &mut rooms {
        room.members = Some(inner.core.members(&room.name));
    }
    Ok(Json(Rooms { rooms }))
}

async fn create_room(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Room>), Error> {
    let account = authorize(&control, &headers, Verb::CreateRoom).await?;
    let room: NewRoom = read(&body)?;
    let room = control.store.create_room(&room.name, room.mode, unix_now()).await?;
    tracing::info!(room = room.name, account = account.id, "a room was created");
    control.report(|o| o.audit.note(Event::Room { act: "created", room: room.name.clone(), by: Some(account.id) }));
    Ok((StatusCode::CREATED, Json(room)))
}

async fn delete_room(
    State(control): State<Arc<Control>>,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<StatusCode, Error> {
    let account = authorize(&control, &headers, Verb::DeleteRoom).await?;
    control.store.delete_room(&name).await?;
    control.end_room(&name);
    tracing::info!(room = name, account = account.id, "a room was deleted");
    control.report(|o| o.audit.note(Event::Room { act: "deleted", room: name, by: Some(account.id) }));
    Ok(StatusCode::NO_CONTENT)
}

//! HTTP and websockets of the media plane: `/rtc/v1`, `/rtc/v1/validate`, and a clear 404 for the older `/rtc`.
//!
//! Queries are never logged: browsers put the token there.

pub mod join;
mod rooms;
#[cfg(test)]
mod tests;

pub(crate) use rooms::{RoomHandle, Rooms, now};

use crate::server::edge::{self, Reached};
use crate::server::media::signal::{Input, Join};
use crate::server::media::token::{self, Grant, LoadGrant};
use crate::server::media::turn::Servers;
use crate::server::media::{Denied, SharedAuthority};
use axum::Extension;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use livekit_protocol as lk;
use prost::Message as _;
use rooms::{Frame, SOCKET_QUEUE, Socket};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The longest message from a client, in bytes.
const MAX_MESSAGE: usize = 256 * 1024;
/// The longest query, in bytes: a join request with its offer takes 2 to 4 KB.
const MAX_QUERY: usize = 64 * 1024;
/// Messages of one client in one second.
const MAX_RATE: u32 = 200;
/// How long a client may take to read one message, or to answer our close.
const WRITE_WAIT: Duration = Duration::from_secs(10);
const CLOSE_WAIT: Duration = Duration::from_secs(2);

/// The device that `conclave load` says it is.
pub(crate) const LOAD_DEVICE: &str = "conclave load";

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Plane {
    pub(crate) key: token::ApiKey,
    pub(crate) authority: SharedAuthority,
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) refusals: Arc<Refusals>,
    pub(crate) turn: Arc<Servers>,
}

/// The routes.
pub(crate) fn router(plane: Plane) -> axum::Router {
    let older = || async { refuse(StatusCode::NOT_FOUND, "this server speaks /rtc/v1: use a current LiveKit SDK") };
    axum::Router::new()
        .route("/rtc/v1", get(open))
        .route("/rtc/v1/validate", get(validate))
        .route("/rtc", get(older))
        .route("/rtc/validate", get(older))
        .with_state(plane)
}

/// An HTTP refusal. The CORS header lets livekit-client read it.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) StatusCode, pub(crate) String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], self.1).into_response()
    }
}

/// How many joins were refused: for the token; not now, or not into this room; for what was asked; for want of a place.
#[derive(Debug, Default)]
pub(crate) struct Refusals([AtomicU64; 4]);

impl Refusals {
    fn count(&self, refused: &Refused) {
        let [token, denied, malformed, full] = &self.0;
        let counter = match refused.0 {
            StatusCode::UNAUTHORIZED => token,
            StatusCode::FORBIDDEN => denied,
            StatusCode::SERVICE_UNAVAILABLE => full,
            _ => malformed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// All of them, with the words that metrics have for them.
    pub(crate) fn read(&self) -> [(&'static str, u64); 4] {
        let [token, denied, malformed, full] = self.0.each_ref().map(|n| n.load(Ordering::Relaxed));
        [("token", token), ("denied", denied), ("malformed", malformed), ("full", full)]
    }
}

fn refuse(status: StatusCode, text: &str) -> Refused {
    Refused(status, text.to_string())
}

impl Plane {
    /// Who asks: the token's signature, time and grant, and then the control plane.
    async fn admit(&self, headers: &HeaderMap, query: &str) -> Result<Grant, Refused> {
        let mut grant = self.verify(headers, query)?;
        if !grant.video.room_join || grant.video.room.is_empty() || grant.sub.is_empty() {
            return Err(refuse(StatusCode::FORBIDDEN, "the token does not allow joining a room"));
        }
        if grant.video.room.len() > 256 || grant.sub.len() > 256 || grant.name.len() > 256 {
            return Err(refuse(StatusCode::BAD_REQUEST, "the room, identity or name in the token is too long"));
        }
        self.join_crowd(&mut grant);
        match self.authority.admit(&grant).await {
            Ok(()) => Ok(grant),
            Err(Denied(why)) => Err(Refused(StatusCode::FORBIDDEN, why)),
        }
    }

    /// Gives who comes with the token of a load test's crowd an identity. What they come back with names that one.
    fn join_crowd(&self, grant: &mut Grant) {
        if grant.video.load == Some(LoadGrant::Crowd) {
            let number = self.rooms.fresh_socket().0;
            grant.video.load = Some(LoadGrant::Participant);
            grant.sub = format!("{}-{number}", grant.sub);
            grant.name = format!("{} {number}", grant.name);
        }
    }

    /// The token's signature and time.
    pub(crate) fn verify(&self, headers: &HeaderMap, query: &str) -> Result<Grant, Refused> {
        if query.len() > MAX_QUERY {
            return Err(refuse(StatusCode::URI_TOO_LONG, "the query is too long"));
        }
        let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' '));
        let token = match bearer {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.trim().to_string()),
            _ => parameter(query, "access_token"),
        };
        let token = zeroize::Zeroizing::new(token.unwrap_or_default());
        if token.is_empty() {
            return Err(refuse(StatusCode::UNAUTHORIZED, "no permissions to access the room: the token is missing"));
        }
        token::verify(&self.key, &token, now().unix_ms / 1000).map_err(|e| Refused(StatusCode::UNAUTHORIZED, e.to_string()))
    }
}

fn parameter(query: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == name).map(|(_, v)| v.into_owned())
}

async fn validate(State(plane): State<Plane>, headers: HeaderMap, RawQuery(query): RawQuery) -> Result<Response, Refused> {
    plane.admit(&headers, &query.unwrap_or_default()).await.inspect_err(|r| plane.refusals.count(r))?;
    Ok(([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], "success").into_response())
}

async fn open(
    State(plane): State<Plane>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    reached: Option<Extension<Reached>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refused> {
    let refusals = plane.refusals.clone();
    begin(plane, headers, query.unwrap_or_default(), reached, upgrade).await.inspect_err(|r| refusals.count(r))
}

async fn begin(
    plane: Plane,
    headers: HeaderMap,
    query: String,
    reached: Option<Extension<Reached>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Refused> {
    let grant = plane.admit(&headers, &query).await?;
    let request = join::decode(&parameter(&query, "join_request").unwrap_or_default())
        .map_err(|e| Refused(StatusCode::BAD_REQUEST, e.to_string()))?;
    // An honest load test says that it is one; what a dishonest one can do is bounded like everybody's joins.
    let load = request.client_info.as_ref().is_some_and(|c| c.device_model == LOAD_DEVICE);
    if load && grant.video.load.is_none() {
        let text = "this server takes part in a load test only with a token for it: conclave token ROOM --load";
        return Err(refuse(StatusCode::FORBIDDEN, text));
    }
    let upgrade = upgrade.map_err(|e| Refused(e.status(), e.body_text()))?;
    let room = plane
        .rooms
        .open(&grant.video.room)
        .ok_or_else(|| refuse(StatusCode::SERVICE_UNAVAILABLE, "this server takes no more rooms now"))?;
    let upgrade = edge::websocket(upgrade, MAX_MESSAGE);
    let loopback = reached.map(|Extension(Reached(address))| address).filter(|a| a.is_loopback());
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    // Members' clients have ways of their own through a network; stock ones take what they are told.
    let turn = if grant.sub.starts_with("m-") { Vec::new() } else { plane.turn.of(host, &grant.sub) };
    Ok(upgrade.on_upgrade(move |socket| serve(plane, room, (grant, request, loopback, turn), socket)))
}

/// Carries messages between a websocket and its room until one of them ends.
async fn serve(
    plane: Plane,
    room: Arc<RoomHandle>,
    (grant, request, loopback, ice_servers): (Grant, lk::JoinRequest, Option<IpAddr>, Vec<lk::IceServer>),
    mut socket: WebSocket,
) {
    let id = plane.rooms.fresh_socket();
    let json = Arc::new(AtomicBool::new(false));
    let (queue, mut frames) = mpsc::channel(SOCKET_QUEUE);
    let identity = grant.sub.clone();
    let permit = plane.authority.permit(&grant.video.room, &grant.sub);
    let join = Join { socket: id, grant: grant.clone(), permit, request, loopback, ice_servers };
    if !room.join(Socket { queue, json: json.clone() }, join).await {
        return;
    }
    // A member that the control plane removed between its first word and our join would stay: ask once more.
    if plane.authority.admit(&grant).await.is_err() {
        room.send(Input::Remove { identity, reason: lk::DisconnectReason::ParticipantRemoved }).await;
    }
    let mut rate = Rate::new(Instant::now());
    let end = loop {
        tokio::select! {
            frame = frames.recv() => {
                let message = match frame {
                    Some(Frame::Signal { text: Some(text), .. }) if json.load(Ordering::Relaxed) => Message::Text(text),
                    Some(Frame::Signal { binary, .. }) => Message::Binary(binary),
                    Some(Frame::Close) => break Some((1000, "")),
                    None => break Some((1013, "too slow")),
                };
                if !matches!(tokio::time::timeout(WRITE_WAIT, socket.send(message)).await, Ok(Ok(()))) {
                    break None;
                }
            }
            message = socket.recv() => {
                if !rate.allow(Instant::now()) {
                    break Some((1008, "too many messages"));
                }
                let request = match message {
                    Some(Ok(Message::Binary(bytes))) => lk::SignalRequest::decode(bytes).ok(),
                    Some(Ok(Message::Text(text))) => {
                        json.store(true, Ordering::Relaxed);
                        serde_json::from_str(text.as_str()).ok()
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => break None,
                };
                // What cannot be read is newer than we are, or noise.
                let Some(lk::SignalRequest { message: Some(message) }) = request else { continue };
                if !room.send(Input::Request { socket: id, message: Box::new(message) }).await {
                    break None;
                }
            }
        }
    };
    room.send(Input::Lost(id)).await;
    drop(room);
    // Closing takes both sides: without the last reads a client's own close would look to it like a broken connection.
    let _ = tokio::time::timeout(CLOSE_WAIT, async {
        if let Some((code, reason)) = end {
            let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
            if socket.send(close).await.is_err() {
                return;
            }
        }
        while let Some(Ok(_)) = socket.recv().await {}
    })
    .await; // either way the socket is dropped now
}

/// A count of messages per second.
struct Rate {
    since: Instant,
    count: u32,
}

impl Rate {
    fn new(now: Instant) -> Self {
        Self { since: now, count: 0 }
    }

    fn allow(&mut self, now: Instant) -> bool {
        if now.saturating_duration_since(self.since) >= Duration::from_secs(1) {
            *self = Self::new(now);
        }
        self.count += 1;
        self.count <= MAX_RATE
    }
}

//! The part of LiveKit's RoomService that operators' tools use: `POST /twirp/livekit.RoomService/<Method>`, as JSON or
//! protobuf (Twirp v7). It is about media only: a member of ours who is removed here still has its control session.

use crate::server::media::Denied;
use crate::server::media::signal::{Input, Order, described};
use crate::server::media::token::VideoGrant;
use crate::server::media::websocket::{Plane, Refused, RoomHandle};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use livekit_protocol as lk;
use std::sync::Arc;
use std::time::Duration;

/// The longest request, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// How long a request may take from its headers to its answer, its body included.
const REQUEST: Duration = Duration::from_secs(15);

/// The route.
pub(crate) fn router(plane: Plane) -> axum::Router {
    axum::Router::new()
        .route("/twirp/livekit.RoomService/{method}", post(call))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(deadline))
        .with_state(plane)
}

async fn deadline(request: Request, next: Next) -> Response {
    let late = || Fault(StatusCode::REQUEST_TIMEOUT, "deadline_exceeded", "the request took too long".into());
    tokio::time::timeout(REQUEST, next.run(request)).await.unwrap_or_else(|_| late().into_response())
}

/// A Twirp error: JSON for both encodings.
struct Fault(StatusCode, &'static str, String);

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        (self.0, axum::Json(serde_json::json!({ "code": self.1, "msg": self.2 }))).into_response()
    }
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        Self(StatusCode::UNAUTHORIZED, "unauthenticated", refused.1)
    }
}

fn not_found(what: &str) -> Fault {
    Fault(StatusCode::NOT_FOUND, "not_found", format!("requested {what} does not exist"))
}

/// The encoding of a call.
#[derive(Clone, Copy)]
enum Encoding {
    Json,
    Protobuf,
}

impl Encoding {
    fn read<T: prost::Message + Default + serde::de::DeserializeOwned>(self, body: &Bytes) -> Result<T, Fault> {
        let read = match self {
            Self::Json => serde_json::from_slice(body).ok(),
            Self::Protobuf => T::decode(&body[..]).ok(),
        };
        read.ok_or_else(|| Fault(StatusCode::BAD_REQUEST, "malformed", "the request cannot be read".into()))
    }

    fn write<T: prost::Message + serde::Serialize>(self, message: &T) -> Response {
        match self {
            Self::Json => axum::Json(message).into_response(),
            Self::Protobuf => ([(header::CONTENT_TYPE, "application/protobuf")], message.encode_to_vec()).into_response(),
        }
    }
}

async fn call(
    State(plane): State<Plane>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Fault> {
    let may = plane.verify(&headers, "")?.video;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let encoding = match kind.split(';').next().map(str::trim) {
        Some("application/json") => Encoding::Json,
        Some("application/protobuf") => Encoding::Protobuf,
        _ => return Err(Fault(StatusCode::NOT_FOUND, "bad_route", "send application/json or application/protobuf".into())),
    };
    match method.as_str() {
        "ListRooms" => {
            let request: lk::ListRoomsRequest = encoding.read(&body)?;
            require(may.room_list)?;
            let mut rooms = Vec::new();
            for room in plane.rooms.all() {
                if let Some((room, _)) = room.describe().await
                    && (request.names.is_empty() || request.names.contains(&room.name))
                {
                    rooms.push(room);
                }
            }
            Ok(encoding.write(&lk::ListRoomsResponse { rooms }))
        }
        "CreateRoom" => {
            let request: lk::CreateRoomRequest = encoding.read(&body)?;
            require(may.room_create)?;
            let refused = |Denied(why)| Fault(StatusCode::BAD_REQUEST, "invalid_argument", why);
            plane.authority.create_room(&request.name).await.map_err(refused)?;
            // Before somebody joins it there is nothing more to say of it.
            let idle = lk::Room { name: request.name.clone(), ..Default::default() };
            let room = match plane.rooms.find(&request.name) {
                Some(room) => room.describe().await.map_or(idle, |(room, _)| room),
                None => idle,
            };
            Ok(encoding.write(&room))
        }
        "DeleteRoom" => {
            let request: lk::DeleteRoomRequest = encoding.read(&body)?;
            require(may.room_create)?;
            plane.rooms.find(&request.room).ok_or_else(|| not_found("room"))?;
            plane.authority.end_room(&request.room);
            Ok(encoding.write(&lk::DeleteRoomResponse {}))
        }
        "UpdateRoomMetadata" => {
            let request: lk::UpdateRoomMetadataRequest = encoding.read(&body)?;
            let room = find(&plane, &may, &request.room)?;
            administer(&plane, &room, Order::Metadata(request.metadata));
            let (room, _) = room.describe().await.ok_or_else(|| not_found("room"))?;
            Ok(encoding.write(&room))
        }
        "ListParticipants" => {
            let request: lk::ListParticipantsRequest = encoding.read(&body)?;
            let participants = roster(&*find(&plane, &may, &request.room)?).await?;
            Ok(encoding.write(&lk::ListParticipantsResponse { participants }))
        }
        "GetParticipant" => {
            let request: lk::RoomParticipantIdentity = encoding.read(&body)?;
            let room = find(&plane, &may, &request.room)?;
            Ok(encoding.write(&participant(&room, &request.identity).await?))
        }
        "RemoveParticipant" => {
            let request: lk::RoomParticipantIdentity = encoding.read(&body)?;
            let room = find(&plane, &may, &request.room)?;
            participant(&room, &request.identity).await?;
            let reason = lk::DisconnectReason::ParticipantRemoved;
            plane.rooms.post(room, Input::Remove { identity: request.identity, reason });
            Ok(encoding.write(&lk::RemoveParticipantResponse {}))
        }
        "MutePublishedTrack" => {
            let request: lk::MuteRoomTrackRequest = encoding.read(&body)?;
            let room = find(&plane, &may, &request.room)?;
            if !request.muted {
                let why = "remote unmute is not offered: only the participant opens its microphone";
                return Err(Fault(StatusCode::PRECONDITION_FAILED, "failed_precondition", why.into()));
            }
            let (identity, track) = (request.identity.clone(), Some(request.track_sid.clone()));
            plane.rooms.post(room.clone(), Input::Mute { identity, track, muted: true });
            let of = participant(&room, &request.identity).await?;
            let track = of.tracks.into_iter().find(|t| t.sid == request.track_sid).ok_or_else(|| not_found("track"))?;
            Ok(encoding.write(&lk::MuteRoomTrackResponse { track: Some(track) }))
        }
        "UpdateParticipant" => {
            let request: lk::UpdateParticipantRequest = encoding.read(&body)?;
            let room = find(&plane, &may, &request.room)?;
            let now = participant(&room, &request.identity).await?;
            if described(&now, &request.name, &request.metadata, &request.attributes).is_none() {
                let why = "the name, the metadata or the attributes are too long";
                return Err(Fault(StatusCode::BAD_REQUEST, "invalid_argument", why.into()));
            }
            let identity = request.identity.clone();
            administer(&plane, &room, Order::Participant(request));
            Ok(encoding.write(&participant(&room, &identity).await?))
        }
        "UpdateSubscriptions" => {
            let request: lk::UpdateSubscriptionsRequest = encoding.read(&body)?;
            let room = find(&plane, &may, &request.room)?;
            participant(&room, &request.identity).await?;
            administer(&plane, &room, Order::Subscriptions(request));
            Ok(encoding.write(&lk::UpdateSubscriptionsResponse {}))
        }
        "SendData" => {
            let request: lk::SendDataRequest = encoding.read(&body)?;
            let room = find(&plane, &may, &request.room)?;
            administer(&plane, &room, Order::Data(request));
            Ok(encoding.write(&lk::SendDataResponse {}))
        }
        _ => Err(Fault(StatusCode::NOT_FOUND, "bad_route", format!("this server does not offer {}", method.escape_debug()))),
    }
}

fn require(granted: bool) -> Result<(), Fault> {
    match granted {
        true => Ok(()),
        false => Err(Fault(StatusCode::UNAUTHORIZED, "unauthenticated", "permissions denied".into())),
    }
}

/// The room, for who may administer it.
fn find(plane: &Plane, may: &VideoGrant, room: &str) -> Result<Arc<RoomHandle>, Fault> {
    require(may.room_admin && may.room == room)?;
    plane.rooms.find(room).ok_or_else(|| not_found("room"))
}

/// Has a room do something. It takes its inputs in order, so what is asked afterwards is how it is then.
fn administer(plane: &Plane, room: &Arc<RoomHandle>, order: Order) {
    plane.rooms.post(room.clone(), Input::Administer(Box::new(order)));
}

async fn participant(room: &RoomHandle, identity: &str) -> Result<lk::ParticipantInfo, Fault> {
    roster(room).await?.into_iter().find(|p| p.identity == identity).ok_or_else(|| not_found("participant"))
}

async fn roster(room: &RoomHandle) -> Result<Vec<lk::ParticipantInfo>, Fault> {
    Ok(room.describe().await.ok_or_else(|| not_found("room"))?.1)
}

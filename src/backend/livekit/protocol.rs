//! What goes over the wire: LiveKit's protobuf messages (one per binary websocket frame) and the join request in the URL.

use crate::call::LeaveReason;
use crate::exit::{Exit, Failure};
use crate::protocol::slots;
use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use livekit_protocol as lk;
use prost::Message as _;
use std::io::Write as _;

pub use lk::signal_request::Message as Request;
pub use lk::signal_response::Message as Response;

/// The largest signalling message that is read, in bytes. The largest real ones are answers with hundreds of sections.
pub const MAX_MESSAGE: usize = 4 << 20;
/// The protocol version that we speak.
const PROTOCOL: i32 = 17;
/// The attribute that announces a raised hand: milliseconds since the Unix epoch, empty when it is down.
pub const HAND_ATTRIBUTE: &str = "conclave.hand";
/// `JoinRequest.reconnect_reason`: the websocket was lost.
const SIGNAL_DISCONNECTED: i32 = lk::ReconnectReason::RrSignalDisconnected as i32;

/// What a client says of itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// The device; empty: nobody's business.
    pub device: &'static str,
    /// It takes its sound in slots ([`slots`]), where the server knows them.
    pub slots: bool,
}

/// The join request of a new session. The first offer travels in it.
pub fn join(about: About, offer: lk::SessionDescription) -> lk::JoinRequest {
    lk::JoinRequest {
        client_info: Some(client_info(about)),
        connection_settings: Some(settings()),
        publisher_offer: Some(offer),
        ..Default::default()
    }
}

/// The join request that goes on with a session.
pub fn resume(about: About, participant_sid: &str) -> lk::JoinRequest {
    lk::JoinRequest {
        client_info: Some(client_info(about)),
        connection_settings: Some(settings()),
        reconnect: true,
        reconnect_reason: SIGNAL_DISCONNECTED,
        participant_sid: participant_sid.into(),
        ..Default::default()
    }
}

fn client_info(about: About) -> lk::ClientInfo {
    lk::ClientInfo {
        device_model: about.device.into(),
        other_sdks: if about.slots { slots::SDK.into() } else { String::new() },
        version: env!("CARGO_PKG_VERSION").into(),
        protocol: PROTOCOL,
        os: std::env::consts::OS.into(),
        ..Default::default()
    }
}

fn settings() -> lk::ConnectionSettings {
    lk::ConnectionSettings { auto_subscribe: true, ..Default::default() }
}

/// The path and query of the signalling websocket. It holds no secret: the token goes into a header.
pub fn path(request: &lk::JoinRequest) -> Result<String, Failure> {
    let gzip = || {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gz.write_all(&request.encode_to_vec())?;
        gz.finish()
    };
    let join_request =
        gzip().map_err(|e: std::io::Error| Failure::new(Exit::Internal, format!("a join request cannot be compressed ({e})")))?;
    let wrapped = lk::WrappedJoinRequest { compression: lk::wrapped_join_request::Compression::Gzip as i32, join_request };
    // The padding matters: without it the server answers 400.
    Ok(format!("/rtc/v1?join_request={}", URL_SAFE.encode(wrapped.encode_to_vec())))
}

/// Encodes one message to the server.
pub fn encode(message: Request) -> Vec<u8> {
    lk::SignalRequest { message: Some(message) }.encode_to_vec()
}

/// Decodes one message of the server; `None` = one that is newer than we are.
pub fn decode(bytes: &[u8]) -> Result<Option<Response>, prost::DecodeError> {
    Ok(lk::SignalResponse::decode(bytes)?.message)
}

/// An offer of ours.
pub fn offer(id: u32, sdp: String) -> lk::SessionDescription {
    lk::SessionDescription { r#type: "offer".into(), sdp, id, ..Default::default() }
}

/// The request to publish the microphone; `cid` is the track id in the SDP.
pub fn add_microphone(cid: &str, muted: bool) -> Request {
    Request::AddTrack(lk::AddTrackRequest {
        cid: cid.into(),
        name: "microphone".into(),
        r#type: lk::TrackType::Audio as i32,
        source: lk::TrackSource::Microphone as i32,
        muted,
        disable_red: true,
        ..Default::default()
    })
}

/// One of our candidates.
pub fn trickle(candidate_init: String) -> Request {
    Request::Trickle(lk::TrickleRequest { candidate_init, target: lk::SignalTarget::Publisher as i32, r#final: false })
}

/// "I leave."
pub fn leave() -> Request {
    Request::Leave(lk::LeaveRequest { reason: lk::DisconnectReason::ClientInitiated as i32, ..Default::default() })
}

/// "Still here." `timestamp` in milliseconds since the Unix epoch.
pub fn ping(timestamp: i64) -> Request {
    Request::PingReq(lk::Ping { timestamp, rtt: 0 })
}

/// A change of our own name or attributes.
pub fn update_metadata(request_id: u32, name: String, attribute: Option<(&str, String)>) -> Request {
    let attributes = attribute.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
    Request::UpdateMetadata(lk::UpdateParticipantMetadata { name, attributes, request_id, ..Default::default() })
}

/// Whether a participant's microphone can be heard: it publishes an audio track that is not muted.
pub fn audible(p: &lk::ParticipantInfo) -> bool {
    p.tracks.iter().any(|t| t.r#type == lk::TrackType::Audio as i32 && !t.muted)
}

/// The number that packets of a track bear in a slot; 0 where the server gives none.
pub fn number(track: &lk::TrackInfo) -> u32 {
    track.codecs.first().and_then(|c| c.layers.first()).map_or(0, |layer| layer.ssrc)
}

/// When a participant's hand went up.
pub fn hand(p: &lk::ParticipantInfo) -> Option<u64> {
    p.attributes.get(HAND_ATTRIBUTE).and_then(|v| v.parse().ok())
}

/// What to do about a `leave` of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Departure {
    /// Dial again and resume.
    Resume,
    /// Join anew.
    Rejoin,
    /// It is over.
    End(LeaveReason, Failure),
}

/// Reads a `leave` of the server.
pub fn departure(leave: &lk::LeaveRequest) -> Departure {
    use lk::DisconnectReason as R;
    use lk::leave_request::Action;
    match leave.action() {
        Action::Resume => return Departure::Resume,
        Action::Reconnect => return Departure::Rejoin,
        Action::Disconnect => {}
    }
    let (reason, exit, text) = match leave.reason() {
        R::ParticipantRemoved => (LeaveReason::Removed, Exit::Removed, "a moderator removed you from the room"),
        R::RoomDeleted | R::RoomClosed => (LeaveReason::RoomEnded, Exit::RoomEnded, "the room has ended for everybody"),
        R::DuplicateIdentity => (
            LeaveReason::Replaced,
            Exit::Other,
            "somebody joined with the same identity, and the server lets only one of you in; use another token",
        ),
        R::ServerShutdown => {
            (LeaveReason::ServerShutdown, Exit::TempFail, "the server is shutting down; join again when it is back")
        }
        R::StateMismatch | R::Migration | R::SignalClose => return Departure::Rejoin,
        R::JoinFailure => (
            LeaveReason::Failed,
            Exit::Unavailable,
            "the server could not connect your media; check whether UDP is blocked and try again",
        ),
        R::ConnectionTimeout | R::MediaFailure => {
            (LeaveReason::NetworkLost, Exit::TempFail, "the server lost your media connection; check the network and join again")
        }
        _ => (LeaveReason::RoomEnded, Exit::Unavailable, "the server ended the session without a reason; join again"),
    };
    Departure::End(reason, Failure::new(exit, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn the_join_request_is_padded_base64url_of_gzip_and_holds_the_offer() {
        // Lengths around a multiple of three, so that some need padding.
        for n in 0..4 {
            let sdp = "v=0\r\n".to_owned() + &"x".repeat(n);
            let path = path(&join(About::default(), offer(1, sdp.clone()))).unwrap();
            let b64 = path.strip_prefix("/rtc/v1?join_request=").unwrap();
            assert_eq!(b64.len() % 4, 0, "padded");
            let wrapped = lk::WrappedJoinRequest::decode(&URL_SAFE.decode(b64).unwrap()[..]).unwrap();
            assert_eq!(wrapped.compression, 1);
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(&wrapped.join_request[..]).read_to_end(&mut plain).unwrap();
            let request = lk::JoinRequest::decode(&plain[..]).unwrap();
            assert_eq!(request.publisher_offer.unwrap().sdp, sdp);
        }
    }

    #[test]
    fn the_server_s_reasons_become_exit_codes() {
        let leave = |action: lk::leave_request::Action, reason: lk::DisconnectReason| {
            departure(&lk::LeaveRequest { action: action as i32, reason: reason as i32, ..Default::default() })
        };
        use lk::DisconnectReason as R;
        use lk::leave_request::Action::{Disconnect, Reconnect, Resume};
        for (reason, exit) in [
            (R::ParticipantRemoved, Exit::Removed),
            (R::RoomDeleted, Exit::RoomEnded),
            (R::RoomClosed, Exit::RoomEnded),
            (R::ServerShutdown, Exit::TempFail),
            (R::JoinFailure, Exit::Unavailable),
        ] {
            let Departure::End(_, failure) = leave(Disconnect, reason) else { panic!("{reason:?}") };
            assert_eq!(failure.exit, exit, "{reason:?}");
        }
        assert_eq!(leave(Resume, R::ServerShutdown), Departure::Resume);
        assert_eq!(leave(Reconnect, R::ServerShutdown), Departure::Rejoin);
        assert_eq!(leave(Disconnect, R::StateMismatch), Departure::Rejoin);
    }

    #[test]
    fn damaged_messages_are_errors_and_new_ones_are_nothing() {
        assert!(decode(&[0xff; 9]).is_err());
        assert_eq!(decode(&[]).unwrap(), None);
    }
}

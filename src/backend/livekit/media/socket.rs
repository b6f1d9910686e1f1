//! What is said on the signalling websocket.

use super::super::protocol::{self, Request, Response};
use crate::backend::socket::{self, Speech, To};
use crate::net::{self, Target};
use tokio_tungstenite::tungstenite::Message;
use zeroize::Zeroizing;

pub(crate) type Socket = socket::Socket<Signalling>;
pub(crate) type SocketEvent = socket::SocketEvent<Signalling>;

/// LiveKit's protocol: one protobuf message per binary frame.
pub(crate) enum Signalling {}

impl Speech for Signalling {
    type Ours = Request;
    type Theirs = Box<Response>;

    fn write(request: Request) -> Message {
        Message::binary(protocol::encode(request))
    }

    fn read(message: Message) -> Result<Option<Box<Response>>, String> {
        let Message::Binary(bytes) = message else { return Ok(None) };
        let response = protocol::decode(&bytes).map_err(|e| format!("sends what is not LiveKit's protocol ({e})"))?;
        Ok(response.map(Box::new))
    }
}

/// The way to a server's signalling, with the token that opens it.
pub(crate) fn to((target, net): (Target, net::Options), path: String, token: Zeroizing<String>) -> To {
    To { target, net, path: Zeroizing::new(path), bearer: Some(token), protocol: None, max: protocol::MAX_MESSAGE }
}

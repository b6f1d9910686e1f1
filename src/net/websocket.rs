//! Websockets over a dialled connection.

use super::{DIAL_TIMEOUT, Options, Target, tls};
use crate::exit::{Exit, Failure};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, http};

/// Room for what is read and written at once, in bytes.
const BUFFER: usize = 16 * 1024;

/// A connected websocket.
pub type Socket = WebSocketStream<tls::Stream>;

/// Opens a websocket. `path` may carry a query but no secret; `bearer` goes into the `Authorization` header. Messages
/// above `max_message` bytes end the connection.
pub async fn connect(
    to: &Target,
    options: &Options,
    path: &str,
    bearer: Option<&str>,
    max_message: usize,
) -> Result<Socket, Failure> {
    connect_speaking(to, options, path, bearer, None, max_message).await
}

/// The same, for a subprotocol (RFC 6455, section 1.9) that the server must agree to.
pub async fn connect_speaking(
    to: &Target,
    options: &Options,
    path: &str,
    bearer: Option<&str>,
    protocol: Option<&'static str>,
    max_message: usize,
) -> Result<Socket, Failure> {
    let stream = tls::connect(to, options).await?;
    let url = format!("{}://{}{path}", if to.tls { "wss" } else { "ws" }, to.authority());
    let bad =
        |e: &dyn std::fmt::Display| Failure::new(Exit::Data, format!("no websocket address can be made of this link ({e})"));
    let mut request = url.into_client_request().map_err(|e| bad(&e))?;
    if let Some(b) = bearer {
        request.headers_mut().insert("authorization", format!("Bearer {b}").parse().map_err(|e| bad(&e))?);
    }
    if let Some(protocol) = protocol {
        request.headers_mut().insert("sec-websocket-protocol", http::HeaderValue::from_static(protocol));
    }
    // The default buffers, 128 KiB each way, are for bulk: a client of ours sends and gets messages of a few KiB.
    let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(BUFFER);
    let config = config.max_message_size(Some(max_message)).max_frame_size(Some(max_message));
    let handshake = tokio_tungstenite::client_async_with_config(request, stream, Some(config));
    match tokio::time::timeout(DIAL_TIMEOUT, handshake).await {
        Err(_) => Err(Failure::new(
            Exit::Unavailable,
            format!("{} does not answer the websocket request; try again later", to.authority()),
        )),
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(tungstenite::Error::Http(r))) => Err(refused(to, &r)),
        Ok(Err(e)) => {
            Err(Failure::new(Exit::Protocol, format!("{} does not speak websocket here ({e}); check the link", to.authority())))
        }
    }
}

fn refused(to: &Target, r: &http::Response<Option<Vec<u8>>>) -> Failure {
    let body = r.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
    let body: String = crate::text::clean(&body).chars().take(200).collect();
    let says = if body.is_empty() { String::new() } else { format!(": {body}") };
    match r.status().as_u16() {
        401 | 403 => Failure::new(
            Exit::Denied,
            format!("{} refused the token{says}; it may be wrong or expired: ask for a new one", to.authority()),
        ),
        404 => Failure::new(
            Exit::Protocol,
            format!("{} has no such service{says}; it is not the server that the link means", to.authority()),
        ),
        s @ (429 | 503) => {
            Failure::new(Exit::Unavailable, format!("{} is busy (HTTP {s}){says}; try again later", to.authority()))
        }
        s => Failure::new(Exit::Protocol, format!("{} refused the connection (HTTP {s}){says}", to.authority())),
    }
}

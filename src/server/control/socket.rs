//! One control websocket: challenge, hello or resume, then messages both ways. The protocol itself is in [`super::core`].

use super::core::{Hello, Input, Note};
use super::invites::Invited;
use super::session::{Bucket, ConnectionId, encode, verify_hello};
use super::{Control, unix_now};
use crate::exit::Failure;
use crate::protocol::control::{ClientMessage, MAX_MESSAGE, MemberId, Refusal, SILENCE_SECONDS, Secret, ServerMessage};
use crate::protocol::{PROTOCOL_MAX, PROTOCOL_MIN, VERSION};
use crate::server::edge::{self, Caller};
use crate::server::secret;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;
use zeroize::Zeroizing;

/// How long a new websocket may take to say hello.
const HELLO: Duration = Duration::from_secs(10);
/// How long one message may take to leave.
const WRITE: Duration = Duration::from_secs(10);
/// How long the other side may take to answer a close frame.
const CLOSE: Duration = Duration::from_secs(1);
/// Messages of any kind a second, and at once; who sends more loses the websocket.
const FLOOD: (f64, f64) = (50.0, 200.0);

/// The HTTP side of the websocket.
pub async fn upgrade(
    State(control): State<Arc<Control>>,
    Extension(Caller(address)): Extension<Caller>,
    socket: WebSocketUpgrade,
) -> Response {
    edge::websocket(socket, MAX_MESSAGE).on_upgrade(move |socket| {
        let tasks = control.tasks.clone();
        tasks.track_future(serve(control, address, socket))
    })
}

async fn serve(control: Arc<Control>, address: IpAddr, mut socket: WebSocket) {
    let Some(place) = control.anteroom.admit(address) else {
        let text = "too many are coming in just now; try again in a moment";
        return refuse(&control, socket, Refusal::TooFast, text).await;
    };
    let nonce = URL_SAFE_NO_PAD.encode(secret::bytes::<32>());
    if !send(&mut socket, &encode(&ServerMessage::Challenge { nonce: nonce.clone() })).await {
        return;
    }
    let first = match timeout(HELLO, receive(&mut socket)).await {
        Ok(Received::Text(m)) => m,
        Ok(Received::Gone) => return,
        Ok(Received::TooLarge | Received::Nothing) => None,
        Err(_) => {
            return refuse(&control, socket, Refusal::Malformed, "nothing was said for too long; connect again").await;
        }
    };
    drop(place);
    // Before anything is verified or looked up: this is what a flood of joins costs.
    let taken = control.joins().take(address, Instant::now());
    if let Err(wait) = taken {
        let wait = wait.as_secs() + 1;
        let text = format!("too many have joined from your network just now; try again in {wait} s");
        return refuse(&control, socket, Refusal::TooFast, &text).await;
    }
    let (connection, outbox) = control.connect();
    match enter(&control, connection, &nonce, first, address).await {
        Ok(Entry { input, invited }) => {
            control.step(input);
            if let Some((invited, room, member)) = invited {
                let is_in = control.lock().core.has(connection);
                control.settle_invite(&invited, &room, &member, is_in).await;
            }
            run(&control, connection, outbox, socket).await;
        }
        Err((code, text)) => refuse(&control, socket, code, &text).await,
    }
    control.disconnect(connection);
}

/// What the first message asks for, and the invite by which, to which room and as which member.
struct Entry {
    input: Input,
    invited: Option<(Invited, String, MemberId)>,
}

/// What the first message asks for.
async fn enter(
    control: &Control,
    connection: ConnectionId,
    nonce: &str,
    first: Option<ClientMessage>,
    from: IpAddr,
) -> Result<Entry, (Refusal, String)> {
    match first {
        Some(ClientMessage::Hello { protocol, client, room, leaf_key, proof, credential, mode, invite, waits, introduction }) => {
            if !(PROTOCOL_MIN..=PROTOCOL_MAX).contains(&protocol) {
                let what = if protocol > PROTOCOL_MAX {
                    "ask its administrator to update it, or use an older client".to_owned()
                } else {
                    format!("fetch conclave {VERSION} or newer, from where you got this one")
                };
                return Err((Refusal::Protocol, format!("this server ({VERSION}) does not speak protocol {protocol}; {what}")));
            }
            let member = verify_hello(nonce, &room, &leaf_key, &proof)?;
            let unreadable = |e: Failure| {
                tracing::error!("{e}");
                (Refusal::Unknown, "the server cannot read its database; ask its administrator".to_owned())
            };
            let known = control.known(&room, mode).await.map_err(unreadable)?;
            let login = match credential {
                None => None,
                Some(Secret(token)) => {
                    let text = "your login at this server has ended; log in again with 'conclave login', or out with 'conclave \
                                logout' to join as a guest";
                    let login = control.store.login_of(&token, unix_now()).await.map_err(unreadable)?;
                    Some(login.ok_or((Refusal::Denied, text.to_owned()))?)
                }
            };
            let invited = match invite {
                Some(shown) => Some(control.redeem_invite(&shown, &room, &member, from).await.map_err(|t| t.refusal())?),
                None if login.is_none() && known.as_ref().is_some_and(|k| k.invite_only) => {
                    let text = "this room lets in only who has an account on its server or an invite; log in with 'conclave \
                                login', or ask whoever invited you for the link of an invite";
                    return Err((Refusal::Denied, text.to_owned()));
                }
                None => None,
            };
            let client: String = crate::text::clean(&client).chars().take(64).collect();
            tracing::debug!(%member, client, "hello");
            let role = invited.as_ref().and_then(|invited| invited.role.parse().ok());
            let invited = invited.map(|invited| (invited, room.clone(), member.clone()));
            let hello = Hello { connection, member, room, known, login, role, waits, introduction };
            Ok(Entry { input: Input::Hello(Box::new(hello)), invited })
        }
        Some(ClientMessage::Resume { session, secret, last_event }) => {
            Ok(Entry { input: Input::Resume { connection, session, secret: secret.0, last_event }, invited: None })
        }
        _ => Err((Refusal::Malformed, "the first message must be a hello or a resume; update the client".to_owned())),
    }
}

async fn run(control: &Control, connection: ConnectionId, mut outbox: mpsc::Receiver<Arc<str>>, mut socket: WebSocket) {
    let mut flood = Bucket::new(Instant::now(), FLOOD.0, FLOOD.1);
    loop {
        tokio::select! {
            text = outbox.recv() => match text {
                Some(text) => if !send(&mut socket, &text).await { return },
                None => return close(socket, close_code::NORMAL, "").await,
            },
            received = receive(&mut socket) => match received {
                Received::Gone => return,
                Received::TooLarge => {
                    let text = format!("a message may have {MAX_MESSAGE} bytes at most; send less at once");
                    send(&mut socket, &encode(&ServerMessage::Error { code: "too_large".into(), text })).await;
                    return close(socket, close_code::SIZE, "message too large").await;
                }
                Received::Text(_) | Received::Nothing if !flood.take(Instant::now(), 1.0) => {
                    return close(socket, close_code::POLICY, "too many messages").await;
                }
                Received::Nothing => {}
                Received::Text(message) => control.step(Input::Message { connection, message }),
            },
        }
    }
}

enum Received {
    /// A message; `None` if it cannot be read.
    Text(Option<ClientMessage>),
    /// A websocket ping or pong, which the library answers.
    Nothing,
    TooLarge,
    Gone,
}

async fn receive(socket: &mut WebSocket) -> Received {
    // The machine closes a silent session first; this bound only backs it up.
    match timeout(Duration::from_secs(2 * SILENCE_SECONDS), socket.recv()).await {
        Ok(Some(Ok(Message::Text(text)))) => {
            let text = Zeroizing::new(text.as_str().to_owned());
            Received::Text(serde_json::from_str(&text).ok())
        }
        Ok(Some(Ok(Message::Binary(_)))) => Received::Text(None),
        Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => Received::Nothing,
        Ok(Some(Err(e))) => {
            if too_large(e) {
                Received::TooLarge
            } else {
                Received::Gone
            }
        }
        Ok(Some(Ok(Message::Close(_))) | None) | Err(_) => Received::Gone,
    }
}

fn too_large(e: axum::Error) -> bool {
    let e = e.into_inner();
    matches!(e.downcast_ref::<tungstenite::Error>(), Some(tungstenite::Error::Capacity(_)))
}

async fn send(socket: &mut WebSocket, text: &str) -> bool {
    matches!(timeout(WRITE, socket.send(Message::Text(text.into()))).await, Ok(Ok(())))
}

async fn refuse(control: &Control, mut socket: WebSocket, code: Refusal, text: &str) {
    control.report(|o| o.take(Note::Refused(code)));
    send(&mut socket, &encode(&ServerMessage::Refused { code, text: text.to_owned() })).await;
    close(socket, close_code::NORMAL, "").await;
}

/// Closes politely: a reset would take the last messages away from the other side.
async fn close(mut socket: WebSocket, code: u16, reason: &'static str) {
    let goodbye = async {
        if socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await.is_ok() {
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    let _ = timeout(CLOSE, goodbye).await;
}

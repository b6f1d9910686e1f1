//! One websocket of a backend: dials, reports, pumps, ends. What its messages are is for [`Speech`] to say.

use crate::exit::{Exit, Failure};
use crate::net::{self, Target, websocket};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use zeroize::Zeroizing;

/// How many messages may wait for the socket. When it is full, the socket is stuck and its owner's deadlines end it.
const QUEUE: usize = 256;
/// How long one write, or the goodbye, may take.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// What is said on a socket.
pub(crate) trait Speech: 'static {
    /// What we say.
    type Ours: Send + 'static;
    /// What the server says.
    type Theirs: Send + 'static;

    /// A message of ours.
    fn write(message: Self::Ours) -> Message;
    /// A message of the server's. `None`: nothing of this speech. `Err`: why the socket ends, as the end of a sentence that begins with
    /// the server.
    fn read(message: Message) -> Result<Option<Self::Theirs>, String>;
}

/// What a socket reports, with its key.
pub(crate) enum SocketEvent<S: Speech> {
    Opened,
    Said(S::Theirs),
    Lost(Failure),
}

/// Where a socket leads.
pub(crate) struct To {
    pub(crate) target: Target,
    pub(crate) net: net::Options,
    /// Path and query: they may carry what must not be shown.
    pub(crate) path: Zeroizing<String>,
    /// For the `Authorization` header.
    pub(crate) bearer: Option<Zeroizing<String>>,
    /// The subprotocol that the server must agree to (RFC 6455, section 1.9).
    pub(crate) protocol: Option<&'static str>,
    /// The longest message that is read, in bytes.
    pub(crate) max: usize,
}

/// A socket. Dropping it ends it at once.
pub(crate) struct Socket<S: Speech> {
    messages: Option<mpsc::Sender<S::Ours>>,
    task: JoinHandle<()>,
}

impl<S: Speech> Drop for Socket<S> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl<S: Speech> Socket<S> {
    /// Dials in the background. `key` tells its events from those of other sockets of the same owner.
    pub(crate) fn open<K: Copy + Send + 'static>(to: To, key: K, events: mpsc::Sender<(K, SocketEvent<S>)>) -> Self {
        let (messages, queue) = mpsc::channel(QUEUE);
        let task = tokio::spawn(async move {
            let To { target, net, path, bearer, protocol, max } = to;
            let bearer = bearer.as_ref().map(|b| b.as_str());
            let why = match websocket::connect_speaking(&target, &net, &path, bearer, protocol, max).await {
                Ok(socket) => {
                    // The reader of these events waits for nothing of ours, so this ends.
                    let _ = events.send((key, SocketEvent::Opened)).await;
                    let at = target.authority();
                    pump(socket, queue, key, &events).await.map(|why| Failure::new(Exit::TempFail, format!("{at} {why}")))
                }
                Err(e) => Some(e),
            };
            if let Some(why) = why {
                let _ = events.send((key, SocketEvent::Lost(why))).await;
            }
        });
        Self { messages: Some(messages), task }
    }

    /// Sends a message; it may be lost with the socket.
    pub(crate) fn send(&self, message: S::Ours) {
        if self.messages.as_ref().is_none_or(|m| m.try_send(message).is_err()) {
            tracing::debug!("a message was lost with its socket");
        }
    }

    /// Sends what waits, says goodbye and ends.
    pub(crate) async fn close(mut self) {
        self.messages = None;
        let _ = tokio::time::timeout(Duration::from_secs(1), &mut self.task).await;
    }
}

/// Runs until the socket ends (why, as the end of a sentence that begins with the server) or its owner closes it (`None`).
async fn pump<S: Speech, K: Copy>(
    socket: websocket::Socket,
    mut queue: mpsc::Receiver<S::Ours>,
    key: K,
    events: &mpsc::Sender<(K, SocketEvent<S>)>,
) -> Option<String> {
    let (mut tx, mut rx) = socket.split();
    loop {
        tokio::select! {
            message = queue.recv() => {
                let Some(message) = message else {
                    let _ = tokio::time::timeout(WRITE_TIMEOUT, tx.send(Message::Close(None))).await;
                    return None;
                };
                match tokio::time::timeout(WRITE_TIMEOUT, tx.send(S::write(message))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(e)) => return Some(format!("cannot be written to ({e})")),
                    Err(_) => return Some("takes nothing any more".into()),
                }
            }
            message = rx.next() => match message {
                Some(Ok(Message::Close(_))) | None => return Some("closed the connection".into()),
                Some(Ok(message)) => match S::read(message) {
                    Ok(Some(said)) => events.send((key, SocketEvent::Said(said))).await.ok()?,
                    Ok(None) => {}
                    Err(why) => return Some(why),
                },
                Some(Err(e)) => return Some(format!("lost the connection ({e})")),
            },
        }
    }
}

/// Speech that is text, as it comes and goes.
pub(crate) enum Text {}

impl Speech for Text {
    type Ours = String;
    type Theirs = String;

    fn write(message: String) -> Message {
        Message::text(message)
    }

    fn read(message: Message) -> Result<Option<String>, String> {
        Ok(match message {
            Message::Text(text) => Some(text.as_str().to_owned()),
            _ => None,
        })
    }
}

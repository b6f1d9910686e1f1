//! One websocket that carries text: the server's, or the bridge's.

use crate::exit::{Exit, Failure};
use crate::net::{self, Target, websocket};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use zeroize::Zeroizing;

/// How many messages may wait for the socket. When it is full, the socket is stuck and its own deadlines end it.
const QUEUE: usize = 256;
/// How long one write, or the goodbye, may take.
const WRITE: Duration = Duration::from_secs(5);

/// Which socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The server's, of this generation.
    Server(u32),
    /// The bridge's, of this media session.
    Bridge(u32),
}

/// What a socket reports.
#[derive(Debug)]
pub(super) enum SocketEvent {
    Opened,
    Text(String),
    Lost(Failure),
}

/// Where a socket leads.
pub(super) struct To {
    pub(super) target: Target,
    pub(super) net: net::Options,
    /// Path and query: they may carry what must not be shown.
    pub(super) path: Zeroizing<String>,
    pub(super) bearer: Option<Zeroizing<String>>,
    pub(super) protocol: Option<&'static str>,
    pub(super) max: usize,
}

/// A socket. Dropping it ends it at once.
pub(super) struct Socket {
    messages: Option<mpsc::Sender<String>>,
    task: JoinHandle<()>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Socket {
    /// Dials in the background.
    pub(super) fn open(to: To, which: Which, events: mpsc::Sender<(Which, SocketEvent)>) -> Self {
        let (messages, queue) = mpsc::channel(QUEUE);
        let task = tokio::spawn(async move {
            let To { target, net, path, bearer, protocol, max } = to;
            let bearer = bearer.as_ref().map(|b| b.as_str());
            let why = match websocket::connect_speaking(&target, &net, &path, bearer, protocol, max).await {
                Ok(socket) => {
                    // The reader of these events waits for nothing of ours, so this ends.
                    let _ = events.send((which, SocketEvent::Opened)).await;
                    let at = target.authority();
                    pump(socket, queue, which, &events).await.map(|why| Failure::new(Exit::TempFail, format!("{at} {why}")))
                }
                Err(e) => Some(e),
            };
            if let Some(why) = why {
                let _ = events.send((which, SocketEvent::Lost(why))).await;
            }
        });
        Self { messages: Some(messages), task }
    }

    /// Sends a message; it may be lost with the socket.
    pub(super) fn send(&self, text: String) {
        if self.messages.as_ref().is_none_or(|m| m.try_send(text).is_err()) {
            tracing::debug!("a message was lost with its socket");
        }
    }

    /// Sends what waits, says goodbye and ends.
    pub(super) async fn close(mut self) {
        self.messages = None;
        let _ = tokio::time::timeout(Duration::from_secs(1), &mut self.task).await;
    }
}

/// Runs until the socket ends (why, as the end of a sentence that begins with the server) or its owner closes it (`None`).
async fn pump(
    socket: websocket::Socket,
    mut queue: mpsc::Receiver<String>,
    which: Which,
    events: &mpsc::Sender<(Which, SocketEvent)>,
) -> Option<String> {
    let (mut tx, mut rx) = socket.split();
    loop {
        tokio::select! {
            message = queue.recv() => {
                let Some(message) = message else {
                    let _ = tokio::time::timeout(WRITE, tx.send(Message::Close(None))).await;
                    return None;
                };
                match tokio::time::timeout(WRITE, tx.send(Message::text(message))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(e)) => return Some(format!("cannot be written to ({e})")),
                    Err(_) => return Some("takes nothing any more".into()),
                }
            }
            message = rx.next() => match message {
                Some(Ok(Message::Text(text))) => events.send((which, SocketEvent::Text(text.as_str().to_owned()))).await.ok()?,
                Some(Ok(Message::Close(_))) | None => return Some("closed the connection".into()),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Some(format!("lost the connection ({e})")),
            },
        }
    }
}

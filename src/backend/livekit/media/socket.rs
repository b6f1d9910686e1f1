//! One signalling websocket: dials, reports, pumps, ends.

use super::super::protocol::{self, Request, Response};
use crate::exit::{Exit, Failure};
use crate::net::{self, Target, websocket};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use zeroize::Zeroizing;

/// How many requests may wait for the socket. When it is full, the socket is stuck and its pings end it.
const QUEUE: usize = 256;
/// How long one write, or the goodbye, may take.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);

/// What a socket reports, with its key.
pub(crate) enum SocketEvent {
    Opened,
    Signal(Box<Response>),
    Lost(Failure),
}

/// A socket. Dropping it ends it at once.
pub(crate) struct Socket {
    requests: Option<mpsc::Sender<Request>>,
    task: JoinHandle<()>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Socket {
    /// Dials in the background. `key` tells its events from those of other sockets of the same owner.
    pub(crate) fn open<K: Copy + Send + 'static>(
        (target, net): (Target, net::Options),
        key: K,
        path: String,
        token: Zeroizing<String>,
        events: mpsc::Sender<(K, SocketEvent)>,
    ) -> Self {
        let (requests, queue) = mpsc::channel(QUEUE);
        let task = tokio::spawn(async move {
            let why = match websocket::connect(&target, &net, &path, Some(&token), protocol::MAX_MESSAGE).await {
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
        Self { requests: Some(requests), task }
    }

    /// Sends a request; it may be lost with the socket.
    pub(crate) fn send(&self, request: Request) {
        if self.requests.as_ref().is_none_or(|r| r.try_send(request).is_err()) {
            tracing::debug!("a signalling request was lost with its socket");
        }
    }

    /// Sends what waits, says goodbye and ends.
    pub(crate) async fn close(mut self) {
        self.requests = None;
        let _ = tokio::time::timeout(Duration::from_secs(1), &mut self.task).await;
    }
}

/// Runs until the socket ends (why, as the end of a sentence that begins with the server) or its owner closes it (`None`).
async fn pump<K: Copy>(
    socket: websocket::Socket,
    mut queue: mpsc::Receiver<Request>,
    key: K,
    events: &mpsc::Sender<(K, SocketEvent)>,
) -> Option<String> {
    let (mut tx, mut rx) = socket.split();
    loop {
        tokio::select! {
            request = queue.recv() => {
                let Some(request) = request else {
                    let _ = tokio::time::timeout(WRITE_TIMEOUT, tx.send(Message::Close(None))).await;
                    return None;
                };
                let write = tx.send(Message::binary(protocol::encode(request)));
                match tokio::time::timeout(WRITE_TIMEOUT, write).await {
                    Ok(Ok(())) => {}
                    Ok(Err(e)) => return Some(format!("cannot be written to ({e})")),
                    Err(_) => return Some("takes nothing any more".into()),
                }
            }
            message = rx.next() => match message {
                Some(Ok(Message::Binary(b))) => match protocol::decode(&b) {
                    Ok(Some(m)) => events.send((key, SocketEvent::Signal(Box::new(m)))).await.ok()?,
                    Ok(None) => {}
                    Err(e) => return Some(format!("sends what is not LiveKit's protocol ({e})")),
                },
                Some(Ok(Message::Close(_))) | None => return Some("closed the connection".into()),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Some(format!("lost the connection ({e})")),
            },
        }
    }
}

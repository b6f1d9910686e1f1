//! A scripted client's websocket to the bridge.

use super::record::PATIENCE;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

pub(crate) struct Channel(WebSocketStream<TcpStream>);

impl Channel {
    /// Opens the websocket that the offer names. `Err`: the answer's status.
    pub(crate) async fn open(url: &str) -> Result<Self, String> {
        let authority = url.strip_prefix("ws://").unwrap().split('/').next().unwrap();
        let stream = TcpStream::connect(authority).await.unwrap();
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await.map_err(|e| e.to_string())?;
        Ok(Self(socket))
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Value {
        let next = async {
            loop {
                if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                    return serde_json::from_str(&text).unwrap();
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.unwrap()
    }

    /// The next message of this class.
    pub(crate) async fn until(&mut self, class: &str) -> Value {
        loop {
            let message = self.next().await;
            if message["colibriClass"] == class {
                return message;
            }
        }
    }
}

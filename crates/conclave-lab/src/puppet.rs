//! A control session in a test's own hands: it says hello as a client does, and then nothing by itself.

use crate::conclave::PATIENCE;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use serde_json::{Value, json};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::{self, Message, WebSocket};

const HELLO_CONTEXT: &[u8] = b"conclave hello v1\0";

/// The session.
pub struct Puppet {
    socket: WebSocket<TcpStream>,
    /// Everything that came.
    pub seen: Vec<Value>,
}

impl Puppet {
    /// Says hello to a server (`host:port`) with a leaf key. What the server answers is in [`Puppet::seen`].
    pub fn hello(authority: &str, room: &str, leaf: &SigningKey) -> Self {
        let stream = TcpStream::connect(authority).unwrap();
        let (socket, _) = tungstenite::client(format!("ws://{authority}/api/v1/control"), stream).unwrap();
        let mut puppet = Self { socket, seen: Vec::new() };
        let nonce = puppet.wait_for("challenge", |m| m["type"] == "challenge")["nonce"].clone();
        let nonce = URL_SAFE_NO_PAD.decode(nonce.as_str().unwrap()).unwrap();
        let proof = leaf.sign(&[HELLO_CONTEXT, &nonce, room.as_bytes()].concat());
        puppet.say(&json!({
            "type": "hello", "protocol": 2, "client": "puppet", "room": room, "mode": "strict",
            "leaf_key": URL_SAFE_NO_PAD.encode(leaf.verifying_key().as_bytes()),
            "proof": URL_SAFE_NO_PAD.encode(proof.to_bytes()),
        }));
        puppet.wait_for("an answer", |m| m["type"] == "welcome" || m["type"] == "refused");
        puppet
    }

    /// Says something. What cannot be sent any more is lost.
    pub fn say(&mut self, message: &Value) {
        let _ = self.socket.send(Message::text(message.to_string()));
    }

    /// Says something about the group.
    pub fn group(&mut self, message: Value) {
        self.say(&json!({"type": "group", "message": message}));
    }

    /// The next message; `None` after `patience`, or when the server has hung up.
    pub fn next(&mut self, patience: Duration) -> Option<Value> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            self.socket.get_ref().set_read_timeout(Some(left.max(Duration::from_millis(1)))).unwrap();
            let Message::Text(text) = self.socket.read().ok()? else { continue };
            let message: Value = serde_json::from_str(&text).unwrap();
            self.seen.push(message.clone());
            return Some(message);
        }
    }

    /// Waits for the next message of which `wanted` is true.
    pub fn wait_for(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.next(left) {
                Some(message) if wanted(&message) => return message,
                Some(_) => {}
                None => panic!("no {what}; seen: {:#?}", self.seen),
            }
        }
    }

    /// Waits for the next message about the group of this kind.
    pub fn wait_for_group(&mut self, kind: &str) -> Value {
        self.wait_for(kind, |m| m["type"] == "group" && m["message"]["mls"] == kind)["message"].clone()
    }
}

/// Bytes as they stand in messages.
pub fn text(bytes: &[u8]) -> Value {
    URL_SAFE_NO_PAD.encode(bytes).into()
}

/// Bytes out of a message.
pub fn bytes(value: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(value.as_str().expect("bytes as text")).unwrap()
}

//! Webhooks, as LiveKit sends them: what happens in the media plane, by HTTP POST to addresses of the administrator's.
//!
//! The body is a `WebhookEvent` in JSON (`application/webhook+json`). The `Authorization` header holds, without `Bearer`,
//! an access token signed with the server's API key that is good for five minutes and names the body's SHA-256 in base64
//! (claim `sha256`), so receivers of the LiveKit server SDKs accept them as they are.
//!
//! Each address has a queue and a task of its own: one that is slow or away delays and loses its own events, and nobody
//! else's.

use crate::exit::{Exit, Failure};
use crate::net::{self, DIAL_TIMEOUT, Target, http};
use crate::server::control::unix_now;
use crate::server::media::token::{self, ApiKey};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http_body_util::Full;
use livekit_protocol as lk;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::str::FromStr;
use std::time::Duration;
use tokio::sync::mpsc;

/// Events that wait for one address; the newest are lost when there are more.
const QUEUE: usize = 1024;
/// Pauses before an event is tried again.
const AGAIN: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(20)];
/// How long a signature is good for, in seconds.
const SIGNATURE_SECONDS: i64 = 300;
/// The most that is read of an answer, in bytes.
const MAX_ANSWER: usize = 16 * 1024;

/// Where events go: `http://` or `https://` (by the system's certificate authorities), host, port, path and query.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    target: Target,
    path: String,
}

impl FromStr for Address {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let url = url::Url::parse(s).map_err(|e| format!("{e}; write it as https://host/path"))?;
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            other => return Err(format!("{other} is neither http nor https")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address with a password in it would end up in logs; receivers check the signature instead".into());
        }
        let host = url.host_str().ok_or("there is no host in it")?.trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().ok_or("there is no port in it")?;
        let path = url.query().map_or_else(|| url.path().to_owned(), |q| format!("{}?{q}", url.path()));
        Ok(Self { target: Target { host, port, tls }, path })
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(s: String) -> Result<Self, String> {
        s.parse()
    }
}

/// What the `Authorization` header of a webhook says.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    nbf: i64,
    exp: i64,
    iat: i64,
    sha256: String,
}

/// Sends events to all addresses.
#[derive(Debug, Clone, Default)]
pub struct Webhooks(Vec<mpsc::Sender<Bytes>>);

impl Webhooks {
    /// Starts a task per address, in the present tokio runtime; they end with the last clone of what is returned.
    pub fn start(addresses: Vec<Address>, key: &ApiKey) -> Self {
        let start = |address| {
            let (queue, events) = mpsc::channel(QUEUE);
            tokio::spawn(deliver(address, key.clone(), events));
            queue
        };
        Self(addresses.into_iter().map(start).collect())
    }

    /// Sends an event; never waits.
    pub fn send(&self, mut event: lk::WebhookEvent) {
        if self.0.is_empty() {
            return;
        }
        event.created_at = unix_now();
        let Ok(body) = serde_json::to_vec(&event).map(Bytes::from) else { return };
        for queue in &self.0 {
            if queue.try_send(body.clone()).is_err() {
                tracing::warn!(event = event.event, "a webhook's receiver is too slow; the event is lost for it");
            }
        }
    }
}

async fn deliver(address: Address, key: ApiKey, mut events: mpsc::Receiver<Bytes>) {
    while let Some(body) = events.recv().await {
        for pause in AGAIN.into_iter().map(Some).chain([None]) {
            match post(&address, &key, body.clone()).await {
                Ok(()) => break,
                Err(e) => tracing::warn!("a webhook's receiver did not take an event: {e}"),
            }
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => tracing::warn!("an event is lost for this receiver"),
            }
        }
    }
}

async fn post(address: &Address, key: &ApiKey, body: Bytes) -> Result<(), Failure> {
    let now = unix_now();
    let sha256 = STANDARD.encode(Sha256::digest(&body));
    let claims = Claims { iss: &key.key, nbf: now, exp: now + SIGNATURE_SECONDS, iat: now, sha256 };
    let signature = token::sign_claims(key, &claims)?;
    let request = hyper::Request::post(&address.path)
        .header("host", address.target.authority())
        .header("content-type", "application/webhook+json")
        .header("authorization", signature.as_str())
        .body(Full::new(body))
        .map_err(|e| Failure::new(Exit::Config, format!("its address cannot be used ({e})")))?;
    let by_authority = net::Options::default();
    let exchange = http::send(&address.target, &by_authority, request, MAX_ANSWER);
    let late = |_| Failure::new(Exit::Unavailable, "it does not answer in time");
    let answer = tokio::time::timeout(2 * DIAL_TIMEOUT, exchange).await.map_err(late)??;
    match answer.status.is_success() {
        true => Ok(()),
        false => Err(Failure::new(Exit::Unavailable, format!("it answers {}", answer.status))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_passwords_refused() {
        let a: Address = "https://hooks.example.org/in?room=1".parse().unwrap();
        assert_eq!((a.target.authority().as_str(), a.target.tls, a.path.as_str()), ("hooks.example.org:443", true, "/in?room=1"));
        let a: Address = "http://[::1]:8080".parse().unwrap();
        assert_eq!((a.target.authority().as_str(), a.target.tls, a.path.as_str()), ("[::1]:8080", false, "/"));
        for bad in ["", "hooks", "ftp://x/", "https://a:b@x/"] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}

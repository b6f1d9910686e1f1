//! One bounded HTTP request at a time, over a dialled connection.

use super::{DIAL_TIMEOUT, Options, Target, tls};
use crate::exit::{Exit, Failure};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;

/// An answer.
#[derive(Debug)]
pub struct Response {
    /// Status code.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, within the bound that was given.
    pub body: Bytes,
}

/// Sends a request and reads the whole answer, at most `max_bytes` of body, within [`DIAL_TIMEOUT`] after connecting.
/// `bearer` goes into the `Authorization` header; nothing secret goes into `path`.
pub async fn request(
    to: &Target,
    options: &Options,
    method: Method,
    path: &str,
    bearer: Option<&str>,
    json: Option<Vec<u8>>,
    max_bytes: usize,
) -> Result<Response, Failure> {
    let mut req = Request::builder().method(method).uri(path).header("host", to.authority());
    if let Some(b) = bearer {
        req = req.header("authorization", format!("Bearer {b}"));
    }
    if json.is_some() {
        req = req.header("content-type", "application/json");
    }
    let req = req.body(Full::new(Bytes::from(json.unwrap_or_default())));
    let req = req.map_err(|e| Failure::new(Exit::Data, format!("the link cannot be used ({e}); check it")))?;
    send(to, options, req, max_bytes).await
}

/// Sends any request, and reads the answer as [`request`] does.
pub async fn send(to: &Target, options: &Options, req: Request<Full<Bytes>>, max_bytes: usize) -> Result<Response, Failure> {
    let stream = tls::connect(to, options).await?;
    let not_http = |e: String| {
        Failure::new(
            Exit::Protocol,
            format!("{} does not speak HTTP as a Conclave server does ({e}); check the link", to.authority()),
        )
    };
    let exchange = async {
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|e| not_http(e.to_string()))?;
        let connection = tokio::spawn(connection);
        let answer = sender.send_request(req).await.map_err(|e| not_http(e.to_string()))?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, max_bytes).collect().await.map_err(|e| not_http(e.to_string()))?.to_bytes();
        connection.abort();
        Ok(Response { status: parts.status, headers: parts.headers, body })
    };
    tokio::time::timeout(DIAL_TIMEOUT, exchange).await.unwrap_or_else(|_| {
        Err(Failure::new(
            Exit::Unavailable,
            format!("{} accepted the connection but does not answer; try again later", to.authority()),
        ))
    })
}

//! The one port of a Jitsi deployment, as nginx has it there: the page and `config.js`, the websockets of prosody and of the
//! bridge, and the focus by HTTP.

use super::bridge::Bridge;
use super::focus::Input;
use super::record::{Record, Way};
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use futures_util::{SinkExt as _, StreamExt as _};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// The bridge pings its websockets.
const PING: Duration = Duration::from_secs(15);

/// What nobody can resume.
const FORGOTTEN: &str = "<resume xmlns='urn:xmpp:sm:3' h='0' previd='nobody'/>";

/// Whose `config.js` is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// docker-jitsi-meet's.
    Docker,
    /// Debian's package's, by a web server that fills nothing in.
    Debian,
}

/// What is done to somebody's websocket.
pub(crate) enum Order {
    Say(String),
    Cut,
}

pub(crate) struct Web {
    pub(crate) site: Site,
    /// People with an account open rooms.
    pub(crate) accounts: bool,
    /// `config.js` names the conference request by HTTP.
    pub(crate) requests_by_http: bool,
    /// `config.js` names no websocket.
    pub(crate) without_websocket: bool,
    pub(crate) prosody: String,
    pub(crate) authority: String,
    pub(crate) bridge: Bridge,
    pub(crate) focus: mpsc::UnboundedSender<Input>,
    pub(crate) record: Arc<Record>,
    pub(crate) lines: Mutex<HashMap<usize, mpsc::UnboundedSender<Order>>>,
    pub(crate) serial: AtomicUsize,
    /// No websocket is opened: 503.
    pub(crate) closed: AtomicBool,
    /// Nothing is resumed, as by another prosody behind the same address.
    pub(crate) forgets: AtomicBool,
}

impl Web {
    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/config.js", get(async |State(web): State<Arc<Self>>| script(web.config(""))))
            .route(
                "/{tenant}/config.js",
                get(async |State(web): State<Arc<Self>>, Path(of): Path<String>| script(web.config(&of))),
            )
            .route("/xmpp-websocket", any(xmpp))
            .route("/{tenant}/xmpp-websocket", any(xmpp))
            .route("/conference-request/v1", post(request))
            .route("/{tenant}/conference-request/v1", post(request))
            .route("/colibri-ws/{server}/{conference}/{endpoint}", any(colibri))
            .route("/http-bind", any(async || StatusCode::NOT_FOUND))
            .fallback(async || {
                Html("<!DOCTYPE html>\n<html><head><title>Jitsi Meet</title><script src=\"config.js\"></script></head></html>\n")
            })
            .with_state(self)
    }

    /// `config.js` of a tenant, or of none.
    fn config(&self, tenant: &str) -> String {
        let at = &self.authority;
        let (subdir, subdomain) = match (self.site, tenant) {
            (Site::Debian, _) => (
                "<!--# echo var=\"subdir\" default=\"\" -->".to_owned(),
                "<!--# echo var=\"subdomain\" default=\"\" -->".to_owned(),
            ),
            (Site::Docker, "") => (String::new(), String::new()),
            (Site::Docker, tenant) => (format!("{tenant}/"), format!("{tenant}.")),
        };
        let joined = "subdomain = subdomain.substring(0,subdomain.length-1).split('.').join('_').toLowerCase() + '.';";
        match self.site {
            Site::Docker => {
                let accounts = match self.accounts {
                    true => {
                        "// When using authentication, domain for guest users.\nconfig.hosts.anonymousdomain = 'guest.meet.test';\n\
                             // Domain for authenticated users. Defaults to <domain>.\nconfig.hosts.authdomain = 'meet.test';\n\n"
                    }
                    false => "",
                };
                let websocket = match self.without_websocket {
                    true => String::new(),
                    false => format!("config.websocket = 'ws://{at}/' + subdir + 'xmpp-websocket';\n"),
                };
                let requests = match self.requests_by_http {
                    true => format!("config.conferenceRequestUrl='http://{at}/' + subdir + 'conference-request/v1';\n"),
                    false => String::new(),
                };
                format!(
                    "// Jitsi Meet configuration.\nvar config = {{}};\n\nconfig.hosts = {{}};\nconfig.hosts.domain = 'meet.test';\n\n\
                     var subdir = '{subdir}';\nvar subdomain = '{subdomain}';\nif (subdir.startsWith('<!--')) {{\n    subdir = '';\n}}\n\
                     if (subdomain) {{\n    {joined}\n}}\nconfig.hosts.muc = 'conference.' + subdomain + 'meet.test';\n\n{accounts}\
                     config.bosh = 'http://{at}/' + subdir + 'http-bind';\n{websocket}{requests}\nconfig.bridgeChannel = {{\n    \
                     preferSctp: true\n}};\n\n// Lobby\nconfig.lobby = {{ autoKnock: false }};\nconfig.p2p = {{ enabled: false }};\n"
                )
            }
            Site::Debian => {
                let anonymous = if self.accounts {
                    "anonymousdomain: 'guest.meet.test',"
                } else {
                    "// anonymousdomain: 'guest.example.com',"
                };
                let websocket = if self.without_websocket { "// " } else { "" };
                let requests = if self.requests_by_http { "" } else { "// " };
                format!(
                    "/* eslint-disable comma-dangle, no-unused-vars, no-var, prefer-template, vars-on-top */\n\n\
                     var subdir = '{subdir}';\nvar subdomain = '{subdomain}';\n\nif (subdomain) {{\n    {joined}\n}}\n\n\
                     // In case of no ssi provided by the webserver, use empty strings\nif (subdir.startsWith('<!--')) {{\n    subdir = '';\n}}\n\
                     if (subdomain.startsWith('<!--')) {{\n    subdomain = '';\n}}\n\nvar enableJaaS = false;\n\nvar config = {{\n    \
                     // Connection\n    //\n\n    hosts: {{\n        // XMPP domain.\n        domain: 'meet.test',\n\n        \
                     // When using authentication, domain for guest users.\n        {anonymous}\n\n        \
                     // Focus component domain. Defaults to focus.<domain>.\n        // focus: 'focus.jitsi-meet.example.com',\n\n        \
                     // XMPP MUC domain.\n        muc: 'conference.' + subdomain + 'meet.test',\n    }},\n\n    // BOSH URL.\n    \
                     bosh: 'http://{at}/' + subdir + 'http-bind',\n\n    // Websocket URL (XMPP)\n    \
                     {websocket}websocket: 'ws://{at}/' + subdir + 'xmpp-websocket',\n\n    \
                     {requests}conferenceRequestUrl: 'http://{at}/' + subdir + 'conference-request/v1',\n\n    \
                     // Testing / experimental features.\n    testing: {{\n        // p2pTestMode: false,\n    }},\n}};\n"
                )
            }
        }
    }
}

fn script(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/javascript")], text).into_response()
}

/// The focus by HTTP.
async fn request(State(web): State<Arc<Web>>, headers: HeaderMap, body: String) -> Response {
    if let Some(bearer) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()) {
        web.record.bearer(bearer);
    }
    let Ok(body) = serde_json::from_str::<serde_json::Value>(&body) else { return StatusCode::BAD_REQUEST.into_response() };
    let Some(room) = body["room"].as_str() else { return StatusCode::BAD_REQUEST.into_response() };
    let (answer, answered) = oneshot::channel();
    let _ = web.focus.send(Input::Request { room: room.to_lowercase(), answer });
    match answered.await {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Prosody's websocket, with everything on it recorded.
async fn xmpp(State(web): State<Arc<Web>>, uri: Uri, upgrade: WebSocketUpgrade) -> Response {
    if web.without_websocket {
        return StatusCode::NOT_FOUND.into_response();
    }
    if web.closed.load(Ordering::Acquire) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let Ok(stream) = TcpStream::connect(&web.prosody).await else { return StatusCode::BAD_GATEWAY.into_response() };
    // As nginx has it: small messages wait for nothing.
    let _ = stream.set_nodelay(true);
    let query = uri.query().filter(|_| !web.forgets.load(Ordering::Acquire)).map_or(String::new(), |query| format!("?{query}"));
    let url = format!("ws://{}/xmpp-websocket{query}", web.prosody);
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("xmpp"));
    let Ok((upstream, _)) = tokio_tungstenite::client_async(request, stream).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    upgrade.protocols(["xmpp"]).on_upgrade(async move |client| {
        let connection = web.serial.fetch_add(1, Ordering::Relaxed);
        let (orders, ordered) = mpsc::unbounded_channel();
        web.lines.lock().unwrap().insert(connection, orders);
        carry(&web, connection, client, upstream, ordered).await;
        web.lines.lock().unwrap().remove(&connection);
    })
}

async fn carry(
    web: &Web,
    connection: usize,
    client: WebSocket,
    upstream: tokio_tungstenite::WebSocketStream<TcpStream>,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let ((mut to_client, mut from_client), (mut to_server, mut from_server)) = (client.split(), upstream.split());
    loop {
        tokio::select! {
            message = from_client.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    web.record.frame(connection, Way::FromClient, &text);
                    let text = match text.as_str() {
                        text if web.forgets.load(Ordering::Acquire) && text.starts_with("<resume") => FORGOTTEN,
                        text => text,
                    };
                    if to_server.send(tungstenite::Message::text(text)).await.is_err() {
                        return;
                    }
                }
                // Its transport is gone, and prosody keeps the session for a while: no close frame goes on.
                None | Some(Err(_)) => return,
                Some(Ok(Message::Close(_))) => {
                    let _ = to_server.close().await;
                    return;
                }
                Some(Ok(_)) => {}
            },
            message = from_server.next() => match message {
                Some(Ok(tungstenite::Message::Text(text))) => {
                    web.record.frame(connection, Way::ToClient, &text);
                    if to_client.send(Message::text(text.as_str())).await.is_err() {
                        return;
                    }
                }
                Some(Ok(tungstenite::Message::Close(_))) | None | Some(Err(_)) => {
                    let _ = to_client.close().await;
                    return;
                }
                Some(Ok(_)) => {}
            },
            order = orders.recv() => match order {
                Some(Order::Say(text)) => {
                    web.record.frame(connection, Way::ToClient, &text);
                    if to_client.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                Some(Order::Cut) | None => return,
            },
        }
    }
}

/// The bridge's websocket.
async fn colibri(
    State(web): State<Arc<Web>>,
    Path((_, conference, endpoint)): Path<(String, String, String)>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let password = query.get("pwd").map_or("", String::as_str);
    let Some(mut messages) = web.bridge.attach(&conference, &endpoint, password) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    upgrade.on_upgrade(async move |mut socket| {
        let mut ping = tokio::time::interval(PING);
        ping.tick().await;
        loop {
            tokio::select! {
                message = messages.recv() => {
                    let Some(text) = message else { return };
                    if socket.send(Message::text(text)).await.is_err() {
                        return;
                    }
                }
                said = socket.recv() => match said {
                    Some(Ok(Message::Text(text))) => web.bridge.said(&conference, &endpoint, &text),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                    Some(Ok(_)) => {}
                },
                _ = ping.tick() => {
                    if socket.send(Message::Ping(Default::default())).await.is_err() {
                        return;
                    }
                }
            }
        }
    })
}

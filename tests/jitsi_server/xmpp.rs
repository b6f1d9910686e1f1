//! A connection to prosody by websocket (RFC 7395): of the focus, and of scripted clients.

use super::stanza;
use base64::Engine as _;
use futures_util::{SinkExt as _, StreamExt as _};
use minidom::Element;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

pub(crate) struct Connection {
    pub(crate) socket: WebSocketStream<TcpStream>,
    /// The full JID that the server gave.
    pub(crate) jid: String,
}

impl Connection {
    /// Opens a websocket at `authority`, with this query.
    async fn open(authority: &str, query: &str) -> Result<Self, String> {
        let stream = TcpStream::connect(authority).await.map_err(|e| e.to_string())?;
        let _ = stream.set_nodelay(true);
        let url = format!("ws://{authority}/xmpp-websocket{query}");
        let mut request = url.into_client_request().map_err(|e| e.to_string())?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("xmpp"));
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.map_err(|e| e.to_string())?;
        Ok(Self { socket, jid: String::new() })
    }

    /// Logs in at a domain: with a name and a password, or as nobody. `Err`: what the server said against it.
    pub(crate) async fn login(
        authority: &str,
        query: &str,
        domain: &str,
        account: Option<(&str, &str)>,
        resource: Option<&str>,
    ) -> Result<Self, String> {
        let mut it = Self::authenticate(authority, query, domain, account).await?;
        let resource = resource.map_or(String::new(), |name| format!("<resource>{name}</resource>"));
        let bind = "urn:ietf:params:xml:ns:xmpp-bind";
        it.send(&format!("<iq xmlns='jabber:client' type='set' id='bind1'><bind xmlns='{bind}'>{resource}</bind></iq>")).await?;
        let bound = it.until(|e| stanza::attr(e, "id") == "bind1").await?;
        let jid = stanza::child(&bound, "bind").and_then(|bind| stanza::child(bind, "jid")).ok_or("no JID was bound")?;
        it.jid = jid.text();
        Ok(it)
    }

    /// Goes on with a session that was cut (XEP-0198), without an account. Its JID is then in what the room sends.
    pub(crate) async fn resume(authority: &str, query: &str, domain: &str, id: &str, handled: u32) -> Result<Self, String> {
        let mut it = Self::authenticate(authority, query, domain, None).await?;
        it.send(&format!("<resume xmlns='urn:xmpp:sm:3' previd='{id}' h='{handled}'/>")).await?;
        let answer = it.until(|e| matches!(e.name(), "resumed" | "failed")).await?;
        if answer.name() == "failed" {
            return Err(String::from(&answer));
        }
        it.send("<iq xmlns='jabber:client' type='get' id='ping' to='meet.test'><ping xmlns='urn:xmpp:ping'/></iq>").await?;
        let pong = it.until(|e| stanza::attr(e, "id") == "ping").await?;
        it.jid = stanza::attr(&pong, "to").to_owned();
        Ok(it)
    }

    /// Opens a stream and authenticates; what comes is to bind or to resume.
    async fn authenticate(authority: &str, query: &str, domain: &str, account: Option<(&str, &str)>) -> Result<Self, String> {
        let mut it = Self::open(authority, query).await?;
        let open = format!("<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='{domain}' version='1.0' xml:lang='en'/>");
        it.send(&open).await?;
        it.until(|e| e.name() == "features").await?;
        it.send(&match account {
            Some((name, password)) => {
                let said = base64::engine::general_purpose::STANDARD.encode(format!("\0{name}\0{password}"));
                format!("<auth xmlns='{SASL}' mechanism='PLAIN'>{said}</auth>")
            }
            None => format!("<auth xmlns='{SASL}' mechanism='ANONYMOUS'/>"),
        })
        .await?;
        let answer = it.until(|e| matches!(e.name(), "success" | "failure")).await?;
        if answer.name() == "failure" {
            return Err(String::from(&answer));
        }
        it.send(&open).await?;
        it.until(|e| e.name() == "features").await?;
        Ok(it)
    }

    pub(crate) async fn send(&mut self, stanza: &str) -> Result<(), String> {
        self.socket.send(Message::text(stanza)).await.map_err(|e| e.to_string())
    }

    /// The next stanza.
    pub(crate) async fn next(&mut self) -> Result<Element, String> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return stanza::parse(&text).ok_or_else(|| format!("this is no stanza: {text}"));
                }
                Some(Ok(Message::Close(_))) | None => return Err("the websocket was closed".into()),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(e.to_string()),
            }
        }
    }

    /// The next stanza that is wanted; others are passed over.
    pub(crate) async fn until(&mut self, wanted: impl Fn(&Element) -> bool) -> Result<Element, String> {
        loop {
            let stanza = self.next().await?;
            if wanted(&stanza) {
                return Ok(stanza);
            }
        }
    }
}

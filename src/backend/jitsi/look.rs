//! A look at a room's door from outside, before anybody joins: what a newcomer must know.

use super::stream::{Login, Over, Received, Stream};
use super::xml::{MAX_STANZA, tag};
use super::{find, ns, split};
use crate::backend::Link;
use crate::exit::{Exit, Failure};
use crate::net::{Options, websocket};
use futures_util::{SinkExt as _, StreamExt as _};
use minidom::Element;
use std::time::Instant;
use tokio_tungstenite::tungstenite::Message;

/// What stands between a newcomer and a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// The room has a password.
    pub password: bool,
    /// Somebody must let us in.
    pub lobby: bool,
}

/// Looks. The caller bounds the wait.
///
/// # Errors
/// The server is no Jitsi deployment, or does not let us look.
pub async fn at(link: &Link, net: &Options) -> Result<Door, Failure> {
    let deployment = find(&link.target(), net, split(&link.room).0).await?;
    let login = link.login.clone().map_or(Login::Anonymous, |l| Login::Plain { user: l.user, password: l.password });
    let place = deployment.place(&link.room, &login, link.token.is_some(), &link.host)?;
    let (target, token) = (&deployment.websocket.0, link.token.as_ref().map(|t| t.as_str()));
    let path = deployment.path(&link.room, None, None);
    let socket = websocket::connect_speaking(target, net, &path, token, Some("xmpp"), MAX_STANZA).await?;
    let (mut tx, mut rx) = socket.split();
    let mut stream = Stream::new(Instant::now(), &place.domain, login);
    stream.open(Instant::now());
    let lost = |_| Failure::new(Exit::TempFail, "the server closed the connection");
    loop {
        while let Some(text) = stream.next_message() {
            tx.send(Message::text(text)).await.map_err(lost)?;
        }
        let text = match rx.next().await {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(_)) => continue,
            Some(Err(e)) => return Err(lost(e)),
            None => return Err(Failure::new(Exit::TempFail, "the server closed the connection")),
        };
        match stream.receive(Instant::now(), &text) {
            Ok(Received::Ready { .. }) => {
                let query = tag("query", ns::DISCO);
                stream.send(tag("iq", ns::CLIENT).attr("type", "get").attr("id", "door").attr("to", &place.room).with(query));
            }
            Ok(Received::Stanza(stanza)) if stanza.attr("id") == Some("door") => {
                stream.close();
                while let Some(text) = stream.next_message() {
                    tx.send(Message::text(text)).await.map_err(lost)?;
                }
                return Ok(Door::of(&stanza));
            }
            Ok(_) => {}
            Err(Over::Refused(why) | Over::Lost(why)) => return Err(why),
        }
    }
}

impl Door {
    /// What a room says of itself. One that is not there yet has no door.
    fn of(iq: &Element) -> Self {
        let query = iq.get_child("query", ns::DISCO);
        let feature = |name| query.is_some_and(|q| q.children().any(|f| f.attr("var") == Some(name)));
        Self { password: feature("muc_passwordprotected"), lobby: feature("muc_membersonly") }
    }
}

//! A scripted client: raw stanzas, none of the client's own code.

use super::deployment::Jitsi;
use super::record::PATIENCE;
use super::stanza::{self, CAPS, DISCO, JINGLE, attr, child, escape};
use super::xmpp::Connection;
use base64::Engine as _;
use minidom::Element;
use sha1::{Digest as _, Sha1};

/// What every client of the recordings says that it can do.
pub(crate) const BASE: [&str; 10] = [
    DISCO,
    "urn:xmpp:jingle:1",
    "urn:xmpp:jingle:apps:rtp:1",
    "urn:xmpp:jingle:apps:rtp:audio",
    "urn:xmpp:jingle:transports:ice-udp:1",
    "urn:xmpp:jingle:apps:dtls:0",
    "urn:ietf:rfc:5888",
    "urn:ietf:rfc:5761",
    "urn:ietf:rfc:4588",
    "http://jitsi.org/tcc",
];
pub(crate) const VIDEO: &str = "urn:xmpp:jingle:apps:rtp:video";
pub(crate) const JSON: &str = "http://jitsi.org/json-encoded-sources";
pub(crate) const REWRITING: &str = "http://jitsi.org/ssrc-rewriting-1";
pub(crate) const SCTP: &str = "urn:xmpp:jingle:transports:dtls-sctp:1";

pub(crate) struct Script {
    connection: Connection,
    pub(crate) room: String,
    pub(crate) nick: String,
    features: Vec<String>,
    /// Everything that it was sent.
    pub(crate) seen: Vec<Element>,
}

impl Script {
    /// Logs in without an account.
    pub(crate) async fn login(jitsi: &Jitsi, room: &str, features: &[&str]) -> Self {
        let query = format!("?room={room}");
        let connection = Connection::login(jitsi.authority(), &query, "meet.test", None, None).await.unwrap();
        Self::of(connection, room, features)
    }

    pub(crate) fn of(connection: Connection, room: &str, features: &[&str]) -> Self {
        let nick = connection.jid.chars().take(8).collect();
        let mut features: Vec<String> = BASE.iter().chain(features).map(|f| (*f).to_owned()).collect();
        features.sort_unstable();
        Self { connection, room: Jitsi::jid(room), nick, features, seen: Vec::new() }
    }

    /// Asks for the conference and enters the room.
    pub(crate) async fn join(jitsi: &Jitsi, room: &str, features: &[&str]) -> Self {
        let mut script = Self::login(jitsi, room, features).await;
        script.ask("focus.meet.test").await;
        script.enter("").await;
        script
    }

    /// The conference request, and its answer.
    pub(crate) async fn ask(&mut self, focus: &str) -> Element {
        let conference = format!(
            "<conference xmlns='http://jitsi.org/protocol/focus' machine-uid='{}' room='{}'>\
             <property name='rtcstatsEnabled' value='false'/><property name='visitors-version' value='1'/></conference>",
            stanza::random_uuid(),
            self.room
        );
        self.send(&format!("<iq xmlns='jabber:client' type='set' id='conf1' to='{focus}'>{conference}</iq>")).await;
        self.until("answer to the conference request", |e| attr(e, "id") == "conf1").await
    }

    /// The first presence; `more`: within its `<x>`.
    pub(crate) async fn enter(&mut self, more: &str) {
        let said: String = self.features.iter().map(|f| format!("{f}<")).collect();
        let ver = base64::engine::general_purpose::STANDARD.encode(Sha1::digest(format!("client/bot//script<{said}")));
        let source = escape(&format!("{{\"{}-a0\":{{\"muted\":true}}}}", self.nick));
        let to = format!("{}/{}", self.room, self.nick);
        self.send(&format!(
            "<presence xmlns='jabber:client' to='{to}'><x xmlns='http://jabber.org/protocol/muc'>{more}</x>\
             <c xmlns='{CAPS}' hash='sha-1' node='https://example.org/script' ver='{ver}'/><stats-id>script</stats-id>\
             <jitsi_participant_codecList>vp8</jitsi_participant_codecList><SourceInfo>{source}</SourceInfo>\
             <nick xmlns='http://jabber.org/protocol/nick'>script</nick></presence>"
        ))
        .await;
    }

    pub(crate) async fn send(&mut self, stanza: &str) {
        self.connection.send(stanza).await.unwrap();
    }

    /// The next stanza. Questions for features are answered, and other requests acknowledged.
    pub(crate) async fn next(&mut self) -> Option<Element> {
        let stanza = self.connection.next().await.ok()?;
        if stanza.name() == "iq" && matches!(attr(&stanza, "type"), "get" | "set") {
            let (id, to) = (escape(attr(&stanza, "id")), escape(attr(&stanza, "from")));
            let result = |body: &str| format!("<iq xmlns='jabber:client' type='result' id='{id}' to='{to}'>{body}</iq>");
            let answer = match child(&stanza, "query").filter(|query| query.has_ns(DISCO)) {
                Some(query) => {
                    let features: String = self.features.iter().map(|f| format!("<feature var='{f}'/>")).collect();
                    let identity = "<identity category='client' type='bot' name='script'/>";
                    result(&format!("<query xmlns='{DISCO}' node='{}'>{identity}{features}</query>", escape(attr(query, "node"))))
                }
                None => result(""),
            };
            self.send(&answer).await;
        }
        self.seen.push(stanza.clone());
        Some(stanza)
    }

    /// The next stanza that is wanted.
    pub(crate) async fn until(&mut self, what: &str, wanted: impl Fn(&Element) -> bool) -> Element {
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                let stanza = self.next().await?;
                if wanted(&stanza) {
                    return Some(stanza);
                }
            }
        });
        let found =
            found.await.unwrap_or_else(|_| panic!("no {what} in {:#?}", self.seen.iter().map(String::from).collect::<Vec<_>>()));
        found.unwrap_or_else(|| panic!("the websocket was closed before the {what}"))
    }

    /// The next Jingle of this kind.
    pub(crate) async fn jingle(&mut self, action: &str) -> Element {
        let iq = self.until(action, |e| child(e, "jingle").is_some_and(|jingle| attr(jingle, "action") == action)).await;
        child(&iq, "jingle").unwrap().clone()
    }

    /// Answers an offer: no candidates, and one source of sound.
    pub(crate) async fn accept(&mut self, offer: &Element, ssrc: u32, more: &str) -> Element {
        let fingerprint = ["AB"; 32].join(":");
        self.accept_by(offer, ssrc, ("ufrag", "a-password-of-enough-letters", &fingerprint), more).await
    }

    /// The same with these ICE credentials and this fingerprint.
    pub(crate) async fn accept_by(
        &mut self,
        offer: &Element,
        ssrc: u32,
        (ufrag, pwd, fingerprint): (&str, &str, &str),
        more: &str,
    ) -> Element {
        let (room, nick, sid) = (&self.room, &self.nick, attr(offer, "sid"));
        let accept = format!(
            "<jingle xmlns='{JINGLE}' action='session-accept' sid='{sid}' initiator='focus@auth.meet.test/focus' \
             responder='{room}/{nick}'><group xmlns='urn:xmpp:jingle:apps:grouping:0' semantics='BUNDLE'><content name='audio'/></group>\
             <content creator='responder' name='audio' senders='both'><description xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'>\
             <payload-type id='111' name='opus' clockrate='48000' channels='2'/>\
             <source xmlns='urn:xmpp:jingle:apps:rtp:ssma:0' ssrc='{ssrc}' name='{nick}-a0'>\
             <parameter name='msid' value='{nick}-audio-0 a0'/></source><rtcp-mux/></description>\
             <transport xmlns='urn:xmpp:jingle:transports:ice-udp:1' ufrag='{}' pwd='{}'>\
             <fingerprint xmlns='urn:xmpp:jingle:apps:dtls:0' hash='sha-256' setup='active'>{fingerprint}</fingerprint>{more}</transport>\
             </content></jingle>",
            escape(ufrag),
            escape(pwd)
        );
        self.send(&format!("<iq xmlns='jabber:client' type='set' id='acc1' to='{room}/focus'>{accept}</iq>")).await;
        self.until("answer to session-accept", |e| attr(e, "id") == "acc1").await
    }

    /// Leaves the room.
    pub(crate) async fn leave(&mut self) {
        let to = format!("{}/{}", self.room, self.nick);
        self.send(&format!("<presence xmlns='jabber:client' type='unavailable' to='{to}'/>")).await;
    }
}

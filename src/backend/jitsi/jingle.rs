//! Media sessions (XEP-0166 and its RTP, ICE and DTLS parts) as Jitsi's focus offers them and as we answer.
//!
//! What a session description needs is taken out of an offer into types that cannot carry anything else ([`Transport`],
//! [`Offer`]), so nothing that a focus writes can add a line to it.

mod sources;

pub use sources::{MAX_SOURCES, Source, of_jingle, of_json};

use super::ns;
use super::xml::{Tag, child, tag};
use crate::rtc::OPUS_PAYLOAD_TYPE;
use minidom::Element;
use std::net::IpAddr;

/// The most candidates of one session; a bridge has a handful.
pub const MAX_CANDIDATES: usize = 64;
/// RFC 6464.
const LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
/// Names that a description may have: of sessions, contents and sources.
const MAX_NAME: usize = 256;

/// Why an offer cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is not for us to answer: it lacks what every offer has.
    #[error("it lacks {0}")]
    Lacks(&'static str),
    /// A part is not what it should be.
    #[error("its {0} is damaged")]
    Damaged(&'static str),
}

/// How the other side's transport is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transport {
    /// RFC 8839, section 5.4.
    pub ufrag: String,
    /// See `ufrag`.
    pub pwd: String,
    /// SHA-256 of the certificate, as in `a=fingerprint`.
    pub fingerprint: Option<String>,
    /// What follows `candidate:` (RFC 8839, section 5.1); component 1 only.
    pub candidates: Vec<String>,
    /// Where the bridge's channel is, if it is a websocket.
    pub web_socket: Option<String>,
}

/// An offer of a media session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The session's id.
    pub sid: String,
    /// Who began it.
    pub initiator: String,
    /// How.
    pub transport: Transport,
    /// What our answer names as the bridge's session when it complains.
    pub bridge_session: Option<String>,
    /// Under which id the level of sound is sent.
    pub level: Option<u8>,
    /// The bridge's channel is a data channel.
    pub data: bool,
    /// The room wants us to begin with a closed microphone.
    pub start_muted: bool,
    /// Whose sound there is.
    pub sources: Vec<Source>,
}

fn token(text: &str, extra: &str) -> bool {
    (1..=MAX_NAME).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
}

impl Transport {
    /// Reads one.
    ///
    /// # Errors
    /// It has no credentials, or damaged ones.
    pub fn of(transport: &Element) -> Result<Self, Unusable> {
        let credential = |name: &'static str| match transport.attr(name) {
            Some(value) if token(value, "+/") => Ok(value.to_owned()),
            Some(_) => Err(Unusable::Damaged(name)),
            None => Err(Unusable::Lacks(name)),
        };
        let fingerprint = match transport.get_child("fingerprint", ns::DTLS) {
            Some(f) if f.attr("hash").is_some_and(|h| h.eq_ignore_ascii_case("sha-256")) => {
                let text = f.text().trim().to_ascii_uppercase();
                let good = text.len() == 95 && text.split(':').all(|b| b.len() == 2 && b.chars().all(|c| c.is_ascii_hexdigit()));
                Some(text).filter(|_| good).ok_or(Unusable::Damaged("fingerprint")).map(Some)?
            }
            Some(_) => return Err(Unusable::Damaged("fingerprint")),
            None => None,
        };
        let candidates = transport.children().filter(|c| c.name() == "candidate").take(MAX_CANDIDATES);
        let web_socket = transport.get_child("web-socket", ns::COLIBRI).and_then(|w| w.attr("url"));
        Ok(Self {
            ufrag: credential("ufrag")?,
            pwd: credential("pwd")?,
            fingerprint,
            candidates: candidates.filter_map(candidate).collect(),
            web_socket: web_socket.filter(|url| url.len() <= 2048).map(str::to_owned),
        })
    }
}

/// A candidate that leads somewhere: other components, address families and types that we do not know are none.
fn candidate(c: &Element) -> Option<String> {
    let number = |name: &str| c.attr(name)?.parse::<u32>().ok();
    if number("component")? != 1 {
        return None;
    }
    let ip: IpAddr = c.attr("ip")?.parse().ok()?;
    let port: u16 = c.attr("port")?.parse().ok()?;
    let protocol = c.attr("protocol").filter(|p| matches!(*p, "udp" | "tcp" | "ssltcp"))?;
    let kind = c.attr("type").filter(|t| matches!(*t, "host" | "srflx" | "prflx" | "relay"))?;
    let tcp = if protocol == "udp" { "" } else { " tcptype passive" };
    let protocol = if protocol == "udp" { "udp" } else { "tcp" };
    let foundation = c.attr("foundation").filter(|f| token(f, "+/")).unwrap_or("1");
    Some(format!("{foundation} 1 {protocol} {} {ip} {port} typ {kind}{tcp}", number("priority").unwrap_or(1)))
}

impl Offer {
    /// Reads a `session-initiate` (or `transport-replace`).
    ///
    /// # Errors
    /// It cannot be answered.
    pub fn of(jingle: &Element) -> Result<Self, Unusable> {
        let named = |name: &'static str| jingle.attr(name).filter(|v| v.len() <= 2 * MAX_NAME).map(str::to_owned);
        let content = |name: &str| jingle.children().find(|c| c.name() == "content" && c.attr("name") == Some(name));
        let audio = content("audio").ok_or(Unusable::Lacks("sound"))?;
        let description = audio.get_child("description", ns::RTP).ok_or(Unusable::Lacks("sound"))?;
        let opus = description.children().find(|p| p.attr("name").is_some_and(|n| n.eq_ignore_ascii_case("opus")));
        let opus = opus.and_then(|p| p.attr("id")).ok_or(Unusable::Lacks("Opus"))?;
        // Every focus says 111; the number is written into every packet that we send.
        if opus.parse() != Ok(OPUS_PAYLOAD_TYPE) {
            return Err(Unusable::Damaged("payload type of Opus"));
        }
        let level = description.children().find(|c| c.name() == "rtp-hdrext" && c.attr("uri") == Some(LEVEL));
        let level = level.and_then(|c| c.attr("id")?.parse().ok()).filter(|id| (1..=14).contains(id));
        let transport = audio.get_child("transport", ns::ICE).ok_or(Unusable::Lacks("transport"))?;
        let transport = Transport::of(transport)?;
        if transport.fingerprint.is_none() {
            return Err(Unusable::Lacks("fingerprint"));
        }
        let start_muted = child(jingle, "startmuted").and_then(|s| s.attr("audio"));
        Ok(Self {
            sid: named("sid").ok_or(Unusable::Lacks("sid"))?,
            initiator: named("initiator").unwrap_or_default(),
            transport,
            bridge_session: bridge_session(jingle),
            level,
            data: content("data")
                .is_some_and(|d| d.get_child("transport", ns::ICE).is_some_and(|t| t.children().any(|c| c.name() == "sctpmap"))),
            start_muted: start_muted == Some("true"),
            sources: sources::of_jingle(jingle),
        })
    }

    /// The bridge's session description: one section for all sound, whoever it is of. Packets are told apart by their SSRC
    /// ([`crate::rtc`] hands them over as they come), so nobody who comes or goes changes it.
    pub fn description(&self, version: u64) -> String {
        let t = &self.transport;
        let group = if self.data { "0 1" } else { "0" };
        let mut sdp = format!("v=0\r\no=- 1 {version} IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {group}\r\n");
        let common = format!(
            "c=IN IP4 0.0.0.0\r\na=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=fingerprint:sha-256 {}\r\na=setup:actpass\r\n",
            t.ufrag,
            t.pwd,
            t.fingerprint.as_deref().unwrap_or_default()
        );
        let payload = OPUS_PAYLOAD_TYPE;
        sdp.push_str(&format!("m=audio 9 UDP/TLS/RTP/SAVPF {payload}\r\na=mid:0\r\na=rtcp-mux\r\na=sendrecv\r\n{common}"));
        sdp.push_str(&format!("a=rtpmap:{payload} opus/48000/2\r\na=fmtp:{payload} minptime=10;useinbandfec=1\r\n"));
        if let Some(level) = self.level {
            sdp.push_str(&format!("a=extmap:{level} {LEVEL}\r\n"));
        }
        for candidate in &t.candidates {
            sdp.push_str(&format!("a=candidate:{candidate}\r\n"));
        }
        sdp.push_str("a=end-of-candidates\r\n");
        // The bridge's own stream, which nobody hears: with one declared, the transport binds no other to this section.
        let bridge = self.sources.iter().find(|s| s.is_bridge()).map_or(1, |s| s.ssrc);
        sdp.push_str(&format!("a=ssrc:{bridge} cname:bridge\r\na=ssrc:{bridge} msid:bridge bridge\r\n"));
        if self.data {
            sdp.push_str(&format!("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\na=sctp-port:5000\r\n{common}"));
        }
        sdp
    }
}

/// The id of the bridge's session.
fn bridge_session(jingle: &Element) -> Option<String> {
    let id = jingle.get_child("bridge-session", ns::FOCUS)?.attr("id")?;
    token(id, "-_.:").then(|| id.to_owned())
}

/// What our own description says of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Local {
    /// See [`Transport`].
    pub ufrag: String,
    /// See [`Transport`].
    pub pwd: String,
    /// See [`Transport`].
    pub fingerprint: String,
}

impl Local {
    /// Reads it. `None`: it is not a description of ours.
    pub fn of(sdp: &str) -> Option<Self> {
        let value = |name: &str| sdp.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned());
        Some(Self { ufrag: value("a=ice-ufrag:")?, pwd: value("a=ice-pwd:")?, fingerprint: value("a=fingerprint:sha-256 ")? })
    }

    /// As an element. It names no addresses: the bridge learns ours from the checks that we send (RFC 8445, section 7.3.1.3),
    /// and no candidate of a second component can ever be among them.
    fn transport(&self) -> Tag {
        let fingerprint = tag("fingerprint", ns::DTLS).attr("hash", "sha-256").attr("setup", "active").text(&self.fingerprint);
        tag("transport", ns::ICE).attr("ufrag", &self.ufrag).attr("pwd", &self.pwd).with(fingerprint)
    }
}

/// Our microphone, as it is signalled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Microphone {
    /// Our id at the bridge.
    pub endpoint: String,
    /// Of its packets.
    pub ssrc: u32,
}

impl Microphone {
    fn source(&self) -> Tag {
        let Self { endpoint, ssrc } = self;
        let msid = tag("parameter", ns::SOURCE).attr("name", "msid").attr("value", format!("{endpoint}-audio-0 a0"));
        tag("source", ns::SOURCE).attr("ssrc", *ssrc).attr("name", format!("{endpoint}-a0")).with(msid)
    }
}

/// A `jingle` element for the session of an offer.
fn jingle(offer: &Offer, action: &str, responder: &str) -> Tag {
    tag("jingle", ns::JINGLE)
        .attr("action", action)
        .attr("sid", &offer.sid)
        .attr("initiator", &offer.initiator)
        .attr("responder", responder)
}

/// `session-accept`, or `transport-accept` where another transport takes the place of the first.
pub fn accept(offer: &Offer, action: &str, responder: &str, local: &Local, microphone: Option<&Microphone>) -> Tag {
    let payload = tag("payload-type", ns::RTP)
        .attr("id", OPUS_PAYLOAD_TYPE)
        .attr("name", "opus")
        .attr("clockrate", 48_000)
        .attr("channels", 2)
        .with(tag("parameter", ns::RTP).attr("name", "minptime").attr("value", 10))
        .with(tag("parameter", ns::RTP).attr("name", "useinbandfec").attr("value", 1))
        .with(tag("rtcp-fb", ns::RTP_FEEDBACK).attr("type", "transport-cc"));
    let extension = |id: u8| tag("rtp-hdrext", ns::RTP_EXTENSION).attr("id", id).attr("uri", LEVEL);
    let description = tag("description", ns::RTP)
        .attr("media", "audio")
        .with(payload)
        .with_all(microphone.map(Microphone::source))
        .with_all(offer.level.map(extension))
        .with(tag("rtcp-mux", ns::RTP));
    let content = |name: &str| tag("content", ns::JINGLE).attr("creator", "responder").attr("name", name).attr("senders", "both");
    let names = ["audio", "data"].into_iter().filter(|name| *name == "audio" || offer.data);
    let group = tag("group", ns::GROUPING)
        .attr("semantics", "BUNDLE")
        .with_all(names.map(|name| tag("content", ns::GROUPING).attr("name", name)));
    let map = tag("sctpmap", ns::SCTP).attr("number", 5000).attr("protocol", "webrtc-datachannel").attr("streams", 1024);
    let data = content("data").with(tag("description", ns::RTP).attr("media", "application")).with(local.transport().with(map));
    jingle(offer, action, responder)
        .with(group)
        .with(content("audio").with(description).with(local.transport()))
        .with_all(offer.data.then_some(data))
}

/// Our answer to an ICE restart that keeps the session.
pub fn transport_info(offer: &Offer, responder: &str, local: &Local, action: &str) -> Tag {
    let content = tag("content", ns::JINGLE).attr("creator", "initiator").attr("name", "audio").with(local.transport());
    jingle(offer, action, responder).with(content)
}

/// Asks for a new session, because nothing comes through this one; or ends it for good.
pub fn terminate(offer: &Offer, responder: &str, restart: bool) -> Tag {
    let reason = if restart { "connectivity-error" } else { "success" };
    let session = offer.bridge_session.as_ref().map(|id| {
        let restart = restart.then_some("true");
        tag("bridge-session", ns::FOCUS).attr("id", id).attr("restart", restart)
    });
    let reason = tag("reason", ns::JINGLE).with(tag(reason, ns::JINGLE));
    jingle(offer, "session-terminate", responder).with(reason).with_all(session)
}

/// Tells the focus that ICE has failed.
pub fn ice_failed(offer: &Offer, responder: &str) -> Tag {
    let session = offer.bridge_session.as_ref().map(|id| tag("bridge-session", ns::FOCUS).attr("id", id));
    jingle(offer, "session-info", responder).with(tag("ice-state", ns::FOCUS).text("failed")).with_all(session)
}

#[cfg(test)]
mod tests;

//! A room's presence (XEP-0045) with what Jitsi puts into it, in and out.

use super::ns;
use super::stream::condition;
use super::xml::{Tag, child, tag};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use minidom::Element;
use serde_json::Value;
use sha1::{Digest as _, Sha1};

/// What this client says of itself (XEP-0115): who asks for these features gets them in return.
const NODE: &str = "https://conclave.example/client";
/// Category, type and name (XEP-0030).
const IDENTITY: [&str; 3] = ["client", "console", "Conclave"];
/// What we can do: sound with source names in either encoding, and a bridge's channel of either kind. No pictures.
const FEATURES: [&str; 12] = [
    ns::DISCO,
    "http://jitsi.org/json-encoded-sources",
    "http://jitsi.org/source-name",
    "http://jitsi.org/tcc",
    "urn:ietf:rfc:5761",
    "urn:ietf:rfc:5888",
    ns::JINGLE,
    ns::DTLS,
    ns::RTP,
    "urn:xmpp:jingle:apps:rtp:audio",
    ns::SCTP,
    ns::ICE,
];

/// The hash over what we can do (XEP-0115, section 5.1).
fn verification() -> String {
    let [category, kind, name] = IDENTITY;
    let mut features = FEATURES;
    features.sort_unstable();
    let text = features.iter().fold(format!("{category}/{kind}//{name}<"), |text, f| text + f + "<");
    STANDARD.encode(Sha1::digest(text.as_bytes()))
}

/// The answer to whoever asks what we can do.
pub fn disco(node: Option<&str>) -> Tag {
    let [category, kind, name] = IDENTITY;
    tag("query", ns::DISCO)
        .attr("node", node)
        .with(tag("identity", ns::DISCO).attr("category", category).attr("type", kind).attr("name", name))
        .with_all(FEATURES.map(|f| tag("feature", ns::DISCO).attr("var", f)))
}

/// What we say of ourselves. Presence replaces presence: each has all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// Endpoint id: the nickname in the room.
    pub endpoint: String,
    /// Display name.
    pub name: String,
    /// Microphone closed.
    pub muted: bool,
    /// Hand up since (milliseconds since the Unix epoch).
    pub hand: Option<u64>,
}

impl Own {
    /// The presence, without address.
    pub fn presence(&self) -> Tag {
        let sources = serde_json::json!({ format!("{}-a0", self.endpoint): { "muted": self.muted } });
        let caps = tag("c", ns::CAPS).attr("hash", "sha-1").attr("node", NODE).attr("ver", verification());
        let hand = self.hand.map(|since| tag("jitsi_participant_raisedHand", ns::CLIENT).text(&since.to_string()));
        tag("presence", ns::CLIENT)
            .with(caps)
            .with(tag("stats-id", ns::CLIENT).text("conclave"))
            .with(tag("jitsi_participant_codecList", ns::CLIENT).text("vp8"))
            .with(tag("SourceInfo", ns::CLIENT).text(&sources.to_string()))
            .with_all(hand)
            .with(tag("nick", ns::NICK).text(&self.name))
    }
}

/// What somebody's presence says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Occupant {
    /// Real address, where the room shows it.
    pub jid: Option<String>,
    /// Display name (not cleaned).
    pub name: Option<String>,
    /// Microphone closed.
    pub muted: bool,
    /// Hand up since (milliseconds since the Unix epoch; 0 if it does not say).
    pub hand: Option<u64>,
    /// They moderate.
    pub moderator: bool,
    /// They encrypt by Jitsi's own means, which we have not.
    pub encrypts: bool,
    /// What is kept of the meeting by what this presence says: session and how.
    pub kept: Vec<(String, Kept)>,
}

/// How a meeting is kept or passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept {
    /// In a file.
    Recorded,
    /// To the public.
    Streamed,
    /// As text.
    Transcribed,
}

/// Why somebody is no longer there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gone {
    /// They left.
    Left,
    /// A moderator removed them (status 307, or 301 for good).
    Kicked {
        /// Who: nickname.
        by: Option<String>,
        /// What they said.
        reason: String,
    },
    /// The room is closed to all who are not members (321, 322).
    Closed,
    /// The service is going down (332).
    Shutdown,
    /// The room is no more; perhaps another takes its place.
    Destroyed {
        /// Which.
        instead: Option<String>,
        /// Why.
        reason: String,
    },
}

/// A presence from a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Somebody is there.
    Here {
        /// Nickname.
        nick: String,
        /// It is us.
        own: bool,
        /// What they say.
        occupant: Box<Occupant>,
    },
    /// Somebody is not.
    Gone {
        /// Nickname.
        nick: String,
        /// It is us.
        own: bool,
        /// Why.
        why: Gone,
    },
    /// We were not let in.
    Refused {
        /// The error's condition.
        condition: String,
        /// Where one waits to be let in.
        lobby: Option<String>,
    },
}

/// The parts of an address in a room: the room, and the nickname.
pub fn split(jid: &str) -> (&str, Option<&str>) {
    jid.split_once('/').map_or((jid, None), |(room, nick)| (room, Some(nick)))
}

/// Reads a presence. `None`: it is none of a room's.
pub fn read(presence: &Element) -> Option<(String, Presence)> {
    let (room, nick) = split(presence.attr("from")?);
    let x = presence.get_child("x", ns::MUC_USER);
    let status = |code: &str| x.is_some_and(|x| x.children().any(|s| s.name() == "status" && s.attr("code") == Some(code)));
    let own = status("110");
    let nick = || nick.filter(|n| !n.is_empty()).map(str::to_owned);
    let presence = match presence.attr("type") {
        None => Presence::Here { nick: nick()?, own, occupant: Box::new(occupant(presence, x)) },
        Some("unavailable") => Presence::Gone { nick: nick()?, own, why: gone(x, status) },
        Some("error") => Presence::Refused {
            condition: condition(presence).unwrap_or_else(|| "no reason".into()),
            lobby: lobby(presence).map(|l| l.text()).filter(|l| l.contains('@') && l.len() <= 1024),
        },
        Some(_) => return None,
    };
    Some((room.to_owned(), presence))
}

/// The lobby stands beside the error, or inside it.
fn lobby(presence: &Element) -> Option<&Element> {
    child(presence, "lobbyroom").or_else(|| presence.children().find_map(|c| child(c, "lobbyroom")))
}

fn gone(x: Option<&Element>, status: impl Fn(&str) -> bool) -> Gone {
    let text = |e: Option<&Element>| e.and_then(|e| child(e, "reason")).map(Element::text).unwrap_or_default();
    if let Some(destroy) = x.and_then(|x| child(x, "destroy")) {
        return Gone::Destroyed { instead: destroy.attr("jid").map(str::to_owned), reason: text(Some(destroy)) };
    }
    let item = x.and_then(|x| child(x, "item"));
    if status("307") || status("301") {
        let by = item.and_then(|i| child(i, "actor")).and_then(|a| a.attr("nick")).map(str::to_owned);
        return Gone::Kicked { by, reason: text(item) };
    }
    if status("321") || status("322") {
        return Gone::Closed;
    }
    if status("332") { Gone::Shutdown } else { Gone::Left }
}

fn occupant(presence: &Element, x: Option<&Element>) -> Occupant {
    let item = x.and_then(|x| child(x, "item"));
    let says = |name: &str| child(presence, name).map(|c| c.text().trim() == "true");
    let nick = presence.get_child("nick", ns::NICK).map(Element::text).filter(|n| !n.trim().is_empty());
    Occupant {
        jid: item.and_then(|i| i.attr("jid")).map(str::to_owned),
        name: nick,
        muted: muted(presence).or_else(|| says("audiomuted")).unwrap_or(true),
        hand: child(presence, "jitsi_participant_raisedHand").and_then(|h| match h.text().trim() {
            "" | "false" | "0" => None,
            since => Some(since.parse().unwrap_or(0)),
        }),
        moderator: item.is_some_and(|i| i.attr("role") == Some("moderator")),
        encrypts: says("jitsi_participant_e2ee.enabled").unwrap_or(false),
        kept: kept(presence),
    }
}

/// Whether the microphone of whoever says this is closed; `None`: they do not say it in this way.
fn muted(presence: &Element) -> Option<bool> {
    let text = child(presence, "SourceInfo")?.text();
    let sources: Value = serde_json::from_str(&text).ok()?;
    let audio = |name: &str| name.rsplit_once("-a").is_some_and(|(_, n)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let mut open =
        sources.as_object()?.iter().filter(|(name, _)| audio(name)).map(|(_, s)| s.get("muted") == Some(&Value::Bool(false)));
    Some(!open.any(|open| open))
}

fn kept(presence: &Element) -> Vec<(String, Kept)> {
    let mut kept = Vec::new();
    for c in presence.children().take(256) {
        let on = c.attr("status").is_some_and(|s| s.eq_ignore_ascii_case("on"));
        let how = match c.name() {
            "jibri-recording-status" if on => match c.attr("recording_mode") {
                Some("stream") => Kept::Streamed,
                _ => Kept::Recorded,
            },
            "transcription-status" if on => Kept::Transcribed,
            _ => continue,
        };
        kept.push((c.attr("session_id").unwrap_or_default().chars().take(64).collect(), how));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::jitsi::xml;

    fn here(inside: &str) -> Occupant {
        let text = format!("<presence xmlns='jabber:client' from='r@c/ana'>{inside}</presence>");
        let (room, presence) = read(&xml::read(&text).unwrap()).unwrap();
        let Presence::Here { nick, occupant, .. } = presence else { panic!("she is here") };
        assert_eq!((room.as_str(), nick.as_str()), ("r@c", "ana"));
        *occupant
    }

    #[test]
    fn microphones_are_read_in_both_forms() {
        for (text, muted) in [
            (
                "<SourceInfo>{&quot;ana-a0&quot;:{&quot;muted&quot;:false},&quot;ana-v0&quot;:{&quot;muted&quot;:true}}</SourceInfo>",
                false,
            ),
            (
                "<SourceInfo>{&quot;ana-a0&quot;:{&quot;muted&quot;:true},&quot;ana-v0&quot;:{&quot;muted&quot;:false}}</SourceInfo>",
                true,
            ),
            ("<SourceInfo>{}</SourceInfo>", true),
            ("<SourceInfo>{{</SourceInfo><audiomuted>false</audiomuted>", false),
            ("<audiomuted xmlns='http://jitsi.org/jitmeet/audio'>false</audiomuted>", false),
            ("<audiomuted>true</audiomuted>", true),
            ("", true),
        ] {
            assert_eq!(here(text).muted, muted, "{text}");
        }
    }

    #[test]
    fn hands_roles_and_recordings_are_read() {
        let all = here(
            "<jitsi_participant_raisedHand>1700000000000</jitsi_participant_raisedHand><nick xmlns='http://jabber.org/protocol/nick'>Ana</nick>\
             <jitsi_participant_e2ee.enabled>true</jitsi_participant_e2ee.enabled>\
             <jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='on' recording_mode='stream' session_id='s'/>\
             <jibri-recording-status xmlns='http://jitsi.org/protocol/jibri' status='pending' session_id='t'/>\
             <transcription-status status='ON'/><whatever/>\
             <x xmlns='http://jabber.org/protocol/muc#user'><item role='moderator' affiliation='owner' jid='a@b/c'/></x>",
        );
        assert_eq!(
            (all.hand, all.name.as_deref(), all.moderator, all.encrypts),
            (Some(1_700_000_000_000), Some("Ana"), true, true)
        );
        assert_eq!(all.kept, [("s".to_owned(), Kept::Streamed), (String::new(), Kept::Transcribed)]);
        assert_eq!(here("<jitsi_participant_raisedHand/>").hand, None);
    }

    #[test]
    fn who_goes_or_is_refused_has_a_reason() {
        let x = |x: &str| format!("<x xmlns='http://jabber.org/protocol/muc#user'>{x}</x>");
        for (inside, why) in [
            (x("<item role='none'/>"), Gone::Left),
            (
                x("<item role='none'><actor nick='ben'/><reason>out</reason></item><status code='307'/>"),
                Gone::Kicked { by: Some("ben".into()), reason: "out".into() },
            ),
            (
                x("<destroy jid='n@c'><reason>over</reason></destroy>"),
                Gone::Destroyed { instead: Some("n@c".into()), reason: "over".into() },
            ),
            (x("<status code='322'/>"), Gone::Closed),
            (x("<status code='332'/>"), Gone::Shutdown),
        ] {
            let text = format!("<presence xmlns='jabber:client' type='unavailable' from='r@c/ana'>{inside}</presence>");
            let Some((_, Presence::Gone { why: read, .. })) = read(&xml::read(&text).unwrap()) else { panic!("{text}") };
            assert_eq!(read, why, "{inside}");
        }
        let refused = "<presence xmlns='jabber:client' type='error' from='r@c/ana'><error type='auth'><registration-required \
                       xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><lobbyroom xmlns='jitsi:lobby'>r@lobby</lobbyroom></error></presence>";
        let Some((_, Presence::Refused { condition, lobby })) = read(&xml::read(refused).unwrap()) else { panic!("refused") };
        assert_eq!((condition.as_str(), lobby.as_deref()), ("registration-required", Some("r@lobby")));
    }

    #[test]
    fn our_presence_says_all_of_us_each_time() {
        let own = Own { endpoint: "abc".into(), name: "Ana <&>".into(), muted: false, hand: Some(5) };
        let element: Element = own.presence().attr("from", "r@c/abc").into();
        let (_, presence) = read(&xml::read(&xml::write(&element)).unwrap()).unwrap();
        let Presence::Here { occupant, .. } = presence else { panic!("here") };
        assert_eq!((occupant.name.as_deref(), occupant.muted, occupant.hand), (Some("Ana <&>"), false, Some(5)));
    }
}

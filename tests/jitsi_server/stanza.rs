//! Stanzas: read by `minidom`, written as text in the order in which the real servers write them.

use minidom::Element;
use std::fmt::Write as _;
use std::str::FromStr as _;

pub(crate) const CAPS: &str = "http://jabber.org/protocol/caps";
pub(crate) const DISCO: &str = "http://jabber.org/protocol/disco#info";
pub(crate) const FOCUS: &str = "http://jitsi.org/protocol/focus";
pub(crate) const ICE: &str = "urn:xmpp:jingle:transports:ice-udp:1";
pub(crate) const JINGLE: &str = "urn:xmpp:jingle:1";
pub(crate) const JITMEET: &str = "http://jitsi.org/jitmeet";
pub(crate) const RTP: &str = "urn:xmpp:jingle:apps:rtp:1";
pub(crate) const SSMA: &str = "urn:xmpp:jingle:apps:rtp:ssma:0";

/// Reads one stanza, as a frame of RFC 7395 has it.
pub(crate) fn parse(text: &str) -> Option<Element> {
    Element::from_str(text).ok()
}

/// For text and for attributes in single quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&apos;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// An attribute, empty if it is not there.
pub(crate) fn attr<'a>(element: &'a Element, name: &str) -> &'a str {
    element.attrs().iter().find(|((_, key), _)| key.as_str() == name).map_or("", |(_, value)| value.as_str())
}

/// The children with this name, whatever their namespace.
pub(crate) fn children<'a>(element: &'a Element, name: &'a str) -> impl Iterator<Item = &'a Element> {
    element.children().filter(move |child| child.name() == name)
}

/// The first of them.
pub(crate) fn child<'a>(element: &'a Element, name: &'a str) -> Option<&'a Element> {
    children(element, name).next()
}

/// What stands after the slash of a JID.
pub(crate) fn resource(jid: &str) -> &str {
    jid.split_once('/').map_or("", |(_, resource)| resource)
}

/// What stands before it.
pub(crate) fn bare(jid: &str) -> &str {
    jid.split_once('/').map_or(jid, |(bare, _)| bare)
}

/// As many hexadecimal digits of randomness.
pub(crate) fn random_hex(digits: usize) -> String {
    let mut bytes = vec![0; digits.div_ceil(2)];
    getrandom::fill(&mut bytes).unwrap();
    let mut text = String::new();
    for byte in bytes {
        write!(text, "{byte:02x}").unwrap();
    }
    text.truncate(digits);
    text
}

/// An SSRC.
pub(crate) fn random_ssrc() -> u32 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).unwrap();
    u32::from_be_bytes(bytes) | 1
}

/// A random UUID.
pub(crate) fn random_uuid() -> String {
    let hex = random_hex(32);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

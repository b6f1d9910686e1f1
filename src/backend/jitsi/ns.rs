//! XML namespaces.

/// Stanzas (RFC 6120).
pub const CLIENT: &str = "jabber:client";
/// The stream itself.
pub const STREAM: &str = "http://etherx.jabber.org/streams";
/// A stream over a websocket (RFC 7395).
pub const FRAMING: &str = "urn:ietf:params:xml:ns:xmpp-framing";
/// Authentication (RFC 6120, section 6).
pub const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
/// Resource binding (RFC 6120, section 7).
pub const BIND: &str = "urn:ietf:params:xml:ns:xmpp-bind";
/// Conditions of errors (RFC 6120, section 8.3).
pub const STANZAS: &str = "urn:ietf:params:xml:ns:xmpp-stanzas";
/// Stream management (XEP-0198).
pub const SM: &str = "urn:xmpp:sm:3";
/// Pings (XEP-0199).
pub const PING: &str = "urn:xmpp:ping";
/// Who can do what (XEP-0030).
pub const DISCO: &str = "http://jabber.org/protocol/disco#info";
/// The same in presence (XEP-0115).
pub const CAPS: &str = "http://jabber.org/protocol/caps";
/// External services (XEP-0215).
pub const SERVICES: &str = "urn:xmpp:extdisco:2";
/// The same, older.
pub const SERVICES_OLD: &str = "urn:xmpp:extdisco:1";
/// Rooms (XEP-0045).
pub const MUC: &str = "http://jabber.org/protocol/muc";
/// What a room says of its people.
pub const MUC_USER: &str = "http://jabber.org/protocol/muc#user";
/// What moderators do.
pub const MUC_ADMIN: &str = "http://jabber.org/protocol/muc#admin";
/// What owners configure.
pub const MUC_OWNER: &str = "http://jabber.org/protocol/muc#owner";
/// Forms (XEP-0004).
pub const DATA: &str = "jabber:x:data";
/// Display names (XEP-0172).
pub const NICK: &str = "http://jabber.org/protocol/nick";
/// When a message was sent (XEP-0203).
pub const DELAY: &str = "urn:xmpp:delay";
/// Reactions to messages (XEP-0444).
pub const REACTIONS: &str = "urn:xmpp:reactions:0";
/// What a server shall do with a message (XEP-0334).
pub const HINTS: &str = "urn:xmpp:hints";
/// Media sessions (XEP-0166).
pub const JINGLE: &str = "urn:xmpp:jingle:1";
/// RTP in them (XEP-0167).
pub const RTP: &str = "urn:xmpp:jingle:apps:rtp:1";
/// RTP header extensions (XEP-0294).
pub const RTP_EXTENSION: &str = "urn:xmpp:jingle:apps:rtp:rtp-hdrext:0";
/// RTCP feedback (XEP-0293).
pub const RTP_FEEDBACK: &str = "urn:xmpp:jingle:apps:rtp:rtcp-fb:0";
/// Sources (XEP-0339).
pub const SOURCE: &str = "urn:xmpp:jingle:apps:rtp:ssma:0";
/// Groups of contents (XEP-0338).
pub const GROUPING: &str = "urn:xmpp:jingle:apps:grouping:0";
/// ICE (XEP-0176).
pub const ICE: &str = "urn:xmpp:jingle:transports:ice-udp:1";
/// DTLS (XEP-0320).
pub const DTLS: &str = "urn:xmpp:jingle:apps:dtls:0";
/// SCTP over DTLS (XEP-0343).
pub const SCTP: &str = "urn:xmpp:jingle:transports:dtls-sctp:1";
/// The focus.
pub const FOCUS: &str = "http://jitsi.org/protocol/focus";
/// The bridge's channel.
pub const COLIBRI: &str = "http://jitsi.org/protocol/colibri";
/// Whatever else Jitsi says.
pub const JITMEET: &str = "http://jitsi.org/jitmeet";
/// A moderator closes a microphone.
pub const MUTE_AUDIO: &str = "http://jitsi.org/jitmeet/audio";

//! Links: what a user types or pastes, and which backend it belongs to.
//!
//! Links use only characters that survive unquoted in bash, zsh, fish and PowerShell:
//! `https://host[:port]/room#fp=….k=…`, values in base64url without padding, parts joined by `.`.

use super::Backend;
use crate::exit::{Exit, Failure};
use crate::net::{self, Fingerprint, Target};
use crate::protocol::control::{RoomMode, Secret};
use crate::protocol::invite::ShownInvite;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Which protocol a link speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Our own server, or what the server says that it is: `https://…`, or `http://` on loopback (development).
    Conclave,
    /// A Jitsi deployment, known by the link alone: its room has a tenant or a name that ours have not, or it carries a token.
    /// `jitsi://` says it too.
    Jitsi,
    /// A LiveKit server: `livekit://host[:port]` or `wss://…` (TLS), `ws://…` on loopback. The token comes apart from
    /// the link and names the room.
    LiveKit,
}

/// A parsed link. `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Which backend.
    pub scheme: Scheme,
    /// Host name or address (IPv6 without brackets).
    pub host: String,
    /// Port.
    pub port: u16,
    /// Whether TLS is used (false only on loopback).
    pub tls: bool,
    /// Room name; empty for LiveKit, where the token names it.
    pub room: String,
    /// `fp`: the server's fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// `fp2`: the fingerprint of the key that will follow it.
    pub spare: Option<Fingerprint>,
    /// `k`: the secret of the room or of the owner link.
    pub key: Option<Zeroizing<String>>,
    /// `m`: the least mode that whoever made the link expects of the room.
    pub mode: Option<RoomMode>,
    /// `i`: the secret of an invite to the room.
    pub invite: Option<Zeroizing<String>>,
    /// The invite's PIN, given apart from the link.
    pub pin: Option<Zeroizing<String>>,
    /// An access token, given apart from the link (LiveKit) or in it (Jitsi).
    pub token: Option<Zeroizing<String>>,
    /// An account on the server, given apart from the link (Jitsi).
    pub login: Option<Login>,
}

/// User and password. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// User name, without domain.
    pub user: String,
    /// Password.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login")
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({}{})", self.display(), if self.has_secret() { ", with a secret" } else { "" })
    }
}

/// How the part of a Jitsi link after '#' begins: settings for a browser, which are nothing to us.
const JITSI: [&str; 4] = ["config.", "interfaceConfig.", "userInfo.", "devices."];

/// The longest link that is looked at, in bytes.
const MAX_LINK: usize = 4096;
pub use crate::protocol::control::{MAX_ROOM, valid_room};

fn bad(text: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Data, format!("this is not a room link: {text}; a link looks like https://host/room#fp=…"))
}

impl Link {
    /// Parses what a user gave. Nothing of a secret appears in an error.
    pub fn parse(s: &str) -> Result<Self, Failure> {
        let s = s.trim();
        if s.is_empty() {
            return Err(bad("it is empty"));
        }
        if s.len() > MAX_LINK {
            return Err(bad("it is too long"));
        }
        let s = if s.contains("://") { s.to_owned() } else { format!("https://{s}") };
        let u = url::Url::parse(&s).map_err(bad)?;
        let (scheme, tls, default_port) = match u.scheme() {
            "https" => (Scheme::Conclave, true, 443),
            "http" => (Scheme::Conclave, false, 80),
            "jitsi" => (Scheme::Jitsi, true, 443),
            "livekit" | "wss" => (Scheme::LiveKit, true, 443),
            "ws" => (Scheme::LiveKit, false, 80),
            other => return Err(bad(format_args!("'{}' is not a scheme that Conclave knows", crate::text::clean(other)))),
        };
        if !u.username().is_empty() || u.password().is_some() {
            return Err(bad("it carries a user name or password; use conclave login"));
        }
        // Of all that may stand in a query, one thing is known: the token of a Jitsi room.
        let web = matches!(scheme, Scheme::Conclave | Scheme::Jitsi);
        let token = u.query_pairs().find(|(name, _)| web && name == "jwt").map(|(_, token)| Zeroizing::new(token.into_owned()));
        if u.query().is_some() && token.is_none() && scheme != Scheme::Jitsi {
            return Err(bad("it has a query ('?…'); secrets never belong there"));
        }
        let host = net::host_of(&u).ok_or_else(|| bad("it names no host"))?;
        if !tls && !net::is_here(&host) {
            return Err(Failure::new(
                Exit::Data,
                format!("unencrypted links work on this machine only, and {host} is another one; use https"),
            ));
        }
        let room = percent_decode(u.path().trim_matches('/')).ok_or_else(|| bad("the room name is not UTF-8"))?;
        // What cannot be a room of ours may be one of Jitsi's.
        let settings = u.fragment().is_some_and(|f| JITSI.iter().any(|start| f.starts_with(start)));
        let theirs = token.is_some() || settings || !valid_room(&room) && !room.is_empty();
        let scheme = if scheme == Scheme::Conclave && theirs { Scheme::Jitsi } else { scheme };
        if room.len() > MAX_LINK / 4 || room.chars().any(char::is_control) {
            return Err(bad("a room name has letters, digits, '-' and '_' only, at most 128 of them"));
        }
        let mut link = Self {
            scheme,
            host,
            port: u.port().unwrap_or(default_port),
            tls,
            room,
            fingerprint: None,
            spare: None,
            key: None,
            mode: None,
            invite: None,
            pin: None,
            token,
            login: None,
        };
        if settings {
            return Ok(link);
        }
        for part in u.fragment().unwrap_or("").split('.').filter(|p| !p.is_empty()) {
            match part.split_once('=') {
                Some(("fp", v)) => link.fingerprint = Some(Fingerprint::parse(v)?),
                Some(("fp2", v)) => link.spare = Some(Fingerprint::parse(v)?),
                Some(("k", v)) => link.key = Some(Zeroizing::new(v.to_owned())),
                Some(("i", v)) => link.invite = Some(Zeroizing::new(v.to_owned())),
                Some(("m", v)) => {
                    let unknown = |_| bad("it asks for an encryption mode that this client does not know; update");
                    link.mode = Some(v.parse().map_err(unknown)?);
                }
                // Newer links may say more than this client knows.
                Some(_) => {}
                None => return Err(bad("the part after '#' is damaged")),
            }
        }
        Ok(link)
    }

    /// The same server's room of a name.
    #[must_use]
    pub fn to_room(self, room: &str) -> Self {
        Self { room: room.to_owned(), ..self }
    }

    /// Whether the link itself carries a secret, and so may not stand in an argument list.
    pub fn has_secret(&self) -> bool {
        self.key.is_some() || self.invite.is_some() || self.scheme == Scheme::Jitsi && self.token.is_some()
    }

    /// Whether the link says that the room is one of our own server's: no other room is joined by it.
    pub fn says_ours(&self) -> bool {
        self.fingerprint.is_some() || self.key.is_some() || self.invite.is_some() || self.mode.is_some()
    }

    /// The invite as the server is shown it.
    pub fn shown_invite(&self) -> Option<ShownInvite> {
        let secret = Secret(self.invite.clone()?);
        Some(ShownInvite { secret, pin: self.pin.clone().map(Secret) })
    }

    /// The link without fragment, secret or token: what may be shown and logged.
    pub fn display(&self) -> String {
        let scheme = match (self.scheme, self.tls) {
            (Scheme::Conclave | Scheme::Jitsi, true) => "https",
            (Scheme::Conclave | Scheme::Jitsi, false) => "http",
            (Scheme::LiveKit, true) => "livekit",
            (Scheme::LiveKit, false) => "ws",
        };
        let authority = self.authority();
        let usual = if self.tls { ":443" } else { ":80" };
        let room: String = match self.scheme {
            Scheme::Jitsi => percent_encoding::utf8_percent_encode(&self.room, ROOM).to_string(),
            _ => self.room.clone(),
        };
        format!("{scheme}://{}/{room}", authority.strip_suffix(usual).unwrap_or(&authority))
    }

    /// The whole link, with its secret, as [`Link::parse`] reads it: for whoever asked for it, never for a log.
    pub fn whole(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(MAX_LINK));
        text.push_str(&self.display());
        let mut separator = "#";
        let mut part = |name: &str, value: &str| {
            for piece in [separator, name, "=", value] {
                text.push_str(piece);
            }
            separator = ".";
        };
        if let Some(fingerprint) = &self.fingerprint {
            part("fp", &fingerprint.to_string());
        }
        if let Some(spare) = &self.spare {
            part("fp2", &spare.to_string());
        }
        if let Some(mode) = self.mode {
            part("m", mode.word());
        }
        if let Some(key) = &self.key {
            part("k", key);
        }
        if let Some(invite) = &self.invite {
            part("i", invite);
        }
        text
    }

    /// The link with all that may be public of it, and no secret: enough to find the room and its server, not to get in.
    pub fn public(&self) -> String {
        let public = Self { key: None, invite: None, pin: None, token: None, ..self.clone() };
        public.whole().to_string()
    }

    /// Whom to accept there: the link's keys, or where it names none, this one.
    pub fn trust(&self, otherwise: Option<Fingerprint>) -> net::Options {
        match self.fingerprint {
            Some(_) => net::Options { successors: self.spare.into_iter().collect(), ..net::Options::pinned(self.fingerprint) },
            None => net::Options::pinned(otherwise),
        }
    }

    /// How to connect: as was given, but where the link names keys, to no other.
    pub fn connects(&self, given: net::Options) -> net::Options {
        match self.fingerprint {
            Some(_) => net::Options { proxies: given.proxies, ..self.trust(None) },
            None => given,
        }
    }

    /// Where the connection goes.
    pub fn target(&self) -> Target {
        Target { host: self.host.clone(), port: self.port, tls: self.tls }
    }

    /// `host:port`, with brackets around an IPv6 address.
    pub fn authority(&self) -> String {
        self.target().authority()
    }
}

/// What stays as it is in the path of a Jitsi room.
const ROOM: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn percent_decode(s: &str) -> Option<String> {
    let b = s.as_bytes();
    let (mut out, mut i) = (Vec::with_capacity(b.len()), 0);
    while i < b.len() {
        if b[i] == b'%' {
            out.push(u8::from_str_radix(s.get(i + 1..i + 3)?, 16).ok()?);
            i += 3;
        } else {
            out.push(b[i]);
            i += 1;
        }
    }
    String::from_utf8(out).ok()
}

/// The backend that a link belongs to. This is where a new backend is plugged in.
pub fn classify(link: &Link) -> Arc<dyn Backend> {
    match link.scheme {
        Scheme::Conclave => Arc::new(super::web::Web),
        Scheme::Jitsi => Arc::new(super::jitsi::Jitsi),
        Scheme::LiveKit => Arc::new(super::livekit::LiveKit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_parsed_and_shown_without_secrets() {
        let fp = "A".repeat(43);
        let l = Link::parse(&format!(
            "https://meet.example:8443/board-weekly#fp={fp}.fp2={}.k=c2VjcmV0.i=aW52aXRl.m=balanced.new=1",
            "B".repeat(42) + "A"
        ))
        .unwrap();
        assert_eq!(l.trust(None).successors.len(), 1);
        assert_eq!(l.mode, Some(RoomMode::Balanced));
        assert_eq!((l.host.as_str(), l.port, l.room.as_str(), l.tls), ("meet.example", 8443, "board-weekly", true));
        assert!(l.has_secret());
        assert!(!format!("{l:?}").contains("c2VjcmV0") && !format!("{l:?}").contains("aW52aXRl"));
        assert!(Link::parse("https://h/r#i=aW52aXRl").unwrap().has_secret());
        assert_eq!(l.display(), "https://meet.example:8443/board-weekly");
        assert_eq!(
            *l.whole(),
            format!(
                "https://meet.example:8443/board-weekly#fp={fp}.fp2={}.m=balanced.k=c2VjcmV0.i=aW52aXRl",
                "B".repeat(42) + "A"
            )
        );
        assert_eq!(Link::parse(&l.whole()).unwrap(), l);
        assert_eq!(Link::parse("meet.example/r").unwrap().port, 443);
        assert_eq!(Link::parse("http://[::1]:7000/r").unwrap().authority(), "[::1]:7000");
    }

    #[test]
    fn damaged_links_say_why() {
        for (s, word) in [
            ("", "empty"),
            ("ftp://h/r", "scheme"),
            ("http://example.org/r", "https"),
            ("https://u:p@h/r", "login"),
            ("https://h/r?k=1", "query"),
            ("https://h/a%0ab", "letters"),
            ("https://h/r#fp=zz", "fingerprint"),
            ("https://h/r#xyz", "damaged"),
            ("https://h/r#m=weak", "mode"),
        ] {
            let e = Link::parse(s).unwrap_err();
            assert!(e.text.contains(word), "{s}: {e}");
            assert_eq!(e.exit, Exit::Data);
        }
    }
}

//! A Jitsi deployment: what its `config.js` says of where rooms are and how one gets there.

use super::config_js;
use super::stream::Login;
use super::{Place, xml};
use crate::exit::{Exit, Failure};
use crate::net::{self, Target, http};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is in a room's name.
const ROOM: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// The longest room name, in bytes: an address's node has 1023.
const MAX_NODE: usize = 512;

/// What a deployment says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// The XMPP domain.
    pub domain: String,
    /// Where its rooms are.
    pub muc: String,
    /// The focus's address.
    pub focus: String,
    /// Where guests go, if people with an account go elsewhere.
    pub anonymous: Option<String>,
    /// Where people with an account go, if not to `domain`.
    pub accounts: Option<String>,
    /// Where the websocket is: server and path.
    pub websocket: (Target, String),
    /// Where the conference is asked for by HTTP, if it is: the path.
    pub request: Option<String>,
}

/// A room as links name it: `TENANT/ROOM`, or `ROOM`.
pub fn split(room: &str) -> (Option<&str>, &str) {
    room.rsplit_once('/').map_or((None, room), |(tenant, room)| (Some(tenant), room))
}

/// A room's node in its address, as Jitsi's own client makes it: small letters, and everything unusual escaped.
pub fn node(room: &str) -> Result<String, Failure> {
    let node = utf8_percent_encode(&room.to_lowercase(), ROOM).to_string().to_lowercase();
    if node.is_empty() || node.len() > MAX_NODE {
        return Err(Failure::new(Exit::Data, "the link names no room, or one with a very long name: https://HOST/ROOM"));
    }
    Ok(node)
}

/// Asks a server whether it is a Jitsi deployment, for rooms of this tenant.
///
/// # Errors
/// It cannot be reached, or is none.
pub async fn find(target: &Target, net: &net::Options, tenant: Option<&str>) -> Result<Deployment, Failure> {
    let dir = tenant.map(|t| format!("{}/", utf8_percent_encode(t, ROOM))).unwrap_or_default();
    let mut answer = get(target, net, &format!("/{dir}config.js")).await?;
    if answer.is_none() && tenant.is_some() {
        answer = get(target, net, "/config.js").await?;
    }
    let none = || {
        let at = target.authority();
        Failure::new(
            Exit::Protocol,
            format!("{at} is no conference server that Conclave knows (no Conclave, and no Jitsi config.js); check the link"),
        )
    };
    read(&answer.ok_or_else(none)?, target, tenant).ok_or_else(none)
}

async fn get(target: &Target, net: &net::Options, path: &str) -> Result<Option<String>, Failure> {
    let answer = http::request(target, net, hyper::Method::GET, path, None, None, config_js::MAX_BYTES).await?;
    let text = String::from_utf8(answer.body.to_vec()).ok();
    // A server that has one page for everything says "yes" to any question.
    Ok(text.filter(|t| answer.status.is_success() && !t.trim_start().to_ascii_lowercase().starts_with("<!doctype")))
}

/// What a `config.js` says. `None`: it is none of Jitsi's.
pub fn read(text: &str, target: &Target, tenant: Option<&str>) -> Option<Deployment> {
    let tenant = tenant.unwrap_or_default().to_lowercase();
    let dotted = tenant.split('.').collect::<Vec<_>>().join("_");
    let (subdomain, subdir) = match tenant.is_empty() {
        true => (String::new(), String::new()),
        false => (format!("{dotted}."), format!("{}/", utf8_percent_encode(&tenant, ROOM))),
    };
    let values = config_js::read(text, &[("subdomain", &subdomain), ("subdir", &subdir)]);
    let value = |name: &str| values.get(&format!("config.{name}")).filter(|v| !v.is_empty());
    let host = |name: &str| value(name).filter(|v| is_domain(v)).cloned();
    let domain = host("hosts.domain")?;
    let muc = host("hosts.muc").unwrap_or_else(|| format!("conference.{subdomain}{domain}"));
    let here = || (target.clone(), format!("/{subdir}xmpp-websocket"));
    let websocket = value("websocket").and_then(|url| place(url, target)).unwrap_or_else(here);
    let request = value("conferenceRequestUrl").and_then(|url| place(url, target));
    Some(Deployment {
        focus: host("hosts.focus").unwrap_or_else(|| format!("focus.{domain}")),
        anonymous: host("hosts.anonymousdomain"),
        accounts: host("hosts.authdomain"),
        // Elsewhere it would need another connection, and the focus is asked over this one just as well.
        request: request.filter(|(at, _)| at == target).map(|(_, path)| path),
        domain,
        muc,
        websocket,
    })
}

fn is_domain(text: &str) -> bool {
    text.len() <= 253 && text.chars().all(|c| c.is_alphanumeric() || ".-_".contains(c))
}

/// Server and path of an address in a `config.js`; such without TLS only on this machine, where the page came without it too.
fn place(url: &str, target: &Target) -> Option<(Target, String)> {
    let url = if url.starts_with("//") { format!("{}:{url}", if target.tls { "https" } else { "http" }) } else { url.to_owned() };
    Target::of_address(&url).filter(|(at, _)| at.tls || !target.tls)
}

impl Deployment {
    /// Where a room is for somebody who logs in like this.
    ///
    /// # Errors
    /// The room has no usable name.
    pub fn place(&self, room: &str, login: &Login, token: bool, host: &str) -> Result<Place, Failure> {
        let node = node(split(room).1)?;
        let domain = match login {
            Login::Plain { .. } => self.accounts.clone(),
            Login::Anonymous if token => None,
            Login::Anonymous => self.anonymous.clone(),
        };
        Ok(Place {
            domain: domain.unwrap_or_else(|| self.domain.clone()),
            room: format!("{node}@{}", self.muc),
            focus: self.focus.clone(),
            request: self.request.clone(),
            hosts: vec![host.to_owned(), self.websocket.0.host.clone()],
        })
    }

    /// The path of the websocket for a room.
    pub fn path(&self, room: &str, previous: Option<&str>, token: Option<&str>) -> zeroize::Zeroizing<String> {
        let path = &self.websocket.1;
        let encode = |text: &str| utf8_percent_encode(text, ROOM).to_string();
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut whole = zeroize::Zeroizing::new(format!("{path}{separator}room={}", encode(&split(room).1.to_lowercase())));
        if let Some(previous) = previous {
            whole.push_str(&format!("&previd={}", encode(previous)));
        }
        if let Some(token) = token {
            whole.push_str(&format!("&token={}", encode(token)));
        }
        whole
    }
}

/// The question for the conference.
pub fn focus_request(room: &str) -> xml::Tag {
    let machine = format!("{:08x}{:08x}", crate::rtc::random_u32(), crate::rtc::random_u32());
    xml::tag("conference", super::ns::FOCUS)
        .attr("room", room)
        .attr("machine-uid", machine)
        .with(xml::tag("property", super::ns::FOCUS).attr("name", "rtcstatsEnabled").attr("value", "false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> Target {
        Target { host: "meet.example".into(), port: 443, tls: true }
    }

    #[test]
    fn rooms_have_the_addresses_that_browsers_give_them() {
        for (room, expected) in
            [("Board", "board"), ("Daily Standup", "daily%20standup"), ("Büro", "b%c3%bcro"), ("a/b", "a%2fb")]
        {
            assert_eq!(node(room).unwrap(), expected);
        }
        assert!(node("").is_err() && node(&"x".repeat(600)).is_err());
        assert_eq!((split("Tenant/Board"), split("Board")), ((Some("Tenant"), "Board"), (None, "Board")));
    }

    #[test]
    fn a_deployment_names_its_parts_and_the_tenant_its_own() {
        let text = "var config = { hosts: { domain: 'x.example', anonymousdomain: 'guest.x.example', authdomain: 'x.example', \
                    muc: 'conference.' + subdomain + 'x.example' }, bosh: '//meet.example/' + subdir + 'http-bind', \
                    websocket: 'wss://meet.example/' + subdir + 'xmpp-websocket', conferenceRequestUrl: 'https://meet.example/' + subdir + 'conference-request/v1' };";
        let d = read(text, &target(), Some("Board.One")).unwrap();
        assert_eq!((d.domain.as_str(), d.muc.as_str()), ("x.example", "conference.board_one.x.example"));
        assert_eq!(d.focus, "focus.x.example");
        assert_eq!(d.request.as_deref(), Some("/board.one/conference-request/v1"));
        let plain = Login::Plain { user: "a".into(), password: String::new().into() };
        assert_eq!(d.place("T/Room", &Login::Anonymous, false, "h").unwrap().domain, "guest.x.example");
        assert_eq!(d.place("T/Room", &Login::Anonymous, true, "h").unwrap().domain, "x.example");
        assert_eq!(d.place("T/Room", &plain, false, "h").unwrap().domain, "x.example");
        assert_eq!(d.place("T/Room", &plain, false, "h").unwrap().room, "room@conference.board_one.x.example");
        let path = d.path("T/Room", Some("a&b"), Some("e.y"));
        assert_eq!(path.as_str(), "/board.one/xmpp-websocket?room=room&previd=a%26b&token=e.y");
    }

    #[test]
    fn what_is_no_jitsi_is_told_from_one_and_no_address_leads_out_of_tls() {
        assert!(read("<html>", &target(), None).is_none());
        assert!(read("var config = { title: 'x' };", &target(), None).is_none());
        let d = read("var config = { hosts: { domain: 'x' }, websocket: 'ws://evil.example/x' };", &target(), None).unwrap();
        assert_eq!(d.websocket, (target(), "/xmpp-websocket".into()));
    }
}

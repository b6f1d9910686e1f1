//! Proxies. This version goes through none: what can be said is whether one is meant to be used, and whether it works without.

use super::{Check, Finding, Private, Text};
use crate::exit::Exit;

/// Where programs look, in this order.
const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// A proxy that the environment names. Never a password: only host and port are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    variable: &'static str,
    authority: String,
}

/// What the environment says.
pub fn environment() -> Option<Proxy> {
    find(|name| std::env::var(name).ok())
}

fn find(var: impl Fn(&str) -> Option<String>) -> Option<Proxy> {
    let (variable, value) = NAMES.into_iter().find_map(|name| Some((name, var(name).filter(|v| !v.is_empty())?)))?;
    let with_scheme = if value.contains("://") { value } else { format!("http://{value}") };
    let url = url::Url::parse(&with_scheme).ok();
    let authority = url.and_then(|url| Some(format!("{}:{}", url.host_str()?, url.port_or_known_default().unwrap_or(1080))));
    Some(Proxy { variable, authority: authority.unwrap_or_else(|| "unreadable".into()) })
}

/// Without a server.
pub fn proxy(found: Option<&Proxy>) -> Finding {
    judge(found, None)
}

/// `reached`: whether the server answered without it; `None` if no server was named.
pub(super) fn judge(proxy: Option<&Proxy>, reached: Option<bool>) -> Finding {
    let Some(proxy) = proxy else {
        let text = "the environment names none (one that only a configuration script of browsers names is not seen)";
        return Finding::pass(Check::Proxy, Text::of(text));
    };
    let text = Text::of("").and(proxy.variable).and(" names ").private(Private::Host, &proxy.authority);
    match reached {
        Some(true) => Finding::pass(Check::Proxy, text.and(", which is not used: the server answers without")),
        Some(false) => Finding::fail(
            Check::Proxy,
            Exit::Unavailable,
            text.and(", and the server does not answer without it"),
            Text::of(
                "this version of Conclave goes through no proxies: ask IT to let this machine reach the server directly, by TCP and UDP",
            ),
        ),
        None => Finding::warn(
            Check::Proxy,
            text.and(", and this version of Conclave goes through no proxies"),
            Text::of("name the server, and the direct way is tried: conclave doctor https://HOST"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn a_proxy_is_named_without_its_password() {
        let found = find(|name| (name == "https_proxy").then(|| "http://ana:hunter2@proxy.example:3128/".to_owned())).unwrap();
        assert_eq!(found, Proxy { variable: "https_proxy", authority: "proxy.example:3128".into() });
        for (reached, status) in [(Some(true), Status::Pass), (Some(false), Status::Fail), (None, Status::Warn)] {
            let judged = judge(Some(&found), reached);
            assert!(judged.status() == status && !judged.text().redacted().contains("example"), "{judged:?}");
        }
        assert_eq!(find(|_| Some("proxy:8080".into())).unwrap().authority, "proxy:8080");
        assert_eq!((find(|_| Some(String::new())), judge(None, None).status()), (None, Status::Pass));
    }
}

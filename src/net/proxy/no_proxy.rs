//! `NO_PROXY`: names with all that are below them, addresses, networks, `*`, each with a port or without.

use super::Target;
use hyper_util::client::proxy::matcher::Matcher;

/// Whether a list spares a target.
pub(super) fn spares(list: &str, to: &Target) -> bool {
    let host = to.host.trim_end_matches('.');
    let entries =
        list.split([',', ' ', '\t', '\n']).filter(|entry| !entry.is_empty()).filter_map(|entry| of_port(entry, to.port));
    let entries: Vec<&str> = entries.collect();
    if entries.contains(&"*") {
        return true;
    }
    let bracketed = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let Ok(uri) = format!("https://{bracketed}/").parse() else { return false };
    // One that serves everything but what is spared.
    let entries = entries.iter().map(|e| e.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(e));
    Matcher::builder().all("http://proxy").no(entries.collect::<Vec<_>>().join(",")).build().intercept(&uri).is_none()
}

/// An entry without its port; `None` if it is about another one.
fn of_port(entry: &str, port: u16) -> Option<&str> {
    let address = |host: &str| host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).map(str::to_owned);
    match entry.rsplit_once(':') {
        Some((host, of))
            if (!host.contains(':') || address(host).is_some()) && of.bytes().all(|b| b.is_ascii_digit()) && !of.is_empty() =>
        {
            (of.parse() == Ok(port)).then(|| host.trim_matches(['[', ']']))
        }
        _ => Some(entry.trim_matches(['[', ']'])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_mean_what_they_mean_elsewhere() {
        let spared = |list: &str, host: &str| spares(list, &Target { host: host.into(), port: 8443, tls: true });
        for (list, host) in [
            ("example.org", "example.org"),
            ("example.org", "meet.Example.ORG"),
            (".example.org", "meet.example.org"),
            ("*.example.org", "meet.example.org"),
            ("a, example.org:8443 b", "meet.example.org"),
            ("192.168.0.0/16", "192.168.7.1"),
            ("fd00::/8", "fd00::1"),
            ("[fd00::1]:8443", "fd00::1"),
            ("::1", "::1"),
            ("*", "10.0.0.1"),
            ("*", "anything.example"),
            ("example.org", "meet.example.org."),
        ] {
            assert!(spared(list, host), "{list} spares {host}");
        }
        for (list, host) in [
            ("", "example.org"),
            ("example.org", "notexample.org"),
            ("example.org:443", "example.org"),
            ("192.168.0.0/16", "192.169.0.1"),
            ("[fd00::1]:443", "fd00::1"),
            ("org.example", "example.org"),
            (",, ,", "example.org"),
            ("exa mple.org", "example.org"),
        ] {
            assert!(!spared(list, host), "{list} does not spare {host}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_list_is_too_strange(list in "\\PC{0,60}|[\\[\\]:.,*/0-9a-f ]{0,60}", host in "[a-z.:0-9]{0,40}") {
            spares(&list, &Target { host, port: 1, tls: true });
        }
    }
}

//! Which servers this process may connect to, and by which keys: the administrator's policy, for every connection that
//! [`super::tls::connect`] makes. Set once, before the first of them, and never changed.

use super::{Fingerprint, Options, Target};
use crate::exit::{Exit, Failure};
use std::borrow::Cow;
use std::str::FromStr;
use std::sync::OnceLock;

static RULES: OnceLock<Rules> = OnceLock::new();

/// What is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// These servers only; `None`: all.
    pub allow: Option<Vec<Pattern>>,
    /// The keys of some servers.
    pub pins: Vec<(Pattern, Vec<Fingerprint>)>,
    /// The word of a certificate authority is not enough.
    pub fingerprint_needed: bool,
    /// Where the user can read this.
    pub place: String,
}

/// A server: `host`, `*.domain`, `host:port`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Lower case; an IPv6 address without brackets.
    host: String,
    /// What comes before `host` does not matter, and there must be something.
    below: bool,
    port: Option<u16>,
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let bad = || format!("\"{}\" is no server: meet.example.org, *.example.org or 10.0.0.5:8443", crate::text::clean(s));
        let (name, below) = s.strip_prefix("*.").map_or((s, false), |rest| (rest, true));
        let (host, port) = match (name.strip_prefix('['), name.rsplit_once(':')) {
            (Some(rest), _) => {
                let (host, port) = rest.split_once(']').ok_or_else(bad)?;
                (host, port.strip_prefix(':'))
            }
            (None, Some((host, port))) if !host.contains(':') => (host, Some(port)),
            _ => (name, None),
        };
        let port = port.map(|p| p.parse().map_err(|_| bad())).transpose()?;
        let good = |c: char| c.is_alphanumeric() || ".-:_".contains(c);
        if host.is_empty() || host.starts_with('.') || !host.chars().all(good) {
            return Err(bad());
        }
        Ok(Self { host: host.to_lowercase(), below, port })
    }
}

impl Pattern {
    fn is(&self, to: &Target) -> bool {
        let host = to.host.trim_end_matches('.').to_lowercase();
        let named = match self.below {
            true => host.strip_suffix(self.host.as_str()).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
            false => host == self.host,
        };
        named && self.port.is_none_or(|port| port == to.port)
    }
}

/// Sets them. Whoever comes second changes nothing.
pub fn install(rules: Rules) {
    let _ = RULES.set(rules);
}

/// Whether the administrator says by which keys a server is known, or that it must be known by one: nobody else may accept another.
pub fn names(to: &Target) -> bool {
    RULES.get().is_some_and(|rules| rules.fingerprint_needed || rules.pins.iter().any(|(pattern, _)| pattern.is(to)))
}

/// What the rules make of a connection.
pub(super) fn apply<'a>(to: &Target, options: &'a Options) -> Result<Cow<'a, Options>, Failure> {
    RULES.get().map_or(Ok(Cow::Borrowed(options)), |rules| rules.apply(to, options))
}

impl Rules {
    fn apply<'a>(&self, to: &Target, options: &'a Options) -> Result<Cow<'a, Options>, Failure> {
        let (place, server) = (&self.place, to.authority());
        if self.allow.as_ref().is_some_and(|allow| !allow.iter().any(|p| p.is(to))) {
            let text = format!(
                "your administrator does not allow this machine to connect to {server}; the servers that are allowed stand in {place}"
            );
            return Err(Failure::new(Exit::Policy, text));
        }
        let pins: Vec<Fingerprint> = self.pins.iter().filter(|(p, _)| p.is(to)).flat_map(|(_, keys)| keys.clone()).collect();
        if pins.is_empty() {
            if self.fingerprint_needed && to.tls && options.fingerprint.is_none() {
                let text = format!(
                    "your administrator wants servers to be known by their fingerprint, and nothing names the one of {server} ({place}); use the whole link, with #fp=…"
                );
                return Err(Failure::new(Exit::Tls, text));
            }
            return Ok(Cow::Borrowed(options));
        }
        if !to.tls {
            let text = format!("your administrator pins the key of {server} ({place}), and this link has no TLS; use https");
            return Err(Failure::new(Exit::Tls, text));
        }
        // Of what the link names and what is pinned: what both name.
        let mut keys = pins.into_iter().filter(|k| options.fingerprint.is_none() || options.names(*k));
        let first = keys.next().ok_or_else(|| {
            let text = format!(
                "the link names another key of {server} than your administrator does ({place}): an old link, or somebody is in between; ask before you go on"
            );
            Failure::new(Exit::Tls, text)
        })?;
        Ok(Cow::Owned(Options { fingerprint: Some(first), successors: keys.collect(), ..options.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(host: &str, port: u16) -> Target {
        Target { host: host.into(), port, tls: true }
    }

    fn key(n: u8) -> Fingerprint {
        Fingerprint::of_spki(&[n])
    }

    #[test]
    fn servers_are_named_exactly() {
        let is = |pattern: &str, host: &str, port| pattern.parse::<Pattern>().unwrap().is(&to(host, port));
        assert!(is("meet.example.org", "Meet.Example.ORG", 443) && is("meet.example.org", "meet.example.org.", 8443));
        assert!(
            is("*.example.org", "a.b.example.org", 443) && is("[::1]:80", "::1", 80) && is("10.0.0.5:8443", "10.0.0.5", 8443)
        );
        for (pattern, host, port) in [
            ("meet.example.org", "meet.example.org.evil.net", 443),
            ("meet.example.org", "notmeet.example.org", 443),
            ("*.example.org", "example.org", 443),
            ("*.example.org", "evilexample.org", 443),
            ("*.example.org", ".example.org", 443),
            ("10.0.0.5:8443", "10.0.0.5", 443),
        ] {
            assert!(!is(pattern, host, port), "{pattern} {host}");
        }
        for bad in ["", "*", "*.", "https://h", "h:x", "h/room", "[::1", "a b", "*.*.h"] {
            assert!(bad.parse::<Pattern>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_not_allowed_is_refused_with_where_it_stands() {
        let rules = Rules { allow: Some(vec!["meet.example.org".parse().unwrap()]), place: "/etc/x".into(), ..Rules::default() };
        let options = Options::default();
        assert_eq!(*rules.apply(&to("meet.example.org", 443), &options).unwrap(), options);
        let refused = rules.apply(&to("evil.net", 443), &options).unwrap_err();
        assert!(
            refused.exit == Exit::Policy && refused.text.contains("evil.net:443") && refused.text.contains("/etc/x"),
            "{refused}"
        );
    }

    #[test]
    fn a_pin_counts_more_than_link_and_authority() {
        let pins = vec![("h".parse().unwrap(), vec![key(1), key(2)])];
        let rules = Rules { pins, fingerprint_needed: true, ..Rules::default() };
        let pinned = |first, rest: &[u8]| Options {
            successors: rest.iter().map(|n| key(*n)).collect(),
            ..Options::pinned(Some(key(first)))
        };
        assert_eq!(*rules.apply(&to("h", 443), &Options::default()).unwrap(), pinned(1, &[2]));
        assert_eq!(*rules.apply(&to("h", 443), &pinned(2, &[3])).unwrap(), pinned(2, &[]));
        assert_eq!(rules.apply(&to("h", 443), &pinned(3, &[])).unwrap_err().exit, Exit::Tls);
        assert_eq!(rules.apply(&Target { tls: false, ..to("h", 80) }, &Options::default()).unwrap_err().exit, Exit::Tls);
        // Elsewhere a fingerprint is needed, whichever.
        assert_eq!(*rules.apply(&to("other", 443), &pinned(9, &[])).unwrap(), pinned(9, &[]));
        assert_eq!(rules.apply(&to("other", 443), &Options::default()).unwrap_err().exit, Exit::Tls);
    }
}

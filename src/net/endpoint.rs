//! Addresses of web services that an administrator or such a service names: TLS everywhere but on this machine.

use super::Target;

/// The longest address that is looked at, in bytes.
const MAX: usize = 2048;

/// Where a web service is: host, port, path and query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Host and port.
    pub target: Target,
    /// Path and query.
    pub path: String,
    /// The whole address, as it may be shown: host names in ASCII, so that none looks like another.
    pub url: String,
}

impl Endpoint {
    /// Reads an address: `https://`, or `http://` on this machine; without a password or a fragment in it. The error says what
    /// is wrong with it.
    pub fn parse(address: &str) -> Result<Self, String> {
        if address.len() > MAX {
            return Err("the address is too long".into());
        }
        let url = url::Url::parse(address).map_err(|e| format!("{e}; write it as https://host/path"))?;
        let host = super::host_of(&url).ok_or("there is no host in it")?;
        let tls = match (url.scheme(), super::is_here(&host)) {
            ("https", _) => true,
            ("http", true) => false,
            ("http", false) => return Err("plain http leads nowhere but to this machine; use https".into()),
            _ => return Err("it does not begin with https://".into()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address with a name or a password in it would end up in logs".into());
        }
        if url.fragment().is_some() {
            return Err("there is a fragment (#…) in it".into());
        }
        let port = url.port_or_known_default().ok_or("there is no port in it")?;
        let path = url.query().map_or_else(|| url.path().to_owned(), |q| format!("{}?{q}", url.path()));
        Ok(Self { target: Target { host, port, tls }, path, url: url.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_nobody_reads_on_the_way_are_taken() {
        let e = Endpoint::parse("https://id.example.org/realms/staff?x=1").unwrap();
        assert_eq!((e.target.authority().as_str(), e.target.tls), ("id.example.org:443", true));
        assert_eq!(e.path, "/realms/staff?x=1");
        for here in ["http://127.0.0.1:9/a", "http://[::1]:9/a", "http://localhost:9/a"] {
            let e = Endpoint::parse(here).unwrap();
            assert_eq!((e.target.port, e.target.tls, e.path.as_str()), (9, false, "/a"), "{here}");
        }
        assert!(Endpoint::parse("https://\u{440}aypal.com/").unwrap().url.starts_with("https://xn--"));
        let long = format!("https://x/{}", "a".repeat(3000));
        for bad in ["http://id.example.org/", "ftp://x/", "https://a:b@x/", "https://x/#y", "x", "", "javascript:alert(1)", &long]
        {
            assert!(Endpoint::parse(bad).is_err(), "{bad}");
        }
    }
}

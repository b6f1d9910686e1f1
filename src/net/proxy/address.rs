//! A proxy's address, as users and other programs write it.

use super::{Credentials, Inner, Proxy};
use crate::exit::{Exit, Failure};
use crate::net::Target;
use std::sync::{Arc, OnceLock};

/// The longest one, in bytes.
const MAX: usize = 2048;

/// Looks at what may be configured: `none`, `env`, or an address. A password has no place where others can read it.
///
/// # Errors
/// One sentence, which does not repeat the address.
pub fn check(wanted: &str) -> Result<(), String> {
    if matches!(wanted.trim(), "none" | "env" | "") {
        return Ok(());
    }
    let proxy = Proxy::parse(wanted, "the address").map_err(|e| e.text)?;
    match proxy.0.credentials.get() {
        None => Ok(()),
        Some(_) => Err(format!(
            "a proxy's address carries no password here, where others can read it: write {} and store the password with 'conclave proxy login', or give it with --proxy-password-fd N",
            proxy.address()
        )),
    }
}

impl Proxy {
    /// Where it is.
    pub fn at(&self) -> &Target {
        &self.0.at
    }

    /// Reads an address, with or without a password in it.
    pub(super) fn parse(text: &str, named_by: &str) -> Result<Self, Failure> {
        let no = |why: &str| Failure::new(Exit::Usage, format!("{named_by} names no proxy that can be used: {why}"));
        let text = text.trim();
        if text.len() > MAX {
            return Err(no("the address is too long"));
        }
        let lower = text.to_ascii_lowercase();
        let path = lower.split(['?', '#']).next().unwrap_or_default();
        if lower.starts_with("pac+") || path.ends_with(".pac") || path.ends_with("wpad.dat") {
            return Err(Failure::new(Exit::Config, script(named_by)));
        }
        let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        // The parser's own words could repeat what was given.
        let url = url::Url::parse(&whole).map_err(|_| no("write it as http://HOST:PORT"))?;
        match url.scheme() {
            "http" => {}
            "https" => {
                return Err(no(
                    "TLS with the proxy itself is not spoken; such proxies often have a port for http:// too: ask IT for it",
                ));
            }
            s if s.starts_with("socks") => {
                return Err(no("SOCKS is not spoken, HTTP is: write http://HOST:PORT, or --proxy none to go without"));
            }
            _ => return Err(no("write it as http://HOST:PORT")),
        }
        let host =
            url.host_str().filter(|h| !h.is_empty()).ok_or_else(|| no("there is no host in it; write it as http://HOST:PORT"))?;
        let at = Target { host: host.trim_matches(['[', ']']).to_owned(), port: url.port().unwrap_or(80), tls: false };
        let decoded = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned();
        let user = Some(decoded(url.username())).filter(|u| !u.is_empty());
        let credentials = OnceLock::new();
        if let (Some(name), Some(password)) = (&user, url.password()) {
            let _ = credentials.set(Credentials::new(name.clone(), decoded(password).into()));
        }
        Ok(Self(Arc::new(Inner { at, named_by: named_by.to_owned(), user, credentials, takes: OnceLock::new() })))
    }
}

/// What is said of a script.
pub(super) fn script(named_by: &str) -> String {
    format!(
        "{named_by} names a configuration script (PAC), which only browsers run: open the script in one, look for \"PROXY host:port\" in it, or ask IT for the proxy's host and port, and use that: --proxy http://HOST:PORT"
    )
}

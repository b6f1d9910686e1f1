//! HTTP proxies: which one, if any, serves a target, and how to log in to it. [`connect`] is the CONNECT request (RFC 9110 section
//! 9.3.6) as a state machine, [`tunnel`] its sockets. A name that a proxy serves is resolved by the proxy and never here.

mod address;
mod auth;
pub mod connect;
mod no_proxy;
mod ntlm;
mod refusal;
pub mod tunnel;

pub use address::check;
pub use auth::Credentials;
pub use refusal::Refusal;

use super::Target;
use crate::exit::{Exit, Failure};
use auth::Scheme;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Where the environment names proxies: the first that is set counts.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// Where it names the configuration script of browsers.
const SCRIPT: &str = "auto_proxy";

static INSTALLED: OnceLock<Arc<Configured>> = OnceLock::new();

/// Which proxies serve which targets.
#[derive(Clone, Default)]
pub enum Proxies {
    /// As this process was told by [`install`]: none if it was told nothing.
    #[default]
    Installed,
    /// None.
    Direct,
    /// These.
    Of(Arc<Configured>),
}

/// What is configured.
pub struct Configured {
    /// `None`: no proxy; an error: one is meant that cannot be used, and a connection that needs it fails with that.
    proxy: Result<Option<Proxy>, Failure>,
    /// What it does not serve, as in `NO_PROXY`.
    spared: String,
    /// Browsers are told by a script where to go.
    script: bool,
}

/// A proxy.
#[derive(Clone)]
pub struct Proxy(Arc<Inner>);

struct Inner {
    at: Target,
    named_by: String,
    user: Option<String>,
    credentials: OnceLock<Credentials>,
    /// What it took before: later connections begin with that.
    takes: OnceLock<Scheme>,
}

/// Sets what [`Proxies::Installed`] means. Whoever comes second changes nothing.
pub fn install(configured: Configured) {
    let _ = INSTALLED.set(Arc::new(configured));
}

impl Proxies {
    /// These, and nothing that was installed.
    pub fn of(configured: Configured) -> Self {
        Self::Of(Arc::new(configured))
    }

    /// What is configured, if anything is.
    pub fn configured(&self) -> Option<&Configured> {
        match self {
            Self::Installed => INSTALLED.get().map(|c| &**c),
            Self::Direct => None,
            Self::Of(configured) => Some(configured),
        }
    }

    /// The proxy that serves a target; `None`: it is reached directly.
    ///
    /// # Errors
    /// One is meant that cannot be used: a script, or a protocol that is not spoken.
    pub fn serving(&self, to: &Target) -> Result<Option<Proxy>, Failure> {
        let Some(configured) = self.configured() else { return Ok(None) };
        if matches!(configured.proxy, Ok(None)) || no_proxy::spares(&configured.spared, to) {
            return Ok(None);
        }
        configured.proxy.clone()
    }
}

impl PartialEq for Proxies {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Installed, Self::Installed) | (Self::Direct, Self::Direct) => true,
            (Self::Of(a), Self::Of(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Eq for Proxies {}

impl fmt::Debug for Proxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Installed => f.write_str("Installed"),
            Self::Direct => f.write_str("Direct"),
            Self::Of(configured) => write!(f, "Of({:?})", configured.proxy),
        }
    }
}

impl Configured {
    /// Reads what was configured. `wanted`: `none`, `env`, or a proxy's address without a password in it; `spared`: what it does not
    /// serve, as in `NO_PROXY`, which is added where the environment is asked; `variable`: the environment.
    ///
    /// # Errors
    /// [`Exit::Usage`] for an address that cannot be used.
    pub fn read(wanted: &str, spared: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let set = |name: &str| variable(name).filter(|v| !v.trim().is_empty());
        let (mut spared, mut script) = (spared.to_owned(), false);
        let proxy = match wanted.trim() {
            "none" => Ok(None),
            "env" | "" => {
                script = set(SCRIPT).is_some();
                if let Some(more) = set("NO_PROXY").or_else(|| set("no_proxy")) {
                    spared = format!("{spared},{more}");
                }
                let found = VARIABLES.iter().find_map(|name| Some((name, set(name)?)));
                found.map(|(name, address)| Proxy::parse(&address, name)).transpose()
            }
            address => {
                check(address).map_err(|why| Failure::new(Exit::Usage, why))?;
                Proxy::parse(address, "--proxy or net.proxy").map(Some)
            }
        };
        Ok(Self { proxy, spared, script })
    }

    /// The proxy, whomever it serves.
    ///
    /// # Errors
    /// As [`Proxies::serving`].
    pub fn proxy(&self) -> Result<Option<&Proxy>, &Failure> {
        self.proxy.as_ref().map(Option::as_ref)
    }

    /// A script tells browsers where to go, and nothing tells us.
    pub fn script_only(&self) -> bool {
        self.script && matches!(self.proxy, Ok(None))
    }
}

impl Proxy {
    /// Where it is.
    pub fn target(&self) -> &Target {
        &self.0.at
    }

    /// `host:port`.
    pub fn authority(&self) -> String {
        self.0.at.authority()
    }

    /// Its address without a password.
    pub fn address(&self) -> String {
        let user = self.0.user.as_deref().map(|u| percent_encoding::utf8_percent_encode(u, percent_encoding::NON_ALPHANUMERIC));
        format!("http://{}{}", user.map(|u| format!("{u}@")).unwrap_or_default(), self.authority())
    }

    /// The option or variable that named it.
    pub fn named_by(&self) -> &str {
        &self.0.named_by
    }

    /// The user that its address names.
    pub fn user(&self) -> Option<&str> {
        self.0.user.as_deref()
    }

    /// The name under which its password is kept in a keyring.
    pub fn entry(&self) -> String {
        format!("proxy:{}", self.authority())
    }

    /// Whether there is something to log in with.
    pub fn has_credentials(&self) -> bool {
        self.0.credentials.get().is_some()
    }

    /// What it took before: `NTLM` or `Basic`.
    pub fn logs_in_by(&self) -> Option<&'static str> {
        self.0.takes.get().map(|scheme| scheme.name())
    }

    /// Gives it something to log in with; what it has already counts more.
    pub fn log_in_with(&self, credentials: Credentials) {
        let _ = self.0.credentials.set(credentials);
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.authority())
    }
}

/// What is said where only [`SCRIPT`] is set.
pub fn script_in_environment() -> String {
    address::script(SCRIPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(host: &str) -> Target {
        Target { host: host.into(), port: 443, tls: true }
    }

    fn from(wanted: &str, env: &[(&str, &str)]) -> Proxies {
        let variable = |name: &str| env.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Proxies::of(Configured::read(wanted, "localhost,127.0.0.0/8,::1", variable).unwrap())
    }

    #[test]
    fn the_environment_counts_unless_something_is_named() {
        let env = [("https_proxy", "http://ana:hunter2@proxy.example:3128/"), ("NO_PROXY", "intern.example, 10.0.0.0/8")];
        let proxies = from("env", &env);
        let proxy = proxies.serving(&to("meet.example")).unwrap().unwrap();
        assert_eq!(
            (proxy.authority().as_str(), proxy.user(), proxy.named_by()),
            ("proxy.example:3128", Some("ana"), "https_proxy")
        );
        assert!(proxy.has_credentials() && proxy.address() == "http://ana@proxy.example:3128");
        assert!(!format!("{proxies:?} {proxy:?} {:?}", proxy.0.credentials.get()).contains("hunter2"));
        for spared in ["a.intern.example", "10.1.2.3", "localhost", "127.0.0.1", "::1"] {
            assert!(proxies.serving(&to(spared)).unwrap().is_none(), "{spared}");
        }
        assert!(from("none", &env).serving(&to("meet.example")).unwrap().is_none());
        let named = from("other:8080", &env).serving(&to("10.1.2.3")).unwrap().unwrap();
        assert!(named.authority() == "other:8080" && !named.has_credentials(), "NO_PROXY is the environment's");
        let six = from("http://[2001:db8::7]:3128", &[]).serving(&to("h")).unwrap().unwrap();
        assert_eq!((six.authority().as_str(), six.target().host.as_str()), ("[2001:db8::7]:3128", "2001:db8::7"));
        assert!(from("env", &[("HTTPS_PROXY", " ")]).serving(&to("h")).unwrap().is_none());
        assert!(Proxies::default().serving(&to("h")).unwrap().is_none(), "nothing is installed in tests");
    }

    #[test]
    fn what_cannot_be_used_is_said_when_it_is_needed_and_never_repeats_a_password() {
        for (address, says) in [
            ("socks5://ana:hunter2@h:1080", "SOCKS"),
            ("https://ana:hunter2@h:443", "TLS with the proxy"),
            ("http://h/proxy.pac?x=1", "PROXY host:port"),
            ("pac+http://h/script", "PROXY host:port"),
            ("http://wpad/wpad.dat", "PROXY host:port"),
            ("http://ana:hunter2@[h", "http://HOST:PORT"),
            ("ftp://h", "http://HOST:PORT"),
        ] {
            let proxies = from("env", &[("ALL_PROXY", address)]);
            let failure = proxies.serving(&to("meet.example")).unwrap_err();
            assert!(failure.text.contains(says) && failure.text.starts_with("ALL_PROXY"), "{address}: {failure}");
            assert!(!failure.text.contains("hunter2"), "{failure}");
            assert!(proxies.serving(&to("localhost")).unwrap().is_none());
            assert!(!check(address).unwrap_err().contains("hunter2"));
        }
        let refused = check("http://OFFICE%5Cana:hunter2@h:3128").unwrap_err();
        assert!(refused.contains("conclave proxy login") && refused.contains("OFFICE%5Cana@h:3128"), "{refused}");
        assert!(!refused.contains("hunter2") && check("http://ana@h:3128").is_ok() && check("none").is_ok());
        assert!(from("env", &[("auto_proxy", "http://h/p")]).configured().unwrap().script_only());
    }
}

//! Why a proxy opens no tunnel, and what to do about it.

use super::Proxy;
use crate::exit::{Exit, Failure};
use crate::net::Target;
use crate::text::clean;

/// Why a proxy opens no tunnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be reached itself.
    Unreachable(Failure),
    /// It does not answer in time.
    Silent,
    /// It wants to know who we are, and nothing is known to tell it.
    Wants {
        /// The schemes that it offers.
        offers: Vec<String>,
    },
    /// It does not accept the name and password.
    Wrong {
        /// The schemes that it offers.
        offers: Vec<String>,
    },
    /// It offers only schemes that are not spoken here.
    Foreign {
        /// Those.
        offers: Vec<String>,
    },
    /// It began NTLM and broke it off, or made no sense.
    Ntlm,
    /// It does not let us go there (403, 405).
    Forbidden {
        /// Its status code.
        status: u16,
        /// Its words.
        words: String,
    },
    /// It cannot reach the target itself (5xx).
    Beyond {
        /// Its status code.
        status: u16,
        /// Its words.
        words: String,
    },
    /// It sends us elsewhere (3xx): a page to log in at, perhaps.
    Redirect {
        /// Its status code.
        status: u16,
        /// Its words.
        words: String,
    },
    /// Another status.
    Other {
        /// Its status code.
        status: u16,
        /// Its words.
        words: String,
    },
    /// It does not speak HTTP; its first words.
    NoProxy(String),
    /// It says more than a proxy has to say.
    TooLong,
    /// It closed the connection after so many bytes of an answer.
    Closed {
        /// Bytes.
        after: usize,
    },
}

/// The schemes, as they stand in a sentence.
fn list(offers: &[String]) -> String {
    let offers: Vec<String> = offers.iter().map(|o| clean(o).chars().take(20).collect()).collect();
    if offers.is_empty() { "nothing".into() } else { offers.join(", ") }
}

impl Refusal {
    /// The sentence for a user, and the exit code.
    pub fn explain(&self, proxy: &Proxy, to: &Target) -> Failure {
        let (p, server) = (format!("the proxy {} ({})", proxy.authority(), proxy.named_by()), to.authority());
        let (exit, text) = match self {
            Self::Unreachable(why) => (why.exit, format!("{p} cannot be reached: {}", why.text)),
            Self::Silent => (
                Exit::Unavailable,
                format!("{p} does not answer in time; ask IT whether it is the right one, and whether it may open {server}"),
            ),
            Self::Wants { offers } => (
                Exit::Denied,
                format!(
                    "{p} wants a name and a password (it offers {}): store them with 'conclave proxy login', or name the user in the address (http://NAME@{}) and give the password with --proxy-password-fd N",
                    list(offers),
                    proxy.authority()
                ),
            ),
            Self::Wrong { offers } => (
                Exit::Denied,
                format!(
                    "{p} does not accept the name and password (it offers {}): check them, with NTLM also the domain (DOMAIN\\NAME), and store them anew with 'conclave proxy login'",
                    list(offers)
                ),
            ),
            Self::Foreign { offers } if offers.iter().any(|o| o.eq_ignore_ascii_case("negotiate")) => (
                Exit::Denied,
                format!(
                    "{p} wants Kerberos (it offers {}), which this version does not speak: ask IT for a proxy that takes NTLM or Basic, or for {server} without a login; or run px or cntlm on this machine, and name that with --proxy",
                    list(offers)
                ),
            ),
            Self::Foreign { offers } => (
                Exit::Denied,
                format!("{p} offers {}, and NTLM and Basic are what this version speaks: ask IT for one of them", list(offers)),
            ),
            Self::Ntlm => (
                Exit::Protocol,
                format!("{p} breaks off the login by NTLM: ask IT whether it keeps the connection during one, or for Basic"),
            ),
            Self::Forbidden { status, words } => (
                Exit::Unavailable,
                format!("{p} does not let this machine reach {server} ({status} {words}): ask IT to allow CONNECT to {server}"),
            ),
            Self::Beyond { status, words } => (
                Exit::Unavailable,
                format!(
                    "{p} does not reach {server} itself ({status} {words}): check the link, and ask IT whether the proxy may go there"
                ),
            ),
            Self::Redirect { status, words } => (
                Exit::Unavailable,
                format!(
                    "{p} sends us to a web page in place of {server} ({status} {words}): open any page in a browser and log in there, then try again"
                ),
            ),
            Self::Other { status, words } => (
                Exit::Protocol,
                format!(
                    "{p} refuses the connection ({status} {words}); check that it is the proxy and not a web server, and ask IT"
                ),
            ),
            Self::NoProxy(words) => {
                let says = if words.is_empty() { String::new() } else { format!(" (it says \"{words}\")") };
                (Exit::Protocol, format!("{p} is no HTTP proxy{says}; check host and port, and ask IT"))
            }
            Self::TooLong => {
                (Exit::Protocol, format!("{p} answers with more than a proxy has to say; check host and port, and ask IT"))
            }
            Self::Closed { after } => (
                Exit::Unavailable,
                format!(
                    "{p} closes the connection after {after} bytes of an answer; ask IT whether it may open {server} (CONNECT)"
                ),
            ),
        };
        Failure::new(exit, text)
    }
}

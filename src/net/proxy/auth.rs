//! Logging in to a proxy (RFC 9110 section 11): what it offers, and what we answer.

use super::ntlm;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt;
use zeroize::Zeroizing;

/// The most schemes that are looked at in one answer.
const MAX_OFFERS: usize = 16;

/// Who we are, to a proxy.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub(super) name: String,
    pub(super) password: Zeroizing<String>,
}

impl Credentials {
    /// `name`: `ana`, or with NTLM also `DOMAIN\ana`.
    pub fn new(name: String, password: Zeroizing<String>) -> Self {
        Self { name, password }
    }

    /// The user's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As a keyring keeps it.
    pub fn to_entry(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\n{}", self.name, *self.password))
    }

    /// Reads what [`Credentials::to_entry`] wrote.
    pub fn from_entry(entry: &[u8]) -> Option<Self> {
        let (name, password) = std::str::from_utf8(entry).ok()?.split_once('\n')?;
        Some(Self::new(name.to_owned(), Zeroizing::new(password.to_owned())))
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.name)
    }
}

/// A way to log in that is spoken here, the stronger first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// MS-NLMP version 2, in three messages over one connection; the password itself is never sent.
    Ntlm,
    /// RFC 7617: the password as it is.
    Basic,
}

impl Scheme {
    const ALL: [Self; 2] = [Self::Ntlm, Self::Basic];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ntlm => "NTLM",
            Self::Basic => "Basic",
        }
    }
}

/// One scheme of a `Proxy-Authenticate` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) scheme: String,
    /// What stands behind it: a token, or parameters.
    rest: String,
}

/// What the values of `Proxy-Authenticate` headers offer. One value may hold several schemes, with commas between them and between
/// their parameters.
pub(super) fn offers<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for part in values.flat_map(parts) {
        let (first, rest) = part.split_once(' ').unwrap_or((part, ""));
        match offers.last_mut() {
            Some(last) if first.contains('=') => last.rest.push_str(part),
            _ if !first.is_empty() && first.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) => {
                offers.push(Offer { scheme: first.to_owned(), rest: rest.trim().to_owned() });
            }
            _ => {}
        }
        if offers.len() >= MAX_OFFERS {
            break;
        }
    }
    offers
}

/// The parts of a header's value between commas that stand in no quotation marks.
fn parts(value: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let outside = move |c: char| {
        quoted ^= c == '"';
        c == ',' && !quoted
    };
    value.split(outside).map(str::trim)
}

/// What is wrong with a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    /// There is nothing to log in with.
    Missing,
    /// It was refused.
    Refused,
    /// Nothing that is offered is spoken here.
    Foreign,
    /// The proxy began NTLM, and does not go on as it should.
    Broken,
}

/// How far a login is.
#[derive(Debug)]
enum Stage {
    Fresh,
    Basic,
    NtlmBegun,
    NtlmAnswered(Zeroizing<Vec<u8>>),
}

/// One login, over as many answers as it takes.
pub(super) struct Login {
    credentials: Option<Credentials>,
    stage: Stage,
    fresh: ntlm::Fresh,
}

impl Login {
    /// `takes`: what the proxy took before. `fresh`: used once.
    pub(super) fn new(credentials: Option<Credentials>, takes: Option<Scheme>, fresh: ntlm::Fresh) -> Self {
        let stage = match takes.filter(|_| credentials.is_some()) {
            None => Stage::Fresh,
            Some(Scheme::Basic) => Stage::Basic,
            Some(Scheme::Ntlm) => Stage::NtlmBegun,
        };
        Self { credentials, stage, fresh }
    }

    /// The value of the next request's `Proxy-Authorization`.
    pub(super) fn header(&self) -> Option<Zeroizing<String>> {
        let credentials = self.credentials.as_ref()?;
        let value = |scheme: Scheme, bytes: &[u8]| {
            Zeroizing::new(format!("{} {}", scheme.name(), *Zeroizing::new(STANDARD.encode(bytes))))
        };
        match &self.stage {
            Stage::Fresh => None,
            Stage::Basic => {
                let both = Zeroizing::new(format!("{}:{}", credentials.name, *credentials.password));
                Some(value(Scheme::Basic, both.as_bytes()))
            }
            Stage::NtlmBegun => Some(value(Scheme::Ntlm, &ntlm::negotiate())),
            Stage::NtlmAnswered(message) => Some(value(Scheme::Ntlm, message)),
        }
    }

    /// Goes on after a 407.
    pub(super) fn challenged(&mut self, offers: &[Offer]) -> Result<(), Wrong> {
        let offered = |scheme: Scheme| offers.iter().find(|o| o.scheme.eq_ignore_ascii_case(scheme.name()));
        let Some(credentials) = self.credentials.as_ref() else {
            // No password helps where none of them can be said.
            let foreign = !offers.is_empty() && Scheme::ALL.into_iter().all(|s| offered(s).is_none());
            return Err(if foreign { Wrong::Foreign } else { Wrong::Missing });
        };
        self.stage = match &self.stage {
            Stage::Fresh => match Scheme::ALL.into_iter().find(|s| offered(*s).is_some()) {
                Some(Scheme::Ntlm) => Stage::NtlmBegun,
                Some(Scheme::Basic) => Stage::Basic,
                None => return Err(Wrong::Foreign),
            },
            Stage::NtlmBegun => {
                let token = offered(Scheme::Ntlm).and_then(|o| STANDARD.decode(&o.rest).ok()).ok_or(Wrong::Broken)?;
                Stage::NtlmAnswered(ntlm::authenticate(&token, credentials, &self.fresh).ok_or(Wrong::Broken)?)
            }
            Stage::Basic | Stage::NtlmAnswered(_) => return Err(Wrong::Refused),
        };
        Ok(())
    }

    /// The next request must go over the same connection.
    pub(super) fn is_tied(&self) -> bool {
        matches!(self.stage, Stage::NtlmAnswered(_))
    }

    /// What it logged in with.
    pub(super) fn used(&self) -> Option<Scheme> {
        match self.stage {
            Stage::Fresh => None,
            Stage::Basic => Some(Scheme::Basic),
            Stage::NtlmBegun | Stage::NtlmAnswered(_) => Some(Scheme::Ntlm),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_found_wherever_they_stand() {
        let names = |values: &[&str]| offers(values.iter().copied()).into_iter().map(|o| o.scheme).collect::<Vec<_>>();
        assert_eq!(names(&["Negotiate", "NTLM", "Basic realm=\"a, b\""]), ["Negotiate", "NTLM", "Basic"]);
        assert_eq!(names(&["Digest realm=\"x\", nonce=\"Basic\", Basic realm=\"y\", NTLM"]), ["Digest", "Basic", "NTLM"]);
        assert_eq!(names(&["", ",,,", "\u{1b}[2J", "a=b"]), [""; 0]);
        assert_eq!(names(&["x,".repeat(1000).as_str()]).len(), MAX_OFFERS);
        assert_eq!(offers(["NTLM TlRMTVNTUAAC=="].into_iter())[0].rest, "TlRMTVNTUAAC==");
    }

    #[test]
    fn the_stronger_is_chosen_and_a_refusal_ends_it() {
        let who = || Some(Credentials::new("ana".into(), Zeroizing::new("hunter2".into())));
        let fresh = || ntlm::Fresh { challenge: [0; 8], time: 0 };
        let both = offers(["Basic realm=\"x\"", "NTLM"].into_iter());
        let mut login = Login::new(who(), None, fresh());
        assert!(login.header().is_none(), "nothing is said before it is asked for");
        login.challenged(&both).unwrap();
        assert!(login.header().unwrap().starts_with("NTLM TlRMTVNTUAAB") && !login.is_tied());
        assert_eq!(login.challenged(&both).unwrap_err(), Wrong::Broken);
        let mut login = Login::new(who(), None, fresh());
        login.challenged(&both[..1]).unwrap();
        assert_eq!(login.header().unwrap().as_str(), "Basic YW5hOmh1bnRlcjI=");
        assert_eq!(login.challenged(&both[..1]).unwrap_err(), Wrong::Refused);
        assert_eq!(Login::new(who(), None, fresh()).challenged(&offers(["Negotiate"].into_iter())).unwrap_err(), Wrong::Foreign);
        assert_eq!(Login::new(None, Some(Scheme::Basic), fresh()).challenged(&both).unwrap_err(), Wrong::Missing);
        assert_eq!(Credentials::from_entry(who().unwrap().to_entry().as_bytes()), who());
    }
}

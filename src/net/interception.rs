//! Whether somebody on the way opens TLS: a box or a program whose certificate authority this machine trusts.
//!
//! What can be known, where no fingerprint names the server (with one, nobody else is talked to at all):
//! * certificates by such boxes name their maker, and usually honestly;
//! * our own server says which key it has, and what opens TLS seldom rewrites that.
//!
//! Whoever takes the trouble to hide both is not found. What is end-to-end encrypted stays closed to them all the same.

use super::{Fingerprint, Target};
use crate::exit::{Exit, Failure};
use rustls::pki_types::CertificateDer;
use std::str::FromStr;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Makers of programs and boxes that read TLS, as certificates by them say.
const INSPECTORS: [&str; 31] = [
    "avast",
    "barracuda",
    "bitdefender",
    "blue coat",
    "bluecoat",
    "burp",
    "cato networks",
    "charles proxy",
    "check point",
    "cisco umbrella",
    "eset ssl filter",
    "fiddler",
    "forcepoint",
    "fortigate",
    "fortinet",
    "iboss",
    "kaspersky",
    "lightspeed",
    "menlo security",
    "mitmproxy",
    "netskope",
    "opnsense",
    "palo alto",
    "securly",
    "skyhigh",
    "sonicwall",
    "sophos",
    "squid",
    "untangle",
    "watchguard",
    "zscaler",
];

/// Servers of which it is remembered who vouched for them last.
const MOST: usize = 32;

/// What is done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Interception {
    /// It is shown.
    Allow,
    /// It is shown, and said once.
    #[default]
    Warn,
    /// No connection.
    Refuse,
}

impl Interception {
    /// The words for it.
    pub const WORDS: [&str; 3] = ["allow", "warn", "refuse"];
}

impl FromStr for Interception {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "allow" => Ok(Self::Allow),
            "warn" => Ok(Self::Warn),
            "refuse" => Ok(Self::Refuse),
            _ => Err(format!("it is one of {}", Self::WORDS.join(", "))),
        }
    }
}

static WANTED: OnceLock<Interception> = OnceLock::new();

/// Sets what is done. Whoever comes second changes nothing.
pub fn install(wanted: Interception) {
    let _ = WANTED.set(wanted);
}

/// What is done about it in this process.
pub fn wanted() -> Interception {
    WANTED.get().copied().unwrap_or_default()
}

/// Whom the certificate authorities of this machine vouched for as a server.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Vouched {
    authority: String,
    key: Fingerprint,
    issuer: String,
    intercepted: bool,
}

static VOUCHED: Mutex<Vec<Vouched>> = Mutex::new(Vec::new());

/// Whether a chain names a maker of what reads TLS, in whichever of its names.
pub fn inspects(chain: &[CertificateDer<'_>]) -> bool {
    let inspector = |name: String| INSPECTORS.iter().any(|maker| name.to_lowercase().contains(maker));
    chain.iter().filter_map(made_by).flatten().any(inspector)
}

/// Who made a certificate, as it says: the organisation, and the name of the authority.
fn made_by(certificate: &CertificateDer<'_>) -> Option<Vec<String>> {
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let issuer = certificate.issuer();
    let words = issuer.iter_organization().chain(issuer.iter_common_name()).filter_map(|part| part.as_str().ok());
    Some(words.map(str::to_owned).collect())
}

/// Who made a certificate, as it says: the organisation, or without one the name of the authority.
pub fn issuer(certificate: &CertificateDer<'_>) -> Option<String> {
    Some(made_by(certificate)?.into_iter().next().unwrap_or_default())
}

/// Takes note of a connection for whose other end an authority vouches.
///
/// # Errors
/// [`Exit::Tls`] if it is read on the way and that is to be refused.
pub(super) fn look(to: &Target, chain: &[CertificateDer<'_>]) -> Result<(), Failure> {
    let Some(first) = chain.first() else { return Ok(()) };
    let (Ok(key), Some(issuer)) = (Fingerprint::of_certificate(first), issuer(first)) else { return Ok(()) };
    let new = Vouched { authority: to.authority(), key, issuer, intercepted: inspects(chain) };
    let refused = new.intercepted && wanted() == Interception::Refuse;
    let failure = refused.then(|| refusal(to, &new.issuer));
    remember(new);
    failure.map_or(Ok(()), Err)
}

fn remember(mut new: Vouched) {
    let mut all = VOUCHED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = all.iter().position(|v| v.authority == new.authority) {
        let before = all.remove(at);
        // What the server said of its key is not said on each connection.
        new.intercepted |= before.intercepted && before.key == new.key;
    }
    if all.len() >= MOST {
        all.remove(0);
    }
    all.push(new);
}

/// Our server says that it has this key.
///
/// # Errors
/// [`Exit::Tls`] if a certificate authority vouched for another one, so that somebody is in between, and that is to be refused.
pub fn server_says(to: &Target, own: Fingerprint) -> Result<(), Failure> {
    let mut all = VOUCHED.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(vouched) = all.iter_mut().find(|v| v.authority == to.authority() && v.key != own) else { return Ok(()) };
    vouched.intercepted = true;
    if wanted() == Interception::Refuse { Err(refusal(to, &vouched.issuer)) } else { Ok(()) }
}

/// Who reads the TLS with a server, by the name in the certificate (not cleaned; it may be empty).
pub fn with(to: &Target) -> Option<String> {
    let all = VOUCHED.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter().find(|v| v.authority == to.authority() && v.intercepted).map(|v| v.issuer.clone())
}

fn refusal(to: &Target, issuer: &str) -> Failure {
    let text = format!(
        "the TLS with {} is read on the way, by \"{}\", and that is to be refused (tls.interception); ask IT to leave connections with this server alone, or your administrator for a link with the server's fingerprint (#fp=…)",
        to.authority(),
        crate::text::clean(issuer)
    );
    Failure::new(Exit::Tls, text)
}

#[cfg(test)]
#[cfg(feature = "server")]
mod tests {
    use super::*;

    fn certificate(issuer: &str) -> CertificateDer<'static> {
        let mut params = rcgen::CertificateParams::new(vec!["h".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::OrganizationName, issuer);
        params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    fn to(host: &str) -> Target {
        Target { host: host.into(), port: 443, tls: true }
    }

    #[test]
    fn boxes_are_known_by_their_name_and_by_what_the_server_says_of_its_key() {
        let (ca, boxed) = (certificate("Honest Authority"), certificate("Zscaler Inc."));
        let key = |c| Fingerprint::of_certificate(c).unwrap();
        look(&to("honest"), std::slice::from_ref(&ca)).unwrap();
        server_says(&to("honest"), key(&ca)).unwrap();
        assert_eq!(with(&to("honest")), None);
        look(&to("boxed"), std::slice::from_ref(&boxed)).unwrap();
        assert_eq!(with(&to("boxed")).as_deref(), Some("Zscaler Inc."));
        // Whose name stands beside the organisation that has it.
        let mut named = rcgen::CertificateParams::new(vec!["h".to_owned()]).unwrap();
        named.distinguished_name.push(rcgen::DnType::OrganizationName, "Ministry of Works");
        named.distinguished_name.push(rcgen::DnType::CommonName, "mitmproxy");
        let named = named.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap().der().clone();
        assert!(inspects(std::slice::from_ref(&named)) && !inspects(std::slice::from_ref(&ca)));
        // One that is not known by its name, in front of a server that says which key it has.
        look(&to("quiet"), std::slice::from_ref(&ca)).unwrap();
        server_says(&to("quiet"), key(&boxed)).unwrap();
        assert_eq!(with(&to("quiet")).as_deref(), Some("Honest Authority"));
        look(&to("quiet"), std::slice::from_ref(&ca)).unwrap();
        assert!(with(&to("quiet")).is_some(), "the next connection changes nothing");
        // Nobody vouched for this one: it is known by its fingerprint.
        server_says(&to("pinned"), key(&boxed)).unwrap();
        assert_eq!(with(&to("pinned")), None);
        for n in 0..100 {
            look(&to(&n.to_string()), std::slice::from_ref(&ca)).unwrap();
        }
        assert_eq!(VOUCHED.lock().unwrap().len(), MOST);
    }
}

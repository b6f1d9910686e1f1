//! The server's certificate: whose key it is, who vouches for it, and whether somebody is in between.

use super::{Check, Finding, Private, Text};
use crate::exit::{Exit, Failure};
use crate::net::interception;
use crate::net::tls::{self, Unvouched};
use crate::net::{Fingerprint, Options};
use rustls::pki_types::CertificateDer;

/// What a server presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Presented {
    key: Fingerprint,
    /// Who made the certificate, as it says.
    issuer: String,
    /// That, or who vouches for them, inspects TLS.
    inspects: bool,
    /// From when until when it is valid, in seconds since the Unix epoch.
    valid: (i64, i64),
    /// Whom it is for, as it says.
    names: String,
    /// Whether the system's authorities vouch for it; why not.
    vouched: Result<(), Unvouched>,
}

/// Reads a chain.
pub(super) fn read(host: &str, chain: &[CertificateDer<'static>]) -> Result<Presented, Failure> {
    let unreadable = || Failure::new(Exit::Tls, "the certificate cannot be read");
    let first = chain.first().ok_or_else(unreadable)?;
    let (_, certificate) = x509_parser::parse_x509_certificate(first).map_err(|_| unreadable())?;
    let validity = certificate.validity();
    Ok(Presented {
        key: Fingerprint::of_certificate(first).map_err(|_| unreadable())?,
        issuer: interception::issuer(first).unwrap_or_default(),
        inspects: interception::inspects(chain),
        valid: (validity.not_before.timestamp(), validity.not_after.timestamp()),
        names: names(&certificate),
        vouched: tls::vouched_for(host, chain),
    })
}

/// Whom a certificate is for, the first three.
fn names(certificate: &x509_parser::certificate::X509Certificate<'_>) -> String {
    let names = certificate.subject_alternative_name().ok().flatten().map(|names| &names.value.general_names);
    let names = names.into_iter().flatten().filter_map(|name| match name {
        x509_parser::extensions::GeneralName::DNSName(name) => Some((*name).to_owned()),
        _ => None,
    });
    let names: Vec<String> = names.take(3).collect();
    if names.is_empty() { "others".into() } else { names.join(", ") }
}

/// `expected`: whom to accept there; `own`: the key that the server itself says it has; `now`: what this machine's clock says, in
/// seconds since the Unix epoch.
pub(super) fn judge(seen: &Presented, expected: &Options, own: Option<Fingerprint>, now: i64) -> Finding {
    let fail = |text, advice| Finding::fail(Check::Tls, Exit::Tls, text, advice);
    let by = |text: Text| match seen.issuer.as_str() {
        "" => text.and("somebody without a name"),
        issuer => text.private(Private::Issuer, issuer),
    };
    let key = seen.key.to_string();
    match (expected.fingerprint.is_some(), &seen.vouched) {
        (true, _) if expected.names(seen.key) => {
            Finding::pass(Check::Tls, Text::of("the server has the key that you know: nobody is in between"))
        }
        (true, Ok(())) => fail(
            by(Text::of("this is not the key that you know. It is vouched for by ")).and(
                ", whom this machine trusts: TLS is inspected on the way, or the server's key was changed",
            ),
            Text::of("ask IT to leave connections with this server alone (no TLS inspection), and your administrator whether the server's key is ")
                .private(Private::Words, &key),
        ),
        (true, Err(_)) => fail(
            Text::of("this is not the key that you know, and nobody vouches for it: somebody is in between, the server's key was changed, or the link is old"),
            Text::of("do not go on; ask your administrator for a new link, and whether the server's key is ").private(Private::Words, &key),
        ),
        (false, _) if now < seen.valid.0 || now > seen.valid.1 => fail(
            Text::of("the certificate is valid from ").open(&day(seen.valid.0)).and(" to ").open(&day(seen.valid.1)).and(", and this machine's clock says ").open(&day(now)),
            Text::of("set the clock, if that is wrong; else ask your administrator for a new certificate"),
        ),
        (false, Ok(())) if seen.inspects || own.is_some_and(|own| own != seen.key) => Finding::warn(
            Check::Tls,
            by(Text::of("the certificate is by ")).and(match seen.inspects {
                true => ", which inspects TLS: it can read all that is not end-to-end encrypted",
                false => ", and the server says that it has another key: somebody in between reads TLS, and all that is not end-to-end encrypted",
            }),
            Text::of("ask IT to leave connections with this server alone, or your administrator for a link with the server's fingerprint (#fp=…)"),
        ),
        (false, Ok(())) => Finding::pass(Check::Tls, by(Text::of("vouched for by "))),
        (false, Err(Unvouched::OtherName)) => fail(
            Text::of("what answers has a certificate for ").private(Private::Host, &seen.names).and(", and not for this server: its name leads elsewhere"),
            Text::of("check the link; open any page in a browser, for a guest network's page may be in between; ask IT where the name is to lead"),
        ),
        (false, Err(why)) => fail(
            by(Text::of("the certificate is by ")).and(", and no authority that this machine trusts vouches for it (").private(Private::Words, &said(why)).and(")"),
            Text::of("use a link with the server's fingerprint (#fp=…), or ask IT for the certificate of your organisation's authority (--extra-ca)"),
        ),
    }
}

fn said(why: &Unvouched) -> String {
    match why {
        Unvouched::Unknown => "an unknown authority".into(),
        Unvouched::OtherName => "another name".into(),
        Unvouched::Other(words) => words.clone(),
    }
}

fn day(unix: i64) -> String {
    jiff::Timestamp::from_second(unix).map_or_else(|_| unix.to_string(), |t| t.strftime("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn whoever_is_in_between_is_named() {
        let key = |n: u8| Fingerprint::of_spki(&[n]);
        let (issuer, names) = ("Zscaler Inc.".to_owned(), "h".to_owned());
        let seen = Presented { key: key(1), issuer, inspects: true, valid: (100, 200), names, vouched: Ok(()) };
        let unknown = Presented { vouched: Err(Unvouched::Unknown), ..seen.clone() };
        let usual = Presented { issuer: "Let's Encrypt".into(), inspects: false, ..seen.clone() };
        let pinned = |n| Options::pinned(Some(key(n)));
        let none = Options::default();
        for (seen, expected, now, status, says) in [
            (&seen, &pinned(1), 150, Status::Pass, "the key that you know"),
            (&unknown, &pinned(1), 999, Status::Pass, "the key that you know"),
            (&seen, &pinned(2), 150, Status::Fail, "Zscaler Inc., whom this machine trusts"),
            (&unknown, &pinned(2), 150, Status::Fail, "nobody vouches for it"),
            (&seen, &none, 150, Status::Warn, "Zscaler Inc., which inspects TLS"),
            (&usual, &none, 150, Status::Pass, "Let's Encrypt"),
            (&usual, &none, 201, Status::Fail, "clock says 1970-01-01"),
            (&unknown, &none, 150, Status::Fail, "no authority"),
        ] {
            let found = judge(seen, expected, None, now);
            assert!(found.status() == status && found.text().shown().contains(says), "{says}: {found:?}");
            assert!(!found.text().redacted().contains("Zscaler"));
        }
        let next = Options { successors: vec![key(1)], ..pinned(2) };
        assert_eq!(judge(&seen, &next, None, 150).status(), Status::Pass, "the key that was to follow");
        assert_eq!(judge(&usual, &none, Some(key(1)), 150).status(), Status::Pass);
        let between = judge(&usual, &none, Some(key(2)), 150);
        assert!(between.status() == Status::Warn && between.text().shown().contains("says that it has another key"));
    }
}

//! The server's certificate: whose key it is, who vouches for it, and whether somebody is in between.

use super::{Check, Finding, Private, Text};
use crate::exit::{Exit, Failure};
use crate::net::interception::{self, inspects};
use crate::net::{Fingerprint, Options, tls};
use rustls::pki_types::CertificateDer;

/// What a server presents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Presented {
    key: Fingerprint,
    /// Who made the certificate, as it says.
    issuer: String,
    /// From when until when it is valid, in seconds since the Unix epoch.
    valid: (i64, i64),
    /// Whether the system's authorities vouch for it; why not.
    vouched: Result<(), String>,
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
        valid: (validity.not_before.timestamp(), validity.not_after.timestamp()),
        vouched: tls::vouched_for(host, chain),
    })
}

/// `expected`: whom to accept there; `now`: what this machine's clock says, in seconds since the Unix epoch.
pub(super) fn judge(seen: &Presented, expected: &Options, now: i64) -> Finding {
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
        (false, Ok(())) if inspects(&seen.issuer) => Finding::warn(
            Check::Tls,
            by(Text::of("the certificate is by ")).and(", which inspects TLS: it can read all that is not end-to-end encrypted"),
            Text::of("ask IT to leave connections with this server alone, or your administrator for a link with the server's fingerprint (#fp=…)"),
        ),
        (false, Ok(())) => Finding::pass(Check::Tls, by(Text::of("vouched for by "))),
        (false, Err(why)) => fail(
            by(Text::of("the certificate is by ")).and(", and no authority that this machine trusts vouches for it (").private(Private::Words, why).and(")"),
            Text::of("use a link with the server's fingerprint (#fp=…), or ask IT for the certificate of your organisation's authority (SSL_CERT_FILE)"),
        ),
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
        let seen = Presented { key: key(1), issuer: "Zscaler Inc.".into(), valid: (100, 200), vouched: Ok(()) };
        let unknown = Presented { vouched: Err("UnknownIssuer".into()), ..seen.clone() };
        let usual = Presented { issuer: "Let's Encrypt".into(), ..seen.clone() };
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
            let found = judge(seen, expected, now);
            assert!(found.status() == status && found.text().shown().contains(says), "{says}: {found:?}");
            assert!(!found.text().redacted().contains("Zscaler"));
        }
        let next = Options { successors: vec![key(1)], ..pinned(2) };
        assert_eq!(judge(&seen, &next, 150).status(), Status::Pass, "the key that was to follow");
    }
}

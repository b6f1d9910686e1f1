//! Certificates of an authority, by ACME (RFC 8555): asked for by the server itself, and renewed. That a name is ours is shown on
//! the server's own TLS port (`tls-alpn-01`, RFC 8737), so no other port and no other program is needed.
//!
//! The certificate is for the key of the data directory, whose fingerprint is in links: renewing it alarms nobody, and a key that
//! was rotated gets a certificate of its own at once. [`schedule`] says when; [`Certificates`] serves what is in the file.

mod client;
pub mod schedule;

use crate::exit::{Exit, Failure};
use crate::net::{self, Endpoint};
use crate::server::control::unix_now;
use crate::server::edge::tls::{self, Certificates};
use crate::server::operations::Operations;
use crate::server::secret;
use crate::server::settings::Settings;
use crate::server::store::DataDir;
use crate::server::store::data_dir::read_text;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use client::{Client, Key, Not, Problem, header, read, word};
use rustls::pki_types::CertificateDer;
use schedule::Schedule;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The directory if nobody says otherwise.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Who we are at the directory; made when first needed.
const ACCOUNT: &str = "tls/acme-account.json";
/// How often it is looked whether something is due, or another key.
const LOOK: Duration = Duration::from_secs(2);
/// How long a whole order may take.
const ORDER: Duration = Duration::from_secs(300);
/// How long a directory may take to look at the names, and then to issue.
const WAIT: Duration = Duration::from_secs(120);
/// The first pause between two looks at an order, and the longest, whatever the directory says.
const PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The largest chain that is taken, in bytes.
const MAX_CHAIN: usize = 60 * 1024;
/// Names in one certificate.
const MAX_DOMAINS: usize = 50;

/// Where certificates come from, and for what.
#[derive(Debug, Clone)]
pub struct Config {
    directory: String,
    domains: Vec<String>,
    contact: Vec<String>,
    authorities: Option<Arc<Vec<CertificateDer<'static>>>>,
}

/// Whether this is the name of a host, as certificates have it: no address, no wildcard.
fn is_host(name: &str) -> bool {
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(label) && name.parse::<std::net::IpAddr>().is_err()
}

impl Config {
    /// What the configuration file says; `None`: nothing of that. The error is a sentence about the file.
    pub fn of(settings: &Settings) -> Result<Option<Self>, String> {
        let s = &settings.acme;
        if *s == Default::default() {
            return Ok(None);
        }
        if settings.tls.certificate.is_some() {
            return Err("[acme] and [tls] certificate are two ways to one certificate; use one of them".into());
        }
        let directory = s.directory.clone().unwrap_or_else(|| LETS_ENCRYPT.into());
        Endpoint::parse(&directory).map_err(|e| format!("[acme] directory cannot be used: {e}"))?;
        let domains = s.domains.clone().unwrap_or_default();
        if domains.is_empty() || domains.len() > MAX_DOMAINS {
            return Err(format!("[acme] domains has from 1 to {MAX_DOMAINS} names"));
        }
        if let Some(bad) = domains.iter().find(|d| !is_host(d)) {
            let bad = crate::text::clean(bad);
            return Err(format!("[acme] domains: {bad} is not the name of a host (small letters, no wildcard, no address)"));
        }
        let contact = s.contact.clone().unwrap_or_default();
        if let Some(bad) = contact.iter().find(|c| !c.starts_with("mailto:")) {
            return Err(format!("[acme] contact: {} does not begin with mailto:", crate::text::clean(bad)));
        }
        if s.terms_accepted != Some(true) {
            return Err("[acme] terms_accepted = true says that you accept the directory's terms of service; without it nothing is asked for".into());
        }
        let authorities =
            s.ca_file.as_deref().map(net::authorities::read).transpose().map_err(|e| format!("[acme] ca_file: {e}"))?;
        Ok(Some(Self { directory, domains, contact, authorities: authorities.map(Arc::new) }))
    }

    /// The names that the certificate is for.
    pub fn domains(&self) -> &[String] {
        &self.domains
    }

    /// Who is asked.
    pub fn directory(&self) -> &str {
        &self.directory
    }

    /// Asks the directory what it is, and for nothing else.
    pub async fn look(&self) -> Result<(), Failure> {
        let key = Key::fresh().ok_or_else(|| odd(&"no key can be made"))?;
        Client::open(self.options(), &self.directory, key, None).await.map(drop)
    }

    fn options(&self) -> net::Options {
        net::Options { authorities: self.authorities.clone(), ..net::Options::default() }
    }
}

fn odd(what: &dyn std::fmt::Display) -> Failure {
    let what: String = crate::text::clean(&what.to_string()).chars().take(400).collect();
    Failure::new(Exit::Unavailable, format!("no certificate by ACME: {what}"))
}

/// Our account, as it is kept.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Kept {
    #[zeroize(skip)]
    directory: String,
    #[zeroize(skip)]
    account: String,
    /// PKCS #8, in base64url.
    key: String,
}

/// The directory, with our account there; one is made if there is none.
async fn client(config: &Config, data: &DataDir) -> Result<Client, Failure> {
    let kept = read_text(&data.path().join(ACCOUNT)).ok().and_then(|text| serde_json::from_str::<Kept>(&text).ok());
    if let Some(kept) = kept.filter(|k| k.directory == config.directory)
        && let Some(key) = URL_SAFE_NO_PAD.decode(&kept.key).map(Zeroizing::new).ok().and_then(|document| Key::read(&document))
    {
        return Client::open(config.options(), &config.directory, key, Some(kept.account.clone())).await;
    }
    let key = Key::fresh().ok_or_else(|| odd(&"no key can be made"))?;
    let mut client = Client::open(config.options(), &config.directory, key, None).await?;
    let account = client.sign_up(&config.contact).await?;
    let key = URL_SAFE_NO_PAD.encode(client.key.document.as_slice());
    let kept = serde_json::to_string(&Kept { directory: config.directory.clone(), account, key }).map(Zeroizing::new);
    data.replace(ACCOUNT, &kept.map_err(|e| odd(&e))?)?;
    Ok(client)
}

/// RFC 8555 section 7.1.3.
#[derive(Deserialize)]
struct Order {
    status: String,
    #[serde(default)]
    authorizations: Vec<String>,
    finalize: String,
    certificate: Option<String>,
    error: Option<Problem>,
}

/// Section 7.1.4.
#[derive(Deserialize)]
struct Authorization {
    status: String,
    identifier: Name,
    #[serde(default)]
    challenges: Vec<Challenge>,
}

#[derive(Deserialize)]
struct Name {
    value: String,
}

/// Section 8.
#[derive(Deserialize)]
struct Challenge {
    #[serde(rename = "type")]
    kind: String,
    url: String,
    #[serde(default)]
    token: String,
    error: Option<Problem>,
}

/// Looks at an order until it is no longer in one of these states.
async fn settled(client: &mut Client, at: &str, while_in: &[&str]) -> Result<Order, Failure> {
    let (begun, mut pause) = (Instant::now(), PAUSE);
    loop {
        let answer = client.post(at, None).await.map_err(Not::into_failure)?;
        let order: Order = read(&answer)?;
        if !while_in.contains(&order.status.as_str()) {
            return Ok(order);
        }
        if begun.elapsed() >= WAIT {
            return Err(odd(&format_args!("the order is {} for too long", order.status)));
        }
        let wanted = header(&answer, "retry-after").and_then(|v| v.trim().parse().ok()).map(Duration::from_secs);
        tokio::time::sleep(wanted.unwrap_or(pause).clamp(PAUSE, LONGEST_PAUSE)).await;
        pause = pause.saturating_mul(2);
    }
}

/// Why an order came to nothing: what the directory says of it, and of each name.
async fn complaints(client: &mut Client, order: &Order) -> Failure {
    let mut said: Vec<String> = order.error.iter().map(ToString::to_string).collect();
    for at in order.authorizations.iter().take(MAX_DOMAINS) {
        let Ok(answer) = client.post(at, None).await else { break };
        let Ok(authorization) = read::<Authorization>(&answer) else { break };
        let name = &authorization.identifier.value;
        said.extend(authorization.challenges.iter().filter_map(|c| c.error.as_ref()).map(|e| format!("{name}: {e}")));
    }
    odd(&format_args!(
        "the directory could not see that the names are this server's, and comes to their port 443: {}",
        said.join("; ")
    ))
}

/// Shows that a name is ours; `None`: that is known already. It is answered for as long as what is returned lives.
async fn prove(
    client: &mut Client,
    at: &str,
    config: &Config,
    certificates: &Certificates,
) -> Result<Option<tls::Proof>, Failure> {
    let answer = client.post(at, None).await.map_err(Not::into_failure)?;
    let authorization: Authorization = read(&answer)?;
    let name = authorization.identifier.value;
    match authorization.status.as_str() {
        "valid" => return Ok(None),
        "pending" if config.domains.contains(&name) => {}
        "pending" => return Err(odd(&"the directory asks about a name that is none of ours")),
        other => return Err(odd(&format_args!("{name} is {other}"))),
    }
    let challenge = authorization.challenges.into_iter().find(|c| c.kind == "tls-alpn-01");
    let challenge = challenge.ok_or_else(|| odd(&format_args!("the directory does not take tls-alpn-01 for {name}")))?;
    let token = word(&challenge.token).ok_or_else(|| odd(&"the directory gives a token that is none"))?;
    let proof = certificates.prove(&name, &client.key.proof(token))?;
    client.post(&challenge.url, Some(&json!({}))).await.map_err(Not::into_failure)?;
    Ok(Some(proof))
}

/// Orders a certificate for the key of the data directory: the chain in PEM.
async fn order(config: &Config, data: &DataDir, certificates: &Certificates) -> Result<Zeroizing<String>, Failure> {
    let mut client = client(config, data).await?;
    let (at, answer) = match client.new_order(&config.domains).await {
        Err(e) => {
            if e.is("accountDoesNotExist") {
                // The directory has forgotten us: the next time we are somebody new.
                let _ = std::fs::remove_file(data.path().join(ACCOUNT));
            }
            return Err(e.into_failure());
        }
        Ok(begun) => begun,
    };
    let begun: Order = read(&answer)?;
    if begun.authorizations.len() > MAX_DOMAINS {
        return Err(odd(&"the directory asks about too many names"));
    }
    let mut proofs = Vec::new();
    for authorization in &begun.authorizations {
        proofs.extend(prove(&mut client, authorization, config, certificates).await?);
    }
    let ready = settled(&mut client, &at, &["pending"]).await?;
    drop(proofs);
    if ready.status != "ready" {
        return Err(complaints(&mut client, &ready).await);
    }
    let request = URL_SAFE_NO_PAD.encode(tls::request(data, &config.domains)?);
    client.post(&ready.finalize, Some(&json!({"csr": request}))).await.map_err(Not::into_failure)?;
    let issued = settled(&mut client, &at, &["ready", "processing"]).await?;
    let Some(chain) = issued.certificate.as_ref().filter(|_| issued.status == "valid") else {
        return Err(complaints(&mut client, &issued).await);
    };
    let answer = client.post(chain, None).await.map_err(Not::into_failure)?;
    let chain = std::str::from_utf8(&answer.body).ok().filter(|c| c.len() <= MAX_CHAIN);
    chain.map(|c| Zeroizing::new(c.to_owned())).ok_or_else(|| odd(&"the directory gives a chain that cannot be read"))
}

/// Keeps the certificate fresh until told to stop.
pub async fn run(
    config: Config,
    data: DataDir,
    certificates: Arc<Certificates>,
    operations: Arc<Operations>,
    stop: CancellationToken,
) {
    let share = f64::from(u16::from_le_bytes(secret::bytes())) / f64::from(u16::MAX);
    let mut schedule = Schedule::new(share);
    let work = async {
        let mut stamp = None;
        let mut next = i64::MIN;
        loop {
            // Files are read when they are others than before.
            let looks = certificates.stamp();
            if stamp.as_ref() != Some(&looks) {
                next = schedule.next(tls::by_authority(&data, &config.domains), unix_now());
                stamp = Some(looks);
            }
            if next > unix_now() {
                tokio::time::sleep(LOOK).await;
                continue;
            }
            let ordered = tokio::time::timeout(ORDER, order(&config, &data, &certificates)).await;
            let ordered = ordered.unwrap_or_else(|_| Err(odd(&"the order takes too long")));
            match ordered.and_then(|chain| tls::take(&data, &config.domains, &chain)) {
                Ok(()) => {
                    schedule.worked();
                    tracing::info!("a certificate was issued by ACME");
                    operations.reload_certificate();
                }
                Err(e) => {
                    schedule.failed(unix_now());
                    tracing::error!("{e}; it is tried again later");
                }
            }
            stamp = None;
        }
    };
    let _ = stop.run_until_cancelled(work).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::settings::{Acme, Tls};

    #[test]
    fn what_is_missing_or_cannot_be_used_is_named() {
        let list = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect());
        let good = || Acme { domains: list(&["meet.example.org"]), terms_accepted: Some(true), ..Acme::default() };
        let of = |acme: Acme| Config::of(&Settings { acme, ..Settings::default() });
        assert!(of(Acme::default()).unwrap().is_none());
        assert_eq!(of(good()).unwrap().unwrap().directory(), LETS_ENCRYPT);
        for (acme, says) in [
            (Acme { terms_accepted: None, ..good() }, "terms_accepted"),
            (Acme { terms_accepted: Some(false), ..good() }, "terms_accepted"),
            (Acme { domains: None, ..good() }, "domains"),
            (Acme { domains: list(&["*.example.org"]), ..good() }, "wildcard"),
            (Acme { domains: list(&["192.0.2.1"]), ..good() }, "no address"),
            (Acme { domains: list(&["Meet.example.org"]), ..good() }, "small letters"),
            (Acme { domains: list(&["-x.example.org"]), ..good() }, "not the name of a host"),
            (Acme { directory: Some("http://ca.example.org/".into()), ..good() }, "plain http"),
            (Acme { contact: list(&["it@example.org"]), ..good() }, "mailto:"),
            (Acme { ca_file: Some("/nowhere".into()), ..good() }, "ca_file"),
        ] {
            let e = of(acme).unwrap_err();
            assert!(e.starts_with("[acme]") && e.contains(says), "{says}: {e}");
        }
        let tls = Tls { certificate: Some("c".into()), key: Some("k".into()), ..Tls::default() };
        assert!(Config::of(&Settings { acme: good(), tls, ..Settings::default() }).unwrap_err().contains("use one of them"));
    }
}

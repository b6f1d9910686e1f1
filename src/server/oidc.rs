//! Sign-in through the organisation's OpenID provider, by the OAuth 2.0 device authorization grant (RFC 8628). This server is the
//! provider's client: people type a code at the provider's own page, in a browser on any machine, and neither their password nor
//! their second factor passes through here.
//!
//! [`flow`] holds the sign-ins that wait and decides when the provider is asked; [`jose`] checks signatures; [`claims`] decides
//! whether a token is for us and who it says somebody is. Here are the configuration and the requests, each with a deadline and a
//! bound.

pub mod claims;
pub mod flow;
pub mod jose;

use crate::exit::{Exit, Failure};
use crate::net::{self, Endpoint, http};
use crate::server::settings::Oidc;
use crate::server::store::data_dir::read_text;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use claims::{Expected, Mapping, Person};
use http_body_util::Full;
use hyper::{Method, Request};
use rustls::pki_types::CertificateDer;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Where a provider describes itself (OpenID Connect Discovery 1.0 section 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";
/// The name of the grant.
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// How long one answer of the provider may take. Three of them have to fit into a request of a client's.
const ANSWER: Duration = Duration::from_secs(5);
/// How long its description and its keys are good for. A key that is not among them is asked for at once.
const FRESH: Duration = Duration::from_secs(3600);
/// Requests to the provider at a time.
const REQUESTS: usize = 16;
/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;
/// The longest code that a person may have to type, in bytes.
const MAX_CODE: usize = 64;
/// How long a login is good, in days, if nobody says otherwise.
const DAYS: u32 = 90;

/// How people sign in.
#[derive(Clone)]
pub struct Config {
    /// The provider, exactly as it calls itself.
    issuer: String,
    discovery: Endpoint,
    client_id: String,
    /// `None`: a public client.
    secret: Option<Zeroizing<String>>,
    scope: String,
    mapping: Mapping,
    /// Whoever signs in for the first time gets an account.
    pub create: bool,
    /// How long a login is good, in seconds.
    pub seconds: i64,
    authorities: Option<Arc<Vec<CertificateDer<'static>>>>,
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Config({} at {})", self.client_id, self.issuer)
    }
}

impl Config {
    /// What the configuration file says; `None`: nobody signs in this way. The error is a sentence about the file.
    pub fn of(settings: &Oidc) -> Result<Option<Self>, String> {
        if *settings == Oidc::default() {
            return Ok(None);
        }
        let needed = |key: &str, value: &Option<String>| {
            value.clone().filter(|v| !v.is_empty()).ok_or_else(|| format!("[oidc] {key} is missing"))
        };
        let issuer = needed("issuer", &settings.issuer)?;
        let at = format!("{}{DISCOVERY}", issuer.trim_end_matches('/'));
        let discovery = Endpoint::parse(&at).map_err(|e| format!("[oidc] issuer cannot be used: {e}"))?;
        let client_id = needed("client_id", &settings.client_id)?;
        let secret = settings.client_secret_file.as_deref().map(|file| {
            let secret =
                read_text(file).map_err(|e| format!("[oidc] client_secret_file {} cannot be read ({e})", file.display()))?;
            let secret = Zeroizing::new(secret.trim().to_owned());
            if secret.is_empty() { Err(format!("[oidc] client_secret_file {} is empty", file.display())) } else { Ok(secret) }
        });
        let authorities =
            settings.ca_file.as_deref().map(net::authorities::read).transpose().map_err(|e| format!("[oidc] ca_file: {e}"))?;
        let mut scopes = settings.scopes.clone().unwrap_or_else(|| vec!["profile".into()]);
        scopes.retain(|s| s != "openid");
        scopes.insert(0, "openid".into());
        let days = settings.days.unwrap_or(DAYS);
        if !(1..=DAYS).contains(&days) {
            return Err(format!("[oidc] days is {days}; it is from 1 to {DAYS}"));
        }
        Ok(Some(Self {
            issuer,
            discovery,
            client_id,
            secret: secret.transpose()?,
            scope: scopes.join(" "),
            mapping: Mapping {
                name: settings.name_claim.clone().unwrap_or_else(|| "preferred_username".into()),
                groups: settings.groups_claim.clone().unwrap_or_else(|| "groups".into()),
                owners: settings.owners.clone(),
                members: settings.members.clone(),
            },
            create: settings.create.unwrap_or(true),
            seconds: i64::from(days) * 24 * 3600,
            authorities: authorities.map(Arc::new),
        }))
    }

    /// The provider, as it calls itself.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

/// What a provider says of itself.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    device_authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    jwks_uri: Option<String>,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Where a provider is asked what.
#[derive(Debug)]
struct Places {
    device: Endpoint,
    token: Endpoint,
    keys: Endpoint,
    userinfo: Option<Endpoint>,
    /// The client's secret goes into the body, and not into a header.
    secret_in_body: bool,
}

/// A sign-in that the provider has begun (RFC 8628 section 3.2).
pub struct Begun {
    /// A secret between provider and us.
    pub device_code: Zeroizing<String>,
    /// What a person types.
    pub user_code: String,
    /// Where.
    pub verification_uri: String,
    /// The same with the code in it.
    pub verification_uri_complete: Option<String>,
    /// How long it waits.
    pub lasts: Duration,
    /// How often the provider wants to be asked.
    pub interval: Option<Duration>,
}

#[derive(Deserialize)]
struct DeviceAnswer {
    device_code: String,
    user_code: String,
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: u32,
    interval: Option<u32>,
}

/// What somebody's signing in leads to; secrets.
#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Tokens {
    id_token: Option<String>,
    access_token: Option<String>,
}

/// What the provider says when it is asked whether somebody has signed in.
pub enum Said {
    /// They have.
    Tokens(Tokens),
    /// Not yet.
    Pending,
    /// Not yet, and do not ask so often.
    SlowDown,
    /// They do not want to.
    Denied,
    /// It took too long.
    Expired,
    /// Nothing that can be understood, or nothing at all for now.
    Nothing(Failure),
    /// It will not, for good.
    Refused(Failure),
}

#[derive(Deserialize)]
struct Complaint {
    error: String,
    error_description: Option<String>,
}

/// The provider, as we know it.
#[derive(Debug)]
pub struct Provider {
    config: Config,
    options: net::Options,
    places: Mutex<Option<(Instant, Arc<Places>)>>,
    keys: Mutex<Option<(Instant, Arc<Vec<jose::Key>>)>>,
    requests: Semaphore,
}

fn odd(what: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Protocol, format!("the OpenID provider {what}; look at its configuration, and at [oidc]"))
}

fn read<T: DeserializeOwned>(body: &[u8], what: &str) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|_| odd(format_args!("gives a {what} that cannot be read")))
}

/// What a complaint says, for the log.
fn complaint(answer: &http::Response) -> String {
    let said = serde_json::from_slice::<Complaint>(&answer.body).ok();
    let said = said.map(|c| format!("{} {}", c.error, c.error_description.unwrap_or_default())).unwrap_or_default();
    let said: String = crate::text::clean(said.trim()).chars().take(200).collect();
    format!("HTTP {} {said}", answer.status.as_u16())
}

/// The newest of something that was asked for, while it is fresh.
fn fresh<T>(kept: &Mutex<Option<(Instant, Arc<T>)>>) -> Option<Arc<T>> {
    let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.as_ref().filter(|(since, _)| since.elapsed() < FRESH).map(|(_, it)| it.clone())
}

fn keep<T>(kept: &Mutex<Option<(Instant, Arc<T>)>>, it: T) -> Arc<T> {
    let it = Arc::new(it);
    *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), it.clone()));
    it
}

impl Provider {
    /// Asks nothing yet.
    pub fn new(config: Config) -> Self {
        let options = net::Options { authorities: config.authorities.clone(), ..net::Options::default() };
        Self { config, options, places: Mutex::default(), keys: Mutex::default(), requests: Semaphore::new(REQUESTS) }
    }

    /// How people sign in.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Asks for everything that a sign-in needs, without beginning one.
    pub async fn look(&self) -> Result<(), Failure> {
        let places = self.places().await?;
        match self.keys(&places, false).await?.is_empty() {
            true => Err(odd("publishes no key that it signs with (RS256, ES256 and the like)")),
            false => Ok(()),
        }
    }

    async fn exchange(&self, to: &Endpoint, request: Request<Full<Bytes>>) -> Result<http::Response, Failure> {
        let busy = || Failure::new(Exit::Unavailable, "the OpenID provider is being asked by too many at once");
        let _permit = self.requests.try_acquire().map_err(|_| busy())?;
        let late = |_| {
            Failure::new(Exit::Unavailable, format!("the OpenID provider at {} does not answer in time", to.target.authority()))
        };
        tokio::time::timeout(ANSWER, http::send(&to.target, &self.options, request, MAX_ANSWER)).await.map_err(late)?
    }

    fn request(to: &Endpoint, method: Method) -> hyper::http::request::Builder {
        let host = match (to.target.tls, to.target.port) {
            (true, 443) | (false, 80) => to.target.authority().rsplit_once(':').map(|(host, _)| host.to_owned()),
            _ => None,
        };
        Request::builder()
            .method(method)
            .uri(&to.path)
            .header("host", host.unwrap_or_else(|| to.target.authority()))
            .header("accept", "application/json")
    }

    async fn get(&self, to: &Endpoint, bearer: Option<&str>) -> Result<http::Response, Failure> {
        let mut request = Self::request(to, Method::GET);
        if let Some(token) = bearer {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Full::default()).map_err(|_| odd("gives something that fits into no request"))?;
        let answer = self.exchange(to, request).await?;
        match answer.status.is_success() {
            true => Ok(answer),
            false => {
                Err(odd(format_args!("answers {} with {}", to.path.split('?').next().unwrap_or_default(), complaint(&answer))))
            }
        }
    }

    /// A form to an endpoint at which we say who we are (RFC 6749 section 2.3.1).
    async fn post(&self, places: &Places, to: &Endpoint, form: &[(&str, &str)]) -> Result<http::Response, Failure> {
        let id = self.config.client_id.as_str();
        let in_body = match &self.config.secret {
            Some(secret) if places.secret_in_body => vec![("client_id", id), ("client_secret", secret.as_str())],
            Some(_) => vec![],
            None => vec![("client_id", id)],
        };
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).extend_pairs(in_body).finish();
        let mut request = Self::request(to, Method::POST).header("content-type", "application/x-www-form-urlencoded");
        if let Some(secret) = self.config.secret.as_ref().filter(|_| !places.secret_in_body) {
            let encoded = |s: &str| url::form_urlencoded::byte_serialize(s.as_bytes()).collect::<String>();
            let both = Zeroizing::new(format!("{}:{}", encoded(id), encoded(secret)));
            request = request.header("authorization", format!("Basic {}", STANDARD.encode(both.as_bytes())));
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|_| odd("cannot be asked with this client_id"))?;
        self.exchange(to, request).await
    }

    async fn places(&self) -> Result<Arc<Places>, Failure> {
        if let Some(places) = fresh(&self.places) {
            return Ok(places);
        }
        let said: Discovery = read(&self.get(&self.config.discovery, None).await?.body, "description of itself")?;
        if said.issuer != self.config.issuer {
            let its: String = crate::text::clean(&said.issuer).chars().take(200).collect();
            return Err(odd(format_args!("calls itself {its}, and [oidc] issuer says {}", self.config.issuer)));
        }
        let place = |what: &str, address: Option<String>| {
            let address = address.ok_or_else(|| odd(format_args!("says no {what}: it does not let people sign in by a code")))?;
            Endpoint::parse(&address).map_err(|e| odd(format_args!("has a {what} that cannot be used ({e})")))
        };
        let methods = said.token_endpoint_auth_methods_supported.unwrap_or_default();
        let can = |method: &str| methods.iter().any(|m| m == method);
        Ok(keep(
            &self.places,
            Places {
                device: place("device_authorization_endpoint", said.device_authorization_endpoint)?,
                token: place("token_endpoint", said.token_endpoint)?,
                keys: place("jwks_uri", said.jwks_uri)?,
                userinfo: said.userinfo_endpoint.map(|u| place("userinfo_endpoint", Some(u))).transpose()?,
                secret_in_body: can("client_secret_post") && !can("client_secret_basic"),
            },
        ))
    }

    async fn keys(&self, places: &Places, anew: bool) -> Result<Arc<Vec<jose::Key>>, Failure> {
        if let Some(keys) = fresh(&self.keys).filter(|_| !anew) {
            return Ok(keys);
        }
        let answer = self.get(&places.keys, None).await?;
        let keys = jose::keys(&answer.body).ok_or_else(|| odd("publishes its keys in a form that cannot be read"))?;
        Ok(keep(&self.keys, keys))
    }

    /// Begins a sign-in. [`Exit::Unavailable`] while the provider cannot be reached.
    pub async fn begin(&self, nonce: &str) -> Result<Begun, Failure> {
        let places = self.places().await?;
        let form = [("scope", self.config.scope.as_str()), ("nonce", nonce)];
        let answer = self.post(&places, &places.device, &form).await?;
        if !answer.status.is_success() {
            return Err(odd(format_args!("begins no sign-in for client {}: {}", self.config.client_id, complaint(&answer))));
        }
        let said: DeviceAnswer = read(&answer.body, "sign-in")?;
        let place = |address: &str| {
            Endpoint::parse(address)
                .map(|e| e.url)
                .map_err(|e| odd(format_args!("sends people to an address that cannot be used ({e})")))
        };
        let user_code = crate::text::clean(&said.user_code);
        if user_code.trim().is_empty() || user_code.len() > MAX_CODE || said.device_code.is_empty() {
            return Err(odd("gives a code that nobody can type"));
        }
        Ok(Begun {
            device_code: Zeroizing::new(said.device_code),
            user_code,
            verification_uri: place(&said.verification_uri)?,
            verification_uri_complete: said.verification_uri_complete.as_deref().map(place).transpose()?,
            lasts: Duration::from_secs(u64::from(said.expires_in)),
            interval: said.interval.map(|s| Duration::from_secs(u64::from(s))),
        })
    }

    /// Asks whether somebody has signed in (RFC 8628 sections 3.4 and 3.5).
    pub async fn poll(&self, device_code: &str) -> Said {
        let places = match self.places().await {
            Ok(places) => places,
            Err(e) => return Said::Nothing(e),
        };
        let form = [("grant_type", GRANT), ("device_code", device_code)];
        let answer = match self.post(&places, &places.token, &form).await {
            Ok(answer) => answer,
            Err(e) => return Said::Nothing(e),
        };
        if answer.status.is_success() {
            return match read(&answer.body, "token") {
                Ok(tokens) => Said::Tokens(tokens),
                Err(e) => Said::Refused(e),
            };
        }
        let why = || odd(format_args!("gives no token: {}", complaint(&answer)));
        match serde_json::from_slice::<Complaint>(&answer.body).as_ref().map(|c| c.error.as_str()) {
            Ok("authorization_pending") => Said::Pending,
            Ok("slow_down") => Said::SlowDown,
            Ok("access_denied") => Said::Denied,
            Ok("expired_token") => Said::Expired,
            _ if answer.status.is_server_error() || answer.status.as_u16() == 429 => Said::Nothing(why()),
            _ => Said::Refused(why()),
        }
    }

    /// Who has signed in, once everything about it is verified. The outer error is for the log: somebody's word cannot be trusted;
    /// the inner one is for them: they may not come in.
    pub async fn person(&self, tokens: &Tokens, nonce: &str, now: i64) -> Result<Result<Person, String>, Failure> {
        let token = tokens.id_token.as_deref().ok_or_else(|| odd("gives no ID token"))?;
        let bad = |why: &dyn std::fmt::Display| odd(format_args!("gives an ID token that cannot be trusted: {why}"));
        let places = self.places().await?;
        let verified = match jose::verify(token, &self.keys(&places, false).await?) {
            // It may have new keys.
            Err(jose::Unverified::NoKey) => jose::verify(token, &self.keys(&places, true).await?),
            verified => verified,
        };
        let mut claims = verified.map_err(|e| bad(&e))?;
        let expected = Expected { issuer: &self.config.issuer, client_id: &self.config.client_id, nonce, now };
        let subject = claims::subject(&claims, expected).map_err(|e| bad(&e))?;
        if self.config.mapping.lacks(&claims)
            && let (Some(place), Some(access)) = (&places.userinfo, &tokens.access_token)
        {
            let more: Map<String, Value> = read(&self.get(place, Some(access)).await?.body, "description of somebody")?;
            // OpenID Connect Core section 5.3.2: else it is about somebody else.
            if more.get("sub").and_then(Value::as_str) != Some(subject.as_str()) {
                return Err(odd("describes somebody else than who has signed in"));
            }
            // What is signed counts first.
            for (name, value) in more {
                claims.entry(name).or_insert(value);
            }
        }
        Ok(self.config.mapping.person(subject, &claims))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_cannot_be_used_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).unwrap();
            Some(path)
        };
        assert!(Config::of(&Oidc::default()).unwrap().is_none());
        let good = || Oidc {
            issuer: Some("https://id.example.org/realms/staff".into()),
            client_id: Some("conclave".into()),
            client_secret_file: file("secret", " s3cret\n"),
            ..Oidc::default()
        };
        let c = Config::of(&good()).unwrap().unwrap();
        assert_eq!(c.discovery.url, "https://id.example.org/realms/staff/.well-known/openid-configuration");
        assert_eq!((c.secret.as_ref().unwrap().as_str(), c.scope.as_str(), c.create), ("s3cret", "openid profile", true));
        assert!(!format!("{c:?}").contains("s3cret"));
        for (settings, says) in [
            (Oidc { issuer: None, ..good() }, "issuer is missing"),
            (Oidc { issuer: Some("http://id.example.org".into()), ..good() }, "plain http"),
            (Oidc { client_id: Some(String::new()), ..good() }, "client_id is missing"),
            (Oidc { client_secret_file: Some(dir.path().join("none")), ..good() }, "cannot be read"),
            (Oidc { client_secret_file: file("empty", "\n"), ..good() }, "is empty"),
            (Oidc { ca_file: file("ca", "nothing"), ..good() }, "no certificate"),
            (Oidc { days: Some(0), ..good() }, "days is 0"),
            (Oidc { days: Some(91), ..good() }, "days is 91"),
        ] {
            let e = Config::of(&settings).unwrap_err();
            assert!(e.contains(says) && e.starts_with("[oidc]"), "{says}: {e}");
        }
    }
}

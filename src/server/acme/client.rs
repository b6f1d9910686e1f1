//! What is said to an ACME directory: requests signed with the account's key (RFC 8555 section 6: flattened JWS, ES256), each with a
//! nonce of the directory's, a deadline and a bound.

use super::odd;
use crate::exit::Failure;
use crate::net::{self, Endpoint, http};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use zeroize::Zeroizing;

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(20);
/// The largest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;
/// The longest nonce or token, in bytes.
const MAX_WORD: usize = 512;
/// How often a nonce may be refused in a row. Directories do that now and then, on purpose.
const NONCES: usize = 8;

/// Where a directory takes what.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Directory {
    new_nonce: String,
    new_account: String,
    new_order: String,
}

/// What a directory says when it will not (RFC 7807).
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Problem {
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    detail: String,
    #[serde(default)]
    subproblems: Vec<Problem>,
}

impl Problem {
    /// Whether it is this one of ACME's.
    fn is(&self, kind: &str) -> bool {
        self.kind.strip_prefix("urn:ietf:params:acme:error:") == Some(kind)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.detail, self.kind.rsplit(':').next().unwrap_or_default())?;
        self.subproblems.iter().take(4).try_for_each(|p| write!(f, "; {}", p.detail))
    }
}

/// A word that a directory made up and that is said back: base64url.
pub(super) fn word(s: &str) -> Option<&str> {
    let good = !s.is_empty() && s.len() <= MAX_WORD && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    good.then_some(s)
}

/// The account's key.
pub(super) struct Key {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    /// PKCS #8, to be kept.
    pub(super) document: Zeroizing<Vec<u8>>,
}

impl Key {
    pub(super) fn fresh() -> Option<Self> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).ok()?;
        Self::read(document.as_ref())
    }

    pub(super) fn read(document: &[u8]) -> Option<Self> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &random).ok()?;
        Some(Self { pair, random, document: Zeroizing::new(document.to_vec()) })
    }

    /// Both coordinates of the public key, in base64url.
    fn public(&self) -> (String, String) {
        let point = self.pair.public_key().as_ref();
        let (x, y) = point.get(1..).unwrap_or_default().split_at_checked(32).unwrap_or_default();
        (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y))
    }

    /// RFC 7638.
    fn thumbprint(&self) -> String {
        let (x, y) = self.public();
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#)))
    }

    /// SHA-256 of the key authorization of a challenge's token (RFC 8555 section 8.1).
    pub(super) fn proof(&self, token: &str) -> [u8; 32] {
        Sha256::digest(format!("{token}.{}", self.thumbprint())).into()
    }

    /// A request's body. `account` is where the account is, once there is one; without a payload it is a GET in disguise.
    fn sign(&self, account: Option<&str>, nonce: &str, url: &str, payload: Option<&Value>) -> Option<Value> {
        let (x, y) = self.public();
        let mut header = json!({"alg": "ES256", "nonce": nonce, "url": url});
        match account {
            Some(account) => header["kid"] = account.into(),
            None => header["jwk"] = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}),
        }
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let payload = payload.map(|p| URL_SAFE_NO_PAD.encode(p.to_string())).unwrap_or_default();
        let signature = self.pair.sign(&self.random, format!("{header}.{payload}").as_bytes()).ok()?;
        Some(json!({"protected": header, "payload": payload, "signature": URL_SAFE_NO_PAD.encode(signature)}))
    }
}

/// A directory, and who we are there.
pub(super) struct Client {
    options: net::Options,
    directory: Directory,
    pub(super) key: Key,
    /// Where our account is.
    pub(super) account: Option<String>,
    nonce: Option<String>,
}

/// Why something was not done.
pub(super) enum Not {
    /// It says so.
    Said(Problem),
    /// It cannot be asked, or not be understood.
    Failed(Failure),
}

impl From<Failure> for Not {
    fn from(e: Failure) -> Self {
        Self::Failed(e)
    }
}

impl Not {
    pub(super) fn is(&self, kind: &str) -> bool {
        matches!(self, Self::Said(problem) if problem.is(kind))
    }

    pub(super) fn into_failure(self) -> Failure {
        match self {
            Self::Said(problem) => odd(&problem),
            Self::Failed(e) => e,
        }
    }
}

/// Sends one request.
pub(super) async fn send(
    options: &net::Options,
    method: Method,
    url: &str,
    body: Option<&Value>,
) -> Result<http::Response, Failure> {
    // An address that a directory names leads nowhere without TLS.
    let to = Endpoint::parse(url).map_err(|e| odd(&format_args!("an address of the directory's cannot be used ({e})")))?;
    let mut request = Request::builder().method(method).uri(&to.path).header("host", to.target.authority());
    request = request.header("user-agent", concat!("conclave/", env!("CARGO_PKG_VERSION")));
    if body.is_some() {
        request = request.header("content-type", "application/jose+json");
    }
    let request = request.body(Full::new(body.map(|b| Bytes::from(b.to_string())).unwrap_or_default())).map_err(|e| odd(&e))?;
    let late = |_| odd(&format_args!("{} does not answer in time", to.target.authority()));
    let answer = tokio::time::timeout(ANSWER, http::send(&to.target, options, request, MAX_ANSWER)).await.map_err(late)?;
    answer.map_err(|e| odd(&e))
}

/// A header's text.
pub(super) fn header<'a>(answer: &'a http::Response, name: &str) -> Option<&'a str> {
    answer.headers.get(name).and_then(|v| v.to_str().ok())
}

pub(super) fn read<T: DeserializeOwned>(answer: &http::Response) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|_| odd(&"the directory gives an answer that cannot be read"))
}

impl Client {
    /// Reads the directory.
    pub(super) async fn open(options: net::Options, directory: &str, key: Key, account: Option<String>) -> Result<Self, Failure> {
        let answer = send(&options, Method::GET, directory, None).await?;
        let directory = read(&answer).map_err(|_| odd(&"its answer is no ACME directory"))?;
        Ok(Self { options, directory, key, account, nonce: None })
    }

    async fn fresh_nonce(&self) -> Result<String, Failure> {
        let answer = send(&self.options, Method::HEAD, &self.directory.new_nonce, None).await?;
        let nonce = header(&answer, "replay-nonce").and_then(word);
        nonce.map(str::to_owned).ok_or_else(|| odd(&"the directory gives no nonce"))
    }

    /// A signed request.
    pub(super) async fn post(&mut self, url: &str, payload: Option<&Value>) -> Result<http::Response, Not> {
        for _ in 0..NONCES {
            let nonce = match self.nonce.take() {
                Some(nonce) => nonce,
                None => self.fresh_nonce().await?,
            };
            let body =
                self.key.sign(self.account.as_deref(), &nonce, url, payload).ok_or_else(|| odd(&"nothing can be signed"))?;
            let answer = send(&self.options, Method::POST, url, Some(&body)).await?;
            self.nonce = header(&answer, "replay-nonce").and_then(word).map(str::to_owned);
            if answer.status.is_success() {
                return Ok(answer);
            }
            let status = answer.status;
            let problem: Problem = serde_json::from_slice(&answer.body)
                .unwrap_or_else(|_| Problem { detail: format!("it answers {status}"), ..Problem::default() });
            if !problem.is("badNonce") {
                return Err(Not::Said(problem));
            }
        }
        Err(odd(&"the directory takes none of its own nonces").into())
    }

    /// Makes an account for the key, or finds the one that it has.
    pub(super) async fn sign_up(&mut self, contact: &[String]) -> Result<String, Failure> {
        let url = self.directory.new_account.clone();
        let wanted = json!({"termsOfServiceAgreed": true, "contact": contact});
        let answer = self.post(&url, Some(&wanted)).await.map_err(Not::into_failure)?;
        let account = header(&answer, "location").filter(|l| Endpoint::parse(l).is_ok());
        let account = account.ok_or_else(|| odd(&"the directory does not say where the account is"))?.to_owned();
        self.account = Some(account.clone());
        Ok(account)
    }

    /// Begins an order: where it is, and what the directory says of it.
    pub(super) async fn new_order(&mut self, names: &[String]) -> Result<(String, http::Response), Not> {
        let url = self.directory.new_order.clone();
        let names: Vec<Value> = names.iter().map(|n| json!({"type": "dns", "value": n})).collect();
        let answer = self.post(&url, Some(&json!({"identifiers": names}))).await?;
        let at = header(&answer, "location").map(str::to_owned);
        Ok((at.ok_or_else(|| odd(&"the directory does not say where the order is"))?, answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::oidc::jose;

    #[test]
    fn a_request_is_signed_by_the_key_that_it_names() {
        let key = Key::fresh().unwrap();
        let body = key.sign(None, "n-1", "https://ca/new", Some(&json!({"a": 1}))).unwrap();
        let part = |name: &str| body[name].as_str().unwrap();
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part("protected")).unwrap()).unwrap();
        assert_eq!((&header["nonce"], &header["url"], &header["kid"]), (&json!("n-1"), &json!("https://ca/new"), &Value::Null));
        let keys = jose::keys(json!({"keys": [header["jwk"]]}).to_string().as_bytes()).unwrap();
        let whole = ["protected", "payload", "signature"].map(part).join(".");
        assert_eq!(jose::verify(&whole, &keys).unwrap()["a"], 1);
        let again = Key::read(&key.document).unwrap();
        assert_eq!((again.thumbprint(), again.proof("t")), (key.thumbprint(), key.proof("t")));
        let later = again.sign(Some("https://ca/me"), "n-2", "https://ca/x", None).unwrap();
        assert_eq!(later["payload"], "");
        for bad in ["", "a b", "a\r\nb", &"x".repeat(MAX_WORD + 1)] {
            assert_eq!(word(bad), None);
        }
    }
}

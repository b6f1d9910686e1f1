//! Signatures of ID tokens: compact JWS (RFC 7515) by the keys of a JWK set (RFC 7517), with the algorithms of RFC 7518 and 8037
//! that use public keys. `none` and shared keys are no signatures here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN: usize = 32 * 1024;
/// Keys of a set that are looked at.
const MAX_KEYS: usize = 32;

/// Why a token's signature is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// It is no JWS with JSON in it.
    #[error("it is no signed token")]
    Malformed,
    /// An algorithm that is not accepted.
    #[error("it is signed with {0}, which is not accepted")]
    Algorithm(String),
    /// The provider does not publish the key (any more, or not yet).
    #[error("the provider publishes no key that it could be signed with")]
    NoKey,
    /// Somebody else's, or damaged.
    #[error("its signature is wrong")]
    Signature,
}

/// A public key as the provider publishes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    id: Option<String>,
    algorithm: Option<String>,
    public: Public,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Public {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// An uncompressed point.
    P256(Vec<u8>),
    /// An uncompressed point.
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    used: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?.trim_end_matches('=')).ok()
}

/// A point of a curve with coordinates of this many bytes.
fn point(x: Option<&String>, y: Option<&String>, size: usize) -> Option<Vec<u8>> {
    let (x, y) = (bytes(x)?, bytes(y)?);
    (x.len() == size && y.len() == size).then(|| [&[4], x.as_slice(), y.as_slice()].concat())
}

impl Key {
    fn of(jwk: Jwk) -> Option<Self> {
        if jwk.used.is_some_and(|used| used != "sig") {
            return None;
        }
        let (x, y) = (jwk.x.as_ref(), jwk.y.as_ref());
        let public = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => Public::Rsa { n: bytes(jwk.n.as_ref())?, e: bytes(jwk.e.as_ref())? },
            ("EC", Some("P-256")) => Public::P256(point(x, y, 32)?),
            ("EC", Some("P-384")) => Public::P384(point(x, y, 48)?),
            ("OKP", Some("Ed25519")) => Public::Ed25519(bytes(x)?),
            _ => return None,
        };
        Some(Self { id: jwk.kid, algorithm: jwk.alg, public })
    }

    /// Whether this key made the signature; `None`: it is not for this algorithm.
    fn made(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        if self.algorithm.as_deref().is_some_and(|its| its != algorithm) {
            return None;
        }
        let rsa = |parameters: &'static RsaParameters| match &self.public {
            Public::Rsa { n, e } => Some(RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()),
            _ => None,
        };
        let by = |with: &'static dyn VerificationAlgorithm, key: &[u8]| {
            Some(UnparsedPublicKey::new(with, key).verify(message, signature).is_ok())
        };
        match (algorithm, &self.public) {
            ("RS256", _) => rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            ("RS384", _) => rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            ("RS512", _) => rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            ("PS256", _) => rsa(&signature::RSA_PSS_2048_8192_SHA256),
            ("PS384", _) => rsa(&signature::RSA_PSS_2048_8192_SHA384),
            ("PS512", _) => rsa(&signature::RSA_PSS_2048_8192_SHA512),
            ("ES256", Public::P256(key)) => by(&signature::ECDSA_P256_SHA256_FIXED, key),
            ("ES384", Public::P384(key)) => by(&signature::ECDSA_P384_SHA384_FIXED, key),
            ("EdDSA" | "Ed25519", Public::Ed25519(key)) => by(&signature::ED25519, key),
            _ => None,
        }
    }
}

/// The algorithms that are accepted.
const ALGORITHMS: [&str; 10] = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"];

/// The keys of a JWK set that can sign; others in it are passed over. `None`: it is no JWK set.
pub fn keys(set: &[u8]) -> Option<Vec<Key>> {
    let JwkSet { keys } = serde_json::from_slice(set).ok()?;
    let read = |key| serde_json::from_value::<Jwk>(key).ok().and_then(Key::of);
    Some(keys.into_iter().take(MAX_KEYS).filter_map(read).collect())
}

/// What a token says, once one of the keys has shown that the provider says it.
pub fn verify(token: &str, keys: &[Key]) -> Result<Map<String, Value>, Unverified> {
    use Unverified::{Algorithm, Malformed, NoKey, Signature};
    if token.len() > MAX_TOKEN {
        return Err(Malformed);
    }
    let (message, signature) = token.rsplit_once('.').ok_or(Malformed)?;
    let (header, claims) = message.split_once('.').ok_or(Malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Malformed);
    let Header { alg, kid, typ, crit } = serde_json::from_slice(&decode(header)?).map_err(|_| Malformed)?;
    // Extensions that change what the rest means (RFC 7515 section 4.1.11), and tokens that are for something else.
    if crit.is_some() || typ.is_some_and(|t| !t.eq_ignore_ascii_case("JWT")) {
        return Err(Malformed);
    }
    if !ALGORITHMS.contains(&alg.as_str()) {
        return Err(Algorithm(crate::text::clean(&alg).chars().take(16).collect()));
    }
    let signature = decode(signature)?;
    // A token that names its key is signed by that one; of a provider that names none, it may be any.
    let named = keys.iter().filter(|key| kid.is_none() || key.id == kid);
    let tried: Vec<bool> = named.filter_map(|key| key.made(&alg, message.as_bytes(), &signature)).collect();
    match tried.iter().any(|made| *made) {
        true => serde_json::from_slice(&decode(claims)?).map_err(|_| Malformed),
        false if tried.is_empty() => Err(NoKey),
        false => Err(Signature),
    }
}

#[cfg(test)]
pub(in crate::server) mod tests {
    use super::*;
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    /// A provider's key.
    pub(in crate::server) struct Signer {
        key: EcdsaKeyPair,
        id: &'static str,
    }

    impl Signer {
        pub(in crate::server) fn new(id: &'static str) -> Self {
            let random = SystemRandom::new();
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random).unwrap();
            Self { key, id }
        }

        /// As it is published.
        pub(in crate::server) fn jwk(&self) -> Value {
            let public = self.key.public_key().as_ref();
            let (x, y) = (URL_SAFE_NO_PAD.encode(&public[1..33]), URL_SAFE_NO_PAD.encode(&public[33..]));
            json!({"kty": "EC", "crv": "P-256", "kid": self.id, "alg": "ES256", "use": "sig", "x": x, "y": y})
        }

        pub(in crate::server) fn sign(&self, claims: &Value) -> String {
            self.sign_as(&json!({"alg": "ES256", "typ": "JWT", "kid": self.id}), claims)
        }

        /// With any header.
        pub(in crate::server) fn sign_as(&self, header: &Value, claims: &Value) -> String {
            let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
            let message = format!("{}.{}", part(header), part(claims));
            let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn set(signers: &[&Signer]) -> Vec<Key> {
        keys(json!({"keys": signers.iter().map(|s| s.jwk()).collect::<Vec<_>>()}).to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_token_is_what_a_published_key_signed_and_nothing_else() {
        let (ours, other) = (Signer::new("a"), Signer::new("b"));
        let claims = json!({"sub": "1"});
        let token = ours.sign(&claims);
        let both = set(&[&other, &ours]);
        assert_eq!(verify(&token, &both).unwrap()["sub"], "1");
        assert_eq!(verify(&token, &set(&[&other])), Err(Unverified::NoKey));
        let unnamed = |s: &Signer| s.sign_as(&json!({"alg": "ES256"}), &claims);
        assert!(verify(&unnamed(&ours), &both).is_ok(), "whoever names no key is tried with all");
        assert_eq!(verify(&unnamed(&Signer::new("c")), &both), Err(Unverified::Signature));
        assert_eq!(verify(&other.sign_as(&json!({"alg": "ES256", "kid": "a"}), &claims), &both), Err(Unverified::Signature));
        for (header, why) in [
            (json!({"alg": "none"}), Unverified::Algorithm("none".into())),
            (json!({"alg": "None"}), Unverified::Algorithm("None".into())),
            (json!({"alg": "HS256", "kid": "a"}), Unverified::Algorithm("HS256".into())),
            (json!({"alg": "RS256", "kid": "a"}), Unverified::NoKey),
            (json!({"alg": "ES256", "kid": "a", "crit": ["b64"], "b64": false}), Unverified::Malformed),
            (json!({"alg": "ES256", "kid": "a", "typ": "at+jwt"}), Unverified::Malformed),
            (json!({"kid": "a"}), Unverified::Malformed),
        ] {
            assert_eq!(verify(&ours.sign_as(&header, &claims), &both), Err(why), "{header}");
        }
        let (message, signature) = token.rsplit_once('.').unwrap();
        let forged = message.split('.').next().unwrap().to_owned() + "." + &URL_SAFE_NO_PAD.encode(r#"{"sub":"2"}"#);
        assert_eq!(verify(&format!("{forged}.{signature}"), &both), Err(Unverified::Signature));
        assert_eq!(verify(&format!("{message}."), &both), Err(Unverified::Signature));
        assert_eq!(verify(message, &both), Err(Unverified::Malformed));
    }

    /// The example of RFC 7515, appendix A.2: RS256, made by others.
    #[test]
    fn an_rsa_signature_of_others_is_verified() {
        let n = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        let set = json!({"keys": [{"kty": "oct", "k": "AA"}, {"kty": "RSA", "n": n, "e": "AQAB"}, 5]});
        let keys = keys(set.to_string().as_bytes()).unwrap();
        assert_eq!(keys.len(), 1);
        assert_eq!(verify(token, &keys).unwrap()["iss"], "joe");
        let small = super::keys(br#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#).unwrap();
        assert_eq!(verify(token, &small), Err(Unverified::Signature));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn garbage_is_refused_quietly(token in "[A-Za-z0-9._-]{0,200}", set in proptest::collection::vec(any::<u8>(), 0..200)) {
            let keys = keys(&set).unwrap_or_default();
            prop_assert!(verify(&token, &keys).is_err());
        }
    }
}

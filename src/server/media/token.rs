//! LiveKit access tokens: JWT, HS256, signed with the server's API key and secret.

use crate::exit::{Exit, Failure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The API key and secret that tokens are signed with. `Debug` shows no secret.
#[derive(Clone)]
pub struct ApiKey {
    /// Key id, `iss` in tokens.
    pub key: String,
    /// Secret.
    pub secret: Zeroizing<String>,
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ApiKey({})", self.key)
    }
}

/// The `video` grant, as far as this server reads it. Absent permissions mean yes, as at LiveKit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VideoGrant {
    /// May join `room`.
    pub room_join: bool,
    /// Which room.
    pub room: String,
    /// May publish.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_publish: Option<bool>,
    /// May subscribe.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_subscribe: Option<bool>,
    /// May send data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_publish_data: Option<bool>,
    /// May manage `room` by the RoomService API.
    pub room_admin: bool,
    /// May create rooms.
    pub room_create: bool,
    /// May list rooms.
    pub room_list: bool,
    /// May take part in a load test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<LoadGrant>,
}

/// Leave for a load test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoadGrant {
    /// Each join with the token is another participant: the token's identity, and a number.
    Crowd,
    /// The one that the token names.
    Participant,
}

/// What a token says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// API key.
    pub iss: String,
    /// Participant identity.
    #[serde(default)]
    pub sub: String,
    /// Display name.
    #[serde(default)]
    pub name: String,
    /// Participant metadata.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub metadata: String,
    /// Not before, seconds since the Unix epoch.
    #[serde(default)]
    pub nbf: i64,
    /// Expires, seconds since the Unix epoch.
    pub exp: i64,
    /// What it allows.
    #[serde(default)]
    pub video: VideoGrant,
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a JWT of ours.
    #[error("invalid authorization token")]
    Invalid,
    /// Its time is over.
    #[error("the access token has expired; ask for a new one")]
    Expired,
    /// Its time has not come (or a clock is wrong).
    #[error("the access token is not valid yet; compare the clocks")]
    NotYet,
}

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;
/// How far clocks may differ, in seconds.
const CLOCK_SKEW: i64 = 60;

#[derive(Deserialize)]
struct Header {
    alg: String,
}

fn mac(key: &ApiKey, data: &str) -> Option<Hmac<Sha256>> {
    let mut m = <Hmac<Sha256> as Mac>::new_from_slice(key.secret.as_bytes()).ok()?;
    m.update(data.as_bytes());
    Some(m)
}

/// Signs a token.
pub fn sign(key: &ApiKey, grant: &Grant) -> Result<Zeroizing<String>, Failure> {
    sign_claims(key, grant)
}

/// Signs any claims. The caller sets `iss`, `nbf` and `exp`.
pub fn sign_claims(key: &ApiKey, claims: &impl Serialize) -> Result<Zeroizing<String>, Failure> {
    let internal = || Failure::new(Exit::Internal, "a token cannot be signed");
    let claims = serde_json::to_vec(claims).map_err(|_| internal())?;
    let head = format!("{}.{}", URL_SAFE_NO_PAD.encode(br#"{"alg":"HS256","typ":"JWT"}"#), URL_SAFE_NO_PAD.encode(claims));
    let signature = mac(key, &head).ok_or_else(internal)?.finalize().into_bytes();
    Ok(Zeroizing::new(format!("{head}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

/// Verifies a token's signature (in constant time), algorithm and times. `now` in seconds since the Unix epoch.
pub fn verify(key: &ApiKey, token: &str, now: i64) -> Result<Grant, TokenError> {
    use TokenError::{Expired, Invalid, NotYet};
    if token.len() > MAX_TOKEN {
        return Err(Invalid);
    }
    let (head, signature) = token.rsplit_once('.').ok_or(Invalid)?;
    let (header, claims) = head.split_once('.').ok_or(Invalid)?;
    let decode = |s: &str| URL_SAFE_NO_PAD.decode(s.trim_end_matches('=')).map_err(|_| Invalid);
    mac(key, head).ok_or(Invalid)?.verify_slice(&decode(signature)?).map_err(|_| Invalid)?;
    let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| Invalid)?;
    let grant: Grant = serde_json::from_slice(&decode(claims)?).map_err(|_| Invalid)?;
    if header.alg != "HS256" || grant.iss != key.key {
        return Err(Invalid);
    }
    if now > grant.exp.saturating_add(CLOCK_SKEW) {
        return Err(Expired);
    }
    if now < grant.nbf.saturating_sub(CLOCK_SKEW) {
        return Err(NotYet);
    }
    Ok(grant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ApiKey {
        ApiKey { key: "conclave".into(), secret: Zeroizing::new("0123456789abcdef0123456789abcdef".into()) }
    }

    #[test]
    fn tokens_are_verified_whole() {
        let grant = Grant {
            iss: "conclave".into(),
            sub: "py1".into(),
            exp: 2000,
            nbf: 1000,
            video: VideoGrant { room_join: true, room: "r".into(), ..Default::default() },
            ..Default::default()
        };
        let t = sign(&key(), &grant).unwrap();
        assert_eq!(verify(&key(), &t, 1500).unwrap(), grant);
        assert_eq!(verify(&key(), &t, 3000), Err(TokenError::Expired));
        assert_eq!(verify(&key(), &t, 10), Err(TokenError::NotYet));
        let other = ApiKey { secret: Zeroizing::new("x".repeat(32)), ..key() };
        assert_eq!(verify(&other, &t, 1500), Err(TokenError::Invalid));
        // "alg": "none" with an empty signature, and damaged tokens.
        let claims = t.split('.').nth(1).unwrap();
        let none = format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(br#"{"alg":"none"}"#));
        for bad in [none.as_str(), "", ".", "..", "a.b.c", &t[..t.len() - 2]] {
            assert_eq!(verify(&key(), bad, 1500), Err(TokenError::Invalid), "{bad}");
        }
    }
}

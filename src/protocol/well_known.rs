//! `/.well-known/conclave`: read before anything else, so that a mismatch says which side to update.

use serde::{Deserialize, Serialize};

/// Where it is.
pub const PATH: &str = "/.well-known/conclave";
/// The largest answer a client reads, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;

/// What the server is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WellKnown {
    /// Always `conclave`: how a client knows that this is one of our servers.
    pub product: String,
    /// The server's version.
    pub version: String,
    /// Oldest control protocol.
    pub protocol_min: u32,
    /// Newest control protocol.
    pub protocol_max: u32,
    /// The oldest client version the server lets in (`major.minor.patch`).
    pub min_client: String,
    /// The media plane: `livekit-v1`.
    pub media: String,
    /// Whether this is a development server (`--dev`): rooms come into being when first joined.
    #[serde(default)]
    pub dev: bool,
    /// The fingerprint of the server's present key, as in links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The fingerprint of the key that will follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spare: Option<String>,
    /// Where the audit log stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<super::audit::Link>,
}

impl WellKnown {
    /// What this build says of itself.
    pub fn ours(dev: bool) -> Self {
        Self {
            product: "conclave".into(),
            version: super::VERSION.into(),
            protocol_min: super::PROTOCOL_MIN,
            protocol_max: super::PROTOCOL_MAX,
            min_client: "0.1.0".into(),
            media: "livekit-v1".into(),
            dev,
            fingerprint: None,
            spare: None,
            audit: None,
        }
    }

    /// What the server says of its keys and its audit log; `None` if it has no key, or says nothing that can be read.
    #[cfg(feature = "client")]
    pub fn said(&self) -> Option<crate::trust::Said> {
        let read = |text: &Option<String>| text.as_deref().and_then(|t| crate::net::Fingerprint::parse(t).ok());
        Some(crate::trust::Said { present: read(&self.fingerprint)?, spare: read(&self.spare), audit: self.audit })
    }

    /// The protocol that this client and that server both speak, or a sentence that says which side to update.
    pub fn agree(&self, client_version: &str) -> Result<u32, String> {
        if self.protocol_min > super::PROTOCOL_MAX || older(client_version, &self.min_client) {
            return Err(format!(
                "this client ({client_version}) is too old for the server ({}), which asks for {} or newer: update this client (fetch conclave {})",
                crate::text::clean(&self.version),
                crate::text::clean(&self.min_client),
                crate::text::clean(&self.version)
            ));
        }
        if self.protocol_max < super::PROTOCOL_MIN {
            return Err(format!(
                "the server ({}) is too old for this client ({client_version}): ask its administrator to update the server",
                crate::text::clean(&self.version)
            ));
        }
        Ok(self.protocol_max.min(super::PROTOCOL_MAX))
    }
}

/// Whether version `a` is older than version `b`; anything that is no number counts as 0.
fn older(a: &str, b: &str) -> bool {
    let parts = |s: &str| -> Vec<u64> {
        s.split('.')
            .take(3)
            .map(|p| p.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0))
            .collect()
    };
    parts(a) < parts(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mismatch_names_the_side_to_update() {
        let w = WellKnown::ours(false);
        assert_eq!(w.agree("0.1.0"), Ok(2));
        let newer = WellKnown { protocol_min: 3, protocol_max: 4, ..w.clone() };
        assert!(newer.agree("0.1.0").unwrap_err().contains("update this client"));
        let strict = WellKnown { min_client: "0.10.0".into(), ..w.clone() };
        assert!(strict.agree("0.9.9").unwrap_err().contains("0.10.0"));
        let older = WellKnown { protocol_min: 0, protocol_max: 0, ..w };
        assert!(older.agree("0.1.0").unwrap_err().contains("update the server"));
    }
}

//! The bridge's channel: JSON messages over a websocket or a data channel, told apart by `colibriClass`. What is not known is ignored.

use super::jingle::Source;
use serde::Deserialize;
use serde_json::{Value, json};

/// The longest message that is read, in bytes.
pub const MAX_MESSAGE: usize = 256 * 1024;
/// The longest list of sources that is read.
const MAX_LIST: usize = 2048;

/// What the bridge says, as far as it matters to sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// The channel works.
    Hello,
    /// Whose voice is the loudest by the bridge's judgement.
    DominantSpeaker(String),
    /// Which stream carries whom, where the bridge puts different people into the same streams.
    AudioSources(Vec<Source>),
    /// Another participant's client says something.
    Endpoint {
        /// Whose.
        from: String,
        /// What.
        payload: Value,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    colibri_class: String,
    dominant_speaker_endpoint: Option<String>,
    mapped_sources: Option<Vec<Mapped>>,
    from: Option<String>,
    msg_payload: Option<Value>,
}

#[derive(Deserialize)]
struct Mapped {
    source: Option<String>,
    owner: Option<String>,
    ssrc: u32,
}

/// Reads a message. `None`: it is damaged, or nothing that matters.
pub fn read(text: &str) -> Option<Message> {
    if text.len() > MAX_MESSAGE {
        return None;
    }
    let raw: Raw = serde_json::from_str(text).ok()?;
    match raw.colibri_class.as_str() {
        "ServerHello" => Some(Message::Hello),
        "DominantSpeakerEndpointChangeEvent" => raw.dominant_speaker_endpoint.map(Message::DominantSpeaker),
        "AudioSourcesMap" => {
            let mapped = raw.mapped_sources?.into_iter().take(MAX_LIST);
            let source = |m: Mapped| Source::new(&m.owner?, m.source.as_deref(), m.ssrc);
            Some(Message::AudioSources(mapped.filter_map(source).collect()))
        }
        "EndpointMessage" => Some(Message::Endpoint { from: raw.from?, payload: raw.msg_payload? }),
        _ => None,
    }
}

/// Asks for no pictures at all.
pub fn no_video() -> String {
    json!({"colibriClass": "ReceiverVideoConstraints", "lastN": 0, "defaultConstraints": {"maxHeight": 0}}).to_string()
}

/// Says something to the clients of all others.
pub fn to_all(payload: &Value) -> String {
    json!({"colibriClass": "EndpointMessage", "to": "", "msgPayload": payload}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_bridge_says_is_read_and_everything_else_ignored() {
        let source = Source { owner: "X".into(), name: "X-a0".into(), ssrc: 2_478_418_123 };
        for (text, message) in [
            (r#"{"colibriClass":"ServerHello","version":"2.3"}"#, Some(Message::Hello)),
            (
                r#"{"colibriClass":"DominantSpeakerEndpointChangeEvent","dominantSpeakerEndpoint":"X","previousSpeakers":["Y"],"silence":false}"#,
                Some(Message::DominantSpeaker("X".into())),
            ),
            (
                r#"{"colibriClass":"AudioSourcesMap","mappedSources":[{"source":"X-a0","owner":"X","ssrc":2478418123,"mid":"a0"},{"ssrc":1}]}"#,
                Some(Message::AudioSources(vec![source])),
            ),
            (
                r#"{"colibriClass":"EndpointMessage","from":"X","to":"","msgPayload":{"a":1}}"#,
                Some(Message::Endpoint { from: "X".into(), payload: json!({"a": 1}) }),
            ),
            (r#"{"colibriClass":"EndpointConnectivityStatusChangeEvent","endpoint":"X","active":"false"}"#, None),
            (r#"{"colibriClass":"AudioSourcesMap","mappedSources":7}"#, None),
            (r#"{"colibriClass":7}"#, None),
            ("[[[[", None),
            ("", None),
        ] {
            assert_eq!(read(text), message, "{text}");
        }
        assert_eq!(read(&format!("{{\"colibriClass\":\"ServerHello\",\"x\":\"{}\"}}", "a".repeat(MAX_MESSAGE))), None);
    }
}

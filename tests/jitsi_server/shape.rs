//! What two stanzas, or two messages of a bridge channel, have to have in common: everything but what is random or names somebody.

use crate::server::stanza;
use minidom::Element;
use serde_json::Value;
use std::path::Path;

/// Attributes whose values differ from run to run.
const RANDOM: [&str; 16] = [
    "actor",
    "by",
    "from",
    "to",
    "jid",
    "room",
    "sid",
    "pwd",
    "ufrag",
    "ip",
    "port",
    "url",
    "ssrc",
    "node",
    "ver",
    "machine-uid",
];
/// Elements whose `id` does; that of a payload type or a header extension does not.
const NAMED: [&str; 5] = ["iq", "presence", "bridge-session", "candidate", "occupant-id"];
/// Elements whose text does.
const TEXTS: [&str; 3] = ["fingerprint", "etherpad", "SourceInfo"];

/// A stanza, a line for each element.
pub(crate) fn of(element: &Element) -> String {
    let mut out = String::new();
    write(element, 0, &mut out);
    out
}

fn write(element: &Element, depth: usize, out: &mut String) {
    let mut attributes: Vec<String> = element
        .attrs()
        .iter()
        .map(|((_, name), value)| {
            let random = RANDOM.contains(&name.as_str()) || name.as_str() == "id" && NAMED.contains(&element.name());
            format!("{}={}", name.as_str(), if random { "*" } else { value })
        })
        .collect();
    attributes.sort_unstable();
    let text = element.texts().collect::<String>();
    let text = match element.name() {
        name if TEXTS.contains(&name) => "*".to_owned(),
        "json-message" => json(&serde_json::from_str(&text).unwrap()),
        _ => text,
    };
    *out += &format!("{:depth$}{} {{{}}} [{}] {text}\n", "", element.name(), element.ns(), attributes.join(" "));
    element.children().for_each(|child| write(child, depth + 1, out));
}

/// A message: numbers, and names of participants and of their sources, stand for any.
pub(crate) fn json(value: &Value) -> String {
    // An endpoint id, a source's name (`ID-a0`), or a stream's (`ID-audio-0-1 UUID-1`).
    let name = |text: &str| -> String {
        let rest = text.get(8..).unwrap_or_default();
        match (text.len() >= 8 && !text.contains(':'), rest.len()) {
            (true, 0) => "NICK".to_owned(),
            (true, 3) if rest.starts_with('-') => format!("NICK{rest}"),
            (true, _) if rest.starts_with("-audio-") || rest.starts_with("-video-") => "NICK-stream".to_owned(),
            _ => text.to_owned(),
        }
    };
    match value {
        Value::Number(_) => "#".to_owned(),
        Value::String(text) => format!("{:?}", name(text)),
        Value::Array(all) => format!("[{}]", all.iter().map(json).collect::<Vec<_>>().join(",")),
        Value::Object(all) => {
            let mut members: Vec<String> = all.iter().map(|(key, value)| format!("{:?}:{}", name(key), json(value))).collect();
            members.sort_unstable();
            format!("{{{}}}", members.join(","))
        }
        other => other.to_string(),
    }
}

/// A recorded conversation.
pub(crate) struct Recording(Vec<Value>);

impl Recording {
    pub(crate) fn read(name: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/jitsi").join(format!("{name}.jsonl"));
        Self(std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// The stanzas that the client was sent.
    pub(crate) fn stanzas(&self) -> Vec<Element> {
        let xmpp = self.0.iter().filter(|line| line["ch"] == "xmpp" && line["dir"] == "in");
        xmpp.map(|line| stanza::parse(line["data"].as_str().unwrap()).unwrap()).collect()
    }

    /// The first one that is wanted.
    pub(crate) fn first(&self, wanted: impl Fn(&Element) -> bool) -> Element {
        self.stanzas().into_iter().find(wanted).expect("the recording has no such stanza")
    }

    /// The shapes of the messages of this class that the bridge said.
    pub(crate) fn messages(&self, class: &str) -> Vec<String> {
        let colibri = self.0.iter().filter(|line| line["ch"] == "colibri" && line["dir"] == "in");
        let all = colibri.map(|line| serde_json::from_str::<Value>(line["data"].as_str().unwrap()).unwrap());
        all.filter(|message| message["colibriClass"] == class).map(|message| json(&message)).collect()
    }
}

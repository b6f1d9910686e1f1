//! Whose sound there is: as elements (XEP-0339 with Jitsi's names), and as Jitsi's compact JSON.

use crate::backend::jitsi::ns;
use crate::backend::jitsi::xml::child;
use minidom::Element;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The most sources that are taken of one message: more people than a bridge serves.
pub const MAX_SOURCES: usize = 2048;
/// The longest name of a source or owner.
const MAX_NAME: usize = 128;

/// One stream of sound.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// Endpoint id of whom it is: the nickname in the room.
    pub owner: String,
    /// Its name, `OWNER-a0`.
    pub name: String,
    /// Of its packets.
    pub ssrc: u32,
}

impl Source {
    /// The bridge's own: reports and padding, never sound.
    pub fn is_bridge(&self) -> bool {
        self.owner == "jvb"
    }

    /// A source, if its parts are what they should be. Owners are endpoint ids, or addresses in the room that end with one.
    pub fn new(owner: &str, name: Option<&str>, ssrc: u32) -> Option<Self> {
        let owner = owner.rsplit('/').next().unwrap_or_default();
        let named = |text: &str| (1..=MAX_NAME).contains(&text.len());
        let name = name.map_or_else(|| format!("{owner}-a0"), str::to_owned);
        (named(owner) && named(&name)).then(|| Self { owner: owner.to_owned(), name, ssrc })
    }
}

/// The sources of a `session-initiate`, `source-add` or `source-remove`, in either form.
pub fn of_jingle(jingle: &Element) -> Vec<Source> {
    let json = jingle.children().filter(|c| c.is("json-message", ns::JITMEET)).filter_map(|c| of_json(&c.text())).flatten();
    let contents = jingle.children().filter(|c| c.name() == "content").filter_map(|c| c.get_child("description", ns::RTP));
    let audio = contents.filter(|d| d.attr("media").is_none_or(|media| media == "audio"));
    let elements = audio.flat_map(Element::children).filter(|c| c.is("source", ns::SOURCE)).filter_map(of_element);
    json.chain(elements).take(MAX_SOURCES).collect()
}

fn of_element(source: &Element) -> Option<Source> {
    let ssrc = source.attr("ssrc")?.parse().ok()?;
    let owner = child(source, "ssrc-info").and_then(|i| i.attr("owner"));
    let name = source.attr("name");
    // Without an owner the name says it: NAME-a0.
    let owner = owner.or_else(|| name?.rsplit_once('-').map(|(owner, _)| owner))?;
    Source::new(owner, name, ssrc)
}

#[derive(Deserialize)]
struct Compact {
    sources: BTreeMap<String, Vec<Value>>,
}

/// The sound of `{"sources":{OWNER:[[video],[groups],[audio],[groups]]}}`. `None`: it is another message.
pub fn of_json(text: &str) -> Option<Vec<Source>> {
    let compact: Compact = serde_json::from_str(text).ok()?;
    let mut sources = Vec::new();
    for (owner, lists) in &compact.sources {
        let audio = lists.get(2).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for source in audio.iter().take(MAX_SOURCES - sources.len()) {
            let ssrc = source.get("s").and_then(Value::as_u64).and_then(|s| u32::try_from(s).ok());
            let name = source.get("n").and_then(Value::as_str);
            sources.extend(ssrc.and_then(|ssrc| Source::new(owner, name, ssrc)));
        }
    }
    Some(sources)
}

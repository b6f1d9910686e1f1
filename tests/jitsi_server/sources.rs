//! What participants send, as Jingle names it, in both encodings: XML elements, and the JSON that jicofo sends to those who ask
//! for it.

use super::stanza::{JITMEET, RTP, SSMA, attr, child, children, escape};
use minidom::Element;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One SSRC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) ssrc: u32,
    pub(crate) name: String,
    pub(crate) msid: String,
    pub(crate) video: bool,
    pub(crate) desktop: bool,
}

/// SSRCs that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// `FID` or `SIM`.
    pub(crate) semantics: String,
    pub(crate) ssrcs: Vec<u32>,
    pub(crate) video: bool,
}

/// What one participant sends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    pub(crate) sources: Vec<Source>,
    pub(crate) groups: Vec<Group>,
}

/// By owner.
pub(crate) type Map = BTreeMap<String, Sources>;

fn media(video: bool) -> &'static str {
    if video { "video" } else { "audio" }
}

impl Sources {
    /// Of the `<content>`s of a client's Jingle.
    pub(crate) fn read(jingle: &Element) -> Self {
        let mut all = Self::default();
        for content in children(jingle, "content") {
            let Some(description) = child(content, "description") else { continue };
            let video = attr(description, "media") == "video";
            for source in children(description, "source") {
                let msid = children(source, "parameter").find(|p| attr(p, "name") == "msid").map_or("", |p| attr(p, "value"));
                all.sources.push(Source {
                    ssrc: attr(source, "ssrc").parse().unwrap_or(0),
                    name: attr(source, "name").to_owned(),
                    msid: msid.to_owned(),
                    video,
                    desktop: attr(source, "videoType") == "desktop",
                });
            }
            for group in children(description, "ssrc-group") {
                let ssrcs = children(group, "source").filter_map(|s| attr(s, "ssrc").parse().ok()).collect();
                all.groups.push(Group { semantics: attr(group, "semantics").to_owned(), ssrcs, video });
            }
        }
        all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.groups.is_empty()
    }

    /// The audible ones: SSRC and name.
    pub(crate) fn audio(&self) -> Vec<(u32, String)> {
        self.sources.iter().filter(|s| !s.video).map(|s| (s.ssrc, s.name.clone())).collect()
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.sources.extend(more.sources);
        self.groups.extend(more.groups);
    }

    pub(crate) fn without(&self, less: &Self) -> Self {
        Self {
            sources: self.sources.iter().filter(|s| !less.sources.iter().any(|l| l.ssrc == s.ssrc)).cloned().collect(),
            groups: self.groups.iter().filter(|g| !less.groups.contains(g)).cloned().collect(),
        }
    }

    /// What a receiver that takes these media is told: of simulcast the first layer only.
    pub(crate) fn told(&self, audio: bool, video: bool) -> Self {
        let wanted = |is_video: bool| if is_video { video } else { audio };
        let mut layers: Vec<u32> =
            self.groups.iter().filter(|g| g.semantics == "SIM").flat_map(|g| g.ssrcs.iter().skip(1).copied()).collect();
        let repairs = self.groups.iter().filter(|g| g.semantics == "FID" && g.ssrcs.first().is_some_and(|s| layers.contains(s)));
        layers.extend(repairs.flat_map(|g| g.ssrcs.clone()).collect::<Vec<u32>>());
        Self {
            sources: self.sources.iter().filter(|s| wanted(s.video) && !layers.contains(&s.ssrc)).cloned().collect(),
            groups: self
                .groups
                .iter()
                .filter(|g| wanted(g.video) && g.semantics != "SIM" && !g.ssrcs.iter().any(|s| layers.contains(s)))
                .cloned()
                .collect(),
        }
    }

    fn json(&self) -> Value {
        let sources = |video: bool| -> Vec<Value> {
            let one = |s: &Source| match s.desktop {
                true => json!({"s": s.ssrc, "n": s.name, "m": s.msid, "v": "d"}),
                false => json!({"s": s.ssrc, "n": s.name, "m": s.msid}),
            };
            self.sources.iter().filter(|s| s.video == video).map(one).collect()
        };
        let groups = |video: bool| -> Vec<Value> {
            let one = |g: &Group| {
                let kind = if g.semantics == "SIM" { "s" } else { "f" };
                Value::Array(std::iter::once(kind.into()).chain(g.ssrcs.iter().map(|s| Value::from(*s))).collect())
            };
            self.groups.iter().filter(|g| g.video == video).map(one).collect()
        };
        let mut all = vec![json!(sources(true)), json!(groups(true)), json!(sources(false))];
        if self.groups.iter().any(|g| !g.video) {
            all.push(json!(groups(false)));
        }
        Value::Array(all)
    }

    /// The elements of one medium's description.
    fn xml(&self, owner: &str, video: bool) -> String {
        let mut out = String::new();
        for s in self.sources.iter().filter(|s| s.video == video) {
            out += &format!(
                "<source ssrc='{}' name='{}' xmlns='{SSMA}'><ssrc-info owner='{}' xmlns='{JITMEET}'/>\
                 <parameter name='msid' value='{}' xmlns='{RTP}'/></source>",
                s.ssrc,
                escape(&s.name),
                escape(owner),
                escape(&s.msid)
            );
        }
        for g in self.groups.iter().filter(|g| g.video == video) {
            let ssrcs: String = g.ssrcs.iter().map(|s| format!("<source ssrc='{s}' xmlns='{SSMA}'/>")).collect();
            out += &format!("<ssrc-group semantics='{}' xmlns='{SSMA}'>{ssrcs}</ssrc-group>", escape(&g.semantics));
        }
        out
    }
}

/// All sources of one medium, as elements.
pub(crate) fn elements(map: &Map, video: bool) -> String {
    map.iter().map(|(owner, sources)| sources.xml(owner, video)).collect()
}

/// All sources as one JSON message.
pub(crate) fn json_message(map: &Map) -> String {
    let sources: serde_json::Map<String, Value> = map.iter().map(|(owner, s)| (owner.clone(), s.json())).collect();
    let text = json!({ "sources": sources }).to_string();
    format!("<json-message xmlns='{JITMEET}'>{}</json-message>", escape(&text))
}

/// The body of a source-add or source-remove.
pub(crate) fn body(map: &Map, as_json: bool) -> String {
    if as_json {
        return json_message(map);
    }
    [false, true]
        .into_iter()
        .filter_map(|video| {
            let sources = elements(map, video);
            let name = media(video);
            (!sources.is_empty()).then(|| {
                format!("<content name='{name}'><description media='{name}' xmlns='{RTP}'>{sources}</description></content>")
            })
        })
        .collect()
}

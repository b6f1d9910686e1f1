//! XML from outside and to it: each message of the websocket is one whole element (RFC 7395, section 3.3).
//!
//! What comes is measured before it is read, so that neither its depth nor its number of elements can cost more than its bytes.
//! Document types, comments and processing instructions do not belong in a stream (RFC 6120, section 11.1), and so there are no
//! entities that could grow.

use minidom::rxml::NcName;
use minidom::{Element, IntoAttributeValue, Node};

/// The longest stanza that is read, in bytes: an offer with a thousand sources has a quarter of it.
pub const MAX_STANZA: usize = 1 << 20;
/// The deepest nesting: a form inside a query inside a stanza has five.
pub const MAX_DEPTH: usize = 32;
/// The most elements.
pub const MAX_ELEMENTS: usize = 20_000;

/// Why text is no stanza.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Longer than [`MAX_STANZA`].
    #[error("a message of {0} bytes")]
    Long(usize),
    /// More nesting or elements than anything sensible has.
    #[error("a message of too many parts")]
    Complex,
    /// What RFC 6120, section 11.1 forbids.
    #[error("a document type, a comment or a processing instruction")]
    Forbidden,
    /// Something else.
    #[error("text that is no XML ({0})")]
    Broken(String),
}

/// Reads one element.
///
/// # Errors
/// It is none, or none that should be read.
pub fn read(text: &str) -> Result<Element, Unreadable> {
    if text.len() > MAX_STANZA {
        return Err(Unreadable::Long(text.len()));
    }
    measure(text.as_bytes())?;
    let element: Element = text.parse().map_err(|e: minidom::Error| Unreadable::Broken(e.to_string()))?;
    // minidom takes `xmlns=''` for a namespace, and could not read it again.
    if element.ns().is_empty() { Err(Unreadable::Broken("no namespace".into())) } else { Ok(element) }
}

/// Counts tags, without understanding them.
fn measure(mut rest: &[u8]) -> Result<(), Unreadable> {
    let (mut depth, mut elements) = (0usize, 0usize);
    while let Some(at) = rest.iter().position(|b| *b == b'<') {
        rest = rest.get(at + 1..).unwrap_or_default();
        match rest {
            [b'/', ..] => depth = depth.saturating_sub(1),
            [b'!', ..] if rest.starts_with(b"![CDATA[") => {
                let end =
                    rest.windows(3).position(|w| w == b"]]>").ok_or_else(|| Unreadable::Broken("CDATA without end".into()))?;
                rest = rest.get(end..).unwrap_or_default();
                continue;
            }
            [b'!' | b'?', ..] => return Err(Unreadable::Forbidden),
            _ => {
                (depth, elements) = (depth + 1, elements + 1);
                if depth > MAX_DEPTH || elements > MAX_ELEMENTS {
                    return Err(Unreadable::Complex);
                }
            }
        }
        let closing = matches!(rest, [b'/', ..]);
        let mut quote = None;
        let mut before = 0;
        let end = rest.iter().position(|b| {
            match (quote, *b) {
                (Some(q), b) if q == b => quote = None,
                (None, b @ (b'"' | b'\'')) => quote = Some(b),
                (None, b'>') => return true,
                _ => {}
            }
            before = *b;
            false
        });
        let Some(end) = end else { return Err(Unreadable::Broken("a tag without end".into())) };
        if !closing && before == b'/' {
            depth = depth.saturating_sub(1);
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    Ok(())
}

/// An element as text. Empty if it has a character that XML cannot have, which nothing of ours has.
pub fn write(element: &Element) -> String {
    let mut bytes = Vec::new();
    match element.write_to(&mut bytes) {
        Ok(()) => String::from_utf8(bytes).unwrap_or_default(),
        Err(_) => String::new(),
    }
}

/// An element in the making.
#[derive(Debug)]
pub struct Tag(Element);

/// An element of a name in a namespace.
pub fn tag(name: &str, namespace: &str) -> Tag {
    Tag(Element::bare(name, namespace))
}

impl Tag {
    /// With an attribute; `None`: without it.
    #[must_use]
    pub fn attr(mut self, name: &str, value: impl IntoAttributeValue) -> Self {
        if let Ok(name) = NcName::try_from(name) {
            self.0.set_attr(minidom::rxml::Namespace::NONE, name, value);
        }
        self
    }

    /// With an element inside.
    #[must_use]
    pub fn with(mut self, child: impl Into<Element>) -> Self {
        self.0.append_child(child.into());
        self
    }

    /// With elements inside.
    #[must_use]
    pub fn with_all<T: Into<Element>>(mut self, children: impl IntoIterator<Item = T>) -> Self {
        for child in children {
            self.0.append_child(child.into());
        }
        self
    }

    /// With text inside. Characters that XML cannot have are left out.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        let allowed =
            |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
        self.0.append_node(Node::Text(text.chars().filter(allowed).collect()));
        self
    }
}

impl From<Tag> for Element {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

/// The first child of a name, whatever its namespace: Jitsi's own elements in presence have none of their own.
pub fn child<'a>(of: &'a Element, name: &str) -> Option<&'a Element> {
    of.children().find(|c| c.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let element: Element = tag("iq", "jabber:client")
            .attr("id", "a'b\"<>&")
            .attr("to", None::<&str>)
            .with(tag("query", "urn:x").text("<&>\u{0}\u{7}é"))
            .into();
        let text = write(&element);
        let again = read(&text).unwrap();
        assert_eq!(again.attr("id"), Some("a'b\"<>&"));
        assert_eq!(again.get_child("query", "urn:x").unwrap().text(), "<&>é");
        assert_eq!(again.attr("to"), None);
    }

    #[test]
    fn bombs_and_garbage_are_refused_before_they_are_read() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        let wide = format!("<a>{}</a>", "<b/>".repeat(100_000));
        let entities = "<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><lolz>&lol2;</lolz>";
        assert_eq!(read(&deep), Err(Unreadable::Complex));
        assert_eq!(read(&wide), Err(Unreadable::Complex));
        assert_eq!(read(&"a".repeat(MAX_STANZA + 1)), Err(Unreadable::Long(MAX_STANZA + 1)));
        for text in [entities, "<?xml version='1.0'?><a xmlns='x'/>", "<a xmlns='x'><!-- c --></a>"] {
            assert_eq!(read(text), Err(Unreadable::Forbidden), "{text}");
        }
        for text in [
            "",
            "a",
            "<",
            "<a xmlns=''/>",
            "<a",
            "<a>",
            "<a xmlns='x'>&undefined;</a>",
            "</a>",
            "<a b='",
            "<![CDATA[",
            "<a xmlns='x'></b>",
        ] {
            assert!(matches!(read(text), Err(Unreadable::Broken(_))), "{text}");
        }
    }

    #[test]
    fn quotes_and_empty_tags_are_no_nesting() {
        let flat = format!("<a xmlns='x' b='>/'>{}</a>", "<b c='/>'/><b c=\">\"></b>".repeat(100));
        assert_eq!(read(&flat).unwrap().children().count(), 200);
        assert_eq!(read("<a xmlns='x'><![CDATA[<b><c>]]></a>").unwrap().text(), "<b><c>");
    }
}

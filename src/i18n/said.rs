//! What the engine says is English, for it is JSON too. Where people read it, the sentence itself is the name of its translation,
//! as with gettext: the messages of `said.ftl` are the engine's sentences, with names for the parts that change.

use super::{Lang, find};
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};
use std::sync::OnceLock;

/// A part of an English sentence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    /// Anything, by name.
    Any(String),
}

/// A sentence of the engine.
#[derive(Debug)]
pub(super) struct Sentence {
    pub(super) id: String,
    pub(super) parts: Vec<Part>,
}

/// All of them, those with the most letters first.
pub(super) fn sentences() -> &'static [Sentence] {
    static ALL: OnceLock<Vec<Sentence>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Vec::new();
        for text in [include_str!("en/said.ftl"), include_str!("en/help.ftl")] {
            let file = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(file, _)| file);
            all.extend(file.entries().filter_map(sentence));
        }
        all.sort_by_key(|s| std::cmp::Reverse(s.letters()));
        all
    })
}

fn sentence(entry: &Entry<&str>) -> Option<Sentence> {
    let Entry::Message(message) = entry else { return None };
    let part = |element: &PatternElement<&str>| match element {
        PatternElement::TextElement { value } => Some(Part::Text((*value).to_owned())),
        PatternElement::Placeable { expression: Expression::Inline(InlineExpression::VariableReference { id }) } => {
            Some(Part::Any(id.name.to_owned()))
        }
        PatternElement::Placeable { .. } => None,
    };
    let parts = message.value.as_ref()?.elements.iter().map(part).collect::<Option<_>>()?;
    Some(Sentence { id: message.id.name.to_owned(), parts })
}

impl Sentence {
    fn letters(&self) -> usize {
        self.parts.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum()
    }

    /// What its names stand for in `text`, if it is this sentence.
    fn read<'a>(&'a self, text: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let mut rest = text;
        let mut open: Option<&str> = None;
        let mut found = Vec::new();
        let last = self.parts.len().checked_sub(1)?;
        for (i, part) in self.parts.iter().enumerate() {
            match (part, open.take()) {
                (Part::Any(name), None) => open = Some(name),
                (Part::Text(text), None) => rest = rest.strip_prefix(text.as_str())?,
                (Part::Text(text), Some(name)) => {
                    let at = if i == last { rest.len().checked_sub(text.len())? } else { rest.find(text.as_str())? };
                    let (value, after) = (rest.get(..at)?, rest.get(at..)?);
                    rest = after.strip_prefix(text.as_str())?;
                    found.push((name, value));
                }
                (Part::Any(_), Some(_)) => return None,
            }
        }
        match open {
            Some(name) => found.push((name, rest)),
            None if !rest.is_empty() => return None,
            None => {}
        }
        Some(found)
    }
}

/// An English sentence of the engine in the language of now, if the catalogue has it; otherwise as it is.
pub fn said(text: &str) -> String {
    let lang = Lang::now();
    if lang == Lang::En {
        return text.to_owned();
    }
    let known = sentences().iter().find_map(|sentence| {
        let mut args = FluentArgs::new();
        for (name, value) in sentence.read(text)? {
            match name {
                // These may be sentences of their own. Each is shorter than what it stands in.
                "why" | "device" | "other" | "names" => args.set(name.to_owned(), said(value)),
                "figure" => args.set(name.to_owned(), value.replace('.', lang.decimal_mark())),
                _ => args.set(name.to_owned(), value.to_owned()),
            }
        }
        find(&sentence.id, &args)
    });
    known.unwrap_or_else(|| text.to_owned())
}

//! Names that could be taken for others: people choose their own, and in encrypted rooms nobody but the members' clients ever
//! sees them.
//!
//! A name that looks like another one in the call (the same, or confusable by Unicode's UTS 39), like our own, or like an
//! office or something that the program itself says, is shown with a number behind it and marked. So no two people in a call
//! are shown alike, and what a number says stays true for as long as somebody is there. Sans-IO; the engine asks whenever it
//! learns a name.

use super::PeerId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use unicode_security::confusable_detection::skeleton;
use unicode_security::mixed_script::AugmentedScriptSet;

/// Names that are kept at most; what comes beyond is shown as it is. The server lets fewer people in.
const MAX: usize = 4096;
/// What nobody is called who does not claim to be something, wherever it stands in a name.
const OFFICES: &[&str] = &["admin", "administrator", "moderator", "server", "system", "conclave", "sysadmin", "helpdesk"];
/// The same, as the whole name or in brackets behind one.
const WORDS: &[&str] =
    &["host", "mod", "owner", "creator", "root", "support", "security", "everyone", "everybody", "all", "nobody", "you", "me"];

/// What is odd about a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NameMark {
    /// It is our own name, or looks like it.
    Own,
    /// Somebody else here has the same name.
    Duplicate,
    /// It looks like the name of somebody else here.
    Confusable,
    /// It is an office, or something that the program says itself: nobody has given them that.
    Reserved,
    /// A word of it has letters of several alphabets.
    MixedScript,
}

/// A name as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// With a number behind it if it needs one.
    pub name: String,
    /// Why it has one.
    pub marks: Vec<NameMark>,
}

/// What a name looks like, in two ways: capitals folded before and after look-alikes are. Names look alike if either is the same.
type Looks = [String; 2];

#[derive(Debug)]
struct Known {
    said: String,
    said_looks: Looks,
    shown: Shown,
    shown_looks: Looks,
}

/// The names in a call.
#[derive(Debug, Default)]
pub struct Names {
    own: String,
    own_looks: Looks,
    known: BTreeMap<PeerId, Known>,
}

impl Names {
    /// Ours is this from now on.
    pub fn own(&mut self, name: &str) {
        (self.own, self.own_looks) = (name.to_owned(), looks(name));
    }

    /// How somebody is shown who says that this is their name (cleaned).
    pub fn take(&mut self, id: &PeerId, said: &str) -> Shown {
        let said_looks = looks(said);
        if let Some(k) = self.known.get(id).filter(|k| k.said == said && !self.touches(k)) {
            return k.shown.clone();
        }
        // What they were called before is nobody's.
        self.known.remove(id);
        let mut marks = Vec::new();
        if alike(&self.own_looks, &said_looks) {
            marks.push(NameMark::Own);
        }
        let like = |k: &&Known| alike(&k.said_looks, &said_looks) || alike(&k.shown_looks, &said_looks);
        let others: Vec<&Known> = self.known.values().filter(like).collect();
        if others.iter().any(|k| k.said == said) {
            marks.push(NameMark::Duplicate);
        } else if !others.is_empty() {
            marks.push(NameMark::Confusable);
        }
        // Where there is no first one, counting begins with one.
        let first = if marks.is_empty() { 1 } else { 2 };
        if reserved(said) {
            marks.push(NameMark::Reserved);
        }
        let mut shown = said.to_owned();
        if !marks.is_empty() {
            // One of them is free: fewer names than that are known.
            let mut numbered = (first..).map(|n| format!("{said} ({n})")).take(MAX + 2);
            shown = numbered.find(|name| self.is_free(&looks(name))).unwrap_or(shown);
        }
        if mixed(said) {
            marks.push(NameMark::MixedScript);
        }
        let shown = Shown { name: shown, marks };
        if self.known.len() < MAX {
            let known = Known { said: said.to_owned(), said_looks, shown_looks: looks(&shown.name), shown: shown.clone() };
            self.known.insert(id.clone(), known);
        }
        shown
    }

    fn is_free(&self, wanted: &Looks) -> bool {
        !alike(&self.own_looks, wanted) && !self.known.values().any(|k| alike(&k.shown_looks, wanted))
    }

    /// What somebody says that their name is.
    pub fn said(&self, id: &PeerId) -> Option<&str> {
        self.known.get(id).map(|k| k.said.as_str())
    }

    /// How somebody is shown.
    pub fn shown(&self, id: &PeerId) -> Option<&Shown> {
        self.known.get(id).map(|k| &k.shown)
    }

    /// They are not here any more: others may be called so.
    pub fn gone(&mut self, id: &PeerId) {
        self.known.remove(id);
    }

    /// Those whose names look like ours, or were marked so, and are to be taken anew after ours has changed.
    pub fn touched_by_own(&self) -> Vec<PeerId> {
        self.known.iter().filter(|(_, k)| self.touches(k)).map(|(id, _)| id.clone()).collect()
    }

    fn touches(&self, k: &Known) -> bool {
        k.shown.marks.contains(&NameMark::Own) != alike(&self.own_looks, &k.said_looks)
    }
}

/// The look of a name: UTS 39's skeleton, without capitals, and without what stands around its letters and digits.
fn looks(name: &str) -> Looks {
    let before = skeleton(&name.to_lowercase()).collect::<String>();
    let after = skeleton(name).collect::<String>();
    [before, after].map(|look| core(&look.to_lowercase()))
}

fn core(skeleton: &str) -> String {
    let trimmed = skeleton.trim_matches(|c: char| c.is_whitespace() || c.is_ascii_punctuation());
    let trimmed = if trimmed.is_empty() { skeleton } else { trimmed };
    trimmed.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn alike(a: &Looks, b: &Looks) -> bool {
    a.iter().any(|look| !look.is_empty() && b.contains(look))
}

/// Whether this is the word, or looks like it.
fn is_word(text: &str, word: &str) -> bool {
    alike(&looks(text), &looks(word))
}

/// Whether a name is one that nobody has, or ends as the program's own words behind names do.
fn reserved(name: &str) -> bool {
    let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
    if OFFICES.iter().chain(WORDS).any(|w| is_word(&letters, w)) {
        return true;
    }
    let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    if words.any(|word| OFFICES.iter().any(|o| is_word(word, o))) {
        return true;
    }
    // `m-…` and `lk-…` are ids.
    if name.starts_with("m-") || name.starts_with("lk-") {
        return true;
    }
    let Some((_, last)) = name.trim_end_matches([')', ']', '}', '>']).rsplit_once(['(', '[', '{', '<']) else { return false };
    last.chars().any(char::is_numeric) || OFFICES.iter().chain(WORDS).any(|w| is_word(last, w))
}

/// Whether a word of a name has letters of several alphabets. Latin letters go with Chinese, Japanese and Korean ones.
fn mixed(name: &str) -> bool {
    name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).any(|word| {
        if !AugmentedScriptSet::for_str(word).is_empty() {
            return false;
        }
        let rest: String = word.chars().filter(|c| !is_latin(*c)).collect();
        let rest = AugmentedScriptSet::for_str(&rest);
        !(rest.hanb || rest.jpan || rest.kore)
    })
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{C0}'..='\u{24F}').contains(&c)
}

#[cfg(test)]
mod tests;

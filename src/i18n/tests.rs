//! The catalogues against each other and against the source.

use super::said::{Part, sentences};
use super::*;
use crate::call::table::TABLE;
use crate::text::clean;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Messages whose names are put together in the source.
const FAMILIES: [&str; 2] = ["loudness-", "summary-how-"];

type Variables = BTreeSet<String>;

/// All messages of a language with their variables.
fn messages(lang: Lang) -> BTreeMap<String, Variables> {
    let mut all = BTreeMap::new();
    for (file, text) in FILES.iter().zip(lang.files()) {
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(_, why)| panic!("{lang:?}/{file}: {why:?}"));
        for entry in resource.entries() {
            match entry {
                Entry::Message(message) => {
                    let mut found = Variables::new();
                    variables(message.value.as_ref().expect("a message has a text"), &mut found);
                    assert!(all.insert(message.id.name.to_owned(), found).is_none(), "{} stands there twice", message.id.name);
                }
                Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
                other => panic!("{lang:?}/{file}: {other:?}"),
            }
        }
    }
    all
}

fn variables(pattern: &Pattern<&str>, found: &mut Variables) {
    let mut inline = |e: &InlineExpression<&str>| match e {
        InlineExpression::VariableReference { id } => found.extend([id.name.to_owned()]),
        InlineExpression::FunctionReference { arguments: CallArguments { .. }, .. } => panic!("no functions: {e:?}"),
        _ => {}
    };
    let mut inner = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable { expression: Expression::Inline(e) } => inline(e),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                inline(selector);
                inner.extend(variants.iter().map(|v| &v.value));
            }
            PatternElement::TextElement { value } => assert_eq!(clean(&value.replace('\n', "")), value.replace('\n', "")),
        }
    }
    inner.into_iter().for_each(|pattern| variables(pattern, found));
}

/// The source without its tests.
fn source() -> Vec<String> {
    fn walk(dir: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs")
                && !path.ends_with("i18n/tests.rs")
                && !path.ends_with("i18n.rs")
            {
                found.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found
}

/// What is said with `tr!`, and with which values.
fn uses(source: &str) -> Vec<(String, Variables)> {
    // Not those of `include_str!(`.
    let own = |at: &usize| !source[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let calls = source.match_indices("tr!(").map(|(at, _)| at).filter(own);
    calls
        .filter_map(|at| {
            let rest = source[at + 4..].trim_start().strip_prefix('"')?;
            let (id, rest) = rest.split_once('"')?;
            let (mut depth, mut quoted, mut names, mut word) = (1, false, Variables::new(), String::new());
            let mut letters = rest.chars().peekable();
            while let Some(c) = letters.next() {
                match c {
                    '"' => quoted = !quoted,
                    _ if quoted => {}
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth -= 1,
                    '=' if depth == 1 && letters.peek() == Some(&' ') && !word.trim().is_empty() => {
                        names.extend([word.trim().to_owned()])
                    }
                    _ => {}
                }
                match c {
                    _ if depth == 0 => break,
                    ',' => word.clear(),
                    c => word.push(c),
                }
            }
            Some((id.to_owned(), names))
        })
        .collect()
}

#[test]
fn every_language_has_every_message_with_the_same_values() {
    let english = messages(Lang::En);
    for lang in Lang::ALL {
        let here = messages(lang);
        let names = |of: &BTreeMap<String, Variables>| of.keys().cloned().collect::<BTreeSet<_>>();
        let (missing, unknown): (Vec<_>, Vec<_>) = (
            names(&english).difference(&names(&here)).cloned().collect(),
            names(&here).difference(&names(&english)).cloned().collect(),
        );
        assert!(missing.is_empty() && unknown.is_empty(), "{lang:?} lacks {missing:?}, and only it has {unknown:?}");
        for (id, values) in &here {
            assert_eq!(values, &english[id], "{lang:?}: {id}");
        }
    }
}

#[test]
fn every_message_can_be_told_with_any_values() {
    for lang in Lang::ALL {
        for (id, values) in messages(lang) {
            for n in [0, 1, 2, 17] {
                let mut args = FluentArgs::new();
                values.iter().for_each(|name| args.set(name.clone(), n));
                let bundle = lang.bundle();
                let mut errors = Vec::new();
                let pattern = bundle.get_message(&id).and_then(|m| m.value()).unwrap();
                let text = bundle.format_pattern(pattern, Some(&args), &mut errors);
                assert!(errors.is_empty() && !text.is_empty() && !text.contains(['{', '}']), "{lang:?} {id}: {text} {errors:?}");
                assert_eq!(text.trim(), text, "{lang:?} {id}");
            }
        }
    }
}

#[test]
fn the_source_says_what_the_catalogue_has_and_nothing_else() {
    let english = messages(Lang::En);
    let mut used: BTreeSet<String> = sentences().iter().map(|s| s.id.clone()).collect();
    for (id, values) in source().iter().flat_map(|text| uses(text)) {
        let known = english.get(&id).unwrap_or_else(|| panic!("no catalogue has {id}"));
        assert_eq!(known, &values, "{id} is told with other values than it has");
        used.insert(id);
    }
    let unused: Vec<_> = english.keys().filter(|id| !used.contains(*id) && !FAMILIES.iter().any(|f| id.starts_with(f))).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

#[test]
fn what_is_looked_up_by_its_english_words_is_in_the_source_word_for_word() {
    let source: Vec<String> = source().iter().map(|text| literals(text)).collect();
    for sentence in sentences() {
        let text: String = sentence.parts.iter().map(|p| if let Part::Text(t) = p { t.as_str() } else { "{}" }).collect();
        assert!(source.iter().any(|file| file.contains(&format!("\"{text}\""))), "{}: nobody says \"{text}\"", sentence.id);
    }
    for row in TABLE {
        let is = |text: &str| sentences().iter().any(|s| s.parts == [Part::Text(text.to_owned())]);
        assert!(is(row.help), "/{}: \"{}\" is in no help.ftl", row.name, row.help);
        let words = row.keys.split([',', ' ', ';']).any(|w| w.len() > 2 && w.chars().all(|c| c.is_ascii_lowercase()));
        assert!(is(row.keys) || !words, "/{}: \"{}\" is in no help.ftl", row.name, row.keys);
    }
}

/// The source with its literals on one line, and `{}` for what stands between braces in them.
fn literals(source: &str) -> String {
    let mut joined = String::new();
    for (i, line) in source.split("\\\n").enumerate() {
        joined.push_str(if i == 0 { line } else { line.trim_start() });
    }
    let mut text = String::new();
    let mut rest = joined.replace("\\\"", "\"");
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}') {
            Some((inside, more)) if inside.chars().all(|c| c.is_ascii_alphanumeric() || ":._".contains(c)) => {
                text.push_str("{}");
                rest = more.to_owned();
            }
            _ => {
                text.push('{');
                rest = after.to_owned();
            }
        }
    }
    text + &rest
}

#[test]
fn the_locale_chooses_and_what_is_not_ours_is_english() {
    let of =
        |vars: &'static [(&str, &str)]| Lang::of_locale(|n| vars.iter().find(|(k, _)| *k == n).map(|(_, v)| (*v).to_owned()));
    assert_eq!(of(&[("LANG", "mi_NZ.UTF-8")]), Lang::Mi);
    assert_eq!(of(&[("LANG", "mi_NZ.UTF-8"), ("LC_MESSAGES", "fr_CH.UTF-8@euro")]), Lang::Fr);
    assert_eq!(of(&[("LANG", "de"), ("LC_ALL", "C")]), Lang::En);
    assert_eq!(of(&[("LC_ALL", ""), ("LANG", "es-ES")]), Lang::Es);
    assert_eq!(of(&[("LANG", "dev_XX.UTF-8")]), Lang::En);
    assert_eq!(of(&[]), Lang::En);
}

#[test]
fn a_value_is_text_and_nothing_else() {
    for evil in ["{ $room }", "{\"x\"}", "-term", "[one] x", "\u{2068}x", "$room = y\n.z"] {
        for lang in Lang::ALL {
            assert!(with(lang, || tr!("joined", room = evil)).contains(evil), "{lang:?}");
        }
    }
    let plain = with(Lang::De, || tr!("peer-left", name = "Ana", people = tr!("people", n = 1)));
    assert_eq!(plain, "Ana ist gegangen. 1 Person.");
}

#[test]
fn one_and_many_are_told_apart_and_numbers_look_as_they_do_there() {
    let people = |lang, n: usize| with(lang, || tr!("people", n = n));
    assert_eq!(Lang::ALL.map(|l| people(l, 1)), ["1 person", "1 tangata", "1 Person", "1 personne", "1 persona"]);
    assert_eq!(Lang::ALL.map(|l| people(l, 3)), ["3 people", "3 tāngata", "3 Personen", "3 personnes", "3 personas"]);
    assert_eq!(Lang::ALL.map(|l| with(l, || decimal(0.45, 1))), ["0.5", "0.5", "0,5", "0,5", "0,5"]);
}

#[test]
fn what_the_engine_says_is_translated_by_its_words_and_what_nobody_knows_stays() {
    let de = |text: &str| with(Lang::De, || said(text));
    assert_eq!(de("You left the call."), "Sie haben die Besprechung verlassen.");
    assert_eq!(de("2.5 % of Ana's sound is missing"), "2,5 % des Tons von Ana fehlen");
    assert_eq!(
        de("mute is not possible here: your token does not let you speak"),
        "mute ist hier nicht möglich: Ihr Token erlaubt Ihnen nicht zu sprechen"
    );
    let both = "The microphone USB and the loudspeaker HDMI are gone; the call goes on, and sound comes back when the sound system does.";
    assert!(de(both).starts_with("Mikrofon USB und Lautsprecher HDMI sind weg;"), "{}", de(both));
    for unknown in ["", "something new", "The microphone", "{$name} ended the call"] {
        assert_eq!(de(unknown), unknown);
    }
    assert_eq!(said("You left the call."), "You left the call.");
}

#[test]
fn a_message_that_a_language_lacks_is_english_and_one_that_nobody_has_is_its_name() {
    assert_eq!(with(Lang::Mi, || text("no-such-message", &FluentArgs::new())), "no-such-message");
    assert_eq!(with(Lang::Mi, || with(Lang::Fr, Lang::now)), Lang::Fr);
    assert_eq!(Lang::now(), Lang::En);
}

//! What can be said next: the commands and words that fit what was typed so far, the best first. The palette shows them.

use super::words::{distinct, strip_name};
use super::{Row, TABLE, find};
use crate::call::{Peer, PeerId, Role, State};
use crate::i18n::{said, tr};
use crate::protocol::room::{RoomRole, Verb};
use crate::text::clean;

/// One way to go on with a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The line as it is then, without its slash.
    pub line: String,
    /// What is shown for it.
    pub label: String,
    /// What it does, or who that is.
    pub help: String,
    /// Keys that do the same; empty if there are none.
    pub keys: String,
    /// Nothing has to follow: the line can be run.
    pub whole: bool,
}

/// How to go on with a line (without its slash); nothing where any text may follow.
pub fn offers(line: &str, state: &State) -> Vec<Offer> {
    let line = line.trim_start();
    match line.split_once(char::is_whitespace).map(|(name, rest)| (find(name), rest)) {
        Some((Ok(row), rest)) if takes_text(row) => arguments(row, rest.trim_start(), state),
        Some((Ok(row), rest)) => {
            let words = arguments(row, rest.trim_start(), state);
            if words.is_empty() { search(line, state) } else { words }
        }
        _ => search(line, state),
    }
}

fn search(typed: &str, state: &State) -> Vec<Offer> {
    commands(typed, state).into_iter().map(|row| command(row, None, state)).collect()
}

/// Something may follow that is not in a list.
fn takes_text(row: &Row) -> bool {
    row.usage.contains(|c: char| c.is_ascii_uppercase())
}

/// What can be done about one person, who is here or waits, as far as it fits what was typed.
pub fn offers_on(person: &PeerId, typed: &str, state: &State) -> Vec<Offer> {
    let waits = state.knock(person).is_some();
    let Some(name) = distinct(person, state) else { return Vec::new() };
    let about = |row: &&Row| match waits {
        true => of_the_door(row),
        false => row.usage.starts_with("PERSON"),
    };
    commands(typed, state).into_iter().filter(about).map(|row| command(row, Some(&name), state)).collect()
}

fn of_the_door(row: &Row) -> bool {
    matches!(row.name, "admit" | "deny")
}

/// Our role lets us, as far as we know; the server and the group decide.
fn permitted(row: &Row, state: &State) -> bool {
    let verb = match row.name {
        "admit" => Verb::Admit,
        "deny" => Verb::Deny,
        "kick" => Verb::Kick,
        "ban" => Verb::Ban,
        "promote" | "demote" | "role" => Verb::Promote,
        "silence" => Verb::Mute,
        "ask" => Verb::AskUnmute,
        "lower" => Verb::HandQueue,
        "end" => Verb::EndForAll,
        "lock" => Verb::Lock,
        _ => return true,
    };
    state.role >= Role::Moderator || (state.may.is_some() && state.may(verb))
}

/// The rows that fit, the best first; what is not possible here or not for us comes last if it is asked for, and is left out
/// otherwise.
fn commands(typed: &str, state: &State) -> Vec<&'static Row> {
    let typed = typed.trim().to_lowercase();
    let mut found: Vec<(u32, &Row)> = TABLE
        .iter()
        .filter_map(|row| {
            let possible = row.unavailable(state).is_none() && permitted(row, state);
            let fits = fit(row, &typed)?;
            (possible || !typed.is_empty()).then_some((if possible { fits } else { fits / 10 }, row))
        })
        .collect();
    found.sort_by_key(|(fits, _)| std::cmp::Reverse(*fits));
    found.into_iter().map(|(_, row)| row).collect()
}

fn command(row: &'static Row, person: Option<&str>, state: &State) -> Offer {
    let about = person.map_or(String::new(), |name| format!("{name} "));
    let usage = if person.is_some() { row.usage.split_once(' ').map_or("", |(_, more)| more) } else { row.usage };
    let whole = usage.is_empty() || usage.starts_with('[');
    Offer {
        line: format!("{} {about}", row.name).trim_end().to_owned() + if usage.is_empty() { "" } else { " " },
        label: format!("{} {usage}", row.name).trim_end().to_owned(),
        help: said(row.help) + &row.not_here(state),
        keys: said(row.keys),
        whole,
    }
}

/// How well a row fits: its name, its other words, the words of its help, letters of its name in their order.
fn fit(row: &Row, typed: &str) -> Option<u32> {
    let names = || std::iter::once(row.name).chain(row.aliases.iter().copied());
    // Who reads a command's help in another language may look for it in both.
    let help = said(row.help);
    let words = || row.help.split(' ').chain(help.split(' ')).chain(names());
    let is_beginning = |typed: &str| words().any(|word| word.to_lowercase().starts_with(typed));
    if typed.is_empty() {
        Some(1000)
    } else if names().any(|name| name == typed) {
        Some(4000)
    } else if row.name.starts_with(typed) {
        Some(3000)
    } else if row.aliases.iter().any(|name| name.starts_with(typed)) {
        Some(2500)
    } else if typed.split(' ').all(is_beginning) {
        Some(2000)
    } else {
        letters(typed, row.name).map(|score| 1000 + score)
    }
}

/// How well letters are found in a word in their order: at its beginning and side by side counts for more.
fn letters(typed: &str, word: &str) -> Option<u32> {
    let mut score = 0;
    let mut after = 0;
    for letter in typed.chars() {
        let at = after + word.get(after..)?.find(letter)?;
        score += if at == after { 5 } else { 1 };
        after = at + letter.len_utf8();
    }
    Some(score)
}

/// A word that can stand in a line.
struct Choice {
    /// What is typed.
    word: String,
    /// What is shown.
    label: String,
    help: String,
}

impl Choice {
    fn plain(word: &str, help: &str) -> Self {
        Self { word: word.to_owned(), label: word.to_owned(), help: help.to_owned() }
    }

    fn person(id: &PeerId, name: &str, help: String, state: &State) -> Option<Self> {
        let (word, name) = (distinct(id, state)?, clean(name));
        let label = if word == name { name } else { format!("{name} ({})", clean(&word)) };
        Some(Self { word, label, help })
    }
}

/// What can follow a command's name, of which `rest` was typed.
fn arguments(row: &'static Row, rest: &str, state: &State) -> Vec<Offer> {
    let mut before = format!("{} ", row.name);
    let mut rest = rest;
    let mut usage = row.usage.split(' ').peekable();
    while let Some(word) = usage.next() {
        let choices = choices(row, word.trim_matches(['[', ']']), state);
        // Somebody, or a word, that stands there whole, and more is coming.
        let more = |choice: &Choice| strip_name(rest, &choice.word).filter(|more| more.starts_with(char::is_whitespace));
        if let Some(more) = choices.iter().find_map(more).filter(|_| usage.peek().is_some()) {
            before.push_str(rest.get(..rest.len() - more.len()).unwrap_or_default());
            before.push(' ');
            rest = more.trim_start();
            continue;
        }
        let typed = rest.trim().to_lowercase();
        let whole = usage.peek().is_none_or(|next| next.starts_with('['));
        let mut found: Vec<_> = choices
            .into_iter()
            .filter_map(|Choice { word, label, help }| {
                let folded = label.to_lowercase();
                let fits = if folded.starts_with(&typed) { 100 } else { letters(&typed, &folded)? };
                let line = format!("{before}{word}{}", if whole { "" } else { " " });
                Some((fits, Offer { line, label, help, keys: String::new(), whole }))
            })
            .collect();
        found.sort_by_key(|(fits, _)| std::cmp::Reverse(*fits));
        return found.into_iter().map(|(_, offer)| offer).collect();
    }
    Vec::new()
}

/// What one word of a usage stands for, as far as that can be listed.
fn choices(row: &Row, word: &str, state: &State) -> Vec<Choice> {
    let one = |one: &str| match one {
        "PERSON" if of_the_door(row) => {
            state.knocks.iter().filter_map(|k| Choice::person(&k.id, &k.name, said(&k.standing.words()), state)).collect()
        }
        "PERSON" => state.peers.iter().filter_map(|p| Choice::person(&p.id, &p.name, known(p), state)).collect(),
        "ROLE" => RoomRole::ALL.iter().map(|role| Choice::plain(role.word(), "")).collect(),
        "PERCENT" => [
            Choice::plain("100", &tr!("offer-as-sent")),
            Choice::plain("50", &tr!("offer-softer")),
            Choice::plain("150", &tr!("offer-louder")),
            Choice::plain("0", &tr!("offer-not-at-all")),
        ]
        .into(),
        "COMMAND" => TABLE.iter().map(|row| Choice::plain(row.name, &said(row.help))).collect(),
        word if word.chars().all(|c| c.is_ascii_lowercase()) => vec![Choice::plain(word, "")],
        _ => Vec::new(),
    };
    word.split('|').flat_map(one).collect()
}

/// How somebody is known, and how loud they are here if that was changed.
fn known(peer: &Peer) -> String {
    let volume = if peer.volume == 100 { String::new() } else { tr!("offer-volume", percent = peer.volume) };
    [said(&peer.standing.words()), volume].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ")
}

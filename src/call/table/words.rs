//! What follows a command's name: people, switches, texts.

use super::Action;
use crate::call::processing::{EchoCancel, Noise, Wish};
use crate::call::{Command, PeerId, State};
use crate::i18n::{said, tr};

pub(super) fn say(text: &str, to: Option<PeerId>) -> Result<Action, String> {
    let text = crate::text::clean(text);
    let text = text.trim();
    if text.is_empty() {
        return Err(tr!("err-no-text"));
    }
    if text.len() > crate::text::MAX_CHAT {
        return Err(tr!("err-too-long", bytes = text.len(), most = crate::text::MAX_CHAT));
    }
    Ok(Action::Send(Command::Say { text: text.to_owned(), to }))
}

/// A volume within what is possible.
pub(super) fn volume(peer: PeerId, percent: i32) -> Action {
    Action::Send(Command::Volume { peer, percent: percent.clamp(0, 200) as u16 })
}

/// The first word and what follows it.
pub(super) fn word(s: &str) -> (&str, &str) {
    let s = s.trim();
    s.split_once(char::is_whitespace).map_or((s, ""), |(a, b)| (a, b.trim()))
}

/// Whether what is there may be overwritten, and the file's name.
pub(super) fn overwriting(w: &str) -> (bool, &str) {
    match word(w) {
        ("--overwrite", file) => (true, file),
        _ => (false, w.trim()),
    }
}

pub(super) fn switch(w: &str) -> Result<bool, String> {
    match w {
        "" | "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(tr!("err-not-on-off", word = shown(w))),
    }
}

/// `off join`, `on all`, in either order; nothing asks how it is.
pub(super) fn speak(words: &str) -> Result<Action, String> {
    let (on, kind) = match word(words) {
        ("", _) => return Ok(Action::Spoken),
        (word @ ("on" | "off"), kind) | (kind, word @ ("on" | "off")) => (word == "on", kind),
        _ => return Err(tr!("err-speak")),
    };
    Ok(Action::Speak(if matches!(kind, "" | "all") { None } else { Some(parsed(kind)?) }, on))
}

/// `echo auto, noise strong`: pairs of what and how, commas as one likes.
pub(super) fn processing(words: &str) -> Result<Action, String> {
    let mut wish = Wish::default();
    let mut words = words.split([' ', '\t', ',']).filter(|w| !w.is_empty());
    while let Some(what) = words.next() {
        let how = words.next().unwrap_or_default();
        match (what, how) {
            ("echo", "auto") => wish.echo = Some(EchoCancel::Auto),
            ("echo", "on") => wish.echo = Some(EchoCancel::On),
            ("echo", "off") => wish.echo = Some(EchoCancel::Off),
            ("noise", "on") => wish.noise = Some(Noise::On),
            ("noise", "strong") => wish.noise = Some(Noise::Strong),
            ("noise", "off") => wish.noise = Some(Noise::Off),
            ("gain", "on") => wish.gain = Some(true),
            ("gain", "off") => wish.gain = Some(false),
            (_, "") => return Err(tr!("err-processing")),
            ("echo", _) => return Err(tr!("err-not-echo", word = shown(how))),
            ("noise", _) => return Err(tr!("err-not-noise", word = shown(how))),
            ("gain", _) => return Err(tr!("err-not-on-off", word = shown(how))),
            _ => return Err(tr!("err-not-step", word = shown(what))),
        }
    }
    if wish.is_empty() {
        return Err(tr!("err-processing"));
    }
    Ok(Action::Send(Command::Processing { echo: wish.echo, noise: wish.noise, gain: wish.gain }))
}

/// A word of a list: a sort of events, a role, a tone.
pub(super) fn parsed<T: std::str::FromStr<Err = String>>(word: &str) -> Result<T, String> {
    word.parse().map_err(|why: String| said(&why))
}

/// Where somebody is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the call.
    Here,
    /// Among those who wait.
    Door,
}

/// A person in the call and nothing after.
pub(super) fn alone(words: &str, state: &State) -> Result<PeerId, String> {
    only(person(words, state)?)
}

/// A person in the call and nothing after, or `all`, unless somebody is called that.
pub(super) fn somebody_or_all(words: &str, state: &State) -> Result<Option<PeerId>, String> {
    match words.trim() {
        "all" if state.peers.iter().all(|p| p.name.to_lowercase() != "all") => Ok(None),
        words => alone(words, state).map(Some),
    }
}

/// A person who waits; without a name, the only one.
pub(super) fn knocker(words: &str, state: &State) -> Result<PeerId, String> {
    match state.knocks.as_slice() {
        [] => Err(tr!("err-nobody-waits")),
        [one] if words.is_empty() => Ok(one.id.clone()),
        all => only(one_of(words, all.iter().map(|k| (&k.id, k.name.as_str())).collect(), Place::Door)?),
    }
}

pub(super) fn only((id, rest): (PeerId, &str)) -> Result<PeerId, String> {
    if rest.is_empty() { Ok(id) } else { Err(tr!("err-too-much", word = shown(rest))) }
}

pub(super) fn person<'a>(words: &'a str, state: &State) -> Result<(PeerId, &'a str), String> {
    one_of(words, state.peers.iter().map(|p| (&p.id, p.name.as_str())).collect(), Place::Here)
}

/// What to type so that nobody else is meant: the name, or the id where another name begins like it; `None`: nobody has this id.
pub(super) fn distinct(id: &PeerId, state: &State) -> Option<String> {
    let people: Vec<_> = match state.knock(id) {
        Some(_) => state.knocks.iter().map(|k| (&k.id, k.name.as_str())).collect(),
        None => state.peers.iter().map(|p| (&p.id, p.name.as_str())).collect(),
    };
    let (_, name) = people.iter().find(|(known, _)| *known == id)?;
    let name = crate::text::clean(name);
    let line = format!("{name} 0");
    let found = one_of(&line, people, Place::Here);
    Some(if found == Ok((id.clone(), "0")) { name } else { id.0.clone() })
}

/// A person at the beginning of `words` and what follows: a whole name (quoted or not), an id, or an unambiguous
/// beginning of either.
pub(super) fn one_of<'a>(words: &'a str, people: Vec<(&PeerId, &str)>, place: Place) -> Result<(PeerId, &'a str), String> {
    let words = words.trim();
    let (wanted, rest) = match words.strip_prefix('"').and_then(|w| w.split_once('"')) {
        Some((name, rest)) => (name, rest.trim()),
        None => match people.iter().filter_map(|(_, name)| strip_name(words, name)).min_by_key(|rest| rest.len()) {
            Some(rest) => (words.get(..words.len() - rest.len()).unwrap_or(words).trim(), rest.trim()),
            None => word(words),
        },
    };
    if wanted.is_empty() {
        return Err(tr!("err-to-whom"));
    }
    let folded = wanted.to_lowercase();
    let exact: Vec<_> = people.iter().filter(|(id, name)| id.0 == wanted || name.to_lowercase() == folded).collect();
    let found = if exact.is_empty() {
        people.iter().filter(|(id, name)| name.to_lowercase().starts_with(&folded) || id.0.starts_with(wanted)).collect()
    } else {
        exact
    };
    match found.as_slice() {
        [(id, _)] => Ok(((*id).clone(), rest)),
        [] => {
            let close = people.iter().map(|(_, n)| (distance(&n.to_lowercase(), &folded), n)).min_by_key(|(d, _)| *d);
            let (name, close) = (shown(wanted), close.filter(|(d, _)| *d <= 2).map(|(_, close)| crate::text::clean(close)));
            Err(match (close, place) {
                (Some(close), Place::Here) => tr!("err-nobody-here-close", name = name, close = close),
                (Some(close), Place::Door) => tr!("err-nobody-waiting-close", name = name, close = close),
                (None, Place::Here) => tr!("err-nobody-here", name = name),
                (None, Place::Door) => tr!("err-nobody-waiting", name = name),
            })
        }
        several => {
            let names: Vec<String> = several
                .iter()
                .take(5)
                .map(|(id, name)| format!("{} ({})", crate::text::clean(name), crate::text::clean(&id.0)))
                .collect();
            Err(tr!("err-several", name = shown(wanted), names = names.join(&format!(" {} ", tr!("or")))))
        }
    }
}

/// What follows if `words` begins with the whole of `name`, in any case.
pub(super) fn strip_name<'a>(words: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = words.chars();
    for c in name.chars() {
        if !rest.next()?.to_lowercase().eq(c.to_lowercase()) {
            return None;
        }
    }
    let rest = rest.as_str();
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then_some(rest)
}

/// What a user typed, short and harmless enough to be repeated to them.
pub(super) fn shown(s: &str) -> String {
    crate::text::clean(s).chars().take(32).collect()
}

pub(super) fn sentence(s: &str) -> String {
    let mut chars = s.chars();
    let mut out: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if !out.ends_with(['.', '?', '!']) {
        out.push('.');
    }
    out
}

/// How many letters must be inserted, removed, replaced or swapped with their neighbour to make `a` into `b`
/// (optimal string alignment). Long input is cut: nobody mistypes 64 letters.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut d = (at(&row, j) + 1).min(at(&last, j + 1) + 1).min(at(&last, j) + usize::from(x != y));
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                d = d.min(at(&before, j - 1) + 1);
            }
            row.push(d);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}
